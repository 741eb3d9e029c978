"""Pure functions on numbers: no files, no municipalities, no words.

Every name is reachable as `memokit.scoring.<name>` and fetched when it is first used: what needs no numpy
(one position, one trend) starts without it.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from memokit.scoring.aggregate import MEANS, aggregate, amean, gmean, hmean, pmean
    from memokit.scoring.impute import denominate, impute, impute_rows, screen
    from memokit.scoring.normalise import METHODS, normalise
    from memokit.scoring.pledges import shares
    from memokit.scoring.posts import mean, position
    from memokit.scoring.progress import arrows, eurostat, linear, statcan, statcan_together, un_progress
    from memokit.scoring.ranks import interval, rank, rank_change, remove_one, significant
    from memokit.scoring.relations import correlations, cronbach, goal_correlations
    from memokit.scoring.sdsn import COLOURS, goal_colours, goal_means, grades, indicator_colours, overall
    from memokit.scoring.sdsn import region_fill as region_fill
    from memokit.scoring.sensitivity import bootstrap, cut, noisy_weights, saltelli, sobol
    from memokit.scoring.treat import kurt, log_ct, skew, treat, treat_columns, winsorise
    from memokit.scoring.trends import cagr, prc_change

__all__ = [
    "COLOURS", "MEANS", "METHODS", "aggregate", "amean", "arrows", "bootstrap", "cagr", "correlations",
    "cronbach", "cut", "denominate", "eurostat", "gmean", "goal_colours", "goal_correlations", "goal_means",
    "grades", "hmean", "impute", "impute_rows", "indicator_colours", "interval", "kurt", "linear", "log_ct",
    "mean", "noisy_weights", "normalise", "overall", "pmean", "position", "prc_change", "rank", "rank_change",
    "region_fill", "remove_one", "saltelli", "screen", "shares", "significant", "skew", "sobol", "statcan",
    "statcan_together", "treat", "treat_columns", "un_progress", "winsorise",
]  # fmt: skip

# The first room that has the name: `rank` counts down (up: METHODS["rank"]), and `normalise` takes a method.
_ROOMS = (
    "posts", "progress", "pledges", "ranks", "aggregate", "normalise", "treat", "impute", "trends",
    "relations", "sensitivity", "sdsn",
)  # fmt: skip


class _Package(ModuleType):
    """Keeps `treat` the function: importing the room `treat` would put the room in its place."""

    def __setattr__(self, name: str, value: Any) -> None:
        super().__setattr__(name, getattr(value, name, value) if isinstance(value, ModuleType) else value)


sys.modules[__name__].__class__ = _Package


def __getattr__(name: str) -> Any:
    if name in __all__:
        for room in _ROOMS:
            module = import_module(f"{__name__}.{room}")
            if hasattr(module, name):
                return getattr(module, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
