"""Workbooks: Excel in as text, safe Excel out. The only door for calamine (reading) and openpyxl (writing).

A workbook is looked through before it is read: its size, how far its cells reach, which formulas have no
result. What a spreadsheet would run as a formula is written as text, and stays text when somebody edits it.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any, TypeAlias
from xml.parsers.expat import ParserCreate
from xml.sax.saxutils import unescape

from memokit.cells import Stored, number_text
from memokit.grid import Sheet, arrange, letter
from memokit.problems import MemokitError, Problem
from memokit.tables import FORMULA, OLD_EXCEL, read_bytes, replace_file, too_big

LIMIT_BYTES = 50_000_000
LIMIT_UNPACKED = 200_000_000
LIMIT_CELLS = 5_000_000
LIMIT_CELL = 32_767  # what one cell of Excel can hold
LAST_ROW = 1_048_576

Raw: TypeAlias = str | float | bool | date | time | timedelta
_ROW = re.compile(rb'\sr="[A-Z]*(\d{1,9})\d*"')
# A place beyond column Z or row 99,999: most sheets have none, and need no counting.
_FAR, NEAR = re.compile(rb'\sr="(?:[A-Z]{2}|[A-Z]?\d{6})'), (99_999, 26)
_WIDE = re.compile(rb'\sr="([A-Z]{2,})\d')
_PLACE = re.compile(rb'\sr="([A-Z]+)(\d+)"')
# A cell that points to no text, or has two values: calamine takes the first text, or the last value.
_NO_TEXT = re.compile(rb't="s"[^>]*>\s*<v>\s*(?!\d+\s*<)')
_TWO_VALUES = re.compile(rb"</v>\s*<v\b")
_PREFIX = re.compile(rb"<(\w+:)worksheet\b")
_BROKEN = re.compile(rb'<c\b[^>]*\st="e"[^>]*>.*?</c>', re.S)
_EMPTY = re.compile(rb"<c\b([^>]*)>\s*<f\b(?:[^>]*/>|[^>]*>[^<]*</f>)\s*(<v\s*/>|<v>\s*</v>)?\s*</c>")

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



class Book:
    """An .xlsx that is safe to read, its sheets in order.

    Raises
    ------
    MemokitError
        It is no .xlsx, an old one, locked with a password, unreasonably large, or holds entities that expand.

    Attributes
    ----------
    sheets
        The names of the worksheets, hidden ones too.
    """

    def __init__(self, path: Path | str) -> None:
        from python_calamine import CalamineWorkbook, SheetTypeEnum

        self.path = Path(path)
        self._faults: dict[str, tuple[Problem, ...]] = {}
        data = read_bytes(self.path, LIMIT_BYTES)
        if data.startswith(OLD_EXCEL):
            locked = "EncryptedPackage".encode("utf-16-le") in data
            raise MemokitError(self._problem("excel-password" if locked else "excel-old"))
        with self._careful():
            self._zip = zipfile.ZipFile(io.BytesIO(data))
            if sum(part.file_size for part in self._zip.infolist()) > LIMIT_UNPACKED:
                raise too_big(self.path, LIMIT_UNPACKED)
            self._check_parts()
            self._parts = _sheet_parts(self._zip)
            self._book = CalamineWorkbook.from_filelike(io.BytesIO(data))
            meta = self._book.sheets_metadata
            self.sheets = tuple(each.name for each in meta if each.typ == SheetTypeEnum.WorkSheet)

    def _check_parts(self) -> None:
        """Read every part to its end: only there are size and checksum compared, and all tags closed.

        Calamine reads on where XML is broken, and loses cells.
        """

        def refuse(*_: object) -> None:
            raise MemokitError(self._problem("xml-entities"))

        for part in self._zip.infolist():
            parser = ParserCreate()
            parser.StartDoctypeDeclHandler = refuse
            is_xml = part.filename.endswith((".xml", ".rels"))
            with self._zip.open(part) as file:
                while block := file.read(1 << 20):
                    if is_xml:
                        parser.Parse(block)
            if is_xml:
                parser.Parse(b"", True)

    def rows(self, sheet: str) -> Iterator[list[Raw]]:
        """Yield the rows of a sheet from the first on: text, number, date or yes/no as Excel keeps them."""
        self.faults(sheet)
        with self._careful(sheet):
            return iter(self._book.get_sheet_by_name(sheet).to_python(skip_empty_area=False))

    def faults(self, sheet: str) -> tuple[Problem, ...]:
        """Return the cells whose formula has no result, after looking how far the cells reach."""
        if sheet not in self._faults:
            self._faults[sheet] = tuple(self._look_through(sheet))
        return self._faults[sheet]

    def _look_through(self, sheet: str) -> Iterator[Problem]:
        with self._careful(sheet), self._zip.open(self._parts[sheet]) as file:
            xml = file.read(LIMIT_UNPACKED)
        if prefix := _PREFIX.search(xml[:2000]):  # other programs than Excel write <x:c> for <c>
            xml = re.sub(rb"(</?)" + prefix[1], rb"\1", xml)
        last, wide = _reach(xml) if _FAR.search(xml) else NEAR
        cells = max(last * wide, sum(map(xml.count, (b"<c ", b"<c>", b"<c/"))))
        if last > LAST_ROW or cells > LIMIT_CELLS:
            raise MemokitError(self._problem("too-many-cells", sheet, found=f"{last} × {wide}"))
        if _TWO_VALUES.search(xml) or (b't="s"' in xml and _NO_TEXT.search(xml)):
            raise MemokitError(self._problem("not-excel", sheet))
        wrong = [each[0] for each in _BROKEN.finditer(xml)] if b't="e"' in xml or b"t='e'" in xml else []
        # A formula may have the empty text for its result.
        empty = _EMPTY.finditer(xml) if b"<f" in xml else ()
        wrong += [each[0] for each in empty if not (each[2] and b't="str"' in each[1])]
        for cell in wrong:
            problem = self._problem("excel-formula", sheet, found=_inside(cell))
            at = _PLACE.search(cell)
            yield replace(problem, row=int(at[2]), column=at[1].decode()) if at else problem

    def _problem(self, code: str, sheet: str = "", found: str = "") -> Problem:
        return Problem(code, file=self.path.name, sheet=sheet, found=found)

    @contextmanager
    def _careful(self, sheet: str = "") -> Iterator[None]:
        """Turn whatever a broken file makes the libraries trip over into one refusal."""
        try:
            yield
        except (MemokitError, KeyboardInterrupt, SystemExit, MemoryError):
            raise
        except BaseException:  # a panic of calamine is no Exception
            raise MemokitError(self._problem("not-excel", sheet)) from None


def _reach(xml: bytes) -> tuple[int, int]:
    """Return the last row and the last column that a sheet names."""
    last = max(map(int, set(_ROW.findall(xml))), default=0)
    return last, max((_number_of(letters) for letters in set(_WIDE.findall(xml))), default=26)


def _sheet_parts(parts: zipfile.ZipFile) -> dict[str, str]:
    """Return the part of the zip that holds each sheet, by name."""
    book = parts.read("xl/workbook.xml")
    links = parts.read("xl/_rels/workbook.xml.rels")
    targets = {}
    for tag in re.findall(rb"<(?:\w+:)?Relationship\b[^>]*>", links):
        targets[_attribute(tag, "Id")] = _attribute(tag, "Target").removeprefix("/xl/")
    tags = re.findall(rb"<(?:\w+:)?sheet\b[^>]*>", book)
    return {_attribute(tag, "name"): "xl/" + targets[_attribute(tag, r"\w+:id")] for tag in tags}


def _attribute(tag: bytes, name: str) -> str:
    found = re.search(rf"""\s{name}=(["'])(.*?)\1""".encode(), tag)
    return unescape(found[2].decode(), {"&quot;": '"', "&apos;": "'"}) if found else ""


def _inside(cell: bytes) -> str:
    """Return a formula or an error as it stands in a cell."""
    found = re.search(rb"<f[^>]*>([^<]*)|<v>([^<]*)", cell)
    return unescape((found[1] or found[2] or b"").decode(errors="replace"))[:100] if found else ""


def _number_of(letters: bytes) -> int:
    number = 0
    for each in letters:
        number = number * 26 + each - 64
    return number


def read_workbook(path: Path | str, expected: Mapping[str, Sequence[str]] | None = None) -> dict[str, Sheet]:
    """Read every sheet of an .xlsx as text, and mark what Excel kept as a number or a date.

    Parameters
    ----------
    expected
        The heads by name of the sheet; with it, other sheets are left alone.

    Raises
    ------
    MemokitError
        As `Book`.
    """
    book = Book(path)
    wanted = expected or {name: () for name in book.sheets}
    return {name: _read_sheet(book, name, wanted[name]) for name in book.sheets if name in wanted}


def _read_sheet(book: Book, name: str, expected: Sequence[str]) -> Sheet:
    grid: list[list[str]] = []
    stored: dict[tuple[int, int], Stored] = {}
    base = Sheet(book.path.name, name, problems=book.faults(name))
    for number, line in enumerate(book.rows(name), 1):
        cells = [cell_text(value) for value in line]
        grid.append([text for text, _ in cells])
        stored |= {(number, i): kind for i, (_, kind) in enumerate(cells) if kind}
    return arrange(base, grid, expected, stored)


def cell_text(value: Raw) -> tuple[str, Stored]:
    """Return what a person sees in a cell, and whether Excel kept something else than text.

    Examples
    --------
    >>> cell_text(1250.0), cell_text("1.250"), cell_text(date(2024, 1, 2))
    (('1250', 'number'), ('1.250', ''), ('2024-01-02', 'date'))
    """
    if isinstance(value, bool):
        return ("yes" if value else "no"), ""
    if isinstance(value, date):
        return value.isoformat()[:10], "date"
    if isinstance(value, (int, float)):
        return number_text(value), "number"
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
    cell.quotePrefix = bool(FORMULA.match(text))
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
