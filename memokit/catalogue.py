"""What is asked and how it counts: indicators, themes, scales and word lists from `data/catalogue/`.

Every figure and every question of an evaluation stands in `indicators.csv`, with its target, whose target
that is and who can act on it. The Dutch words of the catalogue are data, like those in `texts`.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from memokit.resources import data_path

Row = Mapping[str, str]


@dataclass(frozen=True)
class Indicator:
    """One figure or question, with its words, its target and whose target that is.

    Parameters
    ----------
    kind
        `quantitative` (a number) or `qualitative` (an answer on a scale).
    name, question, statement_yes, statement_no, why, ask
        Dutch: noun phrase, question for the council, sentence when the answer is yes, heading of a wish,
        clause with "omdat", question for the municipality. Empty where it can never be needed.
    direction
        `higher`, `lower`, `closer` (to the target) or `context` (no arrow).
    baseline_rule
        `exists`, `ask` (the council must ask for it) or `not_yet` (did not exist in 2018).
    zero, target
        The values that count as 0 and 100; None where no number is known.
    basis
        `law`, `norm`, `norm_memoranda`, `own_proposal` (off until adopted) or `information` (never scored).
    competence
        `municipality`, `shared` or `higher`.
    in_use
        Whether it is scored unless the council decides otherwise.
    """

    id: str
    theme: str
    kind: str
    name: str
    question: str
    statement_yes: str
    statement_no: str
    why: str
    ask: str
    scale: str
    unit: str
    decimals: int
    direction: str
    goal: int
    sdg_target: str
    sdg_secondary: tuple[str, ...]
    baseline_rule: str
    zero: float | None
    target: float | None
    target_text: str
    basis: str
    target_basis: str
    competence: str
    source: str
    format: str
    evidence: str
    caveat: str
    prompt: tuple[str, ...]
    default: str
    in_use: bool

    @property
    def can_be_gap(self) -> bool:
        """Whether a low value may be called a gap, without a decision of the council."""
        return self.in_use and self.competence != "higher" and self.basis != "information"


@dataclass(frozen=True)
class Theme:
    """A part of the policy field that a council can switch on or off."""

    theme: str
    name: str
    default_on: bool
    scope: str
    question_if_off: str


@dataclass(frozen=True)
class ScaleValue:
    """One answer of a scale: its key, its Dutch label, and its score, or None when it says nothing."""

    scale: str
    value: str
    score: float | None
    label: str


@cache
def rows(table: str) -> tuple[Row, ...]:
    """Return the rows of one file of the catalogue, as text.

    Examples
    --------
    >>> rows("themes")[0]["name"]
    'Bestuurlijke verankering'
    """
    with data_path("catalogue", f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(";") if part.strip())


def _number(text: str) -> float | None:
    return float(text) if text else None


@cache
def indicators() -> Mapping[str, Indicator]:
    """Return every figure and question by id, in the order of the file.

    Examples
    --------
    >>> row = indicators()["IS13"]
    >>> row.target, row.basis, row.can_be_gap
    (1.0, 'norm_memoranda', True)
    >>> indicators()["IS41"].can_be_gap
    False
    """
    return {row["id"]: _indicator(row) for row in rows("indicators")}


def _indicator(row: Row) -> Indicator:
    typed: dict[str, Any] = {
        **row,
        "decimals": int(row["decimals"]),
        "goal": int(row["goal"]),
        "sdg_secondary": _parts(row["sdg_secondary"]),
        "zero": _number(row["zero"]),
        "target": _number(row["target"]),
        "prompt": _parts(row["prompt"]),
        "in_use": row["in_use"] == "yes",
    }
    return Indicator(**typed)


@cache
def themes() -> Mapping[str, Theme]:
    """Return the themes by letter.

    Examples
    --------
    >>> [letter for letter, theme in themes().items() if not theme.default_on]
    ['E', 'F', 'G']
    """
    typed: list[dict[str, Any]] = [
        {**row, "default_on": row["default_on"] == "yes"} for row in rows("themes")
    ]
    return {row["theme"]: Theme(**row) for row in typed}


@cache
def scale(name: str) -> Mapping[str, ScaleValue]:
    """Return the answers of one scale by key; each scale has `unknown` and `not_yet`, which score nothing.

    Examples
    --------
    >>> [answer.label for answer in scale("yes_partly_no").values()]
    ['ja', 'gedeeltelijk', 'nee', 'onbekend', 'bestond nog niet']
    """
    found = [row for row in rows("scales") if row["scale"] == name]
    if not found:
        raise KeyError(name)
    return {
        row["value"]: ScaleValue(name, row["value"], _number(row["score"]), row["label"]) for row in found
    }


def criteria() -> tuple[Indicator, ...]:
    """Return the questions of the whole questionnaire: all qualitative rows.

    Examples
    --------
    >>> len(criteria())
    23
    """
    return tuple(row for row in indicators().values() if row.kind == "qualitative")


@cache
def criteria_ids() -> frozenset[str]:
    """Return the ids of `criteria`.

    Examples
    --------
    >>> "IS01" in criteria_ids(), "IS13" in criteria_ids()
    (True, False)
    """
    return frozenset(row.id for row in criteria())


def core() -> tuple[Indicator, ...]:
    """Return the core questions: what a council answers on the first evening.

    Examples
    --------
    >>> len(core())
    12
    """
    return tuple(row for row in criteria() if row.default == "core")


def plan_check() -> tuple[Row, ...]:
    """Return the lines of the plan check: key, question, statement_yes, statement_no."""
    return rows("plan_check")


def ladder() -> tuple[Row, ...]:
    """Return the levels of SDG anchoring: level, key, question, statement, statement_dated, evidence.

    The level reached is the highest one such that it and all lower ones are answered yes with a source.
    """
    return rows("ladder")


def fair_trade() -> tuple[Row, ...]:
    """Return the criteria of Faire Gemeente: key, criterion, evidence, verified, source."""
    return rows("fair_trade")


def context_notes() -> tuple[Row, ...]:
    """Return ready context notes: key, year, kind, text, source, default, relates.

    A note without a year is a prompt for the council and is never printed.
    """
    return rows("context_notes")


def documents() -> tuple[Row, ...]:
    """Return the documents to ask for, in order: key, name with years to fill in, needed_for, why.

    Examples
    --------
    >>> documents()[2]["name"].format(baseline=2018, plan="2020–2025", account=2022)[:44]
    'jaarrekening 2018 en jaarrekening 2022, sche'
    """
    return rows("documents")


def roadmap() -> tuple[Row, ...]:
    """Return the steps of the roadmap: key, track, phase, text, minutes."""
    return rows("roadmap")


def first_evening() -> tuple[Row, ...]:
    """Return the steps of the first evening: order, time, minutes, text, page."""
    return rows("first_evening")


def score_of(indicator_id: str, value: str | float | None) -> float | None:
    """Return how far a value is on the way to the target, from 0 to 100.

    None means: nothing known, no number to measure with, or information only. Whether a score may be shown
    depends on `Indicator.in_use` and on what the council adopted.

    Raises
    ------
    KeyError
        The indicator or the answer does not exist.

    Examples
    --------
    >>> score_of("IS13", 0.64), score_of("IS01", "partly"), score_of("IS07", 3)
    (64.0, 50.0, 60.0)
    >>> score_of("IS01", "unknown"), score_of("IS14", 0.7)
    (None, None)
    """
    row = indicators()[indicator_id]
    answers = scale(row.scale)
    if value is None or value != value or row.basis == "information":  # NaN
        return None
    if isinstance(value, str):
        return answers[value].score
    if row.scale != "number":
        return answers[f"{value:g}"].score
    return _on_the_way(row, value)


def holds(indicator_id: str, value: str | None) -> bool:
    """Tell whether an answer is enough to print `statement_yes`: a partial answer never is.

    Examples
    --------
    >>> holds("IS01", "yes"), holds("IS01", "partly"), holds("IS07", "4"), holds("IS07", "3")
    (True, False, True, False)
    """
    row = indicators()[indicator_id]
    if row.kind != "qualitative" or value is None:
        return False
    answer = scale(row.scale)[value]
    if row.target is not None:
        return answer.score is not None and float(value) >= row.target
    return answer.score == 100


def _on_the_way(row: Indicator, value: float) -> float | None:
    if row.zero is None or row.target is None or row.direction == "context":
        return None
    span = row.target - row.zero
    done = 1 - abs(value - row.target) / abs(span) if row.direction == "closer" else (value - row.zero) / span
    return round(min(max(done, 0.0), 1.0) * 100, 10)
