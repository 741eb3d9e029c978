"""The fields of the page: nothing typed is lost in silence; each has its name, its help and its answer."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from memokit.app.forms import Form, Row, Table
from memokit.app.new_source import NewSource
from memokit.app.sheet import LIMIT, Sheet
from memokit.app.state import State
from memokit.dossier import open_dossier
from memokit.records import Answer, Assessment, Point
from tests import browsing
from tests.browsing import EXAMPLE, App, window

browser, saved = browsing.browser, browsing.at_rest
ACTION = "AC-4.2.3"
ZIN = "Eén zin"


def judgement(state: State, *names: str) -> Form:
    form = Form(state, Assessment, names, lambda _, after: state.put(after))
    state.listen(lambda: form.show(state.judgement(ACTION)))
    form.show(state.judgement(ACTION))
    return form


def answers(sheet: Sheet) -> list[dict[str, Any]]:
    """Collect what the widget tells the browser."""
    said: list[dict[str, Any]] = []
    sheet.send = lambda content, buffers=None: said.append(content)
    return said


def typed(sheet: Sheet, name: str, value: Any, seq: str = "1", row: int = 0) -> None:
    """Do what the browser does when somebody typed."""
    message = {"what": "typed", "key": sheet.rows[row]["key"], "name": name, "value": value, "seq": seq}
    sheet._handle_custom_msg(message, [])


def journal(state: State) -> str:
    path = state.now.folder / "geschiedenis" / "journaal.jsonl"
    return path.read_text("utf-8") if path.exists() else ""


# -- without a browser --------------------------------------------------------------------------------------


def test_an_answer_comes_after_the_journal_and_names_the_message(state: State):
    sheet = judgement(state, "line").widget()
    seen: list[bool] = []
    said: list[dict[str, Any]] = []
    sheet.send = lambda content, buffers=None: (said.append(content), seen.append("Getypt" in journal(state)))
    typed(sheet, "line", "Getypt ", "x-7")
    assert said == [{"what": "answer", "seq": "x-7", "problem": "", "value": "Getypt"}] and seen == [True]
    assert sheet.rows[0]["values"]["line"] == "Getypt"


def test_the_same_again_is_confirmed_and_saves_nothing(state: State):
    sheet = judgement(state, "line").widget()
    said = answers(sheet)
    typed(sheet, "line", state.judgement(ACTION).line)
    assert said[0]["problem"] == "" and state.saved == ""


def test_what_cannot_be_read_says_why_and_changes_nothing(state: State):
    form = Form(state, Assessment, ("status",), lambda _, after: state.put(after))
    form.show(state.judgement(ACTION))
    said = answers(form.widget())
    before = journal(state)
    for value in ("bijna", "<img src=x onerror=alert(1)>"):
        typed(form.sheets[0], "status", value)
        assert said[-1]["problem"] and said[-1]["value"] == value
    assert journal(state) == before
    assert form.fields["status"].problem and form.fields["status"].value == "<img src=x onerror=alert(1)>"


@pytest.mark.parametrize(
    ("key", "name"), [("99", "line"), ("", "line"), ("1", "action"), ("1", "geen_veld"), ("None", "None")]
)
def test_a_message_about_something_else_is_refused(state: State, key: str, name: str):
    sheet = judgement(state, "line").widget()
    said = answers(sheet)
    sheet._handle_custom_msg({"what": "typed", "key": key, "name": name, "value": "x", "seq": "1"}, [])
    assert said[0]["problem"] and state.saved == ""


@pytest.mark.parametrize("content", [{}, {"what": "typed"}, {"what": "ping", "seq": "3"}])
def test_an_odd_message_does_no_harm(state: State, content: dict[str, str]):
    sheet = judgement(state, "line").widget()
    said = answers(sheet)
    sheet._handle_custom_msg(content, [])
    assert said[0]["what"] == ("pong" if content.get("what") == "ping" else "answer") and state.saved == ""


def test_a_text_that_is_too_long_is_refused_in_words(state: State):
    sheet = judgement(state, "line").widget()
    said = answers(sheet)
    typed(sheet, "line", "x" * (LIMIT + 1))
    assert str(LIMIT) in said[0]["problem"]
    typed(sheet, "line", "x" * LIMIT)
    assert not said[1]["problem"] and len(state.judgement(ACTION).line) == LIMIT


def test_a_text_for_a_record_that_is_no_longer_shown_is_not_put_in_another(state: State):
    form = Form(state, Assessment, ("line",), lambda _, after: state.put(after))
    sheet = form.widget()
    form.show(state.judgement("AC-4.2.6"))
    old = sheet.rows[0]["key"]
    form.show(state.judgement(ACTION))
    said = answers(sheet)
    sheet._handle_custom_msg({"what": "typed", "key": old, "name": "line", "value": "x", "seq": "1"}, [])
    assert said[0]["problem"] and state.judgement(ACTION).line != "x" != state.judgement("AC-4.2.6").line


def test_a_record_keeps_its_place_on_the_page_under_another_title(state: State):
    form = Form(state, Point, ("title",), lambda before, after: state.put(after, replacing=before))
    point = next(p for p in state.now.points if p.title == "Noodhulp")
    other = next(p for p in state.now.points if p.kind == point.kind and p.title != point.title)
    form.show(point)
    sheet = form.widget()
    key = sheet.rows[0]["key"]
    form.fields["title"].value = "Vaste noodhulp"
    form.show(next(p for p in state.now.points if p.title == "Vaste noodhulp"))
    assert sheet.rows[0]["key"] == key and sheet.columns[0]["late"]
    for wrong in ("", other.title):  # no name, or somebody else's: two records would become one
        form.fields["title"].value = wrong
        assert form.fields["title"].problem
    assert {other.title, "Vaste noodhulp"} <= {p.title for p in state.now.points}


def test_what_could_not_be_saved_is_confirmed_when_it_is(state: State):
    sheet = judgement(state, "line").widget()
    said = answers(sheet)
    typed(sheet, "line", "Wel bewaard", "0")
    folder = state.now.folder / "geschiedenis"
    folder.rename(folder.with_name("weg"))
    folder.write_text("in de weg")
    typed(sheet, "line", "Eerst niet", "a")
    assert said[1]["problem"] and state.unsaved
    typed(sheet, "line", "Eerst niet", "b")
    assert said[2]["problem"], "the desk has it, the disk has not"
    folder.unlink()
    folder.with_name("weg").rename(folder)
    state.attempt(state._retry)
    assert [(each["seq"], each["problem"]) for each in said[3:]] == [("a", ""), ("b", "")]
    assert "Eerst niet" in journal(state)


def test_sources_are_a_list(state: State):
    form = judgement(state, "sources")
    sheet = form.widget()
    assert ["B01" in dict((v, k) for k, v in sheet.columns[0]["options"])] == [True]
    typed(sheet, "sources", ["B01", "B02", "B01"])
    assert state.judgement(ACTION).sources == ("B01", "B02")
    assert sheet.rows[0]["values"]["sources"] == ["B01", "B02"]


def table(state: State) -> Table:
    made = Table(state, Answer, ("then", "now", "line"), lambda _, after: state.put(after), "Twaalf vragen")

    def show() -> None:
        rows = [
            Row("Is er een adviesraad?", state.record(Answer, "IS01"), "Een raad die de gemeente erkent."),
            Row("<i>Schuin</i>", state.record(Answer, "IS02"), choices={"now": [("Zeker", "yes")]}),
        ]
        made.show(rows)

    state.listen(show)
    show()
    return made


def test_a_table_saves_cell_by_cell(state: State):
    made = table(state)
    said = answers(made.widget)
    typed(made.widget, "line", "Erkend in 2019", row=0)
    typed(made.widget, "now", "yes", row=1)
    assert [each["problem"] for each in said] == ["", ""]
    assert state.record(Answer, "IS01").line == "Erkend in 2019" and state.record(Answer, "IS02").now == "yes"
    assert made.fill("IS01", "then", "zomaar") and not made.fill("IS01", "then", "no")


def test_the_static_twin_holds_what_the_widget_holds(state: State):
    made = table(state)
    made.fill("IS01", "line", "Erkend & <b>wel</b>")
    made.fill("IS01", "now", "yes")
    twin = made.widget.static()
    for words in ("<caption>Twaalf vragen</caption>", '<th scope="row">Is er een adviesraad?', "Een raad die",
                  "&lt;i&gt;Schuin&lt;/i&gt;", "Erkend &amp; &lt;b&gt;wel&lt;/b&gt;",
                  "niet ingevuld"):  # fmt: skip
        assert words in twin
    assert twin.count("<tr>") == 3 and twin.count('<th scope="col">') == 4
    form = judgement(state, "line", "sources")
    sheet = form.widget()
    assert all(column["title"] in sheet.static() for column in sheet.columns)
    form.one("line").layout.display = "none"
    assert sheet.hidden == ["line"] and "Eén zin" not in sheet.static()


def test_every_field_has_a_label_and_help(state: State):
    for model, names in ((Assessment, ("status", "line", "sources")), (Point, ("kind", "title", "question"))):
        for column in Form(state, model, names, lambda *_: None).widget().columns:
            assert column["title"] and column["help"]


def test_a_draft_is_not_saved_until_it_is_added(state: State):
    new = NewSource(state)
    first = new.form.sheets[0]
    said = answers(first)
    typed(first, "title", "Jaarverslag")
    assert said[0]["problem"] == "" and state.saved == "" and first.draft
    new.form.fields["date"].value = "gisteren"
    new._add()
    assert "Datum" in state.message and state.saved == "", "what cannot be read is not left out in silence"
    new.form.fields["date"].value = "15/04/2023"
    before = first.rows[0]["round"]
    new._add()
    assert state.now.sources[-1].date == "2023-04-15"
    assert first.rows[0]["round"] > before and first.rows[0]["values"]["title"] == ""


def test_the_script_never_makes_markup_of_text():
    script = (Path(__file__).parents[1] / "data/templates/voila/memo/sheet.js").read_text("utf-8")
    code = re.sub(r"^\s*//.*$", "", script, flags=re.M)
    assert not re.search(r"(inner|outer)HTML|insertAdjacent|document\.write|eval\(|https?:", code)


# -- in a browser -------------------------------------------------------------------------------------------

CELL = """
from memokit.app import pages
from memokit.app.forms import Form, Row, Table
from memokit.app.new_source import NewSource
from memokit.app.parts import box, heading, remarks
from memokit.records import Assessment


