"""Gemeente-Stadsmonitor: a workbook with a sheet for each indicator, register and survey.

The columns with figures differ from sheet to sheet, so they are found by their heads. Survey results are
shares of answers with margins, and the survey is held every three years: not in 2018.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping, Sequence

import numpy as np

from memokit.cells import number_text
from memokit.problems import Severity
from memokit.sources.delivery import Parts
from memokit.sources.figures import Series, add, each_sheet, ignore, kind_of, numbers, open_table, unit_of
from memokit.sources.incoming import Grid, Incoming, fold
from memokit.sources.tabular import Floats, Table, find_header
from memokit.sources.whose import Who, codes

KIND = "stadsmonitor"
NAMES = {
    "name": ("Gemeente",), "nis": ("NIS-code", "NIS code", "NIS"), "indicator": ("Indicator",),
    "year": ("Jaar",),
}  # fmt: skip
HEADS = tuple(head for heads in NAMES.values() for head in heads)
SOURCE = "Gemeente-Stadsmonitor"
BASELINE = 2018
SUM_WITHIN = 1.5  # shares are rounded: three of them seldom make exactly 100

_SHEET = re.compile(r"[A-Z]{2,4}(_[A-Z]+)?_\d+\w*")
_SURVEY = re.compile(r"[A-Z]{2,4}_S_\d+\w*")
_ANSWERS = re.compile(r"(negatief|neutraal|positief|eens|oneens|veel|weinig|noch)\b", re.I)
_MARGIN = re.compile(r"marge|betrouwbaarheidsinterval|\+/-|±", re.I)


def recognises(incoming: Incoming) -> int:
    """Return 95 for a sheet with a code for its name and the four columns on top, 55 without the code."""
    fit = [grid for grid in incoming.grids if _header(grid) is not None]
    return 95 if any(_SHEET.fullmatch(grid.sheet) for grid in fit) else 55 if fit else 0


def _header(grid: Grid) -> int | None:
    return find_header(grid, NAMES, NAMES)


def read(incoming: Incoming, choose: Mapping[str, str]) -> Parts:
    """Return the figures of every sheet; a sheet with several columns of numbers gives several indicators."""
    parts = Parts()
    each_sheet(incoming, parts, _header, lambda grid: _sheet(grid, parts, choose))
    return parts


def _sheet(grid: Grid, parts: Parts, choose: Mapping[str, str]) -> None:
    table, others = open_table(grid, NAMES, tuple(NAMES))
    who = Who(codes(table, "nis"), table.years("year"))
    heads = [head for head in others if kind_of(table.columns[head]) == "numbers"]
    values = numbers(table, heads, choose)
    survey = bool(_SURVEY.fullmatch(grid.sheet)) or sum(bool(_ANSWERS.match(head)) for head in heads) > 1
    shares = [head for head in heads if _unit(head) == "%" and not _MARGIN.search(head)]
    _check_shares(table, values, shares, survey)
    if survey:
        _tell_baseline(table, who.years)
    labels = table.text("indicator")
    keys = list(zip(who.keys.tolist(), labels, strict=True))
    kinds = {head: table.text(head) for head in others if head not in heads}
    kinds = {head: texts for head, texts in kinds.items() if _differ(keys, texts)}
    ignore(table, [head for head in others if head not in (*heads, *kinds)])
    code = [grid.sheet] if _SHEET.fullmatch(grid.sheet) else []
    one, plain = len(set(labels)) == 1, len(heads) == 1 and not survey
    for head in heads:
        split = kinds.values() if _differ(keys, values[head].tolist()) else ()
        said = list(zip(labels, *split, strict=True))
        for label, *of in dict.fromkeys(said):
            base = code if code and one else [*code, label]
            name, title = (", ".join([": ".join([*each, *([] if plain else [head])]), *of])
                           for each in (base, [label]))
            series = Series(name, _unit(head), _spread(head, survey), title)
            only = np.array([text == (label, *of) for text in said])
            add(parts, table, who, head, values[head], series, SOURCE, only)
    parts.problems += table.problems


def _differ(keys: Sequence[Hashable], cells: Sequence[str | float]) -> bool:
    """Tell whether a column has two things to say of one municipality, year and indicator."""
    first: dict[Hashable, str | float] = {}
    return any(first.setdefault(k, cell) != cell for k, cell in zip(keys, cells, strict=True) if cell == cell)


def _unit(head: str) -> str:
    if "%" in head or fold(head).startswith(("procent", "percentage", "aandeel")):
        return "%"
    return "aantal" if fold(head).startswith("aantal") else unit_of(head)


def _spread(head: str, survey: bool) -> str:
    return "survey" if survey else "count" if _unit(head) == "aantal" else "share"


def _check_shares(table: Table, values: dict[str, Floats], shares: Sequence[str], survey: bool) -> None:
    """Answers of a survey lie between 0 and 100 and make 100 together; other percentages only mostly do."""
    if survey and len(shares) >= 3:
        together = np.sum([values[head] for head in shares], axis=0)
        there = ~np.isnan(together)
        if there.any() and (np.abs(together[there] - 1) <= SUM_WITHIN / 100).all():
            table.tell("fractions", severity="warning")
            for head in shares:
                values[head] *= 100
            together = together * 100
        off = np.flatnonzero(np.abs(together - 100) > SUM_WITHIN).tolist()
        wrong = [(i, number_text(round(float(together[i]), 2))) for i in off]
        table.tell_each("shares-not-100", wrong, shares[0], severity="warning")
    severity: Severity = "error" if survey else "warning"
    for head in shares:
        outside = np.flatnonzero((values[head] > 100) | (values[head] < 0)).tolist()
        wrong = [(i, number_text(float(values[head][i]))) for i in outside]
        table.tell_each("percentage-outside", wrong, head, severity=severity)


def _tell_baseline(table: Table, years: Sequence[int]) -> None:
    """Say which year is nearest to 2018 when a survey was not held then; of two, the one before."""
    there = sorted(set(years) - {0})
    if there and BASELINE not in there:
        nearest = min(there, key=lambda year: (abs(year - BASELINE), year))
        detail = {"years": there, "nearest": nearest, "baseline": BASELINE}
        table.tell("baseline-nearest", severity="note", found=table.grid.sheet, detail=detail)


