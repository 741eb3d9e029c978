"""Files with figures: Swing, Gemeente-Stadsmonitor, Statbel and memokit's own; a file for every trap."""

from __future__ import annotations

import csv
import itertools
import subprocess
import sys
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings

import memokit
from memokit import territory, workbook
from memokit.problems import MemokitError
from memokit.sources import kinds, read
from memokit.sources.incoming import fold, open_file
from tests import layouts, layouts_bbc
from tests.layouts import Fig

HEADS = list(layouts.STADSMONITOR)
MECHELEN, GENT, HASSELT = "12025", "44021", "71022"


def got(delivery) -> list[Fig]:
    rows = delivery.observations[["municipality", "indicator", "year", "value", "borders"]]
    return [Fig(*row) for row in rows.itertuples(index=False)]


def plain(delivery) -> list[tuple]:
    return [tuple(figure)[:4] for figure in got(delivery)]


def codes(delivery, severity: str = "") -> list[str]:
    return [problem.code for problem in delivery.problems if severity in ("", problem.severity)]


def the(delivery, code: str):
    """Return the one problem with a code; its sentences can be said."""
    (found,) = [problem for problem in delivery.problems if problem.code == code]
    assert found.message and found.remedy and "  " not in found.message
    return found


def refused(path: Path, **how) -> MemokitError:
    with pytest.raises(MemokitError) as error:
        read(path, **how)
    assert all(problem.message and problem.remedy for problem in error.value.problems)
    return error.value


def errors(error: MemokitError) -> list:
    return [problem for problem in error.problems if problem.severity == "error"]


@pytest.fixture
def text(tmp_path):
    def make(body: str, name: str = "bestand.csv") -> Path:
        path = tmp_path / name
        path.write_text(body, "utf-8")
        return path

    return make


@pytest.fixture
def book(tmp_path):
    return lambda sheets, name="boek.xlsx": layouts.book(tmp_path / name, sheets)


# -- Swing: the upload layout -------------------------------------------------------------------------------

FLAT = "period;geolevel;geoitem;v0001_aantal;vp0002_deel\n"


def test_flat_says_on_which_map_a_figure_stands(text):
    file = text(
        FLAT + "2018;gemeente2018;44001;10;0,5\n2020;gemeente2024;44084;20;0,25\n2024;gemeente;71072;30;1\n"
    )
    done = read(file)
    assert done.kind == "swing"
    assert got(done) == [
        Fig("44001", "v0001_aantal", 2018, 10, 2018), Fig("44084", "v0001_aantal", 2020, 20, 2019),
        Fig("71072", "v0001_aantal", 2024, 30, 2025), Fig("44001", "vp0002_deel", 2018, 0.5, 2018),
        Fig("44084", "vp0002_deel", 2020, 0.25, 2019), Fig("71072", "vp0002_deel", 2024, 1, 2025),
    ]  # fmt: skip
    assert set(done.observations["status"]) == {"published"} and set(done.observations["source"]) == {"Swing"}
    assert done.observations.groupby("indicator")["unit"].first().to_dict() == {
        "v0001_aantal": "aantal", "vp0002_deel": "verhouding",
    }  # fmt: skip


def test_what_is_missing_is_no_row_and_zero_is_a_zero(text):
    cells = ["-99996", "-99997", "-99998", "-99999", "x", "?", "-", "", "0", "-5"]
    rows = "".join(f"{2000 + i};gemeente2024;{MECHELEN};{cell}\n" for i, cell in enumerate(cells))
    done = read(text("period;geolevel;geoitem;v1_x\n" + rows))
    assert [(year, value) for _, _, year, value in plain(done)] == [(2008, 0), (2009, -5)]
    why = the(done, "missing-values").detail["why"]
    assert why == {"empty": 3, "censored": 2, "not_applicable": 1, "unknown": 2}
    assert "afgeschermd door de leverancier (2)" in the(done, "missing-values").message


def test_missing_codes_of_excel_are_missing_too(tmp_path):
    rows = [
        ["period", "geolevel", "geoitem", "v1_x"],
        [2020, "gemeente2024", 12025, -99997.0],
        [2021, "gemeente2024", 12025.0, 0],
        [2022, "gemeente2024", "12025", 7.5],
    ]
    assert plain(read(layouts.write(tmp_path / "b.xlsx", rows))) == [
        (MECHELEN, "v1_x", 2021, 0), (MECHELEN, "v1_x", 2022, 7.5),
    ]  # fmt: skip


def test_brussels_pseudo_municipalities_and_other_areas_are_counted(text):
    rows = [
        "gemeente2024;21004",
        "gemeente2024;99991",
        "gemeente2024;99992",
        "statsec;12025A00-",
        "provincie;10000",
        "provincie;20001",
        f"gemeente2024;{MECHELEN}",
    ]
    done = read(text("period;geolevel;geoitem;v1_x\n" + "".join(f"2020;{row};5\n" for row in rows)))
    assert plain(done) == [(MECHELEN, "v1_x", 2020, 5)]
    assert the(done, "other-areas").detail == {"n": 3, "names": ["provincie (2)", "statsec (1)"]}
    left = {p.detail["reason"]: p.detail["n"] for p in done.problems if p.code == "left-out"}
    assert left == {"brussels": 1, "unknown_place": 2}


def test_only_other_areas_is_nothing(text):
    error = refused(text("period;geolevel;geoitem;v1_x\n2020;provincie;10000;5\n"))
    assert "no-figures" in [problem.code for problem in error.problems]


def test_a_code_must_exist_on_the_map_of_its_level(text):
    (wrong,) = refused(text(FLAT + f"2020;gemeente;{HASSELT};1;2\n")).problems
    assert (wrong.code, wrong.row, wrong.column) == ("municipality-other-borders", 2, "geoitem")
    assert wrong.choices == ("71072 Hasselt",)


def test_a_code_that_nobody_knows(text):
    (wrong,) = refused(text(FLAT + "2020;gemeente2024;12099;1;2\n")).problems
    assert (wrong.code, wrong.found, wrong.row) == ("not-a-code", "12099", 2)


def test_a_new_code_in_limburg_is_not_left_out_in_silence(text):
    assert refused(text(FLAT + "2020;gemeente2024;71099;1;2\n")).problems[0].code == "not-a-code"


@pytest.mark.parametrize("period", ["2019-01", "2019K1", "2019M01", "201901", "2019 K4"])
def test_a_part_of_a_year_is_no_year(text, period):
    rows = f"2018;gemeente2024;{MECHELEN};1;2\n{period};gemeente2024;{MECHELEN};1;2\n"
    (wrong,) = refused(text(FLAT + rows)).problems
    assert (wrong.code, wrong.found, wrong.row) == ("period-not-year", period, 3)


def test_one_month_of_every_year_is_that_year(text):
    done = read(text(FLAT + f"2018-01;gemeente2018;{MECHELEN};1;2\n2019-01;gemeente2024;{MECHELEN};3;4\n"))
    assert [figure.year for figure in got(done)] == [2018, 2019, 2018, 2019]
    assert the(done, "period-as-year").severity == "note"
    quarters = "".join(f"2019K{k};gemeente2024;{MECHELEN};1;2\n" for k in (1, 2))
    assert {p.code for p in errors(refused(text(FLAT + quarters)))} == {"period-not-year"}


def test_school_years_are_no_years(text):
    error = refused(text(FLAT + f"2018-2019;gemeente2024;{MECHELEN};1;2\n"))
    assert [problem.code for problem in error.problems] == ["not-a-year"]


