"""The document as one HTML page: no script, no outside request, readable by a screen reader and on paper."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html import escape

from memokit import figures, texts
from memokit.document import Bullets, Document, Figure, Length, Paragraph, Run, Section, Table, Text
from memokit.resources import data_path
from memokit.writers import as_table, clean, numbered, runs_of, spoken

WIDTH = 190.0  # millimetres: a chart as wide as a table, its letters a little smaller
_TAGS = {"strong": "strong", "emphasis": "em"}


def page(document: Document, *, length: Length = "normal") -> str:
    """Return the document as a page; the full length has a list of contents.

    Examples
    --------
    >>> from memokit.document import Meta, runs
    >>> meta = Meta("Evaluatie", "", "Buurgem", "", "2024-04-15", "")
    >>> doc = Document(meta, (Paragraph("p", runs("a < b")),))
    >>> "<p>a &lt; b</p>" in page(doc)
    True
    """
    with texts.speaking(document.meta.language):
        return "\n".join(_Writer(document).page(length)) + "\n"


def _esc(text: str) -> str:
    return escape(clean(text), quote=True)


def _slug(name: str) -> str:
    return re.sub(r"[^\w-]+", "-", name)


class _Writer:
    """Writes one document; counts how often each footnote was referred to."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.notes = numbered(document)
        self.numbers = {note.id: number for number, note in self.notes}
        self.used: dict[str, int] = {}

    def page(self, length: Length) -> Iterator[str]:
        """Write the page, line by line."""
        meta = self.document.meta
        yield f'<!doctype html>\n<html lang="{_esc(meta.language)}">\n<head>\n<meta charset="utf-8">'
        yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
        yield f"<title>{_esc(meta.title)}</title>"
        if meta.description:
            yield f'<meta name="description" content="{_esc(meta.description)}">'
        style = data_path("templates", "memo.css").read_text("utf-8")
        yield f"<style>\n{style}{_running(meta.banner)}</style>\n</head>"
        yield f'<body class="{length}">\n<a class="skip" href="#tekst">{texts.say("writers.skip")}</a>'
        if meta.banner:
            yield f'<div class="banner" role="note">{_esc(meta.banner)}</div>'
        yield '<main id="tekst" tabindex="-1">'
        yield from self._top()
        if length == "full":
            yield from self._contents()
        for block, label in spoken(self.document.blocks):
            yield from self._block(block, label)
        yield from self._endnotes()
        yield "</main>"
        yield from self._foot()
        yield "</body>\n</html>"

    def _top(self) -> Iterator[str]:
        meta = self.document.meta
        yield '<header class="top">'
        if meta.draft:
            yield f'<p class="draft">{_esc(meta.draft)}</p>'
        yield f"<h1>{_esc(meta.title)}</h1>"
        if meta.subtitle:
            yield f'<p class="subtitle">{_esc(meta.subtitle)}</p>'
        yield "</header>"

    def _foot(self) -> Iterator[str]:
        meta = self.document.meta
        made = texts.say("writers.made_with", version=meta.version) if meta.version else ""
        parts = [_esc(part) for part in (meta.sender, meta.municipality, meta.date_words, made) if part]
        yield f"<footer><p>{' · '.join(parts)}</p></footer>"

    def _contents(self) -> Iterator[str]:
        word = texts.say("writers.contents")
        yield f'<nav class="contents" aria-labelledby="inhoud">\n<h2 id="inhoud">{word}</h2>\n<ul>'
        for block in self.document.blocks:
            if isinstance(block, Section):
                inner = f'<a href="#s-{_slug(block.id)}">{_esc(block.title)}</a>'
                yield f'<li class="level{min(block.level, 2)}">{inner}</li>'
        yield "</ul>\n</nav>"

    def _block(self, block: object, label: str) -> Iterable[str]:
        if isinstance(block, Section):
            tag = f"h{min(block.level, 5) + 1}"
            kind = ' class="annex"' if block.annex else ""
            return (f'<{tag} id="s-{_slug(block.id)}"{kind}>{_esc(block.title)}</{tag}>',)
        if isinstance(block, Paragraph):
            kind = f' class="{block.voice}"' if block.voice else ""
            return (f"<p{kind}>{_voice(label)}{self._text(block.text)}</p>",)
        if isinstance(block, Bullets):
            return self._bullets(block, label)
        return self._table(block) if isinstance(block, Table) else self._figure(block)  # type: ignore[arg-type]

    def _bullets(self, block: Bullets, label: str) -> Iterator[str]:
        yield f'<div class="{block.voice}">{_voice(label)}' if block.voice else "<div>"
        yield "<ul>"
        for item in block.items:
            yield f"<li>{self._text(item)}</li>"
        yield "</ul></div>"

    def _table(self, table: Table) -> Iterator[str]:
        name = _slug(table.id)
        yield f'<div class="wide" role="region" aria-labelledby="t-{name}" tabindex="0">'
        yield f'<table>\n<caption id="t-{name}">{_esc(table.caption)}</caption>'
        if len({column.width for column in table.columns}) > 1:
            total = sum(column.width for column in table.columns)
            shares = (f'<col style="width:{100 * column.width / total:.1f}%">' for column in table.columns)
            yield f"<colgroup>{''.join(shares)}</colgroup>"
        kinds = [' class="num"' if column.numeric else "" for column in table.columns]
        pairs = zip(kinds, table.columns, strict=True)
        heads = "".join(f'<th scope="col"{kind}>{_esc(column.title)}</th>' for kind, column in pairs)
        yield f"<thead><tr>{heads}</tr></thead>"
        yield "<tbody>"
        for row in table.rows:
            cells = [self._text(cell) for cell in row]
            rest = "".join(f"<td{k}>{cell}</td>" for k, cell in zip(kinds[1:], cells[1:], strict=True))
            yield f'<tr><th scope="row">{cells[0]}</th>{rest}</tr>'
        yield "</tbody>\n</table></div>"
        if table.remark:
            yield f'<p class="remark">{self._text(table.remark)}</p>'

    def _figure(self, figure: Figure) -> Iterator[str]:
        picture = figures.svg(figure, WIDTH).replace(' xmlns="http://www.w3.org/2000/svg"', "")
        size = re.sub(r'(<svg) width="[^"]*" height="[^"]*"', r"\1", picture, count=1)
        alt = _esc(figure.alt or figure.message)
        yield f'<figure id="f-{_slug(figure.id)}">\n<figcaption>{_esc(figure.message)}</figcaption>'
        picture = size.replace("<svg", f'<svg role="img" aria-label="{alt}"', 1).strip()
        label = _esc(figure.message)
        yield f'<div class="wide" role="region" tabindex="0" aria-label="{label}">{picture}</div>'
        if not figure.table:
            yield f"<details><summary>{texts.say('writers.numbers')}</summary>"
            yield from self._table(as_table(figure))
            yield "</details>"
        yield "</figure>"

    def _text(self, text: Text) -> str:
        return "".join(
            self._marks(group) if style == "note" else _styled(style, group) for style, group in runs_of(text)
        )

    def _marks(self, group: list[Run]) -> str:
        return f"<sup>{'<span>, </span>'.join(self._mark(run.text) for run in group)}</sup>"

    def _mark(self, name: str) -> str:
        number = self.numbers[name]
        nth = self.used[name] = self.used.get(name, 0) + 1
        label = _esc(texts.say("writers.note", number=number))
        link = f'<a id="ref-{number}-{nth}" href="#noot-{number}" role="doc-noteref"'
        return f'{link} aria-label="{label}">{number}</a>'

    def _endnotes(self) -> Iterator[str]:
        if not self.notes:
            return
        yield '<section class="notes" role="doc-endnotes" aria-labelledby="noten">'
        yield f'<h2 id="noten">{texts.say("writers.notes")}</h2>\n<ol>'
        for number, note in self.notes:
            words = "".join(_styled(style, group) for style, group in runs_of(note.text) if style != "note")
            times = self.used.get(note.id, 0)
            back = " ".join(_back(number, nth, times) for nth in range(1, times + 1))
            yield f'<li id="noot-{number}">{words} {back}</li>'
        yield "</ol>\n</section>"


def _running(banner: str) -> str:
    """Return the rule that repeats the banner above each printed page after the first."""
    if not banner:
        return ""
    safe = "".join(
        char if char.isalnum() and char < "\x80" else f"\\{ord(char):06x}" for char in clean(banner)
    )
    look = "font:700 8.5pt sans-serif;color:#0f4c58"
    return f'@page{{@top-center{{content:"{safe}";{look}}}}}@page:first{{@top-center{{content:none}}}}\n'


def _voice(label: str) -> str:
    return f'<span class="voice">{_esc(label)}<span class="colon">: </span></span>' if label else ""


def _back(number: int, nth: int, times: int) -> str:
    key = "writers.back" if times == 1 else "writers.back_nth"
    label = _esc(texts.say(key, number=number, **({"nth": nth} if times > 1 else {})))
    mark = "↩" if times == 1 else f"↩{nth}"
    return f'<a href="#ref-{number}-{nth}" role="doc-backlink" aria-label="{label}">{mark}</a>'


def _styled(style: str, group: list[Run]) -> str:
    words = _esc("".join(run.text for run in group))
    tag = _TAGS.get(style)
    return f"<{tag}>{words}</{tag}>" if tag else words
