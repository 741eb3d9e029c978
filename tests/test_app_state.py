"""The page without a browser: what it saves, what it says, and that every control has its name."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import ipywidgets as W  # noqa: N812
import pytest
from tornado.httputil import HTTPHeaders, HTTPServerRequest, RequestStartLine

from memokit import app, texts
from memokit.app import pages, server, session
from memokit.app.about import About
from memokit.app.proposing import Proposals
from memokit.app.sheet import Sheet
from memokit.app.state import State
from memokit.app.tab_actions import Actions
from memokit.app.tab_points import Points
from memokit.app.tab_questions import Questions
from memokit.app.tab_section import SectionText
from memokit.app.tab_sources import Sources
from memokit.app.tab_start import Start
from memokit.fields import Record
from memokit.problems import MemokitError
from memokit.records import Amount, Answer, Assessment, PlanItem, Point, Source
from tests import layouts_bbc

VIEWS = (Start, Sources, Actions, Questions, Points, SectionText)


@pytest.fixture
def empty(tmp_path: Path) -> State:
    made = State(tmp_path)
    made.new("Mechelen")
    return made


def rows(state: State, file: str) -> list[dict[str, str]]:
    text = (state.now.folder / file).read_text("utf-8-sig")
    return list(csv.DictReader(text.splitlines(), delimiter=";"))


def every(widget: W.Widget) -> Iterator[W.Widget]:
    yield widget
    for child in getattr(widget, "children", ()):
        yield from every(child)


# -- the state ----------------------------------------------------------------------------------------------


def test_a_change_is_on_disk_and_in_the_journal_at_once(state: State):
    judged = state.judgement("AC-4.2.3")
    assert state.attempt(lambda: state.put(judged.model_copy(update={"status": "partly"})))
    together = [r for r in rows(state, "beoordelingen.csv") if r["beoordelaar"] == "raad"]
    assert {r["actie"]: r["stand_van_zaken"] for r in together}["AC-4.2.3"] == "deels gerealiseerd"
    journal = (state.now.folder / "geschiedenis" / "journaal.jsonl").read_text("utf-8").splitlines()
    assert any("AC-4.2.3|raad" in line and "deels gerealiseerd" in line for line in journal)
    assert state.saved and not state.message


def test_undo_takes_the_last_change_back(state: State):
    before = state.judgement("AC-4.2.3")
    state.put(before.model_copy(update={"line": "anders"}))
    assert state.attempt(state.undo)
    assert state.judgement("AC-4.2.3") == before


def test_the_same_again_saves_nothing(state: State):
    state.put(state.judgement("AC-4.2.3"))
    assert state.saved == ""


def test_progress_in_words(state: State, empty: State):
    assert state.seen() == "10 van 10 acties bekeken"
    state.put(state.judgement("AC-4.2.3").model_copy(update={"status": "pending"}))
    assert state.seen() == "9 van 10 acties bekeken"
    assert empty.seen() == "nog geen acties gekozen"
    assert empty.progress() == {"actions": (0, 0), "questions": (0, 12), "plan": (0, 6), "agenda": (0, 5)}


def test_what_goes_wrong_is_a_sentence(state: State):
    assert not state.attempt(lambda: state.open(Path("nergens")))
    assert "nergens" in state.message and "Traceback" not in state.message
    assert not state.attempt(lambda: 1 / 0)
    assert state.message and "ZeroDivision" not in state.message
    assert state.attempt(lambda: None) and state.message == ""


def test_add_an_action_from_the_plan_or_typed(state: State):
    state.add_action("AC-9.1", "Nieuwe actie")
    state.add_action("AC-2.1.1", "")
    assert {"AC-9.1", "AC-2.1.1"} <= {action.code for action in state.actions()}
    assert not state.attempt(lambda: state.add_action("AC-4.1.1", "Iets anders"))
    assert "AC-4.1.1" in state.message


def test_sources_are_numbered(state: State, empty: State):
    assert empty.add_source(Source(id_="-", kind="search", title="Gezocht")) == "B01"
    last = max(s.id_ for s in state.now.sources)
    assert state.add_source(Source(id_="-", title="Mail")) == f"B{int(last[1:]) + 1:02d}"


def test_ticks_are_tasks_that_stay_in_the_dossier(empty: State):
    empty.tick("Stuur de vraagbrief", True)
    assert empty.ticked("Stuur de vraagbrief") and not empty.ticked("Iets anders")
    assert [(r["wat"], r["klaar"]) for r in rows(empty, "taken.csv")] == [("Stuur de vraagbrief", "ja")]


def test_a_point_keeps_its_place_under_another_title(state: State):
    point = next(p for p in state.now.points if p.title == "Noodhulp")
    state.put(point.model_copy(update={"title": "Vaste noodhulp"}), replacing=point)
    titles = [p.title for p in state.now.points]
    assert "Vaste noodhulp" in titles and "Noodhulp" not in titles
    state.undo()
    assert "Noodhulp" in [p.title for p in state.now.points]


def test_remarks_stand_beside_what_they_are_about(state: State):
    judged = state.judgement("AC-4.2.3")
    state.put(judged.model_copy(update={"status": "not_started", "sources": (), "reason": "money"}))
    hints = state.hints(state.judgement("AC-4.2.3"))
    assert "verdict-without-search" in {problem.code for problem in hints}
    assert {state.about(problem) for problem in hints} == {"Vaste regeling voor noodhulp"}


def test_from_an_empty_dossier_to_a_pdf(empty: State):
    empty.add_action("AC-1", "Steun aan noodhulp")
    source = empty.add_source(Source(id_="-", kind="report", title="Jaarverslag 2022", date="2023-05-01"))
    judged = empty.judgement("AC-1").model_copy(update={"status": "achieved", "sources": (source,)})
    empty.put(judged)
    assert "Steun aan noodhulp" in empty.html()
    path = empty.export(".pdf")
    assert path.read_bytes()[:5] == b"%PDF-" and path.parent.name == "resultaten"


def test_dossiers_are_found_and_the_example_is_a_copy(tmp_path: Path):
    state = State(tmp_path)
    assert state.found() == []
    state.example()
    state.put(state.judgement("AC-4.2.3").model_copy(update={"line": "in de kopie"}))
    assert [path.name for path in state.found()] == ["dossier-voorbeeldstad"]
    state.example()
    assert state.judgement("AC-4.2.3").line == "in de kopie"


# -- the views, without a screen ----------------------------------------------------------------------------


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("which", ["state", "empty"])
def test_every_control_has_its_name(view: type, which: str, request: pytest.FixtureRequest):
    widget = view(request.getfixturevalue(which)).widget
    seen = list(every(widget))
    assert not [w for w in seen if isinstance(w, W.Output | W.TagsInput | W.Accordion)]
    controls = (W.Text, W.Textarea, W.Dropdown, W.Checkbox, W.RadioButtons, W.Button)
    assert not [w for w in seen if isinstance(w, controls) and not w.description.strip()]
    assert not [c for w in seen if isinstance(w, Sheet) for c in w.columns if not c["title"].strip()]


def test_judging_in_the_view_saves(state: State):
    view = Actions(state)
    view.list.value = "AC-4.2.6"
    view.form.fields["status"].value = "mostly"
    view.form.fields["line"].value = "Bijna klaar"
    judged = state.judgement("AC-4.2.6")
    assert (judged.status, judged.line) == ("mostly", "Bijna klaar")
    assert (
        "Wereldburgerschap in de jeugdwerking (grotendeels gerealiseerd)",
        "AC-4.2.6",
    ) in view.list.options
    assert view.list.value == "AC-4.2.6"
    sources = view.form.fields["sources"]
    sources.value = [*sources.value, "B01"]
    assert "B01" in state.judgement("AC-4.2.6").sources
    sources.value = sources.value[:-1]
    assert "B01" not in state.judgement("AC-4.2.6").sources


def test_walking_through_the_actions_changes_nothing(state: State):
    view = Actions(state)
    before = state.now.records
    for _, code in view.list.options:
        view.list.value = code
    assert state.now.records == before and state.saved == ""


def test_opening_the_views_changes_nothing(state: State, empty: State):
    for each in (state, empty):
        for view in VIEWS:
            view(each)
        assert each.saved == ""


def test_a_new_source_is_added_to_the_action(state: State):
    view = Actions(state)
    view.list.value = "AC-4.2.6"
    form = view.source.form
    form.fields["kind"].value = "search"
    form.fields["title"].value = "Gezocht in de besluiten"
    form.fields["searched_on"].value = "2024-02-01"
    view.source._add()
    id_ = state.judgement("AC-4.2.6").sources[-1]
    assert state.now.source(id_).searched_on == "2024-02-01"


def test_a_wrong_date_stays_on_the_page_with_a_sentence(state: State):
    form = Actions(state).source.form
    form.fields["date"].value = "gisteren"
    assert "gisteren" in form.fields["date"].problem and form.fields["date"].value == "gisteren"
    assert form.record.date == ""


def test_answers_and_points_in_the_view(empty: State):
    view = Questions(empty)
    assert not view.core.fill("IS01", "now", "yes")
    assert empty.record(Answer, "IS01").now == "yes"
    points = Points(empty)
    points._new(Point(kind="wish", title="Een vast bedrag"))
    points.refresh()
    points.form.fields["question"].value = "Kan de gemeente dat doen?"
    points.form.fields["title"].value = "Een vast bedrag per jaar"
    assert [(p.title, p.question) for p in empty.now.points] == [
        ("Een vast bedrag per jaar", "Kan de gemeente dat doen?")
    ]
    assert points.list.value == "wish|Een vast bedrag per jaar"


def test_the_four_amounts_and_the_council(empty: State):
    view = Start(empty)
    about = About(empty)
    about.refresh()
    assert not about.amounts.fill("0160|2018", "spent", "1.250,50")
    assert empty.record(Amount, "0160", year=2018).spent == 1250.5
    about.council.fields["council"].value = "Mondiale Raad"
    assert empty.now.settings.council == "Mondiale Raad" and "Mondiale Raad" in view.letter.value


def test_text_from_files_is_escaped(empty: State):
    bad = "<script>alert(1)</script>"
    empty.put(PlanItem(code="AC-1", title=bad, solidarity="yes"))
    empty.put(Point(kind="thanks", title=bad))
    for view in VIEWS:
        for widget in every(view(empty).widget):
            if isinstance(widget, W.HTML):
                assert "<script" not in widget.value


def test_the_text_follows_and_files_are_made(state: State):
    view = SectionText(state)
    first = view.text.value
    state.attempt(lambda: state.put(state.judgement("AC-4.2.6").model_copy(update={"line": "net nieuw"})))
    assert view.text.value != first and "<iframe title=" in first and "sandbox" in first
    view.files._one(".pdf")
    assert (state.now.folder / "resultaten" / "evaluatie.pdf").is_file()
    links = view.files.links.value
    assert 'download="evaluatie.pdf"' in links and "data:application/pdf" in links


# -- the page -----------------------------------------------------------------------------------------------


@pytest.fixture
def fresh(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    monkeypatch.setenv("MEMOKIT_FOLDER", str(tmp_path))
    pages.shared.cache_clear()
    yield
    pages.shared.cache_clear()


def tabs(page: W.Widget) -> tuple[str, ...]:
    return next((w.titles for w in every(page) if isinstance(w, W.Tab)), ())


@pytest.mark.usefixtures("fresh")
def test_the_page_opens_the_dossier_of_the_environment(monkeypatch: pytest.MonkeyPatch, voorbeeldstad: Path):
    monkeypatch.setenv("MEMOKIT_DOSSIER", str(voorbeeldstad))
    assert tabs(app.page()) == (
        "Start", "Cijfers en bronnen", "Acties", "Vragenlijst", "Agenda 2030", "Dank en werk", "Onze tekst",
    )  # fmt: skip
    assert tabs(app.acties()) == ("Acties", "Vragenlijst", "Dank en werk")


@pytest.mark.usefixtures("fresh")
def test_a_preheated_kernel_reads_nothing_until_the_page_is_open(
    monkeypatch: pytest.MonkeyPatch, voorbeeldstad: Path
):
    monkeypatch.setenv("MEMOKIT_DOSSIER", str(voorbeeldstad))
    monkeypatch.setenv("VOILA_PREHEAT", "True")
    page = app.page()
    assert tabs(page) == () and pages.shared().dossier is None
    bell = next(w for w in every(page) if isinstance(w, pages.Doorbell))
    bell._handle_custom_msg({"open": True}, [])
    assert tabs(page)[0] == "Start"


def tabbed(page: W.Widget) -> W.Tab:
    return next(w for w in every(page) if isinstance(w, W.Tab))


def pressed(page: W.Widget, text: str) -> W.Button:
    return next(w for w in every(page) if isinstance(w, W.Button) and w.description == text)


@pytest.mark.usefixtures("fresh")
def test_only_the_view_that_is_shown_follows_a_change(monkeypatch: pytest.MonkeyPatch, voorbeeldstad: Path):
    refreshed: list[str] = []

    def counting(name: str):
        def made(state: State) -> object:
            view = pages_views[name](state)
            state.listen(lambda: refreshed.append(name))
            refreshed.append(f"made {name}")
            return view

        return made

    pages_views = dict(pages.VIEWS)
    monkeypatch.setattr(pages, "VIEWS", {name: counting(name) for name in pages_views})
    monkeypatch.setenv("MEMOKIT_DOSSIER", str(voorbeeldstad))
    page, state = app.page(), pages.shared()
    tab = tabbed(page)
    assert refreshed == ["made start"] and state.page == "start"
    tab.selected_index = tab.titles.index("Acties")
    assert refreshed == ["made start", "made actions"]
    state.attempt(lambda: state.tick("x", True))
    assert refreshed[2:] == ["actions"]
    state.go("start")
    assert tab.selected_index == 0 and refreshed[3:] == ["start"], "what it missed"
    state.go("actions")
    assert refreshed[4:] == [], "it missed nothing"


@pytest.mark.usefixtures("fresh")
def test_comparing_is_hidden_until_asked_for(monkeypatch: pytest.MonkeyPatch, voorbeeldstad: Path):
    monkeypatch.setattr(pages, "VIEWS", {**pages.VIEWS, pages.ASKED: SectionText})
    monkeypatch.setenv("MEMOKIT_DOSSIER", str(voorbeeldstad))
    page, state = app.page(), pages.shared()
    assert "Vergelijken" not in tabs(page)
    state.comparing = True
    assert tabs(page)[-1] == "Vergelijken" and state.page == pages.ASKED
    assert tabbed(page).selected_index == len(tabs(page)) - 1


@pytest.mark.usefixtures("fresh")
def test_the_line_on_top_goes_back_and_forward(monkeypatch: pytest.MonkeyPatch, voorbeeldstad: Path):
    monkeypatch.setenv("MEMOKIT_DOSSIER", str(voorbeeldstad))
    page, state = app.page(), pages.shared()
    undo, redo = pressed(page, "Maak de laatste wijziging ongedaan"), pressed(page, "Opnieuw doen")
    assert undo.disabled and redo.disabled
    state.attempt(lambda: state.tick("x", True))
    assert not undo.disabled
    undo.click()
    assert not state.ticked("x") and undo.disabled and not redo.disabled
    redo.click()
    assert state.ticked("x") and redo.disabled
    state.tell("Iets om te lezen.")
    assert [w for w in every(page) if isinstance(w, W.HTML) and "Iets om te lezen." in w.value]
    pressed(page, "Sluit deze melding").click()
    assert not state.message


@pytest.mark.usefixtures("fresh")
def test_a_dossier_open_elsewhere_is_asked_about(monkeypatch: pytest.MonkeyPatch, voorbeeldstad: Path):
    other = State(voorbeeldstad.parent)
    other.session = "another-tab"
    other.open(voorbeeldstad)
    monkeypatch.setenv("MEMOKIT_DOSSIER", str(voorbeeldstad))
    monkeypatch.setenv("SERVER_SOFTWARE", "voila/0")
    page, state = app.page(), pages.shared()
    bell = next(w for w in every(page) if isinstance(w, pages.Doorbell))
    bell._handle_custom_msg({"open": "this tab <1>"}, [])
    assert state.session == "thistab1" and state.asking
    body = next(w for w in page.children if "memo-body" in w._dom_classes)
    said = [w.value for w in every(page) if isinstance(w, W.HTML) and "ander venster" in w.value]
    assert len(said) == 1 and body.layout.display == "none"
    pressed(page, "Hier verder werken").click()
    assert body.layout.display == "" and not state.elsewhere
    other.beat()
    assert other.elsewhere


@pytest.mark.usefixtures("fresh")
def test_without_a_dossier_the_page_offers_to_make_one(tmp_path: Path):
    page = app.start()
    name = next(w for w in every(page) if isinstance(w, Sheet))
    name.typed(name.rows[0]["key"], "municipality", "Mechelen", lambda _: None)
    next(
        w for w in every(page) if isinstance(w, W.Button) and w.description == "Maak een nieuw dossier"
    ).click()
    assert (tmp_path / "dossier-mechelen-2024" / "dossier.yml").is_file()
    assert [w for w in every(page) if isinstance(w, W.Checkbox)]


@pytest.mark.usefixtures("fresh")
def test_an_unreadable_dossier_is_a_message(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("MEMOKIT_DOSSIER", str(tmp_path / "weg"))
    alerts = [w.value for w in every(app.page()) if isinstance(w, W.HTML) and 'role="alert"' in w.value]
    assert len(alerts) == 1 and "Traceback" not in alerts[0]


def test_importing_the_app_loads_no_widgets():
    import subprocess
    import sys

    code = "import sys; from memokit import app; print({'ipywidgets', 'voila', 'pandas'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


# -- the session and the rule before all handlers -----------------------------------------------------------


def test_serve_refuses_a_folder_without_a_dossier(tmp_path: Path):
    with pytest.raises(MemokitError):
        session.prepare(tmp_path)


@pytest.mark.parametrize(
    ("uri", "headers", "welcome"),
    [
        ("/?token=geheim", {}, True),
        ("/?token=fout", {}, False),
        ("/", {}, False),
        ("/?token=geheim", {"Host": "evil.example:8001"}, False),
        ("/?token=geheim", {"Host": "127.0.0.1:9999"}, False),
        ("/?token=geheim", {"Host": "localhost:8001"}, True),
        ("/?token=geheim", {"Origin": "http://evil.example"}, False),
        ("/?token=geheim", {"Origin": "http://127.0.0.1:9999"}, False),
        ("/?token=geheim", {"Origin": "http://127.0.0.1:8001"}, True),
        ("/", {"Cookie": 'memokit-8001="2|1:0|10:1|12:memokit-8001|4:eA==|bad"'}, False),
    ],
)
def test_strangers_are_refused(uri: str, headers: dict[str, str], welcome: bool):
    class Connection:
        def set_close_callback(self, callback: object) -> None:
            """Do nothing."""

    rule = server.Stranger(8001, "geheim", b"x" * 32)
    all_headers = HTTPHeaders({"Host": "127.0.0.1:8001", **headers})
    line = RequestStartLine("GET", uri, "HTTP/1.1")
    request = HTTPServerRequest(start_line=line, headers=all_headers, connection=Connection())
    assert (rule.match(request) is None) is welcome


def test_the_records_of_the_journal_are_json_lines(state: State):
    state.tick("x", True)
    for line in (state.now.folder / "geschiedenis" / "journaal.jsonl").read_text("utf-8").splitlines():
        assert json.loads(line)


def test_a_record_that_is_not_there_is_empty(empty: State):
    record: Record = empty.record(Answer, "IS01")
    assert isinstance(record, Answer)


# -- cijfers en bronnen -------------------------------------------------------------------------------------


@pytest.fixture
def willebroek(tmp_path: Path) -> State:
    state = State(tmp_path)
    state.new("Willebroek")
    return state


def plan_export(folder: Path) -> Path:
    rows = [
        {"board": "Gemeente en OCMW Willebroek", "objective": "", "action_plan": "",
         "action": layouts_bbc.block(code, title), "amounts": {"2020,Uitgave": 18000}}
        for code, title in (("AC-1", "Ontwikkelingssamenwerking"), ("AC-2", "Riolering Dorpsstraat"))
    ]  # fmt: skip
    return layouts_bbc.actions(folder / "plan.csv", rows, (2020,))


def test_a_file_is_looked_at_added_and_taken_back(willebroek: State, tmp_path: Path):
    data = plan_export(tmp_path).read_bytes()
    path = willebroek.receive("../plan.csv", data, 1_000_000)
    assert path.parent == willebroek.inbox() and willebroek.waiting() == (path,)
    tab = Sources(willebroek)
    tab.files.value = path
    tab._look()
    assert "Willebroek" in tab.shown.value and tab.add.layout.display == ""
    assert not willebroek.now.plan, "nothing before somebody adds it"
    tab._add()
    assert [item.code for item in willebroek.now.plan] == ["AC-1", "AC-2"] and not willebroek.waiting()
    assert "bronnen/plan.csv" in tab.list.value
    willebroek.attempt(lambda: willebroek.take_back(willebroek.imports()[0].id))
    assert not willebroek.now.plan and not willebroek.imports()


def test_after_an_undo_that_keeps_something_the_page_is_fresh_and_says_so(willebroek: State, tmp_path: Path):
    willebroek.look(plan_export(tmp_path), {})
    willebroek.attempt(willebroek.accept)
    willebroek.put(Assessment(action="AC-1", status="unclear"))
    tab = Sources(willebroek)
    assert len(tab.done.children) == 2
    tab.done.children[1].click()
    assert [item.code for item in willebroek.now.plan] == ["AC-1"]
    assert not tab.done.children, "the list of imports is made anew"
    assert "AC-1" in willebroek.message


def test_a_choice_is_a_button(willebroek: State, tmp_path: Path):
    cells = ("12040", "Jaarrekening", 2018, 2018, "", "", "0160 Hulp", 5, None)
    row = dict(zip(layouts_bbc.TIDY, cells, strict=True))
    rows = [{**row, "Status rapport": status} for status in ("Origineel", "Herziening")]
    path = layouts_bbc.tidy(willebroek.inbox() / "t.xlsx", rows)
    tab = Sources(willebroek)
    tab._show(path)
    assert tab.add.layout.display == "none"
    (line,) = tab.choices.children
    assert [button.description for button in line.children] == ["Origineel", "Herziening"]
    line.children[1].click()
    assert tab.add.layout.display == "" and tab.answers == {"report_status": "Herziening"}


def test_a_file_that_is_too_big_or_no_table_is_told_in_words(willebroek: State):
    assert "8" in willebroek.trouble(lambda: willebroek.receive("groot.csv", b"x" * 9_000_000, 8_000_000))
    tab = Sources(willebroek)
    tab._show(willebroek.receive("foto.csv", b"%PDF-1.4 x", 1000))
    assert "pdf" in tab.problems.value and tab.add.layout.display == "none"


def test_a_proposal_is_accepted_or_struck_with_one_click(willebroek: State, tmp_path: Path):
    willebroek.look(plan_export(tmp_path), {})
    willebroek.attempt(willebroek.accept)
    tab = Proposals(willebroek)
    (line,) = tab.list.children
    _, buttons = line.children
    buttons.children[0].click()
    assert [action.code for action in willebroek.actions()] == ["AC-1"] and not tab.list.children
    willebroek.attempt(willebroek.undo)
    assert len(tab.list.children) == 1
    tab.list.children[0].children[1].children[1].click()
    assert not tab.list.children and not willebroek.actions()


def test_text_from_a_file_is_no_markup_on_the_page(willebroek: State, tmp_path: Path):
    rows = [{"board": "Gemeente en OCMW Willebroek", "objective": "", "action_plan": "", "amounts": {},
             "action": layouts_bbc.block("<b>1</b>", "LOI <img src=x onerror=alert(1)>")}]  # fmt: skip
    path = layouts_bbc.actions(willebroek.inbox() / "<i>p.csv", rows, (2020,))
    tab = Sources(willebroek)
    tab._show(path)
    tab._add()
    for value in (tab.shown.value, tab.list.value, Proposals(willebroek).list.children[0].children[0].value):
        assert "<img" not in value and "<b>1" not in value and "<i>p" not in value


def test_in_another_language_nothing_is_left_in_dutch_but_the_letter(state: State):
    with texts.speaking("fr"):
        for view in pages.VIEWS.values():
            view(state)
        assert not texts.untranslated()
        assert "[nl]" not in state.letter() and state.letter().startswith("Onderwerp")
