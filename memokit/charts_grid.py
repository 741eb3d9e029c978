"""Two charts of their own: goals × actions × euro, and between which places a municipality stands."""

from __future__ import annotations

from collections.abc import Sequence

from memokit import facts
from memokit.document import Figure, Value
from memokit.paper import (
    BASE,
    DARK,
    INK,
    LIGHT,
    MUTED,
    PAPER,
    PLANNED_SPENT,
    TRACK,
    Sheet,
    amount,
    length,
    rows,
)
from memokit.texts import number, say

CHIP = 3.6  # the colour of a goal, as an accent beside its name
ACTION = 4.6  # so wide is one action at most
ACTIONS = 0.26  # of the sheet, for the actions
LEAST = 2.4  # narrower than this, actions are one bar and no boxes to count
# An action with this label, and one with nothing but a label: filled, and empty with a hatch.
MARKS = ((DARK, ""), (PAPER, "////"))


def goals(figure: Figure, sheet: Sheet) -> None:
    """Draw for each goal its actions as boxes to count, and the euros that are known beside them.

    Rows: goal, label, a count for each group of actions, planned, spent. `series` names the groups and then
    planned and spent.
    """
    left, middles, _ = rows(sheet, [str(row[1]) for row in figure.rows], 12.5, 8.4, 2.2, CHIP + 1.6)
    most = max((sum(map(amount, row[2:-2])) for row in figure.rows), default=1)
    unit = min(ACTION, (sheet.width * ACTIONS - 8) / max(most, 1))
    money = left + unit * most + 9
    _keys(sheet, 0, figure.series[:-2], MARKS)
    _keys(sheet, money, figure.series[-2:], PLANNED_SPENT)
    known = [amount(value) for row in figure.rows for value in row[-2:]]
    room = max((length(number(value)) for value in known), default=0)
    scale = (sheet.width - money - room - 3) / (max(known, default=0) or 1)
    for row, middle in zip(figure.rows, middles, strict=True):
        sheet.line(0, middle + 5.3, sheet.width, middle + 5.3, TRACK, 0.4)
        sheet.box(0, middle - CHIP / 2, CHIP, CHIP, facts.goals()[int(amount(row[0])) - 1].colour, edge=INK)
        x = _actions(sheet, left, middle, unit, row[2:-2])
        sheet.write(x + 1.6, middle + BASE, number(sum(map(amount, row[2:-2]))), bold=True)
        _euros(sheet, money, middle, scale, row[-2:])


def _keys(sheet: Sheet, x: float, names: Sequence[str], looks: Sequence[tuple[str, str]]) -> None:
    """Write what the looks mean, below each other, above what they are about."""
    for i, (name, look) in enumerate(zip(names, looks, strict=False)):
        sheet.box(x, 0.4 + 5 * i, 3.8, 3.2, *look)
        sheet.write(x + 5.2, 3.2 + 5 * i, name)


def _actions(sheet: Sheet, x: float, middle: float, unit: float, counts: tuple[Value, ...]) -> float:
    """Draw a box for each action, or one bar where there are too many; return where they end."""
    for count, look in zip(counts, MARKS, strict=False):
        n = int(amount(count))
        boxes = n if unit >= LEAST else min(n, 1)
        width = n * unit / boxes if boxes else 0
        for _ in range(boxes):
            sheet.box(x, middle - 2.1, width - (0.7 if unit >= LEAST else 0), 4.2, *look)
            x += width
    return x


def _euros(sheet: Sheet, left: float, middle: float, scale: float, euros: tuple[Value, ...]) -> None:
    if None in euros:
        sheet.write(left, middle + BASE, say("section.agenda.public_nothing"), colour=MUTED)
        return
    for value, look, y in zip(map(amount, euros), PLANNED_SPENT, (middle - 3.9, middle + 0.1), strict=True):
        sheet.box(left, y, max(value * scale, 0.3), 3.6, *look)
        sheet.write(left + value * scale + 1.4, y + 2.9, number(value), bold=y > middle)


def places(figure: Figure, sheet: Sheet) -> None:
    """Draw between which places one municipality stands: a row of places with a bar over the likely ones.

    Rows: label, first place, last place, of how many.
    """
    left, middles, bottom = rows(sheet, [str(row[0]) for row in figure.rows], 2.0, 7.0, 2.0)
    last = max((int(amount(row[3])) for row in figure.rows), default=1)
    step = (sheet.width - left - 2) / last
    for row, middle in zip(figure.rows, middles, strict=True):
        low, high = int(amount(row[1])), int(amount(row[2]))
        sheet.box(left, middle - 1.2, step * last, 2.4, TRACK, edge="none")
        look = (DARK, "") if middle == middles[0] else (LIGHT, "////")
        sheet.box(left + (low - 1) * step, middle - 2.6, (high - low + 1) * step, 5.2, *look)
    for place in range(1, last + 1):
        if place in (1, last) or (place % 5 == 0 and last - place > 1):
            x = left + (place - 0.5) * step
            sheet.write(x, bottom + 2.4, number(place), align="center", colour=MUTED)
