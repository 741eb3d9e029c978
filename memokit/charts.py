"""How the charts stand on their sheet. Shapes as data; `figures` draws them.

What is not known is written, never drawn as zero.
"""

from __future__ import annotations

from memokit.charts_grid import goals, places
from memokit.document import Figure
from memokit.paper import (
    BASE,
    DARK,
    END,
    INK,
    LIGHT,
    MUTED,
    PAPER,
    PLANNED_SPENT,
    RULE,
    TRACK,
    Sheet,
    amount,
    key,
    length,
    rows,
)
from memokit.paper import MM as MM
from memokit.paper import SIZE as SIZE
from memokit.paper import Shape as Shape
from memokit.texts import capital, number, say

# Of each group of a stacked bar: its tint, its hatch, and the colour of the number on it.
LOOKS = (
    (DARK, "", PAPER), ("#3b7a86", "", PAPER), (LIGHT, "", INK), ("#eef5f6", "////", INK), (PAPER, "", INK),
    (PAPER, "---", INK), ("#b3b8bd", "\\\\\\\\", INK),
)


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
    ways = {"stacked": _stacked, "dots": _dots, "bars": _bars, "goals": goals, "places": places}
    ways[figure.chart](figure, sheet)
    return sheet


# One bar of counts per row ----------------------------------------------------------------------------------


def _stacked(figure: Figure, sheet: Sheet) -> None:
    def swatch(i: int, x: float, y: float) -> None:
        sheet.box(x, y - 2.8, 3.8, 3.2, *LOOKS[i][:2])

    counts: dict[str, dict[str, float]] = {}
    for label, group, count in figure.rows:
        counts.setdefault(str(label), {})[str(group)] = amount(count)
    top = key(sheet, figure.series, swatch)
    left, middles, _ = rows(sheet, list(counts), top, 6.4, 2.4)
    scale = (sheet.width - left - END) / max((sum(parts.values()) for parts in counts.values()), default=1)
    for parts, middle in zip(counts.values(), middles, strict=True):
        x = left
        for name, look in zip(figure.series, LOOKS, strict=False):
            if count := parts.get(name):
                _segment(sheet, x, middle, count * scale, number(count), look)
                x += count * scale
        sheet.write(x + 1.8, middle + BASE, number(sum(parts.values())), bold=True)


def _segment(
    sheet: Sheet, x: float, middle: float, width: float, words: str, look: tuple[str, str, str]
) -> None:
    tint, hatch, colour = look
    sheet.box(x, middle - 2.9, width, 5.8, tint, hatch)
    if hatch:  # a ground under the number, so that it can be read
        room = length(words) + 1.4
        sheet.box(x + (width - room) / 2, middle - 2, room, 4, tint, edge="none")
    if width > length(words) + 0.8:
        sheet.write(x + width / 2, middle + BASE, words, align="center", bold=True, colour=colour)


# Scores, then and now ---------------------------------------------------------------------------------------


def _dots(figure: Figure, sheet: Sheet) -> None:
    def mark(i: int, x: float, y: float) -> None:
        sheet.dot(x + 2, y - BASE, filled=i == 1)

    top = key(sheet, figure.series, mark)
    labels = [str(capital(str(row[0]))) for row in figure.rows]
    left, middles, bottom = rows(sheet, labels, top + 1.1, 4.4, 2.2)
    zero = left + 12  # room for a score before the dot
    scale = (sheet.width - zero - 15) / 100
    for tick in range(0, 101, 25):
        x = zero + tick * scale
        sheet.line(x, top, x, bottom - 0.3, TRACK if tick else RULE)
        sheet.write(x, bottom + 3.3, number(tick), align="center", colour=MUTED)
    for (_, before, after), middle in zip(figure.rows, middles, strict=True):
        then, now = amount(before), amount(after)
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
    sheet.write(here + 2.6, middle + BASE, words, bold=True)
    behind = here + 4 + length(words)
    fits = behind + length(note) < sheet.width
    x, align = (behind, "left") if fits else (here - 2.6, "right")
    sheet.write(x, middle + BASE, note, align=align, colour=MUTED)


def _moved(sheet: Sheet, there: float, here: float, middle: float, then: float, now: float) -> None:
    """Draw the way from then to now, with the two scores at its ends."""
    side, before, after = (1, "right", "left") if now > then else (-1, "left", "right")
    if abs(here - there) > 2.6:
        sheet.line(there + side * 1.3, middle, here - side * 1.3, middle, "#6fa3ac", 2.2)
    sheet.write(there - side * 2.6, middle + BASE, number(then), align=before, colour=MUTED)
    sheet.write(here + side * 2.6, middle + BASE, number(now), align=after, bold=True)
    sheet.dot(there, middle, filled=False)


# Planned and spent ------------------------------------------------------------------------------------------


def _bars(figure: Figure, sheet: Sheet) -> None:
    def swatch(i: int, x: float, y: float) -> None:
        sheet.box(x, y - 2.8, 3.8, 3.2, *PLANNED_SPENT[i])

    top = key(sheet, figure.series, swatch, figure.unit)
    left, middles, bottom = rows(sheet, [str(row[0]) for row in figure.rows], top, 8.4, 2.2)
    known = [0.0, *(amount(value) for row in figure.rows for value in row[1:])]
    room = max(length(number(value)) for value in known)
    scale = (sheet.width - left - room - 3) / (max(known) - min(known) or 1)
    zero = left - min(known) * scale
    for row, middle in zip(figure.rows, middles, strict=True):
        for value, look, y in zip(row[1:], PLANNED_SPENT, (middle - 3.9, middle + 0.1), strict=True):
            width = amount(value) * scale
            if width:
                sheet.box(zero + min(width, 0), y, abs(width), 3.6, *look)
            words = number(None if value is None else amount(value))
            sheet.write(zero + max(width, 0) + 1.4, y + 2.9, words, bold=y > middle)
    sheet.line(zero, top - 0.6, zero, bottom - 1.4, MUTED, 0.8)