class View:
    def __init__(self, state):
        self.state = state
        save = lambda _, after: state.put(after)
        self.form = Form(state, Assessment, ("status", "line", "sources", "reason"), save)
        self.table = Table(state, Assessment, ("status", "line", "sources"), save, "Alle acties")
        new = NewSource(state)
        new.more.open(True)
        parts = heading("Een actie"), self.form.widget(), new.widget, self.table.widget
        self.widget = box(*parts, kind="view")
        state.listen(self.refresh)
        self.refresh()

    def refresh(self):
        self.form.show(self.state.judgement("AC-4.2.3"))
        rows = []
        for action in self.state.actions():
            judged = self.state.judgement(action.code)
            rows.append(Row(action.title, judged, action.code, {}, remarks(self.state.hints(judged))))
        self.table.show(rows)


pages.VIEWS["fields"] = View
pages.single("fields")
"""
SERVE = """
import sys
from pathlib import Path
from memokit.app import session
from memokit.app.server import Server
session.prepare(Path(sys.argv[1]))
server = Server(token="geheim", port=session.free_port(), open_browser=False)
server.initialize([sys.argv[2]])
print(server.address, flush=True)
server.start()
"""


class Served(App):
    """A server with one page: a form, a draft and a table."""

    def __init__(self, dossier: Path, notebook: Path) -> None:
        cell = {"cell_type": "code", "execution_count": None, "id": "page", "metadata": {}, "outputs": [],
                "source": CELL}  # fmt: skip
        spec = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
        book = {"cells": [cell], "metadata": {**spec, "title": "memokit"}, "nbformat": 4, "nbformat_minor": 5}
        notebook.write_text(json.dumps(book))
        self.process = subprocess.Popen(
            [sys.executable, "-c", SERVE, dossier, notebook],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        assert self.process.stdout is not None
        self.address = self.process.stdout.readline().strip()
        self.host = self.address.split("/")[2]
        self.ask("/")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Served, Path]]:
    folder = tmp_path_factory.mktemp("velden")
    dossier = Path(shutil.copytree(EXAMPLE, folder / "voorbeeldstad"))
    app = Served(dossier, folder / "velden.ipynb")
    yield app, dossier
    app.stop()


@pytest.fixture
def page(browser, served):
    with window(browser, served[0].address, lambda page: page.locator(".memo-grid")) as opened:
        yield opened


def field(page: Any, name: str) -> Any:
    return page.get_by_label(name, exact=True)


def kept(page: Any) -> list[str]:
    return page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('memokit '))")


def line_on_disk(dossier: Path, action: str = ACTION) -> str:
    text = (dossier / "beoordelingen.csv").read_text("utf-8-sig")
    rows = csv.DictReader(text.splitlines(), delimiter=";")
    return next(row["toelichting"] for row in rows if (row["actie"], row["beoordelaar"]) == (action, "raad"))


@pytest.mark.browser
def test_what_is_typed_is_confirmed_and_no_longer_kept(page, served):
    field(page, ZIN).press_sequentially("Een zin met vier en nog een paar woorden", delay=5)
    page.get_by_text("bewaard", exact=True).first.wait_for()
    saved(page)
    assert "nog een paar woorden" in line_on_disk(served[1])
    assert field(page, f"{ZIN}: Vaste regeling voor noodhulp").input_value() == field(page, ZIN).input_value()


@pytest.mark.browser
@pytest.mark.parametrize("end", ["Tab", "Enter", "Space", ""])
def test_a_reload_while_typing_loses_nothing(page, served, end: str):
    text = f"Herladen na {end or 'niets'}"
    field(page, ZIN).fill("")
    field(page, ZIN).press_sequentially(text)
    if end:
        page.keyboard.press(end)
    page.reload()
    page.get_by_role("table", name="Alle acties").wait_for()
    back = page.get_by_role("button", name=f"Zet terug: {ZIN}", exact=True)
    if field(page, ZIN).input_value().strip() != text:
        back.wait_for()
        assert text in page.locator(".memo-offer").first.inner_text()
        back.focus()
        page.keyboard.press("Enter")
    saved(page)
    assert back.count() == 0 and line_on_disk(served[1]).strip() == text


@pytest.mark.browser
def test_a_killed_kernel_while_typing_is_told_and_the_text_is_offered(page, served):
    app, dossier = served
    field(page, ZIN).press_sequentially("Eerst ")
    os.kill(app.kernel(page), signal.SIGKILL)
    field(page, ZIN).fill("Getypt <img src=x onerror='window.boem=1'> zonder kernel")
    page.get_by_role("alert").filter(has_text="De verbinding met memokit is weg").wait_for()
    page.get_by_text("Jullie tekst staat veilig in deze browser", exact=False).first.wait_for()
    assert len(kept(page)) == 1
    page.reload()
    page.get_by_role("table", name="Alle acties").wait_for()
    page.get_by_text(re.compile(r"Nog niet bewaard van \d\d:\d\d:")).first.wait_for()
    page.get_by_text("Nog niet bewaard van de vorige keer (1)").wait_for()
    page.get_by_role("button", name=f"Zet terug: {ZIN}", exact=True).click()
    saved(page)
    page.locator(".memo-banner").wait_for(state="detached")
    assert "zonder kernel" in line_on_disk(dossier) and page.evaluate("window.boem") is None
    assert page.locator(".memo-sheet img").count() == 0


@pytest.mark.browser
def test_what_is_thrown_away_stays_away(page, served):
    app, dossier = served
    before = line_on_disk(dossier)
    os.kill(app.kernel(page), signal.SIGKILL)
    field(page, ZIN).fill("Weg ermee")
    page.reload()
    page.get_by_role("button", name=f"Gooi weg: {ZIN}", exact=True).click()
    saved(page)
    assert field(page, ZIN).input_value().strip() == line_on_disk(dossier) == before


@pytest.mark.browser
def test_an_undo_does_not_disturb_a_field_in_which_somebody_types(page, served):
    app, _ = served
    reason = field(page, "Reden")
    before = reason.input_value()
    reason.select_option("personeel" if before != "staff" else "geld")
    page.get_by_text(re.compile("bewaard om")).wait_for()
    saved(page)
    kernel = app.kernel(page)
    os.kill(kernel, signal.SIGSTOP)
    page.get_by_role("button", name=re.compile("ongedaan", re.I)).first.click()
    field(page, ZIN).fill("Tijdens het ongedaan maken")
    os.kill(kernel, signal.SIGCONT)
    page.wait_for_function("([id, value]) => document.getElementById(id).value === value",
                           arg=[reason.get_attribute("id"), before])  # fmt: skip
    assert field(page, ZIN).input_value() == "Tijdens het ongedaan maken"
    saved(page)
    assert line_on_disk(served[1]) == "Tijdens het ongedaan maken"


@pytest.mark.browser
def test_the_answer_to_an_older_text_leaves_a_newer_one_alone(page, served):
    """Half a word is saved and answered while the rest is typed; the caret stays where it is."""
    app, dossier = served
    zin = field(page, ZIN)
    zin.fill("abc")
    saved(page)
    kernel = app.kernel(page)
    os.kill(kernel, signal.SIGSTOP)
    zin.fill("abc de ")
    zin.blur()  # this goes out
    zin.focus()
    zin.press("End")
    page.keyboard.type("g")
    os.kill(kernel, signal.SIGCONT)
    saved(page)
    assert zin.input_value() == "abc de g" == line_on_disk(dossier)
    assert zin.evaluate("e => e.selectionStart") == 8


@pytest.mark.browser
def test_two_fields_quickly_one_after_the_other(page, served):
    first, second = f"{ZIN}: Reglement 4de Pijler", f"{ZIN}: Vaste regeling voor noodhulp"
    field(page, first).fill("Een")
    field(page, second).fill("Twee")
    page.get_by_role("heading", name="Een actie").click()
    saved(page)
    assert (line_on_disk(served[1], "AC-4.2.1"), line_on_disk(served[1])) == ("Een", "Twee")


@pytest.mark.browser
def test_a_button_sees_what_was_typed_just_before(page, served):
    field(page, "Titel").fill("Verslag van de raad")
    page.get_by_role("button", name="Bewaar de bron").evaluate("button => button.click()")  # moves no focus
    added = "[...document.querySelectorAll('option')].some(each => /Verslag van de raad/.test(each.text))"
    page.wait_for_function(added)
    page.wait_for_function("id => document.getElementById(id).value === ''",
                           arg=field(page, "Titel").get_attribute("id"))  # fmt: skip
    saved(page)
    assert "Verslag van de raad" in [source.title for source in open_dossier(served[1]).sources]


@pytest.mark.browser
def test_a_date_that_cannot_be_read_says_why_at_the_field(page):
    date = field(page, "Datum")
    date.fill("gisteren")
    date.blur()
    wrong = page.locator(".memo-refused")
    wrong.wait_for()
    assert "gisteren" in wrong.inner_text() and wrong.get_attribute("role") == "alert"
    assert date.input_value() == "gisteren" and date.get_attribute("aria-invalid") == "true"
    assert wrong.get_attribute("id") in date.get_attribute("aria-describedby").split()
    date.fill("2023-04")
    date.blur()
    wrong.wait_for(state="detached")
    assert date.get_attribute("aria-invalid") is None


@pytest.mark.browser
def test_two_million_characters_are_refused_at_once(page, served):
    zin = field(page, ZIN)
    before = zin.input_value()
    zin.focus()
    page.keyboard.insert_text("x" * 2_000_000)
    page.get_by_role("alert").filter(has_text="te lang").wait_for()
    assert zin.input_value() == before
    zin.evaluate("e => { e.value = 'y'.repeat(2e6); e.dispatchEvent(new Event('input')); }")
    page.get_by_role("alert").filter(has_text="Nu is er niets van bewaard").wait_for()
    assert not kept(page) and "yyy" not in line_on_disk(served[1])
    zin.fill("Kort")
    saved(page)
    page.locator(".memo-refused").wait_for(state="detached")
    assert line_on_disk(served[1]) == "Kort"


@pytest.mark.browser
def test_sources_by_keyboard(page, served):
    chips = page.locator(".memo-field .memo-chips").first.get_by_role("button")
    before = chips.count()
    field(page, "Bronnen").select_option(index=1)
    saved(page)
    assert chips.count() == before + 1
    chips.last.focus()
    page.keyboard.press("Enter")
    saved(page)
    assert chips.count() == before
    assert chips.first.get_attribute("aria-label").startswith("Haal deze bron weg: ")


@pytest.mark.browser
def test_every_control_has_its_name_and_nothing_is_found_by_axe(page):
    from axe_playwright_python.sync_playwright import Axe

    rows = page.locator(".memo-grid tbody th[scope=row] .memo-title").all_inner_texts()
    assert len(rows) == 10
    for title in rows:
        for column in ("Stand van zaken", ZIN, "Bronnen"):
            assert field(page, f"{column}: {title}").count() == 1
    date = field(page, "Datum")
    date.fill("gisteren")
    date.blur()
    page.locator(".memo-refused").wait_for()
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.browser
@pytest.mark.parametrize("width", [390, 683])
def test_a_narrow_window_and_a_large_zoom_scroll_in_one_direction_only(page, width: int):
    page.set_viewport_size({"width": width, "height": 768})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    wide = "e => e.getBoundingClientRect().right > innerWidth + 1"
    assert page.evaluate(f"[...document.querySelectorAll('.memo-sheet *')].filter({wide}).length") == 0


@pytest.mark.browser
def test_from_field_to_field_with_the_tab_key_and_the_focus_is_seen(page):
    field(page, "Stand van zaken").focus()
    seen = []
    for _ in range(3):
        page.keyboard.press("Tab")
        seen.append(page.evaluate("document.activeElement.name"))
    assert seen[:2] == ["line", "sources"]
    page.keyboard.press("Shift+Tab")
    style = "getComputedStyle(document.activeElement)"
    assert page.evaluate(f"{style}.outlineStyle + {style}.outlineWidth") == "solid3px"


@pytest.mark.browser
def test_a_server_that_stopped_is_told_on_the_page(browser, tmp_path):
    dossier = Path(shutil.copytree(EXAMPLE, tmp_path / "voorbeeldstad"))
    app = Served(dossier, tmp_path / "velden.ipynb")
    opened = browser.new_page()
    opened.goto(app.address)
    opened.get_by_role("table", name="Alle acties").wait_for(timeout=60_000)
    app.stop()
    field(opened, ZIN).fill("Na het einde")
    opened.get_by_role("alert").filter(has_text="De verbinding met memokit is weg").wait_for()
    assert len(kept(opened)) == 1 and field(opened, ZIN).input_value() == "Na het einde"
    opened.close()


@pytest.mark.browser
def test_a_source_that_was_not_added_yet_is_offered_again(page, served):
    """Python has heard the title, but nothing is saved by that: the browser keeps it until it is added."""
    field(page, "Titel").fill("Half ingevulde bron")
    field(page, "Titel").blur()
    page.reload()
    page.get_by_role("table", name="Alle acties").wait_for()
    page.get_by_role("button", name="Zet terug: Titel", exact=True).click()
    assert field(page, "Titel").input_value() == "Half ingevulde bron" and len(kept(page)) == 1
    page.get_by_role("button", name="Bewaar de bron").click()
    saved(page)
    assert "Half ingevulde bron" in [source.title for source in open_dossier(served[1]).sources]


@pytest.mark.browser
def test_what_another_window_has_saved_is_no_longer_offered(page):
    """Two windows of one browser share what is kept."""
    key = "memokit " + json.dumps(["voorbeeldstad", "assessments", f"{ACTION}|raad", "line"],
                                  separators=(",", ":"))  # fmt: skip
    entry = {"value": "Uit een ander venster", "time": "2024-05-03T14:03:00Z", "label": ZIN}
    page.evaluate("([key, entry]) => localStorage.setItem(key, JSON.stringify(entry))", [key, entry])
    page.reload()
    offer = page.get_by_role("button", name=f"Zet terug: {ZIN}", exact=True)
    offer.wait_for()
    other = page.context.new_page()  # without a page of its own, on the same address
    other.goto(page.url.replace("/?", "/voila/static/voila.js?"))
    other.evaluate("key => localStorage.removeItem(key)", key)
    offer.wait_for(state="detached")
    other.close()
