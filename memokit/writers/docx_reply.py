"""Two Word files with room to answer: the fact check by the service, and the reaction of the bestuur.

Never one: who corrects facts cannot answer for the bestuur (fairness.md 10). Each field is a bordered
paragraph in a bookmark; `readback.replies` reads it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

from memokit.document import Bullets, Document, Paragraph, Section, Table, Text, plain
from memokit.records import Settings
from memokit.texts import lookup, say, speaking
from memokit.writers.docx import Body, fresh, head, saved
from memokit.writers.docx_parts import LAST, element, paragraph, run, token

Form = Literal["check", "reply"]
GENERAL = "algemeen"
MARKS = {"check": "mc_", "reply": "mr_"}  # before the hash of what is answered
POINT = "mq_"  # before the bookmark of a heading or a fact, where the answer above it ends


@dataclass(frozen=True)
class Point:
    """One thing that the bestuur is asked about."""

    title: str
    paragraphs: tuple[Paragraph, ...]


def points(document: Document) -> tuple[Point, ...]:
    """Return what the bestuur is asked about: each finding with a question, in the order of the text."""
    found: dict[str, list[Paragraph]] = {}
    for block in document.blocks:
        if isinstance(block, Paragraph) and block.finding:
            found.setdefault(block.finding, []).append(block)
    asked = [group for group in found.values() if any(each.voice == "question" for each in group)]
    return tuple(Point(_title(group[0].text), tuple(group)) for group in asked)


def _title(text: Text) -> str:
    first = text[0].text if text and text[0].style == "strong" else plain(text)[:60]
    return first.strip(" .")


def form(document: Document, settings: Settings, which: Form) -> bytes:
    """Return the file for the service (`check`) or for the bestuur (`reply`).

    Parameters
    ----------
    document
        In the length in which it is shown to them.
    """
    with speaking("nl"):
        key = f"word.forms.{which}"
        below = say(f"{key}.subtitle", title=document.meta.title)
        meta = replace(document.meta, title=say(f"{key}.title"), subtitle=below, draft="")
        writer = _Form(replace(document, meta=meta), which)
        head(writer.body)
        dates = {
            "since": settings.fact_check_from, "until": settings.fact_check_until,
            "asked": settings.reply_asked_on, "due": settings.reply_due,
        }  # fmt: skip
        for part in lookup(f"{key}.intro"):
            writer.body.add(paragraph("Normal", run(say(f"{key}.intro.{part}", **dates))))
        getattr(writer, which)()
        back = say(f"{key}.back", sender=document.meta.sender, contact=settings.contact)
        writer.body.add(paragraph("MemokitColophon", *writer.body.marks.around(LAST, [run(back)])))
        writer.body.place()
        return saved(writer.body.file)


class _Form:
    """Writes one of the two files."""

    def __init__(self, document: Document, which: Form) -> None:
        self.document, self.which = document, which
        self.body = Body(document, fresh(document.meta))
        self.notes = {note.id: plain(note.text) for note in document.notes}

    def check(self) -> None:
        """Write each fact with its source, and a field."""
        heads: list[Section] = []  # that wait for a fact
        part = ""
        for block in self.document.blocks:
            if isinstance(block, Section):
                heads, part = [*(each for each in heads if each.level < block.level), block], block.id
            facts = [*_facts(block)] if part != "reply" else []
            if facts or isinstance(block, Table):
                for each in heads:
                    self.body.section(each, "")
                heads = []
            if isinstance(block, Table):
                self.body.table(block, "")
                self._field(block.id)
            for id_, text in facts:
                self._fact(id_, text)

    def _fact(self, id_: str, text: Text) -> None:
        bare = tuple(each for each in text if each.style != "note")
        inside = self.body.marks.around(f"{POINT}{token(id_)}", self.body.runs(bare))
        self.body.add(paragraph("Normal", *inside, keep=element("w:keepNext")))
        if notes := [self.notes[each.text].rstrip(".") for each in text if each.style == "note"]:
            source = run(say("word.forms.check.source", notes=notes))
            self.body.add(paragraph("MemokitAside", source, keep=element("w:keepNext")))
        self._field(id_)

    def reply(self) -> None:
        """Write each point with its question, and a field; and one for a general reaction."""
        found = points(self.document)
        if not found:
            self.body.add(paragraph("Normal", run(say("word.forms.reply.none"))))
        for n, point in enumerate(found, start=1):
            self._heading(say("word.forms.reply.point", n=n, title=point.title), str(n))
            for block in point.paragraphs:
                self.body.paragraph(block, say(f"writers.voice.{block.voice}") if block.voice else "")
            self._field(point.title)
        self._heading(say("word.forms.reply.general"), GENERAL)
        self._field(GENERAL)

    def _heading(self, words: str, name: str) -> None:
        inside = self.body.marks.around(f"{POINT}{token(name)}", [run(words)])
        self.body.add(paragraph("Heading2", *inside))

    def _field(self, about: str) -> None:
        label = run(say(f"word.forms.{self.which}.answer"), "MemokitLabel")
        mark = self.body.marks.around(f"{MARKS[self.which]}{token(about)}", [])
        self.body.add(paragraph("MemokitAnswer", label, keep=element("w:keepNext")))
        self.body.add(paragraph("MemokitAnswer", *mark, room=element("w:spacing", before=0, after=200)))


def _facts(block: Any) -> Iterator[tuple[str, Text]]:
    """Yield the facts of a block: what it says, by id."""
    if isinstance(block, Paragraph) and block.voice == "fact":
        yield block.id, block.text
    elif isinstance(block, Bullets) and block.voice == "fact":
        yield from zip(block.ids, block.items, strict=False)
