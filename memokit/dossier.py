"""The council's dossier: open, new, check, and save so that nothing is ever lost.

Saving is two steps: the change becomes a line in the journal, and then its table is rewritten whole. When the
table is open in Excel the line is enough; the table follows at the next opening.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import unicodedata
import uuid
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from memokit.cells import format_cell, parse_cell
from memokit.checks import check_dossier
from memokit.fields import Record
from memokit.folder import Dossier as Dossier
from memokit.folder import journal_path, read_folder, read_table, stamp
from memokit.journal import Change, Entry, Journal, Mark, append, difference, net, read_journal
from memokit.problems import MemokitError, Problem, refuse_errors
from memokit.records import SCHEMA_VERSION, TABLES, Answer, PlanLine, Rung, Settings
from memokit.rows import file_of, heads, id_of, key_of, to_fields, to_row
from memokit.settings import read_settings, settings_bytes, settings_sheet, version_of
from memokit.tables import Sheet, csv_bytes, replace_file, write_problem
from memokit.terms import Term

MODELS: tuple[type[Record], ...] = (Settings, *TABLES)
TRIES = 3
FOLDERS = ("bronnen", "inbox", "geschiedenis")
# From a version of the dossier to the next: each step changes a copy of the folder.
UPGRADES: dict[int, Callable[[Path], None]] = {}


def open_dossier(folder: Path | str) -> Dossier:
    """Open a dossier, its tables brought up to date from the journal; an older one is upgraded on a copy.

    Raises
    ------
    MemokitError
        Nothing can be used. What can be used with a remark stands in `.problems`.
    """
    folder = Path(folder)
    try:
        return _fresh(_upgraded(folder))
    except OSError:
        raise MemokitError(Problem("cannot-read", file=folder.name)) from None


def check(x: object) -> list[Problem]:
    """Return everything that is wrong with a dossier, or with one of its files. Never raises, never writes.

    Examples
    --------
    >>> [problem.code for problem in check("nergens")]
    ['not-a-dossier']
    """
    try:
        if isinstance(x, Dossier):
            return [*x.problems, *check_dossier(x)]
        path = Path(x)  # type: ignore[arg-type]
        if path.is_dir():
            return check(read_folder(path))
        if path.is_file() and (path.parent / "dossier.yml").is_file():
            return [problem for problem in check(path.parent) if problem.file == path.name]
    except MemokitError as error:
        return list(error.problems)
    except OSError:
        return [Problem("cannot-read", file=path.name)]
    except (TypeError, ValueError):
        pass
    return [Problem("not-a-dossier", found=str(x)[:200])]


def new(name: str, folder: Path | str | None = None, term: Term | int | None = None) -> Dossier:
    """Make `dossier-<name>-<election year>` in a folder, filled with what is known. Never overwrites.

    Parameters
    ----------
    name
        A municipality by name or NIS code, as it was during the term.
    folder
        The folder in which the dossier comes; here, if not given.
    """
    from memokit.territory import place

    term = term if isinstance(term, Term) else Term(term or 2024)
    found = place(name, term)
    target = Path(folder or ".") / f"dossier-{slug(found.name)}-{term.election}"
    if target.exists():
        raise MemokitError(Problem("folder-exists", found=target.name))
    usual = Term(term.election)
    settings = Settings(
        municipality=found.code, name=found.name, election=term.election,
        baseline=term.start if term.start != usual.start else None,
        until=term.end if term.end != usual.end else None,
    )
    half = target.with_name(f".{target.name}.{new_id()}")
    try:
        _make(half, settings)
        half.rename(target)
    except OSError as error:
        raise MemokitError(write_problem(error, target)) from None
    finally:
        shutil.rmtree(half, ignore_errors=True)
    return read_folder(target)


def put(dossier: Dossier, *records: Record, label: str = "") -> Dossier:
    """Add records, or replace those with the same key; `Settings` too. One entry in the journal."""
    return change(dossier, put=records, label=label)


def remove(dossier: Dossier, table: str, *ids: str, label: str = "") -> Dossier:
    """Take records out of a table by their id."""
    return change(dossier, remove=[(table, id_) for id_ in ids], label=label)


def change(
    dossier: Dossier, put: Iterable[Record] = (), remove: Iterable[tuple[str, str]] = (),
    label: str = "", entry_id: str = "",
) -> Dossier:
    """Save several changes as one entry, to be undone as one.

    Parameters
    ----------
    entry_id
        The id of the entry; done before with this id and not undone since, nothing happens.

    Raises
    ------
    MemokitError
        `read-only`, a value that no file can hold, or the journal cannot be written: then nothing is saved.
    """
    return apply_changes(dossier, changes_of(dossier, put, remove), label, entry_id)


def apply_changes(
    dossier: Dossier, changes: Sequence[Change], label: str = "", entry_id: str = "", joins: str = ""
) -> Dossier:
    """Save changes that were made elsewhere (a werkboek, an import), merged with what is there now.

    Parameters
    ----------
    joins
        The id of the entry that these changes go on with: they are undone together.
    """
    if entry_id and read_journal(journal_path(dossier.folder)).find(entry_id):
        return _fresh(dossier.folder)
    entry = Entry(entry_id or new_id(), tuple(changes), label, joins=joins)
    return _save(dossier, entry) if changes else dossier


def changes_of(
    dossier: Dossier, put: Iterable[Record] = (), remove: Iterable[tuple[str, str]] = ()
) -> list[Change]:
    """Return what saving would change, field by field: the preview of an import."""
    known = dossier.by_key
    changes = []
    for record in put:
        key = (record.table, id_of(record))
        before = to_fields(known[key]) if key in known else None
        changes.append(difference(*key, before, _checked(record)))
    gone = [key for key in remove if key in known and key[0] != "settings"]
    changes += [Change(*key, to_fields(known[key]), None) for key in gone]
    return [each for each in changes if each is not None]


def with_records(
    dossier: Dossier, put: Iterable[Record] = (), remove: Iterable[tuple[str, str]] = ()
) -> Dossier:
    """Return the dossier as it would be with records put in and others taken out. Nothing is saved."""
    tables = {table: {record.id: record for record in kept} for table, kept in dossier.records.items()}
    settings = dossier.settings
    for record in put:
        if isinstance(record, Settings):
            settings = record
        else:
            tables.setdefault(record.table, {})[record.id] = record
    for table, id_ in remove:
        tables.get(table, {}).pop(id_, None)
    records = {table: tuple(kept.values()) for table, kept in tables.items()}
    return replace(dossier, settings=settings, records=records)


def undo(dossier: Dossier, entry_id: str = "", keep: Collection[tuple[str, str]] = ()) -> Dossier:
    """Take back the last entry, or the one with this id. What was changed since stays, and is listed.

    Parameters
    ----------
    keep
        Records, by table and id, of which the change stays.
    """
    return _take_back(dossier, read_journal(journal_path(dossier.folder)).find(entry_id), keep)


def redo(dossier: Dossier) -> Dossier:
    """Do again what was last taken back, as long as nothing else was changed since."""
    entry = read_journal(journal_path(dossier.folder)).undoing()
    for change in entry.changes if entry else ():
        file = (change.before or {}).get("file", "") if change.table == "sources" else ""
        if file and not (dossier.folder / file).is_file():
            raise MemokitError(Problem("redo-file-gone", found=file))
    return _take_back(dossier, entry)


def _take_back(dossier: Dossier, entry: Entry | None, keep: Collection[tuple[str, str]] = ()) -> Dossier:
    if entry is None:
        raise MemokitError(Problem("nothing-to-undo"))
    changes = [change for place, change in net(entry.changes).items() if place not in keep]
    back = tuple(change.inverted() for change in changes if change.before != change.after)
    return _save(dossier, Entry(new_id(), back, entry.label, undoes=entry.id))


def slug(name: str) -> str:
    """Return a name fit for a folder.

    Examples
    --------
    >>> slug("Sint-Genesius-Rode"), slug("Liedekerke 's")
    ('sint-genesius-rode', 'liedekerke-s')
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def new_id() -> str:
    """Return an id that no other entry, window or temporary file has."""
    return uuid.uuid4().hex[:12]


