"""The exports of the BBC-analysetool: hand-checked values, round trips of invented tables, the real ones."""

from __future__ import annotations

import csv
import itertools
import string
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from memokit import territory
from memokit.problems import MemokitError, Problem
from memokit.sources import read
from memokit.sources.checking import inhabitants
from memokit.sources.delivery import AMOUNTS, PLAN_ITEMS, Delivery
from tests import layouts_bbc as layouts
from tests.conftest import SHARED_ABSENT
from tests.layouts_bbc import FILTERS, TIDY, dutch

AID = "0160 Hulp aan het buitenland"
RELATIONS = "0150 Internationale relaties"
NAMES = (
    "municipality", "year", "policy_field", "account", "measure", "report", "report_year", "report_status",
)  # fmt: skip


def amounts(got: Delivery, *names: str) -> list[tuple[Any, ...]]:
    """The amounts as tuples."""
    frame = got.amounts[list(names or (*NAMES, "amount"))]
    return list(frame.itertuples(index=False, name=None))


def codes(got: Delivery) -> list[str]:
    return [problem.code for problem in got.problems]


def refused(path: Path, **asked: Any) -> MemokitError:
    with pytest.raises(MemokitError) as error:
        read(path, **asked)
    assert all(map(str, error.value.problems))
    return error.value


def tidy_row(
    code: str, year: int, outlay: float | None, per_head: float | None, field: str = AID
) -> dict[str, Any]:
    cells = (code, "Jaarrekening", year, year, "01 Algemeen", "016", field, outlay, per_head)
    return dict(zip(TIDY, cells, strict=True))


def tidy_text(path: Path, rows: Sequence[Mapping[str, Any]]) -> Path:
    """The tidy layout as text, with Dutch numbers."""
    heads = list(dict.fromkeys(head for row in rows for head in row))
    cells = [[dutch(c) if isinstance(c, float) else c for c in map(row.get, heads)] for row in rows]
    return layouts.text(path, [heads, *cells])


# -- every layout by hand -----------------------------------------------------------------------------------


@pytest.mark.parametrize("write", [layouts.tidy, tidy_text])
def test_tidy(tmp_path: Path, write: Callable[..., Path]) -> None:
    rows = [tidy_row("12025", 2020, 130381.5, 1.5), tidy_row("24062", 2020, None, None),
            tidy_row("12025", 2021, -86911.25, -1.0, RELATIONS)]  # fmt: skip
    got = read(write(tmp_path / f"e.{'xlsx' if write is layouts.tidy else 'csv'}", rows))
    told = ("", "accounts")
    assert got.kind == "bbc-tidy"
    assert amounts(got, *NAMES[:4], "report", "measure", "amount", "borders") == [
        ("12025", 2020, AID, *told, "outlay", 130381.5, 2025),
        ("12025", 2021, RELATIONS, *told, "outlay", -86911.25, 2025),
        ("12025", 2020, AID, *told, "outlay_per_inhabitant", 1.5, 2025),
        ("12025", 2021, RELATIONS, *told, "outlay_per_inhabitant", -1.0, 2025),
    ]
    assert tuple(got.amounts) == AMOUNTS and set(got.amounts["report_year"]) == {2020, 2021}
    assert got.repairs == () and got.observations.empty and got.plan_items.empty
    assert got.municipalities == ("12025",) and got.years == (2020, 2021)


def test_tidy_takes_from_the_filters_what_no_column_tells(tmp_path: Path) -> None:
    told = "Toegepaste filters:\nType rapport is Meerjarenplan\nRapportjaar is 2026\nBeleidsveld is " + AID
    told += "\nStatus rapport is Origineel\nNiveau 1 is E Exploitatieverrichtingen"
    heads = ["NIS-code", "Boekjaar", "Alg. rekening", "Uitgave"]
    lines = [[told], [], heads, ["12025", 2026, "REK64 Subsidies", 5.5], ["Totaal", None, None, 5.5]]
    got = read(layouts.workbook(tmp_path / "e.xlsx", lines))
    assert amounts(got) == [
        ("12025", 2026, AID, "REK64 Subsidies", "outlay", "plan", 2026, "Origineel", 5.5),
    ]  # fmt: skip
    (left_out,) = got.problems
    assert (left_out.code, left_out.severity, left_out.detail["n"]) == ("left-out", "note", 1)


