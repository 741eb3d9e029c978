"""The cube: every way in gives the same one, and what is wrong with a table is named."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from memokit import blocks
from memokit.panel import read
from memokit.problems import MemokitError

ROWS = pd.DataFrame({
    "municipality": ["12025", "12025", "71022", "12025"], "indicator": ["a", "b", "a", "a"],
    "year": [2018, 2022, 2022, 2022], "value": [1.5, 2, np.nan, 4],
})  # fmt: skip


class OnlyArrow:
    """A table of which only the Arrow stream interface can be seen, as those of polars or duckdb."""

    def __init__(self, table: pd.DataFrame) -> None:
        self._table = pytest.importorskip("pyarrow").Table.from_pandas(table)

    def __arrow_c_stream__(self, requested_schema=None):
        return self._table.__arrow_c_stream__(requested_schema)


def ways_in(folder, table: pd.DataFrame) -> dict:
    table.to_csv(folder / "a.csv", index=False)
    table.to_csv(folder / "b.csv", index=False, sep=";", decimal=",", encoding="utf-8-sig")
    table.to_parquet(folder / "a.parquet")
    categories = table.astype({"municipality": "category", "indicator": "category"})
    return {
        "frame": table, "shuffled columns": table[["value", "year", "indicator", "municipality"]],
        "columns": table.to_dict("list"), "categories": categories, "arrow": OnlyArrow(table),
        "arrow dictionaries": OnlyArrow(categories),
        "comma": folder / "a.csv", "semicolon": str(folder / "b.csv"),
        "parquet": folder / "a.parquet", "numbers as codes": table.astype({"municipality": int}),
        "years as text": table.astype({"year": str}), "values as text": table.astype({"value": object}),
    }  # fmt: skip


def test_every_way_in_gives_the_same_cube(tmp_path) -> None:
    pytest.importorskip("pyarrow")
    for name, source in ways_in(tmp_path, ROWS).items():
        cube = read(source, indicators=["a", "b", "c"])
        assert list(cube.indicators) == ["a", "b", "c"], name
        assert list(map(str, cube.municipalities)) == ["12025", "71022"] and list(cube.years) == [2018, 2022]
        expected = [[[1.5, np.nan], [4, np.nan]], [[np.nan] * 2, [2, np.nan]], [[np.nan] * 2] * 2]
        np.testing.assert_array_equal(cube.values, expected, name)
        assert cube.listed.tolist() == [[True, True], [True, False], [False, False]], name


def test_a_slow_reader_and_small_blocks_give_the_same_cube(tmp_path, monkeypatch) -> None:
    ROWS.to_csv(tmp_path / "a.csv", index=False)
    whole = read(ROWS)

    def absent(*_):
        raise ImportError

    monkeypatch.setattr(blocks, "_fast_csv_blocks", absent)
    monkeypatch.setattr(blocks, "ROWS", 1)
    for source in (ROWS, tmp_path / "a.csv"):
        cube = read(source)
        np.testing.assert_array_equal(cube.values, whole.values)
        assert cube.listed.tolist() == whole.listed.tolist()


def test_years_go_up_whatever_their_order() -> None:
    cube = read(ROWS.iloc[::-1])
    assert (list(cube.years), list(cube.indicators)) == ([2018, 2022], ["a", "b"])
    assert cube.values[0, :, 0].tolist() == [1.5, 4]


def test_a_block_with_labels_it_does_not_use(monkeypatch) -> None:
    """A slice of categories keeps all of them; one without rows is no place in the cube."""
    monkeypatch.setattr(blocks, "ROWS", 2)
    table = ROWS.astype({"municipality": "category", "indicator": "category"})
    assert list(read(table.iloc[:2]).municipalities) == ["12025"]
    assert read(table).values.shape == (2, 2, 2)


def test_which_value_and_which_year() -> None:
    cube = read({"municipality": "A", "indicator": "x", "year": [2015, 2018, 2022], "value": [1, 2, None]})
    latest, first = cube.find(), cube.find(first=True)
    assert [part[0, 0] for part in latest] == [2, 2018]
    assert [part[0, 0] for part in first] == [1, 2015]
    assert np.isnan(cube.find(year=np.array([2022.0]))).all(), "nothing stands in for a year that is asked"
    later = cube.find(first=True, year=np.array([2016.0]), since=True)
    assert [part[0, 0] for part in later] == [2, 2018]


@given(st.data())
def test_the_cube_holds_every_row(data) -> None:
    cell = st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(2000, 2004))
    cells = sorted(data.draw(st.sets(cell, min_size=1)))
    table = pd.DataFrame(data.draw(st.permutations(cells)), columns=["municipality", "indicator", "year"])
    table["value"] = np.arange(len(table), dtype=float)
    cube = read(table)
    assert np.count_nonzero(~np.isnan(cube.values)) == len(table)
    sides = list(cube.indicators), list(cube.years), list(cube.municipalities)
    for m, i, y, v in table.itertuples(index=False):
        assert cube.values[sides[0].index(i), sides[1].index(y), sides[2].index(m)] == v


# -- what is wrong ------------------------------------------------------------------------------------------


def problems(source, **known):
    with pytest.raises(MemokitError) as caught:
        read(source, **known)
    assert str(caught.value)
    return {problem.code: problem for problem in caught.value.problems}


def changed(**columns) -> pd.DataFrame:
    return ROWS.astype(object).assign(**columns)


def test_duplicates_are_named_with_their_rows(tmp_path) -> None:
    pytest.importorskip("pyarrow")
    twice = pd.concat([ROWS, ROWS.iloc[[0]], ROWS.iloc[[1, 1]]], ignore_index=True)
    for name, source in ways_in(tmp_path, twice).items():
        found = problems(source)["panel-duplicate"]
        first = 2 if ".csv" in str(source) else 1
        assert found.detail["n"] == 2, name
        rows = {one["label"]: one["rows"] for one in found.detail["twice"]}
        assert rows["12025 · a · 2018"] == [first, first + 4], name
        assert rows["12025 · b · 2022"] == [first + 1, first + 5, first + 6]
        assert f"rij {first} en {first + 4}" in found.message


def test_two_rows_of_which_one_is_blank_are_no_duplicate() -> None:
    again = pd.concat([ROWS, ROWS.iloc[[2]].assign(value=7.0)])
    assert read(again).values[0, 1, 1] == 7


@pytest.mark.parametrize(
    ("source", "code", "column", "row"),
    [
        (ROWS.drop(columns="year"), "panel-no-column", "year", None),
        (ROWS.iloc[:0], "panel-empty", "", None),
        (changed(municipality=["12025", None, "A", None]), "panel-blank", "municipality", 2),
        (changed(value=[1, "veel", None, 4]), "panel-not-a-number", "value", 2),
        (changed(value=[1, 2, 3, np.inf]), "panel-infinite", "value", 4),
        (changed(year=[2018, "vorig jaar", 2022, 20222]), "panel-unknown", "year", None),
    ],
)
def test_what_is_wrong_is_named(source, code, column, row) -> None:
    found = problems(source)[code]
    assert (found.column, found.row) == (column, row)


def test_all_that_is_wrong_comes_at_once() -> None:
    places, indicators = [None, "A", "A", "B"], ["a", "z", "a", "a"]
    source = changed(value=["x", np.inf, 1, 2], municipality=places, indicator=indicators)
    assert set(problems(source, indicators=["a"])) == {
        "panel-blank", "panel-not-a-number", "panel-infinite", "panel-unknown",
    }  # fmt: skip


def test_text_in_a_file_is_named_by_its_row(tmp_path) -> None:
    path = tmp_path / "cijfers.csv"
    path.write_text("municipality,indicator,year,value\nA,x,2020,1\nA,x,2021,n.b.\nA,x,2022,1 200\n", "utf-8")
    found = problems(path)["panel-not-a-number"]
    assert (found.file, found.row, found.found) == ("cijfers.csv", 4, "1 200")
    path.write_text("municipality;indicator;year;value\nA;x;2020;1,5\nA;x;2021;1.200\n", "utf-8")
    assert problems(path)["panel-not-a-number"].row == 3, "beside decimal commas a point can mark thousands"


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_files_that_are_none(tmp_path, suffix) -> None:
    pytest.importorskip("pyarrow")
    assert set(problems(tmp_path / f"niets.{suffix}")) == {"file-missing"}
    broken = tmp_path / f"kapot.{suffix}"
    broken.write_bytes(b"\xff\xfe\x00PAR1")
    assert set(problems(broken)) == {"cannot-read"}
    broken.write_bytes(b"")
    assert set(problems(broken)) <= {"cannot-read", "panel-no-column"}


def test_without_pyarrow_the_extra_is_named(tmp_path, monkeypatch) -> None:
    import sys

    arrow = OnlyArrow(ROWS)
    ROWS.to_csv(tmp_path / "a.csv", index=False)
    for name in ("pyarrow", "pyarrow.parquet", "pyarrow.csv"):
        monkeypatch.setitem(sys.modules, name, None)
    assert "memokit[parquet]" in problems(arrow)["panel-no-pyarrow"].remedy
    assert "panel-no-pyarrow" in problems(tmp_path / "a.parquet")
    assert read(tmp_path / "a.csv").values.shape == (2, 2, 2)


def test_ten_thousand_unknown_indicators_are_counted_and_twenty_named() -> None:
    n = 10_000
    table = {"municipality": "A", "indicator": [f"X{i}" for i in range(n)], "year": 2022, "value": 1.0}
    found = problems(table, indicators=["a"])["panel-unknown"]
    assert found.detail["n"] == n and found.found.count(",") == 19
    assert len(found.message) < 400
