"""The writers: one rich document with hostile text, in every form."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
import zipfile
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

from memokit.document import (
    EVERY,
    FULL,
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
)  # fmt: skip
from memokit.evaluation import evaluate
from memokit.writers import data, docx, html, pdf

HOSTILE = '<script>alert(1)</script> #import "x" \\ $ {{ 7*7 }} *ster* `code` [^9] @label </style> & ☃'
VOID = {"meta", "col", "br", "link", "img", "input", "hr"}
BARE = {"path", "use", "rect"}


def t(*parts: str) -> tuple[Run, ...]:
    """Return runs: `^x` is footnote x, `*x` strong, `_x` emphasis."""
    styles = {"^": "note", "*": "strong", "_": "emphasis"}
    return tuple(Run(p[1:], styles[p[0]]) if p[:1] in styles else Run(p) for p in parts)  # type: ignore[arg-type]


def sample() -> Document:
    """Return a document with every kind of block, six footnotes of which one is used twice."""
    groups = ("gerealiseerd", "in uitvoering")
    charts = (
        Figure("f1", "stacked", "Vier van de vijf", r"Balk: \1 <4> & 1", groups,
               (("Noodhulp", groups[0], 4), ("Noodhulp", groups[1], 1)), table="t1"),
        Figure("f3", "bars", "Niet alles", "Staven", ("Geraamd", "Uitgegeven"), (("Hulp", 8, None),),
               table="t1"),
        Figure("f4", "dots", "SDG 12 stijgt", "Punten", ("2018", "2023"), (("SDG 12", 40, 62),), table="t1"),
    )
    columns = (Column("Actie", width=2), Column("Bron"), Column("Uitgegeven (euro)", True))
    rows = tuple(
        (t(f"Actie {i}"), t("jaarverslag", "^d") if i == 1 else t("besluit"), t("4.320")) for i in range(3)
    )
    blocks = (
        Section("kort", "In het kort"),
        Paragraph("p1", t("Tien acties.", "^a", " In 2022: ", "*1,05", ".", "^b", "^c"), "fact", EVERY),
        Paragraph("p2", t(HOSTILE), "fact"),
        Paragraph("p3", t("Wij vinden dit belangrijk.", "^a"), "opinion"),
        charts[0],
        Section("werk", "Waar nog werk aan is"),
        Section("beloofd", "Beloofd, nog niet uitgevoerd", 2),
        Bullets("l1", (t("*Noodhulp.", " Het plan raamt 5.000 euro.", "^e"), t(HOSTILE)), "fact"),
        Paragraph("p4", t("Kan de stad een bedrag inschrijven?"), "question"),
        Table("t1", "De acties", columns, rows, t("n.b. = geen cijfer gevonden ", "_zie bijlage", "^f")),
        *charts[1:],
        Section("bijlage", "Bijlage 1", annex=True, lengths=FULL),
        Table("t2", "Lang", columns[:2], tuple((t(f"{i}"), t(HOSTILE)) for i in range(40)), lengths=FULL),
    )  # fmt: skip
    meta = Meta(
        "Evaluatie 2019–2024 " + HOSTILE, "Een terugblik", "Buurgem", "Mondiale Raad",
        "2024-04-15", "15 april 2024",
        banner="Buurgem is een fictieve gemeente", draft="Ontwerp", description="Terugblik", version="0.1.0",
    )  # fmt: skip
    notes = tuple(
        Note(name, t(f"Bron {name}, p. {i}. ", HOSTILE if name == "b" else ""))
        for i, name in enumerate("abcdef")
    )
    return Document(meta, blocks, notes)


class Page(HTMLParser):
    """Reads a page: tags in order, texts, attributes; fails when tags do not close."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.texts: list[tuple[str, str]] = []
        self.feed(source)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, text: str) -> None:
        self.texts.append((self.open[-1] if self.open else "", text))

    def values(self, name: str) -> list[str]:
        """Return every value of an attribute."""
        return [str(attrs[name]) for _, attrs in self.tags if name in attrs]