def test_two_figures_about_the_same_are_a_problem_and_the_same_twice_is_not(text):
    row = f"2020;gemeente2024;{MECHELEN};5;0,5\n"
    done = read(text(FLAT + row * 3))
    assert len(got(done)) == 2 and the(done, "repeated-figures").detail["n"] == 2
    (wrong,) = errors(refused(text(FLAT + row + row.replace(";5;", ";6;"))))
    assert (wrong.code, wrong.found, wrong.row, wrong.column) == ("two-figures", "6", 3, "v0001_aantal")


def test_one_town_on_two_maps_is_no_double(text):
    done = read(text(FLAT + f"2020;gemeente2024;{MECHELEN};5;1\n2020;gemeente;{MECHELEN};5;1\n"))
    assert len(got(done)) == 4


def test_a_cube_is_refused_unless_one_row_is_chosen(text):
    head = "period;geolevel;geoitem;leeftijd;kubus2001_bev\n"
    row = "2020;gemeente2024;12025;{};{}\n"
    (wrong,) = refused(text(head + row.format(1, 50) + row.format(2, 60))).problems
    assert (wrong.code, wrong.found) == ("cube", "leeftijd")
    done = read(text(head + row.format(1, 50)))
    assert plain(done) == [(MECHELEN, "kubus2001_bev", 2020, 50)]
    assert the(done, "columns-ignored").detail["names"] == ["leeftijd"]


def test_a_column_of_names_is_not_used(text):
    done = read(text(f"period;geolevel;geoitem;naam;bev_totaal\n2020;gemeente2024;{MECHELEN};Mechelen;5\n"))
    assert plain(done) == [(MECHELEN, "bev_totaal", 2020, 5)]
    assert the(done, "columns-ignored").detail["names"] == ["naam"]


def test_a_typo_in_a_column_of_figures_has_its_place(book):
    rows = [
        ["period", "geolevel", "geoitem", "v1_x"],
        [2020, "gemeente2024", 12025, 5],
        [2021, "gemeente2024", 12025, "12a"],
    ]
    (wrong,) = refused(book({"data": rows})).problems
    assert (wrong.code, wrong.sheet, wrong.row, wrong.column) == ("not-a-number", "data", 3, "D")


def test_a_thousands_point_is_never_a_decimal_point(text):
    rows = f"2020;gemeente2024;{MECHELEN};250.000;0,5\n"
    assert plain(read(text(FLAT + rows)))[0][3] == 250_000
    alone = f"period;geolevel;geoitem;v1_x\n2020;gemeente2024;{MECHELEN};250.000\n"
    error = refused(text(alone))
    assert error.choices == {"decimal": ["komma", "punt"]}
    assert plain(read(text(alone), choose={"decimal": "komma"}))[0][3] == 250_000
    assert plain(read(text(alone), choose={"decimal": "punt"}))[0][3] == 250


def test_a_leading_zero_proves_the_decimal_point(text):
    rows = f"2020;gemeente2024;{MECHELEN};0.125\n2020;gemeente2024;{GENT};1.250\n"
    done = read(text("period;geolevel;geoitem;vp1_x\n" + rows))
    assert [value for *_, value in plain(done)] == [0.125, 1.25]


def test_all_problems_come_at_once(text):
    rows = "2020;gemeente2024;12099;1;2\n20x0;gemeente2024;12025;1;2\n2020;gemeente2024;44021;a;2\n"
    found = {problem.code: problem.row for problem in refused(text(FLAT + rows)).problems}
    assert found == {"not-a-code": 2, "not-a-year": 3, "not-a-number": 4}


# -- Swing: tables of the viewer ----------------------------------------------------------------------------


@pytest.mark.parametrize("geo", ["12025", "Mechelen", "mechelen", "Mechelen (12025)", "12025 Mechelen"])
def test_geo_in_every_spelling(text, geo):
    done = read(text(f"Geo;Perioden;Inwoners (aantal);Groen (%)\n{geo};2020;86304;12,5\n"))
    assert plain(done) == [
        (MECHELEN, "Inwoners (aantal)", 2020, 86304), (MECHELEN, "Groen (%)", 2020, 12.5),
    ]  # fmt: skip
    assert list(done.observations["unit"]) == ["aantal", "%"]


def test_names_mean_the_municipality_of_the_year(text):
    done = read(
        text("Geo;Perioden;Iets\nHasselt;2024;1\nHasselt;2025;2\nAalst (Aalst);2024;3\nAalter;2018;4\n")
    )
    assert [(figure.municipality, figure.year) for figure in got(done)] == [
        ("71022", 2024), ("71072", 2025), ("41002", 2024), ("44001", 2018),
    ]  # fmt: skip
    assert the(done, "name-of-two").detail["names"] == ["Aalter", "Hasselt"]


def test_names_of_another_map_are_recognised_by_the_others(text):
    """Pajottegem exists since 2025: this table of 2023 stands on that map, so Hasselt is the new one."""
    done = read(text("Geo;Perioden;Iets\nHasselt;2023;1\nPajottegem;2023;2\n"))
    assert [(figure.municipality, figure.borders) for figure in got(done)] == [
        ("71072", 2025),
        ("23106", 2025),
    ]


def test_a_person_can_say_on_which_map_names_stand(text):
    file = text("Geo;Perioden;Iets\nHasselt;2020;1\n")
    assert got(read(file, choose={"borders": "2025"})) == [Fig("71072", "Iets", 2020, 1, 2025)]
    assert refused(file, choose={"borders": "2020"}).problems[0].code == "no-such-choice"


def test_totals_and_brussels_by_name_are_counted(text):
    names = [
        "Vlaams Gewest",
        "Provincie Antwerpen",
        "Arrondissement Mechelen",
        "Antwerpen (provincie)",
        "België",
        "Sint-Gillis",
        "Onbekend",
        "Mechelen",
        "Sint-Gillis-Waas",
    ]
    done = read(text("Geo;Perioden;Iets\n" + "".join(f"{name};2020;1\n" for name in names)))
    assert done.municipalities == ("12025", "46020")
    left = {p.detail["reason"]: p.detail["n"] for p in done.problems if p.code == "left-out"}
    assert left == {"total": 5, "brussels": 1, "unknown_place": 1}


def test_a_name_that_nobody_knows_has_a_place_and_the_nearest(text):
    (wrong,) = refused(text("Geo;Perioden;Iets\nMechelen;2020;1\nMechln;2020;1\n")).problems
    assert (wrong.code, wrong.row, wrong.column) == ("unknown-municipality", 3, "Geo")
    assert "Mechelen" in wrong.choices


def test_wide_takes_its_indicator_from_the_title(text):
    done = read(text("Aantal inwoners (aantal)\nBron: Statbel\nGeo;2018;2019\nMechelen;5;6\nGent;x;0\n"))
    name = "Aantal inwoners (aantal)"
    assert plain(done) == [(MECHELEN, name, 2018, 5), (MECHELEN, name, 2019, 6), (GENT, name, 2019, 0)]


@pytest.mark.parametrize("head", ["Indicator", "Onderwerp", "Variabele"])
def test_wide_takes_its_indicator_from_a_column(text, head):
    done = read(text(f"Geo;{head};2018;2019\nMechelen;A;5;6\nMechelen;B;7;8\n"))
    assert sorted(plain(done)) == [
        (MECHELEN, "A", 2018, 5), (MECHELEN, "A", 2019, 6), (MECHELEN, "B", 2018, 7),
        (MECHELEN, "B", 2019, 8),
    ]  # fmt: skip


