"""Vergelijken (extra) and the new parts of Cijfers en bronnen, without a browser."""

from __future__ import annotations

from pathlib import Path

import pytest

from memokit import intake, territory
from memokit.app import then_now
from memokit.app.state import State
from memokit.app.tab_compare import Compare
from memokit.app.tab_sources import Sources
from memokit.app.upload import Upload
from memokit.app.what_if import Asked, Offer, Wish, beside, ranked
from memokit.evaluation import evaluate
from memokit.terms import Term
from tests.test_app_state import plan_export


@pytest.fixture
def mechelen(tmp_path: Path) -> State:
    made = State(tmp_path)
    made.new("Mechelen")
    return made


@pytest.fixture
def example(voorbeeldstad: Path, tmp_path: Path) -> State:
    made = State(tmp_path)
    made.open(voorbeeldstad)
    return made


# -- what if, by hand ---------------------------------------------------------------------------------------

X = Offer("x", "X", "punten", 0, 1, 2020, "", {"A": 0.0, "B": 5.0, "C": 10.0})
Y = Offer("y", "Y", "punten", 0, 2, 2020, "", {"A": 10.0, "B": 4.0, "C": 0.0})
HIGHER = (Wish("x", "higher"), Wish("y", "higher"))


def test_one_figure_gives_one_place():
    assert [ranked(Asked(who, (X,), (Wish("x", "higher"),))).low for who in "ABC"] == [3, 2, 1]
    assert [ranked(Asked(who, (X,), (Wish("x", "lower"),))).low for who in "ABC"] == [1, 2, 3]
    assert "telkens op plaats 3 op 3" in ranked(Asked("A", (X,), (Wish("x", "higher"),))).sentence


def test_weights_move_the_place():
    """Scores on x and y: A 0 and 100, B 50 and 40, C 100 and 0.

    Weighed 1 to 5, A has 83, B 42 and C 17: A is first, or second where a geometric mean (scores from 1)
    meets weights that came a quarter nearer: 100^0.75 = 32 against 50.5^0.25 × 40.6^0.75 = 43. Weighed 5 to
    1, A has 17, B 48 and C 83: third in most ways to compute it, never first.
    """
    near, far = (ranked(Asked("A", (X, Y), HIGHER, ((1, a), (2, b)))) for a, b in ((1.0, 5.0), (5.0, 1.0)))
    assert (near.low, near.high, near.n) == (1, 2, 3)
    assert far.high == 3 and far.low is not None and far.low >= 2
    alike = ranked(Asked("A", (X, Y), HIGHER))
    assert (alike.low, alike.high) == (1, 3) and "ergens tussen plaats 1 en plaats 3 op 3" in alike.sentence


def test_a_goal_that_weighs_nothing_does_not_count():
    found = ranked(Asked("A", (X, Y), HIGHER, ((1, 0.0), (2, 1.0))))
    assert found.counted == ("y",) and found.low == 1


def test_a_target_is_where_the_scale_ends():
    """With target 5 both B and C have 100: A is third still; beyond what all have it tells nobody apart."""
    found = ranked(Asked("A", (X,), (Wish("x", "higher", 5),)))
    assert found.low == found.high == 3
    for wish in (Wish("x", "higher", 0), Wish("x", "higher", -1), Wish("x", "lower", 10)):
        assert (ranked(Asked("A", (X,), (wish,)))).flat == ("x",)


def test_without_a_choice_there_is_no_place():
    found = ranked(Asked("A", (X, Y), (Wish("x"), Wish("y"))))
    assert found.low is None and found.sentence == "" and found.svg == ""


def test_figures_are_of_one_year_and_of_the_same_borders():
    found = beside(territory.place("Deinze", Term(2024)), Term(2024))
    assert len(found.towns) == 20 and all(far is not None for _, far, _ in found.towns)
    assert [far for _, far, _ in found.towns] == sorted(far for _, far, _ in found.towns)
    assert all("Deinze" in offer.values for offer in found.offers)


