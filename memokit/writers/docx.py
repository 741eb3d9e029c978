"""The document as a Word file, in Word's own styles. The only python-docx door.

python-docx knows no footnotes: their numbers stand raised in the text, the notes in a list at the end.
"""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any

from memokit import figures, texts
from memokit.document import Bullets, Document, Figure, Paragraph, Section, Table, Text
from memokit.writers import as_table, clean, moment, numbered, spoken

_LOCALE = {"nl": "nl-BE", "fr": "fr-BE", "en": "en-GB"}
_SIZES = {
    "Normal": 10.5, "Title": 22, "Subtitle": 11, "Heading 1": 15, "Heading 2": 12, "Heading 3": 11,
    "Caption": 10.5, "Footnote": 8.5,
}  # fmt: skip
_FONT, _DARK, _OCHRE, _MUTED = "Calibri", "0F4C58", "8A4B08", "56616A"


def docx(document: Document) -> bytes:
    """Return the document as a Word file: the same bytes for the same document."""
    with texts.speaking(document.meta.language):
        stream = io.BytesIO()
        _Writer(document).whole().save(stream)
    return _still(stream.getvalue())


def _still(file: bytes) -> bytes:
    """Return a zip file without times: sorted, each part of the same moment."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(file)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        names = sorted(old.namelist(), key=lambda name: (name != "[Content_Types].xml", name))
        for name in names:
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            entry.create_system = 3  # the same on Windows
            new.writestr(entry, old.read(name))
    return stream.getvalue()


def _element(name: str, **attributes: str) -> Any:
    """Return an element of Word's own XML, for what python-docx has no words for."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    made: Any = OxmlElement(name)
    for key, value in attributes.items():
        made.set(qn(f"w:{key}"), value)
    return made


