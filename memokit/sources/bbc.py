"""What the exports of the BBC-analysetool share: filters, reports, boards, policy fields, double rows.

The tool warns itself: choose the status of the report or amounts count twice; a board without a value is
absent, not zero; a "Plaats" holds more than a "Bestuur".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

from memokit.problems import MemokitError, Problem
from memokit.sources.delivery import AMOUNTS, Parts
from memokit.sources.incoming import Grid, Incoming, fold
from memokit.sources.tabular import FILTERS, Table

BORDERS = 2025  # the tool restates the past: the plans of 2014 and 2020 stand on the map of 2025 too
RECENT, PLACE = "Meest recente", "Plaats"
TOTALS = frozenset({"totaal", "total", "eindtotaal", "algemeentotaal"})
OUTLAY, PER_HEAD = "outlay", "outlay_per_inhabitant"
MEASURES = {
    "uitgave": OUTLAY, "uitgaven": OUTLAY, "uitgaveperinwoner": PER_HEAD, "uitgavenperinwoner": PER_HEAD,
}  # fmt: skip
NAMES = {
    "nis": ("NIS-code", "NIS code", "NIS"),
    "board": ("Bestuur", "Naam bestuur"),
    "place": ("Plaats",),
    "board_kind": ("Type bestuur",),
    "report": ("Type rapport",),
    "report_year": ("Rapportjaar", "Rapport jaar"),
    "status": ("Status rapport", "Rapportstatus"),
    "recent": ("Meest recente", "Meest recent"),
    "year": ("Boekjaar",),
    "field": ("Beleidsveld",),
    "account": ("Alg. rekening", "Algemene rekening"),
    "level": ("Niveau 1",),
    "outlay": ("Uitgave", "Uitgaven"),
    "per_head": ("Uitgave per inwoner", "Uitgaven per inwoner"),
}
_FILTER = re.compile(r"^\W*(?P<name>[^:=]{2,40}?)\s*(?:\bis\b|=|:)\s*(?P<value>.+?)\s*$")
_BOARD = re.compile(
    r"(?P<kind>Gemeente en OCMW|Gemeente|Stad|OCMW|AGB|Autonoom gemeentebedrijf|District|Politiezone|"
    r"Hulpverleningszone|Provincie|Welzijnsvereniging|APB|Plaats)\b[ -]*(?P<name>.*)", re.I,
)  # fmt: skip


def pick(incoming: Incoming, fits: Callable[[Grid], object], choose: Mapping[str, str]) -> Grid:
    """Return the sheet with the layout; when no sheet has it, the first one that is not empty.

    Raises
    ------
    MemokitError
        Several sheets have it, and none was chosen.
    """
    found = [grid for grid in incoming.grids if fits(grid)]
    names = [grid.sheet for grid in found]
    wanted = choose.get("sheet", "")
    if len(found) > 1 and wanted not in names:
        code = "no-such-choice" if wanted else "choose-sheet"
        file, asks = incoming.path.name, {"asks": "sheet"}
        raise MemokitError(Problem(code, file=file, found=wanted, choices=tuple(names), detail=asks))
    if len(found) > 1:
        return found[names.index(wanted)]
    return found[0] if found else next(grid for grid in incoming.grids if any(grid.head))


def leave_out_totals(table: Table, name: str) -> None:
    """Drop the rows that are a total of the export itself, and count them."""
    kept = [i for i, text in enumerate(table.text(name)) if fold(text) not in TOTALS]
    if len(kept) < len(table):
        detail = {"n": len(table) - len(kept), "reason": "total"}
        table.tell("left-out", severity="note", detail=detail)
        table.keep(kept)


def filters(grid: Grid, last: Sequence[str] = ()) -> dict[str, str]:
    """Return the filters that an export tells of itself, in cell A1 or in its last row.

    Examples
    --------
    >>> from memokit.sources.incoming import Grid
    >>> text = "Toegepaste filters:\\nType rapport is Meerjarenplan\\nNiveau 1 is I Investeringsverrichtingen"
    >>> filters(Grid("f", "s", ([text],), lambda: iter(())))
    {'typerapport': 'Meerjarenplan', 'niveau1': 'I Investeringsverrichtingen'}
    """
    texts = [line[0] for line in grid.texts()[:6] if line and line[0]] + list(last)
    found = {}
    for text in texts:
        if "\n" in text or "filter" in text.casefold():
            body = re.sub(rf"(?i)^\W*{FILTERS}\W*", "", text)
            for part in re.split(r"[\n;]|, (?=[A-Z][\w .]+ is )", body):
                if match := _FILTER.match(part.strip()):
                    found[fold(match["name"])] = match["value"]
    return found


@lru_cache(256)
def report(text: str) -> str:
    """Return `plan` or `accounts` for a kind of report; empty when it says neither.

    Examples
    --------
    >>> report("Meerjarenplan"), report("Aanpassing meerjarenplan 3"), report("Jaarrekening"), report("")
    ('plan', 'plan', 'accounts', '')
    """
    folded = fold(text)
    return "accounts" if "rekening" in folded else "plan" if "plan" in folded or "budget" in folded else ""


def ask(table: Table, name: str, asks: str, values: Sequence[str], found: str = "") -> MemokitError:
    """Return the question that only a person can answer, with every answer in `.choices`."""
    code = "no-such-choice" if found else f"choose-{asks.replace('_', '-')}"
    table.tell(code, None, name, found=found, choices=tuple(values), detail={"asks": asks})
    return MemokitError(table.problems)


def keep_one_status(table: Table, choose: Mapping[str, str]) -> None:
    """Keep one status of each report, for two of them count every amount twice.

    Raises
    ------
    MemokitError
        Some report is there in two states and none was chosen.
    """
    names = [name for name in ("status", "recent") if name in table.columns]
    if not names:
        return
    state = list(zip(*(table.text(name) for name in names), strict=True))
    reports = _report_keys(table)
    seen: dict[tuple[str, ...], set[tuple[str, ...]]] = {}
    for key, each in zip(reports, state, strict=True):
        seen.setdefault(key, set()).add(each)
    values = list(dict.fromkeys(each[0] for each in state if each[0])) if "status" in names else []
    recent = [RECENT] if "recent" in names else []
    wanted = choose.get("report_status", "")
    if wanted and fold(wanted) not in map(fold, values + recent):
        raise ask(table, names[0], "report_status", values + recent, wanted)
    if not wanted and any(len(found) > 1 for found in seen.values()):
        raise ask(table, names[0], "report_status", values + recent)
    if wanted:
        column, right = (-1, "ja") if fold(wanted) == fold(RECENT) else (0, fold(wanted))
        kept = [i for i, each in enumerate(state) if fold(each[column]) == right]
        table.tell("status-left-out", severity="note", found=wanted, detail={"n": len(table) - len(kept)})
        table.keep(kept)


def _report_keys(table: Table) -> list[tuple[str, ...]]:
    names = [name for name in ("nis", "board", "report", "report_year") if name in table.columns]
    return list(zip(*(table.text(name) for name in names), strict=True)) if names else [()] * len(table)


def split_board(text: str) -> tuple[str, str]:
    """Return the kind of a board and the name of its municipality.

    Examples
    --------
    >>> split_board("Gemeente en OCMW Aalst"), split_board("AGB Aalst"), split_board("Aalst")
    (('Gemeente en OCMW', 'Aalst'), ('AGB', 'Aalst'), ('', 'Aalst'))
    """
    match = _BOARD.fullmatch(text.strip())
    return (match["kind"], match["name"].strip()) if match else ("", text.strip())


def boards(table: Table, name: str, choose: Mapping[str, str]) -> list[str]:
    """Return the municipality's name of each row, after one kind of board was chosen.

    Raises
    ------
    MemokitError
        The file mixes boards: amounts would count twice, or could not be compared.
    """
    kinds = [split_board(text)[0] or PLACE for text in table.text(name)]
    keep_one_board(table, name, kinds, choose)
    return [split_board(text)[1] for text in table.text(name)]


def keep_one_board(table: Table, name: str, kinds: Sequence[str], choose: Mapping[str, str]) -> None:
    """Keep one kind of board; a place together with its companies is told apart from a board."""
    values, wanted = list(dict.fromkeys(kind for kind in kinds if kind)), choose.get("board", "")
    if wanted and fold(wanted) not in map(fold, values):
        raise ask(table, name, "board", values, wanted)
    if len(values) > 1 and not wanted:
        raise ask(table, name, "board", values)
    table.keep([i for i, kind in enumerate(kinds) if not wanted or fold(kind) == fold(wanted)])
    kept = wanted or (values[0] if values else "")
    if fold(kept) == fold(PLACE):
        table.tell("board-place", None, name, severity="warning")
    elif kept and not fold(kept).startswith(("gemeente", "stad", "district")):
        table.tell("board-unusual", None, name, severity="warning", found=kept)


def policy_field(text: str) -> str | None:
    """Return a policy field that begins with its code of four digits; None when it has none.

    Examples
    --------
    >>> policy_field("0160 Hulp aan het buitenland"), policy_field("160"), policy_field("Wegen")
    ('0160 Hulp aan het buitenland', '0160', None)
    """
    if re.fullmatch(r"\d{4}\b.*", text, re.S) or not text:
        return text
    return text.zfill(4) if re.fullmatch(r"\d{2,3}", text) else None


def policy_fields(table: Table, texts: Sequence[str], name: str = "field") -> list[str]:
    """Return the policy field of each row; one without a code becomes a problem."""
    known = {text: policy_field(text) for text in set(texts)}
    bare = [(i, text) for i, text in enumerate(texts) if known[text] is None]
    table.tell_each("policy-field-without-code", bare, name)
    return [known[text] or "" for text in texts]


def refuse_double(table: Table, keys: Sequence[tuple[object, ...]], head: str) -> None:
    """Add a problem for each row that says the same as an earlier one: it would count twice."""
    first: dict[tuple[object, ...], int] = {}
    twice = [i for i, key in enumerate(keys) if first.setdefault(key, i) != i]
    table.tell_each("counted-twice", [(i, str(table.numbers[first[keys[i]]])) for i in twice], head)


def tell_contents(parts: Parts, table: Table, told: Mapping[str, str], levels: Sequence[str]) -> None:
    """Say when an export holds investments only, or does not say what it holds."""
    accounts = {text for text in parts.amounts.get("account", ()) if text}
    level = {text for text in (*levels, told.get("niveau1", ""), told.get("niveau2", "")) if text}
    investing = level and all("nvestering" in text for text in level)
    investing = investing or (accounts and all(re.match(r"(REK)?(2|664)", text) for text in accounts))
    if investing:
        table.tell("investments-only", severity="warning")
    elif not level and not accounts:
        table.tell("level-unknown", severity="note")


def refuse_nothing(parts: Parts, table: Table) -> None:
    """Add a problem when there is no figure and no item; who reads for one municipality is told elsewhere."""
    if not (parts.amounts.get("amount") or parts.plan_items.get("code") or table.grid.only):
        table.tell("no-figures")


def add_amounts(parts: Parts, n: int, **given: object) -> None:
    """Add rows to the amounts; what is given once holds for every row, what is not given is empty."""
    for name in AMOUNTS[:-1]:
        cells = given.get(name, 0 if name in ("year", "report_year") else "")
        parts.amounts.setdefault(name, []).extend(cells if isinstance(cells, list) else [cells] * n)
