"""BBC-analysetool, actions: objective, action plan and action with their texts, and the outlay of each year.

Each text is a block of lines: `Code:`, `Korte omschrijving:`, `Lange omschrijving:`, `Commentaar:`,
`Evaluatie:`. The last is the municipality's own judgement: its own words, never the council's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from memokit.grid import letter
from memokit.problems import refuse_errors
from memokit.sources import bbc
from memokit.sources.checking import repair
from memokit.sources.delivery import PLAN_ITEMS, Parts
from memokit.sources.incoming import Grid, Incoming, fold
from memokit.sources.places import by_name, ours, settle, stand
from memokit.sources.tabular import Table, find_header, load, year_of

KIND = "bbc-actions"
NAMES = {
    **bbc.NAMES,
    "objective": ("Beleidsdoelst. totaaloverzicht", "Beleidsdoelstelling totaaloverzicht"),
    "action_plan": ("Actieplan totaaloverzicht",),
    "action": ("Actie totaaloverzicht",),
}
HEADS = tuple(head for name in ("board", "objective", "action_plan", "action") for head in NAMES[name])
REPORTS = ("meerjarenplan", "jaarrekening")
LEVELS = ("objective", "action_plan", "action")
_LABELS = {
    "code": "Code", "title": "Korte omschrijving", "description": "Lange omschrijving",
    "comment": "Commentaar", "own_evaluation": "Evaluatie",
}  # fmt: skip
_LINE = re.compile(rf"^({'|'.join(_LABELS.values())}):[ \t]?", re.M)
_AMOUNT = re.compile(r"(\d{4})\s*,\s*(Uitgaven?(?: per inwoner)?)", re.I)


def recognises(incoming: Incoming) -> int:
    """Return 95 when a header has the overview of actions."""
    return 95 if any(_header(grid) is not None for grid in incoming.grids) else 0


def _header(grid: Grid) -> int | None:
    return find_header(grid, NAMES, ("action",))


def block(text: str) -> dict[str, str]:
    """Return the parts of a block of text; a label counts once, in the order of the export.

    Examples
    --------
    >>> found = block("Code: BD-1\\nKorte omschrijving: Noodhulp\\nEvaluatie: Uitgevoerd.\\nOok in 2023.")
    >>> found["code"], found["title"], found["own_evaluation"]
    ('BD-1', 'Noodhulp', 'Uitgevoerd.\\nOok in 2023.')
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    found = dict.fromkeys(_LABELS, "")
    order, last = list(_LABELS), -1
    starts = []
    for match in _LINE.finditer(text):
        at = list(_LABELS.values()).index(match[1])
        if at > last:
            starts.append((order[at], match.start(), match.end()))
            last = at
    ends = [*(start for _, start, _ in starts[1:]), len(text)]
    for (name, _, start), end in zip(starts, ends, strict=False):
        found[name] = text[start:end].strip()
    return found


def read(incoming: Incoming, choose: Mapping[str, str]) -> Parts:
    """Return the items of the plan and the outlay of each action by year."""
    parts = Parts(usual_borders=bbc.BORDERS)
    grid = bbc.pick(incoming, lambda grid: _header(grid) is not None, choose)
    header = _header(grid)
    heads = grid.texts()[header] if header is not None else []
    amounts = {head: said for head in heads if (said := _amount(head))}
    table = load(grid, {**NAMES, **{head: (head,) for head in amounts}}, ("action",), header)
    parts.problems = table.problems
    _check_heads(table, heads, grid.first + (header or 0))
    codes = _towns(table, choose)
    report_year = _report_year(table, amounts)
    numbers = table.floats(list(amounts), ",", choose=choose)
    actions = _items(table, parts, codes, report_year)
    refuse_errors(table.problems)
    report = bbc.report(choose.get("report", "")) or "plan"
    asks = {"asks": "report"}
    table.tell("report-assumed", severity="note", found=report, choices=REPORTS, detail=asks)
    for head, (year, measure) in amounts.items():
        values = numbers[head]
        other = next((h for h, said in amounts.items() if said == (year, bbc.PER_HEAD)), "")
        if measure == bbc.OUTLAY and other:
            years = [year] * len(table)
            at = (codes, years, stand(codes, years, bbc.BORDERS), actions)
            values = repair(table, parts, values, numbers[other], *at, head)
        there = [i for i in np.flatnonzero(~np.isnan(values)).tolist() if actions[i]]
        bbc.add_amounts(
            parts, len(there), municipality=[codes[i] for i in there], year=year, measure=measure,
            action=[actions[i] for i in there], report=report, report_year=report_year,
            amount=values[there].tolist(),
        )  # fmt: skip
    bbc.refuse_nothing(parts, table)
    return parts


