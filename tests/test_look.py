"""Logo, colour and look: what is refused, what every form bears, and pages without a finding of axe."""

from __future__ import annotations

import base64
import io
import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from PIL import Image
from pydantic import TypeAdapter

from memokit import branding, dossier, figures
from memokit.document import LENGTHS, Document, Figure, Table
from memokit.evaluation import evaluate, render
from memokit.problems import MemokitError
from memokit.records import Settings
from memokit.writers import data, html, pdf
from tests.browsing import CHROMIUM, FLAGS
from tests.test_any_document import big, hostile

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "data" / "examples" / "voorbeeldstad"
PURPLE = "#7a1f5c"
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300 100">{}</svg>'
SHAPES = SVG.format('<circle cx="50" cy="50" r="42" fill="#7a1f5c"/><rect x="110" width="170" height="40"/>')


def with_logo(
    folder: Path, logo: bytes = SHAPES.encode(), name: str = "logo.svg", colour: str = PURPLE
) -> Path:
    """Return a copy of the example that wears a logo and a colour."""
    shutil.copytree(EXAMPLE, folder)
    (folder / name).write_bytes(logo)
    with (folder / "dossier.yml").open("a", encoding="utf-8") as file:
        file.write(f'logo: {name}\nkleur: "{colour}"\n')
    return folder


def picture(form: str = "PNG", size: tuple[int, int] = (400, 120), mode: str = "RGB") -> bytes:
    """Return a picture of two halves, the second of which is white."""
    image = Image.new(mode, size, "white")
    image.paste(Image.new(mode, (size[0] // 2, size[1]), PURPLE), (0, 0))
    stream = io.BytesIO()
    image.save(stream, form)
    return stream.getvalue()


def worn(
    folder: Path, content: bytes | None = None, name: str = "logo.png", colour: str = ""
) -> branding.Brand:
    """Return what a dossier with this logo wears."""
    if content is not None:
        (folder / name).write_bytes(content)
    return branding.brand(folder, Settings(municipality="11002", logo=name, colour=colour))


def codes(brand: branding.Brand) -> list[str]:
    return [problem.code for problem in brand.problems]


# -- the logo -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("content", "name"), [
    (picture(), "logo.png"), (picture("JPEG"), "logo.jpg"), (picture("JPEG", mode="CMYK"), "x"),
    (picture(mode="RGBA"), "logo.gif"), (SHAPES.encode(), "logo.svg"),
    (b"\xef\xbb\xbf" + SHAPES.encode(), "l.png"),
    (picture(size=(3000, 900)), "groot.png"),
])  # fmt: skip
def test_a_logo_becomes_one_small_picture(content: bytes, name: str, tmp_path: Path) -> None:
    first = worn(tmp_path, content, name)
    assert codes(first) == [] and worn(tmp_path, content, name) == first
    with Image.open(io.BytesIO(base64.b64decode(first.logo))) as image:
        assert image.format == "PNG" and image.width <= 600 and image.height <= 240
        assert not image.info.get("exif") and len(first.logo) < 90_000


def test_white_around_a_logo_falls_away(tmp_path: Path) -> None:
    with Image.open(io.BytesIO(base64.b64decode(worn(tmp_path, picture()).logo))) as image:
        assert image.size == (200, 120)


NOISE = os.urandom(400)
BAD = {
    "logo-kind": (b"GIF89a" + NOISE, b"", b"%PDF-1.7", b"<html>", b"naam;lid"),
    "logo-broken": (picture()[:200], picture("JPEG")[:300], b"\x89PNG\r\n\x1a\n" + NOISE),
    "logo-empty": (SVG.format("").encode(), SVG.format("<g/>").encode()),
    "logo-size": (picture(size=(8, 8)), picture(size=(2000, 20)), picture(size=(4000, 4000))),
    "logo-svg": tuple(SVG.format(part).encode() for part in (
        "<script>alert(1)</script>", "<foreignObject/>", "<text>x</text>", '<rect onload="x()"/>',
        '<image href="file:///etc/passwd"/>', '<use href="http://voorbeeld.test/x#a"/>',
        "<style>@import 'http://voorbeeld.test/x.css'</style>",
        '<rect fill="url(http://voorbeeld.test/#a)"/>', '<animate attributeName="href"/>', "<filter/>",
        "<rect>", '<use href="#a"/>' * 21, "<g/>" * 5001,
        "&amp;" * 2 + "<a/>",
    )),
}  # fmt: skip


@pytest.mark.parametrize(("code", "content"), [(c, x) for c, many in BAD.items() for x in many])
def test_a_bad_logo_is_named_and_left_out(code: str, content: bytes, tmp_path: Path) -> None:
    found = worn(tmp_path, content, "ons logo.svg", "#7a1f5c")
    assert codes(found) == [code] and found.logo == "" and found.colour == "#7a1f5c"
    problem = found.problems[0]
    assert problem.severity == "warning" and problem.file == "ons logo.svg"
    assert "ons logo.svg" in problem.message and problem.remedy


def test_a_white_logo_and_entities(tmp_path: Path) -> None:
    stream = io.BytesIO()
    Image.new("RGBA", (400, 120), (255, 0, 0, 0)).save(stream, "PNG")
    assert codes(worn(tmp_path, stream.getvalue())) == ["logo-empty"]
    laughs = '<!DOCTYPE svg [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>' + SVG.format("<desc>&b;</desc>")
    assert codes(worn(tmp_path, laughs.encode())) == ["logo-svg"]
    style = '<?xml-stylesheet href="http://voorbeeld.test/x.css"?>' + SHAPES
    assert codes(worn(tmp_path, style.encode())) == ["logo-svg"]


def test_a_logo_of_40_megabytes_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "logo.png").open("wb") as file:
        file.truncate(40_000_000)
    found = worn(tmp_path)
    assert codes(found) == ["logo-too-big"] and "40,0 MB" in found.problems[0].message


