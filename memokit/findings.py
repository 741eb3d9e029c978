"""Rules: measures → findings. A finding is a kind, a subject, keys and numbers, with its sources; no prose.

Strengths come first. Promises that are still open and wishes of the council are two kinds that are never
mixed or ranked together: only what the municipality committed to can be "nog niet uitgevoerd".
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from memokit import catalogue
from memokit.checks import searched_and_asked
from memokit.dossier import Dossier, slug
from memokit.measures import Measures
from memokit.measures.actions import OPEN
from memokit.measures.agenda import NEGATIVE, CriterionMeasure
from memokit.records import Point, Wording
from memokit.texts import NBSP

Kind = Literal["strength", "achieved", "promise_open", "wish", "changed", "more_relevant", "sdg", "own"]
Certainty = Literal["proven", "word", "opinion"]
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
    certainty: Certainty = "proven"
    chosen: bool = True

    @property
    def passage(self) -> str:
        """The id of the passage that tells it: leaving that out leaves the finding out of the text."""
        kind, _, rest = self.id.partition(".")
        return passage_id(kind.removesuffix("_open"), rest.rpartition(".")[0])


def passage_id(kind: str, about: str) -> str:
    """Return the id of a passage: from what it is about, never from its order or its numbers.

    Examples
    --------
    >>> passage_id("promise", "AC-4.2.3")
    'promise-AC-4.2.3'
    >>> passage_id("own", "Op tijd adviseren")
    'own-op-tijd-adviseren-929ae1'
    """
    if re.fullmatch(r"[A-Za-z0-9._-]{1,30}", about):
        return f"{kind}-{about}"
    short = slug(about[:200])[:24].strip("-")
    return f"{kind}-{short}-{hashlib.sha256(about.encode()).hexdigest()[:6]}"


def find(measures: Measures) -> tuple[Finding, ...]:
    """Return all findings of a term, kind by kind, in the order of the plan and of the catalogue."""
    dossier = measures.dossier
    if dossier is None:
        return tuple(_changes(measures))
    words = (each for each in dossier.table("wordings") if isinstance(each, Wording))
    left_out = frozenset(each.passage for each in words if each.dropped == "yes")
    return (
        *_capped(_strengths(measures, dossier), THANKS_IN_TEXT, left_out),
        *_achieved(measures),
        *_capped(_promises(measures, dossier), GAPS_IN_TEXT, left_out),
        *_capped(_wishes(measures, dossier), GAPS_IN_TEXT, left_out),
        *_changes(measures),
        *_more_relevant(measures),
        *_sdg(measures),
        *_capped(_points(measures, dossier, "own", "own"), GAPS_IN_TEXT, left_out),
    )


def of_kind(findings: Iterable[Finding], kind: Kind, chosen: bool | None = None) -> tuple[Finding, ...]:
    """Return the findings of one kind, all of them or only those that are (not) chosen for the text."""
    return tuple(f for f in findings if f.kind == kind and (chosen is None or f.chosen == chosen))


def _capped(findings: Iterable[Finding], most: int, left_out: Collection[str]) -> Iterator[Finding]:
    """Keep the first findings in the text. Points that the council put forward come first as they stand.

    One that the council left out makes room for the next; it is still told in the annex.
    """
    listed = list(findings)
    points = [f for f in listed if f.rule == "point"]
    chosen = [f.id for f in points or listed if f.passage not in left_out][:most]
    for finding in (*points, *(f for f in listed if f.rule != "point")):
        yield replace(finding, chosen=finding.id in chosen)


def _make(
    measures: Measures, kind: Kind, subject: str, rule: str, values: Mapping[str, Any],
    sources: tuple[str, ...] = (), certainty: Certainty = "proven", about: str = "",
) -> Finding:
    name = f"{kind}.{about or subject}.{measures.term.election}"
    return Finding(name, kind, subject, rule, values, sources, certainty)


def _points(measures: Measures, dossier: Dossier, which: str, kind: Kind) -> Iterator[Finding]:
    same = Counter(point.subject or point.title for point in dossier.points if point.kind == which)
    for point in dossier.points:
        if point.kind == which and (which != "promise" or _still_open(measures, dossier, point)):
            certainty: Certainty = "proven" if point.sources else "opinion"
            subject = point.subject or point.title
            about = subject if same[subject] == 1 else f"{point.subject}|{point.title}"
            values = point.model_dump()
            yield _make(measures, kind, subject, "point", values, point.sources, certainty, about)


def _still_open(measures: Measures, dossier: Dossier, point: Point) -> bool:
    """Tell whether a promise may be called open: an action that was judged so, or a search and a question."""
    action = next((a for a in measures.actions if a.code == point.subject), None)
    if action is not None:
        return action.promised and action.status in OPEN
    return point.promise_from not in {"", "none"} and searched_and_asked(dossier, point.sources)


def _strengths(measures: Measures, dossier: Dossier) -> Iterator[Finding]:
    yield from _points(measures, dossier, "thanks", "strength")
    told = {point.subject for point in dossier.points if point.kind == "thanks"}
    for c in _criteria(measures):
        better = c.score_then is not None and (c.score_now or 0) > c.score_then
        holds = catalogue.holds(c.key, c.now)  # "gedeeltelijk" is not yet "ja"
        if better and holds and c.key not in told and c.answer.sources_now and c.answer.sources_then:
            values = {"statement": c.indicator.statement_yes, "then": c.then, "name": c.indicator.name}
            yield _make(measures, "strength", c.key, "criterion_better", values, c.answer.sources_now)


def _criteria(measures: Measures) -> tuple[CriterionMeasure, ...]:
    return measures.agenda.criteria if measures.agenda else ()


def plan_strengths(dossier: Dossier) -> tuple[dict[str, Any], ...]:
    """Return the lines of the plan check that were answered yes, with page and sources (fairness.md 14)."""
    words = {row["key"]: row for row in catalogue.rows("plan_check")}
    return tuple(
        {**words[line.line], "page": line.page.replace(" ", NBSP), "note": line.note, "sources": line.sources}
        for line in dossier.plan_lines
        if line.answer == "yes" and line.line in words and (line.page or line.sources)
    )


def _achieved(measures: Measures) -> Iterator[Finding]:
    for a in measures.actions:
        if a.status in {"achieved", "mostly"}:
            certainty: Certainty = "proven" if a.certainty == "proven" else "word"
            told = {"title": a.item.title, "line": a.line}
            yield _make(measures, "achieved", a.code, a.status, told, a.sources, certainty)


def _promises(measures: Measures, dossier: Dossier) -> Iterator[Finding]:
    yield from _points(measures, dossier, "promise", "promise_open")
    told = {point.subject for point in dossier.points if point.kind == "promise"}
    for a in measures.actions:
        if a.status in OPEN and a.promised and a.code not in told:
            values = {"title": a.item.title, "status": a.status, "line": a.line}
            yield _make(measures, "promise_open", a.code, "action", values, a.sources)


def _wishes(measures: Measures, dossier: Dossier) -> Iterator[Finding]:
    yield from _points(measures, dossier, "wish", "wish")
    told = {point.subject for point in dossier.points}
    for c in _criteria(measures):
        if c.in_use and c.now in NEGATIVE and c.key not in told:
            known = c.indicator
            told_by = {"why": known.why, "ask": known.ask, "target_by": c.target_by}
            values = {"title": known.statement_no, **told_by}
            yield _make(measures, "wish", c.key, "criterion", values, c.answer.sources_now)


def _changes(measures: Measures) -> Iterator[Finding]:
    for figure in measures.figures:
        if figure.change is not None:
            yield _make(measures, "changed", figure.key, "figure", {"figure": figure})


def _more_relevant(measures: Measures) -> Iterator[Finding]:
    for a in measures.actions:
        if a.relevance in {"more", "less"}:
            title = {"title": a.item.title}
            yield _make(measures, "more_relevant", a.code, a.relevance, title, certainty="opinion")


def _sdg(measures: Measures) -> Iterator[Finding]:
    agenda = measures.agenda
    if agenda is None:
        return
    if agenda.level is not None:
        level = {"level": agenda.level}
        yield _make(measures, "sdg", "level", "level", level, agenda.level_sources, "opinion")
    for item in agenda.label_only:
        yield _make(measures, "sdg", item.code, "label_only", {"title": item.title}, item.sources)
