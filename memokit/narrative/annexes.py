"""The annexes: the account behind the two pages, for those who want to check everything."""

from __future__ import annotations

from collections.abc import Callable

from memokit import catalogue
from memokit.document import FULL
from memokit.findings import Finding, of_kind
from memokit.measures.actions import ActionMeasure
from memokit.measures.agenda import CriterionMeasure
from memokit.measures.figures import FigureMeasure
from memokit.narrative import colophon, goals, pictures
from memokit.narrative.changed import figures_table, name_cell, value_cells
from memokit.narrative.draft import Draft, value_label
from memokit.narrative.gaps import reason_sentence
from memokit.narrative.results import action_cells
from memokit.texts import note_mark, number, say


def write_annexes(draft: Draft, version: str) -> None:
    """Write every annex that there is something to say in, numbered in order."""
    writers: dict[str, Callable[[Draft], None]] = {
        "actions": _actions, "money": _money, "figures": _figures, "questions": _questions, "agenda": _agenda,
        "advice": colophon.write_advice, "open": colophon.write_open, "terms": colophon.write_terms,
        "sources": colophon.write_sources, "who": colophon.write_who,
        "method": lambda d: colophon.write_method(d, version),
    }
    for name, n in draft.annexes.items():
        draft.section(f"annex_{name}", annex=True, n=n)
        writers[name](draft)


def _actions(draft: Draft) -> None:
    rows = [_action_row(draft, action) for action in draft.measures.actions]
    widths = {"code": 0.8, "action": 1.7, "status": 2.2, "source": 1.6, "relevance": 1.2}
    blank = any(say("common.not_applicable") in row for row in rows)
    draft.table("annex_actions", rows, widths=widths, blank=blank)
    for action in draft.measures.actions:
        if parts := _action_details(draft, action):
            name = f"annex-action-{action.code}"
            draft.write(name, "annex.actions.detail", lengths=FULL, a=action, parts=parts)
    items = [_still_open(draft, f) for f in of_kind(draft.findings, "promise_open", False)]
    draft.write("annex-open-title", "annex.actions.open_caption" if items else "", voice="", lengths=FULL)
    draft.bullets("annex-open", items, lengths=FULL)


def _still_open(draft: Draft, finding: Finding) -> tuple[str, str]:
    """Return an open promise that does not stand in the text: an action with its status, or a point."""
    name = f"annex-{finding.passage}"
    note = draft.source_note(name, finding.sources)
    if finding.rule == "point":
        return name, say("annex.actions.open_point", v=finding.values, note=note)
    label = value_label("status", finding.values["status"])
    return name, say("annex.actions.open", v=finding.values, label=label, note=note)


def _action_row(draft: Draft, action: ActionMeasure) -> list[str]:
    nothing = say("common.not_applicable")
    return [
        action.code, *action_cells(draft, action),
        value_label("result", action.result) if action.result else nothing,
        value_label("yes_no_unknown", action.item.priority),
        value_label("relevance", action.relevance) if action.relevance else nothing,
    ]


def _action_details(draft: Draft, action: ActionMeasure) -> list[str]:
    """Return what stands beside the status: the municipality's own words, whose word, reason, priority."""
    unfinished = action.status not in {"achieved", "mostly"}
    told = {
        "own": bool(action.item.own_evaluation), "downgraded": action.downgraded,
        "word": action.certainty == "word", "no_priority": unfinished and action.item.priority == "no",
    }
    parts = [
        say(f"annex.actions.{key}", a=action, who=draft.whose(action.sources),
            label=value_label("status", action.claimed))
        for key, true in told.items() if true
    ]
    reason = reason_sentence(draft, action) if unfinished else ""
    return [*parts, reason] if reason else parts


