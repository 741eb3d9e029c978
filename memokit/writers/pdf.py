"""The document as a tagged PDF (PDF/UA-1), set by Typst from `data/templates/`. The only typst door.

Everything reaches the template as JSON: no text is ever pasted into Typst source, so nothing needs escaping.
"""

from __future__ import annotations

import importlib.util
import json
import re
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from memokit import figures, texts
from memokit.document import Document, Figure, Length, Table, Text
from memokit.resources import data_path
from memokit.writers import clean, instant, moment, numbered, spoken

SIZES = (13.0, 12.5, 12.0, 11.5, 11.0, 10.5, 10.0, 9.5, 9.0, 8.5)  # of the page length: the largest that fits


def pdf(document: Document, *, length: Length = "normal", landscape: bool = False) -> bytes:
    """Return the document as a PDF: the same bytes for the same document.

    The `page` length is set as large as fits on one sheet.

    Examples
    --------
    >>> from memokit.document import Meta, Paragraph, runs
    >>> meta = Meta("Evaluatie", "", "Buurgem", "", "2024-04-15", "")
    >>> doc = Document(meta, (Paragraph("p", runs("a < b")),))
    >>> pdf(doc)[:5]
    b'%PDF-'
    """
    with texts.speaking(document.meta.language):
        data = _data(document, length, landscape)
    when = moment(document.meta)
    if length != "page":
        return _compile("memo.typ", data, when)
    fits, small, large = b"", 0, len(SIZES) - 1
    while small <= large:
        middle = (small + large) // 2
        made = _compile("memo.typ", data | {"size": SIZES[middle]}, when)
        if pages(made) == 1:
            fits, large = made, middle - 1
        else:
            small = middle + 1
    return fits or made


def worksheet(data: Mapping[str, Any]) -> bytes:
    """Return the form for the meeting, to fill in by hand: A4 landscape, black and white.

    Parameters
    ----------
    data
        `title`, `subtitle`, `language`, `date`; `statuses` and `answers` (labels); `actions` and `questions`
        (texts; blank lines fill up to twelve); `words` with the labels `actions`, `action`, `source`, `line`,
        `questions`, `question`, `then`, `now`, `thanks`, `work`, `initials`, `page_of` (optional).
    """
    words = {"page_of": _page_of(str(data.get("language", "nl"))), **data.get("words", {})}
    whole = {"language": "nl", "date": "", "subtitle": "", "rows": 12, **data, "words": words}
    return _compile("werkblad.typ", whole, instant(str(whole["date"])))


def pages(file: bytes) -> int:
    """Return the number of pages of a PDF that Typst made."""
    return len(re.findall(rb"/Type\s*/Page\b", file))


def _page_of(lang: str) -> list[str]:
    with texts.speaking(lang):
        return re.split("[\x02\x03]", texts.say("writers.page_of", page="\x02", pages="\x03"))


def _data(document: Document, length: Length, landscape: bool) -> dict[str, Any]:
    """Return what the template needs: the blocks as plain data, footnotes numbered, charts drawn."""
    seen: set[str] = set()
    notes = {
        note.id: {"number": number, "text": _runs(note.text, {}, seen)} for number, note in numbered(document)
    }

    def text(value: Text) -> list[dict[str, Any]]:
        return _runs(value, notes, seen)

    blocks = []
    following = (*document.blocks[1:], None)
    for (block, label), after in zip(spoken(document.blocks), following, strict=False):
        plain: dict[str, Any] = {
            "kind": block.kind,
            "label": label,
            "keep": getattr(after, "voice", "") == "question",
        }
        for name in ("title", "caption", "level", "annex", "voice", "message", "alt"):
            plain[name] = getattr(block, name, "")
        if isinstance(block, Table):
            plain |= _table(block, text)
        elif isinstance(block, Figure):
            plain |= {"svg": figures.svg(block), "alt": block.alt or block.message}
        else:
            plain["text"] = text(getattr(block, "text", ()))
            plain["items"] = [text(item) for item in getattr(block, "items", ())]
        blocks.append(plain)
    words = {"contents": texts.say("writers.contents"), "page_of": _page_of(document.meta.language)}
    return {
        "meta": document.as_dict()["meta"], "blocks": blocks, "words": words,
        "length": length, "landscape": landscape, "size": 9.4,
    }  # fmt: skip


def _table(table: Table, text: Any) -> dict[str, Any]:
    return {
        "columns": [{"title": c.title, "numeric": c.numeric, "width": c.width} for c in table.columns],
        "rows": [[text(cell) for cell in row] for row in table.rows],
        "remark": text(table.remark),
    }


def _runs(text: Text, notes: Mapping[str, Mapping[str, Any]], seen: set[str]) -> list[dict[str, Any]]:
    """Return runs as plain data; the first mark of a footnote brings its text, a later one its number."""
    found: list[dict[str, Any]] = []
    for run in text:
        if run.style != "note":
            found.append({"style": run.style, "text": run.text})
        elif run.text in notes:
            note = notes[run.text]
            after = bool(found) and found[-1]["style"] == "note"
            body = [] if run.text in seen else note["text"]
            found.append({"style": "note", "number": note["number"], "body": body, "after": after})
            seen.add(run.text)
    return found


@cache
def compiler(template: str) -> Any:
    """Return the Typst compiler of a template, made once; `compiler.cache_clear` empties its cache."""
    import typst

    folder = data_path("templates")
    fonts = [str(path) for path in (figures.font_folder(), _fallback_fonts()) if path]
    return typst.Compiler(
        str(folder / template), root=str(folder), font_paths=fonts, ignore_system_fonts=True
    )


def _fallback_fonts() -> Path | None:
    """Return the folder of DejaVu, which comes with matplotlib, without importing matplotlib."""
    spec = importlib.util.find_spec("matplotlib")
    return Path(spec.origin).parent / "mpl-data" / "fonts" / "ttf" if spec and spec.origin else None


def _compile(template: str, data: Mapping[str, Any], when: datetime) -> bytes:
    from typst import TypstError

    def run(text: str) -> bytes:
        made = compiler(template).compile(
            format="pdf", sys_inputs={"data": text}, pdf_standards=["ua-1"], timestamp=when
        )
        return bytes(made)

    text = json.dumps(_walk(data, clean), ensure_ascii=False, sort_keys=True)
    try:
        return run(text)
    except TypstError as error:
        if "could not be displayed" not in str(error):
            raise
        known = _characters()  # a character that no font has: shown as an empty box
        return run("".join(char if ord(char) in known or char < " " else "□" for char in text))


def _walk(value: Any, change: Any) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Mapping):
        return {key: _walk(part, change) for key, part in value.items()}
    return [_walk(part, change) for part in value] if isinstance(value, list | tuple) else value


@cache
def _characters() -> frozenset[int]:
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

    files = [figures.font_folder() / "SourceSansPro-Regular.ttf"]
    if folder := _fallback_fonts():
        files.append(folder / "DejaVuSans.ttf")
    return frozenset(code for file in files for code in TTFont(file, lazy=True).getBestCmap())
