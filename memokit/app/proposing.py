"""Which actions belong: proposals to accept or strike, a search in the plan, and one typed over.

A plan can hold thousands of actions; never more than a page of them becomes a widget.
"""

from __future__ import annotations

from functools import partial
from html import escape

import ipywidgets as W  # noqa: N812

from memokit.app.adding import adding, named
from memokit.app.forms import Form
from memokit.app.parts import More, box, button, heading, html, words
from memokit.app.state import State
from memokit.checks import MOST_ACTIONS
from memokit.proposals import Suggestion
from memokit.records import PlanItem
from memokit.texts import say

SHOWN = 12


class Proposals:
    """The part in which the council chooses; open while nothing is chosen yet."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.help, self.found, self.told = html("", "help"), box(kind="proposals"), html("", "help")
        self.list = box(kind="proposals")
        self.shown = SHOWN
        self.rest = button("page_actions.more_proposals", self._more)
        self.search = box(
            heading(say("page_actions.search.title")),
            adding(state, "page_actions.search", self._search),
            self.told,
            self.found,
        )
        names = {name: say(f"app.actions.{name}") for name in ("code", "title")}
        self.own = Form(state, PlanItem, names, lambda _, __: None, titles=names, draft=True)
        self.own.show(PlanItem(code="", title=""))
        self.part = More(
            "",
            self.help,
            self.list,
            self.rest,
            self.search,
            heading(say("page_actions.own")),
            html(words("page_actions.example"), "help"),
            self.own.widget(),
            button("actions.add", self._add, "main"),
        )
        self.widget = self.part.widget
        self.part.open(not state.actions())
        state.listen(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show the proposals that are still open."""
        chosen = self.state.actions()
        found = self.state.proposals()
        struck = sum(item.struck == "yes" for item in self.state.now.plan)
        told = [words("page_actions.proposals", n=len(found), plan=bool(self.state.now.plan))]
        told += [words("page_actions.chosen", n=len(chosen), most=MOST_ACTIONS)] if chosen else []
        told += [words("page_actions.struck", n=struck)] if struck else []
        self.help.value = " ".join(told)
        self.part.title = say("page_actions.choosing", n=len(found))
        self.part.open(self.part.inside.layout.display != "none")
        self._show(found[: self.shown])
        self.search.layout.display = "" if self.state.others() else "none"
        self.rest.layout.display = "" if len(found) > self.shown else "none"

    def _show(self, found: list[Suggestion]) -> None:
        """Make a line only when it is new: a button keeps its place and its focus."""
        lines = {line.code: line for line in self.list.children}
        wanted = [lines.get(each.item.code) or self._line(each) for each in found]
        if wanted != list(self.list.children):
            self.list.children = wanted

    def _line(self, found: Suggestion) -> W.Widget:
        item = found.item
        why = words("page_actions.why", found=found)
        text = html(f"<b>{escape(item.title)}</b> <span class='memo-where'>{why}</span>")
        yes = named("page_actions.accept", partial(self._accept, found), code=item.code)
        no = named("page_actions.strike", partial(self._strike, item), "quiet", code=item.code)
        line = box(text, box(yes, no, kind="line", row=True), kind="proposal")
        line.code = item.code
        return line

    def _accept(self, found: Suggestion) -> None:
        self.state.attempt(lambda: self.state.put(found.accepted()))

    def _strike(self, item: PlanItem) -> None:
        self.state.attempt(lambda: self.state.strike(item))

    def _more(self) -> None:
        self.shown += SHOWN
        self.refresh()

    def _search(self, text: str) -> None:
        wanted = text.casefold()
        found = [i for i in self.state.others() if wanted in f"{i.code} {i.title}".casefold()]
        key = "found" if found else "none"
        self.told.value = words(f"page_actions.search.{key}", n=len(found), shown=SHOWN, text=text)
        self.found.children = [self._take(item) for item in found[:SHOWN]]

    def _take(self, item: PlanItem) -> W.Widget:
        def take() -> None:
            if self.state.attempt(lambda: self.state.add_action(item.code, "")):
                self.found.children = [line for line in self.found.children if line is not line_]

        made = named("page_actions.search.take", take, code=item.code)
        line_ = box(html(escape(item.title)), made, kind="line", row=True)
        return line_

    def _add(self) -> None:
        own = self.own.record
        if self.state.attempt(lambda: self.state.add_action(own.code, own.title)):
            self.own.show(PlanItem(code="", title=""))
