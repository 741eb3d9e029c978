"""Members who judge apart: a copy for one of them without names, and what comes back, shown before saving.

A copy holds the tables that may be mailed, no history, and `lid.txt` that says whose it is. The judgement in
it is that of the member; what is taken back is that judgement alone, and the sources it rests on.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from memokit.fields import Record
from memokit.folder import Dossier, journal_path, read_folder
from memokit.journal import read_journal
from memokit.problems import MemokitError, Problem
from memokit.records import PRIVATE_TABLES, TABLES, Assessment, Member, Source
from memokit.rows import file_of, heads, to_row
from memokit.settings import settings_bytes
from memokit.tables import Sheet, csv_bytes, replace_file, write_problem
from memokit.texts import lookup, say

TOGETHER = "raad"
MARK = "lid.txt"
LONGEST = 100  # signs of the first line that are read
_MEMBER = re.compile(r"lid [1-9]\d?")


def judge_of(folder: Path) -> str:
    """Return who judges in a dossier: the council together, or in a copy the member whose copy it is.

    Examples
    --------
    >>> judge_of(Path("nergens"))
    'raad'
    """
    try:
        with (folder / MARK).open(encoding="utf-8", errors="replace") as file:
            first = file.readline(LONGEST).strip()
    except OSError:
        return TOGETHER
    return first if _MEMBER.fullmatch(first) else TOGETHER


def members(dossier: Dossier) -> tuple[Member, ...]:
    """Return the members with their names: for the screen of this dossier only."""
    return tuple(record for record in dossier.table("members") if isinstance(record, Member))


def next_member(dossier: Dossier) -> str:
    """Return the first number that no member has."""
    taken = {member.member for member in members(dossier)}
    return next(name for n in range(1, 100) if (name := f"lid {n}") not in taken)


# -- the copy -----------------------------------------------------------------------------------------------


def copy_for(dossier: Dossier, member: str) -> Path:
    """Make the copy of one member beside the dossier; never overwrites.

    Raises
    ------
    MemokitError
        There is a copy already, or the folder cannot be written: then nothing is made.
    """
    home = dossier.folder.resolve()
    target = home.with_name(f"{home.name}-{member.replace(' ', '-')}")
    if target.exists():
        raise MemokitError(Problem("folder-exists", found=target.name))
    half = target.with_name(f".{target.name}.half")
    try:
        shutil.rmtree(half, ignore_errors=True)
        _fill(half, dossier, member)
        half.rename(target)
    except OSError as error:
        raise MemokitError(write_problem(error, target)) from None
    finally:
        shutil.rmtree(half, ignore_errors=True)
    return target


def _fill(folder: Path, dossier: Dossier, member: str) -> None:
    for name in ("bronnen", "inbox", "geschiedenis"):
        (folder / name).mkdir(parents=True)
    # From the record, not from the file: a line of their own that somebody added stays at home.
    settings = dossier.settings.model_copy(update={"logo": "", "template": ""})
    row = to_row(settings)
    replace_file(folder / file_of("settings"), settings_bytes(Sheet("", heads=tuple(row), rows=((0, row),))))
    for model in TABLES:
        if model.table not in PRIVATE_TABLES:
            rows = [to_row(_public(record)) for record in dossier.table(model.table) if _goes(record, member)]
            replace_file(folder / file_of(model.table), csv_bytes(tuple(heads(model).values()), rows))
    replace_file(folder / MARK, say("page_members.note", judge=member).encode())


def _goes(record: Record, member: str) -> bool:
    """Tell whether a record goes along: of the judgements only what the member said before."""
    return not isinstance(record, Assessment) or record.judge == member


def _public(record: Record) -> Record:
    """Return a record without what is private."""
    fields = type(record).model_fields
    hidden = {name: fields[name].default for name, cell in record.cells().items() if cell.private}
    return record.model_copy(update=hidden)


# -- what comes back ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Returned:
    """What a copy says that the dossier does not have yet.

    Parameters
    ----------
    judged
        The judgements to save, under the member, their sources under numbers of this dossier.
    sources
        New sources that come along.
    gone
        Actions that are no longer judged here: not taken.
    other
        Tables that were changed in the copy beside the judgements: not taken either.
    """

    judge: str
    judged: tuple[Assessment, ...] = ()
    sources: tuple[Source, ...] = ()
    gone: tuple[str, ...] = ()
    other: tuple[str, ...] = ()

    def records(self) -> tuple[Record, ...]:
        """Return everything that accepting it saves, in one go."""
        return (*self.sources, *self.judged)


def copies(dossier: Dossier) -> tuple[Path, ...]:
    """Return the copies that stand beside the dossier."""
    home = dossier.folder.resolve()
    beside = (path.parent for path in sorted(home.parent.glob(f"*/{MARK}")))
    return tuple(path for path in beside if path != home and judge_of(path) != TOGETHER)


def returned(dossier: Dossier, folder: Path) -> Returned:
    """Return what one member says in a copy; nothing is written.

    Raises
    ------
    MemokitError
        It is no copy, one of another municipality or term, or nothing in it can be used.
    """
    judge = judge_of(folder)
    if judge == TOGETHER:
        raise MemokitError(Problem("copy-without-mark", file=folder.name, expected=MARK))
    copy = read_folder(folder)
    ours, theirs = dossier.settings, copy.settings
    if (ours.municipality, dossier.term) != (theirs.municipality, copy.term):
        raise MemokitError(Problem("copy-of-other", file=folder.name, found=theirs.name, expected=ours.name))
    names = _numbers(dossier, copy)
    said = (_renumbered(a, names) for a in copy.assessments if a.judge == judge and _says(a))
    new = [a for a in said if dossier.by_key.get((a.table, a.id)) != a]
    here = {item.code for item in dossier.plan}
    judged = tuple(a for a in new if a.action in here)
    cited = {source for a in judged for source in (*a.sources, *a.result_sources, *a.reason_by)}
    sources = tuple(
        source.model_copy(update={"id_": names[source.id_], "file": "", "checksum": ""})
        for source in copy.sources
        if (name := names[source.id_]) in cited and dossier.source(name) is None
    )
    gone = tuple(a.action for a in new if a.action not in here)
    return Returned(judge, judged, sources, gone, _other(folder))


def _says(judged: Assessment) -> bool:
    return judged != Assessment(action=judged.action, judge=judged.judge)


def _numbers(dossier: Dossier, copy: Dossier) -> dict[str, str]:
    """Give each source of the copy its number here: a known source its own, another one a new number."""
    ours = {_bare(source): source.id_ for source in dossier.sources}
    taken = {source.id_ for source in (*dossier.sources, *copy.sources)}
    found: dict[str, str] = {}
    for source in copy.sources:
        there, name = dossier.source(source.id_), source.id_
        if there is not None and _bare(there) != _bare(source):
            free = (f"B{n:02d}" for n in range(1, 10_000))
            name = ours.get(_bare(source)) or next(name for name in free if name not in taken)
        elif there is None:
            name = ours.get(_bare(source), name)
        taken.add(name)
        found[source.id_] = name
    return found


def _bare(source: Source) -> Source:
    """Return a source without its number and without the file, which does not travel."""
    return source.model_copy(update={"id_": "", "file": "", "checksum": ""})


def _renumbered(judged: Assessment, names: Mapping[str, str]) -> Assessment:
    fields = ("sources", "result_sources", "reason_by")
    new = {name: tuple(names.get(source, source) for source in getattr(judged, name)) for name in fields}
    return judged.model_copy(update={**new, "private_note": ""})


def _other(folder: Path) -> tuple[str, ...]:
    """Return the titles of the tables that were changed in a copy beside judgements and sources."""
    journal = read_journal(journal_path(folder))
    changed = dict.fromkeys(change.table for entry in journal.entries for change in entry.changes)
    rest = [table for table in changed if table not in {"assessments", "sources"}]
    return tuple(str(lookup(f"records.tables.{table}.title", "nl")) for table in rest)
