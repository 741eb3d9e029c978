"""The letter that asks for what is missing (fairness.md 24), and the paper for the meeting (21)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from memokit import catalogue
from memokit.findings import Finding
from memokit.measures import Measures
from memokit.narrative.draft import Draft, value_label
from memokit.texts import NBSP, language, lookup, plain, say, speaking

ACTIONS = 12


@speaking("nl")  # to a Flemish official, whatever language the screen speaks
def letter(measures: Measures, findings: tuple[Finding, ...]) -> str:
    """Return one short, polite mail that asks for existing documents only, within the usual term."""
    draft = Draft(measures, findings)
    term, wanted = measures.term, missing(measures, findings)
    documents = [say("letter.item", n=n, document=name) for n, (name, _) in enumerate(wanted, 1)]
    sender = "" if draft.public else draft.sender
    by = (measures.date + timedelta(days=21)).isoformat()
    asking = [say("letter.ask"), "\n".join(documents), say("letter.term", by=by)]
    paragraphs = [
        say("letter.subject", name=measures.name),
        say("letter.greeting"),
        say("letter.why", sender=sender, name=measures.name, first=term.years[0], last=term.years[1]),
        *(asking if wanted else [say("letter.complete")]),
        say("letter.else"),
        say("letter.thanks") + "\n" + say("letter.signed", sender=sender),
        say("letter.sending"),
    ]
    return plain("\n\n".join(paragraphs)).replace(NBSP, " ") + "\n"


def missing(measures: Measures, findings: tuple[Finding, ...]) -> list[tuple[str, str]]:
    """Return the documents that are still to be asked for, in the order of fairness.md 4, each with why."""
    draft, term = Draft(measures, findings), measures.term
    plan = f"{term.plan[0]}-{term.plan[1]}"
    years = {"plan": plan, "account": measures.last_account, "baseline": term.start}
    return [
        (row["name"].format(**years), row["why"])
        for row in catalogue.rows("documents") if _missing(draft, row["key"])
    ]  # fmt: skip


def _missing(draft: Draft, key: str) -> bool:
    """Tell whether a document could still answer something that the dossier does not know."""
    if draft.public:
        return True
    measures, agenda = draft.measures, draft.measures.agenda
    assert agenda is not None and measures.money is not None
    known = {
        "actions": bool(measures.actions) and agenda.label_checked and not _unclear(measures),
        "grants": any(c.indicator.id == "IS22" and c.now != "unknown" for c in agenda.criteria),
        "accounts": measures.money.then is not None and measures.money.now is not None,
        "follow_up": bool(measures.actions) and not _unclear(measures),
        "staff": measures.figure("IS02") is not None,
    }
    return not known.get(key, False)


def _unclear(measures: Measures) -> bool:
    return any(action.status in {"unclear", "pending"} for action in measures.actions)


@speaking("nl")
def worksheet(measures: Measures, findings: tuple[Finding, ...]) -> dict[str, Any]:
    """Return what the paper for the meeting holds: actions, core questions, three thanks, three points."""
    draft = Draft(measures, findings)
    statuses = [
        s for s in ("achieved", "mostly", "partly", "underway", "not_started", "later", "stopped", "unclear")
    ]
    return {
        "title": say("letter.worksheet.title", name=measures.name),
        "subtitle": say(
            "letter.worksheet.subtitle",
            first=measures.term.years[0],
            last=measures.term.years[1],
            sender="" if draft.public else draft.sender,
        ),
        "statuses": [value_label("status", s) for s in statuses],
        "actions": [action.item.title for action in measures.actions][:ACTIONS],
        "questions": [indicator.question for indicator in catalogue.core()],
        "answers": [value_label("answer", a) for a in ("yes", "partly", "no", "unknown")],
        "words": {
            name: say(f"letter.words.{name}", baseline=measures.term.start) for name in lookup("letter.words")
        },
        "language": language(),
        "date": measures.date.isoformat(),
    }
