"""What the readers of figures share: what is missing, what stands there twice, what a column is about.

What is missing is counted by its meaning and never becomes a zero; two different figures for one
municipality, year and indicator are a problem, for nobody can tell which one holds.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from memokit.cells import number_text
from memokit.grid import letter
from memokit.problems import MemokitError, Problem
from memokit.sources.delivery import Parts
from memokit.sources.incoming import Grid, Incoming, fold
from memokit.sources.numbers import Mark, bare, parse
from memokit.sources.tabular import Floats, Names, Table, columns, find_header, load, tell_above
from memokit.sources.whose import Ints, Who

MISSING: Mapping[str, str] = {
    **dict.fromkeys(("x", "X"), "censored"), **dict.fromkeys(("?", "n.b."), "unknown"),
    **dict.fromkeys(("-", "–", "."), "empty"), **dict.fromkeys(("n.v.t.", "nvt"), "not_applicable"),
}  # fmt: skip
# What a Swing site writes as a number where there is none.
SENTINELS = {-99996.0: "empty", -99997.0: "censored", -99998.0: "not_applicable", -99999.0: "unknown"}
_UNITS = {
    **{unit: unit for unit in (
        "%", "‰", "aantal", "euro", "inwoners", "personen", "huishoudens", "ha", "km", "km²", "m²", "kg",
        "ton", "kWh", "MWh", "GWh", "jaar", "dagen", "gemiddelde", "index", "score", "euro per inwoner",
        "per 100 inwoners", "per 1000 inwoners", "per 1.000 inwoners",
    )},
    "in %": "%", "procent": "%", "€": "euro", "eur": "euro", "in euro": "euro", "m2": "m²", "km2": "km²",
}  # fmt: skip


@dataclass(frozen=True)
class Series:
    """One indicator: its unit, and how its figure moves over a merger."""

    indicator: str
    unit: str = ""
    spread: str = "share"
    label: str = ""


def unit_of(head: str) -> str:
    """Return the unit that a head tells between brackets; empty when it tells none.

    Examples
    --------
    >>> unit_of("Groen in de buurt (%)"), unit_of("Inwoners (aantal)"), unit_of("Werkenden (20-64 jaar)")
    ('%', 'aantal', '')
    """
    inside = re.search(r"\(([^()]+)\)\s*$", head)
    return _UNITS.get(inside[1].strip(), _UNITS.get(inside[1].strip().casefold(), "")) if inside else ""


def open_table(grid: Grid, names: Names, needed: Sequence[str]) -> tuple[Table, tuple[str, ...]]:
    """Return every column of a sheet: those of `names` by name, and the heads of the others.

    Raises
    ------
    MemokitError
        No header, or a head stands there twice.
    """
    at = find_header(grid, names, needed)
    if at is None:
        return load(grid, names, needed), ()
    known = {fold(head): name for name, heads in names.items() for head in heads}
    places: dict[str, int] = {}
    for i, head in enumerate(grid.texts()[at]):
        name = known.get(fold(head), head)
        if name in places:
            raise MemokitError(Problem("duplicate-head", file=grid.file, sheet=grid.sheet, found=head,
                                       row=at + grid.first, column=letter(i)))
        if head:
            places[name] = i
    table, lines = columns(grid, at, places), grid.texts()
    tell_above(table, lines[:at], lines[at])
    return table, tuple(name for name in places if name not in names)


def each_sheet(
    incoming: Incoming, parts: Parts, header: Callable[[Grid], int | None], use: Callable[[Grid], None]
) -> None:
    """Read every sheet that has a header and something below it; the problems of all sheets come together.

    Parameters
    ----------
    header
        Returns the place of the header in the first rows of a sheet.
    use
        Reads one sheet into `parts`.
    """
    tops = [(grid, at) for grid in incoming.grids if (at := header(grid)) is not None]
    full = [grid for grid, at in tops if any(any(line) for line in grid.head[at + 1 :])]
    grids = full or [grid for grid, _ in tops]
    for grid in grids or incoming.grids[:1]:
        try:
            use(grid)
        except MemokitError as error:
            parts.problems += error.problems
    parts.problems = list(dict.fromkeys(parts.problems))
    used = {grid.sheet for grid in grids}
    left = [grid.sheet for grid in incoming.grids if grid.sheet not in used and any(map(any, grid.head))]
    if grids and left:
        file = incoming.path.name
        parts.problems.append(Problem("sheets-ignored", "note", file=file, detail={"names": left}))
    if not any(problem.severity == "error" for problem in parts.problems):
        _check_whole(parts, incoming.path.name, len(grids) > 1)


def _check_whole(parts: Parts, file: str, several: bool) -> None:
    """Refuse a file without one row to use, and two sheets with a figure about the same."""
    got = parts.observations
    if not any(columns_.get("municipality") for columns_ in parts.tables().values()):
        parts.problems.append(Problem("no-figures", file=file))
    elif several and got:
        names = ["indicator", "municipality", "year", *["borders"] * ("borders" in got)]
        tally = Counter(zip(*(got[name] for name in names), strict=True))
        twice = [" ".join(map(str, key)) for key, n in tally.items() if n > 1]
        parts.problems += [Problem("two-sheets", file=file, found=found) for found in twice[:10]]


def ignore(table: Table, heads: Sequence[str]) -> None:
    """Say which columns are not used."""
    if heads:
        table.tell("columns-ignored", severity="note", detail={"names": list(heads)})


def kind_of(cells: Sequence[Any]) -> str:
    """Return whether a column holds `numbers`, `text`, or is `empty`.

    Examples
    --------
    >>> kind_of(["bos", "x"]), kind_of(["x", "12,5"]), kind_of(["", "-"])
    ('text', 'numbers', 'empty')
    """
    texts = (cell for cell in cells if not isinstance(cell, str) or bare(cell) not in ("", *MISSING))
    some = False
    for cell in texts:
        some = True
        if parse(cell, ",") is not None or parse(cell, ".") is not None:
            return "numbers"
    return "text" if some else "empty"


def numbers(
    table: Table, names: Sequence[str], choose: Mapping[str, str], usual: Mark = ""
) -> dict[str, Floats]:
    """Return columns of numbers, NaN where there is none; one note says how many and why."""
    found = table.floats(names, usual, MISSING, choose)
    tally: Counter[str] = Counter(dict.fromkeys(SENTINELS.values(), 0))
    for name, values in found.items():
        cells = table.columns[name]
        said = [cells[i] for i in np.flatnonzero(np.isnan(values)).tolist()]
        texts = map(bare, map(str, said))
        tally.update(MISSING.get(text, "empty") for text in texts if not text or text in MISSING)
        low = values <= -99996.0
        for sentinel, reason in SENTINELS.items() if low.any() else ():
            at = values == sentinel
            tally[reason] += int(at.sum())
            values[at] = np.nan
    if total := tally.total():
        table.tell("missing-values", severity="note", detail={"n": total, "why": dict(tally)})
    return found


def add(
    parts: Parts, table: Table, who: Who, name: str, values: Floats, series: Series, source: str,
    only: np.ndarray[Any, np.dtype[np.bool_]] | None = None,
) -> None:
    """Add the figures of one column; what is missing gives no row.

    Parameters
    ----------
    name
        The column of the table, for the place of a problem.
    only
        The rows that count.
    """
    there = np.flatnonzero(~np.isnan(values) if only is None else ~np.isnan(values) & only)
    if who.repeats:
        there = once(table, who.keys, name, values, there)
    places, n = there.tolist(), len(there)
    columns_ = {
        "municipality": _pick(who.towns, places), "indicator": [series.indicator] * n,
        "year": _pick(who.years, places), "value": values[there].tolist(), "unit": [series.unit] * n,
        "status": ["published"] * n, "source": [source] * n,
    }  # fmt: skip
    if who.borders:
        columns_["borders"] = _pick(who.borders, places)
    for column, cells in columns_.items():
        parts.observations.setdefault(column, []).extend(cells)
    parts.spread[series.indicator] = series.spread
    if series.label and n:
        parts.labels[series.indicator] = series.label


def _pick(cells: Sequence[Any], places: Sequence[int]) -> Sequence[Any]:
    return cells if len(places) == len(cells) else [cells[i] for i in places]


def once(table: Table, keys: Ints, name: str, values: Floats, there: Ints) -> Ints:
    """Return the places without those that say the same again; two different figures are a problem."""
    _, first, which = np.unique(keys[there], return_index=True, return_inverse=True)
    differs = values[there] != values[there][first][which]
    wrong = [(i, number_text(float(values[i]))) for i in there[differs].tolist()]
    table.tell_each("two-figures", wrong, name)
    if (same := len(there) - len(first) - len(wrong)) > 0:
        table.tell("repeated-figures", severity="note", detail={"n": same})
    return np.sort(there[first])
