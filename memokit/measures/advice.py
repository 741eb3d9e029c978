"""The council's own advice: how many were answered with reasons, after how many days, what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from statistics import median

from memokit.dossier import Dossier
from memokit.records import Advice


@dataclass(frozen=True)
class AdviceMeasure:
    """Counts of one term: `given == answered + answered_without_reasons + open`."""

    given: int
    answered: int
    without_reasons: int
    open: int
    median_days: float | None
    within_agreed: int | None
    agreed_days: int | None
    own_initiative: int
    late: int
    followed: dict[str, int]
    sources: tuple[str, ...]


def measure_advice(dossier: Dossier) -> tuple[AdviceMeasure | None, AdviceMeasure | None]:
    """Return the counts of the term before and of this term; None where nothing is known.

    Without a register, the two counts of `dossier.yml` serve for this term.
    """
    first, last = dossier.term.years[0], dossier.term.end
    current = [a for a in dossier.advices if first <= _year(a) <= last]
    before = [a for a in dossier.advices if first - 6 <= _year(a) < first]
    return _count(before, None), _count(current, dossier.settings.agreed_days) or _from_counts(dossier)


def _year(advice: Advice) -> int:
    return int(advice.given_on[:4])


def _days(advice: Advice) -> int | None:
    if len(advice.given_on) < 10 or len(advice.answered_on) < 10:
        return None
    return (date.fromisoformat(advice.answered_on) - date.fromisoformat(advice.given_on)).days


def _count(advices: list[Advice], agreed: int | None) -> AdviceMeasure | None:
    if not advices:
        return None
    answered = [a for a in advices if a.answered_on and a.reasoned == "yes"]
    without = [a for a in advices if a.answered_on and a.reasoned != "yes"]
    days = [d for a in answered if (d := _days(a)) is not None]
    return AdviceMeasure(
        given=len(advices),
        answered=len(answered),
        without_reasons=len(without),
        open=len(advices) - len(answered) - len(without),
        median_days=median(days) if days else None,
        within_agreed=sum(d <= agreed for d in days) if agreed and days else None,
        agreed_days=agreed,
        own_initiative=sum(a.own_initiative == "yes" for a in advices),
        late=sum(a.late == "yes" for a in advices),
        followed={key: n for key in ("yes", "partly", "no") if (n := _followed(advices, key))},
        sources=tuple(dict.fromkeys(s for a in advices for s in a.sources)),
    )


def _followed(advices: list[Advice], key: str) -> int:
    return sum(a.followed == key for a in advices)


def _from_counts(dossier: Dossier) -> AdviceMeasure | None:
    settings = dossier.settings
    given, answered = settings.advices_given, settings.advices_answered
    if given is None or answered is None or answered > given:
        return None
    return AdviceMeasure(
        given,
        answered,
        0,
        given - answered,
        None,
        None,
        settings.agreed_days,
        0,
        0,
        {},
        settings.advices_sources,
    )
