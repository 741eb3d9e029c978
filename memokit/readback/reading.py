"""What stands in a Word file that came back: paragraphs in their accepted words, and comments.

Insertions of tracked changes are kept and deletions dropped; text boxes, fields' codes and names of authors
are never read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from memokit.writers.docx_file import MAIN, WordFile

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_TITLE = "{http://purl.org/dc/elements/1.1/}title"
_GONE = {"del", "moveFrom", "pPr", "rPr", "drawing", "pict", "object", "delText", "sdtPr"}
_CHARACTERS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "\u2011"}
_TAKEN = {
    "t", "fldChar", "fldSimple", "instrText", "bookmarkStart", "footnoteReference", "endnoteReference",
    "commentReference", *_CHARACTERS,
}
NOTE = "\0"  # stands in the words where a footnote mark is; no XML can hold it


@dataclass(frozen=True)
class Line:
    """A paragraph.

    Parameters
    ----------
    words
        What it says when every change is accepted; `NOTE` for each footnote mark.
    notes
        What those footnotes say, in order.
    marks
        The bookmarks that begin in it.
    comments
        The numbers of the comments on it.
    """

    words: str = ""
    notes: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    comments: tuple[str, ...] = ()
    style: str = ""
    in_table: bool = False
    joined: bool = False

    def __add__(self, other: Line) -> Line:
        """Join with the paragraph below, when the mark between them was deleted."""
        marks = self.marks + other.marks if self.words.strip() else other.marks
        return replace(
            other, words=self.words + other.words, notes=self.notes + other.notes, marks=marks,
            comments=self.comments + other.comments, style=self.style if self.words.strip() else other.style,
        )  # fmt: skip


@dataclass(frozen=True)
class Received:
    """A Word file as it came back: its lines, its comments by number, and the title in its properties."""

    lines: tuple[Line, ...]
    comments: Mapping[str, str]
    title: str


def read(path: Path | str) -> Received:
    """Return what stands in a Word file.

    Raises
    ------
    MemokitError
        As `WordFile`.
    """
    file = WordFile(path)
    main = file.tree(MAIN)
    core = file.tree("docProps/core.xml")
    title = core.findtext(f".//{_TITLE}", "") if core is not None else ""
    return Received(tuple(_joined(_Reader(file).lines(main))), _by_number(file, "comments"), title or "")


def _by_number(file: WordFile, part: str) -> dict[str, str]:
    """Return the texts of the footnotes or of the comments, by number; who wrote them is not read."""
    tree = file.tree(f"word/{part}.xml")
    found = {}
    for each in tree if tree is not None else ():
        texts = (" ".join(_plain(p).split()) for p in each.iter(f"{_W}p"))
        found[each.get(f"{_W}id", "")] = "\n".join(text for text in texts if text)
    return found


def _plain(paragraph: Any) -> str:
    shown = ((name, each) for name, each in _leaves(paragraph) if name == "t" or name in _CHARACTERS)
    return "".join(_CHARACTERS.get(name, each.text or "") for name, each in shown)


def _leaves(node: Any) -> Iterator[tuple[str, Any]]:
    """Go through what a paragraph shows, in order, when every change in it is accepted."""
    for each in node:
        name = each.tag.removeprefix(_W)
        if name in _TAKEN:
            yield name, each
        elif name not in _GONE and each.tag.startswith(_W):
            yield from _leaves(each)


def _joined(lines: Iterator[Line]) -> Iterator[Line]:
    kept = None
    for line in lines:
        line = kept + line if kept else line
        kept = line if line.joined else None
        if not kept:
            yield line
    if kept:
        yield kept


@dataclass
class _Reader:
    """Reads the paragraphs of one file, in order."""

    file: WordFile
    notes: dict[str, dict[str, str]] = field(default_factory=dict)
    styles: dict[str, str] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for kind in ("footnote", "endnote"):
            self.notes[f"{kind}Reference"] = _by_number(self.file, f"{kind}s")
        tree = self.file.tree("word/styles.xml")
        for style in tree.iter(f"{_W}style") if tree is not None else ():
            name = style.find(f"{_W}name")
            if name is not None:
                self.styles[style.get(f"{_W}styleId", "")] = name.get(f"{_W}val", "").casefold()
        self._find_places(self.file.tree(MAIN))

    def _find_places(self, main: Any) -> None:
        """Note which footnote each bookmark stands around: a second mark refers to it by that name."""
        waiting: list[str] = []
        for each in main.iter():
            name = each.tag.removeprefix(_W)
            if name == "bookmarkStart":
                waiting.append(each.get(f"{_W}name", ""))
            elif name in self.notes:
                said = self._note(name, each)
                self.places.update((place, said) for place in waiting if place not in self.places)
                waiting = []

    def _note(self, kind: str, reference: Any) -> str:
        return self.notes[kind].get(reference.get(f"{_W}id", ""), "")

    def lines(self, node: Any, in_table: bool = False) -> Iterator[Line]:
        """Yield the paragraphs of a part, those of tables too."""
        above: tuple[str, ...] = ()  # a bookmark can begin between two paragraphs
        for each in node:
            name = each.tag.removeprefix(_W)
            if name == "p":
                line = self._line(each, in_table)
                yield replace(line, marks=above + line.marks)
                above = ()
            elif name == "bookmarkStart":
                above += (each.get(f"{_W}name", ""),)
            elif name not in _GONE and each.tag.startswith(_W):
                yield from self.lines(each, in_table or name == "tbl")

    def _line(self, paragraph: Any, in_table: bool) -> Line:
        style = paragraph.find(f"{_W}pPr/{_W}pStyle")
        mark = f"{_W}pPr/{_W}rPr/{_W}"
        joined = any(paragraph.find(f"{mark}{kind}") is not None for kind in ("del", "moveFrom"))
        found = _Words(self)
        for name, each in _leaves(paragraph):
            found.take(name, each)
        return Line(
            "".join(found.words), tuple(found.notes), tuple(found.marks), tuple(found.comments),
            self.styles.get(style.get(f"{_W}val", "") if style is not None else "", ""), in_table, joined,
        )  # fmt: skip


class _Words:
    """Collects the words of one paragraph; of a field only its result, and of a reference its footnote."""

    def __init__(self, reader: _Reader) -> None:
        self.reader = reader
        self.words: list[str] = []
        self.notes: list[str] = []
        self.marks: list[str] = []
        self.comments: list[str] = []
        self.fields: list[list[str]] = []  # the code of each open field; its last word tells what to skip

    def take(self, name: str, each: Any) -> None:
        """Take one thing that the paragraph shows."""
        if name == "bookmarkStart":
            self.marks.append(each.get(f"{_W}name", ""))
        elif name == "commentReference":
            self.comments.append(each.get(f"{_W}id", ""))
        elif name in ("fldChar", "instrText", "fldSimple"):
            self._field(name, each)
        elif not self._silent():
            self._shown(name, each)

    def _shown(self, name: str, each: Any) -> None:
        if name in self.reader.notes:
            self._note(self.reader._note(name, each))
        elif name != "br" or each.get(f"{_W}type", "textWrapping") == "textWrapping":
            self.words.append(_CHARACTERS.get(name, each.text or ""))

    def _note(self, said: str) -> None:
        self.words.append(NOTE)
        self.notes.append(said)

    def _silent(self) -> bool:
        """Tell whether what stands here is code, or a number that is counted again."""
        return any(code[-1] != "shown" for code in self.fields)

    def _field(self, name: str, each: Any) -> None:
        kind = each.get(f"{_W}fldCharType", "")
        if name == "instrText" and self.fields:
            self.fields[-1].append(each.text or "")
        elif name == "fldSimple":
            code = each.get(f"{_W}instr", "").split()
            if not self._reference(code):
                for inner, part in _leaves(each):
                    self.take(inner, part)
        elif kind == "begin":
            self.fields.append([""])
        elif kind == "separate" and self.fields:
            code = "".join(self.fields[-1]).split()
            self.fields[-1].append("hidden" if self._reference(code) else "shown")
        elif kind == "end" and self.fields:
            self.fields.pop()

    def _reference(self, code: list[str]) -> bool:
        """Take a reference to a footnote as that footnote; tell whether it was one."""
        if len(code) < 2 or code[0] not in ("NOTEREF", "FTNREF"):
            return False
        if (said := self.reader.places.get(code[1])) is not None:
            self._note(said)
        return True
