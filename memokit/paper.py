"""The paper of a chart: shapes on a sheet of millimetres (y runs down), and what every chart has on it.

Nothing is told by colour alone: tints differ in lightness, and hatches, shapes, numbers or words say
the same. No layout engine: quick, and the same everywhere.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from memokit.document import Value

INK, MUTED, RULE, TRACK, PAPER = "#1c2327", "#56616a", "#c3cbd1", "#e4e8eb", "#ffffff"
DARK, LIGHT = "#0f4c58", "#a9cdd2"
PLANNED_SPENT = ((LIGHT, "////"), (DARK, ""))
SIZE = 9.0  # points, at the width of the page
MM = 25.4  # millimetres in an inch
LINE = 3.9  # from one line of a label to the next
BASE = 1.1  # from the middle of a line down to its baseline
END = 12.0  # room for the total behind a bar


@dataclass(frozen=True)
class Shape:
    """Something to draw: a text, a box, a line or a dot, with its place and its look."""

    kind: Literal["text", "box", "line", "dot"]
    place: tuple[float, ...]
    colour: str
    text: str = ""
    align: str = "left"
    bold: bool = False
    edge: str = "none"
    hatch: str = ""
    width: float = 0.6


class Sheet:
    """What is drawn, in order, in millimetres from the top left corner."""

    def __init__(self, width: float) -> None:
        self.width = width
        self.bottom = 0.0
        self.shapes: list[Shape] = []

    def _add(self, shape: Shape, bottom: float) -> None:
        self.shapes.append(shape)
        self.bottom = max(self.bottom, bottom)

    def write(
        self, x: float, y: float, text: str, *, align: str = "left", bold: bool = False, colour: str = INK
    ) -> None:
        """Write one line with its baseline at y."""
        self._add(Shape("text", (x, y), colour, text, align, bold), y + 1)

    def box(
        self, x: float, y: float, width: float, height: float, tint: str, hatch: str = "", edge: str = DARK
    ) -> None:
        """Draw a rectangle."""
        self._add(Shape("box", (x, y, width, height), tint, edge=edge, hatch=hatch), y + height)

    def line(
        self, x0: float, y0: float, x1: float, y1: float, colour: str = RULE, width: float = 0.6
    ) -> None:
        """Draw a straight line; the width is in points."""
        self._add(Shape("line", (x0, y0, x1, y1), colour, width=width), max(y0, y1))

    def dot(self, x: float, y: float, filled: bool) -> None:
        """Draw a disc, or a ring: now, or then."""
        self._add(Shape("dot", (x, y), DARK if filled else PAPER, edge=DARK, width=1.2), y + 1.3)


def length(text: str) -> float:
    """Return about how wide a text is, in millimetres: a little too wide, for other fonts in a browser."""
    return len(text) * SIZE * 0.53 * MM / 72


def amount(value: Value) -> float:
    """Return a value as a length; what is not known takes no room, and is written."""
    return float(value or 0)


def key(
    sheet: Sheet, names: Sequence[str], draw: Callable[[int, float, float], None], unit: str = ""
) -> float:
    """Write the key in one line, or more where it must; return where the chart may begin."""
    x, y = 0.0, 3.2
    for i, name in enumerate(names):
        if x and x + 5.5 + length(name) > sheet.width:
            x, y = 0.0, y + 5
        draw(i, x, y)
        sheet.write(x + 5.2, y, name)
        x += 10.5 + length(name)
    if unit:
        sheet.write(sheet.width, y, unit, align="right", colour=MUTED)
    return y + 3.5


def rows(
    sheet: Sheet, labels: Sequence[str], top: float, least: float, gap: float, indent: float = 0
) -> tuple[float, list[float], float]:
    """Write the label of each row; return where the bars may begin, the middle of each row, and the end."""
    column = min(max(map(length, labels), default=0.0), sheet.width * 0.34 - indent)
    letters = max(8, int(column / length("x") + 0.1))
    middles = []
    for label in labels:
        lines = textwrap.wrap(label, letters)
        height = max(least, len(lines) * LINE)
        middles.append(top + height / 2)
        for i, line in enumerate(lines):
            sheet.write(indent, middles[-1] + BASE + (i - (len(lines) - 1) / 2) * LINE, line)
        top += height + gap
    return indent + column + 3, middles, top
