"""One document in, one file out; nothing is computed. What the writers share stands here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import groupby

from memokit import charts, texts
from memokit.document import (
    Block,
    Bullets,
    Column,
    Document,
    Figure,
    Meta,
    Note,
    Paragraph,
    Run,
    Section,
    Table,
    Text,
)

_CONTROL = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff\ue000-\ue00f]"
)


def clean(text: str) -> str:
    """Return a text without the control characters that no file format takes.

    Examples
    --------
    >>> clean("Bu\\x00urgem")
    'Buurgem'
    """
    return _CONTROL.sub("", text)


def moment(meta: Meta) -> datetime:
    """Return the date of the document as a fixed point in time, for the properties of a file.

    Examples
    --------
    >>> moment(Meta("T", "", "M", "S", "2024-04-15", "")).isoformat()
    '2024-04-15T00:00:00+00:00'
    """
    return instant(meta.date)


def instant(day: str) -> datetime:
    """Return a day, a month or a year as a point in time; without a date it is 1980."""
    found = [int(part) for part in re.findall(r"\d+", day)[:3]] or [1980]
    year, month, number = [*found, 1, 1][:3]
    return datetime(year, month, number, tzinfo=UTC)


def numbered(document: Document) -> list[tuple[int, Note]]:
    """Return the footnotes with their numbers. A mark without a footnote is an error, never a blank.

    Raises
    ------
    KeyError
        The text refers to a footnote that the document does not hold.
    """
    notes = {note.id: note for note in document.notes}
    return [(i, notes[name]) for i, name in enumerate(document.note_order(), start=1)]


def runs_of(text: Text) -> Iterator[tuple[str, list[Run]]]:
    """Go through a text by style; footnote marks that stand together come together."""
    for style, group in groupby(text, key=lambda run: run.style):
        yield style, list(group)


def spoken(blocks: tuple[Block, ...]) -> Iterator[tuple[Block, str]]:
    """Go through the blocks with the label for the margin; facts in a row are labelled once."""
    before = ""
    for block in blocks:
        if isinstance(block, Section):
            before = ""
        voice = block.voice if isinstance(block, Paragraph | Bullets) else ""
        again = voice in ("fact", "todo") and before == voice
        yield block, texts.say(f"writers.voice.{voice}") if voice and not again else ""
        before = voice or before


def as_table(figure: Figure) -> Table:
    """Return the numbers behind a chart as a table.

    Examples
    --------
    >>> chart = Figure("f", "pairs", "Meer", "", ("2018", "2022"), (("Steun", 1.5, None),))
    >>> [[cell[0].text for cell in row] for row in as_table(chart).rows]
    [['Steun', '1,5', 'n.b.']]
    """
    places = charts.decimals(figure)
    rows = _pivot(figure) if figure.chart == "stacked" else figure.rows
    columns = (Column(texts.say("writers.row")), *(Column(name, numeric=True) for name in figure.series))
    cells = tuple(
        tuple((Run(value if isinstance(value, str) else texts.number(value, places)),) for value in row)
        for row in rows
    )
    caption = texts.say("writers.numbers_of", message=figure.message)
    return Table(f"{figure.id}-numbers", caption, columns, cells)


def _pivot(figure: Figure) -> list[list[str | float | int | None]]:
    counts = {(row[0], row[1]): row[2] for row in figure.rows}
    labels = dict.fromkeys(row[0] for row in figure.rows)
    return [[label, *(counts.get((label, name), 0) for name in figure.series)] for label in labels]
