"""Changes go into a table as it stands on disk, per row and field. Nothing is chosen silently.

What was changed outside memokit stays; where both changed the same field, the clash is reported. Unknown
columns and rows with errors stay as they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from memokit.cells import canonical, excel_forms, format_cell
from memokit.fields import Cell, Record
from memokit.journal import Change, Fields
from memokit.problems import Problem
from memokit.rows import heads, key_of, spoken
from memokit.tables import Sheet


def mend(sheet: Sheet, model: type[Record], keys: Sequence[str]) -> Sheet:
    """Give back the codes that Excel changed, when the last saved state shows what they were."""
    head = heads(model)[model.key[0]]
    if model.cells()[model.key[0]].kind != "code" or head not in sheet.heads:
        return sheet
    here = {row.get(head, "") for _, row in sheet.rows}
    gone = [code for code in dict.fromkeys(key.split("|")[0] for key in keys) if code not in here]
    rows, notes = [], []
    for number, row in sheet.rows:
        was = [code for code in gone if row.get(head, "") in excel_forms(code)]
        if len(was) == 1:
            found = row[head]
            notes.append(
                sheet.problem("excel-mended", number, head, severity="note", found=found, expected=was[0])
            )
            row = {**row, head: was[0]}
        rows.append((number, row))
    return replace(sheet, rows=tuple(rows), problems=(*sheet.problems, *notes))


def merge(sheet: Sheet, model: type[Record], changes: Sequence[Change]) -> Sheet:
    """Apply changes to a table as it stands on disk. Unknown columns and unreadable rows stay as they are."""
    if not changes:
        return sheet
    work = _Merge(sheet, model)
    for change in changes:
        work.apply(change)
    known = [head for head in heads(model).values() if head not in sheet.heads]
    return replace(
        sheet,
        heads=(*sheet.heads, *known),
        rows=tuple(row for row in work.rows if row is not None),
        problems=(*sheet.problems, *work.problems),
    )


class _Merge:
    """The rows of one table while changes go in."""

    def __init__(self, sheet: Sheet, model: type[Record]) -> None:
        self.sheet, self.model = sheet, model
        self.names, self.cells = heads(model), model.cells()
        self.defaults = {
            name: format_cell(field.default, self.cells[name])
            for name, field in model.model_fields.items()
            if not field.is_required()
        }
        self.rows: list[tuple[int, dict[str, str]] | None] = list(sheet.rows)
        self.places: dict[str, int] = {}
        for at, (_, row) in enumerate(sheet.rows):
            self.places.setdefault(key_of(row, model), at)
        self.problems: list[Problem] = []

    def apply(self, change: Change) -> None:
        at = self.places.get(change.key)
        if at is None:
            self._absent(change)
        elif change.after is None:
            self._remove(at, change)
        else:
            self._set(at, change)

    def _absent(self, change: Change) -> None:
        if change.after is not None and change.before is None:
            self.rows.append(
                (0, {self.names[n]: text for n, text in change.after.items() if n in self.names})
            )
        elif change.after is not None:
            self.problems.append(
                self.sheet.problem("clash-removed", severity="warning", found=spoken(change.key, self.model))
            )

    def _row(self, at: int) -> tuple[int, dict[str, str]]:
        found = self.rows[at]
        assert found is not None  # a removed row has no place
        return found

    def _remove(self, at: int, change: Change) -> None:
        number, row = self._row(at)
        before = change.before or {}
        if all(self._same(name, row, text) for name, text in before.items() if name in self.names):
            self.rows[at] = None
            del self.places[change.key]
        else:
            self.problems.append(
                self.sheet.problem(
                    "clash-changed", number, severity="warning", found=spoken(change.key, self.model)
                )
            )

    def _set(self, at: int, change: Change) -> None:
        number, old = self._row(at)
        row = dict(old)
        for name, ours in (change.after or {}).items():
            if name not in self.names or self._same(name, row, ours):
                continue
            before = (change.before or {}).get(name, "")
            head = self.names[name]
            broken = canonical(row.get(head, ""), self.cells[name]) is None
            if broken or self._same(name, row, before):
                row[head] = ours
            else:
                self.problems.append(self._clash(number, head, row, ours, change.key, self.cells[name]))
        self.rows[at] = (number, row)

    def _same(self, name: str, row: Fields, text: str) -> bool:
        here = row.get(self.names[name], "")
        if here == text or canonical(here, self.cells[name]) == text:
            return True
        # A cell that was never filled in reads as its default.
        return not here and text == self.defaults.get(name)

    def _clash(self, number: int, head: str, row: Fields, ours: str, key: str, cell: Cell) -> Problem:
        private = cell.private
        detail = {"record": spoken(key, self.model), "ours": "…" if private else ours}
        found = "…" if private else row.get(head, "")
        return self.sheet.problem("clash", number, head, severity="warning", found=found, detail=detail)
