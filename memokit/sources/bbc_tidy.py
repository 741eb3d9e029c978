"""BBC-analysetool, tidy: a row for each municipality, year and policy field; filters in A1, header below."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from memokit.problems import refuse_errors
from memokit.sources import bbc
from memokit.sources.checking import repair
from memokit.sources.delivery import Parts
from memokit.sources.incoming import Grid, Incoming, fold
from memokit.sources.places import by_name, ours, settle, stand
from memokit.sources.tabular import Table, find_header, load

KIND = "bbc-tidy"
HEADS = tuple(head for heads in bbc.NAMES.values() for head in heads)
MEASURES = {"outlay": bbc.OUTLAY, "per_head": bbc.PER_HEAD}


def recognises(incoming: Incoming) -> int:
    """Return 90 when a sheet has NIS code or board, year and outlay under one header."""
    return 90 if any(_header(grid) is not None for grid in incoming.grids) else 0


def _header(grid: Grid) -> int | None:
    tries = ((who, "year", what) for who in ("nis", "board") for what in MEASURES)
    return next((at for needed in tries if (at := find_header(grid, bbc.NAMES, needed)) is not None), None)


def read(incoming: Incoming, choose: Mapping[str, str]) -> Parts:
    """Return the amounts; each row is a policy field, account or action of one municipality and year."""
    parts = Parts(usual_borders=bbc.BORDERS)
    grid = bbc.pick(incoming, lambda grid: _header(grid) is not None, choose)
    table = _load(grid)
    told = bbc.filters(grid, table.closing)
    parts.problems = table.problems
    codes = _towns(table, choose)
    # Every column that is no amount tells one row from another.
    dims = [name for name in table.columns if name not in MEASURES]
    bbc.refuse_double(table, list(zip(*(table.text(name) for name in dims), strict=True)), dims[0])
    common = _common(table, codes, told)
    names = [name for name in MEASURES if name in table.columns]
    numbers = table.floats(names, ",", choose=choose)
    refuse_errors(table.problems)
    if len(names) == 2:
        borders = stand(codes, common["year"], parts.usual_borders)
        at = (codes, common["year"], borders, common["policy_field"])
        numbers["outlay"] = repair(table, parts, numbers["outlay"], numbers["per_head"], *at, "outlay")
    for name, values in numbers.items():
        there = np.flatnonzero(~np.isnan(values)).tolist()
        rows = {key: [cells[i] for i in there] for key, cells in common.items()}
        bbc.add_amounts(parts, len(there), measure=MEASURES[name], amount=values[there].tolist(), **rows)
    bbc.tell_contents(parts, table, told, _column(table, "level", ""))
    bbc.refuse_nothing(parts, table)
    return parts


def _load(grid: Grid) -> Table:
    """Return the table without its totals."""
    header = _header(grid)
    if header is None:
        return load(grid, bbc.NAMES, ("nis", "year", "outlay"))
    known = {fold(head) for heads in bbc.NAMES.values() for head in heads}
    others = {f"+{head}": (head,) for head in grid.texts()[header] if head and fold(head) not in known}
    table = load(grid, {**bbc.NAMES, **others}, ("year",), header)
    bbc.leave_out_totals(table, "nis" if "nis" in table.columns else "board")
    return table


def _towns(table: Table, choose: Mapping[str, str]) -> list[str]:
    """Return the municipality of each row, after one status and one kind of board are kept."""
    if "nis" in table.columns:
        towns = settle(table, "nis")
    else:
        names = [bbc.split_board(text)[1] for text in table.text("board")]
        towns = ours(table, by_name(table, "board", names, bbc.BORDERS))
    table.columns["town"] = list(towns)
    bbc.keep_one_status(table, choose)
    if "board_kind" in table.columns:
        bbc.keep_one_board(table, "board_kind", table.text("board_kind"), choose)
    if "board" in table.columns:
        bbc.boards(table, "board", choose)
    return table.text("town")


def _common(table: Table, codes: list[str], told: Mapping[str, str]) -> dict[str, list[Any]]:
    reports = [bbc.report(text) for text in _column(table, "report", told.get("typerapport", ""))]
    if not all(reports):
        table.tell("report-unknown", severity="warning")
    year = told.get("rapportjaar", "")
    report_years = [int(year) if year.isdigit() else 0] * len(table)
    return {
        "municipality": codes,
        "year": table.years("year"),
        "policy_field": bbc.policy_fields(table, _column(table, "field", told.get("beleidsveld", ""))),
        "account": _column(table, "account", ""),
        "action": _column(table, "action", ""),
        "report": reports,
        "report_year": table.years("report_year") if "report_year" in table.columns else report_years,
        "report_status": _column(table, "status", told.get("statusrapport", "")),
    }


def _column(table: Table, name: str, usual: str) -> list[str]:
    return table.text(name) if name in table.columns else [usual] * len(table)
