"""What public facts say about a place, then and now: shown for information, never scored."""

from __future__ import annotations

from memokit import facts
from memokit.facts import Observation
from memokit.measures.figures import FigureMeasure, Observed
from memokit.problems import MemokitError
from memokit.terms import Term
from memokit.territory import Place, Placed, difference

COUNTS = ("population", "households")
RATES = ("income", "crime", "road_accidents", "farm_shops")
SOURCE = "fact:"


def measure_public(place: Place, term: Term) -> tuple[FigureMeasure, ...]:
    """Return the public figures of a place, on its own borders: the baseline year beside the latest year.

    A figure whose baseline year nobody published for this territory has `then` None. Population and
    households are counts; the others are shown per inhabitant, with numerator and denominator.

    Examples
    --------
    >>> from memokit.territory import place
    >>> population = measure_public(place("Mechelen", Term(2024)), Term(2024))[0]
    >>> population.then.year, population.now.year, population.change
    (2018, 2024, 3009.0)
    """
    counts = (_count(table, place, term) for table in COUNTS)
    rates = (_rate(table, place, term) for table in RATES)
    return tuple(figure for figure in (*counts, *rates) if figure is not None)


def _count(table: str, place: Place, term: Term) -> FigureMeasure | None:
    rows = {o.year: o for o in facts.series(table, place) if o.value is not None}
    return _figure(table, place, term, rows, {}, facts.record(table)["title"], 0)


def _rate(table: str, place: Place, term: Term) -> FigureMeasure | None:
    rows = {o.year: o for o in facts.per_inhabitant(table, place) if o.value is not None}
    counts = {o.year: o for o in facts.series(table, place)}
    decimals = 0 if table == "income" else 1
    return _figure(table, place, term, rows, counts, facts.record(table)["rate_title"], decimals)


def _figure(
    table: str,
    place: Place,
    term: Term,
    rows: dict[int, Observation],
    counts: dict[int, Observation],
    name: str,
    decimals: int,
) -> FigureMeasure | None:
    inside = [year for year in rows if term.start <= year <= term.end]
    if not inside:
        return None
    latest = max(inside)
    then, now = rows.get(term.start), rows[latest] if latest > term.start else None
    if then is not None and now is not None:
        # The same territory on both dates, or no figure at all: 11002 before and after 2025 never meet here.
        difference(_placed(then), _placed(now))
    goal = facts.record(table)["sdg"]
    return FigureMeasure(
        key=table,
        name=name,
        unit=rows[latest].unit,
        decimals=decimals,
        theme="",
        goal=goal if isinstance(goal, int) else None,
        then=_observed(then, counts, table) if then else None,
        now=_observed(now, counts, table) if now else None,
        origin="public",
        information=True,
        then_real=_real(table, then, now),
        caveats=tuple(facts.record(table).get("printed", ())),
        merged=len(place.merged_from) > 1,
    )


def _placed(observation: Observation) -> Placed:
    assert observation.value is not None
    return Placed(observation.municipality, observation.borders, observation.year, observation.value)


def _observed(observation: Observation, counts: dict[int, Observation], table: str) -> Observed:
    assert observation.value is not None
    count = counts.get(observation.year)
    per = facts.record(table).get("per", {})
    people = None
    if count is not None and count.value is not None and observation.value:
        people = round(per["factor"] * count.value / observation.value)
    return Observed(
        observation.year,
        observation.value,
        observation.status,
        (f"{SOURCE}{table}",),
        count.value if count else None,
        people,
    )


def _real(table: str, then: Observation | None, now: Observation | None) -> float | None:
    if (
        not facts.record(table)["unit"].startswith("euro")
        or then is None
        or now is None
        or then.value is None
    ):
        return None
    try:
        return facts.real_terms(then.value, then.year, now.year)
    except MemokitError:  # no index for that year: the nominal figure stands alone
        return None
