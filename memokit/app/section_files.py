"""Bewaren en delen: the files of the section, made one by one beside the page, with what is done so far."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from html import escape
from pathlib import Path

import ipywidgets as W  # noqa: N812

from memokit.app.exporting import FORMS, Made, Step, every_step, make
from memokit.app.parts import box, button, html, words
from memokit.app.shown import download
from memokit.app.state import RESULTS, State
from memokit.document import LENGTHS
from memokit.texts import say

KINDS = {".html": "text/html", ".pdf": "application/pdf", ".docx": "application/octet-stream"}


class Files:
    """The choice of form and length, the progress, and the file at hand."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.todo: list[Step] = []
        self.made: list[Path] = []
        self.total = 0
        offered = [(say(f"page_text.files.lengths.{name}"), name) for name in LENGTHS]
        self.length = W.Dropdown(description=say("page_text.files.length"), options=offered, value="normal")
        makers = [button(f"page_text.make_{form[1:]}", partial(self._one, form), "main") for form in FORMS]
        every = button("page_text.make_all", lambda: self._begin(every_step()))
        self.progress, self.links = html("", "progress"), html("", "links")
        self.widget = box(
            html(f"<p>{words('page_text.files.help', folder=RESULTS)}</p>"), self.length,
            box(*makers, every, kind="line", row=True), self.progress, self.links,
        )  # fmt: skip

    def _one(self, form: str) -> None:
        self._begin((Step(form, self.length.value),))

    def _begin(self, steps: Iterable[Step]) -> None:
        if self.todo and self.state.busy:
            self.state.tell(say("page_text.files.busy"))
            return
        self.todo, self.made, self.links.value = list(steps), [], ""
        self.total = len(self.todo)
        self._next()

    def _next(self) -> None:
        if not self.todo:
            self._finish()
            return
        step, done = self.todo[0], self.total - len(self.todo)
        name = step.name or say("page_text.files.data")
        told = say("page_text.files.step", n=done + 1, total=self.total, name=name)
        self.progress.value = bar(told, done, self.total)
        self.state.later(make, self.state.now.folder, step, done=self._took, label=told)

    def _took(self, made: Made) -> None:
        paths, problems = made
        step = self.todo.pop(0)
        self.made += paths
        if problems:
            trouble = " ".join(f"{p.message} {p.remedy}" for p in problems)
            told = words("page_text.files.failed", name=step.name, trouble=trouble)
            self.todo, self.progress.value = [], f'<p role="status">{told}</p>'
            return
        self._next()

    def _finish(self) -> None:
        folder = f"{self.state.now.folder.resolve().name}/{RESULTS}"
        told = say("page_text.files.done", n=len(self.made), folder=folder)
        self.progress.value = bar(told, self.total, self.total)
        items = "".join(f"<li>{self._link(path)}</li>" for path in self.made)
        self.links.value = f"<ul>{items}</ul>"

    def _link(self, path: Path) -> str:
        """Return the file as a link when it was asked for alone; of many only the names."""
        if self.total > 1 or path.suffix not in KINDS:
            return escape(path.name)
        text = say("page_text.files.link", name=path.name)
        return download(path.read_bytes(), KINDS[path.suffix], path.name, text)


def bar(told: str, done: int, total: int) -> str:
    """Return how far it is, as a bar that is read aloud, with the same words beside it.

    Examples
    --------
    >>> 'aria-valuenow="1"' in bar("Bestand 2 van 3", 1, 3)
    True
    """
    share = round(100 * done / total) if total else 100
    label = escape(say("page_text.files.progress"))
    range_ = f'aria-valuemin="0" aria-valuemax="{total}" aria-valuenow="{done}"'
    values = f'{range_} aria-valuetext="{escape(told)}"'
    shown = f'<span style="width:{share}%"></span>'
    full = f'<div class="memo-bar" role="progressbar" aria-label="{label}" {values}>{shown}</div>'
    return f'{full}<p role="status">{escape(told)}</p>'
