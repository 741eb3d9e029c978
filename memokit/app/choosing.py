"""The choice of a dossier: one that is there, a new one for a municipality, or a copy of the example."""

from __future__ import annotations

import ipywidgets as W  # noqa: N812

from memokit.app.forms import Form
from memokit.app.parts import box, button, heading, html, more, words
from memokit.app.state import State
from memokit.fields import Record
from memokit.records import Settings
from memokit.texts import say


def chooser(state: State) -> W.Widget:
    """Return the choice between a dossier that is there, a new one and the example."""
    found = state.found()
    there = W.Dropdown(description=say("app.choose.there"), options=[(p.resolve().name, p) for p in found])
    old = [there, button("choose.open", lambda: state.attempt(lambda: state.open(there.value)), "main")]
    name = _name(state)
    make = button("choose.new", lambda: state.attempt(lambda: state.new(name.record.municipality)), "main")
    example = button("choose.example", lambda: state.attempt(state.example))
    parts = [
        heading(say("app.choose.title")),
        html(f"<p>{words('choose.why')}</p>"),
        *([box(*old, kind="line", row=True)] if found else []),
        box(name.widget(), make, kind="line", row=True),
        html(f"<p>{words('choose.or')}</p>"),
        example,
    ]
    return box(*parts, kind="chooser")


def _name(state: State) -> Form:
    """Ask which municipality: a name that is not a dossier yet, so nothing is saved by typing it."""
    titles = {"municipality": say("app.choose.name")}
    helps = {"municipality": say("app.choose.hint")}
    form = Form(state, Settings, ("municipality",), _nothing, titles=titles, helps=helps, draft=True)
    form.show(Settings(municipality=""))
    return form


def _nothing(_: Record, __: Record) -> None:
    """Do nothing: the button reads the name."""


def other_dossier(state: State) -> W.Widget:
    """Return the same choice, closed, for who already has a dossier open."""
    return more("choose.other", chooser(state))
