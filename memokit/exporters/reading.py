"""From pieces of clean HTML to the blocks of a document: the same writers set it as they set an evaluation.

What the document has no kind for comes as near as it can: a numbered list as numbered paragraphs, a list in a
list with a dash, a quotation as an aside, a link with its address in a footnote.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from lxml import html as tree  # type: ignore[import-untyped]

from memokit.document import EVERY, Block, Bullets, Column, Note, Paragraph, Picture, Run, Section, Table
from memokit.document import Text as Text
from memokit.document import plain as plain
from memokit.exporters.joining import Joined
from memokit.texts import NBSP, NOTE_CLOSE, NOTE_OPEN, say
from memokit.writers.images import is_carried, looked_at

_HEADING = re.compile(r"h([1-6])")
_LISTS, _TABLE = ("ul", "ol", "dl"), "table"
_BLOCKS = frozenset({
    "p", "pre", "hr", "div", "section", "article", "header", "footer", "main", "nav", "figure",
    "figcaption", "blockquote", "details", "summary", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol",
    "dl", "li", "dt", "dd", "table",
})  # fmt: skip
_STRONG, _EMPHASIS, _STRUCK = {"b", "strong", "th"}, {"i", "em", "cite", "var"}, {"s", "del", "strike"}
_MARK = re.compile(f"{NOTE_OPEN}([^{NOTE_CLOSE}]*){NOTE_CLOSE}")
_RAISED = str.maketrans("0123456789+-−()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁽⁾ⁿ")
_LOWERED = str.maketrans("0123456789+-−()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₍₎")
_NUMBER = re.compile(r"[+\-−]?[\d.,\s  ]*\d[\d.,]*\s*%?|NaN|n\.b\.|–|-")


@dataclass(frozen=True)
class _Image:
    """A picture between words."""

    source: str
    alt: str


Pieces = Iterable[Run | _Image]


class Reader:
    """Reads the pieces one after another; knows the heading that holds, so that a table has a name."""

    def __init__(self, joined: Joined) -> None:
        self.joined, self.lost = joined, joined.lost
        self.blocks: list[Block] = []
        self.notes: dict[str, Note] = {}
        self.title = ""
        self.level = 0  # of the last heading: an order without gaps
        self.top = 1  # the level of a heading that becomes level 1
        self.where = ""
        self.tables = 0
        for self.where, piece in joined.pieces:
            self._element(_root(piece))

    # -- blocks ---------------------------------------------------------------------------------------------

    def _add(self, make: Any, *parts: Any, **named: Any) -> None:
        self.blocks.append(make(f"b{len(self.blocks) + 1}", *parts, **named))

    def _paragraph(self, text: Pieces, voice: str = "") -> None:
        runs = _trimmed(text)
        if runs:
            self._add(Paragraph, runs, voice, EVERY)

    def _element(self, element: Any, voice: str = "") -> None:
        """Read what is inside: blocks as blocks, the words between them as paragraphs."""
        waiting: list[Run | _Image] = [*self._words(element.text)]
        for child in element:
            if child.tag in _BLOCKS:
                self._flush(waiting, voice)
                self._block(child, voice)
            else:
                waiting += self._inline(child, "")
            waiting += self._words(child.tail)
        self._flush(waiting, voice)

    def _flush(self, waiting: list[Run | _Image], voice: str) -> None:
        """Write the words that wait, and after them the pictures that stood between them."""
        self._paragraph(waiting, voice)
        for each in waiting:
            if isinstance(each, _Image):
                self._picture(each)
        waiting.clear()

    def _block(self, element: Any, voice: str) -> None:
        tag = element.tag
        if heading := _HEADING.fullmatch(tag):
            self._heading(int(heading[1]), element)
        elif tag in _LISTS:
            self._list(element, voice)
        elif tag == _TABLE:
            self._table(element)
        elif tag == "pre":
            for line in element.text_content().splitlines():
                self._paragraph(self._words(_indented(line)), "aside")
        else:
            self._element(element, "aside" if tag == "blockquote" else voice)

    def _heading(self, level: int, element: Any) -> None:
        text = " ".join(element.text_content().split())
        if not self.title and not self.blocks and level == 1:
            self.title, self.top = text, 2
            return
        self.level = max(1, min(level - self.top + 1, self.level + 1, 3))
        if text:
            self._add(Section, text, self.level)

    def _list(self, element: Any, voice: str) -> None:
        items = list(_items(element, 0))
        start = int(element.get("start") or 1) if str(element.get("start") or 1).isdecimal() else 1
        texts = []
        for depth, item in items:
            runs = _trimmed(self._flat(item, skip=_LISTS))
            texts.append((depth, runs))
        if element.tag != "ol":
            lines = [(Run("– "), *runs) if depth else runs for depth, runs in texts if runs]
            if lines:
                self._add(Bullets, tuple(lines), voice, EVERY)
            return
        number = start - 1
        for depth, runs in texts:
            number += depth == 0
            self._paragraph((Run("– " if depth else f"{number}. "), *runs), voice)

    def _flat(self, element: Any, skip: Sequence[str] = ()) -> Iterator[Run | _Image]:
        """Yield everything inside as one line of text."""
        yield from self._words(element.text)
        for child in element:
            if child.tag not in skip:
                if child.tag in _BLOCKS:
                    yield Run(" ")
                    yield from self._flat(child, skip)
                    yield Run(" ")
                else:
                    yield from self._inline(child, "")
            yield from self._words(child.tail)

    # -- words ----------------------------------------------------------------------------------------------

    def _words(self, text: str | None, style: Any = "") -> Iterator[Run]:
        for i, part in enumerate(_MARK.split(text or "")):
            if i % 2:
                yield Run(self._note(part), "note")
            elif part:
                yield Run(re.sub(r"[ \t\r\n]+", " ", part), style)

    def _inline(self, element: Any, style: Any) -> Iterator[Run | _Image]:
        tag = element.tag
        if not isinstance(tag, str):
            return
        if tag == "img":
            yield _Image(element.get("src") or "", element.get("alt") or "")
        elif tag == "br":
            yield Run(" ", style)
        elif tag in ("sup", "sub"):
            yield from self._words(_small(element.text_content(), tag), style)
        elif tag in _STRUCK:
            yield from self._words(say("exporters.struck", words=element.text_content()), style)
        else:
            style = "strong" if tag in _STRONG else "emphasis" if tag in _EMPHASIS else style
            yield from self._words(element.text, style)
            for child in element:
                yield from self._inline(child, style)
                yield from self._words(child.tail, style)
            yield from self._link(element) if tag == "a" else ()

    def _link(self, element: Any) -> Iterator[Run]:
        """Yield the mark of a footnote with the address, unless the words are the address."""
        url = (element.get("href") or "").strip()
        if url.startswith(("http://", "https://", "mailto:")):
            bare = url.removeprefix("mailto:")
            if bare not in element.text_content():
                self.notes.setdefault(f"link {url}", Note(f"link {url}", (Run(bare),)))
                yield Run(f"link {url}", "note")
        elif url and not url.startswith("#"):
            self.lost.append(say("exporters.lost.link", where=self.where, name=url[:80]))

    def _note(self, key: str) -> str:
        if key not in self.notes:
            self.notes[key] = Note(key, ())  # it may refer to itself
            body = self._flat(_root(self.joined.notes[key]))
            # A note in a note, or a picture, is more than a foot can hold.
            self.notes[key] = Note(key, _trimmed(r for r in body if isinstance(r, Run) and r.style != "note"))
        return key

    # -- tables and pictures --------------------------------------------------------------------------------

    def _near(self) -> str:
        return next((b.title for b in reversed(self.blocks) if isinstance(b, Section)), self.title)

    def _table(self, element: Any) -> None:
        rows = [row for row in element.iter("tr") if next(row.iterancestors(_TABLE)) is element]
        width, grid = _grid(rows)
        heads = {
            y
            for y, row in enumerate(rows)
            if row.getparent().tag == "thead" or {cell.tag for cell in row} == {"th"}
        }
        texts = {at: _trimmed(self._flat(cell)) for at, cell in grid.items()}
        lines = [
            tuple(texts.get((y, x), ()) for x in range(width)) for y in range(len(rows)) if y not in heads
        ]
        if not lines or not width:
            self._paragraph(run for at in sorted(texts) for run in (*texts[at], Run(" ")))
            return
        columns = []
        for x in range(width):
            parts = (plain(texts.get((y, x), ())).strip() for y in sorted(heads))
            title = " · ".join(dict.fromkeys(filter(None, parts)))
            numeric = x > 0 and all(_number(line[x]) for line in lines)
            columns.append(Column(title or (NBSP if x else say("exporters.row")), numeric))
        caption = next((" ".join(c.text_content().split()) for c in element.iter("caption")), "")
        self.tables += 1
        caption = caption or say("exporters.table", number=self.tables, heading=self._near())
        self._add(Table, caption, tuple(columns), tuple(lines), (), EVERY)

    def _picture(self, image: _Image) -> None:
        if not is_carried(image.source):
            name = image.source[:80] or "?"
            self.lost.append(say("exporters.lost.picture", where=self.where, name=name))
            self._paragraph((Run(image.alt),), "aside")
            return
        try:
            source, own, lost = looked_at(image.source)
        except ValueError:
            self.lost.append(say("exporters.lost.broken", where=self.where))
            return
        if lost:
            self.lost.append(say("exporters.lost.html", where=self.where, names=list(lost)))
        alt = image.alt.strip() or own
        if not alt:
            self.lost.append(say("exporters.lost.alt", where=self.where))
            alt = say("exporters.undescribed", heading=self._near())
        self._add(Picture, alt, source, EVERY)


def _number(text: Text) -> bool:
    return bool(_NUMBER.fullmatch(plain(text).strip() or "-"))


def _root(piece: str) -> Any:
    return tree.fragment_fromstring(piece, create_parent="div")


def _trimmed(text: Pieces) -> Text:
    """Join the runs of one style, without blanks around the whole."""
    made: list[Run] = []
    for run in text:
        if isinstance(run, _Image):
            continue
        if made and made[-1].style == run.style != "note":
            made[-1] = Run(re.sub(" +", " ", made[-1].text + run.text), run.style)
        elif run.text:
            made.append(run)
    if made and made[0].style != "note":
        made[0] = Run(made[0].text.lstrip(" "), made[0].style)
    if made and made[-1].style != "note":
        made[-1] = Run(made[-1].text.rstrip(" "), made[-1].style)
    kept = tuple(run for run in made if run.text)
    return kept if any(run.style == "note" or run.text.strip() for run in kept) else ()


def _items(element: Any, depth: int) -> Iterator[tuple[int, Any]]:
    for item in element:
        if item.tag in ("li", "dt", "dd"):
            yield depth + (item.tag == "dd"), item
            for inner in item.iter(*_LISTS):
                if next(inner.iterancestors("li", "dd"), None) is item:
                    yield from _items(inner, depth + 1)


def _indented(line: str) -> str:
    """Return a line of printed text whose blanks stay as wide as they are.

    Examples
    --------
    >>> _indented("  een  twee drie")
    '\xa0\xa0een\xa0\xa0twee drie'
    """
    return re.sub("^ +|  +", lambda match: NBSP * len(match[0]), line)


def _small(words: str, tag: str) -> str:
    """Return raised or lowered words so that 10 to the sixth does not become 106.

    Examples
    --------
    >>> _small("6", "sup"), _small("2", "sub"), _small("abc", "sup")
    ('⁶', '₂', '^(abc)')
    """
    table = _RAISED if tag == "sup" else _LOWERED
    if all(ord(char) in table for char in words):
        return words.translate(table)
    return f"{'^' if tag == 'sup' else '_'}({words})"


def _grid(rows: Sequence[Any]) -> tuple[int, dict[tuple[int, int], Any]]:
    """Return how many columns there are, and the cell at each place; one that spans stands in all of them."""
    grid: dict[tuple[int, int], Any] = {}
    for y, row in enumerate(rows):
        x = 0
        for cell in row:
            if cell.tag not in ("td", "th"):
                continue
            while (y, x) in grid:
                x += 1
            for down in range(_span(cell, "rowspan", len(rows) - y)):
                for right in range(_span(cell, "colspan", 100)):
                    grid[y + down, x + right] = cell
    return max((x + 1 for _, x in grid), default=0), grid


def _span(cell: Any, name: str, most: int) -> int:
    text = cell.get(name) or "1"
    return max(1, min(int(text) if text.isdecimal() and len(text) < 5 else 1, most))
