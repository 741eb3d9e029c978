"""The whole way: the two inputs, every municipality, files, privacy, and the same bytes."""

from __future__ import annotations

import io
import json
import re
import socket
import zipfile
from datetime import date
from pathlib import Path

import pytest

import memokit
from memokit import catalogue, evaluation, territory, texts
from memokit.document import plain
from memokit.dossier import open_dossier, put
from memokit.records import Wording
from memokit.terms import Term
from memokit.texts import NBSP

from .tiny import action, dossier

PRIVATE = ("Quispel", "Vandersnickt", "Poffermans", "krokodil")


def words(ev: evaluation.Evaluation, length: str = "normal") -> str:
    document = ev.document.select(length)  # type: ignore[arg-type]
    return "\n".join(plain(text) for text in document.texts()).replace(NBSP, " ")


def test_voorbeeldstad_tells_its_story(voorbeeldstad: Path) -> None:
    text = words(memokit.evaluate(voorbeeldstad))
    for sentence in (
        "Zes daarvan zijn gerealiseerd of grotendeels gerealiseerd. Drie zijn in uitvoering. "
        "Eén konden we niet beoordelen.",
        "In 2022 besteedde de stad 1,05 euro per inwoner aan internationale samenwerking",
        "In 2018 was dat 0,64 euro, of 0,73 euro in prijzen van 2022.",
        "Het hele plan telt 164 acties; twaalf dragen een SDG-label.",
        "Bij vijf van die twaalf vonden we geen raming en geen resultaat.",
        "Negen van de elf adviezen kregen een gemotiveerd antwoord, de helft binnen 48 dagen.",
        "In 2013–2018 waren het er drie van de acht.",
        "waren we het niet eens: de meerderheid vond de actie niet te beoordelen, een minderheid koos "
        "gerealiseerd.",
        "Wij schatten de verankering van de SDG's in het beleid op niveau 2 van 5.",
    ):
        assert sentence in text
    assert "1.130 meer dan op 1 januari 2018" in words(memokit.evaluate(voorbeeldstad), "full")
    assert (
        "In 2022: 22.155 euro voor 21.100 inwoners. In 2018: 13.024 euro voor 20.350 inwoners."
        in "\n".join(
            plain(note.text).replace(NBSP, " ") for note in memokit.evaluate(voorbeeldstad).document.notes
        )
    )


def test_every_municipality_of_the_term_and_every_one_that_merged() -> None:
    """The 300 of 2019-2024, the new ones of 2025, and those that merged away, under their names of then."""
    term = Term(2024)
    names = {town.code for borders in territory.BORDERS for town in territory.municipalities(borders)}
    for code in sorted(names):
        ev = memokit.evaluate(code, term)
        people = ev.measures.figure("population")
        assert people is not None and people.then is not None and people.then.value > 50, code
        assert ev.measures.place is not None and ev.document.meta.title.endswith(ev.measures.place.name)


@pytest.mark.parametrize(
    ("asked", "election", "name", "sentence"),
    [
        ("Borsbeek", 2024, "Borsbeek", "Borsbeek ging op 1 januari 2025 op in Antwerpen."),
        ("Borsbeek", 2030, "Antwerpen", "Sinds 2025 hoort die gemeente bij Antwerpen (11002)"),
        ("Puurs", 2024, "Puurs-Sint-Amands", "Sinds 2019 hoort die gemeente bij Puurs-Sint-Amands (12041)"),
        (
            "Pajottegem",
            2024,
            "Pajottegem",
            "Deze evaluatie gaat over de gemeenten Galmaarden, Gooik en Herne",
        ),
        ("Lochristi", 2024, "Lochristi", "Lochristi fuseerde op 1 januari 2025 met Wachtebeke."),
        (
            "Zwijndrecht",
            2024,
            "Zwijndrecht",
            "Zwijndrecht fuseerde op 1 januari 2025 met Beveren en Kruibeke tot",
        ),
        ("Antwerpen", 2024, "Antwerpen", "zonder Borsbeek"),
    ],
)
def test_mergers_are_told(asked: str, election: int, name: str, sentence: str) -> None:
    ev = memokit.evaluate(asked, Term(election))
    assert ev.measures.name == name and sentence in words(ev)


def test_an_unknown_name_offers_the_nearest() -> None:
    with pytest.raises(memokit.MemokitError) as error:
        memokit.evaluate("Mechlen")
    assert "Mechelen" in error.value.choices
    assert "Mechelen" in str(error.value)


def test_a_path_error_stays_a_path_error(tmp_path: Path) -> None:
    for path in (tmp_path / "weg", tmp_path, str(tmp_path / "Mechelen")):
        with pytest.raises(memokit.MemokitError) as error:
            memokit.evaluate(path)
        assert error.value.problems[0].code in {"not-a-dossier", "no-dossier"}


