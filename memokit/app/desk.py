"""The desk: one dossier open, every change saved at once, and everybody told. Traitlets, no widgets.

What goes wrong becomes a sentence in `message`, never a traceback. What cannot be saved now stays in the
dossier on the desk, is counted in `unsaved`, and is saved as soon as that can be.
"""

from __future__ import annotations

import logging
import os
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from traitlets import Bool, HasTraits, Instance, Int, Unicode

from memokit import dossier
from memokit.app.guard import Guard
from memokit.app.history import Burst
from memokit.app.worker import Worker
from memokit.dossier import Dossier
from memokit.fields import Record
from memokit.folder import journal_path
from memokit.journal import Change, Holder, net, read_journal
from memokit.problems import MemokitError
from memokit.resources import data_path
from memokit.texts import say

EXAMPLE = "voorbeeldstad"
# What stands in the journal but not in its table, or not as it was typed: said at once.
LOUD = ("table-locked", "cannot-write", "disk-full", "clash", "clash-removed", "clash-changed")


class ToldError(Exception):
    """Something that a person must hear, in words from the texts."""


def working_folder() -> Path:
    """Return the folder in which dossiers are looked for and made."""
    return Path(os.environ.get("MEMOKIT_FOLDER") or ".")


class Part:
    """The listeners of one view: told of changes while it is shown, and afterwards of what they missed."""

    def __init__(self, shown: bool = True) -> None:
        self.listeners: list[Callable[[], None]] = []
        self.shown, self.behind = shown, False

    def changed(self) -> str:
        """Tell the listeners; return what went wrong in words."""
        self.behind = not self.shown
        return " ".join(filter(None, map(Desk.trouble, self.listeners if self.shown else ())))

    def show(self, wanted: bool) -> None:
        """Show the view, or put it away."""
        self.shown = wanted
        if wanted and self.behind:
            self.changed()


