"""Compared with whom: other municipalities beside one, only when a council asks for it (fairness.md 27, 35).

Nothing here judges: no colour, no score, and the distance to a fixed target always stands beside. Everybody
is compared on the borders of the place, and with figures of both years on one territory; who has none is
left out, by name and with the reason. The numbers come from `scoring.context`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np

from memokit import facts, territory
from memokit.problems import MemokitError, Problem, refuse_errors
from memokit.scoring import context
from memokit.scoring.arrays import Array
from memokit.scoring.ranks import significant
from memokit.terms import Term
from memokit.territory import Municipality, Place
from memokit.texts import number, say

COUNTS = ("population", "households")
WEIGHTS: Mapping[str, float] = MappingProxyType({"population": 1.0, "income": 1.0, "households": 1.0})
SIZES = ("population", "density")  # by doubling: from 5,000 to 10,000 is as far as from 50,000 to 100,000
PER_DIMENSION = 10  # others that a regression needs for each dimension
Extra = Mapping[str, Mapping[str, float]]
LeftOut = Mapping[str, tuple[Municipality, ...]]  # by what they lack: `figure`, or a dimension of context
Quartiles = tuple[float, float, float]


@dataclass(frozen=True)
class Figures:
    """One figure of many municipalities on one map: code → year → value.

    Parameters
    ----------
    relative
        The change is a percentage (a count), not a difference (a rate, a share).
    margin
        Half the 95 % interval of one value of a survey, in its unit; 0 for a count of all.
    target, lower
        The fixed target, and whether it is reached from above.
    """

    key: str
    name: str
    unit: str
    borders: int
    values: Mapping[str, Mapping[int, float]]
    decimals: int = 1
    relative: bool = False
    margin: float = 0.0
    target: float | None = None
    lower: bool = False
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Group:
    """The municipalities to compare with, in the order of codes or the nearest first.

    Parameters
    ----------
    how
        `group` (given), `own` (chosen by the council), `size` or `context`.
    basis
        The label of the group, or the dimensions, each with its weight.
    distances
        Of `context`: how far each of `towns` is, see `scoring.context.distances`.
    """

    place: Place
    how: str
    towns: tuple[Municipality, ...]
    basis: Mapping[str, float]
    left_out: LeftOut
    distances: tuple[float, ...] = ()


@dataclass(frozen=True)
class Course:
    """One municipality then and now; `change` is a percentage or a difference, see `Figures.relative`."""

    town: Municipality
    then: float
    now: float
    change: float


@dataclass(frozen=True)
class Comparison:
    """One municipality beside its peers, then and now.

    Parameters
    ----------
    now, change
        Lower quartile, median and upper quartile (linear, type 7) of the peers, without the municipality.
    difference
        Its change minus the median change of the peers, of the numbers as they are printed.
    inside
        Whether that lies within the margin of a survey: two values on both sides, so twice the margin of one.
    places
        First and last place that its change can have among all, from the largest rise down; more than one
        where others are equal or inside the margin.
    distance
        Target minus own value; None without a target.
    """

    group: Group
    figures: Figures
    years: tuple[int, int]
    own: Course
    peers: tuple[Course, ...]
    left_out: LeftOut
    now: Quartiles
    change: Quartiles
    difference: float
    inside: bool
    places: tuple[int, int]
    distance: float | None


@dataclass(frozen=True)
class Expected:
    """What the others with the same context let expect: a printed regression, and no cause.

    Parameters
    ----------
    dimensions
        In the order of the slopes of `fit`, which rests on the others only, never on the municipality.
    """

    place: Place
    figures: Figures
    year: int
    value: float
    dimensions: tuple[str, ...]
    fit: context.Fit
    left_out: LeftOut
    distance: float | None


def _distance(shown: Figures, value: float) -> float | None:
    return None if shown.target is None else shown.target - value


def figures(table: str, place: Place, target: float | None = None, lower: bool = False) -> Figures:
    """Return a public figure of every municipality, on the borders of the place; rates per inhabitant.

    Raises
    ------
    MemokitError
        `peers-unknown-figure`, with the figures there are as `.choices`.

    Examples
    --------
    >>> found = figures("population", territory.place("Borsbeek", Term(2024)))
    >>> found.values["12025"][2018], found.borders, found.relative
    (86304.0, 2019, True)
    """
    known = tuple(t for t in facts.tables() if t in COUNTS or "per" in facts.record(t))
    if table not in known:
        raise MemokitError(Problem("peers-unknown-figure", found=table, choices=known))
    record, rate = facts.record(table), table not in COUNTS
    read, found = facts.per_inhabitant if rate else facts.series, {}
    for code, town in _all(place).items():
        found[code] = {o.year: o.value for o in read(table, town) if o.value is not None}
    name, unit = (record["rate_title"], record["per"]["unit"]) if rate else (record["title"], record["unit"])
    decimals, notes = int(rate and table != "income"), tuple(record.get("printed", ()))
    return Figures(table, name, unit, place.borders, found, decimals, not rate, 0.0, target, lower, notes)


def _all(place: Place) -> dict[str, Place]:
    """Every municipality on the borders of the place, in the order of codes."""
    towns = sorted(territory.municipalities(place.borders), key=lambda town: town.code)
    return {t.code: replace(place, code=t.code, name=t.name, members=(t,), matched=t) for t in towns}


def _towns(codes: Iterable[str]) -> tuple[Municipality, ...]:
    return tuple(map(territory.municipality, codes))


def _found(names: Iterable[str], borders: int) -> dict[str, Municipality]:
    """Look names or codes up, and tell of all that are wrong at once."""
    found: dict[str, Municipality] = {}
    problems: list[Problem] = []
    for name in names:
        try:
            found[name] = territory.find(name, borders)
        except MemokitError as error:
            problems += error.problems
    refuse_errors(problems)
    return found


def own(place: Place, names: Iterable[str]) -> Group:
    """Return the municipalities that a council chose, by name or code; itself and doubles do not count.

    Raises
    ------
    MemokitError
        `unknown-municipality`, `municipality-other-borders` (all of them at once).

    Examples
    --------
    >>> [town.name for town in own(territory.place("Mechelen", Term(2024)), ["Lier", "mechelen"]).towns]
    ['Lier']
    """
    codes = {town.code for town in _found(names, place.borders).values()} - {place.code}
    return Group(place, "own", _towns(sorted(codes)), {}, {})


def given(place: Place, groups: Mapping[str, str]) -> Group:
    """Return the municipalities of the same group, from a table municipality (name or code) → group.

    Raises
    ------
    MemokitError
        `peers-no-group` where the municipality has none, or what `own` refuses.

    Examples
    --------
    >>> table = {"Mechelen": "centrumstad", "Aalst": "centrumstad", "Lier": "andere"}
    >>> [town.name for town in given(territory.place("Mechelen", Term(2024)), table).towns]
    ['Aalst']
    """
    of = {town.code: groups[name] for name, town in _found(groups, place.borders).items()}
    if not of.get(place.code):
        raise MemokitError(Problem("peers-no-group", found=place.name))
    label = of.pop(place.code)
    return Group(place, "group", _towns(sorted(c for c in of if of[c] == label)), {label: 1.0}, {})


def in_size(place: Place, term: Term, count: int = 10) -> Group:
    """Return the neighbours in inhabitants, half below and half above where possible.

    Examples
    --------
    >>> [town.name for town in in_size(territory.place("Mechelen", Term(2024)), Term(2024), 2).towns]
    ['Sint-Niklaas', 'Aalst']
    """
    codes, x, left_out = _context(place, term, ["population"], {})
    rows = context.around(x[:, 0], codes.index(place.code), count)
    return Group(place, "size", _towns(codes[row] for row in rows), {}, left_out)


def in_context(
    place: Place, term: Term, count: int = 10, weights: Mapping[str, float] = WEIGHTS,
    extra: Extra = MappingProxyType({}),
) -> Group:  # fmt: skip
    """Return the nearest in weighted, standardised context; the council sets the weights.

    A municipality without one of the dimensions that count is left out, with the reason: distances over
    different dimensions cannot be put in one order.

    Parameters
    ----------
    weights
        Of `population` (by doubling), `income` (per inhabitant), `households` (inhabitants per household),
        and the names of `extra`; 0 leaves a dimension out.
    extra
        More dimensions, code → value on the borders of the place; `density` is counted by doubling too.

    Raises
    ------
    MemokitError
        `peers-unknown-dimension`, `peers-weights`, or `peers-no-context` for the municipality itself.

    Examples
    --------
    >>> found = in_context(territory.place("Mechelen", Term(2024)), Term(2024), 3)
    >>> [town.name for town in found.towns]
    ['Sint-Niklaas', 'Kortrijk', 'Aalst']
    """
    basis = {name: weight for name, weight in weights.items() if weight != 0}
    if not basis or not all(0 < weight < math.inf for weight in basis.values()):
        raise MemokitError(Problem("peers-weights", found=", ".join(map(str, weights.values()))))
    codes, x, left_out = _context(place, term, basis, extra)
    unit, weighed = codes.index(place.code), list(basis.values())
    rows = context.nearest(x, unit, count, weighed)
    far = tuple(context.distances(x, unit, weighed)[rows].tolist())
    return Group(place, "context", _towns(codes[row] for row in rows), basis, left_out, far)


def _dimension(name: str, place: Place, term: Term, extra: Extra) -> Mapping[str, float]:
    """One dimension, of one year for all: the latest, in this term or the one before, that most have."""
    if name in extra:
        found = extra[name]
    elif name in WEIGHTS:
        years = range(term.start - 6, term.end + 1)
        table = _yearly(name, place, years)
        year = max(years, key=lambda year: (sum(year in own for own in table.values()), year))
        found = {code: own[year] for code, own in table.items() if year in own}
    else:
        raise MemokitError(Problem("peers-unknown-dimension", found=name, choices=(*WEIGHTS, *extra)))
    if name in SIZES:
        return {code: math.log2(value) for code, value in found.items() if 0 < value < math.inf}
    return {code: value for code, value in found.items() if math.isfinite(value)}


def _yearly(name: str, place: Place, years: Iterable[int]) -> Mapping[str, Mapping[int, float]]:
    """A dimension by code and year; inhabitants also where worked back: they only choose or divide."""
    if name == "income":
        return figures(name, place).values
    towns, homes = _all(place), figures("households", place).values
    known = {code: {y: facts.population(town, y) for y in years} for code, town in towns.items()}
    people = {c: {y: o.value for y, o in of.items() if o and o.value} for c, of in known.items()}
    if name == "population":
        return people
    # Households as their size: their number says the same as the number of inhabitants.
    return {c: {y: n / homes[c][y] for y, n in of.items() if homes[c].get(y)} for c, of in people.items()}


def _latest(years: Iterable[int], term: Term) -> int:
    return max((year for year in years if year <= term.end), default=0)


def _context(
    place: Place, term: Term, names: Iterable[str], extra: Extra
) -> tuple[list[str], Array, LeftOut]:
    """Return the codes with every dimension, in the order of codes; their context; and who lacks what."""
    columns = {name: _dimension(name, place, term, extra) for name in names}
    towns = _all(place)
    if lacking := tuple(name for name, known in columns.items() if place.code not in known):
        raise MemokitError(Problem("peers-no-context", found=place.name, choices=lacking))
    codes, lack = list(towns), {}
    for name, known in columns.items():  # each under the first dimension that it lacks
        if without := [code for code in codes if code not in known]:
            lack[name] = _towns(without)
        codes = [code for code in codes if code in known]
    return codes, np.array([[known[code] for known in columns.values()] for code in codes]), lack


def _course(town: Municipality, shown: Figures, years: tuple[int, int]) -> Course | None:
    then, now = (shown.values.get(town.code, {}).get(year) for year in years)
    if then is None or now is None or (shown.relative and then <= 0):
        return None
    return Course(town, then, now, 100 * (now - then) / then if shown.relative else now - then)


def compare(group: Group, shown: Figures, term: Term) -> Comparison:
    """Put the change of a municipality since the baseline beside that of its peers.

    Both years are those of the municipality: the baseline year, and its latest year in the term. A peer
    without both on this territory is left out.

    Raises
    ------
    MemokitError
        `peers-borders`, `peers-no-figure` (the municipality lacks a year), `peers-none` (no peer is left).

    Examples
    --------
    >>> mechelen = territory.place("Mechelen", Term(2024))
    >>> shown = Figures("own", "Gebruikers", "%", 2019, {
    ...     "12025": {2018: 5, 2023: 8}, "12021": {2018: 4, 2023: 5}, "41002": {2018: 4, 2023: 8}}, target=10)
    >>> found = compare(own(mechelen, ["Lier", "Aalst"]), shown, Term(2024))
    >>> found.own.change, found.change[1], found.places, found.distance
    (3, 2.5, (2, 2), 2)
    """
    place, year = group.place, _year(group.place, shown, term)
    years = (term.start, year)
    mine = _course(territory.municipality(place.code), shown, years)
    if mine is None or year <= term.start:
        raise MemokitError(Problem("peers-no-figure", found=place.name, expected=str(term.start)))
    peers = tuple(course for town in group.towns if (course := _course(town, shown, years)))
    if not peers:
        raise MemokitError(Problem("peers-none", found=place.name))
    there = {peer.town.code for peer in peers}
    without = tuple(town for town in group.towns if town.code not in there)
    left_out = {**group.left_out, **({"figure": without} if without else {})}
    now, change = (_quartiles([getattr(peer, part) for peer in peers]) for part in ("now", "change"))
    apart = significant([peer.change - mine.change for peer in peers])
    above, near = (apart > 2 * shown.margin).sum(), (np.abs(apart) <= 2 * shown.margin).sum()
    ahead, digits = mine.change - change[1], 1 if shown.relative else shown.decimals
    printed = round(round(mine.change, digits) - round(change[1], digits), digits)
    return Comparison(
        group, shown, years, mine, peers, left_out, now, change, printed,
        shown.margin > 0 and abs(ahead) <= 2 * shown.margin, (int(above) + 1, int(above + near) + 1),
        _distance(shown, mine.now),
    )  # fmt: skip


def _year(place: Place, shown: Figures, term: Term) -> int:
    """The latest year of the term that the municipality has, on its own borders only."""
    if shown.borders != place.borders:
        raise MemokitError(Problem("peers-borders", found=str(shown.borders), expected=str(place.borders)))
    return _latest(shown.values.get(place.code, {}), term)


def _quartiles(values: list[float]) -> Quartiles:
    low, middle, high = np.quantile(values, (0.25, 0.5, 0.75)).tolist()
    return low, middle, high


def expected(
    place: Place, shown: Figures, term: Term, dimensions: Iterable[str] | None = None,
    extra: Extra = MappingProxyType({}),
) -> Expected:  # fmt: skip
    """Return the value that the context lets expect, by least squares over all the others.

    Parameters
    ----------
    dimensions
        As the names of `weights` in `in_context`; without them, all that are not the figure itself.

    Raises
    ------
    MemokitError
        `peers-borders`, `peers-no-figure`, `peers-no-context`, `peers-unknown-dimension`, `peers-regression`
        (fewer than ten others for each dimension, dimensions that say the same, or the figure itself).
    """
    year = _year(place, shown, term)
    if not year:
        raise MemokitError(Problem("peers-no-figure", found=place.name, expected=str(term.end)))
    names = tuple(name for name in WEIGHTS if name != shown.key) if dimensions is None else tuple(dimensions)
    codes, x, left_out = _context(place, term, names, extra)
    y = np.array([shown.values.get(code, {}).get(year, math.nan) for code in codes])
    unit, known = codes.index(place.code), ~np.isnan(y)
    use = known & (np.arange(len(y)) != unit)
    refused = Problem("peers-regression", found=str(use.sum()), expected=str(PER_DIMENSION * len(names)))
    if not names or shown.key in names or use.sum() < PER_DIMENSION * len(names):
        raise MemokitError(refused)
    try:
        fit = context.ols(x[use], y[use], x[unit])
    except ValueError:
        raise MemokitError(refused) from None
    if not known.all():
        left_out = {**left_out, "figure": _towns(codes[row] for row in np.flatnonzero(~known))}
    value = float(y[unit])
    return Expected(place, shown, year, value, names, fit, left_out, _distance(shown, value))


def _left_out(left_out: LeftOut) -> list[str]:
    return [say("peers.left_out", reason=reason, towns=towns) for reason, towns in left_out.items()]


def words(found: Comparison, places: bool = False) -> tuple[str, ...]:
    """Return a comparison in sentences: the target is always among them, the places only when wanted."""
    keys = ("now", "change", "places", "target") if places else ("now", "change", "target")
    name, own_value = found.group.place.name, found.own.now
    return (
        say(f"peers.who.{found.group.how}", g=found.group, towns=[peer.town.name for peer in found.peers]),
        *(say(f"peers.{key}", c=found, f=found.figures, name=name, value=own_value) for key in keys),
        *found.figures.notes,
        *_left_out(found.left_out),
    )


def _exact(value: float) -> str:
    """Write a coefficient with at least three significant digits."""
    return number(value, max(0, 2 - math.floor(math.log10(abs(value)))) if value else 0)


def expected_words(found: Expected) -> tuple[str, ...]:
    """Return the expected value in sentences: interval, the whole regression, that it is no cause, target."""
    slopes = list(zip(map(_exact, found.fit.slopes), found.dimensions, strict=True))
    start = _exact(found.fit.intercept)
    return (
        say("peers.expected", c=found, f=found.figures, name=found.place.name),
        say("peers.regression", intercept=start, slopes=slopes, n=found.fit.n),
        say("peers.no_cause"),
        say("peers.target", c=found, f=found.figures, name=found.place.name, value=found.value),
        *_left_out(found.left_out),
    )
