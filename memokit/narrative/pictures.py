"""The charts, as data: few, each with a message that a council would say, and with a table behind it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Literal

from memokit.document import FULL, Figure, Value
from memokit.measures.actions import COUNTED
from memokit.narrative.draft import Draft, goal_name, theme_name, value_label
from memokit.narrative.goals import label_rows
from memokit.texts import number, say

Rows = tuple[tuple[Value, ...], ...]


def _add(
    draft: Draft, name: str, chart: Literal["stacked", "bars", "dots", "goals"], message: str,
    parts: list[str], series: tuple[str, ...], rows: Rows, table: str, unit: str = "",
) -> None:  # fmt: skip
    alt = say(f"section.figure.{name}.alt", parts=parts)
    draft.blocks.append(
        Figure(f"chart-{name}", chart, message, alt, series, rows, unit, table, FULL)
    )


def status_chart(draft: Draft) -> None:
    """Actions by status, per theme."""
    counts, actions = draft.measures.counts, draft.measures.actions
    assert counts is not None
    groups = [status for status in COUNTED if counts.by_status.get(status)]
    tally = Counter((action.item.theme, action.status) for action in actions)
    rows = tuple(
        (theme_name(theme), value_label("status", status), tally[theme, status])
        for theme in sorted({action.item.theme for action in actions})
        for status in groups
        if tally[theme, status]
    )
    labels = tuple(value_label("status", status) for status in groups)
    parts = [
        say("section.achieved.part", n=counts.by_status[s], label=label)
        for s, label in zip(groups, labels, strict=True)
    ]
    message = say("section.figure.status.message", done=counts.done, n=counts.n)
    _add(draft, "status", "stacked", message, parts, labels, rows, "annex-actions")


def money_chart(draft: Draft) -> None:
    """Planned against spent, for the solidarity actions of which both are known."""
    money = draft.measures.money
    assert money is not None
    known = [
        (action.item.title, m.planned_last, m.spent)
        for action in draft.measures.actions
        if (m := money.actions.get(action.code)) and m.planned_last is not None and m.spent is not None
    ]
    if len(known) < 2:
        return
    planned, spent = sum(row[1] for row in known), sum(row[2] for row in known)
    message = draft.say("section.figure.money.message", planned=planned, spent=spent, n=len(known))
    names = say("section.figure.money.planned_name"), say("section.figure.money.spent_name")
    parts = [say("section.figure.part", label=t, then=number(p), now=number(s)) for t, p, s in known]
    _add(draft, "money", "bars", message, parts, names, tuple(known), "annex-money", unit="euro")


def figures_chart(draft: Draft) -> None:
    """The figures that have a target, then and now, between the zero post and the target."""
    scored = [f for f in draft.measures.figures if f.score_now is not None]
    rows = [(f.name[:1].upper() + f.name[1:], f.score_then, f.score_now) for f in scored]
    if len(rows) > 1:
        _dots(draft, "figures", say("section.figure.figures.message"), rows, "annex-figures")


def score_chart(draft: Draft) -> None:
    """The goals that have a score, then and now."""
    agenda = draft.measures.agenda
    assert agenda is not None
    scores = [s for s in agenda.goals if s.now is not None]
    up = sum(s.then is not None and (s.now or 0) > s.then for s in scores)
    message = say("section.figure.goals.message", up=up, n=len(scores), baseline=draft.measures.term.start)
    rows = [(goal_name(int(s.key)), s.then, s.now) for s in scores]
    if len(rows) > 1:
        _dots(draft, "goals", message, rows, "scores-goal")


def _dots(
    draft: Draft, name: str, message: str, rows: Sequence[tuple[str, float | None, float | None]], table: str,
) -> None:  # fmt: skip
    parts = [say("section.figure.part", label=r[0], then=number(r[1]), now=number(r[2])) for r in rows]
    series = (str(draft.measures.term.start), say("section.figure.now"))
    whole = tuple((r[0], r[1] and round(r[1]), r[2] and round(r[2])) for r in rows)  # as in the table
    _add(draft, name, "dots", message, parts, series, whole, table)


def label_chart(draft: Draft) -> None:
    """Goals × actions × euros: the actions with an SDG label, those with nothing else, and what is known."""
    agenda, found = draft.agenda, label_rows(draft)
    if not found:
        return
    bare = len(agenda.label_only)
    groups = ("with_label", "bare") if bare else ("label",)
    rows = tuple(
        (g.goal, goal_name(g.goal), *((g.actions - n, n) if bare else (g.actions,)), planned, spent)
        for g, n, planned, spent in found
    )
    parts = [
        say("section.figure.labels.part", label=goal_name(g.goal), n=g.actions, bare=n, planned=p, spent=s)
        for g, n, p, s in found
    ]
    message = say("section.figure.labels.message", bare=bare, n=len(agenda.labelled), goals=len(rows),
                  known=sum(planned is not None for _, _, planned, _ in found))
    series = tuple(say(f"section.figure.labels.{name}") for name in (*groups, "planned", "spent"))
    _add(draft, "labels", "goals", message, parts, series, rows, "goal-actions", unit="euro")
