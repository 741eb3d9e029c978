"""What a file turned out to hold: tidy tables, what is wrong, and what was repaired."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from memokit.problems import Problem

if TYPE_CHECKING:
    import pandas as pd

OBSERVATIONS = ("municipality", "indicator", "year", "value", "unit", "status", "source", "borders")
AMOUNTS = (
    "municipality", "year", "policy_field", "account", "action", "measure", "report", "report_year",
    "report_status", "amount", "borders",
)  # fmt: skip
PLAN_ITEMS = (
    "municipality", "report_year", "level", "code", "parent", "title", "description", "comment",
    "own_evaluation", "borders",
)  # fmt: skip
COLUMNS = {"observations": OBSERVATIONS, "amounts": AMOUNTS, "plan_items": PLAN_ITEMS}
NUMBERS = {
    "year": "int64", "value": "float64", "report_year": "int64", "amount": "float64", "borders": "int64",
}  # fmt: skip

Columns = dict[str, Any]  # name of a column → its cells


@dataclass(frozen=True)
class Repair:
    """One amount that was off by a power of ten, and the proof: euro per inhabitant times inhabitants.

    Parameters
    ----------
    row
        Of the file.
    found, amount
        What the file says, and what the other column proves.
    factor
        `amount / found`: 10, 100, …
    """

    row: int
    municipality: str
    year: int
    policy_field: str
    found: float
    amount: float
    factor: float


@dataclass
class Parts:
    """What a reader of one kind found, as columns; borders and frames come after.

    Parameters
    ----------
    rows
        By table (`observations`, `amounts`), the row of the file of each line: the place of a problem.
    spread
        By indicator, how its figure moves over a merger: `count`, `share`, `median` or `survey`. One that is
        not named cannot be added up.
    doubtful
        Year and policy field (or action) of an amount that contradicts its euro per inhabitant.
    usual_borders
        The borders that this kind of file stands on, whatever the year; 0 when they follow the year.
    labels
        By indicator, its name in the file.
    """

    observations: Columns = field(default_factory=dict)
    amounts: Columns = field(default_factory=dict)
    plan_items: Columns = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    repairs: list[Repair] = field(default_factory=list)
    spread: dict[str, str] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    usual_borders: int = 0
    doubtful: set[tuple[int, str]] = field(default_factory=set)

    def tables(self) -> Mapping[str, Columns]:
        """Return the three tables by name."""
        return {name: getattr(self, name) for name in COLUMNS}


@dataclass(frozen=True)
class Delivery:
    """A file that was read.

    Parameters
    ----------
    kind
        The kind of file: `bbc-tidy`, `swing`, `statbel-population`, …
    observations, amounts, plan_items
        Frames with the columns of `COLUMNS`; empty where the file holds nothing of the sort.
    problems
        What was left out or asks for attention; never an error.
    repairs
        Every amount that was changed.
    labels
        By indicator, its name in the file.
    doubtful
        Year and policy field (or action) of each amount that its euro per inhabitant contradicts: told in a
        warning, and never taken into a dossier.
    """

    kind: str
    file: str
    observations: pd.DataFrame
    amounts: pd.DataFrame
    plan_items: pd.DataFrame
    problems: tuple[Problem, ...] = ()
    repairs: tuple[Repair, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    doubtful: frozenset[tuple[int, str]] = frozenset()

    @property
    def municipalities(self) -> tuple[str, ...]:
        """The codes that the file is about, as delivered."""
        tables = (self.observations, self.amounts, self.plan_items)
        return tuple(sorted({code for table in tables for code in table["municipality"].unique()}))

    @property
    def years(self) -> tuple[int, ...]:
        """The years that the figures are about."""
        tables = (self.observations, self.amounts)
        return tuple(sorted({int(year) for table in tables for year in table["year"].unique()}))


def frame(table: str, columns: Columns) -> pd.DataFrame:
    """Return one table as a frame: every column there, numbers as numbers. The only door for pandas.

    The columns are taken over one by one, so that a big table does not stand in memory twice.
    """
    import pandas as pd

    kinds = {name: NUMBERS.get(name, "str") for name in COLUMNS[table]}
    empty = not columns
    cells = {name: pd.Series([] if empty else columns.pop(name), dtype=kind) for name, kind in kinds.items()}
    return pd.DataFrame(cells, copy=False)
