"""Findings and texts become the document: the section of the memorandum, in the order of fairness.md 15."""

from __future__ import annotations

from memokit.branding import Brand, brand
from memokit.document import Document, Meta
from memokit.findings import Finding
from memokit.measures import Measures
from memokit.narrative.annexes import write_annexes
from memokit.narrative.changed import write_changed
from memokit.narrative.draft import Draft
from memokit.narrative.gaps import write_gaps, write_own, write_relevant, write_reply
from memokit.narrative.goals import write_agenda
from memokit.narrative.opening import write_how, write_short
from memokit.narrative.results import write_achieved, write_thanks
from memokit.texts import language, say


def write_document(
    measures: Measures, findings: tuple[Finding, ...], version: str, checksum: str
) -> Document:
    """Write the evaluation section: two pages, with annexes for the full length."""
    draft = Draft(measures, findings)
    write_short(draft)
    write_how(draft)
    write_thanks(draft)
    write_achieved(draft)
    write_changed(draft)
    write_agenda(draft)
    write_gaps(draft)
    if not draft.public:
        write_relevant(draft)
    write_reply(draft)
    write_own(draft)
    write_annexes(draft, version)
    return Document(
        _meta(draft, version, checksum), tuple(draft.blocks), tuple(draft.notes.values()),
        judged=tuple(draft.judged.items()),
    )  # fmt: skip


def _meta(draft: Draft, version: str, checksum: str) -> Meta:
    measures = draft.measures
    first, last = measures.term.years
    day = measures.date.isoformat()
    named = {"name": measures.name, "first": first, "last": last}
    if draft.public:
        sender, subtitle = say("section.meta.public_sender"), say("section.meta.subtitle_public", date=day)
    else:
        sender = draft.sender
        subtitle = say("section.meta.subtitle", sender=sender, date=day, account=measures.last_account)
    fictional = not draft.public and draft.dossier.settings.fictional == "yes"
    key = "version_public" if draft.public else "version"
    look = Brand() if draft.public else brand(draft.dossier.folder, draft.dossier.settings)
    return Meta(
        title=say("section.meta.title", **named),
        subtitle=subtitle,
        municipality=measures.name,
        sender=sender,
        date=day,
        date_words=say("section.meta.date", date=day),
        language=language(),
        banner=say("section.meta.banner", name=measures.name) if fictional else "",
        draft="" if _settled(draft) else say("section.meta.draft"),
        description=say("section.meta.description", **named),
        version=say(f"section.meta.{key}", version=version, checksum=checksum, date=day),
        logo=look.logo,
        colour=look.colour,
    )


def _settled(draft: Draft) -> bool:
    """The draft mark stays until the fact check and the reaction are both dated (fairness.md 27)."""
    if draft.public:
        return False
    settings = draft.dossier.settings
    asked = settings.reply_received_on or (settings.reply_asked_on and settings.reply_due)
    return bool(settings.fact_check_until and asked)
