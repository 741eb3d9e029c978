"""What we value, and what was achieved: thanks first, then every action with its source and its euros."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import Any

from memokit.document import EVERY
from memokit.findings import Finding, of_kind, plan_strengths
from memokit.measures.actions import ActionMeasure
from memokit.narrative import pictures
from memokit.narrative.draft import Draft, columns, value_label
from memokit.narrative.opening import breakdown
from memokit.texts import marked, number, say

IN_HANDOUT = 3
ANSWERED = "IS55"


def write_thanks(draft: Draft) -> None:
    """Write the strengths: first of the plan itself, then of what was done (fairness.md 14)."""
    draft.section("thanks")
    if draft.public:
        draft.paragraph("thanks-none", say("section.thanks.none_public"), voice="todo")
        return
    plan = _plan_lines(draft)
    draft.paragraph("thanks-plan", plan)
    strengths = of_kind(draft.findings, "strength", True)
    items = [thank(draft, finding) for finding in strengths]
    if ANSWERED not in {finding.subject for finding in strengths} and (advice := _advice(draft)):
        items.append(say("section.thanks.advice", advice=advice))
    draft.bullets("thanks-first", items[:IN_HANDOUT], lengths=EVERY)
    draft.bullets("thanks-more", items[IN_HANDOUT:])
    if not plan and not items:
        draft.paragraph("thanks-none", say("section.thanks.none"), voice="todo")


def _plan_lines(draft: Draft) -> str:
    lines = plan_strengths(draft.dossier)
    note = draft.source_note("plan-lines", [source for line in lines for source in line["sources"]])
    return say("section.thanks.plan", lines=lines, note=note) if lines else ""


def thank(draft: Draft, finding: Finding) -> str:
    """Return one strength as a sentence with its footnote."""
    note = draft.source_note(f"strength-{finding.subject}", finding.sources)
    if finding.rule == "point":
        advice = _advice(draft) if finding.subject == ANSWERED else None
        more = say("section.thanks.advice_counts", **advice) if advice else ""
        return say(
            "section.thanks.point",
            title=finding.values["title"],
            text=finding.values["text"],
            note=note,
            more=marked(more),
        )
    values = {**finding.values, "baseline": draft.measures.term.start, "note": note}
    return say("section.thanks.criterion_better", **values)


def _advice(draft: Draft) -> dict[str, Any] | None:
    """Return what the sentence about answered advice needs, with its footnote."""
    now, before = draft.measures.advice, draft.measures.advice_before
    if now is None or not now.answered or not now.sources:
        return None
    first = draft.measures.term.years[0]
    note = draft.note(
        "advice", say("section.thanks.note_advice", cites="; ".join(draft.cites(now.sources)), now=now)
    )
    return {"now": now, "before": before, "before_first": first - 6, "before_last": first - 1, "note": note}


def write_achieved(draft: Draft) -> None:
    """Write the full breakdown, the table of all actions, dissent, result and money."""
    draft.section("achieved")
    counts = draft.measures.counts
    if counts is None or not draft.measures.actions:
        key = "none_public" if draft.public else "none"
        draft.paragraph("achieved-none", say(f"section.achieved.{key}"), voice="todo")
        return
    if counts.n:
        draft.paragraph("achieved-counts", _full_breakdown(draft))
    _table(draft)
    if counts.n:
        pictures.status_chart(draft)
    draft.paragraph("achieved-dissent", *_dissent(draft))
    draft.paragraph("achieved-result", _results(draft))


def _full_breakdown(draft: Draft) -> str:
    counts = draft.measures.counts
    assert counts is not None
    done = {s: n for s, n in counts.by_status.items() if s in {"achieved", "mostly"}}
    rest = replace(counts, by_status={s: n for s, n in counts.by_status.items() if s not in done})
    if not done:
        first = say("section.how.plan_counts", n=counts.n)
    elif len(counts.by_status) == 1:
        label = value_label("status", next(iter(done)))
        return say("section.achieved.all", n=counts.n, part=label)
    else:
        parts = [
            f"{say('section.achieved.part', n=n, label=value_label('status', s))}" for s, n in done.items()
        ]
        first = say("section.achieved.counts", n=counts.n, first_n=next(iter(done.values())), parts=parts)
    return f"{first} {breakdown(rest, brief=False)}"


def status_words(draft: Draft, action: ActionMeasure) -> str:
    """Return the status as the table says it: with whose word it is, and with what is still missing."""
    if action.downgraded:
        return say("section.achieved.downgraded")
    values = {"label": value_label("status", action.status), "line": action.line.rstrip(".")}
    if action.certainty == "word":
        return say(
            "section.achieved.status_word",
            whose=say("section.achieved.whose", who=draft.whose(action.sources)),
            **values,
        )
    return say("section.achieved.status_line", **values)


def _table(draft: Draft) -> None:
    term, money = draft.measures.term, draft.measures.money
    last = min(draft.measures.last_account, term.plan[1])
    with_money = money is not None and any(a.code in money.actions for a in draft.measures.actions)
    heads = columns(
        "section.achieved.columns",
        ("planned", "spent"),
        {"action": 1.7, "status": 2.3, "source": 1.7},
        first=term.plan[0],
        last=last,
    )
    rows = [_row(draft, action)[: len(heads) if with_money else 3] for action in draft.measures.actions]
    remark = say("section.achieved.remark") if with_money else ""
    draft.table("actions", say("section.achieved.caption"), heads if with_money else heads[:3], rows, remark)


def _row(draft: Draft, action: ActionMeasure) -> list[str]:
    note = draft.source_note(f"action-{action.code}", action.sources, say("section.achieved.no_source"))
    short = _short_source(draft, action)
    money = draft.measures.money.actions.get(action.code) if draft.measures.money else None
    missing = say("common.not_applicable")
    return [
        action.item.title,
        status_words(draft, action),
        say("section.achieved.source_cell", short=short, note=note),
        number(money.planned_last if money.planned_last is not None else money.planned_first)
        if money
        else missing,
        number(money.spent) if money else missing,
    ]


def _short_source(draft: Draft, action: ActionMeasure) -> str:
    source = next((s for name in action.sources if (s := draft.source(name)) is not None), None)
    if source is None:
        return say("section.achieved.no_source")
    year = (source.date or source.consulted_on or source.searched_on)[:4]
    dated = not year or re.search(r"\b(19|20)\d\d\b", source.title)
    return source.title if dated else f"{source.title}, {year}"


def _dissent(draft: Draft) -> list[str]:
    return [
        say(
            "section.achieved.dissent",
            title=action.item.title,
            status=action.status,
            label=value_label("status", action.status),
            minority=action.minority,
            minority_label=value_label("status", action.minority),
        )
        for action in draft.measures.actions
        if action.minority and not action.downgraded
    ]


def _results(draft: Draft) -> str:
    tally = Counter(action.result for action in draft.measures.actions if action.result)
    if not any(tally[key] for key in ("better", "same", "worse")):
        return ""
    parts = [
        say(f"section.achieved.result_{key}", n=tally[key])
        for key in ("better", "same", "worse", "not_measured")
        if tally[key]
    ]
    return say("section.achieved.result", parts=parts)
