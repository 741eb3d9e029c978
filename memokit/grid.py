"""A grid of texts becomes a table: where the header is, which row is which, what does not fit."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from memokit.cells import Stored
from memokit.problems import Problem

HEADER_DEPTH = 20


@dataclass(frozen=True)
class Sheet:
    """One table as it stands in a file.

    Parameters
    ----------
    heads
        The columns in order; a head that was expected is spelled as expected.
    rows
        Row number and texts by head, empty rows left out.
    letters
        The letter of each column, in a spreadsheet.
    stored
        The cells (row, head) that Excel kept as a number or a date.
    """

    file: str
    sheet: str = ""
    heads: tuple[str, ...] = ()
    rows: tuple[tuple[int, dict[str, str]], ...] = ()
    problems: tuple[Problem, ...] = ()
    letters: Mapping[str, str] = field(default_factory=dict)
    stored: Mapping[tuple[int, str], Stored] = field(default_factory=dict)

    def problem(self, code: str, row: int | None = None, head: str = "", **rest: Any) -> Problem:
        """Return a problem at a place in this table."""
        column = self.letters.get(head, head)
        return Problem(code, file=self.file, sheet=self.sheet, row=row or None, column=column, **rest)


def _fold(head: str) -> str:
    return re.sub(r"\s+", "_", head.strip().casefold())


def known(cells: Sequence[str], expected: Sequence[str]) -> int:
    """Count the cells that are an expected head, in whatever case.

    Examples
    --------
    >>> known(["Code", "Hoort bij", "x"], ["code", "hoort_bij", "titel"])
    2
    """
    wanted = {_fold(head) for head in expected}
    return len({_fold(cell) for cell in cells} & wanted)


def _header(grid: Sequence[Sequence[str]], expected: Sequence[str]) -> int | None:
    filled = [i for i, line in enumerate(grid) if any(cell.strip() for cell in line)]
    if not expected:
        return filled[0] if filled else None
    best = max(filled[:HEADER_DEPTH], key=lambda i: (known(grid[i], expected), -i), default=None)
    return best if best is not None and known(grid[best], expected) else None


def _heads(cells: Sequence[str], expected: Sequence[str]) -> list[str]:
    """Spell known heads as expected; a column without a head is called by its letter."""
    names = {_fold(head): head for head in expected}
    return [names.get(_fold(cell), cell.strip()) or f"({letter(i)})" for i, cell in enumerate(cells)]


def letter(index: int) -> str:
    """Return the letters of a column, counted from 0.

    Examples
    --------
    >>> letter(0), letter(25), letter(26)
    ('A', 'Z', 'AA')
    """
    return (letter(index // 26 - 1) if index >= 26 else "") + chr(65 + index % 26)


def arrange(
    base: Sheet,
    grid: Sequence[Sequence[str]],
    expected: Sequence[str],
    stored: Mapping[tuple[int, int], Stored],
) -> Sheet:
    """Find the header in a grid and put the rows below it under their heads."""
    top = _header(grid, expected)
    if top is None:
        empty = not any(cell.strip() for line in grid for cell in line)
        problem = (
            base.problem("empty-file", severity="warning") if empty
            else base.problem("no-header", choices=tuple(expected))
        )  # fmt: skip
        return Sheet(base.file, base.sheet, problems=(*base.problems, problem))
    width = max((i + 1 for i, cell in enumerate(grid[top]) if cell.strip()), default=0)
    heads = _heads(grid[top][:width], expected)
    letters = {head: letter(i) for i, head in enumerate(heads)} if base.sheet else {}
    found = Sheet(base.file, base.sheet, tuple(heads), letters=letters)
    problems = [
        found.problem("duplicate-head", top + 1, head, found=head)
        for head in dict.fromkeys(heads) if heads.count(head) > 1
    ]  # fmt: skip
    rows = []
    for number, line in enumerate(grid[top + 1 :], top + 2):
        if not any(cell.strip() for cell in line):
            continue
        if any(cell.strip() for cell in line[width:]):
            problems.append(found.problem("extra-cells", number))
        rows.append((number, dict(zip(heads, [*line, *[""] * width], strict=False))))
    marks = {(row, heads[i]): kind for (row, i), kind in stored.items() if i < width}
    return replace(
        found,
        heads=tuple(dict.fromkeys(heads)),
        rows=tuple(rows),
        problems=(*base.problems, *problems),
        stored=marks,
    )