@pytest.fixture(scope="module")
def document() -> Document:
    return sample()


@pytest.fixture(scope="module")
def page(document: Document) -> Page:
    return Page(html.page(document, length="full"))


def pdf_text(file: bytes, folder: Path) -> str:
    if not shutil.which("pdftotext"):
        pytest.skip("pdftotext is not on this machine")
    path = folder / "x.pdf"
    path.write_bytes(file)
    found = subprocess.run(["pdftotext", "-layout", str(path), "-"], capture_output=True, check=True)
    return " ".join(found.stdout.decode().split())


def test_html_asks_nothing_outside_and_runs_nothing(page: Page) -> None:
    assert not {"script", "link", "img", "iframe", "object", "base", "form"} & {tag for tag, _ in page.tags}
    assert not {"src", "srcset", "action", "style-src"} & {name for _, attrs in page.tags for name in attrs}
    assert all(link.startswith("#") for link in page.values("href"))
    style = "".join(text for tag, text in page.texts if tag == "style")
    assert "url(" not in style and "@import" not in style
    assert all(not name.startswith("on") for _, attrs in page.tags for name in attrs)


def test_html_says_what_it_is(page: Page) -> None:
    tags = [tag for tag, _ in page.tags]
    assert page.tags[0] == ("html", {"lang": "nl"})
    assert tags.count("main") == tags.count("h1") == tags.count("title") == 1
    assert "Buurgem is een fictieve gemeente" in [text for _, text in page.texts]


def test_html_headings_are_in_order(page: Page) -> None:
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1 and all(after - before <= 1 for before, after in pairwise(levels))


def test_html_ids_are_unique_and_links_arrive(page: Page) -> None:
    ids = page.values("id")
    assert len(ids) == len(set(ids))
    assert {link[1:] for link in page.values("href")} <= set(ids)
    assert set(page.values("aria-labelledby")) <= set(ids)


def test_html_footnotes_link_both_ways(page: Page) -> None:
    there = [str(attrs["href"]) for _, attrs in page.tags if attrs.get("role") == "doc-noteref"]
    back = [str(attrs["href"]) for _, attrs in page.tags if attrs.get("role") == "doc-backlink"]
    assert there == [f"#noot-{n}" for n in (1, 2, 3, 1, 4, 5, 6)]
    assert sorted(back) == sorted(f"#ref-{n}" for n in ("1-1", "1-2", "2-1", "3-1", "4-1", "5-1", "6-1"))


def test_html_tables_have_heads_and_figures_have_alternatives(page: Page) -> None:
    assert page.values("scope").count("col") >= 5 and page.values("scope").count("row") >= 43
    charts = [attrs for tag, attrs in page.tags if tag == "svg"]
    assert [chart["aria-label"] for chart in charts] == [r"Balk: \1 <4> & 1", "Staven", "Punten"]


def test_html_keeps_a_range_on_one_line(page: Page) -> None:
    assert ("span", "2019–2024") in page.texts and ("title", "Evaluatie 2019–2024 " + HOSTILE) in page.texts


def test_html_keeps_hostile_text_as_text(page: Page) -> None:
    assert [text for _, text in page.texts].count(HOSTILE) >= 42


def test_every_chart_has_its_table_in_the_document(root: Path) -> None:
    blocks = evaluate(root / "data" / "examples" / "voorbeeldstad").document.select("full").blocks
    tables = {block.id for block in blocks if isinstance(block, Table)}
    named = {block.table for block in blocks if isinstance(block, Figure)}
    assert named and named <= tables


def test_html_structure_of_a_footnote_and_a_question(document: Document) -> None:
    source = re.sub(r' (class|id|href|aria-label)="[^"]*"', "", html.page(document))
    assert "<p><span>Onze vraag<span>: </span></span>Kan de stad een bedrag inschrijven?</p>" in source
    assert '<sup><a role="doc-noteref">2</a><span>, </span><a role="doc-noteref">3</a></sup>' in source
    assert "<nav" not in source and "<nav" in html.page(document, length="full")


