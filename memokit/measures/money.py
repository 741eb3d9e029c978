"""Planned against spent, up to the last approved account and under the same plan; never an amount made up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from memokit.dossier import Dossier
from memokit.facts import real_terms
from memokit.problems import MemokitError
from memokit.records import Amount
from memokit.territory import same_books

FIELDS = ("0150", "0160")
TOTAL = "totaal"
Population = Callable[[int], "Ratio | None"]


@dataclass(frozen=True)
class Ratio:
    """A number with what it rests on: value, status and sources."""

    value: float
    status: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class ActionMoney:
    """One action's euros over the years that may be compared; None is "no figure found"."""

    first: int
    last: int
    planned_first: float | None
    planned_last: float | None
    spent: float | None
    sources: tuple[str, ...]


@dataclass(frozen=True)
class PerInhabitant:
    """Spending on policy fields 0150 and 0160 in one year, with numerator and denominator."""

    year: int
    amount: float
    inhabitants: float
    inhabitants_status: str
    sources: tuple[str, ...]

    @property
    def value(self) -> float:
        """Euro per inhabitant."""
        return self.amount / self.inhabitants


@dataclass(frozen=True)
class Money:
    """The money of the term: per action, as a whole (0150 and 0160), then and now per inhabitant, a share."""

    last_account: int
    actions: Mapping[str, ActionMoney]
    whole: ActionMoney | None
    fields: tuple[str, ...]
    per_year: Mapping[int, float]
    sources: tuple[str, ...]
    then: PerInhabitant | None
    now: PerInhabitant | None
    then_real: float | None
    share: float | None
    share_total: float | None
    share_year: int | None
    unsourced: tuple[str, ...]


def measure_money(dossier: Dossier, last_account: int, population: Population) -> Money:
    """Return what may be said about money. An amount without a source is left out, and named."""
    term = dossier.term
    sourced = [row for row in dossier.amounts if row.sources]
    unsourced = tuple(f"{row.item} {row.year}" for row in dossier.amounts if not row.sources)
    first, last = term.plan[0], min(last_account, term.plan[1])
    actions = {
        code: found
        for code in dict.fromkeys(row.item for row in sourced if row.item not in (*FIELDS, TOTAL))
        if (found := _action([r for r in sourced if r.item == code and first <= r.year <= last], first, last))
    }
    fields = _fields(sourced, last)
    now = _per_inhabitant(sourced, last, population)
    # Other policy fields on the two dates: no comparison (fairness.md 32).
    comparable = now is None or _fields(sourced, term.start) == fields
    then = _per_inhabitant(sourced, term.start, population) if comparable else None
    share = _share(sourced, last)
    return Money(
        last_account=last_account,
        actions=actions,
        whole=_action([r for r in sourced if r.item in fields and first <= r.year <= last], first, last),
        fields=tuple(sorted(fields)),
        per_year=_per_year(sourced, term.start, last, fields),
        sources=_sources(r for r in sourced if r.item in FIELDS and r.year <= last),
        then=then,
        now=now,
        then_real=_real(then, now),
        share=share,
        share_total=next((r.spent for r in sourced if r.item == TOTAL and r.year == last), None),
        share_year=last if share is not None else None,
        unsourced=unsourced,
    )


def add_known(values: Iterable[float | None]) -> float | None:
    """Add values; one that is missing makes the sum missing, because a part is not the whole.

    Examples
    --------
    >>> add_known([250, 250]), add_known([250, None]), add_known([])
    (500, None, None)
    """
    parts = list(values)
    if not parts or any(part is None for part in parts):
        return None
    return sum(part for part in parts if part is not None)


def _sources(rows: Iterable[Amount]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(source for row in rows for source in row.sources))


def _action(rows: list[Amount], first: int, last: int) -> ActionMoney | None:
    if not rows:
        return None
    return ActionMoney(
        first,
        last,
        add_known(row.planned_first for row in rows),
        add_known(row.planned_last for row in rows),
        add_known(row.spent for row in rows),
        _sources(rows),
    )


def _fields(rows: list[Amount], year: int) -> frozenset[str]:
    return frozenset(r.item for r in rows if r.item in FIELDS and r.year == year and r.spent is not None)


def _per_year(rows: list[Amount], first: int, last: int, fields: frozenset[str]) -> dict[int, float]:
    """Return the spending of the years in which the same policy fields are known: absent is not zero."""
    years = sorted({r.year for r in rows if r.item in FIELDS and first <= r.year <= last})
    same = [year for year in years if _fields(rows, year) == fields]
    sums = {year: add_known(r.spent for r in rows if r.item in FIELDS and r.year == year) for year in same}
    return {year: value for year, value in sums.items() if value is not None}


def _per_inhabitant(rows: list[Amount], year: int, population: Population) -> PerInhabitant | None:
    mine = [r for r in rows if r.item in FIELDS and r.year == year]
    amount = add_known(r.spent for r in mine)
    people = population(year)
    if amount is None or people is None:
        return None
    return PerInhabitant(year, amount, people.value, people.status, (*_sources(mine), *people.sources))


def _real(then: PerInhabitant | None, now: PerInhabitant | None) -> float | None:
    """Return the amount per inhabitant of then in the prices of now."""
    if then is None or now is None:
        return None
    try:
        return real_terms(then.value, then.year, now.year)
    except MemokitError:  # no index for that year: only the nominal figure is told
        return None


def _share(rows: list[Amount], year: int) -> float | None:
    """Return the share of total spending in percent; only for the joint books of 2020 and later."""
    try:
        same_books(year, 2020, joint=False)
    except MemokitError:
        return None
    part = add_known(r.spent for r in rows if r.item in FIELDS and r.year == year)
    whole = add_known(r.spent for r in rows if r.item == TOTAL and r.year == year)
    return None if part is None or not whole else 100 * part / whole
