"""The annexes: the account behind the two pages, for those who want to check everything."""

from __future__ import annotations

from collections.abc import Callable

from memokit import catalogue
from memokit.document import FULL
from memokit.findings import of_kind
from memokit.measures.actions import ActionMeasure
from memokit.measures.agenda import CriterionMeasure
from memokit.measures.figures import FigureMeasure
from memokit.narrative import goals
from memokit.narrative.changed import change_cell, figure_name, figure_note, figures_table, value_cell
from memokit.narrative.draft import Draft, columns, value_label
from memokit.narrative.gaps import reason_sentence
from memokit.records import Target
from memokit.texts import lookup, note_mark, number, say


def write_annexes(draft: Draft, version: str) -> None:
    """Write every annex that there is something to say in, numbered in order."""
    writers: dict[str, Callable[[Draft], None]] = {
        "actions": _actions,
        "money": _money,
        "figures": _figures,
        "questions": _questions,
        "agenda": _agenda,
        "advice": _advice,
        "open": _open,
        "terms": _terms,
        "sources": _sources,
        "who": _who,
        "method": lambda d: _method(d, version),
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
        "annex.questions.columns", (), {"name": 2.6, "counted": 1.6}, baseline=draft.measures.term.start
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
    goals.score_chart(draft)
    if agenda.goals:
        draft.paragraph("annex-silent", say("section.agenda.silent", goals=agenda.silent_goals), lengths=FULL)
    goals.score_table(draft, "theme")
    goals.action_table(draft)
    goals.label_table(draft)


def _advice(draft: Draft) -> None:
    first, last = draft.measures.term.years[0], draft.measures.term.end
    now, before = draft.measures.advice, draft.measures.advice_before
    assert now is not None
    for name, m, years in (("now", now, (first, last)), ("before", before, (first - 6, first - 1))):
        if m is None:
            continue
        note = draft.source_note(f"advice-{name}", m.sources)
        sentences = [say("annex.advice.counts", first=years[0], last=years[1], m=m, note=note)]
        if m.median_days is not None:
            sentences.append(
                say(
                    "annex.advice.days",
                    days=m.median_days,
                    agreed=m.agreed_days,
                    within=m.within_agreed or 0,
                    answered=m.answered,
                )
            )
        if m.followed:
            parts = [
                say("annex.advice.followed_part", n=n, label=value_label("followed", key))
                for key, n in m.followed.items()
            ]
            sentences.append(say("annex.advice.followed", parts=parts))
        draft.paragraph(f"annex-advice-{name}", *sentences, lengths=FULL)


def _open(draft: Draft) -> None:
    if draft.public:
        draft.paragraph("annex-open-intro", say("annex.open.public"), lengths=FULL)
        return
    agenda = draft.measures.agenda
    assert agenda is not None
    items = [
        say(f"annex.open.{a.status}", title=a.item.title, year=a.item.first_year, line=a.line.rstrip("."))
        for a in draft.measures.actions
        if a.status in {"pending", "later", "unclear"}
    ]
    items += [say("annex.open.unknown", name=c.indicator.name) for c in agenda.criteria if c.now == "unknown"]
    if agenda.labelled and not agenda.label_checked:
        items.append(say("annex.open.labels"))
    if agenda.goals:
        items.append(say("annex.open.goals", goals=agenda.silent_goals))
    items += [
        say("annex.open.theme", theme=t.theme, name=t.name)
        for t in catalogue.themes().values()
        if t.theme not in draft.dossier.settings.themes
    ]
    draft.paragraph(
        "annex-open-intro", say("annex.open.intro" if items else "annex.open.none"), voice="", lengths=FULL
    )
    draft.bullets("annex-open-list", items, lengths=FULL)


def _terms(draft: Draft) -> None:
    entries = lookup("annex.terms.entries")
    draft.bullets(
        "annex-terms",
        [say("annex.terms.entry", name=name, text=text) for name, text in entries.items()],
        voice="",
        lengths=FULL,
    )


def _sources(draft: Draft) -> None:
    draft.paragraph("annex-sources-intro", say("annex.sources.intro"), voice="", lengths=FULL)
    cited = sorted(draft.cited, key=lambda name: (name.startswith("fact:"), name))
    items = [
        say("annex.sources.item", id=name.removeprefix("fact:"), text=draft.cite(name)) for name in cited
    ]
    draft.bullets("annex-sources", items, voice="", lengths=FULL)


def _who(draft: Draft) -> None:
    settings = draft.dossier.settings
    council = settings.sender == "council"
    note = draft.source_note("recognised", settings.recognised_by)
    sentences = (
        [say("annex.who.citizens", sender=draft.sender)]
        if not council
        else [
            say("annex.who.council", sender=draft.sender, members=settings.voting_members)
            if settings.voting_members
            else "",
            say("annex.who.recognised", note=note) if note else say("annex.who.not_recognised"),
            say("annex.who.rule"),
        ]
    )
    if settings.beneficiaries:
        abstained = any(a.abstained == "yes" for a in draft.dossier.assessments)
        sentences.append(say("annex.who.interest", n=settings.beneficiaries, abstained=abstained))
    sentences.append(say("annex.who.contact", contact=settings.contact) if settings.contact else "")
    draft.paragraph("annex-who", *sentences, voice="", lengths=FULL)


def _method(draft: Draft, version: str) -> None:
    term = draft.measures.term
    rules = (
        () if draft.public else ("order", "sources_rule", "negative_rule", "score", "progress", "order_note")
    )
    items = [say(f"annex.method.{rule}") for rule in rules]
    years = say(
        "annex.method.years",
        baseline=term.start,
        first=term.years[0],
        last=term.years[1],
        until=term.end,
        plan_first=term.plan[0],
        plan_last=term.plan[1],
        account=draft.measures.last_account,
    )
    draft.bullets(
        "annex-method", [*items, years, say("annex.method.versions", version=version)], voice="", lengths=FULL
    )
