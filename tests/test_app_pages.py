"""Start, Acties, Vragenlijst, Dank en werk, and judging apart: what a council does, without a browser."""

from __future__ import annotations

import io
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import ipywidgets as W  # noqa: N812
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memokit import catalogue, dossier
from memokit.app import evening, members
from memokit.app.known import known
from memokit.app.sheet import Sheet
from memokit.app.state import State
from memokit.app.tab_actions import Actions
from memokit.app.tab_points import Points
from memokit.app.tab_questions import Questions
from memokit.app.tab_start import Start
from memokit.evaluation import evaluate, export
from memokit.exchange import save_tables
from memokit.folder import Dossier, read_folder
from memokit.problems import MemokitError
from memokit.records import (
    Amount,
    Answer,
    Assessment,
    Member,
    PlanItem,
    Point,
    Settings,
    Source,
    Task,
)
from memokit.writers.pdf import pages
from tests import layouts_bbc

NAME = "Zelda Quispel"  # of leden.csv in the example


def every(widget: W.Widget) -> Iterator[W.Widget]:
    yield widget
    for child in getattr(widget, "children", ()):
        yield from every(child)


def shown(widget: W.Widget) -> str:
    return "\n".join(w.value for w in every(widget) if isinstance(w, W.HTML))


def press(widget: W.Widget, text: str) -> None:
    next(w for w in every(widget) if isinstance(w, W.Button) and w.description == text).click()


def type_in(widget: W.Widget, title: str, text: str) -> None:
    sheet = next(w for w in every(widget) if isinstance(w, Sheet) and w.columns[0]["title"] == title)
    assert not sheet.typed(sheet.rows[0]["key"], sheet.names[0], text, lambda _: None)


# -- the first evening (fairness.md 20) -------------------------------------------------------------------


def plan_export(folder: Path) -> Path:
    titles = ("Ontwikkelingssamenwerking: steun aan de 4de Pijler", "Noodhulp bij rampen",
              "Faire Gemeente: de titel behouden", "Riolering Dorpsstraat")  # fmt: skip
    rows = [
        {"board": "Gemeente en OCMW Willebroek", "objective": "", "action_plan": "",
         "action": layouts_bbc.block(f"AC-{n}", title), "amounts": {"2020,Uitgave": 18000}}
        for n, title in enumerate(titles, 1)
    ]  # fmt: skip
    return layouts_bbc.actions(folder / "plan.csv", rows, (2020,))


