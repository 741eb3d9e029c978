"""Whose figures the rows are: by code or by name, on the map that the file or somebody names."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from memokit.problems import MemokitError
from memokit.sources.places import by_name, dropped, namesakes, settle, valid_on
from memokit.sources.tabular import Table
from memokit.territory import BORDERS, find

Ints = np.ndarray[Any, np.dtype[np.int64]]
_WITH_CODE = re.compile(r"(?:.*\()?(\d{4,5})(?:\)| \D.*)?")
_TOTALS = re.compile(
    r"belgi[eë]|vlaanderen|wallonië|(vlaams|waals) gewest|(provincie|arrondissement|regio|gewest)\b.*"
    r"|.* \((provincie|prov\.|arrondissement|arr\.|regio|gewest)\)"
)
_BRUSSELS = frozenset(
    """Anderlecht Brussel Elsene Etterbeek Evere Ganshoren Jette Koekelberg Oudergem Schaarbeek
    Sint-Agatha-Berchem Sint-Gillis Sint-Jans-Molenbeek Sint-Joost-ten-Node Sint-Lambrechts-Woluwe
    Sint-Pieters-Woluwe Ukkel Vorst Watermaal-Bosvoorde""".casefold().split()
)  # fmt: skip


@dataclass(frozen=True)
class Who:
    """Whose figures the rows of a table are, and of which year; `borders` where the file tells them."""

    towns: Sequence[str]
    years: Sequence[int]
    borders: Sequence[int] = ()

    @cached_property
    def keys(self) -> Ints:
        """One number for each municipality, year and borders."""
        n = len(self.towns)
        number = {town: int(town) if re.fullmatch(r"[0-9]{5}", town) else 0 for town in set(self.towns)}
        towns = np.fromiter(map(number.__getitem__, self.towns), np.int64, n)
        years = np.fromiter(self.years, np.int64, n)
        borders = np.fromiter(self.borders or (0,) * n, np.int64, n)
        return (towns * 10_000 + years) * 10_000 + borders

    @cached_property
    def repeats(self) -> bool:
        """Whether some municipality and year stand there more than once."""
        return len(np.unique(self.keys)) < len(self.keys)


def codes(table: Table, name: str) -> list[str]:
    """Return the municipality of each row by its code; a line of text below a table is no row."""
    others = [cells for column, cells in table.columns.items() if column != name]
    texts = table.text(name)
    wordy = [i for i, text in enumerate(texts) if text and not text.isdigit()]
    lines = {i for i in wordy if all(cells[i] == "" for cells in others)}
    if lines:
        said = [texts[i][:80] for i in sorted(lines)[:3]]
        table.tell("lines-ignored", severity="note", detail={"names": said})
        table.keep([i for i in range(len(table)) if i not in lines])
    return settle(table, name, everyone=True)


def leave_out(table: Table, name: str) -> list[str]:
    """Return who each row is about, as a code where one stands there; totals and others leave the table."""
    texts = table.text(name)
    said = {text: _code_or_name(text) for text in set(texts)}
    against = [(i, text) for i, text in enumerate(texts) if _contradicts(text, said[text])]
    table.tell_each("code-against-name", against, name)
    why = {text: _why(who) for text, who in said.items()}
    tally = Counter(why[text] for text in texts)
    for reason in sorted(filter(None, tally)):
        table.tell("left-out", severity="note", detail={"n": tally[reason], "reason": reason})
    places = [i for i, text in enumerate(texts) if not why[text]]
    if len(places) < len(texts):
        table.keep(places)
    return [said[texts[i]] for i in places]


def _code_or_name(text: str) -> str:
    """Return the code in "Mechelen (12025)" or "12025 Mechelen"; else the name."""
    match = _WITH_CODE.fullmatch(text)
    return match[1].zfill(5) if match else text


def _contradicts(text: str, code: str) -> bool:
    """Tell whether a name beside a code is that of other municipalities: nobody can say which is right.

    Examples
    --------
    >>> _contradicts("Mechelen (13025)", "13025"), _contradicts("Mechelen (12025)", "12025")
    (True, False)
    """
    meant = namesakes(re.sub(r"[(\d)]+", "", text).strip()) if text != code else frozenset()
    return bool(meant) and code not in meant


def _why(who: str) -> str:
    name = who.casefold()
    if name in _BRUSSELS:
        return "brussels"
    if name.startswith(("onbekend", "buiten ")):
        return "unknown_place"
    return "total" if _TOTALS.fullmatch(name) or name.startswith("brussels ") else dropped(who)


def resolve(
    table: Table, name: str, texts: Sequence[str], years: Sequence[int], choose: Mapping[str, str]
) -> Who:
    """Return whose figures the rows are: codes stay, a name is looked up among those valid in its year.

    A name that stands for another municipality after a merger is told; `choose={"borders": "2025"}` says
    that all names are those of one map.
    """
    said = choose.get("borders", "")
    if said and said not in map(str, BORDERS):
        table.tell("no-such-choice", found=said, choices=tuple(map(str, BORDERS)))
        said = ""
    if said:
        at = int(said)
        who = Who(by_name(table, name, texts, at), years, [at] * len(texts))
        check_maps(table, who, name)
        return who
    double = sorted({text for text in set(texts) if not text.isdigit() and len(namesakes(text)) > 1})
    if double:
        table.tell("name-of-two", severity="warning", name=name, detail={"names": double})
    return Who(by_name(table, name, texts, years), years)


def check_maps(table: Table, who: Who, name: str) -> None:
    """Refuse a code that is no municipality on the map that its row names."""
    wrong = {key for key in set(zip(who.towns, who.borders, strict=True)) if key[1] not in valid_on(key[0])}
    for at, key in enumerate(zip(who.towns, who.borders, strict=True)) if wrong else ():
        if key in wrong and valid_on(key[0]):
            wrong.remove(key)
            try:
                find(*key)
            except MemokitError as error:
                why = error.problems[0]
                table.tell(why.code, at, name, found=why.found, choices=why.choices, detail=why.detail)
