"""Acties: one action at a time, with what happened, what shows it, and one sentence."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

import ipywidgets as W  # noqa: N812

from memokit.app.forms import Form
from memokit.app.new_source import NewSource
from memokit.app.parts import More, box, button, heading, html, label, more, remarks, words
from memokit.app.state import State
from memokit.app.tab_sources import Proposals
from memokit.fields import Record
from memokit.records import Assessment, PlanItem
from memokit.texts import lookup, say

SHORT = ("status", "line", "sources")
LONG = ("reason", "reason_by", "relevance", "result", "result_sources")


class Actions:
    """The list of actions and the judgement of the one that is chosen."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.quiet = False
        self.list = W.RadioButtons(description=say("app.actions.list"), options=[])
        self.list.add_class("memo-cards")
        self.list.observe(self._chosen, "value")
        self.head, self.help, self.hints = html(""), html("", "help"), html("", "hints")
        self.form = Form(state, Assessment, (*SHORT, *LONG), self._judged)
        self.source = NewSource(state, self._attach)
        self.judging = box(
            self.head,
            self.form.one("status"),
            self.help,
            self.form.widget("line", "sources"),
            self.source.widget,
            more("actions.more", self.form.widget(*LONG)),
            self.hints,
            self._walk(),
            kind="card",
        )
        self.none = html(f"<p>{words('actions.none')}</p>", "card")
        left = box(self.list, Proposals(state).widget, self._adding(), kind="side")
        self.widget = box(box(left, box(self.none, self.judging), kind="two", row=True), kind="view")
        state.listen(self.refresh)
        self.refresh()

    # -- showing ------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Show the list with each status, and the action that is chosen."""
        actions = self.state.actions()
        offered = [(self._name(action), action.code) for action in actions]
        if tuple(offered) != tuple(self.list.options):
            before, codes = self.list.value, [code for _, code in offered]
            self.quiet = True
            self.list.options = offered
            self.list.value = before if before in codes else codes[0] if codes else None
            self.quiet = False
        self.list.layout.display = "" if actions else "none"
        self.judging.layout.display = "" if actions else "none"
        self.none.layout.display = "none" if actions else ""
        self._offer_others()
        self._show()

    def _name(self, action: PlanItem) -> str:
        status = self.state.judgement(action.code).status
        return say("app.actions.item", title=action.title, status=label("status", status))

    def _show(self) -> None:
        action = next((a for a in self.state.actions() if a.code == self.list.value), None)
        if action is None:
            return
        where = " · ".join(escape(p) for p in (action.code, action.page) if p)
        priority = words("actions.priority") if action.priority == "no" else ""
        self.head.value = f"<h2>{escape(action.title)}</h2><p class='memo-where'>{where} {priority}</p>"
        judged = self.state.judgement(action.code)
        self.form.show(judged)
        self.help.value = escape(str(lookup(f"records.values.status.{judged.status}.help")))
        self.hints.value = remarks(self.state.hints(judged))

    # -- doing --------------------------------------------------------------------------------------------

    def _chosen(self, _: Mapping[str, Any]) -> None:
        if not self.quiet:
            self._show()

    def _judged(self, _: Record, after: Record) -> None:
        self.state.put(after)

    def _attach(self, id_: str) -> None:
        judged = self.state.judgement(self.list.value)
        wanted = judged.model_copy(update={"sources": (*judged.sources, id_)})
        self.state.attempt(lambda: self.state.put(wanted))

    def _walk(self) -> W.Widget:
        def step(by: int) -> None:
            codes = [code for _, code in self.list.options]
            self.list.value = codes[(codes.index(self.list.value) + by) % len(codes)]

        return box(
            button("actions.previous", lambda: step(-1)),
            button("actions.next", lambda: step(1), "main"),
            button("actions.drop", self._drop, "quiet"),
            kind="line",
            row=True,
        )

    def _drop(self) -> None:
        action = next(a for a in self.state.actions() if a.code == self.list.value)
        self.state.attempt(lambda: self.state.put(action.model_copy(update={"solidarity": "no"})))

    def _adding(self) -> W.Widget:
        self.others = W.Dropdown(description=say("app.actions.others"), options=[("", "")])
        take = button("actions.take", lambda: self._add(self.others.value, ""))
        code = W.Text(description=say("app.actions.code"))
        title = W.Text(description=say("app.actions.title"))
        new = button("actions.add", lambda: self._add(code.value, title.value, code, title), "main")
        self.take = box(self.others, take, heading(say("app.actions.own"), 4))
        self.more = More(say("app.actions.adding"), self.take, code, title, new)
        self.more.open(not self.state.actions())
        return self.more.widget

    def _offer_others(self) -> None:
        items = [(f"{item.code} {item.title}", item.code) for item in self.state.others()]
        if tuple(items) != tuple(self.others.options):
            self.others.options = items
        self.take.layout.display = "" if items else "none"

    def _add(self, code: str, title: str, *fields: W.Text) -> None:
        if self.state.attempt(lambda: self.state.add_action(code, title)):
            self.list.value = code.strip()
            for field in fields:
                field.value = ""
