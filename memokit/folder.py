"""The dossier as it stands on disk: one folder, read whole, with everything that is wrong in it.

Nothing is written here. Changes that are only in the journal yet (a table was locked) are merged in memory.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TypeVar, cast

from memokit.fields import Record
from memokit.journal import Journal, read_journal
from memokit.merging import mend, merge
from memokit.problems import MemokitError, Problem
from memokit.records import (
    PRIVATE_TABLES,
    TABLES,
    Advice,
    Amount,
    Answer,
    Assessment,
    ContextEvent,
    Figure,
    OwnIndicator,
    PlanItem,
    PlanLine,
    Point,
    Reply,
    Rung,
    Settings,
    Source,
    Target,
    model_of,
)  # fmt: skip
from memokit.resources import checksum
from memokit.rows import file_of, heads, read_records
from memokit.settings import read_settings
from memokit.tables import Sheet, read_rows
from memokit.terms import Term

HISTORY, JOURNAL, LOCK = "geschiedenis", "journaal.jsonl", "slot.json"
UNUSABLE = frozenset({"no-header", "missing-column"})
R = TypeVar("R", bound=Record)


@dataclass(frozen=True)
class Dossier:
    """A council's dossier, as read. It never changes: saving returns a new one.

    Parameters
    ----------
    records
        The usable records by table; rows with an error are left out and stand in `problems`. A table that
        cannot be read at all has no key here.
    read_only
        It was made by a newer memokit.
    row_numbers
        Where a record stands: (table, id) → row of its file. Not there while it is only in the journal.
    kept_out
        The rows with an error, by (table, id): they are there, but cannot be used.
    """

    folder: Path
    settings: Settings
    records: Mapping[str, tuple[Record, ...]] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    read_only: bool = False
    row_numbers: Mapping[tuple[str, str], int] = field(default_factory=dict)
    kept_out: frozenset[tuple[str, str]] = frozenset()

    def table(self, name: str) -> tuple[Record, ...]:
        """Return the records of one table; an unknown name is a KeyError."""
        return self.records.get(model_of(name).table, ())

    def _of(self, model: type[R]) -> tuple[R, ...]:
        return cast("tuple[R, ...]", self.table(model.table))

    @property
    def plan(self) -> tuple[PlanItem, ...]:
        """Objectives, action plans and actions."""
        return self._of(PlanItem)

    @property
    def assessments(self) -> tuple[Assessment, ...]:
        """The judgements of actions."""
        return self._of(Assessment)

    @property
    def answers(self) -> tuple[Answer, ...]:
        """The questionnaire."""
        return self._of(Answer)

    @property
    def plan_lines(self) -> tuple[PlanLine, ...]:
        """The six lines about the plan."""
        return self._of(PlanLine)

    @property
    def rungs(self) -> tuple[Rung, ...]:
        """The steps of the SDG ladder."""
        return self._of(Rung)

    @property
    def amounts(self) -> tuple[Amount, ...]:
        """Planned and spent euros."""
        return self._of(Amount)

    @property
    def points(self) -> tuple[Point, ...]:
        """Thanks, work to do, own part."""
        return self._of(Point)

    @property
    def sources(self) -> tuple[Source, ...]:
        """Documents, statements and searches."""
        return self._of(Source)

    @property
    def context(self) -> tuple[ContextEvent, ...]:
        """What changed since the baseline."""
        return self._of(ContextEvent)

    @property
    def advices(self) -> tuple[Advice, ...]:
        """The register of advices."""
        return self._of(Advice)

    @property
    def figures(self) -> tuple[Figure, ...]:
        """Figures that the council looked up."""
        return self._of(Figure)

    @property
    def targets(self) -> tuple[Target, ...]:
        """Targets that the council adopted."""
        return self._of(Target)

    @property
    def own_indicators(self) -> tuple[OwnIndicator, ...]:
        """Indicators that the council added."""
        return self._of(OwnIndicator)

    @property
    def replies(self) -> tuple[Reply, ...]:
        """The reactions of the bestuur."""
        return self._of(Reply)

    @cached_property
    def _by_id(self) -> dict[str, Source]:
        return {source.id_: source for source in self.sources}

    def source(self, id_: str) -> Source | None:
        """Return a source by its id, or None when the list does not have it."""
        return self._by_id.get(id_)

    @property
    def term(self) -> Term:
        """The term that the settings name."""
        return Term(self.settings.election, self.settings.baseline, self.settings.until)

    def row_of(self, record: Record) -> int | None:
        """Return the row of its file on which a record stands."""
        return self.row_numbers.get((record.table, record.id))

    def inputs(self) -> dict[str, str]:
        """Return the checksum of each file that an evaluation reads: no names, no tasks, no history."""
        tables = [file_of(model.table) for model in TABLES if model.table not in PRIVATE_TABLES]
        names = ["dossier.yml", *sorted(tables)]
        return {name: checksum(self.folder / name) for name in names if (self.folder / name).is_file()}


def journal_path(folder: Path) -> Path:
    """Return where the journal of a dossier is."""
    return folder / HISTORY / JOURNAL


def lock_path(folder: Path) -> Path:
    """Return where a window says that it has a dossier open: for `journal.claim` and `release`."""
    return folder / HISTORY / LOCK


def read_folder(folder: Path) -> Dossier:
    """Read a dossier with all problems of all its files at once.

    Raises
    ------
    MemokitError
        Nothing can be used: no `dossier.yml`, or one that cannot be read.
    """
    journal = read_journal(journal_path(folder))
    found = read_settings(folder, journal.pending("settings"))
    problems = [*found.problems, *journal.problems]
    records: dict[str, tuple[Record, ...]] = {}
    row_numbers: dict[tuple[str, str], int] = {}
    kept_out: set[tuple[str, str]] = set()
    for model in TABLES:
        try:
            reading = read_records(read_table(folder, model, journal), model)
        except MemokitError as error:
            problems += error.problems
            continue
        problems += reading.problems
        if any(problem.code in UNUSABLE for problem in reading.problems):
            continue
        records[model.table] = tuple(record for _, record in reading.records)
        row_numbers |= {(model.table, record.id): row for row, record in reading.records if row}
        kept_out |= {(model.table, id_) for id_ in reading.kept_out}
    return Dossier(
        folder, found.settings, records, tuple(problems), found.read_only, row_numbers, frozenset(kept_out)
    )


def read_table(folder: Path, model: type[Record], journal: Journal, merged: bool = True) -> Sheet:
    """Return one table as it stands on disk, codes that Excel changed mended, pending changes merged in."""
    path = folder / file_of(model.table)
    names = tuple(heads(model).values())
    sheet = read_rows(path, names) if path.is_file() else Sheet(path.name, heads=names)
    mark = journal.marks.get(model.table)
    if mark and path.is_file() and checksum(path) != mark.sha256:
        sheet = mend(sheet, model, mark.keys)
    return merge(sheet, model, journal.pending(model.table)) if merged else sheet
