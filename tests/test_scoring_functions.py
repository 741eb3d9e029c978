"""The statistical functions by hand, at the edges, by property, and against a deliberately naive pandas."""

from __future__ import annotations

import math
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from memokit import scoring
from memokit.scoring import aggregate as aggregate_function
from memokit.scoring.aggregate import aggregate, amean, gmean, hmean, pmean
from memokit.scoring.impute import denominate, impute, impute_rows, screen
from memokit.scoring.normalise import METHODS, dist2max, dist2ref, dist2targ, goalposts, minmax, prank, zscore
from memokit.scoring.progress import TRENDS, Measured, arrows, eurostat, linear, statcan, statcan_together
from memokit.scoring.ranks import interval, remove_one, significant
from memokit.scoring.ranks import rank as places
from memokit.scoring.relations import correlations, cronbach, goal_correlations
from memokit.scoring.sensitivity import bootstrap, cut, noisy_weights, saltelli, sobol
from memokit.scoring.treat import kurt, log_ct, passes, skew, treat, treat_columns, winsorise
from memokit.scoring.trends import cagr, prc_change

NAN = math.nan
un_progress = scoring.un_progress


def tables(rows=(2, 8), columns=(1, 5), missing=True):
    """Whole numbers, so that ties and exact comparisons are plenty; with gaps."""
    cells = st.integers(-50, 50).map(float)
    if missing:
        cells = st.one_of(cells, st.just(NAN))
    return hnp.arrays(float, st.tuples(st.integers(*rows), st.integers(*columns)), elements=cells)


def varied(x) -> None:
    """Keep the tables of which every column varies."""
    assume(all(np.unique(column[~np.isnan(column)]).size > 1 for column in x.T))


# -- the room -----------------------------------------------------------------------------------------------


