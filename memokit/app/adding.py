"""One line to add something: a field, a button, and the field empty again when it was saved."""

from __future__ import annotations

from collections.abc import Callable

import ipywidgets as W  # noqa: N812

from memokit.app.forms import Form
from memokit.app.parts import box, button
from memokit.app.state import State, ToldError
from memokit.records import Settings
from memokit.texts import say


def asking(state: State, room: str) -> Form:
    """Return a field for a text that is no record yet; its words are `name` and `hint` under `room`."""
    titles, helps = ({"council": say(f"{room}.{key}")} for key in ("name", "hint"))
    form = Form(state, Settings, ("council",), lambda _, __: None, titles=titles, helps=helps, draft=True)
    sheet = form.widget()
    sheet.place = [*sheet.place[:1], room]  # the browser keeps what is typed under a name of its own
    form.show(Settings(municipality=""))
    return form


def adding(state: State, room: str, add: Callable[[str], object]) -> W.Widget:
    """Return the line; its words are the keys `name`, `hint`, `add` and `empty` under `room`."""
    form = asking(state, room)

    def save() -> None:
        text = form.record.council.strip()
        if not text:
            raise ToldError(say(f"{room}.empty"))
        add(text)

    def pressed() -> None:
        if state.attempt(save):
            form.show(Settings(municipality=""))

    return box(form.sheets[0], button(f"{room}.add", pressed, "main"), kind="line", row=True)


def named(key: str, action: Callable[[], object], kind: str = "", **values: object) -> W.Button:
    """Return a button with a text that names what it is about."""
    made = W.Button(description=say(key, **values), layout={"flex": "0 0 auto"})
    made.on_click(lambda _: action())
    made.add_class(f"memo-{kind or 'plain'}")
    return made
