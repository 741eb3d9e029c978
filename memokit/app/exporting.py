"""The files of a dossier, one step each, made beside the page: no widgets, so that the worker starts fast."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from memokit.app.state import RESULTS, export_file
from memokit.document import LENGTHS, Length
from memokit.evaluation import NAMES, evaluate, write_all
from memokit.folder import read_folder
from memokit.problems import MemokitError, Problem

FORMS = (".html", ".pdf", ".docx")
Made = tuple[tuple[Path, ...], tuple[Problem, ...]]


@dataclass(frozen=True)
class Step:
    """One file to make; without a form the figures, the letter and the paper for the meeting.

    Examples
    --------
    >>> Step(".pdf", "page").name
    'handblad.pdf'
    """

    form: str = ""
    length: Length = "normal"

    @property
    def name(self) -> str:
        """The name of the file."""
        return f"{NAMES[self.length]}{self.form}" if self.form else ""


def every_step() -> tuple[Step, ...]:
    """Return the steps to every file: three forms in three lengths, and what belongs to them."""
    return (*(Step(form, length) for length in LENGTHS for form in FORMS), Step())


def make(folder: Path, step: Step) -> Made:
    """Make what a step asks; what goes wrong comes back as problems, so that the page can go on."""
    try:
        if step.form:
            return (export_file(folder, step.form, step.length),), ()
        ev = evaluate(read_folder(folder))
        return tuple(write_all(ev, folder / RESULTS, forms=(), lengths=())), ()
    except MemokitError as error:
        return (), error.problems
