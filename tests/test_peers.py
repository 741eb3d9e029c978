"""Compared with whom: by hand, by property, on the right borders, and never unasked."""

from __future__ import annotations

import ast
import math
import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given as examples
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from memokit import cli, cli_peers, facts, peers, territory
from memokit.problems import MemokitError
from memokit.scoring import context
from memokit.terms import Term
from memokit.texts import plain

TERM = Term(2024)
MECHELEN = territory.place("Mechelen", TERM)
NAMES = ("Mechelen", "Lier", "Aalst", "Gent", "Genk")
M, LIER, AALST, GENT, GENK = (territory.find(name, 2019).code for name in NAMES)
ENDS = {M: (50, 60), LIER: (40, 44), AALST: (50, 58), GENT: (50, 62)}
FOUR = {code: {2018: then, 2024: now} for code, (then, now) in ENDS.items()}
ROUND = st.integers(-1000, 1000).map(float)


def shown(values=FOUR, **more):
    return peers.Figures("own", "Cijfer", "punten", 2019, values, **more)


def compared(figures=None, names=("Lier", "Aalst", "Gent"), **more):
    return peers.compare(peers.own(MECHELEN, names), figures or shown(**more), TERM)


def codes(group):
    return [town.code for town in group.towns]


def refused(call, *args, **more):
    with pytest.raises(MemokitError) as error:
        call(*args, **more)
    return error.value


# -- numbers ------------------------------------------------------------------------------------------------


def test_distance_by_hand():
    """Columns 0, 2, 4 and 0, 30, 0: z = (-1, 0, 1) and (-1, 2, -1)/sqrt(3); weights 3 and 1."""
    got = context.distances([[0, 0], [2, 30], [4, 0]], 0, [3, 1])
    assert got == pytest.approx([0, math.sqrt((3 * 1 + 3) / 4), math.sqrt(3 * 4 / 4)])


def table(rows=(3, 12)):
    return hnp.arrays(float, st.tuples(st.integers(*rows), st.just(3)), elements=ROUND)


@examples(table(), st.permutations(range(3)), st.sampled_from([1e-3, 7.0, 1e5]))
def test_the_unit_of_a_context_and_the_order_of_dimensions_do_not_matter(x, order, factor):
    weights = np.array([1.0, 2.0, 0.5])
    there = context.distances(x, 0, weights)
    assert context.distances(x * [factor, 1, 1] + [3, 0, 0], 0, weights) == pytest.approx(there, abs=1e-9)
    assert context.distances(x[:, list(order)], 0, weights[list(order)]) == pytest.approx(there, abs=1e-9)
    assert context.distances(x, 0, weights * factor) == pytest.approx(there, abs=1e-9)


@examples(table(), st.integers(1, 15), st.randoms())
def test_a_unit_is_never_its_own_peer_and_order_does_not_matter(x, count, chance):
    order = list(range(len(x)))
    chance.shuffle(order)
    for found in (context.nearest(x, 1, count, [1, 1, 1]), context.around(x[:, 0], 1, count)):
        assert 1 not in found and len(set(found)) == len(found) == min(count, len(x) - 1)
    there = context.distances(x, 1, [1, 1, 1])
    moved = context.nearest(x[order], order.index(1), count, [1, 1, 1])
    chosen = there[context.nearest(x, 1, count, [1, 1, 1])]
    assert there[np.array(order)[moved]] == pytest.approx(chosen, abs=1e-9)  # ties may be others, as near


def test_half_below_half_above_where_possible():
    sizes = [10, 20, 30, 40, 50, 60, 70]
    assert context.around(sizes, 3, 4).tolist() == [1, 2, 4, 5]
    assert context.around(sizes, 3, 3).tolist() == [2, 4, 5]
    assert context.around(sizes, 6, 4).tolist() == [2, 3, 4, 5]
    assert context.around(sizes, 0, 99).tolist() == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize(
    ("freedom", "t"), [(1, 12.706205), (2, 4.302653), (3, 3.182446), (8, 2.306004), (30, 2.042272)]
)  # fmt: skip
def test_student_as_printed_in_every_table(freedom, t):
    """Quantiles 0.975."""
    assert context.student(0.95, freedom) == pytest.approx(t, abs=1e-6)


@pytest.mark.parametrize("freedom", [60, 61, 298, 299])
def test_student_nears_the_normal_distribution(freedom):
    """Abramowitz and Stegun 26.7.5: another road to the same number, for many degrees of freedom."""
    z = 1.959963984540054
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    terms = z, (z**3 + z) / 4, (5 * z**5 + 16 * z**3 + 3 * z) / 96, third
    near = sum(term / freedom**i for i, term in enumerate(terms))
    assert context.student(0.95, freedom) == pytest.approx(near, abs=1e-6)


