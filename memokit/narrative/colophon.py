"""The last annexes: our advice, what was not judged, terms, sources, who we are, and method."""

from __future__ import annotations

from memokit import catalogue
from memokit.document import FULL
from memokit.narrative.draft import Draft, value_label
from memokit.texts import lookup, say


def write_advice(draft: Draft) -> None:
    """Write how many advices were answered, after how many days, and what became of them."""
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


def write_open(draft: Draft) -> None:
    """Write what was not judged, and why not."""
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


def write_terms(draft: Draft) -> None:
    """Write the definitions."""
    entries = lookup("annex.terms.entries")
    draft.bullets(
        "annex-terms",
        [say("annex.terms.entry", name=name, text=text) for name, text in entries.items()],
        voice="",
        lengths=FULL,
    )


def write_sources(draft: Draft) -> None:
    """Write every source that a footnote cites."""
    draft.paragraph("annex-sources-intro", say("annex.sources.intro"), voice="", lengths=FULL)
    cited = sorted(draft.cited, key=lambda name: (name.startswith("fact:"), name))
    items = [
        say("annex.sources.item", id=name.removeprefix("fact:"), text=draft.cite(name)) for name in cited
    ]
    draft.bullets("annex-sources", items, voice="", lengths=FULL)


def write_who(draft: Draft) -> None:
    """Write who judges: members, recognition, own interest (fairness.md 9)."""
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


def write_method(draft: Draft, version: str) -> None:
    """Write the rules, the years and the formulas."""
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
