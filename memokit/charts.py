"""How the four charts stand on a sheet of millimetres (y runs down). Shapes as data; `figures` draws them.

Nothing is told by colour alone: tints differ in lightness, and hatches, shapes, numbers or words say
the same. What is not known is written, never drawn as zero. No layout engine: quick, and the same everywhere.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from memokit import texts
from memokit.document import Figure, Value

INK, MUTED, RULE, TRACK, PAPER = "#1c2327", "#56616a", "#c3cbd1", "#e4e8eb", "#ffffff"
DARK, LIGHT = "#0f4c58", "#a9cdd2"
TINTS = (DARK, "#3b7a86", LIGHT, "#eef5f6", "#ffffff", "#ffffff", "#b3b8bd", "#e3e5e7")
HATCHES = ("", "", "", "////", "", "---", "\\\\\\\\", "xx")
SIZE = 9.0  # points, at the width of the page
MM = 25.4  # millimetres in an inch
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

    def box(self, x: float, y: float, width: float, height: float, tint: str, hatch: str = "") -> None:
        """Draw a rectangle with an outline in the dark tint."""
        self._add(Shape("box", (x, y, width, height), tint, edge=DARK, hatch=hatch), y + height)

    def patch(self, x: float, y: float, width: float, height: float, tint: str) -> None:
        """Draw a rectangle without an outline: the ground under a figure on a hatch."""
        self._add(Shape("box", (x, y, width, height), tint), y + height)

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
    _CHARTS[figure.chart](figure, sheet)
    return sheet


def _length(text: str) -> float:
    """Return about how wide a text is, in millimetres: a little too wide, for other fonts in a browser."""
    return len(text) * SIZE * 0.53 * MM / 72


def _wrap(text: object, width: float) -> list[str]:
    letters = max(8, int(width / _length("x") + 0.1))
    return textwrap.wrap(str(text), letters) or [""]


def _amount(value: Value) -> float | None:
    """Return a value as a number; what is missing or not a number is None."""
    if value is None or isinstance(value, str) or value != value:
        return None
    return float(value)


def decimals(figure: Figure) -> int:
    """Return with how many decimals the values of a chart are written: as many as they need, two at most.

    Examples
    --------
    >>> decimals(Figure("f", "bars", "", "", ("a", "b"), (("x", 750, 749.5), ("y", None, 3))))
    1
    """
    found = [_amount(value) for row in figure.rows for value in row[1:]]
    known = [value for value in found if value is not None]
    return next((n for n in (0, 1) if all(round(v, n) == round(v, 6) for v in known)), 2)


def _label_column(figure: Figure, sheet: Sheet) -> float:
    longest = max((_length(str(row[0])) for row in figure.rows), default=0.0)
    return min(longest, sheet.width * 0.34) + 3


def _write_label(sheet: Sheet, lines: Sequence[str], middle: float) -> None:
    top = middle - (len(lines) - 1) * 1.95 + 1.1
    for i, line in enumerate(lines):
        sheet.write(0, top + i * 3.9, line)


def _key(sheet: Sheet, items: Sequence[tuple[Callable[[float, float], None], str]], unit: str = "") -> float:
    """Write the key in one line, or more where it must; return where the chart may begin."""
    x, y = 0.0, 3.2
    for draw, name in items:
        if x and x + 5.5 + _length(name) > sheet.width:
            x, y = 0.0, y + 5
        draw(x, y)
        sheet.write(x + 5.2, y, name)
        x += 10.5 + _length(name)
    if unit and x and x + _length(unit) > sheet.width:
        x, y = 0.0, y + 5
    if unit:
        sheet.write(sheet.width, y, unit, align="right", colour=MUTED)
    return y + 3.5


# One bar of counts, or several ------------------------------------------------------------------------------


def _look(figure: Figure, group: int) -> tuple[str, str, str]:
    """Return tint, hatch and colour of the figure for a group."""
    tint = figure.colours[group] if group < len(figure.colours) else TINTS[group % len(TINTS)]
    hatch = "" if group < len(figure.colours) else HATCHES[group % len(HATCHES)]
    red, green, blue = (int(tint[i : i + 2], 16) for i in (1, 3, 5))
    return tint, hatch, "#ffffff" if 0.3 * red + 0.59 * green + 0.11 * blue < 130 else INK


def _stacked(figure: Figure, sheet: Sheet) -> None:
    labels = list(dict.fromkeys(str(row[0] or "") for row in figure.rows))
    counts = {(str(row[0] or ""), str(row[1])): _amount(row[2]) for row in figure.rows}
    used = [i for i, name in enumerate(figure.series) if any(counts.get((label, name)) for label in labels)]
    totals = {label: sum(counts.get((label, name)) or 0 for name in figure.series) for label in labels}
    left = _label_column(figure, sheet) if len(labels) > 1 else 0.0
    scale = (sheet.width - left - _END) / max(totals.values(), default=0) if any(totals.values()) else 0.0
    direct = len(labels) == 1 and scale > 0 and _fits(figure, labels[0], used, counts, scale)
    names = [(_swatch(sheet, *_look(figure, i)[:2]), figure.series[i]) for i in used]
    y = 1.0 if direct else _key(sheet, names)
    for label in labels:
        lines = _wrap(label, left - 3) if left else []
        height = 9.0 if not left else max(6.4, len(lines) * 3.9)
        middle = y + height / 2
        _write_label(sheet, lines, middle)
        unknown = [name for name in figure.series if (label, name) in counts and counts[label, name] is None]
        end = _segments(figure, sheet, label, counts, (left, middle), scale, direct)
        total = texts.number(totals[label]) if totals[label] or not unknown else ""
        missing = texts.number(None) if unknown else ""
        sheet.write(end + 1.8, middle + 1.1, " + ".join(filter(None, (total, missing))), bold=True)
        y += height + 2.4


def _swatch(sheet: Sheet, tint: str, hatch: str) -> Callable[[float, float], None]:
    return lambda x, y: sheet.box(x, y - 2.8, 3.8, 3.2, tint, hatch)


def _fits(
    figure: Figure, label: str, used: Sequence[int], counts: dict[tuple[str, str], float | None], scale: float
) -> bool:
    """Tell whether each name can stand under its own part of the bar, in three lines."""
    for i in used:
        name = figure.series[i]
        room = (counts.get((label, name)) or 0) * scale - 1.5 + (_END if i == used[-1] else 0)
        if max(_length(word) for word in name.split() or [""]) > room or len(_wrap(name, room)) > 3:
            return False
    return True


def _segments(
    figure: Figure, sheet: Sheet, label: str, counts: dict[tuple[str, str], float | None],
    start: tuple[float, float], scale: float, direct: bool,
) -> float:  # fmt: skip
    x, middle = start
    half = 2.9 if x else 4.5
    last = max((i for i, name in enumerate(figure.series) if counts.get((label, name))), default=0)
    for i, name in enumerate(figure.series):
        count = counts.get((label, name)) or 0
        if not count:
            continue
        tint, hatch, colour = _look(figure, i)
        width, words = count * scale, texts.number(count)
        sheet.box(x, middle - half, width, 2 * half, tint, hatch)
        if hatch:
            room = _length(words) + 1.4
            sheet.patch(x + (width - room) / 2, middle - 2, room, 4, tint)
        if width > _length(words) + 0.8:
            sheet.write(x + width / 2, middle + 1.1, words, align="center", bold=True, colour=colour)
        for line, part in enumerate(_wrap(name, width - 1.5 + (_END if i == last else 0)) if direct else ()):
            sheet.write(x + 0.2, middle + half + 4 + line * 3.9, part)
        x += width
    return x


# Then and now -----------------------------------------------------------------------------------------------


def _pairs(figure: Figure, sheet: Sheet) -> None:
    known = [v for row in figure.rows for v in map(_amount, row[1:3]) if v is not None]
    low, high = min([0.0, *known]), max([0.0, *known])
    _dumbbells(figure, sheet, low, high or 1.0, (0.0,))


def _dots(figure: Figure, sheet: Sheet) -> None:
    _dumbbells(figure, sheet, 0.0, 100.0, (0.0, 25.0, 50.0, 75.0, 100.0))


def _dumbbells(figure: Figure, sheet: Sheet, low: float, high: float, ticks: Sequence[float]) -> None:
    marks = [(_mark(sheet, False), figure.series[0]), (_mark(sheet, True), figure.series[1])]
    top = y = _key(sheet, marks, figure.unit)
    left = _label_column(figure, sheet) + 12
    span = sheet.width - left - 15

    def at(value: float) -> float:
        return left + (value - low) / (high - low) * span

    rows = []
    for row in figure.rows:
        lines = _wrap(row[0], left - 15)
        height = max(6.6, len(lines) * 3.9 + 2.2)
        rows.append((row, lines, y + height / 2))
        y += height
    for tick in ticks:
        sheet.line(at(tick), top, at(tick), y + 0.8, TRACK if tick else RULE)
        sheet.write(at(tick), y + 4.4, texts.number(tick), align="center", colour=MUTED)
    for row, lines, middle in rows:
        _write_label(sheet, lines, middle)
        _dumbbell(figure, sheet, row, at, middle)


def _mark(sheet: Sheet, filled: bool) -> Callable[[float, float], None]:
    return lambda x, y: sheet.dot(x + 2, y - 1.1, filled)


def _dumbbell(
    figure: Figure, sheet: Sheet, row: Sequence[Value], at: Callable[[float], float], middle: float
) -> None:
    places, base = decimals(figure), middle + 1.1
    then, now = _amount(row[1]), _amount(row[2])
    if then is None or now is None:
        _half_known(figure, sheet, (then, now), at, base)
        return
    side = 1 if now >= then else -1
    ends = ("right", "left") if side > 0 else ("left", "right")
    if abs(at(now) - at(then)) > 2.6:
        sheet.line(at(then) + side * 1.3, middle, at(now) - side * 1.3, middle, "#6fa3ac", 2.2)
    same = texts.say("writers.same")
    if then == now:
        sheet.write(at(now) + 2.6, base, f"{texts.number(now, places)} {same}", bold=True)
    else:
        sheet.write(at(then) - side * 2.6, base, texts.number(then, places), align=ends[0], colour=MUTED)
        sheet.write(at(now) + side * 2.6, base, texts.number(now, places), align=ends[1], bold=True)
        sheet.dot(at(then), middle, False)
    sheet.dot(at(now), middle, True)


def _half_known(
    figure: Figure,
    sheet: Sheet,
    pair: tuple[float | None, float | None],
    at: Callable[[float], float],
    base: float,
) -> None:
    """Show what is known of then and now, and write what is not."""
    missing = texts.number(None)
    if pair == (None, None):
        sheet.write(at(0.0) + 2.6, base, missing, colour=MUTED)
        return
    known = 0 if pair[0] is not None else 1
    value = pair[known] or 0.0
    words = texts.number(value, decimals(figure))
    sheet.dot(at(value), base - 1.1, known == 1)
    sheet.write(at(value) + 2.6, base, words, bold=known == 1)
    rest = f"({figure.series[1 - known]}: {missing})"
    inside = at(value) + 5 + _length(words + rest) < sheet.width
    x, align = (at(value) + 4 + _length(words), "left") if inside else (at(value) - 2.6, "right")
    sheet.write(x, base, rest, align=align, colour=MUTED)


# Planned and spent ------------------------------------------------------------------------------------------


def _bars(figure: Figure, sheet: Sheet) -> None:
    looks = ((LIGHT, "////"), (DARK, ""))
    names = zip(looks, figure.series[:2], strict=True)
    y = _key(sheet, [(_swatch(sheet, *look), name) for look, name in names], figure.unit)
    left, places = _label_column(figure, sheet), decimals(figure)
    known = [v for row in figure.rows for v in map(_amount, row[1:3]) if v is not None]
    low, high = min([0.0, *known]), max([0.0, *known])
    span = sheet.width - left - max((_length(texts.number(v, places)) for v in known), default=0) - 3
    zero = left - low / ((high - low) or 1) * span
    top = y
    for row in figure.rows:
        lines = _wrap(row[0], left - 3)
        height = max(8.4, len(lines) * 3.9)
        middle = y + height / 2
        _write_label(sheet, lines, middle)
        for value, (tint, hatch), offset in zip(map(_amount, row[1:3]), looks, (-3.9, 0.1), strict=True):
            width = (value or 0.0) / ((high - low) or 1) * span
            if value:
                sheet.box(min(zero, zero + width), middle + offset, abs(width), 3.6, tint, hatch)
            end, base, words = (
                zero + max(width, 0.0) + 1.4,
                middle + offset + 2.9,
                texts.number(value, places),
            )
            if value is None:
                sheet.write(end, base, words, colour=MUTED)
            else:
                sheet.write(end, base, words, bold=offset > 0)
        y += height + 2.2
    sheet.line(zero, top - 0.6, zero, y - 1.4, MUTED, 0.8)


_CHARTS: dict[str, Callable[[Figure, Sheet], None]] = {
    "stacked": _stacked, "pairs": _pairs, "dots": _dots, "bars": _bars,
}  # fmt: skip