def test_wide_takes_its_indicator_from_the_row_above_or_the_sheet(text, book):
    done = read(text(";A;;B;\nGeo;2018;2019;2018;2019\nMechelen;1;2;3;4\n"))
    assert sorted(row[1:] for row in plain(done)) == [
        ("A", 2018, 1),
        ("A", 2019, 2),
        ("B", 2018, 3),
        ("B", 2019, 4),
    ]
    done = read(book({"Fairtrade (aantal)": [["Geo", 2018], ["Mechelen", 5]]}))
    assert plain(done) == [(MECHELEN, "Fairtrade (aantal)", 2018, 5)]


def test_wide_without_a_name_asks(text):
    file = text("Geo;2018;2019\nMechelen;5;6\n")
    assert refused(file).choices == {"indicator": []}
    done = read(file, choose={"indicator": "Winkels (aantal)"})
    assert plain(done)[0] == (MECHELEN, "Winkels (aantal)", 2018, 5)


def test_wide_with_a_quarter_is_a_problem(text):
    error = refused(text("Titel\nGeo;2018;2019K1\nMechelen;5;6\n"))
    assert [(p.code, p.found, p.row) for p in error.problems] == [("period-not-year", "2019K1", 2)]


def test_a_table_of_a_site_as_json(text):
    body = (
        '{"headers": [{"name": "Geo", "type": "s"}, {"name": "Perioden"}, {"name": "Groen (%)"}],'
        ' "rows": [["Mechelen", "2018", "12,5"], ["Gent", "2018", null], ["Hasselt", "2018", "?"]]}'
    )
    done = read(text(body, "tabel.json"))
    assert plain(done) == [(MECHELEN, "Groen (%)", 2018, 12.5)]
    assert the(done, "missing-values").detail["n"] == 2


def test_a_line_with_the_source_below_is_no_row(text):
    assert len(got(read(text("Geo;Perioden;Iets\nMechelen;2020;1\nBron: Statbel\n")))) == 1


# -- what may be added up -----------------------------------------------------------------------------------


def test_counts_are_added_over_a_merger_and_shares_are_refused(text):
    rows = "2018;gemeente2018;44001;10;1\n2018;gemeente2018;44029;5;2\n"
    counts = "\n".join(line.rsplit(";", 1)[0] for line in (FLAT + rows).splitlines()) + "\n"
    done = read(text(counts), borders=2025)
    assert got(done) == [Fig("44084", "v0001_aantal", 2018, 15, 2025)]
    assert list(done.observations["status"]) == ["summed"]
    assert [p.code for p in refused(text(FLAT + rows), borders=2025).problems] == ["territory-share"]


def test_a_file_on_more_maps_gives_each_figure_once(text):
    """Shares of merged towns are in the file itself: nothing needs adding, so nothing is refused."""
    rows = (
        "2020;gemeente2024;12025;5\n2020;gemeente;12025;6\n2020;gemeente2024;11002;5\n"
        "2020;gemeente2024;11007;5\n2020;gemeente;11002;11\n"
    )
    file = text("period;geolevel;geoitem;vp1_x\n" + rows)
    assert [(f.municipality, f.value) for f in got(read(file, borders=2025))] == [
        (MECHELEN, 6),
        ("11002", 11),
    ]
    assert [(f.municipality, f.value) for f in got(read(file, borders=2019))] == [
        (MECHELEN, 5), ("11002", 5), ("11007", 5),
    ]  # fmt: skip
    assert the(read(file, borders=2025), "on-several-maps").detail["n"] == 3


@pytest.mark.parametrize(("code", "spread"), [
    ("v0001_x", "count"), ("vs0001_x", "count"), ("kubus0001_x", "count"), ("vp0001_x", "share"),
    ("vg0001_x", "share"), ("Naam", "share"), ("Naam (%)", "share"), ("Naam (aantal)", "count"),
])  # fmt: skip
def test_only_counts_may_be_added(code, spread):
    assert kinds()["swing"].series_of(code).spread == spread


def test_survey_results_are_never_added(book):
    rows = [
        [*HEADS, "Negatief %", "Neutraal %", "Positief %"],
        ["Hasselt", 71022, "T", 2023, 10, 20, 70],
        ["Kortessem", 73040, "T", 2023, 10, 20, 70],
    ]
    assert {p.code for p in refused(book({"WO_S_12": rows}), borders=2025).problems} == {"territory-survey"}


# -- Gemeente-Stadsmonitor ----------------------------------------------------------------------------------


def test_columns_are_found_by_head_wherever_they_stand(book):
    sheets = {
        "Leeswijzer": [["Over deze cijfers"]],
        "AR_03": [[*HEADS, "Procent"], ["Mechelen", 12025, "Werk", 2023, 70.5],
                  ["Vlaanderen", 2000, "Werk", 2023, 1]],
        "WE_36": [["Jaar", "Indicator", "Type", "Aantal", "NIS-code", "Gemeente"],
                  [2022, "Wegen", "a", 5, 12025, "Mechelen"], [2022, "Wegen", "b", 7, 44021, "Gent"]],
        "DE_05": [[*HEADS, "Teller", "Noemer", "Procent"], ["Mechelen", "12025", "Deel", 2020, 1, 4, 25]],
    }  # fmt: skip
    done = read(book(sheets))
    assert plain(done) == [
        (MECHELEN, "AR_03", 2023, 70.5), (MECHELEN, "WE_36", 2022, 5), (GENT, "WE_36", 2022, 7),
        (MECHELEN, "DE_05: Teller", 2020, 1), (MECHELEN, "DE_05: Noemer", 2020, 4),
        (MECHELEN, "DE_05: Procent", 2020, 25),
    ]  # fmt: skip
    assert done.labels["AR_03"] == "Werk" and done.labels["DE_05: Procent"] == "Deel: Procent"
    assert the(done, "sheets-ignored").detail["names"] == ["Leeswijzer"]
    assert [p.detail for p in done.problems if p.code == "left-out"] == [{"n": 1, "reason": "total"}]
    assert dict(zip(done.observations["indicator"], done.observations["unit"], strict=True)) == {
        "AR_03": "%", "WE_36": "aantal", "DE_05: Teller": "", "DE_05: Noemer": "", "DE_05: Procent": "%",
    }  # fmt: skip


def test_rows_by_type_become_an_indicator_for_each_type(book):
    rows = [
        [*HEADS, "Type", "Oppervlakte", "Totaal"],
        ["Mechelen", 12025, "Ruimte", 2023, "bos", 5, 100],
        ["Mechelen", 12025, "Ruimte", 2023, "water", 7, 100],
    ]
    assert plain(read(book({"RU_05": rows}))) == [
        (MECHELEN, "RU_05: Oppervlakte, bos", 2023, 5), (MECHELEN, "RU_05: Oppervlakte, water", 2023, 7),
        (MECHELEN, "RU_05: Totaal", 2023, 100),
    ]  # fmt: skip


SURVEY = [*HEADS, "Eens (%)", "Neutraal (%)", "Oneens (%)", "Marge (+/-)"]


def test_a_survey_keeps_its_margins_and_tells_the_nearest_year(book):
    years = [(2017, 50), (2020, 51), (2023, 52)]
    rows = [["Mechelen", 12025, "Tevreden", year, yes, 20, 80 - yes, 1.5] for year, yes in years]
    done = read(book({"WO_S_12": [SURVEY, *rows]}))
    assert plain(done)[:2] == [
        (MECHELEN, "WO_S_12: Eens (%)", 2017, 50),
        (MECHELEN, "WO_S_12: Eens (%)", 2020, 51),
    ]
    assert done.labels["WO_S_12: Marge (+/-)"] == "Tevreden: Marge (+/-)"
    assert (MECHELEN, "WO_S_12: Marge (+/-)", 2023, 1.5) in plain(done)
    note = the(done, "baseline-nearest")
    assert (note.severity, note.sheet) == ("note", "WO_S_12")
    assert note.detail["years"] == [2017, 2020, 2023] and note.detail["nearest"] == 2017
    assert codes(done) == ["baseline-nearest"]


