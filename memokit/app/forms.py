"""A form made from the declaration of a record: its labels, its help and its values stand in the texts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import ipywidgets as W  # noqa: N812

from memokit.app.parts import box, cited, options
from memokit.app.state import State
from memokit.cells import format_cell, parse_cell
from memokit.fields import Record
from memokit.texts import lookup, say

Options = Sequence[tuple[str, str]]
AREA = frozenset({"line", "text", "opinion", "question", "passage", "answer"})


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
