"""Two dated steps before the text goes out: the service checks facts, the bestuur reacts (fairness.md 10)."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from html import escape
from typing import TYPE_CHECKING

import ipywidgets as W  # noqa: N812

from memokit.app.forms import Form, Row, Table
from memokit.app.parts import More, box, button, heading, html, remarks, words
from memokit.app.shown import download
from memokit.app.state import RESULTS, State
from memokit.fields import Record
from memokit.records import Reply, Settings
from memokit.tables import replace_file
from memokit.texts import lookup, say

if TYPE_CHECKING:
    from memokit.writers.docx_reply import Form as Kind

CHECK, ANSWER = ("fact_check_from", "fact_check_until"), ("reply_asked_on", "reply_due", "reply_received_on")
CHECK_DAYS, REPLY_DAYS = 14, 30


class Steps:
    """The dates, what the draft mark waits for, and the words of the bestuur as they came."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.dates = Form(state, Settings, (*CHECK, *ANSWER), self._dated)
        self.waits, self.agreed, self.late = html("", "waits"), html("", "agreed"), html("", "late")
        caption = say("page_text.steps.words")
        self.replies = Table(state, Reply, ("text",), self._put, caption)
        self.removing = box(kind="line", row=True)
        self.new = Form(state, Reply, ("about", "text"), self._look, draft=True,
                        titles={"about": say("page_text.steps.about")}, choices={"about": [("–", "")]})
        add = button("page_text.steps.add", self._add)
        adding = More(say("page_text.steps.adding"), self.new.widget(), add)
        self.widget = box(
            self.waits,
            heading(say("page_text.steps.check")), html(f"<p>{words('page_text.steps.check_help')}</p>"),
            self.dates.widget(*CHECK), self.agreed, self._form("check"),
            heading(say("page_text.steps.reply")), html(f"<p>{words('page_text.steps.reply_help')}</p>"),
            self.dates.widget(*ANSWER), self._form("reply"), self.late,
            html(f"<p>{words('page_text.steps.no_reply')}</p>"),
            self.replies.widget, self.removing, adding.widget,
        )  # fmt: skip

    def _form(self, which: Kind) -> W.Widget:
        """Return the button for the Word file with room to answer, and the link to it."""
        link = html("", "links")

        def make() -> None:
            link.value = _made(self.state, which)

        told = html(f"<p>{words('page_text.steps.form.back')}</p>", "help")
        made = button(f"page_text.steps.form.{which}", lambda: self.state.attempt(make))
        return box(made, link, told)

    def refresh(self) -> None:
        """Show the dates and the words as they are saved."""
        settings, replies = self.state.now.settings, self.state.now.replies
        self.dates.show(settings)
        self.waits.value = f"<p>{escape(waits_for(settings))}</p>"
        until = later(settings.fact_check_from, CHECK_DAYS)
        open_ = until and not settings.fact_check_until
        self.agreed.value = f"<p>{words('page_text.steps.check_until', day=until)}</p>" if open_ else ""
        self.late.value = f"<p>{escape(campaign(settings))}</p>"
        self.replies.show([Row(r.about, r, remarks=remarks(self.state.hints(r))) for r in replies])
        self.replies.widget.layout.display = "" if replies else "none"
        self._offer_removing([reply.about for reply in replies])
        said = {reply.about for reply in replies}
        points = [say("page_text.steps.general"), *(point.title for point in self.state.now.points)]
        free = [(title, title) for title in dict.fromkeys(points) if title not in said]
        self.new.offer("about", [("–", ""), *free])
        if self.new.record is None:
            self.new.show(Reply(about="", text=""))

    def _offer_removing(self, about: list[str]) -> None:
        """Make the buttons anew only when there are others: a button that has the focus keeps it."""
        if [getattr(made, "about", "") for made in self.removing.children] == about:
            return
        made = []
        for title in about:
            each = W.Button(description=say("page_text.steps.remove", about=title))
            each.about = title
            each.on_click(lambda _, title=title: self.state.attempt(partial(self._remove, title)))
            each.add_class("memo-quiet")
            made.append(each)
        self.removing.children = made

    def _remove(self, about: str) -> None:
        self.state.remove(next(reply for reply in self.state.now.replies if reply.about == about))

    def _dated(self, before: Record, after: Record) -> None:
        """Save a date; a reaction that is asked for gets thirty days, which anybody can change."""
        if isinstance(before, Settings) and isinstance(after, Settings):
            asked = after.reply_asked_on != before.reply_asked_on
            due = after.reply_due or (later(after.reply_asked_on, REPLY_DAYS) if asked else "")
            self.state.put(after.model_copy(update={"reply_due": due}))

    def _put(self, _: Record, after: Record) -> None:
        self.state.put(after)

    def _look(self, _: Record, __: Record) -> None:
        """Wait for the button."""

    def _add(self) -> None:
        reply = self.new.record
        if not reply.about or not reply.text.strip():
            self.state.tell(say("page_text.steps.missing"))
        elif self.state.attempt(lambda: self.state.put(reply)):
            self.new.show(Reply(about="", text=""))


def _made(state: State, which: Kind) -> str:
    """Write the file for the service or for the bestuur in the results, and return a link to it."""
    from memokit.writers.docx_reply import form

    target = state.now.folder / RESULTS / str(lookup(f"word.forms.{which}.file", "nl"))
    target.parent.mkdir(exist_ok=True)
    replace_file(target, form(state.evaluation.document.select("normal"), state.now.settings, which))
    said = say("page_text.steps.form.link", name=target.name, folder=RESULTS)
    return download(target.read_bytes(), "application/octet-stream", target.name, said)


def later(day: str, days: int) -> str:
    """Return a full date so many days later; nothing for a date that is not full.

    Examples
    --------
    >>> later("2024-02-16", 14), later("2024", 14)
    ('2024-03-01', '')
    """
    return (date.fromisoformat(day) + timedelta(days=days)).isoformat() if len(day) == 10 else ""


def waits_for(settings: Settings) -> str:
    """Return in words what the draft mark waits for."""
    asked = settings.reply_received_on or (settings.reply_asked_on and settings.reply_due)
    missing = {"check": not settings.fact_check_until, "reply": not asked}
    what = [say(f"page_text.steps.wait.{name}") for name, open_ in missing.items() if open_]
    return say("page_text.steps.waits", what=what) if what else say("page_text.steps.settled")


def campaign(settings: Settings) -> str:
    """Return the warning about the months before the elections, and which date of the dossier is in them."""
    year = settings.election
    days = (settings.reply_asked_on, settings.reply_due)
    late = next((day for day in days if f"{year}-07-01" <= day <= f"{year}-10-31"), "")
    told = say("page_text.steps.period", year=year)
    return f"{say('page_text.steps.late', day=late)} {told}" if late else told
