"""Numbers as people and programs write them. A thousands mark is never taken for a decimal mark.

Whether "250.000" is a quarter of a million or two hundred and fifty is decided by the whole column, then by
the other columns, then by what the layout promises. What stays open is asked, never guessed.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from memokit.excel import Raw

Mark = Literal["", ",", "."]

# Thousands never begin with a zero: "0.250" is a quarter.
_COMMA = re.compile(r"[+-]?(\d+|[1-9]\d{0,2}(\.\d{3})+|[1-9]\d{0,2}( \d{3})+)(,\d+)?")
_POINT = re.compile(r"[+-]?(\d+|[1-9]\d{0,2}(,\d{3})+|[1-9]\d{0,2}( \d{3})+)(\.\d+)?([eE][+-]?\d+)?")
_DRESS = re.compile(r"^(€|EUR)\s*|\s*(€|EUR|%)$", re.I)
_SPACES = re.compile("[\u00a0\u202f\u2009]")
_THIRDS = re.compile(r"\d[.,]\d{3}$")


def bare(text: str) -> str:
    """Return a number without its currency, percent sign and unusual spaces.

    Examples
    --------
    >>> bare("€ 1\u00a0250,50"), bare("12,5 %"), bare("−3")
    ('1 250,50', '12,5', '-3')
    """
    return _DRESS.sub("", _SPACES.sub(" ", text.replace("−", "-")).strip()).strip()


@dataclass(frozen=True)
class Evidence:
    """What the texts of a column say about its marks, by one example of each kind.

    Parameters
    ----------
    mark
        The decimal mark that a text proves; empty when none does.
    doubtful
        A text that can be both: "1.234", "1,234".
    mixed
        Two texts that cannot stand in one column: "12,5" and "12.5".
    """

    mark: Mark = ""
    doubtful: str = ""
    mixed: tuple[str, str] | None = None


def evidence(texts: Iterable[str]) -> Evidence:
    """Weigh the texts of a column.

    Examples
    --------
    >>> evidence(["1.234", "12,5"]).mark, evidence(["1.234"]).mark, evidence(["0.5", "12.25"]).mark
    (',', '', '.')
    >>> evidence(["14.5", "250.000"]).mixed
    ('14.5', '250.000')
    >>> evidence(["0.125", "250.000", "1234.500"]).mixed is None
    True
    """
    found: dict[str, list[str]] = {",": [], ".": [], "?": []}
    for text in texts:
        comma, point = bool(_COMMA.fullmatch(text)), bool(_POINT.fullmatch(text))
        kind = "," if comma and not point else "." if point and not comma else "?"
        if comma != point or (comma and ("." in text or "," in text)):
            found[kind].append(text)
    commas, points, doubtful = found[","], found["."], sorted(found["?"])
    if commas and points:
        return Evidence(mixed=(min(commas), min(points)))
    mark: Mark = "," if commas else "." if points else ""
    return Evidence(mark, doubtful[0] if doubtful else "", _mixed(mark, commas or points, doubtful))


def _mixed(mark: Mark, proof: list[str], doubtful: list[str]) -> tuple[str, str] | None:
    if not mark:
        kinds = {"." in text: text for text in doubtful}
        return (kinds[True], kinds[False]) if len(kinds) == 2 else None
    # No program writes "14.5" and "250.000" with one decimal mark, unless every fraction has three digits.
    odd = [text for text in doubtful if mark in text and text.endswith("0")]
    thirds = all(_THIRDS.search(text) for text in proof)
    return (min(proof), odd[0]) if odd and not thirds else None


def parse(cell: Raw, mark: Mark, missing: Collection[str] = ()) -> float | None:
    """Return the value of a cell; NaN where it is missing, None where it is no number.

    Examples
    --------
    >>> parse("1.250.000", ","), parse("1.250,5", ","), parse("12.5", "."), parse("12.5", ",")
    (1250000.0, 1250.5, 12.5, None)
    >>> parse("x", ",", {"x"}), parse("", ",")
    (nan, nan)
    """
    if isinstance(cell, str):
        if cell.isdigit() and cell.isascii():
            return _finite(float(cell))
        if (value := _parse_text(cell, mark)) is not None:
            return value
        text = bare(cell)
        return math.nan if not text or text in missing else _parse_text(text, mark)
    number = isinstance(cell, (int, float)) and not isinstance(cell, bool)
    return _finite(float(cell)) if number else None  # type: ignore[arg-type]


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _parse_text(text: str, mark: Mark) -> float | None:
    form, thousands = (_POINT, ",") if mark == "." else (_COMMA, ".")
    if not form.fullmatch(text):
        return None
    return _finite(float(text.replace(" ", "").replace(thousands, "").replace(",", ".")))


def texts_of(column: Sequence[Raw], missing: Collection[str]) -> set[str]:
    """Return the distinct texts of a column that are more than digits."""
    plain = {cell for cell in column if isinstance(cell, str) and not cell.isdigit()}
    return {text for text in map(bare, plain) if text and text not in missing}
