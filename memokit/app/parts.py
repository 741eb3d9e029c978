"""Pieces of a page: boxes, headings, buttons, and remarks in words.

Every control has its label from the texts. What comes from files is escaped before it becomes HTML.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from html import escape
from typing import Any

import ipywidgets as W  # noqa: N812

from memokit.fields import Cell
from memokit.problems import Problem
from memokit.records import CHOICES, Source
from memokit.texts import lookup, say


def html(text: str, kind: str = "") -> W.HTML:
    """Return a piece of HTML; `kind` names its class in the style sheet."""
    made = W.HTML(text)
    if kind:
        made.add_class(f"memo-{kind}")
    return made


def box(*children: W.Widget, kind: str = "", row: bool = False) -> W.Box:
    """Return widgets below each other, or beside each other."""
    made = (W.HBox if row else W.VBox)(children)
    made.add_class(f"memo-{kind or ('row' if row else 'stack')}")
    return made


def heading(text: str, level: int = 2) -> W.HTML:
    """Return a heading."""
    return html(f"<h{level}>{escape(text)}</h{level}>")


def full(key: str) -> str:
    """Return a key of the page as the texts know it; a page may have a file of its own, `page_<name>.yml`.

    Examples
    --------
    >>> full("start.letter"), full("page_agenda.title")
    ('app.start.letter', 'page_agenda.title')
    """
    return key if key.startswith("page_") else f"app.{key}"


def words(key: str, **values: Any) -> str:
    """Return a sentence of the page, escaped."""
    return escape(say(full(key), **values))


def button(key: str, action: Callable[[], object], kind: str = "") -> W.Button:
    """Return a button with a text."""
    made = W.Button(description=say(full(key)), button_style="primary" if kind == "main" else "")
    made.on_click(lambda _: action())
    made.add_class(f"memo-{kind or 'plain'}")
    return made


class More:
    """A part that is closed until somebody wants it: a button, so that the keyboard can open it too."""

    def __init__(self, title: str, *children: W.Widget) -> None:
        self.title = title
        self.inside = box(*children, kind="inside")
        self.toggle = W.Button()
        self.toggle.add_class("memo-toggle")
        self.toggle.on_click(lambda _: self.open(self.inside.layout.display == "none"))
        self.widget = box(self.toggle, self.inside, kind="more")
        self.open(False)

    def open(self, wanted: bool) -> None:
        """Open or close the part."""
        self.inside.layout.display = "" if wanted else "none"
        self.toggle.description = f"{'▾' if wanted else '▸'} {self.title}"


def more(key: str, *children: W.Widget) -> W.Widget:
    """Return a part that is closed until somebody wants it."""
    return More(say(full(key)), *children).widget


def label(choices: str, value: str) -> str:
    """Return the word for a value, in the language in force."""
    return str(lookup(f"records.values.{choices}.{value}.label")) if value else ""


def options(cell: Cell, empty: bool) -> list[tuple[str, str]]:
    """Return what can be chosen for a field; one that may be empty begins with a dash."""
    return [
        *([("–", "")] if empty else []),
        *((label(cell.choices, value), value) for value in CHOICES[cell.choices]),
    ]


def remarks(problems: Iterable[Problem], about: Callable[[Problem], str] | None = None) -> str:
    """Return problems as a list; `about` says of what each is."""
    items = []
    for p in problems:
        first = escape(about(p)) + ":" if about else words(f"severity.{p.severity}")
        said = f"<b>{first}</b> {escape(p.message)} <em>{escape(p.remedy)}</em>"
        items.append(f'<li class="{p.severity}">{said}</li>')
    return f'<ul class="memo-problems">{"".join(items)}</ul>' if items else ""


def cited(source: Source) -> str:
    """Return a source on one line, with its kind and date."""
    kind = label("source_kind", source.kind)
    return f"{source.id_} · {source.title} ({', '.join(p for p in (kind, source.date) if p)})"