def test_the_first_evening_from_an_empty_dossier_to_a_draft_a_list_and_a_mail(empty: State, tmp_path: Path):
    start, actions, questions, points = (view(empty) for view in (Start, Actions, Questions, Points))
    steps = catalogue.first_evening()
    shown_steps = [box.description.split(" · ")[1] for box, _ in start.ticks[: len(steps)]]
    assert shown_steps == [row["text"] for row in steps], "exactly this list"

    # Vooraf: the export with the actions, the amounts that are there; the letter is ready.
    empty.look(plan_export(tmp_path), {})
    assert empty.attempt(empty.accept)
    report = empty.add_source(Source(id_="-", kind="report", title="Jaarverslag 2022", date="2023-05-01"))
    account = empty.add_source(Source(id_="-", kind="account", title="Jaarrekening 2022", date="2023-06-20"))
    amounts = start.about.amounts
    assert amounts.widget.rows[0]["help"] == "geen cijfer gevonden"
    year = empty.last_account()
    assert not amounts.fill(f"0160|{year}", "spent", "12500")
    assert not amounts.fill(f"0160|{year}", "sources", [account])
    assert empty.record(Amount, "0160", year=year).spent == 12500
    assert "Willebroek" in start.letter.value and "1. " in start.letter.value

    # 19.30 thanks; 19.45 which actions; 19.55 one by one.
    for n in range(4):
        thanks = Point(kind="thanks", title=f"Dank {n}", text="Dat hielp.")
        assert empty.attempt(lambda thanks=thanks: points._new(thanks))
    found = [line.code for line in actions.proposals.list.children]
    assert set(found) == {"AC-1", "AC-2", "AC-3"}
    for code in ("AC-1", "AC-3"):
        press(actions.proposals.widget, f"Hoort erbij: {code}")
    press(actions.proposals.widget, "Hoort er niet bij: AC-2")
    assert [a.code for a in empty.actions()] == ["AC-1", "AC-3"]
    for status in ("achieved", "underway"):
        actions.form.fields["status"].value = status
        actions.form.fields["line"].value = "Het reglement is van kracht."
        actions.form.fields["sources"].value = [report]
        press(actions.widget, "Volgende actie")
    assert empty.seen() == "2 van 2 acties bekeken"

    # 20.40 the screen shows the first version; 20.50 questions and plan.
    assert "Dank 0" in empty.html()
    for question in catalogue.core():
        scale = catalogue.scale(question.scale)
        best = max((v for v in scale.values() if v.score is not None), key=lambda v: v.score)
        for name, value in (("then", "unknown"), ("now", best.value), ("sources_now", [report])):
            assert not questions.core.fill(question.id, name, value)
    for row in catalogue.plan_check():
        assert not questions.plan.fill(row["key"], "answer", "yes")
        assert not questions.plan.fill(row["key"], "page", "p. 34")
    done = empty.progress()
    assert done["questions"] == (12, 12) and done["plan"] == (6, 6)

    # 21.15 what changed, and is it still topical?
    changes = questions.changes
    changes.notes.value = "ukraine"
    changes.form.fields["local_effect"].value = "De gemeente ving mensen op."
    press(questions.widget, "Voeg toe aan wat er veranderde")
    assert [(e.date, e.kind) for e in empty.now.context] == [("2022", "crisis")]
    actions.form.fields["relevance"].value = "more"

    # 21.25 three points with a question; 21.40 in short, and who looks up what.
    for n in range(3):
        wish = Point(kind="wish", title=f"Vraag {n}", text="Dit stond niet in het plan.", question="Kan dat?")
        assert empty.attempt(lambda wish=wish: points._new(wish))
    assert "3 van hoogstens 3 punten" in points.count.value
    type_in(start.widget, "Wat moet er gebeuren?", "Jaarrekening 2018 opvragen")
    press(start.agreements.parts[0], "Zet op de lijst")
    assert not start.agreements.tasks.fill("Jaarrekening 2018 opvragen", "who", NAME)
    assert not start.agreements.tasks.fill("Jaarrekening 2018 opvragen", "by", "2024-05-15")
    for box, _ in start.ticks[: len(steps)]:
        box.value = True
    assert evening.upcoming(empty) is None and start.go.layout.display == "none"

    # Out at 21.50: a two-page draft, the list of what is missing, one mail to the official.
    draft = empty.export(".pdf")
    assert pages(draft.read_bytes()) <= 2
    text = empty.html()
    assert "In het kort" in text and NAME not in text
    letter = empty.letter()
    assert letter.startswith("Onderwerp:") and "jaarrekening 2018" in letter and NAME not in letter
    assert not [p for p in empty.problems if p.severity == "error"]


# -- start ------------------------------------------------------------------------------------------------


def test_each_step_leads_to_its_page(empty: State):
    went: list[str] = []
    empty.go = went.append  # type: ignore[method-assign]
    start = Start(empty)
    start.go.click()
    assert start.before.inside.layout.display == "" and not went, "the first step is on this page"
    start.ticks[0][0].value = True
    assert start.go.description == "Naar Dank en werk"
    start.go.click()
    press(start.widget, "Acties →")
    assert went == ["points", "actions"]


def test_progress_per_track(empty: State):
    start = Start(empty)
    assert evening.tracks(empty)["evaluate"] == (0, 12)
    empty.attempt(lambda: empty.tick(catalogue.roadmap()[0]["text"], True))
    assert evening.tracks(empty)["evaluate"] == (1, 12)
    assert "Evalueren: 1 van 12 stappen klaar" in start.stand.value
    assert evening.agreed(empty) == (), "a ticked step is no task for somebody"


def test_what_is_known_and_what_is_not(empty: State, tmp_path: Path):
    text = known(empty)
    assert "2019–2024" in text and "In 2018 woonden er" in text
    merged = State(tmp_path)
    merged.new("Galmaarden")
    assert "Pajottegem" in known(merged) and "tot en met 31 december 2024" in known(merged)
    assert "geen cijfer gevonden" in known(merged), "households after 2021 were not published"


def test_a_broken_dossier_says_why_on_start(state: State):
    (state.now.folder / "plan.csv").write_text("titel\nx\n", "utf-8")
    state.open(state.now.folder)
    start = Start(state)
    assert "plan.csv" in start.letter.value or "code" in start.letter.value
    assert "<p>" in start.known.value


