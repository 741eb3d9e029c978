"""The section from a notebook: nbconvert exporters, also for JupyterLab's export menu. The nbconvert door.

A notebook that names its dossier is evaluated and written, whether its cells were run or not: under
`memokit.dossier` in its metadata stands a folder (seen from the notebook) or the name of a municipality. The
dossier that MEMOKIT_DOSSIER names goes first.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from nbconvert.exporters import Exporter
from nbconvert.exporters.exporter import ResourcesDict
from nbconvert.utils.exceptions import ConversionException
from nbformat import NotebookNode

from memokit.evaluation import evaluate, render
from memokit.problems import MemokitError
from memokit.resources import data_path
from memokit.texts import say


class NotebookError(ConversionException):
    """The notebook cannot be exported; says why in words."""


def subject(book: NotebookNode, folder: Path) -> Path | str:
    """Return the dossier or the municipality that a notebook is about.

    Raises
    ------
    NotebookError
        It names none.

    Examples
    --------
    >>> subject(NotebookNode(metadata={"memokit": {"dossier": "Mechelen"}}), Path())
    'Mechelen'
    """
    given = os.environ.get("MEMOKIT_DOSSIER", "")
    if given:
        return Path(given)
    named = str((book.metadata.get("memokit") or {}).get("dossier") or "").strip()
    if not named:
        raise NotebookError(say("app.export.no_dossier"))
    beside, example = folder / named, data_path("examples", Path(named).name)
    if beside.is_dir():
        return beside
    return example if "/" in named and example.is_dir() else named


class _MemokitExporter(Exporter):
    """Evaluates what the notebook names, and renders it."""

    def from_notebook_node(
        self, nb: NotebookNode, resources: ResourcesDict | dict[str, Any] | None = None, **kw: Any
    ) -> tuple[Any, dict[str, Any]]:
        """Return the section, and the resources with the suffix of its file."""
        _, found = super().from_notebook_node(nb, resources, **kw)
        folder = Path((found.get("metadata") or {}).get("path") or ".")
        try:
            made = render(evaluate(subject(nb, folder)), self.file_extension, "normal")
        except MemokitError as error:
            raise NotebookError(str(error)) from error
        return made, found


class MemokitHTMLExporter(_MemokitExporter):
    """Writes the section as one HTML page."""

    export_from_notebook = say("app.export.html")
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
    """Writes the section as a PDF."""

    export_from_notebook = say("app.export.pdf")
    output_mimetype = "application/pdf"

    def _file_extension_default(self) -> str:
        return ".pdf"
