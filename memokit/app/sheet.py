"""The fields of a page as one widget: a form of one record, or a table of many. Its script is sheet.js.

The browser sends what was typed with a number; the answer to that number goes out only after the change is on
disk. All that the widget shows stands in its synced traits, so that a static twin can be made from them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from html import escape
from typing import Any

import anywidget
import traitlets as T  # noqa: N812

from memokit.resources import data_path
from memokit.texts import language, lookup, say

LIMIT = 20_000  # characters in one field: some eight pages, and nothing that makes a browser stall
Confirm = Callable[[Any], None]
Typed = Callable[[str, str, Any, Confirm], str]


@cache
def _words(lang: str) -> dict[str, str]:
    return {name: say(f"page_fields.sheet.{name}") for name in lookup("page_fields.sheet", "nl")}


class Sheet(anywidget.AnyWidget):
    """Fields with their labels, their help and what is wrong with them.

    Parameters
    ----------
    columns
        The fields: name, title, help, kind (`text`, `area`, `choice`, `sources`), required, hint, options.
    typed
        Called with the key of a row, the name of a field, what was typed, and a function to call with the
        text as it is saved. Returns what is wrong with it, empty when nothing is.
    caption, head
        What a table is about, and what its rows are.
    place
        Where the browser keeps what is not confirmed: dossier and table. Without it nothing is kept.
    draft
        The fields are of something that is not added yet: the browser keeps them until it is.

    Examples
    --------
    >>> column = {"name": "a", "title": "Naam", "help": "", "kind": "text", "options": []}
    >>> sheet = Sheet([column], typed=lambda key, name, value, confirm: "")
    >>> sheet.rows = [{"key": "1", "id": "", "title": "", "help": "", "remarks": "", "values": {"a": "<b>"}}]
    >>> sheet.static()
    '<dl class="memo-static"><dt>Naam</dt><dd>&lt;b&gt;</dd></dl>'
    """

    _esm = data_path("templates", "voila", "memo", "sheet.js").read_text("utf-8")
    shape = T.Unicode("form").tag(sync=True)
    caption = T.Unicode().tag(sync=True)
    head = T.Unicode().tag(sync=True)
    columns = T.List(T.Dict()).tag(sync=True)
    rows = T.List(T.Dict()).tag(sync=True)
    hidden = T.List(T.Unicode()).tag(sync=True)
    place = T.List(T.Unicode()).tag(sync=True)
    draft = T.Bool(False).tag(sync=True)
    limit = T.Int(LIMIT).tag(sync=True)
    words = T.Dict().tag(sync=True)

    def __init__(self, columns: Sequence[dict[str, Any]], typed: Typed, **traits: Any) -> None:
        super().__init__(columns=list(columns), words=_words(language()), **traits)
        self.typed = typed
        self.add_class("memo-sheet")
        self.on_msg(self._hear)

    @property
    def names(self) -> list[str]:
        """The names of the fields."""
        return [column["name"] for column in self.columns]

    def _hear(self, _: object, said: dict[str, Any], __: object) -> None:
        seq = said.get("seq")
        if said.get("what") == "ping":
            self.send({"what": "pong", "seq": seq})
            return

        def confirm(value: Any) -> None:
            self.send({"what": "answer", "seq": seq, "problem": "", "value": value})

        key, name, value = str(said.get("key")), str(said.get("name")), said.get("value")
        if problem := self.typed(key, name, value, confirm):
            self.send({"what": "answer", "seq": seq, "problem": problem, "value": value})

    # -- the same without a kernel --------------------------------------------------------------------------

    def static(self) -> str:
        """Return what the widget shows as HTML that needs no kernel: labels, and values in words."""
        shown = [column for column in self.columns if column["name"] not in self.hidden]
        if self.shape == "table":
            return self._table(shown)
        lines = (
            f"<dt>{escape(column['title'])}</dt><dd>{self._said(row, column)}</dd>"
            for row in self.rows
            for column in shown
        )
        return f'<dl class="memo-static">{"".join(lines)}</dl>'

    def _table(self, columns: list[dict[str, Any]]) -> str:
        titles = (self.head, *(column["title"] for column in columns))
        heads = "".join(f'<th scope="col">{escape(title)}</th>' for title in titles)
        lines = []
        names = all(column.get("private") for column in columns)  # then the heads are private too
        for row in self.rows:
            cells = "".join(f"<td>{self._said(row, column)}</td>" for column in columns)
            parts = [say("exporters.private") if names else row["title"], row["help"]]
            title = "<br>".join(escape(part) for part in parts if part)
            lines.append(f'<tr><th scope="row">{title}{row["remarks"]}</th>{cells}</tr>')
        caption = f"<caption>{escape(self.caption)}</caption>"
        return f'<table class="memo-static">{caption}<tr>{heads}</tr>{"".join(lines)}</table>'

    def _said(self, row: dict[str, Any], column: dict[str, Any]) -> str:
        if column.get("private"):  # what stands still can be mailed
            return escape(say("exporters.private"))
        value = row["values"][column["name"]]
        options = row.get("options", {}).get(column["name"], column["options"])
        known = {each: label for label, each in options}
        words = [known.get(each, each) for each in (value if isinstance(value, (list, tuple)) else [value])]
        return escape("; ".join(filter(None, words)) or say("page_fields.empty")).replace("\n", "<br>")
