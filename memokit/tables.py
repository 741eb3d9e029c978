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
from dataclasses import dataclass, field
from datetime import date, datetime
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
_SIGNATURES = {b"%PDF": "pdf", b"PK\x03\x04": "xlsx", b"\xd0\xcf\x11\xe0": "xls", b"\x89PNG": "image"}


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
            raise MemokitError(Problem("file-too-big", file=path.name, expected=str(limit // 1_000_000)))
        return path.read_bytes()
    except FileNotFoundError:
        raise MemokitError(Problem("file-missing", file=path.name)) from None
    except OSError:
        raise MemokitError(Problem("cannot-read", file=path.name)) from None


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
    if error.errno in _FULL:
        return Problem("disk-full", file=path.name)
    if isinstance(error, PermissionError) and path.exists():
        return Problem("table-locked", file=path.name)
    return Problem("cannot-write", file=path.name)


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
        lines = csv.reader(io.StringIO(text[:100_000], newline=""), delimiter=mark)
        top = list(islice(lines, HEADER_DEPTH))
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
    _refuse_zip(data, path.name)
    import openpyxl

    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True)
        results = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        return {
            name: _read_sheet(
                Sheet(path.name, name), book[name], results[name], (expected or {}).get(name, ())
            )
            for name in book.sheetnames
            if (expected is None or name in expected) and hasattr(book[name], "iter_rows")
        }
    except MemokitError:
        raise
    except Exception:  # openpyxl raises whatever the broken XML makes it trip over
        raise MemokitError(Problem("not-excel", file=path.name)) from None


def _refuse_zip(data: bytes, file: str) -> None:
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        locked = "EncryptedPackage".encode("utf-16-le") in data
        raise MemokitError(Problem("excel-password" if locked else "excel-old", file=file))
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            size = sum(part.file_size for part in parts.infolist())
            names = parts.namelist()
    except zipfile.BadZipFile:
        raise MemokitError(Problem("not-excel", file=file)) from None
    if size > LIMIT_UNPACKED:
        raise MemokitError(Problem("file-too-big", file=file, expected=str(LIMIT_UNPACKED // 1_000_000)))
    if "xl/workbook.xml" not in names:
        raise MemokitError(Problem("not-excel", file=file))


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
            lost = cell.data_type == "f" and result.value is None
            if lost or result.data_type == "e":
                found = str(cell.value)
                problems.append(base.problem("excel-formula", number, letter(i), found=found))
    return arrange(Sheet(base.file, base.sheet, problems=tuple(problems)), grid, expected, stored)


def _cell_text(value: Any) -> tuple[str, Stored]:
    """Return what a person sees in a cell, and whether Excel kept something else than text."""
    if value is None:
        return "", ""
    if isinstance(value, bool):
        return ("yes" if value else "no"), ""
    if isinstance(value, (datetime, date)):
        return value.isoformat()[:10], "date"
    if isinstance(value, (int, float)):
        whole = isinstance(value, float) and value.is_integer()
        return number_text(int(value) if whole else value), "number"
    return str(value), ""


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

    for column, head in enumerate(page.heads, 1):
        cell = _put(sheet, 1, column, head)
        cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="DDE8F0")
        longest = max((len(row.get(head, "")) for row in page.rows), default=0)
        room = sheet.column_dimensions[letter(column - 1)]
        room.width, room.number_format = min(max(longest, len(head), 10) + 3, 50), "@"
    for number, row in enumerate(page.rows, 2):
        for column, head in enumerate(page.heads, 1):
            text = row.get(head, "")
            if len(text) > LIMIT_CELL:
                place = Problem(
                    "text-too-long", file=file, sheet=page.name, row=number, column=letter(column - 1)
                )
                raise MemokitError(place)
            _put(sheet, number, column, text)
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
