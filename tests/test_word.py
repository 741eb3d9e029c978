"""The Word file: its structure by XML, its footnotes, the council's own template, the two forms."""

from __future__ import annotations

import io
import re
import shutil
import struct
import subprocess
import zipfile
import zlib
from base64 import b64encode
from collections import Counter
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import docx as word
import pytest

from memokit.document import Document, Paragraph, Picture, Run, Section
from memokit.dossier import open_dossier
from memokit.evaluation import evaluate, export
from memokit.problems import MemokitError
from memokit.readback.reading import read
from memokit.wording import passages
from memokit.writers import data
from memokit.writers.docx import docx
from memokit.writers.docx_parts import mark_of, token
from memokit.writers.docx_reply import form
from memokit.writers.docx_template import template_in

from .test_writers import HOSTILE, sample, t

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def parts_of(file: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(file)) as parts:
        return {name: parts.read(name) for name in parts.namelist()}


def tree(file: bytes, part: str = "word/document.xml") -> ElementTree.Element:
    return ElementTree.fromstring(parts_of(file)[part])


def values(root: ElementTree.Element, tag: str, name: str) -> list[str]:
    return [each.get(f"{W}{name}", "") for each in root.iter(f"{W}{tag}")]


def words_in(file: bytes) -> str:
    """Return every word that a Word file shows, running lines and footnotes too."""
    found = []
    for name in parts_of(file):
        if re.fullmatch(r"word/(document|footnotes|header\d+|footer\d+)\.xml", name):
            for each in tree(file, name).iter(f"{W}p"):
                runs = (r for r in each.iter(f"{W}r") if values(r, "rStyle", "val") != ["FootnoteReference"])
                shown = (part for r in runs for part in r if part.tag in (f"{W}t", f"{W}tab"))
                found.append("".join(part.text or " " for part in shown))
    return " ".join(found)


@pytest.fixture(scope="module")
def document(root: Path) -> Document:
    return evaluate(root / "data" / "examples" / "voorbeeldstad").document


@pytest.fixture(scope="module")
def full(document: Document) -> bytes:
    return docx(document.select("full"))


# -- structure ----------------------------------------------------------------------------------------------