def test_a_picture_that_unpacks_to_a_gigabyte_is_not_unpacked(tmp_path: Path) -> None:
    content = bytearray(picture())
    content[16:24] = (50_000).to_bytes(4, "big") * 2
    assert set(codes(worn(tmp_path, bytes(content)))) <= {"logo-size", "logo-broken"}


@pytest.mark.parametrize(
    "name", ["../geheim.png", "/etc/hostname", "..\\geheim.png", "link.png", "\0", "map/../../geheim.png"]
)
def test_a_logo_stands_in_the_folder_of_the_dossier(name: str, tmp_path: Path) -> None:
    folder = tmp_path / "dossier"
    folder.mkdir()
    (tmp_path / "geheim.png").write_bytes(picture())
    (folder / "link.png").symlink_to(tmp_path / "geheim.png")
    found = branding.brand(folder, Settings.model_construct(municipality="11002", logo=name, colour=""))
    assert codes(found) in (["logo-outside"], ["logo-missing"]) and found.logo == ""


@pytest.mark.parametrize("name", ["er-niet.png", "bronnen", "."])
def test_a_logo_that_is_not_there(name: str, tmp_path: Path) -> None:
    (tmp_path / "bronnen").mkdir()
    assert codes(worn(tmp_path, name=name)) == ["logo-missing"]


@settings(max_examples=60, deadline=None)
@given(
    at=st.integers(0, 5000),
    byte=st.integers(0, 255),
    cut=st.integers(0, 400),
    form=st.sampled_from(["PNG", "JPEG", "SVG"]),
)
def test_no_damage_crashes(at: int, byte: int, cut: int, form: str) -> None:
    content = bytearray(SHAPES.encode() if form == "SVG" else picture(form))
    content[at % len(content)] = byte
    try:
        branding._picture(bytes(content[: len(content) - cut]), "x")
    except MemokitError as error:
        assert error.problems[0].code.startswith("logo-")


# -- the colour ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("colour", "used", "code"), [
    ("#7a1f5c", "#7a1f5c", ""), ("7A1F5C", "#7a1f5c", ""), ("#036", "#003366", ""),
    ("#767676", "#767676", ""),
    ("#777777", "", "colour-too-light"), ("#ffee00", "", "colour-too-light"), ("rood", "", "colour-unknown"),
    ("#12345", "", "colour-unknown"), ("#000;}</style><script>", "", "colour-unknown"),
    ("url(x)", "", "colour-unknown"),
])  # fmt: skip
def test_a_colour_that_cannot_be_read_is_not_used(colour: str, used: str, code: str, tmp_path: Path) -> None:
    found = branding.brand(tmp_path, Settings(municipality="11002", colour=colour))
    assert found.colour == used and codes(found) == [code] * bool(code)
    assert all(
        p.file == "dossier.yml" and p.column == "kleur" and colour in p.message for p in found.problems
    )


def test_the_ratio_is_said() -> None:
    found = branding.brand(Path(), Settings(municipality="11002", colour="#ffee00"))
    assert "1,2" in found.problems[0].message and "4,5" in found.problems[0].message


