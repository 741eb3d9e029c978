"""The engine beside its peers: the same job with the same checksums, and robustness beside COINr's times.

    python benchmarks/bench_engine.py                          19 M rows: about 2 GB of disk, some minutes
    python benchmarks/bench_engine.py --municipalities 300     the same, small
    python benchmarks/bench_engine.py --municipalities 100000  190 M rows, memokit and the floor only

The job: read municipality, indicator, year and value (5 % missing); refuse unknown labels, infinite values
and duplicates; score 200 indicators between posts; weighted goal means, overall mean; the trend from 2018
towards 2030; the rank within 16 peer groups. Peers that are not installed (polars, duckdb) are named. Each
run is a process of its own: CPU seconds of the job without imports, all threads; peak memory with them.
It prints numbers; it is no test.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

INDICATORS, GOALS, YEARS, PEERS = 200, 17, range(2015, 2025), 16
THEN, NOW = 2018, 2024
NEEDS = {"memokit": "numpy", "floor": "pyarrow", "pandas": "pandas", "polars": "polars", "duckdb": "duckdb"}
COINR = {(300, 200): (1080, 1.0), (51, 49): (195, 0.2)}  # seconds of COINr 1.1.14, and our limit


def catalogue() -> pd.DataFrame:
    """Every third indicator asks for less."""
    n = np.arange(INDICATORS)
    down = n % 3 == 0
    return pd.DataFrame({
        "indicator": [f"I{i:03d}" for i in n], "goal": n % GOALS + 1, "weight": n % 4 + 1,
        "worst": np.where(down, 100.0, 0.0), "best": np.where(down, 0.0, 100.0),
        "red": np.where(down, 70.0, 30.0), "green": np.where(down, 30.0, 70.0), "year0": THEN, "year1": NOW,
    })  # fmt: skip


def units(m: int) -> pd.DataFrame:
    """Peer groups by turns."""
    return pd.DataFrame({"municipality": [f"M{k:06d}" for k in range(m)], "peers": np.arange(m) % PEERS})


def make(folder: Path, m: int, forms: list[str]) -> int:
    """Write the observations, municipality by municipality, and return how many rows there are."""
    import pyarrow as pa
    from pyarrow import csv, parquet

    rng, rows = np.random.default_rng(1), 0
    labels = [pa.array(table.iloc[:, 0]) for table in (units(m), catalogue())]
    whole = INDICATORS * len(YEARS)
    names = ("municipality", "indicator", "year", "value")
    writers = {}
    for start in range(0, m, 1000):
        keep = np.flatnonzero(rng.random(min(1000, m - start) * whole) >= 0.05)
        codes = (start + keep // whole, keep // len(YEARS) % INDICATORS)
        keys = [pa.DictionaryArray.from_arrays(pa.array(c, pa.int32()), each)
                for c, each in zip(codes, labels, strict=True)]  # fmt: skip
        year = pa.array(YEARS[0] + keep % len(YEARS), pa.int32())
        table = pa.table(dict(zip(names, (*keys, year, rng.normal(50, 20, len(keep))), strict=True)))
        rows += len(keep)
        # Text, as most programs write it: no hint to a reader that a column is a category.
        text = [(n, pa.string()) if n in names[:2] else table.schema.field(n) for n in names]
        for form in forms:
            if form not in writers:
                kind = parquet.ParquetWriter if form == "parquet" else csv.CSVWriter
                writers[form] = kind(folder / f"{m}.{form}", pa.schema(text))
            writers[form].write_table(table.cast(pa.schema(text)))
    for writer in writers.values():
        writer.close()
    return rows


# -- the job, once for each engine: goal sum, overall sum, count of each trend, sum of ranks ----------------


def run_memokit(path: Path, m: int) -> list[float]:
    """The library."""
    from memokit.outlook import trends
    from memokit.scorecard import score
    from memokit.scoring.ranks import rank

    peers = units(m)
    card = score(path, catalogue(), units=peers)
    _, trend, _ = trends(card.given, card.method)
    ranks = sum(np.nansum(rank(card.total[peers["peers"] == k])) for k in range(PEERS))
    counts = np.bincount(trend.ravel(), minlength=5)
    return [np.nansum(card.goal_scores), np.nansum(card.total), *counts, ranks]


def run_floor(path: Path, m: int) -> list[float]:
    """What nobody can do without: decode the file, put the values in their places."""
    import pyarrow as pa
    from pyarrow import csv, parquet

    cube = np.full((INDICATORS, len(YEARS), m), np.nan)
    if path.suffix == ".parquet":
        file = parquet.ParquetFile(path, read_dictionary=["municipality", "indicator"])
        batches = file.iter_batches(1 << 18, use_threads=False)
    else:
        text = pa.dictionary(pa.int32(), pa.string())
        kinds = {"municipality": text, "indicator": text, "year": pa.int32(), "value": pa.float64()}
        how = csv.ReadOptions(use_threads=False), None, csv.ConvertOptions(column_types=kinds)
        batches = csv.open_csv(path, *how)
    for batch in batches:
        place, indicator, year, value = (batch.column(i) for i in range(4))
        at = indicator.indices.to_numpy() * len(YEARS) + (year.to_numpy() - YEARS[0])
        cube.reshape(-1)[at.astype(np.int64) * m + place.indices.to_numpy()] = value.to_numpy()
    return []


def run_pandas(path: Path, m: int) -> list[float]:
    """Plain pandas, as one would write it."""
    asked, peers = catalogue(), units(m)
    table = pd.read_parquet(path) if path.suffix == ".parquet" else pd.read_csv(path)
    keys = ["municipality", "indicator", "year"]
    assert all(table[c].isin(known[c]).all() for c, known in (("municipality", peers), ("indicator", asked)))
    assert np.isfinite(table["value"]).all() and table["year"].isin(YEARS).all()
    assert not table.duplicated(keys).any()
    then, now = (table[table["year"] == year] for year in (THEN, NOW))
    plain = {"indicator": object, "municipality": object}  # a category would keep all that was left out
    now = now.astype(plain).merge(asked, on="indicator")
    now["score"] = (100 * (now["value"] - now["worst"]) / (now["best"] - now["worst"])).clip(0, 100)
    now["weighted"] = now["score"] * now["weight"]
    goals = now.groupby(["municipality", "goal"])[["weighted", "weight"]].sum()
    goals = goals["weighted"] / goals["weight"]
    total = goals.groupby("municipality").mean()
    before = then.astype(plain)[["municipality", "indicator", "value"]]
    both = now.merge(before, on=["municipality", "indicator"], suffixes=("", "_then"))
    sign = np.sign(both["best"] - both["worst"])
    actual = sign * (both["value"] - both["value_then"]) / (NOW - THEN)
    needed = sign * (both["green"] - both["value_then"]) / (2030 - THEN)
    ratio = actual / needed
    met = sign * both["value"] >= sign * both["green"]
    trend = np.select([met, actual < 0, (needed <= 0) | (ratio < 0.5), ratio < 1], [0, 3, 2, 1], 0)
    counts = np.bincount(trend, minlength=5)
    counts[4] = m * INDICATORS - len(both)
    score_of = peers.set_index("municipality").assign(score=total)
    ranks = score_of.groupby("peers")["score"].rank(ascending=False, method="min")
    return [goals.sum(), total.sum(), *counts, ranks.sum()]


def run_polars(path: Path, m: int) -> list[float]:
    """Polars, eager, all its threads."""
    import polars as pl

    asked, peers = pl.from_pandas(catalogue()), pl.from_pandas(units(m))
    table = pl.read_parquet(path) if path.suffix == ".parquet" else pl.read_csv(path)
    table = table.with_columns(pl.col("municipality", "indicator").cast(pl.String))
    assert table["municipality"].is_in(peers["municipality"].to_list()).all()
    assert table["indicator"].is_in(asked["indicator"].to_list()).all()
    assert table["value"].is_finite().all() and table["year"].is_in(list(YEARS)).all()
    assert table.select(pl.struct("municipality", "indicator", "year").n_unique()).item() == len(table)
    then, now = (table.filter(pl.col("year") == year).drop("year") for year in (THEN, NOW))
    score = (100 * (pl.col("value") - pl.col("worst")) / (pl.col("best") - pl.col("worst"))).clip(0, 100)
    now = now.join(asked, on="indicator").with_columns(score=score)
    goals = now.group_by("municipality", "goal").agg(
        score=(pl.col("score") * pl.col("weight")).sum() / pl.col("weight").sum()
    )
    total = goals.group_by("municipality").agg(pl.col("score").mean())
    sign, value, before = (pl.col("best") - pl.col("worst")).sign(), pl.col("value"), pl.col("value_then")
    both = now.join(then, on=["municipality", "indicator"], suffix="_then").with_columns(
        actual=sign * (value - before) / (NOW - THEN),
        needed=sign * (pl.col("green") - before) / (2030 - THEN),
        met=sign * value >= sign * pl.col("green"),
    )  # fmt: skip
    ratio = pl.col("actual") / pl.col("needed")
    trend = (
        pl.when("met").then(0).when(pl.col("actual") < 0).then(3)
        .when((pl.col("needed") <= 0) | (ratio < 0.5)).then(2).when(ratio < 1).then(1).otherwise(0)
    )  # fmt: skip
    counts = np.bincount(both.select(trend.alias("t"))["t"].to_numpy(), minlength=5)
    counts[4] = m * INDICATORS - len(both)
    placed = total.join(peers, on="municipality")
    ranks = placed.select(pl.col("score").rank("min", descending=True).over("peers"))["score"]
    return [goals["score"].sum(), total["score"].sum(), *counts, ranks.sum()]


def run_duckdb(path: Path, m: int) -> list[float]:
    """DuckDB in SQL, all its threads."""
    import duckdb

    db = duckdb.connect()
    db.register("asked", catalogue())
    db.register("peers", units(m))
    form = "parquet" if path.suffix == ".parquet" else "csv"
    db.execute(f"create table t as select * from read_{form}('{path}')")
    ask = "select count(*) from t where {}"
    wrong = (
        "municipality not in (select municipality from peers)",
        "indicator not in (select indicator from asked)",
        "not isfinite(value)", f"year not between {YEARS[0]} and {YEARS[-1]}",
    )  # fmt: skip
    assert not any(db.execute(ask.format(w)).fetchone()[0] for w in wrong)
    double = "select 1 from t group by municipality, indicator, year having count(*) > 1 limit 1"
    assert db.execute(double).fetchone() is None
    db.execute(f"""create table now as select t.municipality, t.value, a.*,
        least(100, greatest(0, 100 * (t.value - worst) / (best - worst))) as score
        from t join asked a using (indicator) where year = {NOW}""")
    db.execute("""create table goals as select municipality, goal, sum(score * weight) / sum(weight) as score
        from now group by all""")
    db.execute("create table total as select municipality, avg(score) as score from goals group by all")
    trends = db.execute(f"""select case when met then 0 when actual < 0 then 3
        when needed <= 0 or actual / needed < 0.5 then 2 when actual / needed < 1 then 1 else 0 end, count(*)
        from (select sign(best - worst) * (n.value - o.value) / {NOW - THEN} as actual,
        sign(best - worst) * (green - o.value) / {2030 - THEN} as needed,
        sign(best - worst) * n.value >= sign(best - worst) * green as met
        from now n join t o on o.municipality = n.municipality and o.indicator = n.indicator
        and o.year = {THEN}) group by 1""").fetchall()
    counts = [dict(trends).get(k, 0) for k in range(4)]
    counts.append(m * INDICATORS - sum(counts))
    sums = [db.execute(f"select sum(score) from {name}").fetchone()[0] for name in ("goals", "total")]
    ranks = db.execute("""select sum(r) from (select rank() over (partition by peers order by score desc) as r
        from total join peers using (municipality))""").fetchone()[0]
    return [*sums, *counts, ranks]


def peak_memory() -> int:
    """Return megabytes; where it can, without those of the process that started this one."""
    status = Path("/proc/self/status")
    if status.exists():
        return int(status.read_text().split("VmHWM:")[1].split()[0]) // 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def child(engine: str, path: Path, m: int) -> None:
    """Do one job in this process and print what it took."""
    importlib.import_module(NEEDS[engine])
    if engine in ("memokit", "floor", "pandas"):
        import pyarrow.csv
        import pyarrow.parquet  # noqa: F401
    if engine == "memokit":
        importlib.import_module("memokit.scorecard")
    cpu, wall = time.process_time(), time.perf_counter()
    sums = globals()[f"run_{engine}"](path, m)
    took = {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}
    print(json.dumps({**took, "peak": peak_memory(), "sums": [float(x) for x in sums]}))


def measure(engine: str, path: Path, m: int, repeat: int) -> dict:
    """Return the best of some runs, each in a process of its own."""
    command = [sys.executable, __file__, "--child", engine, "--source", str(path), "--municipalities", str(m)]
    runs = [json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
            for _ in range(repeat)]  # fmt: skip
    return min(runs, key=lambda run: run["cpu"])


def against_peers(m: int, forms: list[str], engines: list[str], folder: Path, repeat: int) -> None:
    """Print (a), or with 100,000 municipalities (b)."""
    rows = make(folder, m, forms)
    for form in forms:
        path = folder / f"{m}.{form}"
        print(f"\n{form}, {rows / 1e6:.2f} M rows, {path.stat().st_size / 1e6:.0f} MB; best of {repeat}")
        found = {engine: measure(engine, path, m, repeat) for engine in engines}
        ours = found["memokit"]
        for engine, run in found.items():
            said = f"{run['cpu']:7.2f} CPU s {run['wall']:7.2f} s {run['peak']:6d} MB"
            ratio = f"{run['cpu'] / ours['cpu']:5.1f} x memokit"
            equal = np.allclose(run["sums"] or ours["sums"], ours["sums"], 1e-9)
            print(f"  {engine:<8} {said}  {ratio}  {'same' if equal else 'OTHER'} sums")
        peers = [run["cpu"] for engine, run in found.items() if engine not in ("memokit", "floor")]
        if peers:
            ratio = min(peers) / ours["cpu"]
            print(f"  the best peer takes {ratio:.1f} times the CPU of memokit (wanted: 5 from parquet)")
        print(f"  memokit takes {ours['cpu'] / found['floor']['cpu']:.1f} times the floor (limit: 3)")


def card_of(m: int, n: int, recipe: object = None):
    """Score invented lognormal figures in three regions."""
    from memokit.scorecard import PLAIN, score

    rng = np.random.default_rng(1)
    places, names = [f"M{k}" for k in range(m)], [f"I{k}" for k in range(n)]
    figures = {"municipality": np.tile(places, n), "indicator": np.repeat(names, m), "year": 2022,
               "value": np.where(rng.random(m * n) < 0.05, np.nan, rng.lognormal(3, 0.7, m * n))}  # fmt: skip
    posts = {"worst": 2, "best": 90, "red": 12, "green": 50}
    asked = pd.DataFrame({"indicator": names, "goal": np.arange(n) % GOALS + 1, **posts})
    regions = pd.DataFrame({"municipality": places, "region": np.arange(m) % 3})
    start = time.process_time()
    card = score(figures, asked, recipe or PLAIN, regions)
    return card, time.process_time() - start


def robustness_and_treatment(full: bool) -> None:
    """Print (c) and (d)."""
    from memokit.certainty import robustness
    from memokit.recipe import Recipe

    print("\nrobustness, 1,000 replications of weights, normalisation, mean, imputation and posts; best of 3")
    for (m, n), (coinr, limit) in COINR.items():
        card, _ = card_of(m, n)
        runs = []
        for _ in range(3):
            start = time.process_time()
            robustness(card)
            runs.append(time.process_time() - start)
        verdict = "ok" if min(runs) <= limit else "TOO SLOW"
        print(f"  {m:>4} x {n:<4} {min(runs):6.2f} CPU s  limit {limit:g} s  {verdict}"
              f"  COINr {coinr} s: {coinr / min(runs):.0f} times longer")  # fmt: skip
    if full:
        _, took = card_of(30_000, 200, Recipe(treat="coinr", normalise="minmax"))
        verdict = "ok" if took <= 5 else "TOO SLOW"
        print(f"treatment and score of 30,000 x 200: {took:.2f} CPU s  limit 5 s  {verdict}  COINr 47 s")


def main() -> None:
    """Measure and print."""
    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ask.add_argument("--municipalities", type=int, default=10_000)
    ask.add_argument("--repeat", type=int, default=3)
    ask.add_argument("--folder", type=Path, help="where the files are made; a temporary folder by default")
    ask.add_argument("--child", choices=NEEDS, help=argparse.SUPPRESS)
    ask.add_argument("--source", type=Path, help=argparse.SUPPRESS)
    given = ask.parse_args()
    if given.child:
        child(given.child, given.source, given.municipalities)
        return
    print(f"Python {platform.python_version()}, {platform.system()}, {os.cpu_count()} cores, "
          f"load {os.getloadavg()[0]:.1f}")  # fmt: skip
    big = given.municipalities > 20_000
    engines = ["memokit", "floor"] if big else list(NEEDS)
    absent = [name for name in engines if importlib.util.find_spec(NEEDS[name]) is None]
    if absent:
        print(f"not installed, so not measured: {', '.join(absent)}")
    if "floor" in absent:
        ask.exit(1, "the extra parquet is needed: pip install 'memokit[parquet]'\n")
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        forms = ["parquet"] if big else ["parquet", "csv"]
        usable = [engine for engine in engines if engine not in absent]
        against_peers(given.municipalities, forms, usable, Path(folder), given.repeat)
    robustness_and_treatment(given.municipalities >= 1000)


if __name__ == "__main__":
    main()
