"""The keystone: each thing that people fill in, declared once.

A model says which fields a record has, of which kind, in which order, what is required and what is private.
Its words (file name, heading, title, help, label of every value) stand in `data/texts/<lang>/records.yml`.
The reader, the checks, the werkboek, the form in the app and the handbook are all made from these two.
"""

from __future__ import annotations

from typing import Annotated

from memokit.choices import CHOICES as CHOICES
from memokit.fields import Cell, Choice, Names, Record, Sources, SourcesShort, Text
from memokit.fields import choice as _choice

SCHEMA_VERSION = 1



class PlanItem(Record):
    """An objective, action plan or action of the plan, or a promise from elsewhere."""

    table = "plan"
    key = ("code",)
    code: Annotated[str, Cell("code", required=True, short=True)]
    level: Annotated[Choice, _choice("level", required=True)] = "action"
    parent: Annotated[str, Cell("code")] = ""
    title: Annotated[str, Cell("text", required=True, short=True)]
    solidarity: Annotated[Choice, _choice("yes_no", short=True)] = "no"
    theme: Annotated[Choice, _choice("theme")] = ""
    priority: Annotated[Choice, _choice("yes_no_unknown")] = "unknown"
    promise_from: Annotated[Choice, _choice("promise_from")] = "plan"
    page: Text = ""
    sdg_targets: Annotated[Names, Cell("sdg")] = ()
    first_year: Annotated[int | None, Cell("year")] = None
    last_year: Annotated[int | None, Cell("year")] = None
    own_evaluation: Text = ""
    in_plan: Annotated[Choice, _choice("yes_no")] = "yes"
    struck: Annotated[Choice, _choice("yes_no")] = "no"
    sources: Sources = ()


class Amount(Record):
    """Planned and spent euros of one action or policy field in one year."""

    table = "amounts"
    key = ("item", "year")
    item: Annotated[str, Cell("code", required=True, short=True)]
    year: Annotated[int, Cell("year", required=True, short=True)]
    planned_first: Annotated[float | None, Cell("number")] = None
    planned_last: Annotated[float | None, Cell("number")] = None
    spent: Annotated[float | None, Cell("number", short=True)] = None
    sources: SourcesShort = ()


class Assessment(Record):
    """The judgement of one action, by the council together or by one member apart."""

    table = "assessments"
    key = ("action", "judge")
    action: Annotated[str, Cell("code", required=True, short=True)]
    judge: Text = "raad"
    status: Annotated[Choice, _choice("status", required=True, short=True)] = "pending"
    sources: SourcesShort = ()
    line: Annotated[str, Cell("text", short=True)] = ""
    result: Annotated[Choice, _choice("result")] = ""
    result_sources: Sources = ()
    reason: Annotated[Choice, _choice("reason")] = ""
    reason_by: Sources = ()
    relevance: Annotated[Choice, _choice("relevance")] = ""
    abstained: Annotated[Choice, _choice("yes_no")] = "no"
    private_note: Annotated[str, Cell("text", private=True)] = ""


class Answer(Record):
    """One question of the questionnaire, then and now."""

    table = "answers"
    key = ("criterion",)
    criterion: Annotated[str, Cell("code", required=True, short=True)]
    then: Annotated[Choice, _choice("answer", short=True)] = "unknown"
    now: Annotated[Choice, _choice("answer", short=True)] = "unknown"
    sources_then: Sources = ()
    sources_now: SourcesShort = ()
    then_by_part: Text = ""
    line: Text = ""


class Figure(Record):
    """A figure that the council looked up itself."""

    table = "figures"
    key = ("indicator", "year")
    indicator: Annotated[str, Cell("code", required=True)]
    year: Annotated[int, Cell("year", required=True)]
    value: Annotated[float | None, Cell("number")] = None
    numerator: Annotated[float | None, Cell("number")] = None
    denominator: Annotated[float | None, Cell("number")] = None
    margin: Annotated[float | None, Cell("number")] = None
    status: Annotated[Choice, _choice("figure_status")] = "council"
    sources: Sources = ()
    note: Text = ""


