"""Charts: the same bytes each time, what is missing is written, nothing is read as markup."""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree

import pytest

from memokit import charts, figures
from memokit.document import Figure
from memokit.measures.actions import COUNTED

STATUSES = ("gerealiseerd", "grotendeels gerealiseerd", "in uitvoering", "niet te beoordelen")
CHARTS = {
    "stacked": Figure(
        "s", "stacked", "Zes van de tien", "", STATUSES,
        (("Eerlijke handel & <b> $x_1$", "gerealiseerd", 4), ("Noodhulp", "in uitvoering", 3),
         ("Noodhulp", "niet te beoordelen", 1)),
    ),
    "bars": Figure(
        "b", "bars", "Noodhulp", "", ("Geraamd", "Uitgegeven"),
        (("Stedenband " * 6, 8000, None), ("Titel", 750, 0), ("Terug", 500, -250)), unit="euro",
    ),
    "dots": Figure(
        "d", "dots", "SDG 12", "", ("2018", "nu"),
        (("SDG 12", 40, 62.5), ("alleen nu", None, 25), ("top", None, 100), ("gelijk", 100, 100),
         ("SDG 1", 97, 3)),
    ),
    "goals": Figure(
        "g", "goals", "Bij twee alleen het label", "",
        ("andere actie met dit label", "actie met alleen een SDG-label", "euro geraamd", "euro uitgegeven"),
        ((2, "SDG 2 Geen honger", 0, 1, None, None), (7, "SDG 7 Energie", 2, 1, 360000, 354430),
         (17, "SDG 17 Partnerschap om doelstellingen te bereiken", 2, 0, 0, 250)),
    ),
    "places": Figure("p", "places", "", "", (), (("Plaats", 3, 9, 22), ("Vorige keuze", 22, 22, 22))),
}


def words(svg: str) -> list[str]:
    """Return the texts of a chart, in order."""
    root = ElementTree.fromstring(svg)
    return [node.text or "" for node in root.iter("{http://www.w3.org/2000/svg}text")]


@pytest.mark.parametrize("name", CHARTS)
def test_the_same_bytes_each_time(name: str) -> None:
    chart = CHARTS[name]
    assert figures.svg(chart) == figures.svg(chart)
    assert figures.png(chart) == figures.png(chart)


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_carries_nothing_but_shapes_and_texts(name: str) -> None:
    svg = figures.svg(CHARTS[name])
    assert svg.startswith("<svg") and len(svg) < 30_000
    assert not re.search(r"<(script|style|metadata|image|title)|Matplotlib|\d{4}-\d\d-\d\d", svg)
    assert set(re.findall(r"https?://[^\"]+", svg)) == {"http://www.w3.org/2000/svg"}


def test_ids_differ_between_charts_on_one_page() -> None:
    ids = [set(re.findall(r' id="([^"]+)"', figures.svg(chart))) for chart in CHARTS.values()]
    assert sum(map(len, ids)) == len(set().union(*ids)) > 0


def test_missing_is_written_and_never_zero() -> None:
    assert words(figures.svg(CHARTS["dots"])).count("(2018: n.b.)") == 2
    assert words(figures.svg(CHARTS["bars"])).count("n.b.") == 1
    assert "0" in words(figures.svg(CHARTS["bars"]))  # a real zero is a zero


def test_goals_without_euros_say_so_and_zero_is_zero() -> None:
    found = words(figures.svg(CHARTS["goals"]))
    assert found.count("geen cijfer gevonden") == 1
    assert {"0", "250", "360.000", "354.430"} <= set(found)
    assert [text for text in found if text in ("1", "2", "3")] == ["1", "3", "2"]  # actions per goal


def test_an_action_is_a_box_to_count_and_many_are_a_bar() -> None:
    def boxes(*counts: int) -> int:
        rows = ((1, "SDG 1", *counts, None, None),)
        sheet = charts.lay_out(Figure("g", "goals", "", "", ("a", "b", "c", "d"), rows), 165)
        return sum(shape.kind == "box" for shape in sheet.shapes) - 5  # the key and the goal

    assert boxes(2, 1) == 3 and boxes(0, 0) == 0 and boxes(300, 4) == 2


def test_the_bar_lies_over_the_places_from_first_to_last() -> None:
    sheet = charts.lay_out(CHARTS["places"], 165)
    track, bar, other, last = [shape.place for shape in sheet.shapes if shape.kind == "box"]
    step = track[2] / 22
    assert bar[0] == pytest.approx(track[0] + 2 * step) and bar[2] == pytest.approx(7 * step)
    assert last[0] + last[2] == pytest.approx(other[0] + other[2]) and last[2] == pytest.approx(step)


def test_numbers_are_written_as_in_flanders() -> None:
    assert {"8.000", "750", "−250"} <= set(words(figures.svg(CHARTS["bars"])))


def test_scores_are_whole_and_labels_begin_with_a_capital() -> None:
    found = words(figures.svg(CHARTS["dots"]))
    assert {"40", "63", "Alleen nu", "Gelijk"} <= set(found)
    assert not [text for text in found if "," in text or text in ("alleen nu", "gelijk")]


def test_text_is_text() -> None:
    assert "Eerlijke handel & <b> $x_1$" in words(figures.svg(CHARTS["stacked"]))


@pytest.mark.parametrize("name", CHARTS)
def test_nothing_stands_beside_the_sheet(name: str) -> None:
    sheet = charts.lay_out(CHARTS[name], 165)
    for shape in (shape for shape in sheet.shapes if shape.kind == "text"):
        length = len(shape.text) * 1.5
        left = shape.place[0] - {"left": 0, "center": length / 2, "right": length}[shape.align]
        assert left > -0.1 and left + length < 165.1, shape.text


def test_parts_differ_in_lightness_or_hatch() -> None:
    assert len({look[:2] for look in charts.LOOKS}) == len(charts.LOOKS) == len(COUNTED)


@pytest.mark.parametrize("kind", ["stacked", "bars", "dots", "goals", "places"])
def test_empty_charts_do_not_fail(kind: Any) -> None:
    assert figures.svg(Figure("e", kind, "", "", ("a", "b"), ())).startswith("<svg")
