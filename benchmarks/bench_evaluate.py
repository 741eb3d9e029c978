"""How long a whole evaluation takes, and what `import memokit` costs: whole processes, as a person waits.

Run alone, with `make bench` or `python benchmarks/bench_evaluate.py`. Prints numbers; it is no test.
"""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "data" / "examples" / "voorbeeldstad"


def seconds(arguments: list[str], repeat: int) -> list[float]:
    """Return the seconds of each run of a command, after one that warms up."""
    found = []
    for turn in range(repeat + 1):
        start = time.perf_counter()
        subprocess.run([sys.executable, *arguments], cwd=ROOT, check=True, capture_output=True)
        if turn:
            found.append(time.perf_counter() - start)
    return found


def line(name: str, value: float, limit: float, unit: str, runs: list[float]) -> None:
    """Print one figure beside its limit."""
    verdict = "ok" if value <= limit else "TOO SLOW"
    spread = f"{min(runs):.3f}-{max(runs):.3f} s"
    said = f"{value:8.2f} {unit:<3} limit {limit:g} {unit:<3} {verdict:<9}"
    print(f"{name:<44} {said} ({len(runs)} runs, {spread})")


def main() -> None:
    """Measure and print."""
    machine = f"Python {platform.python_version()}, {platform.system()}, {os.cpu_count()} cores"
    print(f"{machine}; medians after a warm-up")
    with tempfile.TemporaryDirectory() as out:
        for name, more in (("HTML and PDF", []), ("all lengths", ["--lengte", "normaal,volledig,handblad"])):
            runs = seconds(["-m", "memokit", "evaluate", str(EXAMPLE), "--out", out, *more], 5)
            limit = 2.5 if not more else 5.0
            line(f"memokit evaluate voorbeeldstad, {name}", statistics.median(runs), limit, "s", runs)
    bare = statistics.median(seconds(["-c", "pass"], 15))
    runs = seconds(["-c", "import memokit"], 15)
    line(
        "import memokit, above the bare interpreter", 1000 * (statistics.median(runs) - bare), 50, "ms", runs
    )


if __name__ == "__main__":
    main()
