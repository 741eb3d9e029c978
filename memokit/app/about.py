"""What one person fills in before the first evening: the council, its themes, the dates, and four amounts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ipywidgets as W  # noqa: N812

from memokit import catalogue
from memokit.app.forms import Form, Row, Table
from memokit.app.parts import box, heading, html, words
from memokit.app.state import State
from memokit.fields import Record
from memokit.records import Amount, Settings
from memokit.texts import say

COUNCIL = (
    "sender", "council", "article", "contact", "title_city", "date", "recognised_by", "voting_members",
    "beneficiaries", "judged_on", "last_account", "advices_given", "advices_answered", "advices_sources",
)  # fmt: skip
DATES = ("fact_check_from", "fact_check_until", "reply_asked_on", "reply_due", "reply_received_on")
FIELDS = ("0150", "0160")


class About:
    """The facts about the council itself, and what was spent then and now on two policy fields."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.council = Form(state, Settings, (*COUNCIL, *DATES), self._save)
        caption = say("page_start.amounts.caption")
        self.amounts = Table(state, Amount, ("spent", "sources"), self._save, caption)
        self.themes = [self._theme(theme) for theme in catalogue.themes().values()]
        year = state.now.term.election
        self.widget = box(
            heading(say("page_start.council.title"), 3), self._names(), self.council.widget(*COUNCIL),
            heading(say("page_start.themes.title"), 3), _help("page_start.themes.help"), *self.themes,
            heading(say("page_start.amounts.title"), 3), _help("page_start.amounts.help"),
            self.amounts.widget,
            heading(say("page_start.dates"), 3), _help("page_start.dates_help", year=year),
            self.council.widget(*DATES),
        )  # fmt: skip

    def refresh(self) -> None:
        """Show what is saved."""
        settings = self.state.now.settings
        self.council.show(settings)
        for box_, letter in zip(self.themes, catalogue.themes(), strict=True):
            box_.value = letter in settings.themes
        years = dict.fromkeys((self.state.now.term.start, self.state.last_account()))
        self.amounts.show([self._row(item, year) for item in FIELDS for year in years])

    def _row(self, item: str, year: int) -> Row:
        amount = self.state.record(Amount, item, year=year)
        help_ = say("page_start.amounts.none") if amount.spent is None else ""
        return Row(say("page_start.amounts.row", item=item, year=year), amount, help_)

    def _names(self) -> W.Widget:
        """Return the names that councils have; who has another one types it."""
        rows = catalogue.rows("council_names")
        other = (say("page_start.council.other"), "")
        offered = [other, *((row["name"], row["key"]) for row in rows)]
        names = W.Dropdown(description=say("page_start.council.names"), options=offered)
        names.observe(lambda change: self._named(change["new"]), "value")
        return names

    def _named(self, key: str) -> None:
        row = next((row for row in catalogue.rows("council_names") if row["key"] == key), None)
        if row is not None:
            chosen = {"council": row["name"], "article": row["article"], "sender": "council"}
            self.state.attempt(lambda: self.state.put(self.state.now.settings.model_copy(update=chosen)))

    def _theme(self, theme: catalogue.Theme) -> W.Checkbox:
        text = say("page_start.themes.item", name=theme.name, scope=theme.scope)
        made = W.Checkbox(description=text, indent=False)
        made.observe(lambda change: self._scoped(theme.theme, change), "value")
        return made

    def _scoped(self, letter: str, change: Mapping[str, Any]) -> None:
        settings = self.state.now.settings
        if change["new"] == (letter in settings.themes):
            return
        wanted = {*settings.themes, letter} if change["new"] else {*settings.themes} - {letter}
        after = settings.model_copy(update={"themes": tuple(sorted(wanted))})
        self.state.attempt(lambda: self.state.put(after))

    def _save(self, _: Record, after: Record) -> None:
        self.state.put(after)


def _help(key: str, **values: object) -> W.HTML:
    return html(f"<p>{words(key, **values)}</p>")
