"""Statbel, the list of NIS codes: no figures, but proof that memokit knows the same municipalities."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from memokit import territory
from memokit.sources.delivery import Parts
from memokit.sources.incoming import Incoming
from memokit.sources.places import valid_on
from memokit.sources.tabular import Table, find_header, load
from memokit.territory import BORDERS, OPEN_END

KIND = "statbel-refnis"
NAMES = {
    "level": ("LVL_REFNIS",), "code": ("CD_REFNIS",), "name": ("TX_REFNIS_NL",), "start": ("DT_VLDT_START",),
    "end": ("DT_VLDT_END",),
}  # fmt: skip
HEADS = tuple(head for heads in NAMES.values() for head in heads)
MUNICIPALITY = "4"

_FLEMISH = re.compile(r"(1|3|4|7|23|24)\d*")
_DATE = re.compile(r"(\d{4})-\d\d-\d\d.*|\d\d/\d\d/(\d{4})")


def recognises(incoming: Incoming) -> int:
    """Return 95 when level, code, start and end stand under one header."""
    return 95 if any(find_header(grid, NAMES, NAMES) is not None for grid in incoming.grids) else 0


def read(incoming: Incoming, choose: Mapping[str, str]) -> Parts:
    """Compare the list with memokit's own: a note when they agree, warnings where they do not."""
    fit = [grid for grid in incoming.grids if find_header(grid, NAMES, NAMES) is not None]
    table = load((fit or incoming.grids)[0], NAMES, tuple(NAMES))
    level, code = table.text("level"), table.text("code")
    flemish = [_FLEMISH.fullmatch(each) and not each.endswith("000") for each in code]
    table.keep([i for i in range(len(table)) if level[i] == MUNICIPALITY and flemish[i]])
    start, end = _years(table, "start"), _years(table, "end")
    ends: dict[str, int] = {}
    for each, last in zip(table.text("code"), end, strict=True):
        if last >= BORDERS[0]:
            ends[each] = max(last, ends.get(each, 0))
    # An edition of before 2025 does not know yet which codes end in 2024.
    _compare(table, ends, newest=max(start, default=0))
    return Parts(problems=table.problems)


def _years(table: Table, name: str) -> list[int]:
    texts = table.text(name)
    found = [_DATE.fullmatch(text) for text in texts]
    table.tell_each("not-a-date", [(i, text) for i, text in enumerate(texts) if not found[i]], name)
    return [int(match[1] or match[2]) if match else 0 for match in found]


def _compare(table: Table, ends: Mapping[str, int], newest: int) -> None:
    towns = {town.code: town for borders in BORDERS for town in territory.municipalities(borders)}
    ours = {
        code: OPEN_END if town.valid_until >= newest else town.valid_until for code, town in towns.items()
        if newest >= max(town.valid_from, BORDERS[0])
    }  # fmt: skip
    _tell(table, "refnis-unknown", [code for code in ends if not valid_on(code)])
    _tell(table, "refnis-missing", [code for code in ours if code not in ends])
    other = [code for code, last in ends.items() if code in ours and last != ours[code]]
    _tell(table, "refnis-ends", [f"{towns[code].label} ({ends[code]})" for code in other])
    if not any(problem.code.startswith("refnis") for problem in table.problems):
        now = sum(last == OPEN_END for last in ends.values())
        table.tell("refnis-agrees", severity="note", detail={"n": now, "all": len(ends)})


def _tell(table: Table, code: str, found: Sequence[str]) -> None:
    if found:
        table.tell(code, severity="warning", detail={"n": len(found), "names": sorted(found)})
