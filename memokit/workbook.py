"""The werkboek: one Excel file made from the dossier, filled in by people, and read back.

A hidden sheet holds the state that the werkboek was made from, so that only what somebody changed in Excel is
brought back, also when the dossier moved on in the meantime. Names and private notes are never in it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

from memokit import catalogue, texts
from memokit.cells import labels
from memokit.dossier import apply_changes
from memokit.fields import Cell, Record
from memokit.folder import Dossier
from memokit.journal import Change, difference
from memokit.problems import MemokitError, Problem, refuse_errors
from memokit.records import PRIVATE_TABLES, TABLES, Settings
from memokit.rows import heads, read_records, to_fields, to_row
from memokit.tables import Page, Sheet, read_bytes, read_workbook, write_workbook

BASE_HEADS = ("table", "key", "fields")
Base = Mapping[tuple[str, str], Mapping[str, str]]


def write(dossier: Dossier, path: Path | str) -> None:
    """Write the werkboek of a dossier: what the two-hour dossier needs first, everything text."""
    models = sorted(_models(), key=lambda model: not _short(model))
    pages = [
        _instructions(dossier),
        *(_page(dossier, model) for model in models if _short(model)),
        _settings_page(dossier.settings),
        *(_page(dossier, model) for model in models if not _short(model)),
        _base_page(dossier),
    ]
    write_workbook(path, pages, _word("lists"))


def read(path: Path | str, dossier: Dossier) -> tuple[tuple[Record, ...], tuple[Problem, ...]]:
    """Return the records that a werkboek holds, and what is wrong in it, with sheet, row and column letter.

    Private fields come from the dossier, for the werkboek does not have them.
    """
    records, problems, _ = _read(Path(path), dossier)
    return records, problems


def apply(dossier: Dossier, path: Path | str) -> Dossier:
    """Bring what was changed in a werkboek into the dossier, as one entry that `undo` takes back.

    Raises
    ------
    MemokitError
        Something in the werkboek cannot be used: then nothing is changed.
    """
    records, problems, sheets = _read(Path(path), dossier)
    refuse_errors(problems)
    changes = list(_changes(records, _base(sheets, dossier), set(sheets), dossier))
    digest = hashlib.sha256(read_bytes(Path(path))).hexdigest()[:12]
    done = apply_changes(dossier, changes, _word("journal"), f"workbook-{digest}")
    return replace(done, problems=tuple(dict.fromkeys([*done.problems, *problems])))


def _models() -> list[type[Record]]:
    return [model for model in TABLES if model.table not in PRIVATE_TABLES]


def _word(key: str) -> str:
    return str(texts.lookup(f"workbook.{key}", "nl"))


def _title(table: str) -> str:
    return str(texts.lookup(f"records.tables.{table}.title", "nl"))


def _short(model: type[Record]) -> bool:
    return any(cell.short for cell in model.cells().values())


@cache
def _columns(model: type[Record]) -> dict[str, str]:
    """Return title by field, in the order of the werkboek: the short form first, nothing private."""
    cells = model.cells()
    names = [name for name in cells if not cells[name].private]
    names.sort(key=lambda name: (name not in model.key, not cells[name].short))
    return {name: str(texts.lookup(f"records.fields.{model.table}.{name}.title", "nl")) for name in names}


def _help(model: type[Record], name: str, cell: Cell) -> str:
    parts = [str(texts.lookup(f"records.fields.{model.table}.{name}.help", "nl"))]
    if cell.kind in ("codes", "sdg", "sources"):
        parts.append(_word("list"))
    if cell.choices and model is Settings:
        with texts.speaking("nl"):
            parts.append(texts.say("workbook.choose", choices=list(labels(cell.choices).values())))
    return " ".join(parts)


def _instructions(dossier: Dossier) -> Page:
    first, last = dossier.term.years
    titles = {model.table: _title(model.table) for model in TABLES}
    question, name = _word("question"), dossier.settings.name
    with texts.speaking("nl"):
        lines = texts.say("workbook.lines", name=name, first=first, last=last, question=question, **titles)
    return Page(_word("instructions"), lines=texts.plain(lines).splitlines())


def _page(dossier: Dossier, model: type[Record]) -> Page:
    columns, cells = _columns(model), model.cells()
    known = _questions(dossier, model)
    titles = list(columns.values())
    if known:
        titles.insert(1, _word("question"))
    rows = []
    for record in dossier.table(model.table):
        row = {columns[name]: text for name, text in to_fields(record).items() if name in columns}
        rows.append({**row, _word("question"): known.get(getattr(record, model.key[0]), "")})
    choices = {
        title: tuple(labels(cells[name].choices).values())
        for name, title in columns.items()
        if cells[name].choices
    }
    help_ = {title: _help(model, name, cells[name]) for name, title in columns.items()}
    return Page(_title(model.table), tuple(titles), rows, choices, help_)


def _questions(dossier: Dossier, model: type[Record]) -> dict[str, str]:
    """Return what a code stands for, to read beside it: the question, the line, the title of the action."""
    return {
        "answers": {row.id: row.question for row in catalogue.criteria()},
        "plan_check": {row["key"]: row["question"] for row in catalogue.plan_check()},
        "agenda": {row["key"]: row["question"] for row in catalogue.ladder()},
        "assessments": {item.code: item.title for item in dossier.plan},
    }.get(model.table, {})


def _settings_page(settings: Settings) -> Page:
    """The settings stand below each other: one line for each."""
    setting, value, help_ = _word("setting"), _word("value"), _word("help")
    fields = to_fields(settings)
    rows = []
    for name, title in _columns(Settings).items():
        cell = Settings.cells()[name]
        rows.append({setting: title, value: fields[name], help_: _help(Settings, name, cell)})
    return Page(_title("settings"), (setting, value, help_), rows)


def _base_page(dossier: Dossier) -> Page:
    rows = [
        {"table": table, "key": key, "fields": json.dumps(fields, ensure_ascii=False)}
        for (table, key), fields in _state(dossier).items()
    ]
    return Page(_word("base"), BASE_HEADS, rows, hidden=True)


def _state(dossier: Dossier) -> Base:
    """Return the public fields of every record as text."""
    records = [record for model in _models() for record in dossier.table(model.table)]
    state = {(record.table, record.id): _public(record) for record in records}
    return {("settings", "settings"): _public(dossier.settings), **state}


def _public(record: Record) -> dict[str, str]:
    return {name: text for name, text in to_fields(record).items() if name in _columns(type(record))}


def _read(path: Path, dossier: Dossier) -> tuple[tuple[Record, ...], tuple[Problem, ...], dict[str, Sheet]]:
    expected = {_title(model.table): tuple(_columns(model).values()) for model in _models()}
    expected[_title("settings")] = (_word("setting"), _word("value"))
    expected[_word("base")] = BASE_HEADS
    found = read_workbook(path, expected)
    tables = {model.table: found[_title(model.table)] for model in _models() if _title(model.table) in found}
    if not tables:
        raise MemokitError(Problem("workbook-not-ours", file=path.name))
    missing = [name for name in expected if name not in found and name != _word("base")]
    problems = [
        Problem("workbook-sheet-missing", "warning", file=path.name, sheet=name, found=name)
        for name in missing
    ]
    records: list[Record] = []
    for model in _models():
        if model.table in tables:
            reading = read_records(_renamed(tables[model.table], model), model)
            records += [_with_private(record, dossier) for _, record in reading.records]
            problems += reading.problems
    if _title("settings") in found:
        wrong, settings = _read_settings(found[_title("settings")], dossier)
        records, problems = [*records, *settings], [*problems, *wrong]
        tables["settings"] = found[_title("settings")]
    if _word("base") in found:
        tables["base"] = found[_word("base")]
    return tuple(records), tuple(problems), tables


def _renamed(sheet: Sheet, model: type[Record]) -> Sheet:
    """Return a sheet with the heads of the files instead of the titles."""
    names = heads(model)
    of = {title: names[name] for name, title in _columns(model).items()}
    return replace(
        sheet,
        heads=tuple(of.get(head, head) for head in sheet.heads),
        rows=tuple((n, {of.get(head, head): text for head, text in row.items()}) for n, row in sheet.rows),
        letters={of.get(head, head): mark for head, mark in sheet.letters.items()},
        stored={(n, of.get(head, head)): kind for (n, head), kind in sheet.stored.items()},
    )


def _with_private(record: Record, dossier: Dossier) -> Record:
    hidden = [name for name, cell in record.cells().items() if cell.private]
    old = next((o for o in dossier.table(record.table) if o.id == record.id), None) if hidden else None
    return record.model_copy(update={name: getattr(old, name) for name in hidden}) if old else record


def _read_settings(sheet: Sheet, dossier: Dossier) -> tuple[list[Problem], list[Record]]:
    """Read the settings from below each other; what is not in the sheet stays as it is."""
    names = {title: heads(Settings)[name] for name, title in _columns(Settings).items()}
    lines = [
        (n, names[row.get(_word("setting"), "")], row)
        for n, row in sheet.rows
        if row.get(_word("setting")) in names
    ]
    row = to_row(dossier.settings) | {head: line.get(_word("value"), "") for _, head, line in lines}
    one = replace(
        sheet,
        heads=tuple(row),
        rows=((0, row),),
        letters={head: f"B{n}" for n, head, _ in lines},
        stored={
            (0, head): sheet.stored[n, _word("value")]
            for n, head, _ in lines
            if (n, _word("value")) in sheet.stored
        },
    )
    reading = read_records(one, Settings)
    for _, record in reading.records:
        code = getattr(record, "municipality", "")
        if code != dossier.settings.municipality:
            ours = dossier.settings.municipality
            return [Problem("workbook-other", file=sheet.file, found=code, expected=ours)], []
    return list(reading.problems), [record for _, record in reading.records]


def _base(sheets: Mapping[str, Sheet], dossier: Dossier) -> Base:
    """Return the state that the werkboek was made from; without it, the state of now and nothing removed."""
    try:
        rows = [row for _, row in sheets["base"].rows]
        return {(row["table"], row["key"]): dict(json.loads(row["fields"])) for row in rows}
    except (KeyError, ValueError, TypeError):
        return _state(dossier)


def _changes(records: tuple[Record, ...], base: Base, sheets: set[str], dossier: Dossier) -> Iterator[Change]:
    whole = {(table, r.id): to_fields(r) for table, rows in dossier.records.items() for r in rows}
    now = {(r.table, "settings" if isinstance(r, Settings) else r.id): _public(r) for r in records}
    for (table, key), after in now.items():
        if change := difference(table, key, base.get((table, key)), after):
            yield change
    for (table, key), before in base.items():
        if (table, key) not in now and table in sheets and table != "settings" and "base" in sheets:
            # Whole, private fields too, so that undoing brings everything back.
            yield Change(table, key, {**whole.get((table, key), {}), **before}, None)