class _Writer:
    def __init__(self, document: Document) -> None:
        import docx as word

        self.document = document
        self.notes = numbered(document)
        self.numbers = {note.id: number for number, note in self.notes}
        self.file: Any = word.Document()

    def whole(self) -> Any:
        """Write the whole document and return it."""
        self._settings()
        meta = self.document.meta
        for line in (meta.banner, meta.draft):
            if line:
                self._line(line, bold=True, colour=_OCHRE)
        self.file.add_heading(clean(meta.title), 0)
        if meta.subtitle:
            self.file.add_paragraph(clean(meta.subtitle), style="Subtitle")
        for block, label in spoken(self.document.blocks):
            self._block(block, label)
        if self.notes:
            self.file.add_heading(texts.say("writers.notes"), 1)
        for number, note in self.notes:
            paragraph = self.file.add_paragraph(style="Footnote")
            self._runs(paragraph, note.text, first=f"{number}. ")
        parts = (meta.sender, meta.date_words)
        self._line(" · ".join(part for part in parts if part), colour=_MUTED)
        return self.file

    def _settings(self) -> None:
        from docx.enum.style import WD_STYLE_TYPE
        from docx.oxml.ns import qn
        from docx.shared import Mm, Pt, RGBColor

        meta, core, when = self.document.meta, self.file.core_properties, moment(self.document.meta)
        core.title, core.author, core.subject = clean(meta.title), clean(meta.sender), clean(meta.description)
        core.language, core.comments = _LOCALE.get(meta.language, meta.language), ""
        core.last_modified_by = ""
        core.created = core.modified = when.replace(tzinfo=None)
        sheet = self.file.sections[0]
        sheet.page_width, sheet.page_height = Mm(210), Mm(297)
        sheet.left_margin = sheet.right_margin = Mm(24)
        sheet.header.paragraphs[0].text = clean(" · ".join(filter(None, (meta.banner, meta.draft))))
        styles = self.file.styles
        styles.add_style("Footnote", WD_STYLE_TYPE.PARAGRAPH).base_style = styles["Normal"]
        for name, size in _SIZES.items():
            style = styles[name]
            style.font.name, style.font.size = _FONT, Pt(size)
            fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
            for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
                fonts.attrib.pop(qn(f"w:{theme}"), None)
            if name.startswith(("Title", "Heading")):
                style.font.color.rgb = RGBColor.from_string(_DARK)
        styles["Caption"].font.color.rgb, styles["Caption"].font.bold = RGBColor(28, 35, 39), True
        tongue = _element("w:lang", val=_LOCALE.get(meta.language, meta.language))
        styles["Normal"].element.get_or_add_rPr().append(tongue)
        foot = sheet.footer.paragraphs[0]
        for part in re.split("([\x02\x03])", texts.say("writers.page_of", page="\x02", pages="\x03")):
            if part in ("\x02", "\x03"):
                foot._p.append(_element("w:fldSimple", instr="PAGE" if part == "\x02" else "NUMPAGES"))
            else:
                foot.add_run(part)

    def _line(self, text: str, *, bold: bool = False, colour: str = "") -> None:
        from docx.shared import RGBColor

        run = self.file.add_paragraph().add_run(clean(text))
        run.bold = bold
        if colour:
            run.font.color.rgb = RGBColor.from_string(colour)

    def _block(self, block: object, label: str) -> None:
        if isinstance(block, Section):
            heading = self.file.add_heading(clean(block.title), min(block.level, 9))
            heading.paragraph_format.page_break_before = block.annex and block.level == 1
        elif isinstance(block, Paragraph):
            self._spoken(self.file.add_paragraph(), block.text, block.voice, label)
        elif isinstance(block, Bullets):
            for i, item in enumerate(block.items):
                paragraph = self.file.add_paragraph(style="List Bullet")
                self._spoken(paragraph, item, block.voice, label if i == 0 else "")
        elif isinstance(block, Table):
            self._table(block)
        elif isinstance(block, Figure):
            self._figure(block)

    def _spoken(self, paragraph: Any, text: Text, voice: str, label: str) -> None:
        from docx.shared import Pt, RGBColor

        if label:
            run = paragraph.add_run(f"{label}  ")
            run.bold, run.font.size = True, Pt(8.5)
            run.font.color.rgb = RGBColor.from_string(_OCHRE if voice in ("opinion", "question") else _MUTED)
        self._runs(paragraph, text, slanted=voice == "question")

    def _runs(self, paragraph: Any, text: Text, *, first: str = "", slanted: bool = False) -> None:
        if first:
            paragraph.add_run(first)
        before = ""
        for part in text:
            if part.style == "note":
                if part.text in self.numbers:
                    comma = ", " if before == "note" else ""
                    paragraph.add_run(f"{comma}{self.numbers[part.text]}").font.superscript = True
            else:
                run = paragraph.add_run(clean(part.text))
                run.bold = part.style == "strong" or None
                run.italic = part.style == "emphasis" or slanted or None
            before = part.style

    def _table(self, table: Table) -> None:
        from docx.enum.text import WD_ALIGN_PARAGRAPH
        from docx.shared import Mm, Pt

        self._caption(table.caption)
        grid = self.file.add_table(len(table.rows) + 1, len(table.columns), style="Table Grid")
        grid.autofit = False
        shares = [0.9 if column.numeric and column.width == 1 else column.width for column in table.columns]
        widths = [Mm(162 * share / sum(shares)) for share in shares]
        heads = tuple(column.title for column in table.columns)
        for i, row in enumerate(grid.rows):
            for j, cell in enumerate(row.cells):
                cell.width = widths[j]
                paragraph = cell.paragraphs[0]
                if i:
                    self._runs(paragraph, table.rows[i - 1][j])
                else:
                    paragraph.add_run(clean(heads[j])).bold = True
                    cell._tc.get_or_add_tcPr().append(
                        _element("w:shd", val="clear", color="auto", fill="E3EDEF")
                    )
                if table.columns[j].numeric:
                    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
                for run in paragraph.runs:
                    run.font.size = Pt(9)
            row._tr.get_or_add_trPr().append(_element("w:cantSplit"))
        grid.rows[0]._tr.get_or_add_trPr().append(_element("w:tblHeader"))
        after = self.file.add_paragraph(style="Footnote")
        self._runs(after, table.remark)

    def _caption(self, text: str) -> None:
        paragraph = self.file.add_paragraph(clean(text), style="Caption")
        paragraph.paragraph_format.keep_with_next = True

    def _figure(self, figure: Figure) -> None:
        from docx.shared import Mm

        self._caption(figure.message)
        picture = self.file.add_picture(io.BytesIO(figures.png(figure)), width=Mm(162))
        picture._inline.docPr.set("descr", clean(figure.alt or figure.message))
        if not figure.table:
            self._table(as_table(figure))
