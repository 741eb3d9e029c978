"""Tables as text: CSV and Excel in, safe CSV and Excel out. The only openpyxl door.

Everything is read as text, with the row number that a person sees. What a spreadsheet would run as a formula
is made harmless on writing and restored on reading. A file is replaced whole or not at all.
"""

from __future__ import annotations

import csv
import errno
import io
import os
import re
import uuid
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

from memokit.cells import Stored, number_text
from memokit.grid import HEADER_DEPTH, arrange, known, letter
from memokit.grid import Sheet as Sheet
from memokit.problems import MemokitError, Problem

LIMIT_BYTES = 20_000_000
LIMIT_UNPACKED = 200_000_000
LIMIT_ROWS = 50_000
LIMIT_CELL = 32_767  # what one cell of Excel can hold

_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_HARMLESS = re.compile(r"[+-]?\d+([.,]\d+)*")
_FULL = {errno.ENOSPC, errno.EFBIG, errno.EDQUOT}
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
_SIGNATURES = {b"%PDF": "pdf", b"PK\x03\x04": "xlsx", _OLD_EXCEL: "xls", b"\x89PNG": "image"}


@dataclass(frozen=True)
class Page:
    """One sheet of a workbook to write: a table, or with `lines` a page to read.

    Parameters
    ----------
    choices
        The labels that a drop-down list offers, by head.
    help
        What appears beside a cell of a column, by head.
    """

    name: str
    heads: tuple[str, ...] = ()
    rows: Sequence[Mapping[str, str]] = ()
    choices: Mapping[str, Sequence[str]] = field(default_factory=dict)
    help: Mapping[str, str] = field(default_factory=dict)
    lines: Sequence[str] = ()
    hidden: bool = False


def read_bytes(path: Path, limit: int = LIMIT_BYTES) -> bytes:
    """Return a file's bytes, or say in a problem why not."""
    try:
        if path.stat().st_size > limit:
            raise _too_big(path, limit)
        return path.read_bytes()
    except OSError as error:
        missing = isinstance(error, FileNotFoundError)
        raise MemokitError(Problem("file-missing" if missing else "cannot-read", file=path.name)) from None


