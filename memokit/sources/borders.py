"""Figures brought to other borders: counts are added, the rest is refused with the reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any, cast

from memokit import territory
from memokit.problems import MemokitError, Problem
from memokit.sources.delivery import Columns, Parts
from memokit.territory import BORDERS, Kind, Place

_VALUE = {"observations": "value", "amounts": "amount"}
# What does not tell one figure from another.
_LOOSE = frozenset({"municipality", "value", "amount", "status", "source"})


def harmonise(parts: Parts, at: int, file: str) -> None:
    """Bring every table of a delivery to the borders `at`; what cannot be complete is left out and told.

    Raises
    ------
    MemokitError
        Something cannot be carried: a share, a survey, a plan, or a figure about a bigger territory.
    """
    wrong: dict[tuple[str, str], Problem] = {}
    for name, columns in parts.tables().items():
        if columns:
            setattr(parts, name, _carried(name, columns, at, parts, wrong))
    told = [replace(problem, file=file) for problem in wrong.values()]
    parts.problems += [problem for problem in told if problem.severity != "error"]
    if errors := [problem for problem in told if problem.severity == "error"]:
        raise MemokitError(errors)


def keep_only(parts: Parts, place: Place, file: str) -> int:
    """Keep what is about one municipality, or about what it was made of; return how many rows were not.

    Raises
    ------
    MemokitError
        Nothing is about it; or only a bigger territory that it became part of, which says nothing about it.
    """
    mine = _ours(place)
    codes: set[str] = set()
    kept = left_out = 0
    for name, columns in parts.tables().items():
        if columns:
            keys = list(zip(columns["municipality"], columns["borders"], strict=True))
            here = [i for i, key in enumerate(keys) if key in mine]
            kept, left_out = kept + len(here), left_out + len(keys) - len(here)
            codes |= {code for code, _ in keys}
            setattr(parts, name, {n: [cells[i] for i in here] for n, cells in columns.items()})
    label = f"{place.code} {place.name}"
    left_out += sum(int(str(p.detail["n"])) for p in parts.problems if p.code == "about-others")
    parts.problems = [problem for problem in parts.problems if problem.code != "about-others"]
    if not kept and (codes or left_out):
        after = place.successor
        if after and after.code in codes:
            detail = {"successor": after.label}
            raise MemokitError(Problem("only-the-successor", file=file, found=label, detail=detail))
        raise MemokitError(Problem("nothing-about-us", file=file, found=label))
    parts.repairs = [repair for repair in parts.repairs if repair.municipality in {code for code, _ in mine}]
    return left_out


def codes_of(place: Place) -> frozenset[str]:
    """Return the codes under which a file can speak of a municipality, its successor's too."""
    after = {place.successor.code} if place.successor else set()
    return frozenset({code for code, _ in _ours(place)} | after)


def _ours(place: Place) -> set[tuple[str, int]]:
    """Return the codes, each with its borders, that are the municipality or a part of it."""
    mine = {(code, at) for at in BORDERS if at <= place.borders for code in _pieces(place, at)}
    return mine | {(code, at) for at in BORDERS if at > place.borders for code in _same(place, at)}


def _pieces(place: Place, at: int) -> tuple[str, ...]:
    return territory.parts(place.code, place.borders, at)


def _same(place: Place, at: int) -> tuple[str, ...]:
    unchanged = territory.unchanged(place.code, place.borders, at)
    return territory.parts(place.code, place.borders, at) if unchanged else ()


Wrong = dict[tuple[str, str], Problem]


def _note(wrong: Wrong, problem: Problem) -> None:
    wrong.setdefault((problem.code, problem.found), problem)


def _carried(table: str, columns: Columns, at: int, parts: Parts, wrong: Wrong) -> Columns:
    """Return the columns with unchanged municipalities under their new code, and the others added up."""
    keys = list(zip(columns["municipality"], columns["borders"], strict=True))
    new = {key: _unchanged(*key, at) for key in set(keys)}
    mixed = len({borders for _, borders in keys}) > 1
    rows = _nearest(columns, keys, new, at, wrong) if mixed else list(range(len(keys)))
    same = [i for i in rows if new[keys[i]]]
    kept = {name: [cells[i] for i in same] for name, cells in columns.items()}
    kept["municipality"] = [new[keys[i]] for i in same]
    kept["borders"] = [at] * len(same)
    others = [{n: cells[i] for n, cells in columns.items()} for i in rows if not new[keys[i]]]
    for row in _added(table, others, at, parts, wrong):
        for name in kept:
            kept[name].append(row[name])
    return kept


