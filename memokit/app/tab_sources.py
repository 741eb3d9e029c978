"""Cijfers en bronnen: bring in a file, see what was understood, what is missing, where numbers come from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from html import escape
from pathlib import Path

import ipywidgets as W  # noqa: N812

from memokit.app import then_now
from memokit.app.parts import More, box, button, heading, html, remarks, words
from memokit.app.reading import looked
from memokit.app.shown import table
from memokit.app.state import State
from memokit.app.upload import Upload
from memokit.exchange import Shown
from memokit.texts import say

UPLOAD_MB = 50


class Sources:
    """Files to bring in, and what follows from what is there."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.answers: dict[str, str] = {}
        self.path = Path()
        self.folder = html("", "where")
        self.files = W.Dropdown(description=say("app.files.choose"), options=[])
        self.upload = Upload(UPLOAD_MB * 1_000_000, state.inbox_name(), self._uploaded)
        self.shown, self.problems = html("", "shown"), html("", "hints")
        self.choices = box(kind="choices")
        self.add = button("files.add", self._add, "main")
        self.drop = button("files.drop", self._clear, "quiet")
        decide = box(self.add, self.drop, kind="line", row=True)
        self.card = box(self.shown, self.choices, self.problems, decide, kind="card")
        self.done, self.told = box(kind="done"), Told(state)
        self.list = self.told.list
        self.look = button("files.look", self._look, "main")
        look = box(self.look, button("files.again", self.refresh), kind="line", row=True)
        left = box(heading(say("app.files.title")), self.folder, self.upload, self.files, look, kind="side")
        right = box(self.card, self.done, self.told.missing)
        both = box(left, right, kind="two", row=True)
        self.widget = box(both, self.told.widget, kind="view")
        state.listen(self.refresh)
        self._clear()
        self.refresh()

    def refresh(self) -> None:
        """Show the files that wait, the imports that can be taken back, and what is known."""
        self.folder.value = f"<p>{words('files.help', folder=self.state.inbox_name())}</p>"
        offered = [(path.name, path) for path in self.state.waiting()]
        if tuple(offered) != tuple(self.files.options):
            self.files.options = offered
            self.files.value = offered[0][1] if offered else None
        for each in (self.files, self.look):
            each.layout.display = "" if offered else "none"
        self.done.children = self._imports()
        self.told.refresh()

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
        """Have a file read; what it holds, or what a person must choose first, is shown when it is known."""
        self.path = path
        self.card.layout.display = ""
        self.add.layout.display = "none"
        self.choices.children, self.problems.value = [], ""
        busy = say("page_files.reading", name=path.name)
        self.shown.value = f"<p role='status'>{escape(busy)}</p>"
        self.state.later(looked, self.state.now, path, dict(self.answers), done=self._found, label=busy)

    def _found(self, found: Shown) -> None:
        if found.path != self.path:  # another file was chosen meanwhile
            return
        self.state.offered = found
        self.shown.value = f"<pre class='memo-pre'>{escape(found.text)}</pre>" if found.text else ""
        self.problems.value = remarks(found.problems)
        self.choices.children = [self._choice(p.choices, str(p.detail["asks"])) for p in found.problems
                                 if "asks" in p.detail]  # fmt: skip
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
        # What was typed since the file was looked at stays.
        self.state.offered = replace(self.state.offered, dossier=self.state.now)
        if self.state.attempt(self.state.accept):
            self._clear()

    def _clear(self) -> None:
        self.path = Path()
        self.card.layout.display = "none"
        self.choices.children = []

    def _undo(self, id_: str) -> None:
        kept: list[str] = []
        if self.state.attempt(lambda: kept.append(self.state.take_back(id_))):
            self.state.tell(kept[0])

    def _uploaded(self, name: str, content: bytes) -> None:
        """Put an uploaded file in the inbox and show it."""
        paths: list[Path] = []
        if self.state.attempt(lambda: paths.append(self.state.receive(name, content, self.upload.limit))):
            self.refresh()
            self.files.value = paths[0]
            self._look()


class Told:
    """What is missing, where every number comes from, then beside now, and every source."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.missing, self.origins, self.amounts = html("", "missing"), html("", "origins"), html("")
        self.then_now, self.list = html("", "then-now"), html("", "sources-list")
        self.compare = box(
            heading(say("page_files.compare.title")),
            html(f"<p>{words('page_files.compare.why')}</p>"),
            button("page_files.compare.show", self._compare),
            kind="stack",
        )
        self.widget = box(
            heading(say("page_files.then_now.title")),
            More(say("page_files.then_now.show"), self.then_now).widget,
            heading(say("page_files.origins.title")),
            More(say("page_files.origins.show"), self.origins).widget,
            More(say("page_files.amounts.show"), self.amounts).widget,
            heading(say("app.files.sources")),
            More(say("page_files.sources.show"), self.list).widget,
            self.compare,
            kind="stack",
        )

    def refresh(self) -> None:
        """Show what follows from the dossier as it is saved."""
        self.list.value = self._table() if self.state.now.sources else f"<p>{words('files.no_sources')}</p>"
        self._fill(self.missing, self._missing)
        told = then_now.listed
        self._fill(self.origins, lambda: told("origins", then_now.origins(self.state.evaluation)))
        self._fill(self.amounts, lambda: told("amounts", then_now.amounts(self.state.evaluation)))
        self._fill(self.then_now, lambda: then_now.then_now(self.state.evaluation))
        self.compare.layout.display = "none" if self.state.comparing else ""

    def _fill(self, place: W.HTML, make: Callable[[], str]) -> None:
        """Fill one part; with an error in the dossier it says what to mend first."""
        made: list[str] = []
        trouble = self.state.trouble(lambda: made.append(make()))
        place.value = f"<p>{words('page_agenda.refused')} {escape(trouble)}</p>" if trouble else made[0]

    def _missing(self) -> str:
        return f"<h2>{words('page_files.missing.title')}</h2>{then_now.asked(self.state.evaluation)}"

    def _table(self) -> str:
        names = ("id", "title", "date", "file")
        heads = [words(f"files.head.{name}") for name in names]
        lines = ((s.id_, s.title, s.date or s.consulted_on, s.file) for s in self.state.now.sources)
        return table(heads, [[escape(cell) for cell in line] for line in lines])

    def _compare(self) -> None:
        self.state.comparing = True
        self.refresh()
