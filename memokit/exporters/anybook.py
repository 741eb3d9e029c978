"""Any notebook as a document: its own title, language, authors and date, and what could not come along."""

from __future__ import annotations

from datetime import date
from typing import Any

from nbformat import NotebookNode

from memokit.document import EVERY, Bullets, Document, Meta, Paragraph, Run, Section
from memokit.exporters.joining import join
from memokit.exporters.reading import Reader
from memokit.texts import day as spoken_day
from memokit.texts import say, speaking

LANGUAGES = ("nl", "en", "fr")
_NO_DAY = "1980-01-01"  # a file needs a date, and that of the making would change it each time


def document_of(book: NotebookNode, name: str) -> tuple[Document, tuple[str, ...]]:
    """Return a notebook as a document, and a line for everything that could not come along.

    Parameters
    ----------
    name
        What the file is called: the title of a notebook without a heading.

    Raises
    ------
    StoppedError
        A cell ended in an error, or the code was never run.
    """
    language = str(book.metadata.get("language") or "nl")[:2].lower()
    with speaking(language if language in LANGUAGES else "nl"):
        joined = join(book)
        reader = Reader(joined)
        lost = tuple(dict.fromkeys(joined.lost))
        blocks = [*reader.blocks]
        if lost:
            blocks += [
                Section("lost", say("exporters.lost.title"), 1, annex=True),
                Paragraph("lost-intro", (Run(say("exporters.lost.intro")),), "aside", EVERY),
                Bullets("lost-lines", tuple((Run(line),) for line in lost), "aside", EVERY),
            ]
        title = str(reader.title or book.metadata.get("title") or name or say("exporters.untitled"))
        day = _day(book.metadata.get("date"))
        meta = Meta(
            title=title, subtitle="", municipality="", sender=_authors(book.metadata.get("authors")),
            date=day or _NO_DAY, date_words=spoken_day(day) if day else "",
            language=language if language in LANGUAGES else "nl",
        )  # fmt: skip
    return Document(meta, tuple(blocks), tuple(reader.notes.values())), lost


def _day(given: Any) -> str:
    try:
        return date.fromisoformat(str(given or "")[:10]).isoformat()
    except ValueError:
        return ""


def _authors(given: Any) -> str:
    people = given if isinstance(given, list) else [given] if given else []
    names = (person.get("name", "") if isinstance(person, dict) else str(person) for person in people)
    return ", ".join(filter(None, names))
