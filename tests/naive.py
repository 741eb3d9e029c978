"""A second, deliberately simple reading of delivered files: which figures does the file itself say?

It knows nothing of memokit but the list of municipalities. It decides nothing: a row that can be read has its
figure, whatever else is wrong with the file. What memokit reads must be among it, and all of it.
"""

from __future__ import annotations

import io
import json
import re
import string
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple

import openpyxl

from memokit import territory

Rows = list[list[Any]]
Sheets = dict[str, Rows]
DEPTH = 30
GAPS = {"", "x", "?", "n.b.", "-", "–", ".", "n.v.t.", "nvt"}
LABELS = "Code|Korte omschrijving|Lange omschrijving|Commentaar|Evaluatie"


class Said(NamedTuple):
    """One figure that a file says: in which row, of whom, about what, under which head, written how."""

    row: int
    who: frozenset[str]
    about: tuple[Any, ...]
    value: float
    head: str = ""
    cell: Any = None


# -- from bytes to cells ------------------------------------------------------------------------------------


def decoded(data: bytes) -> str:
    """Text in whatever encoding a person would try."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def split(text: str, mark: str) -> Rows:
    """Rows and cells, one character after the other."""
    rows: Rows = [[""]]
    quoted = fresh = False
    at = 0
    while at < len(text):
        char, after = text[at], text[at + 1 : at + 2]
        if quoted and char == '"' and after == '"':
            rows[-1][-1] += '"'
            at += 1
        elif char == '"' and (quoted or (rows[-1][-1] == "" and not fresh)):
            quoted, fresh = not quoted, True
        elif quoted:
            rows[-1][-1] += char
        elif char == mark:
            rows[-1].append("")
            fresh = False
        elif char in "\r\n":
            at += char == "\r" and after == "\n"
            rows.append([""])
            fresh = False
        else:
            rows[-1][-1] += char
        at += 1
    return rows


def cells_of(data: bytes, mark: str) -> Sheets:
    """The sheets of a file: of a workbook by name, of a text one without a name."""
    if mark == "xlsx":
        book = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
        pages = book.worksheets
        return {page.title: [list(row) for row in page.iter_rows(values_only=True)] for page in pages}
    if mark == "json":
        table = json.loads(data.decode("utf-8-sig"), parse_int=str, parse_float=str)
        return {"": [[head["name"] for head in table["headers"]], *table["rows"]]}
    return {"": split(decoded(data), mark)}


# -- from cells to values -----------------------------------------------------------------------------------


def text(cell: Any) -> str:
    """A cell as a person reads it."""
    if isinstance(cell, bool) or cell is None:
        return "" if cell is None else str(cell)
    if isinstance(cell, (int, float)):
        return f"{Decimal(repr(float(cell))):f}".removesuffix(".0").replace(".", ",")
    return cell.isoformat()[:10] if isinstance(cell, date) else str(cell).strip()


def fold(cell: Any) -> str:
    """Letters and digits only."""
    return "".join(char for char in text(cell).casefold() if char.isalnum())


def number(cell: Any, decimal: str) -> float | None:
    """A number in the way of writing of its layout, or in the other way when it can only be that."""
    if isinstance(cell, (int, float)):
        return None if isinstance(cell, bool) else float(cell)
    bare = re.sub("[ \t\u00a0\u2009\u202f]|€|EUR|%", "", text(cell).replace("−", "-"), flags=re.I)
    for mark, other in ((decimal, ",."[decimal == ","]), (",."[decimal == ","], decimal)):
        if re.fullmatch(rf"[+-]?(\d+|[1-9]\d{{0,2}}(\{other}\d{{3}})+)(\{mark}\d+)?([eE][+-]?\d+)?", bare):
            return float(bare.replace(other, "").replace(mark, "."))
    return None


def year(cell: Any) -> int | None:
    """A year, or the year in which a month or quarter lies."""
    found = re.match(r"\d{4}", text(cell))
    return int(found[0]) if found else None


@cache
def towns() -> dict[str, frozenset[str]]:
    """Every code and every name that a municipality has had, with its codes."""
    found: dict[str, frozenset[str]] = {}
    for borders in territory.BORDERS:
        for town in territory.municipalities(borders):
            for key in (town.code, plain(town.name)):
                found[key] = found.get(key, frozenset()) | {town.code}
    return found


def plain(name: str) -> str:
    """A name without capitals, accents and marks."""
    return fold("".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c)))


def who(cell: Any) -> frozenset[str]:
    """The municipalities that a cell can mean; none for a total, Brussels or nonsense."""
    said = text(cell)
    code = re.fullmatch(r"(?:.*\()?(\d{4,5})(?:\)| .*)?", said, re.S)
    if code:
        return frozenset({code[1].zfill(5)} & towns().keys())
    board = re.sub(r"^(Gemeente en OCMW|Gemeente|Stad|OCMW|AGB|Plaats)\b[ -]*", "", said, flags=re.I)
    return towns().get(plain(board)) or towns().get(plain(re.sub(r" \([^()]*\)$", "", board))) or frozenset()


# -- from rows to figures -----------------------------------------------------------------------------------


def table(rows: Rows, needed: Sequence[str]) -> Iterator[tuple[int, dict[str, Any]]]:
    """Every row but the header, by head: also the rows above it."""
    at = next((i for i, row in enumerate(rows[:DEPTH]) if set(needed) <= set(map(fold, row))), None)
    heads = [text(cell) for cell in rows[at]] if at is not None else []
    for i, row in enumerate(rows if heads else [], 1):
        if any(text(cell) for cell in row) and list(map(text, row)) != heads:
            yield i, {head: cell for head, cell in zip(heads, row, strict=False) if head}


def get(row: dict[str, Any], *names: str) -> Any:
    """The cell under one of some heads."""
    return next((cell for head, cell in row.items() if fold(head) in names), None)


def said(
    row: int, town: Any, about: tuple[Any, ...], value: float | None, head: str = "", cell: Any = None
) -> Iterator[Said]:
    """One figure, if there is one."""
    if value is not None:
        yield Said(row, who(town), about, value, head, cell)


MEASURES = {"uitgave": "outlay", "uitgaven": "outlay", "uitgaveperinwoner": "outlay_per_inhabitant",
            "uitgavenperinwoner": "outlay_per_inhabitant"}  # fmt: skip


def field(cell: Any) -> str:
    """A policy field, with the zero that Excel took away."""
    return text(cell).zfill(4) if re.fullmatch(r"\d{2,3}", text(cell)) else text(cell)


def report(cell: Any) -> str:
    """Plan or accounts."""
    words = fold(cell)
    return "accounts" if "rekening" in words else "plan" if "plan" in words or "budget" in words else ""


def tidy(sheets: Sheets, decimal: str) -> Iterator[Said]:
    """A row for each municipality, year and policy field."""
    for rows in sheets.values():
        for i, row in table(rows, ["boekjaar"]):
            town = get(row, "niscode", "nis") or get(row, "bestuur", "naambestuur")
            of = field(get(row, "beleidsveld")), report(get(row, "typerapport"))
            about = (year(get(row, "boekjaar")), *of)
            for head in row:
                if fold(head) in MEASURES:
                    measure = MEASURES[fold(head)]
                    yield from said(i, town, (measure, *about), number(row[head], decimal), head)


def pivot(sheets: Sheets, decimal: str) -> Iterator[Said]:
    """Boards down; above the figures a block that says what each column is."""
    known = {"boekjaar": "year", "beleidsveld": "field", "algrekening": "account", "niscode": "measure",
             "typerapport": "report", "rapportjaar": "report_year"}  # fmt: skip
    for rows in sheets.values():
        block: dict[str, list[Any]] = {}
        others: list[tuple[int, list[Any]]] = []
        for i, row in enumerate(rows, 1):
            name = known.get(fold(row[0])) if row and i <= DEPTH else None
            if name and name not in block and any(map(text, row[1:])):
                block[name] = list(row)
                others = [each for each in others if who(each[1][0])]
            elif row and not (name and list(map(text, row)) == list(map(text, block.get(name, [])))):
                others.append((i, row))
        for name, cells in block.items():
            cells += [None] * (max(map(len, rows)) - len(cells))
            for j in range(2, len(cells) if name != "account" else 0):
                cells[j] = cells[j - 1] if text(cells[j]) == "" else cells[j]
        for i, row in others:
            for j, cell in enumerate(row[1:] if "year" in block else [], 1):
                head = {name: cells[j] for name, cells in block.items()}
                measure = MEASURES.get(fold(head.get("measure")), "outlay_per_inhabitant")
                about = (measure, year(head["year"]), field(head.get("field")), text(head.get("account")))
                yield from said(i, row[0], about, number(cell, decimal), string.ascii_uppercase[j])


def actions(sheets: Sheets, decimal: str) -> Iterator[Said]:
    """Three blocks of text, and the outlay of each year; an action counts once as an item of the plan."""
    for rows in sheets.values():
        for i, row in table(rows, ["actietotaaloverzicht"]):
            block = re.sub("\r\n?", "\n", text(get(row, "actietotaaloverzicht")))
            labels, place = LABELS.split("|"), -1
            parts = dict.fromkeys(labels, "")
            for line in block.split("\n"):
                match = re.match(rf"({LABELS}):[ \t]?", line)
                if match and labels.index(match[1]) > place:
                    place = labels.index(match[1])
                    parts[labels[place]] = line[match.end() :]
                elif place >= 0:
                    parts[labels[place]] += f"\n{line}"
            town, code = get(row, "bestuur"), parts["Code"].strip()
            if code:
                yield from said(i, town, ("action", code), 1.0)
            for head, cell in row.items():
                if match := re.fullmatch(r"(\d{4})\s*,\s*(.*)", head):
                    about = (MEASURES.get(fold(match[2])), int(match[1]), code)
                    yield from said(i, town, about, number(cell, decimal), head)


def _figure(cell: Any, decimal: str) -> float | None:
    value = None if text(cell) in GAPS else number(cell, decimal)
    return None if value in (-99996.0, -99997.0, -99998.0, -99999.0) else value


def flat(sheets: Sheets, decimal: str, *, needed: Sequence[str] = ("period", "geolevel", "geoitem"),
         town: str = "geoitem", when: str = "period") -> Iterator[Said]:  # fmt: skip
    """A column for each indicator."""
    for rows in sheets.values():
        for i, row in table(rows, needed):
            level = text(get(row, "geolevel")).casefold() if "geolevel" in needed else "gemeente"
            for head, cell in row.items():
                if fold(head) not in needed and level in ("gemeente", "gemeente2024", "gemeente2018"):
                    about = (head, year(get(row, when)))
                    yield from said(i, get(row, town), about, _figure(cell, decimal), head, cell)


def long(sheets: Sheets, decimal: str) -> Iterator[Said]:
    """Geo, Perioden, and a column for each indicator."""
    for name in ("perioden", "periode", "periods"):
        yield from flat(sheets, decimal, needed=("geo", name), town="geo", when=name)


def wide(sheets: Sheets, decimal: str) -> Iterator[Said]:
    """The periods as columns, the indicator in a column of its own."""
    for rows in sheets.values():
        for i, row in table(rows, ["geo", "onderwerp"]):
            for head, cell in row.items():
                if fold(head) not in ("geo", "onderwerp") and re.fullmatch(r"\d{4}", head):
                    about = (text(get(row, "onderwerp")), int(head))
                    yield from said(i, get(row, "geo"), about, _figure(cell, decimal), head)


def stadsmonitor(sheets: Sheets, decimal: str) -> Iterator[Said]:
    """A sheet for each indicator."""
    for sheet, rows in sheets.items():
        for i, row in table(rows, ["gemeente", "niscode", "indicator", "jaar"]):
            for head, cell in row.items():
                if fold(head) not in ("gemeente", "niscode", "indicator", "jaar"):
                    about = (sheet, year(get(row, "jaar")))
                    yield from said(i, get(row, "niscode"), about, _figure(cell, decimal), head, cell)


def population(sheets: Sheets, decimal: str) -> Iterator[Said]:
    """A sheet for each year."""
    names = {"totaal": "bevolking", "mannen": "bevolking_mannen", "vrouwen": "bevolking_vrouwen"}
    for sheet, rows in sheets.items():
        told = re.search(r"\d{4}", sheet)
        for i, row in table(rows, ["niscode", *names]):
            for head, cell in row.items():
                if fold(head) in names:
                    about = (names[fold(head)], int(told[0]) if told else None)
                    yield from said(i, get(row, "niscode"), about, _figure(cell, decimal), head)


def struct(sheets: Sheets, decimal: str) -> Iterator[Said]:
    """Inhabitants by age and sex, to be added."""
    sums: dict[str, float] = {}
    for rows in sheets.values():
        for _, row in table(rows, ["cdrefnis", "mspopulation"]):
            for code in who(get(row, "cdrefnis")):
                sums[code] = sums.get(code, 0.0) + (number(get(row, "mspopulation"), decimal) or 0.0)
    for code, total in sums.items():
        yield Said(0, frozenset({code}), ("bevolking", 2025), total)


INCOME = {
    "mstotnettaxableinc": "inkomen_totaal", "msnbrnonzeroinc": "aangiften", "msnbrzeroinc": "aangiften_nul",
    "mstotresidents": "inwoners_1jan_volgend_jaar", "mstotmuniciptaxes": "gemeentebelasting_totaal",
    "mstottaxes": "belasting_totaal",
}  # fmt: skip


def income(sheets: Sheets, decimal: str) -> Iterator[Said]:
    """The fiscal file."""
    for rows in sheets.values():
        for i, row in table(rows, ["cdyear", "cdmuntyrefnis", "mstotnettaxableinc"]):
            for head, cell in row.items():
                if fold(head) in INCOME:
                    about = (INCOME[fold(head)], year(get(row, "cdyear")))
                    yield from said(i, get(row, "cdmuntyrefnis"), about, _figure(cell, decimal), head)


def own(sheets: Sheets, decimal: str) -> Iterator[Said]:
    """memokit's own tidy table."""
    for rows in sheets.values():
        at = [i for i, row in enumerate(rows[:DEPTH]) if {"indicator"} <= set(map(fold, row))]
        heads = set(map(fold, rows[at[0]])) if at else set()
        names = ("municipality", "year", "value") if "value" in heads else ("nis", "jaar", "waarde")
        if "niscode" in heads:
            names = ("niscode", *names[1:])
        for i, row in table(rows, ["indicator", *names]):
            about = (text(get(row, "indicator")), year(get(row, names[1])))
            yield from said(i, get(row, names[0]), about, _figure(get(row, names[2]), decimal), names[2])


def nothing(sheets: Sheets, decimal: str) -> Iterator[Said]:
    """A list without figures."""
    yield from ()


READINGS: dict[str, Callable[[Sheets, str], Iterator[Said]]] = {
    "tidy": tidy, "pivot": pivot, "actions": actions, "flat": flat, "long": long, "wide": wide,
    "stadsmonitor": stadsmonitor, "population": population, "struct": struct, "income": income, "own": own,
    "refnis": nothing,
}  # fmt: skip
