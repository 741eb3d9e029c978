"""The pages for people: up to date, without a dead end, and with nothing in them that does not exist."""

from __future__ import annotations

import ast
import csv
import importlib.util
import re
from pathlib import Path

import click
import pytest

from memokit import cli

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = sorted([ROOT / "README.md", *DOCS.rglob("*.md")])


def handbook() -> str:
    spec = importlib.util.spec_from_file_location("make_handleiding", DOCS / "make_handleiding.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.handbook()


@pytest.mark.snapshot
def test_the_handbook_is_up_to_date():
    assert (DOCS / "handleiding.md").read_text("utf-8") == handbook(), "run make docs"


def test_the_handbook_has_no_mark_left():
    assert not re.findall(r"^<!-- \w+ -->$", handbook(), re.M)


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)#\s]+)", page.read_text("utf-8")):
        if "://" not in target and not target.startswith("mailto:"):
            assert (page.parent / target).exists(), target


def test_every_formula_has_its_place():
    text = (DOCS / "method.md").read_text("utf-8")
    named = re.findall(r"`(memokit/[\w/]+\.py)` `(\w+)`", text)
    assert len(named) > 25
    for path, name in named:
        tree = ast.parse((ROOT / path).read_text("utf-8"))
        there = {getattr(node, "name", "") for node in ast.walk(tree)}
        assert name in there, f"{path} has no {name}"


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_command_in_the_pages_exists(page):
    commands = cli.main.commands
    text = page.read_text("utf-8")
    fenced = "\n".join(re.findall(r"^```\w*\n(.*?)^```", text, re.M | re.S))
    inline = re.findall(r"`memokit ([^`\n]+)`", text)
    for line in inline + re.findall(r"(?:^|\\)memokit (.+)$", fenced, re.M):
        words = line.split("#")[0].split()
        if not re.fullmatch(r"[a-z]+", words[0]):
            continue
        assert words[0] in commands, words
        options = {o for p in commands[words[0]].params if isinstance(p, click.Option) for o in p.opts}
        assert {word for word in words if word.startswith("--")} <= options | {"--help"}, words


def test_every_target_of_make_in_the_readme_exists():
    made = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.M))
    assert set(re.findall(r"make ([a-z-]+)", (ROOT / "README.md").read_text("utf-8"))) <= made


def test_decisions_are_numbered_without_a_gap():
    numbers = [int(path.name[:4]) for path in sorted((DOCS / "decisions").glob("*.md"))]
    assert numbers == list(range(1, len(numbers) + 1))
    for path in (DOCS / "decisions").glob("*.md"):
        text = path.read_text("utf-8")
        assert text.startswith(f"# {path.name[:4]} ") and "**Decision.**" in text and "**Why.**" in text


def test_the_mission_has_a_row_for_each_of_wave_1(shared):
    with (shared / "research" / "mission-rows.csv").open(encoding="utf-8-sig", newline="") as file:
        wanted = [row["row"] for row in csv.DictReader(file) if row["wave"] == "1"]
    found = re.findall(r"^\| (R\d{3}) \|", (DOCS / "mission.md").read_text("utf-8"), re.M)
    assert found == wanted


def test_the_mission_names_tests_that_exist():
    text = (DOCS / "mission.md").read_text("utf-8")
    for name in re.findall(r"`(test_\w+)`", text):
        assert any(
            f"def {name}(" in path.read_text("utf-8") for path in (ROOT / "tests").glob("test_*.py")
        ), name
    for path in re.findall(r"`((?:data|memokit|tests|docs|notebooks)/[\w./-]+)`", text):
        assert (ROOT / path).exists(), path
