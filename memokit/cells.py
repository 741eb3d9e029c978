"""One cell: from the text in a file to a value, and back. Text first, so that nothing changes on the way in.

Files are always in Dutch, whatever language is in force: labels are looked up in `records.yml` of `nl`.
A cell that can mean two things is refused with both answers in `.choices`; nothing is guessed.
"""

from __future__ import annotations

import csv
import difflib
import math
import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any, Literal, NoReturn

from memokit import texts
from memokit.fields import Cell, Kind
from memokit.problems import MemokitError, Problem
from memokit.resources import data_path

Stored = Literal["", "number", "date"]
FIRST_YEAR, LAST_YEAR = 1950, 2100

_CODES = frozenset({"code", "codes", "sources"})
_LISTS = frozenset({"codes", "sdg", "sources"})
_NUMBERS = frozenset({"integer", "year", "number"})
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# How Excel shortens the months, in Dutch and in English: what is left of a code such as 2-1.
_MONTHS = ["jan", "feb", "mrt|mar", "apr", "mei|may", "jun", "jul", "aug", "sep", "okt|oct", "nov", "dec"]
_MONTH = "|".join(_MONTHS)
_EXCEL_DATE = re.compile(rf"\d{{1,2}}[-/ ]({_MONTH})\.?|({_MONTH})\.?[-/ ]\d{{2,4}}", re.I)


def _refuse(code: str, found: str, choices: tuple[str, ...] = (), **rest: Any) -> NoReturn:
    raise MemokitError(Problem(code, found=found, choices=choices, **rest))


def parse_cell(text: str, cell: Cell, stored: Stored = "") -> Any:
    """Return the value of a cell; an empty one is `""`, `None` or `()`, by its kind.

    Parameters
    ----------
    stored
        What Excel kept instead of text: a code that became a number or a date is refused, for nobody can see
        what it was.

    Raises
    ------
    MemokitError
        The text is no value of this kind, or can be two. The problem has no place yet.

    Examples
    --------
    >>> parse_cell("Grotendeels gerealiseerd ", Cell("choice", choices="status"))
    'mostly'
    >>> parse_cell("€ 1.234,56", Cell("number")), parse_cell("15/04/2024", Cell("date"))
    (1234.56, '2024-04-15')
    >>> parse_cell("SDG 16.10; sdg 17.14", Cell("sdg"))
    ('SDG 16.10', 'SDG 17.14')
    """
    clean = _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
    if not clean:
        return None if cell.kind in _NUMBERS else () if cell.kind in _LISTS else ""
    if _changed_by_excel(clean, cell.kind, stored):
        _refuse("excel-changed", clean)
    return _choice(clean, cell.choices) if cell.kind == "choice" else _PARSERS[cell.kind](clean)


def format_cell(value: Any, cell: Cell) -> str:
    """Write a value as it stands in a file: Dutch label, decimal comma, `;` between parts.

    Examples
    --------
    >>> format_cell("mostly", Cell("choice", choices="status")), format_cell(1234.5, Cell("number"))
    ('grotendeels gerealiseerd', '1234,5')
    """
    if value is None:
        return ""
    if cell.kind in _LISTS:
        return "; ".join(value)
    if cell.kind == "choice":
        return labels(cell.choices).get(value) or _choice(value, cell.choices) if value else ""
    return number_text(value) if isinstance(value, (int, float)) else str(value)


def canonical(text: str, cell: Cell) -> str | None:
    """Return a cell's text as memokit writes it, so that two spellings compare; None if it cannot be read.

    Examples
    --------
    >>> canonical("GEREALISEERD", Cell("choice", choices="status")), canonical("1.000", Cell("number"))
    ('gerealiseerd', None)
    """
    try:
        return format_cell(parse_cell(text, cell), cell)
    except MemokitError:
        return None


@cache
def labels(choices: str) -> dict[str, str]:
    """Return the values of a choice with their label in files.

    Examples
    --------
    >>> labels("sender")
    {'council': 'adviesraad', 'citizens': 'burgergroep'}
    """
    words = texts.lookup(f"records.values.{choices}", "nl")
    return {key: str(said["label"]) for key, said in words.items()}


@cache
def sdg_targets() -> tuple[str, ...]:
    """Return the codes of all SDG targets: 1.1 … 17.19.

    Examples
    --------
    >>> len(sdg_targets())
    169
    """
    with data_path("facts", "sdg_targets.csv").open(encoding="utf-8-sig", newline="") as file:
        return tuple(row["target"] for row in csv.DictReader(file))


def number_text(value: int | float) -> str:
    """Write a number with a decimal comma and without a thousands mark.

    Examples
    --------
    >>> number_text(1250000.0), number_text(-0.5)
    ('1250000', '-0,5')
    """
    return f"{Decimal(repr(value)):f}".removesuffix(".0").replace(".", ",")


def nearest(text: str, words: list[str] | tuple[str, ...], count: int = 1) -> tuple[str, ...]:
    """Return the words that look most like a text.

    Examples
    --------
    >>> nearest("gereliseerd", list(labels("status").values()))
    ('gerealiseerd',)
    """
    return tuple(difflib.get_close_matches(text, words, n=count, cutoff=0.6))


