"""Deliveries that no folder should hold: workbooks with one defect, what only looks like one, heavy files.

Each function writes one file and returns its path; `broken/deliveries/expected.csv` says what must be told.
"""

from __future__ import annotations

import gzip
import re
import zipfile
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.chart import BarChart

from tests.layouts_bbc import FILTERS, workbook

FOLDER = Path(__file__).parent / "broken" / "deliveries"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
SHEET = "xl/worksheets/sheet1.xml"
HEADS = (
    "NIS-code", "Type rapport", "Rapportjaar", "Boekjaar", "Beleidsveld", "Niveau 1", "Uitgave",
    "Uitgave per inwoner",
)  # fmt: skip
TOLD = ("Jaarrekening", "2020", 2020, "0160 Hulp aan het buitenland", "E Exploitatieverrichtingen")
ROWS: tuple[tuple[Any, ...], ...] = (
    ("12025", *TOLD, 130381.5, 1.5),
    ("24062", *TOLD, 51137.5, 0.5),
    ("12025", "Jaarrekening", "2021", 2021, *TOLD[3:], 173822.0, 2.0),
)
MAIN = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
INLINE = re.compile(rb'<c((?: (?!t=)\w+="[^"]*")*) t="inlineStr"[^>]*><is>(.*?)</is></c>', re.S)
MADE: dict[str, Callable[[Path], Path]] = {}
HEAVY = ("rows-two-million.csv", "megabytes-200.csv", "zip-bomb.xlsx", "cells-without-place.xlsx")
Parts = dict[str, bytes]


def made(name: str) -> Callable[[Callable[[Path], Path]], Callable[[Path], Path]]:
    """Give a function that makes a delivery the name of its file."""

    def keep(make: Callable[[Path], Path]) -> Callable[[Path], Path]:
        MADE[name] = make
        return make

    return keep


def made_of(name: str, data: Callable[[], bytes]) -> None:
    """Add a delivery that is only bytes."""

    def write(path: Path) -> Path:
        path.write_bytes(data())
        return path

    MADE[name] = write


# -- workbooks, and their parts -----------------------------------------------------------------------------


def lines(rows: Sequence[Sequence[Any]] = ROWS) -> list[Sequence[Any]]:
    """The rows of a tidy workbook: filters, an empty row, the header on row 3, figures from row 4 on."""
    return [[FILTERS], [], HEADS, *rows]


def changed(row: int, column: int, value: Any) -> list[Sequence[Any]]:
    """The same rows, with another value at a row and column that count from 1."""
    cells = [list(line) for line in lines()]
    cells[row - 1][column - 1] = value
    return cells


def unpack(path: Path) -> Parts:
    """Return the parts of a zip by name."""
    with zipfile.ZipFile(path) as parts:
        return {name: parts.read(name) for name in parts.namelist()}


def pack(path: Path, parts: Mapping[str, bytes]) -> Path:
    """Write the parts as a zip, the same bytes every time."""
    with zipfile.ZipFile(path, "w") as out:
        for name, data in parts.items():
            out.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)
    return path


