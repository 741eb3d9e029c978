"""What public facts say about a place, then and now: shown for information, never scored."""

from __future__ import annotations

from collections.abc import Mapping

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
    found = (_figure(table, place, term) for table in (*COUNTS, *RATES))
    return tuple(figure for figure in found if figure is not None)


def _figure(table: str, place: Place, term: Term) -> FigureMeasure | None:
    record, rate = facts.record(table), table in RATES
    counts = {o.year: o for o in facts.series(table, place)}
    shown = facts.per_inhabitant(table, place) if rate else counts.values()
    rows = {o.year: o for o in shown if o.value is not None and term.start <= o.year <= term.end}
    if not rows:
        return None
    latest = max(rows)
    then, now = rows.get(term.start), rows[latest] if latest > term.start else None
    if then is not None and now is not None:
        # The same territory on both dates, or no figure at all: 11002 before and after 2025 never meet here.
        difference(_placed(then), _placed(now))
    of = counts if rate else {}
    return FigureMeasure(
        table, record["rate_title" if rate else "title"], rows[latest].unit,
        decimals=1 if rate and table != "income" else 0, theme="",
        goal=record["sdg"] if isinstance(record["sdg"], int) else None,
        then=_observed(then, of) if then else None, now=_observed(now, of) if now else None,
        origin="public", information=True, then_real=_real(then, now),
        caveats=tuple(record.get("printed", ())),
    )


def _placed(observation: Observation) -> Placed:
    assert observation.value is not None
    return Placed(observation.municipality, observation.borders, observation.year, observation.value)


def _observed(observation: Observation, counts: Mapping[int, Observation]) -> Observed:
    """Return a figure with the count and the inhabitants that it rests on."""
    value, year, table = observation.value, observation.year, observation.source
    assert value is not None
    count = counts[year].value if year in counts else None
    people = round(facts.record(table)["per"]["factor"] * count / value) if count and value else None
    return Observed(year, value, observation.status, (f"{SOURCE}{table}",), count, people)


def _real(then: Observation | None, now: Observation | None) -> float | None:
    if then is None or now is None or then.value is None or not then.unit.startswith("euro"):
        return None
    try:
        return facts.real_terms(then.value, then.year, now.year)
    except MemokitError:  # no index for that year: the nominal figure stands alone
        return None
