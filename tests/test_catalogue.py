"""The catalogue is read by councils and politicians: each row is complete, fair, and in plain Dutch."""

from __future__ import annotations

import csv
import re
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
import yaml

from memokit import catalogue
from memokit.resources import checksum, data_path
from memokit.terms import Term

SHARED = Path(__file__).parents[2] / "shared"
shared = pytest.mark.skipif(not SHARED.is_dir(), reason="../shared absent")
FOLDER = data_path("catalogue")
TABLES = sorted(path.stem for path in FOLDER.glob("*.csv"))
KEYS = {
    "id", "theme", "kind", "scale", "direction", "sdg_target", "sdg_secondary", "baseline_rule", "zero",
    "target", "basis", "competence", "prompt", "default", "in_use", "key", "value", "score", "level",
    "relates", "needed_for", "track", "phase", "minutes", "order", "time", "verified", "default_on", "year",
    "goal", "decimals",
}  # fmt: skip
COLUMNS = (
    "id,theme,kind,name,question,statement_yes,statement_no,why,ask,scale,unit,decimals,direction,goal,sdg_target,"
    "sdg_secondary,baseline_rule,zero,target,target_text,basis,target_basis,competence,source,format,evidence,"
    "caveat,prompt,default,in_use"
)
ALLOWED = {
    "kind": {"quantitative", "qualitative"},
    "direction": {"higher", "lower", "context", "closer"},
    "basis": {"law", "norm", "norm_memoranda", "own_proposal", "information"},
    "competence": {"municipality", "shared", "higher"},
    "baseline_rule": {"exists", "not_yet", "ask"},
    "default": {"core", "extra", "off"},
    "in_use": {"yes", "no"},
}
PROMPTS = {"strengths", "goals", "gaps", "changed", "agenda", "relevance", "next_term", "support", "context"}
TONE = [
    "faalt", "gefaald", "mislukt", "tekort", "weigert", "weigerde", "lippendienst", "windowdressing",
    "helaas", "schandalig", "amper", "slechts", "nauwelijks", "wethouder", "begroting", "begrotingen",
    "raadsgriffier", "aanbesteding", "aanbestedingen", "ontwikkelingshulp", "coalitieakkoord", "men",
    "bevinding", "waarneming", "nulmeting", "slotbalans", "blijft in gebreke", "beloofde maar", "de politiek",
]  # fmt: skip
PHRASES = ["B&W", "SDGs", "SDG’s", "G.R.O.S.", "O.C.M.W."]
# What research/indicators.csv calls its basis → ours, and the two rows where fairness.md says otherwise.
BASIS = {
    "context only": "information",
    "information only (UN norm is for states; print the definition)": "information",
    "proposal: off until the council adopts it": "own_proposal",
    "norm from memoranda": "norm_memoranda",
    "norm from seed": "norm_memoranda",
    "norm": "norm",
    "municipality's own target": "norm",
    "legal": "law",
    "legal frame": "law",
}
CORRECTED = {"IS41": "information", "IS53": "norm_memoranda"}
# Steps of the guide (mission-rows.csv, category "step") → keys of the roadmap.
STEPS = {
    "R015": "read-guide", "R016": "find-strengths", "R056": "think-day", "R057": "open-meeting",
    "R062": "collect-support", "R073": "public-action", "R085": "talk-parties", "R087": "joint-meeting",
    "R089": "debate", "R092": "raise-awareness", "R098": "visual-action", "R104": "public-action",
    "R105": "hand-over", "R110": "negotiations", "R117": "negotiations", "R125": "early-view",
    "R130": "yearly-check",
}  # fmt: skip


def words() -> list[tuple[str, str]]:
    """Return every Dutch cell of the catalogue with its place."""
    found = []
    for table in TABLES:
        for number, row in enumerate(catalogue.rows(table), start=2):
            found += [
                (f"{table}.csv:{number} {column}", text)
                for column, text in row.items()
                if column not in KEYS and column != "kind" and text
            ]
    return found


def research() -> dict[str, dict[str, str]]:
    with (SHARED / "research" / "indicators.csv").open(encoding="utf-8", newline="") as file:
        return {row["id"]: row for row in csv.DictReader(file)}


def test_files_are_plain_text() -> None:
    for table in TABLES:
        raw = (FOLDER / f"{table}.csv").read_bytes()
        assert b"\r" not in raw and not raw.startswith(b"\xef\xbb\xbf"), table
        widths = {len(row) for row in csv.reader(raw.decode("utf-8").splitlines())}
        assert len(widths) == 1, table
        assert all(None not in row for row in catalogue.rows(table)), table


