"""Actions of a plan that seem to be about international solidarity: proposed with the words, for a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from memokit.finder import suggest
from memokit.records import PlanItem
from memokit.texts import say

HIGH, MIDDLE = 0.8, 0.6


@dataclass(frozen=True)
class Suggestion:
    """One action and why it may belong: theme, SDG targets, how sure in words, the words that led to it."""

    item: PlanItem
    theme: str
    sdg_targets: tuple[str, ...]
    sure: str
    words: str

    def accepted(self) -> PlanItem:
        """Return the action as one that is judged; what the council filled in already stays.

        The SDG targets stay a proposal: `sdg_targets` of an item are the labels that the municipality itself
        put on it, and the evaluation counts them as such.
        """
        return self.item.model_copy(update={"solidarity": "yes", "theme": self.item.theme or self.theme})


def proposals(plan: Sequence[PlanItem]) -> list[Suggestion]:
    """Return the actions that seem to belong and were not chosen yet, the surest first.

    Examples
    --------
    >>> plan = [PlanItem(code="1", title="Stedenband met Sucre"), PlanItem(code="2", title="Riolering")]
    >>> [found.item.code for found in proposals(plan)]
    ['1']
    """
    open_ = {item.code: item for item in plan if item.level == "action" and item.solidarity != "yes"}
    if not open_:
        return []
    fields = ("level", "code", "parent", "title")
    table = suggest([{name: getattr(item, name) for name in fields} for item in plan])
    surest = table.sort_values("certainty", ascending=False, kind="stable")
    rows: list[dict[Any, Any]] = surest.to_dict("records")
    found: dict[str, Suggestion] = {}
    for row in rows:
        if row["code"] in open_ and row["code"] not in found:
            sure = "high" if row["certainty"] >= HIGH else "middle" if row["certainty"] >= MIDDLE else "low"
            targets = tuple(part.strip() for part in row["sdg_targets"].split(";") if part.strip())
            told = say(f"intake.sure.{sure}")
            found[row["code"]] = Suggestion(open_[row["code"]], row["theme"], targets, told, row["words"])
    return list(found.values())
