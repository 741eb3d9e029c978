"""Deliveries with one defect each: what is wrong is said with its place, or the file is read all the same.

`broken/deliveries/expected.csv` is the table. `read` has in `value` how many figures come out and their sum;
`refused` says what must be told. Files that would be large or unreadable are made by `broken_deliveries.py`.
"""

from __future__ import annotations

import csv
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from memokit import sources
from memokit.problems import MemokitError, Problem
from tests.broken_deliveries import HEAVY, MADE

FOLDER = Path(__file__).parent / "broken" / "deliveries"
with (FOLDER / "expected.csv").open(encoding="utf-8", newline="") as table:
    CASES = list(csv.DictReader(table))
LIGHT = [case for case in CASES if case["file"] not in HEAVY]
cases = pytest.mark.parametrize("case", LIGHT, ids=lambda case: case["file"])
heavy = pytest.mark.parametrize("case", [c for c in CASES if c not in LIGHT], ids=lambda case: case["file"])


def deliver(name: str, folder: Path) -> Path:
    """Put a delivery in an empty folder."""
    return MADE[name](folder / name) if name in MADE else Path(shutil.copy(FOLDER / name, folder / name))


def state(folder: Path) -> dict[str, bytes]:
    """What stands in a folder, to see that nothing is written."""
    return {str(each): each.read_bytes() if each.is_file() else b"" for each in sorted(folder.rglob("*"))}


def outcome(path: Path, **asked: object) -> tuple[str, tuple[Problem, ...], str]:
    """Read a file: whether it was read, what was told, and how many figures with which sum."""
    try:
        got = sources.read(path, **asked)
    except MemokitError as error:
        return "refused", error.problems, ""
    amounts = got.amounts[got.amounts["measure"] == "outlay"]["amount"]
    figures = got.observations["value"] if got.amounts.empty else amounts
    places = 3 if (figures * 100 % 1).any() else 2
    return "read", got.problems, f"{len(figures)}; {figures.sum():.{places}f}"


def place(problem: Problem) -> tuple[str, str, str, str]:
    return problem.code, problem.sheet, str(problem.row or ""), problem.column


@cases
def test_a_broken_delivery_says_what_is_wrong(case: dict[str, str], tmp_path: Path) -> None:
    path = deliver(case["file"], tmp_path)
    before = state(tmp_path)
    how, problems, value = outcome(path)
    said = [str(problem) for problem in problems]
    assert all(said) and not any("None" in text for text in said)
    assert (how, value) == (case["outcome"], case["value"]), said
    if codes := case["code"].split():
        wanted = (codes[0], case["sheet"], case["row"], case["column"])
        assert wanted in map(place, problems), said
        assert case["found"] in [p.found for p in problems if place(p) == wanted], said
    heaviest = "error" if how == "refused" else "warning"
    grave = {problem.code for problem in problems if problem.severity == heaviest}
    assert grave <= set(codes), "one defect, one kind of problem"
    assert not [p for p in problems if p.severity == "error"] or how == "refused"
    assert {p.file for p in problems} <= {path.name}
    assert state(tmp_path) == before


def test_every_delivery_stands_in_the_table() -> None:
    there = {path.name for path in FOLDER.iterdir()} - {"expected.csv"}
    assert there | set(MADE) == {case["file"] for case in CASES} and not there & set(MADE)
    assert len(CASES) == len({case["file"] for case in CASES}) >= 70
    assert len({case["defect"] for case in CASES}) == len(CASES)
    sizes = [path.stat().st_size for path in FOLDER.iterdir()]
    assert max(sizes) < 20_000 and sum(sizes) < 400_000


@pytest.mark.parametrize("kind", sorted(sources.kinds()))
def test_a_kind_that_was_chosen_wrongly_never_trips(kind: str, tmp_path: Path) -> None:
    """Whatever somebody chooses for whatever file: figures, or problems that say what is wrong."""
    for case in LIGHT:
        folder = tmp_path / case["file"].replace(".", "-")
        folder.mkdir()
        _, problems, _ = outcome(deliver(case["file"], folder), kind=kind)
        assert all(str(problem) for problem in problems), case["file"]


def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Root may read everything, so the refusal of the system is played."""

    def refuse(self: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    path = deliver("bom.csv", tmp_path)
    monkeypatch.setattr(Path, "read_bytes", refuse)
    how, problems, _ = outcome(path)
    assert how == "refused" and [p.code for p in problems] == ["cannot-read"] and str(problems[0])


READ = """
import resource, sys
from pathlib import Path
resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))
from tests.test_broken_deliveries import outcome
how, problems, value = outcome(Path(sys.argv[1]))
assert all(map(str, problems))
# ru_maxrss starts at what the parent held; VmHWM does not.
status = Path("/proc/self/status")
lines = status.read_text().splitlines() if status.is_file() else []
peak = [line.split()[1] for line in lines if "VmHWM" in line]
most = int(peak[0] if peak else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss) // 1024
print(how, ",".join(p.code for p in problems), value, most, sep="|")
"""


@pytest.mark.slow
@heavy
def test_a_heavy_delivery_stays_within_600_megabytes(case: dict[str, str], tmp_path: Path) -> None:
    path = deliver(case["file"], tmp_path)
    call = [sys.executable, "-c", READ, path]
    done = subprocess.run(call, capture_output=True, text=True, cwd=Path(__file__).parents[1])
    assert done.returncode == 0, done.stderr[-2000:]
    how, codes, value, most = done.stdout.strip().split("|")
    print(f"{case['file']}: {how}, {most} MB")
    assert (how, value) == (case["outcome"], case["value"])
    assert set(filter(None, [case["code"]])) <= set(codes.split(","))
    assert int(most) < 600
