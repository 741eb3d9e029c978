"""memokit's own tables: tidy observations, amounts and plan items, the tables of a dossier, the werkboek.

Heads are English (files for machines) or Dutch (files for people). What the file does not say itself, such as
the municipality of `cijfers.csv`, is asked; the werkboek tells it on its sheet with the settings.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from memokit import texts
from memokit.cells import labels, parse_cell
from memokit.excel import cell_text
from memokit.fields import Cell
from memokit.problems import MemokitError
from memokit.sources import bbc
from memokit.sources.delivery import AMOUNTS, PLAN_ITEMS, Parts
from memokit.sources.figures import each_sheet, numbers, once
from memokit.sources.incoming import Grid, Incoming, fold
from memokit.sources.numbers import Mark
from memokit.sources.places import by_name, namesakes
from memokit.sources.tabular import Table, find_header, load
from memokit.sources.whose import Who, check_maps, leave_out, resolve
from memokit.tables import restore
from memokit.terms import Term
from memokit.territory import BORDERS

KIND = "memokit"
_WHO = {"nis": ("municipality", "nis", "NIS-code"), "name": ("gemeente",), "borders": ("borders", "grenzen")}
TABLES: Mapping[str, Mapping[str, Sequence[str]]] = {
    "observations": {
        **_WHO, "indicator": ("indicator",), "year": ("year", "jaar"), "value": ("value", "waarde"),
        "unit": ("unit", "eenheid"), "status": ("status",), "source": ("source", "bron", "bronnen"),
    },
    "amounts": {
        **_WHO, "year": ("year", "jaar"), "policy_field": ("policy_field", "beleidsveld"),
        "account": ("account", "rekening"), "action": ("action", "actie"), "measure": ("measure", "maat"),
        "report": ("report", "rapport"), "report_year": ("report_year", "rapportjaar"),
        "report_status": ("report_status", "status rapport"), "amount": ("amount", "bedrag"),
    },
    "plan_items": {
        **_WHO, "report_year": ("report_year", "rapportjaar"), "level": ("level", "niveau"),
        "code": ("code",), "parent": ("parent", "hoort bij"), "title": ("title", "titel"),
        "description": ("description", "omschrijving"), "comment": ("comment", "commentaar"),
        "own_evaluation": ("own_evaluation", "evaluatie gemeente", "evaluatie door de gemeente"),
        "promised": ("belofte uit", "waar beloofd"),
    },
}  # fmt: skip
NEEDED = {
    "observations": ("indicator", "year", "value"), "amounts": ("year", "measure", "report", "amount"),
    "plan_items": ("level", "code", "parent", "title"),
}  # fmt: skip
HEADS = tuple(head for names in TABLES.values() for heads in names.values() for head in heads)
MEASURES = {**{each: each for each in bbc.MEASURES.values()}, **bbc.MEASURES}
REPORTS = {"plan": "plan", "accounts": "accounts", "meerjarenplan": "plan", "jaarrekening": "accounts"}
COUNTED = frozenset({"aantal", "inwoners", "euro", "stuks"})

_PER = re.compile(r"(?<![a-z])(per|gemiddeld\w*|mediaan\w*|average|mean|median)(?![a-z])")


def recognises(incoming: Incoming) -> int:
    """Return 95 for a tidy table or a werkboek, less when it could also be another's or a dossier's."""
    return max((_sure(grid) for grid in incoming.grids), default=0)


def _kind(grid: Grid) -> str:
    """Return which table a sheet is; observations without a municipality only as a dossier writes them."""
    found = [name for name, must in NEEDED.items() if find_header(grid, TABLES[name], must) is not None]
    if found[:1] == ["observations"] and not any(_has(grid, *more) for more in _ENOUGH):
        return ""
    return found[0] if found else ""


_ENOUGH = (("nis",), ("name",), ("status", "source"))


def _has(grid: Grid, *more: str) -> bool:
    table = "observations"
    return find_header(grid, TABLES[table], (*NEEDED[table], *more)) is not None


def _sure(grid: Grid) -> int:
    kind = _kind(grid)
    both = kind == "observations" and _has(grid, "nis", "name")
    return 0 if not kind else 60 if both else 95


def read(incoming: Incoming, choose: Mapping[str, str]) -> Parts:
    """Return the tables that the file holds; several sheets may hold one each."""
    parts = Parts()
    told = {**_settings(incoming), **choose}
    readers: Mapping[str, Callable[[Table, Parts, Mapping[str, str]], None]] = {
        "observations": _observations, "amounts": _amounts, "plan_items": _plan_items,
    }  # fmt: skip

    def use(grid: Grid) -> None:
        kind = _kind(grid) or "observations"
        table = load(grid, TABLES[kind], NEEDED[kind])
        readers[kind](table, parts, told)
        parts.problems += table.problems

    each_sheet(incoming, parts, _header, use)
    return parts


def _header(grid: Grid) -> int | None:
    kind = _kind(grid)
    return find_header(grid, TABLES[kind], NEEDED[kind]) if kind else None


def _settings(incoming: Incoming) -> dict[str, str]:
    """Return the municipality and the first year of the plan, as a werkboek tells them."""
    heads = [str(texts.lookup(f"workbook.{name}", "nl")) for name in ("setting", "value")]
    names = {"setting": heads[:1], "value": heads[1:]}
    title = "records.fields.settings.{}.title"
    nis, election = (str(texts.lookup(title.format(name), "nl")) for name in ("municipality", "election"))
    for grid in incoming.grids:
        if find_header(grid, names, names) is not None:
            table = load(grid, names, ("setting", "value"))
            said = dict(zip(table.text("setting"), table.text("value"), strict=True))
            try:
                year = str(Term(int(said.get(election, ""))).plan[0])
            except ValueError:
                year = ""
            return {"municipality": said.get(nis, ""), "report_year": year}
    return {}


def _who(table: Table, choose: Mapping[str, str], year: str) -> Who:
    """Return whose rows these are; what the file does not say is asked, all at once."""
    name = next((name for name in ("nis", "name") if name in table.columns), "")
    asked: list[tuple[str, str, tuple[str, ...]]] = []
    if not name and not choose.get("municipality"):
        asked.append(("which-municipality", "municipality", ()))
    if year not in table.columns and not re.fullmatch(r"\d{4}", choose.get(year, "")):
        asked.append(("which-plan", year, ("2014", "2020", "2026")))
    for code, asks, choices in asked:
        table.tell(code, choices=choices, detail={"asks": asks})
    if asked:
        raise MemokitError(table.problems)
    said = leave_out(table, name) if name else [_chosen(table, choose["municipality"])] * len(table)
    years = table.years(year) if year in table.columns else [int(choose[year])] * len(table)
    if "borders" not in table.columns:
        return resolve(table, name, said, years, choose)
    found = table.text("borders")
    wrong = [(i, text) for i, text in enumerate(found) if text not in map(str, BORDERS)]
    table.tell_each("unknown-borders", wrong, "borders", expected=", ".join(map(str, BORDERS)))
    borders = [BORDERS[-1] if text not in map(str, BORDERS) else int(text) for text in found]
    who = Who(by_name(table, name, said, borders), years, borders)
    check_maps(table, who, name)
    return who


def _chosen(table: Table, said: str) -> str:
    """Return the municipality that somebody named, when there is or was one by that name or code."""
    if not namesakes(said):
        table.tell("unknown-municipality", found=said)
        raise MemokitError(table.problems)
    return said


def _text(table: Table, name: str) -> list[str]:
    """Return a column of text as somebody wrote it, before it was made harmless for Excel."""
    return [restore(text) for text in table.text(name)] if name in table.columns else [""] * len(table)


def _said(table: Table, name: str, values: Mapping[str, str], usual: str = "") -> list[str]:
    """Return a column in which only some words can stand; an empty cell means the usual one."""
    words = {fold(word): value for word, value in values.items()}
    said = [words.get(fold(text), "") if text else usual for text in _text(table, name)]
    wrong = [(i, table.text(name)[i]) for i, value in enumerate(said) if not value]
    choices = tuple(dict.fromkeys(values))
    table.tell_each("unknown-value", wrong, name, choices=choices, detail={"nearest": ""})
    return said


def _of(set_: str) -> dict[str, str]:
    return {word: key for key, label in labels(set_).items() for word in (key, label)}


def _mark(table: Table, name: str) -> Mark:
    """Return the decimal mark that a layout promises, unless the other mark is used too.

    Files for machines have English heads, commas and points; files for people have Dutch heads and decimal
    commas. Neither writes a mark between thousands.
    """
    english = table.heads[name] == name
    own: Mark = "," if not english else "." if table.grid.mark == "," else ""
    other = "." if own == "," else ","
    return "" if any(isinstance(cell, str) and other in cell for cell in table.columns[name]) else own


def _observations(table: Table, parts: Parts, choose: Mapping[str, str]) -> None:
    who = _who(table, choose, "year")
    values = numbers(table, ["value"], choose, _mark(table, "value"))["value"]
    usual = "published" if {"nis", "name"} & set(table.columns) else "council"
    row: dict[str, Sequence[Any]] = {
        "municipality": who.towns, "indicator": _text(table, "indicator"), "year": who.years,
        "value": values.tolist(), "unit": _text(table, "unit"), "source": _text(table, "source"),
        "status": _said(table, "status", {**_of("figure_status"), "missing": "missing"}, usual),
        **({"borders": who.borders} if who.borders else {}),
    }  # fmt: skip
    keys = _numbered(list(zip(who.keys.tolist(), row["indicator"], strict=True)))
    empty = [(i, table.heads["indicator"]) for i, text in enumerate(row["indicator"]) if not text]
    table.tell_each("required-empty", empty, "indicator")
    places = once(table, keys, "value", values, np.flatnonzero(~np.isnan(values))).tolist()
    for name, cells in row.items():
        parts.observations.setdefault(name, []).extend(cells[i] for i in places)
    for indicator, unit in zip(row["indicator"], row["unit"], strict=True):
        counted = unit in COUNTED and not _PER.search(indicator.casefold().replace("_", " "))
        kind = "count" if counted and parts.spread.get(indicator) != "share" else "share"
        parts.spread[indicator] = kind


def _numbered(keys: Sequence[tuple[Any, ...]]) -> np.ndarray[Any, np.dtype[np.int64]]:
    known: dict[tuple[Any, ...], int] = {}
    return np.array([known.setdefault(key, len(known)) for key in keys], dtype=np.int64)


def _amounts(table: Table, parts: Parts, choose: Mapping[str, str]) -> None:
    who = _who(table, choose, "year")
    values = numbers(table, ["amount"], choose, _mark(table, "amount"))["amount"]
    row: dict[str, Sequence[Any]] = {name: _text(table, name) for name in AMOUNTS[:-2]}
    row |= {"municipality": who.towns, "year": who.years, "measure": _said(table, "measure", MEASURES)}
    row |= {"report": _said(table, "report", REPORTS), "policy_field": _fields(table)}
    row["report_year"] = table.years("report_year") if "report_year" in table.columns else [0] * len(table)
    bbc.refuse_double(table, list(zip(*row.values(), who.borders or who.towns, strict=True)), "amount")
    there = np.flatnonzero(~np.isnan(values)).tolist()
    row |= {"amount": values.tolist(), **({"borders": who.borders} if who.borders else {})}
    for name, cells in row.items():
        parts.amounts.setdefault(name, []).extend(cells[i] for i in there)


def _fields(table: Table) -> list[str]:
    return bbc.policy_fields(table, _text(table, "policy_field"), "policy_field")


def _plan_items(table: Table, parts: Parts, choose: Mapping[str, str]) -> None:
    if "promised" in table.columns:
        _keep_plan(table)
    who = _who(table, choose, "report_year")
    row: dict[str, Sequence[Any]] = {name: _text(table, name) for name in PLAN_ITEMS[:-1]}
    row |= {"municipality": who.towns, "report_year": who.years, "level": _said(table, "level", _of("level"))}
    row |= {name: _codes(table, name) for name in ("code", "parent")}
    if who.borders:
        row["borders"] = who.borders
    table.tell_each("code-missing", [(i, row["title"][i]) for i, code in enumerate(row["code"]) if not code],
                    "code", severity="warning")
    places: dict[tuple[Any, ...], list[int]] = {}
    for i, key in enumerate(zip(who.keys.tolist(), row["level"], row["code"], strict=True)):
        places.setdefault(key, []).append(i)
    for (*_, code), rows in places.items():
        if code and len(rows) > 1:
            detail = {"n": len(rows), "first": table.numbers[rows[0]]}
            table.tell("code-twice", rows[1], "code", severity="warning", found=code, detail=detail)
    there = [i for i, code in enumerate(row["code"]) if code]
    for name, cells in row.items():
        parts.plan_items.setdefault(name, []).extend(cells[i] for i in there)


def _keep_plan(table: Table) -> None:
    """Leave out what is promised elsewhere: it is no part of the plan."""
    said = _said(table, "promised", _of("promise_from"), "plan")
    places = [i for i, each in enumerate(said) if each in ("plan", "")]
    if len(places) < len(said):
        table.tell("promised-elsewhere", severity="note", detail={"n": len(said) - len(places)})
        table.keep(places)


def _codes(table: Table, name: str) -> list[str]:
    """Return a column of codes; one that Excel made a date of is refused, for nobody can see what it was."""
    found, wrong, numbers_ = [], [], []
    for i, raw in enumerate(table.columns[name]):
        text, stored = cell_text(raw)
        try:
            found.append(str(parse_cell(restore(text), Cell("code"), stored)))
        except MemokitError:
            wrong.append((i, text))
            found.append("?")
        if stored == "number":
            numbers_.append((i, text))
    table.tell_each("excel-changed", wrong, name)
    table.tell_each("excel-number", numbers_, name, severity="warning")
    return found
