"""In het kort, and how we judged."""

from __future__ import annotations

from memokit import catalogue
from memokit.document import EVERY, PAGE
from memokit.findings import of_kind
from memokit.measures.actions import ActionCounts
from memokit.narrative.changed import count_then_and_later
from memokit.narrative.draft import Draft, lower
from memokit.texts import capital, note_mark, say


def write_short(draft: Draft) -> None:
    """Write the summary: what was done, the money, the labels, the thanks and the number of questions."""
    draft.section("short")
    if draft.public:
        n = len(count_then_and_later(draft.measures))
        draft.write("short-public", "section.short.public", lengths=EVERY)
        goals, money = "section.short.public_goals", "section.short.public_money"
        draft.write("short-goals", goals, money, lengths=EVERY, n=n)
        return
    judged = draft.measures.counts is not None and draft.measures.counts.n > 0
    draft.paragraph("short-actions", _actions(draft), voice="fact" if judged else "todo", lengths=EVERY,
                    hold="stays")
    draft.paragraph("short-money", _money(draft), lengths=EVERY)
    draft.paragraph("short-labels", _labels(draft))
    gaps = [*of_kind(draft.findings, "promise_open", True), *of_kind(draft.findings, "wish", True)]
    thanks = "section.short.thanks" if of_kind(draft.findings, "strength") else ""
    questions = "section.short.questions" if gaps else ""
    draft.write("short-thanks", thanks, questions, voice="", lengths=EVERY, hold="stays", n=len(gaps))
    draft.write("short-where", "section.short.where", voice="aside", lengths=PAGE)


def _actions(draft: Draft) -> str:
    counts = draft.measures.counts
    assert counts is not None
    total = counts.n + counts.later + counts.pending
    if not counts.n:
        return draft.say("section.short.none_judged" if total else "section.short.empty", n=total)
    note = draft.note("actions", draft.say("section.short.note_actions"))
    return f"{draft.say('section.short.plan', n=total)} {breakdown(counts, brief=True)}{note_mark(note)}"


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
        done = [status for status in ("achieved", "mostly") if by_status.pop(status, 0)]
        how = say(f"section.short.done_{'both' if len(done) == 2 else done[0]}")
        sentences.append(say("section.short.done", n=counts.done, how=how))
    for status, n in by_status.items():
        sentences.append(say("section.status.sentence", n=n, verb=say(f"section.status.{status}", n=n)))
    for left_out in ("later", "pending"):
        if n := getattr(counts, left_out):
            sentences.append(say(f"section.short.{left_out}", n=n))
    return " ".join(sentences)


def _money(draft: Draft) -> str:
    """Return the euro per inhabitant then and now, with numerator, denominator and index in its note."""
    money = draft.measures.money
    if money is None or money.now is None:
        return ""
    same = money.then is not None and money.then.year < money.now.year
    then, real = (money.then, money.then_real) if same else (None, None)
    cites = "; ".join(draft.cites([*money.now.sources, *(then.sources if then else ())]))
    names = [say(f"section.short.field_names.{field}") for field in money.fields]
    values = {"now": money.now, "then": then, "real": real, "cites": cites, "names": names}
    note = draft.note("money", draft.say("section.short.note_money", **values))
    return draft.say("section.short.money", note=note, **values)


def _labels(draft: Draft) -> str:
    labelled, bare = len(draft.agenda.labelled), len(draft.agenda.label_only)
    if not labelled:
        return ""
    first = draft.say("section.short.labels", labelled=labelled)
    if not bare:
        return first
    return f"{first} {say('section.short.label_only', n=bare, labelled=labelled, note=label_note(draft))}"


def label_note(draft: Draft) -> str:
    """Keep the footnote that says where was looked for estimates and results, and what was asked."""
    of_items = [name for item in draft.agenda.label_only for name in item.sources]
    searched = [name for name in of_items if (found := draft.source(name)) and found.kind == "search"]
    return draft.source_note("labels", [*draft.dossier.settings.plan_sources, *(searched or of_items)])


def write_how(draft: Draft) -> None:
    """Write how the judgement was made, in four lines."""
    draft.section("how")
    place = draft.measures.place
    merged = place is not None and len(place.merged_from) > 1
    if draft.public:
        draft.paragraph("how-public", draft.say("section.how.public", borders=merged), _place(draft))
        return
    counts, themes = draft.measures.counts, draft.dossier.settings.themes
    assert counts is not None
    on = [lower(t.name) for t in catalogue.themes().values() if t.theme in themes]
    off = [lower(t.name) for t in catalogue.themes().values() if t.theme not in themes]
    abstained = any(a.abstained == "yes" for a in draft.dossier.assessments)
    draft.bullets("how-lines", (
        ("how-scope", draft.say("section.how.scope", names=[capital(on[0]), *on[1:]] if on else [], off=off)),
        ("how-plan", draft.say("section.how.plan", n=counts.n + counts.later + counts.pending)),
        ("how-who", draft.say("section.how.who", abstained=abstained)),
        ("how-words", draft.say("section.how.words")),
    ), voice="", hold="fixed")
    draft.paragraph("how-place", _place(draft), hold="fixed")


def _place(draft: Draft) -> str:
    """Return what a reader must know of a merger: whose figures these are, and until when."""
    place = draft.measures.place
    if place is None:
        return ""
    members, others = ([town.name for town in towns] for towns in (place.members, place.merges_with))
    key = place.note
    if key == "own_name_merged_later" and place.successor is not None and place.successor.code == place.code:
        key = "grew"  # type: ignore[assignment]  # Antwerpen keeps its code and grows
    told = draft.say(f"section.how.place_{key}", place=place, members=members, others=others) if key else ""
    if len(place.merged_from) > 1 and key != "predecessors":
        parts = [town.name for town in place.merged_from]
        told += " " + draft.say("section.how.place_merged", place=place, parts=parts)
    return told.strip()
