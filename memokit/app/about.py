"""About the council and its four amounts: the few facts that one person fills in before the first evening."""

from __future__ import annotations

import ipywidgets as W  # noqa: N812

from memokit.app.forms import Form
from memokit.app.parts import More, box, heading, html, words
from memokit.app.state import State
from memokit.fields import Record
from memokit.records import Amount, Settings
from memokit.texts import say

COUNCIL = (
    "sender", "council", "article", "contact", "title_city", "date", "recognised_by", "voting_members",
    "last_account", "advices_given", "advices_answered", "advices_sources", "fact_check_from",
    "fact_check_until", "reply_asked_on", "reply_due", "reply_received_on",
)  # fmt: skip
FIELDS = ("0150", "0160")


class About:
    """The two closed parts: the council, and what was spent then and now on two policy fields."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.council = Form(state, Settings, COUNCIL, self._save)
        self.years = (state.now.term.start, state.last_account())
        self.amounts = {
            (item, year): Form(state, Amount, ("spent", "sources"), self._save)
            for item in FIELDS
            for year in dict.fromkeys(self.years)
        }
        self.widget = box(
            More(say("app.about.council"), self.council.widget()).widget,
            More(
                say("app.about.amounts"), html(f"<p>{words('about.amounts_help')}</p>"), *self._rows()
            ).widget,
        )
        state.listen(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show what is saved."""
        self.council.show(self.state.now.settings)
        for (item, year), form in self.amounts.items():
            form.show(self.state.record(Amount, item, year=year))

    def _rows(self) -> list[W.Widget]:
        rows: list[W.Widget] = []
        for (item, year), form in self.amounts.items():
            title = say("app.about.amount", item=item, year=year)
            fields = box(form.one("spent"), form.one("sources"), kind="answer", row=True)
            rows += [heading(title, 3), fields]
        return rows

    def _save(self, _: Record, after: Record) -> None:
        self.state.put(after)
