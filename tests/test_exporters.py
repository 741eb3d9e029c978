"""Notebooks to HTML, PDF and Word: those of memokit, and any other, by the real command."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html as tree
from nbclient import NotebookClient
from nbconvert.exporters import export, get_export_names, get_exporter
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from memokit.document import Bullets, Paragraph, Picture, Section, Table, plain
from memokit.exporters import MemokitDocxExporter, MemokitHTMLExporter, MemokitPDFExporter, NotebookError
from memokit.exporters.anybook import document_of

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
CLASSES = (MemokitHTMLExporter, MemokitPDFExporter, MemokitDocxExporter)
FORMS = {"html": b"<!doctype html>", "pdf": b"%PDF-", "docx": b"PK"}


# -- names --------------------------------------------------------------------------------------------------


def ours() -> dict[str, type]:
    return {name: get_exporter(name) for name in get_export_names() if name.startswith("memokit")}


def test_the_exporters_are_found_by_both_names(monkeypatch):
    monkeypatch.delitem(sys.modules, "jupyter_server.serverapp", raising=False)  # as outside a server
    assert set(ours()) == {f"memokit{mark}{form}" for mark in "_-" for form in FORMS}
    for name, exporter in ours().items():
        assert exporter.export_from_notebook and issubclass(exporter, CLASSES)
        assert exporter().file_extension == f".{name[8:]}"


def test_the_menu_of_jupyterlab_offers_only_what_it_can_open():
    """Jupyter's own address for an export takes names of letters, digits and `_` only; others give 404."""
    code = (
        "import jupyter_server.serverapp\nfrom nbconvert.exporters import get_export_names\n"
        "print(*(name for name in get_export_names() if name.startswith('memokit')))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert sorted(done.stdout.split()) == ["memokit_docx", "memokit_html", "memokit_pdf"]


# -- notebooks of memokit -----------------------------------------------------------------------------------


def book_of(dossier: str | None) -> nbformat.NotebookNode:
    book = new_notebook(cells=[new_code_cell("1 / 0")])
    if dossier is not None:
        book.metadata["memokit"] = {"dossier": dossier}
    return book


@pytest.mark.parametrize("name", ["Mechelen", "12025"])
def test_a_municipality_in_the_metadata(name: str):
    page, resources = export(MemokitHTMLExporter, book_of(name))
    assert page.startswith("<!doctype html>") and "Mechelen" in page
    assert resources["output_extension"] == ".html"


@pytest.mark.parametrize("exporter", CLASSES)
def test_a_folder_beside_the_notebook(voorbeeldstad: Path, exporter: Any):
    path = voorbeeldstad.parent / "x.ipynb"
    nbformat.write(book_of("voorbeeldstad"), path)
    made, resources = exporter().from_filename(str(path))
    suffix = resources["output_extension"]
    data = made.encode() if isinstance(made, str) else made
    assert suffix == exporter().file_extension and data.startswith(FORMS[suffix[1:]])


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_each_of_our_notebooks(path: Path, monkeypatch: pytest.MonkeyPatch, voorbeeldstad: Path):
    monkeypatch.setenv("MEMOKIT_DOSSIER", str(voorbeeldstad))
    page, _ = MemokitHTMLExporter().from_filename(str(path))
    assert "Voorbeeldstad" in page and "app." not in page


def test_our_own_notebook_from_the_menu():
    path = next(p for p in NOTEBOOKS if p.stem == "30_onze_tekst")
    page, _ = MemokitHTMLExporter().from_filename(str(path))
    assert "Voorbeeldstad" in page


def test_the_environment_goes_first(monkeypatch: pytest.MonkeyPatch, voorbeeldstad: Path):
    monkeypatch.setenv("MEMOKIT_DOSSIER", str(voorbeeldstad))
    page, _ = export(MemokitHTMLExporter, book_of("Mechelen"))
    assert "Voorbeeldstad" in page


def test_the_environment_says_nothing_about_a_notebook_of_somebody_else(
    monkeypatch: pytest.MonkeyPatch, voorbeeldstad: Path
):
    monkeypatch.setenv("MEMOKIT_DOSSIER", str(voorbeeldstad))
    page, _ = export(MemokitHTMLExporter, new_notebook(cells=[new_markdown_cell("# Iets anders")]))
    assert "Iets anders" in page and "Voorbeeldstad" not in page


@pytest.mark.parametrize(("dossier", "says"), [("", "MEMOKIT_DOSSIER"), ("Mechln", "Mechln")])
def test_what_cannot_be_exported_says_why(dossier: str, says: str):
    with pytest.raises(NotebookError, match=says):
        export(MemokitHTMLExporter, book_of(dossier))


# -- any notebook: words ------------------------------------------------------------------------------------


def read(*cells: Any, **metadata: Any) -> Any:
    made = [cell if isinstance(cell, dict) else new_markdown_cell(cell) for cell in cells]
    return document_of(new_notebook(cells=made, metadata=metadata), "notities")


def blocks(*cells: Any) -> list[Any]:
    return list(read(*cells)[0].blocks)


def ran(*outputs: Any, tags: tuple[str, ...] = ()) -> Any:
    return new_code_cell(
        "geheime_code()", outputs=list(outputs), metadata={"tags": list(tags)}, execution_count=1
    )


def shows(data: dict[str, str], **metadata: Any) -> Any:
    return new_output("display_data", data=data, metadata=metadata)


def test_headings_keep_an_order_without_gaps():
    document, _ = read("# Titel\n\nEen.", "### Diep\n\nTwee.", "## Minder\n\n#### Dieper\n\nDrie.")
    assert document.meta.title == "Titel"
    assert [(b.title, b.level) for b in document.blocks if isinstance(b, Section)] == [
        ("Diep", 1), ("Minder", 1), ("Dieper", 2),
    ]  # fmt: skip


def test_a_footnote_is_defined_in_another_cell():
    document, _ = read("Een cijfer[^bron].", "Tussenin.", "[^bron]: Jaarverslag, **blz. 3**.")
    (note,) = document.notes
    assert plain(note.text) == "Jaarverslag, blz. 3."
    assert document.blocks[0].text[1].style == "note" and document.note_order() == (note.id,)


def test_two_cells_that_both_count_from_one_keep_their_own_sources():
    document, _ = read("Euro[^1].\n\n[^1]: Rekening.", "Inwoners[^1].\n\n[^1]: Statbel.")
    said = {note.id: plain(note.text) for note in document.notes}
    assert [said[name] for name in document.note_order()] == ["Rekening.", "Statbel."]


def test_what_a_cell_leaves_open_ends_with_it():
    got = blocks("Voor\n\n```python\nx", "<div><b>Na", "<!-- weg", "Slot")
    assert [plain(b.text) for b in got if isinstance(b, Paragraph)] == ["Voor", "x", "Na", "Slot"]


def test_marks_that_change_the_meaning_are_kept_in_words():
    text = plain(blocks("~~Niet~~ 10<sup>6</sup> CO<sub>2</sub> x<sup>abc</sup> 5 < 6 & 7")[0].text)
    assert text == "[geschrapt: Niet] 10⁶ CO₂ x^(abc) 5 < 6 & 7"


def test_lists():
    got = blocks("1. een\n2. twee\n   - onder\n3. drie\n\n- a\n- **b**")
    assert [plain(b.text) for b in got[:4]] == ["1. een", "2. twee", "– onder", "3. drie"]
    assert isinstance(got[4], Bullets) and [plain(item) for item in got[4].items] == ["a", "b"]


def test_the_address_of_a_link_stands_in_a_footnote():
    document, lost = read("Zie [het plan](https://x.be/?a=1&b=2), [x](javascript:alert) en <https://y.be>.")
    assert [plain(note.text) for note in document.notes] == ["https://x.be/?a=1&b=2"]
    assert plain(document.blocks[0].text) == "Zie het plan, x en https://y.be."
    assert len(lost) == 1 and "href" in lost[0]


def test_title_authors_date_and_language():
    meta = read("Tekst", title="Mijn titel", authors=[{"name": "An"}], date="2024-04-15", language="en")[
        0
    ].meta
    assert (meta.title, meta.sender, meta.date, meta.language) == ("Mijn titel", "An", "2024-04-15", "en")
    meta = read("Tekst", language="xx")[0].meta
    assert (meta.title, meta.date_words, meta.language) == ("notities", "", "nl")


def test_raw_cells_and_hidden_cells_and_code_are_not_shown():
    hidden = new_markdown_cell("Geheim", metadata={"tags": ["verbergen"]})
    raw = nbformat.v4.new_raw_cell("Rauw")
    page, _ = export(
        MemokitHTMLExporter,
        new_notebook(cells=[hidden, raw, new_markdown_cell("Open"), ran(shows({"text/plain": "42"}))]),
    )
    assert "Open" in page and "42" in page
    assert not any(word in page for word in ("Geheim", "Rauw", "geheime_code"))


# -- any notebook: outputs ----------------------------------------------------------------------------------


def test_a_table_of_pandas():
    import pandas as pd

    frame = pd.DataFrame({"gemeente": ["Aa", "<b>"], "euro": [1.5, None]})
    (table,) = blocks("## Geld", ran(shows({"text/html": frame.to_html(), "text/plain": "x"})))[1:]
    assert isinstance(table, Table) and table.caption == "Tabel 1. Geld"
    assert [(c.title, c.numeric) for c in table.columns] == [
        ("rij", False),
        ("gemeente", False),
        ("euro", True),
    ]
    assert [[plain(cell) for cell in row] for row in table.rows] == [["0", "Aa", "1.5"], ["1", "<b>", "NaN"]]


def test_a_table_with_cells_that_span():
    import pandas as pd

    index = pd.MultiIndex.from_tuples([("A", 1), ("A", 2)], names=["groep", "nr"])
    frame = pd.DataFrame([[1], [2]], index, pd.MultiIndex.from_tuples([("Uitgaven", "2024")]))
    table = next(b for b in blocks(ran(shows({"text/html": frame.to_html()}))) if isinstance(b, Table))
    assert [[plain(cell) for cell in row] for row in table.rows] == [["A", "1", "1"], ["A", "2", "2"]]
    assert table.columns[2].title == "Uitgaven · 2024"


SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="90" height="9">{}<rect width="90" height="9"/></svg>'


@pytest.mark.parametrize(("data", "metadata", "alt"), [
    (SVG.format("<title>Eigen</title>"), {"alt": "Gegeven"}, "Gegeven"),
    (SVG.format("<title>Eigen</title>"), {"image/svg+xml": {"alt": "Bij het beeld"}}, "Bij het beeld"),
    (SVG.format("<title>Eigen</title>"), {}, "Eigen"),
    (SVG.format(""), {}, "Beeld zonder beschrijving, bij “Kop”"),
])  # fmt: skip
def test_a_picture_has_words(data: str, metadata: dict[str, Any], alt: str):
    document, lost = read("## Kop\n\nx", ran(shows({"image/svg+xml": data}, **metadata)))
    picture = document.blocks[2]
    assert isinstance(picture, Picture) and picture.alt == alt
    assert bool(lost) == ("zonder" in alt)


def test_an_attached_picture_and_one_that_is_elsewhere():
    png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
    cell = new_markdown_cell("![Een punt](attachment:p.png)", attachments={"p.png": {"image/png": png}})
    elsewhere = "![Kaart](../kaart.png) ![Web](https://x.be/p.png) ![Weg](attachment:weg.png)"
    document, lost = read(cell, elsewhere)
    assert [b.alt for b in document.blocks if isinstance(b, Picture)] == ["Een punt"]
    assert sum("niet in het notebook zelf" in line for line in lost) == 3
    assert {"Kaart", "Web", "Weg"} <= {plain(b.text) for b in document.blocks if isinstance(b, Paragraph)}


HOSTILE = (
    '<img src=x onerror="alert(1)">', "<script>alert(1)</script>", '<a href="javascript:alert(1)">x</a>',
    '<svg onload="alert(1)"/>', '<iframe src="https://x.be"></iframe>',
    "<style>@import 'https://x.be'</style>",
    '<object data="https://x.be/a.swf"></object>', '<p style="background:url(https://x.be)">x</p>',
    '<form action="https://x.be"><input name=a></form>', "<base href='https://x.be'>",
    '<math><mtext><img src="https://x.be/p" onerror=alert(1)></mtext></math>',
    "<template><img src=x onerror=alert(1)>",
)  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("way", ["markdown", "output", "svg", "widget"])
def test_foreign_markup_does_nothing(text: str, way: str):
    state = {"a": {"model_name": "HTMLModel", "state": {"value": text}}}
    view = {"application/vnd.jupyter.widget-view+json": {"model_id": "a"}}
    cell = {
        "markdown": new_markdown_cell(f"Voor {text}\n\n{text}\n\nNa"),
        "output": ran(shows({"text/html": f"<p>Voor</p>{text}<p>Na</p>"})),
        "svg": ran(shows({"image/svg+xml": SVG.format(f"<foreignObject>{text}</foreignObject>")})),
        "widget": ran(shows(view)),
    }[way]
    book = new_notebook(cells=[cell, new_markdown_cell("Slot")])
    book.metadata["widgets"] = {"application/vnd.jupyter.widget-state+json": {"state": state}}
    page, _ = export(MemokitHTMLExporter, book)
    root = tree.document_fromstring(page)
    assert not root.xpath("//script|//iframe|//object|//form|//input|//base|//math")
    assert len(root.xpath("//style")) == 1
    for element in root.iter():
        for name, value in element.attrib.items():
            assert not name.lower().startswith("on") and "javascript:" not in value
            assert name not in ("src", "href") or value.startswith(("#", "data:image/"))
    assert "Slot" in root.text_content()


def test_what_fell_out_is_named_with_its_cell():
    document, lost = read("Dag <script>x</script>", ran(shows({"text/html": "<p onclick='x'>Dag</p>"})))
    assert len(lost) == 2 and "cel 1" in lost[0] and "script" in lost[0] and "cel 2" in lost[1]
    assert document.blocks[-1].kind == "bullets" and len(document.blocks[-1].items) == 2


SVG = '<svg xmlns="http://www.w3.org/2000/svg">'


@pytest.mark.parametrize("svg", [
    f'{SVG}<image href="file:///etc/passwd"/><use href="https://x.be#a"/></svg>',
    f'<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]>{SVG}<text>&a;</text></svg>',
    f'<!DOCTYPE svg [<!ENTITY a "xx"><!ENTITY b "&a;&a;">]>{SVG}<text>&b;</text></svg>',
    "<svg><<", "", "<html/>",
])  # fmt: skip
def test_an_svg_reads_nothing(svg: str):
    page, _ = export(
        MemokitHTMLExporter, new_notebook(cells=[ran(shows({"image/svg+xml": svg})), new_markdown_cell("x")])
    )
    assert "root:" not in page and "passwd" not in page and "x.be" not in page


def test_printed_lines_and_objects():
    cell = ran(
        new_output("stream", name="stdout", text="een\n  twee\n"),
        new_output("stream", name="stderr", text="melding"),
        new_output("execute_result", data={"text/plain": "<Axes: >"}),
        new_output("execute_result", data={"text/plain": "3.14"}),
    )  # fmt: skip
    document, lost = read(cell)
    said = [plain(b.text) for b in document.blocks if isinstance(b, Paragraph)]
    assert said[:3] == ["een", "\u00a0\u00a0twee", "3.14"]
    assert len(lost) == 1 and "melding" in lost[0]


def test_widgets_become_label_and_value_also_inside_an_output():
    states = {
        "box": {"model_name": "VBoxModel", "state": {"children": ["IPY_MODEL_drop", "IPY_MODEL_out"]}},
        "drop": {"model_name": "DropdownModel",
                 "state": {"description": "Jaar", "_options_labels": ["2018", "2024"], "index": 1}},
        "out": {"model_name": "OutputModel", "state": {"outputs": [
            {"output_type": "stream", "name": "stdout", "text": "gekozen\n"},
            {"output_type": "display_data",
             "data": {"text/html": "<table><tr><td>a</td><td>1</td></tr></table>"}},
        ]}},
    }  # fmt: skip
    view = {"application/vnd.jupyter.widget-view+json": {"model_id": "box"}, "text/plain": "VBox(…)"}
    book = new_notebook(cells=[ran(shows(view))])
    book.metadata["widgets"] = {"application/vnd.jupyter.widget-state+json": {"state": states}}
    got = document_of(book, "")[0].blocks
    assert (
        plain(got[0].text) == "Jaar: 2024" and plain(got[1].text) == "gekozen" and isinstance(got[2], Table)
    )
    del book.metadata["widgets"]
    assert "--execute" in document_of(book, "")[1][0]


# -- what stops the export ----------------------------------------------------------------------------------

ERROR = new_output("error", ename="ZeroDivisionError", evalue="division by zero", traceback=[])


def test_an_error_stops_the_export_and_names_the_cell():
    cell = ran(ERROR)
    with pytest.raises(NotebookError, match=rf"Cel 2 \({cell.id}\).*ZeroDivisionError"):
        export(MemokitHTMLExporter, new_notebook(cells=[new_markdown_cell("x"), cell]))


def test_code_that_was_never_run_stops_the_export():
    cell = new_code_cell("x = 1")
    with pytest.raises(NotebookError, match=rf"cel 2 \({cell.id}\).*--execute"):
        export(MemokitHTMLExporter, new_notebook(cells=[new_markdown_cell("x"), cell]))


@pytest.mark.parametrize("cells", [
    [ran(ERROR, tags=("verbergen",))], [ran(ERROR, tags=("raises-exception",))],
    [new_code_cell("x", metadata={"tags": ["verbergen"]})], [new_code_cell(" ")], [],
    [new_code_cell("import x"), ran(shows({"text/plain": "1"}))],
])  # fmt: skip
def test_what_is_tagged_or_empty_does_not(cells: list[Any]):
    page, _ = export(MemokitHTMLExporter, new_notebook(cells=[new_markdown_cell("Er is tekst."), *cells]))
    assert "Er is tekst." in page


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=60), max_size=4))
def test_any_text_gives_a_document(texts: list[str]):
    document, _ = read(*texts)
    used = {run.text for text in document.texts() for run in text if run.style == "note"}
    assert used <= {note.id for note in document.notes}


