"""What is measured and how it counts: the two tables beside the observations, `catalogue` and `units`.

A catalogue has a row for each indicator; every column becomes an array in that order. What is wrong with it
is listed at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from memokit.blocks import NAMED, arrow_table, csv_mark, decimal_points, text_keys, unknown
from memokit.problems import MemokitError, Problem, refuse_errors

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
NUMBERS = (
    "worst", "best", "red", "green", "weight", "target", "target_year", "limit", "year0", "year1",
)  # fmt: skip
DIRECTIONS = {
    "higher": 1.0, "ascending": 1.0, "1": 1.0, "1.0": 1.0,
    "lower": -1.0, "descending": -1.0, "-1": -1.0, "-1.0": -1.0,
}  # fmt: skip
TRUE, FALSE = ("true", "yes", "ja", "waar", "1", "1.0"), ("false", "no", "nee", "onwaar", "0", "0.0")


@dataclass(frozen=True, eq=False)
class Framework:
    """The catalogue as arrays, one place for each indicator.

    Parameters
    ----------
    table
        The catalogue as it was given.
    indicators, goals
        The labels; the goals in the order of their first indicator.
    goal
        The place of each indicator's goal.
    numbers
        By column of `NUMBERS`; NaN is blank. `weight` is 1 where the catalogue has no such column.
    sign
        1 where higher is better, -1 where lower is; NaN where nothing tells.
    scored
        Whether it counts in a mean.
    group
        A number for the members of a group, -1 for the others.
    impute
        The name of what fills its gaps, "" for nothing.
    notes
        What is allowed and worth knowing.
    """

    table: pd.DataFrame
    indicators: pd.Index[Any]
    goals: pd.Index[Any]
    goal: NDArray[np.intp]
    numbers: Mapping[str, Floats]
    sign: Floats
    scored: NDArray[np.bool_]
    group: NDArray[np.intp]
    impute: NDArray[np.object_]
    notes: tuple[Problem, ...]

    def __getitem__(self, column: str) -> Floats:
        return self.numbers[column]

    def names(self, rows: Any) -> list[str]:
        """Return the labels of some indicators as text, to name them in a problem."""
        return [str(label) for label in self.indicators[rows]]


def read_framework(source: Any) -> Framework:
    """Check a catalogue and return it as arrays.

    Parameters
    ----------
    source
        A table with the columns indicator and goal, and where they apply worst, best, red, green, weight,
        scored, group, impute, target, target_year, direction (`higher`, `lower`), limit, year0, year1.

    Raises
    ------
    MemokitError
        A column is missing; an indicator is blank or stands twice; a goal is blank; a number, direction or
        yes/no cannot be read; worst equals best, or the direction says the opposite of worst and best; the
        members of a group have other goals or weights.

    Notes
    -----
    Red or green beyond worst or best, and green worse than red, are allowed and noted: published frameworks
    have them.

    Examples
    --------
    >>> made = read_framework({"indicator": ["a"], "goal": [4], "worst": [10], "best": [0]})
    >>> made.sign.tolist(), made.goals.tolist()
    ([-1.0], [4])
    """
    table, file, first = read_table(source, "catalogue")
    need = [column for column in ("indicator", "goal") if column not in table]
    if need:
        found = ", ".join(map(str, table.columns))
        raise MemokitError(Problem("panel-no-column", file=file, column=c, found=found) for c in need)
    read = _Reading(table, file, first)
    made = read.framework()
    refuse_errors(read.problems)
    return made


def read_units(source: Any) -> pd.DataFrame:
    """Check the table of municipalities: municipality, and where they apply region, population …

    Raises
    ------
    MemokitError
        The column municipality is missing, blank or holds one twice.

    Examples
    --------
    >>> read_units({"municipality": ["A", "B"], "region": ["N", "N"]}).shape
    (2, 2)
    """
    table, file, first = read_table(source, "units")
    if "municipality" not in table:
        found = ", ".join(map(str, table.columns))
        raise MemokitError(Problem("panel-no-column", file=file, column="municipality", found=found))
    read = _Reading(table, file, first)
    read.keys("municipality")
    refuse_errors(read.problems)
    return table


def read_table(source: Any, name: str) -> tuple[pd.DataFrame, str, int]:
    """Return a small table as a frame, with its file (else `name`) and the number of its first row.

    A CSV is read as text (`,` and decimal points, or `;` and decimal commas).

    Raises
    ------
    MemokitError
        The file is not there or cannot be read.
    """
    import pandas as pd

    if isinstance(source, pd.DataFrame):
        return source.reset_index(drop=True), name, 1
    if hasattr(source, "__arrow_c_stream__"):
        return arrow_table(source).to_pandas(), name, 1
    if not isinstance(source, str | Path):
        return pd.DataFrame(source), name, 1
    path = Path(source)
    try:
        mark = csv_mark(path)
        table = pd.read_csv(path, sep=mark, dtype=str, encoding="utf-8-sig", keep_default_na=False)
    except (OSError, ValueError) as error:
        missing = isinstance(error, FileNotFoundError)
        raise MemokitError(Problem("file-missing" if missing else "cannot-read", file=path.name)) from None
    if mark == ";":
        table = table.assign(**{c: decimal_points(table[c]) for c in NUMBERS if c in table})
    return table.mask(table == ""), path.name, 2


class _Reading:
    """One table while it is checked, and what is wrong with it."""

    def __init__(self, table: pd.DataFrame, file: str, first: int) -> None:
        self.table, self.file, self.first = table, file, first
        self.problems: list[Problem] = []

    def framework(self) -> Framework:
        import pandas as pd

        self.keys("indicator")
        self._tell("panel-blank", "goal", self.table["goal"].isna().to_numpy())
        goal, goals = pd.factorize(self.table["goal"])
        numbers = {column: self._numbers(column) for column in NUMBERS}
        if "weight" not in self.table:
            numbers["weight"] = np.ones(len(self.table))
        group = self._texts("group")
        sign = self._sign(numbers)
        made = Framework(
            table=self.table, indicators=pd.Index(self.table["indicator"]), goals=pd.Index(goals), goal=goal,
            numbers=numbers, sign=sign, scored=self._scored(),
            group=np.where(group == "", -1, pd.factorize(group)[0]), impute=self._texts("impute"),
            notes=tuple(self._notes(numbers, sign)),
        )  # fmt: skip
        self._groups(made)
        return made

    def keys(self, column: str) -> None:
        import pandas as pd

        keys = text_keys(pd.Index(self.table[column]))
        self._tell("panel-blank", column, self.table[column].isna().to_numpy())
        self._tell("framework-twice", column, keys.duplicated(), keys)

    def _tell(self, code: str, column: str, wrong: NDArray[np.bool_], found: Any = None) -> None:
        """Note the rows that are wrong, by what stands there or by their indicator."""
        rows = np.flatnonzero(wrong)
        if rows.size:
            names = ["" if found is None else str(found[row]) for row in rows]
            one = unknown(code, column, names, self.file)
            places = [int(row) + self.first for row in rows[:NAMED]]
            self.problems.append(replace(one, row=places[0], detail={**one.detail, "rows": places}))

    def _texts(self, column: str) -> NDArray[np.object_]:
        if column not in self.table:
            return np.full(len(self.table), "", object)
        cells = self.table[column].astype(object)
        return cells.where(cells.notna(), "").map(str).to_numpy(object)

    def _numbers(self, column: str) -> Floats:
        import pandas as pd

        if column not in self.table:
            return np.full(len(self.table), np.nan)
        cells = self.table[column]
        found = pd.to_numeric(cells, errors="coerce").to_numpy(np.float64, na_value=np.nan)
        self._tell("panel-not-a-number", column, np.isnan(found) & cells.notna().to_numpy(), cells.to_numpy())
        self._tell("panel-infinite", column, np.isinf(found), cells.to_numpy())
        if column == "weight":
            self._tell("framework-negative-weight", column, found < 0, self._labels())
        return found

    def _scored(self) -> NDArray[np.bool_]:
        texts = np.array([text.lower() for text in self._texts("scored")], object)
        self._tell("framework-yes-no", "scored", ~np.isin(texts, ("", *TRUE, *FALSE)), texts)
        return ~np.isin(texts, FALSE)

    def _sign(self, numbers: Mapping[str, Floats]) -> Floats:
        texts = self._texts("direction")
        self._tell("framework-direction", "direction", ~np.isin(texts, ("", *DIRECTIONS)), texts)
        said = np.array([DIRECTIONS.get(text, np.nan) for text in texts])
        implied = np.sign(numbers["best"] - numbers["worst"])
        self._tell("framework-equal-posts", "best", implied == 0, self._labels())
        self._tell("framework-opposite", "direction", said * implied < 0, self._labels())
        sign = np.where(np.isnan(said), implied, said)
        return sign

    def _labels(self) -> NDArray[Any]:
        return self.table["indicator"].to_numpy()

    def _notes(self, numbers: Mapping[str, Floats], sign: Floats) -> Iterator[Problem]:
        """Yield what is odd and yet occurs in published frameworks: it is allowed."""
        posts = numbers["worst"], numbers["best"]
        low, high = np.minimum(*posts), np.maximum(*posts)
        odd = {c: (numbers[c] < low) | (numbers[c] > high) for c in ("red", "green")}
        crossed = sign * (numbers["green"] - numbers["red"]) < 0
        told = [("framework-beyond", column, rows) for column, rows in odd.items()]
        for code, column, rows in (*told, ("framework-crossed", "green", crossed)):
            if rows.any():
                one = unknown(code, column, self._labels()[rows], self.file)
                yield replace(one, severity="note")

    def _groups(self, made: Framework) -> None:
        for group in set(made.group.tolist()) - {-1}:
            rows = made.group == group
            for column, values in (("goal", made.goal), ("weight", made["weight"]), ("scored", made.scored)):
                if len(set(np.nan_to_num(values[rows].astype(float)).tolist())) > 1:
                    self._tell("framework-group", column, rows, self._labels())


def by_key(labels: pd.Index[Any], wanted: Iterable[Any]) -> NDArray[np.intp]:
    """Return the place of each wanted label, compared as text; -1 where there is none.

    Examples
    --------
    >>> import pandas as pd
    >>> by_key(pd.Index([12025, 71022]), ["71022", "x"]).tolist()
    [1, -1]
    """
    import pandas as pd

    return text_keys(labels).get_indexer(text_keys(pd.Index(list(wanted))))