def shared(parts: Parts) -> Parts:
    """Return the parts as Excel writes them: every text once, in a part of its own, cells point to it."""
    texts: list[bytes] = []

    def point(match: re.Match[bytes]) -> bytes:
        if match[2] not in texts:
            texts.append(match[2])
        return b'<c%s t="s"><v>%d</v></c>' % (match[1], texts.index(match[2]))

    found = dict(parts)
    for name in [name for name in parts if name.startswith("xl/worksheets/")]:
        found[name] = INLINE.sub(point, parts[name])
    all_ = b"".join(b"<si>%s</si>" % text for text in texts)
    head = b'<?xml version="1.0" encoding="UTF-8"?>\n'
    found["xl/sharedStrings.xml"] = head + b'<sst xmlns="%s">%s</sst>' % (MAIN, all_)
    kind = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    add = b'<Override PartName="/xl/sharedStrings.xml" ContentType="%s"/></Types>' % kind
    found["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(b"</Types>", add)
    link = b'<Relationship Type="%ssharedStrings" Target="sharedStrings.xml" Id="rId99"/>' % LINKS
    links = "xl/_rels/workbook.xml.rels"
    found[links] = parts[links].replace(b"</Relationships>", link + b"</Relationships>")
    return found


def prefixed(xml: bytes) -> bytes:
    """Return a part as programs of .NET write it: every tag with a prefix."""
    return re.sub(rb"<(/?)(?=\w)", rb"<\1x:", xml).replace(b" xmlns=", b" xmlns:x=")


def edited(path: Path, part: str, edit: Callable[[bytes], bytes], rows: Sequence[Sequence[Any]] = ()) -> Path:
    """Write a tidy workbook as Excel would, with one part edited."""
    parts = shared(unpack(workbook(path, rows or lines())))
    after = edit(parts[part])
    assert after != parts[part], "the edit changed nothing"
    return pack(path, parts | {part: after})


def loaded(path: Path, edit: Callable[[Any], object], rows: Sequence[Sequence[Any]] = ()) -> Path:
    """Write a tidy workbook, changed by openpyxl."""
    book = openpyxl.load_workbook(workbook(path, rows or lines()))
    edit(book)
    book.save(path)
    return path


@cache
def _good() -> bytes:
    return (FOLDER / "bom.csv").read_bytes()


# -- no workbook at all -------------------------------------------------------------------------------------

made_of("old.xls", lambda: OLE)
made_of("password.xlsx", lambda: OLE + "EncryptedPackage".encode("utf-16-le"))
made_of("image.csv", lambda: b"\x89PNG\r\n\x1a\n" + bytes(50))
made_of("photo.csv", lambda: b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(50))
made_of("export.csv.gz", lambda: gzip.compress(b"NIS-code;Boekjaar;Uitgave\n", mtime=0))
made_of("~$export.xlsx", lambda: b"\x09Gemeente " + b" " * 46 + "\x09Gemeente".encode("utf-16-le"))
made_of("deep.json", lambda: b'{"headers": ' + b"[" * 100_000 + b"]" * 100_000 + b"}")


@made("missing.csv")
def missing(path: Path) -> Path:
    """Nothing."""
    return path


@made("folder.csv")
def folder(path: Path) -> Path:
    """A folder with the name of a file."""
    path.mkdir()
    return path


@made("archive.zip")
def archive(path: Path) -> Path:
    """A good file, but packed."""
    return pack(path, {"export.csv": _good()})


@made("letter.xlsx")
def letter(path: Path) -> Path:
    """A document of Word."""
    return pack(path, {"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w:document/>"})


@made("cut.xlsx")
def cut(path: Path) -> Path:
    """The first half of a workbook."""
    data = workbook(path, lines()).read_bytes()
    path.write_bytes(data[: len(data) // 2])
    return path


@made("checksum.xlsx")
def checksum(path: Path) -> Path:
    """A workbook of which one byte changed on the way."""
    pack(path, shared(unpack(workbook(path, lines()))))
    with zipfile.ZipFile(path) as parts:
        info = parts.getinfo("xl/sharedStrings.xml")
    data = bytearray(path.read_bytes())
    data[info.header_offset + 30 + len(info.filename) + info.compress_size // 2] ^= 0x10
    path.write_bytes(data)
    return path


@made("part-missing.xlsx")
def part_missing(path: Path) -> Path:
    """A workbook without the part that holds its sheet."""
    parts = unpack(workbook(path, lines()))
    return pack(path, {name: data for name, data in parts.items() if name != SHEET})


# -- workbooks with one defect ------------------------------------------------------------------------------


@made("good.xlsx")
def good(path: Path) -> Path:
    """No defect."""
    return workbook(path, lines())


@made("good-shared.xlsx")
def good_shared(path: Path) -> Path:
    """No defect, as Excel writes it."""
    return pack(path, shared(unpack(workbook(path, lines()))))


@made("sheet-wrong.xlsx")
def sheet_wrong(path: Path) -> Path:
    """Only a sheet with an explanation."""
    return workbook(path, [["Toelichting"], ["Dit blad legt uit wat een beleidsveld is."]], "Toelichting")


@made("sheets-two.xlsx")
def sheets_two(path: Path) -> Path:
    """Two sheets with the layout."""

    def copy(book: Any) -> None:
        book.copy_worksheet(book.active).title = "Export (2)"

    return loaded(path, copy)


@made("sheet-empty-first.xlsx")
def sheet_empty_first(path: Path) -> Path:
    """An empty sheet before the export."""
    return loaded(path, lambda book: book.create_sheet("Blad1", 0))


@made("sheet-name.xlsx")
def sheet_name(path: Path) -> Path:
    """A name of a sheet with every mark that XML writes otherwise."""

    def name(book: Any) -> None:
        book.active.title = "Cijfers \"2020\" & 'é' <x>"

    return loaded(path, name)


@made("sheet-protected.xlsx")
def sheet_protected(path: Path) -> Path:
    """A sheet that Excel lets nobody change."""

    def protect(book: Any) -> None:
        book.active.protection.set_password("geheim")

    return loaded(path, protect)


@made("chart-only.xlsx")
def chart_only(path: Path) -> Path:
    """Only a sheet with a chart."""
    book = openpyxl.Workbook()
    book.create_chartsheet("Grafiek").add_chart(BarChart())
    book.remove(book.worksheets[0])
    book.save(path)
    return path


@made("macro.xlsm")
def macro(path: Path) -> Path:
    """A program in the workbook, which nobody runs."""
    parts = unpack(workbook(path, lines()))
    return pack(path, parts | {"xl/vbaProject.bin": OLE})


@made("head-twice.xlsx")
def head_twice(path: Path) -> Path:
    """Two columns with the same head."""
    return workbook(path, changed(3, 8, "Uitgave"))


@made("head-merged.xlsx")
def head_merged(path: Path) -> Path:
    """One head over two columns of a pivot."""
    rows = [["Type rapport", "Jaarrekening", "Jaarrekening", "Jaarrekening"], ["Boekjaar", 2020, None, 2021],
            ["Alg. rekening", "REK64 Subsidies", "REK61 Diensten", "REK64 Subsidies"],
            ["NIS-code", *["Uitgave"] * 3], ["12025", 130381.5, 10000, 173822]]  # fmt: skip
    return loaded(path, lambda book: book.active.merge_cells("B2:C2"), rows)


@made("code-date.xlsx")
def code_date(path: Path) -> Path:
    """A code that became a date."""
    return workbook(path, changed(5, 1, date(2025, 1, 12)))


@made("code-number.xlsx")
def code_number(path: Path) -> Path:
    """Codes that became numbers: nothing is lost."""
    return workbook(path, [*lines()[:3], *((int(row[0]), *row[1:4], 160, *row[5:]) for row in ROWS)])


@made("year-date.xlsx")
def year_date(path: Path) -> Path:
    """A year that became a date."""
    return workbook(path, changed(5, 4, date(2020, 3, 1)))


@made("formula.xlsx")
def formula(path: Path) -> Path:
    """A formula that no program worked out."""
    return workbook(path, changed(5, 7, "=G4/2"))


@made("formula-prefix.xlsx")
def formula_prefix(path: Path) -> Path:
    """The same, written by a program of .NET."""
    return edited(path, SHEET, prefixed, changed(5, 7, "=G4/2"))


@made("formula-empty.xlsx")
def formula_empty(path: Path) -> Path:
    """A formula with the empty text for its result: a figure that is missing."""
    cell = rb'<c r="G5" t="str"><f>IF(1,"","")</f><v></v></c>'
    return edited(path, SHEET, lambda xml: re.sub(rb'<c r="G5".*?</c>', cell, xml))


@made("formula-error.xlsx")
def formula_error(path: Path) -> Path:
    """A formula that lost the cell it points to."""
    return workbook(path, changed(5, 7, "#REF!"))


@made("xml-bomb.xlsx")
def xml_bomb(path: Path) -> Path:
    """Entities that expand to gigabytes, in the part with the texts."""
    levels = b"".join(b'<!ENTITY l%d "%s">' % (i + 1, b"&l%d;" % i * 10) for i in range(9))
    bomb = b'<!DOCTYPE sst [<!ENTITY l0 "ha">' + levels + b"]><sst"
    edit = lambda xml: xml.replace(b"<sst", bomb).replace(b"0160 Hulp", b"0160 &l9;")  # noqa: E731
    return edited(path, "xl/sharedStrings.xml", edit)


@made("xml-broken.xlsx")
def xml_broken(path: Path) -> Path:
    """A tag that lost its last mark: some readers go on behind it, without the rows that follow."""
    return edited(path, SHEET, lambda xml: xml.replace(b"/><sheetData>", b"/w<sheetData>"))


@made("xml-no-index.xlsx")
def xml_no_index(path: Path) -> Path:
    """A cell that should point to a text by its number, and does not."""
    return edited(path, SHEET, lambda xml: re.sub(rb'(<c r="D3" t="s"><v>)', rb"\1&gt;", xml))


@made("xml-two-values.xlsx")
def xml_two_values(path: Path) -> Path:
    """A cell with two values."""
    return edited(path, SHEET, lambda xml: re.sub(rb'(<c r="G5".*?)</c>', rb"\1<v>7</v></c>", xml))


@made("zip-version.xlsx")
def zip_version(path: Path) -> Path:
    """A zip that says that it needs a program of the future."""
    data = bytearray(workbook(path, lines()).read_bytes())
    data[data.rindex(b"PK\x01\x02") + 6] = 190
    path.write_bytes(data)
    return path


@made("rows-far.xlsx")
def rows_far(path: Path) -> Path:
    """One cell in the last row that Excel has."""
    return loaded(path, lambda book: book.active.cell(1_048_576, 26, "einde"))


@made("cell-huge.xlsx")
def cell_huge(path: Path) -> Path:
    """A text of 40,000 characters, which is more than Excel allows."""
    text = ("0160 " + "hulp " * 8000).encode()
    edit = lambda xml: xml.replace(b"0160 Hulp aan het buitenland", text)  # noqa: E731
    return edited(path, "xl/sharedStrings.xml", edit)


made_of("cell-huge.csv", lambda: _good().replace(b"0150 ", b"0150 " + b"solidair " * 4500))
made_of("cell-endless.csv", lambda: _good().replace(b"0150 ", b"0150 " + b"x" * 200_000))


def _survey(path: Path, sheet: str, heads: Sequence[str], rows: Sequence[Sequence[float]]) -> Path:
    towns = (("Mechelen", "12025"), ("Leuven", "24062"))
    cells = [[*town, f"Indicator {sheet}", 2020, *row] for town, row in zip(towns, rows, strict=True)]
    return workbook(path, [["Gemeente", "NIS-code", "Indicator", "Jaar", *heads], *cells], sheet)


@made("percentage.xlsx")
def percentage(path: Path) -> Path:
    """A percentage above 100 in a register: it may be a ratio."""
    return _survey(path, "AR_03", ["Procent"], [[45.0], [104.2]])


@made("percentage-survey.xlsx")
def percentage_survey(path: Path) -> Path:
    """Answers of a survey that cannot be."""
    answers = [[-50.0, 20.0, 130.0], [20.0, 20.0, 60.0]]
    return _survey(path, "WO_S_12", ["Oneens (%)", "Neutraal (%)", "Eens (%)"], answers)


# -- heavy ones ---------------------------------------------------------------------------------------------


made_of("rows-two-million.csv", lambda: _good() + b";;;;;;;\r\n" * 2_000_000)


@made("megabytes-200.csv")
def megabytes_200(path: Path) -> Path:
    """Ten good rows over and over."""
    head, *rows = _good().splitlines(keepends=True)
    block = b"".join(rows) * 10_000
    with path.open("wb") as file:
        file.write(head)
        for _ in range(200_000_000 // len(block) + 1):
            file.write(block)
    return path


@made("zip-bomb.xlsx")
def zip_bomb(path: Path) -> Path:
    """Some kilobytes that unpack to 300 megabytes."""
    return pack(path, unpack(workbook(path, lines())) | {"xl/media/image1.png": bytes(300_000_000)})


@made("cells-without-place.xlsx")
def cells_without_place(path: Path) -> Path:
    """Ten million cells that do not say where they stand."""
    row = b"<row>" + b"<c><v>1</v></c>" * 10_000_000 + b"</row>"
    sheet = b'<worksheet xmlns="%s"><sheetData>%s</sheetData></worksheet>' % (MAIN, row)
    return edited(path, SHEET, lambda xml: sheet)