# -- by the real command ------------------------------------------------------------------------------------


def foreign(tmp_path: Path) -> Path:
    """A notebook of somebody else, run: pandas, matplotlib, a slider, footnotes, hostile markup."""
    plot = (
        "%matplotlib inline\nimport matplotlib_inline.backend_inline as inline\n"
        "inline.set_matplotlib_formats('svg', 'png')\n"
        "import matplotlib.pyplot as plt\nplt.plot([1, 3]); plt.show()"
    )
    book = new_notebook(cells=[
        new_markdown_cell("# Onze cijfers\n\nDe eerste[^1] en de tweede[^2]."),
        new_code_cell("import pandas as pd\npd.DataFrame({'gemeente': ['Aa', 'Bb'], 'euro': [1500, 20]})"),
        new_markdown_cell("## Grafiek"),
        new_code_cell(plot),
        new_markdown_cell("## Keuze\n\n<img src=x onerror=alert(1)>"),
        new_code_cell(
            "import ipywidgets as w\ndef toon(jaar):\n    print('gekozen:', jaar)\n"
            "w.interact(toon, jaar=w.IntSlider(2022, 2018, 2024));"
        ),
        new_markdown_cell("[^1]: De rekening.\n[^2]: Statbel."),
    ])  # fmt: skip
    path = tmp_path / "cijfers.ipynb"
    nbformat.write(book, path)
    return path


