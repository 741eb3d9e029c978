"""Where there is still work: open promises and wishes, apart; then relevance, reply, our own part."""

from __future__ import annotations

from memokit.document import EVERY, FULL, NORMAL
from memokit.findings import Finding, of_kind, passage_id
from memokit.measures.actions import ActionMeasure
from memokit.narrative.draft import Draft, value_label
from memokit.texts import say


def write_gaps(draft: Draft) -> None:
    """Write the two kinds of gaps under two headings, never in one list; each ends in one question."""
    draft.section("gaps")
    if draft.public:
        draft.write("gaps-none", "section.gaps.none_public", voice="todo")
        draft.write("gaps-money", "section.gaps.money_public", lengths=EVERY)
        draft.write("gaps-recipe", "section.gaps.money_recipe")
        return
    promises, wishes = of_kind(draft.findings, "promise_open"), of_kind(draft.findings, "wish")
    if not draft.measures.actions and not promises:
        draft.write("gaps-none", "section.gaps.none", voice="todo")
    else:
        draft.section("promises", level=2)
        _list(draft, "promises", promises)
    if wishes:
        draft.section("wishes", level=2)
        _list(draft, "wishes", wishes)


def _list(draft: Draft, name: str, findings: tuple[Finding, ...]) -> None:
    for finding in findings:
        if finding.chosen:
            _gap(draft, finding)
    if rest := sum(not finding.chosen for finding in findings):
        annex = draft.annexes.get("actions" if name == "promises" else "questions")
        lengths = NORMAL if name == "promises" else FULL
        draft.write(f"{name}-more", f"section.gaps.more_{name}", voice="aside", lengths=lengths, n=rest,
                    annex=annex)
    if not findings:
        draft.write("promises-none", "section.gaps.no_promises", hold="stays")


def _gap(draft: Draft, finding: Finding) -> None:
    """Write one gap: what was promised and done (or not promised), our opinion, and one question."""
    values, name = finding.values, finding.passage
    action = next((a for a in draft.measures.actions if a.code == finding.subject), None)
    note, of_action = _notes(draft, finding, action)
    fact = draft.say(f"section.gaps.{finding.kind}_{finding.rule}", v=values, action=action,
                     label=value_label("status", action.status) if action else "", note=note,
                     of_action=of_action)
    promised = action if finding.kind == "promise_open" else None
    more = (_money(draft, promised), reason_sentence(draft, promised)) if promised else ()
    draft.paragraph(name, fact, *more, lengths=EVERY, finding=finding.id)
    opinion = draft.say("section.gaps.wish_why", v=values) if "why" in values else values.get("opinion", "")
    draft.paragraph(f"{name}-opinion", opinion, voice="opinion", finding=finding.id)
    question = values.get("question") or values.get("ask") or say("section.gaps.default_question")
    asked = say("section.gaps.question", question=question)
    draft.paragraph(f"{name}-question", asked, voice="question", lengths=EVERY, finding=finding.id,
                    hold="stays")
    for passage in (name, f"{name}-opinion"):
        draft.judge(passage, finding.subject)


def _notes(draft: Draft, finding: Finding, action: ActionMeasure | None) -> tuple[str, str]:
    """Keep the footnote of a gap, and that of its action: what the latter cites is not said twice."""
    told = action.sources if action and finding.kind == "promise_open" and finding.rule == "point" else ()
    if not told or not set(told) < set(finding.sources):
        return draft.source_note(finding.passage, finding.sources), ""
    rest = [source for source in finding.sources if source not in told]
    return draft.source_note(finding.passage, rest), draft.source_note(f"action-{finding.subject}", told)


def _money(draft: Draft, action: ActionMeasure) -> str:
    money = draft.measures.money.actions.get(action.code) if draft.measures.money else None
    if money is None or money.planned_last is None or money.spent is None:
        return ""
    return say("section.gaps.money", a=money, note=draft.source_note(f"money-{action.code}", money.sources))


def reason_sentence(draft: Draft, action: ActionMeasure) -> str:
    """Return why it is not done yet, and who says so; unknown is said as unknown."""
    if not action.reason:
        return ""
    if action.reason == "unknown":
        return say("section.gaps.reason_unknown")
    words = say(f"section.gaps.reason_words.{action.reason}")
    return say("section.gaps.reason", who=draft.whose(action.reason_by), reason=words)


def write_relevant(draft: Draft) -> None:
    """Write what became more relevant, and what less; without a tick the heading is absent, not empty."""
    found = of_kind(draft.findings, "more_relevant")
    if found:
        draft.section("relevant")
        titles = {rule: [f.values["title"] for f in found if f.rule == rule] for rule in ("more", "less")}
        sentences = [say(f"section.relevant.{rule}", titles=t) for rule, t in titles.items() if t]
        draft.paragraph("relevant-actions", *sentences, voice="opinion")


def write_reply(draft: Draft) -> None:
    """Write the fact check and the reaction: dates, and the reaction unedited (fairness.md 10)."""
    draft.section("reply")
    if draft.public or not draft.dossier.settings.reply_asked_on:
        checked = "" if draft.public or not draft.dossier.settings.fact_check_from else "section.reply.check"
        draft.write("reply-dates", checked, "section.reply.not_asked", voice="todo", lengths=EVERY)
        draft.write("reply-period", "section.reply.sperperiode", voice="todo", lengths=FULL)
        return
    draft.write("reply-dates", "section.reply.check", "section.reply.asked", lengths=EVERY, hold="fixed")
    for reply in draft.dossier.replies:
        name = passage_id("reply", f"{reply.about}|")
        draft.write(name, "section.reply.words", voice="", hold="fixed", reply=reply)


def write_own(draft: Draft) -> None:
    """Write what the council itself did and can do: at most three lines and one count; or nothing at all."""
    items = [(f.passage, say("section.own.item", v=f.values)) for f in of_kind(draft.findings, "own", True)]
    advice = draft.measures.advice
    counts = "section.own.counts" if advice is not None and advice.own_initiative else ""
    discussed = "section.own.discussed" if not draft.public and draft.dossier.settings.discussed_with else ""
    if items or counts or discussed:
        draft.section("own")
        draft.bullets("own-points", items, voice="opinion")
        draft.write("own-advice", counts, a=advice)
        draft.write("own-discussed", discussed)
