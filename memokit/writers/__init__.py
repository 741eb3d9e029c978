"""One document in, one file out; nothing is computed. What the writers share stands here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime
from itertools import groupby
from typing import Any, TypeVar, cast

from memokit.document import Block, Bullets, Document, Meta, Paragraph, Section, Text
from memokit.texts import say

_CONTROL = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff\ue000-\ue00f]"
)
T = TypeVar("T")


def cleaned(value: T) -> T:
    """Return a document, or other data, without the characters that no file format takes or that turn text.

    Examples
    --------
    >>> cleaned({"name": ["Bu\\x00urgem"]})
    {'name': ['Buurgem']}
    """
    whole: Any = value
    if isinstance(whole, str):
        whole = _CONTROL.sub("", whole)
    elif isinstance(whole, dict):
        whole = {key: cleaned(part) for key, part in whole.items()}
    elif isinstance(whole, list | tuple):
        whole = type(whole)(map(cleaned, whole))
    elif is_dataclass(whole) and not isinstance(whole, type):
        whole = replace(whole, **{field.name: cleaned(getattr(whole, field.name)) for field in fields(whole)})
    return cast(T, whole)


def instant(day: str) -> datetime:
    """Return the date of a document as a fixed point in time, for the properties of a file.

    Examples
    --------
    >>> instant("2024-04-15").isoformat()
    '2024-04-15T00:00:00+00:00'
    """
    return datetime.fromisoformat(day).replace(tzinfo=UTC)


def page_of() -> list[str]:
    """Return what stands before, between and after the number of a page and the number of pages.

    Examples
    --------
    >>> page_of()
    ['bladzijde ', ' van ', '']
    """
    return say("writers.page_of", page="\0", pages="\0").split("\0")


def signature(meta: Meta) -> str:
    """Return who signs and when, for the foot."""
    return " · ".join(filter(None, (meta.sender, meta.date_words)))


def logo_words(meta: Meta) -> str:
    """Return the alternative text of the logo; without a logo none."""
    return say("writers.logo", name=meta.sender or meta.municipality) if meta.logo else ""


def runs_of(text: Text) -> Iterator[tuple[str, str, list[str]]]:
    """Go through a text by style and language; footnote marks that stand together come together."""
    for (style, lang), group in groupby(text, key=lambda run: (run.style, run.lang)):
        yield style, lang, [run.text for run in group]


def spoken(blocks: tuple[Block, ...]) -> Iterator[tuple[Block, str]]:
    """Go through the blocks with the label for the margin; facts in a row are labelled once."""
    before = ""
    for block in blocks:
        if isinstance(block, Section):
            before = ""
        voice = block.voice if isinstance(block, Paragraph | Bullets) else ""
        again = voice in ("fact", "todo") and before == voice
        yield block, say(f"writers.voice.{voice}") if voice and not again else ""
        before = voice or before


class Writer:
    """A document on its way into a file. Who inherits says what becomes of each kind of block.

    Parameters
    ----------
    document
        What is to be written. Its control characters fall away.

    Raises
    ------
    KeyError
        The text refers to a footnote that the document does not hold: never a blank.
    """

    def __init__(self, document: Document) -> None:
        self.document = cleaned(document)
        self.meta = self.document.meta
        notes = {note.id: note for note in self.document.notes}
        self.notes = [notes[name] for name in self.document.note_order()]
        self.numbers = {note.id: number for number, note in enumerate(self.notes, start=1)}

    def blocks(self) -> list[Any]:
        """Write every block by the method that bears the name of its kind, with its label for the margin."""
        return [getattr(self, block.kind)(block, label) for block, label in spoken(self.document.blocks)]
