"""Any document, however odd its words: rendered right in every form, and nothing in it is run or read."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
import sys
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import mistune
import pytest

from memokit.document import (
    EVERY,
    Bullets,
    Column,
    Document,
    Figure,
    Meta,
    Note,
    Paragraph,
    Run,
    Section,
    Table,
    Text,
)  # fmt: skip
from memokit.writers import data, docx, html, pdf
from tests.browsing import CHROMIUM, FLAGS
from tests.test_writers import Page

PIECES = (
    '#import "@preview/x:1.0.0": *', '#read("/etc/passwd")', '#include "memo.typ"', "#{ 1 + 1 }", "\\",
    "\\u{41}", "$ x_1 $", "<script>alert(1)</script>", "<img src=file:///etc/passwd onerror=alert(1)>",
    "</style></svg>", "{{ 7*7 }}", "{% include 'x' %}", "${jndi:ldap://x}", "[^9]",
    "[link](http://voorbeeld.test/x)", "[[x]]", "![x](file:///etc/passwd)", "http://voorbeeld.test/y",
    "www.voorbeeld.test", "= kop", "# kop",
    "- punt", "1. punt", "> citaat", "| a | b |", "@naam", "<naam>", "*ster* _streep_ `code` ~~weg~~",
    "&amp; &#39; &", "=1+1", "HYPERLINK x", "--- ``` '''", "שלום עליכם", "مرحبا بالعالم", "Ĳssel œuvre ﬁn",
    "ca­fé", "a\u00a0b",
)  # fmt: skip
LONG = "x" * 300
TITLE = ("Evaluatie van het beleid met een heel lange titel " * 8)[:400]


def t(text: str, *notes: str) -> Text:
    return (Run(text), *(Run(note, "note") for note in notes))


def hostile(odd: str = " ".join(PIECES)) -> Document:
    """Return a document that says the same odd words in every field that can hold words."""
    columns = (Column(odd, width=2), Column("Bron " + odd), Column("Euro " + odd, True))
    groups = ("ja " + odd[:30], "nee")
    rows = ((t(odd, "n2"), t(odd), t("1,5")), (t(LONG), t(odd), t("12")))
    counts = ((odd, groups[0], 2), ("B", groups[1], 1))
    blocks = (
        Section("a", "Kop " + odd),
        Paragraph("p", (*t(odd, "n1"), Run(odd, "strong"), Run(odd, "emphasis")), "fact", EVERY),
        Paragraph("o", t(odd), "opinion", EVERY, finding=odd),
        Paragraph("q", t(odd), "question"),
        Bullets("b", tuple(t(piece) for piece in PIECES), "fact", EVERY),
        Section("b2", "Onder " + odd, 2),
        Table("t", "Tabel " + odd, columns, rows, t(odd)),
        Figure("f", "stacked", "Beeld " + odd, "Alt " + odd, groups, counts, table="t", lengths=EVERY),
        Figure("g", "bars", "Staven " + odd, odd, groups, ((odd, 2, None),), unit=odd, table="t"),
        Figure("h", "dots", "Punten " + odd, odd, ("toen", "nu"), ((odd, 2, 50),), table="t"),
        Section("c", "Bijlage " + odd, annex=True),
        Paragraph("z", t(LONG), "aside"),
    )  # fmt: skip
    meta = Meta(odd, odd, odd, odd, "2024-04-15", odd, "nl", odd, odd, odd, odd)
    return Document(meta, blocks, (Note("n1", t("Bron " + odd)), Note("n2", t(LONG))))


def big() -> Document:
    """Return a document with a title of 400 characters, a table of 2,000 rows and 300 footnotes."""
    columns = (Column("Actie", width=2), Column("Bron"), Column("Euro", True))
    rows = tuple((t(f"Actie {i}"), t(f"besluit {i}"), t(f"{i},5")) for i in range(2000))
    notes = tuple(Note(f"n{i}", t(f"Bron nummer {i}, p. {i}.")) for i in range(300))
    told = tuple(Paragraph(f"p{i}", t(f"Zin nummer {i}.", f"n{i}"), "fact") for i in range(300))
    meta = Meta(TITLE, "", "Buurgem", "de Mondiale Raad", "2024-04-15", "15 april 2024")
    return Document(meta, (Section("a", "Noten"), *told, Table("t", "Lang", columns, rows)), notes)


# -- what a reader finds in each form -----------------------------------------------------------------------


def in_html(document: Document) -> str:
    page = Page(html.page(document, length="full"))
    return " ".join(text for tag, text in page.texts if tag != "style")


def in_pdf(document: Document) -> str:
    if not shutil.which("pdftotext"):
        pytest.skip("pdftotext is not on this machine")
    made = pdf.pdf(document, length="full")
    done = subprocess.run(["pdftotext", "-raw", "-", "-"], input=made, capture_output=True, check=True)
    return done.stdout.decode()


def in_word(document: Document) -> str:
    space = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
    with zipfile.ZipFile(io.BytesIO(docx.docx(document))) as parts:
        wanted = re.compile(r"word/(document|footnotes|header\d*)\.xml")
        names = [name for name in parts.namelist() if wanted.fullmatch(name)]
        roots = [ElementTree.fromstring(parts.read(name)) for name in names]
    return "\n".join(
        "".join(node.text or "" for node in paragraph.iter(f"{space}t"))
        for root in roots for paragraph in root.iter(f"{space}p")
    )  # fmt: skip


def tokens(node: Any) -> Iterator[dict[str, Any]]:
    for token in node:
        yield token
        yield from tokens(token.get("children", []))


def parsed(text: str) -> list[dict[str, Any]]:
    """Return every node that a Markdown reader makes of a text."""
    read = mistune.create_markdown(renderer=None, plugins=["table", "footnotes", "strikethrough", "url"])
    return list(tokens(read(text)))


def in_markdown(document: Document) -> str:
    return "".join(token.get("raw", "\n") for token in parsed(data.markdown(document)))


def in_json(document: Document) -> str:
    whole = json.loads(data.json_text(document, {}))
    return json.dumps(whole, ensure_ascii=False).replace('\\"', '"').replace("\\\\", "\\")


FORMS: dict[str, Callable[[Document], str]] = {
    "html": in_html, "pdf": in_pdf, "docx": in_word, "md": in_markdown, "json": in_json,
}  # fmt: skip
forms = pytest.mark.parametrize("form", FORMS)


def bare(text: str) -> str:
    """Return a text without what a page changes: spaces, hyphens at the end of a line, ligatures."""
    return re.sub(r"[\s\u00ad\u200b\u2060\u00a0]", "", unicodedata.normalize("NFKC", text))


@forms
def test_every_word_is_found_back(form: str) -> None:
    found = bare(FORMS[form](hostile()))
    lost = [piece for piece in PIECES if bare(piece) not in found and not _right_to_left(piece, found)]
    assert lost == []


def _right_to_left(piece: str, found: str) -> bool:
    """Tell whether the words are there in any order: a page holds them as they are drawn."""
    return "\u0590" < piece[0] < "\u0700" and all(w in found or w[::-1] in found for w in piece.split())


@forms
def test_a_title_of_400_characters_2000_rows_and_300_footnotes(form: str) -> None:
    found = bare(FORMS[form](big()))
    assert bare(TITLE) in found and len(TITLE) == 400
    assert all(f"besluit{i}" in found for i in (0, 999, 1999))
    assert all(f"Bronnummer{i}," in found for i in (0, 150, 299))


def test_an_empty_document_is_a_document() -> None:
    empty = Document(Meta("", "", "", "", "2024-04-15", ""), ())
    assert "<title></title>" in html.page(empty) and docx.docx(empty)[:2] == b"PK"
    assert pdf.pages(pdf.pdf(replace(empty, meta=replace(empty.meta, title="T")))) == 1


def test_emoji_and_marks_of_direction() -> None:
    odd = hostile("Feest 🎉👩‍👩‍👧 \u202eomgekeerd\u202c \u2066x\u2069 \x07 einde")
    for form, read in FORMS.items():
        found = read(odd)
        assert "Feest" in found and "omgekeerd" in found and "einde" in found, form
        if form in ("html", "docx", "md"):  # JSON keeps what was typed; a reader of PDF adds marks of its own
            assert not re.search("[\u202a-\u202e\u2066-\u2069\x07]", found), form


# -- nothing is run, nothing is read ------------------------------------------------------------------------


def test_html_holds_no_tag_or_address_of_the_text() -> None:
    page = Page(html.page(hostile(), length="full"))
    assert not {tag for tag, _ in page.tags} & {"script", "img", "iframe", "object", "embed", "base", "form"}
    names = {name for _, attrs in page.tags for name in attrs}
    assert not {name for name in names if name.startswith("on")} | {"src", "srcset"} & names
    assert all(link.startswith("#") for link in page.values("href"))


def test_markdown_holds_no_link_picture_or_code_of_the_text() -> None:
    kinds = Counter(token["type"] for token in parsed(data.markdown(hostile())))
    bad = {"link", "image", "inline_html", "block_html", "codespan", "block_code", "thematic_break"}
    assert not set(kinds) & {*bad, "strikethrough"}
    assert kinds["block_quote"] == 2 and kinds["heading"] == 4  # our own: the banner and the draft mark


def test_word_names_no_address_and_holds_no_field_of_the_text() -> None:
    with zipfile.ZipFile(io.BytesIO(docx.docx(hostile()))) as parts:
        rels = [parts.read(name).decode() for name in parts.namelist() if name.endswith(".rels")]
        body = "".join(parts.read(name).decode() for name in parts.namelist() if name.endswith(".xml"))
    assert not [text for text in rels if "External" in text or "file:" in text]
    fields = re.findall(r'instr="([^"]*)"|<w:instrText[^>]*>([^<]*)<', body)
    assert {first or last for first, last in fields} <= {"PAGE", "NUMPAGES", " PAGE ", " NUMPAGES "}


def test_no_form_opens_a_file_or_address_of_the_text(tmp_path: Path) -> None:
    code = (
        "import sys; from tests.test_any_document import *; seen = []\n"
        "sys.addaudithook(lambda name, args: seen.append(f'{name} {args}') if name == 'open' or "
        "name.startswith(('socket.', 'subprocess.', 'os.system', 'urllib.', 'exec')) else None)\n"
        "odd = hostile(); seen.clear()\n"
        "html.page(odd); pdf.pdf(odd); docx.docx(odd); data.markdown(odd); data.json_text(odd, {})\n"
        "print('\\n'.join(line for line in seen if not line.startswith('exec ')))"
    )
    root = Path(__file__).parents[1]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    lines = done.stdout.splitlines()
    assert lines and all(line.startswith("open ") for line in lines), [x for x in lines if x[:5] != "open "]
    assert not [line for line in lines if "passwd" in line or "voorbeeld.test" in line or "@preview" in line]


def test_the_pdf_holds_nothing_of_this_machine() -> None:
    found = in_pdf(hostile())
    assert "root:x:" not in found and '#read("/etc/passwd")' in found
    assert b"/URI" not in pdf.pdf(hostile(), length="full") and b"/JavaScript" not in pdf.pdf(hostile())


@pytest.mark.browser
def test_a_browser_runs_nothing_and_asks_nothing(tmp_path: Path) -> None:
    if CHROMIUM is None:
        pytest.skip("there is no Chromium on this machine")
    from playwright.sync_api import sync_playwright

    path = tmp_path / "x.html"
    path.write_text(html.page(hostile(), length="full"), "utf-8")
    asked, said = [], []
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        tab = browser.new_page()
        tab.on("request", lambda request: asked.append(request.url))
        tab.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
        tab.goto(path.as_uri())
        assert bare(tab.title()) == bare(" ".join(PIECES))
        browser.close()
    assert asked == [path.as_uri()] and said == []


# -- the same bytes -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", [hostile, big])
def test_the_same_document_is_the_same_file(make: Callable[[], Document]) -> None:
    def files() -> list[object]:
        odd = make()
        written = [write(odd) for write in (html.page, pdf.pdf, docx.docx, data.markdown)]
        return [*written, data.json_text(odd, {})]

    first = files()
    pdf.compiler.cache_clear()
    assert files() == first