def test_of_two_years_as_near_the_one_before(book):
    rows = [["Mechelen", 12025, "T", year, 50, 20, 30, 1] for year in (2016, 2020)]
    assert the(read(book({"WO_S_12": [SURVEY, *rows]})), "baseline-nearest").detail["nearest"] == 2016
    rows[0][3] = 2018
    assert "baseline-nearest" not in codes(read(book({"WO_S_12": [SURVEY, *rows]})))


def test_answers_that_do_not_make_a_hundred(book):
    rows = [
        ["Mechelen", 12025, "T", 2020, 50, 20, 31.5, 1],
        ["Gent", 44021, "T", 2020, 50, 20, 20, 1],
        ["Hasselt", 71022, "T", 2020, 50, "x", 20, 1],
    ]
    wrong = the(read(book({"WO_S_12": [SURVEY, *rows]})), "shares-not-100")
    assert (wrong.severity, wrong.row, wrong.found) == ("warning", 3, "90")


def test_an_impossible_percentage_is_refused_with_its_place(book):
    rows = [["Mechelen", 12025, "T", 2020, -10, 20, 90, 1], ["Gent", 44021, "T", 2020, 130, 0, 0, 1]]
    found = [
        p for p in refused(book({"WO_S_12": [SURVEY, *rows]})).problems if p.code == "percentage-outside"
    ]
    assert [(p.row, p.column, p.found) for p in found] == [(2, "E", "-10"), (3, "E", "130")]
    register = [[*HEADS, "Procent"], ["Mechelen", 12025, "Groei", 2020, -3]]
    assert the(read(book({"AR_03": register})), "percentage-outside").severity == "warning"


def test_cells_with_a_percent_format_are_read_as_percentages(book):
    rows = [["Mechelen", 12025, "T", 2020, 0.5, 0.2, 0.3, 1], ["Gent", 44021, "T", 2020, 0.25, 0.25, 0.5, 1]]
    done = read(book({"WO_S_12": [SURVEY, *rows]}))
    assert [value for *_, value in plain(done)][:2] == [50, 25] and the(done, "fractions")


def test_a_broken_sheet_does_not_hide_another(book):
    sheets = {
        "AR_03": [[*HEADS, "Procent"], ["Mechelen", 12099, "W", 2020, 1]],
        "AR_04": [[*HEADS, "Procent"], ["Mechelen", 12025, "W", "twee", 1]],
    }
    assert [(p.code, p.sheet) for p in refused(book(sheets)).problems] == [
        ("not-a-code", "AR_03"),
        ("not-a-year", "AR_04"),
    ]


# -- Statbel ------------------------------------------------------------------------------------------------

PEOPLE = ["NIS code", "Woonplaats", "Mannen", "Vrouwen", "Totaal"]


def test_population_by_sheet(book):
    sheets = {
        "Bevolking in 2025": [["Bevolking per gemeente"], ["op 1 januari"], [], PEOPLE,
                              [1000, "België", 9, 9, 18],
                              [2000, "Vlaams Gewest", 9, 9, 18], [12025, "Mechelen", 3, 4, 7],
                              [62063, "Luik", 1, 1, 2], [21004, "Brussel", 1, 1, 2], ["Bron: Statbel"],
                              ["(1) Voorlopig"]],
        "Bevolking in 2018": [PEOPLE, ["44001", "Aalter", 10, 11, 21], ["11002", "Antwerpen", 3, 4, 7]],
    }  # fmt: skip
    done = read(book(sheets))
    assert done.kind == "statbel-population"
    assert [figure for figure in got(done) if figure.indicator == "bevolking"] == [
        Fig(MECHELEN, "bevolking", 2025, 7, 2025), Fig("44001", "bevolking", 2018, 21, 2018),
        Fig("11002", "bevolking", 2018, 7, 2018),
    ]  # fmt: skip
    assert (MECHELEN, "bevolking_vrouwen", 2025, 4) in plain(done)
    assert set(done.observations["unit"]) == {"inwoners"}
    left = {p.detail["reason"]: p.detail["n"] for p in done.problems if p.code == "left-out"}
    assert left == {"total": 2, "elsewhere": 1, "brussels": 1}


def test_men_and_women_must_make_the_total(book):
    (wrong,) = refused(book({"Bevolking in 2025": [PEOPLE, [12025, "Mechelen", 3, 4, 8]]})).problems
    assert (wrong.code, wrong.row, wrong.column, wrong.found) == ("men-and-women", 2, "E", "8")


def test_a_population_without_a_year_asks(book):
    file = book({"Bevolking": [PEOPLE, [71072, "Hasselt", 3, 4, 7]]})
    assert refused(file).choices["year"][:2] == ["2025", "2026"]
    assert read(file, choose={"year": "2025"}).years == (2025,)


STRUCT = "CD_REFNIS|TX_DESCR_NL|CD_SEX|CD_AGE|MS_POPULATION\n"
AGES = "12025|Mechelen|M|1|10\n12025|Mechelen|F|1|12\n62063|Luik|F|1|5\n21004|Brussel|F|1|5\n"


def test_population_by_age_is_added_up(text):
    done = read(text(STRUCT + AGES, "TF_SOC_POP_STRUCT_2025.txt"))
    assert got(done) == [Fig(MECHELEN, "bevolking", 2025, 22, 2025)]
    old = STRUCT.replace("CD_REFNIS", "CD_MUNTY_REFNIS").replace("|MS_", "|CD_YEAR|MS_")
    done = read(text(old + "12025|M|M|1|2018|10\n12025|M|F|1|2018|12\n", "naam.txt"))
    assert plain(done) == [(MECHELEN, "bevolking", 2018, 22)]


def test_population_by_age_asks_its_year_and_never_adds_half(text):
    assert "2018" in refused(text(STRUCT + AGES, "bevolking.txt")).choices["year"]
    assert read(text(STRUCT + AGES, "b.txt"), choose={"year": "2019"}).years == (2019,)
    hole = refused(text(STRUCT + AGES + "12025|Mechelen|F|2|\n", "TF_SOC_POP_STRUCT_2025.txt"))
    assert [(p.code, p.row) for p in errors(hole)] == [("required-empty", 6)]
    twice = refused(text((STRUCT + AGES) * 2, "TF_SOC_POP_STRUCT_2025.txt"))
    assert [(p.code, p.row) for p in errors(twice)] == [("header-again", 6)]


def test_income_is_given_as_totals(text):
    names = ("NBR_NON_ZERO_INC", "NBR_ZERO_INC", "TOT_NET_TAXABLE_INC", "TOT_RESIDENTS")
    head = "|".join(["CD_YEAR", "CD_MUNTY_REFNIS", *(f"MS_{name}" for name in names)]) + "\n"
    rows = "2018|44084|50||1000000.5|80\n2018|62063|1|1|1|1\n2018|21004|1|1|1|1\n"
    done = read(text("\ufeff" + head + rows, "TF_PSNL_INC_TAX_MUNTY.txt"))
    assert done.kind == "statbel-income"
    assert got(done) == [
        Fig("44084", "inkomen_totaal", 2018, 1000000.5), Fig("44084", "aangiften", 2018, 50),
        Fig("44084", "inwoners_1jan_volgend_jaar", 2018, 80),
    ]  # fmt: skip
    assert list(done.observations["unit"]) == ["euro", "aantal", "inwoners"]
    assert the(done, "income-residents").severity == "note"
    left = {p.detail["reason"]: p.detail["n"] for p in done.problems if p.code == "left-out"}
    assert left == {"elsewhere": 1, "brussels": 1}


