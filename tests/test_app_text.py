"""The page Onze tekst: rewriting, leaving out, moving and restoring; tone, the two steps, and the files."""

from __future__ import annotations

import base64
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import ipywidgets as W  # noqa: N812
import pytest

from memokit.app.exporting import every_step, make
from memokit.app.reading import looked
from memokit.app.section_files import Files
from memokit.app.section_passages import LEFT_OUT, Passages
from memokit.app.section_steps import Steps, campaign, waits_for
from memokit.app.section_tone import everywhere, tone
from memokit.app.state import State
from memokit.app.tab_section import SectionText
from memokit.evaluation import evaluate
from memokit.records import Reply, Settings, Wording
from memokit.texts import lookup, say

from .browsing import CHROMIUM, FLAGS, App

NOODHULP = "promise-AC-4.2.3"
MONEY = "short-money"


@pytest.fixture
def view(state: State) -> SectionText:
    return SectionText(state)


def choose(view: Passages, id_: str) -> None:
    view.part.value = next(p.section for p in view.all if p.id == id_)
    view.list.value = id_


def press(view: Passages, name: str) -> None:
    made = view.buttons[name]
    assert made.layout.display == "", f"{name} is not offered"
    made.click()


def saved(state: State) -> dict[str, Wording]:
    return {each.passage: each for each in state.now.table("wordings")}  # type: ignore[attr-defined]


def shown(view: SectionText) -> str:
    source = re.search(r"base64,([^#\"]+)#", view.text.value)
    return base64.b64decode(source[1]).decode()  # type: ignore[index]


# -- one sentence -------------------------------------------------------------------------------------------


def test_a_sentence_is_rewritten_marked_and_restored(state: State, view: SectionText) -> None:
    sentences = view.passages
    choose(sentences, MONEY)
    before = sentences.form.fields["text"].value
    assert "[1] Jaarrekening" in sentences.below.value
    sentences.form.fields["text"].value = "De stad gaf 1,05 euro per inwoner."
    assert saved(state)[MONEY].original == before
    assert "door de raad geformuleerd" in shown(view) and '<mark id="hier">De stad gaf 1,05' in shown(view)
    assert any("herschreven · nakijken" in label for label, _ in sentences.list.options)
    assert "0,64" in sentences.hints.value, "the figure that was lost"
    assert "cijfers niet meer" in view.problems.value
    press(sentences, "restore")
    assert MONEY not in saved(state) and sentences.form.fields["text"].value == before
    assert state.can_undo
    state.attempt(state.undo)
    assert saved(state)[MONEY].text == "De stad gaf 1,05 euro per inwoner."


def test_an_emptied_field_is_the_original_again(state: State, view: SectionText) -> None:
    choose(view.passages, MONEY)
    before = view.passages.form.fields["text"].value
    view.passages.form.fields["text"].value = "Anders."
    view.passages.form.fields["text"].value = ""
    assert saved(state) == {}
    assert view.passages.form.fields["text"].value == before


def test_a_claim_above_the_judgement_stays_in_the_field_and_out_of_the_text(view: SectionText) -> None:
    choose(view.passages, NOODHULP)
    view.passages.form.fields["text"].value = "Noodhulp. De regeling is gerealiseerd."
    assert "meer dan jullie beoordeling" in view.passages.hints.value
    assert view.passages.form.fields["text"].value == "Noodhulp. De regeling is gerealiseerd."
    assert "De regeling is gerealiseerd" not in shown(view)
    assert any("niet afgedrukt" in label for label, _ in view.passages.list.options)


def test_a_point_is_left_out_and_brought_back(state: State, view: SectionText) -> None:
    sentences = view.passages
    choose(sentences, NOODHULP)
    press(sentences, "leave_out")
    assert "Bij twee punten stellen we een vraag" in shown(view)
    assert LEFT_OUT in [section for _, section in sentences.part.options]
    sentences.part.value = LEFT_OUT
    assert sentences.list.value == NOODHULP and sentences.passage is None
    press(sentences, "bring_back")
    assert saved(state) == {} and LEFT_OUT not in [section for _, section in sentences.part.options]
    assert "Bij drie punten stellen we een vraag" in shown(view)


def test_what_others_count_on_cannot_be_left_out(view: SectionText) -> None:
    choose(view.passages, "short-actions")
    assert view.passages.buttons["leave_out"].layout.display == "none"
    choose(view.passages, f"{NOODHULP}-question")
    offered = [name for name, made in view.passages.buttons.items() if made.layout.display == ""]
    assert offered == [], "a question stays, and moves along with its point"


