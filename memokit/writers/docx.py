"""The document as a Word file in real styles: headings, footnotes, heads of tables, alternative texts.

Each passage that a council may rewrite stands in a bookmark (`docx_parts.mark_of`), so that `readback` knows
it again. The file of another house style is filled by `docx_template`.
"""

from __future__ import annotations

import io
from base64 import b64decode
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import docx as word
from docx.oxml.ns import qn
from docx.shared import Mm

from memokit import figures
from memokit.document import (
    Bullets,
    Column,
    Document,
    Figure,
    Length,
    Meta,
    Paragraph,
    Picture,
    Run,
    Section,
    Table,
    Text,
)
from memokit.texts import speaking
from memokit.wording import passages, words_of
from memokit.writers import Writer, cleaned, images, instant, page_of, runs_of, signature
from memokit.writers.docx_parts import (
    COLOUR,
    FIRST,
    LAST,
    Bookmarks,
    Footnotes,
    bare_package,
    element,
    field,
    flush,
    mark_of,
    paragraph,
    run,
    still,
)

LOCALE = {"nl": "nl-BE", "fr": "fr-BE", "en": "en-GB"}
_MM = 56.69  # twentieths of a point
_HANG, _WIDTH = 21.0, 155.0  # what stands out in the left margin, and the text beside it
_SHORT = 8  # rows of a table that stay on one page
_PAGE, _SMALLER = 176.0, 0.86  # the handblad: how wide, and how much smaller
_LETTER = 1.75  # millimetres that a letter of a table takes
_APART = "\u2002"  # an en space behind a label, where it does not hang in the margin
_HAIR, _LOUD = "C3CBD1", ("opinion", "question")


def docx(document: Document, template: Path | None = None, length: Length = "normal") -> bytes:
    """Return the document as a Word file: the same bytes for the same document.

    Parameters
    ----------
    template
        The council's own Word file, with `{{ evaluatie }}` where the text comes.
    length
        The handblad (`page`) is set smaller, so that it stays on one page.

    Raises
    ------
    MemokitError
        The template cannot be used, and why.

    Examples
    --------
    >>> made = docx(Document(Meta("T", "", "M", "S", "2024-04-15", ""), ()))
    >>> made[:2], made == docx(Document(Meta("T", "", "M", "S", "2024-04-15", ""), ()))
    (b'PK', True)
    """
    with speaking(document.meta.language):
        if template is not None:
            from memokit.writers.docx_template import filled

            return filled(document, template)
        file = fresh(document.meta)
        if length == "page":
            _smaller(file)
        body = Body(document, file, *((0.0, _PAGE) if length == "page" else ()))
        head(body)
        body.write()
        body.place()
        return saved(body.file)


def fresh(meta: Meta) -> Any:
    """Return an empty Word file in memokit's styles, with title, author, language and date."""
    meta = cleaned(meta)
    colour = meta.colour.lstrip("#").upper() or COLOUR
    file: Any = word.Document(io.BytesIO(bare_package(LOCALE.get(meta.language, meta.language), colour)))
    core = file.core_properties
    core.title, core.author, core.subject = meta.title[:255], meta.sender[:255], meta.description[:255]
    core.language, core.comments, core.last_modified_by = LOCALE.get(meta.language, meta.language), "", ""
    core.created = core.modified = instant(meta.date).replace(tzinfo=None)
    return file


def saved(file: Any) -> bytes:
    """Return the bytes of a Word file, without the moment of saving."""
    stream = io.BytesIO()
    file.save(stream)
    return still(stream)


def _smaller(file: Any) -> None:
    """Set the styles smaller, on the whole width of the page."""
    sheet, styles = file.sections[0], file.styles.element
    sheet.left_margin = sheet.right_margin = Mm((210 - _PAGE) / 2)
    sheet.top_margin, sheet.bottom_margin = Mm(18), Mm(15)
    flush(styles)
    for stop in styles.iter(qn("w:tab")):
        stop.set(qn("w:pos"), str(round(_PAGE * _MM)))
    for each, names in (("w:sz", ("val",)), ("w:szCs", ("val",)), ("w:spacing", ("before", "after"))):
        for size in styles.iter(qn(each)):
            for name in (qn(f"w:{name}") for name in names):
                if name in size.attrib:
                    size.set(name, str(round(int(size.get(name)) * _SMALLER)))


def head(body: Body) -> None:
    """Write the running lines and the top of the first page."""
    meta, sheet = body.meta, body.file.sections[0]
    banner = [paragraph("MemokitBanner", run(meta.banner))] if meta.banner else []
    running = [run(meta.title), *([run("\t"), run(meta.draft, "MemokitLoud")] if meta.draft else [])]
    _fill(sheet.first_page_header, *banner)
    _fill(sheet.header, *banner, paragraph("Header", *running))
    before, between, after = page_of()
    pages = [run(f"{signature(meta)}\t{before}"), *field("PAGE", "1"), run(between), *field("NUMPAGES", "1")]
    for foot in (sheet.first_page_footer, sheet.footer):
        _fill(foot, paragraph("Footer", *deepcopy(pages), run(after)))
    body.logo()
    body.top("Title")