def excel_forms(code: str) -> frozenset[str]:
    """Return what Excel may have made of a code when it saved a CSV.

    Examples
    --------
    >>> "1,1" in excel_forms("1.10"), "02/jan" in excel_forms("2-1"), "150" in excel_forms("0150")
    (True, True, True)
    """
    forms: set[str] = set()
    if code.isdigit():
        forms.add(code.lstrip("0"))
    if match := re.fullmatch(r"(\d+)\.(\d*)", code):
        number = f"{int(match[1])}.{match[2]}".rstrip("0").rstrip(".")
        forms |= {number, number.replace(".", ",")}
    if match := re.fullmatch(r"(\d{1,2})[-/.](\d{1,2})", code):
        first, second = int(match[1]), int(match[2])
        for day, month in ((first, second), (second, first)):
            names = _MONTHS[month - 1].split("|") if 1 <= month <= 12 and 1 <= day <= 31 else ()
            forms |= {f"{d}{mark}{name}" for name in names for mark in "/-" for d in (f"{day}", f"{day:02}")}
    return frozenset(forms - {code, ""})


def _changed_by_excel(text: str, kind: Kind, stored: Stored) -> bool:
    if stored == "date" or (stored == "number" and kind in _CODES and not text.isdigit()):
        return kind == "text" or kind in _CODES
    return (kind == "date" or kind in _CODES) and bool(_EXCEL_DATE.fullmatch(text))


def _parts(text: str, marks: str = ";") -> tuple[str, ...]:
    parts = (" ".join(part.split()) for part in re.split(f"[{marks}\n]", text))
    return tuple(dict.fromkeys(part for part in parts if part))


def _sdg(text: str) -> tuple[str, ...]:
    # "16,1" without its label is one number, not two parts.
    parts = (text,) if re.fullmatch(r"\d+,\d+", text) else _parts(text, ";,")
    return tuple(dict.fromkeys(_target(part) for part in parts))


def _target(text: str) -> str:
    match = re.fullmatch(r"(SDG)?[\s\u00a0]*(\d{1,2}[.,]?[0-9a-zA-Z]{0,2})", text, re.I)
    code = match[2].replace(",", ".").lower() if match else text
    known = sdg_targets()
    if match and not match[1]:
        # 16.1 may have been 16.10 before Excel: two targets that both exist.
        meant = tuple(f"SDG {each}" for each in (code, f"{code}0") if each in known)
        _refuse("sdg-without-label", text, meant)
    if code not in known:
        _refuse("unknown-sdg-target", text, tuple(f"SDG {near}" for near in nearest(code, known, 3)))
    return f"SDG {code}"


# What a number looks like, with its thousands mark and its decimal mark.
_NUMBERS_AS = [
    (re.compile(rf"[+-]?{form}"), thousands, decimal)
    for form, thousands, decimal in (
        (r"\d+(,\d+)?", "", ","),
        (r"\d{1,3}([ \u00a0\u202f]\d{3})+(,\d+)?", r"\s", ","),
        (r"(\d{1,3}(\.\d{3})+,\d+|\d{1,3}(\.\d{3}){2,})", r"\.", ","),
        (r"(\d{1,3}(,\d{3})+\.\d+|\d{1,3}(,\d{3}){2,})", ",", "."),
        (r"\d+\.\d+", "", "."),
    )
]


def _number(text: str) -> float:
    bare = re.sub(r"€|\beuro?\b", "", text.replace("−", "-"), flags=re.I).strip()
    bare = re.sub(r",[-–]+$", "", re.sub(r"^([+-])\s+", r"\1", bare))
    if re.fullmatch(r"[+-]?(?!0)\d+\.\d{3}", bare):
        # Thousands or decimals: both answers, and no guess.
        both = (bare.lstrip("+").replace(".", ""), number_text(float(bare)))
        _refuse("ambiguous-number", text, both)
    for form, thousands, decimal in _NUMBERS_AS:
        if form.fullmatch(bare):
            value = float(re.sub(thousands, "", bare).replace(decimal, "."))
            if math.isfinite(value):
                return value
    _refuse("not-a-number", text)


def _integer(text: str) -> int:
    value = _number(text)
    if not value.is_integer():
        _refuse("not-a-whole-number", text)
    return int(value)


def _year(text: str) -> int:
    if not re.fullmatch(r"\d{4}", text) or not FIRST_YEAR <= int(text) <= LAST_YEAR:
        _refuse("not-a-year", text)
    return int(text)


_ISO = re.compile(r"(?P<y>\d{4})(-(?P<m>\d{1,2})(-(?P<d>\d{1,2}))?)?([T ]00:00(:00)?)?")
_BELGIAN = re.compile(r"((?P<d>\d{1,2})[-/.])?(?P<m>\d{1,2})[-/.](?P<y>\d{4})")


def _date(text: str) -> str:
    match = _ISO.fullmatch(text) or _BELGIAN.fullmatch(text)
    parts = match.group("y", "m", "d") if match else ("0", "", "")
    try:
        date(*(int(part or 1) for part in parts))
    except ValueError:
        _refuse("not-a-date", text)
    if not FIRST_YEAR <= int(parts[0]) <= LAST_YEAR:
        _refuse("absurd-date", text, expected=f"{FIRST_YEAR}-{LAST_YEAR}")
    return "-".join(f"{int(part):02}" for part in parts if part)


def _choice(text: str, choices: str) -> str:
    words = labels(choices)
    wanted = " ".join(text.split()).casefold()
    spelled = {**{key.casefold(): key for key in words}, **{words[key].casefold(): key for key in words}}
    if wanted not in spelled:
        allowed = tuple(words.values())
        _refuse("unknown-value", text, allowed, detail={"nearest": "".join(nearest(wanted, allowed))})
    return spelled[wanted]


_PARSERS: dict[Kind, Callable[[str], Any]] = {
    "text": str, "code": lambda text: " ".join(text.split()), "integer": _integer, "year": _year,
    "number": _number, "date": _date, "sdg": _sdg,
    "codes": _parts, "sources": lambda text: _parts(text, ";,"),
}  # fmt: skip
