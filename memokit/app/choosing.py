"""The choice of a dossier: one that is there, a new one for a municipality, or a copy of the example."""

from __future__ import annotations

import ipywidgets as W  # noqa: N812

from memokit.app.parts import box, button, heading, html, more, words
from memokit.app.state import State
from memokit.texts import say


def chooser(state: State) -> W.Widget:
    """Return the choice between a dossier that is there, a new one and the example."""
    found = state.found()
    there = W.Dropdown(description=say("app.choose.there"), options=[(p.resolve().name, p) for p in found])
    name = W.Text(description=say("app.choose.name"), placeholder=say("app.choose.hint"))
    name.continuous_update = True
    old = [there, button("choose.open", lambda: state.attempt(lambda: state.open(there.value)), "main")]
    new = [name, button("choose.new", lambda: state.attempt(lambda: state.new(name.value)), "main")]
    example = button("choose.example", lambda: state.attempt(state.example))
    parts = [
        heading(say("app.choose.title")),
        html(f"<p>{words('choose.why')}</p>"),
        *([box(*old, kind="line", row=True)] if found else []),
        box(*new, kind="line", row=True),
        html(f"<p>{words('choose.or')}</p>"),
        example,
    ]
    return box(*parts, kind="chooser")


def other_dossier(state: State) -> W.Widget:
    """Return the same choice, closed, for who already has a dossier open."""
    return more("choose.other", chooser(state))