def test_indicators_have_the_agreed_columns_and_values() -> None:
    table = catalogue.rows("indicators")
    assert ",".join(table[0]) == COLUMNS
    for row in table:
        for column, allowed in ALLOWED.items():
            assert row[column] in allowed, (row["id"], column)
        assert set(row["prompt"].split(";")) <= PROMPTS, row["id"]


def test_counts() -> None:
    table = catalogue.rows("indicators")
    assert len(table) == len(catalogue.indicators()) == 59
    assert "IS34" not in catalogue.indicators()
    assert len(catalogue.criteria()) == 23
    assert len(catalogue.core()) == 12
    assert list(catalogue.indicators()) == sorted(catalogue.indicators())


def test_goals_and_targets_are_written_so_that_excel_cannot_change_them() -> None:
    for row in catalogue.indicators().values():
        assert 1 <= row.goal <= 17
        for target in (row.sdg_target, *row.sdg_secondary):
            assert re.fullmatch(r"SDG \d{1,2}\.(\d{1,2}|[a-d])", target), row.id
        assert row.sdg_target.startswith(f"SDG {row.goal}."), row.id


@shared
def test_targets_exist() -> None:
    with (SHARED / "data" / "sdg_targets.csv").open(encoding="utf-8", newline="") as file:
        known = {f"SDG {row['target']}" for row in csv.DictReader(file)}
    used = {t for row in catalogue.indicators().values() for t in (row.sdg_target, *row.sdg_secondary)}
    assert used <= known


@shared
def test_facts_agree_with_the_research() -> None:
    found = research()
    assert set(found) - set(catalogue.indicators()) == {"IS34"}
    expected = Counter(
        CORRECTED.get(key, BASIS[row["target_status"]]) for key, row in found.items() if key != "IS34"
    )
    assert Counter(row.basis for row in catalogue.indicators().values()) == expected
    competence = {"gemeente": "municipality", "gedeeld": "shared", "hogere overheid": "higher"}
    for row in catalogue.indicators().values():
        theirs = found[row.id]
        assert (row.theme, row.kind, row.default) == (theirs["theme"][0], theirs["kind"], theirs["default"])
        assert (str(row.goal), row.sdg_target) == (theirs["sdg_goal"], f"SDG {theirs['sdg_target']}")
        assert row.competence == competence[theirs["competence"]], row.id


@shared
def test_sentences_are_our_own() -> None:
    """Facts may be carried over; no text of more than eight words is."""
    theirs = {text for row in research().values() for text in row.values() if len(text.split()) > 8}
    ours = {text for row in catalogue.rows("indicators") for text in row.values()}
    assert not theirs & ours


@shared
def test_every_step_of_the_guide_is_on_the_roadmap() -> None:
    with (SHARED / "research" / "mission-rows.csv").open(encoding="utf-8", newline="") as file:
        steps = {row["row"] for row in csv.DictReader(file) if row["category"] == "step"}
    assert steps == set(STEPS)
    assert set(STEPS.values()) <= {row["key"] for row in catalogue.roadmap()}


def test_only_what_somebody_promised_or_asked_is_in_use() -> None:
    in_use = {row.id for row in catalogue.indicators().values() if row.in_use}
    for row in catalogue.indicators().values():
        if row.basis in {"own_proposal", "information"} or row.competence == "higher":
            assert not row.in_use and not row.can_be_gap, row.id
    assert not in_use & {"IS04", "IS10", "IS14", "IS36", "IS39", "IS40", "IS41", "IS52", "IS54", "IS59"}
    assert {"IS01", "IS13", "IS27", "IS29"} <= in_use


def test_what_another_government_decides_has_no_arrow() -> None:
    for row in catalogue.indicators().values():
        if row.competence == "higher" or row.id in {"IS04", "IS54"}:
            assert (row.basis, row.direction, row.target) == ("information", "context", None), row.id


def test_an_advisory_council_is_not_a_legal_duty() -> None:
    assert [row.id for row in catalogue.indicators().values() if row.basis == "law"] == ["IS57"]


def test_what_did_not_exist_in_2018_is_not_zero() -> None:
    later = {row.id for row in catalogue.indicators().values() if row.baseline_rule == "not_yet"}
    assert {"IS07", "IS08", "IS10", "IS40"} <= later