def run(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.strip()


def test_every_name_is_the_function_also_after_every_import():
    said = run("""
import importlib, pkgutil, types
import memokit.scoring.treat
import memokit.scoring as s
assert s.treat([1, 2, 3, 4]).how == "none"
for module in pkgutil.walk_packages(s.__path__, "memokit.scoring."):
    importlib.import_module(module.name)
for turn in (1, 2):
    assert not [name for name in s.__all__ if isinstance(getattr(s, name), types.ModuleType)]
print(s.rank([3, 5, 5]), s.normalise([1, 2, 3]), s.METHODS["rank"]([3, 5, 5]))
""")
    assert said == "[3. 1. 1.] [  0.  50. 100.] [1. 2. 2.]"
    assert aggregate_function is aggregate and list(scoring.__all__) == sorted(scoring.__all__)
    with pytest.raises(AttributeError, match="nothing"):
        scoring.nothing  # noqa: B018


def test_one_position_and_one_trend_need_no_numpy():
    code = "import sys, memokit.scoring.posts, memokit.scoring.progress as p; p.linear(1, 2, 2018, 2022, 3)"
    assert run(f"{code}; print('numpy' in sys.modules)") == "False"


# -- treatment ----------------------------------------------------------------------------------------------


def naive_treat(x, winmax):
    """The words of COINr's help page, line by line."""
    column, moved_high, moved_low = pd.Series(x, dtype=float), 0, 0

    def fine(c):
        return abs(round(c.skew(), 9)) < 2 or round(c.kurt(), 9) < 3.5

    if column.count() < 4 or column.nunique() < 2 or fine(column):
        return column
    now = column.copy()
    while not fine(now) and moved_high + moved_low < winmax:
        end = now.max() if round(now.skew(), 9) >= 0 else now.min()
        rest = now[(now != end) & now.notna()]
        if rest.nunique() < 2:
            break
        if round(now.skew(), 9) >= 0:
            moved_high = (now == end).sum()
            now[now == end] = rest.max()
        else:
            moved_low = (now == end).sum()
            now[now == end] = rest.min()
    if fine(now):
        return now
    return np.log(column - column.min() + 0.01 * (column.max() - column.min()))


lumpy = st.sampled_from([0, 1, 2, 3, 4, 5, 6, 7, 50, 60, 400, -300, 5000, NAN])


@given(st.lists(lumpy, min_size=4, max_size=40))
def test_treatment_agrees_with_a_naive_one(values):
    for winmax in (1, 3, 5):
        np.testing.assert_allclose(treat(values, winmax).values, naive_treat(values, winmax), atol=1e-9)
    order = sorted(range(len(values)), key=lambda place: (place * 7) % 11)
    np.testing.assert_array_equal(treat(np.array(values)[order]).values, treat(values).values[order])
    assert treat(np.array(values) * 0.001).how == treat(values).how


def test_treatment_by_hand():
    assert treat([1, 2, 3, 4, NAN]).how == "none"
    assert treat([7, 7, 7, 7, 7]).how == "untestable" and treat([1, 2, NAN]).how == "untestable"
    assert math.isnan(skew([1, 2])) and math.isnan(kurt([1, 2, 3])) and math.isnan(skew([4, 4, 4]))
    low = treat([*range(10), -1000])
    assert (low.how, low.points, low.values.min()) == ("winsorised", 1, 0)
    tied = winsorise([*range(30), 900, 900, 1000], winmax=1)  # one value, then the limit
    assert tied[1] == 1 and tied[0].max() == 900
    more = winsorise([*range(30), 900, 900, 1000], winmax=2)  # the ties come along, beyond the limit
    assert more[1] == 3 and more[0].max() == 29
    assert winsorise([0] * 20 + [1], winmax=None)[0].max() == 1  # never to one single value
    assert passes([]) is False and winsorise([NAN])[1] == 0
    with pytest.raises(ValueError, match="same"):
        log_ct([3, 3])
    with pytest.raises(ValueError, match="one column"):
        treat([[1, 2]])


def test_a_table_is_treated_column_by_column():
    x = np.array([[k, 1.5**k, 5] for k in range(40)])
    table, how = treat_columns(x, winmax=2)
    assert how == ("none", "log", "untestable") and table.shape == x.shape
    assert (table[:, 1] == treat(x[:, 1], 2).values).all() and (table[:, [0, 2]] == x[:, [0, 2]]).all()


# -- normalisation ------------------------------------------------------------------------------------------


RELATIVE = [METHODS[name] for name in ("minmax", "zscore", "rank", "prank", "borda", "dist2max")]


def test_missing_stays_missing_everywhere():
    x = np.array([[1.0], [NAN], [3.0], [2.0]])
    made = [f(x) for f in RELATIVE]
    made += [dist2ref(x, 2), dist2targ(x, [3]), METHODS["fracmax"](x), goalposts(x, 0, 4)]
    assert all(np.isnan(y).ravel().tolist() == [False, True, False, False] for y in made)


def test_what_comes_in_is_not_changed():
    x = np.array([[1.0, 5], [2, NAN], [4, 9]])
    kept = x.copy()
    for method in RELATIVE:
        method(x)
    for made in (impute(x), impute_rows(x, ["G", "G"]), treat_columns(x)[0], amean(x), cagr(x, [1, 2])):
        assert made is not x
    np.testing.assert_array_equal(x, kept)


def test_one_unit_has_no_relative_score():
    with pytest.warns(UserWarning, match="missing"):
        assert np.isnan(minmax([[5]])).all()
    assert np.isnan(zscore([[5]])).all() and places([5]).tolist() == [1]


def test_worst_equal_to_best():
    for method in (minmax, zscore, dist2max):
        with pytest.warns(UserWarning, match="column \\[1\\]"):
            assert np.isnan(method([[1, 0.1], [2, 0.1], [3, 0.1]])[:, 1]).all()
    with pytest.warns(UserWarning, match="missing"):
        assert np.isnan(prank([[1], [NAN]])).all()
    with pytest.warns(UserWarning, match="missing"):
        assert np.isnan(dist2ref([1, 2, 3], 0)).all()
    with pytest.raises(ValueError, match="post"):
        goalposts([1, 2], 5, 5)
    with pytest.warns(UserWarning, match="negative"):
        assert dist2targ([5, 6], 4).tolist() == [0, -1]


def test_normalisations_refuse():
    for wrong in (0, 2, NAN):
        with pytest.raises(ValueError, match="direction"):
            minmax([1, 2], wrong)
    with pytest.raises(ValueError, match="infinite"):
        minmax([1, math.inf])
    with pytest.raises(ValueError, match="dist2max"):
        METHODS["fracmax"]([1, 2], -1)
    with pytest.raises(ValueError, match="target"):
        dist2targ([1, 2], NAN)
    with pytest.raises(ValueError, match="borda, dist2max"):
        scoring.normalise([1, 2], "nonsense")


@given(tables(), st.randoms(use_true_random=False))
def test_the_order_of_units_does_not_matter(x, random):
    varied(x)
    order = random.sample(range(len(x)), len(x))
    for method in RELATIVE:
        np.testing.assert_allclose(method(x)[order], method(x[order]), atol=1e-9)


@given(tables(rows=(3, 8)), st.sampled_from([0.001, 0.5, 7, 1e6]))
def test_the_unit_of_measure_does_not_matter(x, scale):
    varied(x)
    for method in RELATIVE:
        np.testing.assert_allclose(method(x * scale), method(x), atol=1e-7)
    np.testing.assert_allclose(goalposts(x * scale, 0, 9 * scale), goalposts(x, 0, 9), atol=1e-7)
    np.testing.assert_allclose(cronbach(x * scale), cronbach(x), rtol=1e-5, atol=1e-7)


@given(tables(columns=(1, 1), missing=False), st.integers(0, 7), st.integers(1, 30), st.sampled_from([1, -1]))
def test_improving_never_lowers_the_own_score(x, unit, step, direction):
    better = x.copy()
    better[unit % len(x)] += step * direction
    varied(x), varied(better)
    for method in (*RELATIVE, lambda x, d: goalposts(x, -20, 20, d)):
        before, after = method(x, direction), method(better, direction)
        assert (after[unit % len(x)] >= before[unit % len(x)] - 1e-9).all()


# -- means --------------------------------------------------------------------------------------------------


positive = hnp.arrays(float, (3, 4), elements=st.one_of(st.integers(1, 100).map(float), st.just(NAN)))
weight = st.lists(st.integers(1, 9).map(float), min_size=4, max_size=4)


@given(positive, weight, st.sampled_from([0.01, 3, 1000]))
def test_weights_scale_out_and_means_keep_their_order(x, w, scale):
    means = [hmean(x, w), gmean(x, w), amean(x, w), pmean(x, 2, w)]
    for mean, plain in zip((hmean, gmean, amean), means, strict=False):
        np.testing.assert_allclose(mean(x, np.array(w) * scale), plain, rtol=1e-9)
        np.testing.assert_allclose(mean(x[:, ::-1], w[::-1]), plain, rtol=1e-9)
        np.testing.assert_allclose(mean(x.T, w, axis=0), plain, rtol=1e-9)
        np.testing.assert_allclose(mean(x + 1, w) >= plain - 1e-9, ~np.isnan(plain))
    known = ~np.isnan(means[0])
    assert all((np.diff(np.array(means)[:, known], axis=0) >= -1e-9).ravel())
    assert (known == ~np.isnan(x).all(axis=1)).all()


def test_replications_of_weights_in_one_go():
    x, w = np.array([[1.0, 2, NAN], [4, 5, 6]]), noisy_weights([1, 1, 2], draws=5)
    assert amean(x, w[:, None, :]).tolist() == [amean(x, row).tolist() for row in w]


@pytest.mark.parametrize(
    ("w", "said"),
    [
        ([0, 0], "add up to 0"),
        ([1, NAN], "missing"),
        ([1, -1], "negative"),
        ([1, math.inf], "infinite"),
        ([1], "1 weights for 2"),
        ([1, 2, 3], "3 weights for 2"),
    ],
)
def test_wrong_weights_are_errors(w, said):
    with pytest.raises(ValueError, match=said):
        amean([[1, 2]], w)


def test_means_at_the_edges():
    assert amean([[1, NAN]], [1, NAN]).tolist() == [1]  # no weight needed where nothing was observed
    assert np.isnan(amean([[NAN, 3]], [1, 0])).all()  # what is there does not count
    assert np.isnan(amean([[NAN, NAN]])).all()
    assert amean([1, 2, NAN], min_share=2 / 3) == 1.5 and np.isnan(amean([1, 2, NAN], min_share=0.67))
    for mean, x in ((gmean, [0, 1]), (gmean, [-1, 1]), (hmean, [0, 1]), (lambda x: pmean(x, 0), [1, 2])):
        with pytest.raises(ValueError, match="mean"):
            mean(x)


TREE = [("a", "G", "all"), ("b", "G", "all"), ("c", "H", "all")]


@pytest.mark.parametrize(
    ("tree", "weights", "said"),
    [
        ([*TREE[:2], ("a", "H", "all")], None, "stands twice"),
        ([*TREE[:2], ("c", "G", "other")], None, "would count twice"),
        (TREE[:2], None, "3 columns for 2"),
        (TREE, {"a": 1, "b": 1, "c": 1, "G": 1, "H": 1, "all": 1, "nothing": 1}, "differ: nothing"),
        (TREE, {"a": 1, "b": 1, "c": 1, "G": 1, "H": 1}, "differ: all"),
        (TREE, {"a": 0, "b": 0, "c": 1, "G": 1, "H": 1, "all": 1}, "add up to 0"),
    ],
)
def test_a_tree_that_is_wrong_is_an_error(tree, weights, said):
    with pytest.raises(ValueError, match=said):
        aggregate([[1, 2, 3]], tree, weights)


def test_a_mean_for_each_level_and_replications():
    found = aggregate([[1, 4, 9]], TREE, mean=[amean, gmean])
    assert found["G"] == 2.5 and found["all"] == pytest.approx(22.5**0.5)
    ones = dict.fromkeys(("b", "c", "G", "H", "all"), 1)
    many = aggregate([[1, 4, 9], [2, 2, 2]], TREE, {**ones, "a": np.array([[1.0], [2.0]])})
    assert many["all"].tolist() == [[5.75, 2], [5.5, 2]]


@given(tables(columns=(3, 3)))
def test_dense_and_naive_agree(x):
    varied(x)
    frame = pd.DataFrame(x, columns=list("abc"))
    scaled = (frame - frame.min()) / (frame.max() - frame.min()) * 100
    goals = pd.DataFrame({"G": scaled[["a", "b"]].mean(axis=1), "H": scaled["c"]})
    found = aggregate(minmax(x), TREE)
    np.testing.assert_allclose(found["G"], goals.G)
    np.testing.assert_allclose(found["all"], goals.mean(axis=1))
    turned = aggregate(minmax(x[:, [2, 0, 1]]), [TREE[2], TREE[0], TREE[1]])
    np.testing.assert_allclose(turned["all"], found["all"])
    ranks = goals.mean(axis=1).round(9).rank(ascending=False, method="min")
    np.testing.assert_array_equal(places(np.round(found["all"], 9)), ranks)


# -- before scoring -----------------------------------------------------------------------------------------


def test_imputation_by_hand():
    x = [[1, NAN], [3, 10], [8, 20], [NAN, NAN]]
    assert impute(x).tolist() == [[1, 15], [3, 10], [8, 20], [4, 15]]
    assert impute(x, "median").tolist()[3] == [3, 15]
    grouped = impute(x, groups=["A", "A", "B", None])
    np.testing.assert_array_equal(grouped, [[1, 10], [3, 10], [8, 20], [NAN, NAN]])
    np.testing.assert_array_equal(impute([[NAN], [NAN]]), [[NAN], [NAN]])
    with pytest.raises(ValueError, match="mode"):
        impute(x, "mode")
    with pytest.raises(ValueError, match="3 group labels for 4"):
        impute(x, groups=["A", "B", "C"])


def test_imputation_by_row_goes_through_the_directions():
    x = [[0, 30, 7], [10, 10, 7], [5, NAN, 7], [NAN, 30, NAN]]
    filled = impute_rows(x, ["G", "G", "H"], [1, -1, 1])
    assert filled[2, 1] == 20 and filled[3, 0] == 0  # halfway is halfway; worst is worst, 30 being bad
    assert math.isnan(filled[3, 2])  # nothing else in its goal
    plain = impute_rows([[1, NAN], [NAN, 4]], ["G", "G"], direction=None, how="median")
    assert plain.tolist() == [[1, 1], [4, 4]]


def test_denominators_and_screening():
    assert denominate([[4, 6], [9, NAN]], [2, 3])[:, 0].tolist() == [2, 3]
    with pytest.raises(ValueError, match="denominator"):
        denominate([[1]], [0])
    x = [[1, 0, NAN, NAN], [0, 0, 0, 1], [NAN] * 4]
    assert screen(x, 0.5).tolist() == [True, True, False]
    assert screen(x, 0.5, 0.5).tolist() == [True, False, False]


# -- ranks --------------------------------------------------------------------------------------------------


def test_ranks_share_the_best_place_after_twelve_digits():
    third = [0.1 + 0.2, 0.3, 0.1]
    assert places(third).tolist() == [1, 1, 3] and places(third, digits=None).tolist() == [1, 2, 3]
    assert places([[1, NAN], [2, 5]]).tolist()[1] == [1, 1] and math.isnan(places([[1, NAN], [2, 5]])[0, 1])
    assert places([[3, 1, 2], [1, 2, 3]], axis=1).tolist() == [[1, 3, 2], [3, 2, 1]]
    assert places([]).tolist() == [] and places([7]).tolist() == [1]


@given(hnp.arrays(float, st.integers(1, 9), elements=st.one_of(st.integers(0, 4).map(float), st.just(NAN))))
def test_ranks_agree_with_pandas(x):
    np.testing.assert_array_equal(places(x), pd.Series(x).rank(ascending=False, method="min"))


def test_significant_digits():
    assert significant([123456, -0.00123456, 0, NAN, 1e-310], 3)[:3].tolist() == [123000, -0.00123, 0]
    assert significant(math.inf) == math.inf
    assert significant(1 / 3 * 1e-200) == pytest.approx(1e-200 / 3, rel=1e-11)


def test_leaving_out_the_only_indicator_of_a_goal_leaves_out_the_goal():
    x = [[1, 2, 9], [2, 4, 1], [3, 3, 5]]
    moved = remove_one(lambda gone: aggregate(x, TREE, without=gone)["all"], ["a", "b", "c", "H"])
    assert moved["c"] == moved["H"] > 0
    with pytest.raises(ValueError, match="nothing is no"):
        aggregate(x, TREE, without="nothing")


def test_intervals_leave_out_what_has_no_rank():
    assert interval([[1, NAN], [3, 2]]).tolist() == [[1.1, 2], [2, 2], [2.9, 2]]


# -- over the years -----------------------------------------------------------------------------------------


def test_growth_on_irregular_years():
    years = [2022, 2010, 2014]  # in any order
    assert cagr([NAN, 1, 16], years) == 1 and cagr([4, 2, NAN], years) == pytest.approx(2 ** (1 / 12) - 1)
    assert math.isnan(cagr([5, NAN, NAN], years)) and math.isnan(cagr([NAN] * 3, years))
    assert cagr([-2, -4, NAN], years) == pytest.approx(0.5 ** (1 / 12) - 1)
    assert cagr([0, 0], [2020, 2021]) == 0 and cagr([0, 3], [2020, 2021]) == math.inf
    assert math.isnan(cagr([1, -2], [2020, 2021])) and math.isnan(cagr([0, -2], [2020, 2021]))
    for wrong in ([2020, 2020], [2020, NAN], [2020]):
        with pytest.raises(ValueError, match="year"):
            cagr([1, 2], wrong)


@given(hnp.arrays(float, 5, elements=st.one_of(st.integers(1, 99).map(float), st.just(NAN))))
def test_the_straight_line_is_that_of_polyfit(y):
    years, known = np.array([2010, 2011, 2015, 2018, 2023]), ~np.isnan(y)
    found = prc_change(y, years, per=10)
    if known.sum() < 2:
        assert math.isnan(found)
        return
    slope, start = np.polyfit(years[known] - years[known][0], y[known], 1)
    flat = np.unique(y[known]).size == 1
    assume(abs(start) > 1e-6)
    assert found == pytest.approx(0 if flat else slope * 10 / start * 100, rel=1e-6, abs=1e-6)


# The edge cases of methods.md 4, as verdicts: linear, Statistics Canada, the UN's chart, growth as in COINr.
EDGES = {
    "already met at the last year": ((90, 85, 80), "on_track", ("target_achieved", 5), 3, None),
    "met at the start, lost since": ((90, 70, 80), "decreasing", ("deterioration", -5), None, None),
    "baseline equal to target": ((80, 70, 80), "decreasing", ("not_assessed", None), None, None),
    "baseline equal to target, and still": ((80, 80, 80), "on_track", ("target_achieved", 5), 3, 0),
    "baseline 0": ((0, 5, 80), "stagnating", ("substantial_progress", 5), None, math.inf),
    "change of sign": ((-4, 5, 80), "stagnating", ("not_assessed", None), None, NAN),
    "one time point": ((None, 5, 80), "missing", ("not_available", None), None, NAN),
    "no change": ((40, 40, 80), "stagnating", ("limited_progress", -2.5), 1, 0),
    "all negative, better": ((-40, -10, -5), "on_track", ("substantial_progress", 5), 3, 0.25**0.25 - 1),
}


@pytest.mark.parametrize("case", EDGES)
def test_edge_cases_have_a_named_verdict(case):
    (then, now, target), trend, canada, nations, growth = EDGES[case]
    assert linear(then, now, 2018, 2022, target).trend == trend
    assert TRENDS[arrows(NAN if then is None else then, now, 2018, 2022, target)] == trend
    found = statcan(then, now, 2018, 2022, target)
    assert (found.status, found.score) == canada
    assert un_progress(then, now, 2018, 2022, target).score == nations
    if growth is not None:
        np.testing.assert_equal(float(cagr([NAN if then is None else then, now], [2018, 2022])), growth)


@pytest.mark.parametrize("measure", [linear, statcan, eurostat, un_progress])
def test_nan_is_missing_and_infinity_is_refused(measure):
    for then, now in ((NAN, 5), (5, NAN)):
        assert measure(then, now, 2018, 2022, 8) == measure(None, 5, 2018, 2022, 8)
    assert measure(5, 6, 2018, 2022, NAN) == measure(5, 6, 2018, 2022, None)
    with pytest.raises(ValueError, match="infinite"):
        measure(5, math.inf, 2018, 2022, 8)
    with pytest.raises(ValueError, match="infinite"):
        arrows(5, math.inf, 2018, 2022, 8)


def test_a_target_of_zero():
    assert linear(8, 4, 2018, 2022, 0, True).trend == "on_track"
    assert statcan(8, 4, 2018, 2022, 0, True).value == pytest.approx(
        (1 - 0.5**0.25) / (1 - (0.001 / 8) ** (1 / 12))
    )
    assert eurostat(8, 4, 2018, 2022, 0, True).status == "not_assessed"
    assert un_progress(8, 0.9, 2018, 2022, 0, True).score == 3


numbers = st.one_of(st.integers(-9, 9).map(float), st.just(NAN))


@given(numbers, numbers, st.integers(2015, 2023), st.integers(2015, 2023), numbers, st.booleans())
def test_arrows_are_linear_for_many(v0, v1, y0, y1, target, down):
    given_ = [None if math.isnan(x) else x for x in (v0, v1, target)]
    one = linear(given_[0], given_[1], y0, y1, given_[2], down)
    assert TRENDS[arrows([v0], [v1], [y0], [y1], [target], [down])[0]] == one.trend


@pytest.mark.parametrize("measure", [statcan, eurostat, un_progress])
@pytest.mark.parametrize("target", [None, 60])
def test_a_better_value_is_never_scored_lower(measure, target):
    order = {
        "significant_movement_away": 0, "movement_away": 0, "moderate_movement_away": 1,
        "insufficient_progress": 2, "moderate_progress": 3, "significant_progress": 4, "target_achieved": 5,
    }  # fmt: skip
    found = [measure(40, now, 2018, 2022, target) for now in np.linspace(30, 70, 161)]
    scores = [order[one.status] if measure is eurostat else one.score for one in found]
    assert scores == sorted(scores) and scores[0] < scores[-1]


def test_near_a_natural_limit_less_is_asked():
    plain, near = statcan(95, 96, 2015, 2020), statcan(95, 96, 2015, 2020, limit=100)
    assert (plain.status, near.status) == ("limited_progress", "moderate_progress")
    assert statcan(100, 99, 2015, 2020, limit=100).status == "deterioration"
    assert statcan(50, 40, 2015, 2020, None, True, limit=100) == statcan(50, 40, 2015, 2020, None, True)
    with pytest.raises(ValueError, match="highest"):
        statcan(50, 40, 2015, 2020, None, True, limit=10)


def test_an_indicator_of_several_series():
    achieved, other = Measured("target_achieved", 2.0, 5.0), Measured("deterioration", -1.0, -4.0)
    none = Measured("not_available")
    assert statcan_together([achieved, none]).status == "target_achieved"
    assert statcan_together([achieved, other]) == Measured("moderate_progress", None, 0.5)
    assert statcan_together([none]) == statcan_together([]) == Measured("not_available")


# -- which choice matters -----------------------------------------------------------------------------------


def test_the_ishigami_function_has_known_indices():
    """Ishigami and Homma (1990), a = 7, b = 0.1: first 0.314, 0.442, 0; total 0.558, 0.442, 0.244."""
    n = 20_000
    x = (2 * saltelli(n, 3) - 1) * np.pi
    y = np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])
    found = sobol(y, n)
    assert found.first == pytest.approx([0.314, 0.442, 0], abs=0.03)
    assert found.total == pytest.approx([0.558, 0.442, 0.244], abs=0.03)
    first, total = bootstrap(y, n, times=50)
    assert (first[0] < found.first).all() and (found.total < total[1]).all() and (total[0] < total[1]).all()