def _too_big(path: Path, limit: int) -> MemokitError:
    return MemokitError(Problem("file-too-big", file=path.name, expected=str(limit // 1_000_000)))


def replace_file(path: Path, data: bytes) -> None:
    """Write a file whole or not at all: a temporary file beside it, then one replace.

    Raises
    ------
    MemokitError
        `table-locked` when another program has it open, `disk-full`, or `cannot-write`.
    """
    if (path.parent / f".~lock.{path.name}#").exists():  # LibreOffice; Excel on Windows refuses the replace
        raise MemokitError(Problem("table-locked", file=path.name))
    temporary = path.parent / f".{path.name}.{uuid.uuid4().hex[:8]}"
    try:
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        raise MemokitError(write_problem(error, path)) from None
    finally:
        temporary.unlink(missing_ok=True)


def write_problem(error: OSError, path: Path) -> Problem:
    """Return what a failed write means for a person."""
    full, locked = error.errno in _FULL, isinstance(error, PermissionError) and path.exists()
    return Problem("disk-full" if full else "table-locked" if locked else "cannot-write", file=path.name)


def guard(text: str) -> str:
    """Make text that a spreadsheet would run as a formula harmless; numbers stay numbers.

    Examples
    --------
    >>> guard("=cmd()"), guard("-3"), restore(guard("=cmd()"))
    ("'=cmd()", '-3', '=cmd()')
    """
    return f"'{text}" if _FORMULA.match(text) and not _HARMLESS.fullmatch(text) else text


def restore(text: str) -> str:
    """Undo `guard`."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text


def read_rows(path: Path | str, expected: Sequence[str] = (), limit: int = LIMIT_BYTES) -> Sheet:
    """Read a CSV as text, however Excel saved it.

    Parameters
    ----------
    expected
        The heads that the table should have: they tell the header from a title, and the mark between columns.

    Raises
    ------
    MemokitError
        The file is not there, too big, or no table.
    """
    path = Path(path)
    data = read_bytes(path, limit)
    text, notes = _decode(data, path.name)
    first, _, rest = text.partition("\n")
    given = re.fullmatch(r'"?sep=(.)"?\s*', first)
    body = rest if given else text
    mark = given[1] if given else _mark(body, expected)
    grid: list[list[str]] = [[]] if given else []
    try:
        for line in csv.reader(io.StringIO(body, newline=""), delimiter=mark, strict=True):
            grid.append([restore(part) for part in line])
    except csv.Error:
        raise MemokitError(Problem("csv-broken", file=path.name, row=len(grid) + 1)) from None
    return arrange(Sheet(path.name, problems=notes), grid, expected, {})


def write_csv(path: Path | str, heads: Sequence[str], rows: Iterable[Mapping[str, str]]) -> None:
    """Write a table for Excel: UTF-8 with BOM, `;`, safe from formulas, whole or not at all."""
    replace_file(Path(path), csv_bytes(heads, rows))


def csv_bytes(heads: Sequence[str], rows: Iterable[Mapping[str, str]]) -> bytes:
    """Return the bytes of a CSV as memokit writes it.

    Examples
    --------
    >>> csv_bytes(["code", "titel"], [{"code": "1.10", "titel": "=1+1"}]).decode("utf-8-sig").splitlines()
    ['code;titel', "1.10;'=1+1"]
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow([guard(head) for head in heads])
    writer.writerows([guard(row.get(head, "")) for head in heads] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def _decode(data: bytes, file: str) -> tuple[str, tuple[Problem, ...]]:
    for signature, looks in _SIGNATURES.items():
        if data.startswith(signature):
            raise MemokitError(Problem("not-a-table", file=file, detail={"looks": looks}))
    wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    notes: tuple[Problem, ...] = ()
    try:
        text = data.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError:
        text = "\0" if wide else data.decode("cp1252", errors="replace")
        notes = (Problem("windows-1252", "note", file=file),)
    if "\0" in text:
        raise MemokitError(Problem("not-a-table", file=file, detail={"looks": "binary"}))
    return text, notes


def _mark(text: str, expected: Sequence[str]) -> str:
    """Return the mark between columns: the one under which most heads are known, else most columns stand."""

    def worth(mark: str) -> tuple[int, int]:
        top = list(islice(csv.reader(io.StringIO(text[:100_000], newline=""), delimiter=mark), HEADER_DEPTH))
        return max((known(line, expected) for line in top), default=0), max(map(len, top), default=0)

    return max((";", ",", "\t"), key=worth)


def read_workbook(path: Path | str, expected: Mapping[str, Sequence[str]] | None = None) -> dict[str, Sheet]:
    """Read every sheet of an .xlsx as text, and mark what Excel kept as a number or a date.

    Parameters
    ----------
    expected
        The heads by name of the sheet; with it, other sheets are left alone.

    Raises
    ------
    MemokitError
        It is no .xlsx, an old one, locked with a password, or unreasonably large.
    """
    path = Path(path)
    data = read_bytes(path)
    if data.startswith(_OLD_EXCEL):
        locked = "EncryptedPackage".encode("utf-16-le") in data
        raise MemokitError(Problem("excel-password" if locked else "excel-old", file=path.name))
    import openpyxl

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            if sum(part.file_size for part in parts.infolist()) > LIMIT_UNPACKED:
                raise _too_big(path, LIMIT_UNPACKED)
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True)
        results = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        wanted = expected or {name: () for name in book.sheetnames}
        return {
            name: _read_sheet(Sheet(path.name, name), book[name], results[name], wanted[name])
            for name in book.sheetnames if name in wanted and hasattr(book[name], "iter_rows")
        }
    except MemokitError:
        raise
    except Exception:  # openpyxl raises whatever the broken XML makes it trip over
        raise MemokitError(Problem("not-excel", file=path.name)) from None


def _read_sheet(base: Sheet, sheet: Any, results: Any, expected: Sequence[str]) -> Sheet:
    grid: list[list[str]] = []
    stored: dict[tuple[int, int], Stored] = {}
    problems: list[Problem] = []
    for number, (line, values) in enumerate(zip(sheet.iter_rows(), results.iter_rows(), strict=False), 1):
        if number > LIMIT_ROWS:
            raise MemokitError(base.problem("too-many-rows", expected=str(LIMIT_ROWS)))
        grid.append([])
        for i, (cell, result) in enumerate(zip(line, values, strict=False)):
            text, kind = _cell_text(result.value)
            grid[-1].append(text)
            if kind:
                stored[number, i] = kind
            if result.data_type == "e" or (cell.data_type == "f" and result.value is None):
                problems.append(base.problem("excel-formula", number, letter(i), found=str(cell.value)))
    return arrange(replace(base, problems=tuple(problems)), grid, expected, stored)


def _cell_text(value: Any) -> tuple[str, Stored]:
    """Return what a person sees in a cell, and whether Excel kept something else than text."""
    if isinstance(value, bool):
        return ("yes" if value else "no"), ""
    if isinstance(value, date):
        return value.isoformat()[:10], "date"
    if isinstance(value, (int, float)):
        return number_text(value), "number"
    return "" if value is None else str(value), ""


def write_workbook(path: Path | str, pages: Sequence[Page], lists: str = "lists") -> None:
    """Write an .xlsx to fill in: every cell text, drop-down lists, help beside each cell, header in place.

    Parameters
    ----------
    lists
        The name of the hidden sheet that holds the drop-down lists.
    """
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    choices = list(dict.fromkeys(tuple(words) for page in pages for words in page.choices.values()))
    for page in pages:
        sheet = book.create_sheet(page.name)
        sheet.sheet_state = "veryHidden" if page.hidden else "visible"
        if page.lines:
            _write_lines(sheet, page.lines)
        else:
            _write_page(sheet, page, Path(path).name)
            _write_help(sheet, page, {words: i for i, words in enumerate(choices)}, lists)
    hidden = book.create_sheet(lists)
    hidden.sheet_state = "hidden"
    for i, words in enumerate(choices, 1):
        for j, word in enumerate(words, 1):
            _put(hidden, j, i, word)
    out = io.BytesIO()
    book.save(out)
    replace_file(Path(path), _timeless(out.getvalue()))


def _write_lines(sheet: Any, lines: Sequence[str]) -> None:
    from openpyxl.styles import Font

    sheet.column_dimensions["A"].width = 100
    for row, line in enumerate(lines, 1):
        cell = _put(sheet, row, 1, line)
        cell.font = Font(bold=row == 1, size=16 if row == 1 else 12)


def _write_page(sheet: Any, page: Page, file: str) -> None:
    from openpyxl.styles import Font, PatternFill

    lines = [page.heads, *([row.get(head, "") for head in page.heads] for row in page.rows)]
    for number, line in enumerate(lines, 1):
        for column, text in enumerate(line, 1):
            if len(text) > LIMIT_CELL:
                place = Sheet(file, page.name)
                raise MemokitError(place.problem("text-too-long", number, letter(column - 1)))
            cell = _put(sheet, number, column, text)
            if number == 1:
                cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="DDE8F0")
    for i, cells in enumerate(zip(*lines, strict=True)):
        room = sheet.column_dimensions[letter(i)]
        room.width, room.number_format = min(max(10, *map(len, cells)) + 3, 50), "@"
    sheet.freeze_panes = "B2"


def _write_help(sheet: Any, page: Page, lists: Mapping[tuple[str, ...], int], hidden: str) -> None:
    """Put a drop-down list and the help of a column on its cells, with room for new rows."""
    from openpyxl.worksheet.datavalidation import DataValidation

    for i, head in enumerate(page.heads):
        words = tuple(page.choices.get(head, ()))
        rule = DataValidation(allow_blank=True, showInputMessage=True)
        if words:
            column = letter(lists[words])
            rule.type, rule.showErrorMessage = "list", True
            rule.formula1 = f"'{hidden}'!${column}$1:${column}${len(words)}"
        if help_ := page.help.get(head, ""):
            rule.promptTitle, rule.prompt = head[:32], help_[:255]
        rule.add(f"{letter(i)}2:{letter(i)}{len(page.rows) + 200}")
        sheet.add_data_validation(rule)


def _put(sheet: Any, row: int, column: int, text: str) -> Any:
    """Write text as text: never a formula, also not after somebody edits the cell."""
    from openpyxl.styles import Alignment

    cell = sheet.cell(row, column)
    if text:
        cell.value = text
        cell.data_type = "s"
    cell.number_format = "@"
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    cell.quotePrefix = bool(_FORMULA.match(text))
    return cell


def _timeless(data: bytes) -> bytes:
    """Return the same workbook without the time of writing: same records, same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = old.read(name)
            if name == "docProps/core.xml":
                part = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", b"2024-01-01T00:00:00Z", part)
            new.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), part, zipfile.ZIP_DEFLATED)
    return out.getvalue()