def test_moving_is_one_step(state: State, view: SectionText) -> None:
    sentences = view.passages
    choose(sentences, NOODHULP)
    press(sentences, "down")
    heads = [p.id for p in sentences.all if p.section == "promises" and p.rail]
    assert heads == ["promise-BA_31", NOODHULP]
    assert sentences.list.value == NOODHULP
    state.attempt(state.undo)
    assert [p.id for p in sentences.all if p.section == "promises" and p.rail] == [NOODHULP, "promise-BA_31"]


def test_new_data_under_our_words_ask_to_be_read_again(state: State, view: SectionText) -> None:
    now = next(p for p in view.passages.all if p.id == "own-advice")
    old = now.original.replace("elf", "tien")
    state.attempt(
        lambda: state.put(
            Wording(passage=now.id, text="Zeven van de tien adviezen. Twee te laat.", original=old)
        )
    )
    choose(view.passages, now.id)
    assert view.passages.form.fields["text"].value == "Zeven van de elf adviezen. Twee te laat."
    assert "tien adviezen" in view.passages.hints.value, "what it was"
    press(view.passages, "settled")
    assert saved(state)[now.id].original == now.original and view.passages.hints.value == ""


def test_text_of_a_page_is_never_code(view: SectionText) -> None:
    choose(view.passages, MONEY)
    view.passages.form.fields["text"].value = "<img src=x onerror=alert(1)> 1,05 {{ m }}"
    assert "<img src=x" not in shown(view) + view.passages.below.value + view.passages.hints.value
    assert "&lt;img src=x" in shown(view)


# -- tone ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("De stad faalde en weigerde.", ["faalde", "weigerde"]),
        ("Schepen Janssens en schepen van cultuur.", ["Schepen Janssens"]),
        ("Het college van burgemeester en schepenen antwoordde.", []),
        ("Men zegt dat de politiek dit amper wil.", ["amper", "de politiek", "Men"]),
        ("Onze politieke vraag: meer mensen.", []),
        ("De wethouder deed een aanbesteding.", ["wethouder", "aanbesteding"]),
    ],
)
def test_tone_warns_for_a_word_and_only_for_that(text: str, found: list[str]) -> None:
    assert sorted(word for word, _ in tone(text)) == sorted(found)


def test_every_word_of_the_list_is_found_and_has_a_better_one() -> None:
    for row in lookup("tone.words"):
        word = row["word"].replace("…", "Peeters")
        assert [found for _, found in tone(f"Dat {word} hier.")] == [row], row["word"]
        assert row["why"] and row["instead"] and not tone(row["instead"])


def test_memokit_itself_writes_nothing_that_its_list_warns_for(view: SectionText) -> None:
    assert "harde" not in everywhere(view.state)
    for what in (view.state.now, "Mechelen"):
        for text in evaluate(what).document.texts():
            assert tone("".join(run.text for run in text if run.style != "note")) == []


def test_tone_never_blocks(view: SectionText) -> None:
    choose(view.passages, "own-discussed")
    view.passages.form.fields["text"].value = "Helaas is deze tekst slechts met de jeugdraad besproken."
    assert "Helaas" in view.passages.hints.value and "slechts" in view.tone.value
    assert "Helaas is deze tekst" in shown(view)


# -- the two steps ------------------------------------------------------------------------------------------


def test_asking_for_a_reaction_gives_thirty_days(state: State) -> None:
    empty = {"fact_check_until": "", "reply_asked_on": "", "reply_due": "", "reply_received_on": ""}
    state.put(state.now.settings.model_copy(update=empty))
    steps = Steps(state)
    steps.refresh()
    assert "1 maart 2024" in steps.agreed.value.replace("\xa0", " "), "fourteen days after 16 February"
    steps.dates.fields["reply_asked_on"].value = "2024-06-05"
    assert state.now.settings.reply_due == "2024-07-05"
    steps.refresh()
    assert "5 juli 2024 valt in de sperperiode" in steps.late.value.replace("\xa0", " ")


def test_what_the_draft_mark_waits_for() -> None:
    town = Settings(municipality="11002")
    assert "een einddatum heeft en" in waits_for(town)
    checked = town.model_copy(update={"fact_check_until": "2024-03-01", "reply_received_on": "2024-04-01"})
    assert "niet meer" in waits_for(checked)
    assert campaign(checked).startswith("Vanaf 1 juli 2024")