def _money(draft: Draft) -> None:
    money = draft.measures.money
    assert money is not None
    draft.write("annex-money-plan", "annex.money.same_plan", lengths=FULL)
    titles = {item.code: item.title for item in draft.dossier.plan}
    known = [(titles.get(code, code), f"money-{code}", m) for code, m in money.actions.items()]
    if money.whole and (money.whole.planned_last is not None or money.whole.planned_first is not None):
        known.append((draft.say("annex.money.whole", fields=money.fields), "money-whole", money.whole))
    rows = [
        [f"{title}{note_mark(draft.source_note(name, m.sources))}", number(m.planned_first),
         number(m.planned_last), number(m.spent)]
        for title, name, m in known
    ]
    draft.table("annex_money", rows, ("first", "last", "spent"), {"action": 2.6})
    pictures.money_chart(draft)
    note = draft.source_note("money-years", money.sources)
    floor, share = bool(money.per_year), money.share is not None and money.now is not None
    draft.write("annex-money-floor", "annex.money.floor" if floor else "", lengths=FULL, note=note)
    years = [[str(year), number(amount)] for year, amount in money.per_year.items()]
    draft.table("annex_money_years", years, ("amount",), fields=money.fields)
    shared = "annex.money.share" if share else ""
    draft.write("annex-money-share", shared, lengths=FULL, money=money, note=note)
    books = floor and draft.measures.term.start < 2020
    draft.write("annex-money-books", "annex.money.books" if books else "", lengths=FULL)
    unsourced = "annex.money.unsourced" if money.unsourced else ""
    draft.write("annex-money-unsourced", unsourced, lengths=FULL, items=money.unsourced)


def _figures(draft: Draft) -> None:
    policy = [f for f in draft.measures.figures if f.origin != "public" and f.theme]
    figures_table(draft, [f for f in draft.measures.figures if f not in policy])
    rows = [[name_cell(draft, f), *value_cells(draft, f), *_target_cells(draft, f)] for f in policy]
    widths = {"name": 2.2, "target": 1.4, "verdict": 1.3}
    draft.table("annex_figures", rows, ("then", "now", "change"), widths)
    draft.write("annex-figures-path", "annex.figures.path" if policy else "", lengths=FULL)
    pictures.figures_chart(draft)
    known = catalogue.indicators()
    for target in draft.dossier.targets:
        name, indicator = f"annex-target-{target.indicator}", known.get(target.indicator)
        changed = draft.say("annex.figures.target_changed", t=target, known=indicator)
        draft.paragraph(name, changed, voice="opinion", lengths=FULL)


def _target_cells(draft: Draft, figure: FigureMeasure) -> list[str]:
    key = "reached" if figure.progress.reached else f"trend.{figure.progress.trend}"
    verdict = say(f"annex.figures.{key}")
    if figure.target is None:
        return [say("common.not_applicable"), verdict]
    basis = goals.basis_words(draft, figure.target_by)
    return [say("annex.figures.target", f=figure, basis=basis), verdict]


def _questions(draft: Draft) -> None:
    rows = [_question_row(draft, criterion) for criterion in draft.agenda.criteria]
    draft.table("annex_questions", rows, widths={"name": 2.6, "then": 1.5, "counted": 1.5})
    wishes = [
        (f"annex-{f.passage}", f.values["title"].rstrip(".") + ".")
        for f in of_kind(draft.findings, "wish", False)
    ]
    draft.write("annex-wishes-title", "annex.questions.wishes" if wishes else "", voice="", lengths=FULL)
    draft.bullets("annex-wishes", wishes, voice="opinion", lengths=FULL)


def _question_row(draft: Draft, criterion: CriterionMeasure) -> list[str]:
    known, answer = criterion.indicator, criterion.answer
    scale = catalogue.scale(known.scale)
    ids = [*answer.sources_now, *answer.sources_then]
    note = draft.source_note(f"answer-{known.id}", ids, say("section.achieved.no_source"))
    now = say("annex.questions.downgraded") if criterion.downgraded else scale[criterion.now].label
    then = answer.then_by_part or scale[criterion.then].label
    return [f"{known.question}{note_mark(note)}", then, now, _counted(draft, criterion)]


def _counted(draft: Draft, criterion: CriterionMeasure) -> str:
    """Return whether an answer counts in a score, and whose target that is, or why it does not count."""
    known = criterion.indicator
    if criterion.in_use:
        return say("annex.questions.counted", basis=goals.basis_words(draft, criterion.target_by))
    if known.theme not in draft.dossier.settings.themes:
        return say("annex.questions.theme_off")
    return say(f"annex.questions.{'not_adopted' if known.basis == 'own_proposal' else 'not_counted'}")


def _agenda(draft: Draft) -> None:
    goals.score_table(draft, "goal")
    pictures.score_chart(draft)
    silent = "section.agenda.silent" if draft.agenda.goals else ""
    draft.write("annex-silent", silent, lengths=FULL, goals=draft.agenda.silent_goals)
    goals.score_table(draft, "theme")
    goals.label_tables(draft)
    pictures.label_chart(draft)
