"""The page put together: the choice of a dossier, and the views below the line on top, as tabs."""

from __future__ import annotations

import asyncio
import atexit
import os
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import anywidget
import ipywidgets as W  # noqa: N812
from IPython import get_ipython

from memokit.app.choosing import chooser
from memokit.app.desk import Part
from memokit.app.guard import BEAT
from memokit.app.parts import box, html, words
from memokit.app.state import State
from memokit.app.tab_actions import Actions
from memokit.app.tab_agenda import Agenda
from memokit.app.tab_compare import Compare
from memokit.app.tab_points import Points
from memokit.app.tab_questions import Questions
from memokit.app.tab_section import SectionText
from memokit.app.tab_sources import Sources
from memokit.app.tab_start import Start
from memokit.app.top import Top
from memokit.app.twin import with_twin
from memokit.resources import data_path
from memokit.texts import say

VIEWS: dict[str, Callable[[State], Any]] = {
    "start": Start,
    "files": Sources,
    "actions": Actions,
    "questions": Questions,
    "agenda": Agenda,
    "points": Points,
    "section": SectionText,
    "compare": Compare,
}
ASKED = "compare"  # this view is there only when somebody asked for it: `State.comparing`


class Doorbell(anywidget.AnyWidget):
    """Rings when the page is really on a screen: a kernel that is only being preheated reads nothing.

    It tells which tab of the browser it is, the same after a reload.
    """

    _esm = """export default { render({ model }) {
        let tab = ""
        try {
            tab = sessionStorage.getItem("memokit-tab") || crypto.randomUUID()
            sessionStorage.setItem("memokit-tab", tab)
        } catch { tab = String(Math.random()) }
        model.send({ open: tab })
    } }"""


@cache
def shared() -> State:
    """Return the one state of this kernel; it ends with it."""
    state = State()
    atexit.register(state.worker.close)
    atexit.register(state.leave)
    return state


def whole() -> Any:
    """Return all views as tabs of one page."""
    return single(*VIEWS)


def single(*names: str) -> Any:
    """Return one view, or a few as tabs; in a notebook its words stand beside it, for who has no kernel."""
    page = _page(shared(), names)
    return page if _in_voila() else with_twin(page)


def _page(state: State, names: tuple[str, ...]) -> Any:
    body = box(html(words("opening")), kind="body")
    page = box(_style(), Top(state).widget, body, kind="page")
    tabs: list[Tabs] = []

    def fill() -> None:
        for old in tabs:
            old.close()
        tabs[:] = [Tabs(state, names)] if state.dossier and len(names) > 1 else []
        alone = [] if tabs or state.dossier is None else [VIEWS[names[0]](state)]
        body.children = [view.widget for view in (*tabs, *alone)] or [chooser(state)]

    def veil(_: object) -> None:
        body.layout.display = "none" if state.asking else ""

    def begin(session: str) -> None:
        state.session = session
        _beat(state)
        given = os.environ.get("MEMOKIT_DOSSIER", "")
        if given and not state.attempt(lambda: state.open(Path(given))):
            state.dossier = None
        if state.dossier is None:
            fill()

    state.listen(_nothing, opened=fill)
    state.observe(veil, "asking")
    if state.dossier is not None:
        fill()
    elif _in_voila():
        page.children = [*page.children, _bell(begin)]
    else:
        begin(_kernel())
    return page


def _bell(begin: Callable[[str], None]) -> Doorbell:
    bell = Doorbell()

    def ring(_: object, said: dict[str, Any], __: object) -> None:
        bell.on_msg(ring, remove=True)  # once: a second ring may not replace a choice that somebody types in
        begin(re.sub(r"[^\w.-]", "", str(said.get("open", "")))[:64])

    bell.on_msg(ring)
    return bell


def _in_voila() -> bool:
    """Tell whether the page is served to a browser of its own, which rings the bell."""
    served = os.environ.get("SERVER_SOFTWARE", "").startswith("voila/")
    return served or os.environ.get("VOILA_PREHEAT") == "True"


def _kernel() -> str:
    """Return what tells this kernel from others; empty outside a kernel."""
    shell = get_ipython()
    app = shell.config.get("IPKernelApp", {}) if shell else {}
    return Path(str(app.get("connection_file", ""))).stem


def _beat(state: State) -> None:
    """Have the state say now and then that it is there, as long as the kernel runs."""
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        return

    def again() -> None:
        state.trouble(state.beat)
        loop.call_later(BEAT, again)

    loop.call_later(BEAT, again)


def _nothing() -> None:
    """Do nothing: a page is made anew only for another dossier."""


class Tabs:
    """The views as tabs: each is made when it is first shown, then kept, and follows changes while shown."""

    def __init__(self, state: State, names: tuple[str, ...]) -> None:
        self.state = state
        self.names = [name for name in names if name != ASKED or state.comparing]
        self.late = [name for name in names if name not in self.names]
        self.parts: dict[str, Part] = {}
        self.widget = W.Tab()
        self.widget.add_class("memo-tabs")
        self._lay()
        self.widget.observe(self._turned, "selected_index")
        state.observe(self._go, "page")
        state.observe(self._asked, "comparing")
        self._turned()

    def close(self) -> None:
        """Follow the state no more."""
        self.state.unobserve(self._go, "page")
        self.state.unobserve(self._asked, "comparing")

    def _lay(self) -> None:
        there = self.widget.children
        self.widget.children = [*there, *(box(kind="tab") for _ in self.names[len(there) :])]
        self.widget.titles = [say(f"page_top.tab.{name}") for name in self.names]

    def _turned(self, _: object = None) -> None:
        """Show the view whose tab was chosen."""
        index = self.widget.selected_index or 0
        name = self.names[index]
        for each, part in self.parts.items():
            part.show(each == name)
        if name not in self.parts and (trouble := self.state.trouble(lambda: self._make(index, name))):
            self.state.tell(trouble)  # a view that cannot be made is said, and tried again at the next turn
        self.state.page = name

    def _make(self, index: int, name: str) -> None:
        with self.state.part(shown=True) as part:
            self.widget.children[index].children = [VIEWS[name](self.state).widget]
            self.parts[name] = part

    def _go(self, change: dict[str, Any]) -> None:
        if change["new"] in self.names:
            self.widget.selected_index = self.names.index(change["new"])

    def _asked(self, change: dict[str, Any]) -> None:
        """Add the view that was hidden, and show it."""
        if change["new"] and self.late:
            self.names += self.late
            self.late = []
            self._lay()
            self.state.go(ASKED)


def _style() -> W.HTML:
    css = data_path("templates", "voila", "memo", "app.css").read_text("utf-8")
    return html(f"<style>{css}</style>", "style")
