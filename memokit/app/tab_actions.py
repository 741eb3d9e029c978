"""Acties: first which ones belong, then one at a time: what happened, what shows it, and one sentence."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

import ipywidgets as W  # noqa: N812

from memokit.app.apart import Apart
from memokit.app.forms import Form, Row, Table
from memokit.app.members import TOGETHER, judge_of
from memokit.app.new_source import NewSource
from memokit.app.parts import More, box, button, html, label, more, remarks, words
from memokit.app.proposing import Proposals
from memokit.app.state import State
from memokit.app.walker import Walker
from memokit.checks import MOST_ACTIONS
from memokit.fields import Record
from memokit.measures.actions import combine
from memokit.records import Amount, Assessment, PlanItem
from memokit.texts import lookup, say

SHORT = ("status", "line", "sources")
LONG = ("reason", "reason_by", "relevance", "result", "result_sources", "abstained", "private_note")
AMOUNT = ("planned_last", "spent", "sources")


class Actions:
    """The choice of actions, the list of those chosen, and the judgement of one of them."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.judge = judge_of(state.now.folder)
        self.quiet = False
        self.list = W.RadioButtons(description=say("app.actions.list"), options=[])
        self.list.add_class("memo-cards")
        self.list.observe(self._chosen, "value")
        self.head, self.help, self.hints = html(""), html("", "help"), html("", "hints")
        who = "together" if self.judge == TOGETHER else "apart"
        titles = {"abstained": say(f"page_actions.abstained.{who}")}
        self.form = Form(state, Assessment, (*SHORT, *LONG), self._save, titles=titles)
        self.source = NewSource(state, self._attach)
        caption = say("page_actions.amounts")
        self.amounts = Table(state, Amount, AMOUNT, self._save, caption)
        self.walker = Walker(self._step)
        self.proposals = Proposals(state)
        self.judging = box(
            self.walker,
            self.head,
            self.form.one("status"),
            self.help,
            self.form.one("line"),
            self._help("line_hint", "help"),
            self.form.one("sources"),
            self.source.widget,
            more("actions.more", self.form.widget(*LONG), self._help("amounts_help"), self.amounts.widget),
            self.hints,
            self._walk(),
            kind="card",
        )  # fmt: skip
        self.none = self._help("first", most=MOST_ACTIONS)
        self.two = box(box(self.list, kind="side"), self.judging, kind="two", row=True)
        self.table = Table(state, Assessment, SHORT, self._save, say("page_actions.caption"))
        self.all = More(say("page_actions.table"), self._help("help"), self.table.widget)
        self.all.toggle.on_click(lambda _: self._show_table())
        self.apart = Apart(state)
        if self.judge != TOGETHER:
            self.apart.widget = html(f"<p>{words('page_members.mine', judge=self.judge)}</p>")
        self.widget = box(
            self.none, self.proposals.widget, self.two, self.all.widget, self.apart.widget, kind="view"
        )
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
        for part in (self.two, self.all.widget):
            part.layout.display = "" if actions else "none"
        self.none.layout.display = "none" if actions else ""
        self.apart.refresh()
        self._show()
        self._show_table()

    def _record(self, code: str) -> Assessment:
        return self.state.record(Assessment, code, judge=self.judge)

    def _name(self, action: PlanItem) -> str:
        status = self._record(action.code).status
        return say("app.actions.item", title=action.title, status=label("status", status))

    def _show(self) -> None:
        actions = self.state.actions()
        codes = [action.code for action in actions]
        if self.list.value not in codes:
            return
        place = codes.index(self.list.value)
        action, judged = actions[place], self._record(self.list.value)
        done = sum(map(self.state.viewed, codes))
        self.walker.said = say("page_actions.said", k=place + 1, n=len(codes), title=action.title, done=done)
        self.head.value = _head(action)
        self.form.show(judged)
        self.help.value = escape(str(lookup(f"records.values.status.{judged.status}.help")))
        self.hints.value = self._dissent(action.code) + remarks(self.state.hints(judged))
        self.amounts.show([self._amount(action.code, year) for year in self._years()])

    def _years(self) -> range:
        return range(self.state.now.term.plan[0], self.state.last_account() + 1)

    def _amount(self, code: str, year: int) -> Row:
        amount = self.state.record(Amount, code, year=year)
        help_ = say("page_actions.amounts_none") if amount.spent is None else ""
        return Row(str(year), amount, help_)

    def _dissent(self, code: str) -> str:
        """Return in words whether those who judged apart agree; never who, never how many."""
        apart = [
            a.status for a in self.state.now.assessments
            if a.action == code and a.judge != TOGETHER and a.abstained == "no" and a.status != "pending"
        ]  # fmt: skip
        if len(apart) < 2 or self.judge != TOGETHER:
            return ""
        most, few = combine("", apart)
        key = "agree" if not few else "disagree" if most in apart else "split"
        found = {"most": label("status", most), "few": label("status", few)}
        return f"<p>{words(f'page_actions.{key}', **found)}</p>"

    def _show_table(self) -> None:
        """Fill the table once somebody opened it: a hundred rows are not made for nothing."""
        if self.all.inside.layout.display != "none":
            actions = self.state.actions()
            judged = [(action, self._record(action.code)) for action in actions]
            self.table.show([Row(a.title, j, remarks=remarks(self.state.hints(j))) for a, j in judged])

    # -- doing --------------------------------------------------------------------------------------------

    def _chosen(self, _: Mapping[str, Any]) -> None:
        if not self.quiet:
            self._show()

    def _save(self, _: Record, after: Record) -> None:
        self.state.put(after)

    def _attach(self, id_: str) -> None:
        judged = self._record(self.list.value)
        wanted = judged.model_copy(update={"sources": (*judged.sources, id_)})
        self.state.attempt(lambda: self.state.put(wanted))

    def _step(self, by: int) -> None:
        codes = [code for _, code in self.list.options]
        if codes:
            self.list.value = codes[(codes.index(self.list.value) + by) % len(codes)]
            self.walker.focus()

    def _walk(self) -> W.Widget:
        line = box(
            button("actions.previous", lambda: self._step(-1)),
            button("actions.next", lambda: self._step(1), "main"),
            button("actions.drop", self._drop, "quiet"),
            kind="line",
            row=True,
        )
        return box(line, self._help("keys", "where"))

    @staticmethod
    def _help(name: str, kind: str = "", **values: object) -> W.HTML:
        return html(words(f"page_actions.{name}", **values), kind)

    def _drop(self) -> None:
        action = next(a for a in self.state.actions() if a.code == self.list.value)
        self.state.attempt(lambda: self.state.put(action.model_copy(update={"solidarity": "no"})))


def _head(action: PlanItem) -> str:
    """Return the title, the place in the plan, and what the municipality wrote itself."""
    where = " · ".join(escape(part) for part in (action.code, action.page) if part)
    priority = words("actions.priority") if action.priority == "no" else ""
    own = words("page_actions.own_evaluation", text=action.own_evaluation) if action.own_evaluation else ""
    said = f"<p>{own}</p>" if own else ""
    return f"<h2>{escape(action.title)}</h2><p class='memo-where'>{where} {priority}</p>{said}"
