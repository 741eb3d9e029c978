"""A file as it was delivered: opened whatever its form, its first rows at hand, the rest as a stream.

Text stays text: no number, code or date is made of it here. What is no table is refused with what it is.
"""

from __future__ import annotations

import codecs
import csv
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Literal

from memokit.cells import number_text
from memokit.excel import Book, Raw
from memokit.problems import MemokitError, Problem
from memokit.tables import OLD_EXCEL, read_bytes

DEPTH = 30  # how far down a header may stand
LIMIT_BYTES = 120_000_000
MARKS = (";", ",", "\t", "|")
_LOOKS = {
    b"%PDF": "pdf", b"PK\x03\x04": "zip", b"\x1f\x8b": "zip", OLD_EXCEL: "xls", b"\x89PNG": "image",
    b"\xff\xd8\xff": "image", b"GIF8": "image", b"{\\rtf": "document",
}  # fmt: skip
_HTML = re.compile(rb"(<!--.*?-->\s*)?<(!doctype html|html|head|body|meta|table|style)\b", re.I | re.S)
_BLANK = b"\xef\xbb\xbf \t\r\n"  # what may stand before the first mark of a text

Form = Literal["text", "workbook", "json"]


@dataclass(frozen=True)
class Grid:
    """One sheet, or a whole text file, as rows of cells.

    Parameters
    ----------
    head
        The first rows, to recognise a layout by.
    rows
        Starts the stream of all rows again; row 1 is the first of the file.
    first
        The number of the first row: 2 after a line `sep=;`.
    mark
        What stands between the columns of a text file.
    only
        The municipalities that the file is read for; empty for all.
    """

    file: str
    sheet: str
    head: tuple[list[Raw], ...]
    rows: Callable[[], Iterator[list[Raw]]]
    first: int = 1
    only: frozenset[str] = frozenset()
    mark: str = ""

    def texts(self) -> list[list[str]]:
        """Return the first rows as text."""
        return [[text_of(cell) for cell in line] for line in self.head]


@dataclass(frozen=True)
class Incoming:
    """A delivered file: what form it has, and its sheets."""

    path: Path
    form: Form
    grids: tuple[Grid, ...]
    notes: tuple[Problem, ...] = ()


@lru_cache(4096)
def fold(text: str) -> str:
    """Return a head without capitals, spaces and marks, so that spellings compare.

    Examples
    --------
    >>> fold("NIS-code"), fold("Uitgave per inwoner"), fold(" CD_REFNIS")
    ('niscode', 'uitgaveperinwoner', 'cdrefnis')
    """
    return re.sub(r"[\W_]", "", text.casefold())


def text_of(cell: Raw) -> str:
    """Return a cell as text; a whole number of Excel without its fraction.

    Examples
    --------
    >>> text_of(" 0160 "), text_of(2018.0)
    ('0160', '2018')
    """
    if isinstance(cell, str):
        return cell.strip()
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        return number_text(cell)
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def open_file(path: Path | str, words: Iterable[str] = ()) -> Incoming:
    """Open a delivered file.

    Parameters
    ----------
    words
        Heads of all known layouts, folded: they tell which mark stands between the columns of a text file.

    Raises
    ------
    MemokitError
        It is not there, too big, locked, or no table at all.
    """
    path = Path(path)
    data = read_bytes(path, LIMIT_BYTES)
    if not data.strip(b"\0" + _BLANK):
        raise _refused(path, "empty-delivery")
    incoming = _opened(path, data, frozenset(words))
    if not any(line for grid in incoming.grids for line in grid.head):
        raise _refused(path, "empty-delivery")
    return incoming


def _opened(path: Path, data: bytes, words: frozenset[str]) -> Incoming:
    if (data.startswith(b"PK\x03\x04") and _is_workbook(data)) or data.startswith(OLD_EXCEL):
        return _workbook(path)
    looks = next((name for signature, name in _LOOKS.items() if data.startswith(signature)), "")
    top = data[:1000].lstrip(_BLANK)
    looks = looks or ("html" if _HTML.match(top) else "xml" if top.startswith(b"<?xml") else "")
    looks = "lock" if path.name.startswith("~$") else looks  # what Excel leaves beside a file that is open
    if looks:
        raise _refused(path, "not-a-table", looks=looks)
    return _json(path, data) if top[:1] in (b"{", b"[") else _text(path, data, words)


def _refused(path: Path, code: str, row: int | None = None, **detail: object) -> MemokitError:
    return MemokitError(Problem(code, file=path.name, row=row, detail=detail))


def _is_workbook(data: bytes) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            return "xl/workbook.xml" in parts.namelist()
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError):
        return True  # cut off on the way: `Book` says so


