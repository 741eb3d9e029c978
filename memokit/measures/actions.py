"""The actions on international solidarity: what was done (execution) and what it brought (result), apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from memokit.checks import proves, searched_and_asked
from memokit.dossier import Dossier
from memokit.records import Assessment, PlanItem

COUNTED = ("achieved", "mostly", "partly", "underway", "not_started", "stopped", "unclear")
NEGATIVE = frozenset({"not_started", "stopped"})
DONE = frozenset({"achieved", "mostly", "partly"})
OPEN = frozenset({"partly", "underway", "not_started", "stopped"})
TOGETHER = "raad"


@dataclass(frozen=True)
class ActionMeasure:
    """One action as it may be told: the status that its sources carry, and whose word it is.

    Parameters
    ----------
    status
        The status after the rules; `claimed` is what was written down.
    certainty
        `proven` when the source shows what the status says, `word` when it is somebody's word.
    downgraded
        A negative judgement without a search and a question: told as "cannot be judged" until then.
    minority
        The status that a minority of the members gave, or empty.
    """

    item: PlanItem
    status: str
    claimed: str
    certainty: str
    downgraded: bool
    minority: str
    sources: tuple[str, ...]
    line: str
    result: str
    result_sources: tuple[str, ...]
    reason: str
    reason_by: tuple[str, ...]
    relevance: str

    @property
    def code(self) -> str:
        """The code of the action in the plan."""
        return self.item.code

    @property
    def promised(self) -> bool:
        """Whether the municipality committed to it: only then can it be a promise that is still open."""
        return self.item.promise_from in {"plan", "agreement", "council", "law"}


@dataclass(frozen=True)
class ActionCounts:
    """A full breakdown: `sum(by_status.values()) == n`; what is left out is counted beside it."""

    n: int
    by_status: Mapping[str, int]
    later: int
    pending: int

    @property
    def done(self) -> int:
        """Achieved and mostly achieved together."""
        return self.by_status.get("achieved", 0) + self.by_status.get("mostly", 0)


def measure_actions(dossier: Dossier) -> tuple[ActionMeasure, ...]:
    """Return the actions on international solidarity in the order of the plan, each as it may be told."""
    by_action: dict[str, list[Assessment]] = {}
    for record in dossier.assessments:
        by_action.setdefault(record.action, []).append(record)
    chosen = [item for item in dossier.plan if item.level == "action" and item.solidarity == "yes"]
    return tuple(_measure(dossier, item, by_action.get(item.code, [])) for item in chosen)


def _measure(dossier: Dossier, item: PlanItem, judged: list[Assessment]) -> ActionMeasure:
    together = [a for a in judged if a.judge == TOGETHER and a.status != "pending"]
    members = [a for a in judged if a.judge != TOGETHER and a.abstained == "no" and a.status != "pending"]
    claimed, _ = combine(together[0].status if together else "", [a.status for a in members])
    told, minority = combine(
        _told(dossier, together[0]) if together else "", [_told(dossier, a) for a in members]
    )
    main = together[0] if together else next((a for a in members if a.status == claimed), None)
    sources = main.sources if main else ()
    return ActionMeasure(
        item=item,
        status=told,
        claimed=claimed,
        certainty="proven" if told not in DONE or proves(dossier, sources, "carried_out") else "word",
        downgraded=claimed in NEGATIVE and told == "unclear",
        minority=minority,
        sources=sources,
        line=main.line if main else "",
        result=_result(dossier, main),
        result_sources=main.result_sources if main else (),
        reason=main.reason if main else "",
        reason_by=main.reason_by if main else (),
        relevance=main.relevance if main else "",
    )


def _told(dossier: Dossier, judged: Assessment) -> str:
    """Return what a judgement may be told as: a negative one only after a search and a question."""
    bare = judged.status in NEGATIVE and not searched_and_asked(dossier, judged.sources)
    return "unclear" if bare else judged.status


def _result(dossier: Dossier, judged: Assessment | None) -> str:
    """Return the result only where a count shows it."""
    if judged is None or judged.result in {"", "not_measured"}:
        return judged.result if judged else ""
    return judged.result if proves(dossier, judged.result_sources, "result") else "not_measured"


def combine(together: str, members: Iterable[str]) -> tuple[str, str]:
    """Return the status of the council, and the one of a minority of its members.

    Members who judged apart decide by majority; without a majority the action cannot be judged, and the
    largest group's status is told as the dissent. Numbers of people are never told.

    Examples
    --------
    >>> combine("unclear", ["unclear", "unclear", "achieved"])
    ('unclear', 'achieved')
    >>> combine("", ["achieved", "achieved", "mostly"]), combine("", ["achieved", "mostly"])
    (('achieved', 'mostly'), ('unclear', 'achieved'))
    >>> combine("", [])
    ('pending', '')
    """
    votes = Counter(members)
    if not together:
        if not votes:
            return "pending", ""
        first, most = votes.most_common(1)[0]
        together = first if most * 2 > sum(votes.values()) else "unclear"
    others = [status for status, _ in votes.most_common() if status != together]
    return together, others[0] if others else ""


def count_actions(actions: Iterable[ActionMeasure]) -> ActionCounts:
    """Count the actions by status; "later gepland" and "nog te bekijken" stay outside the denominator.

    Examples
    --------
    >>> count_actions(()).n
    0
    """
    votes = Counter(action.status for action in actions)
    counted = {status: votes[status] for status in COUNTED if votes[status]}
    return ActionCounts(sum(counted.values()), counted, votes["later"], votes["pending"])