def _checked(record: Record) -> dict[str, str]:
    """Return a record as text, refused when its file could not give it back."""
    cells = record.cells()
    fields = to_fields(record).items()
    return {name: format_cell(parse_cell(text, cells[name]), cells[name]) for name, text in fields}


def _save(dossier: Dossier, entry: Entry) -> Dossier:
    if dossier.read_only:
        raise MemokitError(Problem("read-only"))
    if not (dossier.folder / file_of("settings")).is_file():
        # Moved, renamed, or on a drive that is not there now: a new journal here would be a half dossier.
        raise MemokitError(Problem("dossier-gone", found=str(dossier.folder)))
    append(journal_path(dossier.folder), entry)
    return _fresh(dossier.folder)


def _upgraded(folder: Path) -> Path:
    """Return the folder, or beside it a copy in the version of this memokit."""
    version = version_of(settings_sheet(folder))
    if version not in UPGRADES:
        return folder
    copy = folder.with_name(f"{folder.name}-v{SCHEMA_VERSION}")
    if not copy.exists():
        half = copy.with_name(f".{copy.name}.{new_id()}")
        shutil.copytree(folder, half)
        for step in range(version, SCHEMA_VERSION):
            UPGRADES[step](half)
        half.rename(copy)
    return copy


def _fresh(folder: Path) -> Dossier:
    """Read a dossier after bringing its tables up to date; what could not be written is a warning."""
    journal = read_journal(journal_path(folder))
    settings, _ = read_settings(read_table(folder, Settings, journal))
    problems: list[Problem] = []
    for model in MODELS if settings.schema_version <= SCHEMA_VERSION else ():
        if journal.pending(model.table, stamp(folder / file_of(model.table))):
            problems += _bring_up_to_date(folder, model, journal)
    dossier = read_folder(folder)
    return replace(dossier, problems=tuple(dict.fromkeys([*dossier.problems, *problems])))