def convert(path: Path, to: str, *more: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "nbconvert", "--to", to, *more, str(path)]
    return subprocess.run(command, capture_output=True, text=True, timeout=180, check=False)


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMS)
def test_the_real_command_runs_and_writes(form: str, tmp_path: Path):
    path = foreign(tmp_path)
    done = convert(path, f"memokit-{form}", "--execute")
    assert done.returncode == 0, done.stderr
    made = path.with_suffix(f".{form}").read_bytes()
    assert made.startswith(FORMS[form]) and "cel 5" in done.stderr and "onerror" in done.stderr
    text = made.decode("utf-8", "replace")
    if form == "docx":
        with zipfile.ZipFile(io.BytesIO(made)) as parts:
            text = parts.read("word/document.xml").decode() + parts.read("word/footnotes.xml").decode()
    if form != "pdf":
        for word in ("Onze cijfers", "gemeente", "1500", "gekozen: 2022", "De rekening.", "Statbel."):
            assert word in text, word
        assert "Grafiek" in text and "pd.DataFrame" not in text and "alert(1)" not in text


@pytest.mark.slow
def test_the_real_command_drops_tagged_cells_and_stops_at_an_error(tmp_path: Path):
    book = new_notebook(cells=[
        new_markdown_cell("Open"),
        new_markdown_cell("Weg", metadata={"tags": ["weg"]}),
        new_code_cell("1 / 0"),
    ])  # fmt: skip
    path = tmp_path / "fout.ipynb"
    nbformat.write(book, path)
    done = convert(path, "memokit-html")
    assert done.returncode and "cel 3" in done.stderr.lower() and not path.with_suffix(".html").exists()
    book.cells[2].source = "'klaar'"
    nbformat.write(book, path)
    tags = '--TagRemovePreprocessor.remove_cell_tags={"weg"}'
    done = convert(path, "memokit-html", "--execute", tags, "--TagRemovePreprocessor.enabled=True")
    page = path.with_suffix(".html").read_text("utf-8")
    assert "Open" in page and "klaar" in page and "Weg" not in page


@pytest.mark.slow
def test_the_same_notebook_gives_the_same_bytes(tmp_path: Path):
    path = foreign(tmp_path)
    book = nbformat.read(path, as_version=4)
    NotebookClient(book, timeout=120).execute()
    for exporter in CLASSES:
        first, second = (exporter().from_notebook_node(book)[0] for _ in range(2))
        assert first == second
        data = first.encode() if isinstance(first, str) else first
        assert not re.search(re.escape(str(tmp_path)).encode(), data)
    assert json.dumps(book)  # the notebook itself is left as it was