def test_income_of_one_town_stands_on_the_map_of_2019(text):
    rows = "CD_YEAR|CD_MUNTY_REFNIS|MS_TOT_NET_TAXABLE_INC\n2018|11002|5\n"
    assert got(read(text(rows, "i.txt"))) == [Fig("11002", "inkomen_totaal", 2018, 5, 2019)]


@pytest.mark.parametrize(("edition", "now", "every"), [(2019, 300, 315), (2025, 285, 327)])
def test_the_list_of_codes_agrees(tmp_path, edition, now, every):
    done = read(layouts.statbel_refnis(tmp_path / "TU_COM_REFNIS.txt", edition))
    note = the(done, "refnis-agrees")
    assert done.kind == "statbel-refnis" and codes(done) == ["refnis-agrees"] and done.observations.empty
    assert (note.detail["n"], note.detail["all"]) == (now, every)


def test_the_list_of_codes_differs(tmp_path):
    file = layouts.statbel_refnis(tmp_path / "r.txt", 2025, without=MECHELEN)
    body = file.read_text("utf-8-sig").replace(
        "44021||Gent|Gent|Gent|01/01/1977|31/12/9999", "44021||Gent|Gent|Gent|01/01/1977|31/12/2030"
    )
    file.write_text(body + "4|71099||N|N|Nieuwdorp|01/01/2025|31/12/9999\n", "utf-8")
    done = read(file)
    assert {p.code: p.detail["names"] for p in done.problems} == {
        "refnis-unknown": ["71099"], "refnis-missing": [MECHELEN], "refnis-ends": ["44021 Gent (2030)"],
    }  # fmt: skip
    assert all(the(done, code).severity == "warning" for code in codes(done))


# -- memokit's own ------------------------------------------------------------------------------------------


def test_tidy_observations_in_both_tongues(text):
    english = "municipality,indicator,year,value,unit,status,source\n12025,IS1,2018,5.125,%,derived,Statbel\n"
    dutch = "gemeente;indicator;jaar;waarde;eenheid;status;bron;grenzen\n"
    dutch += "Mechelen;IS1;2018;5,125;%;afgeleid;Statbel;2018\n"
    for body in (english, dutch):
        row = read(text(body)).observations.iloc[0].to_dict()
        assert row == {
            "municipality": MECHELEN,
            "indicator": "IS1",
            "year": 2018,
            "value": 5.125,
            "unit": "%",
            "status": "derived",
            "source": "Statbel",
            "borders": 2018,
        }


def test_what_was_made_harmless_for_excel_is_restored(text):
    done = read(text("municipality,indicator,year,value,unit,status,source\n12025,'=x,2018,1,,,'+bron\n"))
    assert list(done.observations["indicator"]) == ["=x"] and list(done.observations["source"]) == ["+bron"]
    assert list(done.observations["status"]) == ["published"]


def test_a_missing_figure_stays_missing_and_a_strange_status_is_told(text):
    head = "municipality,indicator,year,value,unit,status,source\n"
    done = read(text(head + "12025,A,2018,,,missing,\n12025,A,2019,0,,,\n"))
    assert plain(done) == [(MECHELEN, "A", 2019, 0)]
    (wrong,) = refused(text(head + "12025,A,2018,1,,gegokt,\n")).problems
    assert (wrong.code, wrong.found, wrong.row, wrong.column) == ("unknown-value", "gegokt", 2, "status")


def test_only_what_is_counted_is_added(text):
    head = "municipality,indicator,year,value,unit,borders\n"
    pair = "44001,{0},2018,10,{1},2018\n44029,{0},2018,5,{1},2018\n"
    done = read(text(head + pair.format("stemmen", "aantal")), borders=2025)
    assert got(done) == [Fig("44084", "stemmen", 2018, 15, 2025)]
    for indicator, unit in (("deel", "%"), ("inkomen_per_inwoner", "euro"), ("gemiddeld inkomen", "euro")):
        assert (
            refused(text(head + pair.format(indicator, unit)), borders=2025).problems[0].code
            == "territory-share"
        )


def test_borders_that_do_not_fit(text):
    head = "municipality,indicator,year,value,borders\n"
    assert refused(text(head + "44001,A,2018,1,2025\n")).problems[0].code == "municipality-other-borders"
    assert refused(text(head + "44001,A,2018,1,2020\n")).problems[0].code == "unknown-borders"


def test_tables_of_a_dossier_ask_what_they_do_not_say(voorbeeldstad):
    figures, plan = voorbeeldstad / "cijfers.csv", voorbeeldstad / "plan.csv"
    assert refused(figures).choices == {"municipality": []}
    done = read(figures, choose={"municipality": "Mechelen"})
    assert done.kind == "memokit" and done.municipalities == (MECHELEN,)
    assert ("bevolking", 2018, 20350.0, "summed", "B28") in done.observations[
        ["indicator", "year", "value", "status", "source"]
    ].itertuples(index=False, name=None)  # fmt: skip
    assert refused(plan).choices == {"municipality": [], "report_year": ["2014", "2020", "2026"]}
    items = read(plan, choose={"municipality": "Mechelen", "report_year": "2020"}).plan_items
    dossier = memokit.open(voorbeeldstad)
    ours = [
        (item.level, item.code, item.parent, item.title, item.own_evaluation)
        for item in dossier.plan
        if item.promise_from == "plan"
    ]
    kept = items[["level", "code", "parent", "title", "own_evaluation"]].itertuples(index=False, name=None)
    assert list(kept) == ours
    assert refused(figures, choose={"municipality": "Mechln"}).problems[0].code == "unknown-municipality"


def test_the_werkboek_tells_its_municipality_itself(tmp_path, voorbeeldstad):
    for name in ("dossier.yml",):
        file = voorbeeldstad / name
        file.write_text(file.read_text("utf-8").replace("99901", MECHELEN), "utf-8")
    dossier = memokit.open(voorbeeldstad)
    workbook.write(dossier, tmp_path / "werkboek.xlsx")
    done = read(tmp_path / "werkboek.xlsx")
    assert done.kind == "memokit" and done.municipalities == (MECHELEN,)
    assert len(done.observations) == sum(figure.value is not None for figure in dossier.table("figures"))
    assert set(done.plan_items["report_year"]) == {2020}
    assert the(done, "promised-elsewhere").detail["n"] == sum(i.promise_from != "plan" for i in dossier.plan)


def test_amounts_and_plan_items(text):
    done = read(
        text(
            "gemeente;jaar;beleidsveld;maat;rapport;rapportjaar;bedrag\n"
            "Mechelen;2020;0160 Hulp;uitgave;jaarrekening;2020;1.500,5\n"
        )
    )
    row = done.amounts.iloc[0].to_dict()
    assert (row["policy_field"], row["measure"], row["report"], row["amount"]) == (
        "0160 Hulp",
        "outlay",
        "accounts",
        1500.5,
    )
    head = "municipality,report_year,level,code,parent,title\n"
    done = read(
        text(
            head
            + "12025,2020,objective,BD-1,,Doel\n12025,2020,actie,AC-1,BD-1,'=Actie\n12025,2020,actie,,,Leeg\n"
        )
    )
    assert list(done.plan_items["title"]) == ["Doel", "=Actie"] and list(done.plan_items["level"]) == [
        "objective",
        "action",
    ]
    assert the(done, "code-missing").row == 4
    twice = read(text(head + "12025,2020,action,A,,Een\n12025,2020,action,A,,Twee\n"))
    assert len(twice.plan_items) == 2 and the(twice, "code-twice").row == 3


