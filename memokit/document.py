"""The document: frozen blocks, in order. Writers turn it into a file and compute nothing.

Text is a tuple of runs, never a string with markup in it, so no writer can take a council's words for code.
A shorter length is a selection of blocks, never other text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

from memokit.texts import DUTCH_CLOSE, DUTCH_OPEN, EMPHASIS, NOTE_CLOSE, NOTE_OPEN, STRONG, unmarked

Length = Literal["page", "normal", "full"]
Voice = Literal["", "fact", "opinion", "question", "aside", "todo"]
Hold = Literal["", "stays", "fixed"]
Value = str | float | int | None

LENGTHS: tuple[Length, ...] = ("page", "normal", "full")
EVERY: frozenset[str] = frozenset(LENGTHS)
NORMAL: frozenset[str] = frozenset({"normal", "full"})
FULL: frozenset[str] = frozenset({"full"})
PAGE: frozenset[str] = frozenset({"page"})


@dataclass(frozen=True)
class Run:
    """A stretch of text in one style; of style `note` the text is the id of a footnote.

    `lang` is the language of words that have no translation; empty, they are in the language of the document.
    """

    text: str
    style: Literal["", "strong", "emphasis", "note"] = ""
    lang: Literal["", "nl"] = ""


Text = tuple[Run, ...]


def runs(marked: str) -> Text:
    """Return a sentence of `texts.say` as runs.

    Examples
    --------
    >>> [(run.text, run.style) for run in runs("Dank. " + STRONG + "Noodhulp" + STRONG)]
    [('Dank. ', ''), ('Noodhulp', 'strong')]
    """
    found: list[Run] = []
    style: Literal["", "strong", "emphasis"] = ""
    dutch = 0  # a Dutch sentence can stand inside another
    pattern = f"({STRONG}|{EMPHASIS}|{DUTCH_OPEN}|{DUTCH_CLOSE}|{NOTE_OPEN}[^{NOTE_CLOSE}]*{NOTE_CLOSE})"
    for part in re.split(pattern, marked):
        if part == STRONG:
            style = "" if style == "strong" else "strong"
        elif part == EMPHASIS:
            style = "" if style == "emphasis" else "emphasis"
        elif part in (DUTCH_OPEN, DUTCH_CLOSE):
            dutch += 1 if part == DUTCH_OPEN else -1
        elif part.startswith(NOTE_OPEN):
            found.append(Run(part[1:-1], "note"))
        elif part:
            found.append(Run(part, style, "nl" if dutch > 0 else ""))
    return tuple(found)


def plain(text: Text) -> str:
    """Return the words of a text, without styles and footnote marks."""
    return "".join(run.text for run in text if run.style != "note")


@dataclass(frozen=True)
class Section:
    """A heading; what follows it belongs to it. Level 1 is the title of the document's parts."""

    id: str
    title: str
    level: int = 1
    annex: bool = False
    lengths: frozenset[str] = EVERY
    kind: Literal["section"] = "section"


@dataclass(frozen=True)
class Paragraph:
    """A paragraph, with its voice: a fact, an opinion, a question, an aside, or what is still to do.

    What `stays` may be rewritten by the council but not left out; what is `fixed` is printed as it stands.
    """

    id: str
    text: Text
    voice: Voice = ""
    lengths: frozenset[str] = NORMAL
    finding: str = ""
    hold: Hold = ""
    kind: Literal["paragraph"] = "paragraph"


@dataclass(frozen=True)
class Bullets:
    """A list; `ids` says of each item what it is about, also when rows come, go or change places."""

    id: str
    items: tuple[Text, ...]
    voice: Voice = ""
    lengths: frozenset[str] = NORMAL
    ids: tuple[str, ...] = ()
    hold: Hold = ""
    kind: Literal["bullets"] = "bullets"


@dataclass(frozen=True)
class Column:
    """A column of a table: its heading, and whether it holds figures."""

    title: str
    numeric: bool = False
    width: float = 1.0


@dataclass(frozen=True)
class Table:
    """A table with ready-made cells; the first column heads the rows."""

    id: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Text, ...], ...]
    remark: Text = ()
    lengths: frozenset[str] = NORMAL
    kind: Literal["table"] = "table"


