"""The journal: every change is a line, written and synced before any table is touched.

`geschiedenis/journaal.jsonl` holds two kinds of lines: an entry (changes with the text before and after, by
field) and a mark that a table was saved (its checksum and keys). Changes after a table's last mark are
pending: the table on disk may not have them yet, and `merging` puts them in.
"""

from __future__ import annotations

import json
import os
import platform
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from memokit.problems import MemokitError, Problem
from memokit.tables import read_bytes, replace_file, write_problem

Fields = Mapping[str, str]
LIMIT_JOURNAL = 500_000_000
PATIENCE = 120  # seconds without a heartbeat after which a window counts as closed


@dataclass(frozen=True)
class Change:
    """One record before and after, as text by field; None where it was not there."""

    table: str
    key: str
    before: Fields | None
    after: Fields | None

    def inverted(self) -> Change:
        """Return the change that takes this one back."""
        return replace(self, before=self.after, after=self.before)


@dataclass(frozen=True)
class Entry:
    """What was done in one go: a form saved, an import, a werkboek read back."""

    id: str
    changes: tuple[Change, ...]
    label: str = ""
    undoes: str = ""


@dataclass(frozen=True)
class Mark:
    """A table as memokit last wrote it, with every entry so far: its checksum and keys."""

    saved: str
    sha256: str
    keys: tuple[str, ...]


_LINE: TypeAdapter[Entry | Mark] = TypeAdapter(Entry | Mark)


@dataclass(frozen=True)
class Journal:
    """All complete lines of the file, in order.

    Parameters
    ----------
    marks
        The last mark of each table.
    pending
        By table and key, the changes that the table on disk may not have yet.
    """

    entries: tuple[Entry, ...] = ()
    marks: Mapping[str, Mark] = field(default_factory=dict)
    pending: Mapping[str, Mapping[str, Change]] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    def find(self, id_: str = "") -> Entry | None:
        """Return the newest entry, or the newest with an id, that is not undone and is no undoing itself.

        Examples
        --------
        >>> once, undone, again = Entry("i", ()), Entry("u", (), undoes="i"), Entry("i", (), "again")
        >>> Journal((once, undone)).find("i"), Journal((once, undone, again)).find("i") is again
        (None, True)
        """
        undone: set[str] = set()
        for entry in reversed(self.entries):
            if entry.undoes:
                undone.add(entry.undoes)
            elif entry.id in undone:
                undone.remove(entry.id)  # the same import can have been done before, and not undone
            elif id_ in ("", entry.id):
                return entry
        return None


def _join(first: Change, second: Change) -> Change:
    """Take two changes of one record together, as if made at once.

    Examples
    --------
    >>> one = Change("plan", "A", {"title": "x"}, {"title": "y"})
    >>> _join(one, Change("plan", "A", {"title": "y", "page": ""}, {"title": "z", "page": "3"})).before
    {'title': 'x', 'page': ''}
    """
    before, after = first.before, second.after
    if before is not None:
        before = {**(second.before or {}), **before}
    if first.after is not None and after is not None:
        after = {**first.after, **after}
    return replace(first, before=before, after=after)


def difference(table: str, key: str, before: Fields | None, after: Fields | None) -> Change | None:
    """Return the change between two states of a record, with only the fields that differ."""
    if before is not None and after is not None:
        names = [name for name in after if before.get(name, "") != after[name]]
        before, after = {n: before.get(n, "") for n in names}, {n: after[n] for n in names}
    return Change(table, key, before, after) if before != after else None


def read_journal(path: Path) -> Journal:
    """Read every complete line; a last line that was cut off is left out and named."""
    lines = read_bytes(path, LIMIT_JOURNAL).split(b"\n") if path.is_file() else []
    entries: list[Entry] = []
    marks: dict[str, Mark] = {}
    pending: dict[str, dict[str, Change]] = {}
    problems = []
    for number, text in enumerate(lines, 1):
        try:
            line = _LINE.validate_json(text) if text.strip() else None
        except ValueError:
            tail = number == len(lines)
            code = "journal-tail" if tail else "journal-line"
            problems.append(Problem(code, "note" if tail else "warning", file=path.name, row=number))
            continue
        if isinstance(line, Mark):
            marks[line.saved] = line
            pending.pop(line.saved, None)
        elif line:
            entries.append(line)
            for change in line.changes:
                table = pending.setdefault(change.table, {})
                earlier = table.get(change.key)
                table[change.key] = _join(earlier, change) if earlier else change
    return Journal(tuple(entries), marks, pending, tuple(problems))


def append(path: Path, line: Entry | Mark) -> None:
    """Add a line and wait until it is on the disk; what the disk could not take whole is taken back."""
    data = _LINE.dump_json(line) + b"\n"
    try:
        path.parent.mkdir(exist_ok=True)
        with path.open("a+b", buffering=0) as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(size - 1, 0))
            # A line that was cut off stays apart, so that this one can be read.
            data = data if file.read(1) in (b"", b"\n") else b"\n" + data
            try:
                while data:
                    data = data[file.write(data) :]
                os.fsync(file.fileno())
            except OSError:
                file.truncate(size)
                raise
    except OSError as error:
        raise MemokitError(write_problem(error, path)) from None


def claim(path: Path, session: str, take_over: bool = False) -> None:
    """Say that a window has the dossier open; call it again now and then as a heartbeat.

    Raises
    ------
    MemokitError
        `dossier-in-use`: another window had it open a moment ago. After a clear question, `take_over`.
    """
    other = _holder(path)
    if other.get("session", session) != session and not take_over:
        raise MemokitError(Problem("dossier-in-use", found=str(other.get("computer", ""))))
    path.parent.mkdir(exist_ok=True)
    line = {"session": session, "computer": platform.node(), "beat": time.time()}
    replace_file(path, json.dumps(line).encode())


def release(path: Path, session: str) -> None:
    """Say that a window closed the dossier; the claim of another one stays."""
    if _holder(path).get("session") == session:
        path.unlink(missing_ok=True)


def _holder(path: Path) -> dict[str, Any]:
    """Return who has the dossier open, if there was a heartbeat not long ago."""
    try:
        line = dict(json.loads(path.read_bytes()))
        return line if time.time() - line["beat"] < PATIENCE else {}
    except (OSError, ValueError, TypeError, KeyError):
        return {}
