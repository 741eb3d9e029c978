"""What we value, and what was achieved: thanks first, then every action by status, with its source."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from memokit.document import EVERY, FULL
from memokit.findings import Finding, of_kind, plan_strengths
from memokit.measures.actions import COUNTED, ActionMeasure
from memokit.narrative import pictures
from memokit.narrative.draft import Draft, value_label
from memokit.narrative.opening import breakdown
from memokit.texts import marked, say

IN_HANDOUT = 3
ANSWERED = "IS55"


def write_thanks(draft: Draft) -> None:
    """Write the strengths: first of the plan itself, then of what was done (fairness.md 14)."""
    draft.section("thanks")
    if draft.public:
        draft.write("thanks-none", "section.thanks.none_public", voice="todo")
        return
    lines = plan_strengths(draft.dossier)
    if lines:
        note = draft.source_note("plan-lines", [source for line in lines for source in line["sources"]])
        draft.write("thanks-plan", "section.thanks.plan", lines=lines, note=note)
    strengths = of_kind(draft.findings, "strength", True)
    items = [(finding.passage, _thank(draft, finding)) for finding in strengths]
    if ANSWERED not in {finding.subject for finding in strengths} and (advice := _advice(draft)):
        items.append(("thanks-advice", draft.say("section.thanks.advice", advice=advice)))
    draft.bullets("thanks-first", items[:IN_HANDOUT], lengths=EVERY)
    draft.bullets("thanks-more", items[IN_HANDOUT:])
    if not lines and not items:
        draft.write("thanks-none", "section.thanks.none", voice="todo")


def _thank(draft: Draft, finding: Finding) -> str:
    """Return one strength as a sentence with its footnote."""
    note = draft.source_note(f"strength-{finding.subject}", finding.sources)
    draft.judge(finding.passage, finding.subject)
    advice = _advice(draft) if finding.subject == ANSWERED and finding.rule == "point" else None
    more = draft.say("section.thanks.advice_counts", **advice) if advice else ""
    return draft.say(f"section.thanks.{finding.rule}", note=note, more=marked(more), v=finding.values)


def _advice(draft: Draft) -> dict[str, Any] | None:
    """Return what the sentence about answered advice needs, with its footnote."""
    now, before, first = draft.measures.advice, draft.measures.advice_before, draft.measures.term.years[0]
    if now is None or not now.answered or not now.sources:
        return None
    cites = "; ".join(draft.cites(now.sources))
    note = draft.note("advice", draft.say("section.thanks.note_advice", cites=cites, now=now))
    return {"now": now, "before": before, "before_first": first - 6, "before_last": first - 1, "note": note}


def write_achieved(draft: Draft) -> None:
    """Write the full breakdown, all actions by status, dissent and result; the table is in annex 1."""
    draft.section("achieved")
    counts, actions = draft.measures.counts, draft.measures.actions
    if counts is None or not actions:
        key = "section.achieved.none_public" if draft.public else "section.achieved.none"
        draft.write("achieved-none", key, voice="todo")
        return
    if counts.n:
        draft.paragraph("achieved-counts", _full_breakdown(draft), lengths=FULL, hold="stays")
    draft.bullets("actions", _by_status(draft), hold="stays")
    if counts.n:
        pictures.status_chart(draft)
    draft.paragraph("achieved-dissent", *(
        draft.say("section.achieved.dissent", a=a, label=value_label("status", a.status),
                  minority=value_label("status", a.minority))
        for a in actions if a.minority and not a.downgraded
    ), hold="stays")
    draft.paragraph("achieved-result", _results(draft), lengths=FULL)


def _full_breakdown(draft: Draft) -> str:
    counts = draft.measures.counts
    assert counts is not None
    done = {s: n for s, n in counts.by_status.items() if s in {"achieved", "mostly"}}
    rest = replace(counts, by_status={s: n for s, n in counts.by_status.items() if s not in done})
    parts = [say("section.achieved.part", n=n, label=value_label("status", s)) for s, n in done.items()]
    if len(done) == len(counts.by_status) == 1:
        first = say("section.achieved.all", n=counts.n, part=value_label("status", next(iter(done))))
    else:
        first = say("section.achieved.counts", n=counts.n, first_n=next(iter(done.values()), 0), parts=parts)
    return f"{first} {breakdown(rest, brief=False)}".strip()


def _by_status(draft: Draft) -> Iterator[tuple[str, str]]:
    """Go through the statuses that there are: each names its actions, and what is still missing."""
    for status in (*COUNTED, "later", "pending"):
        if found := [action for action in draft.measures.actions if action.status == status]:
            passage, label = f"status-{status}", value_label("status", status)
            draft.judged[passage] = status
            items = [_said(draft, action, line=status not in {"achieved", "underway"}) for action in found]
            yield passage, say("section.achieved.by_status", label=label, items=items)


def _said(draft: Draft, action: ActionMeasure, line: bool = True) -> dict[str, str]:
    """Return what is said of an action: its status, whose word that is, what is missing, its footnote."""
    told = say("section.achieved.not_noted") if action.downgraded else action.line
    word = action.certainty == "word" and not action.downgraded
    return {
        "title": action.item.title, "label": value_label("status", action.status),
        "whose": draft.whose(action.sources) if word else "", "line": told.rstrip(".") if line else "",
        "note": _action_note(draft, action),
    }


def _action_note(draft: Draft, action: ActionMeasure) -> str:
    """Keep the footnote of an action; the one of the thanks for it serves where it cites the same sources."""
    name, sources = f"action-{action.code}", action.sources
    for thanks in of_kind(draft.findings, "strength", True):
        if thanks.subject == action.code and sources and set(sources) <= set(thanks.sources):
            name, sources = f"strength-{action.code}", thanks.sources
    return draft.source_note(name, sources, say("section.achieved.no_source"))


def action_cells(draft: Draft, action: ActionMeasure) -> list[str]:
    """Return an action as a table tells it: its title, its status with what is still missing, its source."""
    said = _said(draft, action)
    source = say("section.achieved.source_cell", short=_short_source(draft, action), note=said["note"])
    return [said["title"], say("section.achieved.status", **said), source]


def _short_source(draft: Draft, action: ActionMeasure) -> str:
    source = next((s for name in action.sources if (s := draft.source(name)) is not None), None)
    if source is None:
        return say("section.achieved.no_source")
    year = (source.date or source.consulted_on or source.searched_on)[:4]
    dated = not year or re.search(r"\b(19|20)\d\d\b", source.title)
    return source.title if dated else f"{source.title}, {year}"


def _results(draft: Draft) -> str:
    tally = Counter(action.result for action in draft.measures.actions if action.result)
    keys = [key for key in ("better", "same", "worse", "not_measured") if tally[key]]
    if not set(keys) - {"not_measured"}:
        return ""
    parts = [say(f"section.achieved.result_{key}", n=tally[key]) for key in keys]
    return say("section.achieved.result", parts=parts)