class ContextEvent(Record):
    """A dated change since the baseline, and what it did here."""

    table = "context"
    key = ("date", "event")
    date: Annotated[str, Cell("date", required=True, short=True)]
    kind: Annotated[Choice, _choice("context_kind")] = "other"
    event: Annotated[str, Cell("text", required=True, short=True)]
    local_effect: Annotated[str, Cell("text", short=True)] = ""
    actions: Annotated[Names, Cell("codes")] = ()
    sources: Sources = ()


class Source(Record):
    """A document or statement; or what was searched and asked, and when."""

    table = "sources"
    key = ("id_",)
    id_: Annotated[str, Cell("code", required=True, short=True)]
    kind: Annotated[Choice, _choice("source_kind", required=True, short=True)] = "statement"
    title: Annotated[str, Cell("text", required=True, short=True)]
    date: Annotated[str, Cell("date", short=True)] = ""
    page: Text = ""
    consulted_on: Annotated[str, Cell("date")] = ""
    url: Text = ""
    file: Text = ""
    checksum: Annotated[str, Cell("code")] = ""
    searched_in: Text = ""
    searched_on: Annotated[str, Cell("date")] = ""
    asked_whom: Text = ""
    asked_on: Annotated[str, Cell("date")] = ""
    answered_on: Annotated[str, Cell("date")] = ""
    answer: Text = ""


class Advice(Record):
    """One advice of the council to the municipality, and what became of it."""

    table = "advices"
    key = ("number",)
    number: Annotated[str, Cell("code", required=True)]
    given_on: Annotated[str, Cell("date", required=True)]
    subject: Annotated[str, Cell("text", required=True)]
    own_initiative: Annotated[Choice, _choice("yes_no_unknown")] = "unknown"
    late: Annotated[Choice, _choice("yes_no_unknown")] = "unknown"
    answered_on: Annotated[str, Cell("date")] = ""
    reasoned: Annotated[Choice, _choice("yes_no_unknown")] = "unknown"
    followed: Annotated[Choice, _choice("followed")] = "open"
    sources: Sources = ()


class Rung(Record):
    """One step of the SDG ladder: is it reached, and which passage shows it."""

    table = "agenda"
    key = ("rung",)
    rung: Annotated[str, Cell("code", required=True, short=True)]
    then: Annotated[Choice, _choice("answer")] = "unknown"
    now: Annotated[Choice, _choice("answer", short=True)] = "unknown"
    passage: Annotated[str, Cell("text", short=True)] = ""
    sources: SourcesShort = ()
    sources_then: Sources = ()


class PlanLine(Record):
    """One of the six lines about the plan itself."""

    table = "plan_check"
    key = ("line",)
    line: Annotated[str, Cell("code", required=True, short=True)]
    answer: Annotated[Choice, _choice("yes_no_unknown", short=True)] = "unknown"
    page: Annotated[str, Cell("text", short=True)] = ""
    sources: Sources = ()
    note: Text = ""


class Point(Record):
    """What the council itself puts forward: thanks, work to do with one question, or its own part."""

    table = "points"
    key = ("kind", "title")
    kind: Annotated[Choice, _choice("point", required=True, short=True)]
    title: Annotated[str, Cell("text", required=True, short=True)]
    text: Annotated[str, Cell("text", short=True)] = ""
    opinion: Annotated[str, Cell("text", short=True)] = ""
    question: Annotated[str, Cell("text", short=True)] = ""
    subject: Annotated[str, Cell("code", short=True)] = ""
    promise_from: Annotated[Choice, _choice("promise_from")] = ""
    sources: SourcesShort = ()


class Wording(Record):
    """One passage of the section in the council's own words; left out, or moved within its part."""

    table = "wordings"
    key = ("passage",)
    passage: Annotated[str, Cell("code", required=True)]
    text: Text = ""
    original: Text = ""
    dropped: Annotated[Choice, _choice("yes_no")] = "no"
    place: Annotated[int | None, Cell("integer")] = None


class Reply(Record):
    """The reaction of the bestuur on one point, printed unedited."""

    table = "replies"
    key = ("about",)
    about: Annotated[str, Cell("text", required=True)]
    text: Annotated[str, Cell("text", required=True)]


class Target(Record):
    """A target that the council adopts or changes."""

    table = "targets"
    key = ("indicator",)
    indicator: Annotated[str, Cell("code", required=True)]
    target: Annotated[float | None, Cell("number")] = None
    adopted_on: Annotated[str, Cell("date", required=True)]
    reason: Annotated[str, Cell("text", required=True)]


