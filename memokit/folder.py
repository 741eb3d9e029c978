"""The dossier as it stands on disk: one folder, read whole, with everything that is wrong in it.

Nothing is written here. Changes that are only in the journal yet (a table was locked) are merged in memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Generic, TypeVar, cast

from memokit import records as kinds
from memokit.fields import Record
from memokit.journal import Journal, read_journal
from memokit.merging import mend, merge
from memokit.problems import MemokitError, Problem
from memokit.records import PRIVATE_TABLES, SCHEMA_VERSION, TABLES, Settings, model_of
from memokit.resources import checksum
from memokit.rows import Reading, file_of, heads, id_of, read_records, to_row
from memokit.settings import read_settings, settings_bytes, settings_sheet
from memokit.tables import Sheet, csv_bytes, read_rows
from memokit.terms import Term

HISTORY = "geschiedenis"
# For the council's own work only: what it struck, and the names of files that it received.
INNER = frozenset({("plan", "struck"), ("sources", "file")})
UNUSABLE = frozenset({"no-header", "missing-column"})
R = TypeVar("R", bound=Record)


class _Table(Generic[R]):
    """The records of one kind, as an attribute of a dossier."""

    def __init__(self, model: type[R]) -> None:
        self.model = model

    def __get__(self, dossier: Dossier, owner: object = None) -> tuple[R, ...]:
        return cast("tuple[R, ...]", dossier.records.get(self.model.table, ()))


@dataclass(frozen=True)
class Dossier:
    """A council's dossier, as read. It never changes: saving returns a new one.

    `plan`, `assessments` … are its records, one attribute for each kind in `records`.

    Parameters
    ----------
    records
        The usable records by table; rows with an error are left out and stand in `problems`. A table that
        cannot be read at all has no key here.
    row_numbers
        Where a record stands: (table, id) → row of its file. Not there while it is only in the journal.
    kept_out
        The rows with an error, by (table, id): they are there, but cannot be used.
    """

    folder: Path
    settings: Settings
    records: Mapping[str, tuple[Record, ...]] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    row_numbers: Mapping[tuple[str, str], int] = field(default_factory=dict)
    kept_out: frozenset[tuple[str, str]] = frozenset()

    plan = _Table(kinds.PlanItem)
    assessments = _Table(kinds.Assessment)
    answers = _Table(kinds.Answer)
    plan_lines = _Table(kinds.PlanLine)
    rungs = _Table(kinds.Rung)
    amounts = _Table(kinds.Amount)
    points = _Table(kinds.Point)
    sources = _Table(kinds.Source)
    context = _Table(kinds.ContextEvent)
    advices = _Table(kinds.Advice)
    figures = _Table(kinds.Figure)
    targets = _Table(kinds.Target)
    own_indicators = _Table(kinds.OwnIndicator)
    replies = _Table(kinds.Reply)

    def table(self, name: str) -> tuple[Record, ...]:
        """Return the records of one table; an unknown name is a KeyError."""
        return self.records.get(model_of(name).table, ())

    def everything(self) -> tuple[Record, ...]:
        """Return the settings and every record, in the order of the tables."""
        return (self.settings, *(record for model in TABLES for record in self.records.get(model.table, ())))

    @cached_property
    def by_key(self) -> Mapping[tuple[str, str], Record]:
        """Every record by its table and id; the settings are ("settings", "settings")."""
        return {(record.table, id_of(record)): record for record in self.everything()}

    def source(self, id_: str) -> kinds.Source | None:
        """Return a source by its id, or None when the list does not have it."""
        return cast("kinds.Source | None", self.by_key.get(("sources", id_)))

    @property
    def read_only(self) -> bool:
        """Whether it was made by a newer memokit."""
        return self.settings.schema_version > SCHEMA_VERSION

    @property
    def term(self) -> Term:
        """The term that the settings name."""
        return Term(self.settings.election, self.settings.baseline, self.settings.until)

    def row_of(self, record: Record) -> int | None:
        """Return the row of its file on which a record stands."""
        return self.row_numbers.get((record.table, record.id))

    def public(self) -> dict[str, bytes]:
        """Return each file as it may leave the dossier: what an evaluation reads, and nothing of persons."""
        own = heads(Settings)["template"]  # only Word's looks: no figure and no sentence comes from it
        row = {head: text for head, text in to_row(self.settings).items() if head != own}
        files = {file_of("settings"): settings_bytes(Sheet("", heads=tuple(row), rows=((0, row),)))}
        for model in TABLES:
            if model.table not in PRIVATE_TABLES:
                kept = [name for name, cell in model.cells().items() if not cell.private]
                columns = [heads(model)[name] for name in kept if (model.table, name) not in INNER]
                rows = [{h: r[h] for h in columns} for r in map(to_row, self.table(model.table))]
                files[file_of(model.table)] = csv_bytes(columns, rows)
        return files

    def inputs(self) -> dict[str, str]:
        """Return the checksum of each file that an evaluation reads, of what may leave the dossier."""
        return {name: sha256(data).hexdigest() for name, data in sorted(self.public().items())}


def journal_path(folder: Path) -> Path:
    """Return where the journal of a dossier is."""
    return folder / HISTORY / "journaal.jsonl"


def lock_path(folder: Path) -> Path:
    """Return where a window says that it has a dossier open: for `journal.claim` and `release`."""
    return folder / HISTORY / "slot.json"


def read_folder(folder: Path) -> Dossier:
    """Read a dossier with all problems of all its files at once.

    Raises
    ------
    MemokitError
        Nothing can be used: no `dossier.yml`, or one that cannot be read.
    """
    journal = read_journal(journal_path(folder))
    settings, problems = read_settings(read_table(folder, Settings, journal))
    problems += [*journal.problems, *_copies(folder)]
    found: dict[str, Reading] = {}
    for model in TABLES:
        try:
            reading = read_records(read_table(folder, model, journal), model)
        except MemokitError as error:
            problems += error.problems
            continue
        problems += reading.problems
        if UNUSABLE.isdisjoint(problem.code for problem in reading.problems):
            found[model.table] = reading
    records = {table: tuple(record for _, record in reading.records) for table, reading in found.items()}
    rows = {(t, record.id): n for t, reading in found.items() for n, record in reading.records if n}
    kept_out = frozenset((table, id_) for table, reading in found.items() for id_ in reading.kept_out)
    return Dossier(folder, settings, records, tuple(problems), rows, kept_out)


def read_table(folder: Path, model: type[Record], journal: Journal) -> Sheet:
    """Return one table as it stands on disk, codes that Excel changed mended, pending changes merged in."""
    path = folder / file_of(model.table)
    here = stamp(path)
    if model is Settings:
        sheet = settings_sheet(folder)
    else:
        names = tuple(heads(model).values())
        sheet = read_rows(path, names) if here else Sheet(path.name, heads=names)
        mark = journal.mark(model.table, here)
        if mark and here not in ("", mark.sha256):
            sheet = mend(sheet, model, mark.keys or ())
    return merge(sheet, model, journal.pending(model.table, here))


def stamp(path: Path) -> str:
    """Return what tells whether a table is still as it was: its checksum; empty when it is not there."""
    try:
        return checksum(path)
    except FileNotFoundError:
        return ""
    except OSError:
        return "unreadable"


def _copies(folder: Path) -> Iterator[Problem]:
    """Name the copies that a cloud folder made of a table or the journal: they are not read, nor removed."""
    models: tuple[type[Record], ...] = (Settings, *TABLES)
    tables = [folder / file_of(model.table) for model in models]
    for path in (*tables, journal_path(folder)):
        for copy in sorted(path.parent.glob(f"{path.stem}[!0-9A-Za-z]*{path.suffix}")):
            yield Problem("conflict-copy", "note", file=copy.name, expected=path.name)