@given(st.integers(0, 0xFFFFFF))
def test_every_number_on_a_bar_can_be_read(value: int) -> None:
    colour = f"#{value:06x}"
    if branding.contrast(colour) < 4.5:
        return
    own = figures.tints(colour)
    assert all(branding.contrast(own[tint]) >= 4.5 for tint in ("#0f4c58", "#3b7a86"))  # white on the bar
    ink = branding.contrast("#1c2327")
    assert all(ink / branding.contrast(own[tint]) >= 4.5 for tint in ("#a9cdd2", "#eef5f6"))  # black on it


def test_logo_and_colour_stand_in_every_form(tmp_path: Path) -> None:
    ev = evaluate(with_logo(tmp_path / "x"))
    assert ev.document.meta.colour == PURPLE and ev.document.meta.logo
    page = html.page(ev.document.select("full"), length="full")
    assert page.count("data:image/png;base64,") == 1 and 'alt="Logo van de Mondiale Raad"' in page
    assert f"--dark:{PURPLE}" in page and "#0f4c58" not in page.split("</style>")[1]
    for length in LENGTHS:
        assert re.search(rb"/Subtype ?/Image", render(ev, ".pdf", length))
        assert not re.search(rb"/Subtype ?/Image", render(evaluate(EXAMPLE), ".pdf", length))


# -- every page ---------------------------------------------------------------------------------------------


def subjects(folder: Path) -> Iterator[tuple[str, object]]:
    yield from {"voorbeeld": EXAMPLE, "mechelen": "Mechelen"}.items()
    yield "leeg", dossier.new("Willebroek", folder / "leeg").folder
    yield "logo", with_logo(folder / "logo")


def test_every_form_says_which_version_made_it() -> None:
    ev = evaluate(EXAMPLE)
    version = ev.document.meta.version
    assert re.fullmatch(r"memokit \d+\.\d+\.\d+ · dossier [0-9a-f]{12} · \d\d/\d\d/2024", version)
    for length in LENGTHS:
        document = ev.document.select(length)
        assert html.page(document, length=length).count(version) == 1
        assert version in data.markdown(document).replace("\\", "")


def test_the_normal_form_of_the_example_is_two_pages() -> None:
    """fairness.md 28: at the size of the house, not at the smaller one that is only there if need be."""
    made = {size: pdf._compile("memo.typ", pdf._data(evaluate(EXAMPLE).document.select("normal"), "normal")
                               | {"size": size}, "2024-04-15") for size in (pdf.SIZE, pdf.SMALL)}
    assert [pdf.pages(file) for file in made.values()] == [2, 2]
    for language in ("nl", "en", "fr"):
        assert pdf.pages(render(evaluate(EXAMPLE, language=language), ".pdf", "normal")) == 2
    assert pdf.pages(render(evaluate(EXAMPLE), ".pdf", "page")) == 1


def test_pages_are_small(tmp_path: Path) -> None:
    for name, x in subjects(tmp_path):
        ev = evaluate(x)  # type: ignore[arg-type]
        for length in LENGTHS:
            assert len(render(ev, ".html", length)) < 300_000, (name, length)
            assert len(render(ev, ".pdf", length)) < 500_000, (name, length)
    charts = [block for block in ev.document.blocks if isinstance(block, Figure)]
    six = replace(ev.document, blocks=(*ev.document.blocks, *(charts * 6)[: 6 - len(charts)]))
    assert len(html.page(six, length="full").encode()) < 300_000


@pytest.mark.browser
@pytest.mark.parametrize("width", [1366, 390])
def test_axe_finds_nothing(width: int, tmp_path: Path) -> None:
    if CHROMIUM is None:
        pytest.skip("there is no Chromium on this machine")
    from axe_playwright_python.sync_playwright import Axe
    from playwright.sync_api import sync_playwright

    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    pages = {"vijandig": html.page(hostile(), length="full")}
    for name, x in subjects(tmp_path):
        ev = evaluate(x)  # type: ignore[arg-type]
        pages |= {f"{name} {length}": render(ev, ".html", length).decode() for length in LENGTHS}
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        tab = browser.new_page(viewport={"width": width, "height": 768})
        for name, source in pages.items():
            path = tmp_path / "x.html"
            path.write_text(source, "utf-8")
            tab.goto(path.as_uri())
            found = (
                Axe().run(tab, options={"runOnly": {"type": "tag", "values": tags}}).response["violations"]
            )
            assert [(v["id"], v["nodes"][0]["html"][:200]) for v in found] == [], name
            wide = tab.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, f"{name}: {wide} pixels wide"
        browser.close()


# -- words --------------------------------------------------------------------------------------------------

