"""The notebooks run from top to bottom in a fresh kernel, and show what they show without one too."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

import memokit

NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))
named = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def test_the_notebooks():
    assert [p.stem for p in NOTEBOOKS] == [
        "00_start", "10_cijfers_en_bronnen", "20_acties", "25_agenda_2030", "30_onze_tekst", "40_vergelijken",
        "memokit",
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
    twin, live = outputs  # what stands still, and then what needs a kernel
    assert 'class="memo-twin"' in twin.data["text/html"]
    assert memokit.open(folder).settings.name in twin.data["text/html"]
    assert "application/vnd.jupyter.widget-view+json" in live.data
    states = [
        w["state"]
        for w in book.metadata.widgets["application/vnd.jupyter.widget-state+json"]["state"].values()
    ]
    said = "\n".join(str(state.get("value", "")) for state in states)
    assert 'role="alert"' not in said
    assert memokit.open(folder).settings.name in said
