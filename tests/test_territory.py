"""Municipalities and mergers: the three maps, who is meant, and what may be added or compared."""

from __future__ import annotations

import math
import subprocess
import sys
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memokit import territory
from memokit.problems import MemokitError, Problem
from memokit.terms import Term
from memokit.territory import Municipality, Placed, carry, difference, find, municipalities, parts, place

T2018, T2024, T2030 = Term(2018), Term(2024), Term(2030)
PROVINCES = ("Antwerpen", "Vlaams-Brabant", "West-Vlaanderen", "Oost-Vlaanderen", "Limburg")


def refused(call, *args, **kwargs) -> Problem:
    with pytest.raises(MemokitError) as caught:
        call(*args, **kwargs)
    (problem,) = caught.value.problems
    assert problem.message and problem.remedy and "None" not in str(problem)
    return problem


def codes(towns) -> list[str]:
    return [town.code for town in towns]


# The maps


@pytest.mark.parametrize(
    ("borders", "counts"),
    [(2018, (70, 65, 64, 65, 44)), (2019, (69, 65, 64, 60, 42)), (2025, (67, 63, 62, 55, 38))],
)
def test_municipalities_per_province(borders, counts):
    found = Counter(town.province for town in municipalities(borders))
    assert tuple(found[name] for name in PROVINCES) == counts
    assert sum(counts) == {2018: 308, 2019: 300, 2025: 285}[borders] == len(municipalities(borders))


@pytest.mark.parametrize("borders", territory.BORDERS)
def test_names_are_unique_on_one_map_but_not_over_time(borders):
    names = [territory._fold(town.name) for town in municipalities(borders)]
    assert len(names) == len(set(names))


def test_seven_names_returned_with_another_code():
    known = Counter(town.name for town in territory._all().values())
    again = {name for name, count in known.items() if count > 1}
    assert again == {"Aalter", "Deinze", "Hasselt", "Lochristi", "Lokeren", "Tielt", "Wingene"}


def test_mergers_explain_the_difference_between_the_maps():
    mergers = territory._mergers()
    assert {year: (len(m), len(set(m.values()))) for year, m in mergers.items()} == {
        2019: (15, 7),  # 308 - 15 + 7 = 300
        2025: (28, 13),  # 300 - 28 + 13 = 285, Antwerpen + Borsbeek among them
    }
    for year, merged in mergers.items():
        for old, new in merged.items():
            assert territory.municipality(old).valid_in(year - 1)
            assert territory.municipality(new).valid_in(year)


@pytest.mark.parametrize(("newer", "older"), [(2025, 2018), (2025, 2019), (2019, 2018)])
def test_the_parts_of_all_municipalities_are_the_older_map_exactly_once(newer, older):
    pieces = [code for town in municipalities(newer) for code in parts(town.code, newer, older)]
    assert sorted(pieces) == sorted(codes(municipalities(older)))


def test_sorted_without_the_article():
    names = [town.name for town in municipalities(2018)]
    assert names.index("De Haan") > names.index("Gooik")
    assert names.index("De Panne") > names.index("Overpelt")


def test_unknown_borders_are_refused():
    assert refused(municipalities, 2020).code == "unknown-borders"


def test_importing_stays_light():
    heavy = "{'pandas', 'numpy', 'rapidfuzz'}"
    code = f"import sys, memokit.territory, memokit.facts; sys.exit(bool({heavy} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


# Who is meant


@pytest.mark.parametrize("text", ["sint-niklaas", "SINT NIKLAAS", " Sint-Niklaas ", "46021"])
def test_find_forgives_capitals_hyphens_and_spaces(text):
    assert find(text, 2019).code == "46021"


def test_find_unknown_proposes_the_nearest_names():
    problem = refused(find, "Mechln", 2019)
    assert (problem.code, problem.choices[0]) == ("unknown-municipality", "Mechelen")
    assert refused(find, "99992", 2019).choices == ()


