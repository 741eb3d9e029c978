"""Municipalities, their mergers, and how a figure moves from one map to another.

Flanders had 308 municipalities until 2018, 300 from 2019 to 2024, and has 285 since 2025. Each NIS code
stands on *borders*, named after the first year that they hold here: 2018, 2019 or 2025. A name is no key
(Aalter kept its name and got a new code), and neither is a code alone (Antwerpen kept 11002 and grew by
Borsbeek). What this module refuses, it refuses because the result would be a wrong figure about somebody.
"""

from __future__ import annotations

import csv
import math
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

from memokit.problems import MemokitError, Problem
from memokit.resources import data_path
from memokit.terms import Term, borders_of

BORDERS = (2018, 2019, 2025)
OPEN_START, OPEN_END = 0, 9999

Kind = Literal["count", "share", "median", "survey"]
Values = Mapping[str, float | None]
Note = Literal["", "successor", "predecessors", "own_name_merged_later"]


@dataclass(frozen=True)
class Municipality:
    """One NIS code with its name and province, and the years in which it is a municipality.

    Parameters
    ----------
    code
        NIS code, five characters of text.
    name, province
        Both in the time of this code: Zwijndrecht (11056) lay in Antwerpen until 2024.
    valid_from, valid_until
        First and last year; 0 and 9999 where the end is open.

    Examples
    --------
    >>> find("Zwijndrecht", 2019)
    Municipality(code='11056', name='Zwijndrecht', province='Antwerpen', valid_from=0, valid_until=2024)
    """

    code: str
    name: str
    province: str
    valid_from: int = OPEN_START
    valid_until: int = OPEN_END

    def valid_in(self, year: int) -> bool:
        """Tell whether the code is a municipality in a year.

        Examples
        --------
        >>> [find("Puurs-Sint-Amands", 2019).valid_in(year) for year in (2018, 2019, 2025)]
        [False, True, True]
        """
        return self.valid_from <= year <= self.valid_until

    @property
    def label(self) -> str:
        """Code and name, for a message or a list: `44084 Aalter`."""
        return f"{self.code} {self.name}"


@dataclass(frozen=True)
class Place:
    """What is evaluated: a municipality in a term, and the municipalities that it is made of.

    Parameters
    ----------
    code, name, province
        Of the municipality that is evaluated.
    borders
        The borders on which the code stands; of the term, or newer when `note` is `predecessors`.
    members
        The municipalities on the term's borders that make it up: usually one.
    first
        The municipalities of 2018 on its territory.
    asked
        What was typed.
    matched
        The municipality that was meant by it; another one than `code` when `note` is `successor`.
    """

    code: str
    name: str
    province: str
    borders: int
    members: tuple[Municipality, ...]
    first: tuple[Municipality, ...]
    asked: str
    matched: Municipality

    @property
    def merged_from(self) -> tuple[Municipality, ...]:
        """The municipalities of 2018 that it consists of, when they are several or have another code."""
        return () if [town.code for town in self.first] == [self.code] else self.first

    @property
    def successor(self) -> Municipality | None:
        """The municipality that it became after the term; for Antwerpen that is Antwerpen, with more land."""
        last = BORDERS[-1]
        return None if unchanged(self.code, self.borders, last) else _all()[_forward(self.code, last)]

    @property
    def note(self) -> Note:
        """What a reader must be told about who is evaluated.

        Nothing; `successor` (what was typed had merged before the term); `predecessors` (it was made after
        the term, and is the sum of its members); `own_name_merged_later` (it is evaluated under its own
        name, and merged after the term).
        """
        if self.matched.code != self.code:
            return "successor"
        if len(self.members) > 1:
            return "predecessors"
        return "own_name_merged_later" if self.successor else ""

    @property
    def merges_with(self) -> tuple[Municipality, ...]:
        """The others that went into the successor: Borsbeek for Antwerpen, Antwerpen for Borsbeek.

        Examples
        --------
        >>> [m.name for m in place("Antwerpen", Term(2024)).merges_with]
        ['Borsbeek']
        """
        if self.successor is None:
            return ()
        together = parts(self.successor.code, BORDERS[-1], self.borders)
        return tuple(municipality(code) for code in together if code != self.code)


