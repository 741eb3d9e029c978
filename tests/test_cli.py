"""The command line: what it says, with which code it leaves, and what it never does."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from memokit import cli

FILES = {"evaluatie.html", "evaluatie.pdf", "evaluatie.json", "scores.csv", "vraagbrief.txt", "werkblad.pdf"}


def memokit(*arguments: object) -> Result:
    return CliRunner().invoke(cli.main, [str(argument) for argument in arguments])


def process(*arguments: object, cwd: Path | None = None, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "memokit", *map(str, arguments)],
        cwd=cwd, env={**os.environ, "PYTHONUTF8": "1", **env},
        capture_output=True, encoding="utf-8", errors="replace",
    )  # fmt: skip


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()} if folder.is_dir() else set()


def tells(result: Result, code: int) -> str:
    """Return what was said to the person, after checking the code and that it was no crash."""
    crash = result.exception if not isinstance(result.exception, SystemExit) else None
    assert crash is None, repr(crash)
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output
    return result.output


# -- evaluate -----------------------------------------------------------------------------------------------


def test_a_dossier(voorbeeldstad, tmp_path):
    out = tmp_path / "uit"
    said = tells(memokit("evaluate", voorbeeldstad, "--out", out), 0)
    assert said.splitlines()[0] == f"Dossier: {voorbeeldstad}"
    assert names(out) == FILES
    assert said.splitlines()[-1].endswith(str(out))
    assert names(tmp_path) == {"uit", "voorbeeldstad"}, "nothing is left beside the results"


@pytest.mark.parametrize("subject", ["Mechelen", "12025", "mechelen", " Mechelen "])
def test_a_municipality_by_name_or_code(subject, tmp_path):
    said = tells(memokit("evaluate", subject, "--out", tmp_path / "uit", "--formaat", "html"), 0)
    assert said.splitlines()[0] == "Gemeente: Mechelen (12025), alleen openbare cijfers"
    assert names(tmp_path / "uit") == FILES - {"evaluatie.pdf"}


def test_forms_and_lengths(voorbeeldstad, tmp_path):
    lengths = "normaal,volledig,handblad"
    tells(
        memokit("evaluate", voorbeeldstad, "--out", tmp_path, "--formaat", "html,md", "--lengte", lengths), 0
    )
    made = {
        f"{name}.{form}"
        for name in ("evaluatie", "evaluatie-volledig", "handblad")
        for form in ("html", "md")
    }
    assert names(tmp_path) - {"voorbeeldstad"} == made | (FILES - {"evaluatie.pdf"})


def test_results_are_replaced_and_other_files_stay(tmp_path):
    (tmp_path / "notulen.txt").write_text("van ons")
    (tmp_path / "evaluatie.html").write_text("oud")
    tells(memokit("evaluate", "Mechelen", "--out", tmp_path, "--formaat", "html"), 0)
    assert (tmp_path / "notulen.txt").read_text() == "van ons"
    assert (tmp_path / "evaluatie.html").read_text("utf-8") != "oud"


def test_the_date_on_the_page(tmp_path):
    tells(memokit("evaluate", "Mechelen", "--out", tmp_path, "--formaat", "html", "--datum", "2026-03-09"), 0)
    assert "9\N{NO-BREAK SPACE}maart\N{NO-BREAK SPACE}2026" in (tmp_path / "evaluatie.html").read_text(
        "utf-8"
    )


def test_the_same_input_gives_the_same_bytes(voorbeeldstad, tmp_path):
    for folder in ("een", "twee"):
        tells(
            memokit("evaluate", voorbeeldstad, "--out", tmp_path / folder, "--formaat", "html,pdf,docx,md"), 0
        )
    for name in names(tmp_path / "een"):
        assert (tmp_path / "een" / name).read_bytes() == (tmp_path / "twee" / name).read_bytes(), name


def test_a_merged_municipality_follows_the_term(tmp_path):
    said = tells(memokit("evaluate", "Hasselt", "--out", tmp_path, "--formaat", "html"), 0)
    assert "(71022)" in said.splitlines()[0]
    said = tells(memokit("evaluate", "Hasselt", "--term", 2030, "--out", tmp_path, "--formaat", "html"), 0)
    assert "(71072)" in said.splitlines()[0]


def test_an_unknown_name_offers_the_nearest(tmp_path):
    said = tells(memokit("evaluate", "Mechln", "--out", tmp_path / "uit"), 1)
    assert "Mechelen" in said and "Mechln" in said
    assert not (tmp_path / "uit").exists()


def test_a_path_error_stays_a_path_error(tmp_path):
    (tmp_path / "iets.csv").write_text("a;b")
    (tmp_path / "leeg").mkdir()
    for subject in (tmp_path / "bestaat-niet", tmp_path / "iets.csv", tmp_path / "leeg", "./Mechelen"):
        said = tells(memokit("evaluate", subject, "--out", tmp_path / "uit"), 1)
        assert "dossier.yml" in said and "NIS-code" not in said, subject
    assert not (tmp_path / "uit").exists()


def test_a_dossier_with_errors_writes_nothing(voorbeeldstad, tmp_path):
    path = voorbeeldstad / "beoordelingen.csv"
    text = path.read_text("utf-8-sig").replace(";gerealiseerd;", ";helemaal klaar;", 1)
    path.write_text(text, "utf-8-sig", newline="")
    said = tells(memokit("evaluate", voorbeeldstad, "--out", tmp_path / "uit"), 1)
    assert "beoordelingen.csv" in said and "helemaal klaar" in said
    assert not (tmp_path / "uit").exists()
    assert names(tmp_path) == {"voorbeeldstad"}


def test_a_file_where_the_results_should_go(tmp_path):
    out = tmp_path / "uit"
    out.write_text("een bestand")
    said = tells(memokit("evaluate", "Mechelen", "--out", out), 1)
    assert "uit" in said
    assert out.read_text() == "een bestand" and names(tmp_path) == {"uit"}


@pytest.mark.parametrize(
    "arguments",
    [
        ["evaluate"],
        ["evaluate", "Mechelen", "--formaat", "rtf"],
        ["evaluate", "Mechelen", "--lengte", "kort"],
        ["evaluate", "Mechelen", "--datum", "9 maart"],
        ["evaluate", "Mechelen", "--datum", "2026-02-30"],
        ["evaluate", "Mechelen", "--term", "2023"],
        ["evaluate", "Mechelen", "--term", "1918"],
        ["evaluate", "Mechelen", "--tot", "1850"],
        ["evalueer", "Mechelen"],
        ["new"],
        ["check"],
    ],
)
def test_a_wrong_call_leaves_with_2(arguments, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    tells(memokit(*arguments), 2)
    assert not names(tmp_path)


# -- new, check, werkboek -----------------------------------------------------------------------------------


def test_new_then_check_then_evaluate(tmp_path):
    said = tells(memokit("new", "Mechelen", tmp_path), 0)
    folder = tmp_path / "dossier-mechelen-2024"
    assert str(folder) in said and (folder / "dossier.yml").is_file()
    assert "memokit check" in said
    tells(memokit("check", folder), 0)
    tells(memokit("evaluate", folder, "--out", tmp_path / "uit", "--formaat", "html"), 0)


def test_new_never_overwrites(tmp_path):
    tells(memokit("new", "Mechelen", tmp_path), 0)
    before = (tmp_path / "dossier-mechelen-2024" / "dossier.yml").read_bytes()
    said = tells(memokit("new", "Mechelen", tmp_path), 1)
    assert "dossier-mechelen-2024" in said
    assert (tmp_path / "dossier-mechelen-2024" / "dossier.yml").read_bytes() == before


def test_new_with_an_unknown_name(tmp_path):
    assert "Mechelen" in tells(memokit("new", "Mechln", tmp_path), 1)
    assert not names(tmp_path)


def test_check_counts_and_leaves_with_0_without_errors(voorbeeldstad):
    tells(memokit("check", voorbeeldstad), 0)


def test_check_lists_everything_at_once(voorbeeldstad):
    path = voorbeeldstad / "beoordelingen.csv"
    text = path.read_text("utf-8-sig").replace(";gerealiseerd;", ";helemaal klaar;")
    path.write_text(text, "utf-8-sig", newline="")
    said = tells(memokit("check", voorbeeldstad), 1)
    assert said.count("helemaal klaar") >= 2 and "→" in said and "rij" in said


def test_check_of_something_else(tmp_path):
    said = tells(memokit("check", tmp_path / "nergens"), 1)
    assert "dossier" in said


def test_werkboek_out_and_in(voorbeeldstad, tmp_path):
    book = tmp_path / "werkboek.xlsx"
    said = tells(memokit("werkboek", voorbeeldstad, "--out", book), 0)
    assert str(book) in said and book.read_bytes()[:2] == b"PK"
    said = tells(memokit("werkboek", voorbeeldstad, "--lees", book), 0)
    assert "nul" in said.lower(), "a book that nobody filled in changes nothing"


def test_werkboek_without_a_name(voorbeeldstad):
    tells(memokit("werkboek", voorbeeldstad), 0)
    assert "werkboek-Voorbeeldstad.xlsx" in names(voorbeeldstad)


def test_werkboek_of_something_else(tmp_path):
    tells(memokit("werkboek", tmp_path / "nergens"), 1)
    assert not names(tmp_path)


def test_app_passes_what_was_asked(voorbeeldstad, monkeypatch):
    from memokit import app

    asked = {}
    monkeypatch.setattr(app, "serve", lambda folder, **rest: asked.update(folder=folder, **rest))
    tells(memokit("app", voorbeeldstad, "--port", 8899, "--token", "abc", "--no-browser"), 0)
    assert asked == {"folder": voorbeeldstad, "port": 8899, "token": "abc", "browser": False}


# -- help, language, real processes -------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["", "new", "check", "werkboek", "evaluate", "app"])
def test_help_says_something_for_every_command(command):
    said = tells(memokit(*filter(None, [command]), "--help"), 0)
    assert len(said.splitlines()) >= 4


def test_help_in_two_languages():
    dutch, english = (process("evaluate", "--help", MEMOKIT_LANG=lang).stdout for lang in ("nl", "en"))
    assert "gemeente" in dutch and "municipality" not in dutch
    assert "municipality" in english and "gemeente" not in english


def test_a_problem_in_english_names_the_same_place(tmp_path):
    said = process("evaluate", "Mechln", "--out", tmp_path / "uit", MEMOKIT_LANG="en")
    assert said.returncode == 1 and "Mechelen" in said.stderr and "Traceback" not in said.stderr


def test_a_real_process_from_another_folder(voorbeeldstad, tmp_path):
    done = process("evaluate", "voorbeeldstad", "--out", "uit", "--formaat", "html", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[0] == "Dossier: voorbeeldstad"
    assert "evaluatie.html" in names(tmp_path / "uit")


def test_the_version():
    done = process("--version")
    assert done.returncode == 0 and done.stdout.startswith("memokit")


def test_a_console_that_knows_no_unicode(tmp_path):
    """Windows consoles may be cp1252 when output goes to a file: an arrow must not end the work."""
    done = process("evaluate", "Mechln", "--out", tmp_path / "uit", PYTHONUTF8="0", PYTHONIOENCODING="cp1252")
    assert done.returncode == 1 and "UnicodeEncodeError" not in done.stderr
