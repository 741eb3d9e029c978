"""The cells of any notebook, joined: each a piece of HTML, with the footnotes that they share.

Every Markdown cell is parsed by itself, so that a fence or a comment that is left open ends with its cell;
footnotes and link definitions are known in all of them. Code is never shown; its outputs are.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any

import mistune
from mistune.plugins.footnotes import footnotes, parse_footnote_item
from mistune.plugins.formatting import strikethrough
from mistune.plugins.table import table
from nbformat import NotebookNode

from memokit.texts import NOTE_CLOSE, NOTE_OPEN, say
from memokit.writers import cleaned
from memokit.writers.foreign import clean
from memokit.writers.still import bundle, still

HIDE, ALLOWED = "verbergen", "raises-exception"  # tags of a cell
_VIEW = "application/vnd.jupyter.widget-view+json"
_STATE = "application/vnd.jupyter.widget-state+json"
_SHOWN = ("image/svg+xml", "image/png", "image/jpeg", "text/html", "text/markdown", "text/plain")
_OBJECT = re.compile(r"[\[({]*<|[A-Za-z_][\w.]*\(")  # how Python speaks of an object that is no text
_DEFINED = re.compile(r"^ {0,3}\[\^([^\]\s]+)\]:", re.M)


class StoppedError(Exception):
    """The notebook cannot be exported as it is; the message names the cell."""


@dataclass
class Joined:
    """The pieces of HTML in order, each with its place in words; the footnotes by key; what fell out."""

    pieces: list[tuple[str, str]] = field(default_factory=list)
    notes: dict[str, str] = field(default_factory=dict)
    lost: list[str] = field(default_factory=list)

    def add(self, where: str, html: str) -> None:
        """Take a piece in, made safe."""
        self.pieces.append((where, self.safe(where, html)))

    def safe(self, where: str, html: str) -> str:
        """Return a piece without what may not stay, and keep the names of what fell out."""
        kept, names = clean(html)
        if names:
            self.lost.append(say("exporters.lost.html", where=where, names=list(names)))
        return kept


def join(book: NotebookNode) -> Joined:
    """Return the cells of a notebook as HTML.

    Raises
    ------
    StoppedError
        A cell ended in an error, or the code was never run.
    """
    cells = [
        (number, cell) for number, cell in enumerate(book.cells, start=1)
        if HIDE not in (cell.metadata.get("tags") or ()) and cell.cell_type != "raw"
    ]  # fmt: skip
    _refuse_unrun(cells)
    joined, markdown = Joined(), _Markdown(cells)
    states = ((book.metadata.get("widgets") or {}).get(_STATE) or {}).get("state") or {}
    for number, cell in cells:
        where = _place(number, cell)
        if cell.cell_type == "markdown":
            joined.add(where, markdown.html(number))
        else:
            for output in cell.get("outputs", ()):
                for html in _output(output, states, where, joined):
                    joined.add(where, cleaned(html))
    for key, html in markdown.notes().items():
        joined.notes[key] = joined.safe(say("exporters.notes"), html)
    return joined


def _place(number: int, cell: NotebookNode) -> str:
    return say("exporters.cell", number=number, id=cell.get("id", ""))


def _refuse_unrun(cells: Sequence[tuple[int, NotebookNode]]) -> None:
    code = [(number, cell) for number, cell in cells if cell.cell_type == "code" and cell.source.strip()]
    if code and not any(cell.get("outputs") for _, cell in code):
        raise StoppedError(say("exporters.not_run", where=_place(*code[0])))
    for number, cell in code:
        if ALLOWED not in (cell.metadata.get("tags") or ()):
            for output in cell.outputs:
                if output.output_type == "error":
                    error = f"{output.ename}: {output.evalue}"[:300]
                    raise StoppedError(say("exporters.failed", where=_place(number, cell), error=error))


def _output(output: NotebookNode, states: Mapping[str, Any], where: str, joined: Joined) -> Iterator[str]:
    """Yield an output as HTML; what cannot stand on paper is named."""
    if output.output_type == "stream":
        if output.name == "stdout":
            yield f"<pre>{escape(output.text)}</pre>"
        else:
            joined.lost.append(say("exporters.lost.message", where=where))
        return
    if output.output_type == "error":
        joined.lost.append(say("exporters.lost.error", where=where))
        return
    data = output.get("data") or {}
    view = data.get(_VIEW)
    if view and view.get("model_id") in states:
        yield still(view["model_id"], states)
    elif "text/markdown" in data:
        yield str(mistune.html(data["text/markdown"]))
    elif view and "text/html" not in data:
        joined.lost.append(say("exporters.lost.widget", where=where))
    elif not set(_SHOWN) & set(data):
        joined.lost.append(say("exporters.lost.output", where=where, names=sorted(data)))
    elif not (set(data) & set(_SHOWN) == {"text/plain"} and _OBJECT.match(data["text/plain"])):
        yield bundle(data, output.get("metadata"))


class _Renderer(mistune.HTMLRenderer):
    """Writes HTML as it stands, to be cleaned; pictures come from the cell, footnotes are marked."""

    def __init__(self) -> None:
        super().__init__(escape=False)
        self.attached: Mapping[str, Mapping[str, str]] = {}

    def image(self, text: str, url: str, title: str | None = None) -> str:
        """Return a picture; one that is attached to the cell carries its data."""
        found = self.attached.get(url.removeprefix("attachment:")) if url.startswith("attachment:") else None
        for kind, data in (found or {}).items():
            url = f"data:{kind};base64,{''.join(data.split())}"
        return f'<img alt="{escape(text)}" src="{escape(url)}">'

    def link(self, text: str, url: str, title: str | None = None) -> str:
        """Return a link with its address as it was written."""
        return f'<a href="{escape(url)}">{text}</a>'


class _Markdown:
    """All Markdown cells, parsed once: what is defined in one holds in the others."""

    def __init__(self, cells: Sequence[tuple[int, NotebookNode]]) -> None:
        self.renderer = _Renderer()
        self.parser = mistune.Markdown(self.renderer, plugins=[table, footnotes, strikethrough])
        self.parser.after_render_hooks.clear()  # footnotes come once, after all cells
        self.renderer.register("footnote_ref", _reference)
        self.cells = {number: cell for number, cell in cells if cell.cell_type == "markdown"}
        defined = Counter(label for cell in self.cells.values() for label in _labels(cell.source))
        self.env: dict[str, Any] = {"ref_links": {}}
        self.states = {}
        for number, cell in self.cells.items():
            own = {label for label in _labels(cell.source) if defined[label] > 1}
            source = _with_own_labels(cleaned(cell.source), own, number)
            state = self.parser.block.state_cls()
            state.env = self.env
            state.process(source.replace("\r\n", "\n").replace("\r", "\n") + "\n")
            self.parser.block.parse(state)
            self.states[number] = state

    def html(self, number: int) -> str:
        """Return one cell as HTML."""
        self.renderer.attached = self.cells[number].get("attachments") or {}
        return str(self.parser.render_state(self.states[number]))

    def notes(self) -> dict[str, str]:
        """Return the footnotes that were used, by key."""
        made: dict[str, str] = {}
        state = self.parser.block.state_cls()
        state.env = self.env
        for key in self.env.get("footnotes", ()):
            item = parse_footnote_item(self.parser.block, key, 1, state)
            state.tokens = item["children"]
            made[key] = str(self.parser.render_state(state))
        return made


def _reference(renderer: object, key: str, index: int) -> str:
    return f"{NOTE_OPEN}{escape(key)}{NOTE_CLOSE}"


def _with_own_labels(source: str, own: set[str], number: int) -> str:
    """Return a cell in which the footnotes that other cells define too are told apart."""

    def named(match: re.Match[str]) -> str:
        return f"[^{number}:{match[1]}]" if match[1].lower() in own else match[0]

    return re.sub(r"\[\^([^\]\s]+)\]", named, source)


def _labels(source: str) -> set[str]:
    return {label.lower() for label in _DEFINED.findall(source)}
