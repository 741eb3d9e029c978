"""Agenda 2030 in the municipality: the ladder, what became concrete, labels, and scores per goal."""

from __future__ import annotations

from memokit import catalogue
from memokit.document import Voice
from memokit.measures.agenda import Agenda, Score
from memokit.narrative.changed import count_then_and_later
from memokit.narrative.draft import Draft, columns, goal_name, theme_name
from memokit.narrative.opening import label_note
from memokit.texts import number, say


def write_agenda(draft: Draft) -> None:
    """Write how far Agenda 2030 steers the municipality, and whether that is concrete for solidarity."""
    draft.section("agenda")
    if draft.public:
        _public(draft)
        return
    agenda = draft.measures.agenda
    assert agenda is not None
    voice: Voice = "todo" if agenda.level is None else "opinion"
    draft.paragraph("agenda-level", *_level(draft, agenda), voice=voice)
    draft.paragraph("agenda-concrete", _concrete(draft, agenda), _label_only(draft, agenda))
    draft.paragraph(
        "agenda-scores", say("section.agenda.no_single", gemeente=draft.municipality), _scores(draft, agenda)
    )


def _public(draft: Draft) -> None:
    both = count_then_and_later(draft.measures)
    later = sorted({f.goal for f in draft.measures.figures if f.goal and f.now and not f.then})
    draft.paragraph(
        "agenda-public",
        say("section.agenda.no_single", gemeente=draft.municipality),
        say(
            "section.agenda.public_count",
            n=len(both),
            baseline=draft.measures.term.start,
            goals=[f"SDG {goal}" for goal in both],
            rest=17 - len(both),
        ),
        say("section.agenda.public_now", goals=[f"SDG {goal}" for goal in later]) if later else "",
    )
    draft.paragraph("agenda-ask", say("section.agenda.public_ask"), voice="todo")
    heads = columns("section.agenda.public_columns", (), {"found": 2.2})
    rows = [[goal_name(goal), _found(draft, goal)] for goal in range(1, 18)]
    draft.table("goals-public", say("section.agenda.caption_public"), heads, rows, "", frozenset({"full"}))


def _found(draft: Draft, goal: int) -> str:
    """Return what public facts hold for one goal; "geen cijfer gevonden" is said for each that has none."""
    parts = []
    for f in draft.measures.figures:
        if f.goal != goal or f.now is None:
            continue
        values = {"name": f.name, "now": number(f.now.value, f.decimals), "year_now": f.now.year}
        if f.then is None:
            parts.append(say("section.agenda.public_later", baseline=draft.measures.term.start, **values))
        else:
            then = number(f.then.value, f.decimals)
            parts.append(say("section.agenda.public_both", then=then, year_then=f.then.year, **values))
    return "; ".join(parts) or say("section.agenda.public_nothing")


def _level(draft: Draft, agenda: Agenda) -> list[str]:
    if agenda.level is None:
        return [say("section.agenda.level_unknown")]
    ladder = {row["key"]: row for row in catalogue.rows("ladder")}
    row = ladder.get(agenda.level_rung) or next(r for r in ladder.values() if r["level"] == "0")
    rung = next((r for r in draft.dossier.rungs if r.rung == agenda.level_rung), None)
    dated = rung is not None and any(_after_the_plan(draft, name) for name in rung.sources)
    statement = row["statement_dated"] if dated and row["statement_dated"] else row["statement"]
    note = draft.source_note("ladder", [*agenda.level_sources, *_negative_sources(draft, agenda)])
    sentences = [say("section.agenda.level", level=agenda.level, statement=statement, note=note)]
    if agenda.then_not_yet:
        sentences.append(say("section.agenda.level_not_yet"))
    elif agenda.level_then is not None:
        baseline = draft.measures.term.start
        sentences.append(say("section.agenda.level_then", baseline=baseline, level=agenda.level_then))
    return sentences


def _after_the_plan(draft: Draft, name: str) -> bool:
    """A link made afterwards is only said with a passage dated after the plan began (fairness.md 35)."""
    source = draft.source(name)
    return source is not None and bool(source.date) and int(source.date[:4]) >= draft.measures.term.plan[0]


def _negative_sources(draft: Draft, agenda: Agenda) -> tuple[str, ...]:
    """Level 0 is a negative claim: its footnote says where was looked and what was asked."""
    return tuple(s for rung in draft.dossier.rungs for s in rung.sources) if agenda.level == 0 else ()


