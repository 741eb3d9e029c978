"""The journal: every change is a line, written and synced before any table is touched.

`geschiedenis/journaal.jsonl` holds two kinds of lines: an entry (changes with the text before and after, by
field) and a mark of a table (its checksum and keys, and how much of the journal it holds), once just before
it is written and once after. Later changes are pending: the table on disk may not have them yet, and
`merging` puts them in. With the mark before, another window knows what it finds, whoever wrote it.
"""

from __future__ import annotations

import json
import os
import platform
import time
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import lru_cache
from pathlib import Path

from pydantic import TypeAdapter

from memokit.problems import MemokitError, Problem
from memokit.tables import replace_file, too_big, write_problem

Fields = Mapping[str, str]
LIMIT_JOURNAL = 500_000_000
PATIENCE = 120  # seconds without a heartbeat after which a window counts as closed
CUT = b"#"  # closes a line that was cut off, so that it is named once and not at each opening
TAIL = 64  # bytes that tell whether the journal is still the one that was read


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
    """What was done in one go: a form saved, an import, a werkboek read back.

    Parameters
    ----------
    undoes
        The entry that this one takes back; of an entry that took something back: it is done again.
    joins
        The entry that this one goes on with (typing in one field): they are taken back together.
    """

    id: str
    changes: tuple[Change, ...]
    label: str = ""
    undoes: str = ""
    joins: str = ""


@dataclass(frozen=True)
class Mark:
    """A table as memokit wrote it: its checksum and keys (None: as in the mark before).

    Parameters
    ----------
    upto
        The table holds every entry in so many bytes of the journal; None means every entry before this mark.
        Two windows can save at once, and a mark can stand after an entry that its table does not have.
    planned
        It was about to be written: whether it was, tells only its checksum.
    """

    saved: str
    sha256: str
    keys: tuple[str, ...] | None = None
    upto: int | None = None
    planned: bool = False


_LINE: TypeAdapter[Entry | Mark] = TypeAdapter(Entry | Mark)
Placed = tuple[int, Change]


@dataclass(frozen=True)
class Journal:
    """All complete lines of the file, in order.

    Parameters
    ----------
    changes
        The changes of each table, with the byte at which their line begins.
    marks
        The marks of each table.
    done, taken
        As in `Steps`.
    size
        How many bytes these lines are.
    """

    entries: tuple[Entry, ...] = ()
    changes: Mapping[str, tuple[Placed, ...]] = field(default_factory=dict)
    marks: Mapping[str, tuple[Mark, ...]] = field(default_factory=dict)
    done: tuple[Entry, ...] = ()
    taken: tuple[tuple[Entry, Entry], ...] = ()
    problems: tuple[Problem, ...] = ()
    size: int = 0

    def mark(self, table: str, sha256: str) -> Mark | None:
        """Return the mark of a table as it stands on disk; changed outside, that of its last writing."""
        marks = self.marks.get(table, ())
        here = (mark for mark in reversed(marks) if mark.sha256 == sha256)
        last = (mark for mark in reversed(marks) if not mark.planned)
        return next(here, None) or next(last, None)

    def pending(self, table: str, sha256: str) -> dict[str, Change]:
        """Return by key what the table on disk may not have yet: all there is, when the table is gone."""
        mark = self.mark(table, sha256) if sha256 else None
        changes = self.changes.get(table, ())
        first = bisect_left(changes, (mark and mark.upto) or 0, key=lambda placed: placed[0])
        return {key: change for (_, key), change in net(c for _, c in changes[first:]).items()}

    def find(self, id_: str = "") -> Entry | None:
        """Return the newest step, or the newest with an id, that is not undone and is no undoing itself."""
        return next((step for step in reversed(self.done) if id_ in ("", step.id)), None)

    def undoing(self) -> Entry | None:
        """Return the entry that last took something back, when that can still be done again."""
        return self.taken[-1][1] if self.taken else None


class Steps:
    """What can be taken back, and done again: entries in order, those that go on with another joined to it.

    Examples
    --------
    >>> steps = Steps()
    >>> for entry in Entry("i", ()), Entry("u", (), undoes="i"):
    ...     steps.take(entry)
    >>> steps.done, [undoing.id for _, undoing in steps.taken]
    ([], ['u'])
    >>> steps.take(Entry("r", (), undoes="u"))
    >>> [step.id for step in steps.done], steps.taken
    (['i'], [])
    """

    def __init__(self) -> None:
        self.done: list[Entry] = []
        self.taken: list[tuple[Entry, Entry]] = []

    def take(self, entry: Entry) -> None:
        """Take an entry in."""
        last = self.done[-1] if self.done else None
        if not entry.undoes:
            if last and not self.taken and last.id == entry.joins:
                self.done[-1] = replace(last, changes=tuple(net(last.changes + entry.changes).values()))
            else:
                self.done.append(entry)
            self.taken.clear()
        elif again := next((pair for pair in self.taken if pair[1].id == entry.undoes), None):
            self.taken.remove(again)
            self.done.append(again[0])
        else:
            places = reversed(range(len(self.done)))
            place = next((n for n in places if self.done[n].id == entry.undoes), None)
            if place is not None:
                self.taken.append((self.done.pop(place), entry))


def net(changes: Iterable[Change]) -> dict[tuple[str, str], Change]:
    """Return by table and key what changes come to when made one after the other.

    Examples
    --------
    >>> one = Change("plan", "A", {"title": "x"}, {"title": "y"})
    >>> net([one, Change("plan", "A", {"title": "y", "page": ""}, {"title": "z", "page": "3"})])["plan", "A"]
    Change(table='plan', key='A', before={'title': 'x', 'page': ''}, after={'title': 'z', 'page': '3'})
    """
    made: dict[tuple[str, str], Change] = {}
    for change in changes:
        place = (change.table, change.key)
        made[place] = _join(made[place], change) if place in made else change
    return made


