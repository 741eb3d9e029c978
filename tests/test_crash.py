"""Two hundred kills between the steps of saving: what was confirmed is there, and nothing is there by half.

Each run is a process of its own that saves, takes back and does again, until it is killed at a named step. To
be killed as when the power goes, it first cuts off a part of what was not yet synced.
"""

from __future__ import annotations

import os
import random
import signal
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from memokit import dossier as dossiers
from memokit.dossier import Dossier, new, open_dossier, put
from memokit.folder import journal_path, read_folder
from memokit.journal import Journal, read_journal
from memokit.records import Assessment, Settings
from memokit.rows import read_records
from memokit.tables import read_rows

STEPS = ("before append", "in mid-line", "before fsync", "after fsync", "power cut", "in mid-table",
         "before replace", "after replace", "lost replace")  # fmt: skip
EDITS, KILLS = 12, 200
Facts = dict[str, tuple[str, str]]
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="only POSIX can kill a copy of this process"),
]


# -- the edits, and what they come to -----------------------------------------------------------------------


def edits(seed: int) -> list[tuple[str, str, str]]:
    """Return what one run does."""
    dice = random.Random(seed)
    kinds = ("judge", "judge", "council", "remove", "undo", "redo")
    return [(dice.choice(kinds), dice.choice("ABC"), f"{seed}.{n}") for n in range(EDITS)]


def states(plan: list[tuple[str, str, str]]) -> Iterator[Facts]:
    """Yield what the dossier says before the first edit and after each, from a plain list of states."""
    steps: list[Facts] = [{"": ("", "")}]
    at = 0
    yield steps[0]
    for kind, code, text in plan:
        now = steps[at]
        if kind in ("undo", "redo"):
            at = max(at - 1, 0) if kind == "undo" else min(at + 1, len(steps) - 1)
        else:
            wanted = dict(now)
            if kind == "remove":
                wanted.pop(code, None)
            elif kind == "council":
                wanted[""] = (text, "")
            else:  # two records in one go: both or none
                wanted |= {code: ("partly", text), "Z": ("partly", text)}
            if wanted != now:
                steps = [*steps[: at + 1], wanted]
                at += 1
        yield steps[at]


def facts(dossier: Dossier) -> Facts:
    return {"": (dossier.settings.council, ""), **{a.action: (a.status, a.line) for a in dossier.assessments}}


def do(dossier: Dossier, kind: str, code: str, text: str) -> Dossier:
    if kind in ("undo", "redo"):
        journal = read_journal(journal_path(dossier.folder))
        can = journal.find() if kind == "undo" else journal.undoing()
        return getattr(dossiers, kind)(dossier) if can else dossier
    if kind == "remove":
        return dossiers.remove(dossier, "assessments", f"{code}|raad")
    if kind == "council":
        return put(dossier, dossier.settings.model_copy(update={"council": text}))
    return put(dossier, *(Assessment(action=each, status="partly", line=text) for each in (code, "Z")))


# -- the killer ---------------------------------------------------------------------------------------------


class Killer:
    """Stands between memokit and the disk, in the process that is to die."""

    def __init__(self, folder: Path, step: str, count: int, dice: random.Random) -> None:
        self.step, self.count, self.dice = step, count, dice
        self.journal = journal_path(folder)
        self.synced = self.journal.stat().st_size
        self.before: dict[Path, bytes] = {}
        self.open, self.replace, self.fsync = Path.open, Path.replace, os.fsync

    def begin(self) -> None:
        killer = self
        Path.open = lambda path, *given, **rest: killer.opened(path, *given, **rest)  # type: ignore
        Path.replace = lambda path, target: killer.replaced(path, target)  # type: ignore
        os.fsync = lambda number: killer.synced_now(number)  # type: ignore

    def at(self, step: str) -> None:
        """Die, if this is the step and its turn."""
        if step == self.step:
            self.count -= 1
            if self.count < 0:
                os.kill(os.getpid(), signal.SIGKILL)

    def opened(self, path: Path, mode: str = "r", **rest: Any) -> Any:
        if path == self.journal and "a" in mode:
            self.at("before append")
            return Slow(self.open(path, mode, **rest), self, "in mid-line")
        if mode == "wb" and path.name.startswith("."):
            return Slow(self.open(path, mode, **rest), self, "in mid-table")
        return self.open(path, mode, **rest)

    def synced_now(self, number: int) -> None:
        self.at("before fsync")
        if self.step == "power cut" and self.count <= 0:
            size = self.journal.stat().st_size
            os.truncate(self.journal, self.dice.randint(self.synced, size))
        self.at("power cut")
        self.fsync(number)
        if os.fstat(number).st_ino == self.journal.stat().st_ino:
            self.synced = self.journal.stat().st_size
            if self.step == "lost replace" and self.before:
                if self.count <= 0:  # the disk had the journal, but not yet the new name of the table
                    for path, data in self.before.items():
                        path.write_bytes(data)
                self.at("lost replace")
                self.before = {}
        self.at("after fsync")

    def replaced(self, path: Path, target: Path) -> Path:
        self.at("before replace")
        self.before.setdefault(target, target.read_bytes())
        made = self.replace(path, target)
        self.at("after replace")
        return made