def test_the_words_of_the_bestuur_are_printed_as_they_came(state: State, view: SectionText) -> None:
    words = "Wij  vinden dit slechts één kant van het verhaal."
    view.steps.new.fields["about"].value = "Ethisch bankieren"
    view.steps.new.fields["text"].value = words
    view.steps._add()
    assert words in [reply.text for reply in state.now.replies]
    assert "“Wij  vinden dit slechts" in shown(view)
    assert "slechts" not in view.tone.value, "no tip about the words of somebody else"
    view.steps.removing.children[-1].click()
    assert words not in [reply.text for reply in state.now.replies]


def test_a_long_reaction_is_a_warning(state: State, view: SectionText) -> None:
    state.attempt(lambda: state.put(Reply(about="algemeen", text="woord " * 151)))
    assert "151" in view.steps.replies.widget.rows[0]["remarks"]


# -- files --------------------------------------------------------------------------------------------------


def test_every_file_in_steps(state: State) -> None:
    files = Files(state)
    files._begin(every_step())
    names = {path.name for path in (state.now.folder / "resultaten").iterdir()}
    assert (
        len(names) == 13
        and {"handblad.pdf", "evaluatie-volledig.docx", "werkblad.pdf", "scores.csv"} <= names
    )
    assert 'aria-valuenow="10"' in files.progress.value and "13 bestanden" in files.progress.value
    files._one(".html")
    assert 'download="evaluatie.html"' in files.links.value


def test_a_dossier_with_an_error_stops_the_files_with_words(state: State) -> None:
    (state.now.folder / "plan.csv").write_text("x", "utf-8")
    paths, problems = make(state.now.folder, every_step()[0])
    assert paths == () and problems
    files = Files(state)
    files._begin(every_step())
    assert "Gestopt bij handblad.html" in files.progress.value and files.todo == []


# -- in a browser -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Iterator[tuple[App, Path]]:
    folder = tmp_path_factory.mktemp("tekst")
    dossier = Path(shutil.copytree(root / "data" / "examples" / "voorbeeldstad", folder / "voorbeeldstad"))
    app = App(folder, str(dossier))
    app.ask("/")
    yield app, dossier
    app.stop()


@pytest.mark.browser
def test_a_sentence_is_rewritten_with_the_keyboard(served: tuple[App, Path]) -> None:
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    from playwright.sync_api import expect, sync_playwright

    app, dossier = served
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": 1366, "height": 768})
        page.set_default_timeout(60_000)
        expect.set_options(timeout=60_000)
        page.goto(app.address)
        page.get_by_role("tab", name="Onze tekst").press("Enter")
        page.get_by_role("tab", name="Onze tekst").click()
        page.get_by_role("radio", name="De stad nam tien acties").focus()
        page.keyboard.press("ArrowDown")
        field = page.get_by_label("Jullie woorden")
        expect(field).to_have_value(re.compile("^In 2022 besteedde"))
        field.focus()
        page.keyboard.press("Control+a")
        page.keyboard.type("De stad gaf 1,05 euro per inwoner.")
        page.keyboard.press("Tab")
        frame = page.frame_locator("iframe")
        expect(frame.locator("mark")).to_contain_text("door de raad geformuleerd")
        restore = page.get_by_role("button", name="Zet de oorspronkelijke zin terug")
        restore.focus()
        page.keyboard.press("Enter")
        expect(frame.locator("mark")).to_contain_text("In 2018 was dat 0,64 euro")
        assert "De stad gaf 1,05" not in (dossier / "teksten.csv").read_text("utf-8-sig")
        page.get_by_role("button", name="Bewaren en delen").press("Enter")
        page.get_by_role("button", name="Maak Word").press("Enter")
        page.get_by_role("link", name="Haal evaluatie.docx op").wait_for()
        assert (dossier / "resultaten" / "evaluatie.docx").is_file()
        browser.close()


def test_the_two_files_for_the_gemeente_are_made_and_come_back(state: State) -> None:
    steps = Steps(state)
    made = {each.description: each for each in inside(steps.widget) if isinstance(each, W.Button)}
    for name, file in (("check", "feitencontrole.docx"), ("reply", "reactie.docx")):
        made[say(f"page_text.steps.form.{name}")].click()
        path = state.now.folder / "resultaten" / file
        assert path.read_bytes()[:2] == b"PK" and not state.message
        shown = looked(state.now, path, {})
        assert shown.text and not [p for p in shown.problems if p.severity == "error"]


def inside(widget: W.Widget) -> Iterator[W.Widget]:
    yield widget
    for child in getattr(widget, "children", ()):
        yield from inside(child)
