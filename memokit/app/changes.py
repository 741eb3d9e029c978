"""Wat er veranderde: ready notes and questions as a start, one event at a time, and those that are there."""

from __future__ import annotations

import ipywidgets as W  # noqa: N812

from memokit import catalogue
from memokit.app.forms import Form, Row, Table
from memokit.app.parts import box, button, heading, html, remarks, words
from memokit.app.state import State, ToldError
from memokit.fields import Record
from memokit.records import ContextEvent
from memokit.texts import dutch, lookup, say

FIELDS = ("date", "kind", "event", "local_effect", "sources")
SHORT = ("date", "event", "local_effect", "sources")
EMPTY = ContextEvent(date="", event="")


class Changes:
    """The part about the years since the baseline."""

    def __init__(self, state: State) -> None:
        self.state = state
        notes = [(_title(row), row["key"]) for row in catalogue.context_notes()]
        own = (say("page_questions.changed.own"), "")
        choose = say("page_questions.changed.choose")
        self.notes = W.Dropdown(description=choose, options=[own, *notes])
        self.notes.observe(lambda change: self._begin(change["new"]), "value")
        self.about = html(words("page_questions.changed.example"), "help")
        # Nothing is saved while somebody writes: an event without its date and sentence is none.
        self.form = Form(state, ContextEvent, FIELDS, lambda _, after: None, draft=True)
        caption = say("page_questions.changed.caption")
        self.table = Table(state, ContextEvent, SHORT, self._save, caption)
        self.table.widget.head = str(lookup("records.fields.context.event.title"))
        self.none = html(f"<p>{words('page_questions.changed.none')}</p>")
        self.widget = box(
            heading(say("page_questions.changed.title", year=state.now.term.start)),
            html(f"<p>{words('page_questions.changed.help')}</p>"),
            self.notes,
            self.about,
            self.form.widget(),
            button("page_questions.changed.add", self._add, "main"),
            self.none,
            self.table.widget,
        )
        self.form.show(EMPTY)

    def refresh(self) -> None:
        """Show the events as they are saved."""
        events = self.state.now.context
        self.table.show([Row(e.event, e, remarks=remarks(self.state.hints(e))) for e in events])
        self.table.widget.layout.display = "" if events else "none"
        self.none.layout.display = "none" if events else ""

    def _begin(self, key: str) -> None:
        """Begin with a ready note: its year and sentence; of a question only the kind."""
        note = next((row for row in catalogue.context_notes() if row["key"] == key), None)
        if note is None:
            self.about.value = words("page_questions.changed.example")
            self.form.show(EMPTY)
            return
        told = words("page_questions.changed.source", source=note["source"])
        self.about.value = told if note["year"] else words("page_questions.changed.example")
        event = note["text"] if note["year"] else ""
        self.form.show(ContextEvent(date=note["year"], kind=note["kind"], event=event))

    def _add(self) -> None:
        if self.state.attempt(self._saved):
            self.notes.value = ""
            self.form.show(EMPTY)

    def _saved(self) -> None:
        event = self.form.record
        if not isinstance(event, ContextEvent) or not (event.date and event.event.strip()):
            raise ToldError(say("page_questions.changed.incomplete"))
        self.state.put(event)

    def _save(self, before: Record, after: Record) -> None:
        self.state.put(after, replacing=before)


def _title(row: catalogue.Row) -> str:
    return say("page_questions.changed.item", year=row["year"], text=dutch(row["text"]))
