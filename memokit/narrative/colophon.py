"""The last annexes: our advice, what was not judged, terms, sources, who we are, and method."""

from __future__ import annotations

from typing import Any

from memokit import catalogue
from memokit.document import FULL
from memokit.findings import passage_id
from memokit.measures.public import SOURCE
from memokit.narrative.draft import Draft, value_label
from memokit.texts import capital, lookup, say


def write_advice(draft: Draft) -> None:
    """Write how many advices were answered, after how many days, and what became of them."""
    first, last = draft.measures.term.years[0], draft.measures.term.end
    now, before = draft.measures.advice, draft.measures.advice_before
    for name, a, start, end in (("now", now, first, last), ("before", before, first - 6, first - 1)):
        if a is None:
            continue
        note = draft.source_note(f"advice-{name}", a.sources)
        parts = [
            say("annex.advice.followed_part", n=n, label=value_label("followed", key))
            for key, n in a.followed.items()
        ]
        days = "annex.advice.days" if a.median_days is not None else ""
        followed = "annex.advice.followed" if parts else ""
        values: dict[str, Any] = {"a": a, "first": start, "last": end, "note": note, "parts": parts}
        draft.write(f"annex-advice-{name}", "annex.advice.counts", days, followed, lengths=FULL, **values)


def write_open(draft: Draft) -> None:
    """Write what was not judged, and why not."""
    if draft.public:
        draft.write("annex-open-intro", "annex.open.public", lengths=FULL)
        return
    agenda, themes = draft.agenda, draft.dossier.settings.themes
    items = [
        *((f"open-{a.code}", say(f"annex.open.{a.status}", a=a)) for a in draft.measures.actions
          if a.status in {"pending", "later", "unclear"}),
        *((f"open-{c.key}", say("annex.open.unknown", name=c.indicator.name))
          for c in agenda.criteria if c.now == "unknown"),
        ("open-labels", say("annex.open.labels") if agenda.labelled and not agenda.label_checked else ""),
        ("open-goals", say("annex.open.goals", goals=agenda.silent_goals) if agenda.goals else ""),
        *((f"open-theme-{t.theme}", say("annex.open.theme", t=t))
          for t in catalogue.themes().values() if t.theme not in themes),
    ]
    found = "intro" if any(text for _, text in items) else "none"
    draft.write("annex-open-intro", f"annex.open.{found}", voice="", lengths=FULL)
    draft.bullets("annex-open-list", items, lengths=FULL)


def write_terms(draft: Draft) -> None:
    """Write the definitions."""
    entries = lookup("annex.terms.entries").items()
    items = [
        (passage_id("term", name), say("annex.terms.entry", name=name, text=text)) for name, text in entries
    ]
    draft.bullets("annex-terms", items, voice="", lengths=FULL)


def write_sources(draft: Draft) -> None:
    """Write every source that a footnote cites."""
    draft.write("annex-sources-intro", "annex.sources.intro", voice="", lengths=FULL)
    cited = sorted(draft.cited, key=lambda name: (name.startswith(SOURCE), name))
    items = [  # a public fact bears no number of the dossier
        (passage_id("source", name), capital(draft.cite(name)) if name.startswith(SOURCE)
         else say("annex.sources.item", id=name, text=draft.cite(name)))
        for name in cited
    ]
    draft.bullets("annex-sources", items, voice="", lengths=FULL)


def write_who(draft: Draft) -> None:
    """Write who judges: members, recognition, own interest (fairness.md 9)."""
    note = draft.source_note("recognised", draft.dossier.settings.recognised_by)
    abstained = any(a.abstained == "yes" for a in draft.dossier.assessments)
    kind = draft.dossier.settings.sender
    draft.write("annex-who", f"annex.who.{kind}", "annex.who.interest", voice="", lengths=FULL, note=note,
                abstained=abstained)


def write_method(draft: Draft, version: str) -> None:
    """Write the rules, the years and the formulas."""
    rules = ("order", "sources_rule", "negative_rule", "score", "progress", "order_note", "years", "versions")
    told = rules[-2:] if draft.public else rules
    items = [(f"method-{rule}", draft.say(f"annex.method.{rule}", version=version)) for rule in told]
    draft.bullets("annex-method", items, voice="", lengths=FULL)
