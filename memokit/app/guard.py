"""The claim of this window on the open dossier, so that two windows know of each other.

The claim is a courtesy: also without it saving reads again and merges, and overwrites nothing.
"""

from __future__ import annotations

import time
from pathlib import Path

from memokit.dossier import new_id
from memokit.folder import lock_path
from memokit.journal import Holder, claim, holder, release
from memokit.problems import MemokitError

BEAT = 30  # seconds between two heartbeats
FRESH = 10  # seconds in which a heartbeat need not be written again


class Guard:
    """Our claim on one dossier.

    Parameters
    ----------
    session
        The browser tab: the same after a reload, so that a reload is asked nothing. Without one there is no
        claim at all (a script, a test).
    """

    def __init__(self, folder: Path, session: str) -> None:
        self.path = lock_path(folder)
        self.session = session
        # A tab can be duplicated, and then two windows have the same session.
        self.window = f"{session} {new_id()}" if session else ""
        self.written = 0.0

    def enter(self, take_over: bool = False) -> Holder | None:
        """Claim the dossier, or return who has it; a claim that cannot be written is no claim."""
        if not self.session:
            return None
        other = holder(self.path)
        reload = other is not None and other.session.split(" ")[0] == self.session
        return self._claim(take_over or reload)

    def beat(self) -> Holder | None:
        """Renew the claim; return who took it over in the meantime."""
        other = holder(self.path) if self.session else None
        if other is not None and other.session != self.window:
            return other
        return self._claim(False) if self.session and time.monotonic() - self.written > FRESH else None

    def leave(self) -> None:
        """Give the claim up."""
        if self.session:
            release(self.path, self.window)

    def _claim(self, take_over: bool) -> Holder | None:
        try:
            claim(self.path, self.window, take_over)
        except (MemokitError, OSError):
            other = holder(self.path)
            return other if other and other.session != self.window else None
        self.written = time.monotonic()
        return None
