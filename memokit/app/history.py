"""Which change goes on with the one before: a burst of typing in one field is one step back.

The steps themselves stand in the journal, so that they can be taken back after a reload too.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from memokit.dossier import new_id
from memokit.journal import Change
from memokit.records import model_of
from memokit.rows import defaults

PAUSE = 2.0  # seconds without typing after which the next change is a step of its own


@dataclass(frozen=True)
class Spot:
    """A field in which somebody types; its record has another key after, when the field is part of it."""

    table: str
    before: str
    after: str
    field: str


def spot(changes: Sequence[Change]) -> Spot | None:
    """Return the one field with typed text that was changed, or None when it was anything else.

    Examples
    --------
    >>> spot([Change("plan", "A", {"title": "x"}, {"title": "xy"})])
    Spot(table='plan', before='A', after='A', field='title')
    >>> spot([Change("plan", "A", {"struck": "no"}, {"struck": "yes"})]) is None
    True
    """
    put = [change for change in changes if change.after is not None]
    gone = [change for change in changes if change.after is None]
    if len(put) != 1 or len(gone) > 1:
        return None
    here, model = put[0], model_of(put[0].table)
    after = here.after or {}
    if gone:  # a record under another name
        before = gone[0].before or {}
    else:
        before = here.before or {**defaults(model), **{n: after[n] for n in model.key if n in after}}
    fields = [name for name, text in after.items() if before.get(name, "") != text]
    typed = len(fields) == 1 and model.cells()[fields[0]].kind not in ("choice", "sources")
    return Spot(here.table, gone[0].key if gone else here.key, here.key, fields[0]) if typed else None


@dataclass
class Burst:
    """The typing of this moment.

    Examples
    --------
    >>> now = iter([0.0, 1.5, 9.0])
    >>> burst = Burst(lambda: next(now))
    >>> typing = [Change("plan", "A", {"title": ""}, {"title": "x"})]
    >>> first, second, third = [burst.goes_on(typing) for _ in range(3)]
    >>> (first[1], second[1] == first[0], third[1])
    ('', True, '')
    """

    clock: Callable[[], float] = time.monotonic
    spot: Spot | None = None
    at: float = 0.0
    step: str = field(default="")

    def goes_on(self, changes: Sequence[Change]) -> tuple[str, str]:
        """Return an id for the entry of these changes, and the id of the step that it goes on with."""
        last, now, id_ = self.spot, self.clock(), new_id()
        self.spot = spot(changes)
        same = last is not None and self.spot is not None and now - self.at <= PAUSE
        same = same and (last.table, last.after, last.field) == (  # type: ignore[union-attr]
            self.spot.table, self.spot.before, self.spot.field,  # type: ignore[union-attr]
        )  # fmt: skip
        self.at, self.step = now, self.step if same else id_
        return id_, self.step if same else ""

    def stop(self) -> None:
        """Let the next change be a step of its own."""
        self.spot = None
