"""On which rung of the SDG ladder the municipality stands, and why it stops there: in words."""

from __future__ import annotations

from memokit import catalogue
from memokit.app.state import State
from memokit.checks import searched_and_asked
from memokit.records import Rung
from memokit.texts import say

TOP = 5


def steps() -> list[catalogue.Row]:
    """Return the rungs that are asked, from low to high."""
    return [row for row in catalogue.ladder() if row["question"]]


def why(state: State) -> list[str]:
    """Return why the level is what it is: what the next rung lacks, and what higher rungs already have."""
    agenda = state.evaluation.measures.agenda
    assert agenda is not None
    level = agenda.level or 0
    if level == TOP:
        return [say("page_agenda.why.top")]
    rungs = {int(row["level"]): state.record(Rung, row["key"]) for row in steps()}
    following = next(row for row in steps() if int(row["level"]) == level + 1)
    told = say(f"page_agenda.why.{_lacks(state, rungs[level + 1])}", level=level + 1, asked=following)
    above = [n for n, rung in rungs.items() if n > level + 1 and rung.now == "yes" and rung.sources]
    waiting = [say("page_agenda.why.above", levels=above, level=level + 1)] if above else []
    return [told, *waiting]


def _lacks(state: State, rung: Rung) -> str:
    """Return what a rung lacks: an answer, a source, or the search behind a "no"."""
    if rung.now == "unknown":
        return "unknown"
    if rung.now == "yes":
        return "no_source"
    return "no" if searched_and_asked(state.now, rung.sources) else "not_searched"
