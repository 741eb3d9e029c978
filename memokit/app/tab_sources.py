"""Cijfers en bronnen: bring in a file, see what was understood, add it or take it back; and every source."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from html import escape
from pathlib import Path
from typing import Any

import ipywidgets as W  # noqa: N812

from memokit.app.parts import box, button, heading, html, remarks, words
from memokit.app.state import State
from memokit.proposals import Suggestion
from memokit.texts import say

UPLOAD_MB = 8


class Sources:
    """Files to bring in, and where every number comes from."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.answers: dict[str, str] = {}
        self.folder = html("", "where")
        self.files = W.Dropdown(description=say("app.files.choose"), options=[])
        self.upload = W.FileUpload(description=say("app.files.upload", n=UPLOAD_MB), multiple=False)
        self.upload.observe(self._uploaded, "value")
        self.shown, self.problems = html("", "shown"), html("", "hints")
        self.choices = box(kind="choices")
        self.add = button("files.add", self._add, "main")
        self.drop = button("files.drop", self._clear, "quiet")
        decide = box(self.add, self.drop, kind="line", row=True)
        self.card = box(self.shown, self.choices, self.problems, decide, kind="card")
        self.done, self.list = box(kind="done"), html("", "sources-list")
        again = button("files.again", self.refresh)
        look = box(button("files.look", self._look, "main"), again, kind="line", row=True)
        left = box(heading(say("app.files.title")), self.folder, self.files, look, self.upload, kind="side")
        right = box(self.card, self.done, heading(say("app.files.sources")), self.list)
        self.widget = box(box(left, right, kind="two", row=True), kind="view")
        state.listen(self.refresh)
        self._clear()
        self.refresh()

    def refresh(self) -> None:
        """Show the files that wait, the imports that can be taken back, and the list of sources."""
        self.folder.value = f"<p>{words('files.help', folder=self.state.inbox_name())}</p>"
        offered = [(path.name, path) for path in self.state.waiting()]
        if tuple(offered) != tuple(self.files.options):
            self.files.options = offered
            self.files.value = offered[0][1] if offered else None
        self.files.layout.display = "" if offered else "none"
        self.done.children = self._imports()
        self.list.value = self._table() if self.state.now.sources else f"<p>{words('files.no_sources')}</p>"

    def _table(self) -> str:
        names = ("id", "title", "date", "file")
        heads = "".join(f"<th scope='col'>{words(f'files.head.{name}')}</th>" for name in names)
        lines = ((s.id_, s.title, s.date or s.consulted_on, s.file) for s in self.state.now.sources)
        cells = ("".join(f"<td>{escape(cell)}</td>" for cell in line) for line in lines)
        rows = "".join(f"<tr>{line}</tr>" for line in cells)
        return f"<table class='memo-table'><tr>{heads}</tr>{rows}</table>"

    def _imports(self) -> list[W.Widget]:
        found = self.state.imports()
        lines: list[W.Widget] = [heading(say("app.files.done"))] if found else []
        for entry in found:
            undo = button("files.take", partial(self._undo, entry.id), "quiet")
            undo.description = say("app.files.undo", name=entry.label)
            lines.append(undo)
        return lines

    # -- looking and adding ---------------------------------------------------------------------------------

    def _look(self) -> None:
        if self.files.value is not None:
            self.answers = {}
            self._show(self.files.value)

    def _show(self, path: Path) -> None:
        """Show what a file holds, or what a person must choose first."""
        self.path = path
        found = self.state.look(path, self.answers)
        self.shown.value = f"<pre class='memo-pre'>{escape(found.text)}</pre>" if found.text else ""
        self.problems.value = remarks(found.problems)
        self.choices.children = [self._choice(p.choices, str(p.detail["asks"])) for p in found.problems
                                 if "asks" in p.detail]  # fmt: skip
        self.card.layout.display = ""
        self.add.layout.display = "" if found.can_add else "none"

    def _choice(self, choices: tuple[str, ...], asks: str) -> W.Widget:
        def take(answer: str) -> None:
            self.answers[asks] = answer
            self._show(self.path)

        buttons = []
        for answer in choices:
            made = button("files.take", partial(take, answer))
            made.description = answer
            buttons.append(made)
        return box(*buttons, kind="line", row=True)

    def _add(self) -> None:
        if self.state.attempt(self.state.accept):
            self._clear()

    def _clear(self) -> None:
        self.card.layout.display = "none"
        self.choices.children = []

    def _undo(self, id_: str) -> None:
        kept: list[str] = []
        if self.state.attempt(lambda: kept.append(self.state.take_back(id_))):
            self.state.tell(kept[0])

    def _uploaded(self, change: Mapping[str, Any]) -> None:
        """Put an uploaded file in the inbox and show it."""
        if not change["new"]:
            return
        file = change["new"][0]
        paths: list[Path] = []
        limit = UPLOAD_MB * 1_000_000
        if self.state.attempt(lambda: paths.append(self.state.receive(file["name"], file["content"], limit))):
            self.refresh()
            self.files.value = paths[0]
            self._look()
        self.upload.value = ()


class Proposals:
    """Actions of the plan that seem to belong: one click each, to accept or to strike."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.help = html("", "help")
        self.list = box(kind="proposals")
        self.widget = box(heading(say("app.proposals.title"), 3), self.help, self.list, kind="stack")
        state.listen(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show each proposal with the words that led to it."""
        found = self.state.proposals()
        self.widget.layout.display = "" if found else "none"
        self.help.value = words("proposals.help", n=len(found))
        self.list.children = [self._line(each) for each in found]

    def _line(self, found: Suggestion) -> W.Widget:
        item = found.item
        why = words("proposals.why", found=found, sdg=", ".join(found.sdg_targets))
        where = f"<span class='memo-where'>{escape(item.code)} · {why}</span>"
        text = html(f"<b>{escape(item.title)}</b> {where}")
        yes = button("proposals.yes", lambda: self._accept(found))
        no = button("proposals.no", lambda: self._strike(item.code), "quiet")
        for made in (yes, no):
            made.tooltip = item.title
        return box(text, box(yes, no, kind="line", row=True), kind="proposal")

    def _accept(self, found: Suggestion) -> None:
        self.state.attempt(lambda: self.state.put(found.accepted()))

    def _strike(self, code: str) -> None:
        self.state.struck.add(code)
        self.refresh()

