"""How the work grows with its size: time and peak memory, each run in a process of its own.

    python benchmarks/bench_growth.py                                  a few minutes, about 150 MB of disk
    python benchmarks/bench_growth.py --plot docs/images/growth.png    the same, and draws it

Best time and largest peak of three runs. CPU seconds of the job alone, all threads; of the batch, seconds on
the clock and the memory of the largest worker. Memory counts what was imported and what was handed over. The
numbers come at the end, all at once. It is no test.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from functools import partial
from itertools import product
from pathlib import Path

import bench_batch

from memokit.charts import DARK, INK, MUTED, RULE

if __name__ != "__mp_main__":  # a worker of the batch imports this file too, and must stay as small as it is
    import bench_engine
    import bench_sources
    import numpy as np

RUNS, ROWS = 3, (10_000, 100_000, 300_000, 1_000_000)
SIZED, SCORED = (1_000, 3_000, 10_000, 30_000), (263, 1_053, 2_632, 10_000)  # municipalities: 1,900 rows each
# Of each job: its sizes, what a size counts, the unit of time, the limits of time and memory (size, limit).
JOBS = {
    "score": (SCORED, "rows of Parquet", "CPU s", None, None),
    "robustness": ((100, 300, 1_000, 3_000), "replications of 300 × 200 figures", "CPU s", (1_000, 1), None),
    "treatment": (SIZED, "municipalities × 200 figures", "CPU s", (SIZED[-1], 5), None),
    "batch": ((5, 20, 80, 300), "municipalities, two workers", "s", None, (300, 600)),
    "import": (ROWS, "rows of Swing text", "CPU s", (ROWS[-1], 6), (ROWS[-1], 450)),
    "floor": (SCORED, "rows of Parquet", "CPU s", None, None),
}
LOOK = {
    "font.family": ["Source Sans Pro", "DejaVu Sans"], "font.size": 9, "text.color": MUTED,
    "axes.spines.top": False, "axes.spines.right": False, "axes.edgecolor": RULE, "axes.labelcolor": MUTED,
    "axes.titlelocation": "left", "axes.titlesize": 9.5, "axes.titleweight": "bold", "axes.titlecolor": INK,
    "xtick.color": MUTED, "ytick.color": MUTED, "figure.constrained_layout.h_pad": 0.09,
}  # fmt: skip


def child(job: str, size: int, path: Path) -> tuple[float, float]:
    """Do one job here; return its seconds and its peak megabytes."""
    if job == "batch":
        towns, out = bench_batch.chosen(bench_batch.TERM)[:size], path / str(os.getpid())
        return bench_batch.measured(lambda: bench_batch.run(out, towns, bench_batch.TERM, workers=2))[::2]
    if job == "import":
        work = partial(exec, bench_sources.OURS, {"path": str(path / "import.csv")})
    elif job == "robustness":
        from memokit.certainty import robustness

        work = partial(robustness, bench_engine.card_of(300, 200)[0], size)
    else:
        from memokit import scoring

        rng = np.random.default_rng(1)
        x = np.where(rng.random((size, 200)) < 0.05, np.nan, rng.lognormal(size=(size, 200)))
        tree = [(f"i{i}", f"G{i % 17}", f"S{i % 17 // 6}", "all") for i in range(200)]
        work = lambda: scoring.aggregate(scoring.normalise(scoring.treat_columns(x)[0]), tree)  # noqa: E731
    start = time.process_time()
    work()
    return time.process_time() - start, bench_engine.peak_memory()


def measure(job: str, size: int) -> tuple[int, float, float]:
    """Make what the job needs; return its size, the best time and the largest peak of some runs."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name)
        if job in ("score", "floor"):
            rows, engine = bench_engine.make(path, size, ["parquet"]), job.replace("score", "memokit")
            runs = [bench_engine.measure(engine, path / f"{size}.parquet", size, 1) for _ in range(RUNS)]
            return rows, min(run["cpu"] for run in runs), max(run["peak"] for run in runs)
        if job == "import":
            bench_sources.MILLION = size
            bench_sources.towns(path / "import.csv")
        command = [sys.executable, __file__, "--child", job, str(size), name]
        runs = [subprocess.run(command, check=True, stdout=-1).stdout.split() for _ in range(RUNS)]
    return size, min(float(run[0]) for run in runs), max(float(run[1]) for run in runs)


