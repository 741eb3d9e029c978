"""How the three charts stand on a sheet of millimetres (y runs down). Shapes as data; `figures` draws them.

Nothing is told by colour alone: tints differ in lightness, and hatches, shapes, numbers or words say
the same. What is not known is written, never drawn as zero. No layout engine: quick, and the same everywhere.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from memokit.document import Figure, Value
from memokit.texts import capital, number, say

INK, MUTED, RULE, TRACK, PAPER = "#1c2327", "#56616a", "#c3cbd1", "#e4e8eb", "#ffffff"
DARK, LIGHT = "#0f4c58", "#a9cdd2"
# Of each group of a stacked bar: its tint, its hatch, and the colour of the number on it.
LOOKS = (
    (DARK, "", PAPER), ("#3b7a86", "", PAPER), (LIGHT, "", INK), ("#eef5f6", "////", INK), (PAPER, "", INK),
    (PAPER, "---", INK), ("#b3b8bd", "\\\\\\\\", INK),
)
PLANNED_SPENT = ((LIGHT, "////"), (DARK, ""))
SIZE = 9.0  # points, at the width of the page
MM = 25.4  # millimetres in an inch
_LINE = 3.9  # from one line of a label to the next
_BASE = 1.1  # from the middle of a line down to its baseline
_END = 12.0  # room for the total behind a bar


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


def lay_out(figure: Figure, width: float) -> Sheet:
    """Lay a chart out on a sheet of this width.

    Examples
    --------
    >>> chart = Figure("f", "bars", "", "", ("Geraamd", "Uitgegeven"), (("Noodhulp", 8000, None),))
    >>> sheet = lay_out(chart, 165)
    >>> [shape.text for shape in sheet.shapes if shape.kind == "text"]
    ['Geraamd', 'Uitgegeven', 'Noodhulp', '8.000', 'n.b.']
    """
    sheet = Sheet(width)
    {"stacked": _stacked, "dots": _dots, "bars": _bars}[figure.chart](figure, sheet)
    return sheet


# What the charts share --------------------------------------------------------------------------------------


def _length(text: str) -> float:
    """Return about how wide a text is, in millimetres: a little too wide, for other fonts in a browser."""
    return len(text) * SIZE * 0.53 * MM / 72


def _amount(value: Value) -> float:
    return float(value or 0)


def _key(
    sheet: Sheet, names: Sequence[str], draw: Callable[[int, float, float], None], unit: str = ""
) -> float:
    """Write the key in one line, or more where it must; return where the chart may begin."""
    x, y = 0.0, 3.2
    for i, name in enumerate(names):
        if x and x + 5.5 + _length(name) > sheet.width:
            x, y = 0.0, y + 5
        draw(i, x, y)
        sheet.write(x + 5.2, y, name)
        x += 10.5 + _length(name)
    if unit:
        sheet.write(sheet.width, y, unit, align="right", colour=MUTED)
    return y + 3.5


def _rows(
    sheet: Sheet, labels: Sequence[str], top: float, least: float, gap: float
) -> tuple[float, list[float], float]:
    """Write the label of each row; return where the bars may begin, the middle of each row, and the end."""
    column = min(max(map(_length, labels), default=0.0), sheet.width * 0.34)
    letters = max(8, int(column / _length("x") + 0.1))
    middles = []
    for label in labels:
        lines = textwrap.wrap(label, letters)
        height = max(least, len(lines) * _LINE)
        middles.append(top + height / 2)
        for i, line in enumerate(lines):
            sheet.write(0, middles[-1] + _BASE + (i - (len(lines) - 1) / 2) * _LINE, line)
        top += height + gap
    return column + 3, middles, top


# One bar of counts per row ----------------------------------------------------------------------------------


def _stacked(figure: Figure, sheet: Sheet) -> None:
    def swatch(i: int, x: float, y: float) -> None:
        sheet.box(x, y - 2.8, 3.8, 3.2, *LOOKS[i][:2])

    counts: dict[str, dict[str, float]] = {}
    for label, group, count in figure.rows:
        counts.setdefault(str(label), {})[str(group)] = _amount(count)
    top = _key(sheet, figure.series, swatch)
    left, middles, _ = _rows(sheet, list(counts), top, 6.4, 2.4)
    scale = (sheet.width - left - _END) / max((sum(parts.values()) for parts in counts.values()), default=1)
    for parts, middle in zip(counts.values(), middles, strict=True):
        x = left
        for name, look in zip(figure.series, LOOKS, strict=False):
            if count := parts.get(name):
                _segment(sheet, x, middle, count * scale, number(count), look)
                x += count * scale
        sheet.write(x + 1.8, middle + _BASE, number(sum(parts.values())), bold=True)


def _segment(
    sheet: Sheet, x: float, middle: float, width: float, words: str, look: tuple[str, str, str]
) -> None:
    tint, hatch, colour = look
    sheet.box(x, middle - 2.9, width, 5.8, tint, hatch)
    if hatch:  # a ground under the number, so that it can be read
        room = _length(words) + 1.4
        sheet.box(x + (width - room) / 2, middle - 2, room, 4, tint, edge="none")
    if width > _length(words) + 0.8:
        sheet.write(x + width / 2, middle + _BASE, words, align="center", bold=True, colour=colour)


# Scores, then and now ---------------------------------------------------------------------------------------


def _dots(figure: Figure, sheet: Sheet) -> None:
    def mark(i: int, x: float, y: float) -> None:
        sheet.dot(x + 2, y - _BASE, filled=i == 1)

    top = _key(sheet, figure.series, mark)
    labels = [str(capital(str(row[0]))) for row in figure.rows]
    left, middles, bottom = _rows(sheet, labels, top + 1.1, 4.4, 2.2)
    zero = left + 12  # room for a score before the dot
    scale = (sheet.width - zero - 15) / 100
    for tick in range(0, 101, 25):
        x = zero + tick * scale
        sheet.line(x, top, x, bottom - 0.3, TRACK if tick else RULE)
        sheet.write(x, bottom + 3.3, number(tick), align="center", colour=MUTED)
    for (_, before, after), middle in zip(figure.rows, middles, strict=True):
        then, now = _amount(before), _amount(after)
        here = zero + now * scale
        if before is None:
            _alone(sheet, here, middle, number(now), f"({figure.series[0]}: {number(None)})")
        elif then == now:
            _alone(sheet, here, middle, number(now), say("writers.same"))
        else:
            _moved(sheet, zero + then * scale, here, middle, then, now)
        sheet.dot(here, middle, filled=True)


def _alone(sheet: Sheet, here: float, middle: float, words: str, note: str) -> None:
    """Write one score, with a note behind it, or before the dot where the sheet ends."""
    sheet.write(here + 2.6, middle + _BASE, words, bold=True)
    behind = here + 4 + _length(words)
    fits = behind + _length(note) < sheet.width
    x, align = (behind, "left") if fits else (here - 2.6, "right")
    sheet.write(x, middle + _BASE, note, align=align, colour=MUTED)


def _moved(sheet: Sheet, there: float, here: float, middle: float, then: float, now: float) -> None:
    """Draw the way from then to now, with the two scores at its ends."""
    side, before, after = (1, "right", "left") if now > then else (-1, "left", "right")
    if abs(here - there) > 2.6:
        sheet.line(there + side * 1.3, middle, here - side * 1.3, middle, "#6fa3ac", 2.2)
    sheet.write(there - side * 2.6, middle + _BASE, number(then), align=before, colour=MUTED)
    sheet.write(here + side * 2.6, middle + _BASE, number(now), align=after, bold=True)
    sheet.dot(there, middle, filled=False)


# Planned and spent ------------------------------------------------------------------------------------------


def _bars(figure: Figure, sheet: Sheet) -> None:
    def swatch(i: int, x: float, y: float) -> None:
        sheet.box(x, y - 2.8, 3.8, 3.2, *PLANNED_SPENT[i])

    top = _key(sheet, figure.series, swatch, figure.unit)
    left, middles, bottom = _rows(sheet, [str(row[0]) for row in figure.rows], top, 8.4, 2.2)
    known = [0.0, *(_amount(value) for row in figure.rows for value in row[1:])]
    room = max(_length(number(value)) for value in known)
    scale = (sheet.width - left - room - 3) / (max(known) - min(known) or 1)
    zero = left - min(known) * scale
    for row, middle in zip(figure.rows, middles, strict=True):
        for value, look, y in zip(row[1:], PLANNED_SPENT, (middle - 3.9, middle + 0.1), strict=True):
            width = _amount(value) * scale
            if width:
                sheet.box(zero + min(width, 0), y, abs(width), 3.6, *look)
            words = number(None if value is None else _amount(value))
            sheet.write(zero + max(width, 0) + 1.4, y + 2.9, words, bold=y > middle)
    sheet.line(zero, top - 0.6, zero, bottom - 1.4, MUTED, 0.8)