def test_a_head_that_looks_like_a_name_inside_is_only_a_head(tmp_path: Path) -> None:
    heads = "NIS-code;Boekjaar;Beleidsveld;Uitgave;year;town;level;outlay"
    path = tmp_path / "e.csv"
    path.write_text(f"{heads}\n12025;2020;{AID};5;1999;Gent;x;7\n12025;2020;{AID};6;2001;Gent;x;7\n", "utf-8")
    assert amounts(read(path), "year", "action", "amount") == [(2020, "", 5.0), (2020, "", 6.0)]


def test_pivot_as_text(tmp_path: Path) -> None:
    head = {"Type rapport": "Meerjarenplan", "Rapportjaar": "2020", "Boekjaar": "2020", "Beleidsveld": AID}
    heads = [{**head, "measure": measure} for measure in ("Uitgave", "Uitgave per inwoner")]
    rows = {"12025": [130381.5, 1.5], "24062": [None, None]}
    got = read(layouts.pivot_csv(tmp_path / "p.csv", heads, rows))
    assert got.kind == "bbc-pivot"
    assert amounts(got) == [
        ("12025", 2020, AID, "", "outlay", "plan", 2020, "", 130381.5),
        ("12025", 2020, AID, "", "outlay_per_inhabitant", "plan", 2020, "", 1.5),
    ]
    assert codes(got) == ["level-unknown"]


def test_pivot_as_workbook(tmp_path: Path) -> None:
    rows = {"Aalst": [1.25, None], "Mechelen": [0.5, 0.75]}
    accounts = ["REK664 Toegestane investeringssubsidies", "REK649 Subsidies"]
    got = read(layouts.pivot_xlsx(tmp_path / "detail-alle-jaren.xlsx", [2020, 2021], accounts, rows))
    assert got.kind == "bbc-pivot"
    told = ("outlay_per_inhabitant", "accounts", 0, "Origineel")
    assert amounts(got) == [
        ("41002", 2020, "", accounts[0], *told, 1.25),
        ("12025", 2020, "", accounts[0], *told, 0.5),
        ("12025", 2021, "", accounts[1], *told, 0.75),
    ]
    assert codes(got) == ["measure-unknown"]


