"""Whatever a council fills in, the section is written: no crash, no "None", and counts that add up."""

from __future__ import annotations

import re
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from memokit import catalogue
from memokit.document import plain
from memokit.evaluation import evaluate
from memokit.narrative.letter import letter
from memokit.records import (
    CHOICES,
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
    Reply,
    Rung,
    Target,
)

from .tiny import dossier

CODES = [f"A{i}" for i in range(5)]
sources = st.lists(st.sampled_from(["R", "T", "J", "W", "Z", "H"]), max_size=2, unique=True).map(tuple)
words = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=20)
title = words.filter(str.strip)
euro = st.none() | st.integers(0, 10**7).map(float)
year = st.integers(2018, 2025)
day = st.dates().map(lambda d: f"20{d.year % 12 + 12}-{d:%m-%d}")


def one(name: str, empty: bool = True) -> st.SearchStrategy[str]:
    return st.sampled_from([*CHOICES[name], *([""] if empty else [])])


def made(model: type[Record], **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Record]]:
    return st.lists(st.builds(model, **fields), max_size=5, unique_by=lambda record: record.id)


code, criteria = st.sampled_from(CODES), sorted(catalogue.criteria_ids())
targets = st.lists(st.sampled_from(["SDG 12.7", "SDG 16.10", "SDG 17.9"]), max_size=2, unique=True).map(tuple)
RECORDS = [
    made(
        PlanItem,
        code=code,
        title=title,
        solidarity=one("yes_no", False),
        theme=one("theme"),
        sdg_targets=targets,
        priority=one("yes_no_unknown", False),
        promise_from=one("promise_from", False),
        own_evaluation=words,
        sources=sources,
    ),
    made(
        Assessment,
        action=code,
        judge=st.sampled_from(["raad", "lid 1", "lid 2"]),
        status=one("status", False),
        sources=sources,
        line=words,
        result=one("result"),
        result_sources=sources,
        reason=one("reason"),
        relevance=one("relevance"),
        abstained=one("yes_no", False),
    ),
    made(
        Amount,
        item=st.sampled_from([*CODES, "0150", "0160", "totaal"]),
        year=year,
        planned_first=euro,
        planned_last=euro,
        spent=euro,
        sources=sources,
    ),
    made(
        Point,
        kind=one("point", False),
        title=title,
        text=words,
        opinion=words,
        question=words,
        subject=st.sampled_from(["", "IS55", *CODES]),
        promise_from=one("promise_from"),
        sources=sources,
    ),
    made(
        PlanLine,
        line=st.sampled_from([row["key"] for row in catalogue.plan_check()]),
        answer=one("yes_no_unknown", False),
        page=words,
        sources=sources,
    ),
    made(
        Rung,
        rung=st.sampled_from([row["key"] for row in catalogue.ladder() if row["question"]]),
        then=st.sampled_from(["yes", "no", "unknown", "not_yet"]),
        now=st.sampled_from(["yes", "no", "unknown"]),
        sources=sources,
        sources_then=sources,
    ),
    made(
        ContextEvent,
        date=day,
        event=title,
        local_effect=words,
        kind=one("context_kind", False),
        sources=sources,
    ),
    made(
        Advice,
        number=st.integers(1, 30).map(str),
        given_on=day,
        subject=title,
        sources=sources,
        answered_on=day | st.just(""),
        reasoned=one("yes_no_unknown", False),
        followed=one("followed", False),
    ),
    made(
        Figure,
        indicator=st.sampled_from(["IS02", "IS29", "IS42", "IS48", "bevolking"]),
        year=year,
        value=euro,
        numerator=euro,
        denominator=euro,
        margin=euro,
        sources=sources,
    ),
    made(
        Target,
        indicator=st.sampled_from(["IS02", "IS09", "IS14", "IS55"]),
        target=euro,
        adopted_on=st.just("2024-01-16"),
        reason=title,
    ),
    made(Reply, about=title, text=title),
    st.lists(st.sampled_from(criteria), unique=True, max_size=6).flatmap(
        lambda ids: st.tuples(
            *(
                st.builds(
                    Answer,
                    criterion=st.just(i),
                    sources_now=sources,
                    line=words,
                    then=st.sampled_from(sorted(catalogue.scale(catalogue.indicators()[i].scale))),
                    now=st.sampled_from(sorted(catalogue.scale(catalogue.indicators()[i].scale))),
                )
                for i in ids
            )
        ).map(list)
    ),
]
choices = st.fixed_dictionaries(
    {
        "voting_members": st.none() | st.integers(1, 20),
        "beneficiaries": st.none() | st.integers(0, 5),
        "sender": one("sender", False),
        "title_city": one("yes_no_unknown", False),
        "fact_check_from": st.sampled_from(["", "2024-02-01"]),
        "reply_asked_on": st.sampled_from(["", "2024-03-01"]),
        "reply_received_on": st.sampled_from(["", "2024-03-09"]),
        "plan_actions": st.none() | st.integers(1, 200),
        "plan_sources": sources,
        "agreed_days": st.none() | st.integers(1, 90),
        "advices_given": st.none() | st.just(5),
        "advices_answered": st.none() | st.just(3),
        "advices_sources": sources,
    }
)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.tuples(*RECORDS), choices)
def test_any_dossier_gives_a_section(tables: tuple[list[Record], ...], chosen: dict[str, Any]) -> None:
    records = [record for table in tables for record in table]
    own = " ".join(v for r in records for v in r.model_dump().values() if isinstance(v, str))
    ev = evaluate(dossier(*records, **chosen))
    told = "\n".join(plain(text) for text in ev.document.texts()) + letter(ev.measures, ev.findings)
    leaks = r"\bNone\b|\bnan\b|undefined"
    if not re.search(leaks, own, re.I):  # unless a council wrote it; a line gets its capital
        assert not re.search(leaks, told)
    counts = ev.measures.counts
    assert counts is not None and sum(counts.by_status.values()) == counts.n
    for length in ("page", "normal", "full"):
        chosen_length = ev.document.select(length)  # type: ignore[arg-type]
        assert {note.id for note in chosen_length.notes} == set(chosen_length.note_order())
    open_promises = {f.subject for f in ev.findings if f.kind == "promise_open"}
    assert not open_promises & {f.subject for f in ev.findings if f.kind == "achieved"}
