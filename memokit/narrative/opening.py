"""In het kort, and how we judged."""

from __future__ import annotations

from memokit import catalogue
from memokit.document import EVERY, NORMAL, PAGE
from memokit.findings import of_kind
from memokit.measures.actions import ActionCounts
from memokit.narrative.changed import count_then_and_later
from memokit.narrative.draft import Draft
from memokit.texts import capital, note_mark, say


def write_short(draft: Draft) -> None:
    """Write the summary: what was done, the money, the labels, the thanks and the number of questions."""
    draft.section("short")
    if draft.public:
        _short_public(draft)
        return
    judged = draft.measures.counts is not None and draft.measures.counts.n > 0
    draft.paragraph("short-actions", _actions(draft), voice="fact" if judged else "todo", lengths=EVERY)
    draft.paragraph("short-money", money_sentence(draft), lengths=EVERY)
    draft.paragraph("short-labels", _labels(draft))
    gaps = [*of_kind(draft.findings, "promise_open", True), *of_kind(draft.findings, "wish", True)]
    draft.paragraph(
        "short-thanks",
        say("section.short.thanks") if of_kind(draft.findings, "strength") else "",
        say("section.short.questions", n=len(gaps)) if gaps else "",
        voice="",
        lengths=EVERY,
    )
    contact = draft.dossier.settings.contact
    draft.paragraph(
        "short-where",
        say("section.short.where", sender=draft.sender, contact=contact),
        voice="aside",
        lengths=PAGE,
    )


def _short_public(draft: Draft) -> None:
    goals = count_then_and_later(draft.measures)
    draft.paragraph("short-public", say("section.short.public", name=draft.measures.name), lengths=EVERY)
    draft.paragraph(
        "short-goals",
        say("section.short.public_goals", n=len(goals), baseline=draft.measures.term.start),
        say("section.short.public_money"),
        lengths=EVERY,
    )


def _actions(draft: Draft) -> str:
    counts, term = draft.measures.counts, draft.measures.term
    assert counts is not None
    total = counts.n + counts.later + counts.pending
    if not total:
        return say("section.short.empty")
    if not counts.n:
        return say("section.short.none_judged", n=total)
    settings = draft.dossier.settings
    note = draft.note(
        "actions",
        say(
            "section.short.note_actions",
            sender=draft.sender,
            dates=settings.judged_on,
            members=settings.voting_members,
        ),
    )
    first, last = term.plan
    plan = say("section.short.plan", gemeente=draft.municipality, n=total, first=first, last=last)
    return f"{plan} {breakdown(counts, brief=True)}{note_mark(note)}"


def breakdown(counts: ActionCounts, brief: bool) -> str:
    """Return the counts in sentences that add up; `brief` joins achieved and mostly achieved.

    Examples
    --------
    >>> breakdown(ActionCounts(3, {"achieved": 1, "mostly": 1, "unclear": 1}, 0, 0), brief=True)
    'Twee daarvan zijn gerealiseerd of grotendeels gerealiseerd. Eén konden we niet beoordelen.'
    """
    by_status = dict(counts.by_status)
    sentences = []
    if brief and counts.done:
        both = bool(by_status.get("achieved")) and bool(by_status.get("mostly"))
        how = "both" if both else "achieved" if by_status.get("achieved") else "mostly"
        sentences.append(say("section.short.done", n=counts.done, how=say(f"section.short.done_{how}")))
        by_status.pop("achieved", None)
        by_status.pop("mostly", None)
    for status, n in by_status.items():
        sentences.append(say("section.status.sentence", n=n, verb=say(f"section.status.{status}", n=n)))
    for left_out in ("later", "pending"):
        if n := getattr(counts, left_out):
            sentences.append(say(f"section.short.{left_out}", n=n))
    return " ".join(sentences)


def money_sentence(draft: Draft) -> str:
    """Return the euro per inhabitant then and now, with numerator, denominator and index in its note."""
    money = draft.measures.money
    if money is None or money.now is None:
        return ""
    same = money.then is not None and money.then.year < money.now.year
    then, real = (money.then, money.then_real) if same else (None, None)
    sources = [*money.now.sources, *(then.sources if then else ())]
    contains = draft.dossier.settings.amounts_contain
    note = draft.note(
        "money",
        say(
            "section.short.note_money",
            cites="; ".join(draft.cites(sources)),
            now=money.now,
            then=then,
            real=real,
            contains=contains,
        ),
    )
    return say(
        "section.short.money", gemeente=draft.municipality, now=money.now, then=then, real=real, note=note
    )


