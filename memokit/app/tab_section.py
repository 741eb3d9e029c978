"""Onze tekst: the section as it is now, its files, and what is still open."""

from __future__ import annotations

import base64
from collections.abc import Callable
from html import escape

import ipywidgets as W  # noqa: N812

from memokit.app.parts import box, button, heading, html, remarks, words
from memokit.app.state import RESULTS, State
from memokit.app.tab_start import download
from memokit.texts import say

FORMS = {".html": "text/html", ".pdf": "application/pdf", ".docx": "application/octet-stream"}


class SectionText:
    """The view of the text itself."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.text = html("", "preview")
        self.links, self.problems = html("", "links"), html("")
        lengths = [(say(f"app.length.{name}"), name) for name in ("normal", "full", "page")]
        self.length = W.Dropdown(description=say("app.section.length"), options=lengths)
        makers = [button(f"section.make_{form[1:]}", self._maker(form), "main") for form in FORMS]
        side = box(
            heading(say("app.section.files")),
            html(f"<p>{words('section.help', folder=RESULTS)}</p>"),
            self.length,
            box(*makers, kind="line", row=True),
            self.links,
            heading(say("app.section.open")),
            self.problems,
            kind="side",
        )
        self.widget = box(box(self.text, side, kind="two", row=True), kind="view")
        state.listen(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show the text and the remarks of this moment."""
        problems = self.state.problems
        self.problems.value = remarks(problems, self.state.about) or f"<p>{words('section.no_problems')}</p>"
        trouble = self.state.trouble(self.state.html)
        if trouble:
            self.text.value = f"<p>{words('section.refused')}</p><p>{escape(trouble)}</p>"
            return
        page = self.state.html()
        address = base64.b64encode(page.encode()).decode()
        title = escape(say("app.section.preview"), quote=True)
        source = f"data:text/html;charset=utf-8;base64,{address}"
        self.text.value = f'<iframe title="{title}" sandbox="" src="{source}"></iframe>'

    def _maker(self, suffix: str) -> Callable[[], object]:
        return lambda: self.state.attempt(lambda: self._make(suffix))

    def _make(self, suffix: str) -> None:
        self.links.value = f'<p role="status">{words("section.busy")}</p>'
        path = self.state.export(suffix, self.length.value)
        link = download(path.read_bytes(), FORMS[suffix], path.name, say("app.section.link", name=path.name))
        where = words("section.made", path=f"{RESULTS}/{path.name}")
        self.links.value = f'<p role="status">{where} {link}</p>'