class Slow:
    """A file of which a writing can be cut off halfway."""

    def __init__(self, file: Any, killer: Killer, step: str) -> None:
        self.file, self.killer, self.step = file, killer, step

    def write(self, data: bytes) -> int:
        killer = self.killer
        if killer.step == self.step and killer.count <= 0:
            self.file.write(data[: killer.dice.randrange(len(data))])
            self.file.flush()
        killer.at(self.step)
        return int(self.file.write(data))

    def __enter__(self) -> Slow:
        return self

    def __exit__(self, *_: object) -> None:
        self.file.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.file, name)


def run(folder: Path, seed: int, step: str, count: int) -> int:
    """Do the edits in a process of its own; return how many it confirmed before it was killed."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        try:
            Killer(folder, step, count, random.Random(seed)).begin()
            dossier = open_dossier(folder)
            for edit in edits(seed):
                dossier = do(dossier, *edit)
                os.write(writing, b".")
        except BaseException:
            os.write(2, f"{seed}, {step}: {sys.exc_info()[1]!r}\n".encode())
            os._exit(3)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        confirmed = len(pipe.read())
    _, status = os.waitpid(child, 0)
    assert not os.WIFEXITED(status) or os.WEXITSTATUS(status) == 0, "it failed otherwise than by being killed"
    return confirmed if os.WIFSIGNALED(status) else -1


# -- the test -----------------------------------------------------------------------------------------------


def on_disk(folder: Path) -> Facts:
    """Return what the tables themselves say, without the journal."""
    found = read_records(read_rows(folder / "beoordelingen.csv"), Assessment)
    council = dossiers.read_settings(dossiers.read_table(folder, Settings, Journal()))[0].council
    return {"": (council, ""), **{a.action: (a.status, a.line) for _, a in found.records}}  # type: ignore


def test_after_every_kill_what_was_confirmed_is_there_and_nothing_by_half(tmp_path: Path):
    killed: Counter[str] = Counter()
    whole = 0
    seed = -1
    while killed.total() < KILLS and seed < 2 * KILLS:
        seed += 1
        step, count = STEPS[seed % len(STEPS)], random.Random(seed).randrange(EDITS)
        made = tmp_path / str(seed)
        made.mkdir()
        folder = new("Mechelen", made).folder
        confirmed = run(folder, seed, step, count)
        known = list(states(edits(seed)))
        killed[step] += confirmed >= 0
        dossier = open_dossier(folder)
        where = f"seed {seed}, killed {step} after {confirmed} confirmed edits"
        if confirmed < 0:
            assert facts(dossier) == known[-1], where
            continue
        after = known[min(confirmed + 1, EDITS)]
        assert facts(dossier) in (known[confirmed], after), where
        whole += facts(dossier) == after
        assert {p.code for p in dossier.problems} <= {"journal-tail"}, where
        assert on_disk(folder) == facts(dossier), f"{where}: the tables were brought up to date"
        _goes_on(dossier, where)
    print(f"{killed.total()} kills: {dict(killed)}; {whole} times the edit of that moment was there, whole")
    assert killed.total() == KILLS and set(killed) == set(STEPS) and min(killed.values()) > 10


def _goes_on(dossier: Dossier, where: str) -> None:
    """Check that work goes on where it stopped, and that it can be taken back."""
    before = facts(dossier)
    dossier = do(dossier, "judge", "A", "verder")
    assert facts(read_folder(dossier.folder))["A"] == ("partly", "verder"), where
    dossier = dossiers.undo(dossier)
    assert facts(dossier) == before and not dossier.problems, where
