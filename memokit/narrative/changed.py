"""What changed since the baseline: the context, the people, and figures then and now."""

from __future__ import annotations

from memokit import catalogue, facts
from memokit.document import FULL, NORMAL
from memokit.findings import of_kind
from memokit.measures import Measures
from memokit.measures.figures import FigureMeasure, Observed
from memokit.narrative.draft import Draft, columns
from memokit.records import ContextEvent
from memokit.texts import note_mark, number, say, signed

BACKGROUND_NOTES = 2
EVENTS_IN_TEXT = 4
LEAST_FOR_PERCENT = 20


def count_then_and_later(measures: Measures) -> tuple[int, ...]:
    """Return the SDG goals for which there is a public figure of the baseline year and of a later year."""
    return tuple(sorted({f.goal for f in measures.figures if f.goal and f.then and f.now}))


def write_changed(draft: Draft) -> None:
    """Write whether the context is still the same, and what changed."""
    draft.section("changed", baseline=draft.measures.term.start)
    if draft.public:
        draft.paragraph("changed-people", people_sentence(draft))
        figures_table(draft, [f for f in draft.measures.figures if f.origin == "public"], NORMAL)
        draft.paragraph(
            "changed-ask",
            say("section.changed.ask_public", baseline=draft.measures.term.start),
            voice="todo",
        )
        return
    judged = any(action.relevance for action in draft.measures.actions)
    draft.paragraph("changed-context", _context_answer(draft), voice="opinion" if judged else "todo")
    draft.paragraph("changed-people", people_sentence(draft))
    term = draft.measures.term
    events = sorted(draft.dossier.context, key=lambda event: event.date)
    recent = [event for event in events if int(event.date[:4]) > term.start]
    told = {id(event) for event in sorted(recent, key=_weight)[:EVENTS_IN_TEXT]}
    items = {True: [], False: []}  # type: dict[bool, list[str]]
    for i, event in enumerate(recent):
        items[id(event) in told].append(_event(draft, i, event))
    draft.bullets("changed-events", items[True])
    draft.bullets("changed-events-more", items[False], lengths=FULL)
    draft.paragraph("changed-background", _background(draft, [e for e in events if e not in recent]))


def _context_answer(draft: Draft) -> str:
    actions, baseline = draft.measures.actions, draft.measures.term.start
    judged = [action for action in actions if action.relevance]
    changed = [action for action in judged if action.relevance != "same"]
    if not judged:
        return say("section.changed.context_unknown", baseline=baseline)
    if not changed:
        return say("section.changed.context_same", baseline=baseline)
    return say("section.changed.context_yes", n=len(changed), total=len(actions), baseline=baseline)


def people_sentence(draft: Draft) -> str:
    """Return the inhabitants now and then; on the same territory, or not at all."""
    figure = draft.measures.figure("population")
    if figure is None or (figure.now or figure.then) is None:
        return ""
    now, then = (figure.now, figure.then) if figure.now else (figure.then, None)
    assert now is not None
    note = draft.source_note("population", [*now.sources, *(then.sources if then else ())])
    return say(
        "section.changed.people",
        gemeente=draft.municipality,
        now=now,
        then=then,
        diff=figure.change or 0,
        note=note,
    )


def _weight(event: ContextEvent) -> tuple[bool, bool]:
    """A merger comes first, then what touched an action; the rest is for the full length."""
    return event.kind != "merger", not event.actions


def _event(draft: Draft, i: int, event: ContextEvent) -> str:
    note = draft.source_note(f"context-{i}", event.sources)
    text = " ".join(part for part in (event.event, event.local_effect) if part)
    return say("section.changed.event", text=text, note=note)


def _background(draft: Draft, own: list[ContextEvent]) -> str:
    """Return what is good to know: background that is older than the baseline, or that holds everywhere."""
    themes = set(draft.dossier.settings.themes)
    told = " ".join(event.event for event in draft.dossier.context).lower()
    ready = [
        row
        for row in catalogue.rows("context_notes")
        if row["default"] == "yes" and themes & set(row["relates"].split(";")) and _new(row["key"], told)
    ][:BACKGROUND_NOTES]
    texts = [event.event for event in own] + [row["text"] for row in ready]
    if not texts:
        return ""
    cites = [draft.cite(s) for event in own for s in event.sources] + [row["source"] for row in ready]
    note = draft.note("background", say("sources.cite.joined", parts=list(dict.fromkeys(cites))))
    return say("section.changed.background", texts=texts, note=note)


