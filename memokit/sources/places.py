"""Whose figure it is: codes and names of a file become municipalities, on borders that are known.

Totals, Brussels and pseudo-municipalities are left out and counted. A code or name that nobody knows is a
problem. Nothing is added up over a merger that cannot be added up.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from memokit import territory
from memokit.problems import MemokitError, Problem
from memokit.sources.tabular import Table
from memokit.terms import borders_of
from memokit.territory import BORDERS

_LISTED = 6  # how many municipalities a note names before it counts


@cache
def dropped(code: str) -> str:
    """Return why a code is left out on purpose: `total`, `brussels`, `unknown_place`, `elsewhere`, or ``.

    Examples
    --------
    >>> dropped("02000"), dropped("21004"), dropped("99991"), dropped("62063"), dropped("11001")
    ('total', 'brussels', 'unknown_place', 'elsewhere', '')
    """
    if not re.fullmatch(r"\d{5}", code) or valid_on(code):
        return ""
    if code.endswith("000"):
        return "total"
    if code.startswith("21"):
        return "brussels"
    if code.startswith("9999"):
        return "unknown_place"
    return "elsewhere" if re.match(r"25|[5-9]", code) else ""


@cache
def valid_on(code: str) -> tuple[int, ...]:
    """Return the borders on which a code is a municipality.

    Examples
    --------
    >>> valid_on("44001"), valid_on("71072"), valid_on("11002"), valid_on("21004")
    ((2018,), (2025,), (2018, 2019, 2025), ())
    """
    try:
        town = territory.municipality(code)
    except MemokitError:
        return ()
    return tuple(borders for borders in BORDERS if town.valid_in(borders))


def settle(table: Table, name: str) -> list[str]:
    """Return the municipality of each row by its code; rows left out on purpose leave the table."""
    texts = [text.zfill(5) if text.isdigit() and len(text) == 4 else text for text in table.text(name)]
    why = {text: dropped(text) or ("" if valid_on(text) else "?") for text in set(texts)}
    table.tell_each("not-a-code", [(i, t) for i, t in enumerate(texts) if why[t] == "?"], name)
    tally = Counter(why[text] for text in texts if why[text] not in ("", "?"))
    for reason, n in sorted(tally.items()):
        table.tell("left-out", severity="note", detail={"n": n, "reason": reason})
    if tally:
        places = [i for i, text in enumerate(texts) if why[text] in ("", "?")]
        table.keep(places)
        texts = [texts[i] for i in places]
    return texts


def by_name(table: Table, name: str, texts: Sequence[str], year: int) -> list[str]:
    """Return the municipality of each row by its name, among those valid in a year."""
    borders = borders_of(year)
    found: dict[str, str] = {}
    first = {text: i for i, text in reversed(list(enumerate(texts)))}
    for text, at in first.items():
        codes = _named(text, borders)
        if len(codes) == 1:
            found[text] = codes[0]
        else:
            near = tuple(territory.municipality(code).label for code in codes)
            table.tell("unknown-municipality", at, name, found=text, choices=near)
    return [found.get(text, "") for text in texts]


@cache
def _named(text: str, borders: int) -> tuple[str, ...]:
    """Return the codes with a name: those on the borders, else on the nearest newer or older ones."""
    for at in sorted(BORDERS, key=lambda each: (abs(each - borders), -each)):
        try:
            return (territory.find(text, at).code,)
        except MemokitError as error:
            if error.problems[0].code == "ambiguous-municipality":
                return tuple(choice.split()[0] for choice in error.choices)
    return ()


def stand(codes: Sequence[str], years: Sequence[int], usual: int = 0) -> list[int]:
    """Return the borders of each row: those on which all codes of its year exist, else its own.

    Parameters
    ----------
    usual
        The borders that win when several fit; those of the year itself, if 0.

    Examples
    --------
    >>> stand(["11002", "71072"], [2020, 2020]), stand(["11002", "71022"], [2020, 2020])
    ([2025, 2025], [2019, 2019])
    >>> stand(["44001", "44084"], [2018, 2018])
    [2018, 2019]
    """
    here: dict[int, set[str]] = {}
    for code, year in set(zip(codes, years, strict=True)):
        here.setdefault(year, set()).add(code)
    chosen: dict[tuple[str, int], int] = {}
    for year, group in here.items():
        wanted = usual or borders_of(year)
        fit = [b for b in BORDERS if all(b in valid_on(code) for code in group)]
        for code in group:
            options = fit or valid_on(code) or BORDERS
            chosen[code, year] = min(options, key=lambda b: (b != wanted, abs(b - wanted)))
    return [chosen[key] for key in zip(codes, years, strict=True)]


def border_notes(file: str, codes: Iterable[str], borders: Mapping[tuple[str, int], int]) -> list[Problem]:
    """Say which municipalities of a file merged, into what or from what, and whether borders are mixed."""
    notes = []
    by_year: dict[int, set[int]] = {}
    for (_, year), at in borders.items():
        by_year.setdefault(year, set()).add(at)
    mixed = sorted(year for year, found in by_year.items() if len(found) > 1)
    if mixed:
        notes.append(Problem("mixed-borders", "warning", file=file, detail={"years": mixed}))
    told = [text for code in sorted(set(codes)) if (text := _merger(code))]
    if told:
        rest = len(told) - _LISTED
        detail = {"towns": told[:_LISTED], "n": max(rest, 0)}
        notes.append(Problem("merged-municipalities", "note", file=file, detail=detail))
    return notes


@cache
def _merger(code: str) -> str:
    on = valid_on(code)
    if not on:
        return ""
    label = territory.municipality(code).label
    if on[-1] != BORDERS[-1]:
        return f"{label} → {_successor(code, on[-1])}"
    before = territory.parts(code, BORDERS[-1], BORDERS[0])
    old = " + ".join(territory.municipality(each).label for each in before)
    return f"{label} ← {old}" if before != (code,) else ""


def _successor(code: str, borders: int) -> str:
    later = next(b for b in BORDERS if b > borders)
    return next(
        town.label for town in territory.municipalities(later)
        if code in territory.parts(town.code, later, borders)
    )
