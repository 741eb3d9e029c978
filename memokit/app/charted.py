"""What the document shows, on the page: a chart drawn once in the worker, with its table one click away."""

from __future__ import annotations

from html import escape
from typing import TypeVar

from memokit import figures
from memokit.app.parts import More, box, html
from memokit.app.shown import table
from memokit.app.state import State
from memokit.document import Figure, Paragraph, Table, plain
from memokit.evaluation import Evaluation
from memokit.texts import say

WIDTH = 190.0  # millimetres, as in HTML


B = TypeVar("B", Figure, Paragraph, Table)


def block(ev: Evaluation, name: str, kind: type[B]) -> B | None:
    """Return a block of the evaluation by its id and kind, or None when it has nothing to say."""
    return next((b for b in ev.document.blocks if isinstance(b, kind) and b.id == name), None)


def words_of(ev: Evaluation, name: str) -> str:
    """Return a paragraph of the evaluation, escaped; empty when it is not there."""
    found = block(ev, name, Paragraph)
    return escape(plain(found.text)) if found else ""


def table_named(ev: Evaluation, name: str) -> str:
    """Return a table of the evaluation by its id; empty when it is not there."""
    found = block(ev, name, Table)
    return table_of(found) if found else ""


def table_of(found: Table) -> str:
    """Return a table of the evaluation with its caption and remark; without footnote marks.

    Examples
    --------
    >>> from memokit.document import Column, runs
    >>> made = table_of(Table("t", "A & B", (Column("x"), Column("n", True)), ((runs("y"), runs("<1")),)))
    >>> "A &amp; B" in made, "&lt;1" in made
    (True, True)
    """
    heads = [_cell(escape(column.title), column.numeric) for column in found.columns]
    rows = [
        [_cell(escape(plain(cell)), column.numeric)
         for cell, column in zip(row, found.columns, strict=True)]
        for row in found.rows
    ]  # fmt: skip
    remark = f"<p class='memo-where'>{escape(plain(found.remark))}</p>"
    return wide(found.caption, table(heads, rows), 15 * len(heads)) + remark


def numeric(words: str) -> str:
    """Return a cell whose figures stand below each other."""
    return f"<div style='text-align:right'>{words}</div>"


def _cell(words: str, figures_: bool) -> str:
    return numeric(words) if figures_ else words


def wide(title: str, content: str, least: int = 0) -> str:
    """Return what may be wider than the window: it scrolls by itself, with the keyboard too.

    Parameters
    ----------
    least
        How wide the content is at least, in letters.
    """
    name = escape(title)
    look = "style='overflow-x:auto;width:0;min-width:100%'"
    return f"<p><b>{name}</b></p><div role='region' tabindex='0' aria-label='{name}' {look}>" + (
        f"<div style='min-width:{least}ch'>{content}</div></div>"
    )


def picture(svg: str, alt: str, least: str = "34rem", most: str = "56rem") -> str:
    """Return a chart that says in words what it shows."""
    drawn = svg.partition(" viewBox=")[2].strip()
    look = f'style="display:block;width:100%;min-width:{least};max-width:{most};height:auto"'
    return f'<svg role="img" aria-label="{escape(alt)}" {look} viewBox={drawn}'


class Chart:
    """A chart of the evaluation and the table with the same numbers."""

    def __init__(self, state: State, title: str) -> None:
        self.state = state
        self.figure: Figure | None = None
        self.drawing, self.table = html("", "chart"), html("")
        self.widget = box(self.drawing, More(title, self.table).widget, kind="stack")

    def show(self, ev: Evaluation | None, name: str) -> None:
        """Show a figure of an evaluation; without it the place is empty."""
        figure = block(ev, name, Figure) if ev else None
        if ev is None or figure is None:
            self.figure, self.widget.layout.display = None, "none"
            return
        self.widget.layout.display = ""
        self.table.value = table_named(ev, figure.table)
        if figure != self.figure:
            self.figure = figure
            self.state.later(figures.svg, figure, WIDTH, done=self._drawn, label=say("page_agenda.drawing"))

    def _drawn(self, svg: str) -> None:
        if self.figure is not None:
            self.drawing.value = wide(self.figure.message, picture(svg, self.figure.alt))