def test_own_towns_that_are_wrong_are_told_in_words():
    found = beside(territory.place("Mechelen", Term(2024)), Term(2024), ("Lier", "Nergenshuizen"))
    assert not found.towns and "Nergenshuizen" in found.why


# -- the page -----------------------------------------------------------------------------------------------


def test_the_page_says_why_nothing_can_be_compared(example: State):
    view = Compare(example)
    assert "verzonnen gemeente" in view.why.value and view.body.layout.display == "none"


def test_choices_on_the_page_give_a_place_and_enter_nothing(mechelen: State):
    before, text = mechelen.now.records, mechelen.html()
    view = Compare(mechelen)
    assert "Sint-Niklaas" in view.why.value and "Nog geen plaats" in view.told.value
    way, target = view.rows["crime"]
    way.value = "lower"
    assert "Mechelen staat" in view.told.value and 'role="img"' in view.told.value
    assert "één cijfer" in view.basis.value and "andere 16" in view.basis.value
    assert "het laagste cijfer van deze gemeenten telt als 100" in view.basis.value
    target.value = "60,5"
    assert "60,5, van jullie en alleen op deze pagina" in view.basis.value
    target.value = "veel"
    assert "veel" in mechelen.message and "60,5" in view.basis.value
    target.value = ""
    assert mechelen.message == "" and "telt als 100" in view.basis.value
    view.weights[16].value = 0
    assert "Nog geen plaats" in view.told.value
    assert mechelen.now.records == before and mechelen.html() == text and not mechelen.can_undo


def test_other_towns_keep_the_choices(mechelen: State):
    view = Compare(mechelen)
    view.rows["income"][0].value = "higher"
    view.own.value = "Lier, Aalst"
    assert "door jullie gekozen: Lier en Aalst" in view.why.value.replace("Aalst en Lier", "Lier en Aalst")
    assert view.rows["income"][0].value == "higher" and " op 3" in view.told.value
    view.own.value = "Nergenshuizen"
    assert "Nergenshuizen" in view.why.value and view.body.layout.display == "none"


def test_a_newer_question_takes_the_place_of_one_that_waits(mechelen: State, monkeypatch: pytest.MonkeyPatch):
    view = Compare(mechelen)
    jobs: list[tuple[Asked, object]] = []

    def later(self: State, _: object, asked: Asked, *, done: object, label: str) -> None:
        jobs.append((asked, done))
        self.busy = label

    monkeypatch.setattr(State, "later", later)
    way, _ = view.rows["crime"]
    way.value = "lower"
    for weight in (2, 3, 4):
        view.weights[16].value = weight
    assert len(jobs) == 1, "one runs, the others wait"
    asked, done = jobs[0]
    done(ranked(asked))
    assert len(jobs) == 2 and dict(jobs[1][0].weights)[16] == 4
    assert "Nog geen plaats" in view.told.value, "an answer to an older question is not shown"
    jobs[1][1](ranked(jobs[1][0]))
    assert len(jobs) == 2 and "Mechelen staat" in view.told.value


# -- where numbers come from --------------------------------------------------------------------------------


def test_every_number_has_its_origin_and_missing_is_never_zero():
    ev = evaluate("Deinze")
    found = {(line.name, line.year): line for line in then_now.origins(ev)}
    people = found["Inwoners op 1 januari", "2018"]
    assert (people.value, people.status) == ("43.264", "opgeteld") and people.source.startswith("Statbel")
    shops = found["Hoeveproducenten (per 10.000 inwoners)", "2018"]
    assert shops.status == "berekend: 4 op 43.264; opgeteld"  # 0,9 per 10.000
    gap = found["Verkeersongevallen met letsel (per 1.000 inwoners)", "2018"]
    assert (gap.value, gap.status, gap.source) == ("n.b.", "geen cijfer gevonden", "")
    assert len(found) == 2 * len(ev.measures.figures)


