"""How long the scoring functions take on a large table, beside COINr's times as published in methods.md.

Run alone, with `make bench` or `python benchmarks/bench_scoring.py`. Prints numbers; it is no test.
COINr 1.1.14 under R 4.2.2, one process, a two-core container: measured by this project, not in this run.
"""

from __future__ import annotations

import os
import platform
import resource
import time
from collections.abc import Callable

os.environ.update(dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1"))

import numpy as np

from memokit import scoring

LIMIT = 5.0  # CPU seconds, for the whole table
COINR = {"treat": 42.0, "normalise": 0.06, "aggregate": 4.5, "together": 47.0}


def timed(name: str, work: Callable[[], object], repeat: int = 3) -> float:
    """Print the best CPU time of a piece of work beside COINr's, and return it."""
    best = float("inf")
    for _ in range(repeat):
        start = time.process_time()
        work()
        best = min(best, time.process_time() - start)
    coinr = COINR.get(name)
    ratio = f"   COINr {coinr:6.2f} s   {coinr / best:6.1f} times as long" if coinr else ""
    print(f"  {name:<34} {best:8.3f} s{ratio}")
    return best


def main(units: int = 30_000, indicators: int = 200) -> None:
    """Measure and print."""
    rng = np.random.default_rng(1)
    x = rng.lognormal(size=(units, indicators))
    x[rng.random(x.shape) < 0.05] = np.nan
    tree = [(f"i{i}", f"G{i % 17}", f"S{i % 17 // 6}", "all") for i in range(indicators)]
    print(f"Python {platform.python_version()}, numpy {np.__version__}, one thread; CPU seconds, best of 3")
    print(f"{units} units x {indicators} lognormal indicators, 5 % missing, four levels:")
    treated, how = scoring.treat_columns(x)
    normal = scoring.normalise(treated)
    parts = [
        timed("treat", lambda: scoring.treat_columns(x)),
        timed("normalise", lambda: scoring.normalise(treated)),
        timed("aggregate", lambda: scoring.aggregate(normal, tree)),
    ]
    timed("rank", lambda: scoring.rank(normal[:, 0]))
    total = sum(parts)
    verdict = "ok" if total <= LIMIT else "TOO SLOW"
    coinr = f"COINr {COINR['together']:6.2f} s   {COINR['together'] / total:6.1f} times as long"
    print(f"  {'together':<34} {total:8.3f} s   {coinr}   limit {LIMIT:g} s {verdict}")
    counts = {name: how.count(name) for name in sorted(set(how))}
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"  columns by treatment: {counts}; peak memory {peak:.0f} MB")
    few = normal[:300]
    w = scoring.noisy_weights(np.ones(indicators), draws=1000)
    print("300 units x 200 indicators, 1,000 replications of the weights:")
    timed("mean and rank", lambda: scoring.rank(scoring.amean(few, w[:, None, :]), axis=1))
    timed("geometric mean and rank", lambda: scoring.rank(scoring.gmean(few + 1, w[:, None, :]), axis=1))


if __name__ == "__main__":
    main()