SIGNS = {
    "municipal_fund": "gemeentefonds",
    "covid": "corona",
    "ukraine": "oekra",
    "compulsory_vote": "verplicht",
    "advice_rules": "decreet",
}


def _new(key: str, told: str) -> bool:
    """A ready note stays away when the council tells the same thing itself."""
    return SIGNS.get(key, key) not in told


def figures_table(draft: Draft, figures: list[FigureMeasure], lengths: frozenset[str] = FULL) -> None:
    """Write the table of figures then and now, each with its footnote."""
    baseline = draft.measures.term.start
    heads = columns(
        "section.changed.columns", ("then", "now", "change"), {"name": 2.4, "goal": 0.6}, baseline=baseline
    )
    rows = [
        [
            f"{figure_name(figure)}{note_mark(figure_note(draft, figure))}",
            str(figure.goal or say("common.not_applicable")),
            _then_cell(figure, baseline),
            value_cell(figure, figure.now, with_year=True),
            change_cell(figure),
        ]
        for figure in figures
    ]
    real = any(figure.then_real is not None for figure in figures)
    cases = any(f.now and f.now.numerator is not None and f.now.numerator < 50 for f in figures)
    remark = say("section.changed.remark_public", real=real, cases=cases)
    draft.table(
        "figures", say("section.changed.caption", name=draft.measures.name), heads, rows, remark, lengths
    )


def _then_cell(figure: FigureMeasure, baseline: int) -> str:
    return value_cell(figure, figure.then, with_year=figure.then is not None and figure.then.year != baseline)


def figure_name(figure: FigureMeasure) -> str:
    """Return the name of a figure with its unit, unless the name already says it."""
    name = f"{figure.name[:1].upper()}{figure.name[1:]}"
    said = "(" in name or not figure.unit or figure.unit.lower() in name.lower()
    return name if said else say("section.changed.name_unit", name=name, unit=figure.unit)


def few(figure: FigureMeasure, observed: Observed | None) -> bool:
    """Tell whether a share rests on fewer than twenty: then counts are told, never a percentage."""
    small = (
        observed is not None and observed.denominator is not None and observed.denominator < LEAST_FOR_PERCENT
    )
    return figure.unit.startswith("%") and small


def value_cell(figure: FigureMeasure, observed: Observed | None, with_year: bool = False) -> str:
    """Return a figure, and its year where that is not the column's; "n.b." when it is missing."""
    if observed is None:
        return number(None)
    key = "value_year" if with_year else "value"
    if few(figure, observed):
        text = say("section.changed.few", numerator=observed.numerator, denominator=observed.denominator)
    else:
        text = number(observed.value, figure.decimals)
    return say(f"section.changed.{key}", value=text, year=observed.year)


def change_cell(figure: FigureMeasure) -> str:
    """Return the difference with its sign; a survey's inside its margin is "geen aantoonbaar verschil"."""
    if figure.change is None:
        return number(None)
    if few(figure, figure.then) or few(figure, figure.now):
        return say("common.not_applicable")
    if figure.no_difference:
        return say("section.changed.no_difference")
    return signed(figure.change, figure.decimals)


def figure_note(draft: Draft, figure: FigureMeasure) -> str:
    """Keep the footnote of a figure: source, numerator and denominator, index, caveats."""
    then, now = figure.then, figure.now
    sources = [*(now.sources if now else ()), *(then.sources if then else ())]
    return draft.note(
        f"figure-{figure.key}",
        say(
            "annex.figures.note",
            cites="; ".join(draft.cites(sources)),
            caveats=figure.caveats,
            ratio_now=_ratio(figure, now),
            ratio_then=_ratio(figure, then),
            year_now=now.year if now else None,
            year_then=then.year if then else None,
            real=figure.then_real,
            decimals=figure.decimals,
            unit=figure.unit,
        ),
    )


def _ratio(figure: FigureMeasure, observed: Observed | None) -> str:
    """Return numerator and denominator in words: what a rate rests on."""
    if observed is None or observed.numerator is None or observed.denominator is None:
        return ""
    public = figure.origin == "public"
    unit = facts.record(figure.key)["unit"] if public else "euro" if figure.key == "IS13" else ""
    return say(
        "annex.figures.ratio_words", numerator=observed.numerator, unit=unit,
        denominator=observed.denominator, people=public or figure.key == "IS13",
    )  # fmt: skip


def more_relevant(draft: Draft, rule: str) -> list[str]:
    """Return the titles of the actions that became more (or less) relevant."""
    return [f.values["title"] for f in of_kind(draft.findings, "more_relevant") if f.rule == rule]