def _amount(head: str) -> tuple[int, str] | None:
    """Return the year and the measure that a head names."""
    match = _AMOUNT.fullmatch(head)
    year = year_of(match[1]) if match else 0
    return (year, bbc.MEASURES[fold(match[2])]) if match and year else None


def _check_heads(table: Table, heads: Sequence[str], row: int) -> None:
    """Say which columns have a head that begins as one of amounts, and which say the same twice."""
    seen: dict[tuple[int, str], str] = {}
    for i, head in enumerate(heads):
        column, said = letter(i) if table.grid.sheet else head, _amount(head)
        if said is None and re.match(r"\d{4}\b", head):
            table.tell_at("head-not-understood", row, column, severity="warning", found=head)
        elif said and (first := seen.setdefault(said, column)) != column:
            table.tell_at("column-twice", row, column, found=first)


def _report_year(table: Table, amounts: Mapping[str, tuple[int, str]]) -> int:
    """Return the first year of the plan; the export does not name it."""
    years = table.years("report_year") if "report_year" in table.columns else []
    return max(years, default=min((year for year, _ in amounts.values()), default=0))


def _towns(table: Table, choose: Mapping[str, str]) -> list[str]:
    if "nis" in table.columns:
        return settle(table, "nis")
    if "board" in table.columns:
        names = [bbc.split_board(text)[1] for text in table.text("board")]
        table.columns["town"] = list(ours(table, by_name(table, "board", names, bbc.BORDERS)))
        bbc.boards(table, "board", choose)
        return table.text("town")
    table.tell("missing-column", found=NAMES["board"][0])
    refuse_errors(table.problems)
    return []


def _items(table: Table, parts: Parts, codes: list[str], report_year: int) -> list[str]:
    """Add every item of the plan, and return the code of the action of each row; without code it is left out.

    An objective or action plan stands on many rows: it is one item. Two items under one code stay two.
    """
    levels = [level for level in LEVELS if level in table.columns]
    blocks = {text: block(text) for level in levels for text in set(table.text(level))}
    cells = [table.text(level) for level in levels]
    items: dict[tuple[str, ...], dict[str, Any]] = {}
    places: dict[tuple[str, ...], list[int]] = {}
    missing, actions = [], []
    for i, town in enumerate(codes):
        parent = ""
        for depth, level in enumerate(levels):
            item = blocks[cells[depth][i]]
            if not item["code"]:
                if cells[depth][i] or level == "action":
                    missing.append((i, cells[depth][i][:80]))
                continue
            own = str(i) if level == "action" else ""
            which = (town, level, item["code"], parent, own, *item.values())
            if which not in items:
                items[which] = {"municipality": town, "level": level, "parent": parent, **item}
                places.setdefault(which[:3], []).append(i)
            parent = item["code"]
        actions.append(blocks[cells[-1][i]]["code"])
    table.tell_each("code-missing", missing, "action", severity="warning")
    for (_, level, code), rows_ in places.items():
        if len(rows_) > 1:
            detail = {"n": len(rows_), "first": table.numbers[rows_[0]]}
            table.tell("code-twice", rows_[1], level, severity="warning", found=code, detail=detail)
    rows = [{**item, "report_year": report_year} for item in items.values()]
    parts.plan_items = {name: [row[name] for row in rows] for name in PLAN_ITEMS[:-1]}
    return actions
