"""The records that a delivery amounts to, for one dossier: source, items of the plan, amounts, figures."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import PurePath
from typing import Any

from memokit import catalogue, texts
from memokit.fields import Record
from memokit.folder import Dossier
from memokit.problems import MemokitError, Problem
from memokit.records import Amount, Figure, OwnIndicator, PlanItem, Source
from memokit.sources.delivery import Delivery

# What is booked as international solidarity; reception (0902, 0903) is paid for by others (fairness.md 6).
FIELDS = ("0150", "0151", "0160")
# Figures that an evaluation knows without an indicator.
KNOWN = frozenset({"bevolking", "huishoudens"})
LONGEST = 60
Row = dict[Any, Any]


def kept_source(dossier: Dossier, digest: str, own_words: bool = False) -> Source | None:
    """Return the source of a file that the dossier has already."""
    kept = (source for source in dossier.sources if source.checksum == digest)
    return next((source for source in kept if (source.kind == "report") == own_words), None)


def next_source_id(dossier: Dossier, more: int = 1) -> str:
    """Return an id that no source of the dossier has: B12 after B11."""
    numbers = [int(m[1]) for s in dossier.sources if (m := re.fullmatch(r"B(\d+)", s.id_))]
    return f"B{max(numbers, default=0) + more:02d}"


def unique_codes(rows: Sequence[Row]) -> list[str]:
    """Return a code for each item of a plan that no other item has: where one repeats, the title is added.

    Examples
    --------
    >>> unique_codes([{"code": "AP", "level": "action", "title": "Noodhulp"},
    ...               {"code": "AP", "level": "action", "title": "LOI"},
    ...               {"code": "1", "level": "action", "title": "GROS"}])
    ['AP – Noodhulp', 'AP – LOI', '1']
    """
    actions = Counter(row["code"] for row in rows if row["level"] == "action")
    every = Counter(row["code"] for row in rows)
    found = []
    for row in rows:
        alone = actions[row["code"]] == 1 if row["level"] == "action" else every[row["code"]] == 1
        found.append(row["code"] if alone else f"{row['code']} – {row['title'][:LONGEST].strip()}")
    return found


class Builder:
    """Turns a delivery into records; what is left out is counted, what needs attention is a problem."""

    def __init__(self, dossier: Dossier, got: Delivery, kept_as: str, digest: str, day: str) -> None:
        self.dossier, self.got = dossier, got
        self.problems: list[Problem] = []
        self.left_out = 0
        known = kept_source(dossier, digest)
        self.source = Source(
            id_=known.id_ if known else next_source_id(dossier), kind=self._kind(),
            title=self._title(got.kind), consulted_on=day, file=kept_as, checksum=digest,
        )  # fmt: skip

    def records(self) -> Sequence[Record]:
        """Return every record to put, the source first."""
        plan = [*self._plan()]
        made = [*plan, *self._amounts(), *self._figures()]
        return [self.source, *made]

    def _note(self, code: str, severity: str = "warning", **rest: Any) -> None:
        self.problems.append(Problem(code, severity, file=self.got.file, **rest))  # type: ignore[arg-type]

    def _kind(self) -> str:
        if len(self.got.plan_items) or set(self.got.amounts["report"]) == {"plan"}:
            return "plan"
        return "account" if "accounts" in set(self.got.amounts["report"]) else "statistics"

    def _title(self, key: str) -> str:
        years = self.got.years
        first, last = (years[0], years[-1]) if years else (None, None)
        name = PurePath(self.got.file).name
        with texts.speaking("nl"):
            return texts.plain(texts.say(f"intake.title.{key}", first=first, last=last, file=name))

    # -- the plan -------------------------------------------------------------------------------------------

    def _plan(self) -> Iterable[Record]:
        rows: list[Row] = self.got.plan_items.to_dict("records")
        if not rows:
            return []
        first, last = self.dossier.term.plan
        if (year := rows[0]["report_year"]) and not first <= year <= last:
            span, detail = f"{first}-{last}", {"year": year}
            raise MemokitError(Problem("other-plan", file=self.got.file, expected=span, detail=detail))
        codes = unique_codes(rows)
        twice = {code for code, n in Counter(codes).items() if n > 1}
        for code in sorted(twice):
            self._note("code-not-imported", found=code)
        old = {item.code: item for item in self.dossier.plan}
        own = self._own_words(rows)
        above = dict(zip(((row["level"], row["code"]) for row in rows), codes, strict=True))
        made = [
            self._item(row, code, self._parent(row, above, twice), old.get(code), own)
            for row, code in zip(rows, codes, strict=True) if code not in twice
        ]
        return [*own, *made, *self._gone(old, {item.code for item in made})]

    def _parent(self, row: Row, above: dict[tuple[str, str], str], twice: set[str]) -> str:
        levels = ("action_plan", "objective") if row["level"] == "action" else ("objective",)
        found = next((above[level, row["parent"]] for level in levels if (level, row["parent"]) in above), "")
        return found if found not in twice else ""

    def _own_words(self, rows: Sequence[Row]) -> list[Source]:
        """Return the source of what the municipality writes about its own actions, if it does."""
        if not any(row["own_evaluation"] for row in rows):
            return []
        known = kept_source(self.dossier, self.source.checksum, own_words=True)
        id_ = known.id_ if known else next_source_id(self.dossier, 1 if self._is_kept() else 2)
        update = {"id_": id_, "kind": "report", "title": self._title("own_words")}
        return [self.source.model_copy(update=update)]

    def _is_kept(self) -> bool:
        return kept_source(self.dossier, self.source.checksum) is not None

    def _item(self, row: Row, code: str, parent: str, old: PlanItem | None, own: list[Source]) -> PlanItem:
        """Return an item: what the plan says is brought up to date, what the council wrote stays."""
        named = [self.source.id_, *(each.id_ for each in own if row["own_evaluation"])]
        item = old or PlanItem(code=code, title=row["title"] or code)
        return item.model_copy(update={
            "level": row["level"], "parent": parent, "title": row["title"] or code, "in_plan": "yes",
            "own_evaluation": row["own_evaluation"] or item.own_evaluation,
            "sources": tuple(dict.fromkeys([*item.sources, *named])),
        })  # fmt: skip

    def _gone(self, old: dict[str, PlanItem], now: set[str]) -> Iterable[PlanItem]:
        """Return the items of an earlier export that are not in this one: they stay, and say so."""
        exports = {s.id_ for s in self.dossier.sources if s.checksum and s.kind == "plan"}
        gone = [item for item in old.values() if item.code not in now and exports & set(item.sources)]
        gone = [item for item in gone if item.in_plan == "yes" and item.promise_from == "plan"]
        if gone:
            titles = tuple(item.title for item in gone if item.level == "action")[:10]
            self._note("not-in-plan-any-more", choices=titles, detail={"n": len(gone)})
        return [item.model_copy(update={"in_plan": "no"}) for item in gone]

    # -- amounts --------------------------------------------------------------------------------------------

    def _amounts(self) -> Iterable[Amount]:
        table = self.got.amounts
        rows: list[Row] = table[table["measure"] == "outlay"].to_dict("records")
        if any(problem.code == "investments-only" for problem in self.got.problems):
            self.left_out += len(rows)
            return []
        sums: dict[tuple[str, int], dict[str, float]] = {}
        newest: dict[tuple[str, int, str], int] = {}
        taken = 0
        rows = self._reliable(rows)
        for row in sorted(rows, key=lambda row: row["report_year"]):
            item, field = row["action"] or row["policy_field"][:4], self._column(row)
            if not field or not (row["action"] or item in FIELDS):
                continue
            taken += 1
            amounts, which = sums.setdefault((item, row["year"]), {}), (item, row["year"], field)
            if newest.setdefault(which, row["report_year"]) != row["report_year"]:
                amounts.pop(field)  # a later version of the plan replaces the earlier one
            newest[which] = row["report_year"]
            amounts[field] = round(amounts.get(field, 0.0) + row["amount"], 2)
        self._tell_left_out(len(rows) - taken)
        return [self._amount(item, year, found) for (item, year), found in sums.items() if found]

    def _reliable(self, rows: list[Row]) -> list[Row]:
        """Leave out the amounts of actions that share a code, and those that another column contradicts.

        Nobody can say whose the first are, and how much the second: a part of a sum is no sum either.
        """
        items = self.got.plan_items
        tally = Counter(items.loc[items["level"] == "action", "code"])
        shared = sorted(code for code, n in tally.items() if n > 1)
        if shared:
            detail = {"n": sum(tally[code] for code in shared), "codes": shared[:5]}
            self._note("amounts-of-repeated-code", detail=detail)
        which = [(row["year"], row["action"] or row["policy_field"]) for row in rows]
        doubtful = self.got.doubtful & set(which)
        if doubtful:
            names = sorted(f"{field}, {year}" for year, field in doubtful)
            self._note("amounts-doubtful", detail={"n": len(names), "names": names[:5]})
        pairs = zip(rows, which, strict=True)
        kept = [row for row, key in pairs if row["action"] not in shared and key not in doubtful]
        self.left_out += len(rows) - len(kept)
        return kept

    def _column(self, row: Row) -> str:
        """Return which amount it is, or nothing: another year, or another plan than the one evaluated."""
        first, last = self.dossier.term.plan
        if not self.dossier.term.start <= row["year"] <= last:
            return ""
        if row["report"] == "accounts":
            return "spent"
        if row["report"] != "plan" or (row["report_year"] and not first <= row["report_year"] <= last):
            return ""
        original = row["report_status"].casefold() == "origineel" and row["report_year"] == first
        return "planned_first" if original else "planned_last"

    def _amount(self, item: str, year: int, found: dict[str, float]) -> Amount:
        old = self.dossier.by_key.get(("amounts", f"{item}|{year}"))
        base = old if isinstance(old, Amount) else Amount(item=item, year=year)
        sources = tuple(dict.fromkeys([*base.sources, self.source.id_]))
        return base.model_copy(update={**found, "sources": sources})

    def _tell_left_out(self, n: int) -> None:
        if n:
            self.left_out += n
            self._note("amounts-left-out", "note", detail={"n": n, "fields": list(FIELDS)})

    # -- figures --------------------------------------------------------------------------------------------

    def _figures(self) -> Iterable[Record]:
        rows: list[Row] = self.got.observations.to_dict("records")
        first, last = self.dossier.term.start - 5, max(self.dossier.term.plan[1], self.dossier.term.end)
        rows = [row for row in rows if first <= row["year"] <= last]
        self.left_out += len(self.got.observations) - len(rows)
        known = {*catalogue.indicators(), *(own.id_ for own in self.dossier.own_indicators), *KNOWN}
        fresh = {row["indicator"]: row for row in rows if row["indicator"] not in known}
        own = [
            OwnIndicator(
                id_=key, name=self.got.labels.get(key, key), unit=row["unit"], direction="context",
                decimals=0 if float(row["value"]).is_integer() else 1,
            )
            for key, row in fresh.items()
        ]  # fmt: skip
        return [*own, *map(self._figure, rows)]

    def _figure(self, row: Row) -> Figure:
        old = self.dossier.by_key.get(("figures", f"{row['indicator']}|{row['year']}"))
        base = old if isinstance(old, Figure) else Figure(indicator=row["indicator"], year=row["year"])
        return base.model_copy(
            update={"value": row["value"], "status": row["status"], "sources": (self.source.id_,)}
        )
