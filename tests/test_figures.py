"""Charts: the same bytes each time, what is missing is written, nothing is read as markup."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from memokit import charts, figures
from memokit.document import Figure

STATUSES = ("gerealiseerd", "grotendeels gerealiseerd", "in uitvoering", "niet te beoordelen")
CHARTS = {
    "stacked": Figure(
        "s", "stacked", "Zes van de tien", "", STATUSES,
        tuple(("", name, count) for name, count in zip(STATUSES, (4, 2, 3, 1), strict=True)),
    ),
    "themes": Figure(
        "t", "stacked", "Per thema", "", STATUSES,
        (("Eerlijke handel & <b>", "gerealiseerd", 2), ("Noodhulp", "gerealiseerd", None)),
    ),
    "pairs": Figure(
        "p", "pairs", "Meer", "", ("2018", "2022"),
        (("Uitgaven $x_1$", 0.73, 1.05), ("Alleen nu", None, 0.25), ("Niets", None, None),
         ("Gelijk", 0.4, 0.4)),
        unit="euro per inwoner",
    ),
    "bars": Figure(
        "b", "bars", "Noodhulp", "", ("Geraamd", "Uitgegeven"),
        (("Stedenband " * 6, 8000, None), ("Titel", 750, 0), ("Terug", 500, -250)), unit="euro",
    ),
    "dots": Figure("d", "dots", "SDG 12", "", ("2018", "2023"), (("SDG 12", 40, 62.5), ("SDG 1", 3, 97))),
}  # fmt: skip


def words(svg: str) -> list[str]:
    """Return the texts of a chart, in order."""
    root = ElementTree.fromstring(svg)
    return [node.text or "" for node in root.iter("{http://www.w3.org/2000/svg}text")]


@pytest.mark.parametrize("name", CHARTS)
def test_the_same_bytes_each_time(name: str) -> None:
    chart = CHARTS[name]
    assert figures.svg(chart) == figures.svg(chart)
    assert figures.png(chart, dpi=72) == figures.png(chart, dpi=72)


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
    assert "(2018: n.b.)" in words(figures.svg(CHARTS["pairs"]))
    assert words(figures.svg(CHARTS["pairs"])).count("n.b.") == 1
    assert "0,00" not in words(figures.svg(CHARTS["pairs"]))
    assert words(figures.svg(CHARTS["bars"])).count("n.b.") == 1
    assert "0" in words(figures.svg(CHARTS["bars"]))  # a real zero is a zero
    assert "n.b." in words(figures.svg(CHARTS["themes"]))


def test_numbers_are_written_as_in_flanders() -> None:
    assert {"0,73", "1,05", "0,25"} <= set(words(figures.svg(CHARTS["pairs"])))
    assert {"8.000", "750", "−250"} <= set(words(figures.svg(CHARTS["bars"])))
    assert {"40,0", "62,5"} <= set(words(figures.svg(CHARTS["dots"])))


def test_text_is_text() -> None:
    assert "Uitgaven $x_1$" in words(figures.svg(CHARTS["pairs"]))
    assert "Eerlijke handel & <b>" in words(figures.svg(CHARTS["themes"]))


def test_one_bar_names_its_parts_directly() -> None:
    found = words(figures.svg(CHARTS["stacked"]))
    assert found[:2] == ["4", "gerealiseerd"] and found[-1] == "10"


def test_parts_differ_in_lightness_or_hatch() -> None:
    looks = {(tint, hatch) for tint, hatch in zip(charts.TINTS, charts.HATCHES, strict=True)}
    assert len(looks) == len(charts.TINTS)


def test_empty_charts_do_not_fail() -> None:
    for kind in ("stacked", "pairs", "bars", "dots"):
        series = ("a", "b")
        assert figures.svg(Figure("e", kind, "", "", series, ())).startswith("<svg")
        rows = (("x", None, None),) if kind != "stacked" else (("x", "a", None),)
        assert "n.b." in figures.svg(Figure("e", kind, "", "", series, rows))
