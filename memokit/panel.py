"""One dense cube of figures: indicator × year × municipality, float64, NaN where nothing was observed.

A table of rows is read in blocks and every row put in its place, so that all of Flanders costs no work per
row in Python, and a duplicate is free to see: fewer places are filled than there were rows. Only then is the
slow way gone that names it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from memokit.blocks import KEYS, NAMED, Array, Block, Floats, opened, text_keys, unknown
from memokit.problems import MemokitError, Problem, refuse_errors

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class Panel:
    """The cube and its three indexes.

    Parameters
    ----------
    values
        Indicator × year × municipality, in the unit of the indicator.
    indicators, municipalities
        The labels, as they were given.
    years
        The years, going up.
    listed
        Indicator × municipality: whether the table had a row, be it without a value.
    """

    values: Floats
    indicators: pd.Index[Any]
    years: NDArray[np.int64]
    municipalities: pd.Index[Any]
    listed: NDArray[np.bool_]

    def find(
        self, first: bool = False, year: Floats | None = None, since: bool = False
    ) -> tuple[Floats, Floats]:
        """Return one value for each indicator and municipality, and its year; NaN where there is none.

        Parameters
        ----------
        first
            The first year that has a value, instead of the last.
        year
            For each indicator the year that is asked (NaN: free). Nothing stands in for it when it is empty.
        since
            `year` is where the search begins, instead of the only year: the first with a value from then on.

        Examples
        --------
        >>> cube = read({"municipality": ["A", "A"], "indicator": "x", "year": [2018, 2022], "value": [1, 3]})
        >>> [float(part[0, 0]) for part in (*cube.find(), *cube.find(first=True))]
        [3.0, 2022.0, 1.0, 2018.0]
        """
        shape = len(self.indicators), len(self.municipalities)
        value, found = np.full(shape, np.nan), np.full(shape, np.nan)
        asked = np.full(shape[0], np.nan) if year is None else np.asarray(year, float)
        for place in range(len(self.years)) if first else reversed(range(len(self.years))):
            now, there = int(self.years[place]), self.values[:, place]
            rows = np.isnan(asked) | ((asked <= now) if since else (asked == now))
            if rows.any():
                new = np.isnan(value) & ~np.isnan(there) & rows[:, None]
                np.copyto(value, there, where=new)
                np.copyto(found, float(now), where=new)
        return value, found


def read(
    source: Any,
    indicators: Iterable[Hashable] | None = None,
    municipalities: Iterable[Hashable] | None = None,
    years: Iterable[int] | None = None,
) -> Panel:
    """Put a table with the columns municipality, indicator, year and value in a cube.

    Parameters
    ----------
    source
        A pandas DataFrame, anything with the Arrow stream interface (polars, duckdb, pyarrow …), a mapping of
        columns, or the path of a `.csv` (comma and point, or `;` and decimal comma) or `.parquet` file. Files
        are read in blocks. Arrow and Parquet need the extra `parquet`.
    indicators, municipalities, years
        What is known, in the order of the cube; None: whatever the table holds, in the order of appearance.
        Give the municipalities of a large table: then the cube is allocated once.

    Raises
    ------
    MemokitError
        All at once: a column is missing; a key is blank, or unknown; a value is not a number, or infinite.
        Then: a municipality, indicator and year stand there twice. At most twenty are named, all are counted.

    Notes
    -----
    A blank value is no observation. Labels are compared as text, so 12025 and "12025" are one municipality.
    A row counts from 1, and in a CSV the heads are row 1.

    Examples
    --------
    >>> cube = read({"municipality": ["A", "B"], "indicator": "x", "year": 2022, "value": [1, 2]})
    >>> cube.values.shape, cube.values.ravel().tolist()
    ((1, 1, 2), [1.0, 2.0])
    """
    sides: tuple[Iterable[Hashable] | None, ...] = (indicators, years, municipalities)
    known = [None if labels is None else list(labels) for labels in sides]
    return opened(source, lambda blocks, file, first: _Build(known, file, first).take(blocks))


# -- building -----------------------------------------------------------------------------------------------


class _Axis:
    """The labels of one side of the cube: known beforehand, or met on the way."""

    def __init__(self, known: Sequence[Hashable] | None, years: bool) -> None:
        import pandas as pd

        self.fixed, self.years = known is not None, years
        self.labels: pd.Index[Any] = pd.Index(known or [], dtype=None if known else object)
        self.keys = text_keys(self.labels)
        self.unknown: dict[str, None] = {}
        self._last: tuple[Any, Array] = (None, np.empty(0))

    def place(self, labels: pd.Index[Any], codes: Array) -> Array:
        """Return the place of each row; -1 for a blank or an unknown label."""
        if labels is not self._last[0]:
            keys = text_keys(labels)
            table = self.keys.get_indexer(keys)
            if (table < 0).any():
                self._meet(labels, keys, table, codes)
                table = self.keys.get_indexer(keys)
            # Labels that are not met yet may have rows in the next block: then look again.
            complete = labels if (table >= 0).all() else None
            self._last = complete, np.append(table, -1).astype(np.int32)  # half the memory to move
        return np.take(self._last[1], codes, mode="wrap")

    def _meet(self, labels: pd.Index[Any], keys: pd.Index[Any], table: Array, codes: Array) -> None:
        # A block of a larger table may bring labels that none of its rows has.
        new = (table < 0) & (np.bincount(codes[codes >= 0], minlength=len(labels)) > 0)
        good = new & (not self.fixed)
        if self.years:
            good &= np.array([re.fullmatch(r"\d{4}", key) is not None for key in keys])
        self.unknown |= dict.fromkeys(keys[new & ~good])
        good &= ~keys.duplicated()  # 12025 and "12025" in one column
        if good.any():
            self.labels = self.labels.append(labels[good]) if len(self.labels) else labels[good]
            self.keys = text_keys(self.labels)


class _Build:
    """A cube that grows with what the blocks bring, and what is wrong with them."""

    def __init__(self, known: Sequence[Sequence[Hashable] | None], file: str = "", first: int = 1) -> None:
        self.axes = [_Axis(labels, key == "year") for key, labels in zip(KEYS, known, strict=True)]
        self.cube, self.listed = np.empty((0, 0, 0)), np.empty((0, 0), bool)
        self.file, self.first, self.valued = file, first, 0
        self.wrong: dict[tuple[str, str], tuple[int, list[tuple[int, str]]]] = {}

    def take(self, blocks: Callable[[], Iterator[Block]]) -> Panel:
        """Read every block and return the cube; `blocks` is called again to name duplicates."""
        row = self.first
        for block in blocks():
            places, values = self._check(block, row)
            self._grow()
            self._put(places, values)
            row += len(block[3][0])
        if row == self.first:
            raise MemokitError(Problem("panel-empty", file=self.file))
        refuse_errors(self._problems())
        cube = self.cube = self.cube[:, :, : len(self.axes[2].labels)]
        there = 0
        for place, values in enumerate(cube):
            filled = ~np.isnan(values)
            there += int(np.count_nonzero(filled))
            self.listed[place, : cube.shape[2]] |= filled.any(axis=0)
        if there < self.valued:
            raise MemokitError(self._duplicates(blocks()))
        years = self.axes[1].keys.to_numpy().astype(np.int64)
        order = np.argsort(years)
        cube = cube if (np.diff(years) > 0).all() else cube[:, order]
        listed = self.listed[:, : cube.shape[2]]
        names = self.axes[0].labels, years[order], self.axes[2].labels
        return Panel(np.ascontiguousarray(cube), *names, listed)

    def _check(self, block: Block, row: int) -> tuple[list[Array], Floats]:
        """Return place and value of the rows that can stand in the cube; remember what is wrong."""
        *keys, (values, odd, texts) = block
        for key, (_, codes) in zip(KEYS, keys, strict=True):
            self._note("panel-blank", key, row, np.flatnonzero(codes < 0) if codes.min(initial=0) < 0 else ())
        self._note("panel-not-a-number", "value", row, odd, texts)
        places = [axis.place(*key) for axis, key in zip(self.axes, keys, strict=True)]
        if not np.isfinite(values).all():
            infinite = np.flatnonzero(np.isinf(values))
            self._note("panel-infinite", "value", row, infinite, values[infinite])
        if min(place.min(initial=0) for place in places) < 0:
            keep = np.minimum.reduce(places) >= 0
            places, values = [place[keep] for place in places], values[keep]
        return places, values

    def _put(self, places: list[Array], values: Floats) -> None:
        blank = np.isnan(values)
        if blank.any():
            self.listed[places[0][blank], places[2][blank]] = True
            places, values = [place[~blank] for place in places], values[~blank]
        self.cube.reshape(-1)[self._cells(places)] = values
        self.valued += len(values)

    def _cells(self, places: Sequence[Array]) -> Array:
        i, y, m = places
        cells: Array = i.astype(np.int64)
        cells *= self.cube.shape[1]
        cells += y
        cells *= self.cube.shape[2]
        cells += m
        return cells

    def _grow(self) -> None:
        need, have = [len(axis.labels) for axis in self.axes], self.cube.shape
        if all(n <= h for n, h in zip(need, have, strict=True)):
            return
        if need[2] > have[2] and not self.axes[2].fixed:
            need[2] = max(need[2], 2 * have[2])  # municipalities come in one by one: make room at once
        cube, listed = np.full(need, np.nan), np.zeros((need[0], need[2]), bool)
        cube[: have[0], : have[1], : have[2]] = self.cube
        listed[: have[0], : have[2]] = self.listed
        self.cube, self.listed = cube, listed

    # -- what is wrong

    def _note(self, code: str, column: str, row: int, at: Any, found: Any = ()) -> None:
        if len(at):
            count, named = self.wrong.get((code, column), (0, []))
            pairs = islice(zip(at, found if len(found) else at, strict=False), NAMED)
            more = [(row + int(i), str(text)) for i, text in pairs]
            self.wrong[code, column] = count + len(at), (named + more)[:NAMED]

    def _problems(self) -> Iterator[Problem]:
        for (code, column), (count, named) in self.wrong.items():
            detail = {"n": count, "rows": [row for row, _ in named]}
            found = ", ".join(dict.fromkeys(text for _, text in named)) if code != "panel-blank" else ""
            yield Problem(code, file=self.file, row=named[0][0], column=column, found=found, detail=detail)
        for key, axis in zip(KEYS, self.axes, strict=True):
            if axis.unknown:
                yield unknown("panel-unknown", key, axis.unknown, self.file)

    def _duplicates(self, blocks: Iterator[Block]) -> Problem:
        cells, rows, row = [], [], self.first
        for block in blocks:
            there = np.flatnonzero(~np.isnan(block[3][0]))
            places = [axis.place(*key)[there] for axis, key in zip(self.axes, block[:3], strict=True)]
            cells.append(self._cells(places))
            rows.append(there + row)
            row += len(block[3][0])
        cell, line = np.concatenate(cells), np.concatenate(rows)
        order = np.argsort(cell, kind="stable")
        cell, line = cell[order], line[order]
        starts = np.flatnonzero(np.diff(cell, prepend=-1))
        sizes = np.diff(starts, append=len(cell))
        twice = [
            {"label": self._label(cell[start]), "rows": line[start : start + size].tolist()}
            for start, size in islice(zip(starts[sizes > 1], sizes[sizes > 1], strict=True), NAMED)
        ]
        detail = {"n": int((sizes > 1).sum()), "twice": twice}
        return Problem(
            "panel-duplicate", file=self.file, row=twice[0]["rows"][1], found=twice[0]["label"], detail=detail
        )

    def _label(self, cell: int) -> str:
        places = np.unravel_index(cell, self.cube.shape)
        i, y, m = (str(axis.labels[int(place)]) for axis, place in zip(self.axes, places, strict=True))
        return f"{m} · {i} · {y}"