def test_readers_move_to_those_it_was_discussed_with(empty: State):
    start = Start(empty)
    part = start.agreements.parts[1]
    type_in(part, "Organisatie", "de jeugdraad; <b>")
    press(part, "Zet op de lijst")
    assert empty.now.settings.readers == ("de jeugdraad", "<b>")
    press(part, "Besproken met de jeugdraad")
    press(part, "Haal <b> van de lijst")
    assert empty.now.settings.readers == () and empty.now.settings.discussed_with == ("de jeugdraad",)
    assert "besproken met de jeugdraad" in part.children[-1].children[-1].value
    press(part, "Zet op de lijst")
    assert empty.message == "Schrijf eerst de naam van een organisatie."


def test_the_name_of_a_council_brings_its_article(empty: State):
    about = Start(empty).about
    names = next(w for w in every(about.widget) if isinstance(w, W.Dropdown) and w.description)
    names.value = "overleg"
    assert (empty.now.settings.article, empty.now.settings.council) == ("het", "Mondiaal Overleg")
    assert "het Mondiaal Overleg" in empty.html() or "Het Mondiaal Overleg" in empty.html()
    names.value = ""
    assert empty.now.settings.council == "Mondiaal Overleg"


def test_themes_are_ticked(empty: State):
    about = Start(empty).about
    about.themes[5].value = True
    about.themes[0].value = False
    assert empty.now.settings.themes == ("B", "C", "D", "F", "H")
    while empty.can_undo:
        empty.attempt(empty.undo)
    assert [box.value for box in about.themes] == [theme.default_on for theme in catalogue.themes().values()]


# -- acties -----------------------------------------------------------------------------------------------


def test_a_plan_of_four_thousand_actions_makes_a_page_of_proposals(empty: State):
    names = ["Wegenwerken" if n % 40 else "Ontwikkelingssamenwerking" for n in range(4000)]
    plan = [PlanItem(code=f"AC-{n}", title=f"{name} {n}") for n, name in enumerate(names)]
    empty.put(*plan)
    view = Actions(empty)
    assert len(view.proposals.list.children) == 12 and len(list(every(view.widget))) < 300
    press(view.widget, "Toon de volgende voorstellen")
    assert len(view.proposals.list.children) == 24
    type_in(view.widget, "Woord of code", "wegenwerken 39")
    press(view.widget, "Zoek")
    assert len(view.proposals.found.children) == 12 and "hier staan de eerste 12" in view.proposals.told.value
    first = view.proposals.found.children[0].children[1]
    first.click()
    assert empty.actions()[0].title.startswith("Wegenwerken 39")


def test_a_struck_proposal_stays_struck_in_another_session(empty: State, tmp_path: Path):
    empty.look(plan_export(tmp_path), {})
    empty.attempt(empty.accept)
    press(Actions(empty).proposals.widget, "Hoort er niet bij: AC-2")
    again = State(tmp_path)
    again.open(empty.now.folder)
    view = Actions(again)
    assert "AC-2" not in [line.code for line in view.proposals.list.children]
    assert "1 voorstel geschrapt" in view.proposals.help.value
    again.attempt(lambda: again.add_action("AC-2", ""))
    assert "AC-2" in [a.code for a in again.actions()], "who changes their mind finds it in the plan"


def test_walking_says_where_you_are_and_goes_round(state: State):
    view = Actions(state)
    codes = [code for _, code in view.list.options]
    assert view.walker.said.startswith("Actie 1 van 10: ")
    view.walker._handle_custom_msg({"by": 1}, [])
    assert view.list.value == codes[1] and view.walker.said.startswith("Actie 2 van 10: ")
    view.walker._handle_custom_msg({"by": -1}, [])
    view.walker._handle_custom_msg({"by": -1}, [])
    assert view.list.value == codes[-1]
    view.walker._handle_custom_msg({"by": 7}, [])
    view.walker._handle_custom_msg("kwaad", [])
    assert view.list.value == codes[-1] and not state.saved


def test_all_actions_in_one_table_are_made_when_asked(state: State):
    view = Actions(state)
    assert view.table.widget.rows == []
    view.all.toggle.click()
    assert [row["title"] for row in view.table.widget.rows] == [a.title for a in state.actions()]
    assert not view.table.fill("AC-4.2.3|raad", "line", "Net veranderd.")
    assert state.judgement("AC-4.2.3").line == "Net veranderd."