def _join(first: Change, second: Change) -> Change:
    """Take two changes of one record together, as if made at once."""
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


class _Tape:
    """The lines of a journal as read so far: after each change only what came since is read."""

    def __init__(self) -> None:
        self.size, self.rows, self.tail = 0, 0, b""
        self.entries: list[Entry] = []
        self.steps = Steps()
        self.changes: dict[str, list[Placed]] = defaultdict(list)
        self.marks: dict[str, list[Mark]] = defaultdict(list)
        self.problems: list[Problem] = []

    def feed(self, data: bytes, name: str) -> list[Problem]:
        """Take in what stands after `size`; return what is said of a last line that was cut off."""
        lines = data.split(b"\n")
        for number, text in enumerate(lines):
            last = number == len(lines) - 1
            try:
                line = _LINE.validate_json(text.rstrip(CUT)) if text.strip() else None
            except ValueError:
                if last:
                    return [Problem("journal-tail", "note", file=name, row=self.rows + 1)]
                if not text.endswith(CUT):
                    self.problems.append(Problem("journal-line", "warning", file=name, row=self.rows + 1))
                line = None
            if line:
                self._take(line)
            self.rows += not last
            self.size += len(text) + (not last)
        return []

    def _take(self, line: Entry | Mark) -> None:
        if isinstance(line, Entry):
            self.entries.append(line)
            self.steps.take(line)
            for change in line.changes:
                self.changes[change.table].append((self.size, change))
            return
        marks = self.marks[line.saved]
        upto = self.size if line.upto is None else line.upto
        keys = (marks[-1].keys if marks else ()) if line.keys is None else line.keys
        marks.append(replace(line, upto=upto, keys=keys))

    def journal(self, cut_off: Iterable[Problem]) -> Journal:
        """Return the journal as it is now."""
        changes = {table: tuple(placed) for table, placed in self.changes.items()}
        marks = {table: tuple(marks) for table, marks in self.marks.items()}
        done, taken = tuple(self.steps.done), tuple(self.steps.taken)
        problems = (*self.problems, *cut_off)
        return Journal(tuple(self.entries), changes, marks, done, taken, problems, self.size)


@lru_cache(maxsize=4)
def _tapes(path: Path) -> list[_Tape]:
    """Return the place where what was read of a journal is kept."""
    return [_Tape()]


def read_journal(path: Path) -> Journal:
    """Read every complete line; a last line that was cut off is left out and named."""
    kept = _tapes(path.absolute())
    try:
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_size > LIMIT_JOURNAL:
                raise too_big(path, LIMIT_JOURNAL)
            file.seek(max(kept[0].size - TAIL, 0))
            if file.read(min(kept[0].size, TAIL)) != kept[0].tail:
                kept[0] = _Tape()  # another file than the one that was read
                file.seek(0)
            data = file.read()
    except FileNotFoundError:
        kept[0] = _Tape()
        return Journal()
    except OSError:
        raise MemokitError(Problem("cannot-read", file=path.name)) from None
    tape = kept[0]
    before = tape.size
    cut_off = tape.feed(data, path.name)
    tape.tail = (tape.tail + data[: tape.size - before])[-TAIL:]
    return tape.journal(cut_off)


def append(path: Path, line: Entry | Mark) -> None:
    """Add a line; what the disk could not take whole is taken back.

    An entry is on the disk when this returns. A mark need not be: without it, changes are merged once more.
    """
    data = _LINE.dump_json(line, exclude_defaults=True) + b"\n"
    try:
        path.parent.mkdir(exist_ok=True)
        with path.open("a+b", buffering=0) as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(size - 1, 0))
            # A line that was cut off stays apart, so that this one can be read.
            data = data if file.read(1) in (b"", b"\n") else CUT + b"\n" + data
            end = size
            try:
                while data:
                    data = data[(n := file.write(data)) :]
                    end += n
                if isinstance(line, Entry):
                    os.fsync(file.fileno())
            except OSError:
                if file.seek(0, os.SEEK_END) == end:  # else another window added a line since
                    file.truncate(size)
                raise
    except OSError as error:
        raise MemokitError(write_problem(error, path)) from None


@dataclass(frozen=True)
class Holder:
    """Who has a dossier open: which window, on which computer, since and until when it was heard of."""

    session: str
    computer: str = ""
    since: float = 0
    beat: float = 0


def holder(path: Path) -> Holder | None:
    """Return who has the dossier open, if there was a heartbeat not long ago."""
    try:
        found = Holder(**json.loads(path.read_bytes()))
        return found if abs(time.time() - found.beat) < PATIENCE else None
    except (OSError, ValueError, TypeError):
        return None


def claim(path: Path, session: str, take_over: bool = False) -> None:
    """Say that a window has the dossier open; call it again now and then as a heartbeat.

    Raises
    ------
    MemokitError
        `dossier-in-use`: another window had it open a moment ago. After a clear question, `take_over`.
    """
    other, now = holder(path), time.time()
    ours = other is not None and other.session == session
    if other and not ours and not take_over:
        raise MemokitError(Problem("dossier-in-use", found=other.computer))
    since = other.since if other and ours else now
    path.parent.mkdir(exist_ok=True)
    replace_file(path, json.dumps(asdict(Holder(session, platform.node(), since, now))).encode())


def release(path: Path, session: str) -> None:
    """Say that a window closed the dossier; the claim of another one stays."""
    other = holder(path)
    if other and other.session == session:
        path.unlink(missing_ok=True)