def _workbook(path: Path) -> Incoming:
    book = Book(path)
    grids = []
    for name in book.sheets:
        kept = list(book.rows(name))
        grids.append(Grid(path.name, name, tuple(kept[:DEPTH]), lambda kept=kept: iter(kept)))  # type: ignore[misc]
    notes = tuple(problem for name in book.sheets for problem in book.faults(name))
    return Incoming(path, "workbook", tuple(grids), notes)


def _json(path: Path, data: bytes) -> Incoming:
    """Read the table that a Swing site gives as JSON: headers with a name, and rows of cells."""
    try:
        table = json.loads(data.decode("utf-8-sig"), parse_int=str, parse_float=str)
        names = [str(header["name"]) for header in table["headers"]]
        given = table["rows"]
        rows = [["" if cell is None else cell for cell in row] for row in given]
        fits = all(isinstance(row, list) for row in (given, *given))
        fits = fits and all(isinstance(cell, str) for row in rows for cell in row)
    except (ValueError, KeyError, TypeError, RecursionError):
        fits = False
    if not fits:
        raise _refused(path, "not-a-table", looks="json")
    lines: list[list[Raw]] = [list(names), *rows]
    return Incoming(path, "json", (Grid(path.name, "", tuple(lines[:DEPTH]), lambda: iter(lines)),))


def _text(path: Path, data: bytes, words: frozenset[str]) -> Incoming:
    encoding, notes = _encoding(path, data)
    with io.TextIOWrapper(io.BytesIO(data), encoding, errors="replace", newline="") as stream:
        top = stream.read(200_000)
    given = re.match(r'"?sep=([^\w\s"]|\t)"?[ \t]*(\r\n|\n|\r)', top)
    body = top[given.end() :] if given else top
    mark = given[1] if given else _mark(body, words)

    def rows() -> Iterator[list[Raw]]:
        with io.TextIOWrapper(io.BytesIO(data), encoding, errors="replace", newline="") as stream:
            if given:
                stream.readline()
            reader = csv.reader(stream, delimiter=mark, strict=True)
            done = int(bool(given))
            try:
                for line in reader:
                    done += 1
                    yield line  # type: ignore[misc]
            except csv.Error:
                raise _refused(path, "csv-broken", done + 1) from None

    head = tuple(islice(rows(), DEPTH))
    return Incoming(path, "text", (Grid(path.name, "", head, rows, 2 if given else 1, mark=mark),), notes)


def _encoding(path: Path, data: bytes) -> tuple[str, tuple[Problem, ...]]:
    """Return how the text is written: UTF-8, UTF-16 or Windows; two of them in one file is refused."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            if "\0" not in data.decode("utf-16"):
                return "utf-16", ()
        except UnicodeDecodeError:
            pass
        raise _refused(path, "not-a-table", looks="binary")
    if (nul := data.find(b"\0")) >= 0:
        raise _refused(path, "nul-bytes", _row_at(data, nul))
    try:
        decoder = codecs.getincrementaldecoder("utf-8")()
        view = memoryview(data)
        for start in range(0, len(data), 1 << 20):
            decoder.decode(view[start : start + (1 << 20)])
        decoder.decode(b"", final=True)
        return "utf-8-sig", ()
    except UnicodeDecodeError:
        pass
    lines = [line for line in re.finditer(rb"[^\r\n]+", data) if not line[0].isascii()]
    utf8 = [line.start() for line in lines if _is_utf8(line[0])]
    if utf8:
        other = next(line.start() for line in lines if not _is_utf8(line[0]))
        raise _refused(path, "mixed-encoding", _row_at(data, other), utf8=_row_at(data, utf8[0]))
    return "cp1252", (Problem("windows-1252", "note", file=path.name),)


def _row_at(data: bytes, at: int) -> int:
    """Return the row of a table in which a byte stands: a line break between quotation marks begins none."""
    outside = b" ".join(data[:at].split(b'"')[::2])
    return len(re.findall(rb"\r\n?|\n", outside)) + 1


def _is_utf8(line: bytes) -> bool:
    try:
        line.removeprefix(codecs.BOM_UTF8).decode()
        return True
    except UnicodeDecodeError:
        return False


def _mark(text: str, words: frozenset[str]) -> str:
    """Return the mark between columns: the one under which most heads are known, else most columns stand."""

    def worth(mark: str) -> tuple[int, int]:
        lines = []
        try:
            lines = list(islice(csv.reader(io.StringIO(text, newline=""), delimiter=mark), DEPTH))
        except csv.Error:
            pass
        known = max((len({fold(cell) for cell in line} & words) for line in lines), default=0)
        return known, max(map(len, lines), default=0)

    return max(MARKS, key=worth)