def _labels(draft: Draft) -> str:
    agenda, settings = draft.measures.agenda, draft.dossier.settings
    assert agenda is not None
    labelled = len(agenda.labelled)
    if not labelled:
        return ""
    key = "labels" if settings.plan_actions else "labels_unknown_total"
    first = say(f"section.short.{key}", total=settings.plan_actions, labelled=labelled)
    if not agenda.label_only:
        return first
    note = label_note(draft)
    return (
        f"{first} {say('section.short.label_only', n=len(agenda.label_only), labelled=labelled, note=note)}"
    )


def label_note(draft: Draft) -> str:
    """Keep the footnote that says where was looked for estimates and results, and what was asked."""
    agenda = draft.measures.agenda
    assert agenda is not None
    ids = [*draft.dossier.settings.plan_sources, *(s for item in agenda.label_only for s in item.sources)]
    return draft.source_note("labels", ids)


def write_how(draft: Draft) -> None:
    """Write how the judgement was made, in four lines."""
    draft.section("how")
    term = draft.measures.term
    place_words = place_sentences(draft)
    if draft.public:
        place = draft.measures.place
        merged = place is not None and bool(place.merged_from) and len(place.merged_from) > 1
        draft.paragraph(
            "how-public",
            say(
                "section.how.public",
                baseline=term.start,
                until=term.end,
                name=draft.measures.name,
                borders=merged,
            ),
            place_words,
        )
        return
    settings, counts = draft.dossier.settings, draft.measures.counts
    assert counts is not None
    on = [t for t in catalogue.themes().values() if t.theme in settings.themes]
    off = [t for t in catalogue.themes().values() if t.theme not in settings.themes]
    dates = settings.judged_on
    draft.bullets(
        "how",
        (
            say(
                "section.how.scope",
                names=[capital(_low(t.name)) if i == 0 else _low(t.name) for i, t in enumerate(on)],
                off=[_low(t.name) for t in off],
            ),
            say(
                "section.how.plan",
                n=counts.n + counts.later + counts.pending,
                first=term.plan[0],
                last=term.plan[1],
                baseline=term.start,
            ),
            say(
                "section.how.who",
                sender=draft.sender,
                members=settings.voting_members,
                dates=dates,
                beneficiaries=settings.beneficiaries,
                account=draft.measures.last_account,
                abstained=any(a.abstained == "yes" for a in draft.dossier.assessments),
            ),
            say("section.how.words"),
        ),
        voice="",
        lengths=NORMAL,
    )
    draft.paragraph("how-place", place_words)


def _low(name: str) -> str:
    return name[:1].lower() + name[1:]


def place_sentences(draft: Draft) -> str:
    """Return what a reader must know of a merger: whose figures these are, and until when."""
    place, term = draft.measures.place, draft.measures.term
    if place is None:
        return ""
    sentences = []
    members = [town.name for town in place.members]
    if place.note == "successor" and place.matched is not None:
        asked = place.matched
        sentences.append(
            say(
                "section.how.place_successor",
                asked=asked.name,
                asked_code=asked.code,
                year=asked.valid_until + 1,
                name=place.name,
                code=place.code,
            )
        )
    elif place.note == "predecessors":
        sentences.append(say("section.how.place_predecessors", name=place.name, members=members))
    elif place.note == "own_name_merged_later" and place.successor is not None:
        others = [town.name for town in place.merges_with]
        key = "place_grew" if place.successor.code == place.code else "place_own_name"
        sentences.append(
            say(f"section.how.{key}", name=place.name, others=others, successor=place.successor.name)
        )
    if len(place.merged_from) > 1 and place.note != "predecessors":
        names = [town.name for town in place.merged_from]
        sentences.append(
            say("section.how.place_merged", baseline=term.start, members=names, year=place.borders)
        )
    return " ".join(sentences)
