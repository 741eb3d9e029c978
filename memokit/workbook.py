"""The werkboek: one Excel file made from the dossier, filled in by people, and read back.

A hidden sheet holds the state that the werkboek was made from, so that only what somebody changed in Excel is
brought back, also when the dossier moved on in the meantime. Names and private notes are never in it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

from memokit import catalogue, texts
from memokit.cells import labels
from memokit.dossier import apply_changes
from memokit.excel import Book, Page, read_workbook, write_workbook
from memokit.fields import Cell, Record
from memokit.folder import Dossier
from memokit.journal import Change, difference
from memokit.problems import MemokitError, Problem, refuse_errors
from memokit.proposals import Suggestion, proposals
from memokit.records import PRIVATE_TABLES, TABLES, Settings
from memokit.rows import id_of, read_records, to_fields
from memokit.tables import Sheet, read_bytes

BASE_HEADS = ("table", "key", "fields")
PUBLIC = tuple(model for model in TABLES if model.table not in PRIVATE_TABLES)
MODELS: tuple[type[Record], ...] = (*PUBLIC, Settings)
Base = Mapping[tuple[str, str], Mapping[str, str]]


def write(dossier: Dossier, path: Path | str) -> None:
    """Write the werkboek of a dossier: what the two-hour dossier needs first, everything text."""
    short = {model: any(cell.short for cell in model.cells().values()) for model in PUBLIC}
    pages = [
        _instructions(dossier),
        *(_page(dossier, model) for model in PUBLIC if short[model]),
        _settings_page(dossier.settings),
        *(_page(dossier, model) for model in PUBLIC if not short[model]),
        _base_page(dossier),
    ]
    write_workbook(path, pages, _word("lists"))


def read(path: Path | str, dossier: Dossier) -> tuple[tuple[Record, ...], tuple[Problem, ...]]:
    """Return the records that a werkboek holds, and what is wrong in it, with sheet, row and column letter.

    Private fields come from the dossier, for the werkboek does not have them.

    Raises
    ------
    MemokitError
        It is no werkboek, or the one of another municipality.
    """
    return _read(_sheets(Path(path)), Path(path).name, dossier)


def apply(dossier: Dossier, path: Path | str) -> Dossier:
    """Bring what was changed in a werkboek into the dossier, as one entry that `undo` takes back.

    Raises
    ------
    MemokitError
        Something in the werkboek cannot be used: then nothing is changed.
    """
    changes, problems = changes_in(dossier, path)
    digest = hashlib.sha256(read_bytes(Path(path))).hexdigest()[:12]
    done = apply_changes(dossier, changes, _word("journal"), f"workbook-{digest}")
    return replace(done, problems=tuple(dict.fromkeys([*done.problems, *problems])))


def changes_in(dossier: Dossier, path: Path | str) -> tuple[list[Change], tuple[Problem, ...]]:
    """Return what was changed in a werkboek, and what to say about it. Nothing is written.

    Raises
    ------
    MemokitError
        Something in the werkboek cannot be used.
    """
    sheets = _sheets(Path(path))
    records, problems = _read(sheets, Path(path).name, dossier)
    refuse_errors(problems)
    return _changes(records, sheets, dossier), problems


def recognises(path: Path | str) -> bool:
    """Tell whether a file is a werkboek that memokit made."""
    try:
        return _word("base") in Book(path).sheets
    except MemokitError:
        return False


def lists_name() -> str:
    """Return the name of the hidden sheet with the drop-down lists."""
    return _word("lists")


def _word(key: str) -> str:
    return str(texts.lookup(f"workbook.{key}", "nl"))


def _title(table: str) -> str:
    return str(texts.lookup(f"records.tables.{table}.title", "nl"))


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
    beside = _word("proposal" if model.table == "plan" else "question")
    if known:
        titles.insert(1, beside)
    rows = []
    for record in dossier.table(model.table):
        row = {columns[name]: text for name, text in _public(record).items()}
        rows.append({**row, beside: known.get(getattr(record, model.key[0]), "")})
    sets = {title: cells[name].choices for name, title in columns.items() if cells[name].choices}
    choices = {title: tuple(labels(name).values()) for title, name in sets.items()}
    help_ = {title: _help(model, name, cells[name]) for name, title in columns.items()}
    return Page(_title(model.table), tuple(titles), rows, choices, help_)


def _questions(dossier: Dossier, model: type[Record]) -> dict[str, str]:
    """Return what is read beside a code: the question, the line, the title of the action, a proposal."""
    return {
        "answers": {row.id: row.question for row in catalogue.criteria()},
        "plan_check": {row["key"]: row["question"] for row in catalogue.plan_check()},
        "agenda": {row["key"]: row["question"] for row in catalogue.ladder()},
        "assessments": {item.code: item.title for item in dossier.plan},
        "plan": {each.item.code: _proposal(each) for each in proposals(dossier.plan)},
    }.get(model.table, {})


def _proposal(found: Suggestion) -> str:
    with texts.speaking("nl"):
        return texts.plain(texts.say("workbook.proposed", found=found))


def _settings_page(settings: Settings) -> Page:
    """The settings stand below each other: one line for each."""
    heads = (_word("setting"), _word("value"), _word("help"))
    fields, cells = to_fields(settings), Settings.cells()
    lines = [(t, fields[name], _help(Settings, name, cells[name])) for name, t in _columns(Settings).items()]
    return Page(_title("settings"), heads, [dict(zip(heads, line, strict=True)) for line in lines])


def _base_page(dossier: Dossier) -> Page:
    lines = [(*key, json.dumps(fields, ensure_ascii=False)) for key, fields in _state(dossier).items()]
    rows = [dict(zip(BASE_HEADS, line, strict=True)) for line in lines]
    return Page(_word("base"), BASE_HEADS, rows, hidden=True)


def _state(dossier: Dossier) -> Base:
    """Return the public fields of every record as text."""
    return {key: _public(r) for key, r in dossier.by_key.items() if key[0] not in PRIVATE_TABLES}


def _public(record: Record) -> dict[str, str]:
    return {name: text for name, text in to_fields(record).items() if name in _columns(type(record))}


def _sheets(path: Path) -> dict[str, Sheet]:
    """Return the sheets of a werkboek by table, and the hidden one as `base`."""
    titles = {**{model.table: _title(model.table) for model in MODELS}, "base": _word("base")}
    expected = {titles[model.table]: tuple(_columns(model).values()) for model in PUBLIC}
    expected |= {titles["settings"]: (_word("setting"), _word("value")), titles["base"]: BASE_HEADS}
    found = read_workbook(path, expected)
    if not any(titles[model.table] in found for model in PUBLIC):
        raise MemokitError(Problem("workbook-not-ours", file=path.name))
    return {table: found[title] for table, title in titles.items() if title in found}


def _read(
    sheets: Mapping[str, Sheet], file: str, dossier: Dossier
) -> tuple[tuple[Record, ...], tuple[Problem, ...]]:
    missing = [_title(model.table) for model in MODELS if model.table not in sheets]
    problems = [
        Problem("workbook-sheet-missing", "warning", file=file, sheet=title, found=title) for title in missing
    ]
    records: list[Record] = []
    for model in [model for model in MODELS if model.table in sheets]:
        sheet = sheets[model.table]
        sheet = _one_row(sheet, dossier.settings) if model is Settings else sheet
        reading = read_records(sheet, model, _columns(model))
        records += [_with_private(record, dossier) for _, record in reading.records]
        problems += reading.problems
    ours = dossier.settings.municipality
    other = next((record.municipality for record in records if isinstance(record, Settings)), ours)
    if other != ours:
        raise MemokitError(Problem("workbook-other", file=file, found=other, expected=ours))
    return tuple(records), tuple(problems)


def _one_row(sheet: Sheet, settings: Settings) -> Sheet:
    """Return the settings, which stand below each other, as a row; what is not there stays as it is."""
    setting, value = _word("setting"), _word("value")
    titles, fields = _columns(Settings), to_fields(settings)
    lines = {row[setting]: (n, row) for n, row in sheet.rows if row.get(setting) in titles.values()}
    row = {title: fields[name] for name, title in titles.items()}
    row |= {title: line.get(value, "") for title, (_, line) in lines.items()}
    return replace(
        sheet, heads=tuple(row), rows=((0, row),),
        letters={title: f"B{n}" for title, (n, _) in lines.items()},
        stored={(0, title): sheet.stored.get((n, value), "") for title, (n, _) in lines.items()},
    )


def _with_private(record: Record, dossier: Dossier) -> Record:
    hidden = [name for name, cell in record.cells().items() if cell.private]
    old = dossier.by_key.get((record.table, record.id))
    return record.model_copy(update={name: getattr(old, name) for name in hidden}) if old else record


def _base(sheets: Mapping[str, Sheet]) -> Base | None:
    """Return the state that the werkboek was made from."""
    try:
        rows = [row for _, row in sheets["base"].rows]
        return {(row["table"], row["key"]): dict(json.loads(row["fields"])) for row in rows}
    except (KeyError, ValueError, TypeError):
        return None


def _changes(records: tuple[Record, ...], sheets: Mapping[str, Sheet], dossier: Dossier) -> list[Change]:
    """Return what somebody changed; without the state of the werkboek, against now and nothing removed."""
    made_from = _base(sheets)
    base = _state(dossier) if made_from is None else made_from
    now = {(record.table, id_of(record)): _public(record) for record in records}
    changes = [difference(*key, base.get(key), after) for key, after in now.items()]
    for key in made_from or ():
        if key not in now and key[0] in sheets and key[0] != "settings":
            # Whole, private fields too, so that undoing brings everything back.
            whole = to_fields(dossier.by_key[key]) if key in dossier.by_key else {}
            changes.append(Change(*key, {**whole, **base[key]}, None))
    return [change for change in changes if change is not None]
