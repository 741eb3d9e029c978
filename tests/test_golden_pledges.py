"""Pledge tallies as published: PolitiFact's Obameter and the programme-to-policy study of Ireland."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from memokit.scoring.pledges import shares

HERE = Path(__file__).parents[2] / "shared" / "golden" / "pledges"
# PolitiFact, article of 5 August 2013
OBAMETER = {
    "promise_kept": 241, "compromise": 131, "promise_broken": 118, "stalled": 5, "in_the_works": 26,
    "not_yet_rated": 11,
}  # fmt: skip
FINAL = ("promise_kept", "compromise", "promise_broken")

golden = pytest.mark.skipif(not HERE.is_dir(), reason="../shared absent")


def test_the_obameter_and_its_two_denominators():
    every, final = shares(OBAMETER), shares(OBAMETER, "final", FINAL)
    assert (every.denominator, every.n, final.denominator, final.n) == ("all", 532, "final", 490)
    assert [round(share) for share in every.percent.values()] == [45, 25, 22, 1, 5, 2]
    assert round(every.percent["promise_kept"], 1) == 45.3 and round(final.percent["promise_kept"], 1) == 49.2
    assert list(final.percent) == list(FINAL)


def test_ireland_adds_up_to_101_because_of_rounding():
    """Costello and Thomson, Irish Times: 421 pledges, 44, 18 and 39 %; counts that give it."""
    found = shares({"fully": 184, "partially": 74, "not": 163})
    assert found.n == 421 and [round(share) for share in found.percent.values()] == [44, 18, 39]
    assert sum(found.percent.values()) == pytest.approx(100)
    assert found.together("fully", "partially") == pytest.approx(100 * 258 / 421)


@golden
def test_every_published_share():
    raw, theirs = (pd.read_csv(HERE / f"{name}.csv") for name in ("raw", "expected_percent"))
    for case, rows in raw.groupby("case"):
        found = shares(dict(zip(rows.status, rows["count"], strict=True))).percent
        published = theirs[theirs.case == case].set_index("status").published_percent
        assert {status: round(share) for status, share in found.items()} == published.to_dict()
    kinds = pd.read_csv(HERE / "metadata.csv").set_index("status").kind
    assert set(kinds[kinds == "final"].index) == set(FINAL)


@golden
def test_percentages_without_counts_fit_some_counts():
    """Where only percentages were published, whole counts exist that round to them, within rounding of n."""
    for (_, n), rows in pd.read_csv(HERE / "published_percent_only.csv").groupby(["case", "n"]):
        low = [next(k for k in range(n + 1) if 100 * k / n >= p - 0.5) for p in rows.published_percent]
        high = [max(k for k in range(n + 1) if 100 * k / n <= p + 0.5) for p in rows.published_percent]
        assert sum(low) <= n <= sum(high)


def test_no_pledges_and_wrong_counts():
    assert shares({"kept": 0, "broken": 0}).percent == {}
    for counts, more in (({"kept": -1}, ()), ({"kept": 1.5}, ()), ({"kept": 1}, ("final", ["broken"]))):
        with pytest.raises(ValueError, match="count"):
            shares(counts, *more)
    with pytest.raises(ValueError, match="name"):
        shares({"kept": 1}, "all", ["kept"])
