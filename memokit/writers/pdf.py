"""The document as a tagged PDF (PDF/UA-1), set by Typst from `data/templates/`. The only typst door.

Everything reaches the template as JSON: no text is ever pasted into Typst source, so nothing needs escaping.
"""

from __future__ import annotations

import json
import re
from base64 import b64decode
from bisect import bisect_left
from collections.abc import Mapping
from functools import cache
from typing import Any

from typst import Compiler, TypstError

from memokit import figures
from memokit.document import Document, Figure, Length, Picture
from memokit.resources import data_path
from memokit.texts import say, speaking
from memokit.writers import Writer, cleaned, images, instant, logo_words, page_of, spoken

SIZES = (13.0, 12.5, 12.0, 11.5, 11.0, 10.5, 10.0, 9.5, 9.0, 8.5)  # of the page length: the largest that fits
SIZE, SMALL = 9.4, 9.0  # smaller only if the section then takes its two pages


def pdf(document: Document, *, length: Length = "normal") -> bytes:
    """Return the document as a PDF: the same bytes for the same document.

    The `page` length is set as large as fits on one sheet; the `normal` one a little smaller where that
    makes it the two pages that it should be.

    Examples
    --------
    >>> from memokit.document import Meta, Paragraph, runs
    >>> meta = Meta("Evaluatie", "", "Buurgem", "", "2024-04-15", "")
    >>> doc = Document(meta, (Paragraph("p", runs("a < b")),))
    >>> pdf(doc)[:5]
    b'%PDF-'
    """
    with speaking(document.meta.language):
        data = _data(document, length)

    def of_size(size: float) -> bytes:
        return _compile("memo.typ", data | {"size": size}, document.meta.date)

    if length == "page":
        first = bisect_left(SIZES, True, hi=len(SIZES) - 1, key=lambda size: pages(of_size(size)) == 1)
        return of_size(SIZES[first])
    made = of_size(SIZE)
    if length == "full" or pages(made) != 3:
        return made
    smaller = of_size(SMALL)
    return smaller if pages(smaller) == 2 else made


def worksheet(data: Mapping[str, Any]) -> bytes:
    """Return the form for the meeting, to fill in by hand: A4 landscape, black and white.

    Parameters
    ----------
    data
        `title`, `subtitle`, `language`, `date`; `statuses` and `answers` (labels); `actions` and `questions`
        (texts; blank lines fill up to twelve); `words` with the labels `actions`, `action`, `source`, `line`,
        `questions`, `question`, `then`, `now`, `thanks`, `work`, `initials`.
    """
    with speaking(data["language"]):
        words = {**data["words"], "page_of": page_of()}
    return _compile("werkblad.typ", {**data, "rows": 12, "words": words}, data["date"])


def pages(file: bytes) -> int:
    """Return the number of pages of a PDF that Typst made."""
    return len(re.findall(rb"/Type\s*/Page\b", file))


def _data(document: Document, length: Length) -> dict[str, Any]:
    """Return what the template needs: the blocks as plain data, footnotes numbered, charts drawn."""
    writer = Writer(document)
    plain = writer.document.as_dict()
    for block, (source, label), after in zip(
        plain["blocks"], spoken(writer.document.blocks), [*plain["blocks"], {}][1:], strict=True
    ):
        leads = after.get("kind") == "bullets" and block.get("voice") == ""  # the sentence above a list
        block |= {"label": label, "keep": leads or after.get("voice") == "question"}
        if isinstance(source, Figure):
            block["svg"] = figures.svg(source, colour=document.meta.colour)
        elif isinstance(source, Picture):
            block |= {"svg": images.as_svg(source.source), "width": images.millimetres(source.source)}
    _number(plain["blocks"], writer.numbers, {note["id"]: note["text"] for note in plain["notes"]})
    words = {"contents": say("writers.contents"), "page_of": page_of(), "logo": logo_words(writer.meta)}
    plain["meta"]["logo"] = ",".join(map(str, b64decode(document.meta.logo)))  # bytes, as JSON can say them
    return {"meta": plain["meta"], "blocks": plain["blocks"], "words": words, "length": length}


def _number(value: Any, numbers: Mapping[str, int], bodies: dict[str, Any]) -> None:
    """Give the mark of a footnote its number; the first mark also its text, a mark after a mark a comma."""
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    before = ""
    for part in parts:
        style = part.get("style", "") if isinstance(part, dict) else ""
        if style == "note":
            part |= {"number": numbers[part["text"]], "body": bodies.pop(part["text"], []),
                     "after": before == "note"}
        else:
            _number(part, numbers, bodies)
        before = style


def drawn(svg: str) -> bytes:
    """Return an SVG as a PNG, 160 millimetres wide.

    Raises
    ------
    ValueError
        Typst cannot draw it.
    """
    try:
        made = compiler("picture.typ").compile(format="png", ppi=150, sys_inputs={"svg": svg})
    except TypstError as error:
        raise ValueError(str(error)) from None
    return bytes(made)


@cache
def compiler(template: str) -> Any:
    """Return the Typst compiler of a template, made once; `compiler.cache_clear` empties its cache."""
    folder, fonts = data_path("templates"), list(map(str, figures.font_folders()))
    return Compiler(str(folder / template), root=str(folder), font_paths=fonts, ignore_system_fonts=True)


@cache
def _nothing() -> Any:
    return Compiler(b"", ignore_system_fonts=True)


def _forget() -> None:
    """Make Typst older: of each long document it keeps 45 MB until ten runs later."""
    for _ in range(3):
        _nothing().compile(input=b"", format="pdf")


def _compile(template: str, data: Mapping[str, Any], day: str) -> bytes:
    def run(text: str) -> bytes:
        made = compiler(template).compile(
            format="pdf", sys_inputs={"data": text}, pdf_standards=["ua-1"], timestamp=instant(day)
        )
        _forget()
        return bytes(made)

    text = json.dumps(cleaned(data), ensure_ascii=False, sort_keys=True)
    try:
        return run(text)
    except TypstError as error:
        if "could not be displayed" not in str(error):
            raise
        known = _characters()  # a character that no font has: shown as an empty box
        return run("".join(char if ord(char) in known or char < " " else "□" for char in text))


@cache
def _characters() -> frozenset[int]:
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

    names = ("SourceSansPro-Regular.ttf", "DejaVuSans.ttf")
    files = [folder / name for folder, name in zip(figures.font_folders(), names, strict=True)]
    return frozenset(code for file in files for code in TTFont(file, lazy=True).getBestCmap())
