"""The notebooks run from top to bottom in a fresh kernel; the exporters write the section."""

from __future__ import annotations

import json
import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbconvert.exporters import export, get_export_names, get_exporter

import memokit
from memokit.exporters import MemokitHTMLExporter, MemokitPDFExporter, NotebookError

NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))
named = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def test_the_notebooks():
    assert [p.stem for p in NOTEBOOKS] == [
        "00_start", "10_cijfers_en_bronnen", "20_acties", "30_onze_tekst", "memokit",
    ]  # fmt: skip


@named
def test_a_notebook_is_clean(path: Path):
    text = path.read_text("utf-8")
    book = json.loads(text)
    nbformat.validate(nbformat.from_dict(book))
    assert text.endswith("}\n") and len({cell["id"] for cell in book["cells"]}) == len(book["cells"])
    for cell in book["cells"]:
        assert len([line for line in cell["source"] if line.strip()]) <= 5
        assert not cell.get("outputs") and cell.get("execution_count") is None and not cell["metadata"]
    assert path.stem != "memokit" or len(book["cells"]) == 1


@pytest.fixture(params=["voorbeeldstad", "empty"])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    if request.param == "empty":
        return memokit.new("Mechelen", tmp_path).folder
    return request.getfixturevalue("voorbeeldstad")


@pytest.mark.slow
@named
def test_a_notebook_runs(path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MEMOKIT_DOSSIER", str(folder))
    book = nbformat.read(path, as_version=4)
    where = {"metadata": {"path": str(path.parent)}}
    NotebookClient(book, timeout=120, iopub_timeout=60, resources=where).execute()
    outputs = [out for cell in book.cells if cell.cell_type == "code" for out in cell.outputs]
    assert [out.output_type for out in outputs] == ["execute_result"]
    states = [
        w["state"]
        for w in book.metadata.widgets["application/vnd.jupyter.widget-state+json"]["state"].values()
    ]
    said = "\n".join(str(state.get("value", "")) for state in states)
    assert 'role="alert"' not in said
    assert memokit.open(folder).settings.name in said


# -- the exporters ------------------------------------------------------------------------------------------


def book_of(dossier: str | None) -> nbformat.NotebookNode:
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1 / 0")])
    if dossier is not None:
        book.metadata["memokit"] = {"dossier": dossier}
    return book


def ours() -> dict[str, type]:
    return {name: get_exporter(name) for name in get_export_names() if name.startswith("memokit")}


def test_the_exporters_are_found():
    assert set(ours().values()) == {MemokitHTMLExporter, MemokitPDFExporter}
    assert all(exporter.export_from_notebook for exporter in ours().values())


def test_the_exporters_work_from_the_menu_of_jupyterlab():
    """Jupyter's own address for an export takes names of letters, digits and `_` only; others give 404."""
    fit = {exporter for name, exporter in ours().items() if re.fullmatch(r"\w+", name)}
    assert fit == {MemokitHTMLExporter, MemokitPDFExporter}, "name the entry points memokit_html, memokit_pdf"


@pytest.mark.parametrize("name", ["Mechelen", "12025"])
def test_a_municipality_in_the_metadata(name: str):
    page, resources = export(MemokitHTMLExporter, book_of(name))
    assert (
        page.startswith("<!doctype html>") and "Mechelen" in page and resources["output_extension"] == ".html"
    )


def test_a_folder_beside_the_notebook(voorbeeldstad: Path):
    path = voorbeeldstad.parent / "x.ipynb"
    nbformat.write(book_of("voorbeeldstad"), path)
    made, resources = MemokitPDFExporter().from_filename(str(path))
    assert made[:5] == b"%PDF-" and resources["output_extension"] == ".pdf"


def test_our_own_notebook_from_the_menu():
    path = next(p for p in NOTEBOOKS if p.stem == "30_onze_tekst")
    page, _ = MemokitHTMLExporter().from_filename(str(path))
    assert "Voorbeeldstad" in page and "1 / 0" not in page


def test_the_environment_goes_first(monkeypatch: pytest.MonkeyPatch, voorbeeldstad: Path):
    monkeypatch.setenv("MEMOKIT_DOSSIER", str(voorbeeldstad))
    page, _ = export(MemokitHTMLExporter, book_of("Mechelen"))
    assert "Voorbeeldstad" in page


@pytest.mark.parametrize(("dossier", "says"), [(None, "MEMOKIT_DOSSIER"), ("Mechln", "Mechln")])
def test_what_cannot_be_exported_says_why(dossier: str | None, says: str):
    with pytest.raises(NotebookError, match=says):
        export(MemokitHTMLExporter, book_of(dossier))
