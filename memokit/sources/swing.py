"""Swing sites (provincies.incijfers.be and others): the upload layout, and the tables of the viewer.

The upload layout says on which map a figure stands (`gemeente`, `gemeente2024`, `gemeente2018`). The viewer
gives a table `Geo | Perioden | indicator`, or one with the periods as columns.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from memokit.cells import FIRST_YEAR, LAST_YEAR
from memokit.grid import letter
from memokit.problems import MemokitError
from memokit.sources.delivery import Parts
from memokit.sources.figures import Series, add, each_sheet, ignore, kind_of, numbers, open_table, unit_of
from memokit.sources.incoming import Grid, Incoming, fold
from memokit.sources.tabular import Table, columns, find_header, tell_above
from memokit.sources.whose import Who, check_maps, codes, leave_out, resolve

KIND = "swing"
FLAT = {name: (name,) for name in ("period", "geolevel", "geoitem")}
LONG = {"geo": ("Geo", "Gebied", "Gebieden"), "period": ("Perioden", "Periode", "Periods")}
HEADS = (*FLAT, *(head for heads in LONG.values() for head in heads))
LEVELS = {"gemeente": 2025, "gemeente2024": 2019, "gemeente2018": 2018}
TOPIC = ("Indicator", "Onderwerp", "Variabele")
SOURCE = "Swing"

_CODE = re.compile(r"(kubus|v[spg]?)\d+(_\w*)?", re.I)
_BY_CODE = {
    "v": ("aantal", "count"), "vs": ("aantal", "count"), "kubus": ("aantal", "count"),
    "vp": ("verhouding", "share"), "vg": ("gemiddelde", "share"),
}  # fmt: skip
_PART_OF_YEAR = re.compile(r"(\d{4})[-/ ]?([KQMT]?\d{1,2})", re.I)
_NAMELESS = re.compile(r"(sheet|blad|tabel|table|export|data)\W*\d*", re.I)


def recognises(incoming: Incoming) -> int:
    """Return 100 for the upload layout, 90 for a long table of the viewer, 80 for a wide one."""
    sure = {"flat": 100, "long": 90, "wide": 80, "": 0}
    return max((sure[_layout(grid)[0]] for grid in incoming.grids), default=0)


def read(incoming: Incoming, choose: Mapping[str, str]) -> Parts:
    """Return the figures of municipalities; other areas are left out and counted."""
    parts = Parts()
    readers = {"flat": _flat, "long": _long, "wide": _wide, "": _flat}
    use = lambda grid: readers[_layout(grid)[0]](grid, parts, choose)  # noqa: E731
    each_sheet(incoming, parts, lambda grid: _layout(grid)[1], use)
    return parts


def _layout(grid: Grid) -> tuple[str, int | None]:
    """Return which layout a sheet has, and the place of its header."""
    if (at := find_header(grid, FLAT, FLAT)) is not None:
        return "flat", at
    if (at := find_header(grid, LONG, LONG)) is not None:
        return "long", at
    wide = _wide_header(grid)
    return ("wide", wide.row) if wide else ("", None)


def series_of(name: str) -> Series:
    """Return what an indicator is: by the prefix of its code, or by the unit in its name.

    Examples
    --------
    >>> series_of("v2801_vh_totcrim")
    Series(indicator='v2801_vh_totcrim', unit='aantal', spread='count', label='')
    >>> series_of("Groen in de buurt (%)")
    Series(indicator='Groen in de buurt (%)', unit='%', spread='share', label='Groen in de buurt (%)')
    """
    if match := _CODE.fullmatch(name):
        return Series(name, *_BY_CODE[match[1].casefold()])
    unit = unit_of(name)
    return Series(name, unit, "count" if unit == "aantal" else "share", name)


def _flat(grid: Grid, parts: Parts, choose: Mapping[str, str]) -> None:
    table, heads = open_table(grid, FLAT, tuple(FLAT))
    _keep_municipalities(table)
    towns = codes(table, "geoitem")
    who = Who(towns, periods(table), [LEVELS[level] for level in table.text("geolevel")])
    check_maps(table, who, "geoitem")
    _add_heads(table, parts, who, heads, choose)


def _long(grid: Grid, parts: Parts, choose: Mapping[str, str]) -> None:
    table, heads = open_table(grid, LONG, tuple(LONG))
    texts = leave_out(table, "geo")
    who = resolve(table, "geo", texts, periods(table), choose)
    _add_heads(table, parts, who, heads, choose)


def _add_heads(
    table: Table, parts: Parts, who: Who, heads: Sequence[str], choose: Mapping[str, str]
) -> None:
    for name, values in numbers(table, _value_heads(table, heads, who), choose).items():
        add(parts, table, who, name, values, series_of(name), SOURCE)
    parts.problems += table.problems


def _keep_municipalities(table: Table) -> None:
    levels = table.text("geolevel")
    table.columns["geolevel"] = [level.casefold() for level in levels]
    tally = Counter(level for level in levels if level.casefold() not in LEVELS)
    if tally:
        said = [f"{level} ({n})" for level, n in sorted(tally.items())]
        table.tell("other-areas", severity="note", detail={"n": tally.total(), "names": said})
        table.keep([i for i, level in enumerate(levels) if level.casefold() in LEVELS])


def _value_heads(table: Table, heads: Sequence[str], who: Who) -> list[str]:
    """Return the columns with figures: every code, and whatever else holds numbers."""
    codes = [head for head in heads if _CODE.fullmatch(head)]
    others = [head for head in heads if head not in codes]
    if any(head.casefold().startswith("kubus") for head in codes):
        if others and who.repeats:
            table.tell("cube", found=", ".join(others))
            raise MemokitError(table.problems)
        unused = others
    else:
        unused = [head for head in others if kind_of(table.columns[head]) != "numbers"]
    ignore(table, unused)
    return [head for head in heads if head not in unused]


def periods(table: Table) -> list[int]:
    """Return the years; a month or quarter is a problem, unless every year has only one and the same kind."""
    texts = table.text("period")
    parts = {text: match[1] for text in set(texts) if (match := _PART_OF_YEAR.fullmatch(text))}
    if parts:
        if len(parts) == len(set(texts)) == len(set(parts.values())):
            table.tell("period-as-year", severity="note", detail={"names": sorted(parts)[:6]})
        else:
            table.tell_each("period-not-year", [(i, t) for i, t in enumerate(texts) if t in parts], "period")
        table.columns["period"] = [parts.get(text, text) for text in texts]
    return table.years("period")


@dataclass(frozen=True)
class _Head:
    """Where everything stands in a wide table: row and columns, and the year of each column."""

    row: int
    geo: int
    topic: int | None
    years: Mapping[int, int]
    others: tuple[str, ...]


def _wide_header(grid: Grid) -> _Head | None:
    geo, topic = ({fold(head) for head in heads} for heads in (LONG["geo"], TOPIC))
    for row, line in enumerate(grid.texts()):
        here = [i for i, cell in enumerate(line) if fold(cell) in geo]
        years = {i: year for i, cell in enumerate(line) if (year := _as_year(cell))}
        if here and years:
            of = [i for i, cell in enumerate(line) if fold(cell) in topic]
            used = {here[0], *of[:1], *years}
            others = tuple(cell for i, cell in enumerate(line) if cell and i not in used)
            return _Head(row, here[0], of[0] if of else None, years, others)
    return None


def _as_year(cell: str) -> int:
    bare = cell.removesuffix(".0")
    return int(bare) if re.fullmatch(r"\d{4}", bare) and FIRST_YEAR <= int(bare) <= LAST_YEAR else 0


def _wide(grid: Grid, parts: Parts, choose: Mapping[str, str]) -> None:
    head = _wide_header(grid)
    assert head is not None
    places = {"geo": head.geo, **{str(i): i for i in head.years}}
    table = columns(grid, head.row, places if head.topic is None else {**places, "topic": head.topic})
    tell_above(table, grid.texts()[: head.row], grid.texts()[head.row])
    for cell in head.others:
        if _PART_OF_YEAR.fullmatch(cell):
            table.tell_at("period-not-year", head.row + grid.first, cell, found=cell)
    ignore(table, [cell for cell in head.others if not _PART_OF_YEAR.fullmatch(cell)])
    texts = leave_out(table, "geo")
    values = numbers(table, [str(i) for i in head.years], choose)
    topics = np.array(_topics(table, grid, head, choose), dtype=object)
    first: dict[tuple[object, ...], int] = {}
    for row, (i, year) in enumerate(head.years.items()):
        if first.setdefault((year, *topics[row]), i) != i:
            column = letter(i) if grid.sheet else str(year)
            table.tell_at("duplicate-head", head.row + grid.first, column, found=str(year))
    for row, (i, year) in enumerate(head.years.items()):
        who = resolve(table, "geo", texts, [year] * len(table), choose)
        for topic in dict.fromkeys(topics[row].tolist()):
            add(parts, table, who, str(i), values[str(i)], series_of(topic), SOURCE, topics[row] == topic)
    parts.problems += table.problems


def _topics(table: Table, grid: Grid, head: _Head, choose: Mapping[str, str]) -> list[list[str]]:
    """Return the indicator of each figure: a list of rows for each column with a year."""
    if head.topic is not None:
        return [table.text("topic")] * len(head.years)
    n = len(table)
    above = grid.texts()[: head.row]
    over = above[-1] if above else []
    if any(over[i] for i in head.years if i < len(over)):
        names, last = [], ""
        for i in range(max(head.years) + 1):
            last = (over[i] if i < len(over) else "") or last
            names.append(last)
        return [[names[i]] * n for i in head.years]
    titles = [cells[0] for line in above if len(cells := [cell for cell in line if cell]) == 1]
    titles = [title for title in titles if not title.casefold().startswith("bron")]
    sheet = "" if _NAMELESS.fullmatch(grid.sheet) else grid.sheet
    name = choose.get("indicator") or (titles[0] if titles else sheet)
    if not name:
        table.tell("which-indicator", detail={"asks": "indicator"})
        raise MemokitError(table.problems)
    return [[name] * n for _ in head.years]
