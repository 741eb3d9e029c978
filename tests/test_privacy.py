"""No name, private note or received file in anything that leaves the dossier (fairness.md 11)."""

from __future__ import annotations

import io
import logging
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from click.testing import CliRunner
from nbclient import NotebookClient
from nbconvert.exporters import HTMLExporter

import memokit
from memokit import exchange, pack, workbook
from memokit.cli import main
from memokit.dossier import put, to_fields
from memokit.evaluation import render, write_all
from memokit.exporters import MemokitDocxExporter, MemokitHTMLExporter, MemokitPDFExporter
from memokit.records import TABLES, Source, model_of

NAME = "Zonnebloemke"  # occurs nowhere else
FORMS = ("html", "pdf", "docx")
LENGTHS = ("normal", "full", "page")


def private_fields() -> list[tuple[str, str]]:
    return [(m.table, name) for m in TABLES for name, cell in m.cells().items() if cell.private]


@pytest.fixture
def folder(voorbeeldstad: Path) -> Path:
    """The example, with a name typed in every private field, and received files that bear it."""
    dossier = memokit.open(voorbeeldstad)
    records = []
    for table in dict.fromkeys(table for table, _ in private_fields()):
        model = model_of(table)
        names = [name for each, name in private_fields() if each == table]
        wanted = {name: f"{NAME} {table} {name}" for name in names}
        rows = dossier.table(table) or (model(**{key: "x" for key in model.key}),)
        fresh = {key: value for key, value in wanted.items() if key not in model.key or table == "members"}
        records += [row.model_copy(update=fresh) for row in rows]
    records.append(
        Source(id_="B99", kind="confirmation", title="Mail van de dienst", file=f"bronnen/{NAME}.eml")
    )
    dossier = put(dossier, *records)
    (voorbeeldstad / "bronnen" / f"{NAME}.eml").write_text(f"From: {NAME}", "utf-8")
    (voorbeeldstad / "inbox" / f"{NAME}.csv").write_text(NAME, "utf-8")
    path = voorbeeldstad / "punten.csv"  # a column of the council's own
    head, *rows = path.read_text("utf-8-sig").splitlines()
    path.write_text("\n".join([f"{head};{NAME}", *(f"{row};{NAME}" for row in rows)]), "utf-8-sig")
    typed = [to_fields(r) for table, _ in private_fields() for r in memokit.open(voorbeeldstad).table(table)]
    for _, name in private_fields():  # it is really there
        assert any(NAME in row.get(name, "") for row in typed), name
    return voorbeeldstad


def texts_of(name: str, data: bytes) -> Iterator[tuple[str, str]]:
    """Yield everything that can be read in a file, also inside zips and PDFs."""
    yield name, name
    yield name, data.decode("utf-8", "replace")
    if data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            for part in parts.namelist():
                yield from texts_of(f"{name}/{part}", parts.read(part))
    elif data[:5] == b"%PDF-":
        if shutil.which("pdftotext") is None:
            pytest.skip("pdftotext absent")
        done = subprocess.run(["pdftotext", "-", "-"], input=data, capture_output=True, check=True)
        assert done.stdout.strip()
        yield name, done.stdout.decode()


def free_of_names(name: str, data: bytes) -> None:
    for where, text in texts_of(name, data):
        found = text.casefold().find(NAME.casefold())
        assert found < 0, f"{where}: {text[max(0, found - 80) : found + 80]!r}"


def test_there_is_something_private():
    assert {("members", "name"), ("tasks", "who"), ("assessments", "private_note")} <= set(private_fields())


def test_every_file_of_an_evaluation(folder: Path, tmp_path: Path):
    out = tmp_path / "uit"
    made = list(write_all(memokit.evaluate(folder), out, FORMS, LENGTHS))
    assert len(made) == 13
    for path in made:
        free_of_names(path.name, path.read_bytes())
    ev = memokit.evaluate(folder)
    for suffix in (".md", ".json"):
        free_of_names(suffix, render(ev, suffix, "full"))


def test_tables_werkboek_and_pack(folder: Path, tmp_path: Path):
    for suffix in ("csv", "xlsx"):
        for path in exchange.save_tables(memokit.evaluate(folder), tmp_path / suffix, suffix):
            if path.stem != "bronnen":  # the council's own tables keep the names of its files
                free_of_names(path.name, path.read_bytes())
    workbook.write(memokit.open(folder), tmp_path / "w.xlsx")
    with zipfile.ZipFile(tmp_path / "w.xlsx") as parts:
        whole = "".join(parts.read(name).decode("utf-8", "replace") for name in parts.namelist())
    assert whole.count(NAME) == whole.count(f"bronnen/{NAME}.eml"), (
        "only the name of a file, for the council itself"
    )
    free_of_names("pak.zip", pack.pack(folder, tmp_path / "pak.zip").read_bytes())


def test_what_is_printed_and_logged(folder: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.DEBUG)
    (folder / "inbox" / f"{NAME}.csv").unlink()
    for command in (
        ["evaluate", str(folder), "--out", str(tmp_path / "o")], ["check", str(folder)],
        ["voorstellen", str(folder)],
    ):  # fmt: skip
        done = CliRunner().invoke(main, command)
        free_of_names(command[0], done.output.encode())
        free_of_names(command[0], repr(done.exception).encode())
    free_of_names("log", caplog.text.encode())


@pytest.mark.parametrize("exporter", [MemokitHTMLExporter, MemokitPDFExporter, MemokitDocxExporter])
def test_an_exported_notebook(folder: Path, exporter: type, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MEMOKIT_DOSSIER", str(folder))
    path = Path(__file__).parents[1] / "notebooks" / "30_onze_tekst.ipynb"
    made, _ = exporter().from_filename(str(path))
    free_of_names(exporter.__name__, made.encode() if isinstance(made, str) else made)


@pytest.mark.slow
def test_a_notebook_that_was_run(folder: Path, monkeypatch: pytest.MonkeyPatch):
    """Jupyter's own HTML of a view: no widget state, only its static twin."""
    monkeypatch.setenv("MEMOKIT_DOSSIER", str(folder))
    where = Path(__file__).parents[1] / "notebooks"
    book = nbformat.read(where / "20_acties.ipynb", as_version=4)
    client = NotebookClient(
        book, timeout=120, resources={"metadata": {"path": str(where)}}, store_widget_state=False
    )
    client.execute()
    page, _ = HTMLExporter().from_notebook_node(book)
    free_of_names("20_acties.html", page.encode())
