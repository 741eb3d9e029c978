"""Statbel, fiscal income per municipality: totals only; nothing is divided here.

The residents of income year Y are those of 1 January Y + 1, as in the population file.
"""

from __future__ import annotations

from collections.abc import Mapping

from memokit.sources.delivery import Parts
from memokit.sources.figures import Series, add, each_sheet, numbers
from memokit.sources.incoming import Grid, Incoming
from memokit.sources.tabular import find_header, load
from memokit.sources.whose import Who, codes

KIND = "statbel-income"
SERIES = {
    "MS_TOT_NET_TAXABLE_INC": Series("inkomen_totaal", "euro", "count"),
    "MS_NBR_NON_ZERO_INC": Series("aangiften", "aantal", "count"),
    "MS_NBR_ZERO_INC": Series("aangiften_nul", "aantal", "count"),
    "MS_TOT_RESIDENTS": Series("inwoners_1jan_volgend_jaar", "inwoners", "count"),
    "MS_TOT_MUNICIP_TAXES": Series("gemeentebelasting_totaal", "euro", "count"),
    "MS_TOT_TAXES": Series("belasting_totaal", "euro", "count"),
}
NAMES = {"year": ("CD_YEAR",), "nis": ("CD_MUNTY_REFNIS", "CD_REFNIS"), **{name: (name,) for name in SERIES}}
NEEDED = ("year", "nis", "MS_TOT_NET_TAXABLE_INC")
HEADS = tuple(head for heads in NAMES.values() for head in heads)
SOURCE = "Statbel"
BORDERS = 2019  # published for 581 municipalities, also for the years before 2019


def recognises(incoming: Incoming) -> int:
    """Return 95 when year, municipality and net taxable income stand under one header."""
    return 95 if any(_header(grid) is not None for grid in incoming.grids) else 0


def _header(grid: Grid) -> int | None:
    return find_header(grid, NAMES, NEEDED)


def read(incoming: Incoming, choose: Mapping[str, str]) -> Parts:
    """Return income, returns, taxes and residents of the Flemish municipalities."""
    parts = Parts(usual_borders=BORDERS)
    each_sheet(incoming, parts, _header, lambda grid: _sheet(grid, parts, choose))
    return parts


def _sheet(grid: Grid, parts: Parts, choose: Mapping[str, str]) -> None:
    table = load(grid, NAMES, NEEDED)
    who = Who(codes(table, "nis"), table.years("year"))
    names = [name for name in SERIES if name in table.columns]
    for name, values in numbers(table, names, choose).items():
        add(parts, table, who, name, values, SERIES[name], SOURCE)
    if "MS_TOT_RESIDENTS" in names:
        table.tell("income-residents", severity="note")
    parts.problems += table.problems