def test_the_same_document_is_the_same_file(document: Document, full: bytes) -> None:
    assert docx(document.select("full")) == full
    with zipfile.ZipFile(io.BytesIO(full)) as parts:
        assert {info.date_time for info in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_every_note_is_a_footnote_and_every_mark_arrives(document: Document, full: bytes) -> None:
    body, notes = tree(full), tree(full, "word/footnotes.xml")
    ids = values(notes, "footnote", "id")
    assert len(ids) == len(set(ids)) == len(document.select("full").note_order()) + 2
    assert sorted(values(body, "footnoteReference", "id"), key=int) == sorted(ids, key=int)[2:]
    assert values(notes, "footnote", "type")[:2] == ["separator", "continuationSeparator"]
    bookmarks = set(values(body, "bookmarkStart", "name"))
    again = re.findall(r"NOTEREF (\S+)", "".join(each.text or "" for each in body.iter(f"{W}instrText")))
    assert again and set(again) <= bookmarks


def test_a_note_used_twice_is_written_once_and_shows_its_number() -> None:
    body = tree(docx(sample()))
    assert values(body, "footnoteReference", "id") == ["1", "2", "3", "4", "5", "6"]
    codes = [each.text for each in body.iter(f"{W}instrText")]
    assert codes == [f" NOTEREF _Ref{token('a', 9)} \\h "]


def test_bookmarks_are_unique_short_and_know_their_passage(document: Document, full: bytes) -> None:
    body = tree(full)
    names, ids = values(body, "bookmarkStart", "name"), values(body, "bookmarkStart", "id")
    assert max(Counter(names).values()) == max(Counter(ids).values()) == 1
    assert sorted(ids) == sorted(values(body, "bookmarkEnd", "id"))
    assert all(re.fullmatch(r"[A-Za-z_]\w{0,39}", name) for name in names)
    found = passages(document.select("full"))
    assert [name for name in names if name.startswith("mk_")] == [mark_of(p.id, p.words) for p in found]


def test_headings_styles_and_heads_of_tables(document: Document, full: bytes) -> None:
    chosen = document.select("full")
    body, styles = tree(full), tree(full, "word/styles.xml")
    defined = set(values(styles, "style", "styleId"))
    used = {*values(body, "pStyle", "val"), *values(body, "rStyle", "val")}
    assert used <= defined
    levels = [int(name[-1]) for name in values(body, "pStyle", "val") if name.startswith("Heading")]
    assert levels == [block.level for block in chosen.blocks if isinstance(block, Section)]
    tables = [block for block in chosen.blocks if block.kind == "table"]
    assert len([*body.iter(f"{W}tblHeader")]) == len(tables)
    assert values(body, "tblCaption", "val") == [table.caption for table in tables]
    assert values(styles, "lang", "val") == ["nl-BE"]
    assert [*tree(full, "word/settings.xml").iter(f"{W}autoHyphenation")]


def test_charts_and_properties_say_what_they_are(document: Document, full: bytes) -> None:
    alts = [block.alt for block in document.select("full").blocks if block.kind == "figure"]
    xml = parts_of(full)["word/document.xml"].decode()
    pictures = ElementTree.fromstring(xml).iter(
        "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}docPr"
    )
    assert [each.get("descr") for each in pictures] == alts
    core = word.Document(io.BytesIO(full)).core_properties
    assert (core.title, core.author, core.language) == (document.meta.title, "de Mondiale Raad", "nl-BE")
    assert core.last_modified_by == ""


def test_a_running_line_counts_the_pages(full: bytes) -> None:
    feet = [name for name in parts_of(full) if name.startswith("word/footer")]
    codes = ["".join(each.text or "" for each in tree(full, name).iter(f"{W}instrText")) for name in feet]
    assert codes == [" PAGE  NUMPAGES "] * 2


def test_every_word_of_markdown_stands_in_word_and_the_other_way_round(document: Document) -> None:
    chosen = document.select("normal")
    markdown = re.sub(r"\[\^\d+\]:?|\*\*|[_|]", " ", data.markdown(chosen).replace("\\", ""))

    def words(text: str) -> set[str]:
        return set(re.findall(r"[^\W\d_]{2,}|\d[\d.,]*\d", text))

    in_word, in_markdown = words(words_in(docx(chosen))), words(markdown)
    assert not in_markdown - in_word
    assert in_word - in_markdown <= words(f"bladzijde van Gemaakt met {chosen.meta.version}")


def test_hostile_text_stays_text() -> None:
    file = docx(sample())
    assert words_in(file).count(" ".join(HOSTILE.split())) >= 30
    assert "Balk: \\1 &lt;4&gt; &amp; 1" in parts_of(file)["word/document.xml"].decode()


def test_no_table_is_too_long_and_no_title() -> None:
    long = replace(sample().meta, title="Evaluatie " * 40)
    many = replace(sample(), meta=long, blocks=tuple(
        replace(block, rows=block.rows * 200) if block.kind == "table" else block for block in sample().blocks
    ))
    assert docx(many)[:2] == b"PK"


def png() -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", 2, 2, 8, 2, 0, 0, 0)
    rows = zlib.compress(b"\0" + b"\x0f\x4c\x58" * 2 + b"\0" + b"\x0f\x4c\x58" * 2)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def test_a_logo_and_a_picture_have_words(document: Document) -> None:
    data64 = b64encode(png()).decode()
    meta = replace(document.meta, logo=data64, colour="#7a1f2b")
    file = docx(Document(meta, (Picture("a", "Een blauw vlak", f"data:image/png;base64,{data64}"),)))
    assert "7A1F2B" in parts_of(file)["word/styles.xml"].decode()
    body = parts_of(file)["word/document.xml"].decode()
    assert 'descr="de Mondiale Raad"' in body and 'descr="Een blauw vlak"' in body


# -- the council's own template -----------------------------------------------------------------------------


def template(path: Path, *lines: str, header: str = "") -> Path:
    file = word.Document()
    file.add_heading("Memorandum", 0)
    for line in lines:
        file.add_paragraph(line)
    file.sections[0].header.paragraphs[0].text = header
    file.save(str(path))
    return path


def test_a_template_takes_the_section_in(document: Document, tmp_path: Path) -> None:
    path = template(tmp_path / "s.docx", "Voorwoord.", "{{ evaluatie }}", "Tot slot.")
    chosen = document.select("normal")
    file = docx(chosen, path)
    assert file == docx(chosen, path)
    lines = [line.words for line in read_bytes(file, tmp_path).lines if not line.in_table]
    assert lines[0] == "Memorandum" and lines[-1] == "Tot slot." and "{{" not in "".join(lines)
    assert lines.index("Voorwoord.") < lines.index(document.meta.title) < lines.index("In het kort")
    styles = {each.get(f"{W}styleId") for each in tree(file, "word/styles.xml").iter(f"{W}style")}
    body = tree(file)
    assert {*values(body, "pStyle", "val"), *values(body, "rStyle", "val")} <= styles
    levels = [int(n[-1]) for n in values(body, "pStyle", "val") if n.startswith("Heading")]
    assert levels[:2] == [1, 2] and 3 in levels


def read_bytes(file: bytes, folder: Path):
    path = folder / "gelezen.docx"
    path.write_bytes(file)
    return read(path)


def test_a_template_that_has_footnotes_keeps_them(document: Document, tmp_path: Path) -> None:
    first = tmp_path / "eerst.docx"
    first.write_bytes(docx(sample()))
    file = word.Document(str(first))
    file.add_paragraph("{{evaluatie}}")
    own = tmp_path / "eigen.docx"
    # The sample holds text that looks like a mark of a template: only that is taken out here.
    for each in file.element.body.iter(f"{W}t"):
        each.text = each.text.replace("{{ 7*7 }}", "")
    file.save(str(own))
    notes = zipfile.ZipFile(own).read("word/footnotes.xml").decode().replace("{{ 7*7 }}", "")
    parts = {**parts_of(own.read_bytes()), "word/footnotes.xml": notes.encode()}
    for name in [n for n in parts if n.startswith(("word/header", "docProps"))]:
        parts[name] = parts[name].replace(b"{{ 7*7 }}", b"")
    with zipfile.ZipFile(own, "w") as out:
        for name, content in parts.items():
            out.writestr(name, content)
    made = docx(document.select("page"), own)
    ids = values(tree(made, "word/footnotes.xml"), "footnote", "id")
    assert len(ids) == len(set(ids)) == 2 + 6 + len(document.select("page").note_order())
    assert sorted(values(tree(made), "footnoteReference", "id"), key=int) == sorted(ids, key=int)[2:]


@pytest.mark.parametrize(("lines", "header", "code"), [
    (["Niets."], "", "template-no-place"),
    (["{{ evaluatie }}", "{{ evaluatie }}"], "", "template-two-places"),
    (["{{ evaluatie }}", "{% for x in y %}"], "", "template-tag"),
    (["{{ evaluatie }}", "{{ ''.__class__.__mro__ }}"], "", "template-tag"),
    (["{{ evaluatie }}"], "{{ naam }}", "template-tag"),
    (["Zie {{ evaluatie }} hier"], "", "template-tag"),
])  # fmt: skip
def test_a_template_that_cannot_be_used(
    document: Document, tmp_path: Path, lines: list[str], header: str, code: str
) -> None:
    with pytest.raises(MemokitError) as caught:
        docx(document.select("page"), template(tmp_path / "s.docx", *lines, header=header))
    assert [problem.code for problem in caught.value.problems] == [code]
    assert caught.value.problems[0].file == "s.docx" and "evaluatie" in caught.value.problems[0].remedy


def broken(kind: str, folder: Path) -> Path:
    """Make a file that is not what its name says."""
    path = template(folder / "s.docx", "{{ evaluatie }}")
    whole = path.read_bytes()
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504
    changed = {
        "old": ole, "password": ole + "EncryptedPackage".encode("utf-16-le"), "cut": whole[: len(whole) // 2],
        "empty": b"", "text": b"geen zip",
    }  # fmt: skip
    if kind in changed:
        path.write_bytes(changed[kind])
        return path
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as parts:
        if kind == "macros":
            parts.writestr("word/vbaProject.bin", b"x")
        if kind == "entities":
            parts.writestr("word/more.xml", '<!DOCTYPE a [<!ENTITY b "bb">]><a>&b;</a>')
        if kind == "bomb":
            parts.writestr("word/media/x.bin", b"\0" * 210_000_000)
    return path


BROKEN = [
    ("old", "word-old"), ("password", "word-password"), ("cut", "not-word"), ("empty", "not-word"),
    ("text", "not-word"), ("macros", "word-macros"), ("entities", "word-entities"), ("bomb", "file-too-big"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "code"), BROKEN)
def test_a_template_that_is_broken_or_dangerous(
    document: Document, tmp_path: Path, kind: str, code: str
) -> None:
    with pytest.raises(MemokitError) as caught:
        docx(document.select("page"), broken(kind, tmp_path))
    assert [problem.code for problem in caught.value.problems] == [code]


def test_a_template_never_comes_from_outside_the_dossier(voorbeeldstad: Path) -> None:
    template(voorbeeldstad.parent / "buiten.docx", "{{ evaluatie }}")
    for name, code in (("../buiten.docx", "template-outside"), ("weg.docx", "template-missing")):
        with pytest.raises(MemokitError) as caught:
            template_in(voorbeeldstad, name)
        assert caught.value.problems[0].code == code
    template(voorbeeldstad / "huis.docx", "{{ evaluatie }}")
    with (voorbeeldstad / "dossier.yml").open("a", encoding="utf-8") as file:
        file.write("sjabloon_word: huis.docx\n")
    made = export(evaluate(open_dossier(voorbeeldstad)), voorbeeldstad.parent / "evaluatie.docx")
    assert read(made).lines[0].words == "Memorandum"


# -- the two forms ------------------------------------------------------------------------------------------


def test_the_form_for_the_bestuur_has_a_field_for_each_question(root: Path) -> None:
    dossier = open_dossier(root / "data" / "examples" / "voorbeeldstad")
    document = evaluate(dossier).document.select("normal")
    file = form(document, dossier.settings, "reply")
    assert file == form(document, dossier.settings, "reply")
    fields = [name for name in values(tree(file), "bookmarkStart", "name") if name.startswith("mr_")]
    titles = ("Noodhulp", "Ethisch bankieren", "Een jaarlijks SDG-verslag", "algemeen")
    assert fields == [f"mr_{token(title)}" for title in titles]
    said = words_in(file)
    assert "tegen 3 april 2024" in said.replace("\u00a0", " ") and "hoogstens 150 woorden" in said
    assert "We kregen er geen." in said


def test_the_form_for_the_service_has_each_fact_and_no_opinion(root: Path) -> None:
    dossier = open_dossier(root / "data" / "examples" / "voorbeeldstad")
    document = evaluate(dossier).document.select("normal")
    file = form(document, dossier.settings, "check")
    said, fields = words_in(file), values(tree(file), "bookmarkStart", "name")
    facts = [block for block in document.blocks if isinstance(block, Paragraph) and block.voice == "fact"]
    for block in facts:
        assert (f"mc_{token(block.id)}" in fields) == (block.id != "reply-dates")
    assert "Wij vinden" not in said and "Kan de stad" not in said and "Bron: Jaarrekening 2022" in said


# -- LibreOffice --------------------------------------------------------------------------------------------


@pytest.mark.office
def test_libreoffice_shows_every_footnote_at_its_number(tmp_path: Path) -> None:
    if not (soffice := shutil.which("soffice")) or not shutil.which("pdftotext"):
        pytest.skip("LibreOffice is not on this machine")
    blocks = (
        Paragraph("a", t("Eerste", "^x", "^y", " en tweede", "^z", ".")),
        Paragraph("b", t("Weer", "^x", ".")),
    )  # fmt: skip
    notes = tuple(replace(sample().notes[0], id=name, text=(Run(f"Bron {name}"),)) for name in "xyz")
    path = tmp_path / "noten.docx"
    path.write_bytes(docx(replace(sample(), blocks=blocks, notes=notes)))
    home = f"-env:UserInstallation=file://{tmp_path / 'home'}"
    subprocess.run([soffice, home, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), str(path)],
                   check=True, capture_output=True)  # fmt: skip
    got = subprocess.run(["pdftotext", "-layout", str(tmp_path / "noten.pdf"), "-"], check=True,
                         capture_output=True, text=True).stdout  # fmt: skip
    said = " ".join(got.split())
    assert "Eerste1, 2 en tweede3." in said and "Weer1." in said
    assert [said.index(f"Bron {name}") for name in "xyz"] == sorted(said.index(f"Bron {n}") for n in "xyz")