def test_information_has_no_target() -> None:
    for row in catalogue.indicators().values():
        if row.basis == "information":
            assert row.target is None and row.target_text.startswith("geen streefwaarde"), row.id
            assert catalogue.score_of(row.id, "yes" if row.scale == "yes_partly_no" else 1.0) is None


def test_every_question_has_its_words() -> None:
    for row in catalogue.criteria():
        for text in (row.question, row.statement_yes, row.statement_no, row.why, row.ask, row.evidence):
            assert text, row.id
        assert not row.unit, row.id
    for row in catalogue.indicators().values():
        assert all((row.name, row.target_text, row.target_basis, row.source, row.format, row.caveat)), row.id
        if row.kind == "quantitative":
            assert not row.question and row.unit and row.scale == "number", row.id
        if row.can_be_gap or row.basis == "own_proposal":
            assert row.statement_no and row.why and row.ask, row.id


def test_words_are_cut_to_fit_a_sentence() -> None:
    for row in catalogue.indicators().values():
        assert row.name[0].islower() or row.name[:2].isupper() or row.name.startswith("SDG"), row.id
        assert not row.why or (row.why.startswith("omdat ") and row.why[-1] not in ".!?"), row.id
        assert not row.statement_yes or row.statement_yes.endswith("."), row.id
        wish = row.statement_no
        assert not wish or (wish[0].isupper() and wish[-1] not in ".?"), row.id
        assert row.caveat.endswith("."), row.id
        for text in (row.name, row.statement_yes, row.statement_no):
            assert not re.search(r"\b(de|deze) gemeente\b", text), f"{row.id}: does not fit a city"
            assert " niet " not in text, f"{row.id}: a wish is not a verdict"


def test_questions_end_with_a_question_mark() -> None:
    for table in TABLES:
        for row in catalogue.rows(table):
            for column in ("question", "question_if_off", "ask"):
                assert not row.get(column) or row[column].endswith("?"), (table, row)


def test_scales() -> None:
    names = {row["scale"] for row in catalogue.rows("scales")}
    assert names == {row.scale for row in catalogue.indicators().values()}
    for name in names:
        answers = catalogue.scale(name)
        assert {"unknown", "not_yet"} <= set(answers)
        assert answers["unknown"].score is answers["not_yet"].score is None
        assert len({answer.label for answer in answers.values()}) == len(answers)
        assert all(a.score is None or 0 <= a.score <= 100 for a in answers.values())
    with pytest.raises(KeyError):
        catalogue.scale("no_such_scale")


@pytest.mark.parametrize(
    ("indicator", "value", "score"),
    [
        ("IS01", "yes", 100), ("IS01", "no", 0), ("IS01", "not_yet", None), ("IS01", None, None),
        ("IS07", "5", 100), ("IS07", 2.0, 40), ("IS09", "once", 50), ("IS60", 3, 100),
        ("IS27", "returned", 0),
        ("IS13", 0.64, 64), ("IS13", 1.05, 100), ("IS13", 0, 0), ("IS13", float("nan"), None),
        ("IS13", "unknown", None), ("IS16", 100, 100), ("IS16", 120, 80), ("IS16", 75, 75), ("IS29", 2, 100),
        ("IS29", 6, 100), ("IS14", 0.7, None), ("IS30", 12.0, None), ("IS36", 5.0, None),
        ("IS40", "yes", None), ("IS56", 48, None),
    ],
)  # fmt: skip
def test_score(indicator: str, value: str | float | None, score: float | None) -> None:
    assert catalogue.score_of(indicator, value) == score


def test_a_statement_is_only_printed_when_all_of_it_holds() -> None:
    enough = {
        "yes_partly_no": {"yes"}, "level_0_5": {"4", "5"}, "never_once_yearly": {"yearly"},
        "title": {"title"}, "openness_0_4": {"3", "4"},
    }  # fmt: skip
    for row in catalogue.criteria():
        said = {value for value in catalogue.scale(row.scale) if catalogue.holds(row.id, value)}
        assert said == enough[row.scale], row.id
    assert not catalogue.holds("IS01", None) and not catalogue.holds("IS13", "unknown")


def test_an_unknown_answer_or_indicator_is_refused() -> None:
    for indicator, value in (("IS34", "yes"), ("IS01", "maybe"), ("IS13", "many"), ("IS07", 7)):
        with pytest.raises(KeyError):
            catalogue.score_of(indicator, value)


