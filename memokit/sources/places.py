"""Whose figure it is: codes and names of a file become municipalities, on borders that are known.

Totals, Brussels and pseudo-municipalities are left out and counted. A code or name that nobody knows is a
problem. Nothing is added up over a merger that cannot be added up.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache

from memokit import territory
from memokit.problems import MemokitError, Problem
from memokit.sources.incoming import fold
from memokit.sources.tabular import LIMIT_PROBLEMS, Table
from memokit.terms import borders_of
from memokit.territory import BORDERS

_ARRONDISSEMENT = re.compile(
    "aalst|antwerpen|brugge|dendermonde|diksmuide|eeklo|gent|hallevilvoorde|hasselt|ieper|kortrijk|leuven|"
    "maaseik|mechelen|oostende|oudenaarde|roeselare|sintniklaas|tielt|tongeren|turnhout|veurne"
)
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
    return "elsewhere" if re.match(r"25|[5689]", code) else ""


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


def settle(table: Table, name: str, everyone: bool = False) -> list[str]:
    """Return the municipality of each row by its code; rows left out on purpose leave the table.

    Parameters
    ----------
    everyone
        Keep the rows of other municipalities than those that somebody reads for: they prove on which borders
        the file stands, and how it writes numbers.
    """
    said = table.text(name)
    texts = [text.zfill(5) if text.isdigit() and len(text) == 4 else text for text in said]
    why = {text: dropped(text) or ("" if valid_on(text) else "?") for text in set(texts)}
    table.tell_each("not-a-code", [(i, said[i]) for i, t in enumerate(texts) if why[t] == "?"], name)
    tally = Counter(why[text] for text in texts if why[text] not in ("", "?"))
    for reason, n in sorted(tally.items()):
        table.tell("left-out", severity="note", detail={"n": n, "reason": reason})
    if tally:
        places = [i for i, text in enumerate(texts) if why[text] in ("", "?")]
        table.keep(places)
        texts = [texts[i] for i in places]
    return texts if everyone else ours(table, texts)


def ours(table: Table, codes: list[str]) -> list[str]:
    """Keep only the rows of the municipalities that somebody reads for, if for any; count the others."""
    only = table.grid.only
    places = [i for i, code in enumerate(codes) if not only or code in only]
    if len(places) < len(codes):
        table.tell("about-others", severity="note", detail={"n": len(codes) - len(places)})
        table.keep(places)
    return [codes[i] for i in places]


def by_name(table: Table, name: str, texts: Sequence[str], year: int | Sequence[int]) -> list[str]:
    """Return the municipality of each row by its name or code, among those valid in a year.

    When all names of a year exist on other borders only, the names are those of that map.

    Parameters
    ----------
    year
        One year for all rows, or the year of each.
    """
    years = [year] * len(texts) if isinstance(year, int) else year
    groups: dict[int, set[str]] = {}
    first: dict[tuple[str, int], int] = {}
    for at, key in enumerate(zip(texts, years, strict=True)):
        if key not in first:
            first[key] = at
            groups.setdefault(key[1], set()).add(key[0])
    maps = {each: _map_of(frozenset(group), each) for each, group in groups.items()}
    found = {key: _named(key[0], maps[key[1]]) for key in first}
    wrong = [(at, key) for key, at in first.items() if len(found[key]) != 1]
    for at, key in wrong[:LIMIT_PROBLEMS]:
        near = tuple(territory.municipality(code).label for code in found[key]) or _like(key[0], maps[key[1]])
        table.tell("unknown-municipality", at, name, found=key[0], choices=near)
    if len(wrong) > LIMIT_PROBLEMS:
        table.tell("and-more", None, name, detail={"n": len(wrong) - LIMIT_PROBLEMS})
    codes = {key: each[0] if len(each) == 1 else "" for key, each in found.items()}
    return [codes[key] for key in zip(texts, years, strict=True)]


def _like(text: str, borders: int) -> tuple[str, ...]:
    try:
        territory.find(text, borders)
    except MemokitError as error:
        return tuple(map(str, error.choices))
    return ()


def _map_of(names: frozenset[str], year: int) -> int:
    """Return the borders of a year, or the nearest ones that have all names when those have not."""
    wanted = borders_of(year)
    fit = [at for at in BORDERS if all(_at(text, at) for text in names)]
    return wanted if wanted in fit or not fit else min(fit, key=lambda at: (abs(at - wanted), -at))


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text)
    return fold("".join(char for char in plain if not unicodedata.combining(char)))


@cache
def _index(borders: int) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for town in territory.municipalities(borders):
        for key in (town.code, _folded(town.name)):
            found[key] = (*found.get(key, ()), town.code)
    return found


@lru_cache(10_000)
def _at(text: str, borders: int) -> tuple[str, ...]:
    """Return the codes with a name on some borders; Statbel adds the arrondissement: "Aalst (Aalst)"."""
    if _folded(text).isdigit() and not text.isdigit():
        return ()  # "1202.5" is no code
    names = _index(borders)
    match = re.fullmatch(r"(.+) \(([^()]+)\)", text)
    bare = match[1] if match and _ARRONDISSEMENT.fullmatch(_folded(match[2])) else text
    return names.get(_folded(text)) or names.get(_folded(bare), ())


def _named(text: str, borders: int) -> tuple[str, ...]:
    """Return the codes with a name: those on the borders, else on the nearest newer or older ones."""
    order = sorted(BORDERS, key=lambda each: (abs(each - borders), -each))
    return next((codes for at in order if (codes := _at(text, at))), ())


def namesakes(text: str) -> frozenset[str]:
    """Return every code that a name has had: several where a merger kept the name.

    Examples
    --------
    >>> sorted(namesakes("Aalter")), sorted(namesakes("Mechelen"))
    (['44001', '44084'], ['12025'])
    """
    return frozenset(code for borders in BORDERS for code in _at(text, borders))


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
