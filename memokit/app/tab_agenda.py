"""Agenda 2030: the ladder with its passages, actions with only a label, and goals × actions × euro."""

from __future__ import annotations

from dataclasses import replace
from html import escape

from memokit import catalogue
from memokit.app import ladder
from memokit.app.charted import Chart, table_named, words_of
from memokit.app.forms import Form, Row, Table
from memokit.app.new_source import NewSource
from memokit.app.parts import More, box, heading, html, remarks, words
from memokit.app.state import State
from memokit.evaluation import Evaluation
from memokit.fields import Record
from memokit.measures.agenda import Agenda as Measured
from memokit.records import Rung, Settings
from memokit.texts import dutch, say

NAMES = ("then", "now", "passage", "sources")


class Agenda:
    """The view on how far Agenda 2030 steers; labels are judged only after search and question."""

    def __init__(self, state: State) -> None:
        self.state = state
        year = state.now.term.start
        titles = {"then": say("page_agenda.ladder.then", year=year), "now": say("page_agenda.ladder.now")}
        caption = say("page_agenda.ladder.title")
        self.level, self.told = html("", "level"), html("", "told")
        self.ladder = Table(state, Rung, NAMES, self._save, caption, titles)
        self.before = Table(state, Rung, ("sources_then",), self._save, say("page_agenda.ladder.before"))
        where, how = ({"plan_sources": say(f"page_agenda.labels.{key}")} for key in ("where", "how"))
        self.searched = Form(state, Settings, ("plan_sources",), self._save, titles=where, helps=how)
        self.bare, self.silent, self.unscored = html(""), html(""), html("")
        self.list = More(say("page_agenda.labels.list"), self.bare)
        self.euros = Chart(state, say("page_agenda.table"))
        self.scores = Chart(state, say("page_agenda.table"))
        self.widget = box(
            heading(say("page_agenda.title")),
            self.level,
            html(f"<p>{words('page_agenda.ladder.help')}</p>"),
            self.ladder.widget,
            More(say("page_agenda.ladder.before"), self.before.widget).widget,
            NewSource(state).widget,
            heading(say("page_agenda.labels.title")),
            self.told,
            self.list.widget,
            self.searched.widget(),
            heading(say("page_agenda.picture.title")),
            self.euros.widget,
            self.silent,
            heading(say("page_agenda.scores.title")),
            self.scores.widget,
            self.unscored,
            kind="view",
        )
        state.listen(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show the ladder as it is saved, and what follows from it."""
        rungs = [self._rung(row) for row in ladder.steps()]
        self.ladder.show(rungs)
        self.before.show([replace(rung, help="", remarks="") for rung in rungs])
        self.searched.show(self.state.now.settings)
        trouble = self.state.trouble(lambda: self.state.evaluation)
        ev = None if trouble else self.state.evaluation
        self.euros.show(ev, "chart-labels")
        self.scores.show(ev, "chart-goals")
        if ev is None:
            self.level.value = f"<p>{words('page_agenda.refused')} {escape(trouble)}</p>"
            return
        assert ev.measures.agenda is not None
        self._tell(ev, ev.measures.agenda)

    def _tell(self, ev: Evaluation, agenda: Measured) -> None:
        stops = "".join(f"<p>{escape(line)}</p>" for line in ladder.why(self.state))
        self.level.value = f"<p><b>{words_of(ev, 'agenda-level')}</b></p>{stops}"
        self.told.value = f"<p>{escape(labels(agenda))}</p>"
        self.bare.value = table_named(ev, "labels")
        self.list.widget.layout.display = "" if self.bare.value else "none"
        silent = sorted(set(range(1, 18)) - {each.goal for each in agenda.goal_actions})
        key = "none" if not agenda.labelled else "silent" if silent else ""
        self.silent.value = f"<p>{words(f'page_agenda.picture.{key}', goals=silent)}</p>" if key else ""
        empty = "" if agenda.goals else words("page_agenda.scores.none")
        self.unscored.value = f"<p>{words_of(ev, 'annex-silent') or empty}</p>"

    def _rung(self, row: catalogue.Row) -> Row:
        record = self.state.record(Rung, row["key"])
        scale = [(a.label, a.value) for a in catalogue.scale("yes_partly_no").values() if a.value != "partly"]
        title = say("page_agenda.ladder.row", level=row["level"], question=dutch(row["question"]))
        evidence = say("page_agenda.ladder.evidence", evidence=dutch(row["evidence"]))
        return Row(title, record, evidence, {"then": scale, "now": scale}, remarks(self.state.hints(record)))

    def _save(self, _: Record, after: Record) -> None:
        self.state.put(after)


def labels(agenda: Measured) -> str:
    """Return what may be said of actions with a label: nothing against them before search and question."""
    n, bare = len(agenda.labelled), len(agenda.label_only)
    if not n:
        return say("page_agenda.labels.none")
    key = "unsearched" if not agenda.label_checked else "bare" if bare else "complete"
    return say(f"page_agenda.labels.{key}", n=n, bare=bare)
