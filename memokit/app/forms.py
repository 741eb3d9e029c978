"""Forms and tables made from the declaration of a record: labels, help and values stand in the texts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from memokit.app.entries import Changed, Fields, Options, nobody
from memokit.app.sheet import Confirm, Sheet
from memokit.app.state import State
from memokit.fields import Record
from memokit.texts import lookup


@dataclass
class Field:
    """One field of a form as the page shows it: to set `value` is to type in it."""

    form: Form
    name: str
    problem: str = ""
    _text: Any = ""

    @property
    def value(self) -> Any:
        """What stands in the field; what was refused stays there."""
        return self._text

    @value.setter
    def value(self, typed: Any) -> None:
        """Type in the field."""
        self.form.typed(self.form.key, self.name, typed)


@dataclass
class Part:
    """One field among others in a widget, to be hidden or shown as if it were a widget of its own."""

    sheet: Sheet
    name: str

    @property
    def layout(self) -> Part:
        """Itself: `part.layout.display` as with a widget."""
        return self

    @property
    def display(self) -> str:
        """`none` when the field is hidden."""
        return "none" if self.name in self.sheet.hidden else ""

    @display.setter
    def display(self, wanted: str) -> None:
        """Hide the field with `none`, show it with anything else."""
        others = [name for name in self.sheet.hidden if name != self.name]
        self.sheet.hidden = [*others, *([self.name] if wanted == "none" else [])]


class Form(Fields):
    """Some fields of one record, in one or more widgets."""

    def __init__(self, *given: Any, **rest: Any) -> None:
        super().__init__(*given, **rest)
        self.fields = {name: Field(self, name) for name in self.names}
        self.sheets: list[Sheet] = []
        self.key, self.round = "", 0

    @property
    def record(self) -> Any:
        """The record that is shown, with what was typed; None before there is one."""
        return self.shown.get(self.key)

    @property
    def refused(self) -> list[str]:
        """The titles of the fields in sight in which something stands that could not be read."""
        seen = {name for sheet in self.sheets for name in sheet.names if name not in sheet.hidden}
        wrong = [name for name in self.names if name in seen and self.fields[name].problem]
        return [self._column(name)["title"] for name in wrong]

    def widget(self, *names: str) -> Sheet:
        """Return the fields, or some of them, below each other."""
        made = self._sheet(names or self.names)
        self.sheets.append(made)
        self._draw()
        return made

    def one(self, name: str) -> Any:
        """Return one field: a widget, or a part of the widget that has it already."""
        for sheet in self.sheets:
            if name in sheet.names:
                return sheet if len(sheet.names) == 1 else Part(sheet, name)
        return self.widget(name)

    def offer(self, name: str, choices: Options) -> None:
        """Offer other values for a field; nothing is saved by that."""
        self.choices[name] = tuple(choices)
        self._draw()

    def show(self, record: Record) -> None:
        """Show a record."""
        other = self._key(record) != self.key or self.draft
        self.round += self.draft
        self.key = self._key(record)
        self.shown = {self.key: record}
        for name, each in self.fields.items():
            if other or not each.problem:
                each.problem, each._text = "", self._text(name, record)
        self._draw()

    def typed(self, key: str, name: str, value: Any, confirm: Confirm = nobody) -> str:
        """Take what was typed, and remember what could not be read."""
        problem = super().typed(key, name, value, confirm)
        if key == self.key and name in self.fields:
            each = self.fields[name]
            each.problem, each._text = problem, value if problem else self._text(name, self.record)
        if self.draft and not problem:
            self._draw()
        return problem

    def _draw(self) -> None:
        for sheet in self.sheets:
            sheet.columns = [self._column(name) for name in sheet.names]
            if self.record is not None:
                sheet.rows = [self._row(self.record, sheet.names, round=self.round)]


@dataclass(frozen=True)
class Row:
    """One record of a table: its title, help beside it, own choices, and remarks (from `parts.remarks`)."""

    title: str
    record: Record
    help: str = ""
    choices: Mapping[str, Options] = field(default_factory=dict)
    remarks: str = ""


class Table(Fields):
    """Many records as one table, saved cell by cell."""

    def __init__(
        self,
        state: State,
        model: type[Record],
        names: Iterable[str],
        changed: Changed,
        caption: str,
        titles: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(state, model, names, changed, titles=titles)
        head = str(lookup(f"records.fields.{model.table}.{model.key[0]}.title"))
        self.widget = self._sheet(self.names, shape="table", caption=caption, head=head)

    def show(self, rows: Sequence[Row]) -> None:
        """Show records, in this order."""
        self.shown = {self._key(row.record): row.record for row in rows}
        self.widget.columns = [self._column(name) for name in self.names]
        self.widget.rows = [self._drawn(row) for row in rows]

    def fill(self, id_: str, name: str, value: Any) -> str:
        """Type in the field of the record with this id; return what is wrong with it."""
        return self.typed(self._keys.get(id_, ""), name, value)

    def _drawn(self, row: Row) -> dict[str, Any]:
        own = {name: list(choices) for name, choices in row.choices.items()}
        words = {"title": row.title, "help": row.help, "remarks": row.remarks, "options": own}
        return self._row(row.record, self.names, **words)
