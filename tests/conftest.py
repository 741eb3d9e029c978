"""What all tests share: the example dossier, golden and expected files, and no skipping in silence.

- `shared`: the folder beside the checkout with the golden files; absent, the test is skipped and says so.
- `voorbeeldstad`: a fresh copy of the fictional dossier, to change at will.
- `state`, `empty`: the page without widgets, with that dossier or a new one.
- `expected`: compares a text with a file under `tests/expected`; MEMOKIT_UPDATE=1 writes the file instead.
- MEMOKIT_NO_SKIP=1: every skip is a failure, except "../shared absent".
- MEMOKIT_FUZZ=10000: with `--hypothesis-profile=fuzz`, so many invented inputs for each test.
"""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import hypothesis
import pytest

ROOT = Path(__file__).parents[1]
SHARED_ABSENT = "../shared absent"
NO_SKIP = bool(os.environ.get("MEMOKIT_NO_SKIP"))
UPDATE = bool(os.environ.get("MEMOKIT_UPDATE"))
LEFT_OUT = ("slow", "browser", "office")

hypothesis.settings.register_profile(
    "fuzz", max_examples=int(os.environ.get("MEMOKIT_FUZZ", "10000")), deadline=None,
    suppress_health_check=list(hypothesis.HealthCheck),
)  # fmt: skip

_tally: Counter[str] = Counter()


# -- fixtures -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def root() -> Path:
    """The folder of the checkout."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with the golden files and the compiled facts, beside the checkout."""
    folder = ROOT.parent / "shared"
    if not (folder / "golden").is_dir():
        pytest.skip(SHARED_ABSENT)
    return folder


@pytest.fixture
def voorbeeldstad(tmp_path: Path) -> Path:
    """A copy of the example dossier."""
    return Path(shutil.copytree(ROOT / "data" / "examples" / "voorbeeldstad", tmp_path / "voorbeeldstad"))


@pytest.fixture
def state(voorbeeldstad: Path, tmp_path: Path) -> Any:
    """What the page knows, with a copy of the example on the desk."""
    from memokit.app.state import State

    made = State(tmp_path)
    made.open(voorbeeldstad)
    return made


@pytest.fixture
def empty(tmp_path: Path) -> Any:
    """What the page knows, with a new dossier on the desk."""
    from memokit.app.state import State

    made = State(tmp_path)
    made.new("Willebroek")
    return made


@pytest.fixture
def expected() -> Callable[[str, str], None]:
    """Compare a text with `tests/expected/<name>`; the test wears the marker `snapshot`."""

    def compare(name: str, text: str) -> None:
        path = ROOT / "tests" / "expected" / name
        if UPDATE:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8", newline="")
        assert path.is_file(), f"{name} is not there yet: make test-update writes it"
        assert text == path.read_text("utf-8"), f"{name} differs: make test-update writes it again"

    return compare


@pytest.fixture(autouse=True)
def _dutch(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test starts in Dutch and with the data of this checkout, whatever the machine says."""
    for name in ("MEMOKIT_LANG", "MEMOKIT_DATA", "MEMOKIT_DOSSIER"):
        monkeypatch.delenv(name, raising=False)


# -- nothing is skipped in silence --------------------------------------------------------------------------


def _reason(longrepr: object) -> str:
    text = str(longrepr[2]) if isinstance(longrepr, tuple) else str(longrepr)
    return text.removeprefix("Skipped: ")


def _no_skip(report: Any, name: str) -> None:
    if not report.skipped or hasattr(report, "wasxfail"):
        return
    reason = _reason(report.longrepr)
    if NO_SKIP and not reason.startswith(SHARED_ABSENT):
        report.outcome = "failed"
        report.longrepr = f"{name} was skipped ({reason}), and MEMOKIT_NO_SKIP allows no skip"
    else:
        _tally[f"skipped: {reason}"] += 1


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, Any]:
    """Turn a skip into a failure where MEMOKIT_NO_SKIP asks for it."""
    report = yield
    _no_skip(report, item.nodeid)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Generator[None, Any, Any]:
    """Do the same for a whole file that skips itself."""
    report = yield
    _no_skip(report, collector.nodeid)
    return report


def pytest_deselected(items: list[pytest.Item]) -> None:
    """Count what this run leaves out, by marker."""
    for item in items:
        marks = [mark for mark in LEFT_OUT if item.get_closest_marker(mark)]
        _tally[marks[0] if marks else "other"] += 1


def pytest_unconfigure() -> None:
    """Say as the very last line what was left out."""
    if _tally:
        print("Left out: " + ", ".join(f"{n} {what}" for what, n in sorted(_tally.items())))