def test_html_is_small(document: Document) -> None:
    assert len(html.page(document, length="full").encode()) < 300_000


def test_a_mark_without_a_footnote_is_an_error(document: Document) -> None:
    broken = replace(document, notes=document.notes[1:])
    for write in (html.page, pdf.pdf, docx.docx, data.markdown):
        with pytest.raises(KeyError):
            write(broken)


def test_pdf_is_the_same_each_time(document: Document) -> None:
    first = pdf.pdf(document, length="full")
    pdf.compiler.cache_clear()
    assert first == pdf.pdf(document, length="full")
    assert len(first) < 500_000 and b"pdfuaid:part" in first


def test_pdf_holds_the_text_verbatim(document: Document, tmp_path: Path) -> None:
    found = pdf_text(pdf.pdf(document), tmp_path)
    assert " ".join(HOSTILE.split()) in found
    assert "bladzijde 2 van" in found and "Buurgem is een fictieve gemeente" in found


def test_pdf_of_one_page_has_one_page(document: Document) -> None:
    many = replace(document, blocks=document.blocks[:4] * 4, notes=document.notes[:3])
    assert pdf.pages(pdf.pdf(many, length="page")) == 1


def test_pdf_shows_a_character_that_no_font_has(document: Document, tmp_path: Path) -> None:
    odd = Paragraph("x", t("Sneeuw \U0001f9cc einde \x07 bel"))
    found = pdf_text(pdf.pdf(replace(document, blocks=(odd,), notes=())), tmp_path)
    assert "einde bel" in found


def test_worksheet(tmp_path: Path) -> None:
    labels = (
        "actions",
        "action",
        "source",
        "line",
        "questions",
        "question",
        "then",
        "now",
        "thanks",
        "work",
        "initials",
    )
    form = {
        "title": "Werkblad", "subtitle": HOSTILE, "language": "nl", "date": "2024-04-15",
        "statuses": ["gerealiseerd"] * 8, "actions": ["Titel", HOSTILE],
        "questions": ["Is er een raad?"], "answers": ["ja", "gedeeltelijk", "nee", "onbekend"],
        "words": {label: label.capitalize() for label in labels},
    }  # fmt: skip
    made = pdf.worksheet(form)
    assert made == pdf.worksheet(form) and pdf.pages(made) in (2, 3) and b"pdfuaid:part" in made
    assert " ".join(HOSTILE.split()) in pdf_text(made, tmp_path)


def test_json_round_trip(document: Document) -> None:
    text = data.json_text(document, {"term": 2024, "versions": {"memokit": "0.1.0"}})
    assert json.loads(text) == {
        "document": document.as_dict(), "schema_version": 1,
        "recipe": {"term": 2024, "versions": {"memokit": "0.1.0"}},
    }  # fmt: skip
    assert text.endswith("}\n") and "–" in text


def test_json_refuses_what_is_not_a_number(document: Document) -> None:
    with pytest.raises(ValueError, match="JSON"):
        data.json_text(document, {"x": float("nan")})


def test_markdown_escapes_and_numbers(document: Document) -> None:
    text = data.markdown(document)
    assert r"\<script\>" in text and r"\*ster\*" in text and r"\[\^9\]" in text
    assert text.count("[^1]") == 3 and "[^6]: Bron f" in text
    assert "| Actie | Bron | Uitgegeven (euro) |\n| --- | --- | ---: |" in text


def test_word_file(document: Document) -> None:
    first = docx.docx(document)
    assert first == docx.docx(document)
    with zipfile.ZipFile(io.BytesIO(first)) as parts:
        body = parts.read("word/document.xml").decode()
        assert {info.date_time for info in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert 'w:val="nl-BE"' in parts.read("word/styles.xml").decode()
    assert re.findall(r'descr="([^"]*)"', body) == [r"Balk: \1 &lt;4&gt; &amp; 1", "Staven", "Punten"]
    assert body.count("<w:tblHeader") == 2 and "&lt;script&gt;alert(1)&lt;/script&gt;" in body