def _bring_up_to_date(folder: Path, model: type[Record], journal: Journal) -> Sequence[Problem]:
    path = folder / file_of(model.table)
    for _ in range(TRIES):
        before = stamp(path)
        try:
            sheet = read_table(folder, model, journal)
            # Columns or cells that do not fit their heads would be lost on writing.
            refuse_errors(sheet.problems)
        except MemokitError as error:
            return [*error.problems, Problem("table-unreadable", "warning", file=path.name)]
        if stamp(path) == before:  # else somebody saved it a moment ago: merged again
            break
    try:
        _write(folder, model, sheet, journal)
    except MemokitError as error:
        return [*sheet.problems, *(replace(problem, severity="warning") for problem in error.problems)]
    # Only what the merge itself says: the rest is found again when the new table is read.
    return [p for p in sheet.problems if p.code.startswith("clash") or p.code == "excel-mended"]


def _write(folder: Path, model: type[Record], sheet: Sheet, journal: Journal) -> None:
    """Write a table whole; the journal marks before and after that it holds every entry that was read."""
    rows = [row for _, row in sheet.rows]
    data = settings_bytes(sheet) if model is Settings else csv_bytes(sheet.heads, rows)
    keys, digest = tuple(key_of(row, model) for row in rows), hashlib.sha256(data).hexdigest()
    last = journal.marks.get(model.table, ())
    known = None if last and last[-1].keys == keys else keys
    append(journal_path(folder), Mark(model.table, digest, known, journal.size, planned=True))
    replace_file(folder / file_of(model.table), data)
    append(journal_path(folder), Mark(model.table, digest, None, journal.size))


def _make(folder: Path, settings: Settings) -> None:
    """Make every file of a new dossier, with what every council is asked: questions, plan check, ladder."""
    from memokit import catalogue

    folder.mkdir(parents=True)
    for name in FOLDERS:
        (folder / name).mkdir()
    records = [
        settings,
        *(Answer(criterion=question.id) for question in catalogue.core()),
        *(PlanLine(line=row["key"]) for row in catalogue.plan_check()),
        *(Rung(rung=row["key"]) for row in catalogue.ladder() if row["question"]),
    ]
    for model in MODELS:
        rows = tuple((0, to_row(record)) for record in records if record.table == model.table)
        _write(folder, model, Sheet("", heads=tuple(heads(model).values()), rows=rows), Journal())