@examples(table((8, 14)), st.sampled_from([1e-4, 3.0, 1e6]), st.randoms())
@settings(deadline=None)
def test_a_regression_knows_no_order_and_no_unit(x, factor, chance):
    y = x @ [1.0, -2.0, 0.5] + np.arange(len(x)) % 3
    try:
        fit = context.ols(x, y, x[0])
    except ValueError:
        return  # columns that say the same
    order = list(range(len(x)))
    chance.shuffle(order)
    scale = np.array([factor, 1, 1])
    for other in (context.ols(x[order], y[order], x[0]), context.ols(x * scale, y, x[0] * scale)):
        assert (other.expected, other.low, other.high) == pytest.approx(
            (fit.expected, fit.low, fit.high), rel=1e-6, abs=1e-6
        )


def test_a_regression_that_cannot_be_made_is_refused():
    for x, y, why in (
        ([[1], [2]], [1, 2], "too few"),
        ([[1, 2], [2, 4], [3, 6], [5, 10]], [1, 2, 3, 4], "follows"),
        ([[1], [1], [1]], [1, 2, 3], "constant"),
        ([[1], [2], [math.nan]], [1, 2, 3], "missing"),
    ):
        with pytest.raises(ValueError, match=why):
            context.ols(x, y, x[0])
    for weights in ([0, 0], [1, -1], [1], [1, math.nan]):
        with pytest.raises(ValueError, match=r"weight|missing"):
            context.distances([[1, 2], [3, 4]], 0, weights)


# -- who ----------------------------------------------------------------------------------------------------


def test_own_selection_and_given_groups():
    assert codes(peers.own(MECHELEN, ["Gent", "lier", LIER, "Mechelen"])) == sorted([LIER, GENT])
    groups = {"Gent": "a", "Mechelen": "a", AALST: "b", "Lier": "a"}
    assert codes(peers.given(MECHELEN, groups)) == sorted([LIER, GENT])
    assert refused(peers.given, MECHELEN, {"Lier": "a"}).problems[0].code == "peers-no-group"
    wrong = refused(peers.own, MECHELEN, ["Mechln", "44001", "Gent"])
    assert [p.code for p in wrong.problems] == ["unknown-municipality", "municipality-other-borders"]


def test_neighbours_in_size_have_the_nearest_inhabitants():
    group = peers.in_size(MECHELEN, TERM, 4)
    places = [territory.place(town.code, TERM) for town in territory.municipalities(2019)]
    people = {place.code: facts.population(place, 2021).value for place in places}
    size = sorted(people, key=people.get)
    at = size.index(M)
    assert codes(group) == [*size[at - 2 : at], *size[at + 1 : at + 3]] and not group.left_out


@pytest.mark.parametrize("name", ["Mechelen", "Borsbeek", "Antwerpen", "Pajottegem"])
@pytest.mark.parametrize("term", [TERM, Term(2030, until=2028)], ids=str)
def test_everybody_stands_on_the_borders_of_the_place(name, term):
    place = territory.place(name, term)
    there = {town.code for town in territory.municipalities(place.borders)}
    for group in (peers.in_size(place, term), peers.in_context(place, term)):
        assert len(group.towns) == 10 and set(codes(group)) < there and place.code not in codes(group)


def test_the_council_sets_the_weights():
    by_income = peers.in_context(MECHELEN, TERM, 5, {"income": 2, "population": 0})
    assert codes(by_income) == codes(peers.in_context(MECHELEN, TERM, 5, {"income": 7}))
    income = {c: years[2020] for c, years in peers.figures("income", MECHELEN).values.items()}
    nearest = sorted(income, key=lambda code: (abs(income[code] - income[M]), code))[1:6]
    assert codes(by_income) == nearest
    for weights in ({}, {"income": 0}, {"income": -1}, {"income": math.nan}, {"income": math.inf}):
        assert refused(peers.in_context, MECHELEN, TERM, 5, weights).problems[0].code == "peers-weights"
    unknown = refused(peers.in_context, MECHELEN, TERM, 5, {"incme": 1})
    assert unknown.problems[0].code == "peers-unknown-dimension" and "income" in unknown.choices


