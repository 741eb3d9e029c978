"""Tables as text: what Excel does to a file is read back, or named."""

from __future__ import annotations

import string
import subprocess
import sys
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from memokit.cells import (
    canonical,
    excel_forms,
    format_cell,
    labels,
    number_text,
    parse_cell,
    sdg_targets,
)  # fmt: skip
from memokit.excel import Page, read_workbook, write_workbook
from memokit.problems import MemokitError
from memokit.records import CHOICES, TABLES, Assessment, Cell, PlanItem
from memokit.rows import heads, read_records
from memokit.tables import csv_bytes, guard, read_rows, replace_file, restore, write_csv

NUMBER = Cell("number")
ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)
# One cell as it can stand in a file: no control characters, nothing blank around it.
CELL_TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=40).map(str.strip)


def refused(text: str, cell: Cell, **rest: Any) -> tuple[str, tuple[str, ...]]:
    with pytest.raises(MemokitError) as caught:
        parse_cell(text, cell, **rest)
    problem = caught.value.problems[0]
    assert problem.message and problem.remedy
    return problem.code, problem.choices


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1234", 1234), ("1234,5", 1234.5), ("1.234,56", 1234.56), ("1.234.567", 1234567),
        ("1234.56", 1234.56),
        ("1,234.56", 1234.56), ("0.125", 0.125), ("-3", -3), ("−3,5", -3.5), ("€ 12", 12), ("12 euro", 12),
        ("12,50\u00a0EUR", 12.5), ("1\u00a0234\u00a0567,5", 1234567.5), ("12,-", 12), ("1,234", 1.234),
    ],
)  # fmt: skip
def test_numbers_of_a_council(text: str, value: float) -> None:
    assert parse_cell(text, NUMBER) == value


def test_a_number_that_can_be_two_is_asked() -> None:
    assert refused("1.000", NUMBER) == ("ambiguous-number", ("1000", "1"))
    assert refused("-12.500", NUMBER) == ("ambiguous-number", ("-12500", "-12,5"))


@pytest.mark.parametrize("text", ["nan", "inf", "1e5", "12 34", "1.00.000", "tien", "--3", "9" * 400, "5 %"])
def test_no_number(text: str) -> None:
    assert refused(text, NUMBER)[0] == "not-a-number"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2024", "2024"), ("2024-04", "2024-04"), ("2024-4-5", "2024-04-05"), ("5/4/2024", "2024-04-05"),
        ("04/2024", "2024-04"), ("5.4.2024", "2024-04-05"), ("2024-04-05 00:00:00", "2024-04-05"),
    ],
)  # fmt: skip
def test_dates(text: str, value: str) -> None:
    assert parse_cell(text, Cell("date")) == value


@pytest.mark.parametrize("text", ["30/02/2024", "2023-02-29", "5/4/24", "13/2024", "gisteren"])
def test_no_date(text: str) -> None:
    assert refused(text, Cell("date"))[0] == "not-a-date"


def test_absurd_dates_and_years() -> None:
    assert refused("1949-12-31", Cell("date"))[0] == "absurd-date"
    assert refused("2101", Cell("year"))[0] == "not-a-year"
    assert refused("12,5", Cell("integer"))[0] == "not-a-whole-number"


def test_sdg_targets_are_never_guessed() -> None:
    sdg = Cell("sdg")
    assert parse_cell("SDG 16.10; SDG16.1, sdg 16.B", sdg) == ("SDG 16.10", "SDG 16.1", "SDG 16.b")
    assert refused("16.1", sdg) == ("sdg-without-label", ("SDG 16.1", "SDG 16.10"))
    assert refused("16,1", sdg, stored="number") == ("sdg-without-label", ("SDG 16.1", "SDG 16.10"))
    code, near = refused("SDG 18.3", sdg)
    assert (
        code == "unknown-sdg-target" and near and all(n.removeprefix("SDG ") in sdg_targets() for n in near)
    )
    assert refused("SDG 16", sdg)[0] == "unknown-sdg-target"


def test_what_excel_kept_as_something_else_is_refused_in_codes() -> None:
    assert refused("1,1", Cell("code"), stored="number")[0] == "excel-changed"
    assert refused("2024-01-02", Cell("code"), stored="date")[0] == "excel-changed"
    assert refused("02/jan", Cell("code"))[0] == "excel-changed"
    assert refused("jan/24", Cell("date"))[0] == "excel-changed"
    assert parse_cell("2024-01-02", Cell("date"), stored="date") == "2024-01-02"
    assert parse_cell("34", Cell("text"), stored="number") == "34"
    assert {"1,1", "1.1"} <= excel_forms("1.10") and "02/jan" in excel_forms("2-1")