def _fill(part: Any, *paragraphs: Any) -> None:
    part.is_linked_to_previous = False
    part._element[:] = deepcopy(paragraphs or (paragraph("Header"),))


def _styled(style: str, lang: str, words: list[str]) -> Any:
    return run("".join(words), bold=style == "strong", italic=style == "emphasis", lang=lang)


@cache
def _png(figure: Figure) -> bytes:
    return figures.png(figure)


class Body(Writer):
    """Writes the blocks of one document into a file of python-docx, at its end.

    Parameters
    ----------
    file
        What python-docx opened.
    hang
        How far labels, tables and charts stand out in the left margin, in millimetres.
    width
        The width of the text beside it.
    before
        How many footnote marks stand before it.
    deeper
        How many levels the headings go down: in another text it is a chapter.
    """

    def __init__(
        self, document: Document, file: Any, hang: float = _HANG, width: float = _WIDTH, before: int = 0,
        deeper: int = 0,
    ) -> None:  # fmt: skip
        super().__init__(document)
        self.texts = {note.id: note.text for note in self.notes}
        self.file, self.hang, self.width, self.deeper = file, hang, width, deeper
        self.marks, self.feet = Bookmarks(file), Footnotes(file, before)
        self.free = {passage.id for passage in passages(self.document)}
        self.parts: list[Any] = []
        self.in_annex = False

    def top(self, style: str) -> None:
        """Write the draft mark, the title in a style and the line below it."""
        meta = self.meta
        if meta.draft:
            self.add(paragraph("MemokitDraft", run(meta.draft)))
        self.add(paragraph(style, *self.marks.around(FIRST, [run(meta.title)])))
        if meta.subtitle:
            self.add(paragraph("Subtitle", run(meta.subtitle)))

    def write(self) -> None:
        """Write every block and the last line."""
        self.blocks()
        last = run(" · ".join(filter(None, (signature(self.meta), self.meta.version))))
        self.add(paragraph("MemokitColophon", *self.marks.around(LAST, [last])))

    def place(self, before: Any = None) -> None:
        """Put what was written before an element of the file, or at its end; the footnotes in their part."""
        self.feet.save()
        body = self.file.element.body
        before = body.find(qn("w:sectPr")) if before is None else before
        for part in self.parts:
            before.addprevious(part)

    def add(self, part: Any) -> None:
        """Add a paragraph or a table."""
        self.parts.append(part)

    def logo(self) -> None:
        """Write the council's logo, if it gave one; its text is the name of the council."""
        if given := self.meta.logo:
            self._picture(b64decode(given), min(45.0, self.width), self.meta.sender, "MemokitDraft")

    # -- blocks ---------------------------------------------------------------------------------------------

    def section(self, block: Section, label: str) -> None:
        """Write a heading; the annexes start on a new page."""
        breaks = element("w:pageBreakBefore") if block.annex and not self.in_annex else None
        self.in_annex = self.in_annex or block.annex
        self.add(paragraph(f"Heading{block.level + self.deeper}", run(block.title), breaks=breaks))

    def paragraph(self, block: Paragraph, label: str) -> None:
        """Write a paragraph with its label in the margin."""
        style = "MemokitAside" if block.voice == "aside" else "Normal"
        style = "MemokitSaid" if label and self.hang else style
        self.add(paragraph(style, *self._label(label, block.voice), *self._passage(block.id, block.text)))

    def bullets(self, block: Bullets, label: str) -> None:
        """Write a list; its label stands at the first item, outside the bookmark."""
        for i, (id_, item) in enumerate(zip(block.ids or [""] * len(block.items), block.items, strict=True)):
            said = [] if i or not label else [*self._label(label, block.voice)[:1], run(_APART)]
            self.add(paragraph("ListBullet", *said, *self._passage(id_, item)))

    def table(self, block: Table, label: str) -> None:
        """Write a table: its caption above, its head repeated on each page, its first column as heads."""
        self.add(paragraph("Caption", run(block.caption), keep=element("w:keepNext")))
        widths = _widths(block, self.hang + self.width)
        together = len(block.rows) - 1 if len(block.rows) <= _SHORT else 2  # rows that stay with the next
        rows = [self._row(block.columns, tuple((Run(c.title),) for c in block.columns), widths, head=True)]
        rows += [self._row(block.columns, row, widths, keep=i < together) for i, row in enumerate(block.rows)]
        look = element("w:tblPr", *self._table_looks(block))
        grid = element("w:tblGrid", *(element("w:gridCol", w=width) for width in widths))
        self.add(element("w:tbl", look, grid, *rows))
        self.add(paragraph("MemokitRemark", *self.runs(block.remark)))

    def figure(self, block: Figure, label: str) -> None:
        """Write a chart under its message, with its alternative text."""
        self.add(paragraph("Caption", run(block.message), keep=element("w:keepNext")))
        width = min(165.0, self.hang + self.width)
        self._picture(_png(block), width, block.alt, "MemokitFigure")

    def picture(self, block: Picture, label: str) -> None:
        """Write a picture from elsewhere; Word takes no SVG, so that is drawn in pixels."""
        width = min(self.width, images.millimetres(block.source))
        self._picture(images.as_pixels(block.source), width, block.alt, "MemokitFigure")

    # -- pieces ---------------------------------------------------------------------------------------------

    def _label(self, label: str, voice: str) -> list[Any]:
        style = "MemokitLoud" if voice in _LOUD else "MemokitLabel"
        return [run(label, style), run("\t" if self.hang else _APART)] if label else []

    def _passage(self, id_: str, text: Text) -> list[Any]:
        """Return a text, inside a bookmark if it may be rewritten."""
        inside = self.runs(text)
        return self.marks.around(mark_of(id_, words_of(text)), inside) if id_ in self.free else inside

    def runs(self, text: Text) -> list[Any]:
        """Return a text as stretches in a style; footnote marks that stand together have a comma between."""
        made: list[Any] = []
        for style, lang, words in runs_of(text):
            if style != "note":
                made.append(_styled(style, lang, words))
                continue
            for i, name in enumerate(words):
                made += [run(", ", "FootnoteReference")] if i else []
                made += self.feet.mark(name, self._note(name), self.marks)
        return made

    def _note(self, name: str) -> list[Any]:
        return [_styled(*each) for each in runs_of(self.texts[name])]

    def _row(
        self, columns: tuple[Column, ...], cells: tuple[Text, ...], widths: list[int], *,
        head: bool = False, keep: bool = False,
    ) -> Any:  # fmt: skip
        made = []
        line = {"val": "single", "sz": 8 if head else 4, "space": 0, "color": "auto" if head else _HAIR}
        for i, (column, cell, width) in enumerate(zip(columns, cells, widths, strict=True)):
            right = element("w:jc", val="right") if column.numeric else None
            bottom = element("w:vAlign", val="bottom") if head else None
            look = element("w:tcPr", element("w:tcW", w=width, type="dxa"),
                           element("w:tcBorders", element("w:bottom", **line)), bottom)
            style = "MemokitHead" if head else "MemokitRowHead" if not i else "MemokitCell"
            near = element("w:keepNext") if keep else None
            made.append(element("w:tc", look, paragraph(style, *self.runs(cell), keep=near, side=right)))
        repeat = element("w:tblHeader") if head else None
        return element("w:tr", element("w:trPr", element("w:cantSplit"), repeat), *made)

    def _table_looks(self, block: Table) -> list[Any]:
        indent = round(-self.hang * _MM)
        margins = [element(f"w:{side}", w=57, type="dxa") for side in ("left", "right")]
        return [
            element("w:tblW", w=0, type="auto"),
            element("w:tblInd", w=indent, type="dxa"),
            element("w:tblLayout", type="fixed"),
            element("w:tblCellMar", *margins),
            element("w:tblLook", val="00A0", firstRow=1, firstColumn=1, noHBand=1, noVBand=1),
            element("w:tblCaption", val=block.caption[:250]),
        ]

    def _picture(self, image: bytes, width: float, words: str, style: str) -> None:
        inline = self.file.part.new_pic_inline(io.BytesIO(image), Mm(width), None)
        inline.docPr.set("descr", words)
        inline.docPr.set("name", f"memokit {inline.docPr.id}")
        keep = element("w:keepNext") if style == "MemokitDraft" else None
        self.add(paragraph(style, element("w:r", element("w:drawing", inline)), keep=keep))


def _widths(block: Table, whole: float) -> list[int]:
    """Return the width of each column: figures what their longest word needs, words share the rest.

    Examples
    --------
    >>> table = Table("t", "", (Column("Actie"), Column("Bron"), Column("Euro", True)), ())
    >>> _widths(table, 100)
    [2523, 2523, 624]
    """
    need = [_need(column, [words_of(row[i]) for row in block.rows]) for i, column in enumerate(block.columns)]
    made = {i: need[i] for i, column in enumerate(block.columns) if column.numeric}
    while open_ := {i: c.width for i, c in enumerate(block.columns) if i not in made}:
        rest = (whole - sum(made.values())) / sum(open_.values())
        tight = {i: need[i] for i, width in open_.items() if rest * width < need[i]}
        made |= tight or {i: rest * width for i, width in open_.items()}
    fits = min(whole / sum(made.values()), 1)
    return [round(made[i] * fits * _MM) for i in range(len(need))]


def _need(column: Column, cells: list[str]) -> float:
    """Return the millimetres without which a figure or a word would be broken."""
    whole = cells if column.numeric else [word for cell in cells for word in cell.split()]
    return min(max(map(len, (*column.title.split(), *whole)), default=0) * _LETTER + 4, 35.0)
