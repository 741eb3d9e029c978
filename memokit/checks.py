"""What records say about each other: rules from a dossier to problems, each with file, row and column.

Two questions are asked by the evaluation too, so they stand here once: does a negative verdict rest on a
search and a question (`searched_and_asked`), and does a source prove what is claimed (`proves`)? A source
fits the claim or it does not: a decision shows that something was decided, not that it was done.

A rule looks at one record and names in `column` the field that is wrong; `check_dossier` adds the place.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Literal

from memokit.cells import labels, nearest
from memokit.fields import Record
from memokit.folder import Dossier
from memokit.problems import Problem, Severity
from memokit.records import Amount, Assessment, PlanItem, Point, Reply, Settings
from memokit.rows import file_of, heads

Claim = Literal["decided", "spent", "carried_out", "result"]
Found = Iterator[Problem]

CLAIMING_STATUS = frozenset({"achieved", "mostly", "partly", "underway"})
NEEDS_REASON = frozenset({"partly", "underway", "not_started", "stopped"})
WEAK = frozenset({"website", "press", "own_observation", "testimony"})
TOGETHER = WEAK | {"statement"}
PROOF: dict[Claim, set[str]] = {
    "decided": {"decision"}, "spent": {"account", "confirmation"},
    "carried_out": {"report", "rules", "contract"}, "result": {"count", "statistics"},
}
MOST_ACTIONS, MOST_WORDS = 12, 150
_JUDGE = re.compile(r"raad|lid [1-9]\d?")


def searched_and_asked(dossier: Dossier, source_ids: Iterable[str]) -> bool:
    """Tell whether one of the sources says where was searched, when, and when the municipality was asked.

    Examples
    --------
    >>> from pathlib import Path
    >>> from memokit.records import Source
    >>> search = Source(id_="B1", kind="search", title="x", searched_in="plan", searched_on="2024-02-01")
    >>> asked = search.model_copy(update={"asked_on": "2024-02-05"})
    >>> town = Settings(municipality="11002")
    >>> [searched_and_asked(Dossier(Path(), town, {"sources": (s,)}), ["B1"]) for s in (search, asked)]
    [False, True]
    """
    sources = [source for id_ in source_ids if (source := dossier.source(id_)) is not None]
    return any(s.kind == "search" and bool(s.searched_in and s.searched_on and s.asked_on) for s in sources)


def proves(dossier: Dossier, source_ids: Iterable[str], claim: Claim) -> bool:
    """Tell whether sources show what is claimed; two weaker ones of different kinds show that it was done.

    Examples
    --------
    >>> from pathlib import Path
    >>> from memokit.records import Source
    >>> sources = tuple(Source(id_=kind, kind=kind, title="x") for kind in ("press", "testimony"))
    >>> two = Dossier(Path(), Settings(municipality="11002"), {"sources": sources})
    >>> proves(two, ["press"], "carried_out"), proves(two, ["press", "testimony"], "carried_out")
    (False, True)
    """
    kinds = _kinds(dossier, source_ids)
    return bool(kinds & PROOF[claim]) or (claim == "carried_out" and len(kinds & TOGETHER) >= 2)


def _kinds(dossier: Dossier, source_ids: Iterable[str]) -> set[str]:
    return {source.kind for id_ in source_ids if (source := dossier.source(id_)) is not None}


def check_dossier(dossier: Dossier) -> list[Problem]:
    """Return what every rule finds, record by record."""
    known = _known(dossier)
    found = []
    for record in dossier.everything():
        wrong = [*_references(record, known), *(each for rule in RULES for each in rule(dossier, record))]
        found += [_placed(dossier, record, problem) for problem in wrong]
    chosen = [item for item in dossier.plan if item.level == "action" and item.solidarity == "yes"]
    if len(chosen) > MOST_ACTIONS:
        most, many = str(MOST_ACTIONS), str(len(chosen))
        problem = Problem("many-actions", "note", column="solidarity", found=many, expected=most)
        found.append(_placed(dossier, chosen[MOST_ACTIONS], problem))
    return found


def _placed(dossier: Dossier, record: Record, problem: Problem) -> Problem:
    """Return a problem with the place of a record, its field as the head of the file."""
    column = heads(type(record))[problem.column]
    return replace(problem, file=file_of(record.table), row=dossier.row_of(record), column=column)


# -- what fields refer to -----------------------------------------------------------------------------------

# The fields that name something of a list, the list, and what is wrong when it does not stand there.
_REFERENCES = {
    ("plan", "parent"): ("plan", "parent-missing"),
    ("assessments", "action"): ("plan", "unknown-action"),
    ("context", "actions"): ("plan", "unknown-action"),
    ("answers", "criterion"): ("answers", "unknown-question"),
    ("plan_check", "line"): ("plan_check", "unknown-question"),
    ("agenda", "rung"): ("agenda", "unknown-question"),
}


def _known(dossier: Dossier) -> dict[str, Collection[str]]:
    """Return the names that fields can refer to, by list; a table that cannot be read has none."""
    from memokit import catalogue

    known: dict[str, Collection[str]] = {
        "answers": {*catalogue.indicators(), *(own.id_ for own in dossier.own_indicators),
                    *(row["id"] for row in catalogue.fair_trade())},
        "plan_check": {row["key"] for row in catalogue.plan_check()},
        "agenda": {row["key"] for row in catalogue.ladder()},
    }
    for table in {"plan", "sources"} & set(dossier.records):
        # Rows with an error are there too.
        broken = [id_ for name, id_ in sorted(dossier.kept_out) if name == table]
        known[table] = dict.fromkeys([*(record.id for record in dossier.table(table)), *broken])
    return known


def _references(record: Record, known: Mapping[str, Collection[str]]) -> Found:
    for field, cell in record.cells().items():
        usual = ("sources", "source-missing") if cell.kind == "sources" else ("", "")
        table, code = _REFERENCES.get((record.table, field), usual)
        if table not in known:
            continue
        value = getattr(record, field)
        for name in (value,) if isinstance(value, str) else value:
            if name and name not in known[table]:
                severity: Severity = "warning" if code == "unknown-question" else "error"
                near = nearest(name, [*known[table]])
                yield Problem(code, severity, column=field, found=name, choices=near)


# -- verdicts and figures -----------------------------------------------------------------------------------

# The field with a verdict, which verdicts are negative, their sources, and what is shown without a search.
_VERDICTS = {
    "assessments": ("status", {"not_started", "stopped"}, "sources", "unclear"),
    "answers": ("now", {"no", "none", "never", "0"}, "sources_now", "unknown"),
    "plan_check": ("answer", {"no"}, "sources", "unknown"),
}
# The sources that figures need.
_FIGURES: dict[str, dict[str, tuple[str, ...]]] = {
    "amounts": {"sources": ("planned_first", "planned_last", "spent")},
    "figures": {"sources": ("value", "numerator", "denominator")},
    "settings": {"plan_sources": ("plan_actions",), "advices_sources": ("advices_given", "advices_answered")},
}


def _negative_verdict(dossier: Dossier, record: Record) -> Found:
    """A negative verdict needs a search and a question; until then it is shown as not known."""
    if record.table not in _VERDICTS:
        return
    field, negative, sources, instead = _VERDICTS[record.table]
    verdict = getattr(record, field)
    if verdict in negative and not searched_and_asked(dossier, getattr(record, sources)):
        words = labels(record.cells()[field].choices)
        found, shown = words[verdict], words[instead]
        yield Problem("verdict-without-search", "warning", column=field, found=found, expected=shown)


def _figures(dossier: Dossier, record: Record) -> Found:
    for sources, figures in _FIGURES.get(record.table, {}).items():
        told = any(getattr(record, figure) is not None for figure in figures)
        if told and not getattr(record, sources):
            yield Problem("figure-without-source", "warning", column=sources)


def _claims(dossier: Dossier, judged: Record) -> Found:
    """What is said to be done needs a source that fits."""
    if not isinstance(judged, Assessment):
        return
    status, kinds = labels("status")[judged.status], _kinds(dossier, judged.sources)
    weak = bool(kinds) and kinds <= WEAK and not proves(dossier, judged.sources, "carried_out")
    if judged.status in CLAIMING_STATUS and not judged.sources:
        yield Problem("verdict-without-source", "warning", column="sources", found=status)
    elif judged.status == "achieved" and weak:
        yield Problem("claim-beyond-source", "note", column="sources", found=status)
    if judged.result in {"better", "same", "worse"} and not proves(dossier, judged.result_sources, "result"):
        word = labels("result")[judged.result]
        yield Problem("result-without-count", "warning", column="result_sources", found=word)


# -- dates and years ----------------------------------------------------------------------------------------

# Before which other dates a date cannot lie, and which dates are over by the date of the dossier.
_ORDER: dict[str, dict[str, str]] = {
    "sources": {"answered_on": "asked_on"},
    "advices": {"answered_on": "given_on"},
    "settings": {
        "fact_check_until": "fact_check_from", "reply_due": "reply_asked_on",
        "reply_received_on": "reply_asked_on",
    },
}
_DONE_BY_THEN = {
    "sources": ("searched_on", "asked_on", "answered_on", "consulted_on"), "advices": ("given_on",),
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


def _dates(dossier: Dossier, record: Record) -> Found:
    for late, early in _ORDER.get(record.table, {}).items():
        first, second = getattr(record, early), getattr(record, late)
        if before(second, first):
            yield Problem("dates-reversed", column=late, found=second, expected=first)
    on = dossier.settings.date
    for field in _DONE_BY_THEN.get(record.table, ()):
        if before(on, found := getattr(record, field)):
            yield Problem("date-after-dossier", "warning", column=field, found=found, expected=on)


def _years(dossier: Dossier, record: Record) -> Found:
    term = dossier.term
    first, last = term.start, max(term.end, term.plan[1])
    match record:
        case Amount(year=year) if not first <= year <= last:
            span = f"{first}-{last}"
            yield Problem("year-outside-term", "warning", column="year", found=str(year), expected=span)
        case PlanItem(first_year=int(start), last_year=int(end)) if end < start:
            yield Problem("years-reversed", column="last_year", found=str(start), expected=str(end))
        case Assessment(status="later", action=code):
            match dossier.by_key.get(("plan", code)):
                case PlanItem(first_year=None):
                    yield Problem("later-without-year", "warning", column="status")
                case PlanItem(first_year=int(start)) if start <= term.end:
                    yield Problem("later-already-due", "warning", column="status", found=str(start))


# -- what the council writes --------------------------------------------------------------------------------


def _reasons(dossier: Dossier, record: Record) -> Found:
    match record:
        case Assessment(status=status, reason="") if status in NEEDS_REASON:
            yield Problem("reason-missing", "note", column="reason", found=labels("status")[status])
        case Point(kind="promise", promise_from="" | "none", title=title):
            yield Problem("promise-without-origin", column="promise_from", found=title)
        case Settings(sender="council", recognised_by=()):
            yield Problem("recognition-missing", "note", column="recognised_by")


def _words(dossier: Dossier, record: Record) -> Found:
    if isinstance(record, Reply) and (words := len(record.text.split())) > MOST_WORDS:
        most = str(MOST_WORDS)
        yield Problem("reply-too-long", "warning", column="text", found=str(words), expected=most)
    if isinstance(record, Assessment) and not _JUDGE.fullmatch(record.judge.strip().casefold()):
        # Without what was found: a name may not come into a message.
        yield Problem("judge-is-name", column="judge")


RULES = (_negative_verdict, _figures, _claims, _dates, _years, _reasons, _words)