def _nearest(
    columns: Columns, keys: Sequence[tuple[str, int]], new: Mapping[tuple[str, int], str], at: int,
    wrong: Wrong,
) -> list[int]:
    """Return the rows without those that a figure on a nearer map already tells.

    A file can hold a town on more than one map, or a town and its predecessors: then nothing needs adding.
    """
    said = [cells for name, cells in columns.items() if name not in _LOOSE and name != "borders"]
    which = list(zip(*said, strict=True))
    far: dict[tuple[Any, ...], int] = {}
    for i, key in enumerate(keys):
        if new[key]:
            known = (new[key], *which[i])
            far[known] = min(abs(key[1] - at), far.get(known, 9999))

    def needed(i: int) -> bool:
        code, borders = keys[i]
        if new[keys[i]]:
            return abs(borders - at) <= far[(new[keys[i]], *which[i])]
        return not all((town, *which[i]) in far for town in _targets(code, borders, at))

    kept = [i for i in range(len(keys)) if needed(i)]
    if len(kept) < len(keys):
        _note(wrong, Problem("on-several-maps", "note", detail={"n": len(keys) - len(kept), "at": at}))
    return kept


@cache
def _targets(code: str, borders: int, at: int) -> tuple[str, ...]:
    """Return the municipalities on other borders that a changed one became, or was made of."""
    if at < borders:
        return territory.parts(code, borders, at)
    return tuple(t.code for t in territory.municipalities(at) if code in territory.parts(t.code, at, borders))


def _unchanged(code: str, borders: int, at: int) -> str:
    if borders == at:
        return code
    return territory.parts(code, borders, at)[0] if territory.unchanged(code, borders, at) else ""


def _added(
    table: str, rows: list[dict[str, Any]], at: int, parts: Parts, wrong: Wrong
) -> list[dict[str, Any]]:
    """Return one row for each merged municipality and figure."""
    groups: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for row in rows:
        label = territory.municipality(row["municipality"]).label
        if table == "plan_items":
            _note(wrong, Problem("merged-plan", found=label))
        elif row["borders"] > at:
            pieces = _labels(territory.parts(row["municipality"], row["borders"], at))
            _note(wrong, Problem("not-to-be-split", found=label, choices=pieces, detail={"at": at}))
        elif row.get("measure") == "outlay_per_inhabitant":
            _note(wrong, Problem("per-inhabitant-dropped", "note", found=label))
        else:
            key = tuple(cell for name, cell in row.items() if name not in _LOOSE)
            groups.setdefault(key, []).append(row)
    found = []
    for group in groups.values():
        indicator = group[0].get("indicator")
        kind = parts.spread.get(indicator, "share") if indicator else "count"
        for code, total in _totals(group, _VALUE[table], at, cast(Kind, kind), wrong).items():
            summed = {"status": "summed"} if "status" in group[0] else {}
            found.append({**group[0], **summed, "municipality": code, _VALUE[table]: total, "borders": at})
    return found


def _totals(group: list[dict[str, Any]], value: str, at: int, kind: Kind, wrong: Wrong) -> dict[str, float]:
    """Return the total of each merged municipality that the rows of one figure make up."""
    values: dict[str, float] = {}
    for row in group:
        values[row["municipality"]] = values.get(row["municipality"], 0.0) + row[value]
    totals: dict[str, float] = {}
    for town in territory.municipalities(at):
        pieces = territory.parts(town.code, at, group[0]["borders"])
        if pieces == (town.code,) or not set(pieces) & set(values):
            continue
        try:
            total = territory.carry(values, town.code, at, group[0]["borders"], kind)
        except MemokitError as error:
            _note(wrong, error.problems[0])
            continue
        if total is None:
            missing = _labels(tuple(code for code in pieces if code not in values))
            _note(wrong, Problem("merger-incomplete", "warning", found=town.label, choices=missing))
        else:
            totals[town.code] = total
    return totals


def _labels(codes: Mapping[str, Any] | tuple[str, ...]) -> tuple[str, ...]:
    return tuple(territory.municipality(code).label for code in codes)
