"""Pieces of a page: a form made from the declaration of a record, and the few controls around it.

Every control has its label from the texts. What comes from files is escaped before it becomes HTML.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from html import escape
from typing import Any

import ipywidgets as W  # noqa: N812

from memokit.app.state import State
from memokit.cells import format_cell, parse_cell
from memokit.fields import Cell, Record
from memokit.problems import Problem
from memokit.records import CHOICES, Source
from memokit.texts import lookup, say

Options = Sequence[tuple[str, str]]
AREA = frozenset({"line", "text", "opinion", "question", "passage", "answer"})


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


def words(key: str, **values: Any) -> str:
    """Return a sentence of the page, escaped."""
    return escape(say(f"app.{key}", **values))


def button(key: str, action: Callable[[], object], kind: str = "") -> W.Button:
    """Return a button with a text."""
    made = W.Button(description=say(f"app.{key}"), button_style="primary" if kind == "main" else "")
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
    return More(say(f"app.{key}"), *children).widget


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


class Sources:
    """Chooses sources: those chosen as buttons that take them away, and a list to add one from."""

    def __init__(self, state: State, title: str, changed: Callable[[tuple[str, ...]], None]) -> None:
        self.state, self.changed, self.title = state, changed, title
        self.value: tuple[str, ...] = ()
        self.chosen = box(kind="chips", row=True)
        self.list = W.Dropdown(description=title, options=[("", "")])
        self.list.observe(self._add, "value")
        self.widget = box(self.list, self.chosen, kind="sources")

    def show(self, value: tuple[str, ...]) -> None:
        """Show what is chosen, and everything that could be."""
        self.value = value
        rest = [(cited(s), s.id_) for s in self.state.now.sources if s.id_ not in value]
        offered = [(say("app.source.choose"), ""), *rest]
        if tuple(offered) != tuple(self.list.options):
            self.list.options = offered
        self.list.value = ""
        if [getattr(chip, "source", "") for chip in self.chosen.children] != list(value):
            self.chosen.children = [self._chip(id_) for id_ in value]

    def _chip(self, id_: str) -> W.Button:
        source = self.state.now.source(id_)
        name = cited(source) if source else id_
        chip = W.Button(description=f"{name} ✕", tooltip=say("app.source.take_away", name=name))
        chip.source = id_
        chip.on_click(lambda _: self.changed(tuple(s for s in self.value if s != id_)))
        return chip

    def _add(self, change: Mapping[str, Any]) -> None:
        if change["new"] and change["new"] not in self.value:
            self.changed((*self.value, change["new"]))


class Form:
    """Some fields of one record, made from its declaration; a change is handed over at once.

    Parameters
    ----------
    changed
        Called with the record before and after.
    choices
        What can be chosen, for fields that have fewer values than declared.
    titles
        Labels that say more than the declared ones.
    """

    def __init__(
        self,
        state: State,
        model: type[Record],
        names: Iterable[str],
        changed: Callable[[Record, Record], None],
        choices: Mapping[str, Options] | None = None,
        titles: Mapping[str, str] | None = None,
    ) -> None:
        self.state, self.changed, self.cells = state, changed, model.cells()
        self.record: Record | None = None
        self.quiet = False
        self.model = model
        self.titles, self.choices = titles or {}, choices or {}
        self.fields: dict[str, Any] = {name: self._field(name) for name in names}

    def widget(self, *names: str) -> W.Widget:
        """Return the fields, or some of them, below each other."""
        return box(*(self.one(name) for name in names or self.fields), kind="form")

    def one(self, name: str) -> W.Widget:
        """Return one field."""
        field = self.fields[name]
        return field.widget if isinstance(field, Sources) else field

    def offer(self, name: str, choices: Options) -> None:
        """Offer other values for a field; nothing is saved by that."""
        if tuple(choices) != tuple(self.fields[name].options):
            self.quiet = True
            self.fields[name].options = choices
            self.quiet = False

    def show(self, record: Record) -> None:
        """Show a record."""
        self.record = record
        for name, field in self.fields.items():
            value = getattr(record, name)
            if isinstance(field, Sources):
                field.show(value)
            else:
                text = self._text(name, record)
                known = [v for _, v in field.options] if isinstance(field, W.Dropdown) else [text]
                field.value = text if text in known else known[0]

    def _text(self, name: str, record: Record) -> str:
        value, cell = getattr(record, name), self.cells[name]
        return str(value) if cell.kind == "choice" else format_cell(value, cell)

    def _field(self, name: str) -> Any:
        cell = self.cells[name]
        title = self.titles.get(name) or str(lookup(f"records.fields.{self.model.table}.{name}.title"))
        if cell.kind == "sources":
            return Sources(self.state, title, lambda value: self._set(name, value))
        tip = str(lookup(f"records.fields.{self.model.table}.{name}.help"))
        kept: dict[str, Any] = {"description": title, "tooltip": tip, "continuous_update": False}
        if cell.kind == "choice" or name in self.choices:
            empty = self.model.model_fields[name].default == ""
            made = W.Dropdown(
                description=title, tooltip=tip, options=self.choices.get(name) or options(cell, empty)
            )
        else:
            hint = say("app.date_hint") if cell.kind == "date" else ""
            made = (W.Textarea if name in AREA else W.Text)(placeholder=hint, **kept)
        made.observe(lambda change: self._typed(name, change["new"]), "value")
        return made

    def _typed(self, name: str, text: str) -> None:
        cell = self.cells[name]
        if not self.quiet and self.record is not None and text != self._text(name, self.record):
            choice = cell.kind == "choice"
            self.state.attempt(lambda: self._hand(name, text if choice else parse_cell(text, cell)))

    def _set(self, name: str, value: tuple[str, ...]) -> None:
        self.state.attempt(lambda: self._hand(name, value))

    def _hand(self, name: str, value: Any) -> None:
        before = self.record
        if before is not None and getattr(before, name) != value:
            after = before.model_copy(update={name: value})
            self.changed(before, after)
            self.record = after
