"""The document inside the council's own Word file, where `{{ evaluatie }}` stands.

No template engine runs: the one mark is looked up and its paragraph replaced, so nothing in the file or in
the dossier can be carried out as code. Any other mark of a template is refused, with its place.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docx as word
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.oxml.ns import qn
from docx.parts.numbering import NumberingPart

from memokit.document import Document, Meta
from memokit.problems import MemokitError, Problem
from memokit.writers.docx import Body, fresh, saved
from memokit.writers.docx_file import WordFile
from memokit.writers.docx_parts import flush, paragraph, run

PLACE = re.compile(r"\{\{\s*evaluatie\s*\}\}")
_TAG = re.compile(r"\{\{|\{%|\{#")
_MM = 36_000  # of the units that python-docx measures a page in


def template_in(folder: Path, name: str) -> Path | None:
    """Return the template that a dossier names, or None; only a file inside the dossier itself.

    Raises
    ------
    MemokitError
        `template-outside` or `template-missing`.

    Examples
    --------
    >>> template_in(Path("dossier"), "") is None
    True
    """
    if not name:
        return None
    path = folder / name
    if not path.resolve().is_relative_to(folder.resolve()):
        raise MemokitError(Problem("template-outside", found=name))
    if not path.is_file():
        raise MemokitError(Problem("template-missing", found=name))
    return path


def filled(document: Document, template: Path) -> bytes:
    """Return the template with the document at its marked place, headings a level lower.

    Raises
    ------
    MemokitError
        The file cannot be read safely, has no marked place or more than one, or holds another mark.
    """
    given = WordFile(template)
    try:
        file: Any = word.Document(io.BytesIO(given.data))
    except (KeyError, ValueError, AttributeError):
        raise given.refused("not-word") from None
    mark = _marked(given, file)
    names = _add_styles(file, document.meta)
    sheet = file.sections[-1]
    width = (sheet.page_width - sheet.left_margin - sheet.right_margin) / _MM
    earlier = mark.xpath("count(preceding::w:footnoteReference)")
    body = Body(document, file, hang=0, width=width, before=int(earlier), deeper=1)
    if document.meta.banner:
        body.add(paragraph("MemokitBanner", run(document.meta.banner)))
    body.top("Heading1")
    body.write()
    for part in (*body.parts, body.feet.notes):
        _rename(part, names)
    body.place(mark)
    if mark.find(qn("w:pPr")) is not None and mark.find(f"{qn('w:pPr')}/{qn('w:sectPr')}") is not None:
        for stretch in mark.findall(qn("w:r")):  # the paragraph also ends a section: only its words go
            mark.remove(stretch)
    else:
        mark.getparent().remove(mark)
    return saved(file)


def _marked(given: WordFile, file: Any) -> Any:
    """Return the one paragraph that is the marked place, after looking for marks everywhere."""
    others = [words for words in _tagged(given) if not PLACE.fullmatch(words.strip())]
    if others:
        raise given.refused("template-tag", others[0].strip()[:100])
    paragraphs = [p for p in file.element.body.findall(qn("w:p")) if PLACE.fullmatch(_words(p).strip())]
    if len(paragraphs) != 1 or len(list(_tagged(given))) != 1:
        raise given.refused("template-no-place" if not paragraphs else "template-two-places")
    return paragraphs[0]


def _tagged(given: WordFile) -> Iterator[str]:
    """Go through the paragraphs of every part that hold a mark: body, running lines, notes, text boxes."""
    for tree in given.trees.values():
        for each in tree.iter(qn("w:p")):
            if _TAG.search(words := _words(each)):
                yield words


def _words(each: Any) -> str:
    return "".join(part.text or "" for part in each.iter(qn("w:t")))


# -- styles -------------------------------------------------------------------------------------------------


def _add_styles(file: Any, meta: Meta) -> dict[str, str]:
    """Add memokit's styles that the template does not have; return the template's id of those that it has."""
    own = {_name(style): style for style in file.styles.element.findall(qn("w:style"))}
    names: dict[str, str] = {}
    fresh_one = fresh(meta)
    added = []
    for style in fresh_one.styles.element.findall(qn("w:style")):
        id_ = style.get(qn("w:styleId"))
        if (known := own.get(_name(style))) is not None:
            names[id_] = known.get(qn("w:styleId"))
        else:
            added.append(style)
    for style in added:
        style.attrib.pop(qn("w:default"), None)
        flush(style)
        for tag in ("w:basedOn", "w:next"):
            for link in style.findall(qn(tag)):
                link.set(qn("w:val"), names.get(link.get(qn("w:val")), link.get(qn("w:val"))))
        for number in style.iter(qn("w:numId")):
            number.set(qn("w:val"), str(_add_bullets(file, fresh_one)))
        file.styles.element.append(style)
    return names


def _name(style: Any) -> str:
    return str(style.find(qn("w:name")).get(qn("w:val"))).casefold()


def _add_bullets(file: Any, ours: Any) -> int:
    """Add memokit's list to the lists of a file and return its number."""
    try:
        part = file.part.part_related_by(RELATIONSHIP_TYPE.NUMBERING)
    except KeyError:
        part = NumberingPart(
            PackURI("/word/numbering.xml"), CONTENT_TYPE.WML_NUMBERING,
            ours.part.numbering_part.element, file.part.package,
        )  # fmt: skip
        file.part.relate_to(part, RELATIONSHIP_TYPE.NUMBERING)
        return 1
    lists = part.element
    shape, number = ours.part.numbering_part.element
    ids = [int(each.get(qn("w:abstractNumId"))) for each in lists.findall(qn("w:abstractNum"))]
    numbers = [int(each.get(qn("w:numId"))) for each in lists.findall(qn("w:num"))]
    shape.set(qn("w:abstractNumId"), str(max(ids, default=0) + 1))
    number.set(qn("w:numId"), str(max(numbers, default=0) + 1))
    number[0].set(qn("w:val"), str(max(ids, default=0) + 1))
    lists.insert(len(ids), shape)
    lists.insert(len(ids) + 1 + len(numbers), number)
    return max(numbers, default=0) + 1


def _rename(part: Any, names: dict[str, str]) -> None:
    for tag in ("w:pStyle", "w:rStyle"):
        for style in part.iter(qn(tag)):
            style.set(qn("w:val"), names.get(style.get(qn("w:val")), style.get(qn("w:val"))))
