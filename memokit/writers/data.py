"""The document as data: JSON for machines, Markdown for who edits on, CSV for who calculates on."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from memokit import texts
from memokit.document import Bullets, Document, Figure, Paragraph, Picture, Section, Table, Text
from memokit.tables import guard
from memokit.writers import Writer, runs_of, signature

SCHEMA_VERSION = 1


def json_text(document: Document, recipe: Mapping[str, Any]) -> str:
    """Return the document and the record of the run as JSON, with sorted keys.

    Raises
    ------
    ValueError
        A number is not a number: what is missing must be None.

    Examples
    --------
    >>> from memokit.document import Meta
    >>> text = json_text(Document(Meta("T", "", "M", "S", "2024-04-15", ""), ()), {"term": 2024})
    >>> json.loads(text)["recipe"]
    {'term': 2024}
    """
    whole = {"document": document.as_dict(), "recipe": dict(recipe), "schema_version": SCHEMA_VERSION}
    return json.dumps(whole, ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False) + "\n"


def scores_csv(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> str:
    """Return rows as CSV with commas and decimal points. What is missing is empty; text is never a formula.

    Examples
    --------
    >>> scores_csv([{"gemeente": "11002", "score": 62.5}, {"gemeente": "=1+1"}], ["gemeente", "score"])
    "gemeente,score\\n11002,62.5\\n'=1+1,\\n"
    """
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_cell(row.get(column)) for column in columns] for row in rows)
    return stream.getvalue()


def _cell(value: Any) -> Any:
    if value is None or value != value:
        return ""
    if isinstance(value, str):
        return guard(value)
    return value


def markdown(document: Document) -> str:
    """Return the document as Markdown with footnotes; text from a dossier is never read as markup.

    Examples
    --------
    >>> from memokit.document import Meta, runs
    >>> doc = Document(Meta("Titel", "", "M", "", "2024-04-15", ""), (Paragraph("p", runs("*ster*")),))
    >>> print(markdown(doc), end="")
    # Titel
    <BLANKLINE>
    \\*ster\\*
    """
    with texts.speaking(document.meta.language):
        return "\n\n".join(filter(None, _Markdown(document).parts())) + "\n"


class _Markdown(Writer):
    """Writes one document, each block as its paragraphs."""

    def parts(self) -> Iterator[str]:
        """Write the document, paragraph by paragraph; empty ones fall away."""
        meta = self.meta
        for line in (meta.banner, meta.draft):
            yield _marked("> **{}**", line)
        yield _marked("# {}", meta.title)
        yield _marked("_{}_", meta.subtitle)
        yield from chain.from_iterable(self.blocks())
        yield _escaped(" · ".join(filter(None, (signature(meta), meta.version))))
        notes = enumerate(self.notes, start=1)
        yield "\n".join(f"[^{number}]: {self._text(note.text)}" for number, note in notes)

    def section(self, block: Section, label: str) -> Iterator[str]:
        yield f"{'#' * (block.level + 1)} {_escaped(block.title)}"

    def paragraph(self, block: Paragraph, label: str) -> Iterator[str]:
        yield from (_marked("**{}**", label), self._text(block.text))

    def bullets(self, block: Bullets, label: str) -> Iterator[str]:
        yield _marked("**{}**", label)
        yield "\n".join(f"- {self._text(item)}" for item in block.items)

    def table(self, block: Table, label: str) -> Iterator[str]:
        heads = [_escaped(column.title) for column in block.columns]
        sides = ["---:" if column.numeric else "---" for column in block.columns]
        rows = [[self._text(cell) for cell in row] for row in block.rows]
        yield _marked("**{}**", block.caption)
        yield "\n".join(f"| {' | '.join(row)} |" for row in (heads, sides, *rows))
        yield self._text(block.remark)

    def figure(self, block: Figure, label: str) -> Iterator[str]:
        yield from (_marked("**{}**", block.message), _escaped(block.alt))

    def picture(self, block: Picture, label: str) -> Iterator[str]:
        yield _escaped(block.alt)

    def _text(self, text: Text) -> str:
        return "".join(
            "".join(f"[^{self.numbers[name]}]" for name in words)
            if style == "note" else _styled(style, _escaped("".join(words)))
            for style, _, words in runs_of(text)
        )


def _styled(style: str, words: str) -> str:
    mark, inner = {"strong": "**", "emphasis": "_"}.get(style, ""), words.strip()
    return words.replace(inner, f"{mark}{inner}{mark}", 1) if inner else words


def _marked(markup: str, words: str) -> str:
    return markup.format(_escaped(words)) if words else ""


def _escaped(text: str) -> str:
    flat = text.replace("\n", " ")
    flat = re.sub(r"([\\`*_{}\[\]<>#|~$&!^])", r"\\\1", flat)
    flat = re.sub(r"(?i)\b(https?|ftp|mailto)(?=:)|\bwww(?=\.)", r"\g<0>\\", flat)  # nor is it a link
    flat = re.sub(r"^(\s*)([-+=:])", r"\1\\\2", flat)
    return re.sub(r"^(\s*\d+)([.)])", r"\1\\\2", flat)