def test_labels_of_every_choice_read_back_and_are_told_apart() -> None:
    for name, keys in CHOICES.items():
        cell = Cell("choice", choices=name)
        assert tuple(labels(name)) == keys
        assert [parse_cell(format_cell(key, cell).upper(), cell) for key in keys] == list(keys)
    code, allowed = refused("gereliseerd", Cell("choice", choices="status"))
    assert code == "unknown-value" and "gerealiseerd" in allowed


def values(cell: Cell) -> st.SearchStrategy[Any]:
    code = st.text(string.ascii_letters + string.digits + ".-", min_size=1, max_size=8).filter(
        lambda text: canonical(text, Cell("code")) == text
    )
    many = st.lists(code, unique=True, max_size=4).map(tuple)
    return {
        "text": CELL_TEXT, "code": code, "codes": many, "sources": many,
        "integer": st.none() | st.integers(-(10**9), 10**9),
        "year": st.none() | st.integers(1950, 2100),
        "number": st.none() | st.floats(allow_nan=False, allow_infinity=False),
        "date": st.dates(date(1950, 1, 1), date(2100, 12, 31)).map(str) | st.just("2024-04") | st.just(""),
        "choice": st.sampled_from(("", *CHOICES.get(cell.choices, ()))),
        "sdg": st.lists(st.sampled_from(sdg_targets()), unique=True, max_size=4).map(
            lambda codes: tuple(f"SDG {code}" for code in codes)
        ),
    }[cell.kind]  # fmt: skip


CELLS = st.sampled_from([cell for model in TABLES for cell in model.cells().values()])


@given(CELLS.flatmap(lambda cell: st.tuples(st.just(cell), values(cell))))
def test_a_value_comes_back_from_its_text(pair: tuple[Cell, Any]) -> None:
    cell, value = pair
    assert parse_cell(format_cell(value, cell), cell) == value


@given(ANY_TEXT, CELLS)
def test_any_text_is_read_or_refused_with_words(text: str, cell: Cell) -> None:
    try:
        value = parse_cell(text, cell)
    except MemokitError as error:
        assert all(problem.message and problem.remedy for problem in error.problems)
    else:
        assert parse_cell(format_cell(value, cell), cell) == value


@given(st.text())
def test_what_is_made_harmless_comes_back(text: str) -> None:
    assert restore(guard(text)) == text
    assert not guard(text).startswith(("=", "@", "\t", "\r"))


@given(
    st.lists(st.lists(ANY_TEXT.filter(lambda t: t == t.strip("\ufeff")), min_size=2, max_size=2), max_size=6)
)
def test_a_table_comes_back(lines: list[list[str]]) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "t.csv"
        rows = [{"code": a, "titel": b} for a, b in lines if a.strip() or b.strip()]
        write_csv(path, ["code", "titel"], rows)
        sheet = read_rows(path, ["code", "titel"])
        assert [row for _, row in sheet.rows] == rows
        assert not sheet.problems


