"""The annexes: the account behind the two pages, for those who want to check everything."""

from __future__ import annotations

from collections.abc import Callable

from memokit import catalogue
from memokit.document import FULL
from memokit.findings import of_kind
from memokit.measures.actions import ActionMeasure
from memokit.measures.agenda import CriterionMeasure
from memokit.measures.figures import FigureMeasure
from memokit.narrative import colophon, goals, pictures
from memokit.narrative.changed import change_cell, figure_name, figure_note, figures_table, value_cell
from memokit.narrative.draft import Draft, columns, value_label
from memokit.narrative.gaps import reason_sentence
from memokit.records import Target
from memokit.texts import note_mark, number, say


def write_annexes(draft: Draft, version: str) -> None:
    """Write every annex that there is something to say in, numbered in order."""
    writers: dict[str, Callable[[Draft], None]] = {
        "actions": _actions,
        "money": _money,
        "figures": _figures,
        "questions": _questions,
        "agenda": _agenda,
        "advice": colophon.write_advice,
        "open": colophon.write_open,
        "terms": colophon.write_terms,
        "sources": colophon.write_sources,
        "who": colophon.write_who,
        "method": lambda d: colophon.write_method(d, version),
    }
    for name, n in draft.annexes.items():
        draft.section(f"annex_{name}", annex=True, n=n)
        writers[name](draft)


def _actions(draft: Draft) -> None:
    heads = columns("annex.actions.columns", (), {"code": 0.8, "action": 1.8, "status": 1.5})
    rows = [_action_row(action) for action in draft.measures.actions]
    draft.table("annex-actions", say("annex.actions.caption"), heads, rows, "", FULL)
    for action in draft.measures.actions:
        parts = _action_details(draft, action)
        if parts:
            detail = say(
                "annex.actions.detail", code=action.code, title=action.item.title, parts=parts, note=""
            )
            draft.paragraph(f"annex-action-{action.code}", detail, lengths=FULL)
    rest = [f for f in of_kind(draft.findings, "promise_open", False) if f.rule == "action"]
    items = [
        say(
            "annex.actions.open",
            title=f.values["title"],
            label=value_label("status", f.values["status"]),
            line=f.values["line"].rstrip("."),
            note=draft.source_note(f"open-{f.subject}", f.sources),
        )
        for f in rest
    ]
    draft.paragraph(
        "annex-open-title", say("annex.actions.open_caption") if items else "", voice="", lengths=FULL
    )
    draft.bullets("annex-open", items, lengths=FULL)


def _action_row(action: ActionMeasure) -> list[str]:
    nothing = say("common.not_applicable")
    return [
        action.code,
        action.item.title,
        value_label("status", action.status),
        value_label("result", action.result) if action.result else nothing,
        value_label("yes_no_unknown", action.item.priority),
        value_label("relevance", action.relevance) if action.relevance else nothing,
    ]


def _action_details(draft: Draft, action: ActionMeasure) -> list[str]:
    """Return what stands beside the status: the municipality's own words, whose word, reason, priority."""
    own, parts = action.item.own_evaluation, []
    if own:
        parts.append(say("annex.actions.own", text=own))
    if action.downgraded:
        parts.append(say("annex.actions.downgraded", label=value_label("status", action.claimed)))
    if action.certainty == "word":
        parts.append(say("annex.actions.word", who=draft.whose(action.sources)))
    if action.status not in {"achieved", "mostly"}:
        parts.append(reason_sentence(draft, action))
        if action.item.priority == "no":
            parts.append(say("annex.actions.no_priority"))
    return [part for part in parts if part]


def _money(draft: Draft) -> None:
    money, term = draft.measures.money, draft.measures.term
    assert money is not None
    last = min(draft.measures.last_account, term.plan[1])
    draft.paragraph(
        "annex-money-plan", say("annex.money.same_plan", first=term.plan[0], last=term.plan[1]), lengths=FULL
    )
    heads = columns("annex.money.columns", ("first", "last", "spent"), {"action": 2.6})
    titles = {item.code: item.title for item in draft.dossier.plan}
    rows = [
        [
            f"{titles.get(code, code)}{note_mark(draft.source_note(f'money-{code}', m.sources))}",
            number(m.planned_first),
            number(m.planned_last),
            number(m.spent),
        ]
        for code, m in money.actions.items()
    ]
    draft.table(
        "annex-money", say("annex.money.caption", first=term.plan[0], last=last), heads, rows, "", FULL
    )
    pictures.money_chart(draft)
    note = draft.source_note("money-years", money.sources)
    if money.per_year:
        draft.paragraph(
            "annex-money-floor",
            say("annex.money.floor", gemeente=draft.municipality, note=note),
            lengths=FULL,
        )
    years = [[str(year), number(amount)] for year, amount in money.per_year.items()]
    draft.table(
        "annex-money-years",
        say("annex.money.year_caption"),
        columns("annex.money.year_columns", ("amount",)),
        years,
        "",
        FULL,
    )
    if money.share is not None and money.now is not None:
        draft.paragraph(
            "annex-money-share",
            say(
                "annex.money.share",
                year=money.share_year,
                share=money.share,
                part=money.now.amount,
                whole=money.share_total,
                note=note,
            ),
            lengths=FULL,
        )
    if term.start < 2020 and money.per_year:
        draft.paragraph("annex-money-books", say("annex.money.books"), lengths=FULL)
    if money.unsourced:
        draft.paragraph(
            "annex-money-unsourced", say("annex.money.unsourced", items=money.unsourced), lengths=FULL
        )


