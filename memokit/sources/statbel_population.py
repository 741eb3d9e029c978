"""Statbel, population on 1 January: the workbook per municipality, and the big file by age and sex."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from memokit.cells import FIRST_YEAR, LAST_YEAR, number_text
from memokit.problems import MemokitError
from memokit.sources.delivery import Parts
from memokit.sources.figures import Series, add, each_sheet, numbers
from memokit.sources.incoming import Grid, Incoming
from memokit.sources.places import valid_on
from memokit.sources.tabular import Table, find_header, load
from memokit.sources.whose import Who, codes
from memokit.terms import borders_of

KIND = "statbel-population"
SIMPLE = {
    "nis": ("NIS code", "NIS-code", "NIS"), "men": ("Mannen",), "women": ("Vrouwen",), "all": ("Totaal",),
}  # fmt: skip
DETAIL = {"nis": ("CD_REFNIS", "CD_MUNTY_REFNIS"), "people": ("MS_POPULATION",), "year": ("CD_YEAR",)}
HEADS = tuple(head for names in (SIMPLE, DETAIL) for heads in names.values() for head in heads)
SERIES = {
    "all": Series("bevolking", "inwoners", "count"), "men": Series("bevolking_mannen", "inwoners", "count"),
    "women": Series("bevolking_vrouwen", "inwoners", "count"),
}  # fmt: skip
SOURCE = "Statbel"

_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})(?!\d)")


def recognises(incoming: Incoming) -> int:
    """Return 95 for a file by age and sex, 90 for the workbook per municipality."""
    if any(_detail(grid) is not None for grid in incoming.grids):
        return 95
    return 90 if any(_simple(grid) is not None for grid in incoming.grids) else 0


def _detail(grid: Grid) -> int | None:
    return find_header(grid, DETAIL, ("nis", "people"))


def _simple(grid: Grid) -> int | None:
    return find_header(grid, SIMPLE, SIMPLE)


def read(incoming: Incoming, choose: Mapping[str, str]) -> Parts:
    """Return `bevolking`, and from the workbook men and women too."""
    parts = Parts()
    if any(_detail(grid) is not None for grid in incoming.grids):
        name = incoming.path.stem
        each_sheet(incoming, parts, _detail, lambda grid: _add_detail(grid, parts, name, choose))
    else:
        each_sheet(incoming, parts, _simple, lambda grid: _add_simple(grid, parts, choose))
    return parts


def _add_simple(grid: Grid, parts: Parts, choose: Mapping[str, str]) -> None:
    table = load(grid, SIMPLE, tuple(SIMPLE))
    towns = codes(table, "nis")
    titles = [grid.sheet, *(cell for line in grid.texts()[: _simple(grid) or 0] for cell in line)]
    year = _year(table, titles, towns, choose)
    who = Who(towns, [year] * len(towns))
    values = numbers(table, list(SERIES), choose, ",")
    sums = values["men"] + values["women"]
    wrong = np.flatnonzero(sums - values["all"] != 0)
    wrong = wrong[~np.isnan((sums - values["all"])[wrong])]
    said = [(i, number_text(float(values["all"][i]))) for i in wrong.tolist()]
    table.tell_each("men-and-women", said, "all")
    for name, series in SERIES.items():
        add(parts, table, who, name, values[name], series, SOURCE)
    parts.problems += table.problems


def _add_detail(grid: Grid, parts: Parts, file: str, choose: Mapping[str, str]) -> None:
    """Add up the inhabitants of every age, sex and nationality; a row without a number is refused."""
    table = load(grid, DETAIL, ("nis", "people"))
    # Two files in one would count everybody twice; a row above the header would be missing in a sum.
    grave = ("header-again", "rows-above-header")
    table.problems = [replace(p, severity="error") if p.code in grave else p for p in table.problems]
    towns = codes(table, "nis")
    people = table.floats(["people"], ",")["people"]
    empty = [(i, table.heads["people"]) for i in np.flatnonzero(np.isnan(people)).tolist()]
    table.tell_each("required-empty", empty, "people")
    told = "year" in table.columns
    years = table.years("year") if told else [_year(table, [file], towns, choose)] * len(towns)
    sums: dict[tuple[str, int], float] = {}
    for key, n in zip(zip(towns, years, strict=True), people.tolist(), strict=True):
        sums[key] = sums.get(key, 0.0) + n
    who = Who([town for town, _ in sums], [year for _, year in sums])
    add(parts, table, who, "people", np.array(list(sums.values())), SERIES["all"], SOURCE)
    parts.problems += table.problems


def _year(table: Table, texts: Sequence[str], towns: Sequence[str], choose: Mapping[str, str]) -> int:
    """Return the year that a sheet, title or file name tells, or that somebody chose; never a guess.

    Raises
    ------
    MemokitError
        None is told, or several: with the years in which all these municipalities exist as `.choices`.
    """
    found = sorted({int(year) for text in texts for year in _YEAR.findall(text)})
    said = choose.get("year", "")
    if len(found) != 1 and re.fullmatch(r"[0-9]{4}", said) and FIRST_YEAR <= int(said) <= LAST_YEAR:
        return int(said)
    if len(found) == 1:
        return found[0]
    maps = set.intersection(*(set(valid_on(town)) for town in set(towns) if town)) if any(towns) else set()
    years = found or [year for year in range(2009, 2031) if borders_of(year) in maps]
    table.tell("which-year", found=said, choices=tuple(map(str, years)), detail={"asks": "year"})
    raise MemokitError(table.problems)
