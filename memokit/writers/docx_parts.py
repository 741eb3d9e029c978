"""Word's own XML, for what python-docx has no words for: footnotes, bookmarks, fields, the bare package."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from collections.abc import Iterator
from functools import cache
from typing import Any

from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.oxml import serialize_part_xml
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import qn

from memokit.resources import data_path

_PKG = "{http://schemas.microsoft.com/office/2006/xmlPackage}"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_RELS = "application/vnd.openxmlformats-package.relationships+xml"
_LANGUAGE, COLOUR = "nl-BE", "0F4C58"
FIRST, LAST = "memokit_first", "memokit_last"  # bookmarks around the whole; a name has at most 40 characters


def element(kind: str, *inside: Any, **attributes: object) -> Any:
    """Return an element of Word's XML; `None` inside falls away.

    Examples
    --------
    >>> made = element("w:p", element("w:r"), None)
    >>> [part.tag.split("}")[1] for part in made]
    ['r']
    """
    made: Any = OxmlElement(kind)
    for key, value in attributes.items():
        made.set(qn(f"w:{key.rstrip('_')}"), str(value))
    made.extend([part for part in inside if part is not None])
    return made


def run(words: str, style: str = "", bold: bool = False, italic: bool = False, lang: str = "") -> Any:
    """Return a stretch of text; a break of line in it stays one."""
    looks = [
        element("w:rStyle", val=style) if style else None,
        element("w:b") if bold else None,
        element("w:i") if italic else None,
        element("w:lang", val=f"{lang}-BE") if lang else None,
    ]
    look = element("w:rPr", *looks) if any(each is not None for each in looks) else None
    return element("w:r", look, *_words(words))


def _words(words: str) -> Iterator[Any]:
    for part in re.split(r"([\n\t])", words.replace("\r", "")):
        if part in ("\n", "\t"):
            yield element("w:br" if part == "\n" else "w:tab")
        elif part:
            text = element("w:t")
            text.text = part
            text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
            yield text


def paragraph(style: str, *inside: Any, **more: Any) -> Any:
    """Return a paragraph in a style; `more` are elements of its properties, in Word's order."""
    return element("w:p", element("w:pPr", element("w:pStyle", val=style), *more.values()), *inside)


def field(instruction: str, result: str, style: str = "") -> list[Any]:
    """Return a field with the result that shows until Word counts again."""
    marks = {kind: element("w:fldChar", fldCharType=kind) for kind in ("begin", "separate", "end")}
    code = element("w:instrText")
    code.text = f" {instruction} "
    code.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    look = [element("w:rPr", element("w:rStyle", val=style)) if style else None for _ in range(4)]
    return [
        element("w:r", look[0], marks["begin"]),
        element("w:r", look[1], code),
        element("w:r", look[2], marks["separate"]),
        run(result, style),
        element("w:r", look[3], marks["end"]),
    ]


def flat(words: str) -> str:
    """Return the words of a passage to compare by: spaces, and commas between footnotes, do not count.

    Examples
    --------
    >>> flat("Tien acties[1], [2]\u00a0nu")
    'Tien acties[1][2] nu'
    """
    return re.sub(r"(?<=\])[,\s]+(?=\[\d)", "", " ".join(words.split()))


def token(text: str, size: int = 12) -> str:
    """Return a short name for a text, the same every time.

    Examples
    --------
    >>> token("a  b") == token("a\u00a0b"), len(token("x"))
    (True, 12)
    """
    return hashlib.sha256(flat(text).encode()).hexdigest()[:size]


def mark_of(id_: str, words: str) -> str:
    """Return the name of the bookmark around a passage: its id, and the words that left with it.

    So a reader knows what somebody changed in Word, also when the dossier moved on in the meantime.

    Examples
    --------
    >>> mark_of("short-money", "In 2022 …")
    'mk_9dc6b6964062_34e0a039'
    """
    return f"mk_{token(id_)}_{token(words, 8)}"


