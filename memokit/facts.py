"""Public figures that travel with memokit: a table in `data/facts/`, a record beside it, read when asked for.

Every figure keeps its source (the record's key) and its status. A figure is brought to the borders of the
place by adding predecessors; where that is impossible the year is left out. Missing is never zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from types import MappingProxyType
from typing import Any, Literal, cast

import yaml

from memokit import territory
from memokit.problems import MemokitError, Problem
from memokit.resources import data_path
from memokit.territory import Place

Status = Literal["published", "summed", "derived", "repaired", "missing", "council"]
FIRMEST_FIRST: tuple[Status, ...] = ("published", "summed", "repaired", "derived")


@dataclass(frozen=True)
class Observation:
    """One figure: of which municipality, what, when, how much, and where it comes from.

    Parameters
    ----------
    municipality, borders
        NIS code and the borders on which it stands.
    indicator
        What was measured; for the tables of this module, the name of the table.
    year, value, unit
        `value` is None when it is known to be missing.
    status
        `published` (as printed by the publisher), `summed` (predecessors added), `derived` (worked back from
        other figures: only as a denominator), `repaired`, `missing`, or `council` (filled in by the council).
    source
        Key of the record that says who published it.
    """

    municipality: str
    indicator: str
    year: int
    value: float | None
    unit: str
    status: Status
    source: str
    borders: int


@dataclass(frozen=True)
class Goal:
    """One of the seventeen goals, with its Dutch and English name and its colour."""

    goal: int
    name_nl: str
    name_en: str
    colour: str


@cache
def tables() -> tuple[str, ...]:
    """Return the names of the tables that have a record.

    Examples
    --------
    >>> "population" in tables()
    True
    """
    return tuple(sorted(path.stem for path in data_path("facts").glob("*.yml")))


@cache
def record(table: str) -> Mapping[str, Any]:
    """Return the record of a table: title, publisher, licence, years, unit, how derived, caveats, checksum.

    Examples
    --------
    >>> record("population")["publisher"]
    'Statbel'
    """
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return MappingProxyType(yaml.load(data_path("facts", f"{table}.yml").read_text("utf-8"), Loader=loader))


@dataclass(frozen=True)
class _Cell:
    value: float
    status: Status


@cache
def _cells(table: str, column: str) -> dict[tuple[int, int], dict[str, _Cell]]:
    """(year, borders) → code → value and status, of one column of a table."""
    found: dict[tuple[int, int], dict[str, _Cell]] = {}
    for row in territory.rows(table):
        if row[column]:
            cell = _Cell(float(row[column]), cast(Status, row["status"]))
            found.setdefault((int(row["year"]), int(row["borders"])), {})[row["code"]] = cell
    return found


def _weakest(statuses: Iterable[Status], several: bool = False) -> Status:
    """The status of a figure made of others: as firm as its weakest part, never `published` when added."""
    return max([*statuses, "summed" if several else "published"], key=FIRMEST_FIRST.index)


def _on(cells: Mapping[str, _Cell], place: Place, at: int) -> _Cell | None:
    """What the cells on borders `at` say about the place, or None where they cannot say it."""
    if at > place.borders and not territory.unchanged(place.code, place.borders, at):
        return None  # it grew or merged since: that figure is about another territory
    codes = territory.parts(place.code, place.borders, at)
    values = {code: cells[code].value for code in codes if code in cells}
    total = territory.carry(values, place.code, place.borders, at, "count")
    if total is None:
        return None
    return _Cell(total, _weakest((cells[code].status for code in codes), several=len(codes) > 1))


def _observe(table: str, place: Place, year: int, column: str) -> Observation | None:
    by_borders = {at: cells for (y, at), cells in _cells(table, column).items() if y == year}
    for at in sorted(by_borders, key=lambda at: abs(at - place.borders)):
        cell = _on(by_borders[at], place, at)
        if cell is not None:
            unit = str(record(table)["unit"] if column == "value" else column)
            return Observation(place.code, table, year, cell.value, unit, cell.status, table, place.borders)
    return None


def series(table: str, place: Place, column: str = "value") -> tuple[Observation, ...]:
    """Return all years of a table for a place, each on the place's own borders.

    A year that exists only for a bigger territory is left out, never taken raw. Figures that were worked
    back (`derived`) are left out too: they serve as denominators only, see `population`.

    Examples
    --------
    >>> from memokit.terms import Term
    >>> [(o.year, o.value) for o in series("population", territory.place("Borsbeek", Term(2024)))]
    [(2018, 10685.0), (2019, 10854.0), (2020, 10949.0), (2021, 11077.0)]
    """
    years = sorted({year for year, _ in _cells(table, column)})
    found = (_observe(table, place, year, column) for year in years)
    return tuple(o for o in found if o is not None and o.status != "derived")


def per_inhabitant(table: str, place: Place) -> tuple[Observation, ...]:
    """Return a count divided by inhabitants, for every year that has both, as the record's `per` says.

    Counts are added over predecessors first and divided after. The status is the weaker of the two.

    Examples
    --------
    >>> from memokit.terms import Term
    >>> first, *_ = per_inhabitant("income", territory.place("Aalter", Term(2024)))
    >>> first.year, first.unit
    (2005, 'euro per inwoner')
    """
    per = record(table)["per"]
    found = []
    for count in series(table, place):
        if "column" in per:
            people = _observe(table, place, count.year, per["column"])
        else:
            people = population(place, count.year)
        if people is not None and people.value and count.value is not None:
            rate = per["factor"] * count.value / people.value
            status = _weakest((count.status, people.status))
            found.append(replace(count, value=rate, unit=per["unit"], status=status))
    return tuple(found)


def population(place: Place, year: int) -> Observation | None:
    """Return the inhabitants on 1 January, or None where nobody published them for this territory.

    Unlike `series` it also gives figures that were worked back; their status is `derived`.

    Examples
    --------
    >>> from memokit.terms import Term
    >>> hasselt = territory.place("Hasselt", Term(2030))
    >>> population(hasselt, 2024).status, population(hasselt, 2025).status
    ('derived', 'published')
    """
    return _observe("population", place, year, "value")


@cache
def _index() -> dict[int, float]:
    return {int(row["year"]): float(row["value"]) for row in territory.rows("health_index")}


def real_terms(amount: float, from_year: int, to_year: int) -> float:
    """Express an amount of one year in the prices of another, by the yearly mean of the health index.

    Raises
    ------
    MemokitError
        `no-index-year`.

    Examples
    --------
    >>> round(real_terms(1000, 2018, 2024), 2)
    1230.53
    """
    index = _index()
    for year in (from_year, to_year):
        if year not in index:
            known = f"{min(index)}-{max(index)}"
            raise MemokitError(Problem("no-index-year", found=str(year), expected=known))
    return amount * index[to_year] / index[from_year]


@cache
def goals() -> tuple[Goal, ...]:
    """Return the seventeen goals in order.

    Examples
    --------
    >>> goals()[15].name_nl
    'Vrede, justitie en sterke publieke diensten'
    """
    return tuple(
        Goal(int(row["goal"]), row["name_nl"], row["name_en"], row["colour"])
        for row in territory.rows("goals")
    )


@cache
def _targets() -> dict[str, int]:
    return {row["target"]: int(row["goal"]) for row in territory.rows("sdg_targets")}


def sdg_target_exists(code: str) -> bool:
    """Tell whether a target exists; 16.1 and 16.10 are two, so only text will do.

    Examples
    --------
    >>> sdg_target_exists("SDG 16.10"), sdg_target_exists("17.20")
    (True, False)
    """
    return code.strip().removeprefix("SDG").strip() in _targets()


@cache
def _policy_fields() -> dict[str, str]:
    return {row["code"]: row["name"] for row in territory.rows("policy_fields")}


def policy_field(code: str) -> str:
    """Return the name of a policy field of the municipal accounts.

    Raises
    ------
    MemokitError
        `unknown-policy-field`; our list is not complete, so that need not be a mistake in the file.

    Examples
    --------
    >>> policy_field("0160")
    'Hulp aan het buitenland'
    """
    try:
        return _policy_fields()[code]
    except KeyError:
        raise MemokitError(Problem("unknown-policy-field", found=code)) from None