def test_a_code_that_excel_made_a_date_of_is_refused(book):
    import datetime

    rows = [
        ["municipality", "report_year", "level", "code", "parent", "title"],
        [12025, 2020, "action", datetime.date(2020, 1, 2), "", "Titel"],
    ]
    assert [(p.code, p.row, p.column) for p in refused(book({"plan": rows})).problems] == [
        ("excel-changed", 2, "D")
    ]


# -- recognition --------------------------------------------------------------------------------------------

FIGURES = [Fig(MECHELEN, "v0001_x", 2020, 12.5), Fig(GENT, "v0001_x", 2020, 7.0)]
COUNTS = [Fig(MECHELEN, "bevolking", 2020, 12.0), Fig(GENT, "bevolking", 2020, 7.0)]
OBSERVED = {
    "municipality": MECHELEN,
    "indicator": "A",
    "year": 2020,
    "value": 5.0,
    "unit": "%",
    "status": "published",
    "source": "B",
}
AMOUNT = {
    "municipality": MECHELEN,
    "year": 2020,
    "policy_field": "0160",
    "measure": "outlay",
    "report": "plan",
    "report_year": 2020,
    "amount": 5.0,
}
ITEM = {
    "municipality": MECHELEN,
    "report_year": 2020,
    "level": "action",
    "code": "A",
    "parent": "",
    "title": "T",
}
BBC = {
    "NIS-code": 12025,
    "Type rapport": "Meerjarenplan",
    "Rapportjaar": 2020,
    "Boekjaar": 2020,
    "Beleidsveld": "0160 Hulp",
    "Uitgave": 100,
}
HEAD = {
    "Type rapport": "Meerjarenplan",
    "Rapportjaar": "2020",
    "Boekjaar": "2020",
    "Beleidsveld": "0160 Hulp",
    "measure": "Uitgave",
}
ACTION = {
    "board": "Gemeente en OCMW Mechelen",
    "amounts": {"2026,Uitgave": 5.0},
    **{name: layouts_bbc.block("X", "Titel") for name in ("objective", "action_plan", "action")},
}

ONE = [Fig(MECHELEN, "AR_03", 2020, 1.0)]
INCOMES = [Fig(GENT, "inkomen_totaal", 2018, 5.0)]
NAMED = {"AR_03": [[*HEADS, "Waarde", "Bron"], ["Mechelen", 12025, "W", 2020, 5, "x"]]}
BLOCKS = [HEAD, {**HEAD, "Boekjaar": "2021"}]
MONEY = [1.0, 2.0]

LAYOUTS = {
    "swing flat": ("swing", ".csv", layouts.swing_flat, [FIGURES]),
    "swing flat xlsx": ("swing", ".xlsx", layouts.swing_flat, [FIGURES]),
    "swing long": ("swing", ".csv", layouts.swing_long, [FIGURES]),
    "swing wide": ("swing", ".csv", layouts.swing_wide, [FIGURES]),
    "swing wide xlsx": ("swing", ".xlsx", layouts.swing_wide, [FIGURES]),
    "swing json": ("swing", ".json", layouts.swing_json, [FIGURES]),
    "stadsmonitor": ("stadsmonitor", ".xlsx", layouts.stadsmonitor, [ONE]),
    "stadsmonitor, named waarde": ("stadsmonitor", ".xlsx", layouts.book, [NAMED]),
    "population": ("statbel-population", ".xlsx", layouts.statbel_population, [COUNTS]),
    "struct": ("statbel-population", ".txt", layouts.statbel_struct, [COUNTS]),
    "old struct": ("statbel-population", ".txt", layouts.statbel_struct, [COUNTS, layouts.OLD_STRUCT]),
    "income": ("statbel-income", ".txt", layouts.statbel_income, [INCOMES]),
    "refnis": ("statbel-refnis", ".txt", layouts.statbel_refnis, []),
    "observations": ("memokit", ".csv", layouts.tidy, [[OBSERVED]]),
    "observations, Dutch": ("memokit", ".csv", layouts.tidy, [[OBSERVED], True]),
    "amounts": ("memokit", ".csv", layouts.tidy, [[AMOUNT]]),
    "amounts, Dutch": ("memokit", ".csv", layouts.tidy, [[AMOUNT], True]),
    "plan items": ("memokit", ".csv", layouts.tidy, [[ITEM]]),
    "plan items, Dutch": ("memokit", ".csv", layouts.tidy, [[ITEM], True]),
    "bbc tidy": ("bbc-tidy", ".xlsx", layouts_bbc.tidy, [[BBC]]),
    "bbc pivot": ("bbc-pivot", ".csv", layouts_bbc.pivot_csv, [BLOCKS, {"12025": MONEY}]),
    "bbc pivot xlsx": (
        "bbc-pivot", ".xlsx", layouts_bbc.pivot_xlsx, [[2020, 2021], ["REK64", "REK64"], {"Mechelen": MONEY}],
    ),
    "bbc actions": ("bbc-actions", ".csv", layouts_bbc.actions, [[ACTION], [2026]]),
}  # fmt: skip


@pytest.mark.parametrize("name", LAYOUTS)
def test_each_layout_is_recognised_as_its_own_kind(tmp_path, name):
    """By content only: the file has a name that says nothing, and every other kind is less sure."""
    kind, suffix, make, given = LAYOUTS[name]
    file = make(tmp_path / f"f{suffix}", *given)
    incoming = open_file(file, (fold(head) for reader in kinds().values() for head in reader.HEADS))
    sure = {each: reader.recognises(incoming) for each, reader in kinds().items()}
    assert sure.pop(kind) > max(sure.values()), sure
    assert not [each for each, n in sure.items() if n and (each, kind) != ("memokit", "stadsmonitor")], sure


GARBAGE = [
    "naam;leeftijd\nJan;5\n", "a,b,c\n1,2,3\n", "Geachte\n\nHierbij onze evaluatie.\n",
    "Geo;Naam\nMechelen;x\n", "period;geoitem;v1\n2020;12025;5\n", "indicator;jaar;waarde\nA;2020;5\n",
    "Gemeente;2018;2019\nMechelen;1;2\n", "NIS-code;Gemeente\n12025;Mechelen\n", "code;titel\nA;B\n",
    "CD_REFNIS|TX\n12025|x\n", "kind,key,name,unit\nfigure,a,b,c\n",
]  # fmt: skip


@pytest.mark.parametrize("body", GARBAGE)
def test_garbage_is_not_recognised(text, body):
    error = refused(text(body))
    assert [problem.code for problem in error.problems] == ["not-recognised"]


@pytest.mark.parametrize(
    "kind", ["swing", "stadsmonitor", "statbel-population", "statbel-income", "statbel-refnis", "memokit"]
)
@pytest.mark.parametrize("body", [*GARBAGE, "a\n", ";;;\n;;;\n", "Geo;Perioden;X\n", FLAT])
def test_a_wrong_kind_is_refused_in_words(text, kind, body):
    refused(text(body), kind=kind)


# -- round trips --------------------------------------------------------------------------------------------