@cache
def bare_package(language: str, colour: str) -> bytes:
    """Return an empty Word file in memokit's styles, from `memo.word.xml`."""
    text = data_path("templates", "memo.word.xml").read_text("utf-8")
    text = text.replace(_LANGUAGE, language).replace(COLOUR, colour)
    flat: Any = parse_xml(text.encode())
    types = [f'<Types xmlns="{_TYPES}"><Default Extension="rels" ContentType="{_RELS}"/>']
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as parts:
        for part in flat.iter(f"{_PKG}part"):
            name, kind = part.get(f"{_PKG}name"), part.get(f"{_PKG}contentType")
            parts.writestr(name[1:], serialize_part_xml(part[0][0]))
            types.append("" if kind == _RELS else f'<Override PartName="{name}" ContentType="{kind}"/>')
        parts.writestr("[Content_Types].xml", "".join([*types, "</Types>"]))
    return stream.getvalue()


def flush(styles: Any) -> None:
    """Let nothing of memokit's styles stand out in the left margin."""
    for indent in [*styles.iter(qn("w:ind"))]:
        if indent.get(qn("w:left"), "").startswith("-") or indent.get(qn("w:hanging")) == "1190":
            indent.getparent().remove(indent)


def still(file: io.BytesIO) -> bytes:
    """Return a zip file without times: sorted, each part of the same moment."""
    stream = io.BytesIO()
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(stream, "w") as new:
        for name in sorted(old.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            entry = zipfile.ZipInfo(name)  # of 1 January 1980
            entry.create_system = 0  # the same on every machine
            new.writestr(entry, old.read(name), zipfile.ZIP_DEFLATED)
    return stream.getvalue()


class Footnotes:
    """The footnotes of one file: each note once; a second mark refers to the first.

    Parameters
    ----------
    file
        A document of python-docx; notes that it has already keep their numbers.
    before
        How many footnote marks stand before the text that is written.
    """

    def __init__(self, file: Any, before: int = 0) -> None:
        try:
            self.part: Any = file.part.part_related_by(RELATIONSHIP_TYPE.FOOTNOTES)
        except KeyError:
            name, package = PackURI("/word/footnotes.xml"), file.part.package
            self.part = Part(name, CONTENT_TYPE.WML_FOOTNOTES, _bare_notes(), package)
            file.part.relate_to(self.part, RELATIONSHIP_TYPE.FOOTNOTES)
        self.notes: Any = parse_xml(self.part.blob)
        self.next = max((int(note.get(qn("w:id"))) for note in self.notes), default=0) + 1
        self.before, self.shown = before, dict[str, tuple[int, str]]()

    def mark(self, name: str, text: list[Any], marks: Bookmarks) -> list[Any]:
        """Return the mark of a note; its text is written the first time."""
        if name in self.shown:
            number, place = self.shown[name]
            return field(f"NOTEREF {place} \\h", str(number), "FootnoteReference")
        id_, self.next = self.next, self.next + 1
        self.shown[name] = self.before + len(self.shown) + 1, f"_Ref{token(name, 9)}"
        number = element("w:r", element("w:rPr", element("w:rStyle", val="FootnoteReference")),
                         element("w:footnoteRef"))
        self.notes.append(element("w:footnote", paragraph("FootnoteText", number, run(" "), *text), id=id_))
        reference = element("w:r", element("w:rPr", element("w:rStyle", val="FootnoteReference")),
                            element("w:footnoteReference", id=id_))
        return marks.around(self.shown[name][1], [reference])

    def save(self) -> None:
        """Put the notes into their part."""
        self.part._blob = serialize_part_xml(self.notes)


def _bare_notes() -> bytes:
    with zipfile.ZipFile(io.BytesIO(bare_package(_LANGUAGE, COLOUR))) as parts:
        return parts.read("word/footnotes.xml")


class Bookmarks:
    """Numbers the bookmarks of one file, after those that it has already."""

    def __init__(self, file: Any) -> None:
        known = file.element.body.iter(qn("w:bookmarkStart"))
        self.next = max((int(mark.get(qn("w:id"))) for mark in known), default=0) + 1

    def around(self, name: str, inside: list[Any]) -> list[Any]:
        """Return elements inside a bookmark."""
        id_, self.next = self.next, self.next + 1
        return [element("w:bookmarkStart", id=id_, name=name), *inside, element("w:bookmarkEnd", id=id_)]