@dataclass(frozen=True)
class Placed:
    """A value that knows on which borders it stands, so that it cannot be compared with another territory."""

    code: str
    borders: int
    year: int
    value: float


def rows(table: str) -> list[dict[str, str]]:
    """Return the rows of one table of `data/facts` as text: the smallest reader, for files of our own."""
    with data_path("facts", f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def _all() -> dict[str, Municipality]:
    found = {}
    for row in rows("municipalities"):
        years = int(row["valid_from"] or OPEN_START), int(row["valid_until"] or OPEN_END)
        found[row["code"]] = Municipality(row["code"], row["name"], row["province"], *years)
    return found


@cache
def _mergers() -> dict[int, dict[str, str]]:
    """Year → old code → new code, the years in order."""
    found: dict[int, dict[str, str]] = {}
    for row in rows("mergers"):
        found.setdefault(int(row["year"]), {})[row["old_code"]] = row["new_code"]
    return dict(sorted(found.items()))


def _fold(text: str) -> str:
    """Without capitals and accents, hyphens and apostrophes as spaces: how names are compared."""
    bare = "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))
    return " ".join(re.sub(r"[-–'’`]", " ", bare).casefold().split())


def filed_under(name: str) -> str:
    """Return a name as a Dutch telephone book files it: without its article, capitals and accents.

    Examples
    --------
    >>> filed_under("De Haan"), filed_under("Sint-Genesius-Rode")
    ('haan', 'sint genesius rode')
    """
    return re.sub(r"^(de|het|t) ", "", _fold(name))


def _alphabetical(town: Municipality) -> tuple[str, str]:
    return filed_under(town.name), town.code


def _refuse(
    code: str, found: object = "", expected: str = "", choices: tuple[str, ...] = (), **detail: object
) -> MemokitError:
    return MemokitError(Problem(code, found=str(found), expected=expected, choices=choices, detail=detail))


def _check_borders(*borders: int) -> None:
    for given in borders:
        if given not in BORDERS:
            raise _refuse("unknown-borders", found=given, expected=", ".join(map(str, BORDERS)))


def municipality(code: str) -> Municipality:
    """Return the municipality of an NIS code, on whichever borders.

    Examples
    --------
    >>> municipality("44001").valid_until
    2018
    """
    if code not in _all():
        raise _unknown(code, BORDERS[-1])
    return _all()[code]


@cache
def municipalities(borders: int) -> tuple[Municipality, ...]:
    """Return the municipalities on some borders, as in a Dutch telephone book: De Haan stands under H.

    Examples
    --------
    >>> [len(municipalities(borders)) for borders in (2018, 2019, 2025)]
    [308, 300, 285]
    >>> municipalities(2025)[0].name
    'Aalst'
    """
    _check_borders(borders)
    return tuple(sorted((town for town in _all().values() if town.valid_in(borders)), key=_alphabetical))


def find(text: str, borders: int) -> Municipality:
    """Return the municipality with this name or NIS code, among those valid on the borders only.

    Capitals, accents and hyphens do not matter.

    Raises
    ------
    MemokitError
        `unknown-municipality`, with the nearest names as `.choices`; or `municipality-other-borders` where
        the name or code existed on other borders, with its successor or predecessors as `.choices`.

    Examples
    --------
    >>> find("puurs sint-amands", 2019).code, find("44084", 2025).name
    ('12041', 'Aalter')
    >>> try:
    ...     find("44001", 2019)
    ... except MemokitError as error:
    ...     error.choices
    ('44084 Aalter',)
    """
    _check_borders(borders)
    town = _meant(text, borders)
    if not town.valid_in(borders):
        raise _elsewhere(text, town, borders)
    return town


def place(text: str, term: Term) -> Place:
    """Return what is evaluated when somebody types this name or NIS code for a term.

    A municipality that existed during the term is evaluated under its own name. One that had merged before
    leads to its successor; one that was made later is the sum of its predecessors.

    Raises
    ------
    MemokitError
        `unknown-municipality`, or `ambiguous-municipality` with the codes as `.choices`.

    Examples
    --------
    >>> place("Hasselt", Term(2024)).code, place("Hasselt", Term(2030)).code
    ('71022', '71072')
    >>> old = place("44001", Term(2024))
    >>> old.code, old.note, [m.code for m in old.merged_from]
    ('44084', 'successor', ['44001', '44029'])
    >>> later = place("Pajottegem", Term(2024))
    >>> later.note, [m.name for m in later.members]
    ('predecessors', ['Galmaarden', 'Gooik', 'Herne'])
    >>> place("Borsbeek", Term(2024)).successor.name
    'Antwerpen'
    """
    borders = term.borders
    matched = _meant(text, borders)
    town, stands = matched, borders
    if matched.valid_until < borders:
        town = _all()[_forward(matched.code, borders)]
    elif matched.valid_from > borders:
        stands = borders_of(matched.valid_from)
    members, first = (_towns(_back(town.code, stands, at)) for at in (borders, BORDERS[0]))
    return Place(town.code, town.name, town.province, stands, members, first, text.strip(), matched)


def _towns(codes: Iterable[str]) -> tuple[Municipality, ...]:
    return tuple(_all()[code] for code in codes)


def _meant(text: str, borders: int) -> Municipality:
    """The municipality of a name or code: one that is valid on the borders goes before all others."""
    wanted = text.strip()
    if wanted in _all():
        return _all()[wanted]
    towns = [town for town in _all().values() if _fold(town.name) == _fold(wanted)]
    if not towns:
        raise _unknown(text, borders)
    return _only(text, [town for town in towns if town.valid_in(borders)] or towns)


def _only(text: str, towns: list[Municipality]) -> Municipality:
    if len(towns) > 1:
        raise _refuse("ambiguous-municipality", text.strip(), choices=tuple(town.label for town in towns))
    return towns[0]


def _unknown(text: str, borders: int) -> MemokitError:
    from rapidfuzz import fuzz, process

    names = [town.name for town in municipalities(borders)]
    near = process.extract(_fold(text), names, scorer=fuzz.WRatio, processor=_fold, limit=5, score_cutoff=70)
    return _refuse("unknown-municipality", found=text.strip(), choices=tuple(name for name, _, _ in near))


def _elsewhere(text: str, town: Municipality, borders: int) -> MemokitError:
    older = town.valid_until < borders
    year = town.valid_until if older else town.valid_from
    codes = [_forward(town.code, borders)] if older else _back(town.code, borders_of(year), borders)
    labels = tuple(found.label for found in _towns(codes))
    where = {"label": town.label, "borders": borders, "older": older, "year": year}
    return _refuse("municipality-other-borders", text.strip(), " + ".join(labels), labels, **where)


def _forward(code: str, borders: int) -> str:
    for year, merged in _mergers().items():
        if year <= borders:
            code = merged.get(code, code)
    return code


@cache
def _back(code: str, borders: int, at: int) -> tuple[str, ...]:
    codes = [code]
    for year, merged in reversed(_mergers().items()):
        if at < year <= borders:
            old = {new: [o for o, n in merged.items() if n == new] for new in codes}
            codes = [one for new in codes for one in old[new] or [new]]
    return tuple(sorted(codes))


def unchanged(code: str, borders: int, at: int) -> bool:
    """Tell whether a municipality of `borders` has exactly the same territory on other borders.

    Examples
    --------
    >>> unchanged("12025", 2019, 2025), unchanged("11002", 2019, 2025), unchanged("11002", 2018, 2019)
    (True, False, True)
    """
    _check_borders(borders, at)
    find(code, borders)
    older, newer = sorted((borders, at))
    return len(_back(_forward(code, newer), newer, older)) == 1


def parts(code: str, borders: int, at: int) -> tuple[str, ...]:
    """Return the codes on borders `at` that together make up a municipality of `borders`.

    Going forward works only for a municipality that stayed as it was.

    Raises
    ------
    MemokitError
        `municipality-other-borders` if the code is not valid on `borders`; `territory-split` if on `at`
        it is only a part of a bigger municipality.

    Examples
    --------
    >>> parts("44084", 2019, 2018)
    ('44001', '44029')
    >>> parts("11002", 2025, 2019), parts("12025", 2019, 2025)
    (('11002', '11007'), ('12025',))
    >>> try:
    ...     parts("11002", 2019, 2025)
    ... except MemokitError as error:
    ...     error.problems[0].code
    'territory-split'
    """
    _check_borders(borders, at)
    town = find(code, borders)
    if at <= borders:
        return _back(town.code, borders, at)
    later = _forward(town.code, at)
    if not unchanged(town.code, borders, at):
        raise _refuse("territory-split", town.label, _all()[later].label, borders=borders, at=at)
    return (later,)


def carry(
    values: Values, code: str, borders: int, at: int, kind: Kind, weights: Values | None = None
) -> float | None:
    """Bring values that stand on borders `at` to one municipality of `borders`.

    Counts are added; shares need `weights` (such as inhabitants); medians and survey results cannot be
    brought to a merged municipality. A missing part makes the whole missing: never a partial sum.

    Raises
    ------
    MemokitError
        `territory-share`, `territory-median`, `territory-survey`, or what `parts` refuses.

    Examples
    --------
    >>> people = {"44034": 22489, "44073": 7771}  # Lochristi and Wachtebeke, 1 January 2019
    >>> carry(people, "44087", 2025, 2019, "count")
    30260.0
    >>> carry({"44034": 22489}, "44087", 2025, 2019, "count") is None
    True
    >>> carry({"44034": 10.0, "44073": 20.0}, "44087", 2025, 2019, "share", weights={"44034": 3, "44073": 1})
    12.5
    """
    codes = parts(code, borders, at)
    if len(codes) > 1 and (kind in ("median", "survey") or (kind == "share" and weights is None)):
        pieces = [town.label for town in _towns(codes)]
        raise _refuse(f"territory-{kind}", _all()[code].label, pieces=pieces, at=at)
    known = _complete(values, codes)
    if not known or len(known) == 1:
        return known[0] if known else None
    if kind == "count":
        return math.fsum(known)
    heavy = _complete(weights or {}, codes)
    if not heavy or math.fsum(heavy) <= 0:
        return None
    return math.fsum(v * w for v, w in zip(known, heavy, strict=True)) / math.fsum(heavy)


def _complete(values: Values, codes: tuple[str, ...]) -> list[float] | None:
    found = [values.get(code) for code in codes]
    known = [value for value in found if value is not None and not math.isnan(value)]
    return known if len(known) == len(codes) else None


def difference(then: Placed, now: Placed) -> float:
    """Return now minus then, for one municipality on one and the same borders.

    Raises
    ------
    MemokitError
        `territory-borders`: the two values are about different territories.

    Examples
    --------
    >>> difference(Placed("11002", 2025, 2018, 533933), Placed("11002", 2025, 2025, 562002))
    28069
    >>> try:
    ...     difference(Placed("11002", 2019, 2024, 544759), Placed("11002", 2025, 2025, 562002))
    ... except MemokitError as error:
    ...     error.problems[0].code
    'territory-borders'
    """
    if (then.code, then.borders) != (now.code, now.borders):
        before, after = (f"{value.code} ({value.borders})" for value in (then, now))
        raise _refuse("territory-borders", before, after, then=then.year, now=now.year)
    return now.value - then.value


def same_books(year_then: int, year_now: int, joint: bool) -> None:
    """Refuse to compare shares of total spending across 2020, unless municipality and OCMW are joint in both.

    Until 2019 a municipality and its OCMW had separate accounts; from 2020 on they report as one.

    Raises
    ------
    MemokitError
        `separate-books`.

    Examples
    --------
    >>> same_books(2020, 2023, joint=False)
    >>> same_books(2018, 2023, joint=True)
    """
    first, last = sorted((year_then, year_now))
    if first <= 2019 < last and not joint:
        raise _refuse("separate-books", found=first, expected=str(last))
