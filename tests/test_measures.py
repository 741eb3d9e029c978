"""Measures that can be recomputed by hand: statuses, money, advice, questions, scores, the ladder."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memokit.measures import measure
from memokit.measures.actions import COUNTED, combine, count_actions, measure_actions
from memokit.measures.money import measure_money
from memokit.measures.public import measure_public
from memokit.records import Advice, Amount, Answer, Assessment, Figure, OwnIndicator, PlanItem, Rung, Target
from memokit.terms import Term
from memokit.territory import place

from .tiny import action, dossier, people, spent

ON = date(2024, 4, 15)
STATUSES = (*COUNTED, "later", "pending")


def measured(*records, **settings):
    made = dossier(*records, **settings)
    return measure("Testdorp", made.term, ON, None, made)


# -- execution and result -----------------------------------------------------------------------------------


@given(st.lists(st.sampled_from(STATUSES), max_size=14))
def test_counts_are_full_breakdowns_that_add_up(statuses: list[str]) -> None:
    records = [r for i, s in enumerate(statuses) for r in action(f"A{i}", s, ("R", "Z"))]
    counts = count_actions(measure_actions(dossier(*records)))
    assert sum(counts.by_status.values()) == counts.n
    assert counts.n + counts.later + counts.pending == len(statuses)
    assert counts.done == statuses.count("achieved") + statuses.count("mostly")


@pytest.mark.parametrize(
    ("sources", "told"), [(("Z",), "not_started"), (("H",), "unclear"), (("R",), "unclear"), ((), "unclear")]
)
def test_no_negative_verdict_without_search_and_question(sources: tuple[str, ...], told: str) -> None:
    (found,) = measure_actions(dossier(*action("A", "not_started", sources)))
    assert (found.status, found.claimed) == (told, "not_started")
    assert found.downgraded == (told == "unclear")


@pytest.mark.parametrize(
    ("sources", "certainty"), [(("R",), "proven"), (("W",), "word"), (("J",), "word"), ((), "word")]
)
def test_a_claim_never_goes_beyond_its_source(sources: tuple[str, ...], certainty: str) -> None:
    (found,) = measure_actions(dossier(*action("A", "achieved", sources)))
    assert (found.status, found.certainty) == ("achieved", certainty)


def test_a_result_needs_a_count() -> None:
    made = dossier(
        *action("A", "achieved", result="better", result_sources=("T",)),
        *action("B", "achieved", result="better", result_sources=("R",)),
    )
    assert [a.result for a in measure_actions(made)] == ["better", "not_measured"]


def test_an_action_nobody_looked_at_is_pending_and_never_no_action() -> None:
    (found,) = measure_actions(dossier(*action("A")))
    assert found.status == "pending"
    assert count_actions((found,)).n == 0


@pytest.mark.parametrize(
    ("together", "members", "outcome"),
    [
        ("unclear", ["unclear"] * 4 + ["achieved"] * 2, ("unclear", "achieved")),
        ("", ["achieved", "achieved", "mostly"], ("achieved", "mostly")),
        ("", ["achieved", "mostly"], ("unclear", "achieved")),
        ("achieved", [], ("achieved", "")),
        ("", [], ("pending", "")),
    ],
)
def test_members_apart(together: str, members: list[str], outcome: tuple[str, str]) -> None:
    assert combine(together, members) == outcome


def test_who_was_involved_does_not_judge() -> None:
    records = [PlanItem(code="A", title="x", solidarity="yes")]
    records += [
        Assessment(action="A", judge=f"lid {i}", status="achieved", sources=("R",), abstained="yes")
        for i in (1, 2)
    ]  # type: ignore[misc]
    records += [Assessment(action="A", judge="lid 3", status="mostly", sources=("R",))]  # type: ignore[list-item]
    (found,) = measure_actions(dossier(*records))
    assert (found.status, found.minority) == ("mostly", "")


# -- money --------------------------------------------------------------------------------------------------


def test_euro_per_inhabitant_by_hand() -> None:
    m = measured(
        spent("0150", 2018, 4000),
        spent("0160", 2018, 9024),
        spent("0150", 2022, 9000),
        spent("0160", 2022, 13155),
        people(2018, 20350),
        people(2022, 21100),
    )
    assert m.money is not None and m.money.then is not None and m.money.now is not None
    assert m.money.then.amount == 13024 and m.money.now.amount == 22155
    assert m.money.then.value == pytest.approx(0.64, abs=0.001)
    assert m.money.now.value == pytest.approx(1.05, abs=0.001)
    # 0,64 x 122,5883 / 107,3508 (health index, Statbel, yearly means of 2022 and 2018)
    assert m.money.then_real == pytest.approx(0.731, abs=0.001)


def test_other_policy_fields_are_not_compared() -> None:
    m = measured(
        spent("0160", 2018, 9000),
        spent("0150", 2022, 9000),
        spent("0160", 2022, 13000),
        people(2018, 20000),
        people(2022, 21000),
    )
    assert m.money is not None and m.money.then is None and m.money.now is not None


def test_missing_is_never_zero_in_a_sum() -> None:
    made = dossier(spent("A", 2020, 100, 200), spent("A", 2021, None, 200), spent("A", 2022, 50, 200))
    found = measure_money(made, 2022, lambda _: None).actions["A"]
    assert (found.planned_last, found.spent) == (600, None)


def test_planned_and_spent_stop_at_the_last_account_and_the_same_plan() -> None:
    rows = [spent("A", year, 10, 100) for year in range(2018, 2026)]
    found = measure_money(dossier(*rows), 2022, lambda _: None).actions["A"]
    assert (found.first, found.last, found.planned_last, found.spent) == (2020, 2022, 300, 30)
    final = measure_money(dossier(*rows, until=2025), 2025, lambda _: None).actions["A"]
    assert (final.last, final.planned_last) == (2025, 600)


def test_solidarity_as_a_whole_by_hand() -> None:
    years = (2018, 2020, 2021, 2022, 2023)
    rows = [spent(field, year, 40, 50) for field in ("0150", "0160") for year in years]
    whole = measure_money(dossier(*rows), 2022, lambda _: None).whole
    assert whole is not None and (whole.planned_last, whole.spent) == (300, 240)  # 2 fields, 3 years
    unknown = measure_money(dossier(*rows, spent("0150", 2022, None)), 2022, lambda _: None).whole
    assert unknown is not None and unknown.spent is None


def test_an_amount_without_a_source_is_left_out_and_named() -> None:
    made = dossier(Amount(item="0160", year=2022, spent=900000))
    money = measure_money(made, 2022, lambda _: None)
    assert money.unsourced == ("0160 2022",)
    assert not money.per_year and money.now is None


def test_a_share_of_spending_before_2020_is_refused() -> None:
    rows = [spent("0160", 2018, 100), spent("totaal", 2018, 1000)]
    assert measure_money(dossier(*rows, last_account=2018), 2018, lambda _: None).share is None
    rows = [spent("0160", 2022, 100), spent("totaal", 2022, 1000)]
    assert measure_money(dossier(*rows), 2022, lambda _: None).share == pytest.approx(10)


# -- advice -------------------------------------------------------------------------------------------------


def advice(number: int, given: str, answered: str = "", reasoned: str = "yes") -> Advice:
    return Advice(
        number=str(number),
        given_on=given,
        subject="x",
        answered_on=answered,
        reasoned=reasoned,
        sources=("R",),
    )


def test_advice_by_hand() -> None:
    m = measured(
        advice(1, "2014-01-01", "2014-02-01"),
        advice(2, "2019-03-01", "2019-03-31"),
        advice(3, "2020-03-01", "2020-04-30"),
        advice(4, "2021-03-01", "2021-04-10", "no"),
        advice(5, "2022-03-01"),
        agreed_days=45,
    )
    assert m.advice is not None and m.advice_before is not None
    assert (m.advice.given, m.advice.answered, m.advice.without_reasons, m.advice.open) == (4, 2, 1, 1)
    assert m.advice.median_days == 45  # 30 and 60 days
    assert m.advice.within_agreed == 1
    assert (m.advice_before.given, m.advice_before.answered) == (1, 1)


def test_two_counts_stand_in_for_a_register() -> None:
    m = measured(advices_given=11, advices_answered=9, advices_sources=("R",))
    assert m.advice is not None
    assert (m.advice.given, m.advice.answered, m.advice.open) == (11, 9, 2)


# -- Agenda 2030 --------------------------------------------------------------------------------------------


def test_a_score_by_hand() -> None:
    """SDG 17: IS01 no -> yes (0, 100), IS03 partly -> partly (50, 50); unknown is left out."""
    m = measured(
        Answer(criterion="IS01", then="no", now="yes", sources_now=("R",)),
        Answer(criterion="IS03", then="partly", now="partly", sources_now=("R",)),
        Answer(criterion="IS20", then="unknown", now="unknown"),
        Answer(criterion="IS22", then="unknown", now="yes", sources_now=("R",)),
    )
    assert m.agenda is not None
    (score,) = [s for s in m.agenda.goals if s.key == "17"]
    assert (score.then, score.now, score.n, score.only_now) == (25, 75, 2, 1)
    assert score.bases == {"norm_memoranda": 2}
    assert 17 not in m.agenda.silent_goals and len(m.agenda.silent_goals) == 16


def test_not_yet_is_not_no() -> None:
    m = measured(Answer(criterion="IS22", then="not_yet", now="yes", sources_now=("R",)))
    assert m.agenda is not None
    assert m.agenda.goals[0].then is None and m.agenda.goals[0].now == 100


def test_a_no_without_search_and_question_is_unknown() -> None:
    m = measured(
        Answer(criterion="IS01", then="no", now="no", sources_now=("R",)),
        Answer(criterion="IS03", then="no", now="no", sources_now=("Z",)),
    )
    assert m.agenda is not None
    assert [(c.now, c.downgraded) for c in m.agenda.criteria] == [("unknown", True), ("no", False)]


def test_own_proposals_are_off_until_the_council_adopts_them() -> None:
    answer = Answer(criterion="IS09", then="never", now="yearly", sources_now=("R",))
    off, on = (
        measured(answer),
        measured(answer, Target(indicator="IS09", adopted_on="2024-01-16", reason="x")),
    )
    assert off.agenda is not None and on.agenda is not None
    assert not off.agenda.goals
    assert (on.agenda.goals[0].now, on.agenda.goals[0].bases) == (100, {"council": 1})


def test_what_is_for_information_stays_off_even_when_adopted() -> None:
    adopted = Target(indicator="IS14", target=0.7, adopted_on="2024-01-16", reason="x")
    m = measured(adopted, Figure(indicator="IS14", year=2022, value=0.1, sources=("J",)))
    figure = m.figure("IS14")
    assert figure is not None and figure.information and figure.score_now is None


def test_a_theme_that_is_off_does_not_score() -> None:
    answer = Answer(criterion="IS46", then="no", now="yes", sources_now=("R",))
    off, on = measured(answer), measured(answer, themes=("F",))
    assert off.agenda is not None and on.agenda is not None
    assert not off.agenda.goals and on.agenda.goals


def test_a_figure_scores_between_its_posts() -> None:
    """IS29: two products meet the norm (fairness.md 36); one product is half way from zero."""
    m = measured(
        *(Figure(indicator="IS29", year=y, value=v, sources=("T",)) for y, v in ((2018, 1), (2022, 6)))
    )
    figure = m.figure("IS29")
    assert figure is not None
    assert (figure.score_then, figure.score_now, figure.progress.reached) == (50, 100, True)


def test_an_indicator_of_our_own_without_zero_starts_at_the_baseline() -> None:
    own = OwnIndicator(
        id_="E01",
        name="Verslagen",
        theme="C",
        unit="verslagen",
        direction="higher",
        sdg_target=("SDG 17.9",),
        target=12,
    )
    m = measured(
        own, *(Figure(indicator="E01", year=y, value=v, sources=("T",)) for y, v in ((2018, 2), (2022, 7)))
    )
    figure = m.figure("E01")
    assert figure is not None and (figure.score_then, figure.score_now) == (0, 50)


def test_a_figure_without_source_is_not_there() -> None:
    m = measured(Figure(indicator="IS29", year=2022, value=6))
    assert m.figure("IS29") is None


def test_a_survey_difference_inside_the_margin_is_none() -> None:
    rows = [
        Figure(indicator="IS42", year=y, value=v, margin=2.0, sources=("T",))
        for y, v in ((2018, 50), (2022, 52))
    ]
    figure = measured(*rows).figure("IS42")
    assert figure is not None and figure.change == 2 and figure.no_difference


def rung(key: str, now: str = "yes", sources: tuple[str, ...] = ("R",)) -> Rung:
    return Rung(rung=key, then="not_yet", now=now, sources=sources)


def test_the_ladder_stops_at_the_first_rung_that_is_not_shown() -> None:
    m = measured(rung("mentioned"), rung("linked", sources=()), rung("used"))
    assert m.agenda is not None and m.agenda.level == 1 and m.agenda.then_not_yet
    assert measured(rung("mentioned", "unknown"), rung("linked", "unknown")).agenda.level is None  # type: ignore[union-attr]


def test_only_a_label_is_said_after_search_and_question() -> None:
    labelled = [PlanItem(code=c, title=c, sdg_targets=("SDG 12.7",)) for c in "ABC"]
    rows = [spent("A", 2021, None, 500)]
    unasked = measured(*labelled, *rows).agenda
    asked = measured(*labelled, *rows, plan_sources=("Z",)).agenda
    assert unasked is not None and asked is not None
    assert [i.code for i in unasked.label_only] == [] and not unasked.label_checked
    assert [i.code for i in asked.label_only] == ["B", "C"]


# -- public facts -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "then", "year", "now"),
    [
        ("Mechelen", 86304, 2024, 89313),
        ("Aalter", 20683 + 8101, 2024, 29787),  # 44001 + 44029: the name stayed, the code changed
        ("Antwerpen", 523248, 2024, 544759),  # without Borsbeek, which joined in 2025
        ("Lochristi", 22300, 2021, 22621),  # merged in 2025: no figure of its own for 2022-2024
        ("Zwijndrecht", 19002, 2021, 19263),  # changed province in 2025
        ("Borsbeek", 10685, 2021, 11077),
    ],
)
def test_population_then_and_now(name: str, then: int, year: int, now: int) -> None:
    term = Term(2024)
    figure = measure_public(place(name, term), term)[0]
    assert figure.then is not None and figure.now is not None
    assert (figure.then.value, figure.now.year, figure.now.value) == (then, year, now)


def test_antwerpen_is_never_compared_across_2025() -> None:
    term = Term(2030, until=2028)
    figure = measure_public(place("Antwerpen", term), term)[0]
    assert figure.then is None and figure.change is None  # Antwerpen with Borsbeek was not published for 2024


def test_nothing_public_ever_scores() -> None:
    for name in ("Mechelen", "Pajottegem", "Hasselt"):
        term = Term(2024)
        assert all(f.information and f.score_now is None for f in measure_public(place(name, term), term))


def test_a_minority_never_says_no_without_a_search() -> None:
    def by(member: int, status: str, *sources: str) -> Assessment:
        return Assessment(action="A", judge=f"lid {member}", status=status, sources=sources)

    item = PlanItem(code="A", title="x", solidarity="yes")
    most = by(1, "achieved", "R"), by(2, "achieved", "R")
    bare = measure_actions(dossier(item, *most, by(3, "not_started", "H")))
    asked = measure_actions(dossier(item, *most, by(3, "stopped", "Z")))
    assert (bare[0].status, bare[0].minority) == ("achieved", "unclear")
    assert (asked[0].status, asked[0].minority) == ("achieved", "stopped")


def test_a_policy_field_that_is_absent_is_not_zero() -> None:
    """Only 0160 is known in 2022: years and names with 0150 in them would say something else."""
    rows = [spent("0160", year, euro) for year, euro in ((2018, 60), (2021, 60), (2022, 70))]
    money = measured(*rows, spent("0150", 2021, 40), people(2018, 10), people(2022, 10)).money
    assert money is not None and money.now is not None and money.then is not None
    assert (money.fields, money.now.amount, money.per_year) == (("0160",), 70, {2018: 60, 2022: 70})


def test_a_survey_stands_on_the_year_nearest_to_the_baseline():
    own = OwnIndicator(id_="WO_S_12: Eens (%)", name="Eens", unit="%", direction="context")
    years = (2017, 2020, 2023)
    rows = [Figure(indicator=own.id_, year=year, value=year - 1980.0, sources=("T",)) for year in years]
    (found,) = [f for f in measured(own, *rows).figures if f.key == own.id_]
    assert (found.then.year, found.now.year) == (2017, 2023)
    scored = own.model_copy(update={"direction": "higher", "theme": "A"})
    (found,) = [f for f in measured(scored, *rows).figures if f.key == own.id_]
    assert found.then is None, "what is scored stands on the baseline year itself"
