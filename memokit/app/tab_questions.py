"""Vragenlijst: the core questions then and now, six lines about the plan, what changed, more on demand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import ipywidgets as W  # noqa: N812

from memokit import catalogue
from memokit.app.changes import Changes
from memokit.app.forms import Row, Table
from memokit.app.new_source import NewSource
from memokit.app.parts import box, button, heading, html, more, remarks, words
from memokit.app.shown import download
from memokit.app.state import State
from memokit.catalogue import Indicator
from memokit.fields import Record
from memokit.narrative.letter import worksheet
from memokit.records import Answer, PlanLine
from memokit.texts import dutch, say
from memokit.writers import pdf

SHORT = ("then", "now", "sources_now")
LONG = ("sources_then", "then_by_part", "line")
YES_NO = "yes_partly_no"


class Questions:
    """The view with every question that is asked of each council."""

    def __init__(self, state: State) -> None:
        self.state = state
        term = state.now.term
        self.years = {"then": say("app.questions.then", year=term.start), "now": say("app.questions.now")}
        self.core = self._answers(SHORT, "core_caption")
        self.details = self._answers(LONG, "details_caption")
        self.rest = self._answers((*SHORT, "line"), "more_caption")
        self.fair = self._answers((*SHORT, "line"), "fair_caption")
        self.plan = Table(state, PlanLine, ("answer", "page", "sources", "note"), self._save,
                          say("page_questions.plan_caption"))  # fmt: skip
        self.paper, self.changes = html("", "links"), Changes(state)
        self.widget = box(
            heading(say("page_questions.core")),
            _help("help"),
            box(_help("paper"), button("page_questions.make_paper", self._print), self.paper,
                kind="line", row=True),
            NewSource(state).widget,
            self.core.widget,
            more("page_questions.details", self.details.widget),
            heading(say("page_questions.plan")),
            _help("plan_help"),
            self.plan.widget,
            self.changes.widget,
            more("page_questions.fair", _help("fair_help"), self.fair.widget),
            more("page_questions.more", _help("more_help"), self.rest.widget),
            kind="view",
        )  # fmt: skip
        state.listen(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show every answer as it is saved."""
        core = [self._question(q, q.scale) for q in catalogue.core()]
        for table, rows in (
            (self.core, core), (self.details, core),
            (self.rest, [self._question(q, q.scale) for q in self._others()]),
            (self.fair, [self._criterion(row) for row in catalogue.fair_trade()]),
            (self.plan, [self._line(row) for row in catalogue.plan_check()]),
        ):  # fmt: skip
            table.show(rows)
        self.changes.refresh()

    def _others(self) -> list[Indicator]:
        """Return the questions beside the core, of the themes that belong to the council's task."""
        themes = self.state.now.settings.themes
        return [q for q in catalogue.criteria() if q.default != "core" and q.theme in themes]

    def _answers(self, names: Iterable[str], caption: str) -> Table:
        said = say(f"page_questions.{caption}")
        return Table(self.state, Answer, names, self._save, said, titles=self.years)

    def _question(self, question: Indicator, scale: str) -> Row:
        evidence = say("page_questions.evidence", text=question.evidence)
        return self._row(dutch(question.question), question.id, scale, evidence)

    def _criterion(self, row: Mapping[str, str]) -> Row:
        evidence = say("page_questions.evidence", text=dutch(row["evidence"]))
        unsure = "" if row["verified"] == "yes" else " " + say("page_questions.unverified")
        return self._row(dutch(row["criterion"]), row["id"], YES_NO, evidence + unsure)

    def _row(self, title: str, id_: str, scale: str, help_: str) -> Row:
        record = self.state.record(Answer, id_)
        values = [(answer.label, key) for key, answer in catalogue.scale(scale).items()]
        return Row(title, record, help_, {"then": values, "now": values}, remarks(self.state.hints(record)))

    def _line(self, row: Mapping[str, str]) -> Row:
        record = self.state.record(PlanLine, row["key"])
        return Row(dutch(row["question"]), record, remarks=remarks(self.state.hints(record)))

    def _save(self, _: Record, after: Record) -> None:
        self.state.put(after)

    def _print(self) -> None:
        """Make the paper for the meeting, and show the link."""
        made: list[bytes] = []
        if self.state.attempt(lambda: made.append(self._sheet())):
            link = say("page_questions.paper_link")
            self.paper.value = download(made[0], "application/pdf", "werkblad.pdf", link)

    def _sheet(self) -> bytes:
        now = self.state.evaluation
        return pdf.worksheet(worksheet(now.measures, now.findings))


def _help(key: str) -> W.HTML:
    return html(f"<p>{words(f'page_questions.{key}')}</p>")
