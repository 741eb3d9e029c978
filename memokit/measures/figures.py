"""Figures then and now: from public facts, from the council, and computed from its amounts and register."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from memokit import catalogue
from memokit.dossier import Dossier
from memokit.measures.advice import AdviceMeasure
from memokit.measures.money import Money, PerInhabitant
from memokit.records import Figure, OwnIndicator, Target
from memokit.scoring.posts import position
from memokit.scoring.progress import Progress, linear

NEAR = 2  # years that a survey's "then" can lie from the baseline year


@dataclass(frozen=True)
class Observed:
    """A figure of one year, with what it rests on."""

    year: int
    value: float
    status: str
    sources: tuple[str, ...]
    numerator: float | None = None
    denominator: float | None = None
    margin: float | None = None


@dataclass(frozen=True)
class FigureMeasure:
    """One figure beside its baseline. `then` or `now` is None when no figure was found: never zero.

    Parameters
    ----------
    origin
        `public` (facts that memokit ships), `council`, or `computed`.
    information
        Shown, never scored and never a gap.
    target_by
        Whose target it is: law, norm, norm_memoranda, or council when the council adopted it.
    then_real
        The baseline in the prices of the latest year, for money.
    """

    key: str
    name: str
    unit: str
    decimals: int
    theme: str
    goal: int | None
    then: Observed | None
    now: Observed | None
    origin: str
    information: bool
    then_real: float | None = None
    target: float | None = None
    target_by: str = ""
    progress: Progress = field(default_factory=lambda: Progress("missing"))
    score_then: float | None = None
    score_now: float | None = None
    caveats: tuple[str, ...] = ()

    @property
    def change(self) -> float | None:
        """The latest figure minus the baseline, money in constant prices."""
        if self.then is None or self.now is None or self.then.year >= self.now.year:
            return None
        return self.now.value - (self.then.value if self.then_real is None else self.then_real)

    @property
    def no_difference(self) -> bool:
        """Whether the change of a survey lies inside the two margins together."""
        if self.change is None or self.then is None or self.now is None:
            return False
        if self.then.margin is None or self.now.margin is None:
            return False
        return bool(abs(self.change) <= (self.then.margin**2 + self.now.margin**2) ** 0.5)


@dataclass(frozen=True)
class Posts:
    """What an indicator is measured against, after the choices of the council."""

    in_use: bool
    target: float | None
    target_by: str


def posts_of(indicator: catalogue.Indicator, targets: Mapping[str, Target], themes: Iterable[str]) -> Posts:
    """Return the target in force: own proposals are off until the council adopts them (fairness.md 1).

    What is for information, or belongs to a higher government, stays off whatever the council adopts.
    """
    adopted = targets.get(indicator.id)
    barred = indicator.basis == "information" or indicator.competence == "higher"
    if barred or indicator.theme not in themes:
        return Posts(False, None, "")
    if adopted:
        target = adopted.target if adopted.target is not None else indicator.target
        return Posts(True, target, "council")
    return Posts(True, indicator.target, indicator.basis) if indicator.in_use else Posts(False, None, "")


def measure_figures(
    dossier: Dossier, money: Money, advice: tuple[AdviceMeasure | None, AdviceMeasure | None]
) -> tuple[FigureMeasure, ...]:
    """Return the council's own figures and those computed from its amounts and register."""
    known = {**catalogue.indicators(), **{own.id_: _indicator(own) for own in dossier.own_indicators}}
    pairs: dict[str, Pair] = {key: (*observed_pair(dossier, key), None) for key in known}
    if money.now:
        pairs["IS13"] = (_euro(money.then), _euro(money.now), money.then_real)
    before, current = advice
    if current and current.sources:
        start, end = dossier.term.start, dossier.term.end
        pairs["IS55"] = (_answered(before, start), _answered(current, end), None)
    return tuple(
        _measured(dossier, known[key], *pair) for key, pair in pairs.items() if any(pair[:2])
    )


Pair = tuple[Observed | None, Observed | None, float | None]


def observed_pair(dossier: Dossier, key: str) -> tuple[Observed | None, Observed | None]:
    """Return a figure of the council in the baseline year and in the latest year that is judged.

    A figure for information that exists every few years only (a survey of 2017, 2020, 2023) has as its "then"
    the year nearest to the baseline, at most two years away: the text prints the year.
    """
    mine = (f for f in dossier.figures if f.indicator == key and f.sources and f.value is not None)
    rows = sorted(mine, key=lambda row: row.year)  # a figure without a source is not printed
    start = dossier.term.start
    informs = any(own.id_ == key and own.direction == "context" for own in dossier.own_indicators)
    near = [r for r in rows if abs(r.year - start) <= (NEAR if informs else 0)]
    then = min(near, key=lambda r: (abs(r.year - start), r.year), default=None)
    later = [r for r in rows if max(start, then.year if then else 0) < r.year <= dossier.term.end]
    return _observed(then) if then else None, _observed(later[-1]) if later else None


def _observed(row: Figure) -> Observed:
    assert row.value is not None
    return Observed(row.year, row.value, row.status, row.sources, row.numerator, row.denominator, row.margin)


def _euro(part: PerInhabitant | None) -> Observed | None:
    if part is None:
        return None
    status, sources = part.inhabitants_status, part.sources
    return Observed(part.year, part.value, status, sources, part.amount, part.inhabitants)


def _answered(part: AdviceMeasure | None, year: int) -> Observed | None:
    if part is None or not part.given or not part.sources:
        return None
    share = 100 * part.answered / part.given
    return Observed(year, share, "council", part.sources, part.answered, part.given)


def _indicator(own: OwnIndicator) -> catalogue.Indicator:
    """Return an indicator that the council added as one of the catalogue: its target is the council's."""
    goal = int(own.sdg_target[0].removeprefix("SDG ").split(".")[0]) if own.sdg_target else 0
    return replace(
        next(iter(catalogue.indicators().values())), id=own.id_, theme=own.theme, kind="quantitative",
        name=own.name, unit=own.unit, decimals=own.decimals or 0, direction=own.direction, goal=goal,
        zero=own.zero, target=own.target, caveat=own.reason, competence="municipality",
        basis="information" if own.direction == "context" else "council",
        in_use=own.direction != "context" and own.target is not None,
    )


def _measured(
    dossier: Dossier, known: catalogue.Indicator, then: Observed | None, now: Observed | None,
    real: float | None,
) -> FigureMeasure:
    posts = posts_of(known, {target.indicator: target for target in dossier.targets}, dossier.settings.themes)
    baseline = real if real is not None else then.value if then else None
    zero = baseline if known.zero is None else known.zero
    target = posts.target if zero != posts.target else None
    progress = Progress("missing")
    if posts.in_use and then and now:
        lower = known.direction == "lower"
        progress = linear(baseline, now.value, then.year, now.year, posts.target, lower)
    return FigureMeasure(
        known.id, known.name, known.unit, known.decimals, known.theme, known.goal or None, then, now,
        origin="computed" if known.id in {"IS13", "IS55"} else "council", information=not posts.in_use,
        then_real=real, target=posts.target, target_by=posts.target_by, progress=progress,
        score_then=position(baseline, zero, target),
        score_now=position(now.value if now else None, zero, target),
        caveats=(known.caveat,) if known.caveat else (),
    )