def test_amounts_of_an_action_say_what_is_missing(state: State):
    view = Actions(state)
    view.list.value = "AC-4.2.3"
    helps = {row["title"]: row["help"] for row in view.amounts.widget.rows}
    assert list(helps) == ["2020", "2021", "2022"]
    spent = {a.year: a.spent for a in state.now.amounts if a.item == "AC-4.2.3"}
    for year, help_ in helps.items():
        assert (help_ == "geen cijfer gevonden") is (spent.get(int(year)) is None)
    view.list.value = "AC-4.2.6"
    assert not view.amounts.fill("AC-4.2.6|2021", "spent", "0")
    assert state.record(Amount, "AC-4.2.6", year=2021).spent == 0, "zero is an answer, empty is none"


# -- vragenlijst, dank en werk ----------------------------------------------------------------------------


def test_the_paper_and_the_screen_have_the_same_questions_in_the_same_order(state: State):
    view = Questions(state)
    from memokit.narrative.letter import worksheet

    paper = worksheet(state.evaluation.measures, state.evaluation.findings)
    assert [row["title"] for row in view.core.widget.rows] == paper["questions"]
    assert "memo-download" not in view.paper.value
    press(view.widget, "Maak het werkblad (pdf)")
    assert "data:application/pdf" in view.paper.value and 'download="werkblad.pdf"' in view.paper.value


def test_each_question_offers_its_own_scale(state: State):
    view = Questions(state)
    rows = {row["id"]: row["options"]["now"] for row in view.core.widget.rows}
    for question in catalogue.core():
        assert [tuple(o) for o in rows[question.id]] == [
            (v.label, key) for key, v in catalogue.scale(question.scale).items()
        ]
    themes = {catalogue.indicators()[row["id"]].theme for row in view.rest.widget.rows}
    assert themes <= set(state.now.settings.themes), "a theme that is off is not asked"
    every_theme = state.now.settings.model_copy(update={"themes": tuple(catalogue.themes())})
    state.attempt(lambda: state.put(every_theme))
    assert len(view.rest.widget.rows) == len(catalogue.criteria()) - 12


def test_the_six_criteria_of_faire_gemeente_are_kept_and_hurt_nothing(state: State):
    view = Questions(state)
    before = export(evaluate(state.now), state.now.folder / "voor.md").read_text("utf-8")
    assert len(view.fair.widget.rows) == 6
    assert not view.fair.fill("FG1", "now", "yes")
    assert not view.fair.fill("FG1", "sources_now", ["B14"])
    assert state.record(Answer, "FG1").now == "yes"
    assert not [p for p in state.problems if p.severity == "error"]
    after = export(evaluate(state.now), state.now.folder / "na.md").read_text("utf-8")
    parts = [text.split("Controlegetal")[0].split("## Wat is verwezenlijkt")[0] for text in (before, after)]
    assert parts[0] == parts[1]


def test_an_event_needs_its_date_and_its_sentence(empty: State):
    view = Questions(empty)
    press(view.widget, "Voeg toe aan wat er veranderde")
    assert "wanneer" in empty.message and not empty.now.context
    prompt = next(row for row in catalogue.context_notes() if not row["year"])
    view.changes.notes.value = prompt["key"]
    assert view.changes.form.fields["event"].value == "", "a question is never an event"
    assert view.changes.form.fields["kind"].value == prompt["kind"]
    view.changes.form.fields["date"].value = "2021"
    view.changes.form.fields["event"].value = "De dienst kreeg een halftijdse medewerker."
    press(view.widget, "Voeg toe aan wat er veranderde")
    (event,) = empty.now.context
    assert not view.changes.table.fill(event.id, "date", "2021-09")
    assert [e.date for e in empty.now.context] == ["2021-09"]


def test_points_count_and_say_how_an_opinion_begins(empty: State):
    view = Points(empty)
    for n in range(6):
        empty.attempt(lambda n=n: view._new(Point(kind="thanks", title=f"Dank {n}")))
    assert "6 van hoogstens 5" in view.count.value and "bijlage" in view.count.value
    view.form.fields["opinion"].value = "Het is goed."
    assert "Wij vinden" in view.opinion.value and "Voorbeeld" not in view.opinion.value
    view.form.fields["opinion"].value = "Wij vinden dat goed."
    assert "Voorbeeld" in view.opinion.value


# -- members judge apart ----------------------------------------------------------------------------------


def copied(state: State, member: str = "lid 1") -> tuple[Path, State]:
    folder = members.copy_for(state.now, member)
    own = State(folder.parent)
    own.open(folder)
    return folder, own


