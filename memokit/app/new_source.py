"""Noting a source: a document, or what was searched and asked, and when."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

from memokit.app.forms import Form
from memokit.app.parts import More, button, html
from memokit.app.state import State, ToldError
from memokit.fields import Record
from memokit.records import Source
from memokit.texts import has, listing, lookup, say

SEARCH = ("searched_in", "searched_on", "asked_whom", "asked_on", "answered_on", "answer")
DOCUMENT = ("date", "page")
SITE = ("consulted_on", "url")


class NewSource:
    """Asks for one source; a search has other fields than a document."""

    def __init__(self, state: State, added: Callable[[str], None] | None = None) -> None:
        self.state, self.added = state, added
        rest = (*DOCUMENT, *SITE, *SEARCH)
        self.form = Form(state, Source, ("kind", "title", *rest), self._typed, draft=True)
        self.help = html("", "help")
        first, self.rest = self.form.widget("kind", "title"), self.form.widget(*rest)
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
        asked = SEARCH if kind == "search" else (*DOCUMENT, *(SITE if kind == "website" else ()))
        self.rest.hidden = [name for name in self.rest.names if name not in asked]

    def _clear(self) -> None:
        self.form.show(Source(id_="-", kind="report", title=""))
        self._fields("report")

    def _add(self) -> None:
        ids: list[str] = []
        if self.state.attempt(lambda: ids.append(self._added())):
            self._clear()
            self.more.open(False)
            if self.added:
                self.added(ids[0])

    def _added(self) -> str:
        source = self.form.record
        if not source.title.strip():
            raise ToldError(say("app.message.title_first"))
        if self.form.refused:
            raise ToldError(say("page_fields.mend_first", names=listing(self.form.refused)))
        return self.state.add_source(source)
