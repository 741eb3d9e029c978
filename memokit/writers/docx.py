"""The document as a Word file, in Word's own styles. The only python-docx door.

python-docx knows no footnotes: their numbers stand raised in the text, the notes in a list at the end.
"""

from __future__ import annotations

import io
import zipfile
from typing import Any

import docx as word
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from memokit import figures
from memokit.document import Bullets, Document, Figure, Paragraph, Section, Table, Text
from memokit.texts import say, speaking
from memokit.writers import Writer, instant, page_of, runs_of, signature

_LOCALE = {"nl": "nl-BE", "fr": "fr-BE", "en": "en-GB"}
_FONT, _DARK, _OCHRE, _MUTED, _INK = "Calibri", "0F4C58", "8A4B08", "56616A", "1C2327"
_STYLES = {  # size and colour; without a colour it is the one of the reader's own settings
    "Normal": (10.5, ""), "Title": (22, _DARK), "Subtitle": (11, ""), "Heading 1": (15, _DARK),
    "Heading 2": (12, _DARK), "Heading 3": (11, _DARK), "Caption": (10.5, _INK), "Footnote": (8.5, ""),
}
_WIDTH = 162  # millimetres between the margins


def docx(document: Document) -> bytes:
    """Return the document as a Word file: the same bytes for the same document."""
    stream = io.BytesIO()
    with speaking(document.meta.language):
        _Word(document).whole().save(stream)
    return _still(stream)


def _still(file: io.BytesIO) -> bytes:
    """Return a zip file without times: sorted, each part of the same moment."""
    stream = io.BytesIO()
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(stream, "w") as new:
        for name in sorted(old.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            entry = zipfile.ZipInfo(name)  # of 1 January 1980
            entry.create_system = 0  # the same on every machine
            new.writestr(entry, old.read(name), zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def _element(name: str, **attributes: str) -> Any:
    """Return an element of Word's own XML, for what python-docx has no words for."""
    made: Any = OxmlElement(name)
    for key, value in attributes.items():
        made.set(qn(f"w:{key}"), value)
    return made


class _Word(Writer):
    """Writes one document into a file of python-docx."""

    def __init__(self, document: Document) -> None:
        super().__init__(document)
        self.file: Any = word.Document()

    def whole(self) -> Any:
        """Write the whole document and return it."""
        self._properties()
        self._styles()
        meta = self.meta
        for line in filter(None, (meta.banner, meta.draft)):
            self._run(self.file.add_paragraph(), line, _OCHRE).bold = True
        self.file.add_heading(meta.title, 0)
        self.file.add_paragraph(meta.subtitle, style="Subtitle")
        self.blocks()
        if self.notes:
            self.file.add_heading(say("writers.notes"), 1)
        for number, note in enumerate(self.notes, start=1):
            self._text(self.file.add_paragraph(f"{number}. ", style="Footnote"), note.text)
        self._run(self.file.add_paragraph(), signature(meta), _MUTED)
        return self.file

    def _properties(self) -> None:
        meta, core, sheet = self.meta, self.file.core_properties, self.file.sections[0]
        core.title, core.author, core.subject = meta.title, meta.sender, meta.description
        core.language, core.comments = _LOCALE[meta.language], ""
        core.created = core.modified = instant(meta.date).replace(tzinfo=None)
        sheet.page_width, sheet.page_height = Mm(210), Mm(297)
        sheet.left_margin = sheet.right_margin = Mm((210 - _WIDTH) / 2)
        sheet.header.paragraphs[0].text = " · ".join(filter(None, (meta.banner, meta.draft)))
        foot, (before, between, after) = sheet.footer.paragraphs[0], page_of()
        foot.add_run(before)
        foot._p.append(_element("w:fldSimple", instr="PAGE"))
        foot.add_run(between)
        foot._p.append(_element("w:fldSimple", instr="NUMPAGES"))
        foot.add_run(after)

    def _styles(self) -> None:
        styles = self.file.styles
        styles.add_style("Footnote", WD_STYLE_TYPE.PARAGRAPH).base_style = styles["Normal"]
        for name, (size, colour) in _STYLES.items():
            style = styles[name]
            style.element.get_or_add_rPr().get_or_add_rFonts().attrib.clear()  # no font of a theme
            style.font.name, style.font.size = _FONT, Pt(size)
            if colour:
                style.font.color.rgb = RGBColor.from_string(colour)
        styles["Normal"].element.rPr.append(_element("w:lang", val=_LOCALE[self.meta.language]))

    def section(self, block: Section, label: str) -> None:
        heading = self.file.add_heading(block.title, block.level)
        heading.paragraph_format.page_break_before = block.annex and block.level == 1

    def paragraph(self, block: Paragraph, label: str, style: str | None = None) -> None:
        paragraph = self.file.add_paragraph(style=style)
        if label:
            loud = block.voice in ("opinion", "question")
            run = self._run(paragraph, f"{label}  ", _OCHRE if loud else _MUTED)
            run.bold, run.font.size = True, Pt(8.5)
        self._text(paragraph, block.text, slanted=block.voice == "question")

    def bullets(self, block: Bullets, label: str) -> None:
        for i, item in enumerate(block.items):
            self.paragraph(Paragraph("", item, block.voice), "" if i else label, "List Bullet")

    def table(self, block: Table, label: str) -> None:
        self._caption(block.caption)
        grid = self.file.add_table(len(block.rows) + 1, len(block.columns), style="Table Grid")
        grid.autofit = False
        shares = [0.9 if column.numeric and column.width == 1 else column.width for column in block.columns]
        for row, texts in zip(grid.rows[1:], block.rows, strict=True):
            for cell, text in zip(row.cells, texts, strict=True):
                self._text(cell.paragraphs[0], text)
        for cell, column in zip(grid.rows[0].cells, block.columns, strict=True):
            cell.paragraphs[0].add_run(column.title).bold = True
            cell._tc.get_or_add_tcPr().append(_element("w:shd", val="clear", color="auto", fill="E3EDEF"))
        for row in grid.rows:
            row._tr.get_or_add_trPr().append(_element("w:cantSplit"))
            for cell, column, share in zip(row.cells, block.columns, shares, strict=True):
                cell.width = Mm(_WIDTH * share / sum(shares))
                if column.numeric:
                    cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
                for run in cell.paragraphs[0].runs:
                    run.font.size = Pt(9)
        grid.rows[0]._tr.get_or_add_trPr().append(_element("w:tblHeader"))
        self._text(self.file.add_paragraph(style="Footnote"), block.remark)

    def figure(self, block: Figure, label: str) -> None:
        self._caption(block.message)
        picture = self.file.add_picture(io.BytesIO(figures.png(block)), width=Mm(_WIDTH))
        picture._inline.docPr.set("descr", block.alt)

    def _caption(self, text: str) -> None:
        self.file.add_paragraph(text, style="Caption").paragraph_format.keep_with_next = True

    def _run(self, paragraph: Any, words: str, colour: str) -> Any:
        run = paragraph.add_run(words)
        run.font.color.rgb = RGBColor.from_string(colour)
        return run

    def _text(self, paragraph: Any, text: Text, *, slanted: bool = False) -> None:
        for style, words in runs_of(text):
            if style == "note":
                numbers = ", ".join(str(self.numbers[name]) for name in words)
                paragraph.add_run(numbers).font.superscript = True
            else:
                run = paragraph.add_run("".join(words))
                run.bold = style == "strong" or None
                run.italic = style == "emphasis" or slanted or None
