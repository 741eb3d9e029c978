"""Bad luck in a browser: reloads, windows, a dead kernel, a folder that moves, a line that falls away."""

from __future__ import annotations

import os
import random
import re
import shutil
import signal
from pathlib import Path
from typing import Any

import pytest

from memokit.dossier import new, open_dossier, put
from memokit.records import Assessment, ContextEvent, PlanItem, Point, Reply, Source, Task
from memokit.texts import say
from tests import browsing
from tests.browsing import App, arrived, at_rest, serving, window

browser, page, served = browsing.browser, browsing.page, browsing.served
ZIN, STAND = "Eén zin", "Stand van zaken"
NASTY = "<img src=x onerror='window.boem=1'><script>window.boem=1</script> {{7*7}} #sys"
CALLED_SAVED = """[...document.querySelectorAll('.memo-grid textarea')]
    .filter(e => e.closest('td').querySelector('.memo-state').textContent === 'bewaard').map(e => e.value)"""
SAVED = re.compile(r"bewaard om \d\d:\d\d")


def tab(page: Any, name: str) -> None:
    page.get_by_role("tab", name=name, exact=True).click()


def field(page: Any, name: str) -> Any:
    return page.get_by_label(name, exact=True)


def judged(folder: Path, action: str) -> tuple[str, str]:
    found = next(a for a in open_dossier(folder).assessments if (a.action, a.judge) == (action, "raad"))
    return found.status, found.line


@pytest.mark.browser
def test_reloads_at_random_moments_lose_nothing(page: Any, served: tuple[App, Path]):
    """Typing and choosing in the table of all actions, cut off anywhere; each round looks at all fields."""
    _, folder = served
    chance = random.Random(20240503)
    tab(page, "Acties")
    for n in range(6):
        page.get_by_role("button", name="Alle acties in één tabel").click()
        page.get_by_role("table", name="Alle acties").wait_for()
        rows = page.locator(".memo-grid:visible tbody tr:not(.memo-remarks)")
        last = chance.sample(range(rows.count()), 3)
        typed: dict[str, str] = {}
        for row in last:
            zin = rows.nth(row).locator("textarea")
            name = zin.get_attribute("aria-label")
            text = f"Ronde {n}, rij {row}: {chance.randrange(10**6)}"
            cut = chance.randrange(3, len(text))
            zin.fill("")
            zin.press_sequentially(text[:cut], delay=chance.choice((0, 3, 30)))
            typed[name] = text[:cut].strip()
        if chance.random() < 0.5:
            status = rows.nth(last[0]).locator("select").first
            status.select_option(chance.choice(("partly", "mostly", "underway")))
        called = page.evaluate(CALLED_SAVED)
        page.reload()
        arrived(page, page.get_by_role("tab", name="Acties"))
        tab(page, "Acties")
        on_disk = {a.line for a in open_dossier(folder).assessments}
        assert {value.strip() for value in called} <= on_disk, "what was called saved is on disk"
        page.get_by_role("button", name="Alle acties in één tabel").click()
        for name, text in typed.items():
            found = field(page, name)
            found.wait_for()
            if found.input_value().strip() != text:
                offered = page.get_by_role("button", name=f"Zet terug: {name}", exact=True)
                assert text in offered.locator("xpath=..").inner_text()
                offered.click()
        at_rest(page)
        assert set(typed.values()) <= {a.line for a in open_dossier(folder).assessments}
        page.get_by_role("button", name="Alle acties in één tabel").click()


@pytest.mark.browser
def test_two_windows_on_one_dossier(browser: Any, served: tuple[App, Path]):
    app, folder = served
    with window(browser, app.address) as one, browser.new_context() as context:
        tab(one, "Acties")
        field(one, ZIN).fill("Van het eerste venster")
        one.get_by_text(SAVED).wait_for()
        at_rest(one)
        two = context.new_page()
        two.set_default_timeout(browsing.PATIENCE)
        two.goto(app.address)
        two.get_by_role("alert").filter(has_text="ander venster").wait_for()
        two.get_by_role("button", name="Alleen bekijken").click()
        tab(two, "Acties")
        assert field(two, ZIN).input_value() == "Van het eerste venster"
        field(two, ZIN).fill("Dit mag niet")
        two.get_by_role("alert").filter(has_text=say("page_top.looking")).first.wait_for()
        two.get_by_role("button", name="Hier verder werken").click()
        two.get_by_role("button", name="Hier verder werken").wait_for(state="hidden")
        field(two, ZIN).fill("Van het tweede venster")
        two.get_by_text(SAVED).wait_for()
        at_rest(two)
        field(one, ZIN).fill("Te laat in het eerste venster")
        told = one.get_by_role("alert").filter(has_text="ander venster")
        told.first.wait_for()
        one.get_by_text("nog niet bewaard").first.wait_for()
        assert judged(folder, "AC-4.1.1")[1] == "Van het tweede venster"
        assert field(one, ZIN).input_value() == "Te laat in het eerste venster"
        one.get_by_role("button", name="Hier verder werken").click()
        one.get_by_role("button", name="Hier verder werken").wait_for(state="hidden")
        clash = one.get_by_role("alert").filter(has_text="Te laat in het eerste venster").first
        clash.wait_for()
        assert "Van het tweede venster" in clash.inner_text(), "both are shown, so that people choose"
        assert judged(folder, "AC-4.1.1")[1] == "Van het tweede venster"
        field(one, ZIN).fill("Samen gekozen")
        at_rest(one)
        assert judged(folder, "AC-4.1.1")[1] == "Samen gekozen"
        two.goto("about:blank")


