"""What is always on top: who, how far, when saved, back and forward, and what went wrong."""

from __future__ import annotations

from html import escape

from memokit.app.parts import box, button, html, words
from memokit.app.state import State
from memokit.texts import language, said_in_dutch, say


class Top:
    """The line on top, the message below it, and the question when another window has the dossier."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.who, self.saved, self.busy = html("", "who"), html("", "saved"), html("", "busy")
        self.undo = button("undo", lambda: state.attempt(state.undo))
        self.redo = button("page_top.redo", lambda: state.attempt(state.redo))
        self.line = box(self.who, self.busy, self.saved, self.undo, self.redo, kind="top", row=True)
        self.alert = html("", "alert")
        self.close = button("page_top.close", lambda: state.tell(""), "quiet")
        self.other = html("", "alert")
        self.look = button("page_top.look", state.look_on)
        here = button("page_top.here", lambda: state.attempt(state.take_over), "main")
        self.question = box(self.other, box(here, self.look, kind="line", row=True), kind="question")
        message = box(self.alert, self.close, kind="message", row=True)
        self.message = message
        self.dutch = html("", "where")
        self.widget = box(self.line, message, self.question, self.dutch, kind="header")
        state.listen(lambda: None, told=self.refresh, opened=self.refresh)
        state.observe(self.refresh, ["busy", "elsewhere", "asking", "looking", "unsaved"])
        self.refresh()

    def refresh(self, _: object = None) -> None:
        """Show how things stand."""
        state = self.state
        asked = self._question()
        text = "" if state.message == asked else state.message
        self.alert.value, self.other.value = _alert(text), _alert(asked)
        self.message.layout.display = "" if text else "none"
        self.line.layout.display = "" if state.dossier else "none"
        self.question.layout.display = "" if state.elsewhere else "none"
        self.look.layout.display = "" if state.asking else "none"
        self.undo.disabled, self.redo.disabled = not state.can_undo, not state.can_redo
        if state.dossier is None:
            return
        settings, (first, last) = state.dossier.settings, state.dossier.term.years
        self.who.value = words("who", name=settings.name, first=first, last=last)
        self.saved.value = _status(f"{escape(state.seen())} · {self._when()}")
        self.busy.value = _status(escape(state.busy))
        foreign = language() != "nl"
        self.dutch.value = words("page_top.dutch", n=said_in_dutch()) if foreign else ""

    def _when(self) -> str:
        state = self.state
        if state.unsaved:
            return f"<b>{words('page_top.unsaved', n=state.unsaved)}</b>"
        return words("saved", at=state.saved) if state.saved else words("nothing_changed")

    def _question(self) -> str:
        state = self.state
        key = "page_top.open" if state.asking else "page_top.looking" if state.looking else "page_top.lost"
        return say(key, who=state.elsewhere) if state.elsewhere else ""


def _alert(text: str) -> str:
    return f'<div role="alert">{escape(text)}</div>' if text else ""


def _status(text: str) -> str:
    return f'<span role="status" aria-live="polite">{text}</span>'