def everything(folder: Path) -> str:
    """Return all text under a folder; of a Word or Excel file what is inside."""
    texts = []
    for path in (p for p in sorted(folder.rglob("*")) if p.is_file()):
        data = path.read_bytes()
        if zipfile.is_zipfile(io.BytesIO(data)):
            with zipfile.ZipFile(io.BytesIO(data)) as packed:
                data = b"\n".join(packed.read(name) for name in packed.namelist())
        texts.append(f"{path.name}\n{data.decode('utf-8', 'replace')}")
    return "\n".join(texts)


def test_a_copy_holds_no_name_no_private_note_and_nobody_elses_judgement(state: State):
    secret, task = "Wrokkige opmerking", "Bel Ottoline"
    judged = state.judgement("AC-4.2.3").model_copy(update={"private_note": secret})
    state.put(judged, judged.model_copy(update={"judge": "lid 2", "line": "Zei lid twee"}))
    state.put(judged.model_copy(update={"judge": "lid 1", "line": "Zei lid een"}))
    state.put(Member(member="lid 9", name="Wolkewietje Nooitgehoord", note="belt graag"), Task(what=task))
    folder, own = copied(state)
    text = everything(folder)
    names = [m.name for m in members.members(state.now)]
    assert len(names) == 8 and not [name for name in names if name in text]
    for told in (secret, task, "Zei lid twee", "belt graag"):
        assert told not in text
    assert "Zei lid een" in text, "what the member said before goes along"
    assert folder.name == "voorbeeldstad-lid-1" and not list((folder / "geschiedenis").iterdir())
    assert not [p for p in dossier.check(own.now) if p.severity == "error"]
    assert len(own.actions()) == 10 and len(own.now.sources) == len(state.now.sources)


def test_a_name_of_a_member_is_in_no_output(state: State, tmp_path: Path):
    state.put(Member(member="lid 9", name="Wolkewietje Nooitgehoord"))
    ev, out = evaluate(state.now), tmp_path / "uit"
    for suffix in (".html", ".md", ".json", ".docx"):
        export(ev, out / f"evaluatie{suffix}", "full")
    save_tables(ev, out / "tabellen")
    (out / "brief.txt").write_text(state.letter(), "utf-8")
    text = everything(out)
    assert "Voorbeeldstad" in text
    assert not [m.name for m in members.members(state.now) if m.name in text]


def test_a_copy_is_never_made_over_another(state: State):
    copied(state)
    with pytest.raises(MemokitError) as error:
        members.copy_for(state.now, "lid 1")
    assert error.value.problems[0].code == "folder-exists"
    assert not [path for path in state.now.folder.parent.iterdir() if path.name.endswith(".half")]


def test_what_a_member_says_comes_back_after_it_was_shown(state: State):
    folder, own = copied(state)
    theirs = Actions(own)
    assert theirs.judge == "lid 1" and "kopie van lid 1" in shown(theirs.widget)
    theirs.list.value = "AC-4.2.3"
    theirs.form.fields["status"].value = "not_started"
    theirs.form.fields["line"].value = "Ik zag <b>niets</b>."
    theirs.form.fields["abstained"].value = "yes"
    assert own.judgement("AC-4.2.3").status == "pending", "the council's judgement stays out of it"
    own.put(own.record(Answer, "IS01").model_copy(update={"line": "anders"}))

    view = Actions(state).apart
    before = state.now.records
    assert [name for name, _ in view.copies.options] == [folder.name]
    view._look()
    assert state.now.records == before, "nothing is written before somebody accepts"
    said = view.shown.value
    assert "Vaste regeling voor noodhulp" in said and "in uitvoering" in said and "nog niet gestart" in said
    assert "&lt;b&gt;niets" in said and "<b>niets" not in said and "betrokken, onthouden" in said
    assert "Vragenlijst" in said, "what is not taken over is named"
    view._accept()
    mine = state.record(Assessment, "AC-4.2.3", judge="lid 1")
    assert (mine.status, mine.abstained) == ("not_started", "yes")
    assert state.judgement("AC-4.2.3").status == "underway"
    assert "1 actie" in state.message
    assert members.returned(state.now, folder).judged == (), "a second time there is nothing new"
    state.attempt(state.undo)
    assert state.record(Assessment, "AC-4.2.3", judge="lid 1").status == "pending"