def test_row_numbers_are_those_that_excel_shows(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text('Titel boven\n\ncode;titel\nA;"twee\nregels"\n;\nB;x\n', encoding="utf-8")
    assert [number for number, _ in read_rows(path, ["code", "titel"]).rows] == [4, 6]


def test_a_file_that_is_too_big(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(b"code;titel\n" * 100)
    with pytest.raises(MemokitError) as caught:
        read_rows(path, limit=100)
    assert caught.value.problems[0].code == "file-too-big"


def test_unknown_columns_are_kept_and_a_column_without_head_has_its_letter(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("code;;titel\nA;los;x\n", encoding="utf-8")
    sheet = read_rows(path, ["code", "titel"])
    assert sheet.heads == ("code", "(B)", "titel") and sheet.rows[0][1]["(B)"] == "los"


def test_nothing_is_half_written_when_the_disk_is_full(tmp_path: Path) -> None:
    path = tmp_path / "plan.csv"
    path.write_bytes(b"code;titel\r\nA;x\r\n")
    script = """
import resource, sys
from pathlib import Path
from memokit.problems import MemokitError
from memokit.tables import replace_file
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    replace_file(Path(sys.argv[1]), b"x" * 5000)
except MemokitError as error:
    print(error.problems[0].code)
"""
    pytest.importorskip("resource", reason="only POSIX can limit the size of a file")
    done = subprocess.run(
        [sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "disk-full"
    assert path.read_bytes() == b"code;titel\r\nA;x\r\n"
    assert [p.name for p in tmp_path.iterdir()] == ["plan.csv"]


def test_a_table_open_elsewhere_is_named(tmp_path: Path) -> None:
    (tmp_path / ".~lock.plan.csv#").touch()
    with pytest.raises(MemokitError) as caught:
        replace_file(tmp_path / "plan.csv", b"")
    assert caught.value.problems[0].code == "table-locked"
    assert "plan.csv" in caught.value.problems[0].remedy


def test_a_csv_cannot_run_anything() -> None:
    text = csv_bytes(["a"], [{"a": t} for t in ("=1", "+x", "-x", "@x", "\tx", "-3", "2024-01-01")]).decode(
        "utf-8-sig"
    )
    assert text.splitlines() == ["a", "'=1", "'+x", "'-x", "'@x", "'\tx", "-3", "2024-01-01"]


HOSTILE = [
    "=cmd()",
    "+1+1",
    "-x",
    "@a",
    "'=x",
    "<script>",
    "#",
    "1.10",
    "02/jan",
    "twee\nregels",
    "16.10",
    "x" * 32767,
]


def test_a_workbook_comes_back_as_text(tmp_path: Path) -> None:
    path = tmp_path / "w.xlsx"
    rows = [{"code": text, "stand": "ja"} for text in HOSTILE]
    page = Page("Blad", ("code", "stand"), rows, {"stand": ("ja", "nee")}, {"code": "Hulp"})
    write_workbook(path, [Page("Lees", lines=["Dag"]), page])
    sheet = read_workbook(path, {"Blad": ("code", "stand")})["Blad"]
    assert [row["code"] for _, row in sheet.rows] == HOSTILE
    assert not sheet.stored and not sheet.problems
    book = openpyxl.load_workbook(path)
    assert all(cell.data_type == "s" and cell.number_format == "@" for cell in book["Blad"]["A"])
    assert book["Blad"].freeze_panes == "B2"
    rules = book["Blad"].data_validations.dataValidation
    assert {rule.type for rule in rules} == {None, "list"} and rules[0].prompt == "Hulp"
    first = path.read_bytes()
    write_workbook(path, [Page("Lees", lines=["Dag"]), page])
    assert path.read_bytes() == first


def _book(path: Path, *rows: list[Any]) -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    book.save(path)
    return path


def test_what_excel_stored_as_number_or_date_is_asked(tmp_path: Path) -> None:
    path = _book(tmp_path / "w.xlsx", ["code", "titel", "sdg"], ["A1", "Noodhulp", 16.1], [1.1, "x", None],
                 [date(2024, 1, 2), "y", None], [150, "z", None])  # fmt: skip
    reading = read_records(read_workbook(path)["Sheet"], PlanItem)
    found = [(p.code, p.row, p.column, p.severity) for p in reading.problems]
    assert found == [
        ("sdg-without-label", 2, "C", "error"),
        ("excel-changed", 3, "A", "error"),
        ("excel-changed", 4, "A", "error"),
        ("excel-number", 5, "A", "warning"),
    ]
    assert reading.problems[0].choices == ("SDG 16.1", "SDG 16.10")


def test_a_formula_without_a_result_is_named(tmp_path: Path) -> None:
    path = _book(tmp_path / "w.xlsx", ["code", "titel"], ["A1", "=1+1"])
    assert [p.code for p in read_workbook(path)["Sheet"].problems] == ["excel-formula"]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"\xd0\xcf\x11\xe0" + bytes(100), "excel-old"),
        (b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "excel-password"),
        (b"code;titel", "not-excel"),
        (b"PK\x03\x04broken", "not-excel"),
    ],
)
def test_what_is_no_workbook(tmp_path: Path, data: bytes, code: str) -> None:
    path = tmp_path / "w.xlsx"
    path.write_bytes(data)
    with pytest.raises(MemokitError) as caught:
        read_workbook(path)
    assert caught.value.problems[0].code == code


def test_a_zip_bomb_and_a_broken_workbook(tmp_path: Path) -> None:
    bomb, broken = tmp_path / "bomb.xlsx", tmp_path / "broken.xlsx"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/workbook.xml", bytes(210_000_000))
    with zipfile.ZipFile(broken, "w") as parts:
        parts.writestr("xl/workbook.xml", "<workbook>")
    for path, code in ((bomb, "file-too-big"), (broken, "not-excel")):
        with pytest.raises(MemokitError) as caught:
            read_workbook(path)
        assert caught.value.problems[0].code == code


def test_every_head_is_told_apart() -> None:
    for model in TABLES:
        assert len(set(heads(model).values())) == len(model.model_fields)


def test_number_text_has_no_exponent() -> None:
    assert number_text(1e22) == "1" + "0" * 22 and number_text(1e-7) == "0,0000001"


def test_a_text_too_long_for_excel_is_refused(tmp_path: Path) -> None:
    page = Page("Blad", ("a",), [{"a": "x" * 32768}])
    with pytest.raises(MemokitError) as caught:
        write_workbook(tmp_path / "w.xlsx", [page])
    assert caught.value.problems[0].code == "text-too-long"


def test_an_empty_cell_is_the_default() -> None:
    assert Assessment(action="A").status == "pending"
