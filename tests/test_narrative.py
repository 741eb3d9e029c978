"""The section: order, counts that add up, fair words, and a source behind every number."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memokit.document import Bullets, Document, Paragraph, Section, Table, Text, plain
from memokit.evaluation import evaluate
from memokit.folder import Dossier
from memokit.measures.actions import COUNTED
from memokit.records import Amount, Answer, Figure, PlanItem, Point, Source, Wording
from memokit.texts import NBSP, NOTE_CLOSE, NOTE_OPEN, STRONG, lookup

from .tiny import action, dossier, people, spent

WORDS = {word: i for i, word in enumerate(lookup("common.count_words"))} | {"eén": 1}
ORDER = [
    "short",
    "how",
    "thanks",
    "achieved",
    "changed",
    "agenda",
    "gaps",
    "relevant",
    "reply",
    "own",
]
HARSH = [
    "faalt",
    "gefaald",
    "faalde",
    "schiet tekort",
    "weigert",
    "weigerde",
    "in gebreke",
    "lippendienst",
    "windowdressing",
    "helaas",
    "\nschandalig",
    "amper",
    "slechts",
    "nauwelijks",
    "wethouder",
    "raadsgriffier",
    "ontwikkelingshulp",
    "aanbesteding",
    "begroting",
]


def text_of(document: Document) -> str:
    return "\n".join(plain(text) for text in document.texts()).replace(NBSP, " ")


def section(made: Dossier, length: str = "normal") -> Document:
    return evaluate(made).document.select(length)  # type: ignore[arg-type]


def block(document: Document, name: str) -> str:
    return next((plain(b.text) for b in document.blocks if isinstance(b, Paragraph) and b.id == name), "")


def rows_of(document: Document, name: str) -> tuple[tuple[Text, ...], ...]:
    return next(b.rows for b in document.blocks if isinstance(b, Table) and b.id == name)


def by_status(document: Document) -> dict[str, str]:
    found = next(b for b in document.blocks if isinstance(b, Bullets) and b.id == "actions")
    said = (plain(text).replace(NBSP, " ") for text in found.items)
    return dict(zip(found.ids, said, strict=True))


def test_every_action_stands_by_its_status_with_its_source(voorbeeldstad: object) -> None:
    document = evaluate(voorbeeldstad).document.select("normal")  # type: ignore[arg-type]
    said, judged = by_status(document), dict(document.judged)
    assert said["status-mostly"] == (
        "Twee grotendeels gerealiseerd. Fairtrade in alle stadsdiensten (de sporthal volgt nog); "
        "Gemotiveerd antwoord op adviezen (twee adviezen wachten nog op antwoord)."
    )
    assert "we vonden geen verslag" in said["status-unclear"]
    assert {name: judged[name] for name in said} == {name: name.removeprefix("status-") for name in said}
    found = next(b for b in document.blocks if isinstance(b, Bullets) and b.id == "actions")
    assert sum(run.style == "note" for text in found.items for run in text) == 10
    assert found.hold == "stays" and not any(b.kind == "table" for b in document.blocks)


def test_labels_without_result_never_stand_without_the_word_about_staff(voorbeeldstad: object) -> None:
    """fairness.md 4: no estimate is not no effort; it is said in the same breath, in every length."""
    document = evaluate(voorbeeldstad).document  # type: ignore[arg-type]
    for length in ("normal", "full"):
        told = block(document.select(length), "short-labels")  # type: ignore[arg-type]
        assert "geen raming en geen resultaat" in told and "niet ‘geen inzet’" in told


def test_the_order_is_thanks_before_gaps(voorbeeldstad: object) -> None:
    document = evaluate(voorbeeldstad).document  # type: ignore[arg-type]
    heads = [b.id for b in document.blocks if isinstance(b, Section) and b.level == 1 and not b.annex]
    assert heads == ORDER


def test_the_annexes_follow_in_their_order(voorbeeldstad: object) -> None:
    document = evaluate(voorbeeldstad).document  # type: ignore[arg-type]
    annexes = [b.title for b in document.blocks if isinstance(b, Section) and b.annex]
    assert [title.split(".")[0] for title in annexes] == [f"Bijlage {n}" for n in range(1, len(annexes) + 1)]
    assert len(annexes) == 11
    assert not any(isinstance(b, Section) and b.annex for b in document.select("normal").blocks)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from((*COUNTED, "later", "pending")), min_size=1, max_size=12))
def test_counts_in_the_text_add_up(statuses: list[str]) -> None:
    """Every number of actions that the sentences tell, added, is the number of actions."""
    records = [r for i, s in enumerate(statuses) for r in action(f"A{i}", s, ("R", "Z"), first_year=2025)]
    made = dossier(*records)
    document = section(made)
    if not set(statuses) & set(COUNTED):
        return
    told = block(document, "short-actions").split("2025.", 1)[1]
    numbers = [WORDS[w.lower()] for w in re.findall(r"\w+", told) if w.lower() in WORDS]
    assert sum(numbers) == len(statuses)
    full = block(evaluate(made).document, "achieved-counts")
    numbers = [
        WORDS[w.lower()] for w in re.findall(r"\w+", full) if w.lower() in WORDS and w.lower() != "een"
    ]
    n = sum(s in COUNTED for s in statuses)
    if len(set(statuses) & set(COUNTED)) > 1:
        assert numbers[0] == n and sum(numbers[1:]) == len(statuses)
    listed = by_status(document)
    numbers = [WORDS[text.split()[0].lower()] for text in listed.values()]
    assert sum(numbers) == len(statuses), "the list says how many"
    assert numbers == [text.count(" Actie ") for text in listed.values()], "and names that many"


def test_no_percentage_under_twenty(voorbeeldstad: object) -> None:
    document = evaluate(voorbeeldstad).document  # type: ignore[arg-type]
    tables = {b.id: b for b in document.blocks if b.kind == "table"}
    row = next(r for r in tables["annex-figures"].rows if "Adviezen met" in plain(r[0]))
    assert [plain(cell) for cell in row[1:4]] == ["3 van 8", "9 van 11 (2024)", "–"]


def test_words_are_fair(voorbeeldstad: object) -> None:
    for subject in (voorbeeldstad, "Mechelen", "Borsbeek", "Pajottegem"):
        text = text_of(evaluate(subject).document).lower()  # type: ignore[arg-type]
        assert [word for word in HARSH if re.search(rf"\b{word.strip()}\b", text)] == []
        assert "0,7%" not in text and " sdgs" not in text


def test_sentences_are_short(voorbeeldstad: object) -> None:
    document = evaluate(voorbeeldstad).document.select("normal")  # type: ignore[arg-type]
    sentences = [
        s
        for b in document.blocks
        if isinstance(b, Paragraph)
        for s in re.split(r"(?<=[.?])\s+", plain(b.text))
        if s
    ]
    long = [s for s in sentences if len(s.split()) > 30]
    assert long == []
    assert sum(len(s.split()) for s in sentences) / len(sentences) < 16


def test_every_paragraph_with_a_figure_has_a_source(voorbeeldstad: object) -> None:
    """A fact with a number other than a year bears a footnote, or repeats a count that has one above."""
    document = evaluate(voorbeeldstad).document.select("normal")  # type: ignore[arg-type]
    bare = [
        b.id
        for b in document.blocks
        if isinstance(b, Paragraph)
        and b.voice == "fact"
        and not any(run.style == "note" for run in b.text)
        and re.search(r"\d", re.sub(r"\b(19|20)\d\d\b|SDG \d+|bijlage \d+|4de Pijler", "", plain(b.text)))
    ]
    # the dates of the fact check; the year of Agenda 2030
    assert set(bare) <= {"reply-dates", "agenda-single"}


def test_an_unsourced_amount_is_not_printed() -> None:
    with_source = section(dossier(*action("A", "achieved"), spent("0160", 2022, 5000), people(2022, 1000)))
    without = section(
        dossier(*action("A", "achieved"), Amount(item="0160", year=2022, spent=5000), people(2022, 1000))
    )
    assert "5,00 euro per inwoner" in text_of(with_source)
    assert "5,00 euro" not in text_of(without)
    full = evaluate(dossier(Amount(item="0160", year=2022, spent=5000))).document
    assert "Niet afgedrukt, omdat er geen bron bij staat: 0160 2022." in text_of(full)


def test_missing_is_said_and_never_zero() -> None:
    document = evaluate(dossier(*action("A", "achieved"), spent("A", 2021, None, 800))).document
    row = rows_of(document, "annex-money")[0]
    assert [plain(cell) for cell in row[2:]] == ["800", "n.b."]


def test_whose_word_it_is() -> None:
    document = evaluate(dossier(*action("A", "achieved", ("W",)), *action("B", "achieved", ()))).document
    assert by_status(document)["status-achieved"] == (
        "Twee gerealiseerd. Actie A, volgens de website (geraadpleegd op 12 februari 2024); "
        "Actie B, volgens de Mondiale Raad."
    )
    first, second = (plain(row[2]).replace(NBSP, " ") for row in rows_of(document, "annex-actions"))
    assert first == "Gerealiseerd, volgens de website (geraadpleegd op 12 februari 2024)."
    assert second == "Gerealiseerd, volgens de Mondiale Raad."


def test_a_negative_word_without_question_is_not_printed() -> None:
    text = text_of(evaluate(dossier(*action("A", "not_started", ("H",)))).document)
    assert "Eén konden we niet beoordelen." in text
    assert "nog niet gestart." not in text.replace("‘nog niet gestart’", "")


def test_promises_and_wishes_never_share_a_list() -> None:
    made = dossier(
        *action("A", "not_started", ("Z",)),
        *action("B", "underway", ("R",), promise_from="none"),
        Answer(criterion="IS01", then="no", now="no", sources_now=("Z",)),
        Point(kind="wish", title="Een verslag", question="Kan dat?"),
    )
    document = section(made)
    heads, kinds = "", {}
    for b in document.blocks:
        if isinstance(b, Section):
            heads = b.id
        elif isinstance(b, Paragraph) and b.finding:
            kinds.setdefault(heads, set()).add(b.finding.split(".")[0])
    assert kinds == {"promises": {"promise_open"}, "wishes": {"wish"}}
    assert "Actie B" not in [b.title for b in document.blocks if isinstance(b, Section)]
    promised = [
        b.finding for b in document.blocks if isinstance(b, Paragraph) and b.finding.startswith("promise")
    ]
    assert {name.split(".")[1] for name in promised} == {"A"}  # B was never promised


def test_each_gap_ends_in_one_question(voorbeeldstad: object) -> None:
    document = evaluate(voorbeeldstad).document.select("normal")  # type: ignore[arg-type]
    gaps = [b for b in document.blocks if isinstance(b, Paragraph) and b.finding and b.voice == "fact"]
    questions = [b for b in document.blocks if isinstance(b, Paragraph) and b.voice == "question"]
    assert len(gaps) == len(questions) == 3
    assert all(plain(q.text).endswith("?") for q in questions)


def test_opinions_begin_with_wij(voorbeeldstad: object) -> None:
    document = evaluate(voorbeeldstad).document.select("normal")  # type: ignore[arg-type]
    opinions = [plain(b.text) for b in document.blocks if isinstance(b, Paragraph) and b.voice == "opinion"]
    facts = [plain(b.text) for b in document.blocks if isinstance(b, Paragraph) and b.voice == "fact"]
    assert all("ij vinden" in text or "ij schatten" in text or "de context" in text for text in opinions)
    assert not any("ij vinden" in text for text in facts)


def test_findings_keep_their_ids_when_numbers_and_order_change(voorbeeldstad: object) -> None:
    before = {f.id for f in evaluate(voorbeeldstad).findings}  # type: ignore[arg-type]
    plan = voorbeeldstad / "bedragen.csv"  # type: ignore[operator]
    plan.write_text(plan.read_text("utf-8-sig").replace("5000", "4000"), "utf-8-sig")
    assert {f.id for f in evaluate(voorbeeldstad).findings} == before  # type: ignore[arg-type]
    assert all(re.fullmatch(r"[a-z_]+\..+\.2024", name) for name in before)


def test_lengths_are_selections_of_the_same_blocks(voorbeeldstad: object) -> None:
    document = evaluate(voorbeeldstad).document  # type: ignore[arg-type]
    full = document.select("full")
    for length in ("page", "normal"):
        blocks = [
            b for b in document.select(length).blocks if not isinstance(b, Section) and b.id != "short-where"
        ]
        assert all(b in document.blocks for b in blocks)
    assert len(document.select("page").blocks) < len(document.select("normal").blocks) < len(full.blocks)


def test_the_smallest_dossier_speaks_and_is_silent_where_nothing_was_filled_in() -> None:
    """Two hours (fairness.md 19): a few actions, amounts and points; nothing empty is printed."""
    records = [r for i, s in enumerate(["achieved", "mostly", "underway"]) for r in action(f"A{i}", s)]
    made = dossier(
        *records,
        Point(kind="thanks", title="Dank", text="De steun bleef."),
        Point(kind="wish", title="Een verslag", question="Kan dat?"),
        advices_given=3,
        advices_answered=2,
        advices_sources=("R",),
    )
    text = text_of(section(made))
    assert "Twee daarvan zijn gerealiseerd of grotendeels gerealiseerd. Eén is in uitvoering." in text
    assert "Twee van de drie adviezen kregen een gemotiveerd antwoord." in text
    assert "None" not in text and "  " not in text
    assert "euro per inwoner" not in text


def test_a_group_of_citizens_is_served_too() -> None:
    made = dossier(*action("A", "achieved"), sender="citizens", council="Wereldgroep", article="de")
    text = text_of(evaluate(made).document)
    assert "De Wereldgroep is een groep van inwoners, geen officieel adviesorgaan." in text
    assert "artikel 304" not in text


def test_the_draft_mark_stays_until_both_replies_are_dated() -> None:
    undated = dossier(*action("A", "achieved"))
    dated = dossier(
        *action("A", "achieved"),
        fact_check_from="2024-02-16",
        fact_check_until="2024-03-01",
        reply_asked_on="2024-03-04",
        reply_due="2024-04-04",
    )
    assert evaluate(undated).document.meta.draft and not evaluate(dated).document.meta.draft
    assert "We kregen er nog geen." in text_of(evaluate(dated).document)


def test_merger_of_2018_is_told_for_a_real_municipality() -> None:
    text = text_of(evaluate("Aalter").document)
    assert "De cijfers van 2018 tellen Aalter en Knesselare samen" in text


def test_public_facts_claim_nothing_about_policy() -> None:
    document = evaluate("Mechelen").document
    text = text_of(document)
    assert "Geld: nog op te vragen." in text and "0150 en 0160" in text
    assert "0,7 %" not in text and "900.000" not in text and "LOI" not in text
    assert "Voor drie van de 17 doelstellingen vonden we een cijfer van 2018 en van later" in text
    assert not any(b.kind == "table" and b.id.startswith("scores") for b in document.blocks)


@pytest.mark.parametrize(
    "hostile", ["<script>alert(1)</script>", '#import "x"', "{{ 7*7 }}", "=cmd()", "**x**"]
)
def test_hostile_text_stays_text(hostile: str) -> None:
    item, judged = action("A", "achieved", line=hostile)
    item = PlanItem(code="A", title=hostile, solidarity="yes")
    text = text_of(evaluate(dossier(item, judged, Source(id_="X", kind="report", title=hostile))).document)
    assert hostile in text


def test_the_date_is_never_the_clock() -> None:
    made = dossier(*action("A", "achieved"), date="")
    assert evaluate(made).measures.date == date(2024, 2, 12)  # the newest date among the inputs
    assert evaluate(made, on=date(2024, 5, 1)).document.meta.date == "2024-05-01"
    figure = Figure(indicator="bevolking", year=2022, value=5, sources=("R",))
    assert evaluate(dossier(figure)).measures.date == date(2024, 4, 15)


def test_a_promise_that_was_kept_is_never_called_open() -> None:
    """A council that still lists it as a point does not make it a gap; nor does a point without a search."""
    kept = dossier(
        *action("A", "achieved"), Point(kind="promise", title="Noodhulp", subject="A", promise_from="plan")
    )
    bare = dossier(Point(kind="promise", title="Bank", promise_from="agreement", sources=("H",)))
    asked = dossier(Point(kind="promise", title="Bank", promise_from="agreement", sources=("Z",)))
    assert not [f for f in evaluate(kept).findings if f.kind == "promise_open"]
    assert not [f for f in evaluate(bare).findings if f.kind == "promise_open"]
    assert [f.subject for f in evaluate(asked).findings if f.kind == "promise_open"] == ["Bank"]


def test_marks_of_memokit_in_a_councils_words_fall_away() -> None:
    """Characters from the private use area, pasted in a title, are neither a style nor a footnote."""
    item, judged = action("A", "achieved", line=f"{NOTE_OPEN}weg{NOTE_CLOSE}gedaan")
    item = PlanItem(code="A", title=f"Titel{NOTE_OPEN}{NOTE_CLOSE}{STRONG}", solidarity="yes")
    document = evaluate(dossier(item, judged)).document
    row = rows_of(document, "annex-actions")[0]
    assert [run.text for run in row[1]] == ["Titel"]
    assert plain(row[2]) == "Gerealiseerd. Weggedaan."


def test_one_is_singular() -> None:
    one = {"advices_given": 3, "advices_answered": 1, "advices_sources": ("R",), "beneficiaries": 1}
    text = text_of(evaluate(dossier(*action("A", "achieved"), **one)).document)
    assert "Eén van de drie adviezen kreeg een gemotiveerd antwoord." in text
    assert "Eén van hun organisaties kreeg een subsidie" in text
    assert "De ene actie is gerealiseerd." in text


def test_only_the_policy_fields_that_are_known_are_named() -> None:
    made = dossier(*action("A", "achieved"), spent("0160", 2022, 5000), people(2022, 1000))
    document = evaluate(made).document
    assert "5,00 euro per inwoner aan hulp aan het buitenland." in text_of(document)
    note = next(plain(note.text) for note in document.notes if note.id == "money")
    assert "beleidsveld 0160, uitgaven" in note and "0150" not in note


def test_two_actions_with_one_title_keep_their_own_amounts() -> None:
    twins = [record for code in ("A", "B") for record in action(code, "achieved", title="Subsidies")]
    document = evaluate(dossier(*twins, spent("A", 2021, 10, 20), spent("B", 2021, 30, 40))).document
    table = next(block for block in document.blocks if block.id == "annex-money" and block.kind == "table")
    assert [plain(row[3]) for row in table.rows] == ["10", "30"]


def test_wishes_that_do_not_fit_are_counted_and_never_sent_to_an_annex_that_is_not_there() -> None:
    wishes = [Point(kind="wish", title=f"Vraag {n}", promise_from="none") for n in range(5)]
    text = text_of(section(dossier(*wishes), "full"))
    assert "Twee andere vragen noemen we hier niet apart." in text and "None" not in text
    answer = Answer(criterion="IS01", now="yes", sources_now=("R",))
    asked = text_of(section(dossier(*wishes, answer), "full"))
    annex = re.search(r"Twee andere vragen staan in bijlage (\d)\.", asked)
    assert annex and all(f"Vraag {n}." in asked for n in (3, 4))


# -- passages -----------------------------------------------------------------------------------------------


def test_two_points_on_one_subject_are_two_passages() -> None:
    one = Point(kind="thanks", title="Een", text="Goed.", subject="A1", sources=("R",))
    points = (one, one.model_copy(update={"title": "Twee"}))
    made = evaluate(dossier(*action("A1", "achieved"), *points))
    listed = next(b for b in made.document.blocks if isinstance(b, Bullets) and b.id == "thanks-first")
    assert len(set(listed.ids)) == 2 and len({finding.id for finding in made.findings}) == len(made.findings)
    assert dict(made.document.judged)[listed.ids[0]] == "achieved"


def test_thanks_that_are_left_out_make_room_for_the_next() -> None:
    points = [Point(kind="thanks", title=f"Dank {n}", text="Goed.", sources=("R",)) for n in range(7)]
    first = [f for f in evaluate(dossier(*points)).findings if f.kind == "strength" and f.chosen]
    assert [f.subject for f in first] == [f"Dank {n}" for n in range(5)]
    out = Wording(passage=first[0].passage, dropped="yes")
    found = [f for f in evaluate(dossier(*points, out)).findings if f.kind == "strength" and f.chosen]
    assert [f.subject for f in found] == [f"Dank {n}" for n in range(1, 6)]
