"""What changed since the baseline: the context, the people, and figures then and now."""

from __future__ import annotations

from memokit import catalogue, facts
from memokit.document import FULL, NORMAL, Voice
from memokit.findings import passage_id
from memokit.measures import Measures
from memokit.measures.figures import FigureMeasure, Observed
from memokit.narrative.draft import Draft
from memokit.records import ContextEvent
from memokit.texts import note_mark, number, say, signed

BACKGROUND_NOTES = 2
EVENTS_IN_TEXT = 2
LEAST_FOR_PERCENT = 20
SMALL = 50  # cases a year: below it a rate moves by chance


def count_then_and_later(measures: Measures) -> tuple[int, ...]:
    """Return the SDG goals for which there is a public figure of the baseline year and of a later year."""
    return tuple(sorted({f.goal for f in measures.figures if f.goal and f.then and f.now}))


def write_changed(draft: Draft) -> None:
    """Write whether the context is still the same, and what changed."""
    draft.section("changed")
    if draft.public:
        _people(draft)
        figures_table(draft, [f for f in draft.measures.figures if f.origin == "public"], NORMAL)
        draft.write("changed-ask", "section.changed.ask_public", voice="todo")
        return
    relevance = [action.relevance for action in draft.measures.actions if action.relevance]
    n = sum(word != "same" for word in relevance)
    answer = "unknown" if not relevance else "yes" if n else "same"
    voice: Voice = "opinion" if relevance else "todo"
    total = len(draft.measures.actions)
    draft.write("changed-context", f"section.changed.context_{answer}", voice=voice, n=n, total=total)
    _people(draft)
    events = sorted(draft.dossier.context, key=lambda event: event.date)
    recent = [event for event in events if int(event.date[:4]) > draft.measures.term.start]
    told = {id(event) for event in sorted(recent, key=_weight)[:EVENTS_IN_TEXT]}
    items = [(id(event) in told, _event(draft, event)) for event in recent]
    draft.bullets("changed-events", [item for chosen, item in items if chosen])
    draft.bullets("changed-events-more", [item for chosen, item in items if not chosen], lengths=FULL)
    _background(draft, [event for event in events if event not in recent])


def _people(draft: Draft) -> None:
    """Write the inhabitants now and then; on the same territory, or not at all."""
    figure = draft.measures.figure("population")
    if figure is None or (now := figure.now or figure.then) is None:
        return
    then, diff = figure.then if figure.now else None, figure.change or 0
    note = _note(draft, figure)
    lengths = NORMAL if draft.public else FULL
    draft.write("changed-people", "section.changed.people", lengths=lengths, now=now, then=then, diff=diff,
                note=note)


def _weight(event: ContextEvent) -> tuple[bool, int]:
    """A merger comes first, then what touched most actions; the rest is for the full length."""
    return event.kind != "merger", -len(event.actions)


def _event(draft: Draft, event: ContextEvent) -> tuple[str, str]:
    name = passage_id("event", event.id)
    note = draft.source_note(name, event.sources)
    text = " ".join(part for part in (event.event, event.local_effect) if part)
    return name, say("section.changed.event", text=text, note=note)


def _background(draft: Draft, own: list[ContextEvent]) -> None:
    """Write what is good to know: what is older than the baseline, or holds everywhere.

    A ready note stays away when the council tells the same thing itself: one of its words is in an event.
    """
    themes = set(draft.dossier.settings.themes)
    told = " ".join(event.event for event in draft.dossier.context).lower()
    ready = [
        row for row in catalogue.rows("context_notes")
        if row["default"] == "yes" and themes & set(row["relates"].split(";")) and row["sign"] not in told
    ][:BACKGROUND_NOTES]
    if own or ready:
        cites = draft.cites(s for event in own for s in event.sources) + [row["source"] for row in ready]
        note = draft.note("background", say("sources.cite.joined", parts=list(dict.fromkeys(cites))))
        words = [event.event for event in own] + [row["text"] for row in ready]
        draft.write("changed-background", "section.changed.background", lengths=FULL, texts=words, note=note)


def figures_table(draft: Draft, figures: list[FigureMeasure], lengths: frozenset[str] = FULL) -> None:
    """Write the table of figures then and now, each with its footnote."""
    rows = [
        [name_cell(draft, f), str(f.goal or say("common.not_applicable")), *value_cells(draft, f)]
        for f in figures
    ]
    draft.table(
        "figures", rows, ("then", "now", "change"), {"name": 2.4, "goal": 0.6}, lengths,
        real=any(f.then_real is not None for f in figures),
        cases=any(f.now and f.now.numerator is not None and f.now.numerator < SMALL for f in figures),
    )


def name_cell(draft: Draft, figure: FigureMeasure) -> str:
    """Return the name of a figure with its unit, unless the name says it already, and its footnote."""
    name = f"{figure.name[:1].upper()}{figure.name[1:]}"
    said = "(" in name or not figure.unit or figure.unit.lower() in name.lower()
    full = name if said else say("section.changed.name_unit", name=name, unit=figure.unit)
    return f"{full}{note_mark(_note(draft, figure))}"


def value_cells(draft: Draft, figure: FigureMeasure) -> list[str]:
    """Return then, now and the difference; a year that is not the column's stands behind its figure."""
    then, start = figure.then, draft.measures.term.start
    return [
        _value(figure, then, with_year=then is not None and then.year != start),
        _value(figure, figure.now, with_year=True), _change(figure),
    ]


def _few(figure: FigureMeasure, observed: Observed | None) -> bool:
    """Tell whether a share rests on fewer than twenty: then counts are told, never a percentage."""
    under = observed.denominator if observed else None
    return figure.unit.startswith("%") and under is not None and under < LEAST_FOR_PERCENT


def _value(figure: FigureMeasure, observed: Observed | None, with_year: bool) -> str:
    if observed is None:
        return number(None)
    text = number(observed.value, figure.decimals)
    if _few(figure, observed):
        text = say("section.changed.few", o=observed)
    return say("section.changed.value_year", value=text, year=observed.year) if with_year else text


def _change(figure: FigureMeasure) -> str:
    """Return the difference with its sign; a survey's inside its margin is "geen aantoonbaar verschil"."""
    if figure.change is None:
        return number(None)
    if _few(figure, figure.then) or _few(figure, figure.now):
        return say("common.not_applicable")
    if figure.no_difference:
        return say("section.changed.no_difference")
    return signed(figure.change, figure.decimals)


def _note(draft: Draft, figure: FigureMeasure) -> str:
    """Keep the footnote of a figure: source, numerator and denominator, index, caveats."""
    both = [observed for observed in (figure.now, figure.then) if observed is not None]
    cites = "; ".join(draft.cites(source for observed in both for source in observed.sources))
    ratios = [_ratio(figure, o) for o in both if o.numerator is not None and o.denominator is not None]
    text = say("annex.figures.note", cites=cites, ratios=ratios, f=figure)
    return draft.note(f"figure-{figure.key}", text)


def _ratio(figure: FigureMeasure, observed: Observed) -> str:
    """Return numerator and denominator in words: what a rate rests on."""
    public, euro = figure.origin == "public", figure.key == "IS13"
    unit = facts.record(figure.key)["unit"] if public else "euro" if euro else ""
    return say("annex.figures.ratio", o=observed, unit=unit, people=public or euro)