def draw(found: dict[str, list[tuple[int, float, float]]], path: str) -> None:
    """Draw time and memory of each job on logarithmic axes; a column of panels shares one scale."""
    from matplotlib import font_manager, rc_context
    from matplotlib.figure import Figure

    from memokit.figures import font_folders

    for style in ("Regular", "Bold"):
        font_manager.fontManager.addfont(font_folders()[0] / f"SourceSansPro-{style}.ttf")
    with rc_context(LOOK):
        picture = Figure(figsize=(7.6, 9.2), layout="constrained", facecolor="white")
        for ax, (job, at) in zip(picture.subplots(5, 2).flat, product(JOBS, (1, 2)), strict=False):
            panel(ax, job, found, at)
        picture.savefig(path, dpi=160, metadata={"Software": None})


def panel(ax, job: str, found: dict[str, list[tuple[int, float, float]]], at: int) -> None:
    """Draw one panel: 1 is time, 2 is memory."""
    (_, counts, clock, *limits), what = JOBS[job], ("time", "memory")[at - 1]
    (size, value), unit, limit = np.array(found[job]).T[[0, at]], (clock, "MB")[at - 1], limits[at - 1]
    times, grown = size[-1] / size[0], value[-1] / value[0]
    more = f"{grown:.2g} times the {what}" if grown >= 1.1 else f"the same {what}"
    ax.set(xscale="log", yscale="log", ylim=((0.005, 40), (60, 1200))[at - 1], xlabel=counts,
           title=f"{job.capitalize()}: {times:.0f} times the size, {more}",
           xlim=(size[0] / times**0.08, size[-1] * times**0.25))  # fmt: skip
    ax.set_xticks(size, [f"{n / 1e6:.2g} M" if n > 4e5 else f"{n:,.0f}" for n in size])
    ax.set_yticks(((0.01, 0.1, 1, 10), (100, 300, 1000))[at - 1])
    ax.yaxis.set_major_formatter(lambda y, _: f"{y:,g}")
    ax.minorticks_off()
    if limit:
        ax.axhline(limit[1], color=MUTED, linewidth=0.7)
        ax.text(size[0], limit[1] * (1.4, 1.1)[at - 1], f"limit: {limit[1]} {unit} at {limit[0]:,}")
    elif (job, at) == ("score", 1):
        ax.plot(size, [3 * run[1] for run in found["floor"]], color=MUTED, linewidth=0.7)
        ax.text(size[0], 2.2, "limit, the thin line: 3 times decoding the file")
    ax.plot(size, value, color=DARK, linewidth=1.8, marker="o", markersize=4)
    for i, place in ((0, (-2, -14)), (-1, (7, -3))):
        said = f"{value[i]:.2g} {unit}" if value[i] < 10 else f"{value[i]:.0f} {unit}"
        ax.annotate(said, (size[i], value[i]), place, textcoords="offset points", color=INK)


def main() -> None:
    """Measure, print, and draw if asked."""
    if sys.argv[1:2] == ["--child"]:
        print(*child(sys.argv[2], int(sys.argv[3]), Path(sys.argv[4])))
        return
    print(f"Python {sys.version.split()[0]}, {sys.platform}, {os.cpu_count()} cores; best of {RUNS}")
    found = {job: [measure(job, size) for size in sizes] for job, (sizes, *_) in JOBS.items()}
    for job, runs in found.items():
        print(*(f"{job:<12}{size:>12,}{took:9.3f} s{peak:7.0f} MB" for size, took, peak in runs), sep="\n")
    if sys.argv[1:2] == ["--plot"]:
        draw(found, sys.argv[2])


if __name__ == "__main__":
    main()