def test_who_lacks_a_context_is_left_out_with_the_reason():
    density = {M: 1000.0, LIER: 2000.0, AALST: 1500.0, GENT: 0.0}
    group = peers.in_context(MECHELEN, TERM, 9, {"density": 1}, {"density": density})
    assert codes(group) == [AALST, LIER]  # by doubling, and 0 is no density
    assert len(group.left_out["density"]) == 297 and GENT in [t.code for t in group.left_out["density"]]
    again = {"density": {code: 1e-3 * v for code, v in density.items()}}
    assert codes(peers.in_context(MECHELEN, TERM, 9, {"density": 1}, again)) == [AALST, LIER]
    mine = refused(peers.in_context, MECHELEN, TERM, 9, {"density": 1}, {"density": {LIER: 1.0}})
    assert mine.problems[0].code == "peers-no-context"


# -- then and now -------------------------------------------------------------------------------------------


def test_change_beside_that_of_the_peers_by_hand():
    """Changes: Mechelen 10; Lier 4, Aalst 8, Gent 12, so median 8 and quartiles 6 and 10."""
    found = compared(target=70)
    assert (found.years, found.own.change, found.change) == ((2018, 2024), 10, (6, 8, 10))
    assert (found.now, found.difference, found.places, found.distance) == ((51, 58, 60), 2, (2, 2), 10)
    relative = compared(relative=True)  # 20 % beside 10, 16 and 24 %
    assert (relative.own.change, relative.change[1], relative.difference) == (20, 16, 4)


def test_inside_the_margin_there_is_no_difference_and_a_place_is_a_range():
    found = compared(margin=1.0)  # two margins on each side: 2
    assert found.inside and found.places == (1, 3)  # Gent (+12) and Aalst (+8) may as well be equal
    said = " ".join(map(plain, peers.words(found, places=True)))
    assert "geen aantoonbaar verschil" in said and "ergens tussen plaats 1 en plaats 3 op 4" in said
    assert not compared(margin=0.9).inside and compared(margin=0.9).places == (2, 2)


def test_the_order_of_municipalities_does_not_matter():
    names = ["Lier", "Aalst", "Gent"]
    for seed in range(5):
        random.Random(seed).shuffle(names)
        values = dict(random.Random(seed).sample(list(FOUR.items()), 4))
        assert compared(shown(values), names) == compared()


def test_who_has_no_figure_on_both_dates_is_left_out():
    values = {**FOUR, LIER: {2018: 40}, AALST: {2024: 1}}
    found = compared(shown(values), ["Lier", "Aalst", "Gent", "Genk"])
    assert [peer.town.code for peer in found.peers] == [GENT]
    assert {town.code for town in found.left_out["figure"]} == {LIER, AALST, GENK}
    said = " ".join(map(plain, peers.words(found)))
    assert "Niet meegeteld: " in said and "in Gent." in said and "mediaan" not in said
    assert refused(compared, shown({M: FOUR[M]})).problems[0].code == "peers-none"
    assert refused(compared, shown({**FOUR, M: {2024: 1}})).problems[0].code == "peers-no-figure"
    assert refused(compared, shown({**FOUR, M: {2018: 1}})).problems[0].code == "peers-no-figure"
    from_zero = shown({**FOUR, M: {2018: 0, 2024: 1}}, relative=True)
    assert refused(compared, from_zero).problems[0].code == "peers-no-figure"
    assert refused(compared, names=["Mechelen"]).problems[0].code == "peers-none"


def test_figures_of_another_map_are_refused():
    other = replace(shown(), borders=2025)
    assert refused(compared, other).problems[0].code == "peers-borders"
    assert refused(peers.expected, MECHELEN, other, TERM).problems[0].code == "peers-borders"
    assert refused(peers.figures, "goals", MECHELEN).problems[0].code == "peers-unknown-figure"


def test_a_merged_municipality_is_the_sum_of_its_parts_on_both_dates():
    """Aalter + Knesselare, as `territory.carry` adds them."""
    aalter = peers.figures("population", MECHELEN).values["44084"]
    parts = [facts.series("population", _old(code)) for code in ("44001", "44029")]
    assert aalter[2018] == sum(o.value for part in parts for o in part if o.year == 2018)
    antwerp = peers.figures("population", territory.place("Antwerpen", Term(2030))).values["11002"]
    assert antwerp[2018] == 533933  # with Borsbeek


def _old(code):
    town = territory.municipality(code)
    return replace(MECHELEN, code=code, name=town.name, borders=2018, members=(town,), matched=town)


