"""What records say about each other: rules from a dossier to problems, each with file, row and column.

Two questions are asked by the evaluation too, so they stand here once: does a negative verdict rest on a
search and a question (`searched_and_asked`), and does a source prove what is claimed (`proves`)? A source
fits the claim or it does not: a decision shows that something was decided, not that it was done.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Literal

from memokit.cells import labels, nearest
from memokit.fields import Record
from memokit.folder import Dossier
from memokit.problems import Problem, Severity
from memokit.records import TABLES, Assessment, Settings
from memokit.rows import file_of, heads

Claim = Literal["decided", "spent", "carried_out", "result"]

NEGATIVE_STATUS = frozenset({"not_started", "stopped"})
NEGATIVE_ANSWER = frozenset({"no", "none", "never", "0"})
CLAIMING_STATUS = frozenset({"achieved", "mostly", "partly", "underway"})
NEEDS_REASON = frozenset({"partly", "underway", "not_started", "stopped"})
WEAK = frozenset({"website", "press", "own_observation", "testimony"})
TOGETHER = WEAK | {"statement"}
PROOF: dict[str, frozenset[str]] = {
    "decided": frozenset({"decision"}),
    "spent": frozenset({"account", "confirmation"}),
    "carried_out": frozenset({"report", "rules", "contract"}),
    "result": frozenset({"count", "statistics"}),
}
MOST_ACTIONS, MOST_WORDS = 12, 150


def searched_and_asked(dossier: Dossier, source_ids: Iterable[str]) -> bool:
    """Tell whether one of the sources says where was searched, when, and when the municipality was asked.

    Examples
    --------
    >>> from memokit.records import Source
    >>> search = Source(id_="B1", kind="search", title="x", searched_in="plan", searched_on="2024-02-01")
    >>> asked = search.model_copy(update={"asked_on": "2024-02-05"})
    >>> [searched_and_asked(_example(s), ["B1"]) for s in (search, asked)]
    [False, True]
    """
    sources = (dossier.source(id_) for id_ in source_ids)
    return any(
        s is not None and s.kind == "search" and bool(s.searched_in and s.searched_on and s.asked_on)
        for s in sources
    )


def proves(dossier: Dossier, source_ids: Iterable[str], claim: Claim) -> bool:
    """Tell whether sources show what is claimed; two weaker ones of different kinds show that it was done.

    Examples
    --------
    >>> from memokit.records import Source
    >>> two = _example(*(Source(id_=kind, kind=kind, title="x") for kind in ("press", "testimony")))
    >>> proves(two, ["press"], "carried_out"), proves(two, ["press", "testimony"], "carried_out")
    (False, True)
    """
    kinds = {source.kind for id_ in source_ids if (source := dossier.source(id_)) is not None}
    if kinds & PROOF[claim]:
        return True
    return claim == "carried_out" and len(kinds & TOGETHER) >= 2


def _example(*sources: Record) -> Dossier:
    from pathlib import Path

    return Dossier(Path(), Settings(municipality="11002"), {"sources": sources})


def check_dossier(dossier: Dossier) -> list[Problem]:
    """Return what every rule finds."""
    return [problem for rule in RULES for problem in rule(dossier)]


def _at(
    dossier: Dossier, record: Record, field: str, code: str, severity: Severity = "warning", **rest: Any
) -> Problem:
    """Return a problem at the cell of one field of a record."""
    return Problem(
        code,
        severity,
        file=file_of(record.table),
        row=dossier.row_of(record),
        column=heads(type(record))[field],
        **rest,
    )


def _label(choices: str, value: str) -> str:
    return labels(choices)[value]


def _everything(dossier: Dossier) -> Iterator[Record]:
    yield dossier.settings
    for model in TABLES:
        yield from dossier.table(model.table)


def _known(dossier: Dossier, table: str) -> tuple[str, ...] | None:
    """Return the ids of a table, also of rows with an error; None when its file cannot be read."""
    if table not in dossier.records:
        return None
    broken = (id_ for name, id_ in sorted(dossier.kept_out) if name == table)
    return (*(record.id for record in dossier.table(table)), *broken)


def _sources_exist(dossier: Dossier) -> Iterator[Problem]:
    known = _known(dossier, "sources")
    for record in _everything(dossier) if known is not None else ():
        for field, cell in record.cells().items():
            for id_ in getattr(record, field) if cell.kind == "sources" else ():
                if id_ not in (known or ()):
                    near = nearest(id_, known or ())
                    yield _at(dossier, record, field, "source-missing", "error", found=id_, choices=near)


def _codes_exist(dossier: Dossier) -> Iterator[Problem]:
    codes = _known(dossier, "plan")
    if codes is None:
        return
    for item in dossier.plan:
        if item.parent and item.parent not in codes:
            yield _at(dossier, item, "parent", "parent-missing", "error", found=item.parent)
    asked: list[tuple[Record, str, str]] = [(one, "action", one.action) for one in dossier.assessments]
    asked += [(event, "actions", code) for event in dossier.context for code in event.actions]
    for record, field, code in asked:
        if code not in codes:
            near = nearest(code, codes)
            yield _at(dossier, record, field, "unknown-action", "error", found=code, choices=near)


def _questions_exist(dossier: Dossier) -> Iterator[Problem]:
    from memokit import catalogue

    own = {row.id_ for row in dossier.own_indicators}
    known = {
        "criterion": {*catalogue.indicators(), *own},
        "line": {row["key"] for row in catalogue.plan_check()},
        "rung": {row["key"] for row in catalogue.ladder()},
    }
    for record in (*dossier.answers, *dossier.plan_lines, *dossier.rungs):
        field = record.key[0]
        if record.id not in known[field]:
            yield _at(dossier, record, field, "unknown-question", found=record.id)


def _negative_verdicts(dossier: Dossier) -> Iterator[Problem]:
    """A negative verdict needs a search and a question; until then it is shown as not known."""

    def needed(
        record: Record, field: str, ids: Iterable[str], choices: str, instead: str
    ) -> Iterator[Problem]:
        if not searched_and_asked(dossier, ids):
            found = _label(choices, getattr(record, field))
            yield _at(dossier, record, field, "verdict-without-search", found=found, expected=instead)

    unclear, unknown = _label("status", "unclear"), _label("answer", "unknown")
    for judged in dossier.assessments:
        if judged.status in NEGATIVE_STATUS:
            yield from needed(judged, "status", judged.sources, "status", unclear)
    for answer in dossier.answers:
        if answer.now in NEGATIVE_ANSWER:
            yield from needed(answer, "now", answer.sources_now, "answer", unknown)
    for line in dossier.plan_lines:
        if line.answer == "no":
            yield from needed(line, "answer", line.sources, "yes_no_unknown", unknown)


def _claims(dossier: Dossier) -> Iterator[Problem]:
    """What is said to be done needs a source that fits."""
    for judged in dossier.assessments:
        found = _label("status", judged.status)
        kinds = {source.kind for id_ in judged.sources if (source := dossier.source(id_)) is not None}
        weak = bool(kinds) and kinds <= WEAK and not proves(dossier, judged.sources, "carried_out")
        if judged.status in CLAIMING_STATUS and not judged.sources:
            yield _at(dossier, judged, "sources", "verdict-without-source", found=found)
        elif judged.status == "achieved" and weak:
            yield _at(dossier, judged, "sources", "claim-beyond-source", "note", found=found)
        measured = judged.result in {"better", "same", "worse"}
        if measured and not proves(dossier, judged.result_sources, "result"):
            word = _label("result", judged.result)
            yield _at(dossier, judged, "result_sources", "result-without-count", found=word)


def _figures(dossier: Dossier) -> Iterator[Problem]:
    for amount in dossier.amounts:
        told = (amount.planned_first, amount.planned_last, amount.spent)
        if not amount.sources and any(value is not None for value in told):
            yield _at(dossier, amount, "sources", "figure-without-source")
    for figure in dossier.figures:
        told = (figure.value, figure.numerator, figure.denominator)
        if not figure.sources and any(value is not None for value in told):
            yield _at(dossier, figure, "sources", "figure-without-source")
    settings = dossier.settings
    if settings.plan_actions is not None and not settings.plan_sources:
        yield _at(dossier, settings, "plan_sources", "figure-without-source")
    counted = settings.advices_given is not None or settings.advices_answered is not None
    if counted and not settings.advices_sources:
        yield _at(dossier, settings, "advices_sources", "figure-without-source")


# Of each table, which date cannot lie before which.
_ORDER = {
    "sources": (("asked_on", "answered_on"),),
    "advices": (("given_on", "answered_on"),),
    "settings": (
        ("fact_check_from", "fact_check_until"),
        ("reply_asked_on", "reply_due"),
        ("reply_asked_on", "reply_received_on"),
    ),
}
_DONE_BY_THEN = {
    "sources": ("searched_on", "asked_on", "answered_on", "consulted_on"),
    "advices": ("given_on",),
}


def before(first: str, second: str) -> bool:
    """Tell whether a date lies before another, as far as both are precise.

    Examples
    --------
    >>> before("2023", "2024-02-01"), before("2024-02", "2024-02-01"), before("", "2024")
    (True, False, False)
    """
    shared = min(len(first), len(second))
    return bool(shared) and first[:shared] < second[:shared]


def _dates(dossier: Dossier) -> Iterator[Problem]:
    on = dossier.settings.date
    for record in (dossier.settings, *dossier.sources, *dossier.advices):
        for early, late in _ORDER[record.table]:
            first, second = getattr(record, early), getattr(record, late)
            if before(second, first):
                yield _at(dossier, record, late, "dates-reversed", "error", found=second, expected=first)
        for field in _DONE_BY_THEN.get(record.table, ()):
            if before(on, getattr(record, field)):
                found = getattr(record, field)
                yield _at(dossier, record, field, "date-after-dossier", found=found, expected=on)


def _years(dossier: Dossier) -> Iterator[Problem]:
    term = dossier.term
    first, last = term.start, max(term.end, term.plan[1])
    for amount in dossier.amounts:
        if not first <= amount.year <= last:
            span = f"{first}-{last}"
            yield _at(dossier, amount, "year", "year-outside-term", found=str(amount.year), expected=span)
    for item in dossier.plan:
        if item.first_year and item.last_year and item.last_year < item.first_year:
            start, end = str(item.first_year), str(item.last_year)
            yield _at(dossier, item, "last_year", "years-reversed", "error", found=start, expected=end)


def _later(dossier: Dossier) -> Iterator[Problem]:
    starts = {item.code: item.first_year for item in dossier.plan}
    for judged in dossier.assessments:
        start = starts.get(judged.action)
        if judged.status != "later" or judged.action not in starts:
            continue
        if start is None:
            yield _at(dossier, judged, "status", "later-without-year")
        elif start <= dossier.term.end:
            yield _at(dossier, judged, "status", "later-already-due", found=str(start))


def _judging(dossier: Dossier) -> Iterator[Problem]:
    for judged in dossier.assessments:
        if judged.status in NEEDS_REASON and not judged.reason:
            found = _label("status", judged.status)
            yield _at(dossier, judged, "reason", "reason-missing", "note", found=found)
        if not _is_judge(judged):
            # Without what was found: a name may not come into a message.
            yield _at(dossier, judged, "judge", "judge-is-name", "error")


def _is_judge(judged: Assessment) -> bool:
    return bool(re.fullmatch(r"raad|lid [1-9]\d?", judged.judge.strip().casefold()))


def _writing(dossier: Dossier) -> Iterator[Problem]:
    for point in dossier.points:
        if point.kind == "promise" and point.promise_from in {"", "none"}:
            yield _at(dossier, point, "promise_from", "promise-without-origin", "error", found=point.title)
    chosen = [item for item in dossier.plan if item.level == "action" and item.solidarity == "yes"]
    if len(chosen) > MOST_ACTIONS:
        first, most = chosen[MOST_ACTIONS], str(MOST_ACTIONS)
        yield _at(dossier, first, "solidarity", "many-actions", "note", found=str(len(chosen)), expected=most)
    for reply in dossier.replies:
        words = len(reply.text.split())
        if words > MOST_WORDS:
            most = str(MOST_WORDS)
            yield _at(dossier, reply, "text", "reply-too-long", found=str(words), expected=most)
    if dossier.settings.sender == "council" and not dossier.settings.recognised_by:
        yield _at(dossier, dossier.settings, "recognised_by", "recognition-missing", "note")


RULES: tuple[Callable[[Dossier], Iterator[Problem]], ...] = (
    _sources_exist,
    _codes_exist,
    _questions_exist,
    _negative_verdicts,
    _claims,
    _figures,
    _dates,
    _years,
    _later,
    _judging,
    _writing,
)