def _figures(draft: Draft) -> None:
    policy = [f for f in draft.measures.figures if f.origin != "public" and f.theme]
    general = [f for f in draft.measures.figures if f not in policy]
    if general:
        figures_table(draft, general)
    baseline = draft.measures.term.start
    heads = columns(
        "annex.figures.columns",
        ("then", "now", "change"),
        {"name": 2.2, "target": 1.4, "verdict": 1.3},
        baseline=baseline,
    )
    rows = [_figure_row(draft, figure) for figure in policy]
    draft.table(
        "annex-figures",
        say("annex.figures.caption"),
        heads,
        rows,
        say("section.changed.remark_council"),
        FULL,
    )
    if policy:
        draft.paragraph("annex-figures-path", say("annex.figures.path"), lengths=FULL)
    pictures.figures_chart(draft)
    known = catalogue.indicators()
    for target in draft.dossier.targets:
        indicator = known.get(target.indicator)
        draft.paragraph(
            f"annex-target-{target.indicator}",
            say(
                "annex.figures.target_changed",
                verb=say(f"annex.figures.{_verb(indicator, target)}"),
                sender=draft.sender,
                on=target.adopted_on,
                reason=target.reason,
                name=indicator.name if indicator else target.indicator,
                target=target.target,
                decimals=indicator.decimals if indicator else 0,
                unit=indicator.unit if indicator else "",
            ),
            voice="opinion",
            lengths=FULL,
        )


def _verb(indicator: catalogue.Indicator | None, target: Target) -> str:
    same = indicator is None or target.target is None or target.target == indicator.target
    return "adopted" if same else "adapted"


def _figure_row(draft: Draft, figure: FigureMeasure) -> list[str]:
    trend = "reached" if figure.progress.reached else f"trend.{figure.progress.trend}"
    target = say("common.not_applicable")
    if figure.target is not None:
        basis = goals.basis_words(draft, figure.target_by)
        target = say("annex.figures.target", target=figure.target, decimals=figure.decimals, basis=basis)
    return [
        f"{figure_name(figure)}{note_mark(figure_note(draft, figure))}",
        value_cell(
            figure,
            figure.then,
            with_year=figure.then is not None and figure.then.year != draft.measures.term.start,
        ),
        value_cell(figure, figure.now, with_year=True),
        change_cell(figure),
        target,
        say(f"annex.figures.{trend}"),
    ]


def _questions(draft: Draft) -> None:
    agenda = draft.measures.agenda
    assert agenda is not None
    heads = columns(
        "annex.questions.columns",
        (),
        {"name": 2.6, "then": 1.5, "counted": 1.5},
        baseline=draft.measures.term.start,
    )
    rows = []
    for c in agenda.criteria:
        ids = [*c.answer.sources_now, *c.answer.sources_then]
        note = draft.source_note(f"answer-{c.indicator.id}", ids, say("section.achieved.no_source"))
        then = c.answer.then_by_part or catalogue.scale(c.indicator.scale)[c.then].label
        now = (
            say("annex.questions.downgraded")
            if c.downgraded
            else catalogue.scale(c.indicator.scale)[c.now].label
        )
        rows.append(
            [
                f"{c.indicator.question}{note_mark(note)}",
                then,
                now,
                _counted(draft, c),
            ]
        )
    draft.table("annex-questions", say("annex.questions.caption"), heads, rows, "", FULL)
    wishes = [
        f.values["title"].rstrip(".") + "."
        for f in of_kind(draft.findings, "wish", False)
        if f.rule == "criterion"
    ]
    draft.paragraph(
        "annex-wishes-title", say("annex.questions.wishes") + ":" if wishes else "", voice="", lengths=FULL
    )
    draft.bullets("annex-wishes", wishes, voice="opinion", lengths=FULL)


def _counted(draft: Draft, criterion: CriterionMeasure) -> str:
    """Return whether an answer counts in a score, and whose target that is, or why it does not count."""
    if criterion.in_use:
        return say("annex.questions.counted", basis=goals.basis_words(draft, criterion.target_by))
    known = criterion.indicator
    if known.theme not in draft.dossier.settings.themes:
        return say("annex.questions.theme_off")
    return say(f"annex.questions.{'not_adopted' if known.basis == 'own_proposal' else 'not_counted'}")


def _agenda(draft: Draft) -> None:
    agenda = draft.measures.agenda
    assert agenda is not None
    goals.score_table(draft, "goal")
    pictures.score_chart(draft)
    if agenda.goals:
        draft.paragraph("annex-silent", say("section.agenda.silent", goals=agenda.silent_goals), lengths=FULL)
    goals.score_table(draft, "theme")
    goals.action_table(draft)
    goals.label_table(draft)
    pictures.label_chart(draft)
