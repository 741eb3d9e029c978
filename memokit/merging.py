"""Changes go into a table as it stands on disk, per row and field. Nothing is chosen silently.

What was changed outside memokit stays; where both changed the same field, the clash is reported. Unknown
columns and rows with errors stay as they are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from memokit.cells import canonical, excel_forms
from memokit.fields import Record
from memokit.journal import Change, Fields
from memokit.problems import Problem
from memokit.rows import defaults, heads, key_of, spoken
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
        found = row.get(head, "")
        was = [code for code in gone if found in excel_forms(code)]
        if len(was) == 1:
            told = {"found": found, "expected": was[0]}
            notes.append(sheet.problem("excel-mended", number, head, severity="note", **told))
            row = {**row, head: was[0]}
        rows.append((number, row))
    return replace(sheet, rows=tuple(rows), problems=(*sheet.problems, *notes))


def merge(sheet: Sheet, model: type[Record], changes: Mapping[str, Change]) -> Sheet:
    """Apply changes, one for each key, to a table as it stands on disk."""
    if not changes:
        return sheet
    names = heads(model)
    left = dict(changes)
    rows: list[tuple[int, dict[str, str]]] = []
    problems: list[Problem] = []
    for number, row in sheet.rows:
        change = left.pop(key_of(row, model), None)
        if change is None:
            rows.append((number, row))
        elif change.after is not None:
            merged, clashes = _merged(sheet, model, number, row, change)
            rows.append((number, merged))
            problems += clashes
        elif not all(_same(model, name, row, text) for name, text in (change.before or {}).items()):
            found = spoken(change.key, model)
            rows.append((number, row))
            problems.append(sheet.problem("clash-changed", number, severity="warning", found=found))
    for change in left.values():
        if change.after is not None and change.before is None:
            rows.append((0, {names[n]: text for n, text in change.after.items() if n in names}))
        elif change.after is not None:
            found = spoken(change.key, model)
            problems.append(sheet.problem("clash-removed", severity="warning", found=found))
    all_heads = tuple(dict.fromkeys([*sheet.heads, *names.values()]))
    return replace(sheet, heads=all_heads, rows=tuple(rows), problems=(*sheet.problems, *problems))


def _merged(
    sheet: Sheet, model: type[Record], number: int, row: Fields, change: Change
) -> tuple[dict[str, str], list[Problem]]:
    """Return a row with a change in it, and the fields that were changed otherwise in the meantime."""
    row, clashes = dict(row), []
    names, cells = heads(model), model.cells()
    for name, ours in (change.after or {}).items():
        if _same(model, name, row, ours):
            continue
        head = names[name]
        here = row.get(head, "")
        broken = canonical(here, cells[name]) is None
        if broken or _same(model, name, row, (change.before or {}).get(name, "")):
            row[head] = ours
            continue
        found, said = ("…", "…") if cells[name].private else (here, ours)
        detail = {"record": spoken(change.key, model), "ours": said}
        clashes.append(sheet.problem("clash", number, head, severity="warning", found=found, detail=detail))
    return row, clashes


def _same(model: type[Record], name: str, row: Fields, text: str) -> bool:
    """Tell whether a field of a row reads as a text; one that memokit does not know is never in the way."""
    if name not in heads(model):
        return True
    here = row.get(heads(model)[name], "")
    # A cell that was never filled in reads as its default.
    usual = None if here else defaults(model).get(name)
    return text in (here, usual, canonical(here, model.cells()[name]))