def _concrete(draft: Draft, agenda: Agenda) -> str:
    """Name the solidarity actions with a label, an amount that was spent, and a result or completed work."""
    money = draft.measures.money
    items = [
        say(
            "section.agenda.concrete_item",
            title=action.item.title,
            targets=_goals_of(action.item.sdg_targets),
        )
        for action in draft.measures.actions
        if action.item.sdg_targets
        and action.result in {"better", "same", "worse"}
        and money is not None
        and (spent := money.actions.get(action.code)) is not None
        and spent.spent
    ]
    if not items:
        return say("section.agenda.concrete_none") if agenda.labelled else ""
    return say("section.agenda.concrete", n=len(items), items=items)


def _goals_of(targets: tuple[str, ...]) -> list[str]:
    return list(dict.fromkeys(target.split(".")[0] for target in targets))


def _label_only(draft: Draft, agenda: Agenda) -> str:
    if not agenda.label_only:
        return ""
    return say(
        "section.agenda.label_only",
        n=len(agenda.label_only),
        annex=draft.annex("agenda"),
        note=label_note(draft),
    )


def _scores(draft: Draft, agenda: Agenda) -> str:
    pairs = [score for score in agenda.goals if score.then is not None and score.now is not None]
    if not agenda.goals:
        return ""
    return say(
        "section.agenda.scores",
        n=len(agenda.goals),
        baseline=draft.measures.term.start,
        up=sum(_moved(score) > 0 for score in pairs),
        down=sum(_moved(score) < 0 for score in pairs),
        silent=len(agenda.silent_goals),
        annex=draft.annex("agenda"),
    )


def _moved(score: Score) -> float:
    return (score.now or 0) - (score.then or 0)


def score_table(draft: Draft, which: str) -> None:
    """Write the scores per goal or per theme: then, now, how many stand behind it, whose targets they are."""
    agenda = draft.measures.agenda
    assert agenda is not None
    scores = agenda.goals if which == "goal" else agenda.themes
    heads = columns(
        "section.agenda.columns",
        ("then", "now", "n"),
        {"goal": 2.4, "theme": 2.4, "basis": 2.2},
        baseline=draft.measures.term.start,
    )
    heads = [heads[0 if which == "goal" else 1], *heads[2:]]
    rows = [_score_row(draft, which, score) for score in scores]
    remark = say("section.agenda.remark") if which == "goal" else ""
    caption = say(f"section.agenda.caption_{which}s")
    draft.table(f"scores-{which}", caption, heads, rows, remark, frozenset({"full"}))


def _score_row(draft: Draft, which: str, score: Score) -> list[str]:
    bases = "; ".join(
        say("section.agenda.basis_part", n=n, basis=basis_words(draft, basis))
        for basis, n in score.bases.items()
    )
    only_now = say("section.agenda.only_now", n=score.only_now) if score.only_now else ""
    name = goal_name(int(score.key)) if which == "goal" else theme_name(score.key)
    return [name, number(score.then), number(score.now), str(score.n), bases + only_now]


def basis_words(draft: Draft, basis: str) -> str:
    """Return whose target it is, in words."""
    citizens = not draft.public and draft.dossier.settings.sender == "citizens" and basis == "council"
    return say(f"section.basis{'_citizens' if citizens else ''}.{basis}")


def action_table(draft: Draft) -> None:
    """Write how many actions bear a label of each goal, with their planned and spent euros."""
    agenda, term = draft.measures.agenda, draft.measures.term
    assert agenda is not None
    last = min(draft.measures.last_account, term.plan[1])
    heads = columns(
        "section.agenda.action_columns",
        ("actions", "with_money", "planned", "spent"),
        {"goal": 2.6},
        first=term.plan[0],
        last=last,
    )
    nothing = say("common.not_applicable")
    rows = [
        [
            goal_name(g.goal),
            str(g.actions),
            str(g.with_money),
            number(g.planned) if g.with_money else nothing,
            number(g.spent) if g.with_money else nothing,
        ]
        for g in agenda.goal_actions
    ]
    draft.table(
        "goal-actions",
        say("section.agenda.caption_actions"),
        heads,
        rows,
        say("section.agenda.remark_actions"),
        frozenset({"full"}),
    )


def label_table(draft: Draft) -> None:
    """Write the list of actions that have a label and nothing else that was found."""
    agenda = draft.measures.agenda
    assert agenda is not None
    heads = columns("section.agenda.label_columns", (), {"title": 3.0})
    rows = [[i.code, i.title, ", ".join(i.sdg_targets)] for i in agenda.label_only]
    draft.table("labels", say("section.agenda.caption_labels"), heads, rows, "", frozenset({"full"}))
