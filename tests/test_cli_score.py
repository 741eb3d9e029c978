"""The command `score`: tables in, tables out, whole or not at all."""

from __future__ import annotations

import json
from contextlib import nullcontext
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from memokit import cli_score
from memokit.problems import MemokitError
from memokit.scorecard import score

FILES = ["goals.csv", "indicators.csv", "overall.csv", "recipe.json"]


@pytest.fixture
def tables(tmp_path: Path) -> Path:
    (tmp_path / "observations.csv").write_text(
        "municipality,indicator,year,value\n12025,x,2018,40\n12025,x,2022,50\n71022,x,2022,80\n", "utf-8"
    )
    (tmp_path / "catalogue.csv").write_text(
        "indicator;goal;worst;best;red;green\nx;10;0;100;40,5;80\n", "utf-8-sig"
    )
    (tmp_path / "units.csv").write_text("municipality,region\n12025,Antwerpen\n71022,Limburg\n", "utf-8")
    (tmp_path / "recipe.yml").write_text("shrink: 0.5\nmin_share: 0.5\n", "utf-8")
    return tmp_path


def run(folder: Path, *options: str):
    told: list = []
    command = cli_score.command(nullcontext, told.extend)
    arguments = [str(folder / "observations.csv"), "--catalogue", str(folder / "catalogue.csv")]
    arguments += [str(folder / part) if "." in part else part for part in options]
    arguments += ["--out", str(folder / "uit")]
    return CliRunner().invoke(command, arguments, catch_exceptions=False), told


def test_the_four_files(tables: Path) -> None:
    done, told = run(tables, "--units", "units.csv", "--recipe", "recipe.yml")
    assert done.exit_code == 0 and not told
    out = tables / "uit"
    assert sorted(path.name for path in out.iterdir()) == FILES
    overall = pd.read_csv(out / "overall.csv", dtype={"municipality": str})
    assert overall.to_numpy().tolist() == [["12025", 50, 2, 1], ["71022", 80, 1, 1]]
    assert list(pd.read_csv(out / "indicators.csv"))[:4] == ["municipality", "indicator", "goal", "year"]
    assert json.loads((out / "recipe.json").read_text("utf-8"))["recipe"]["shrink"] == 0.5


def test_the_record_of_a_run_is_a_recipe(tables: Path) -> None:
    run(tables, "--units", "units.csv", "--recipe", "recipe.yml")
    first = {name: (tables / "uit" / name).read_bytes() for name in FILES}
    (tables / "again.json").write_bytes(first["recipe.json"])
    done, told = run(tables, "--units", "units.csv", "--recipe", "again.json")
    assert done.exit_code == 0 and not told
    assert {name: (tables / "uit" / name).read_bytes() for name in FILES} == first
    (tables / "observations.csv").write_text("municipality,indicator,year,value\n12025,x,2022,1\n", "utf-8")
    assert [problem.code for problem in run(tables, "--recipe", "again.json", "--units", "units.csv")[1]] == [
        "recipe-other-inputs"
    ]


def test_a_problem_leaves_what_stood_there(tables: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(tables)
    before = {path.name: path.read_bytes() for path in (tables / "uit").iterdir()}
    with (tables / "observations.csv").open("a", encoding="utf-8") as file:
        file.write("12025,x,2022,51\n")
    with pytest.raises(MemokitError):
        run(tables)
    monkeypatch.setattr(json, "dumps", lambda *_, **__: (_ for _ in ()).throw(OSError(28, "full")))
    (tables / "observations.csv").write_text("municipality,indicator,year,value\n12025,x,2022,1\n", "utf-8")
    with pytest.raises(MemokitError) as caught:
        run(tables)
    assert caught.value.problems[0].code == "disk-full"
    assert {path.name: path.read_bytes() for path in (tables / "uit").iterdir()} == before


@pytest.mark.parametrize("text", ["- een lijst\n", "a: [\n", "\xff"])
def test_a_recipe_that_is_none(tables: Path, text: str) -> None:
    (tables / "recipe.yml").write_text(text, "latin-1")
    with pytest.raises(MemokitError) as caught:
        run(tables, "--recipe", "recipe.yml")
    assert caught.value.problems[0].code == "recipe-file"


def test_an_own_function_in_a_recipe_can_be_written_down(tmp_path: Path) -> None:
    figures = {"municipality": ["A"], "indicator": ["x"], "year": [2022], "value": [5]}
    asked = {"indicator": ["x"], "goal": [1], "worst": [0], "best": [10]}
    cli_score.save(score(figures, asked, {"normalise": lambda x, direction: x}), tmp_path)
    assert "lambda" in (tmp_path / "recipe.json").read_text("utf-8")
