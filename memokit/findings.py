"""Rules: measures → findings. A finding is a kind, a subject, keys and numbers, with its sources; no prose.

Strengths come first. Promises that are still open and wishes of the council are two kinds that are never
mixed or ranked together: only what the municipality committed to can be "nog niet uitgevoerd".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from memokit import catalogue
from memokit.checks import searched_and_asked
from memokit.dossier import Dossier
from memokit.measures import Measures
from memokit.measures.actions import OPEN
from memokit.measures.agenda import NEGATIVE
from memokit.records import Point, values_of
from memokit.texts import NBSP

Kind = Literal["strength", "achieved", "promise_open", "wish", "changed", "more_relevant", "sdg", "own"]
GAPS_IN_TEXT = 3
THANKS_IN_TEXT = 5


@dataclass(frozen=True)
class Finding:
    """One thing that the evaluation says.

    Parameters
    ----------
    id
        Made from kind, subject and term, never from numbers or order: a rewritten sentence keeps its place.
    rule
        Which rule found it: the key of its sentence.
    certainty
        `proven` (the source shows it), `word` (somebody's word), `opinion` (the council's own).
    chosen
        Whether it stands in the text of two pages; the rest goes to the annex.
    """

    id: str
    kind: Kind
    subject: str
    rule: str
    values: Mapping[str, Any] = field(default_factory=dict)
    sources: tuple[str, ...] = ()
    certainty: Literal["proven", "word", "opinion"] = "proven"
    chosen: bool = True


def find(measures: Measures) -> tuple[Finding, ...]:
    """Return all findings of a term, kind by kind, in the order of the plan and of the catalogue."""
    dossier = measures.dossier
    if dossier is None:
        return tuple(_changes(measures))
    return (
        *_capped(_strengths(measures, dossier), THANKS_IN_TEXT),
        *_achieved(measures),
        *_capped(_promises(measures, dossier), GAPS_IN_TEXT),
        *_capped(_wishes(measures, dossier), GAPS_IN_TEXT),
        *_changes(measures),
        *_more_relevant(measures),
        *_sdg(measures),
        *_own_part(measures, dossier),
    )


def of_kind(findings: Iterable[Finding], kind: Kind, chosen: bool | None = None) -> tuple[Finding, ...]:
    """Return the findings of one kind, all of them or only those that are (not) chosen for the text."""
    return tuple(f for f in findings if f.kind == kind and (chosen is None or f.chosen == chosen))


def _capped(findings: Iterable[Finding], most: int) -> Iterator[Finding]:
    """Keep the first findings in the text. Points that the council put forward come first as they stand."""
    listed = list(findings)
    points = [f for f in listed if f.rule == "point"]
    for i, finding in enumerate([*points, *(f for f in listed if f.rule != "point")]):
        yield replace(finding, chosen=i < most if not points else i < most and finding.rule == "point")


def _make(measures: Measures, kind: Kind, subject: str, rule: str, **more: Any) -> Finding:
    return Finding(f"{kind}.{subject}.{measures.term.election}", kind, subject, rule, **more)


def _points(measures: Measures, dossier: Dossier, which: str, kind: Kind) -> Iterator[Finding]:
    for point in dossier.points:
        if point.kind == which and _may_be_said(dossier, point):
            yield _make(
                measures,
                kind,
                point.subject or point.title,
                "point",
                values=values_of(point),
                sources=point.sources,
                certainty="proven" if point.sources else "opinion",
            )


def _may_be_said(dossier: Dossier, point: Point) -> bool:
    """A promise needs a place where it was made, and a search and a question or a judged action."""
    if point.kind != "promise":
        return True
    judged = any(a.action == point.subject for a in dossier.assessments)
    return point.promise_from not in {"", "none"} and (judged or searched_and_asked(dossier, point.sources))


def _strengths(measures: Measures, dossier: Dossier) -> Iterator[Finding]:
    yield from _points(measures, dossier, "thanks", "strength")
    assert measures.agenda is not None
    for criterion in measures.agenda.criteria:
        better = (criterion.score_now or 0) > (criterion.score_then or 0)
        holds = catalogue.holds(criterion.indicator.id, criterion.now)  # "gedeeltelijk" is not yet "ja"
        if criterion.score_then is not None and better and holds and criterion.answer.sources_now:
            yield _make(
                measures,
                "strength",
                criterion.indicator.id,
                "criterion_better",
                values={
                    "statement": criterion.indicator.statement_yes,
                    "then": criterion.then,
                    "now": criterion.now,
                    "name": criterion.indicator.name,
                },
                sources=criterion.answer.sources_now,
            )


def plan_strengths(dossier: Dossier) -> tuple[dict[str, Any], ...]:
    """Return the lines of the plan check that were answered yes, with page and sources (fairness.md 14)."""
    words = {row["key"]: row for row in catalogue.rows("plan_check")}
    return tuple(
        {**words[line.line], "page": line.page.replace(" ", NBSP), "note": line.note, "sources": line.sources}
        for line in dossier.plan_lines
        if line.answer == "yes" and line.line in words and (line.page or line.sources)
    )


def _achieved(measures: Measures) -> Iterator[Finding]:
    for action in measures.actions:
        if action.status in {"achieved", "mostly"}:
            yield _make(
                measures,
                "achieved",
                action.code,
                action.status,
                values={"title": action.item.title, "line": action.line},
                sources=action.sources,
                certainty="proven" if action.certainty == "proven" else "word",
            )


def _promises(measures: Measures, dossier: Dossier) -> Iterator[Finding]:
    yield from _points(measures, dossier, "promise", "promise_open")
    told = {point.subject for point in dossier.points if point.kind == "promise"}
    for action in measures.actions:
        if action.status in OPEN and action.promised and action.code not in told:
            yield _make(
                measures,
                "promise_open",
                action.code,
                "action",
                values={
                    "title": action.item.title,
                    "status": action.status,
                    "line": action.line,
                    "reason": action.reason,
                    "promise_from": action.item.promise_from,
                },
                sources=action.sources,
            )


def _wishes(measures: Measures, dossier: Dossier) -> Iterator[Finding]:
    yield from _points(measures, dossier, "wish", "wish")
    assert measures.agenda is not None
    told = {point.subject for point in dossier.points}
    for criterion in measures.agenda.criteria:
        known = criterion.indicator
        if criterion.in_use and criterion.now in NEGATIVE and known.id not in told:
            yield _make(
                measures,
                "wish",
                known.id,
                "criterion",
                values={
                    "title": known.statement_no,
                    "why": known.why,
                    "ask": known.ask,
                    "target_by": criterion.target_by,
                },
                sources=criterion.answer.sources_now,
            )


def _changes(measures: Measures) -> Iterator[Finding]:
    for figure in measures.figures:
        if figure.change is not None:
            yield _make(measures, "changed", figure.key, "figure", values={"figure": figure})


def _more_relevant(measures: Measures) -> Iterator[Finding]:
    for action in measures.actions:
        if action.relevance in {"more", "less"}:
            yield _make(
                measures,
                "more_relevant",
                action.code,
                action.relevance,
                values={"title": action.item.title},
                certainty="opinion",
            )


def _sdg(measures: Measures) -> Iterator[Finding]:
    agenda = measures.agenda
    assert agenda is not None
    if agenda.level is not None:
        yield _make(
            measures,
            "sdg",
            "level",
            "level",
            values={"level": agenda.level},
            sources=agenda.level_sources,
            certainty="opinion",
        )
    for item in agenda.label_only:
        yield _make(
            measures, "sdg", item.code, "label_only", values={"title": item.title}, sources=item.sources
        )


def _own_part(measures: Measures, dossier: Dossier) -> Iterator[Finding]:
    yield from _capped(_points(measures, dossier, "own", "own"), GAPS_IN_TEXT)