def test_the_amounts_are_those_of_the_dossier(example: State):
    lines = then_now.amounts(example.evaluation)
    assert len(lines) == len(example.now.amounts) and all(line[-1] for line in lines)
    assert "Alle uitgaven van gemeente en OCMW samen" in {line[0] for line in lines}


def test_then_beside_now_explains_the_merger(tmp_path: Path):
    state = State(tmp_path)
    state.new("Deinze")
    told = then_now.then_now(state.evaluation)
    assert "Nevele" in told and "43.264" in told and "45.471" in told


def test_what_is_missing_is_what_the_letter_asks(mechelen: State):
    tab = Sources(mechelen)
    letter = mechelen.letter()
    for line in ("schema T1", "personeelsinzet voor internationale solidariteit"):
        assert line in letter and line in tab.told.missing.value


def test_the_extra_page_is_off_until_somebody_asks(mechelen: State):
    tab = Sources(mechelen)
    assert not mechelen.comparing and tab.told.compare.layout.display == ""
    tab.told._compare()
    assert mechelen.comparing and tab.told.compare.layout.display == "none"


# -- files --------------------------------------------------------------------------------------------------


def test_a_file_arrives_in_pieces_and_is_shown(mechelen: State, tmp_path: Path):
    tab = Sources(mechelen)
    data = b"%PDF-1.4 geen tabel"
    assert tab.upload.take({"name": "../x.csv", "size": len(data), "at": 0}, data[:5]) == 5
    assert not mechelen.waiting()
    assert tab.upload.take({"name": "../x.csv", "size": len(data), "at": 5}, data[5:]) == len(data)
    assert [path.name for path in mechelen.waiting()] == ["x.csv"] and "pdf" in tab.problems.value


@pytest.mark.parametrize("said", [{"size": 300_000_000, "at": 0}, {"size": 5, "at": 3}, {"size": 2, "at": 0}])
def test_what_does_not_fit_is_refused_before_it_is_kept(said: dict[str, int]):
    files: list[object] = []
    place = Upload(50_000_000, "inbox", lambda *file: files.append(file))
    assert place.take({"name": "x", **said}, b"123") == -1 and not files and not place.pieces
    assert "{size}" in place.words["too_big"] and "50 MB" in place.words["too_big"]


def test_what_was_typed_since_the_look_stays(mechelen: State, tmp_path: Path):
    tab = Sources(mechelen)
    data = plan_export(tmp_path).read_bytes().replace(b"Willebroek", b"Mechelen")
    path = mechelen.receive("plan.csv", data, 9_999_999)
    tab.refresh()
    tab.files.value = path
    tab._look()
    mechelen.put(mechelen.now.settings.model_copy(update={"council": "Mondiale Raad"}))
    tab._add()
    assert mechelen.now.settings.council == "Mondiale Raad" and mechelen.now.plan


def test_an_imported_file_leaves_the_inbox_and_comes_back(tmp_path: Path):
    state = State(tmp_path)
    state.new("Willebroek")
    tab = Sources(state)
    data = plan_export(tmp_path).read_bytes()
    tab._uploaded("plan.csv", data)
    tab._add()
    kept = state.now.folder / "bronnen" / "plan.csv"
    assert not state.waiting() and kept.read_bytes() == data
    tab._undo(state.imports()[0].id)
    assert [path.read_bytes() for path in state.waiting()] == [data] and not kept.exists()
    assert tab.files.value == state.waiting()[0]
    assert not tab.done.children and "geen bronnen" in tab.list.value


def test_a_file_with_the_name_of_one_that_waits_is_not_lost(tmp_path: Path):
    state = State(tmp_path)
    state.new("Willebroek")
    tab = Sources(state)
    tab._uploaded("plan.csv", plan_export(tmp_path).read_bytes())
    tab._add()
    other = state.receive("plan.csv", b"iets anders", 100)
    intake.take_back(state.now, state.imports()[0].id)
    assert other.read_bytes() == b"iets anders" and (state.now.folder / "bronnen" / "plan.csv").is_file()
