"""The desk: one dossier open, every change saved at once, and everybody told.

What goes wrong becomes a sentence in `message`, never a traceback. A reload or a dead kernel loses nothing.
"""

from __future__ import annotations

import logging
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

from memokit import dossier
from memokit.dossier import Dossier
from memokit.fields import Record
from memokit.problems import MemokitError
from memokit.resources import data_path
from memokit.texts import say

EXAMPLE = "voorbeeldstad"


class ToldError(Exception):
    """Something that a person must hear, in words from the texts."""


def working_folder() -> Path:
    """Return the folder in which dossiers are looked for and made."""
    return Path(os.environ.get("MEMOKIT_FOLDER") or ".")


class Desk:
    """One dossier at a time, and who wants to hear of changes.

    Parameters
    ----------
    folder
        Where dossiers are looked for and made.

    Examples
    --------
    >>> Desk().dossier is None
    True
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or working_folder()
        self.dossier: Dossier | None = None
        self.message = ""
        self.saved = ""
        self._changed: list[Callable[[], None]] = []
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
        self._changed.append(changed)
        self._told += [told] if told else []
        self._opened += [opened] if opened else []

    def attempt(self, action: Callable[[], object]) -> bool:
        """Do something; what goes wrong becomes a message in words. Tell whether it worked."""
        self.message = self.trouble(action)
        worked = not self.message
        # What somebody typed stays on the page when it could not be saved.
        for listener in (*(self._changed if worked and self.dossier else ()), *self._told):
            listener()
        return worked

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
        self.dossier, self.saved = opened, ""
        self._forget()
        self._changed.clear()
        for listener in self._opened:
            listener()

    @property
    def now(self) -> Dossier:
        """The dossier; only asked for where there is one."""
        assert self.dossier is not None
        return self.dossier

    # -- saving -------------------------------------------------------------------------------------------

    def put(self, *records: Record, replacing: Record | None = None) -> None:
        """Save records; one that stands under another key now takes the place of `replacing`."""
        old = [replacing] if replacing and replacing.id not in {record.id for record in records} else []
        gone = [(record.table, record.id) for record in old]
        if not gone and not dossier.changes_of(self.now, records):
            return
        self._saved(dossier.change(self.now, records, gone))

    def remove(self, record: Record) -> None:
        """Take a record out."""
        self._saved(dossier.remove(self.now, record.table, record.id))

    def undo(self) -> None:
        """Take the last change back."""
        self._saved(dossier.undo(self.now))

    def _saved(self, after: Dossier) -> None:
        self.dossier, self.saved = after, time.strftime("%H:%M")
        self._forget()

    def _forget(self) -> None:
        """Forget what was worked out from the dossier as it was."""
