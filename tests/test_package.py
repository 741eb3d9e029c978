"""The wheel: data and notebooks travel inside it, and an evaluation runs from it without the checkout."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
pytestmark = pytest.mark.slow


def run(*arguments: object, cwd: Path, **env: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, *map(str, arguments)],
        cwd=cwd, env={**os.environ, "PYTHONUTF8": "1", **env}, capture_output=True, encoding="utf-8",
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    return done


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    """The wheel, built without the network from a copy of the files that belong to the project."""
    source, out = tmp_path_factory.mktemp("bron"), tmp_path_factory.mktemp("dist")
    for name in ("memokit", "data", "notebooks"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source / name)
    run("-m", "hatchling", "build", "-t", "wheel", "-d", out, cwd=source)
    (made,) = out.glob("*.whl")
    return made


def inside(folder: str, root: Path) -> set[str]:
    return {f"{folder}/{path.relative_to(root).as_posix()}" for path in root.rglob("*") if path.is_file()}


def test_data_and_notebooks_are_inside(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    assert inside("memokit/_data", ROOT / "data") <= names
    assert {f"memokit/_notebooks/{path.name}" for path in (ROOT / "notebooks").glob("*.ipynb")} <= names
    assert "memokit/py.typed" in names
    assert not [name for name in names if "__pycache__" in name or name.startswith(("tests", "docs"))]


def test_the_wheel_names_its_licence_and_no_address(wheel):
    archive = zipfile.ZipFile(wheel)
    metadata = next(name for name in archive.namelist() if name.endswith("METADATA"))
    text = archive.read(metadata).decode()
    assert "License-Expression: MIT" in text and str(ROOT) not in text


def test_an_evaluation_from_the_wheel_alone(wheel, tmp_path):
    target, elsewhere = tmp_path / "pakket", tmp_path / "elders"
    elsewhere.mkdir()
    zipfile.ZipFile(wheel).extractall(target)  # a pure wheel: to install it is to unpack it
    # The editable checkout is still on the path behind it: the copy must be the one that is used.
    env = {"PYTHONPATH": str(target)}
    place = run("-c", "import memokit; print(memokit.__file__)", cwd=elsewhere, **env).stdout.strip()
    assert Path(place).is_relative_to(target)
    data = "from memokit.resources import data_root; print(data_root())"
    assert Path(run("-c", data, cwd=elsewhere, **env).stdout.strip()).is_relative_to(target)
    run("-m", "memokit", "evaluate", "Mechelen", "--out", "uit", cwd=elsewhere, **env)
    assert (elsewhere / "uit" / "evaluatie.pdf").read_bytes().startswith(b"%PDF")
    assert "Mechelen" in (elsewhere / "uit" / "evaluatie.html").read_text("utf-8")


def test_the_exporters_are_found_by_name(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    points = zipfile.ZipFile(wheel).read(next(n for n in names if n.endswith("entry_points.txt"))).decode()
    assert "memokit = memokit.cli:main" in points
    for line in points.splitlines():
        if "=" in line:
            module = line.split("=")[1].split(":")[0].strip()
            place = module.replace(".", "/")
            assert {f"{place}.py", f"{place}/__init__.py"} & set(names), line
