"""What a sentence claims: how far it says that things are. The words stand in `wording.yml`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from memokit.texts import NBSP, lookup

RANK: Mapping[str, int] = {"achieved": 4, "mostly": 3, "partly": 2, "underway": 1}
GAP = r"\ …\ "  # as it stands in an escaped pattern


@cache
def _claims(kind: str) -> re.Pattern[str]:
    words = (re.escape(str(word)) for word in lookup(f"wording.claims.{kind}", "nl"))
    between = r"\ (?:[\w’'-]+ ){0,8}?"
    return re.compile(rf"\b(?:{'|'.join(word.replace(GAP, between) for word in words)})\b")


def claimed(words: str) -> set[int]:
    """Return how far a text says that things are; what is denied, asked, or said by somebody else is not.

    Examples
    --------
    >>> claimed("De regeling is nog niet gerealiseerd.")
    set()
    >>> claimed("Twee acties zijn grotendeels gerealiseerd, de andere zijn in uitvoering.") == {1, 3}
    True
    """
    said = re.sub(r"“[^”]*”|‘[^’]*’", "", words.replace(NBSP, " ").lower())
    found: set[int] = set()
    for sentence in re.findall(r"[^.!?]+[.!?]?", said):
        if not sentence.endswith("?") and not _claims("told_by").search(sentence):
            for clause in re.split(r"[,;:()]", sentence):
                found |= _in_clause(clause)
    return found


def _in_clause(clause: str) -> set[int]:
    found = set()
    for kind in ("done", "underway"):
        for match in _claims(kind).finditer(clause):
            before = " ".join(clause[: match.start()].split()[-6:])
            near = " ".join([*before.split()[-4:], *clause[match.end() :].split()[:2]])
            denied = _claims("not").search(before) and "niet alleen" not in before
            if not denied and not _claims("open").search(near):
                found.add(_rank(kind, " ".join(before.split()[-3:])))
    return found


def _rank(kind: str, before: str) -> int:
    if kind == "underway":
        return RANK["underway"]
    degree = (name for name in ("mostly", "partly") if _claims(name).search(before))
    return RANK[next(degree, "achieved")]


def told_by(words: str) -> bool:
    """Tell whether a text says whose word it is."""
    return bool(_claims("told_by").search(words.lower()))