def test_the_same_input_gives_the_same_bytes(voorbeeldstad: Path, tmp_path: Path) -> None:
    for folder in ("one", "two"):
        ev = memokit.evaluate(voorbeeldstad)
        list(
            evaluation.write_all(
                ev, tmp_path / folder, ("html", "pdf", "docx", "md"), ("normal", "full", "page")
            )
        )
    names = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert names == sorted(
        [
            *(
                f"{stem}.{form}"
                for stem in ("evaluatie", "evaluatie-volledig", "handblad")
                for form in ("html", "pdf", "docx", "md")
            ),
            "evaluatie.json",
            "scores.csv",
            "vraagbrief.txt",
            "werkblad.pdf",
        ]
    )
    for name in names:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes(), name


def test_the_language_of_the_screen_is_not_that_of_the_document(voorbeeldstad: Path, tmp_path: Path) -> None:
    for lang in ("nl", "en", "fr"):
        with texts.speaking(lang):
            list(evaluation.write_all(memokit.evaluate(voorbeeldstad), tmp_path / lang))
    for path in (tmp_path / "nl").iterdir():
        assert path.read_bytes() == (tmp_path / "en" / path.name).read_bytes(), path.name
        assert path.read_bytes() == (tmp_path / "fr" / path.name).read_bytes(), path.name


def test_nothing_private_and_nothing_of_this_machine_leaves(voorbeeldstad: Path, tmp_path: Path) -> None:
    ev = memokit.evaluate(voorbeeldstad)
    list(evaluation.write_all(ev, tmp_path / "out", ("html", "md"), ("normal", "full", "page")))
    everything = b"\n".join(path.read_bytes() for path in (tmp_path / "out").iterdir()).decode(
        "utf-8", "replace"
    )
    everything += json.dumps(ev.document.as_dict(), ensure_ascii=False)
    members = (voorbeeldstad / "leden.csv").read_text("utf-8-sig").splitlines()[1:]
    names = [cell for line in members for cell in line.split(";")[1:2] if cell]
    assert len(names) >= 5
    for secret in (*PRIVATE, *names, str(tmp_path), socket.gethostname(), "lid 1"):
        assert secret not in everything, secret
    assert "leden.csv" not in everything and "taken.csv" not in everything


def test_the_html_asks_nothing_of_the_network(voorbeeldstad: Path, tmp_path: Path) -> None:
    path = memokit.export(memokit.evaluate(voorbeeldstad), tmp_path / "e.html", length="full")
    html = path.read_text("utf-8")
    assert not re.search(r"<(script|iframe|object|embed|link)\b", html)
    assert not re.search(r"\b(src|href)=[\"'](?!#)", html)
    assert not re.search(r"url\((?!#)", html) and "@import" not in html
    assert '<html lang="nl' in html


def test_the_recipe_names_every_input(voorbeeldstad: Path) -> None:
    recipe = memokit.evaluate(voorbeeldstad).recipe
    assert recipe["settings"]["election"] == 2024 and recipe["settings"]["baseline"] == 2018
    for name in ("dossier.yml", "plan.csv", "beoordelingen.csv", "bronnen.csv", "facts/population.csv"):
        assert re.fullmatch(r"[0-9a-f]{64}", recipe["inputs"][name]), name
    changed = voorbeeldstad / "punten.csv"
    changed.write_text(changed.read_text("utf-8-sig").replace("Noodhulp", "Noodhulp."), "utf-8-sig")
    assert memokit.evaluate(voorbeeldstad).recipe["checksum"] != recipe["checksum"]


def test_years_are_a_setting(voorbeeldstad: Path) -> None:
    final = memokit.evaluate(voorbeeldstad, Term(2024, until=2025), date(2026, 11, 1))
    assert final.measures.term.kind == "final" and final.recipe["settings"]["until"] == 2025
    assert "2019–2024" in final.document.meta.title


def test_input_with_errors_gives_all_of_them_and_no_file(voorbeeldstad: Path, tmp_path: Path) -> None:
    table = voorbeeldstad / "beoordelingen.csv"
    text = table.read_text("utf-8-sig").replace(";in uitvoering;", ";bijna klaar;")
    table.write_text(text, "utf-8-sig")
    with pytest.raises(memokit.MemokitError) as error:
        memokit.evaluate(voorbeeldstad)
    wrong = [p for p in error.value.problems if p.severity == "error"]
    assert len(wrong) == 3 and {p.found for p in wrong} == {"bijna klaar"}
    assert all(p.file == "beoordelingen.csv" and p.row and p.column for p in wrong)


