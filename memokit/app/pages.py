"""The page put together: what is always on top, the choice of a dossier, and the views below as tabs."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

import anywidget
import ipywidgets as W  # noqa: N812

from memokit.app.choosing import chooser
from memokit.app.parts import box, button, html, words
from memokit.app.state import State
from memokit.app.tab_actions import Actions
from memokit.app.tab_points import Points
from memokit.app.tab_questions import Questions
from memokit.app.tab_section import SectionText
from memokit.app.tab_sources import Sources
from memokit.app.tab_start import Start
from memokit.resources import data_path
from memokit.texts import say

VIEWS: dict[str, Callable[[State], Any]] = {
    "start": Start,
    "files": Sources,
    "actions": Actions,
    "questions": Questions,
    "points": Points,
    "section": SectionText,
}


class Doorbell(anywidget.AnyWidget):
    """Rings when the page is really on a screen: a kernel that is only being preheated reads nothing."""

    _esm = "export default { render({ model }) { model.send({ open: true }); } }"


@cache
def shared() -> State:
    """Return the one state of this kernel."""
    return State()


def whole() -> Any:
    """Return all views as tabs of one page."""
    return _page(shared(), tuple(VIEWS))


def single(*names: str) -> Any:
    """Return one view, or a few as tabs, for a notebook."""
    return _page(shared(), names)


def _page(state: State, names: tuple[str, ...]) -> Any:
    body = box(html(words("opening")), kind="body")
    page = box(_style(), _top(state), body, kind="page")

    def fill() -> None:
        views = [VIEWS[name](state) for name in names] if state.dossier else []
        body.children = [_tabs(names, views) if views else chooser(state)]

    def begin() -> None:
        given = os.environ.get("MEMOKIT_DOSSIER", "")
        if given and not state.attempt(lambda: state.open(Path(given))):
            state.dossier = None
        if state.dossier is None:
            fill()

    state.listen(_nothing, opened=fill)
    if os.environ.get("VOILA_PREHEAT") == "True":
        bell = Doorbell()

        def ring(*_: object) -> None:  # once: a second ring may not replace a choice that somebody types in
            bell.on_msg(ring, remove=True)
            begin()

        bell.on_msg(ring)
        page.children = [*page.children, bell]
    elif state.dossier is not None:
        fill()
    else:
        begin()
    return page


def _nothing() -> None:
    """Do nothing: a page is made anew only for another dossier."""


def _tabs(names: tuple[str, ...], views: list[Any]) -> W.Widget:
    if len(views) == 1:
        return views[0].widget
    tabs = W.Tab(children=[view.widget for view in views], titles=[say(f"app.tab.{n}") for n in names])
    tabs.add_class("memo-tabs")
    return tabs


def _style() -> W.HTML:
    css = data_path("templates", "voila", "memo", "app.css").read_text("utf-8")
    return html(f"<style>{css}</style>", "style")


def _top(state: State) -> W.Widget:
    """Return the line on top: which dossier, how far, when saved, and what went wrong."""
    who, saved, alert = html("", "who"), html("", "saved"), html("", "alert")
    undo = button("undo", lambda: state.attempt(state.undo))
    undo.layout.display = "none"
    line = box(who, saved, undo, kind="top", row=True)
    line.layout.display = "none"

    def tell() -> None:
        message = state.message
        alert.value = f'<div role="alert">{escape(message)}</div>' if message else ""
        undo.layout.display = "" if state.saved else "none"
        line.layout.display = "" if state.dossier else "none"
        if state.dossier is None:
            return
        settings, (first, last) = state.dossier.settings, state.dossier.term.years
        who.value = words("who", name=settings.name, first=first, last=last)
        when = words("saved", at=state.saved) if state.saved else words("nothing_changed")
        saved.value = f'<span role="status" aria-live="polite">{escape(state.seen())} · {when}</span>'

    state.listen(_nothing, told=tell, opened=tell)
    return box(line, alert, kind="header")