@pytest.mark.browser
def test_a_kernel_killed_while_exporting(browser: Any, page: Any, served: tuple[App, Path]):
    app, folder = served
    tab(page, "Acties")
    field(page, ZIN).fill("Bewaard vóór het einde")
    at_rest(page)
    tab(page, "Onze tekst")
    page.get_by_role("button", name="Bewaren en delen").press("Enter")
    page.get_by_role("button", name="Maak alle bestanden").press("Enter")
    page.get_by_role("progressbar").wait_for()
    os.kill(app.kernel(page), signal.SIGKILL)
    page.get_by_role("button", name="Maak PDF").press("Enter")
    page.get_by_role("alert").filter(has_text="De verbinding met memokit is weg").wait_for()
    assert judged(folder, "AC-4.1.1")[1] == "Bewaard vóór het einde"
    page.get_by_role("button", name="Herlaad de pagina").click()
    arrived(page, page.get_by_role("tab", name="Onze tekst"))
    tab(page, "Onze tekst")
    page.get_by_role("button", name="Bewaren en delen").press("Enter")
    page.get_by_role("button", name="Maak PDF").press("Enter")
    page.get_by_role("link", name="Haal evaluatie.pdf op").wait_for()
    made = list((folder / "resultaten").iterdir())
    assert not [path for path in made if path.name.endswith((".half", ".tmp", "~"))], "no half file stays"
    assert (folder / "resultaten" / "evaluatie.pdf").read_bytes()[:5] == b"%PDF-"


@pytest.mark.browser
def test_a_folder_that_is_moved_away_and_comes_back(browser: Any, tmp_path: Path):
    item = PlanItem(code="AC-1", title="Noodhulp", solidarity="yes")
    folder = put(new("Willebroek", tmp_path), item).folder
    with serving(tmp_path, str(folder)) as app, window(browser, app.address) as page:
        tab(page, "Acties")
        field(page, ZIN).fill("Eerst")
        at_rest(page)
        away = folder.rename(tmp_path / "elders")
        field(page, ZIN).fill("Terwijl de map weg is")
        page.get_by_text(re.compile(r"\d+ wijziging(en)? nog niet bewaard")).wait_for()
        assert page.get_by_role("alert").first.inner_text() and not folder.exists()
        away.rename(folder)
        field(page, STAND).select_option("in uitvoering")
        page.get_by_text(SAVED).wait_for()
        at_rest(page)
    assert judged(folder, "AC-1") == ("underway", "Terwijl de map weg is")


@pytest.mark.browser
def test_a_line_that_falls_away_and_comes_back(page: Any, served: tuple[App, Path]):
    """What is typed without a connection is kept, and saved or offered when there is one again."""
    _, folder = served
    tab(page, "Acties")
    field(page, ZIN).wait_for()
    page.context.set_offline(True)
    field(page, ZIN).fill("Getypt zonder verbinding")
    page.context.set_offline(False)
    page.reload()
    arrived(page, page.get_by_role("tab", name="Acties"))
    tab(page, "Acties")
    field(page, ZIN).wait_for()
    if field(page, ZIN).input_value() != "Getypt zonder verbinding":
        page.get_by_role("button", name=f"Zet terug: {ZIN}", exact=True).click()
    at_rest(page)
    assert judged(folder, "AC-4.1.1")[1] == "Getypt zonder verbinding"


def nasty(folder: Path) -> Path:
    """A dossier with something that wants to be code in every field that shows a text."""
    dossier = new("Willebroek", folder)
    source = Source(id_="B01", kind="report", title=f"Bron {NASTY}", date="2023-05-01", page=NASTY)
    item = PlanItem(code="AC-1", title=f"Actie {NASTY}", solidarity="yes", page=NASTY, own_evaluation=NASTY)
    judged = Assessment(action="AC-1", judge="raad", status="mostly", line=f"Zin {NASTY}", sources=("B01",),
                        private_note=NASTY)  # fmt: skip
    thanks = Point(kind="thanks", title=f"Dank {NASTY}", text=f"Feit {NASTY}", opinion=f"Wij vinden {NASTY}",
                   sources=("B01",))  # fmt: skip
    wish = Point(kind="wish", title=f"Wens {NASTY}", text=NASTY, question=f"Kan {NASTY}?", sources=("B01",))
    event = ContextEvent(date="2022", event=f"Toen {NASTY}", local_effect=NASTY, sources=("B01",))
    reply = Reply(about=wish.title, text=f"Antwoord {NASTY}")
    task = Task(what=f"Taak {NASTY}", who=NASTY)
    settings = dossier.settings.model_copy(
        update={"council": f"Raad {NASTY}", "contact": NASTY, "readers": (NASTY,), "discussed_with": (NASTY,)}
    )
    return put(dossier, source, item, judged, thanks, wish, event, reply, task, settings).folder


@pytest.mark.browser
def test_what_wants_to_be_code_is_shown_as_text_everywhere(browser: Any, tmp_path: Path):
    folder = nasty(tmp_path)
    with serving(tmp_path, str(folder)) as app, window(browser, app.address) as page:
        for name in browsing.TABS:
            tab(page, name)
            browsing.unfold_all(page)
            assert page.evaluate("window.boem") is None, name
            assert page.locator("main img, main .memo-page script").count() == 0, name
        preview = page.frame_locator("iframe")
        preview.get_by_text("Zin <img src=x onerror").first.wait_for()
        assert preview.locator("img[src=x], script").count() == 0
        tab(page, "Acties")
        assert field(page, ZIN).input_value() == f"Zin {NASTY}"
        made = (folder / "resultaten").glob("*")
        assert not list(made)
    shutil.rmtree(folder)
