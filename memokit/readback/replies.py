"""The answers in the two forms: the reaction of the bestuur as received, the corrections of the service."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

from memokit.document import Document, Table, plain
from memokit.fields import Record
from memokit.problems import Problem
from memokit.readback.matching import texts_of
from memokit.readback.reading import NOTE, Line, Received
from memokit.records import Reply, Settings
from memokit.texts import lookup
from memokit.writers.docx_parts import LAST, flat, token
from memokit.writers.docx_reply import GENERAL, MARKS, POINT, Form, points

WORDS = 150  # that are asked for at most, by point (fairness.md 10); more is printed all the same
_HEADS = ("heading", "kop", "caption")
_NUMBER = re.compile(r"^\d+\.\s+")
Answers = tuple[tuple[str, str], ...]


def form_of(got: Received) -> Form | Literal[""]:
    """Return which of the two files this is: by its bookmarks, or by the words before its fields."""
    forms: tuple[Form, Form] = ("reply", "check")
    for form in forms:
        label = flat(str(lookup(f"word.forms.{form}.answer", "nl")))
        for line in got.lines:
            if any(mark.startswith(MARKS[form]) for mark in line.marks) or flat(line.words).startswith(label):
                return form
    return ""


def answers(got: Received, document: Document, file: str) -> tuple[Answers, list[Problem]]:
    """Return about what each answer is, and its words as they stand; empty fields fall away."""
    form = form_of(got) or "reply"
    label = str(lookup(f"word.forms.{form}.answer", "nl"))
    names = _names(document, form)
    found: dict[str, list[str]] = {}
    about, above = "", ""
    for line in got.lines:
        mark = next((name[3:] for name in line.marks if name.startswith(MARKS[form])), None)
        words = line.words.replace(NOTE, "").lstrip()
        if mark is not None or words.startswith(label):
            about = names.get(mark or "", above)
            found.setdefault(about, []).append(words.removeprefix(label).lstrip())
        elif about and not _ends(line, names):
            found[about].append(words)
        else:
            about, above = "", _about(line, above, form)
    said = {name: "\n".join(parts).strip() for name, parts in found.items()}
    made = tuple((name, text) for name, text in said.items() if text)
    return made, [
        Problem("reply-long", "note", file=file, found=name, detail={"n": len(text.split()), "most": WORDS})
        for name, text in made if form == "reply" and len(text.split()) > WORDS
    ]


def records(found: Answers, settings: Settings, day: str) -> list[Record]:
    """Return the reaction as records, unedited; with the day on which it came, if none is filled in."""
    dated = settings.model_copy(update={"reply_received_on": day})
    open_ = bool(found and settings.reply_asked_on and not settings.reply_received_on)
    return [*(Reply(about=about, text=text) for about, text in found), *([dated] if open_ else [])]


def _names(document: Document, form: Form) -> Mapping[str, str]:
    """Return what a field is about, by the hash in its bookmark."""
    if form == "reply":
        return {token(name): name for name in (GENERAL, *(point.title for point in points(document)))}
    about = {block.id: block.caption for block in document.blocks if isinstance(block, Table)}
    about |= {id_: plain(text) for id_, text in texts_of(document).items()}
    return {token(id_): flat(words) for id_, words in about.items()}


def _ends(line: Line, names: Mapping[str, str]) -> bool:
    """Tell whether a paragraph is no longer the answer: the next heading, or text of memokit."""
    words = _NUMBER.sub("", flat(line.words.replace(NOTE, "")))
    back = str(lookup("word.forms.reply.back", "nl")).partition("{")[0].strip()
    ours = any(name.startswith((POINT, LAST)) for name in line.marks) or words.startswith(back)
    return ours or line.in_table or line.style.startswith(_HEADS) or words in names.values()


def _about(line: Line, above: str, form: Form) -> str:
    """Return what the next field is about when it has no bookmark: the heading, or the fact above it."""
    words = _NUMBER.sub("", flat(line.words.replace(NOTE, "")))
    if form == "check":
        fact = not words.startswith(str(lookup("word.forms.check.source", "nl")).partition(" ")[0])
        return words if words and fact else above
    if words == str(lookup("word.forms.reply.general", "nl")):
        return GENERAL
    return words if line.style.startswith(_HEADS) else above