@pytest.mark.parametrize(
    ("text", "borders", "leads_to"),
    [
        ("44001", 2019, ("44084 Aalter",)),
        ("Sint-Amands", 2025, ("12041 Puurs-Sint-Amands",)),
        ("Pajottegem", 2019, ("23023 Galmaarden", "23024 Gooik", "23032 Herne")),
        ("44087", 2018, ("44034 Lochristi", "44073 Wachtebeke")),
    ],
)
def test_find_on_other_borders_leads_on(text, borders, leads_to):
    problem = refused(find, text, borders)
    assert (problem.code, problem.choices) == ("municipality-other-borders", leads_to)


def test_a_name_that_fits_two_codes_is_a_choice():
    two = [Municipality("37015", "Tielt", PROVINCES[2]), Municipality("24135", "Tielt", PROVINCES[1])]
    problem = refused(territory._only, "Tielt", two)
    assert (problem.code, problem.choices) == ("ambiguous-municipality", ("37015 Tielt", "24135 Tielt"))


@pytest.mark.parametrize(
    ("text", "term", "code", "borders", "note", "members", "merged_from"),
    [
        ("Mechelen", T2024, "12025", 2019, "", ["12025"], []),
        ("Aalter", T2018, "44001", 2018, "own_name_merged_later", ["44001"], []),
        ("Aalter", T2024, "44084", 2019, "", ["44084"], ["44001", "44029"]),
        ("44001", T2024, "44084", 2019, "successor", ["44084"], ["44001", "44029"]),
        ("44084", T2018, "44084", 2019, "predecessors", ["44001", "44029"], ["44001", "44029"]),
        ("Puurs", T2030, "12041", 2025, "successor", ["12041"], ["12030", "12034"]),
        ("Hasselt", T2024, "71022", 2019, "own_name_merged_later", ["71022"], []),
        ("Hasselt", T2030, "71072", 2025, "", ["71072"], ["71022", "73040"]),
        ("71072", T2024, "71072", 2025, "predecessors", ["71022", "73040"], ["71022", "73040"]),
        ("Antwerpen", T2024, "11002", 2019, "own_name_merged_later", ["11002"], []),
        ("11002", T2030, "11002", 2025, "", ["11002"], ["11002", "11007"]),
        ("Borsbeek", T2024, "11007", 2019, "own_name_merged_later", ["11007"], []),
        ("Borsbeek", T2030, "11002", 2025, "successor", ["11002"], ["11002", "11007"]),
        ("Pajottegem", T2024, "23106", 2025, "predecessors", ["23023", "23024", "23032"], ...),
        ("Lochristi", T2024, "44034", 2019, "own_name_merged_later", ["44034"], []),
        ("Lochristi", T2030, "44087", 2025, "", ["44087"], ["44034", "44073"]),
    ],
)
def test_place(text, term, code, borders, note, members, merged_from):
    found = place(text, term)
    assert (found.code, found.borders, found.note) == (code, borders, note)
    assert codes(found.members) == members
    assert codes(found.merged_from) == (members if merged_from is ... else merged_from)
    assert found.asked == text and (found.successor is not None) == (note == "own_name_merged_later")


def test_place_knows_its_successor_and_the_partners():
    zwijndrecht = place("Zwijndrecht", T2024)
    assert (zwijndrecht.province, zwijndrecht.successor.province) == ("Antwerpen", "Oost-Vlaanderen")
    assert [m.name for m in zwijndrecht.merges_with] == ["Beveren", "Kruibeke"]
    antwerpen = place("Antwerpen", T2024)  # keeps its code and grows
    assert antwerpen.successor.code == "11002" and codes(antwerpen.merges_with) == ["11007"]
    assert place("Mechelen", T2024).merges_with == ()


@pytest.mark.parametrize("term", [T2018, T2024, T2030, Term(2024, until=2025)])
def test_every_code_ever_valid_has_a_place_in_every_term(term):
    for town in territory._all().values():
        found = place(town.code, term)
        assert found.matched == town
        assert all(member.valid_in(term.borders) for member in found.members)
        assert (found.note == "successor") == (town.valid_until < term.borders)


def test_place_unknown():
    assert "Geraardsbergen" in refused(place, "Geraardsberge", T2024).choices


# Values from one map to another