LONG_RUN = settings().max_examples > 100  # make fuzz
trip = settings(
    max_examples=settings().max_examples if LONG_RUN else 25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
_counter = itertools.count()


def towns(borders: int) -> st.SearchStrategy[str]:
    return st.sampled_from([town.code for town in territory.municipalities(borders)])


def value(counted: bool = False) -> st.SearchStrategy[float]:
    whole = st.integers(0 if counted else -90_000, 3_000_000).map(float)
    if counted:
        return whole
    return st.one_of(whole, st.just(0.0), st.integers(-(10**9), 10**9).map(lambda n: n / 10_000))


def figures(names: st.SearchStrategy[str], years: st.SearchStrategy[int], borders=None, counted=False):
    """Return lists of figures, none twice; on the map of their year, unless `borders` is given."""

    def one(year: int):
        at = borders or (2018 if year < 2019 else 2019 if year < 2025 else 2025)
        maps = st.sampled_from([2018, 2019, 2025]) if borders == "any" else st.just(at)
        return maps.flatmap(
            lambda b: st.builds(Fig, towns(b), names, st.just(year), value(counted), st.just(b))
        )

    key = lambda figure: (figure.municipality, figure.indicator, figure.year, figure.borders)  # noqa: E731
    return st.lists(years.flatmap(one), min_size=1, max_size=12, unique_by=key)


CODES = st.sampled_from(["v0001_a", "vs12_b", "vp0002_c", "vg0003_d", "kubus1_e"])
NAMES = st.sampled_from(["Inwoners (aantal)", "Groen in de buurt (%)", "Wegen, per 1.000 inwoners", "Iets"])
YEARS = st.integers(2000, 2030)
FORMS = st.tuples(st.sampled_from([".csv", ".xlsx"]), st.sampled_from([",", "."]))


def back(folder: Path, make, suffix: str, decimal: str = ","):
    file = make(folder / f"{next(_counter)}{suffix}")
    return read(file, choose={"decimal": "komma" if decimal == "," else "punt"})


def same(delivery, wanted, maps: bool) -> None:
    found, expected = (
        sorted(tuple(f) if maps else tuple(f)[:4] for f in each) for each in (got(delivery), wanted)
    )
    assert found == expected


@trip
@given(figures(CODES, YEARS, borders="any"), FORMS)
def test_round_trip_flat(tmp_path, wanted, form):
    suffix, decimal = form
    same(
        back(tmp_path, lambda p: layouts.swing_flat(p, wanted, decimal=decimal), suffix, decimal),
        wanted,
        True,
    )


@trip
@given(figures(NAMES, YEARS), FORMS, st.sampled_from(["code", "name", "both"]))
def test_round_trip_long(tmp_path, wanted, form, how):
    suffix, decimal = form
    same(
        back(tmp_path, lambda p: layouts.swing_long(p, wanted, how, decimal=decimal), suffix, decimal),
        wanted,
        False,
    )


@trip
@given(figures(NAMES, YEARS), FORMS, st.sampled_from(["code", "both"]))
def test_round_trip_wide(tmp_path, wanted, form, how):
    suffix, decimal = form
    same(
        back(tmp_path, lambda p: layouts.swing_wide(p, wanted, how, decimal=decimal), suffix, decimal),
        wanted,
        False,
    )


@trip
@given(figures(NAMES, YEARS), st.sampled_from([",", "."]), st.sampled_from(["code", "name", "both"]))
def test_round_trip_json(tmp_path, wanted, decimal, how):
    same(
        back(tmp_path, lambda p: layouts.swing_json(p, wanted, how, decimal), ".json", decimal), wanted, False
    )


@trip
@given(figures(st.sampled_from(["AR_03", "WE_36", "DE_05: Teller", "DE_05: Noemer"]), YEARS))
def test_round_trip_stadsmonitor(tmp_path, wanted):
    done = back(tmp_path, lambda p: layouts.stadsmonitor(p, wanted), ".xlsx")
    heads = {figure.indicator for figure in wanted}
    alone = {"DE_05: Teller", "DE_05: Noemer"} & heads
    if len(alone) == 1:  # one column of figures is the indicator itself
        wanted = [figure._replace(indicator=figure.indicator.split(":")[0]) for figure in wanted]
    same(done, wanted, False)


@trip
@given(figures(st.just("bevolking"), st.integers(2009, 2030), counted=True))
def test_round_trip_population(tmp_path, wanted):
    done = back(tmp_path, lambda p: layouts.statbel_population(p, wanted), ".xlsx")
    parts = done.observations.pivot(index=["municipality", "year"], columns="indicator", values="value")
    assert (parts["bevolking_mannen"] + parts["bevolking_vrouwen"] == parts["bevolking"]).all()
    assert sorted(f for f in got(done) if f.indicator == "bevolking") == sorted(wanted)


@trip
@given(
    figures(st.just("bevolking"), st.just(2020), counted=True),
    st.sampled_from([layouts.STRUCT, layouts.OLD_STRUCT]),
)
def test_round_trip_struct(tmp_path, wanted, heads):
    done = back(
        tmp_path, lambda p: layouts.statbel_struct(p.with_name(f"{p.stem}_2020.txt"), wanted, heads), ".txt"
    )
    same(done, wanted, True)


@trip
@given(
    figures(st.sampled_from(list(layouts.INCOME)), st.integers(2005, 2018), borders=2019),
    st.sampled_from([".txt", ".xlsx"]),
)
def test_round_trip_income(tmp_path, wanted, suffix):
    wanted = [*wanted, Fig("44084", "inkomen_totaal", 2004, 5.0)]
    same(back(tmp_path, lambda p: layouts.statbel_income(p, wanted), suffix, "."), wanted, True)


TEXTS = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"]), max_size=12).map(
    str.strip
)


@trip
@given(
    figures(st.sampled_from(["A", "=1+1", "-3x", "IS01"]), YEARS, borders="any"),
    st.booleans(),
    TEXTS,
    st.sampled_from([".csv", ".xlsx"]),
    st.sampled_from(["published", "summed", "derived", "repaired", "council"]),
)
def test_round_trip_observations(tmp_path, wanted, dutch, source, suffix, status):
    from memokit.tables import guard

    rows = [
        {
            **figure._asdict(),
            "indicator": guard(figure.indicator),
            "unit": "aantal",
            "status": status,
            "source": guard(source),
        }
        for figure in wanted
    ]
    done = back(tmp_path, lambda p: layouts.tidy(p, rows, dutch), suffix, "," if dutch else ".")
    same(done, wanted, True)
    assert set(done.observations["status"]) == {status}
    assert [text.split() for text in set(done.observations["source"])] == [source.split()]


@trip
@given(
    st.lists(
        st.tuples(
            towns(2025),
            st.integers(2014, 2031),
            st.sampled_from(["0160 Hulp", "0150", ""]),
            st.sampled_from(["outlay", "outlay_per_inhabitant"]),
            st.sampled_from(["plan", "accounts"]),
            value(),
        ),
        min_size=1,
        max_size=10,
        unique_by=lambda row: row[:5],
    ),
    st.booleans(),
    st.sampled_from([".csv", ".xlsx"]),
)
def test_round_trip_amounts(tmp_path, wanted, dutch, suffix):
    names = ("municipality", "year", "policy_field", "measure", "report", "amount")
    rows = [{**dict(zip(names, row, strict=True)), "report_year": 2020, "borders": 2025} for row in wanted]
    done = back(tmp_path, lambda p: layouts.tidy(p, rows, dutch), suffix, "," if dutch else ".")
    assert sorted(done.amounts[list(names)].itertuples(index=False, name=None)) == sorted(wanted)