def test_a_file_that_stands_is_left_when_writing_fails(tmp_path: Path) -> None:
    ev = memokit.evaluate(dossier(*action("A", "achieved")))
    (tmp_path / "out").write_text("hier stond al iets")
    with pytest.raises(memokit.MemokitError) as error:
        list(evaluation.write_all(ev, tmp_path / "out" / "in"))
    assert error.value.problems[0].code == "cannot-write"
    assert (tmp_path / "out").read_text() == "hier stond al iets"
    with pytest.raises(memokit.MemokitError, match="xyz"):
        memokit.export(ev, tmp_path / "e.xyz")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["out"]


def test_the_letter_asks_for_what_is_missing() -> None:
    from memokit.narrative.letter import letter

    public = memokit.evaluate("Mechelen")
    text = letter(public.measures, public.findings)
    wanted = [
        "overzicht van alle beleidsdoelstellingen",
        "lijst van toegestane",
        "schema T1",
        "opvolgingsrapport",
        "personeelsinzet",
    ]
    assert [text.index(name) for name in wanted] == sorted(text.index(name) for name in wanted)
    assert (
        "0150 en 0160" in text
        and "Bestuursdecreet" in text.split("---")[1]
        and "Bestuursdecreet" not in text.split("---")[0]
    )


def test_the_status_of_a_figure_reaches_its_footnote() -> None:
    aalter, mechelen = (
        " ".join(plain(note.text) for note in memokit.evaluate(name).document.notes)
        for name in ("Aalter", "Mechelen")
    )
    assert "2018: opgeteld over de gemeenten van voor de fusie." in aalter
    assert "opgeteld" not in mechelen


def test_every_municipality_of_the_next_term() -> None:
    """The 285 of today, and the 42 names and codes that merged away: each leads somewhere, and says so."""
    term = Term(2030)
    today = {town.code for town in territory.municipalities(2025)}
    gone = {town.code for borders in (2018, 2019) for town in territory.municipalities(borders)} - today
    assert (len(today), len(gone)) == (285, 42)
    for code in sorted(today | gone):
        ev = memokit.evaluate(code, term)
        assert ev.measures.place is not None and ev.measures.place.code in today
        assert (ev.measures.place.note == "successor") == (code in gone)
        assert "Sinds 20" in words(ev) or code in today


def test_words_of_the_council_stand_in_the_files_and_their_problems_in_the_evaluation(
    voorbeeldstad: Path,
) -> None:
    assert evaluation.evaluate(voorbeeldstad).problems == ()
    chosen = "Zeven van onze elf adviezen kwamen van onszelf."
    put(open_dossier(voorbeeldstad), Wording(passage="own-advice", text=chosen))
    ev = evaluation.evaluate(voorbeeldstad)
    assert [(p.code, p.file, p.row) for p in ev.problems] == [("wording-figure-lost", "teksten.csv", 2)]
    told = f"{chosen} _(door de raad geformuleerd)_"
    assert told in evaluation.render(ev, ".md", "normal").decode() and "teksten.csv" in ev.recipe["inputs"]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_two_page_form_in_another_language(language, voorbeeldstad):
    ev = memokit.evaluate(voorbeeldstad, language=language)
    assert ev.document.meta.language == language
    assert not [key for key in texts.untranslated(language) if key.startswith(("section.", "tables."))]
    marked = {run.text for text in ev.document.select("normal").texts() for run in text if run.lang}
    ladder = catalogue.rows("ladder")
    assert marked <= {row[name] for row in ladder for name in ("statement", "statement_dated")}
    dutch = memokit.evaluate(voorbeeldstad)
    assert [b.id for b in ev.document.blocks] == [b.id for b in dutch.document.blocks]
    assert ev.document.meta.title != dutch.document.meta.title


def test_words_without_translation_are_marked_as_dutch():
    ev = memokit.evaluate("Mechelen", language="xx")
    page = evaluation.render(ev, ".html", "normal").decode()
    assert '<html lang="xx"' in page and '<span lang="nl">' in page
    assert "[nl]" not in words(ev, "full") and not re.search("[\ue000-\ue00f]", page)
    assert b'w:lang w:val="nl-BE"' in docx_part(evaluation.render(ev, ".docx", "normal"), "word/document.xml")
    assert evaluation.render(ev, ".pdf", "normal")[:5] == b"%PDF-"
    assert not re.search("[\ue000-\ue00f]", evaluation.render(ev, ".json", "full").decode())


def docx_part(file: bytes, name: str) -> bytes:
    return zipfile.ZipFile(io.BytesIO(file)).read(name)