def test_a_source_of_a_copy_never_becomes_another_one_here(state: State):
    _, own = copied(state)
    theirs = own.add_source(Source(id_="-", kind="press", title="Krant over noodhulp"))
    ours = state.add_source(Source(id_="-", kind="account", title="Jaarrekening 2023"))
    assert theirs == ours, "both took the next free number"
    judged = own.record(Assessment, "AC-4.2.3", judge="lid 1")
    own.put(judged.model_copy(update={"status": "partly", "sources": (theirs, "B21")}))
    got = members.returned(state.now, own.now.folder)
    state.put(*got.records())
    cited = [state.now.source(id_) for id_ in state.record(Assessment, "AC-4.2.3", judge="lid 1").sources]
    titles = [source.title for source in cited if source]
    assert titles == ["Krant over noodhulp", state.now.source("B21").title]
    assert state.now.source(ours).title == "Jaarrekening 2023"


TITLES = st.lists(st.sampled_from("abc"), max_size=4)


@given(TITLES, TITLES)
@settings(max_examples=60)
def test_every_number_of_a_copy_leads_to_the_same_source(here: list[str], there: list[str]):
    def made(titles: list[str]) -> Dossier:
        sources = tuple(Source(id_=f"B{n:02d}", title=title) for n, title in enumerate(titles, 1))
        return Dossier(Path(), Settings(municipality="11002"), {"sources": sources})

    ours, theirs = made(here), made(there)
    numbers = members._numbers(ours, theirs)
    for source in theirs.sources:
        mine = ours.source(numbers[source.id_])
        assert mine is None or mine.title == source.title
    new = [(n, theirs.source(old).title) for old, n in numbers.items() if ours.source(n) is None]
    assert len({n for n, _ in new}) == len(new), "two new sources never share a number"


def test_a_folder_that_is_no_copy_is_refused_in_words(state: State, empty: State, tmp_path: Path):
    with pytest.raises(MemokitError) as error:
        members.returned(state.now, empty.now.folder)
    assert error.value.problems[0].code == "copy-without-mark"
    folder = members.copy_for(empty.now, "lid 2")
    with pytest.raises(MemokitError) as error:
        members.returned(state.now, folder)
    assert error.value.problems[0].code == "copy-of-other" and "Willebroek" in error.value.problems[0].message
    (folder / "lid.txt").write_text(NAME, "utf-8")
    assert members.judge_of(folder) == "raad" and members.copies(state.now) == ()
    shutil.rmtree(folder)
    assert members.judge_of(folder) == "raad"


def test_an_action_that_is_gone_is_named_and_not_taken(state: State):
    folder, own = copied(state)
    own.put(own.record(Assessment, "AC-4.2.3", judge="lid 1").model_copy(update={"status": "partly"}))
    state.remove(next(item for item in state.now.plan if item.code == "AC-4.2.3"))
    got = members.returned(state.now, folder)
    assert got.judged == () and got.gone == ("AC-4.2.3",)


def test_disagreement_is_said_in_words_without_people_or_numbers(state: State):
    view = Actions(state)
    view.list.value = "AC-4.1.1"
    judged = state.judgement("AC-4.1.1")
    said = ("achieved", "achieved", "mostly")
    for n, status in enumerate(said, 1):
        apart = judged.model_copy(update={"judge": f"lid {n}", "status": status})
        state.attempt(lambda apart=apart: state.put(apart))
    text = view.hints.value
    assert "De meerderheid: gerealiseerd. Een minderheid: grotendeels gerealiseerd." in text
    assert "lid " not in text and not any(sign.isdigit() for sign in text)
    state.attempt(lambda: state.put(judged.model_copy(update={"judge": "lid 1", "status": "partly"})))
    state.attempt(lambda: state.put(judged.model_copy(update={"judge": "lid 2", "status": "underway"})))
    assert "geen meerderheid" in view.hints.value


def test_members_get_a_number_and_their_name_stays_here(empty: State):
    view = Actions(empty).apart
    press(view.widget, "Voeg een lid toe")
    press(view.widget, "Voeg een lid toe")
    assert [m.member for m in members.members(empty.now)] == ["lid 1", "lid 2"]
    assert not view.names.fill("lid 2", "name", NAME)
    view.who.value = "lid 2"
    press(view.widget, "Maak een kopie voor dit lid")
    (folder,) = members.copies(empty.now)
    assert members.judge_of(folder) == "lid 2" and folder.name in view.made.value
    assert NAME not in everything(folder) and read_folder(folder).settings.name == "Willebroek"
