"""How long the evaluation of N municipalities takes, HTML and PDF, beside a notebook run for each.

`python benchmarks/bench_batch.py [N] [WORKERS] [SAMPLE]`: if not given, all 300, two workers, a sample of 4.
The peer does what papermill and nbconvert do, in one process that stays warm, which favours it: for each
municipality a fresh kernel runs a notebook of two cells (nbconvert's ExecutePreprocessor), and nbconvert
makes HTML of it. Its PDF is memokit's own, which favours it again. Prints numbers; it is no test.
"""

from __future__ import annotations

import os
import platform
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from memokit.batch import chosen, run
from memokit.terms import Term

TERM = Term(2024)
CELLS = (
    "import memokit\nfrom IPython.display import HTML\nev = memokit.evaluate({code!r}, memokit.Term(2024))",
    "HTML(memokit.export(ev, {html!r}).read_text('utf-8')); memokit.export(ev, {pdf!r})",
)


def notebook(code: str, out: Path) -> None:
    """Run and convert the notebook of one municipality."""
    import nbformat  # late: a worker of the batch imports this file too
    from nbconvert import HTMLExporter
    from nbconvert.preprocessors import ExecutePreprocessor

    names = {"code": code, "html": str(out / f"{code}.html"), "pdf": str(out / f"{code}.pdf")}
    cells = [nbformat.v4.new_code_cell(cell.format(**names)) for cell in CELLS]
    book = nbformat.v4.new_notebook(cells=cells)
    ExecutePreprocessor(timeout=120, kernel_name="python3").preprocess(book, {"metadata": {"path": str(out)}})
    (out / f"{code}-notebook.html").write_text(HTMLExporter().from_notebook_node(book)[0], "utf-8")


def measured(work: Callable[[], object]) -> tuple[float, float, float]:
    """Return wall seconds, CPU seconds with children, and the peak MB of the largest child so far."""

    def cpu() -> float:
        used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        return sum(part.ru_utime + part.ru_stime for part in used)

    wall, before = time.perf_counter(), cpu()
    work()
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    unit = 1 if sys.platform == "darwin" else 1024  # bytes there, kilobytes elsewhere
    return time.perf_counter() - wall, cpu() - before, peak * unit / 1e6


def main(n: int = 300, workers: int = 2, sample: int = 4) -> None:
    """Measure and print."""
    towns = chosen(TERM)[:n]
    some = towns[:: max(len(towns) // sample, 1)][:sample]
    print(f"Python {platform.python_version()}, {platform.system()}, {os.cpu_count()} cores")
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder)
        wall, cpu, peak = measured(lambda: run(out / "batch", towns, TERM, workers=workers))
        again = measured(lambda: run(out / "batch", towns, TERM, workers=workers))[0]
        size = len(list((out / "batch" / "gemeenten").iterdir()))
        peer, peer_cpu, _ = measured(lambda: [notebook(town.code, out) for town in some])
    each, each_cpu = peer / len(some), peer_cpu / len(some)
    ratio, cpu_ratio = each * len(towns) / wall, each_cpu * len(towns) / cpu
    memory, speed = "ok" if peak <= 600 else "TOO MUCH", "ok" if ratio >= 12 else "TOO SLOW"
    many = f"{len(towns)} municipalities"
    print(f"batch: {many}, {size} files, {workers} workers: {wall:.1f} s, {cpu:.1f} CPU s")
    print(f"       largest worker {peak:.0f} MB (limit 600 {memory}); again, nothing to make: {again:.2f} s")
    print(f"peer:  {len(some)} notebooks: {each:.2f} s and {each_cpu:.2f} CPU s each")
    print(f"ratio: {ratio:.1f} in time (limit 12 {speed}), {cpu_ratio:.1f} in CPU seconds")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
