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
        return self.placed(Problem(code, **rest), row, head)

    def placed(self, problem: Problem, row: int | None, head: str) -> Problem:
        """Return a problem with its place in this table."""
        column = self.letters.get(head, head)
        return replace(problem, file=self.file, sheet=self.sheet, row=row or None, column=column)


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


def letter(index: int) -> str:
    """Return the letters of a column, counted from 0.

    Examples
    --------
    >>> letter(0), letter(25), letter(26)
    ('A', 'Z', 'AA')
    """
    return (letter(index // 26 - 1) if index >= 26 else "") + chr(65 + index % 26)


def arrange(
    base: Sheet, grid: Sequence[Sequence[str]], expected: Sequence[str],
    stored: Mapping[tuple[int, int], Stored],
) -> Sheet:
    """Find the header in a grid and put the rows below it under their heads."""
    filled = [i for i, line in enumerate(grid) if any(cell.strip() for cell in line)]
    if not filled:
        return replace(base, problems=(*base.problems, base.problem("empty-file", severity="warning")))
    top = max(filled[:HEADER_DEPTH], key=lambda i: (known(grid[i], expected), -i))
    if expected and not known(grid[top], expected):
        return replace(base, problems=(*base.problems, base.problem("no-header", choices=tuple(expected))))
    width = max(i + 1 for i, cell in enumerate(grid[top]) if cell.strip())
    # Known heads are spelled as expected; a column without a head is called by its letter.
    names = {_fold(head): head for head in expected}
    heads = [names.get(_fold(c), c.strip()) or f"({letter(i)})" for i, c in enumerate(grid[top][:width])]
    letters = {head: letter(i) for i, head in enumerate(heads)} if base.sheet else {}
    marks = {(row, heads[i]): kind for (row, i), kind in stored.items() if i < width}
    found = replace(base, heads=tuple(dict.fromkeys(heads)), letters=letters, stored=marks)
    below = [(at + 1, grid[at]) for at in filled if at > top]
    problems = [
        *(found.problem("duplicate-head", top + 1, h, found=h) for h in found.heads if heads.count(h) > 1),
        *(found.problem("extra-cells", n) for n, line in below if any(cell.strip() for cell in line[width:])),
    ]
    rows = tuple((n, dict(zip(heads, [*line, *[""] * width], strict=False))) for n, line in below)
    return replace(found, rows=rows, problems=(*base.problems, *problems))
