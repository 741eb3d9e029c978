"""Between the rows of a table and records: which head is which field, and what a person must mend.

Heads and file names stand in `records.yml` of `nl`; they are looked up, never repeated.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from memokit import texts
from memokit.cells import Stored, canonical, format_cell, labels, nearest, parse_cell
from memokit.fields import Record
from memokit.problems import MemokitError, Problem
from memokit.tables import Sheet


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
def heads(model: type[Record]) -> Mapping[str, str]:
    """Return the head in files of each field, in order.

    Examples
    --------
    >>> from memokit.records import Source
    >>> heads(Source)["searched_in"]
    'gezocht_in'
    """
    words = texts.lookup(f"records.fields.{model.table}", "nl")
    return {name: str(words[name]["head"]) for name in model.cells()}


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


def key_of(row: Mapping[str, str], model: type[Record]) -> str:
    """Return the key of a row of text, spelled as memokit does; the settings have one row and need none."""
    if model.table == "settings":
        return "settings"
    names, cells = heads(model), model.cells()
    texts = [row.get(names[name], "") for name in model.key]
    return "|".join(
        _or(canonical(text, cells[name]), text) for name, text in zip(model.key, texts, strict=True)
    )


def _or(text: str | None, other: str) -> str:
    return other if text is None else text


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
    told = [
        labels(cells[n].choices).get(part, part) if cells[n].choices else part
        for n, part in parts
        if n != "judge"
    ]
    return ", ".join(told)


def read_records(sheet: Sheet, model: type[Record]) -> Reading:
    """Turn rows into records; a row with an error is kept out and reported, with all its errors."""
    problems = [*sheet.problems, *_columns(sheet, model)]
    if any(problem.code == "missing-column" for problem in problems):
        return Reading((), tuple(problems))
    shifted = {problem.row for problem in sheet.problems if problem.severity == "error"}
    first: dict[str, int] = {}
    records, kept_out = [], []
    for number, row in sheet.rows:
        record, wrong = _record(sheet, number, row, model)
        problems += wrong
        if record is None or (number and number in shifted):
            kept_out.append(key_of(row, model))
            continue
        if record.id in first:
            twin = sheet.problem(
                "duplicate-key", number, heads(model)[model.key[0]], found=spoken(record.id, model)
            )
            problems.append(replace(twin, detail={"first": first[record.id]}))
            continue
        first[record.id] = number
        records.append((number, record))
    return Reading(tuple(records), tuple(problems), tuple(kept_out))


def _columns(sheet: Sheet, model: type[Record]) -> list[Problem]:
    """Name a required column that is missing, and a strange one that looks like a missing one."""
    known = heads(model)
    if not sheet.heads:
        return []
    missing = [head for head in known.values() if head not in sheet.heads]
    problems = [
        Problem("missing-column", file=sheet.file, sheet=sheet.sheet, found=head)
        for name, head in known.items()
        if head in missing and model.model_fields[name].is_required()
    ]
    for head in sheet.heads:
        if head not in known.values() and (near := nearest(head, missing)):
            problems.append(
                sheet.problem("unknown-column", head=head, severity="warning", found=head, choices=near)
            )
    return problems


def _record(
    sheet: Sheet, number: int, row: Mapping[str, str], model: type[Record]
) -> tuple[Record | None, list[Problem]]:
    """Read one row; a field left empty has its default."""
    values: dict[str, Any] = {}
    problems = []
    names = heads(model)
    for name, cell in model.cells().items():
        head = names[name]
        text = row.get(head, "")
        stored: Stored = sheet.stored.get((number, head), "")
        try:
            value = parse_cell(text, cell, stored)
        except MemokitError as error:
            problems += [_placed(problem, sheet, number, head) for problem in error.problems]
            continue
        if value not in ("", None, ()):
            values[name] = value
        elif model.model_fields[name].is_required():
            problems.append(sheet.problem("required-empty", number, head, found=head))
        if cell.kind == "code" and stored == "number":
            problems.append(sheet.problem("excel-number", number, head, severity="warning", found=text))
    if any(problem.severity == "error" for problem in problems):
        return None, problems
    return model(**values), problems


def _placed(problem: Problem, sheet: Sheet, number: int, head: str) -> Problem:
    column = sheet.letters.get(head, head)
    return replace(problem, file=sheet.file, sheet=sheet.sheet, row=number or None, column=column)
