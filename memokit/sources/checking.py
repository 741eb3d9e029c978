"""Two columns that must agree: euro, and euro per inhabitant. What lost its zeros on the way is proven so.

An export that went through a program which took "250.000" for 250 has amounts that are 10, 100 or 1,000 times
too low. The other column and the inhabitants of that year prove it, row by row; what they do not prove stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np

from memokit import facts, territory
from memokit.sources.delivery import Parts, Repair
from memokit.sources.tabular import Floats, Table
from memokit.terms import Term

FACTORS = (10.0, 100.0, 1000.0)
ROUNDING = 0.0051  # euro per inhabitant has two decimals
SMALLEST = 0.05  # below it, rounding says too little
KNOWN, PROJECTED = 0.0005, 0.15  # how far the inhabitants can be off: published, or a forecast of theirs
LAST = 2025  # the last year of which we have the inhabitants
_TERMS = {2018: Term(2018), 2019: Term(2024), 2025: Term(2030)}


@cache
def inhabitants(code: str, borders: int, year: int) -> float:
    """Return the inhabitants on 1 January, NaN when unknown; for a later year those of the last one known.

    Examples
    --------
    >>> inhabitants("12025", 2025, 2018), inhabitants("12025", 2025, 2031) == inhabitants("12025", 2025, 2025)
    (86304.0, True)
    """
    if year < 2018:
        at = territory.parts(code, borders, 2025)[0] if territory.unchanged(code, borders, 2025) else ""
        return _before().get((at, year), float("nan"))
    found = facts.population(territory.place(code, _TERMS[borders]), min(year, LAST))
    return float("nan") if found is None or found.value is None else found.value


@cache
def _before() -> dict[tuple[str, int], float]:
    rows = territory.rows("population_before")
    return {(row["code"], int(row["year"])): float(row["value"]) for row in rows}


def fits(outlay: Floats, per_head: Floats, people: Floats, slack: Floats) -> np.ndarray:
    """Tell of each row whether euro and euro per inhabitant agree.

    Examples
    --------
    >>> people, slack = np.array([15000.0, 15000.0]), np.array([KNOWN, KNOWN])
    >>> fits(np.array([13200.0, 132.0]), np.array([0.88, 0.88]), people, slack).tolist()
    [True, False]
    """
    low = (np.abs(per_head) - ROUNDING) * people * (1 - slack)
    high = (np.abs(per_head) + ROUNDING) * people * (1 + slack)
    same_sign = (np.sign(outlay) == np.sign(per_head)) | (np.abs(per_head) < ROUNDING) | (outlay == 0)
    return (np.abs(outlay) >= low - 1) & (np.abs(outlay) <= high + 1) & same_sign  # type: ignore[no-any-return]


def repair(
    table: Table, parts: Parts, outlay: Floats, per_head: Floats, codes: Sequence[str], years: Sequence[int],
    borders: Sequence[int], fields: Sequence[str], head: str,
) -> Floats:
    """Return the amounts, with those repaired that the check proves to be a power of ten too low."""
    keys = list(zip(codes, borders, years, strict=True))
    people = np.array([inhabitants(*key) if key[0] else np.nan for key in keys], dtype=float)
    slack = np.where(np.array(years) > LAST, PROJECTED, KNOWN)
    testable = ~np.isnan(people) & ~np.isnan(outlay) & (np.abs(per_head) >= SMALLEST)
    good = fits(outlay, per_head, people, slack)
    if _swapped(outlay, per_head, people, slack, testable & ~good):
        table.tell("columns-swapped", None, head)
        return outlay
    proof = {factor: testable & ~good & fits(outlay * factor, per_head, people, slack) for factor in FACTORS}
    once = sum(found.astype(int) for found in proof.values()) == 1
    fixed = outlay.copy()
    for factor, found in proof.items():
        for i in map(int, np.flatnonzero(found & once)):
            fixed[i] = round(outlay[i] * factor, 2)
            place = (table.numbers[i], codes[i], years[i], fields[i])
            parts.repairs.append(Repair(*place, float(outlay[i]), float(fixed[i]), factor))
    parts.repairs.sort(key=lambda each: each.row)
    off = np.flatnonzero(testable & ~good & ~once)
    parts.doubtful |= {(years[i], fields[i]) for i in map(int, off)}
    wrong = [(int(i), f"{outlay[i]:.2f} / {per_head[i]:.2f}") for i in off]
    table.tell_each("per-inhabitant-off", wrong, head, severity="warning")
    if parts.repairs:
        table.tell("amounts-repaired", None, head, severity="warning", detail={"n": len(parts.repairs)})
    return fixed


def _swapped(outlay: Floats, per_head: Floats, people: Floats, slack: Floats, off: np.ndarray) -> bool:
    """Tell whether most rows agree once the two columns change places."""
    other = fits(per_head, outlay, people, slack) & (np.abs(per_head) > np.abs(outlay)) & off
    return bool(other.sum() >= 3 and other.sum() > 0.5 * max(int(off.sum()), 1))
