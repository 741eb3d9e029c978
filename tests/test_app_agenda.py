"""The page Agenda 2030 without a browser: the level and why, labels, and the picture with its table."""

from __future__ import annotations

import re

import pytest

from memokit.app import ladder
from memokit.app.charted import block
from memokit.app.state import State
from memokit.app.tab_agenda import Agenda, labels
from memokit.document import Figure, Table, plain
from memokit.records import Rung, Source


def rung(state: State, key: str, **update: object) -> None:
    state.put(state.record(Rung, key).model_copy(update=update))


def said(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).strip()


# -- the ladder ---------------------------------------------------------------------------------------------


def test_why_the_level_stops_there(state: State):
    assert ladder.why(state) == ["Trap 3 is volgens wat jullie zochten en vroegen nog niet gehaald."]
    rung(state, "used", sources=())
    assert "niet te beoordelen" in ladder.why(state)[0] and "nog niet gehaald" not in ladder.why(state)[0]
    rung(state, "used", now="unknown")
    assert ladder.why(state)[0].startswith("Trap 3 bekeken jullie nog niet: Zijn de SDG's gebruikt")
    rung(state, "used", now="yes")
    assert "nog geen bron" in ladder.why(state)[0]
    rung(state, "reported", now="yes", sources=("B01",))
    assert ladder.why(state)[1].startswith("Trap 4 heeft al een ‘ja’ met een bron, maar telt pas als trap 3")
    for key in ("used", "decides"):
        rung(state, key, now="yes", sources=("B01",))
    assert ladder.why(state) == ["Dat is de hoogste trap."]


def test_an_answer_in_the_table_moves_the_level(empty: State):
    view = Agenda(empty)
    assert len(view.ladder.widget.rows) == 5 and "beoordeelden we nog niet" in view.level.value
    source = empty.add_source(Source(id_="-", kind="plan", title="Meerjarenplan", page="p. 4"))
    assert view.ladder.fill("mentioned", "now", "yes") == ""
    assert view.ladder.fill("mentioned", "sources", [source]) == ""
    view.refresh()
    assert "niveau 1 van 5" in view.level.value and "Trap 2 bekeken jullie nog niet" in view.level.value
    assert empty.record(Rung, "mentioned").sources == (source,)
    empty.undo()
    assert "niveau 1" not in empty.html()


# -- labels -------------------------------------------------------------------------------------------------


def test_a_label_is_only_called_bare_after_search_and_question(state: State):
    view = Agenda(state)
    assert "Bij vijf daarvan" in view.told.value and view.list.widget.layout.display == ""
    bare = [item.model_copy(update={"sources": ()}) for item in state.now.plan]
    state.put(*bare, state.now.settings.model_copy(update={"plan_sources": ()}))
    view.refresh()
    assert "pas als jullie zochten én het vroegen" in view.told.value
    assert "geen raming" not in view.told.value and view.list.widget.layout.display == "none"
    figure = block(state.evaluation, "chart-labels", Figure)
    assert figure is not None and len(figure.series) == 3, "one group of actions: nothing is said against any"
    table = block(state.evaluation, "goal-actions", Table)
    assert table is not None and {plain(row[2]) for row in table.rows} == {"–"}


def test_without_labels_nothing_is_drawn(empty: State):
    view = Agenda(empty)
    agenda = empty.evaluation.measures.agenda
    assert agenda is not None and "Geen enkele actie" in labels(agenda)
    assert view.euros.widget.layout.display == view.scores.widget.layout.display == "none"
    assert "Nog niets te tekenen" in view.silent.value


# -- the picture --------------------------------------------------------------------------------------------


def test_picture_table_and_measures_say_the_same(state: State):
    ev = state.evaluation
    figure, table = block(ev, "chart-labels", Figure), block(ev, "goal-actions", Table)
    agenda = ev.measures.agenda
    assert figure is not None and table is not None and agenda is not None and figure.table == table.id
    for drawn, row, measured in zip(figure.rows, table.rows, agenda.goal_actions, strict=True):
        goal, name, others, bare, planned, spent = drawn
        cells = [plain(cell).replace(".", "") for cell in row]
        assert (goal, others + bare) == (measured.goal, measured.actions)
        assert cells[:4] == [name, str(others + bare), str(bare), str(measured.with_money)]
        known = measured.with_money > 0
        assert (planned, spent) == ((measured.planned, measured.spent) if known else (None, None))
        assert cells[4:] == ([f"{planned:.0f}", f"{spent:.0f}"] if known else ["nb", "nb"])
    assert sum(row[3] for row in figure.rows) == len(agenda.label_only)  # each bears one label


def test_the_page_shows_the_picture_of_the_document_with_its_table(state: State):
    view = Agenda(state)
    figure = block(state.evaluation, "chart-labels", Figure)
    assert figure is not None
    assert 'role="img"' in view.euros.drawing.value and figure.message in said(view.euros.drawing.value)
    assert f'aria-label="{figure.alt}"' in view.euros.drawing.value
    assert "360.000" in view.euros.table.value and "n.b." in view.euros.table.value
    assert figure.alt.count("geen cijfer gevonden") == 3 and ": nul" not in figure.alt


def test_a_picture_is_drawn_again_only_when_it_changed(state: State, monkeypatch: pytest.MonkeyPatch):
    view = Agenda(state)
    drawn: list[object] = []
    monkeypatch.setattr(type(state), "later", lambda self, *given, **rest: drawn.append(given))
    view.refresh()
    assert not drawn
    item = next(item for item in state.now.plan if item.code == "AC-1.2.2")
    state.put(item.model_copy(update={"sdg_targets": ("SDG 2.4", "SDG 3.4")}))
    view.refresh()
    assert len(drawn) == 1


def test_an_error_in_the_dossier_is_said(state: State, monkeypatch: pytest.MonkeyPatch):
    view = Agenda(state)
    state._forget()
    monkeypatch.setattr("memokit.app.state.evaluate", lambda _: 1 / 0)
    view.refresh()
    assert "Los eerst dit op" in view.level.value and view.euros.widget.layout.display == "none"
