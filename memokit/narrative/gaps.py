"""Where there is still work: open promises and wishes, apart; then relevance, reply, our own part."""

from __future__ import annotations

from memokit.document import EVERY, FULL
from memokit.findings import Finding, of_kind
from memokit.measures.actions import ActionMeasure
from memokit.narrative.changed import more_relevant
from memokit.narrative.draft import Draft, value_label
from memokit.texts import say


def write_gaps(draft: Draft) -> None:
    """Write the two kinds of gaps under two headings, never in one list; each ends in one question."""
    draft.section("gaps")
    if draft.public:
        _public(draft)
        return
    promises = of_kind(draft.findings, "promise_open")
    if draft.measures.actions or promises:
        _promises(draft, promises)
    else:
        draft.paragraph("gaps-none", say("section.gaps.none"), voice="todo")
    _wishes(draft, of_kind(draft.findings, "wish"))


def _promises(draft: Draft, promises: tuple[Finding, ...]) -> None:
    draft.section("promises", level=2)
    for finding in promises:
        if finding.chosen:
            _promise(draft, finding)
    if rest := sum(not finding.chosen for finding in promises):
        draft.paragraph("promises-more", say("section.gaps.more", n=rest), voice="aside")
    if not promises:
        draft.paragraph("promises-none", say("section.gaps.no_promises"))


def _wishes(draft: Draft, wishes: tuple[Finding, ...]) -> None:
    if wishes:
        draft.section("wishes", level=2)
        for finding in wishes:
            if finding.chosen:
                _wish(draft, finding)
        if rest := sum(not finding.chosen for finding in wishes):
            draft.paragraph(
                "wishes-more",
                say("section.gaps.more_wishes", n=rest, annex=draft.annex("questions")),
                voice="aside",
            )


def _public(draft: Draft) -> None:
    baseline, account = draft.measures.term.start, draft.measures.last_account
    draft.paragraph("gaps-none", say("section.gaps.none_public"), voice="todo")
    draft.paragraph(
        "gaps-money",
        say("section.gaps.money_public_title"),
        say("section.gaps.money_public", baseline=baseline, account=account),
        lengths=EVERY,
    )
    draft.paragraph("gaps-recipe", say("section.gaps.money_recipe", baseline=baseline, account=account))


def _action(draft: Draft, code: str) -> ActionMeasure | None:
    return next((action for action in draft.measures.actions if action.code == code), None)


def _promise(draft: Draft, finding: Finding) -> None:
    name, values = f"promise-{finding.subject}", finding.values
    action = _action(draft, finding.subject)
    note = draft.source_note(name, finding.sources)
    if finding.rule == "point":
        fact = [
            say("section.gaps.promise", title=values["title"], text=values["text"], note=note),
            say(f"section.gaps.promised_in.{values['promise_from']}") if action is None else "",
            _status(action),
            _money(draft, action),
            reason_sentence(draft, action),
        ]
    else:
        fact = [
            say(
                "section.gaps.action",
                title=values["title"],
                label=value_label("status", values["status"]),
                line=values["line"].rstrip("."),
                note=note,
                reason="",
            ),
            _money(draft, action),
            reason_sentence(draft, action),
        ]
    draft.paragraph(name, *fact, lengths=EVERY, finding=finding.id)
    draft.paragraph(f"{name}-opinion", values.get("opinion", ""), voice="opinion", finding=finding.id)
    question = values.get("question") or say("section.gaps.default_question")
    draft.paragraph(
        f"{name}-question",
        say("section.gaps.question", question=question),
        voice="question",
        lengths=EVERY,
        finding=finding.id,
    )


def _status(action: ActionMeasure | None) -> str:
    return say("section.gaps.status", label=value_label("status", action.status)) if action else ""


def _money(draft: Draft, action: ActionMeasure | None) -> str:
    money = draft.measures.money.actions.get(action.code) if action and draft.measures.money else None
    if action is None or money is None or money.planned_last is None or money.spent is None:
        return ""
    note = draft.source_note(f"money-{action.code}", money.sources)
    revised = money.planned_first is not None and money.planned_first != money.planned_last
    return say(
        "section.gaps.money",
        first=money.first,
        last=money.last,
        planned=money.planned_last,
        planned_first=money.planned_first,
        revised=revised,
        spent=money.spent,
        note=note,
    )


