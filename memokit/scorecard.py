"""One call for people who bring their own data: observations, a catalogue and a recipe become a card.

The steps in their order: denominate, screen, treat, normalise, impute, goal means, overall score, rank; and
beside them, on the values as they are, colours and trends. Each step is a function of arrays that
`robustness` calls again with other choices.
"""

from __future__ import annotations

import hashlib
import platform
import warnings
from collections.abc import Callable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Iterator

import numpy as np
from numpy.typing import NDArray

from memokit import __version__
from memokit.framework import Framework, by_key, read_framework, read_units
from memokit.panel import Panel, read, unknown
from memokit.problems import MemokitError, Problem
from memokit.recipe import IMPUTE, PROGRESS, Recipe, from_record
from memokit.scoring import impute, normalise, progress, ranks, sdsn, treat

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
PLAIN = Recipe()
TREND_OF = {
    **dict.fromkeys(("target_achieved", "substantial_progress", "significant_progress", "met_or_on_track"), 0),
    **dict.fromkeys(("moderate_progress", "some_progress"), 1),
    **dict.fromkeys(("limited_progress", "insufficient_progress", "no_progress"), 2),
    **dict.fromkeys(
        ("deterioration", "movement_away", "moderate_movement_away", "significant_movement_away"), 3
    ),
}  # fmt: skip
LEVEL = np.array([1.0, 0.75, 0.25, -0.25, np.nan])  # a trend without a ratio counts as the middle of its class
