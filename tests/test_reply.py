"""The two forms for the bestuur come back: the reaction as received, the corrections only shown."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import docx as word
import pytest
from click.testing import CliRunner

from memokit import exchange, intake, readback
from memokit.cli import main
from memokit.document import plain
from memokit.dossier import open_dossier, put
from memokit.evaluation import evaluate
from memokit.folder import Dossier
from memokit.writers.docx_parts import token
from memokit.writers.docx_reply import form

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
ANSWER = "Wij voorzien in 2025 een bedrag; <b>5.000 euro</b> {{ 7*7 }}."


@pytest.fixture
def dossier(voorbeeldstad: Path) -> Dossier:
    (voorbeeldstad / "reacties.csv").write_text("over;tekst\n", "utf-8-sig")
    return open_dossier(voorbeeldstad)


def filled(dossier: Dossier, which: str, path: Path, answers: dict[str, list[str]]) -> Path:
    """Make a form and type in its fields."""
    path.write_bytes(form(evaluate(dossier).document.select("normal"), dossier.settings, which))  # type: ignore[arg-type]
    file = word.Document(str(path))
    by_mark = {
        mark.get(f"{W}name"): paragraph
        for paragraph in file.paragraphs for mark in paragraph._p.iter(f"{W}bookmarkStart")
    }
    for about, lines in answers.items():
        field = by_mark[f"m{which[0]}_{token(about)}"]
        field.add_run(lines[0])
        for words in reversed(lines[1:]):
            after = file.add_paragraph(words, style=field.style)
            field._p.addnext(after._p)
    file.save(str(path))
    return path


def test_the_reaction_is_printed_as_it_came(dossier: Dossier, tmp_path: Path) -> None:
    said = {"Noodhulp": [ANSWER, "En nog een regel."], "algemeen": ["Dank voor het werk."]}
    path = filled(dossier, "reply", tmp_path / "reactie.docx", said)
    shown = exchange.show(dossier, path)
    assert ANSWER in shown.text and shown.can_add
    saved = shown.accept()
    replies = [(reply.about, reply.text) for reply in saved.replies]
    assert replies == [("Noodhulp", f"{ANSWER}\nEn nog een regel."), ("algemeen", "Dank voor het werk.")]
    assert any(ANSWER in plain(text) for text in evaluate(saved).document.texts())
    assert not exchange.show(saved, path).can_add
    back, _ = intake.take_back(saved, intake.imports(saved)[0].id)
    assert back.replies == ()


def test_the_day_of_the_reaction_is_filled_in_once(dossier: Dossier, tmp_path: Path) -> None:
    waiting = put(dossier, dossier.settings.model_copy(update={"reply_received_on": ""}))
    path = filled(waiting, "reply", tmp_path / "reactie.docx", {"algemeen": ["Dank."]})
    saved = intake.accept(waiting, readback.propose(waiting, path, on="2024-04-02"))
    assert saved.settings.reply_received_on == "2024-04-02"
    assert not any(change.table == "settings" for change in readback.propose(dossier, path).changes)


def test_empty_fields_are_no_reaction(dossier: Dossier, tmp_path: Path) -> None:
    path = filled(dossier, "reply", tmp_path / "reactie.docx", {})
    found = readback.propose(dossier, path)
    assert (found.kind, found.answers, found.changes) == ("reply", (), ())
    assert "nog niets" in exchange.show(dossier, path).text


def test_a_long_reaction_is_kept_whole_and_told(dossier: Dossier, tmp_path: Path) -> None:
    path = filled(dossier, "reply", tmp_path / "reactie.docx", {"Noodhulp": ["woord " * 151]})
    found = readback.propose(dossier, path)
    assert [(p.code, p.detail["n"]) for p in found.problems] == [("reply-long", 151)]
    assert len(found.answers[0][1].split()) == 151


def test_corrections_are_shown_and_nothing_changes(dossier: Dossier, tmp_path: Path) -> None:
    path = filled(dossier, "check", tmp_path / "feiten.docx", {"short-money": ["Het is 1,06 euro."]})
    found = readback.propose(dossier, path)
    assert found.kind == "check" and found.changes == ()
    assert [text for _, text in found.answers] == ["Het is 1,06 euro."]
    assert found.answers[0][0].startswith("In 2022 besteedde de stad")
    text = exchange.show(dossier, path).text
    assert "Het is 1,06 euro." in text and not exchange.show(dossier, path).can_add


def test_without_bookmarks_the_heading_says_what_it_is_about(dossier: Dossier, tmp_path: Path) -> None:
    said = {"Ethisch bankieren": ["Ja, dat doen we."], "algemeen": ["Dank."]}
    path = filled(dossier, "reply", tmp_path / "reactie.docx", said)
    file = word.Document(str(path))
    for tag in ("bookmarkStart", "bookmarkEnd"):
        for each in [*file.element.body.iter(f"{W}{tag}")]:
            each.getparent().remove(each)
    file.save(str(path))
    found = readback.propose(dossier, path)
    assert found.answers == (("Ethisch bankieren", "Ja, dat doen we."), ("algemeen", "Dank."))


def test_on_the_command_line(voorbeeldstad: Path, tmp_path: Path) -> None:
    ask = ["reactie", str(voorbeeldstad), "--stap"]
    done = CliRunner().invoke(main, [*ask, "bestuur", "--out", str(tmp_path)])
    assert done.exit_code == 0, done.output
    assert (tmp_path / "reactie.docx").is_file()
    done = CliRunner().invoke(main, [*ask, "feitencontrole"])
    assert done.exit_code == 0 and (voorbeeldstad / "feitencontrole.docx").is_file()
    file = str(voorbeeldstad / "feitencontrole.docx")
    done = CliRunner().invoke(main, ["import", file, "--into", str(voorbeeldstad), "--ja"])
    assert done.exit_code == 0 and "feitencontrole" in done.output
    assert CliRunner().invoke(main, [*ask, "iets"]).exit_code == 2


@pytest.mark.office
def test_saved_by_libreoffice_the_reaction_is_the_same(dossier: Dossier, tmp_path: Path) -> None:
    if not (soffice := shutil.which("soffice")):
        pytest.skip("LibreOffice is not on this machine")
    path = filled(dossier, "reply", tmp_path / "reactie.docx", {"Noodhulp": [ANSWER, "Tweede."]})
    home = f"-env:UserInstallation=file://{tmp_path / 'home'}"
    subprocess.run([soffice, home, "--headless", "--convert-to", "docx:MS Word 2007 XML", "--outdir",
                    str(tmp_path / "lo"), str(path)], check=True, capture_output=True)  # fmt: skip
    found = readback.propose(dossier, tmp_path / "lo" / "reactie.docx")
    assert found.answers == (("Noodhulp", f"{ANSWER}\nTweede."),)
