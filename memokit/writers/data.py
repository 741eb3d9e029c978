"""The document as data: JSON for machines, Markdown for who edits on, CSV for who calculates on."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from memokit import texts
from memokit.document import Bullets, Column, Document, Figure, Paragraph, Run, Section, Table, Text
from memokit.writers import as_table, clean, numbered, runs_of, spoken

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
        return f"'{value}" if value[:1] in ("=", "+", "-", "@", "\t", "\r") else value
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
        return "\n\n".join(_parts(document)) + "\n"


def _parts(document: Document) -> Iterator[str]:
    meta, notes = document.meta, numbered(document)
    numbers = {note.id: number for number, note in notes}
    for line in (meta.banner, meta.draft):
        if line:
            yield f"> **{_escaped(line)}**"
    yield f"# {_escaped(meta.title)}"
    if meta.subtitle:
        yield f"_{_escaped(meta.subtitle)}_"
    for block, label in spoken(document.blocks):
        if isinstance(block, Section):
            yield f"{'#' * min(block.level + 1, 6)} {_escaped(block.title)}"
            continue
        if label:
            yield f"**{_escaped(label)}**"
        yield from _block(block, numbers)
    foot = " · ".join(_escaped(part) for part in (meta.sender, meta.date_words) if part)
    if foot:
        yield foot
    if notes:
        yield "\n".join(f"[^{number}]: {_text(note.text, {})}" for number, note in notes)


def _block(block: Paragraph | Bullets | Table | Figure, numbers: Mapping[str, int]) -> Iterator[str]:
    if isinstance(block, Paragraph):
        yield _text(block.text, numbers)
    elif isinstance(block, Bullets):
        yield "\n".join(f"- {_text(item, numbers)}" for item in block.items)
    elif isinstance(block, Table):
        yield f"**{_escaped(block.caption)}**"
        yield "\n".join(_table(block, numbers))
        if block.remark:
            yield _text(block.remark, numbers)
    else:
        yield f"**{_escaped(block.message)}**"
        yield _escaped(block.alt)
        if not block.table:
            yield "\n".join(_table(as_table(block), numbers))


def _table(table: Table, numbers: Mapping[str, int]) -> Iterator[str]:
    def side(column: Column) -> str:
        return "---:" if column.numeric else "---"

    yield f"| {' | '.join(_escaped(column.title) for column in table.columns)} |"
    yield f"| {' | '.join(map(side, table.columns))} |"
    for row in table.rows:
        yield f"| {' | '.join(_text(cell, numbers) for cell in row)} |"


def _text(text: Text, numbers: Mapping[str, int]) -> str:
    return "".join(_styled(style, group, numbers) for style, group in runs_of(text))


def _styled(style: str, group: list[Run], numbers: Mapping[str, int]) -> str:
    if style == "note":
        return "".join(f"[^{numbers[run.text]}]" for run in group if run.text in numbers)
    words = _escaped("".join(run.text for run in group))
    mark = {"strong": "**", "emphasis": "_"}.get(style, "")
    inner = words.strip()
    return words.replace(inner, f"{mark}{inner}{mark}", 1) if mark and inner else words


def _escaped(text: str) -> str:
    flat = " ".join(clean(text).split("\n"))
    flat = re.sub(r"([\\`*_{}\[\]<>#|~$&!^])", r"\\\1", flat)
    flat = re.sub(r"^(\s*)([-+=:])", r"\1\\\2", flat)
    return re.sub(r"^(\s*\d+)([.)])", r"\1\\\2", flat)
