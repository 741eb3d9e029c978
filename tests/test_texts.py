"""Sentences, numbers and dates; and that a council's words can never become markup."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from memokit import document, texts
from memokit.resources import data_path


def test_numbers_are_belgian_and_missing_is_never_zero() -> None:
    assert texts.number(1234567.891, 2) == "1.234.567,89"
    assert texts.number(None) == texts.number(float("nan")) == "n.b."
    assert texts.number(0) == "0"
    assert texts.number(-0.004, 2) in {"0,00", "−0,00"}
    assert texts.signed(1130) == "+1.130"
    assert texts.signed(-3) == "−3"
    assert texts.signed(0) == "0"


def test_numbers_follow_the_language() -> None:
    with texts.speaking("en"):
        assert texts.number(1234.5, 1) == "1,234.5"


def test_dates_years_and_months() -> None:
    assert texts.day("2024-04-05").replace(texts.NBSP, " ") == "5 april 2024"
    assert texts.day("2022-03").replace(texts.NBSP, " ") == "maart 2022"
    assert texts.day("2022") == "2022"
    assert texts.day("") == "n.b."


def test_een_gets_one_accent_as_a_capital() -> None:
    assert texts.capital("één konden we niet beoordelen") == "Eén konden we niet beoordelen"
    assert texts.capital("école") == "École"


def test_a_missing_key_and_a_missing_value_are_errors() -> None:
    with pytest.raises(KeyError):
        texts.say("section.no.such.sentence")
    with pytest.raises(Exception, match="undefined"):
        texts.say("section.short.questions")


@given(st.text())
def test_text_from_a_file_is_never_markup(words: str) -> None:
    marked = texts.say("section.thanks.point", v={"title": "Dank", "text": words}, note="", more="")
    runs = document.runs(marked)
    assert runs[0] == document.Run("Dank.", "strong")
    assert all(run.style == "" for run in runs[1:])


def test_marks_typed_by_hand_fall_away() -> None:
    marked = texts.say(
        "section.thanks.point",
        v={"title": "x", "text": f"{texts.NOTE_OPEN}B01{texts.NOTE_CLOSE}**vet**"},
        note="",
        more="",
    )
    assert document.plain(document.runs(marked)) == "x. B01**vet**"


@pytest.mark.parametrize(
    "path", sorted(data_path("texts").rglob("*.yml")), ids=lambda p: f"{p.parent.name}-{p.name}"
)
def test_every_text_file_is_yaml_for_every_loader(path: object) -> None:
    assert isinstance(yaml.safe_load(path.read_text("utf-8")), dict)  # type: ignore[attr-defined]


def test_a_sentence_without_translation_is_dutch_marked_and_counted() -> None:
    with texts.speaking("xx"):
        assert texts.say("common.not_found") == f"{texts.lookup('common.not_found', 'nl')} [nl]"
        assert "common.not_found" in texts.untranslated()
    with texts.speaking("xx", document=True):
        marked = texts.say("common.not_found")
        assert marked == f"{texts.DUTCH_OPEN}{texts.lookup('common.not_found', 'nl')}{texts.DUTCH_CLOSE}"
        assert texts.plain(marked) == texts.lookup("common.not_found", "nl")
    assert texts.untranslated("nl") == []


def test_french_numbers_and_quotation_marks() -> None:
    with texts.speaking("fr"):
        assert texts.number(1234567.5, 1) == "1\u202f234\u202f567,5"
        assert texts.quoted("oui") == "«\u202foui\u202f»"