NETHERLANDS = re.compile(
    r"\b(gemeente)?wethouders?\b|\bB ?& ?W\b|\bB en W\b|\b(raads)?griffiers?\b|ontwikkelingshulp|"
    r"\bbegroting|"
    r"\baanbested|gemeentesecretaris|\bjaarstukken|"
    r"perspectiefnota|\bVNG\b|\bgedeputeerde staten\b|collegeprogramma",
    re.I,
)
KNOWN = {"lexicon.yml", "tone.csv", "tone.yml"}  # these look for such words


def test_no_term_of_the_netherlands_slips_in() -> None:
    files = [*(ROOT / "data" / "texts" / "nl").rglob("*.yml"), *(ROOT / "data" / "catalogue").iterdir()]
    files += (ROOT / "data" / "examples").rglob("*.csv")
    wrong = {
        path.name: found.group()
        for path in files
        if path.name not in KNOWN and (found := NETHERLANDS.search(path.read_text("utf-8-sig")))
    }
    assert wrong == {} and NETHERLANDS.search("de wethouder") and NETHERLANDS.search("college van B&W")


def test_texts_are_read_as_yaml_so_that_a_word_over_two_lines_is_found() -> None:
    for path in (ROOT / "data" / "texts" / "nl").rglob("*.yml"):
        words = " ".join(map(str, _leaves(yaml.safe_load(path.read_text("utf-8")))))
        assert path.name in KNOWN or not NETHERLANDS.search(" ".join(words.split())), path.name


def _leaves(node: object) -> Iterator[object]:
    parts = node.values() if isinstance(node, dict) else node if isinstance(node, list) else None
    yield from chain.from_iterable(map(_leaves, parts)) if parts is not None else [node]


# -- tables -------------------------------------------------------------------------------------------------


def test_a_table_longer_than_a_page_repeats_its_head(tmp_path: Path) -> None:
    if not shutil.which("pdftotext"):
        pytest.skip("pdftotext is not on this machine")
    document: Document = big()
    table = next(block for block in document.blocks if isinstance(block, Table))
    long = replace(document, blocks=(replace(table, rows=table.rows[:200]),), notes=())
    made = pdf.pdf(long, length="full")
    done = subprocess.run(["pdftotext", "-layout", "-", "-"], input=made, capture_output=True, check=True)
    sheets = [sheet for sheet in done.stdout.decode().split("\f") if "besluit" in sheet]
    assert len(sheets) > 2 and all(re.search(r"Actie +Bron +Euro", sheet) for sheet in sheets)


# -- the schema of evaluatie.json ---------------------------------------------------------------------------

SCHEMA = ROOT / "data" / "schema" / "evaluatie.schema.json"


def declared() -> str:
    """Return the schema that the declarations of `document` give."""
    made = TypeAdapter(Document).json_schema(mode="serialization", ref_template="#/$defs/{model}")
    parts = made.pop("$defs")
    for part in (made, *parts.values()):
        part["required"], part["additionalProperties"] = sorted(part["properties"]), False
        if "lengths" in part["properties"]:
            part["properties"]["lengths"]["items"] = {"enum": list(LENGTHS)}
    whole = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "evaluatie.json", "type": "object",
        "description": "What memokit writes: the document in blocks, and the record of the run.",
        "properties": {
            "document": {"$ref": "#/$defs/Document"}, "recipe": {"type": "object"},
            "schema_version": {"const": data.SCHEMA_VERSION},
        },
        "required": ["document", "recipe", "schema_version"], "additionalProperties": False,
        "$defs": {**parts, "Document": made},
    }  # fmt: skip
    return json.dumps(whole, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


@pytest.mark.snapshot
def test_the_published_schema_is_the_one_that_is_declared() -> None:
    if os.environ.get("MEMOKIT_UPDATE"):
        SCHEMA.write_text(declared(), "utf-8", newline="")
    same = SCHEMA.read_text("utf-8") == declared()
    assert same, "make test-update writes it again; is SCHEMA_VERSION still right?"


def test_every_example_is_valid_and_another_kind_of_block_is_not(tmp_path: Path) -> None:
    checker = Draft202012Validator(json.loads(declared()))
    Draft202012Validator.check_schema(checker.schema)
    for name, x in subjects(tmp_path):
        whole = json.loads(render(evaluate(x), ".json", "full"))  # type: ignore[arg-type]
        assert [error.message[:200] for error in checker.iter_errors(whole)] == [], name
    checker.validate(json.loads(data.json_text(hostile(), {})))
    for change in ({"kind": "script"}, {"lengths": ["altijd"]}, {"verzonnen": 1}, {"id": 7}):
        first = {**whole["document"]["blocks"][0], **change}
        wrong = {**whole, "document": {**whole["document"], "blocks": [first]}}
        assert not checker.is_valid(wrong), change
