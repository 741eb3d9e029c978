"""BBC-analysetool, pivot: boards down, and above the figures a block that says what each column is.

As CSV the block ends with a row `NIS-code` that names the measure of each column; as workbook (sheet
`Export`) it is a year and an account, boards by name, and a last row with the filters.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from memokit.grid import letter
from memokit.problems import Problem, refuse_errors
from memokit.sources import bbc
from memokit.sources.checking import repair
from memokit.sources.delivery import Parts
from memokit.sources.incoming import Grid, Incoming, fold
from memokit.sources.places import by_name, namesakes, ours, settle, stand
from memokit.sources.tabular import Table, columns, tell_above, year_of

KIND = "bbc-pivot"
HEADS = ("NIS-code", "Type rapport", "Rapportjaar", "Boekjaar", "BV_domein", "BV_subdomein", "Beleidsveld")
_FIGURES = ("outlay", "per_head")
_BLOCK = {fold(head): name for name, heads in bbc.NAMES.items() if name not in _FIGURES for head in heads}
_SAYS = {
    "year": "year", "policy_field": "field", "account": "account", "report": "report",
    "report_year": "report_year", "report_status": "status",
}  # fmt: skip
_MUST = ("report", "report_year", "year", "field")  # a blank cell here is a merged one: as on its left


def recognises(incoming: Incoming) -> int:
    """Return 85 when a block on top has a row of years, and rows of boards or codes follow."""
    return 85 if any(_block(grid) for grid in incoming.grids) else 0


def _block(grid: Grid) -> dict[str, int]:
    """Return the rows of the block by name; empty when it is none."""
    found: dict[str, int] = {}
    lines = grid.texts()
    for at, line in enumerate(lines):
        name = _BLOCK.get(fold(line[0]), "") if line else ""
        if name and len([cell for cell in line[1:] if cell]) >= 1:
            found.setdefault(name, at)
    if "year" not in found or len(found) < 2:
        return {}
    cells = [cell for cell in lines[found["year"]][1:] if cell]
    years = [cell for cell in cells if year_of(cell)]
    return found if len(years) > 0.5 * len(cells) else {}


def read(incoming: Incoming, choose: Mapping[str, str]) -> Parts:
    """Return the amounts: a row for each board and column of the pivot that has a figure."""
    parts = Parts(usual_borders=bbc.BORDERS)
    grid = bbc.pick(incoming, _block, choose)
    block = _block(grid)
    if not block:
        parts.problems.append(Problem("no-block", file=grid.file, sheet=grid.sheet))
        return parts
    top = max(block.values())
    first = _first_column(grid, block)
    heads, totals = _heads(grid, block, first)
    table = columns(grid, top, {"who": 0, **{str(i): i for i in heads}})
    parts.problems = table.problems
    tell_above(table, _boards_above(grid, block, top), grid.texts()[top])
    bbc.leave_out_totals(table, "who")
    if totals:
        table.tell("total-columns", severity="note", choices=tuple(totals))
    told = bbc.filters(grid, table.closing)
    _tell_heads(table, heads, block, told)
    codes = _towns(table, choose)
    bbc.refuse_double(table, [(code or at,) for at, code in enumerate(codes)], "who")
    numbers = table.floats([str(i) for i in heads], ",", choose=choose)
    refuse_errors(table.problems)
    _check(table, parts, heads, numbers, codes)
    for i, head in heads.items():
        values = numbers[str(i)]
        there = np.flatnonzero(~np.isnan(values)).tolist()
        towns = [codes[at] for at in there]
        bbc.add_amounts(parts, len(there), municipality=towns, amount=values[there].tolist(), **head)
    bbc.tell_contents(parts, table, told, [])
    bbc.refuse_nothing(parts, table)
    return parts


def _boards_above(grid: Grid, block: Mapping[str, int], top: int) -> list[list[str]]:
    """Return the lines of the block that are about a municipality; for every other an empty line."""

    def is_row(at: int, line: Sequence[str]) -> bool:
        return bool(line and at not in block.values() and namesakes(bbc.split_board(line[0])[1]))

    return [line if is_row(at, line) else [] for at, line in enumerate(grid.texts()[:top])]


def _first_column(grid: Grid, block: Mapping[str, int]) -> int:
    """Return the first column of figures: the first about which a row of the block says something."""
    lines = [grid.texts()[at] for name, at in block.items() if name not in ("nis", "board")]
    return min(i for line in lines for i, cell in enumerate(line) if i and cell)


def _heads(grid: Grid, block: Mapping[str, int], first: int) -> tuple[dict[int, dict[str, Any]], list[str]]:
    """Return what each column is about, and the letters of the columns with totals."""
    lines = grid.texts()
    width = max(i + 1 for at in block.values() for i, cell in enumerate(lines[at]) if cell)
    named = [name for name in ("nis", "board") if name in block and _measures(lines[block[name]])]
    rows = {name: _filled(lines[at], width, first, name in (*_MUST, *named)) for name, at in block.items()}
    measure = rows[named[0]] if named else [""] * width
    rows = {name: row for name, row in rows.items() if name not in ("nis", "board")}
    found: dict[int, dict[str, Any]] = {}
    totals = []
    for i in range(first, width):
        cells = {name: row[i] for name, row in rows.items()}
        if any(fold(cell) in bbc.TOTALS for cell in (*cells.values(), measure[i])):
            totals.append(letter(i))
            continue
        said = {name: cells.get(of, "") for name, of in _SAYS.items()}
        said["report"] = bbc.report(said["report"])
        found[i] = {**said, "measure": bbc.MEASURES.get(fold(measure[i]), "")}
    return found, totals


def _measures(line: Sequence[str]) -> bool:
    return any(fold(cell) in bbc.MEASURES for cell in line)


def _filled(line: Sequence[str], width: int, first: int, must: bool) -> list[str]:
    cells = [*line, *[""] * (width - len(line))][:width]
    for i in range(first + 1, width):
        if must and not cells[i]:
            cells[i] = cells[i - 1]
    return cells


def _tell_heads(
    table: Table, heads: dict[int, dict[str, Any]], block: Mapping[str, int], told: Mapping[str, str]
) -> None:
    """Turn years and fields into values, and say what a column does not tell of itself."""
    usual = {"report": bbc.report(told.get("typerapport", "")), "report_year": told.get("rapportjaar", ""),
             "report_status": told.get("statusrapport", ""), "policy_field": told.get("beleidsveld", "")}
    seen: dict[tuple[Any, ...], int] = {}
    for i, head in heads.items():
        head.update({name: head[name] or text for name, text in usual.items()})
        row, column = table.grid.first + block["year"], letter(i)
        if not year_of(head["year"]):
            table.tell_at("not-a-year", row, column, found=head["year"])
        field = bbc.policy_field(head["policy_field"])
        if field is None:
            row = table.grid.first + block["field"]
            table.tell_at("policy-field-without-code", row, column, found=head["policy_field"])
        head["policy_field"] = field or ""
        if (first := seen.setdefault(tuple(head.values()), i)) != i:
            table.tell_at("column-twice", row, column, found=letter(first))
        head["year"], head["report_year"] = year_of(head["year"]), year_of(head["report_year"])
    if not all(head["report"] for head in heads.values()):
        table.tell("report-unknown", severity="warning")
    if any(not head["measure"] for head in heads.values()):
        table.tell("measure-unknown", severity="warning")
        for head in heads.values():
            head["measure"] = head["measure"] or bbc.PER_HEAD


def _towns(table: Table, choose: Mapping[str, str]) -> list[str]:
    """Return the municipality of each row: by code, or by the name of its board."""
    if all(text.isdigit() for text in table.text("who")):
        return settle(table, "who")
    names = [bbc.split_board(text)[1] for text in table.text("who")]
    table.columns["town"] = list(ours(table, by_name(table, "who", names, bbc.BORDERS)))
    bbc.boards(table, "who", choose)
    return table.text("town")


def _check(
    table: Table, parts: Parts, heads: Mapping[int, dict[str, Any]], numbers: dict[str, Any], codes: list[str]
) -> None:
    """Compare each column of euros with the column of euro per inhabitant about the same."""
    keys = {i: tuple(v for k, v in head.items() if k != "measure") for i, head in heads.items()}
    per_head = {keys[i]: str(i) for i, head in heads.items() if head["measure"] == bbc.PER_HEAD}
    for i, head in heads.items():
        if head["measure"] == bbc.OUTLAY and (other := per_head.get(keys[i])):
            n = len(table)
            years = [head["year"]] * n
            at = (codes, years, stand(codes, years, bbc.BORDERS), [head["policy_field"]] * n)
            numbers[str(i)] = repair(table, parts, numbers[str(i)], numbers[other], *at, str(i))
