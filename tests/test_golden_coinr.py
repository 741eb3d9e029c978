"""Every statistical step against real output of COINr 1.1.14 (R 4.2.2) on its ASEM example, to 1e-9.

Source: ASEM Sustainable Connectivity Portal 2018 (JRC), shipped with COINr (MIT), in golden/coinr_asem.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from memokit import scoring
from memokit.scoring.aggregate import aggregate, amean, gmean, hmean
from memokit.scoring.impute import denominate, impute, screen
from memokit.scoring.normalise import dist2targ, minmax, prank, rank, zscore
from memokit.scoring.ranks import interval, rank_change, remove_one
from memokit.scoring.ranks import rank as places
from memokit.scoring.sensitivity import cut, noisy_weights, saltelli, sobol
from memokit.scoring.treat import treat, treat_columns
from memokit.scoring.trends import cagr

HERE = Path(__file__).parents[2] / "shared" / "golden" / "coinr_asem"
NORMALISE = {"n_minmax": lambda x, up: minmax(x, up, 1, 100), "n_zscore": lambda x, up: zscore(x, up, 50, 10)}
MEAN = {"a_amean": amean, "a_gmean": gmean}
# R ranks values that differ in the last bit only; after rounding to 12 digits these three are tied.
LAST_BIT = {("BGR", "TolMin"), ("CZE", "TolMin"), ("NOR", "TolMin")}

golden = pytest.mark.skipif(not HERE.is_dir(), reason="../shared absent")


@cache
def table(name: str) -> pd.DataFrame:
    return pd.read_csv(HERE / f"{name}.csv")


def by_unit(name: str) -> pd.DataFrame:
    return table(name).set_index("uCode").sort_index()


def same(ours, theirs: pd.DataFrame | pd.Series) -> int:
    """Compare to 1e-9, relative for large numbers; returns how many cells that was."""
    np.testing.assert_allclose(np.asarray(ours, float), theirs.to_numpy(float), rtol=1e-9, atol=1e-9)
    return int(theirs.size)


@cache
def meta() -> pd.DataFrame:
    rows = table("metadata")
    return rows[rows.Type == "Indicator"].set_index("iCode")


@cache
def tree() -> list[tuple[str, ...]]:
    rows = table("lineage").set_index("Indicator", drop=False)
    return list(rows.loc[list(meta().index)].itertuples(index=False, name=None))


@cache
def stages() -> dict[str, np.ndarray]:
    """Rebuild the ASEM index: denominate, impute by continent, screen, treat, normalise."""
    raw = by_unit("raw")
    codes = list(meta().index)
    sizes = [raw[by] if isinstance(by, str) else np.ones(len(raw)) for by in meta().Denominator]
    made = {"Denominated": denominate(raw[codes], np.column_stack(sizes))}
    made["Imputed"] = impute(made["Denominated"], groups=list(raw.EurAsia_group))
    made["Screened"] = made["Imputed"][screen(made["Imputed"], 0.9)]
    made["Treated"], _ = treat_columns(made["Screened"])
    made["Normalised"] = minmax(made["Treated"], up())
    return made


def up() -> np.ndarray:
    return meta().Direction.to_numpy(float)


@cache
def weights(rep: int | None = None) -> dict[str, float]:
    rows = table("weights") if rep is None else table("ua_noisy_weights_100").query("rep == @rep")
    return dict(zip(rows.iCode, rows.Weight.astype(float), strict=True))


# -- the stages ---------------------------------------------------------------------------------------------


@golden
@pytest.mark.parametrize("stage", ["Denominated", "Imputed", "Screened", "Treated", "Normalised"])
def test_stages(stage):
    theirs = by_unit(f"expected_stage_{stage}")
    assert list(theirs.columns) == list(meta().index)
    assert same(stages()[stage], theirs) == 51 * 49


@golden
def test_fifteen_indicators_are_treated():
    how = treat_columns(stages()["Screened"])[1]
    assert sum(one != "none" for one in how) == 15


@golden
@pytest.mark.parametrize(
    ("name", "ours"),
    [
        ("minmax_0_100", lambda x: minmax(x, up())),
        ("zscore_0_1", lambda x: zscore(x, up())),
        ("rank", lambda x: rank(x, up())),
        ("prank", lambda x: prank(x, up())),
    ],
)
def test_normalisations(name, ours):
    theirs = by_unit(f"expected_norm_{name}")
    found = pd.DataFrame(ours(stages()["Treated"]), theirs.index, theirs.columns)
    off = {(u, i) for (u, i), far in ((found - theirs).abs() > 1e-9).stack().items() if far}
    assert off == (LAST_BIT if "rank" in name else set())
    if "rank" in name:
        steps = 1 if name == "rank" else 1 / 50
        assert all(abs(found.loc[cell] - theirs.loc[cell]) == pytest.approx(steps) for cell in LAST_BIT)


@golden
def test_distance_to_target_on_raw_data():
    theirs = by_unit("expected_norm_raw_dist2targ_iMeta")
    raw = by_unit("raw")[list(meta().index)]
    assert same(dist2targ(raw, meta().Target, up()), theirs) == 51 * 49


# -- scores -------------------------------------------------------------------------------------------------


def whole(normalised, mean=amean, rep=None, min_share=0.0) -> pd.DataFrame:
    """The columns and the groups of every level, as COINr writes them."""
    frame = pd.DataFrame(normalised, columns=list(meta().index))
    groups = aggregate(normalised, tree(), weights(rep), mean, min_share)
    return pd.concat([frame, pd.DataFrame(groups)], axis=1)


@golden
@pytest.mark.parametrize(
    ("name", "low", "mean"),
    [
        ("stage_Aggregated", 0, amean),
        ("agg1_100_a_amean", 1, amean),
        ("agg1_100_a_gmean", 1, gmean),
        ("agg1_100_a_hmean", 1, hmean),
    ],
)
def test_aggregation(name, low, mean):
    theirs = by_unit(f"expected_{name}")
    ours = whole(minmax(stages()["Treated"], up(), low, 100), mean)
    assert same(ours[theirs.columns], theirs) == 51 * 60


@golden
def test_data_threshold_on_raw_data():
    theirs = by_unit("expected_aggraw_datthresh_0.5")
    ours = whole(minmax(by_unit("raw")[list(meta().index)], up()), min_share=0.5)
    assert same(ours[theirs.columns], theirs) == 51 * 60


@golden
def test_results_and_ranks():
    scores, ranks = by_unit("expected_results_aggs_scores"), by_unit("expected_results_aggs_ranks")
    ours = whole(stages()["Normalised"])[ranks.columns]
    assert (np.abs(ours.to_numpy() - scores[ranks.columns].to_numpy()) <= 0.005 + 1e-9).all()  # two decimals
    assert same(places(ours), ranks) == 51 * 11
    assert same(places(ours.Index), scores.Rank) == 51


@golden
def test_remove_one_pillar():
    theirs, scores = table("expected_remove_pillar_meanabsdiff"), by_unit("expected_remove_pillar_scores")

    def index(without):
        return aggregate(stages()["Normalised"], tree(), weights(), without=without)["Index"]

    pillars = [name for name in theirs.name if name != "Nominal"]
    found = {"Nominal": 0.0, **remove_one(index, pillars)}
    assert same([found[name] for name in theirs.name], theirs.MeanAbsDiff) == 9
    ours = np.column_stack([index(None if name == "Nominal" else name) for name in scores])
    assert same(ours, scores) == 51 * 9
    zero = aggregate(stages()["Normalised"], tree(), {**weights(), "Social": 0.0})["Index"]
    assert same(zero, scores.Social) == 51


# -- how sure -----------------------------------------------------------------------------------------------


@cache
def normalised(winmax: int, how: str) -> np.ndarray:
    return NORMALISE[how](treat_columns(stages()["Screened"], winmax)[0], up())


def replicate(params: pd.DataFrame) -> np.ndarray:
    """Ranks of every replication, units in rows."""
    index = [
        aggregate(normalised(p.winmax, p.norm), tree(), weights(p.weight_rep), MEAN[p.agg])["Index"]
        for p in params.itertuples()
    ]
    return places(np.column_stack(index))


@golden
def test_a_hundred_uncertainty_replications():
    theirs, stats = by_unit("expected_ua100_ranks"), by_unit("expected_ua100_rankstats")
    ours = replicate(table("ua100_params"))
    assert same(ours, theirs.drop(columns="Nominal")) == 51 * 100
    low, median, high = interval(ours, axis=1)
    nominal = places(aggregate(stages()["Normalised"], tree())["Index"])
    assert same(np.column_stack([nominal, ours.mean(axis=1), median, low, high]), stats) == 51 * 5


@golden
def test_sensitivity_of_the_index():
    theirs, indices = by_unit("expected_sa20_ranks"), table("expected_sa20_sensitivity")
    ours = replicate(table("sa20_params"))
    assert same(ours, theirs.drop(columns="Nominal")) == 51 * 120
    found = sobol(rank_change(theirs[["Nominal"]], ours), 20)
    assert same(np.column_stack([found.first, found.total]), indices[["Si", "STi"]]) == 8


@golden
def test_sobol_indices_of_the_ishigami_function():
    design, indices = table("sobol_ishigami_sample"), table("expected_sobol_ishigami_indices")
    n = len(design) // 5
    found = sobol(design.y, n)
    assert same(np.column_stack([found.first, found.total]), indices[["Si", "STi"]]) == 6
    assert found.variance == pytest.approx(float((HERE / "expected_sobol_ishigami_variance.txt").read_text()))
    draws = design[["V1", "V2", "V3"]].to_numpy()
    assert (saltelli(n, 3, draws=np.hstack([draws[:n], draws[n : 2 * n]])) == draws).all()


@golden
def test_noisy_weights_stay_within_a_quarter_and_leave_the_indicators():
    noisy = table("ua_noisy_weights_100")
    assert (noisy[noisy.Level == 1].Weight == 1).all()
    theirs = noisy[noisy.Level.isin([2, 3])].pivot(index="rep", columns="iCode", values="Weight")
    draws = (theirs / 1 - 1 + 0.25) / 0.5
    assert draws.min(axis=None) >= 0 and draws.max(axis=None) <= 1
    assert same(noisy_weights(np.ones(10), draws=draws), theirs) == 1000


# -- trends -------------------------------------------------------------------------------------------------


@golden
def test_growth_in_the_panel():
    theirs = table("expected_panel_trends_CAGR")
    panel = table("panel_raw").pivot(index="uCode", columns="Time", values=list(theirs.iCode.unique()))
    years = sorted(panel.columns.levels[1])
    found = {
        (unit, code): growth
        for code in theirs.iCode.unique()
        for unit, growth in zip(panel.index, cagr(panel[code][years], years), strict=True)
    }
    assert np.isinf(theirs.CAGR).sum() > 10 and theirs.CAGR.isna().any()  # from zero, and too few figures
    ours = [found[pair] for pair in zip(theirs.uCode, theirs.iCode, strict=True)]
    assert same(ours, theirs.CAGR) == 2499


# -- published figures that need no other folder ------------------------------------------------------------


def test_a_few_figures_of_coinr_stand_here():
    """COINr 1.1.14, ASEM: 2018 scores of five countries, and their mean over Conn and Sust."""
    conn, sust = [62.79, 61.94, 57.10, 57.44, 63.99], [73.98, 67.70, 72.51, 71.50, 63.09]
    index = [68.38, 64.82, 64.80, 64.47, 63.54]  # CHE, NLD, DNK, NOR, BEL
    assert amean(np.column_stack([conn, sust])).tolist() == pytest.approx(index, abs=0.011)
    assert places(index).tolist() == [1, 2, 3, 4, 5]


def test_treatment_and_indices_by_hand():
    """1 to 10 with two outliers (help page of COINr's `Treat`), and Sobol indices from six outcomes."""
    assert treat([*range(1, 11), 30, 100]).values.tolist() == [*range(1, 11), 30, 30]
    assert scoring.treat([*range(1, 11), 30, 100]).how == "winsorised"
    found = sobol([1, 3, 2, 6, 1, 6], 2)  # A 1, 3; B 2, 6; the mixed ones 1, 6; variance 14 / 3
    assert found.variance == pytest.approx(14 / 3)
    assert found.first == pytest.approx(27 / 14) and found.total == pytest.approx(9 / 4 / (14 / 3))


def test_cut_uses_the_range_of_the_draws_as_r_does():
    """R 4.2.2: as.integer(cut(c(0.30, 0.35, 0.45, 0.60), 3)) is 1 1 2 3; on [0, 1] it would be 1 2 2 2."""
    assert (cut([0.30, 0.35, 0.45, 0.60], 3) + 1).tolist() == [1, 1, 2, 3]
