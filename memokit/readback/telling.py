"""A Word file that came back, in words: every change in full, every comment, before anything is saved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from memokit.readback import Readback
from memokit.readback.matching import Match
from memokit.texts import say


def lines(found: Readback) -> Iterator[str]:
    """Yield what somebody must see before saying yes."""
    yield say(f"readback.{found.kind}", file=found.path.name)
    if found.kind == "text":
        kinds = Counter(match.kind for match in found.matches)
        yield say("readback.counts", **{kind: kinds[kind] for kind in ("same", "changed", "removed", "new")})
        for match in found.matches:
            if match.kind != "same":
                yield from _change(match, found)
    elif not found.answers:
        yield say("readback.no_answers")
    for about, text in found.answers:
        yield say("readback.answer", about=about, text=text)
    if any(change.table == "settings" for change in found.changes):
        yield say("readback.dated")
    if found.comments:
        yield say("readback.comments", n=len(found.comments))
    for place, text in found.comments:
        yield "  " + say("readback.comment", place=place, text=text)


def _change(match: Match, found: Readback) -> Iterator[str]:
    yield say(f"readback.{match.kind}", part=match.passage.part, id=match.id, before=match.passage.words,
              after=match.words)
    if match in found.taken:
        return
    if match.sure:
        yield "    " + say(f"readback.{'refused' if match in found.refused else 'skipped'}")
    else:
        alike = round(match.alike) if 0 < match.alike < 100 else 0
        yield "    " + say("readback.ask", id=match.id, alike=alike)
