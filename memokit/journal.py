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
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from io import FileIO
from pathlib import Path
from typing import Any

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
    """A table as memokit last wrote it: after how many entries, with which checksum and keys."""

    entries: int
    sha256: str
    keys: tuple[str, ...]


@dataclass(frozen=True)
class Journal:
    """All complete lines of the file, in order."""

    entries: tuple[Entry, ...] = ()
    marks: Mapping[str, Mark] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    def pending(self, table: str) -> tuple[Change, ...]:
        """Return the changes that the table on disk may not have yet, one per record."""
        mark = self.marks.get(table)
        together: dict[str, Change] = {}
        for entry in self.entries[mark.entries if mark else 0 :]:
            for change in entry.changes:
                if change.table == table:
                    earlier = together.get(change.key)
                    together[change.key] = _join(earlier, change) if earlier else change
        return tuple(together.values())

    def last(self) -> Entry | None:
        """Return the newest entry that is not undone and is no undoing itself."""
        undone = {entry.undoes for entry in self.entries}
        live = (entry for entry in reversed(self.entries) if not entry.undoes and entry.id not in undone)
        return next(live, None)

    def find(self, id_: str) -> Entry | None:
        """Return the newest entry with an id that is not undone."""
        undone = {entry.undoes for entry in self.entries}
        found = (e for e in reversed(self.entries) if e.id == id_ and not e.undoes and id_ not in undone)
        return next(found, None)


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
        before = {**before, **{k: v for k, v in (second.before or {}).items() if k not in before}}
    if first.after is not None and after is not None:
        after = {**first.after, **after}
    return replace(first, before=before, after=after)


def difference(table: str, key: str, before: Fields | None, after: Fields | None) -> Change | None:
    """Return the change between two states of a record, with only the fields that differ."""
    if before is not None and after is not None:
        names = [name for name in after if before.get(name, "") != after[name]]
        before, after = {n: before.get(n, "") for n in names}, {n: after[n] for n in names}
    return Change(table, key, before, after) if before != after else None


def new_id() -> str:
    """Return an id for an entry."""
    return uuid.uuid4().hex[:12]


def read_journal(path: Path) -> Journal:
    """Read every complete line; a last line that was cut off is left out and named."""
    if not path.is_file():
        return Journal()
    data = read_bytes(path, LIMIT_JOURNAL)
    lines = data.split(b"\n")
    entries: list[Entry] = []
    marks: dict[str, Mark] = {}
    problems = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            _take(json.loads(line), entries, marks)
        except (ValueError, TypeError, KeyError, AttributeError):
            tail = number == len(lines)
            code = "journal-tail" if tail else "journal-line"
            problems.append(Problem(code, "note" if tail else "warning", file=path.name, row=number))
    return Journal(tuple(entries), marks, tuple(problems))


def _take(line: Any, entries: list[Entry], marks: dict[str, Mark]) -> None:
    if "saved" in line:
        marks[line["saved"]] = Mark(len(entries), line["sha256"], tuple(line["keys"]))
        return
    changes = tuple(Change(c["table"], c["key"], c["before"], c["after"]) for c in line["changes"])
    entries.append(Entry(line["id"], changes, line.get("label", ""), line.get("undoes", "")))


def append_entry(path: Path, entry: Entry) -> None:
    """Add an entry and wait until it is on the disk."""
    changes = [
        {"table": c.table, "key": c.key, "before": _plain(c.before), "after": _plain(c.after)}
        for c in entry.changes
    ]
    line = {"id": entry.id, "label": entry.label, "undoes": entry.undoes, "changes": changes}
    _append(path, line)


def append_mark(path: Path, table: str, sha256: str, keys: Sequence[str]) -> None:
    """Add the mark that a table on disk holds every entry so far."""
    _append(path, {"saved": table, "sha256": sha256, "keys": list(keys)})


def _plain(fields: Fields | None) -> dict[str, str] | None:
    return None if fields is None else dict(fields)


def _append(path: Path, line: Mapping[str, Any]) -> None:
    data = json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
    try:
        path.parent.mkdir(exist_ok=True)
        with path.open("a+b", buffering=0) as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(size - 1, 0))
            # A line that was cut off stays apart, so that this one can be read.
            data = data if file.read(1) in (b"", b"\n") else b"\n" + data
            _write_whole(file, data, size)
    except OSError as error:
        raise MemokitError(write_problem(error, path)) from None


def _write_whole(file: FileIO, data: bytes, size: int) -> None:
    """Write and sync a line; what the disk could not take whole is taken back."""
    try:
        left = memoryview(data)
        while left:
            left = left[file.write(left) :]
        os.fsync(file.fileno())
    except OSError:
        file.truncate(size)
        raise


def claim(path: Path, session: str, take_over: bool = False) -> None:
    """Say that a window has the dossier open; call it again now and then as a heartbeat.

    Raises
    ------
    MemokitError
        `dossier-in-use`: another window had it open a moment ago. After a clear question, `take_over`.
    """
    other = _holder(path)
    if other and other["session"] != session and not take_over:
        raise MemokitError(Problem("dossier-in-use", found=str(other["computer"])))
    path.parent.mkdir(exist_ok=True)
    line = {"session": session, "computer": platform.node(), "beat": time.time()}
    replace_file(path, json.dumps(line).encode())


def release(path: Path, session: str) -> None:
    """Say that a window closed the dossier; the claim of another one stays."""
    other = _holder(path)
    if other and other["session"] == session:
        path.unlink(missing_ok=True)


def _holder(path: Path) -> dict[str, Any] | None:
    """Return who has the dossier open, if there was a heartbeat not long ago."""
    try:
        line = json.loads(path.read_bytes())
        return (
            line if {"session", "computer"} <= set(line) and time.time() - line["beat"] < PATIENCE else None
        )
    except (OSError, ValueError, TypeError, KeyError):
        return None
