"""statbel-income: to come."""

from __future__ import annotations

from collections.abc import Mapping

from memokit.sources.delivery import Parts
from memokit.sources.incoming import Incoming

KIND = "statbel-income"
HEADS: tuple[str, ...] = ()


def recognises(incoming: Incoming) -> int:
    """Not yet."""
    return 0


def read(incoming: Incoming, choose: Mapping[str, str]) -> Parts:
    """Not yet."""
    return Parts()