@trip
@given(
    st.lists(
        st.tuples(
            towns(2025),
            st.sampled_from(["objective", "action_plan", "action"]),
            st.sampled_from(["BD-1", "1.10", "1/2", "AC 1"]),
            TEXTS,
        ),
        min_size=1,
        max_size=8,
        unique_by=lambda row: row[:3],
    ),
    st.booleans(),
    st.sampled_from([".csv", ".xlsx"]),
)
def test_round_trip_plan_items(tmp_path, wanted, dutch, suffix):
    from memokit.tables import guard

    rows = [
        {
            "municipality": town,
            "report_year": 2026,
            "level": level,
            "code": code,
            "parent": "BD-1",
            "title": guard(title),
            "borders": 2025,
        }
        for town, level, code, title in wanted
    ]
    done = back(tmp_path, lambda p: layouts.tidy(p, rows, dutch), suffix)
    found = done.plan_items[["municipality", "level", "code", "title"]].itertuples(index=False, name=None)
    assert sorted((*row[:3], " ".join(row[3].split())) for row in found) == sorted(
        (*row[:3], " ".join(row[3].split())) for row in wanted
    )


# -- the compiled facts, through the layouts they came in ---------------------------------------------------


INCOME = "totaal_netto_belastbaar_inkomen"


def facts(shared: Path, name: str) -> list[dict[str, str]]:
    with (shared / "data" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_population_on_the_map_of_2025_is_that_of_the_facts(shared, tmp_path):
    """308, 300 and 285 municipalities in one workbook, added up to 285: equal to the table made apart."""
    people = [
        Fig(row["nis"], "bevolking", int(row["jaar"]), float(row["inwoners"]))
        for row in facts(shared, "bevolking.csv")
        if row["jaar"] in ("2018", "2019", "2020", "2021", "2025")
    ]
    done = read(layouts.statbel_population(tmp_path / "b.xlsx", people), borders=2025)
    found = {(f.municipality, f.year): f.value for f in got(done) if f.indicator == "bevolking"}
    wanted = {
        (row["nis_2025"], int(row["jaar"])): float(row["inwoners"])
        for row in facts(shared, "bevolking_geo2025.csv")
        if row["jaar"] in ("2018", "2019", "2020", "2021", "2025")
    }
    assert len(found) == 5 * 285 and found == wanted


def test_crime_and_income_come_back_from_their_layouts(shared, tmp_path):
    crime = [
        Fig(row["nis_2019"], row["indicator"], int(row["jaar"]), float(row["waarde"]))
        for row in facts(shared, "criminaliteit.csv")
    ]
    assert sorted(got(read(layouts.swing_flat(tmp_path / "c.csv", crime)))) == sorted(crime)
    income = [
        Fig(row["nis_2019"], "inkomen_totaal", int(row["inkomstenjaar"]), float(row[INCOME]))
        for row in facts(shared, "inkomen_fiscaal.csv")
    ]
    done = read(layouts.statbel_income(tmp_path / "i.txt", income))
    assert sorted(got(done)) == sorted(income)
    assert len({f.municipality for f in got(read(tmp_path / "i.txt", borders=2025))}) == 285


# -- damage -------------------------------------------------------------------------------------------------

STRANGE = [
    "", " ", "x", "?", "-", "0", "-1", "1.234", "1,5", "1.234,5", "12025", "44001", "71072", "02000", "21004",
    "99991", "Mechelen", "Hasselt", "Vlaams Gewest", "2018", "2025", "2019-01", "20180", "NaN", "inf",
    "1e400",
    "9" * 400, "²", "１２０２５", "=1+1", "'x", "\u00a0", "%", "€ 5", "gemeente", "statsec", "Indicator",
    "Totaal", "Bron: x", "é\n", "\t", -99997, 2018.5, 1e300, True,
]  # fmt: skip
OURS = [name for name in LAYOUTS if not name.startswith("bbc")]
CELL = st.tuples(st.integers(0, 8), st.integers(0, 12), st.sampled_from(STRANGE))
ROW = st.tuples(st.integers(0, 8), st.sampled_from(["drop", "again", "short", "long", "last"]))


def damaged(rows: list[list], cells, lines) -> list[list]:
    """Return rows with some cells replaced and some rows taken away, repeated, cut or moved."""
    for i, j, cell in cells:
        row = rows[i % len(rows)]
        if row:
            row[j % len(row)] = cell
    for i, how in lines:
        at = i % len(rows)
        row = rows[at]
        new = {"drop": [], "again": [row, list(row)], "short": [row[:-1]], "long": [[*row, "x"]], "last": []}[
            how
        ]
        rows[at : at + 1] = new
        rows += [row] if how == "last" or not rows else []
    return rows


def every_sheet(file: Path, change) -> dict[str, list[list]]:
    grids = open_file(file, (fold(head) for reader in kinds().values() for head in reader.HEADS)).grids
    return {grid.sheet: change([list(row) for row in grid.rows()]) for grid in grids}


@trip
@given(
    st.sampled_from(OURS),
    st.lists(CELL, max_size=6),
    st.lists(ROW, max_size=2),
    st.sampled_from([None, 2019, 2025]),
    st.booleans(),
)
def test_a_damaged_file_is_read_or_refused_in_words(tmp_path, name, cells, lines, borders, told):
    kind, suffix, make, given = LAYOUTS[name]
    at = tmp_path / f"{next(_counter)}{suffix}"
    sheets = every_sheet(make(at, *given), lambda rows: damaged(rows, cells, lines))
    choose = {
        "decimal": "komma",
        "municipality": "Hasselt",
        "report_year": "2020",
        "indicator": "X",
        "year": "2020",
    }
    if suffix == ".json":
        at = at.with_suffix(".csv")
    if suffix == ".xlsx":
        layouts.book(
            at,
            {sheet: [[c for c in row if c not in ("\t",)] for row in rows] for sheet, rows in sheets.items()},
        )
    else:
        layouts.write(at, sheets[""], "|" if suffix == ".txt" else ";")
    try:
        found = read(at, kind=kind if told else None, borders=borders, choose=choose)
    except MemokitError as error:
        found = error
        assert any(problem.severity == "error" for problem in error.problems)
    for problem in found.problems:
        assert problem.message and problem.remedy
    if found is not None and not isinstance(found, MemokitError):
        assert found.observations["value"].notna().all() and (found.observations["year"] > 0).all()
        assert found.observations["municipality"].str.fullmatch(r"\d{5}").all()


# -- speed --------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_million_rows_in_time_and_memory():
    """The figures of `bench_sources.py` with room for a slow machine; the limits are 6 s and 450 MB."""
    run = [sys.executable, Path(__file__).parents[1] / "benchmarks" / "bench_sources.py", "swing"]
    said = subprocess.run(run, capture_output=True, text=True, check=True).stdout
    figures_ = [line.split("|") for line in said.splitlines() if line.count("|") == 3]
    assert figures_, said
    for name, seconds, megabytes, _ in figures_:
        assert float(seconds.split()[0]) <= 12 and float(megabytes.split()[0]) <= 450, name


def test_a_code_and_a_name_that_contradict_each_other_are_refused(tmp_path):
    path = tmp_path / "viewer.csv"
    path.write_text("Geo;Perioden;Winkels (aantal)\nMechelen (13025);2018;4\nAalst (41002);2018;7\n", "utf-8")
    with pytest.raises(MemokitError) as caught:
        read(path)
    assert [(p.code, p.row, p.found) for p in caught.value.problems] == [
        ("code-against-name", 2, "Mechelen (13025)")
    ]