@dataclass(frozen=True)
class Figure:
    """A chart as data: what it says, its alternative text, and tidy rows. A writer makes the picture.

    Parameters
    ----------
    chart
        `stacked` (a bar of counts per row), `bars` (planned and spent), `dots` (scores from 0 to 100),
        `goals` (actions and euros per goal) or `places` (the places one stands between; never in a document).
    rows
        `stacked`: label, group, count. `dots`: label, then, now. `bars`: label, planned, spent.
        `goals`: goal, label, a count per group, planned, spent. `places`: label, first, last, of how many.
    series
        The names of the value columns, or of the groups, in order.
    table
        The id of the table that holds the same numbers: every chart has one in the document.
    """

    id: str
    chart: Literal["stacked", "bars", "dots", "goals", "places"]
    message: str
    alt: str
    series: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
    unit: str = ""
    table: str = ""
    lengths: frozenset[str] = FULL
    kind: Literal["figure"] = "figure"


@dataclass(frozen=True)
class Picture:
    """A picture from elsewhere, looked at before: an address that carries its data (PNG, JPEG or SVG)."""

    id: str
    alt: str
    source: str
    lengths: frozenset[str] = NORMAL
    kind: Literal["picture"] = "picture"


Block = Section | Paragraph | Bullets | Table | Figure | Picture


@dataclass(frozen=True)
class Note:
    """A footnote: the source, date and page behind a number or a sentence."""

    id: str
    text: Text


@dataclass(frozen=True)
class Meta:
    """What stands around the text: title, sender, date, banner and running lines; logo and colour.

    Parameters
    ----------
    logo
        A PNG in base64, or nothing.
    colour
        As `#rrggbb`, dark enough to be read on white; or nothing, for the house's own.
    """

    title: str
    subtitle: str
    municipality: str
    sender: str
    date: str
    date_words: str
    language: str = "nl"
    banner: str = ""
    draft: str = ""
    description: str = ""
    version: str = ""
    logo: str = ""
    colour: str = ""


@dataclass(frozen=True)
class Document:
    """The evaluation as blocks, with its footnotes.

    Parameters
    ----------
    judged
        The judgement of the action that a passage is about: id of the passage, status.
    originals
        What memokit wrote where the council chose other words: id of the passage, text.

    Examples
    --------
    >>> doc = Document(Meta("T", "", "M", "S", "2024-04-15", ""), (Section("a", "A"), Section("b", "B"),
    ...     Paragraph("p", runs("x"), lengths=EVERY)))
    >>> [block.id for block in doc.select("page").blocks]  # a heading with nothing under it falls away
    ['b', 'p']
    """

    meta: Meta
    blocks: tuple[Block, ...]
    notes: tuple[Note, ...] = ()
    version: int = field(default=1)
    judged: tuple[tuple[str, str], ...] = ()
    originals: tuple[tuple[str, Text], ...] = ()

    def select(self, length: Length) -> Document:
        """Return the document in another length: fewer blocks, the same text, the notes that are used."""
        kept = tuple(block for block in self.blocks if length in block.lengths)
        kept = tuple(block for i, block in enumerate(kept) if _has_content(kept, i))
        smaller = replace(self, blocks=kept)
        order = smaller.note_order()
        notes = {note.id: note for note in self.notes}
        return replace(smaller, notes=tuple(notes[name] for name in order))

    def note_order(self) -> tuple[str, ...]:
        """Return the ids of the footnotes in order of first use: their number is their place."""
        used = (run.text for text in self.texts() for run in text if run.style == "note")
        return tuple(dict.fromkeys(used))

    def texts(self) -> Iterator[Text]:
        """Go through every text of the document, in order."""
        for block in self.blocks:
            yield from _texts(block)

    def as_dict(self) -> dict[str, Any]:
        """Return the document as plain data, for JSON and for the Typst template."""
        return _plain(asdict(self))  # type: ignore[no-any-return]


def _has_content(blocks: tuple[Block, ...], place: int) -> bool:
    head = blocks[place]
    if not isinstance(head, Section):
        return True
    for block in blocks[place + 1 :]:
        if not isinstance(block, Section):
            return True
        if block.level <= head.level:
            return False
    return False


def _texts(block: Block) -> Iterable[Text]:
    if isinstance(block, Paragraph):
        return (block.text,)
    if isinstance(block, Bullets):
        return block.items
    if isinstance(block, Table):
        return (*(cell for row in block.rows for cell in row), block.remark)
    return ()


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    if isinstance(value, frozenset):
        return sorted(value)
    return unmarked(value) if isinstance(value, str) else value
