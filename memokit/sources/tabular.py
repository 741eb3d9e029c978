"""Rows under a header become columns by name, with the place of every cell for whoever must mend it."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import numpy as np

from memokit.cells import FIRST_YEAR, LAST_YEAR, nearest, number_text
from memokit.excel import Raw
from memokit.grid import letter
from memokit.problems import MemokitError, Problem, Severity
from memokit.sources.incoming import Grid, fold, text_of
from memokit.sources.numbers import Mark, bare, evidence, parse, texts_of

FILTERS = "toegepaste filters"
CLOSING = (FILTERS, "bron:", "bronnen:", "noot:")  # how a line below a table begins
LIMIT_PROBLEMS = 30  # of one kind in one column; the rest is counted
LIMIT_FOUND = 200  # how much of a cell a problem shows
_BLOCK, _DISTINCT = 4096, 200_000
Names = Mapping[str, Sequence[str]]
Floats = np.ndarray[Any, np.dtype[np.float64]]


@dataclass
class Table:
    """The columns of one sheet that a reader asked for.

    Parameters
    ----------
    heads
        The head of each column as it stands in the file.
    columns
        The cells of each column by name, in the order of `numbers`, the row numbers.
    closing
        Lines below the table that tell which filters were on.
    """

    grid: Grid
    heads: Mapping[str, str]
    letters: Mapping[str, str]
    columns: dict[str, list[Raw]]
    numbers: Sequence[int]
    problems: list[Problem] = field(default_factory=list)
    closing: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.numbers)

    def tell(self, code: str, at: int | None = None, name: str = "", **rest: Any) -> None:
        """Add a problem at a row (counted in `numbers`) and a column."""
        in_text = not self.grid.sheet and name in self.heads
        column = self.heads[name] if in_text else self.letters.get(name, name)
        row = self.numbers[at] if at is not None else None
        self.tell_at(code, row, column, **rest)

    def tell_at(self, code: str, row: int | None, column: str, **rest: Any) -> None:
        """Add a problem at a row and column of the file."""
        file, sheet = self.grid.file, self.grid.sheet
        self.problems.append(Problem(code, file=file, sheet=sheet, row=row, column=column, **rest))

    def tell_each(self, code: str, wrong: Sequence[tuple[int, str]], name: str, **rest: Any) -> None:
        """Add a problem for each (place, found), up to a limit; beyond it one that counts the others."""
        for at, found in wrong[:LIMIT_PROBLEMS]:
            shown = found if len(found) <= LIMIT_FOUND else f"{found[:LIMIT_FOUND]}…"
            self.tell(code, at, name, found=shown, **rest)
        if len(wrong) > LIMIT_PROBLEMS:
            severity = rest.get("severity", "error")
            self.tell("and-more", None, name, severity=severity, detail={"n": len(wrong) - LIMIT_PROBLEMS})

    def text(self, name: str) -> list[str]:
        """Return a column as text; a whole number of Excel without its fraction."""
        seen: dict[Raw, str] = {}
        for cell in self.columns[name]:
            if cell not in seen:
                seen[cell] = text_of(cell)
        return [seen[cell] for cell in self.columns[name]]

    def years(self, name: str) -> list[int]:
        """Return a column of years; what is none becomes a problem and 0."""
        texts = self.text(name)
        known = {t: year_of(t) for t in set(texts)}
        self.tell_each("not-a-year", [(i, t) for i, t in enumerate(texts) if not known[t]], name)
        return [known[t] for t in texts]

    def floats(self, names: Sequence[str], usual: Mark = "", missing: Collection[str] = (),
               choose: Mapping[str, str] | None = None) -> dict[str, Floats]:
        """Return columns of numbers, NaN where missing; all under one decimal mark.

        Parameters
        ----------
        usual
            The decimal mark of this layout, for columns in which nothing proves it.
        missing
            The texts that mean that there is no value.

        Raises
        ------
        MemokitError
            Two ways of writing numbers, or one that can be read in two ways: with `.choices`.
        """
        marks = self._marks(names, usual, missing, choose or {})
        found = {}
        for name in names:
            column, mark = self.columns[name], marks[name]
            values = [parse(cell, mark, missing) for cell in column]
            bad = [(i, text_of(column[i])) for i, value in enumerate(values) if value is None]
            self.tell_each("not-a-number", bad, name)
            found[name] = np.array([math.nan if v is None else v for v in values], dtype=float)
        return found

    def _marks(
        self, names: Sequence[str], usual: Mark, missing: Collection[str], choose: Mapping[str, str]
    ) -> dict[str, Mark]:
        said = {name: evidence(texts_of(self.columns[name], missing)) for name in names}
        for name, each in said.items():
            if each.mixed:
                first, second = (self._place(name, text) for text in each.mixed)
                self.tell("mixed-numbers", second, name, found=each.mixed[1], expected=each.mixed[0],
                          detail={"first": self.numbers[first]})
        if any(each.mixed for each in said.values()):
            raise MemokitError(self.problems)
        proven = {each.mark for each in said.values() if each.mark}
        # A point that is proven where the layout promises a comma: then nothing is promised any more.
        contrary = usual == "," and "." in proven
        if proven and proven != {usual}:
            usual = "," if proven == {","} else ""
        chosen: Mark = {"komma": ",", "punt": "."}.get(choose.get("decimal", ""), "")  # type: ignore[assignment]
        still = {name for name, each in said.items() if each.doubtful
                 and (not (each.mark or usual) or (contrary and each.mark == "."))}
        for name in sorted(still, key=list(said).index) if not chosen else ():
            text = said[name].doubtful
            both = re.sub("[.,]", "", text), number_text(float(text.replace(",", ".")))
            self.tell("which-decimal", self._place(name, text), name, found=text,
                      choices=("komma", "punt"), detail={"asks": "decimal", "both": both})
            raise MemokitError(self.problems)
        rest = usual or chosen or (proven.pop() if len(proven) == 1 else ",")
        return {name: (chosen if name in still else "") or each.mark or rest for name, each in said.items()}

    def _place(self, name: str, text: str) -> int:
        """Return where a text stands in a column."""
        return next(i for i, c in enumerate(self.columns[name]) if isinstance(c, str) and bare(c) == text)

    def keep(self, places: Sequence[int]) -> None:
        """Keep only some rows."""
        self.columns = {name: [column[i] for i in places] for name, column in self.columns.items()}
        self.numbers = [self.numbers[i] for i in places]


def year_of(text: str) -> int:
    """Return the year that a text is, 0 when it is none or an absurd one.

    Examples
    --------
    >>> year_of("2018"), year_of("2018-01-01"), year_of("1899"), year_of("¹899")
    (2018, 2018, 0, 0)
    """
    match = re.fullmatch(r"(\d{4})(-01-01|\.0)?", text)
    return int(match[1]) if match and FIRST_YEAR <= int(match[1]) <= LAST_YEAR else 0


def find_header(grid: Grid, names: Names, needed: Collection[str]) -> int | None:
    """Return the place in the first rows of the header: where every needed name stands."""
    spelled = {name: {fold(head) for head in heads} for name, heads in names.items()}
    for at, line in enumerate(grid.texts()):
        here = {fold(cell) for cell in line}
        if all(spelled[name] & here for name in needed):
            return at
    return None


def load(grid: Grid, names: Names, needed: Collection[str], header: int | None = None) -> Table:
    """Return the columns of a sheet that are named, found by their heads.

    Parameters
    ----------
    names
        For each name, the heads that it may have.
    needed
        The names without which the sheet cannot be used.

    Raises
    ------
    MemokitError
        No header, a needed column is missing, or a head stands there twice.
    """
    at = find_header(grid, names, needed) if header is None else header
    lines = grid.texts()
    if at is None:
        raise MemokitError(_missing(grid, lines, names, needed))
    heads = lines[at]
    places: dict[str, int] = {}
    problems = []
    for name, spellings in names.items():
        wanted = {fold(head) for head in spellings}
        here = [i for i, cell in enumerate(heads) if fold(cell) in wanted]
        if len(here) > 1:
            column = letter(here[1]) if grid.sheet else heads[here[1]]
            problems.append(Problem("duplicate-head", file=grid.file, sheet=grid.sheet, row=at + grid.first,
                                    found=heads[here[1]], column=column))
        if here:
            places[name] = here[0]
    if problems:
        raise MemokitError(problems)
    table = columns(grid, at, places)
    tell_above(table, lines[:at], heads)
    return table


def tell_above(table: Table, lines: Sequence[Sequence[str]], heads: Sequence[str]) -> None:
    """Say that figures stand above the header, as when somebody sorted a sheet together with its heads."""
    above = []
    for row, line in enumerate(lines, table.grid.first):
        under = [cell for cell, head in zip(line, heads, strict=False) if cell and head]
        if any(map(_is_figure, under)) and len(under) >= 0.5 * len([head for head in heads if head]):
            above.append(row)
    if above:
        table.tell_at("rows-above-header", above[0], "", severity="warning", detail={"n": len(above)})


def _is_figure(cell: Raw) -> bool:
    values = (parse(cell, mark) for mark in (",", "."))
    return any(value is not None and not math.isnan(value) for value in values)


def columns(grid: Grid, header: int, places: Mapping[str, int]) -> Table:
    """Return the columns at given places below a header row; rows that do not fit it are problems."""
    heads = grid.texts()[header]
    width = max((i + 1 for i in (*places.values(), *(i for i, cell in enumerate(heads) if cell))), default=0)
    heads += [""] * (width - len(heads))
    kept: dict[str, list[Raw]] = {name: [] for name in places}
    seen: dict[str, dict[Raw, Raw]] = {} if grid.sheet else {name: {} for name in places}
    numbers: list[int] = []
    odd: dict[str, list[int]] = {}
    closing: list[str] = []
    lines = enumerate(grid.rows(), grid.first)
    while block := list(islice(lines, _BLOCK)):
        if not all(_even(line, heads, width) for _, line in block) or block[0][0] <= header + grid.first:
            block = _sifted(grid, block, header, width, odd, closing)
        numbers += [number for number, _ in block]
        for name, i in places.items():
            cells = [line[i] for _, line in block]
            # One text that stands in many rows is kept once; numbers of Excel stay what they are.
            if name in seen:
                kept[name] += map(seen[name].setdefault, cells, cells)
                if len(seen[name]) > _DISTINCT // len(places) + len(kept[name]) // 4:
                    del seen[name]
            else:
                kept[name] += cells
    letters = {name: letter(i) for name, i in places.items()}
    own = {name: heads[i] for name, i in places.items() if heads.count(heads[i]) == 1}
    table = Table(grid, own, letters, kept, numbers, closing=closing)
    for code, rows in odd.items():
        severity: Severity = "warning" if code == "header-again" else "error"
        for row in rows[:LIMIT_PROBLEMS]:
            table.problems.append(Problem(code, severity, file=grid.file, sheet=grid.sheet, row=row))
        if len(rows) > LIMIT_PROBLEMS:
            table.tell("and-more", severity=severity, detail={"n": len(rows) - LIMIT_PROBLEMS})
    if not numbers:
        table.tell("no-rows")
    return table


def _even(line: Sequence[Raw], heads: Sequence[str], width: int) -> bool:
    """Tell whether a row is surely one of figures: as wide as the header, and begins as one."""
    first = line[0] if line and len(line) == width else ""
    return first != "" and first != heads[0] and not (isinstance(first, str) and first[:1].isalpha())


def _sifted(
    grid: Grid, block: Sequence[tuple[int, list[Raw]]], header: int, width: int, odd: dict[str, list[int]],
    closing: list[str],
) -> list[tuple[int, list[Raw]]]:
    """Return the rows that belong to the table; set apart what is odd, and the lines that close it."""
    heads = grid.texts()[header]
    found = []
    for number, line in block:
        if number <= header + grid.first or not any(line):
            continue
        says = str(line[0]).lstrip().casefold().startswith(CLOSING)
        if says and not any(map(_is_figure, line[1:])):
            closing.append(str(line[0]))
        elif (len(line) != width or line[0] == heads[0]) and (wrong := _odd(grid, line, heads, width)):
            odd.setdefault(wrong, []).append(number)
        else:
            found.append((number, [*line, *[""] * (width - len(line))]))
    return found


def _odd(grid: Grid, line: Sequence[Raw], heads: Sequence[str], width: int) -> str:
    """Return what is odd about a row: too long, too short, or the header once more."""
    if any(str(cell).strip() for cell in line[width:]):
        return "extra-cells"
    if len(line) < width and not grid.sheet:
        return "short-row"
    here = [fold(str(cell)) for cell in line[:width]]
    wanted = [fold(cell) for cell in heads[:width]]
    return "" if Counter(here) != Counter(wanted) else "header-again" if here == wanted else "header-other"


def _missing(grid: Grid, lines: list[list[str]], names: Names, needed: Collection[str]) -> list[Problem]:
    """Name the needed columns that are not there, with the heads that look like them."""
    spelled = {name: {fold(head) for head in heads} for name, heads in names.items()}
    every = set().union(*spelled.values())
    top = max(range(len(lines)), key=lambda i: len({fold(c) for c in lines[i]} & every), default=0)
    heads = lines[top] if lines else []
    row = top + grid.first
    here = {fold(cell) for cell in heads}
    return [
        Problem("missing-column", file=grid.file, sheet=grid.sheet, row=row, found=names[name][0],
                choices=nearest(names[name][0], heads))
        for name in needed if not spelled[name] & here
    ]
