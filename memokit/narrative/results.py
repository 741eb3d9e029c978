"""What we value, and what was achieved: thanks first, then every action with its source and its euros."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import Any

from memokit.document import EVERY, NORMAL
from memokit.findings import Finding, of_kind, plan_strengths
from memokit.measures.actions import ActionMeasure
from memokit.narrative import pictures
from memokit.narrative.draft import Draft, value_label
from memokit.narrative.opening import breakdown
from memokit.texts import marked, number, say

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
    items = [_thank(draft, finding) for finding in strengths]
    if ANSWERED not in {finding.subject for finding in strengths} and (advice := _advice(draft)):
        items.append(draft.say("section.thanks.advice", advice=advice))
    draft.bullets("thanks-first", items[:IN_HANDOUT], lengths=EVERY)
    draft.bullets("thanks-more", items[IN_HANDOUT:])
    if not lines and not items:
        draft.write("thanks-none", "section.thanks.none", voice="todo")


def _thank(draft: Draft, finding: Finding) -> str:
    """Return one strength as a sentence with its footnote."""
    note = draft.source_note(f"strength-{finding.subject}", finding.sources)
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
    """Write the full breakdown, the table of all actions, dissent and result."""
    draft.section("achieved")
    counts, actions = draft.measures.counts, draft.measures.actions
    if counts is None or not actions:
        key = "section.achieved.none_public" if draft.public else "section.achieved.none"
        draft.write("achieved-none", key, voice="todo")
        return
    if counts.n:
        draft.paragraph("achieved-counts", _full_breakdown(draft))
    money = draft.measures.money
    with_money = money is not None and any(action.code in money.actions for action in actions)
    rows = [_row(draft, action)[: 5 if with_money else 3] for action in actions]
    draft.table("actions", rows, ("planned", "spent"), {"action": 1.7, "status": 2.3, "source": 1.7}, NORMAL,
                money=with_money)
    if counts.n:
        pictures.status_chart(draft)
    draft.paragraph("achieved-dissent", *(
        draft.say("section.achieved.dissent", a=a, label=value_label("status", a.status),
                  minority=value_label("status", a.minority))
        for a in actions if a.minority and not a.downgraded
    ))
    draft.paragraph("achieved-result", _results(draft))


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


def status_words(draft: Draft, action: ActionMeasure) -> str:
    """Return the status as the table says it: with whose word it is, and with what is still missing."""
    if action.downgraded:
        return say("section.achieved.downgraded")
    whose = draft.whose(action.sources) if action.certainty == "word" else ""
    line, label = action.line.rstrip("."), value_label("status", action.status)
    return say("section.achieved.status", label=label, whose=whose, line=line)


def _row(draft: Draft, action: ActionMeasure) -> list[str]:
    note = draft.source_note(f"action-{action.code}", action.sources, say("section.achieved.no_source"))
    money = draft.measures.money.actions.get(action.code) if draft.measures.money else None
    euros = [say("common.not_applicable")] * 2
    if money:
        planned = money.planned_first if money.planned_last is None else money.planned_last
        euros = [number(planned), number(money.spent)]
    source = say("section.achieved.source_cell", short=_short_source(draft, action), note=note)
    return [action.item.title, status_words(draft, action), source, *euros]


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
