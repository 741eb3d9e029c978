"""A page standing still shows every label and every value of its widgets, and nothing private or hidden."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ipywidgets as W  # noqa: N812
import pytest
from anywidget import AnyWidget
from lxml import html as tree
from nbclient import NotebookClient
from nbconvert.exporters import HTMLExporter
from nbformat.v4 import new_code_cell, new_notebook

import memokit
from memokit.app.pages import VIEWS
from memokit.app.state import State
from memokit.app.twin import static
from memokit.dossier import put
from memokit.records import TABLES

NAME = "Zonnebloemke"
views = pytest.mark.parametrize("name", sorted(VIEWS))


def words(text: str) -> str:
    """The words that a person reads in HTML, with the descriptions of its pictures."""
    root = tree.fragment_fromstring(text or " ", create_parent="div")
    for gone in root.xpath("//style|//script"):
        gone.drop_tree()
    parts = (part for element in root.iter() for part in (element.text, element.get("alt"), element.tail))
    return " ".join(" ".join(filter(None, parts)).split())


def shown(widget: W.Widget) -> Iterator[str]:
    """Yield by another road than the twin what a widget says: labels, values, chosen words."""
    if widget.layout.display == "none" and "memo-inside" not in widget._dom_classes:
        return
    if isinstance(widget, W.Button | AnyWidget | W.FileUpload):
        return
    children = getattr(widget, "children", None)
    if children is not None:
        yield from getattr(widget, "titles", ())
        for child in children:
            yield from shown(child)
    else:
        yield getattr(widget, "description", "")
        yield from value_of(widget)


def value_of(widget: Any) -> Iterator[str]:
    if isinstance(widget, W.HTML):
        yield from (words(part) for part in re.split(r"<[^>]*>|\s{2,}", widget.value.split("<svg")[0]))
    elif hasattr(widget, "label"):
        yield str(widget.label or "")
    elif not isinstance(widget.value, bool):
        yield str(widget.value or "")


@pytest.fixture(params=["voorbeeldstad", "empty"])
def state(request: pytest.FixtureRequest, tmp_path: Path) -> State:
    made = State()
    if request.param == "empty":
        made.open(memokit.new("Mechelen", tmp_path).folder)
    else:
        made.open(request.getfixturevalue("voorbeeldstad"))
    return made


@views
def test_every_label_and_value_is_there(name: str, state: State):
    widget = VIEWS[name](state).widget
    twin = words(static(widget))
    missing = [
        text for each in shown(widget) if (text := " ".join(html.unescape(each).split())) and text not in twin
    ]
    assert not missing


@views
def test_every_sheet_is_there(name: str, state: State):
    widget = VIEWS[name](state).widget
    twin = words(static(widget))
    for sheet in sheets(widget):
        for row in sheet.rows:
            for column in sheet.columns:
                if column["name"] not in sheet.hidden:
                    assert " ".join(column["title"].split()) in twin
            private = all(column.get("private") for column in sheet.columns)
            assert private or words(row["title"]) in twin


def sheets(widget: W.Widget) -> Iterator[Any]:
    if isinstance(widget, AnyWidget) and hasattr(widget, "columns"):
        yield widget
    if widget.layout.display != "none" or "memo-inside" in widget._dom_classes:
        for child in getattr(widget, "children", ()):
            yield from sheets(child)


@views
def test_nothing_private_is_there(name: str, voorbeeldstad: Path):
    dossier = memokit.open(voorbeeldstad)
    for model in TABLES:
        private = [n for n, cell in model.cells().items() if cell.private]
        if private:
            rows = dossier.table(model.table)
            assert rows, model.table
            dossier = put(dossier, *(row.model_copy(update=dict.fromkeys(private, NAME)) for row in rows))
    state = State()
    state.open(voorbeeldstad)
    twin = static(VIEWS[name](state).widget)
    assert NAME not in twin, [twin[m.start() - 200 : m.end() + 50] for m in re.finditer(NAME, twin)]


@views
def test_no_script_no_style_no_frame(name: str, state: State):
    twin = static(VIEWS[name](state).widget)
    assert not re.search(r"<(script|style|iframe|svg|input|button|form)\b|\son\w+=|javascript:", twin)
    assert not re.search(r'(src|href)="(?!data:image/|data:text|https?://|mailto:|#)', twin)


# -- each kind of widget, worked by hand --------------------------------------------------------------------


@pytest.mark.parametrize(("widget", "twin"), [
    (W.Dropdown(options=[("Ja", "y"), ("Nee", "n")], value="n", description="Af"), "<p>Af: <b>Nee</b></p>"),
    (W.Dropdown(options=["a"], value=None, description="Af"), "<p>Af: <b>niet ingevuld</b></p>"),
    (W.SelectMultiple(options=["a", "b", "c"], value=("a", "c")), "<p><b>a, c</b></p>"),
    (W.SelectionRangeSlider(options=["2018", "2020", "2024"], index=(0, 2)), "<p><b>2018 – 2024</b></p>"),
    (W.IntRangeSlider(value=(2, 5), description="Van"), "<p>Van: <b>2 – 5</b></p>"),
    (W.Checkbox(False, description="Klaar"), "<p>Klaar: <b>nee</b></p>"),
    (W.Text("<b>", description="A & B"), "<p>A &amp; B: <b>&lt;b&gt;</b></p>"),
    (W.Label("1 < 2"), "<p><b>1 &lt; 2</b></p>"),
    (W.HTML("<p style='color:red' onclick='x()'>Dag</p><style>p{}</style>"), "<p>Dag</p>"),
    (W.HTML('<iframe srcdoc="&lt;title&gt;t&lt;/title&gt;&lt;p&gt;Dag&lt;/p&gt;"></iframe>'), "<p>Dag</p>"),
    (W.Button(description="Klik"), ""),
    (W.Tab([W.Label("x")], titles=["Een"]), "<h2>Een</h2>\n<p><b>x</b></p>"),
    (W.Accordion([W.Label("x")], titles=["Dicht"]), "<h2>Dicht</h2>\n<p><b>x</b></p>"),
    (W.VBox([W.Label("x", layout={"display": "none"}), W.Label("y")]), "<p><b>y</b></p>"),
    (W.VBox([W.Label("x")], layout={"visibility": "hidden"}), ""),
])  # fmt: skip
def test_a_widget(widget: W.Widget, twin: str):
    assert static(widget) == twin


def test_a_day_is_written_as_a_date():
    import datetime

    assert "2024-02-09" in static(W.DatePicker(value=datetime.date(2024, 2, 9)))


def test_a_private_field_says_that_it_is_private():
    field = W.Text(NAME, description="Nota")
    field.add_class("memo-private")
    assert static(field) == "<p>Nota <em>(privé, blijft in het dossier)</em></p>"


def test_a_chart_becomes_a_picture_with_its_description():
    inside = '<script>x</script><path d="M0 0"/>'
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" aria-label="Twee staven">{inside}</svg>'
    assert re.fullmatch(
        r'<img alt="Twee staven" src="data:image/svg\+xml;base64,[\w+/=]+">', static(W.HTML(svg))
    )


def test_a_notebook_carries_the_twin_before_the_widget():
    """Run as a notebook, with its state and without; then by Jupyter's own HTML."""
    source = """
import ipywidgets as W
from memokit.app.twin import with_twin
tab = W.Tab([W.VBox(), W.VBox()], titles=["Een", "Twee"])
def fill(change):  # a view is made when its tab is first shown
    tab.children[tab.selected_index].children = [W.Label(f"Pas nu {tab.selected_index}")]
tab.observe(fill, "selected_index")
with_twin(W.VBox([W.Label("Zichtbaar"), tab]))
"""
    for stored in (True, False):
        book = new_notebook(cells=[new_code_cell(source.strip())])
        NotebookClient(book, timeout=60, store_widget_state=stored).execute()
        twin, live = book.cells[0].outputs
        assert 'class="memo-twin"' in twin.data["text/html"]
        assert "application/vnd.jupyter.widget-view+json" in live.data
        page, _ = HTMLExporter().from_notebook_node(book)
        assert "<p><b>Zichtbaar</b></p>" in page and "<h2>Twee</h2>\n<p><b>Pas nu 1</b></p>" in page