def reason_sentence(draft: Draft, action: ActionMeasure | None) -> str:
    """Return why it is not done yet, and who says so; unknown is said as unknown."""
    if action is None or action.reason in {"", "unknown"}:
        return say("section.gaps.reason_unknown") if action is not None and action.reason == "unknown" else ""
    words = say(f"section.gaps.reason_words.{action.reason}")
    return say("section.gaps.reason", who=draft.whose(action.reason_by), reason=words)


def _wish(draft: Draft, finding: Finding) -> None:
    name, values = f"wish-{finding.subject}", finding.values
    note = draft.source_note(name, finding.sources)
    point = finding.rule == "point"
    draft.paragraph(
        name,
        say("section.gaps.wish", title=values["title"], text=values["text"] if point else "", note=note),
        lengths=EVERY,
        finding=finding.id,
    )
    opinion = values["opinion"] if point else say("section.gaps.wish_why", why=values["why"].rstrip("."))
    adopted = not point and values["target_by"] == "council"
    draft.paragraph(
        f"{name}-opinion",
        opinion,
        say("section.gaps.adopted", sender=draft.sender) if adopted else "",
        voice="opinion",
        finding=finding.id,
    )
    question = values["question"] if point else values["ask"]
    if question:
        draft.paragraph(
            f"{name}-question",
            say("section.gaps.question", question=question),
            voice="question",
            lengths=EVERY,
            finding=finding.id,
        )


def write_relevant(draft: Draft) -> None:
    """Write what became more relevant, and what less."""
    draft.section("relevant")
    more, less = more_relevant(draft, "more"), more_relevant(draft, "less")
    sentences = [
        say("section.relevant.more", titles=more) if more else "",
        say("section.relevant.less", titles=less) if less else "",
    ]
    voice = "opinion" if more or less else "todo"
    none = "" if more or less else say("section.relevant.none")
    draft.paragraph("relevant", *sentences, none, voice=voice)  # type: ignore[arg-type]


def write_reply(draft: Draft) -> None:
    """Write the fact check and the reaction: dates, and the reaction unedited (fairness.md 10)."""
    draft.section("reply")
    if draft.public:
        draft.paragraph("reply", say("section.reply.not_asked"), voice="todo")
        return
    settings = draft.dossier.settings
    draft.paragraph("reply", _checked(draft), _asked(draft), voice="fact", lengths=EVERY)
    for i, reply in enumerate(draft.dossier.replies):
        general = reply.about.lower() in {"algemeen", ""}
        key = "general" if general else "about"
        draft.paragraph(
            f"reply-{i}", say(f"section.reply.{key}", about=reply.about, text=reply.text), voice=""
        )
    if not settings.reply_asked_on:
        draft.paragraph("reply-period", say("section.reply.sperperiode"), voice="todo", lengths=FULL)


def _checked(draft: Draft) -> str:
    settings = draft.dossier.settings
    if settings.fact_check_from and settings.fact_check_until:
        return say("section.reply.check", first=settings.fact_check_from, last=settings.fact_check_until)
    return (
        say("section.reply.check_running", first=settings.fact_check_from) if settings.fact_check_from else ""
    )


def _asked(draft: Draft) -> str:
    settings = draft.dossier.settings
    if not settings.reply_asked_on:
        return say("section.reply.not_asked")
    if settings.reply_received_on:
        return say(
            "section.reply.asked_received", asked=settings.reply_asked_on, received=settings.reply_received_on
        )
    return say("section.reply.asked_open", due=settings.reply_due)


def write_own(draft: Draft) -> None:
    """Write what the council itself did and can do: at most three lines and one count."""
    if draft.public:
        return
    draft.section("own")
    items = [
        say("section.own.item", title=f.values["title"], text=f.values["text"])
        for f in of_kind(draft.findings, "own", True)
    ]
    draft.bullets("own", items, voice="opinion")
    advice = draft.measures.advice
    if advice is not None and advice.own_initiative:
        draft.paragraph(
            "own-advice",
            say("section.own.counts", initiative=advice.own_initiative, given=advice.given, late=advice.late),
        )
    elif not items:
        draft.paragraph("own-none", say("section.own.none", sender=draft.sender), voice="todo")
    names = draft.dossier.settings.discussed_with
    draft.paragraph("own-discussed", say("section.own.discussed", names=names) if names else "")
