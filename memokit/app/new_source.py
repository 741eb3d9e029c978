"""Noting a source: a document, or what was searched and asked, and when."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

from memokit.app.forms import Form
from memokit.app.parts import More, box, button, html
from memokit.app.state import State, ToldError
from memokit.fields import Record
from memokit.records import Source
from memokit.texts import has, lookup, say

SEARCH = ("searched_in", "searched_on", "asked_whom", "asked_on", "answered_on", "answer")
DOCUMENT = ("date", "page")


class NewSource:
    """Asks for one source; a search has other fields than a document."""

    def __init__(self, state: State, added: Callable[[str], None] | None = None) -> None:
        self.state, self.added = state, added
        names = ("kind", "title", *DOCUMENT, "consulted_on", "url", *SEARCH)
        self.form = Form(state, Source, names, self._typed)
        self.help = html("", "help")
        self.rest = box(kind="form")
        first = self.form.widget("kind", "title")
        add = button("source.add", self._add, "main")
        self.more = More(say("app.source.new"), first, self.help, self.rest, add)
        self.widget = self.more.widget
        self._clear()

    def _typed(self, _: Record, after: Record) -> None:
        assert isinstance(after, Source)
        self._fields(after.kind)

    def _fields(self, kind: str) -> None:
        key = f"records.values.source_kind.{kind}.help"
        self.help.value = escape(str(lookup(key))) if has(key) else ""
        more_ = ("consulted_on", "url") if kind == "website" else ()
        names = SEARCH if kind == "search" else (*DOCUMENT, *more_)
        self.rest.children = [self.form.one(name) for name in names]

    def _clear(self) -> None:
        self.form.show(Source(id_="-", kind="report", title=""))
        self._fields("report")

    def _add(self) -> None:
        source = self.form.record
        assert isinstance(source, Source)
        if not source.title.strip():
            self.state.attempt(lambda: self._refuse())
            return
        ids: list[str] = []
        if self.state.attempt(lambda: ids.append(self.state.add_source(source))):
            self._clear()
            self.more.open(False)
            if self.added:
                self.added(ids[0])

    @staticmethod
    def _refuse() -> None:
        raise ToldError(say("app.message.title_first"))
