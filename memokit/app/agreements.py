"""What was agreed at the end of the evening: who looks up what by when, and who must still read the text."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import ipywidgets as W  # noqa: N812

from memokit.app.adding import adding, named
from memokit.app.evening import add_reader, agreed, drop_reader
from memokit.app.forms import Row, Table
from memokit.app.parts import box, html, more, words
from memokit.app.state import State
from memokit.records import Task
from memokit.texts import say

TASK = ("who", "by", "hours", "done")


class Agreements:
    """Two closed parts, each with a line to add one and the list of what is there."""

    def __init__(self, state: State) -> None:
        self.state = state
        caption = say("page_start.tasks.caption")
        self.tasks = Table(state, Task, TASK, lambda _, after: state.put(after), caption)
        self.no_tasks = html(f"<p>{words('page_start.tasks.none')}</p>")
        self.readers, self.discussed = box(kind="readers"), html("")
        self.parts = (
            self._part("tasks", self._add_task, self.no_tasks, self.tasks.widget),
            self._part("readers", self._add_reader, self.readers, self.discussed),
        )

    def refresh(self) -> None:
        """Show both lists as they are saved."""
        tasks, settings = agreed(self.state), self.state.now.settings
        self.tasks.show([Row(task.what, task) for task in tasks])
        self.tasks.widget.layout.display = "" if tasks else "none"
        self.no_tasks.layout.display = "none" if tasks else ""
        self.readers.children = [self._reader(name) for name in settings.readers]
        told = [] if settings.readers else [words("page_start.readers.none")]
        if settings.discussed_with:
            told.append(words("page_start.readers.discussed", names=settings.discussed_with))
        self.discussed.value = "".join(f"<p>{line}</p>" for line in told)

    def _part(self, name: str, add: Callable[[str], None], *inside: W.Widget) -> W.Widget:
        room = f"page_start.{name}"
        help_ = html(f"<p>{words(f'{room}.help')}</p>")
        return more(f"{room}.title", help_, adding(self.state, room, add), *inside)

    def _reader(self, name: str) -> W.Widget:
        done = named("page_start.readers.done", partial(self._drop, name, True), name=name)
        drop = named("page_start.readers.drop", partial(self._drop, name, False), "quiet", name=name)
        return box(done, drop, kind="line", row=True)

    def _drop(self, name: str, discussed: bool) -> None:
        settings = drop_reader(self.state.now.settings, name, discussed)
        self.state.attempt(lambda: self.state.put(settings))

    def _add_reader(self, name: str) -> None:
        self.state.put(add_reader(self.state.now.settings, name))

    def _add_task(self, what: str) -> None:
        self.state.put(self.state.record(Task, what))
