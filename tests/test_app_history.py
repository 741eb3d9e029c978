"""Undo and redo of every change: kept in the journal, a burst of typing as one step, as a plain list says."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from memokit.app.history import PAUSE, Burst, spot
from memokit.app.state import State
from memokit.dossier import new, open_dossier
from memokit.folder import journal_path
from memokit.journal import Change
from memokit.problems import MemokitError
from memokit.records import PlanItem, Point
from tests import layouts_bbc


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def state(tmp_path: Path, clock: Clock) -> State:
    return opened(new("Mechelen", tmp_path).folder, clock)


def opened(folder: Path, clock: Clock) -> State:
    made = State(folder.parent)
    made.burst = Burst(clock)
    made.open(folder)
    return made


def typed(state: State, text: str) -> None:
    """Type a line letter by letter."""
    for end in range(1, len(text) + 1):
        state.put(state.judgement("A").model_copy(update={"line": text[:end]}))


def lines(state: State) -> list[str]:
    return [judged.line for judged in state.now.assessments]


def test_nothing_to_take_back_at_first(state: State):
    assert not state.can_undo and not state.can_redo
    assert not state.attempt(state.undo) and state.message


def test_a_burst_of_typing_is_one_step(state: State):
    typed(state, "goed")
    assert lines(state) == ["goed"] and state.can_undo
    state.undo()
    assert lines(state) == [] and not state.can_undo and state.can_redo
    state.redo()
    assert lines(state) == ["goed"]


def test_a_pause_another_field_and_a_choice_begin_a_step(state: State, clock: Clock):
    typed(state, "goed")
    clock.now += PAUSE + 0.1
    state.put(state.judgement("A").model_copy(update={"line": "goed zo"}))
    state.put(state.judgement("A").model_copy(update={"private_note": "x"}))
    state.put(state.judgement("A").model_copy(update={"status": "partly"}))
    state.put(state.judgement("A").model_copy(update={"status": "achieved"}))
    seen = []
    while state.can_undo:
        state.undo()
        judged = state.judgement("A")
        seen.append((judged.status, judged.private_note, judged.line))
    assert seen == [
        ("partly", "x", "goed zo"), ("pending", "x", "goed zo"), ("pending", "", "goed zo"),
        ("pending", "", "goed"), ("pending", "", ""),
    ]  # fmt: skip


def test_a_title_that_is_a_key_is_typed_in_one_step(state: State):
    state.put(Point(kind="thanks", title="N", text="blijft"))
    for title in ("No", "Noo", "Nood"):
        state.put(state.now.points[0].model_copy(update={"title": title}), replacing=state.now.points[0])
    assert [(p.title, p.text) for p in state.now.points] == [("Nood", "blijft")]
    state.undo()
    assert [p.title for p in state.now.points] == ["N"]
    state.redo()
    assert [(p.title, p.text) for p in open_dossier(state.now.folder).points] == [("Nood", "blijft")]


def test_after_a_reload_the_steps_are_still_there(state: State, clock: Clock):
    typed(state, "goed")
    state.put(state.judgement("A").model_copy(update={"status": "partly"}))
    state.undo()
    again = opened(state.now.folder, clock)
    assert again.can_undo and again.can_redo and lines(again) == ["goed"]
    again.redo()
    assert again.judgement("A").status == "partly"
    again.undo()
    again.undo()
    assert lines(again) == [] and not again.can_undo


def test_a_new_change_ends_what_could_be_done_again(state: State):
    typed(state, "goed")
    state.undo()
    typed(state, "anders")
    assert not state.can_redo and not state.attempt(state.redo)
    assert lines(state) == ["anders"]


def test_removing_accepting_and_striking_are_taken_back(state: State):
    item = PlanItem(code="AC-1", title="Stedenband met Sucre")
    state.put(item)
    (found,) = state.proposals()
    state.put(found.accepted())
    assert [action.code for action in state.actions()] == ["AC-1"]
    state.undo()
    assert not state.actions() and len(state.proposals()) == 1
    state.strike(item)
    assert not state.proposals() and not State(state.folder).can_undo
    state.undo()
    assert len(state.proposals()) == 1
    state.remove(item)
    assert not state.now.plan
    state.undo()
    assert [each.title for each in state.now.plan] == ["Stedenband met Sucre"]


def test_an_import_is_one_step(state: State, tmp_path: Path):
    rows = [{"board": "Gemeente en OCMW Mechelen", "objective": "", "action_plan": "",
             "action": layouts_bbc.block("AC-1", "Riolering"), "amounts": {"2020,Uitgave": 5}}]  # fmt: skip
    state.look(layouts_bbc.actions(tmp_path / "plan.csv", rows, (2020,)), {})
    assert state.offered.can_add, state.offered.problems
    before = state.now.by_key
    state.accept()
    after = state.now.by_key
    assert state.now.plan and state.now.sources
    state.undo()
    assert state.now.by_key == before and not state.imports()
    state.redo()
    assert state.now.by_key == after and len(state.imports()) == 1
    assert all((state.now.folder / source.file).is_file() for source in state.now.sources if source.file)
    state.take_back(state.imports()[0].id)
    assert not state.attempt(state.redo) and "plan.csv" in state.message, "its file went with it"
    assert state.now.by_key == before


def test_a_longer_journal_is_read_from_where_it_was_left(state: State):
    for n in range(30):
        state.put(PlanItem(code=f"A{n}", title="x"))
    text = journal_path(state.now.folder).read_text("utf-8")
    assert len(text) < 30 * 2_000
    assert len(open_dossier(state.now.folder).plan) == 30


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ([Change("assessments", "A|raad", None, {"action": "A", "judge": "raad", "line": "x"})], "line"),
        ([Change("assessments", "A|raad", {"line": "", "status": ""}, {"line": "x", "status": "y"})], None),
        ([Change("assessments", "A|raad", {"line": "x"}, None)], None),
        ([], None),
    ],
)
def test_where_somebody_types(changes: list[Change], field: str | None):
    found = spot(changes)
    assert (found and found.field) == field


# -- as a plain list says -----------------------------------------------------------------------------------

CODES, TEXTS = st.sampled_from("AB"), st.sampled_from(["", "x", "xy", "=1", "é;\n\"'"])


class AsAList(RuleBasedStateMachine):
    """Any sequence of edits, undos, redos and reloads ends where a list of states says, on disk too."""

    folder: Path

    def __init__(self) -> None:
        super().__init__()
        number = len(list(self.folder.iterdir()))
        self.clock = Clock()
        made = self.folder / str(number)
        made.mkdir()
        self.state = opened(new("Mechelen", made).folder, self.clock)
        self.steps: list[dict[str, tuple[str, str]]] = [{}]
        self.at = 0
        self.last: tuple[str, str] | None = None

    def _keep(self, wanted: dict[str, tuple[str, str]], where: tuple[str, str] | None) -> None:
        if wanted == self.steps[self.at]:
            return
        begin = self.at if where is not None and where == self.last else self.at + 1
        self.steps, self.at, self.last = [*self.steps[:begin], wanted], begin, where

    def _with(self, code: str, **new_: str) -> None:
        self.state.put(self.state.judgement(code).model_copy(update=new_))

    @rule(code=CODES, text=TEXTS, pause=st.booleans())
    def type(self, code: str, text: str, pause: bool) -> None:
        if pause:
            self.clock.now += PAUSE * 2
            self.last = None
        now = self.steps[self.at]
        first = code not in now
        self._with(code, line=text)
        wanted = {**now, code: (now.get(code, ("pending", ""))[0], text)}
        # A record that is made without any text was not typed.
        self._keep(wanted, None if first and not text else (code, "line"))

    @rule(code=CODES, status=st.sampled_from(["pending", "partly", "achieved"]))
    def choose(self, code: str, status: str) -> None:
        now = self.steps[self.at]
        self._with(code, status=status)
        self._keep({**now, code: (status, now.get(code, ("", ""))[1])}, None)

    @precondition(lambda self: self.steps[self.at])
    @rule(data=st.data())
    def remove(self, data: st.DataObject) -> None:
        code = data.draw(st.sampled_from(sorted(self.steps[self.at])))
        self.state.remove(self.state.judgement(code))
        self._keep({c: v for c, v in self.steps[self.at].items() if c != code}, None)

    @rule()
    def undo(self) -> None:
        self.last = None
        if self.at:
            self.at -= 1
            self.state.undo()
        else:
            with pytest.raises(MemokitError):
                self.state.undo()

    @rule()
    def redo(self) -> None:
        self.last = None
        if self.at + 1 < len(self.steps):
            self.at += 1
            self.state.redo()
        else:
            with pytest.raises(MemokitError):
                self.state.redo()

    @rule()
    def reload(self) -> None:
        self.last = None
        self.state = opened(self.state.now.folder, self.clock)

    @invariant()
    def as_the_list_says(self) -> None:
        wanted = self.steps[self.at]
        for dossier in (self.state.now, open_dossier(self.state.now.folder)):
            assert {a.action: (a.status, a.line) for a in dossier.assessments} == wanted
            assert not [p for p in dossier.problems if p.code.startswith(("clash", "journal"))]
        assert self.state.can_undo == bool(self.at)
        assert self.state.can_redo == (self.at + 1 < len(self.steps))


def test_any_sequence_ends_as_a_list_says(tmp_path: Path):
    from hypothesis.stateful import run_state_machine_as_test

    AsAList.folder = tmp_path
    quick = settings(
        max_examples=25, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck)
    )
    run_state_machine_as_test(AsAList, settings=quick)  # type: ignore[no-untyped-call]
