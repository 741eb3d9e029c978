"""Between the rows of a table and records: which head is which field, and what a person must mend.

Heads and file names stand in `records.yml` of `nl`; they are looked up, never repeated.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from memokit import texts
from memokit.cells import Stored, format_cell, labels, nearest, parse_cell
from memokit.fields import Record
from memokit.problems import MemokitError, Problem
from memokit.tables import Sheet

Names = Mapping[str, str]


@dataclass(frozen=True)
class Reading:
    """The records of one table with their row numbers; the others by key, and what is wrong with them."""

    records: tuple[tuple[int, Record], ...]
    problems: tuple[Problem, ...]
    kept_out: tuple[str, ...] = ()


def file_of(table: str) -> str:
    """Return the file of a table.

    Examples
    --------
    >>> file_of("plan"), file_of("settings")
    ('plan.csv', 'dossier.yml')
    """
    return str(texts.lookup(f"records.tables.{table}.file", "nl"))


@cache
def heads(model: type[Record]) -> Names:
    """Return the head in files of each field, in order.

    Examples
    --------
    >>> from memokit.records import Source
    >>> heads(Source)["searched_in"]
    'gezocht_in'
    """
    words = texts.lookup(f"records.fields.{model.table}", "nl")
    return {name: str(words[name]["head"]) for name in model.cells()}


@cache
def defaults(model: type[Record]) -> Names:
    """Return as text what a field left empty means.

    Examples
    --------
    >>> from memokit.records import Assessment
    >>> defaults(Assessment)["judge"]
    'raad'
    """
    fields, cells = model.model_fields, model.cells()
    return {n: format_cell(fields[n].default, cells[n]) for n in cells if not fields[n].is_required()}


def to_fields(record: Record) -> dict[str, str]:
    """Return a record as text by field: what the journal keeps."""
    return {name: format_cell(getattr(record, name), cell) for name, cell in record.cells().items()}


def to_row(record: Record) -> dict[str, str]:
    """Return a record as text by head: a row of its file.

    Examples
    --------
    >>> from memokit.records import Answer
    >>> to_row(Answer(criterion="IS01", now="yes"))["nu"]
    'ja'
    """
    names = heads(type(record))
    return {names[name]: text for name, text in to_fields(record).items()}


def id_of(record: Record) -> str:
    """Return what tells a record from the others of its table; the settings are one."""
    return "settings" if record.table == "settings" else record.id


def key_of(row: Mapping[str, str], model: type[Record], names: Names | None = None) -> str:
    """Return the id of the record that a row of text is; a value that cannot be read stands as it is.

    Examples
    --------
    >>> from memokit.records import Assessment, Point
    >>> key_of({"actie": "AC1 ", "beoordelaar": ""}, Assessment)
    'AC1|raad'
    >>> key_of({"soort": "dank", "titel": "Noodhulp"}, Point)
    'thanks|Noodhulp'
    """
    if model.table == "settings":
        return "settings"
    names, cells, parts = names or heads(model), model.cells(), []
    for name in model.key:
        text = row.get(names[name], "")
        try:
            parts.append(str(parse_cell(text, cells[name]) or defaults(model).get(name, "")))
        except MemokitError:
            parts.append(text)
    return "|".join(parts)


def spoken(key: str, model: type[Record]) -> str:
    """Return a key as a person knows it: labels, and never who judged.

    Examples
    --------
    >>> from memokit.records import Assessment, Point
    >>> spoken("thanks|Noodhulp", Point), spoken("AC1|lid 3", Assessment)
    ('dank, Noodhulp', 'AC1')
    """
    cells = model.cells()
    parts = zip(model.key, key.split("|", len(model.key) - 1), strict=False)
    words = {name: labels(cells[name].choices) if cells[name].choices else {} for name in model.key}
    return ", ".join(words[name].get(part, part) for name, part in parts if name != "judge")


def read_records(sheet: Sheet, model: type[Record], names: Names | None = None) -> Reading:
    """Turn rows into records; a row with an error is kept out and reported, with all its errors.

    Parameters
    ----------
    names
        The head of each field that the table has; those of the files, if not given.
    """
    names = names or heads(model)
    problems = [*sheet.problems, *_columns(sheet, model, names)]
    if any(problem.code == "missing-column" for problem in problems):
        return Reading((), tuple(problems))
    shifted = {problem.row for problem in sheet.problems if problem.severity == "error"}
    first: dict[str, int] = {}
    records, kept_out = [], []
    for number, row in sheet.rows:
        record, wrong = _record(sheet, number, row, model, names)
        problems += wrong
        if record is None or number in shifted:
            kept_out.append(key_of(row, model, names))
        elif record.id in first:
            found, detail = spoken(record.id, model), {"first": first[record.id]}
            place = (number, names[model.key[0]])
            problems.append(sheet.problem("duplicate-key", *place, found=found, detail=detail))
        else:
            first[record.id] = number
            records.append((number, record))
    return Reading(tuple(records), tuple(problems), tuple(kept_out))


def _columns(sheet: Sheet, model: type[Record], names: Names) -> list[Problem]:
    """Name a required column that is missing, and a strange one that looks like a missing one."""
    missing = {name: head for name, head in names.items() if head not in sheet.heads}
    if not sheet.heads or not missing:
        return []
    problems = [
        sheet.problem("missing-column", found=head) for name, head in missing.items()
        if model.model_fields[name].is_required()
    ]
    strange = [head for head in sheet.heads if head not in names.values()]
    return problems + [
        sheet.problem("unknown-column", head=head, severity="warning", found=head, choices=near)
        for head in strange if (near := nearest(head, [*missing.values()]))
    ]


def _record(
    sheet: Sheet, number: int, row: Mapping[str, str], model: type[Record], names: Names
) -> tuple[Record | None, list[Problem]]:
    """Read one row; a field left empty has its default."""
    values: dict[str, Any] = {}
    problems = []
    cells = model.cells()
    for name, head in names.items():
        text = row.get(head, "")
        stored: Stored = sheet.stored.get((number, head), "")
        try:
            value = parse_cell(text, cells[name], stored)
        except MemokitError as error:
            problems += [sheet.placed(problem, number, head) for problem in error.problems]
            continue
        if value not in ("", None, ()):
            values[name] = value
        elif model.model_fields[name].is_required():
            problems.append(sheet.problem("required-empty", number, head, found=head))
        if cells[name].kind == "code" and stored == "number":
            problems.append(sheet.problem("excel-number", number, head, severity="warning", found=text))
    if any(problem.severity == "error" for problem in problems):
        return None, problems
    return model(**values), problems
