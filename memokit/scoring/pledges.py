"""What became of promises: shares with their number and a named denominator, never one weighted figure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Shares:
    """Percentages of one named denominator.

    Parameters
    ----------
    denominator
        What the percentages are of, such as `all` or `final`; shown beside every one of them.
    n
        How many pledges that is.
    percent
        By verdict, not rounded; empty when there are no pledges. Rounded ones may add up to 99 or 101.
    """

    denominator: str
    n: int
    percent: Mapping[str, float]

    def together(self, *verdicts: str) -> float:
        """Return the share of several verdicts together, such as "at least partially fulfilled".

        Examples
        --------
        >>> shares({"full": 1, "partial": 2, "not": 1}).together("full", "partial")
        75.0
        """
        return sum(self.percent[verdict] for verdict in verdicts)


def shares(counts: Mapping[str, int], denominator: str = "all", of: Collection[str] | None = None) -> Shares:
    """Return the share of each verdict in percent.

    Parameters
    ----------
    counts
        Pledges by verdict.
    denominator, of
        The name of the denominator, and the verdicts that it counts; None counts all of them.

    Raises
    ------
    ValueError
        A count is negative or broken, or `of` names an unknown verdict or has no name of its own.

    Notes
    -----
    Comparative Party Pledges Group; PolitiFact. "37 % kept" was read as "63 % broken": name the denominator.

    Examples
    --------
    >>> shares({"kept": 3, "broken": 1, "not yet rated": 4}).percent["kept"]
    37.5
    >>> shares({"kept": 3, "broken": 1, "not yet rated": 4}, "final", ["kept", "broken"])
    Shares(denominator='final', n=4, percent={'kept': 75.0, 'broken': 25.0})
    """
    if any(count < 0 or count != int(count) for count in counts.values()):
        raise ValueError("a count is a whole number of 0 or more")
    if of is not None and (denominator == "all" or not set(of) <= set(counts)):
        raise ValueError("a part of the verdicts has a name of its own, and only verdicts that are counted")
    used = {verdict: count for verdict, count in counts.items() if of is None or verdict in of}
    n = sum(used.values())
    return Shares(denominator, n, {verdict: 100 * count / n for verdict, count in used.items()} if n else {})
