"""A dossier in memory, small enough to recompute by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from memokit.folder import Dossier
from memokit.records import (
    TABLES,
    Amount,
    Assessment,
    Figure,
    PlanItem,
    Record,
    Settings,
    Source,
)

REPORT = Source(id_="R", kind="report", title="Jaarverslag 2022", date="2023-05-01", page="p. 6")
COUNT = Source(id_="T", kind="count", title="Telling van de scholen", date="2023-01-15")
ACCOUNT = Source(id_="J", kind="account", title="Jaarrekening 2022", date="2023-06-26")
WEBSITE = Source(id_="W", kind="website", title="Website van de gemeente", consulted_on="2024-02-12")
SEARCH = Source(
    id_="Z",
    kind="search",
    title="Een regeling",
    searched_in="de besluiten van 2019 tot 2023",
    searched_on="2024-02-05",
    asked_whom="de dienst",
    asked_on="2024-02-05",
)
HALF = Source(
    id_="H", kind="search", title="Half gezocht", searched_in="de website", searched_on="2024-02-05"
)
SOURCES = (REPORT, COUNT, ACCOUNT, WEBSITE, SEARCH, HALF)


def dossier(*records: Record, **settings: Any) -> Dossier:
    """Return a dossier with these records; sources R, T, J, W, Z and H are always there."""
    chosen: dict[str, Any] = {
        "municipality": "99901",
        "name": "Testdorp",
        "fictional": "yes",
        "date": "2024-04-15",
        "council": "Mondiale Raad",
        "last_account": 2022,
    }
    everything = (*SOURCES, *records)
    tables = {m.table: tuple(r for r in everything if type(r) is m) for m in TABLES}
    return Dossier(Path("testdorp"), Settings(**{**chosen, **settings}), tables)


def action(code: str, status: str = "", sources: tuple[str, ...] = ("R",), **more: Any) -> tuple[Record, ...]:
    """Return an action on solidarity, and its judgement when there is one."""
    plan = {
        name: more.pop(name) for name in tuple(more) if name in PlanItem.model_fields and name != "sources"
    }
    item = PlanItem(**{"code": code, "title": f"Actie {code}", "solidarity": "yes", **plan})
    judged = Assessment(action=code, status=status, sources=sources, **more) if status else None
    return (item, judged) if judged else (item,)


def people(year: int, value: float) -> Figure:
    """Return the inhabitants of one year, with a source."""
    return Figure(indicator="bevolking", year=year, value=value, sources=("T",))


def spent(item: str, year: int, euro: float | None, planned: float | None = None) -> Amount:
    """Return an amount with a source."""
    return Amount(
        item=item, year=year, spent=euro, planned_first=planned, planned_last=planned, sources=("J",)
    )