class Desk(HasTraits):
    """One dossier at a time, and who wants to hear of changes.

    Parameters
    ----------
    folder
        Where dossiers are looked for and made.

    Attributes
    ----------
    saved
        When something was last saved, HH:MM.
    unsaved
        How many records have changes that are on the desk only.
    busy
        What the worker does, in words.
    elsewhere
        Which other window has the dossier, in words; this one saves nothing then.
    asking
        Whether somebody must choose first: go on here, or only look on.
    page
        The name of the view that is shown, or should be.

    Examples
    --------
    >>> Desk().dossier is None
    True
    """

    dossier = Instance(Dossier, allow_none=True)
    message, saved, busy, elsewhere, page = Unicode(), Unicode(), Unicode(), Unicode(), Unicode()
    unsaved = Int()
    can_undo, can_redo, asking, looking = Bool(), Bool(), Bool(), Bool()

    def __init__(self, folder: Path | None = None) -> None:
        super().__init__()
        self.folder = folder or working_folder()
        self.session = ""
        self.guard = Guard(self.folder, "")
        self.worker = Worker()
        self.burst = Burst()
        self._waiting: list[Change] = []
        self._jobs: list[str] = []
        self._notes: list[str] = []
        self._size = 0  # of the journal, as far as this window knows it
        self._parts = [Part()]
        self._told: list[Callable[[], None]] = []
        self._opened: list[Callable[[], None]] = []

    # -- listening ----------------------------------------------------------------------------------------

    def listen(
        self,
        changed: Callable[[], None],
        told: Callable[[], None] | None = None,
        opened: Callable[[], None] | None = None,
    ) -> None:
        """Have functions called after each change, each attempt, and each time another dossier is opened."""
        self._parts[-1].listeners.append(changed)
        self._told += [told] if told else []
        self._opened += [opened] if opened else []

    @contextmanager
    def part(self, shown: bool) -> Iterator[Part]:
        """Let who listens inside hear of changes only while that part of the page is shown."""
        made = Part(shown)
        self._parts.append(made)
        try:
            yield made
        finally:
            self._parts.remove(made)
            self._parts.insert(0, made)

    def attempt(self, action: Callable[[], object]) -> bool:
        """Do something; what goes wrong becomes a message in words. Tell whether it worked, and is saved."""
        self._notes = []
        waited, parts = self.unsaved, self._parts
        trouble = self.trouble(action)
        # What somebody typed stays on the page when it could not be saved; views that were just made are new.
        if self.dossier and self._parts is parts and (not trouble or self.unsaved or waited):
            self._notes += [part.changed() for part in self._parts]
        self.tell(" ".join(filter(None, dict.fromkeys([trouble, *self._notes]))))
        return not trouble

    def tell(self, message: str) -> None:
        """Show a message about something that was done."""
        self.message = message
        for listener in self._told:
            listener()

    @staticmethod
    def trouble(action: Callable[[], object]) -> str:
        """Do something and return what went wrong, in words; empty when all went well."""
        try:
            action()
        except MemokitError as error:
            return " ".join(f"{p.message} {p.remedy}" for p in error.problems)
        except ToldError as told:
            return str(told)
        except Exception:
            logging.getLogger("memokit").exception("unexpected")
            return say("app.message.unexpected")
        return ""

    def later(
        self, function: Callable[..., Any], *args: Any, done: Callable[[Any], object], label: str = ""
    ) -> None:
        """Have a function of a module run beside the page, and `done` called with its result.

        Parameters
        ----------
        label
            What is being done, in words: it is `busy` meanwhile.
        """
        self._jobs.append(label)
        self.busy = label

        def finish(result: Callable[[], Any]) -> None:
            self._jobs.remove(label)
            self.busy = self._jobs[-1] if self._jobs else ""
            trouble = self.trouble(lambda: done(result()))
            self.tell(trouble or self.message)

        self.worker.ask(function, args, finish)

    # -- the dossier --------------------------------------------------------------------------------------

    def found(self) -> list[Path]:
        """Return the dossiers in the working folder."""
        inside = [path.parent for path in sorted(self.folder.glob("*/dossier.yml"))]
        here = [self.folder] if (self.folder / "dossier.yml").is_file() else []
        return [*here, *inside]

    def open(self, folder: Path) -> None:
        """Open a dossier; the views are made anew."""
        self._take(dossier.open_dossier(folder))

    def new(self, name: str) -> None:
        """Make a dossier for a municipality in the working folder, and open it."""
        self._take(dossier.new(name, self.folder))

    def example(self) -> None:
        """Open a copy of the fictional example, made in the working folder the first time."""
        target = self.folder / f"dossier-{EXAMPLE}"
        if not target.exists():
            shutil.copytree(data_path("examples", EXAMPLE), target)
        self.open(target)

    def _take(self, opened: Dossier) -> None:
        self.leave()
        self._waiting, self.unsaved, self.looking = [], 0, False
        self._parts = [Part()]
        self.guard = Guard(opened.folder, self.session)
        self._show(opened)
        self.saved = ""
        self._met(self.guard.enter())
        self.asking = bool(self.elsewhere)
        for listener in self._opened:
            listener()

    @property
    def now(self) -> Dossier:
        """The dossier; only asked for where there is one."""
        assert self.dossier is not None
        return self.dossier

    # -- other windows ------------------------------------------------------------------------------------

    def _met(self, other: Holder | None) -> None:
        """Take note of who has the dossier, if somebody else."""
        when = other and time.strftime("%H:%M", time.localtime(other.since))
        self.elsewhere = say("page_top.who", computer=other.computer, at=when) if other else ""

    def beat(self) -> None:
        """Say that this window is still there; save what waits, and show what another window saved."""
        if self.dossier is None or self.elsewhere:
            return
        self._met(self.guard.beat())
        late = any(problem.code in LOUD[:3] for problem in self.dossier.problems)
        behind = self._size != read_journal(journal_path(self.dossier.folder)).size
        if not self.elsewhere and (self._waiting or late or behind):
            self.attempt(self._retry)

    def take_over(self) -> None:
        """Go on working in this window; the other one is told at its next save."""
        self._met(self.guard.enter(take_over=True))
        self.asking = self.looking = False
        self._retry()

    def look_on(self) -> None:
        """Show the dossier of another window, and change nothing."""
        self.asking, self.looking = False, True

    def go(self, page: str) -> None:
        """Show another view."""
        self.page = page

    def leave(self) -> None:
        """Give the claim on the dossier up."""
        self.guard.leave()

    def _retry(self) -> None:
        """Read the dossier again, with what waited."""
        if self._waiting:
            self._commit([])
        else:
            self._show(dossier.open_dossier(self.now.folder))

    # -- saving -------------------------------------------------------------------------------------------

    def put(self, *records: Record, replacing: Record | None = None) -> None:
        """Save records; one that stands under another key now takes the place of `replacing`."""
        old = [replacing] if replacing and replacing.id not in {record.id for record in records} else []
        self.change(records, old)

    def remove(self, record: Record) -> None:
        """Take a record out."""
        self.change((), [record])

    def change(self, records: Sequence[Record], gone: Sequence[Record] = ()) -> None:
        """Save records and take others out, as one step."""
        if self.looking:
            raise ToldError(say("page_top.looking"))
        keys = [(record.table, record.id) for record in gone]
        changes = dossier.changes_of(self.now, records, keys)
        if changes or self._waiting:
            self._commit(changes, dossier.with_records(self.now, records, keys))

    def undo(self) -> None:
        """Take the last step back."""
        self._back(dossier.undo)

    def redo(self) -> None:
        """Do again what was last taken back."""
        self._back(dossier.redo)

    def _back(self, how: Callable[[Dossier], Dossier]) -> None:
        self._may_save()
        if self._waiting:
            self._commit([])
        self.burst.stop()
        self._saved(how(self.now))

    def _commit(self, changes: Sequence[Change], kept: Dossier | None = None) -> None:
        """Save changes, with those that waited; what cannot be saved now waits on the desk."""
        id_, joins = self.burst.goes_on(changes)
        waiting = list(net([*self._waiting, *changes]).values())
        try:
            self._may_save()
            after = dossier.apply_changes(self.now, waiting, entry_id=id_, joins=joins)
        except (MemokitError, ToldError):
            if kept is not None and not self.now.read_only:
                self._waiting, self.unsaved = waiting, len(waiting)
                self._show(kept)
            self.burst.stop()
            raise
        self._waiting, self.unsaved = [], 0
        self._saved(after)

    def _may_save(self) -> None:
        if self.dossier is not None and not self.elsewhere:
            self._met(self.guard.beat())
        if self.elsewhere:
            raise ToldError(say("page_top.lost", who=self.elsewhere))

    def _saved(self, after: Dossier) -> None:
        """Take over a dossier with a change that is on the disk."""
        known = set(self.now.problems)
        self._notes += [
            f"{p.message} {p.remedy}" for p in after.problems if p.code in LOUD and p not in known
        ]
        self._show(after)
        self.saved = time.strftime("%H:%M")

    def _show(self, after: Dossier) -> None:
        self._forget()
        self.dossier = after
        journal = read_journal(journal_path(after.folder))
        self.can_undo, self.can_redo = journal.find() is not None, journal.undoing() is not None
        self._size = journal.size

    def _forget(self) -> None:
        """Forget what was worked out from the dossier as it was."""