@pytest.mark.parametrize(
    ("target", "lower", "text"),
    [(None, False, "geen vaste streefwaarde"), (70, False, "nog 10,0 te gaan"), (60, False, "haalt die"),
     (50, True, "nog 10,0 te gaan"), (70, True, "haalt die")],
)  # fmt: skip
def test_the_fixed_target_always_stands_beside(target, lower, text):
    said = [plain(line) for line in peers.words(compared(target=target, lower=lower))]
    assert sum("streefwaarde" in line for line in said) == 1 and text in " ".join(said)
    assert not any("op plaats" in line or "tussen plaats" in line for line in said)


# -- expected -----------------------------------------------------------------------------------------------


def everywhere(make):
    return {t.code: {2024: make(i)} for i, t in enumerate(territory.municipalities(2019))}


def test_expected_value_from_the_others_only():
    """y = 3 + 2 x exactly for the others: expected 3 + 2 x whatever the municipality itself has."""
    own = {"x": {t.code: float(i) for i, t in enumerate(territory.municipalities(2019))}}
    values = everywhere(lambda i: 3.0 + 2 * i)
    right = values[M][2024]
    values[M] = {2024: 1e6}
    del values[GENT]
    found = peers.expected(MECHELEN, shown(values, target=5.0), TERM, ["x"], own)
    assert (found.fit.expected, found.fit.intercept, found.fit.slopes[0]) == pytest.approx((right, 3, 2))
    assert found.fit.n == 298 and [t.code for t in found.left_out["figure"]] == [GENT]
    said = [plain(line) for line in peers.expected_words(found)]
    assert "298 andere gemeenten" in said[1] and "3,00 + (2,00) × x" in said[1]
    assert said[2].startswith("Dit is geen oorzaak") and "streefwaarde is 5,0" in said[3]
    assert "meer dan we verwachten" in said[0]


def test_a_figure_does_not_explain_itself_and_few_others_explain_nothing():
    income = peers.figures("income", MECHELEN)
    assert peers.expected(MECHELEN, income, TERM).dimensions == ("population", "households")
    for bad in (["income"], []):
        assert refused(peers.expected, MECHELEN, income, TERM, bad).problems[0].code == "peers-regression"
    assert refused(peers.expected, MECHELEN, shown(), TERM).problems[0].code == "peers-regression"
    double = {"x": {c: 2 * y[2020] + 1 for c, y in income.values.items()}}
    crime = peers.figures("crime", MECHELEN)
    same = refused(peers.expected, MECHELEN, crime, TERM, ["income", "x"], double)
    assert same.problems[0].code == "peers-regression"


def test_real_figures_give_an_interval_around_what_is_expected():
    found = peers.expected(MECHELEN, peers.figures("crime", MECHELEN), TERM)
    assert found.fit.low < found.fit.expected < found.fit.high and found.fit.n == 299
    assert found.fit.high - found.fit.expected == pytest.approx(found.fit.expected - found.fit.low)


# -- asked, or nothing --------------------------------------------------------------------------------------


def test_nothing_compares_unasked():
    """Only the command knows the room, and one of the page: no evaluation, finding or document does."""
    users = set()
    for path in Path(peers.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [alias.name for alias in getattr(node, "names", [])] if hasattr(node, "module") else []
            if getattr(node, "module", "") == "memokit.peers" or "peers" in names:
                users.add(path.name)
    assert users == {"cli_peers.py", "what_if.py"}


def run(*words):
    return CliRunner().invoke(cli_peers.command(cli._telling, cli._term), words)


def test_the_command():
    own = ("--met", "gemeenten", "--gemeenten", "Lier, Aalst", "--plaats")
    done = run("MECHELEN", "--cijfer", "population", *own)
    assert done.exit_code == 0 and "door jullie gekozen: Lier en Aalst" in done.stdout
    assert "op plaats" in done.stdout and "geen vaste streefwaarde" in done.stdout
    context_ = ("--met", "context", "--aantal", "3", "--gewicht", "income=2", "--verwacht")
    near = run("Mechelen", "--cijfer", "crime", *context_)
    assert near.exit_code == 0 and "(gewicht 2)" in near.stdout and "geen oorzaak" in near.stdout
    assert near.stdout.count("streefwaarde") == 1 and "op plaats" not in near.stdout
    assert run("Mechelen", "--cijfer", "crime", "--met", "gemeenten").exit_code == 2
    assert run("Mechelen", "--cijfer", "crime", "--gewicht", "income").exit_code == 2
    assert run("Mechelen", "--cijfer", "niets").exit_code == 1
    assert run("Mechelen", "--cijfer", "crime", "--aantal", "0").exit_code == 2