def test_forward_only_where_nothing_changed():
    assert parts("12025", 2018, 2025) == ("12025",)
    assert refused(parts, "11007", 2019, 2025).code == "territory-split"
    assert refused(parts, "11002", 2019, 2025).code == "territory-split"
    assert refused(parts, "44001", 2018, 2019).expected == "44084 Aalter"
    assert refused(parts, "44001", 2019, 2018).code == "municipality-other-borders"


PIECES = parts("46030", 2025, 2019)  # Zwijndrecht, Beveren, Kruibeke
NUMBERS = st.floats(min_value=0, max_value=1e9)


@given(st.lists(NUMBERS, min_size=3, max_size=3))
def test_counts_add_up_in_any_order(numbers):
    values = dict(zip(PIECES, numbers, strict=True))
    backwards = dict(reversed(values.items()))
    assert carry(values, "46030", 2025, 2019, "count") == math.fsum(numbers)
    assert carry(backwards, "46030", 2025, 2019, "count") == math.fsum(numbers)


@given(st.lists(NUMBERS, min_size=3, max_size=3), st.sets(st.sampled_from(PIECES), min_size=1), st.booleans())
def test_a_missing_part_makes_the_whole_missing(numbers, missing, as_nan):
    values = dict(zip(PIECES, numbers, strict=True))
    gone = {code: (math.nan if as_nan else None) for code in missing}
    absent = {code: value for code, value in values.items() if code not in missing}
    for partial in (values | gone, absent):
        assert carry(partial, "46030", 2025, 2019, "count") is None
        assert carry(partial, "46030", 2025, 2019, "share", weights=dict.fromkeys(PIECES, 1.0)) is None


@given(st.lists(NUMBERS, min_size=308, max_size=308))
def test_the_total_of_flanders_stays_the_same(numbers):
    values = dict(zip(codes(municipalities(2018)), numbers, strict=True))
    carried = [carry(values, town.code, 2025, 2018, "count") for town in municipalities(2025)]
    assert math.isclose(math.fsum(carried), math.fsum(numbers), rel_tol=1e-12)


@given(st.tuples(*[st.floats(0, 100)] * 3), st.tuples(*[st.floats(1, 1e6)] * 3))
def test_a_weighted_share_lies_between_its_parts(shares, people):
    values, weights = (dict(zip(PIECES, given_, strict=True)) for given_ in (shares, people))
    found = carry(values, "46030", 2025, 2019, "share", weights=weights)
    assert min(shares) - 1e-9 <= found <= max(shares) + 1e-9


@pytest.mark.parametrize("kind", ["share", "median", "survey"])
def test_what_cannot_be_added_is_refused_when_merged_and_kept_when_not(kind):
    values = dict.fromkeys(PIECES, 10.0) | {"12025": 12.5}
    assert refused(carry, values, "46030", 2025, 2019, kind).code == f"territory-{kind}"
    assert carry(values, "12025", 2025, 2019, kind) == 12.5
    assert carry(values, "12025", 2018, 2025, kind) == 12.5


@pytest.mark.parametrize("weights", [{}, dict.fromkeys(PIECES, 0.0), {PIECES[0]: 1.0}])
def test_a_share_without_all_weights_is_missing(weights):
    assert carry(dict.fromkeys(PIECES, 10.0), "46030", 2025, 2019, "share", weights=weights) is None


def test_difference_only_on_the_same_territory():
    then, now = Placed("44087", 2025, 2018, 29983), Placed("44087", 2025, 2025, 30916)
    assert difference(then, now) == 933
    assert refused(difference, Placed("11002", 2019, 2018, 1), Placed("11002", 2025, 2025, 2)).code == (
        "territory-borders"
    )
    assert refused(difference, Placed("44034", 2025, 2018, 1), now).code == "territory-borders"


@pytest.mark.parametrize(
    ("then", "now", "joint", "fine"),
    [
        (2018, 2022, False, False),
        (2022, 2018, False, False),
        (2019, 2020, False, False),
        (2018, 2022, True, True),
        (2018, 2019, False, True),
        (2020, 2025, False, True),
    ],
)
def test_separate_books_until_2019(then, now, joint, fine):
    if fine:
        territory.same_books(then, now, joint)
    else:
        assert refused(territory.same_books, then, now, joint).code == "separate-books"