class OwnIndicator(Record):
    """An indicator that the council adds."""

    table = "own_indicators"
    key = ("id_",)
    id_: Annotated[str, Cell("code", required=True)]
    name: Annotated[str, Cell("text", required=True)]
    theme: Annotated[Choice, _choice("theme")] = ""
    unit: Text = ""
    decimals: Annotated[int | None, Cell("integer")] = 0
    direction: Annotated[Choice, _choice("direction", required=True)]
    sdg_target: Annotated[Names, Cell("sdg")] = ()
    zero: Annotated[float | None, Cell("number")] = None
    target: Annotated[float | None, Cell("number")] = None
    reason: Text = ""


class Task(Record):
    """Who looks up what, and by when: for the council only."""

    table = "tasks"
    key = ("what",)
    what: Annotated[str, Cell("text", required=True)]
    who: Annotated[str, Cell("text", private=True)] = ""
    by: Annotated[str, Cell("date")] = ""
    hours: Annotated[float | None, Cell("number")] = None
    done: Annotated[Choice, _choice("yes_no")] = "no"


class Member(Record):
    """The name behind "lid 3": stays in the dossier."""

    table = "members"
    key = ("member",)
    member: Annotated[str, Cell("text", required=True, private=True)]
    name: Annotated[str, Cell("text", required=True, private=True)]
    note: Annotated[str, Cell("text", private=True)] = ""


class Settings(Record):
    """`dossier.yml`: who evaluates which municipality, over which years, and what was agreed."""

    table = "settings"
    key = ("municipality",)
    schema_version: Annotated[int, Cell("integer", required=True)] = SCHEMA_VERSION
    municipality: Annotated[str, Cell("code", required=True)]
    name: Text = ""
    fictional: Annotated[Choice, _choice("yes_no")] = "no"
    title_city: Annotated[Choice, _choice("yes_no_unknown")] = "unknown"
    election: Annotated[int, Cell("year", required=True)] = 2024
    baseline: Annotated[int | None, Cell("year")] = None
    until: Annotated[int | None, Cell("year")] = None
    date: Annotated[str, Cell("date")] = ""
    sender: Annotated[Choice, _choice("sender")] = "council"
    council: Text = ""
    article: Annotated[Choice, _choice("article")] = "de"
    contact: Text = ""
    recognised_by: Sources = ()
    voting_members: Annotated[int | None, Cell("integer")] = None
    beneficiaries: Annotated[int | None, Cell("integer")] = None
    judged_on: Annotated[Names, Cell("codes")] = ()
    themes: Annotated[Names, Cell("codes")] = ("A", "B", "C", "D", "H")
    last_account: Annotated[int | None, Cell("year")] = None
    plan_actions: Annotated[int | None, Cell("integer")] = None
    plan_sources: Sources = ()
    budget_sources: Sources = ()
    amounts_contain: Text = ""
    advices_given: Annotated[int | None, Cell("integer")] = None
    advices_answered: Annotated[int | None, Cell("integer")] = None
    advices_sources: Sources = ()
    agreed_days: Annotated[int | None, Cell("integer")] = None
    fact_check_from: Annotated[str, Cell("date")] = ""
    fact_check_until: Annotated[str, Cell("date")] = ""
    reply_asked_on: Annotated[str, Cell("date")] = ""
    reply_due: Annotated[str, Cell("date")] = ""
    reply_received_on: Annotated[str, Cell("date")] = ""
    discussed_with: Annotated[Names, Cell("codes")] = ()
    readers: Annotated[Names, Cell("codes")] = ()
    logo: Text = ""
    colour: Annotated[str, Cell("code")] = ""
    template: Text = ""


TABLES: tuple[type[Record], ...] = (
    PlanItem, Assessment, Answer, PlanLine, Rung, Amount, Point, Source, ContextEvent, Advice, Figure,
    Target, OwnIndicator, Reply, Wording, Task, Member,
)  # fmt: skip
PRIVATE_TABLES = frozenset({"members", "tasks"})


def model_of(table: str) -> type[Record]:
    """Return the model of a table.

    Examples
    --------
    >>> model_of("plan").key
    ('code',)
    """
    models: tuple[type[Record], ...] = (*TABLES, Settings)
    return {model.table: model for model in models}[table]
