"""The first evening (fairness.md 20), by keyboard alone: from an empty folder to a PDF of two pages."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from memokit import catalogue
from memokit.dossier import open_dossier
from memokit.writers.pdf import pages
from tests import browsing
from tests.browsing import at_rest, back, choose, focused, press, serving, turn, unfold, walk, window, write

browser = browsing.browser


def make_dossier(page: Any) -> None:
    write(page, "Gemeente of NIS-code", "Willebroek")
    press(page, "Maak een nieuw dossier")
    page.get_by_role("tab", name="Start").wait_for()


def point(page: Any, kind: str, title: str, question: str = "") -> None:
    choose(page, "Soort", kind)
    write(page, "Titel", title)
    press(page, "Voeg het punt toe")
    card = "[...document.querySelectorAll('.memo-card [name=title]')]"
    page.wait_for_function(f"title => {card}.some(e => e.value === title)", arg=title)
    write(page, "Feit", f"{title}: dit stond in het verslag van de gemeente.")
    if question:
        write(page, "Onze vraag", question)
    at_rest(page)
    back(page, "Voeg het punt toe")


def points(page: Any, kind: str, *titles: str, question: str = "") -> None:
    turn(page, "Dank en werk")
    adding = page.get_by_role("button", name="Een punt toevoegen")
    adding.wait_for()
    if adding.inner_text().startswith("▸"):
        unfold(page, "Een punt toevoegen")
    for n, title in enumerate(titles):
        if n:
            back(page, "Soort")
            page.keyboard.press("Shift+Tab")
        point(page, kind, title, question)


def note_source(page: Any, title: str) -> None:
    unfold(page, "Nieuwe bron of opzoeking noteren")
    write(page, "Titel", title)
    write(page, "Datum", "2023-05-01")
    press(page, "Bewaar de bron")
    page.get_by_role("button", name=f"Haal deze bron weg: B01 · {title}").first.wait_for()


def judge(page: Any) -> None:
    """Two actions typed over from the plan; each gets its status, its sentence and its source."""
    turn(page, "Acties")
    for n, title in enumerate(("Steun aan de 4de Pijler", "Noodhulp bij rampen"), 1):
        write(page, "Code", f"AC-{n}")
        write(page, "Titel uit het plan", title)
        press(page, "Voeg de actie toe")
        page.get_by_role("radio", name=title).wait_for()
        back(page, "Titel uit het plan")
        back(page, "Code")
        page.keyboard.press("Shift+Tab")
    choose(page, "Stand van zaken", "gerealiseerd")
    write(page, "Eén zin", "Het reglement is van kracht.")
    note_source(page, "Jaarverslag 2022")
    at_rest(page)
    page.keyboard.press("Alt+ArrowRight")
    page.get_by_role("status").filter(has_text="Actie 2 van 2: Noodhulp bij rampen").wait_for()
    page.wait_for_function("document.activeElement.name === 'status'")
    page.keyboard.type("in uitvoering")
    write(page, "Eén zin", "Er is nog niets uitbetaald.")
    walk(page, "Bronnen")
    page.keyboard.press("ArrowDown")
    page.get_by_role("status").filter(has_text="2 van 2 acties bekeken").wait_for()
    at_rest(page)


def answer(page: Any) -> None:
    """The twelve core questions, and six about the plan."""
    turn(page, "Vragenlijst")
    page.get_by_role("table", name="Kies per vraag").wait_for()
    for question in catalogue.core():
        scale = catalogue.scale(question.scale).values()
        best = max((value for value in scale if value.score is not None), key=lambda value: value.score)
        choose(page, f"Nu: {question.question}", best.label)
        walk(page, f"Bron van nu: {question.question}")
        page.keyboard.press("ArrowDown")
    for row in catalogue.plan_check():
        choose(page, f"Antwoord: {row['question']}", "ja")
        write(page, f"Bladzijde: {row['question']}", "p. 34")
        walk(page, f"Bronnen: {row['question']}")
        page.keyboard.press("ArrowDown")
    at_rest(page)


def changed(page: Any) -> None:
    choose(page, "Is dit bij jullie gebeurd?", "2022")
    page.wait_for_function("[...document.querySelectorAll('[name=date]')].some(e => e.value === '2022')")
    write(page, "Gevolg hier", "De gemeente ving mensen op.")
    press(page, "Voeg toe aan wat er veranderde")
    page.get_by_role("table", name="Wat er veranderde").wait_for()


def agenda(page: Any) -> None:
    turn(page, "Agenda 2030")
    page.get_by_role("table", name="De ladder").wait_for()
    choose(page, "Nu: 1.", "ja")
    write(page, "Passage: 1.", "Het plan noemt de SDG's, p. 3.")
    walk(page, "Bronnen: 1.")
    page.keyboard.press("ArrowDown")
    at_rest(page)


def read_and_export(page: Any, downloads: Path) -> Path:
    turn(page, "Onze tekst")
    page.frame_locator("iframe").get_by_role("heading", name="In het kort").wait_for()
    unfold(page, "Bewaren en delen")
    press(page, "Maak PDF")
    page.get_by_role("link", name="Haal evaluatie.pdf op").wait_for()
    walk(page, "Haal evaluatie.pdf op")
    with page.expect_download() as got:
        page.keyboard.press("Enter")
    path = downloads / got.value.suggested_filename
    got.value.save_as(path)
    return path


@pytest.mark.browser
def test_the_first_evening_by_keyboard_alone(browser: Any, tmp_path: Path):
    folder = tmp_path / "dossier-willebroek-2024"
    ask = lambda page: page.get_by_label("Gemeente of NIS-code")  # noqa: E731
    with serving(tmp_path) as app, window(browser, app.address, ask) as page:
        make_dossier(page)
        walk(page, "vooraf")
        page.keyboard.press("Space")
        page.get_by_role("button", name="Naar Dank en werk").wait_for()
        points(page, "dank", "De titel van Faire Gemeente", "Een reglement voor de 4de Pijler")
        judge(page)
        answer(page)
        changed(page)
        agenda(page)
        points(page, "vraag", "Noodhulp", "Een SDG-verslag", "Een stedenband", question="Kan dat dit jaar?")
        made = read_and_export(page, tmp_path)
        turn(page, "Cijfers en bronnen")
        missing = page.get_by_role("heading", name="Wat nog ontbreekt").locator("xpath=..").inner_text()
        turn(page, "Start")
        unfold(page, "De vraagbrief")
        walk(page, "Tekst van de brief")
        letter = page.evaluate("document.activeElement.value")
        where = page.get_by_text("kernvragen beantwoord").inner_text()
        assert focused(page).startswith("Tekst van de brief")

    assert made.read_bytes()[:5] == b"%PDF-" and pages(made.read_bytes()) <= 2
    assert (folder / "resultaten" / "evaluatie.pdf").read_bytes() == made.read_bytes()
    assert letter.startswith("Onderwerp:") and "Willebroek" in letter and "1. " in letter
    asked = [line.split(". ", 1)[1] for line in letter.splitlines() if line[:1].isdigit()]
    assert asked and "jaarrekening" in missing
    assert where == "12 van 12 kernvragen beantwoord"
    saved = open_dossier(folder)
    assert not [problem for problem in saved.problems if problem.severity == "error"]
    assert [(a.status, a.line, a.sources) for a in saved.assessments] == [
        ("achieved", "Het reglement is van kracht.", ("B01",)),
        ("underway", "Er is nog niets uitbetaald.", ("B01",)),
    ]
    assert [p.title for p in saved.points if p.kind == "thanks"] == [
        "De titel van Faire Gemeente", "Een reglement voor de 4de Pijler"]  # fmt: skip
    assert [p.question for p in saved.points if p.kind == "wish"] == ["Kan dat dit jaar?"] * 3
    assert all(a.now and a.sources_now == ("B01",) for a in saved.answers) and len(saved.answers) == 12
    assert all(line.answer == "yes" and line.page == "p. 34" for line in saved.table("plan_check"))
    assert [e.local_effect for e in saved.context] == ["De gemeente ving mensen op."]
    assert next(r for r in saved.table("agenda") if r.now == "yes").passage.endswith("p. 3.")
    rows = csv.DictReader((folder / "plan.csv").read_text("utf-8-sig").splitlines(), delimiter=";")
    assert [row["code"] for row in rows] == ["AC-1", "AC-2"]