def test_a_blank_head_of_a_pivot_is_as_on_its_left(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    rows = ["Type rapport;Jaarrekening;", "Boekjaar;2020;2021", "NIS-code;Uitgave", "12025;5;7"]
    for behind in ("", ";", ";;"):
        path.write_text("\n".join(row + behind for row in rows), "utf-8")
        got = read(path)
        assert amounts(got, "year", "measure", "report", "amount") == [
            (2020, "outlay", "accounts", 5.0), (2021, "outlay", "accounts", 7.0),
        ]  # fmt: skip
        assert codes(got) == ["level-unknown"]


def an_action(code: str, board: str = "Gemeente en OCMW Mechelen", **amounts: float) -> dict[str, Any]:
    return {
        "board": board,
        "objective": layouts.block("BD-1", "Een solidaire stad", 'Met "iedereen";\nover de grens'),
        "action_plan": layouts.block("AP-1", "Wereldwijd"),
        "action": layouts.block(code, "Noodhulp", "", "", "Uitgevoerd.\nOok in 2023."),
        "amounts": {f"{name[1:5]},Uitgave{name[5:]}": value for name, value in amounts.items()},
    }


def test_actions(tmp_path: Path) -> None:
    rows = [an_action("AC-1", y2026=89655.0, **{"y2026 per inwoner": 1.0}), an_action("AC-2", y2027=0.5)]
    got = read(layouts.actions(tmp_path / "acties.csv", rows, [2026, 2027]))
    assert got.kind == "bbc-actions"
    assert amounts(got, "municipality", "year", "action", "measure", "report", "report_year", "amount") == [
        ("12025", 2026, "AC-1", "outlay", "plan", 2026, 89655.0),
        ("12025", 2026, "AC-1", "outlay_per_inhabitant", "plan", 2026, 1.0),
        ("12025", 2027, "AC-2", "outlay", "plan", 2026, 0.5),
    ]
    objective = ("objective", "BD-1", "", "Een solidaire stad", 'Met "iedereen";\nover de grens', "", "")
    judged = ("Noodhulp", "", "", "Uitgevoerd.\nOok in 2023.")
    names = ["level", "code", "parent", "title", "description", "comment", "own_evaluation"]
    assert list(got.plan_items[names].itertuples(index=False, name=None)) == [
        objective, ("action_plan", "AP-1", "BD-1", "Wereldwijd", "", "", ""),
        ("action", "AC-1", "AP-1", *judged), ("action", "AC-2", "AP-1", *judged),
    ]  # fmt: skip
    assert tuple(got.plan_items) == PLAN_ITEMS and set(got.plan_items["report_year"]) == {2026}
    assert codes(got) == ["report-assumed"]


def test_one_code_with_two_texts_is_never_merged(tmp_path: Path) -> None:
    other = {**an_action("AC-2"), "objective": layouts.block("BD-1", "Een solidaire stad", "Anders.")}
    got = read(layouts.actions(tmp_path / "acties.csv", [an_action("AC-1"), other], [2026]))
    assert got.plan_items["level"].tolist().count("objective") == 2
    assert "code-twice" in codes(got)


def test_heads_of_actions_that_are_no_amounts(tmp_path: Path) -> None:
    path = layouts.actions(tmp_path / "acties.csv", [an_action("AC-1", y2026=5.0)], [2026])
    text = path.read_text("utf-8-sig")
    path.write_text(text.replace("2026,Uitgave per inwoner", "2026,Ontvangst"), "utf-8")
    (told,) = [problem for problem in read(path).problems if problem.severity == "warning"]
    assert (told.code, told.row, told.column) == ("head-not-understood", 1, "2026,Ontvangst")
    path.write_text(text.replace("2026,Uitgave per inwoner", "2026, Uitgaven"), "utf-8")
    assert [problem.code for problem in refused(path).problems] == ["column-twice"]
    path.write_text(text.replace("2026", "9999"), "utf-8")
    assert codes(read(path)).count("head-not-understood") == 2


def test_an_amount_without_an_action_is_told(tmp_path: Path) -> None:
    rows = [an_action("AC-1", y2026=5.0), {**an_action("AC-2", y2026=7.0), "action": ""},
            {**an_action("AC-3", y2026=9.0), "action": "Noodhulp"}]  # fmt: skip
    got = read(layouts.actions(tmp_path / "acties.csv", rows, [2026]))
    assert amounts(got, "action", "amount") == [("AC-1", 5.0)]
    assert [problem.row for problem in got.problems if problem.code == "code-missing"] == [3, 4]


def test_a_pivot_says_which_columns_are_totals(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_text("Boekjaar;2020;2021;Totaal\nNIS-code;Uitgave;Uitgave;Uitgave\n12025;5;7;12\n", "utf-8")
    got = read(path)
    assert amounts(got, "year", "amount") == [(2020, 5.0), (2021, 7.0)]
    (told,) = [problem for problem in got.problems if problem.code == "total-columns"]
    assert told.severity == "note" and told.choices == ("D",)


def test_a_line_below_the_table_is_no_row_and_a_row_is_no_line(tmp_path: Path) -> None:
    path = tmp_path / "e.csv"
    rows = "NIS-code;Boekjaar;Beleidsveld;Uitgave\n12025;2020;0160 Hulp;5\n"
    path.write_text(rows + "Bron: ABB;;;\nToegepaste filters: geen;;;\n", "utf-8")
    assert len(read(path).amounts) == 1
    path.write_text(rows + "Bron: 24062;2020;0160 Hulp;7\n", "utf-8")
    assert "not-a-code" in [problem.code for problem in refused(path).problems]


# -- borders ------------------------------------------------------------------------------------------------

AALTER, KNESSELARE, NEW_AALTER, TONGEREN_BORGLOON = "44001", "44029", "44084", "73111"


def test_borders_as_delivered(tmp_path: Path) -> None:
    rows = [tidy_row(AALTER, 2018, 20000.5, None), tidy_row("12025", 2018, 5.0, None),
            tidy_row(NEW_AALTER, 2020, 7.0, None)]  # fmt: skip
    got = read(tidy_text(tmp_path / "e.csv", rows))
    assert amounts(got, "municipality", "borders") == [(AALTER, 2018), ("12025", 2018), (NEW_AALTER, 2025)]
    note = next(problem for problem in got.problems if problem.code == "merged-municipalities")
    assert note.severity == "note" and all(name in note.message for name in ("Aalter", "44084", "Knesselare"))


def test_predecessors_are_added(tmp_path: Path) -> None:
    rows = [tidy_row(AALTER, 2018, 20000.5, 1.0), tidy_row(KNESSELARE, 2018, 9999.25, 1.2),
            tidy_row("12025", 2018, 5.0, None)]  # fmt: skip
    for row in rows[:2]:
        people = inhabitants(row["NIS-code"], 2018, 2018)
        row["Uitgave per inwoner"] = round(row["Uitgave"] / people, 2)
    path = tidy_text(tmp_path / "e.csv", rows)
    got = read(path, borders=2025)
    assert sorted(amounts(got, "measure", "municipality", "amount", "borders")) == [
        ("outlay", "12025", 5.0, 2025), ("outlay", NEW_AALTER, 29999.75, 2025),
    ], "a share is never averaged"  # fmt: skip
    dropped = [p for p in got.problems if p.code == "per-inhabitant-dropped"]
    assert {p.severity for p in dropped} == {"note"} and len(dropped) == 2
    assert set(read(path, borders=2018).amounts["borders"]) == {2018}


def test_a_missing_predecessor_gives_no_figure(tmp_path: Path) -> None:
    rows = [tidy_row(AALTER, 2018, 20000.5, None), tidy_row("12025", 2018, 5.0, None)]
    got = read(tidy_text(tmp_path / "e.csv", rows), borders=2025)
    assert amounts(got, "municipality", "amount") == [("12025", 5.0)]
    (told,) = [problem for problem in got.problems if problem.code == "merger-incomplete"]
    assert told.severity == "warning" and "Knesselare" in told.message and "Aalter" in told.message


def test_a_bigger_territory_is_never_split(tmp_path: Path) -> None:
    path = tidy_text(tmp_path / "e.csv", [tidy_row(TONGEREN_BORGLOON, 2018, 5.0, None)])
    error = refused(path, borders=2019)
    assert [problem.code for problem in error.problems] == ["not-to-be-split"]
    assert "Borgloon" in str(error) and "Tongeren" in str(error)
    assert amounts(read(path, borders=2025), "municipality", "amount") == [(TONGEREN_BORGLOON, 5.0)]


def test_a_town_and_its_predecessors_are_told_and_never_added(tmp_path: Path) -> None:
    codes_ = (AALTER, KNESSELARE, NEW_AALTER)
    rows = [tidy_row(code, 2018, amount, None) for code, amount in zip(codes_, (1.0, 2.0, 50.0), strict=True)]
    path = tidy_text(tmp_path / "e.csv", rows)
    got = read(path)
    assert len(got.amounts) == 3 and "mixed-borders" in codes(got)
    assert amounts(read(path, borders=2025), "municipality", "amount") == [(NEW_AALTER, 50.0)]


def test_plans_are_not_merged_and_borders_must_be_known(tmp_path: Path) -> None:
    rows = [an_action("AC-1", "Gemeente en OCMW Knesselare", y2014=5.0)]
    path = layouts.actions(tmp_path / "acties.csv", rows, [2014])
    assert "merged-plan" in [problem.code for problem in refused(path, borders=2025).problems]
    assert [problem.code for problem in refused(path, borders=2024).problems] == ["unknown-borders"]


# -- choices ------------------------------------------------------------------------------------------------


def states(path: Path, column: str, values: Sequence[str]) -> Path:
    """The same amount in several states of one report."""
    rows = [{**tidy_row("12025", 2020, 10.0 * i, None), column: v} for i, v in enumerate(values, 1)]
    return tidy_text(path, rows)


def test_the_status_of_a_report_is_asked(tmp_path: Path) -> None:
    path = states(tmp_path / "e.csv", "Status rapport", ["Origineel", "Herziening"])
    assert refused(path).choices == {"report_status": ["Origineel", "Herziening"]}
    for value, amount in (("Origineel", 10.0), ("herziening", 20.0)):
        got = read(path, choose={"report_status": value})
        assert amounts(got, "report_status", "amount") == [(value.capitalize(), amount)]
        (note,) = [problem for problem in got.problems if problem.code == "status-left-out"]
        assert note.severity == "note" and note.detail["n"] == 1
    wrong = refused(path, choose={"report_status": "Voorlopig"})
    assert wrong.choices == {"report_status": ["Origineel", "Herziening"]}
    assert [problem.code for problem in wrong.problems] == ["no-such-choice"]


def test_the_most_recent_report_can_be_chosen(tmp_path: Path) -> None:
    path = states(tmp_path / "e.csv", "Meest recente", ["Nee", "Ja"])
    assert refused(path).choices == {"report_status": ["Meest recente"]}
    assert amounts(read(path, choose={"report_status": "Meest recente"}), "amount") == [(20.0,)]


def test_one_status_for_each_report_needs_no_choice(tmp_path: Path) -> None:
    rows = [{**tidy_row("12025", year, 5.0, None), "Status rapport": status}
            for year, status in ((2020, "Origineel"), (2021, "Herziening"))]  # fmt: skip
    assert len(read(tidy_text(tmp_path / "e.csv", rows)).amounts) == 2


def test_the_kind_of_board_is_asked(tmp_path: Path) -> None:
    boards = ["Gemeente en OCMW Mechelen", "AGB Mechelen", "Plaats Mechelen"]
    rows = [{**tidy_row("12025", 2020, float(i), None), "Bestuur": b} for i, b in enumerate(boards, 1)]
    for row in rows:
        del row["NIS-code"]
    path = tidy_text(tmp_path / "e.csv", rows)
    assert refused(path).choices == {"board": ["Gemeente en OCMW", "AGB", "Plaats"]}
    assert amounts(read(path, choose={"board": "Gemeente en OCMW"}), "amount") == [(1.0,)]
    assert "board-unusual" in codes(read(path, choose={"board": "AGB"}))
    assert "board-place" in codes(read(path, choose={"board": "Plaats"}))


def test_the_decimal_mark_is_asked_when_the_file_contradicts_its_layout(tmp_path: Path) -> None:
    path = tidy_text(tmp_path / "e.csv", [{**tidy_row("12025", 2020, None, None), "Uitgave": "86.921",
                                           "Uitgave per inwoner": "1.05"}])  # fmt: skip
    assert refused(path).choices == {"decimal": ["komma", "punt"]}
    for mark, amount in (("komma", 86921.0), ("punt", 86.921)):
        assert amounts(read(path, choose={"decimal": mark}), "amount")[0] == (amount,)


def test_the_sheet_is_asked_when_several_fit(tmp_path: Path) -> None:
    import openpyxl

    path = layouts.tidy(tmp_path / "e.xlsx", [tidy_row("12025", 2020, 5.0, None)])
    book = openpyxl.load_workbook(path)
    book.copy_worksheet(book.active)["H4"] = 7.0
    book.save(path)
    assert refused(path).choices == {"sheet": ["Export", "Export Copy"]}
    assert amounts(read(path, choose={"sheet": "Export Copy"}), "amount") == [(7.0,)]
    assert [problem.code for problem in refused(path, choose={"sheet": "x"}).problems] == ["no-such-choice"]


# -- round trips of invented tables -------------------------------------------------------------------------

LONG_RUN = settings().max_examples > 100  # make fuzz
trip = settings(max_examples=settings().max_examples if LONG_RUN else 25, deadline=None,
                suppress_health_check=list(HealthCheck))  # fmt: skip
_counter = itertools.count()

TOWNS = [town for town in territory.municipalities(2025)]
towns = st.sampled_from(TOWNS)
years = st.integers(2014, 2031)
reports = st.sampled_from([("Meerjarenplan", "plan"), ("Jaarrekening", "accounts")])
cents = st.integers(-10**12, 10**12) | st.integers(-10**4, 10**4)
euros = st.none() | cents.map(lambda value: value / 100)
letters = st.sampled_from(string.ascii_letters + string.digits + " éëïçÉ€€’“”\"\"';;,,.:-/&<>|()%=+@#\t\n")
texts = st.text(letters, max_size=40).map(str.strip)
fields = st.tuples(st.integers(0, 9999), texts).map(lambda each: f"{each[0]:04} {each[1]}".strip())
accounts = st.tuples(st.integers(10, 999), texts).map(lambda each: f"REK{each[0]} {each[1]}".strip())


def spot(folder: Path, suffix: str) -> Path:
    """A new place in a folder."""
    return folder / f"{next(_counter)}{suffix}"


@cache
def people(code: str, year: int) -> float:
    return inhabitants(code, 2025, year)


def per_head(code: str, year: int, outlay: float | None) -> float | None:
    """Euro per inhabitant as the tool gives it, with two decimals."""
    return None if outlay is None else round(outlay / people(code, year), 2)


def comes_back(path: Path, kind: str, wanted: list[tuple[Any, ...]], names: Sequence[str]) -> None:
    """The same amounts, each as often, nothing repaired that was right; or refused when there is none."""
    if not wanted:
        assert "no-figures" in [problem.code for problem in refused(path).problems]
        return
    got = read(path)
    assert got.kind == kind and not got.repairs
    assert Counter(amounts(got, *names)) == Counter(wanted)


tidy_keys = st.tuples(towns, years, reports, fields, accounts)


@trip
@given(st.dictionaries(tidy_keys, euros, min_size=1, max_size=8), st.booleans())
def test_a_tidy_table_comes_back(tmp_path: Path, table: dict[tuple, float | None], workbook: bool) -> None:
    rows, wanted = [], []
    for (town, year, (said, report), field, account), outlay in table.items():
        head = per_head(town.code, year, outlay)
        row = {"NIS-code": town.code, "Type rapport": said, "Rapportjaar": 2020, "Boekjaar": year,
               "Beleidsveld": field, "Alg. rekening": account, "Uitgave": outlay,
               "Uitgave per inwoner": head}  # fmt: skip
        rows.append(row)
        told = (town.code, year, field, account, report, 2020)
        if outlay is not None:
            wanted += [(*told, "outlay", outlay), (*told, "outlay_per_inhabitant", head)]
    write = layouts.tidy if workbook else tidy_text
    names = ("municipality", "year", "policy_field", "account", "report", "report_year", "measure", "amount")
    path = write(spot(tmp_path, ".xlsx" if workbook else ".csv"), rows)
    comes_back(path, "bbc-tidy", wanted, names)


pivot_heads = st.tuples(years, reports, fields, st.sampled_from(["Uitgave", "Uitgave per inwoner"]))
MEASURE = {"Uitgave": "outlay", "Uitgave per inwoner": "outlay_per_inhabitant"}


@trip
@given(st.data(), st.lists(pivot_heads, min_size=1, max_size=5, unique=True),
       st.lists(towns, min_size=1, max_size=5, unique=True))  # fmt: skip
def test_a_pivot_comes_back(tmp_path: Path, data: st.DataObject, heads: list[tuple], who: list) -> None:
    told = [{"Type rapport": said, "Rapportjaar": "2020", "Boekjaar": str(year), "Beleidsveld": field,
             "measure": measure} for year, (said, _), field, measure in heads]  # fmt: skip
    rows: dict[str, list[float | None]] = {town.code: [] for town in who}
    wanted = []
    known: dict[tuple, float | None] = {}
    for code, values in rows.items():
        for year, (said, report), field, measure in heads:
            outlay = known.setdefault((code, year, said, field), data.draw(euros))
            value = outlay if measure == "Uitgave" else per_head(code, year, outlay)
            values.append(value)
            if value is not None:
                wanted.append((code, year, field, report, 2020, MEASURE[measure], value))
    path = layouts.pivot_csv(spot(tmp_path, ".csv"), told, rows)
    names = ("municipality", "year", "policy_field", "report", "report_year", "measure", "amount")
    comes_back(path, "bbc-pivot", wanted, names)


@trip
@given(st.data(), st.lists(st.tuples(years, accounts), min_size=1, max_size=5, unique=True),
       st.lists(towns, min_size=1, max_size=5, unique=True))  # fmt: skip
def test_a_pivot_workbook_comes_back(tmp_path: Path, data: st.DataObject, heads: list, who: list) -> None:
    rows = {town.name: [data.draw(euros) for _ in heads] for town in who}
    wanted = [(town.code, year, account, "accounts", "Origineel", value)
              for town in who
              for (year, account), value in zip(heads, rows[town.name], strict=True) if value is not None]
    when, what = zip(*heads, strict=True)
    path = layouts.pivot_xlsx(spot(tmp_path, ".xlsx"), when, what, rows)
    names = ("municipality", "year", "account", "report", "report_status", "amount")
    comes_back(path, "bbc-pivot", wanted, names)


LABELS = tuple(f"{label}:" for label in layouts.LABELS)
plain = texts.filter(lambda text: not any(line.startswith(LABELS) for line in text.splitlines()))
item_codes = st.text(st.sampled_from("ABC-/_.0123456789"), min_size=1, max_size=8)
items = st.tuples(item_codes, plain, plain, plain, plain)
action_rows = st.tuples(towns, items, items, items, st.lists(euros, min_size=2, max_size=2))


@trip
@given(st.lists(action_rows, min_size=1, max_size=6))
def test_actions_come_back(tmp_path: Path, table: list[tuple]) -> None:
    rows, wanted, plan = [], [], Counter()
    for town, objective, action_plan, action, values in table:
        blocks = {name: layouts.block(*item) for name, item in
                  (("objective", objective), ("action_plan", action_plan), ("action", action))}
        heads = {f"{year},{measure}": value for year, outlay in zip((2026, 2027), values, strict=True)
                 for measure, value in (("Uitgave", outlay),
                                        ("Uitgave per inwoner", per_head(town.code, year, outlay)))}
        rows.append({"board": f"Gemeente en OCMW {town.name}", **blocks, "amounts": heads})
        wanted += [(town.code, int(head[:4]), action[0], MEASURE[head[5:]], value)
                   for head, value in heads.items() if value is not None]
        plan[town.code, "objective", "", *objective] = 1
        plan[town.code, "action_plan", objective[0], *action_plan] = 1
        plan[town.code, "action", action_plan[0], *action] += 1
    got = read(layouts.actions(spot(tmp_path, ".csv"), rows, [2026, 2027]))
    assert got.kind == "bbc-actions" and not got.repairs
    names = ("municipality", "year", "action", "measure", "amount")
    assert Counter(amounts(got, *names)) == Counter(wanted)
    of = ["municipality", "level", "parent", "code", "title", "description", "comment", "own_evaluation"]
    assert Counter(got.plan_items[of].itertuples(index=False, name=None)) == plan


# -- the real files -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def data(shared: Path) -> Path:
    """The folder with the compiled tables."""
    if not (shared / "data").is_dir():
        pytest.skip(SHARED_ABSENT)
    return shared / "data"


def real(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def number(text: str) -> float | None:
    return float(text) if text else None


def test_the_real_actions_come_back(data: Path, tmp_path: Path) -> None:
    """11,095 actions of 245 municipalities, written as the tool writes them: every row, to the cent."""
    rows = real(data / "bbc_acties_2026_2031.csv")
    six = range(2026, 2032)
    written = [
        {"board": f"Gemeente en OCMW {row['gemeente']}",
         "objective": layouts.block(row["beleidsdoelstelling_code"], row["beleidsdoelstelling"]),
         "action_plan": layouts.block(row["actieplan_code"], row["actieplan"]),
         "action": layouts.block(row["actie_code"], row["actie"]),
         "amounts": {f"{year},Uitgave": number(row[f"uitgave_{year}"]) for year in six}}
        for row in rows
    ]  # fmt: skip
    got = read(layouts.actions(tmp_path / "acties.csv", written, six))
    actions = got.plan_items[got.plan_items["level"] == "action"]
    back = list(actions[["municipality", "code", "parent", "title"]].itertuples(index=False, name=None))
    assert back == [(r["nis_2025"], r["actie_code"], r["actieplan_code"], r["actie"].strip()) for r in rows]
    wanted = Counter(
        (row["nis_2025"], row["actie_code"], year, round(100 * value))
        for row in rows for year in six if (value := number(row[f"uitgave_{year}"])) is not None
    )  # fmt: skip
    found = amounts(got, "municipality", "action", "year", "amount")
    assert Counter((*row[:3], round(100 * row[3])) for row in found) == wanted
    assert abs(got.amounts["amount"].sum() - sum(float(row["uitgave_totaal"] or 0) for row in rows)) < 0.005
    print(f"actions: {len(back)} of {len(rows)} rows, {len(found)} amounts")
    assert len(back) == 11_095 and not got.repairs
    assert {problem.severity for problem in got.problems} <= {"note", "warning"}


def test_the_real_defect_is_found_and_repaired(data: Path, tmp_path: Path) -> None:
    """An export that lost zeros on the way: what was marked by hand is found, and nothing else."""
    rows = real(data / "bbc_investeringen_mjp.csv")
    names = {row["code"]: f"{row['code']} {row['naam']}" for row in real(data / "bbc_beleidsvelden.csv")}
    written = [
        {"NIS-code": row["nis_2025"], "Type rapport": "Meerjarenplan", "Rapportjaar": int(row["rapportjaar"]),
         "Boekjaar": int(row["boekjaar"]), "Beleidsveld": names[row["beleidsveld_code"]],
         "Uitgave": number(row["uitgave_eur"]), "Uitgave per inwoner": number(row["uitgave_per_inwoner_eur"])}
        for row in rows
    ]  # fmt: skip
    got = read(layouts.tidy(tmp_path / "investeringen.xlsx", written, FILTERS.replace("E Expl", "I Invest")))
    found = {repair.row - 4: repair for repair in got.repairs}
    marks = [row["controle"] for row in rows]
    factors = [found[i].factor if i in found else 1 for i in range(len(rows))]
    table = Counter(zip(marks, factors, strict=True))
    print(*(f"{mark:32} found × {factor:<6g} {n:6}" for (mark, factor), n in sorted(table.items())), sep="\n")
    assert {factor for mark, factor in table if mark == "ok"} == {1}, "no false alarm"
    right = total = 0
    for i, row in enumerate(rows):
        if "_te_laag" in row["controle"] and row["controle"].startswith("totaal"):
            total += 1
            pair = (found[i].found, found[i].amount) if i in found else (0.0, 0.0)
            right += pair == (float(row["uitgave_eur"]), float(row["uitgave_eur_hersteld"]))
    print(f"repaired as they should be: {right} of {total}")
    assert total > 6000 and right >= 0.99 * total
    outlays = got.amounts[got.amounts["measure"] == "outlay"]["amount"].tolist()
    assert all(abs(amount - float(row["uitgave_eur_hersteld"])) < 0.005
               for amount, row in zip(outlays, rows, strict=True) if row["uitgave_eur_hersteld"])  # fmt: skip


def test_a_problem_can_always_be_said() -> None:
    """The sentences of this floor take whatever stands in a file."""
    strange = "“{{ found }}” **x** {% raw %}\n;\x07"
    said = Problem("not-a-number", file="f.csv", row=2, column="Uitgave", found=strange)
    assert "{{ found }}" in str(said)
