"""The council's own words: figures and footnotes kept, nothing claimed above the judgement, ids that stay."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memokit.document import LENGTHS, Bullets, Document, Meta, Paragraph, Run, Section, Text, plain, runs
from memokit.dossier import new, open_dossier, put
from memokit.evaluation import Evaluation, evaluate, render
from memokit.folder import Dossier
from memokit.narrative.draft import value_label
from memokit.records import Wording
from memokit.territory import Term, place
from memokit.texts import note_mark
from memokit.wording import RANK, Passage, apply, claimed, figures, judge, passages, reworded, words_of

BY = "door de raad geformuleerd"
MONEY = "In 2022 besteedde de stad 1,05 euro per inwoner. In 2018 was dat 0,64 euro.[1]"


def about(original: str, status: str = "", voice: str = "fact") -> Passage:
    return Passage("p", "s", "S", original, voice, "", original, status)  # type: ignore[arg-type]


def document(*blocks: object, judged: tuple[tuple[str, str], ...] = ()) -> Document:
    return Document(Meta("T", "", "M", "S", "2024-04-15", ""), blocks, judged=judged)  # type: ignore[arg-type]


def texts_of(made: Document) -> dict[str, str]:
    return {passage.id: passage.words for passage in passages(made)}


def shown(made: Document) -> str:
    return " ".join(plain(text) for text in made.texts())


def codes(problems: object) -> list[str]:
    return [problem.code for problem in problems]  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def example() -> Dossier:
    return open_dossier(Path(__file__).parents[1] / "data" / "examples" / "voorbeeldstad")


def with_words(made: Dossier, *wordings: Wording) -> Dossier:
    return replace(made, records={**made.records, "wordings": wordings})


# -- passages and their ids ---------------------------------------------------------------------------------


def every_id(made: Document) -> list[str]:
    return [
        id_
        for block in made.blocks
        if not isinstance(block, Section)
        for id_ in (getattr(block, "ids", ()) or (block.id,))
    ]


def test_ids_are_unique_in_every_document(example: Dossier, tmp_path: Path) -> None:
    for what in (example, place("Mechelen", Term(2024)), new("Mechelen", tmp_path)):
        made = evaluate(what).document
        ids = [*every_id(made), *(block.id for block in made.blocks if isinstance(block, Bullets))]
        assert len(ids) == len({id_.lower() for id_ in ids}), "Word knows no difference of case"
        assert all(len(b.ids) == len(b.items) for b in made.blocks if isinstance(b, Bullets))
        assert all(re.fullmatch(r"[A-Za-z0-9._-]+", id_) for id_ in ids)


@settings(max_examples=25, deadline=None)
@given(st.integers(), st.sampled_from(["points", "context", "assessments", "replies", "plan", "sources"]))
def test_ids_stay_when_rows_are_shuffled_or_one_goes(example: Dossier, seed: int, table: str) -> None:
    before = texts_of(evaluate(example).document)
    rows = list(example.records[table])
    random.Random(seed).shuffle(rows)
    mixed = replace(example, records={**example.records, table: tuple(rows)})
    assert set(texts_of(evaluate(mixed).document)) >= {id_ for id_ in before if "event" not in id_}
    fewer = replace(example, records={**example.records, table: tuple(rows[1:])})
    after = texts_of(evaluate(fewer).document)
    same = [id_ for id_ in before if id_ in after]
    assert len(same) >= len(before) - 4  # of one point at most three passages go
    for id_ in (id_ for id_ in same if id_.startswith(("event", "own-"))):
        assert plain(runs(before[id_]))[:20] == plain(runs(after[id_]))[:20], (
            "the same thing under the same id"
        )


def test_what_must_be_printed_is_no_passage(example: Dossier) -> None:
    made = evaluate(example).document
    known = set(texts_of(made))
    fixed = set(every_id(made)) - known
    assert {"how-scope", "how-plan", "how-who", "how-words", "reply-dates", "promises-more"} <= fixed
    assert any(id_.startswith("reply-noodhulp") for id_ in fixed), "the words of the bestuur"
    assert {"annex-who", "method-score", "annex-action-AC-4.2.3", "open-IS26"} & fixed >= {"annex-who"}
    assert not any(id_.startswith(("annex", "method", "source", "term", "open")) for id_ in known)
    kept = {p.id for p in passages(made) if p.stays}
    assert {"short-actions", "achieved-counts", "promise-BA_31-question"} <= kept


# -- words and footnotes ------------------------------------------------------------------------------------


def test_words_there_and_back() -> None:
    text = runs(f"{note_mark('a')}Geld{note_mark('b')} en tijd.{note_mark('a')}")
    assert words_of(text) == "[1]Geld[2] en tijd.[1]"
    assert reworded(text, words_of(text)) == text
    assert words_of(reworded(text, "Tijd [2] en geld [7]."), text) == "Tijd[2] en geld [7].[1]"


def test_a_footnote_keeps_its_number_when_words_are_rewritten_twice() -> None:
    text = (Run("Geld"), Run("a", "note"), Run(" en tijd."), Run("b", "note"))
    made, _ = apply(document(Paragraph("p", text)), [Wording(passage="p", text="Tijd[2] en geld.")])
    (passage,) = passages(made)
    assert (passage.words, passage.original) == ("Tijd[2] en geld.[1]", "Geld[1] en tijd.[2]")
    again, _ = apply(document(Paragraph("p", text)), [Wording(passage="p", text=passage.words)])
    assert again.blocks == made.blocks


def test_a_bold_beginning_stays_bold_while_its_words_stay() -> None:
    text = (Run("Noodhulp.", "strong"), Run(" Er was geld."), Run("b", "note"))
    assert reworded(text, "Noodhulp. Er was te weinig.")[0] == Run("Noodhulp.", "strong")
    assert reworded(text, "Hulp. Er was te weinig.")[0] == Run("Hulp. Er was te weinig.")


words = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from(list("[]{}<>#$*_\\`@[1]\n\r\t\u202e\u2066\u05d0🙂0123456789.,")),
    ),
    max_size=60,
)
tricks = st.sampled_from(
    [
        "[1]",
        "{{ m }}",
        "{% raw %}",
        "<script>x</script>",
        "#import",
        "**x**",
        "\u202e123",
        "@ref",
        "[1][1][9]",
        "1,05",
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(words, tricks), max_size=5).map(" ".join))
def test_any_words_keep_the_footnotes_and_flag_what_is_lost(typed: str) -> None:
    text: Text = (
        Run("Geld.", "strong"),
        Run(" In 2022 was dat 1,05 euro."),
        Run("a", "note"),
        Run("b", "note"),
    )
    made, problems = apply(
        document(Section("s", "S"), Paragraph("p", text)), [Wording(passage="p", text=typed)]
    )
    after = next(block.text for block in made.blocks if isinstance(block, Paragraph))
    assert {run.text for run in after if run.style == "note"} == {"a", "b"}
    values = {figure.value for figure in figures(plain(after))}
    assert ("wording-figure-lost" in codes(problems)) == bool({"2022", "1.05"} - values)
    flagged = any(code.startswith("wording-figure") for code in codes(problems))
    assert (BY in plain(after)) == flagged
    assert not re.search(
        "[\u202a-\u202e\u2066-\u2069\ue000-\ue00f\n\r\x00]", "".join(run.text for run in after)
    )


@settings(max_examples=12, deadline=None)
@given(st.lists(st.one_of(words, tricks), max_size=5).map(" ".join))
def test_any_words_render_in_every_form(example: Dossier, typed: str) -> None:
    ev = evaluate(
        with_words(
            example, Wording(passage="short-money", text=typed), Wording(passage="own-advice", text=typed)
        )
    )
    for suffix in (".html", ".md", ".json", ".docx"):
        assert render(ev, suffix, "full")
    assert render(ev, ".pdf", "page")[:4] == b"%PDF"


# -- figures ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "values"),
    [
        ("1.234,50 en 12 % en twaalf", ["1234.5", "12", "12"]),
        ("2020–2025", ["2020", "2025"]),
        ("Eén actie, één school, een school, de 4de Pijler, geen enkele", ["1", "1"]),
        ("SDG 16.10 en AC-4.1.1.", ["16.10", "4.1.1"]),
        ("[1] zin [2]", []),
        ("op 5 februari 2024.", ["5", "2024"]),
    ],
)
def test_figures(words: str, values: list[str]) -> None:
    assert [figure.value for figure in figures(words)] == values


def reword(original: str, today: str, council: str) -> tuple[str, list[str]]:
    made, problems = apply(
        document(Section("s", "S"), Paragraph("p", runs(today))),
        [Wording(passage="p", text=council, original=original)],
    )
    return texts_of(made)["p"], codes(problems)


def test_new_data_change_the_figures_in_the_words_of_the_council() -> None:
    old, today = (
        "In 2022 gaf de stad 1,05 euro, in 2018 0,64.",
        "In 2023 gaf de stad 1,10 euro, in 2018 0,64.",
    )
    council = "De stad gaf van 2018 (0,64 euro) tot 2022 (1,05 euro) meer."
    assert reword(old, today, council) == (
        "De stad gaf van 2018 (0,64 euro) tot 2023 (1,10 euro) meer.",
        ["wording-changed"],
    )
    assert reword("Twee acties.", "Drie acties.", "Er zijn Twee acties.")[0] == "Er zijn Drie acties."
    assert reword("Drie van drie.", "Vier van vier.", "Alle drie.") == ("Alle vier.", ["wording-changed"])


def test_where_nobody_can_tell_the_words_stay_and_the_page_says_whose_they_are() -> None:
    made, _ = apply(document(Paragraph("p", runs("Drie acties, in 2024."))),
                    [Wording(passage="p", text="Er zijn twee acties.", original="Twee acties.")])  # fmt: skip
    assert shown(made) == f"Er zijn twee acties. ({BY})"
    assert "wording-stale" in reword("Twee acties.", "Drie acties, in 2024.", "Er zijn twee acties.")[1]
    assert reword("Drie van drie.", "Drie van vier.", "Alle drie.")[1][0] == "wording-stale"


def test_a_lost_or_new_figure_is_flagged() -> None:
    assert reword(MONEY, MONEY, "De stad gaf meer dan in 2018.")[1] == ["wording-figure-lost"]
    assert "wording-figure-new" in reword("Er was geld.", "Er was geld.", "Er was 500 euro.")[1]
    made, _ = apply(
        document(Paragraph("p", runs("Er was 1 euro."))), [Wording(passage="p", text="Geld.")], (), "citizens"
    )
    assert shown(made) == "Geld. (door de groep geformuleerd)"
    assert (passages(made)[0].words, passages(made)[0].original) == ("Geld.", "Er was 1 euro.")


# -- the judgement ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["achieved", "mostly", "partly", "underway"])
def test_every_status_is_recognised_in_a_sentence(status: str) -> None:
    assert claimed(f"De actie is {value_label('status', status)}.") == {RANK[status]}


@pytest.mark.parametrize(
    "words",
    [
        "De regeling is nog niet gerealiseerd.",
        "Ze moet nog uitgevoerd worden.",
        "Wanneer is dit gerealiseerd?",
        "Volgens de website is het onderzoek afgerond.",
        "Het bestuur zegt: “alles is uitgevoerd”.",
        "Er is geen enkele actie afgewerkt.",
        "De gemeente kan dit in 2025 gerealiseerd zien.",
    ],
)
def test_what_is_denied_asked_or_said_by_others_is_no_claim(words: str) -> None:
    assert claimed(words) == set()


@pytest.mark.parametrize(
    ("status", "words", "more"),
    [
        ("underway", "De noodhulp is gerealiseerd.", True),
        ("underway", "De stad realiseerde de noodhulp.", True),
        ("underway", "De stad voerde de hele regeling uit.", True),
        ("underway", "De noodhulp is grotendeels uitgevoerd.", True),
        ("underway", "De noodhulp is in uitvoering.", False),
        ("mostly", "De actie is bijna afgewerkt.", False),
        ("mostly", "De actie is niet alleen gepland maar ook afgewerkt.", True),
        ("partly", "De actie is grotendeels afgewerkt.", True),
        ("achieved", "De actie is helemaal afgewerkt.", False),
        ("not_started", "De actie is in uitvoering.", True),
        ("unclear", "De actie is uitgevoerd.", True),
    ],
)
def test_words_may_not_say_more_than_the_judgement(status: str, words: str, more: bool) -> None:
    assert ("wording-says-more" in codes(judge(about("Over de actie.", status), words))) == more


def test_a_count_may_not_lose_its_largely() -> None:
    passage = about("Zes zijn gerealiseerd of grotendeels gerealiseerd. Drie zijn in uitvoering.")
    assert "wording-says-more" in codes(judge(passage, "Zes zijn gerealiseerd. Drie zijn in uitvoering."))
    fair = "Zes zijn grotendeels gerealiseerd, drie in uitvoering."
    assert codes(judge(passage, fair)) == []


def test_words_that_say_more_are_not_printed(example: Dossier) -> None:
    id_ = "promise-AC-4.2.3"
    before = texts_of(evaluate(example).document)[id_]
    ev = evaluate(
        with_words(
            example, Wording(passage=id_, text="Noodhulp. De regeling is gerealiseerd.", original=before)
        )
    )
    assert texts_of(ev.document)[id_] == before
    wrong = next(problem for problem in ev.problems if problem.code == "wording-says-more")
    assert wrong.severity == "error" and wrong.file == "teksten.csv"
    assert "Noodhulp" in wrong.message and wrong.remedy


# -- left out and moved -------------------------------------------------------------------------------------


def ids(made: Document, part: str) -> list[str]:
    return [p.id for p in passages(made) if p.section == part]


def test_a_point_that_is_left_out_makes_room_and_every_count_follows(example: Dossier) -> None:
    ev = evaluate(with_words(example, Wording(passage="promise-BA_31", dropped="yes")))
    assert not [id_ for id_ in texts_of(ev.document) if "BA_31" in id_]
    assert "Bij twee punten stellen we een vraag" in texts_of(ev.document)["short-thanks"]
    annex = next(b for b in ev.document.blocks if isinstance(b, Bullets) and b.id == "annex-open")
    assert "annex-promise-BA_31" in annex.ids, "what was judged is still told"
    more = next(b for b in ev.document.blocks if isinstance(b, Paragraph) and b.id == "promises-more")
    assert plain(more.text).startswith("Drie andere punten") and len(annex.ids) == 3
    assert ev.problems == ()


def test_left_out_and_moved_within_its_part(example: Dossier) -> None:
    plain_ids = ids(evaluate(example).document, "changed")
    events = [id_ for id_ in plain_ids if id_.startswith("event")]
    ev = evaluate(with_words(
        example, Wording(passage=events[0], dropped="yes"), Wording(passage=events[3], place=1),
        Wording(passage="changed-background", place=1),
    ))  # fmt: skip
    first = next(b for b in ev.document.blocks if isinstance(b, Bullets) and b.id == "changed-events")
    assert first.ids == (events[3], events[1])
    assert ids(ev.document, "changed")[0] == "changed-background"
    heads = [b.id for b in ev.document.blocks if isinstance(b, Section)]
    assert heads == [b.id for b in evaluate(example).document.blocks if isinstance(b, Section)]


def test_a_point_moves_with_its_opinion_and_question(example: Dossier) -> None:
    ev = evaluate(
        with_words(
            example, Wording(passage="promise-BA_31", place=1), Wording(passage="promise-AC-4.2.3", place=2)
        )
    )
    kinds = [id_.removeprefix("promise-") for id_ in ids(ev.document, "promises")]
    whole = ["BA_31", "BA_31-opinion", "BA_31-question", "AC-4.2.3", "AC-4.2.3-opinion", "AC-4.2.3-question"]
    assert kinds == whole


def test_what_stays_is_fixed_or_gone_is_told(example: Dossier) -> None:
    ev = evaluate(with_words(
        example, Wording(passage="short-actions", dropped="yes"), Wording(passage="how-who", text="Wij."),
        Wording(passage="wish-weg", text="Iets.", original="Iets anders."),
    ))  # fmt: skip
    assert codes(ev.problems) == ["wording-stays", "wording-fixed", "wording-unknown"]
    assert "short-actions" in texts_of(ev.document)
    assert all(problem.message and problem.remedy for problem in ev.problems)


def test_the_same_words_in_every_length(example: Dossier) -> None:
    council = "In 2022 gaf de stad 1,05 euro. In 2018 gaf ze 0,64 euro, of 0,73 euro in prijzen van 2022."
    ev: Evaluation = evaluate(with_words(example, Wording(passage="short-money", text=council)))
    assert ev.problems == ()
    for length in LENGTHS:
        assert texts_of(ev.document.select(length))["short-money"] == f"{council}[1]"


def test_words_are_kept_in_the_dossier(tmp_path: Path) -> None:
    made = put(new("Mechelen", tmp_path), Wording(passage="changed-people", text="Wij zijn met 86.616."))
    ev = evaluate(open_dossier(made.folder))
    assert [problem.row for problem in ev.problems] == [2] * len(ev.problems)
    assert "Wij zijn met" in texts_of(ev.document)["changed-people"]
