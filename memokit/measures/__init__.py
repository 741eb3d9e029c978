"""One municipality and term, measured and frozen, without words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from memokit import facts
from memokit.dossier import Dossier
from memokit.measures.actions import ActionCounts, ActionMeasure, count_actions, measure_actions
from memokit.measures.advice import AdviceMeasure, measure_advice
from memokit.measures.agenda import Agenda, measure_agenda
from memokit.measures.figures import FigureMeasure, measure_figures, observed_pair
from memokit.measures.money import Money, Ratio, measure_money
from memokit.measures.public import SOURCE, measure_public
from memokit.terms import Term
from memokit.territory import Place

POPULATION = "bevolking"


@dataclass(frozen=True)
class Measures:
    """All that was measured. Without a dossier only `figures` holds something.

    Parameters
    ----------
    place
        The municipality on its borders; None for a fictional one.
    last_account
        The last year whose accounts the council approved by `date`.
    """

    name: str
    term: Term
    date: date
    place: Place | None
    dossier: Dossier | None
    last_account: int
    figures: tuple[FigureMeasure, ...]
    actions: tuple[ActionMeasure, ...] = ()
    counts: ActionCounts | None = None
    money: Money | None = None
    advice_before: AdviceMeasure | None = None
    advice: AdviceMeasure | None = None
    agenda: Agenda | None = None

    def figure(self, key: str) -> FigureMeasure | None:
        """Return one figure by its key, or None where there is none."""
        return next((figure for figure in self.figures if figure.key == key), None)


def measure(name: str, term: Term, on: date, place: Place | None, dossier: Dossier | None) -> Measures:
    """Measure one municipality over one term: public facts, and the dossier where there is one."""
    public = measure_public(place, term) if place else ()
    if dossier is None:
        return Measures(name, term, on, place, None, term.last_account(on), public)
    last = dossier.settings.last_account or term.last_account(on)
    actions = measure_actions(dossier)
    money = measure_money(dossier, last, lambda year: _inhabitants(dossier, place, year))
    advice = measure_advice(dossier)
    figures = measure_figures(dossier, money, advice)
    return Measures(
        name,
        term,
        on,
        place,
        dossier,
        last,
        (*public, *_council_counts(dossier, public), *figures),
        actions,
        count_actions(actions),
        money,
        *advice,
        measure_agenda(dossier, actions, figures, (term.plan[0], last)),
    )


def _inhabitants(dossier: Dossier, place: Place | None, year: int) -> Ratio | None:
    """Return the inhabitants on 1 January: the publisher's, or what the council filled in with a source."""
    known = facts.population(place, year) if place else None
    if known is not None and known.value is not None:
        return Ratio(known.value, known.status, (f"{SOURCE}population",))
    own = next((f for f in dossier.figures if f.indicator == POPULATION and f.year == year), None)
    return Ratio(own.value, own.status, own.sources) if own and own.value and own.sources else None


def _council_counts(
    dossier: Dossier, public: tuple[FigureMeasure, ...]
) -> Iterator[FigureMeasure]:
    """Give population and households from the council's own figures, where no public fact has them."""
    known = {figure.key for figure in public}
    for table, key in (("population", POPULATION), ("households", "huishoudens")):
        then, now = observed_pair(dossier, key)
        if table not in known and (then or now):
            title, unit = facts.record(table)["title"], facts.record(table)["unit"]
            yield FigureMeasure(table, title, unit, 0, "", None, then, now, "council", True)
