"""How long reading a big file takes, and how much memory: each run in a process of its own.

Run alone: `python benchmarks/bench_sources.py [swing|statbel|bbc]`. Prints numbers; it is no test. Beside
each figure stands the plain parse of pandas, which checks nothing: no code, no missing mark, no decimal mark,
no map.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import cycle, islice, product
from pathlib import Path

from memokit import territory

ROOT = Path(__file__).parents[1]
LEVELS = {"gemeente": 2025, "gemeente2024": 2019, "gemeente2018": 2018}
MILLION = 1_000_000
RUNS = 3


def places(first: int, last: int) -> Iterator[tuple[int, str, str]]:
    """Yield period, level and code of every municipality on the three maps."""
    for level, borders in LEVELS.items():
        codes = [town.code for town in territory.municipalities(borders)]
        yield from ((year, level, code) for code, year in product(codes, range(first, last + 1)))


def value(year: int, code: str, i: int = 0) -> str:
    """Return a figure with a decimal comma, the same for the same place."""
    return f"{(year * int(code) + 37 * i) % 98765 / 100:.2f}".replace(".", ",")


def sectors(path: Path) -> None:
    """A million rows as a site gives them: municipalities on three maps, and statistical sectors."""
    towns = [f"{y};{level};{code};{value(y, code)}\n" for y, level, code in places(1977, 2026)]
    other = (f"{2000 + n % 25};statsec;{11000 + n % 900}A{n % 100:02}0;{n % 9999}\n" for n in range(MILLION))
    with path.open("w", encoding="utf-8") as file:
        file.write("period;geolevel;geoitem;v0001_x\n")
        file.writelines(towns)
        file.writelines(islice(other, MILLION - len(towns)))


def towns(path: Path) -> None:
    """A million rows of municipalities only: every one is read to the end. Most say the same again."""
    lines = [f"{y};{level};{code};{value(y, code)}\n" for y, level, code in places(1990, 2026)]
    with path.open("w", encoding="utf-8") as file:
        file.write("period;geolevel;geoitem;v0001_x\n")
        file.writelines(islice(cycle(lines), MILLION))


def variables(path: Path) -> None:
    """A million figures in 20 000 rows of fifty variables: all of them come back."""
    names = [f"v{i:04}_x" for i in range(50)]
    with path.open("w", encoding="utf-8") as file:
        file.write(f"period;geolevel;geoitem;{';'.join(names)}\n")
        for y, level, code in islice(places(2000, 2026), MILLION // 50):
            file.write(f"{y};{level};{code};{';'.join(value(y, code, i) for i in range(50))}\n")


def ages(path: Path) -> None:
    """Half a million rows of Statbel's population by age, sex and nationality."""
    codes = [town.code for town in territory.municipalities(2025)] + [f"{62000 + i}" for i in range(280)]
    parts = product(codes, range(101), "MF", ("BEL", "ETR"), "1234")
    line = "{0}|Naam van {0}|Nom de {0}|23000|Arrondissement|20001|Provincie|{2}|{3}|{4}|{1}|{5}\n"
    heads = "CD_REFNIS|TX_NL|TX_FR|CD_DSTR|TX_DSTR|CD_PROV|TX_PROV|CD_SEX|CD_NATLTY|CD_CIV_STS"
    with path.open("w", encoding="utf-8-sig") as file:
        file.write(f"{heads}|CD_AGE|MS_POPULATION\n")
        file.writelines(line.format(*part, len(part[0])) for part in islice(parts, MILLION // 2))


def run(code: str, path: Path) -> tuple[float, float]:
    """Return the seconds of a piece of code in a process of its own, and the megabytes at its peak."""
    best, peak = 1e9, 0.0
    for _ in range(RUNS):
        done = subprocess.run(
            [sys.executable, __file__, "--run", code, str(path)],
            cwd=ROOT, capture_output=True, text=True, check=True,
        )  # fmt: skip
        seconds, megabytes = map(float, done.stdout.split())
        best, peak = min(best, seconds), max(peak, megabytes)
    return best, peak


def inside(code: str, path: str) -> None:
    """Run the code here, timed; called in the other process."""
    start = time.perf_counter()
    exec(compile(code, "bench", "exec"), {"path": path})
    seconds = time.perf_counter() - start
    print(seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


OURS = "from memokit.sources import read; read(path)"
EXCEL = "import openpyxl as o; [*o.load_workbook(path, read_only=True).worksheets[0].values]"
PLAIN = "import pandas; pandas.read_csv(path, sep={!r}, decimal=',')"


def compare(name: str, make: Callable[[Path], None], suffix: str, mark: str) -> None:
    """Print one line: memokit's seconds and megabytes, and those of the plain parse."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{name.replace(' ', '_')}{suffix}"
        make(path)
        size = path.stat().st_size / 1e6
        seconds, megabytes = run(OURS, path)
        plain, usual = run(PLAIN.format(mark), path)
    said = f"{seconds:6.2f} s | {megabytes:5.0f} MB | pandas.read_csv {plain:.2f} s, {usual:.0f} MB"
    print(f"{f'{name} ({size:.0f} MB)':<42}| {said}")


def bench_swing() -> None:
    """A million rows of the upload layout of Swing: at most 6 s and 450 MB."""
    compare("swing sectors", sectors, ".csv", ";")
    compare("swing towns", towns, ".csv", ";")
    compare("swing variables", variables, ".csv", ";")


def bench_statbel() -> None:
    """Half a million rows of population by age."""
    compare("TF_SOC_POP_STRUCT 2025", ages, ".txt", "|")


def bench_bbc() -> None:
    """77,536 rows of the tidy workbook of the BBC-analysetool: at most 2 s; openpyxl beside it only reads."""
    source = ROOT.parent / "shared" / "data" / "bbc_investeringen_mjp.csv"
    if not source.is_file():
        print("the investments table is absent: no figure for the tidy workbook")
        return
    import pandas as pd

    table = pd.read_csv(source, dtype=str, keep_default_na=False)
    heads = ["NIS-code", "Rapportjaar", "Boekjaar", "Beleidsveld", "Uitgave", "Uitgave per inwoner"]
    rows = table.iloc[:, :6].copy()
    rows.columns = heads
    rows[heads[4:]] = rows[heads[4:]].apply(pd.to_numeric)
    rows.insert(1, "Type rapport", "Meerjarenplan")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "tidy.xlsx"
        rows.to_excel(path, sheet_name="Export", startrow=2, index=False)
        ours = run(OURS, path)
        plain = run(EXCEL, path)
    said = f"{ours[0]:6.2f} s | {ours[1]:5.0f} MB | openpyxl alone {plain[0]:.2f} s, {plain[1]:.0f} MB"
    print(f"{'BBC tidy workbook (77,536 rows)':<42}| {said}, ratio {plain[0] / ours[0]:.1f}")


def main() -> None:
    """Run what is asked, or everything."""
    if sys.argv[1:2] == ["--run"]:
        inside(*sys.argv[2:])
        return
    asked = sys.argv[1:] or ["swing", "statbel", "bbc"]
    for name in asked:
        {"swing": bench_swing, "statbel": bench_statbel, "bbc": bench_bbc}[name]()


if __name__ == "__main__":
    main()
