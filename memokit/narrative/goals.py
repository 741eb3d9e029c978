"""Agenda 2030 in the municipality: the ladder, what became concrete, labels, and scores per goal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from memokit import catalogue
from memokit.document import FULL, Voice
from memokit.measures.agenda import GoalActions, Score
from memokit.measures.figures import FigureMeasure
from memokit.narrative.changed import count_then_and_later
from memokit.narrative.draft import Draft, goal_name, theme_name
from memokit.narrative.opening import label_note
from memokit.records import PlanItem
from memokit.texts import dutch, number, say


def write_agenda(draft: Draft) -> None:
    """Write how far Agenda 2030 steers the municipality, and whether that is concrete for solidarity."""
    draft.section("agenda")
    if draft.public:
        _public(draft)
        return
    voice: Voice = "todo" if draft.agenda.level is None else "opinion"
    draft.paragraph("agenda-level", *_level(draft), voice=voice, hold="stays")
    draft.paragraph("agenda-concrete", _concrete(draft), _label_only(draft), lengths=FULL, hold="stays")
    draft.write("agenda-single", "section.agenda.no_single", hold="stays")
    draft.paragraph("agenda-scores", _scores(draft), lengths=FULL, hold="stays")


def _sdg(goals: Iterable[int]) -> list[str]:
    return [f"SDG {goal}" for goal in goals]


def _public(draft: Draft) -> None:
    figures = draft.measures.figures
    both = count_then_and_later(draft.measures)
    later = sorted({f.goal for f in figures if f.goal and f.now and not f.then})
    draft.write(
        "agenda-public", "section.agenda.no_single", "section.agenda.public_count",
        "section.agenda.public_now" if later else "", both=_sdg(both), later=_sdg(later),
    )
    draft.write("agenda-ask", "section.agenda.public_ask", voice="todo")
    rows = [
        [goal_name(goal), "; ".join(_found(draft, f) for f in figures if f.goal == goal and f.now)
         or say("section.agenda.public_nothing")]
        for goal in range(1, 18)
    ]
    draft.table("goals_public", rows, widths={"found": 2.2})


def _found(draft: Draft, figure: FigureMeasure) -> str:
    """Return what public facts hold for one goal; a missing baseline is said."""
    values = [number(o.value, figure.decimals) if o else "" for o in (figure.then, figure.now)]
    return draft.say("section.agenda.public_found", f=figure, then=values[0], now=values[1])


def _level(draft: Draft) -> list[str]:
    agenda = draft.agenda
    if agenda.level is None:
        return [say("section.agenda.level_unknown")]
    ladder = {row["key"]: row for row in catalogue.rows("ladder")}
    row = ladder[agenda.level_rung or "none"]
    sources = agenda.level_sources
    if agenda.level == 0:  # a negative claim: its footnote says what was searched and asked
        sources = tuple(s for rung in draft.dossier.rungs for s in rung.sources)
    dated = row["statement_dated"] and any(_after_the_plan(draft, name) for name in sources)
    note = draft.source_note("ladder", sources)
    then = "_not_yet" if agenda.then_not_yet else "_then" if agenda.level_then is not None else ""
    return [
        say("section.agenda.level", level=agenda.level, note=note,
            statement=dutch(row["statement_dated"] if dated else row["statement"])),
        draft.say(f"section.agenda.level{then}", level=agenda.level_then) if then else "",
    ]


def _after_the_plan(draft: Draft, name: str) -> bool:
    """A link made afterwards is only said with a passage dated after the plan began (fairness.md 35)."""
    source = draft.source(name)
    return source is not None and bool(source.date) and int(source.date[:4]) >= draft.measures.term.plan[0]


def _concrete(draft: Draft) -> str:
    """Name the solidarity actions that have a label, money that was spent, and a measured result."""
    money = draft.measures.money
    items = [
        say("section.agenda.concrete_item", title=action.item.title,
            goals=list(dict.fromkeys(target.split(".")[0] for target in action.item.sdg_targets)))
        for action in draft.measures.actions
        if action.item.sdg_targets and action.result in {"better", "same", "worse"}
        and money is not None and (m := money.actions.get(action.code)) is not None and m.spent
    ]
    if items:
        return say("section.agenda.concrete", n=len(items), items=items)
    return say("section.agenda.concrete_none") if draft.agenda.labelled else ""


def _label_only(draft: Draft) -> str:
    n, annex = len(draft.agenda.label_only), draft.annexes.get("agenda")
    return say("section.agenda.label_only", n=n, annex=annex, note=label_note(draft)) if n else ""


def _scores(draft: Draft) -> str:
    goals = draft.agenda.goals
    if not goals:
        return ""
    moved = [(s.now or 0) - s.then for s in goals if s.then is not None]
    return draft.say(
        "section.agenda.scores", n=len(goals), up=sum(m > 0 for m in moved), down=sum(m < 0 for m in moved),
        silent=len(draft.agenda.silent_goals), annex=draft.annexes["agenda"],
    )


def score_table(draft: Draft, which: str) -> None:
    """Write the scores per goal or per theme: then, now, how many stand behind it, whose targets they are."""
    scores = draft.agenda.goals if which == "goal" else draft.agenda.themes
    rows = [_score_row(draft, which, score) for score in scores]
    draft.table(f"scores_{which}", rows, ("then", "now", "n"), {"name": 2.4, "basis": 2.2})


def _score_row(draft: Draft, which: str, score: Score) -> list[str]:
    bases = [
        say("section.agenda.basis_part", n=n, basis=basis_words(draft, b)) for b, n in score.bases.items()
    ]
    if score.only_now:
        bases.append(say("section.agenda.only_now", n=score.only_now))
    name = goal_name(int(score.key)) if which == "goal" else theme_name(score.key)
    return [name, number(score.then), number(score.now), str(score.n), "; ".join(bases)]


def basis_words(draft: Draft, basis: str) -> str:
    """Return whose target it is, in words."""
    citizens = not draft.public and draft.dossier.settings.sender == "citizens" and basis == "council"
    return say(f"section.basis{'_citizens' if citizens else ''}.{basis}")


def label_rows(draft: Draft) -> list[tuple[GoalActions, int, float | None, float | None]]:
    """Return for each goal with labels: its actions, those with nothing but a label, planned and spent.

    Euros that nobody found are None, never zero.
    """
    bare = Counter(goal for item in draft.agenda.label_only for goal in goals_of(item))
    return [
        (g, bare[g.goal], *((g.planned, g.spent) if g.with_money else (None, None)))
        for g in draft.agenda.goal_actions
    ]


def goals_of(item: PlanItem) -> frozenset[int]:
    """Return the goals whose label an action bears."""
    return frozenset(int(target.split()[1].split(".")[0]) for target in item.sdg_targets)


def label_tables(draft: Draft) -> None:
    """Write how many actions bear a label of each goal, with euros, and those with nothing but a label."""
    nothing = say("common.not_applicable")
    rows = [
        [goal_name(g.goal), str(g.actions), str(bare) if draft.agenda.label_checked else nothing,
         str(g.with_money), number(planned), number(spent)]
        for g, bare, planned, spent in label_rows(draft)
    ]
    numeric = ("actions", "bare", "with_money", "planned", "spent")
    draft.table("goal_actions", rows, numeric, {"goal": 2.6}, checked=draft.agenda.label_checked)
    bare = [[i.code, i.title, ", ".join(i.sdg_targets)] for i in draft.agenda.label_only]
    draft.table("labels", bare, widths={"title": 3.0})
