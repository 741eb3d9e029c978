"""The section from a notebook: nbconvert exporters, also for JupyterLab's export menu. The nbconvert door.

A notebook of memokit names its dossier and is evaluated and written, whether its cells were run or not: under
`memokit.dossier` in its metadata stands a folder (seen from the notebook) or the name of a municipality; the
dossier that MEMOKIT_DOSSIER names goes first. Any other notebook is joined to a document and set by the same
writers: without code, and with what could not come along named at its end.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from nbconvert.exporters import Exporter
from nbconvert.exporters.exporter import ResourcesDict
from nbconvert.utils.exceptions import ConversionException
from nbformat import NotebookNode
from traitlets import default

from memokit.document import Document
from memokit.evaluation import evaluate, render
from memokit.exporters.anybook import document_of
from memokit.exporters.joining import StoppedError
from memokit.problems import MemokitError
from memokit.resources import data_path
from memokit.texts import say


class NotebookError(ConversionException):
    """The notebook cannot be exported; says why in words."""


def subject(book: NotebookNode, folder: Path) -> Path | str | None:
    """Return the dossier or the municipality that a notebook of memokit is about; of another one, None.

    Raises
    ------
    NotebookError
        It is one of memokit, and names none.

    Examples
    --------
    >>> subject(NotebookNode(metadata={"memokit": {"dossier": "Mechelen"}}), Path())
    'Mechelen'
    >>> subject(NotebookNode(metadata={}, cells=[]), Path())
    """
    given = os.environ.get("MEMOKIT_DOSSIER", "")
    ours = book.metadata.get("memokit")
    if ours is None and not _shows_the_app(book):
        return None
    if given:
        return Path(given)
    named = str((ours or {}).get("dossier") or "").strip()
    if not named:
        raise NotebookError(say("exporters.no_dossier"))
    beside, example = folder / named, data_path("examples", Path(named).name)
    if beside.is_dir():
        return beside
    return example if "/" in named and example.is_dir() else named


def _shows_the_app(book: NotebookNode) -> bool:
    return any("memokit import app" in cell.source for cell in book.cells if cell.cell_type == "code")


class _MemokitExporter(Exporter):
    """Evaluates what the notebook names, or joins its cells, and writes that."""

    def from_notebook_node(
        self, nb: NotebookNode, resources: ResourcesDict | dict[str, Any] | None = None, **kw: Any
    ) -> tuple[Any, dict[str, Any]]:
        """Return the section, and the resources with the suffix of its file."""
        book, found = super().from_notebook_node(nb, resources, **kw)
        about = found.get("metadata") or {}
        try:
            named = subject(nb, Path(about.get("path") or "."))
            if named is not None:
                return render(evaluate(named), self.file_extension, "normal"), found
            document, lost = document_of(book, str(about.get("name") or ""))
        except (MemokitError, StoppedError) as error:
            raise NotebookError(str(error)) from error
        for line in lost:
            self.log.warning("%s", line)
        return _written(document, self.file_extension), found


def _written(document: Document, suffix: str) -> bytes:
    if suffix == ".html":
        from memokit.writers.html import page

        return page(document, length="full").encode()
    if suffix == ".pdf":
        from memokit.writers.pdf import pdf

        return pdf(document, length="full")
    from memokit.writers.docx import docx

    return docx(document)


class MemokitHTMLExporter(_MemokitExporter):
    """Writes one HTML page."""

    export_from_notebook = say("exporters.html")
    output_mimetype = "text/html"

    def _file_extension_default(self) -> str:
        return ".html"

    def from_notebook_node(
        self, nb: NotebookNode, resources: ResourcesDict | dict[str, Any] | None = None, **kw: Any
    ) -> tuple[Any, dict[str, Any]]:
        """Return the page as text, and the resources."""
        made, found = super().from_notebook_node(nb, resources, **kw)
        return made.decode(), found


class MemokitPDFExporter(_MemokitExporter):
    """Writes a PDF."""

    export_from_notebook = say("exporters.pdf")
    output_mimetype = "application/pdf"

    def _file_extension_default(self) -> str:
        return ".pdf"


class MemokitDocxExporter(_MemokitExporter):
    """Writes a Word file."""

    export_from_notebook = say("exporters.docx")
    output_mimetype = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

    def _file_extension_default(self) -> str:
        return ".docx"


class _Command(Exporter):
    """The same under a name with a hyphen, for the command line.

    Jupyter's own address for an export takes letters, digits and `_` only, and its menu lists every exporter
    that is on: inside a server this one is off, so that no item of the menu leads nowhere.
    """

    @default("enabled")
    def _on_the_command_line(self) -> bool:
        return "jupyter_server.serverapp" not in sys.modules


class CommandHTMLExporter(_Command, MemokitHTMLExporter):
    """`jupyter nbconvert --to memokit-html`."""


class CommandPDFExporter(_Command, MemokitPDFExporter):
    """`jupyter nbconvert --to memokit-pdf`."""


class CommandDocxExporter(_Command, MemokitDocxExporter):
    """`jupyter nbconvert --to memokit-docx`."""
