"""Health of the figures that travel along, and how they are read for a place."""

from __future__ import annotations

import csv
import re
from collections import Counter
from pathlib import Path

import pytest

from memokit import facts, territory
from memokit.facts import per_inhabitant, population, real_terms, record, series
from memokit.problems import MemokitError
from memokit.resources import checksum, data_path
from memokit.terms import Term
from memokit.territory import place

SHARED = Path(__file__).parents[2] / "shared" / "data"
needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="../shared absent")
KEYS = {"title", "publisher", "licence", "years", "unit", "kind", "sdg", "scored", "derived", "caveats"}
KEYS |= {"compiled_on", "sha256"}
PER_MUNICIPALITY = ("population", "households", "income", "crime", "road_accidents", "farm_shops")
T2024, T2030 = Term(2024), Term(2030)


def shared(name: str) -> list[dict[str, str]]:
    with (SHARED / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def values(observations) -> dict[int, float]:
    return {o.year: o.value for o in observations}


# Every table and its record


def test_every_table_has_a_record_and_every_record_a_table():
    assert set(facts.tables()) == {path.stem for path in data_path("facts").glob("*.csv")}
    assert set(PER_MUNICIPALITY) < set(facts.tables())


@pytest.mark.parametrize("table", facts.tables())
def test_record_is_complete_and_fits_the_file(table):
    found = record(table)
    assert set(found) - {"per", "printed", "rate_title"} == KEYS
    assert all(found[key] not in ("", None) for key in KEYS - {"years"})
    assert found["sha256"] == checksum(data_path("facts", f"{table}.csv"))
    assert found["caveats"] and all(sentence.endswith(".") for sentence in found["caveats"])
    assert found["derived"].endswith(".") and found["scored"] is False
    assert found["sdg"] in ("none", "all", *range(1, 18))


@pytest.mark.parametrize("table", facts.tables())
def test_file_is_plain_text_for_machines(table):
    raw = data_path("facts", f"{table}.csv").read_bytes()
    assert raw.endswith(b"\n") and b"\r" not in raw and not raw.startswith(b"\xef\xbb\xbf")
    widths = {len(row) for row in csv.reader(raw.decode("utf-8").splitlines())}
    assert len(widths) == 1


@pytest.mark.parametrize("table", PER_MUNICIPALITY)
def test_rows_stand_on_the_map_they_name(table):
    seen = Counter()
    for row in territory.rows(table):
        seen[row["code"], row["borders"], row["year"]] += 1
        assert territory.find(row["code"], int(row["borders"])).code == row["code"]
        assert float(row["value"]) >= 0 and row["status"] in ("published", "summed", "derived")
    assert set(seen.values()) == {1}
    first, last = record(table)["years"]
    assert {int(year) for _, _, year in seen} == set(range(first, last + 1))


@pytest.mark.parametrize("table", PER_MUNICIPALITY)
def test_every_year_covers_the_whole_map_but_for_the_known_gap(table):
    counts = Counter((int(row["borders"]), int(row["year"])) for row in territory.rows(table))
    full = {borders: len(territory.municipalities(borders)) for borders in territory.BORDERS}
    gaps = {key: count for key, count in counts.items() if count != full[key[0]]}
    known = {(2019, year): 273 for year in (2022, 2023, 2024)} | {(2025, y): 13 for y in (2022, 2023, 2024)}
    assert gaps == (known if table == "population" else {})


def test_unconfirmed_labels_say_so():
    for table in ("crime", "road_accidents", "farm_shops"):
        assert "Naam afgeleid uit de code van de bron; nog te bevestigen." in record(table)["caveats"]


def test_derived_population_has_bounds_and_only_that():
    for row in territory.rows("population"):
        assert bool(row["lower"]) == bool(row["upper"]) == (row["status"] == "derived")
        if row["lower"]:  # Antwerpen in 2023 is one below its interval: see the record
            assert int(row["lower"]) - 1 <= int(row["value"]) <= int(row["upper"])


# Population


@pytest.mark.parametrize(
    ("year", "total"),
    [
        (2018, 6_552_967),
        (2019, 6_589_069),
        (2020, 6_629_143),
        (2021, 6_653_062),
        (2022, 6_698_876),
        (2023, 6_774_807),
        (2024, 6_821_770),
        (2025, 6_864_766),
    ],
)
def test_the_285_of_today_add_up_to_the_published_total(year, total):
    towns = [place(town.code, T2030) for town in territory.municipalities(2025)]
    assert sum(population(town, year).value for town in towns) == total


def test_aalter_kept_its_name_and_changed_its_code():
    aalter = place("Aalter", T2024)
    then = population(aalter, 2018)
    assert then.value == 20548 + 8236  # 44001 Aalter + 44029 Knesselare, 1 January 2018
    assert (then.municipality, then.borders, then.status) == ("44084", 2019, "summed")
    assert population(aalter, 2024).value == 29787 and population(aalter, 2024).status == "published"
    assert population(aalter, 2025).value == 29830  # unchanged in 2025, so its figure is still its own


def test_antwerpen_kept_its_code_and_grew_by_borsbeek():
    before, after = place("Antwerpen", T2024), place("Antwerpen", T2030)
    assert population(before, 2018).value == 523248 and population(before, 2024).value == 544759
    assert population(before, 2025) is None  # 562002 is with Borsbeek
    assert population(after, 2018).value == 523248 + 10685
    assert population(after, 2024).status == "derived" and population(after, 2025).value == 562002


def test_borsbeek_stops_where_its_own_figures_stop():
    assert values(series("population", place("Borsbeek", T2024))) == {
        2018: 10685,
        2019: 10854,
        2020: 10949,
        2021: 11077,
    }


def test_lochristi_old_and_new():
    assert values(series("population", place("Lochristi", T2024))) == {
        2018: 22300,
        2019: 22489,
        2020: 22610,
        2021: 22621,
    }
    new = series("population", place("Lochristi", T2030))
    assert values(new) == {
        2018: 22300 + 7683,  # with Wachtebeke
        2019: 22489 + 7771,
        2020: 22610 + 7809,
        2021: 22621 + 7769,
        2025: 30916,  # 2022-2024 were worked back: denominators only
    }
    assert [o.status for o in new] == ["summed"] * 4 + ["published"]
    assert population(place("Lochristi", T2030), 2023).value == 30911


def test_zwijndrecht_changed_province():
    merged = place("Zwijndrecht", T2030)
    assert (merged.name, merged.province) == ("Beveren-Kruibeke-Zwijndrecht", "Oost-Vlaanderen")
    assert population(merged, 2018).value == 19002 + 48192 + 16657
    assert population(merged, 2022).value == 85754 and population(merged, 2022).status == "summed"


def test_pajottegem_in_the_old_term_is_the_sum_of_its_members():
    pajottegem = place("Pajottegem", T2024)
    members = sum(population(place(m.code, T2024), 2021).value for m in pajottegem.members)
    assert population(pajottegem, 2021).value == members
    assert population(pajottegem, 2024).value == 25283


# Other series


def test_series_that_change_maps_on_the_way():
    shops = series("farm_shops", place("Aalter", T2024))
    assert [o.year for o in shops] == list(range(2015, 2023))
    assert [o.status for o in shops] == ["summed"] * 4 + ["published"] * 4
    assert not series("crime", place("44001", Term(2018)))  # 2018 on the borders of 2019: with Knesselare


@pytest.mark.parametrize(
    ("table", "year", "total"),
    [
        ("households", 2018, 2_792_444),
        ("households", 2023, 2_928_118),
        ("crime", 2018, 430_530),
        ("crime", 2020, 488_723),
        ("farm_shops", 2018, 790),
        ("farm_shops", 2022, 1028),
    ],
)
def test_totals_for_flanders(table, year, total):
    towns = (place(town.code, T2030) for town in territory.municipalities(2025))
    assert sum(values(series(table, town))[year] for town in towns) == total


def test_income_is_added_first_and_divided_after():
    rows = {(r["code"], r["year"]): r for r in territory.rows("income")}
    pieces = [rows[code, "2018"] for code in ("44034", "44073")]
    together = sum(float(r["value"]) for r in pieces) / sum(int(r["residents"]) for r in pieces)
    (found,) = [o for o in per_inhabitant("income", place("Lochristi", T2030)) if o.year == 2018]
    assert found.value == pytest.approx(together) and found.status == "summed"
    every = [r for (_, year), r in rows.items() if year == "2018"]
    flanders = sum(float(r["value"]) for r in every) / sum(int(r["residents"]) for r in every)
    assert round(flanders) == 20125  # the check in PROVENANCE.md, income year 2018


def test_per_inhabitant_says_when_its_denominator_is_summed():
    crime = {o.year: o for o in per_inhabitant("crime", place("Aalter", T2024))}
    assert (crime[2018].status, crime[2019].status) == ("summed", "published")
    assert crime[2018].unit == "feiten per 1.000 inwoners"
    count = values(series("crime", place("Aalter", T2024)))[2018]
    assert crime[2018].value == pytest.approx(1000 * count / 28784)


def test_what_is_missing_is_left_out_and_what_is_shown_has_its_source():
    for table in PER_MUNICIPALITY:
        for town in ("Mechelen", "Borsbeek", "Pajottegem", "Herstappe"):
            for found in series(table, place(town, T2024)):
                assert found.value is not None and found.source == table and found.status != "derived"


# Index, goals, targets, policy fields


def test_real_terms():
    assert real_terms(100, 2018, 2018) == 100
    assert real_terms(107.3508, 2018, 2025) == pytest.approx(135.5842)  # the two yearly means
    assert real_terms(real_terms(5000, 2018, 2024), 2024, 2018) == pytest.approx(5000)
    with pytest.raises(MemokitError) as caught:
        real_terms(1, 2014, 2020)
    assert caught.value.problems[0].code == "no-index-year" and "2014" in str(caught.value)


def test_seventeen_goals():
    assert [goal.goal for goal in facts.goals()] == list(range(1, 18))
    assert all(re.fullmatch("#[0-9A-F]{6}", goal.colour) and goal.name_nl for goal in facts.goals())


def test_169_targets():
    counts = Counter(facts._targets().values())
    assert [counts[n] for n in range(1, 18)] == [7, 8, 13, 10, 9, 8, 5, 12, 8, 10, 10, 11, 5, 10, 12, 12, 19]
    assert all(facts.sdg_target_exists(code) for code in ("SDG 16.1", "16.10", "17.19", "SDG 13.a"))
    assert not any(facts.sdg_target_exists(code) for code in ("16.100", "18.1", "", "SDG", "1"))


def test_policy_fields():
    assert facts.policy_field("0150") == "Internationale relaties"
    assert len(facts._policy_fields()) == 144
    with pytest.raises(MemokitError) as caught:
        facts.policy_field("9999")
    assert caught.value.problems[0].code == "unknown-policy-field"


# Against the compiled sources


@needs_shared
def test_population_equals_the_compiled_source():
    ours = {(r["code"], r["year"], r["borders"]): r["value"] for r in territory.rows("population")}
    borders = {"2018": "2018", "2025": "2025"}
    for row in shared("bevolking.csv"):
        assert ours[row["nis"], row["jaar"], borders.get(row["jaar"], "2019")] == row["inwoners"]
    for row in shared("bevolking_geo2025.csv"):
        if int(row["jaar"]) >= 2018:
            found = population(place(row["nis_2025"], T2030), int(row["jaar"]))
            assert found.value == int(row["inwoners"])
            assert (found.status == "derived") == row["status"].startswith("afgeleid")


@needs_shared
def test_population_on_the_map_of_2019_equals_the_fiscal_file():
    for row in shared("bevolking_geo2019.csv"):
        if int(row["jaar"]) >= 2018:
            found = population(place(row["nis_2019"], T2024), int(row["jaar"]))
            assert (found.municipality, found.value) == (row["nis_2019"], int(row["inwoners"]))


@needs_shared
@pytest.mark.parametrize(
    ("table", "name", "columns", "indicator"),
    [
        ("households", "huishoudens.csv", "nis_2019 jaar huishoudens", None),
        ("income", "inkomen_fiscaal.csv", "nis_2019 inkomstenjaar totaal_netto_belastbaar_inkomen", None),
        ("income", "inkomen_fiscaal.csv", "nis_2019 inkomstenjaar inwoners_1jan_volgend_jaar", None),
        ("crime", "criminaliteit.csv", "nis_2019 jaar waarde", "v2801_vh_totcrim"),
        ("road_accidents", "verkeersongevallen.csv", "nis_2019 jaar waarde", "v2802_vh_ver_ongeval_lets"),
        ("farm_shops", "hoeveproducenten.csv", "nis jaar waarde", None),
    ],
)
def test_series_equal_the_compiled_source(table, name, columns, indicator):
    code, year, value = columns.split()
    ours = "residents" if value.startswith("inwoners") else "value"
    first, last = record(table)["years"]
    theirs = {
        (r[code], r[year]): float(r[value])
        for r in shared(name)
        if first <= int(r[year]) <= last and indicator in (None, r.get("indicator"))
    }
    assert theirs == {(r["code"], r["year"]): float(r[ours]) for r in territory.rows(table)}


@needs_shared
def test_municipalities_and_lists_equal_the_compiled_source():
    for row in shared("gemeenten.csv"):
        town = territory.municipality(row["nis"])
        assert (town.name, town.province) == (row["naam"], row["provincie"])
        flags = (row["bestaat_2018"], row["bestaat_2019_2024"], row["bestaat_2025"])
        assert flags == tuple(str(int(town.valid_in(borders))) for borders in territory.BORDERS)
    assert [g.name_nl for g in facts.goals()] == [r["naam_nl"] for r in shared("sdg_goals.csv")]
    assert set(facts._targets()) == {r["target"] for r in shared("sdg_targets.csv")}
    assert facts._policy_fields() == {r["code"]: r["naam"] for r in shared("bbc_beleidsvelden.csv")}
