"""Rules across records, and the two questions that the evaluation asks too."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from memokit.checks import check_dossier, proves, searched_and_asked
from memokit.folder import Dossier
from memokit.records import (
    Advice,
    Amount,
    Answer,
    Assessment,
    ContextEvent,
    Figure,
    PlanItem,
    PlanLine,
    Point,
    Record,
    Settings,
    Source,
)  # fmt: skip
from memokit.resources import data_path

ROOT = Path(__file__).parents[1]
SEARCH = Source(
    id_="Z", kind="search", title="x", searched_in="plan", searched_on="2024-02-01", asked_on="2024-02-05"
)
REPORT = Source(id_="R", kind="report", title="x")
ACTION = PlanItem(code="A", title="x")


def dossier(*records: Record, **settings: Any) -> Dossier:
    tables: dict[str, tuple[Record, ...]] = {"sources": (), "plan": ()}
    for record in records:
        tables[record.table] = (*tables.get(record.table, ()), record)
    chosen = Settings(municipality="12025", **{"sender": "citizens", **settings})
    return Dossier(Path("x"), chosen, tables)


def codes(*records: Record, **settings: Any) -> list[str]:
    found = check_dossier(dossier(*records, **settings))
    assert all(problem.message and problem.remedy and problem.file for problem in found)
    return [problem.code for problem in found]


def source(kind: str) -> Source:
    return Source(id_=kind, kind=kind, title="x")


@pytest.mark.parametrize(
    ("claim", "kinds", "proven"),
    [
        ("decided", ["decision"], True), ("decided", ["report"], False),
        ("spent", ["account"], True), ("spent", ["confirmation"], True),
        ("spent", ["plan", "decision"], False),
        ("carried_out", ["decision", "account"], False), ("carried_out", ["report"], True),
        ("carried_out", ["rules"], True), ("carried_out", ["contract"], True),
        ("carried_out", ["website"], False), ("carried_out", ["website", "press"], True),
        ("carried_out", ["statement", "testimony"], True), ("carried_out", ["website", "search"], False),
        ("result", ["report"], False), ("result", ["count"], True), ("result", ["statistics"], True),
        ("result", ["website", "press"], False), ("decided", [], False),
    ],
)  # fmt: skip
def test_what_a_source_proves(claim: Any, kinds: list[str], proven: bool) -> None:
    assert proves(dossier(*map(source, kinds)), kinds, claim) is proven


def test_two_websites_are_not_independent() -> None:
    twins = [Source(id_=i, kind="website", title="x") for i in "12"]
    assert not proves(dossier(*twins), ["1", "2"], "carried_out")


@pytest.mark.parametrize("missing", ["searched_in", "searched_on", "asked_on"])
def test_a_search_without_a_question_is_no_search(missing: str) -> None:
    assert searched_and_asked(dossier(SEARCH), ["Z"])
    assert not searched_and_asked(dossier(SEARCH.model_copy(update={missing: ""})), ["Z"])
    assert not searched_and_asked(dossier(SEARCH.model_copy(update={"kind": "statement"})), ["Z"])
    assert not searched_and_asked(dossier(), ["Z"])


@pytest.mark.parametrize("status", ["not_started", "stopped"])
def test_negative_status(status: str) -> None:
    judged = Assessment(action="A", status=status, reason="unknown", sources=("R",))
    assert codes(ACTION, REPORT, judged) == ["verdict-without-search"]
    assert codes(ACTION, SEARCH, judged.model_copy(update={"sources": ("Z",)})) == []
    problem = check_dossier(dossier(ACTION, REPORT, judged))[0]
    assert problem.expected == "niet te beoordelen"


@pytest.mark.parametrize("now", ["no", "none", "never", "0"])
def test_negative_answer(now: str) -> None:
    assert codes(Answer(criterion="IS01", now=now)) == ["verdict-without-search"]
    assert codes(SEARCH, Answer(criterion="IS01", now=now, sources_now=("Z",))) == []
    assert codes(Answer(criterion="IS01", then=now, now="unknown")) == []


def test_negative_line_of_the_plan() -> None:
    assert codes(PlanLine(line="priority", answer="no")) == ["verdict-without-search"]
    assert codes(PlanLine(line="prioritair", answer="unknown")) == ["unknown-question"]


def test_claims_and_results() -> None:
    site, press = source("website"), source("press")
    judged = Assessment(action="A", status="achieved")
    assert codes(ACTION, judged) == ["verdict-without-source"]
    weak = judged.model_copy(update={"sources": ("website",)})
    assert codes(ACTION, site, weak) == ["claim-beyond-source"]
    assert codes(ACTION, site, press, judged.model_copy(update={"sources": ("website", "press")})) == []
    measured = Assessment(action="A", sources=("R",), result="better", result_sources=("R",))
    assert codes(ACTION, REPORT, measured) == ["result-without-count"]
    assert codes(ACTION, REPORT, measured.model_copy(update={"result": "not_measured"})) == []


def test_sources_and_codes_must_exist() -> None:
    assert codes(PlanItem(code="A", title="x", sources=("R1",)), Source(id_="R2", title="x")) == [
        "source-missing"
    ]
    assert codes(PlanItem(code="A", title="x", parent="P")) == ["parent-missing"]
    assert codes(Assessment(action="B")) == ["unknown-action"]
    assert codes(ACTION, ContextEvent(date="2022", event="x", actions=("A", "B"))) == ["unknown-action"]
    assert codes(recognised_by=("B1",)) == ["source-missing"]


def test_a_row_with_an_error_is_still_there() -> None:
    from dataclasses import replace

    broken = replace(dossier(Assessment(action="B")), kept_out=frozenset({("plan", "B")}))
    assert check_dossier(broken) == []


def test_figures_need_a_source() -> None:
    assert codes(Amount(item="A", year=2022, spent=1)) == ["figure-without-source"]
    assert codes(Amount(item="A", year=2022)) == []
    assert codes(Figure(indicator="IS29", year=2022, value=0)) == ["figure-without-source"]
    assert codes(plan_actions=10) == ["figure-without-source"]
    assert codes(advices_given=10) == ["figure-without-source"]


def test_dates_and_years() -> None:
    late = SEARCH.model_copy(update={"answered_on": "2024-02-01"})
    assert codes(late) == ["dates-reversed"]
    assert codes(SEARCH, date="2024-01-01") == ["date-after-dossier"] * 2
    assert codes(SEARCH, date="2024") == []
    advice = Advice(number="1", given_on="2022-05", subject="x", answered_on="2022")
    assert codes(advice) == [] and codes(advice.model_copy(update={"answered_on": "2021"})) == [
        "dates-reversed"
    ]
    assert codes(reply_asked_on="2024-03-04", reply_received_on="2024-03-01") == ["dates-reversed"]
    assert codes(Amount(item="A", year=2026)) == ["year-outside-term"]
    assert codes(Amount(item="A", year=2018)) == []
    assert codes(PlanItem(code="A", title="x", first_year=2022, last_year=2021)) == ["years-reversed"]


def test_later_needs_a_year_after_the_term() -> None:
    judged = Assessment(action="A", status="later")
    for year, found in ((None, ["later-without-year"]), (2023, ["later-already-due"]), (2025, [])):
        assert codes(PlanItem(code="A", title="x", first_year=year), judged) == found


@pytest.mark.parametrize(
    ("judge", "name"), [("raad", False), ("Lid 3", False), ("lid 0", True), ("Jan P.", True)]
)
def test_a_judge_is_never_a_name_and_no_message_repeats_it(judge: str, name: bool) -> None:
    found = check_dossier(dossier(ACTION, Assessment(action="A", judge=judge)))
    assert [p.code for p in found] == (["judge-is-name"] if name else [])
    assert all(judge not in str(p) and judge not in repr(p) for p in found)


def test_writing() -> None:
    assert codes(Point(kind="promise", title="x")) == ["promise-without-origin"]
    assert codes(Point(kind="promise", title="x", promise_from="plan")) == []
    many = [PlanItem(code=str(n), title="x", solidarity="yes") for n in range(13)]
    assert codes(*many) == ["many-actions"] and codes(*many[:12]) == []
    assert codes(sender="council") == ["recognition-missing"]
    reasons = [Assessment(action="A", status="partly", sources=("R",))]
    assert codes(ACTION, REPORT, *reasons) == ["reason-missing"]


def test_every_sentence_has_a_message_and_a_remedy() -> None:
    part = data_path("texts", "nl", "problems_dossier.part.yml")
    path = part if part.is_file() else data_path("texts", "nl", "problems.yml")
    words = yaml.safe_load(path.read_text("utf-8"))
    for code, sentences in words.items():
        if code != "place":
            assert set(sentences) == {"message", "remedy"}, code
