"""How far Agenda 2030 steers the municipality: questionnaire, scores per goal and theme, ladder, labels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from memokit import catalogue
from memokit.checks import searched_and_asked
from memokit.dossier import Dossier
from memokit.measures.actions import DONE, ActionMeasure
from memokit.measures.figures import FigureMeasure, posts_of
from memokit.measures.money import add_known
from memokit.records import Answer, PlanItem
from memokit.scoring.posts import mean

NEGATIVE = frozenset({"no", "none", "never", "0", "returned"})
SILENT = frozenset({"unknown", "not_yet", ""})


@dataclass(frozen=True)
class CriterionMeasure:
    """One question then and now. A "no" of now that was not searched and asked is told as unknown."""

    indicator: catalogue.Indicator
    answer: Answer
    then: str
    now: str
    downgraded: bool
    in_use: bool
    target_by: str
    score_then: float | None
    score_now: float | None

    @property
    def key(self) -> str:
        """The number of the question."""
        return self.indicator.id

    @property
    def goal(self) -> int:
        """The SDG goal that it belongs to."""
        return self.indicator.goal

    @property
    def theme(self) -> str:
        """The theme that it belongs to."""
        return self.indicator.theme


@dataclass(frozen=True)
class Score:
    """A score of one goal or theme, over the figures and questions that have both then and now.

    `then` and `now` are means over the same `n` of them, so that the two can be compared; `only_now` counts
    what has no figure of then. `bases` says whose targets stand behind it.
    """

    key: str
    then: float | None
    now: float | None
    n: int
    only_now: int
    bases: Mapping[str, int]
    members: tuple[str, ...]


@dataclass(frozen=True)
class GoalActions:
    """The actions that bear a label of one goal; euros of those whose planned and spent are both known."""

    goal: int
    actions: int
    with_money: int
    planned: float
    spent: float


@dataclass(frozen=True)
class Agenda:
    """Everything the section on Agenda 2030 needs. `level` is None when nothing was answered."""

    criteria: tuple[CriterionMeasure, ...]
    goals: tuple[Score, ...]
    themes: tuple[Score, ...]
    level: int | None
    level_then: int | None
    then_not_yet: bool
    level_sources: tuple[str, ...]
    level_rung: str
    labelled: tuple[PlanItem, ...]
    label_only: tuple[PlanItem, ...]
    label_checked: bool
    goal_actions: tuple[GoalActions, ...]

    @property
    def silent_goals(self) -> tuple[int, ...]:
        """The goals for which there is no score."""
        there = {score.key for score in self.goals}
        return tuple(goal for goal in range(1, 18) if str(goal) not in there)


def measure_agenda(
    dossier: Dossier,
    actions: tuple[ActionMeasure, ...],
    figures: tuple[FigureMeasure, ...],
    years: tuple[int, int],
) -> Agenda:
    """Return the measures of Agenda 2030 for one dossier; `years` bounds the euros (first, last account)."""
    known = catalogue.criteria_ids()
    criteria = tuple(_criterion(dossier, answer) for answer in dossier.answers if answer.criterion in known)
    everything: list[Scored] = [*criteria, *figures]
    parts = [part for part in everything if part.score_now is not None and part.goal]
    level, sources, rung = _level(dossier, "now")
    labelled = tuple(i for i in dossier.plan if i.level == "action" and i.sdg_targets)
    bare = tuple(i for i in labelled if not _has_money(dossier, i) and not _has_result(actions, i))
    checked = searched_and_asked(dossier, dossier.settings.plan_sources)
    proven = tuple(i for i in bare if checked or searched_and_asked(dossier, i.sources))
    then = {rung.then for rung in dossier.rungs}
    return Agenda(
        criteria, goals=_scores(parts, lambda part: str(part.goal)),
        themes=_scores(parts, lambda part: part.theme), level=level, level_then=_level(dossier, "then")[0],
        then_not_yet="not_yet" in then and then <= {"not_yet", "no"},
        level_sources=sources, level_rung=rung, labelled=labelled, label_only=proven,
        label_checked=bool(labelled) and (checked or bool(proven)),
        goal_actions=_goal_actions(dossier, labelled, years),
    )


def _criterion(dossier: Dossier, answer: Answer) -> CriterionMeasure:
    indicator = catalogue.indicators()[answer.criterion]
    posts = posts_of(indicator, {t.indicator: t for t in dossier.targets}, dossier.settings.themes)
    bare = answer.now in NEGATIVE and not searched_and_asked(dossier, answer.sources_now)
    now = "unknown" if bare else answer.now
    return CriterionMeasure(
        indicator,
        answer,
        answer.then,
        now,
        bare,
        posts.in_use,
        posts.target_by,
        catalogue.score_of(indicator.id, answer.then) if posts.in_use else None,
        catalogue.score_of(indicator.id, now) if posts.in_use else None,
    )


Scored = CriterionMeasure | FigureMeasure


def _scores(parts: list[Scored], by: Callable[[Scored], str]) -> tuple[Score, ...]:
    names = sorted({by(part) for part in parts}, key=lambda name: (len(name), name))
    return tuple(_score(name, [part for part in parts if by(part) == name]) for name in names)


def _score(name: str, parts: list[Scored]) -> Score:
    pairs = [part for part in parts if part.score_then is not None]
    used = pairs or parts
    return Score(
        name, mean(part.score_then for part in pairs), mean(part.score_now for part in used), len(used),
        len(parts) - len(pairs) if pairs else 0, Counter(part.target_by for part in used),
        tuple(part.key for part in used),
    )


def _level(dossier: Dossier, moment: str) -> tuple[int | None, tuple[str, ...], str]:
    """Return the highest rung that is reached, with all below it, each with a passage or source."""
    answers = {rung.rung: rung for rung in dossier.rungs}
    if all(getattr(rung, moment) in SILENT for rung in dossier.rungs):
        return None, (), ""
    level, reached = 0, ""
    sources: tuple[str, ...] = ()
    for row in catalogue.rows("ladder"):
        rung = answers.get(row["key"])
        if int(row["level"]) == 0:
            continue
        shown = () if rung is None else rung.sources if moment == "now" else rung.sources_then
        if not shown or getattr(rung, moment) != "yes":
            break
        level, reached, sources = int(row["level"]), row["key"], shown
    if level == 0 and not any(searched_and_asked(dossier, rung.sources) for rung in dossier.rungs):
        return None, (), ""  # "not mentioned" is a negative claim: first search and ask
    return level, sources, reached


def _has_money(dossier: Dossier, item: PlanItem) -> bool:
    mine = [row for row in dossier.amounts if row.item == item.code]
    return any(value for row in mine for value in (row.planned_first, row.planned_last, row.spent))


def _has_result(actions: Iterable[ActionMeasure], item: PlanItem) -> bool:
    mine = next((action for action in actions if action.code == item.code), None)
    told = mine is not None and (mine.status in DONE or mine.result in {"better", "same", "worse"})
    return told or bool(item.own_evaluation)


def _goal_actions(
    dossier: Dossier, labelled: tuple[PlanItem, ...], years: tuple[int, int]
) -> tuple[GoalActions, ...]:
    found: list[GoalActions] = []
    for goal in range(1, 18):
        mine = [i for i in labelled if any(t.startswith(f"SDG {goal}.") for t in i.sdg_targets)]
        rows = [
            [r for r in dossier.amounts if r.item == i.code and years[0] <= r.year <= years[1]] for i in mine
        ]
        euros = [(add_known(r.planned_last for r in part), add_known(r.spent for r in part)) for part in rows]
        known = [(planned, spent) for planned, spent in euros if planned is not None and spent is not None]
        if mine:
            planned, spent = sum(pair[0] for pair in known), sum(pair[1] for pair in known)
            found.append(GoalActions(goal, len(mine), len(known), planned, spent))
    return tuple(found)
