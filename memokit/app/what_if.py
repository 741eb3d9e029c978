"""What if: other municipalities beside ours, and the places that follow from a council's own choices.

Only for the page, and only when a council asks (fairness.md 27): nothing of this enters a dossier or a
document. Functions of plain values, so that the worker can do them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median
from typing import Literal

from memokit import facts, figures, peers
from memokit.certainty import robustness
from memokit.document import Figure, Value
from memokit.measures.public import RATES, SOURCE
from memokit.problems import MemokitError
from memokit.recipe import Recipe
from memokit.scorecard import score
from memokit.terms import Term
from memokit.territory import Place
from memokit.texts import say

COUNT = 20  # municipalities beside ours
REPLICATIONS = 1000
DIMENSIONS = tuple(peers.WEIGHTS)
Rows = tuple[tuple[Value, ...], ...]
Direction = Literal["", "higher", "lower"]


@dataclass(frozen=True)
class Offer:
    """A figure that ours and others have, all of the same year; `values` by the name of the municipality."""

    key: str
    name: str
    unit: str
    decimals: int
    goal: int
    year: int
    source: str
    values: Mapping[str, float]


@dataclass(frozen=True)
class Beside:
    """The municipalities to compare with, why these, and what can be compared; or why nothing can."""

    own: str
    why: str
    towns: tuple[tuple[str, float | None, float | None], ...] = ()
    offers: tuple[Offer, ...] = ()
    sentences: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class Wish:
    """What a council wants of one figure, on this page only; without a direction it does not count."""

    key: str
    direction: Direction = ""
    target: float | None = None


@dataclass(frozen=True)
class Asked:
    """One question: which figures count, which way and up to where, and how heavy each goal weighs."""

    own: str
    offers: tuple[Offer, ...]
    wishes: tuple[Wish, ...]
    weights: tuple[tuple[int, float], ...] = ()


@dataclass(frozen=True)
class Places:
    """Between which places ours stands, in words and as a drawing; `low` is None when nothing counts.

    Parameters
    ----------
    counted
        The keys of the figures that the places rest on.
    flat
        Those that tell nobody apart: all the same, or all beyond the target.
    """

    low: int | None
    high: int | None
    n: int
    sentence: str
    counted: tuple[str, ...]
    flat: tuple[str, ...]
    svg: str = ""


def beside(
    place: Place, term: Term, names: tuple[str, ...] = (), weights: Mapping[str, float] = peers.WEIGHTS
) -> Beside:
    """Return the municipalities beside a place (its nearest in context, or those named) and their figures.

    Examples
    --------
    >>> from memokit.territory import place
    >>> found = beside(place("Mechelen", Term(2024)), Term(2024), ("Lier", "Aalst"))
    >>> [town[0] for town in found.towns], [offer.key for offer in found.offers]
    (['Lier', 'Aalst'], ['income', 'crime', 'road_accidents', 'farm_shops'])
    """
    try:
        group = peers.own(place, names) if names else peers.in_context(place, term, COUNT, weights)
    except MemokitError as error:
        return Beside(place.name, " ".join(f"{p.message} {p.remedy}" for p in error.problems))
    shown = [peers.figures(key, place) for key in RATES]
    people = peers.figures("population", place).values
    far = group.distances or (None,) * len(group.towns)
    towns = tuple((t.name, d, _latest(people.get(t.code))) for t, d in zip(group.towns, far, strict=True))
    why = say(f"peers.who.{group.how}", g=group, towns=[town.name for town in group.towns])
    offers = tuple(offer for figure in shown if (offer := _offer(group, figure, term)))
    return Beside(place.name, why, towns, offers, tuple(filter(None, (_told(group, f, term) for f in shown))))


def _latest(values: Mapping[int, float] | None) -> float | None:
    return values[max(values)] if values else None


def _offer(group: peers.Group, shown: peers.Figures, term: Term) -> Offer | None:
    """Return a figure of one year for all that have it; None where ours or every other has none."""
    code = group.place.code
    year = max((y for y in shown.values.get(code, {}) if y <= term.end), default=0)
    known = {code: group.place.name} | {town.code: town.name for town in group.towns}
    values = {name: shown.values.get(c, {}).get(year) for c, name in known.items()}
    there = {name: value for name, value in values.items() if value is not None}
    if year == 0 or len(there) < 2:
        return None
    goal = int(facts.record(shown.key)["sdg"])
    source = f"{SOURCE}{shown.key}"
    return Offer(shown.key, shown.name, shown.unit, shown.decimals, goal, year, source, there)


def _told(group: peers.Group, shown: peers.Figures, term: Term) -> tuple[str, ...]:
    """Return a figure beside that of the others in sentences, its name first; nothing without a baseline."""
    try:
        found = peers.compare(group, shown, term)
    except MemokitError:
        return ()
    return (shown.name, *peers.words(found)[1:])


def middle(offer: Offer, own: str) -> tuple[float, float, float]:
    """Return the lowest, the middle and the highest value of the others.

    Examples
    --------
    >>> middle(Offer("x", "", "", 0, 1, 2020, "", {"A": 9, "B": 1, "C": 3, "D": 8}), "A")
    (1, 3, 8)
    """
    others = [value for name, value in offer.values.items() if name != own]
    return min(others), median(others), max(others)


def ranked(asked: Asked) -> Places:
    """Return between which places ours stands, over many ways to compute it.

    A figure runs from the value furthest from what is wanted (0) to the target, or without one to the value
    nearest to it (100). Goals are weighed; a goal that weighs 0 does not count.

    Examples
    --------
    >>> one = Offer("x", "X", "", 0, 1, 2020, "", {"A": 10.0, "B": 20.0, "C": 30.0})
    >>> [ranked(Asked("A", (one,), (Wish("x", way),))).low for way in ("", "higher", "lower")]
    [None, 3, 1]
    """
    weights = dict(asked.weights)
    offers = {offer.key: offer for offer in asked.offers}
    wanted = [w for w in asked.wishes if w.direction and weights.get(offers[w.key].goal, 1) > 0]
    posts = {wish.key: _posts(offers[wish.key], wish) for wish in wanted}
    counted = tuple(key for key, (worst, best) in posts.items() if worst != best)
    flat = tuple(key for key in posts if key not in counted)
    if not counted:
        _warm()
        return Places(None, None, 0, "", (), flat)
    used = [offers[key] for key in counted]
    return _places(asked.own, used, [posts[key] for key in counted], weights, flat)


def _posts(offer: Offer, wish: Wish) -> tuple[float, float]:
    """Return worst and best; the same where nobody differs, or where all are beyond the target already."""
    low, high = min(offer.values.values()), max(offer.values.values())
    worst, best = (low, high) if wish.direction == "higher" else (high, low)
    target = best if wish.target is None else wish.target
    beyond = target <= worst if wish.direction == "higher" else target >= worst
    return worst, worst if beyond else target


def _places(
    own: str, offers: list[Offer], posts: list[tuple[float, float]], weights: Mapping[int, float],
    flat: tuple[str, ...],
) -> Places:  # fmt: skip
    rows = [(town, o.key, o.year, value) for o in offers for town, value in o.values.items()]
    observed = dict(zip(("municipality", "indicator", "year", "value"), zip(*rows, strict=True), strict=True))
    goals = [str(offer.goal) for offer in offers]
    catalogue = {
        "indicator": [offer.key for offer in offers], "goal": goals,
        "worst": [worst for worst, _ in posts], "best": [best for _, best in posts],
    }  # fmt: skip
    recipe = Recipe(goal_weights={goal: weights.get(int(goal), 1) for goal in goals})
    found = robustness(score({k: list(v) for k, v in observed.items()}, catalogue, recipe), REPLICATIONS)
    at = list(found.ranks["municipality"]).index(own)
    n = int(found.ranks["nominal"].notna().sum())
    low, high = int(found.ranks["low"][at] // 1), -int(-found.ranks["high"][at] // 1)
    sentence = str(found.words["sentence"][at])
    drawing = _drawn(((say("page_compare.places.row"), low, high, n),))
    return Places(low, high, n, sentence, tuple(offer.key for offer in offers), flat, drawing)


def _warm() -> None:
    """Have everything at hand, so that the first real question does not wait for it."""
    import pandas  # noqa: F401

    _drawn(())


def _drawn(rows: Rows) -> str:
    return figures.svg(Figure("places", "places", "", "", (), rows), 120)