def test_designs_and_draws_that_do_not_fit():
    assert np.isnan(sobol([1.0] * 8, 2).first).all()  # nothing varies: no index, and no error
    for wrong in ([1, 2, 3], [1, 2, 3, 4], [1, 2, 3, 4, 5, NAN]):
        with pytest.raises(ValueError, match="design"):
            sobol(wrong, 2)
    with pytest.raises(ValueError, match="needs 2 by 4"):
        saltelli(2, 2, draws=[[0.5, 0.5]])
    with pytest.raises(ValueError, match="factor"):
        noisy_weights([1, 2], 1.5)
    with pytest.raises(ValueError, match="choose"):
        cut([0.1, 0.2], 0)
    assert cut([0.4, 0.4], 2).tolist() == [0, 0] and cut([0.1, 0.9], 1).tolist() == [0, 0]
    assert saltelli(5, 3).shape == (25, 3) and (saltelli(5, 3) == saltelli(5, 3)).all()
    assert (noisy_weights([1, 2], [0, 0.1], 9)[:, 0] == 1).all()


# -- how indicators hang together ---------------------------------------------------------------------------


@given(tables(rows=(4, 9), columns=(2, 4)))
def test_correlations_agree_with_pandas(x):
    frame, ours = pd.DataFrame(x), correlations(x)
    theirs = frame.corr(min_periods=2).to_numpy()
    known = np.isfinite(ours) & np.isfinite(theirs)
    np.testing.assert_allclose(ours[known], theirs[known], atol=1e-7)
    np.testing.assert_array_equal(ours, ours.T)
    for i, j in np.argwhere(np.isnan(ours)):
        pair = frame[[i, j]].dropna().to_numpy()
        assert len(pair) < 2 or min(np.unique(column).size for column in pair.T) < 2


def test_correlations_of_goals_and_alpha():
    x = np.array([[1, 2, 5], [2, 1, 4], [3, 3, 1]])
    labels, table = goal_correlations(x, ["A", "A", "B"])
    each = np.corrcoef(x.T)
    assert labels == ("A", "B") and table[0, 0] == pytest.approx(each[0, 1])
    assert table[0, 1] == pytest.approx((each[0, 2] + each[1, 2]) / 2) and math.isnan(table[1, 1])
    assert math.isnan(cronbach([[1], [2]])) and math.isnan(cronbach([[1, 1], [1, 1]]))
    with pytest.raises(ValueError, match="2 goals"):
        goal_correlations(x, ["A", "B"])
