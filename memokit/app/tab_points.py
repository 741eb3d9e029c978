"""Dank en werk: what the council thanks for, asks, and can do itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ipywidgets as W  # noqa: N812

from memokit import catalogue
from memokit.app.forms import Form
from memokit.app.new_source import NewSource
from memokit.app.parts import More, box, button, html, label, remarks, words
from memokit.app.state import State
from memokit.fields import Record
from memokit.records import Point
from memokit.texts import dutch, say

MOST = {"thanks": 5, "work": 3}  # what the section has room for; the rest stands in the annex
FIELDS = ("kind", "title", "text", "opinion", "question", "subject", "promise_from", "sources")
ASKS = frozenset({"promise", "wish"})


class Points:
    """The list of points and the one that is chosen."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.quiet = False
        self.list = W.RadioButtons(description=say("app.points.list"), options=[])
        self.list.add_class("memo-cards")
        self.list.observe(self._chosen, "value")
        self.form = Form(state, Point, FIELDS, self._saved, {"subject": [("–", "")]})
        self.hints, self.count, self.opinion = html("", "hints"), html("", "count"), html("", "help")
        self.card = box(
            self.form.widget(),
            self.opinion,
            NewSource(state).widget,
            self.hints,
            box(button("points.remove", self._remove, "quiet"), kind="line", row=True),
            kind="card",
        )
        self.none = html(f"<p>{words('points.none')}</p>", "card")
        left = box(html(f"<p>{words('points.help')}</p>"), self.count, self.list, self._adding(), kind="side")
        self.widget = box(box(left, box(self.none, self.card), kind="two", row=True), kind="view")
        state.listen(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show the points as they are saved."""
        points = self.state.now.points
        self.count.value = f"<p>{_counted([point.kind for point in points])}</p>"
        offered = [(say("app.points.item", kind=label("point", p.kind), title=p.title), p.id) for p in points]
        if tuple(offered) != tuple(self.list.options):
            before, ids = self.list.value, [id_ for _, id_ in offered]
            self.quiet = True
            self.list.options = offered
            self.list.value = before if before in ids else ids[0] if ids else None
            self.quiet = False
        for part in (self.card, self.list):
            part.layout.display = "" if points else "none"
        self.none.layout.display = "none" if points else ""
        self._show()

    def _chosen(self, _: Mapping[str, Any]) -> None:
        if not self.quiet:
            self._show()

    def _show(self) -> None:
        point = next((p for p in self.state.now.points if p.id == self.list.value), None)
        if point is None:
            return
        about = [(a.title, a.code) for a in self.state.actions()]
        about += [(dutch(question.name), question.id) for question in catalogue.core()]
        others = [(point.subject, point.subject)] if point.subject not in {c for _, c in about} else []
        self.form.offer("subject", [("–", ""), *about, *(o for o in others if o[1])])
        self.form.show(point)
        self.form.one("question").layout.display = "" if point.kind in ASKS else "none"
        self.form.one("promise_from").layout.display = "" if point.kind == "promise" else "none"
        ours = not point.opinion or point.opinion.casefold().startswith("wij vinden")
        self.opinion.value = words(f"page_points.opinion.{point.kind if ours else 'begin'}")
        self.hints.value = remarks(self.state.hints(point))

    def _saved(self, before: Record, after: Record) -> None:
        self.state.put(after, replacing=before)
        self._follow(after.id)

    def _follow(self, id_: str) -> None:
        """Choose a point, also one that only just got this key."""
        self.quiet = True
        self.list.options = [("…", id_)]
        self.list.value = id_
        self.quiet = False

    def _remove(self) -> None:
        point = next(p for p in self.state.now.points if p.id == self.list.value)
        self.state.attempt(lambda: self.state.remove(point))

    def _adding(self) -> W.Widget:
        title = {"title": say("app.points.title")}
        form = Form(self.state, Point, ("kind", "title"), lambda _, __: None, titles=title, draft=True)
        form.show(Point(kind="thanks", title=""))

        def add() -> None:
            point = form.record
            if self.state.attempt(lambda: self._new(point)):
                form.show(Point(kind=point.kind, title=""))

        part = More(say("app.points.adding"), form.widget(), button("points.add", add, "main"))
        part.open(not self.state.now.points)
        return part.widget

    def _new(self, point: Point) -> None:
        self.state.put(point)
        self._follow(point.id)


def _counted(kinds: list[str]) -> str:
    """Return how many there are, of how many that fit in the section."""
    thanks, work = kinds.count("thanks"), sum(kind in ASKS for kind in kinds)
    lines = [words("page_points.count", thanks=thanks, work=work, most=MOST)]
    if thanks > MOST["thanks"] or work > MOST["work"]:
        lines.append(words("page_points.too_many"))
    return " ".join(lines)