def test_themes() -> None:
    themes = catalogue.themes()
    assert "".join(themes) == "ABCDEFGH"
    assert "".join(letter for letter, theme in themes.items() if theme.default_on) == "ABCDH"
    assert {row.theme for row in catalogue.indicators().values()} == set(themes)


def test_word_lists_are_complete() -> None:
    assert len(catalogue.plan_check()) == len(catalogue.fair_trade()) == 6
    assert [row["level"] for row in catalogue.ladder()] == ["0", "1", "2", "3", "4", "5"]
    assert [row["level"] for row in catalogue.ladder() if row["statement_dated"]] == ["2"]
    for table in ("plan_check", "ladder", "fair_trade", "context_notes", "documents", "roadmap"):
        keys = [row["key"] for row in catalogue.rows(table)]
        assert len(set(keys)) == len(keys), table


def test_context_notes() -> None:
    for row in catalogue.context_notes():
        assert row["kind"] in {"law", "money", "crisis", "people"} and row["source"]
        assert set(row["relates"].split(";")) <= set(catalogue.themes())
        assert row["text"].endswith("." if row["year"] else "?"), row["key"]
        assert row["year"] or row["default"] == "no", row["key"]


def test_documents_follow_the_letter() -> None:
    order = "actions grants accounts follow_up staff"
    assert " ".join(row["key"] for row in catalogue.documents()) == order
    for row in catalogue.documents():
        assert "{" not in row["name"].format(baseline=2018, plan="2020–2025", account=2022)
        assert set(row["needed_for"].split(";")) - {"actions"} <= set(catalogue.indicators())


def test_roadmap_uses_the_phases_of_a_term() -> None:
    phases = [name for name, _, _ in Term(2024).phases()]
    rows = catalogue.roadmap()
    assert {row["phase"] for row in rows} == set(phases)
    assert {row["track"] for row in rows} == {"evaluate", "formulate", "together", "deliver", "follow"}
    order = [phases.index(row["phase"]) for row in rows]
    assert order == sorted(order)


def test_first_evening_takes_two_hours_and_twenty_minutes() -> None:
    steps = catalogue.first_evening()[1:]
    assert sum(int(row["minutes"]) for row in steps) == 140
    for before, after in pairwise(steps):
        (h1, m1), (h2, m2) = (map(int, row["time"].split(".")) for row in (before, after))
        assert 60 * (h2 - h1) + m2 - m1 == int(before["minutes"]), after


@pytest.mark.parametrize("word", TONE)
def test_no_word_that_accuses_or_comes_from_elsewhere(word: str) -> None:
    pattern = re.compile(rf"\b{re.escape(word)}\b", re.IGNORECASE)
    assert [place for place, text in words() if pattern.search(text)] == []


def test_no_other_spelling_of_short_names() -> None:
    assert [(p, place) for p in PHRASES for place, text in words() if p.lower() in text.lower()] == []


def test_spelling_rules() -> None:
    wrong = {
        "a no-break space before %": r"\d ?%",
        "an en dash between years": r"\b\d{4}-\d{4}\b",
        "curly quotation marks": r"[\"„«»]|(?<!\w)'\w",
        "4de Pijler with a capital": r"4de pijler|vierde pijler",
        "Faire Gemeente with capitals": r"faire gemeente\b|Faire gemeente\b",
        "one word": r"fair trade ?product|fair-trade",
        "source codes are not words": r"\bS\d\d\b|\bR\d{3}\b",
        "two spaces": r"  ",
        "euro in words": r"€|EUR\b",
    }
    for rule, pattern in wrong.items():
        assert [(rule, place, text) for place, text in words() if re.search(pattern, text)] == []


def test_reception_initiative_is_explained_where_it_first_stands() -> None:
    assert "lokaal opvanginitiatief (LOI)" in catalogue.indicators()["IS41"].name


def test_sentences_are_short() -> None:
    lengths = [
        (len(sentence.split()), place)
        for place, text in words()
        for sentence in re.split(r"(?<=[.!?:;]) ", text)
    ]
    long = [item for item in lengths if item[0] > 20]
    assert len(long) <= len(lengths) // 50, long
    assert max(lengths)[0] <= 25, max(lengths)


def test_record_of_the_source_is_up_to_date() -> None:
    record = yaml.safe_load((FOLDER / "indicators.yml").read_text("utf-8"))
    assert record["sha256"] == checksum(FOLDER / "indicators.csv")
    assert {"title", "publisher", "licence", "derived", "compiled_on"} <= set(record)
