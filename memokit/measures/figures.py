"""Figures then and now: from public facts, from the council, and computed from its amounts and register."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from memokit import catalogue
from memokit.dossier import Dossier
from memokit.measures.advice import AdviceMeasure
from memokit.measures.money import Money, PerInhabitant
from memokit.records import Figure, Target
from memokit.scoring.posts import position
from memokit.scoring.progress import Progress, linear


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
    merged: bool = False

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
    return Posts(indicator.in_use, indicator.target if indicator.in_use else None, indicator.basis)


def measure_figures(
    dossier: Dossier, money: Money, advice: tuple[AdviceMeasure | None, AdviceMeasure | None]
) -> tuple[FigureMeasure, ...]:
    """Return the council's own figures and those computed from its amounts and register."""
    found = dict(_own(dossier))
    found.update(_computed(dossier, money, advice))
    return tuple(
        _measured(dossier, key, then, now, real)
        for key, (then, now, real) in found.items()
        if key in catalogue.indicators() or key in {own.id_ for own in dossier.own_indicators}
    )


Pair = tuple[Observed | None, Observed | None, float | None]


def observed_pair(dossier: Dossier, key: str) -> tuple[Observed | None, Observed | None]:
    """Return a figure of the council in the baseline year and in the latest year that is judged."""
    mine = (f for f in dossier.figures if f.indicator == key and f.sources and f.value is not None)
    rows = sorted(mine, key=lambda row: row.year)  # a figure without a source is not printed
    then = next((r for r in rows if r.year == dossier.term.start), None)
    later = [r for r in rows if dossier.term.start < r.year <= dossier.term.end]
    return _observed(then) if then else None, _observed(later[-1]) if later else None


def _own(dossier: Dossier) -> Iterable[tuple[str, Pair]]:
    for key in dict.fromkeys(figure.indicator for figure in dossier.figures):
        then, now = observed_pair(dossier, key)
        if then or now:
            yield key, (then, now, None)


def _observed(row: Figure) -> Observed:
    assert row.value is not None
    return Observed(row.year, row.value, row.status, row.sources, row.numerator, row.denominator, row.margin)


def _computed(
    dossier: Dossier, money: Money, advice: tuple[AdviceMeasure | None, AdviceMeasure | None]
) -> Iterable[tuple[str, Pair]]:
    if money.now:
        yield "IS13", (_euro(money.then), _euro(money.now), money.then_real)
    before, current = (_answered(part, dossier) for part in advice)
    if current:
        years = dossier.term.start, dossier.term.end
        yield "IS55", (before and _dated(before, years[0]), _dated(current, years[1]), None)


def _euro(part: PerInhabitant | None) -> Observed | None:
    if part is None:
        return None
    return Observed(
        part.year, part.value, part.inhabitants_status, part.sources, part.amount, part.inhabitants
    )


def _answered(part: AdviceMeasure | None, dossier: Dossier) -> Observed | None:
    if part is None or not part.given or not part.sources:
        return None
    return Observed(0, 100 * part.answered / part.given, "council", part.sources, part.answered, part.given)


def _dated(observed: Observed, year: int) -> Observed:
    return Observed(
        year, observed.value, observed.status, observed.sources, observed.numerator, observed.denominator
    )


def _measured(
    dossier: Dossier, key: str, then: Observed | None, now: Observed | None, real: float | None
) -> FigureMeasure:
    targets = {target.indicator: target for target in dossier.targets}
    own = next((o for o in dossier.own_indicators if o.id_ == key), None)
    if own:
        used = own.theme in dossier.settings.themes and own.target is not None
        posts = Posts(used and own.direction != "context", own.target if used else None, "council")
        goal = int(own.sdg_target[0].split()[1].split(".")[0]) if own.sdg_target else None
        name, unit, decimals, theme = own.name, own.unit, own.decimals or 0, own.theme
        zero, direction, caveat = own.zero, own.direction, own.reason
    else:
        known = catalogue.indicators()[key]
        posts = posts_of(known, targets, dossier.settings.themes)
        name, unit, decimals, theme, goal = known.name, known.unit, known.decimals, known.theme, known.goal
        zero, direction, caveat = known.zero, known.direction, known.caveat
    baseline = real if real is not None else (then.value if then else None)
    zero = baseline if zero is None else zero
    scored = posts.in_use and posts.target is not None and zero is not None and zero != posts.target
    return FigureMeasure(
        key,
        name,
        unit,
        decimals,
        theme,
        goal,
        then,
        now,
        "computed" if key in {"IS13", "IS55"} else "council",
        information=not posts.in_use,
        then_real=real,
        target=posts.target,
        target_by=posts.target_by if posts.in_use else "",
        progress=_progress(baseline, then, now, posts, direction),
        score_then=position(baseline, zero, posts.target) if scored else None,
        score_now=position(now.value if now else None, zero, posts.target) if scored else None,
        caveats=(caveat,) if caveat else (),
    )


def _progress(
    baseline: float | None, then: Observed | None, now: Observed | None, posts: Posts, direction: str
) -> Progress:
    if not posts.in_use or then is None or now is None:
        return Progress("missing")
    return linear(baseline, now.value, then.year, now.year, posts.target, direction == "lower")
