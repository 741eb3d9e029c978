"""The document as one HTML page: no script, no outside request, readable by a screen reader and on paper."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from itertools import chain

from memokit import figures
from memokit.document import Bullets, Document, Figure, Length, Paragraph, Picture, Section, Table, Text
from memokit.resources import data_path
from memokit.texts import say, speaking
from memokit.writers import Writer, logo_words, runs_of

WIDTH = 190.0  # millimetres: a chart as wide as a table, its letters a little smaller
_STYLES = {"": "{}", "strong": "<strong>{}</strong>", "emphasis": "<em>{}</em>"}


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
    with speaking(document.meta.language):
        return "\n".join(filter(None, _Page(document).lines(length))) + "\n"


def _shown(text: str) -> str:
    """Return a text as it stands on the page: a range of years or pages stays on one line."""
    return re.sub(r"\d+–\d+", r'<span class="range">\g<0></span>', escape(text))


def _class(name: str) -> str:
    return f' class="{name}"' if name else ""


def _given(markup: str, text: str) -> str:
    return markup.format(_shown(text)) if text else ""


class _Page(Writer):
    """Writes one document; counts how often each footnote was referred to."""

    def __init__(self, document: Document) -> None:
        super().__init__(document)
        self.used = dict.fromkeys(self.numbers, 0)

    def lines(self, length: Length) -> Iterator[str]:
        """Write the page, line by line; empty ones fall away."""
        meta = self.meta
        yield f'<!doctype html>\n<html lang="{escape(meta.language)}">\n<head>\n<meta charset="utf-8">'
        yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
        yield f"<title>{escape(meta.title)}</title>"
        yield f'<meta name="description" content="{escape(meta.description)}">'
        style = data_path("templates", "memo.css").read_text("utf-8")
        own = f":root{{--dark:{meta.colour}}}\n" if meta.colour else ""
        yield f"<style>\n{style}{own}{_running(meta.banner, meta.colour)}</style>\n</head>"
        yield f'<body class="{length}">\n<a class="skip" href="#tekst">{say("writers.skip")}</a>'
        yield _given('<aside class="banner">{}</aside>', meta.banner)
        yield '<main id="tekst" tabindex="-1">\n<header class="top">'
        if meta.logo:
            source = f"data:image/png;base64,{meta.logo}"
            yield f'<img class="logo" src="{source}" alt="{escape(logo_words(meta))}">'
        yield _given('<p class="draft">{}</p>', meta.draft)
        yield f"<h1>{_shown(meta.title)}</h1>"
        yield _given('<p class="subtitle">{}</p>', meta.subtitle)
        yield "</header>"
        if length == "full":
            yield from self._contents()
        yield from chain.from_iterable(self.blocks())
        if self.notes:
            yield from self._endnotes()
        parts = filter(None, (meta.sender, meta.municipality, meta.date_words, meta.version))
        yield f"</main>\n<footer><p>{_shown(' · '.join(parts))}</p></footer>\n</body>\n</html>"

    def _contents(self) -> Iterator[str]:
        word = say("writers.contents")
        yield f'<nav class="contents" aria-labelledby="inhoud">\n<h2 id="inhoud">{word}</h2>\n<ul>'
        for block in self.document.blocks:
            if isinstance(block, Section):
                link = f'<a href="#s-{escape(block.id)}">{_shown(block.title)}</a>'
                yield f'<li class="level{block.level}">{link}</li>'
        yield "</ul>\n</nav>"

    def section(self, block: Section, label: str) -> Iterator[str]:
        tag, kind = f"h{block.level + 1}", _class("annex" if block.annex else "")
        yield f'<{tag} id="s-{escape(block.id)}"{kind}>{_shown(block.title)}</{tag}>'

    def paragraph(self, block: Paragraph, label: str) -> Iterator[str]:
        yield f"<p{_class(block.voice)}>{_voice(label)}{self._text(block.text)}</p>"

    def bullets(self, block: Bullets, label: str) -> Iterator[str]:
        items = "\n".join(f"<li>{self._text(item)}</li>" for item in block.items)
        yield f'<div{_class(block.voice)}>{_voice(label)}\n<ul>\n{items}\n</ul></div>'

    def table(self, block: Table, label: str) -> Iterator[str]:
        yield f'<div class="wide" role="region" aria-labelledby="t-{escape(block.id)}" tabindex="0">'
        yield f'<table>\n<caption id="t-{escape(block.id)}">{_shown(block.caption)}</caption>'
        widths = [column.width for column in block.columns]
        shares = "".join(f'<col style="width:{100 * width / sum(widths):.1f}%">' for width in widths)
        if len(set(widths)) > 1:
            yield f"<colgroup>{shares}</colgroup>"
        kinds = [_class("num" if column.numeric else "") for column in block.columns]
        heads = (f'<th scope="col"{kind}>{_shown(column.title)}</th>'
                 for kind, column in zip(kinds, block.columns, strict=True))
        yield f"<thead><tr>{''.join(heads)}</tr></thead>\n<tbody>"
        for row in block.rows:
            first, *rest = (self._text(cell) for cell in row)
            cells = "".join(f"<td{kind}>{cell}</td>" for kind, cell in zip(kinds[1:], rest, strict=True))
            yield f'<tr><th scope="row">{first}</th>{cells}</tr>'
        yield "</tbody>\n</table></div>"
        if block.remark:
            yield f'<p class="remark">{self._text(block.remark)}</p>'

    def figure(self, block: Figure, label: str) -> Iterator[str]:
        drawn = figures.svg(block, WIDTH, self.meta.colour)
        drawn = drawn.partition(" viewBox=")[2].strip()  # as wide as there is room
        yield f'<figure id="f-{escape(block.id)}">\n<figcaption>{_shown(block.message)}</figcaption>'
        region = f'<div class="wide" role="region" tabindex="0" aria-label="{escape(block.message)}">'
        yield f'{region}<svg role="img" aria-label="{escape(block.alt)}" viewBox={drawn}</div>\n</figure>'

    def picture(self, block: Picture, label: str) -> Iterator[str]:
        yield f'<p class="picture"><img alt="{escape(block.alt)}" src="{escape(block.source)}"></p>'

    def _text(self, text: Text) -> str:
        return "".join(
            self._marks(words) if style == "note" else _in_language(lang, _STYLES[style], "".join(words))
            for style, lang, words in runs_of(text)
        )

    def _marks(self, names: list[str]) -> str:
        return f"<sup>{'<span>, </span>'.join(map(self._mark, names))}</sup>"

    def _mark(self, name: str) -> str:
        number = self.numbers[name]
        self.used[name] += 1
        link = f'<a id="ref-{number}-{self.used[name]}" href="#noot-{number}" role="doc-noteref"'
        return f'{link} aria-label="{escape(say("writers.note", number=number))}">{number}</a>'

    def _endnotes(self) -> Iterator[str]:
        yield '<section class="notes" role="doc-endnotes" aria-labelledby="noten">'
        yield f'<h2 id="noten">{say("writers.notes")}</h2>\n<ol>'
        for number, note in enumerate(self.notes, start=1):
            back = _back(number, self.used[note.id])
            yield f'<li id="noot-{number}">{self._text(note.text)} {back}</li>'
        yield "</ol>\n</section>"


def _in_language(lang: str, style: str, words: str) -> str:
    styled = style.format(_shown(words))
    return f'<span lang="{lang}">{styled}</span>' if lang else styled


def _running(banner: str, colour: str) -> str:
    """Return the rule that repeats the banner above each printed page after the first."""
    safe = "".join(char if char.isalnum() and char.isascii() else f"\\{ord(char):06x}" for char in banner)
    look = f"font:700 8.5pt sans-serif;color:{colour or '#0f4c58'}"
    rule = f'@page{{@top-center{{content:"{safe}";{look}}}}}@page:first{{@top-center{{content:none}}}}\n'
    return rule if banner else ""


def _voice(label: str) -> str:
    return _given('<span class="voice">{}<span class="colon">: </span></span>', label)


def _back(number: int, times: int) -> str:
    """Return the links from a footnote back to each of its places in the text."""
    links = []
    for nth in range(1, times + 1):
        key, mark = ("writers.back", "↩") if times == 1 else ("writers.back_nth", f"↩{nth}")
        label = escape(say(key, number=number, nth=nth))
        links.append(f'<a href="#ref-{number}-{nth}" role="doc-backlink" aria-label="{label}">{mark}</a>')
    return " ".join(links)
