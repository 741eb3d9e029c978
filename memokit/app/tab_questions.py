"""Vragenlijst: the twelve core questions then and now, six lines about the plan, the SDG ladder."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from html import escape

import ipywidgets as W  # noqa: N812

from memokit import catalogue
from memokit.app.forms import Form
from memokit.app.new_source import NewSource
from memokit.app.parts import box, heading, html, more, remarks, words
from memokit.app.state import State
from memokit.fields import Record
from memokit.records import Answer, PlanLine, Rung
from memokit.texts import say


@dataclass
class Row:
    """One question: its form, what is remarked, and where its record is."""

    form: Form
    hints: W.HTML
    find: Callable[[], Record]


class Questions:
    """The view with every question that is asked of each council."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.rows: list[Row] = []
        term = state.now.term
        self.years = {"then": say("app.questions.then", year=term.start), "now": say("app.questions.now")}
        self.widget = box(
            heading(say("app.questions.core")),
            html(f"<p>{words('questions.help')}</p>"),
            NewSource(state).widget,
            *(self._core(question) for question in catalogue.core()),
            heading(say("app.questions.plan")),
            html(f"<p>{words('questions.plan_help')}</p>"),
            *(self._plan(row) for row in catalogue.plan_check()),
            heading(say("app.questions.ladder")),
            html(f"<p>{words('questions.ladder_help')}</p>"),
            *(self._rung(row) for row in catalogue.ladder() if row["question"]),
            kind="view",
        )
        state.listen(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show every answer as it is saved."""
        for row in self.rows:
            record = row.find()
            row.form.show(record)
            row.hints.value = remarks(self.state.hints(record))

    def _row(self, title: str, form: Form, find: Callable[[], Record], *extra: str) -> W.Widget:
        hints = html("", "hints")
        self.rows.append(Row(form, hints, find))
        short = [name for name in form.fields if name not in extra]
        later = [more("questions.more", form.widget(*extra))] if extra else []
        fields = box(*(form.one(name) for name in short), kind="answer", row=True)
        return box(html(f"<h3>{escape(title)}</h3>"), fields, *later, hints, kind="question")

    def _save(self, _: Record, after: Record) -> None:
        self.state.put(after)

    def _core(self, question: catalogue.Indicator) -> W.Widget:
        scale = [(answer.label, key) for key, answer in catalogue.scale(question.scale).items()]
        names = ("then", "now", "sources_now", "sources_then", "line")
        form = Form(self.state, Answer, names, self._save, {"then": scale, "now": scale}, self.years)
        find = lambda: self.state.record(Answer, question.id)  # noqa: E731
        return self._row(question.question, form, find, "sources_then", "line")

    def _plan(self, row: catalogue.Row) -> W.Widget:
        form = Form(self.state, PlanLine, ("answer", "page", "sources", "note"), self._save)
        return self._row(row["question"], form, lambda: self.state.record(PlanLine, row["key"]), "note")

    def _rung(self, row: catalogue.Row) -> W.Widget:
        names = ("now", "passage", "sources")
        scale = [(a.label, a.value) for a in catalogue.scale("yes_partly_no").values() if a.value != "partly"]
        form = Form(self.state, Rung, names, self._save, {"now": scale}, self.years)
        title = say("app.questions.rung", level=row["level"], question=row["question"])
        return self._row(title, form, lambda: self.state.record(Rung, row["key"]))
