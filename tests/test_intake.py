"""A file into a dossier: shown first, kept as received, saved once, taken back; the council's words stay."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from memokit import exchange, intake, workbook
from memokit.dossier import new, open_dossier, put
from memokit.problems import MemokitError
from memokit.proposals import proposals
from memokit.records import Assessment, PlanItem
from memokit.terms import Term
from tests import layouts_bbc as layouts

DAY = "2026-02-03"
OWN_WORDS = "Vijf projecten gesteund in 2022."
PLAN = [
    {
        "board": "Gemeente en OCMW Mechelen", "objective": layouts.block("BD-1", "Een warme stad"),
        "action_plan": layouts.block("AP-1", "Mondiaal beleid"),
        "action": layouts.block("AC-1", "Steun aan de 4de Pijler", evaluation=OWN_WORDS),
        "amounts": {"2020,Uitgave": 12500.5, "2021,Uitgave": 0},
    },
    {
        "board": "Gemeente en OCMW Mechelen", "objective": layouts.block("BD-1", "Een warme stad"),
        "action_plan": layouts.block("AP-2", "Wegen"), "action": layouts.block("AC-2", "Fietspad Zuid"),
        "amounts": {"2020,Uitgave": 250000},
    },
    {
        "board": "Gemeente en OCMW Aalst", "objective": "", "action_plan": "",
        "action": layouts.block("AC-1", "LOI"), "amounts": {"2020,Uitgave": 1},
    },
]  # fmt: skip


def tidy_row(**more: object) -> dict[str, object]:
    cells = ("12025", "Jaarrekening", 2018, 2018, "01", "016", "0160 Hulp", 86304, 1.0)
    return {**dict(zip(layouts.TIDY, cells, strict=True)), **more}


@pytest.fixture
def mechelen(tmp_path):
    return new("Mechelen", tmp_path)


@pytest.fixture
def plan_file(tmp_path) -> Path:
    return layouts.actions(tmp_path / "plan mechelen.csv", PLAN, (2020, 2021))


def bring_in(dossier, path, **more):
    proposal = intake.propose(dossier, path, on=DAY, **more)
    return intake.accept(dossier, proposal), proposal


def test_nothing_is_written_before_it_is_accepted(mechelen, plan_file):
    before = {path: path.read_bytes() for path in mechelen.folder.rglob("*") if path.is_file()}
    proposal = intake.propose(mechelen, plan_file, on=DAY)
    assert proposal.changes
    assert before == {path: path.read_bytes() for path in mechelen.folder.rglob("*") if path.is_file()}


def test_a_plan_comes_in_with_its_source_and_the_file_as_received(mechelen, plan_file):
    after, proposal = bring_in(mechelen, plan_file)
    kept = after.folder / proposal.kept_as
    assert kept.parent.name == "bronnen" and kept.read_bytes() == plan_file.read_bytes()
    source, words = after.sources
    assert (source.kind, source.consulted_on, source.file) == ("plan", DAY, proposal.kept_as)
    assert source.checksum == hashlib.sha256(plan_file.read_bytes()).hexdigest()
    codes = [item.code for item in after.plan]
    assert codes == ["BD-1", "AP-1", "AC-1", "AP-2", "AC-2"]
    action = after.by_key["plan", "AC-1"]
    assert (action.level, action.parent, action.title) == ("action", "AP-1", "Steun aan de 4de Pijler")
    assert action.solidarity == "no", "only a person chooses"
    assert action.own_evaluation == "Vijf projecten gesteund in 2022."
    assert words.kind == "report" and action.sources == (source.id_, words.id_)
    assert not after.assessments, "the municipality's own words are no judgement"


def test_amounts_are_planned_and_zero_is_zero(mechelen, plan_file):
    after, _ = bring_in(mechelen, plan_file)
    found = {(a.item, a.year): (a.planned_first, a.planned_last, a.spent) for a in after.amounts}
    assert found == {
        ("AC-1", 2020): (None, 12500.5, None),
        ("AC-1", 2021): (None, 0.0, None),
        ("AC-2", 2020): (None, 250000.0, None),
    }


def test_others_are_left_out_and_counted(mechelen, plan_file):
    proposal = intake.propose(mechelen, plan_file, on=DAY)
    assert proposal.left_out == 1
    assert set(proposal.delivery.municipalities) == {"12025"}


def test_the_same_file_twice_changes_nothing(mechelen, plan_file):
    after, first = bring_in(mechelen, plan_file)
    again, second = bring_in(after, plan_file)
    assert second.done and not second.changes and second.id == first.id
    assert again.by_key == after.by_key
    assert len(list((again.folder / "bronnen").iterdir())) == 1


def test_a_newer_export_shows_what_changed_and_keeps_what_the_council_wrote(mechelen, plan_file, tmp_path):
    after, _ = bring_in(mechelen, plan_file)
    chosen = after.by_key["plan", "AC-1"].model_copy(update={"solidarity": "yes", "theme": "C"})
    after = put(after, chosen, Assessment(action="AC-1", status="unclear"))
    newer = [{**PLAN[0], "action": layouts.block("AC-1", "Steun aan 4de Pijler en scholen")}]
    path = layouts.actions(tmp_path / "plan-nieuw.csv", newer, (2020, 2021))
    shown = exchange.show(after, path)
    assert "Steun aan de 4de Pijler → Steun aan 4de Pijler en scholen" in shown.text
    assert "not-in-plan-any-more" in [p.code for p in shown.problems]
    later = shown.accept()
    item = later.by_key["plan", "AC-1"]
    assert (item.title, item.solidarity, item.theme) == ("Steun aan 4de Pijler en scholen", "yes", "C")
    assert item.own_evaluation == "Vijf projecten gesteund in 2022."
    assert later.by_key["plan", "AC-2"].in_plan == "no", "nothing is deleted"
    assert later.by_key["assessments", "AC-1|raad"].status == "unclear"


def test_undo_takes_back_everything_and_the_file(mechelen, plan_file):
    after, proposal = bring_in(mechelen, plan_file)
    back, notes = intake.take_back(after, proposal.id)
    assert not notes and back.by_key == mechelen.by_key
    assert not list((back.folder / "bronnen").iterdir())
    again, _ = bring_in(back, plan_file)
    assert again.plan == after.plan, "what was taken back can come in again"


def test_undo_leaves_what_something_builds_on(mechelen, plan_file):
    after, proposal = bring_in(mechelen, plan_file)
    after = put(after, Assessment(action="AC-1", status="unclear"))
    back, notes = intake.take_back(after, proposal.id)
    assert [item.code for item in back.plan] == ["AC-1"]
    assert {note.found for note in notes} >= {"AC-1", "B01"} and all(str(note) for note in notes)
    assert list((back.folder / "bronnen").iterdir()), "the file stays with its source"
    assert not back.amounts


def test_undo_of_what_never_was(mechelen):
    with pytest.raises(MemokitError) as caught:
        intake.take_back(mechelen, "import-000000000000")
    assert caught.value.problems[0].code == "nothing-to-undo"


def test_the_plan_of_another_term_is_refused(mechelen, tmp_path):
    path = layouts.actions(tmp_path / "p.csv", PLAN[:1], (2026, 2027))
    with pytest.raises(MemokitError) as caught:
        intake.propose(mechelen, path)
    assert [p.code for p in caught.value.problems] == ["other-plan"]
    assert "2026" in str(caught.value) and "2020-2025" in str(caught.value)


def test_spent_and_planned_go_in_their_own_column(mechelen, tmp_path):
    def planned(report_year: int, year: int, status: str, amount: int) -> dict[str, object]:
        return tidy_row(**{
            "Type rapport": "Meerjarenplan", "Rapportjaar": report_year, "Boekjaar": year,
            "Status rapport": status, "Uitgave": amount, "Uitgave per inwoner": None,
        })  # fmt: skip

    reception = {"Beleidsveld": "0903 Lokale opvanginitiatieven", "Uitgave": 5, "Uitgave per inwoner": None}
    rows = [
        planned(2020, 2020, "Origineel", 1000), planned(2023, 2020, "Herziening", 1500),
        planned(2014, 2018, "", 7), tidy_row(), tidy_row(**reception),
    ]  # fmt: skip
    after, proposal = bring_in(mechelen, layouts.tidy(tmp_path / "t.xlsx", rows))
    found = {(a.item, a.year): (a.planned_first, a.planned_last, a.spent) for a in after.amounts}
    assert found == {("0160", 2018): (None, None, 86304.0), ("0160", 2020): (1000.0, 1500.0, None)}
    assert proposal.left_out == 2, "another plan, and reception that others pay for"
    assert after.sources[0].kind == "account"


def test_several_accounts_of_one_field_are_added(mechelen, tmp_path):
    rows = [
        tidy_row(**{"Alg. rekening": f"REK{n}", "Uitgave": n, "Uitgave per inwoner": None})
        for n in (613, 649)
    ]
    after, _ = bring_in(mechelen, layouts.tidy(tmp_path / "t.xlsx", rows))
    assert [(a.item, a.year, a.spent) for a in after.amounts] == [("0160", 2018, 1262.0)]


def test_investments_only_bring_a_source_and_a_recipe_but_no_amounts(mechelen, tmp_path):
    filters = "Toegepaste filters:\nNiveau 1 is I Investeringsverrichtingen"
    after, proposal = bring_in(mechelen, layouts.tidy(tmp_path / "t.xlsx", [tidy_row()], filters))
    assert not after.amounts and len(after.sources) == 1
    told = next(p for p in proposal.problems if p.code == "investments-only")
    assert told.severity == "warning" and "docs/handleiding/bbc-uitgaven.md" in told.remedy


def test_a_repair_is_shown(mechelen, tmp_path):
    path = layouts.tidy(tmp_path / "t.xlsx", [tidy_row(Uitgave=863.04)])
    text = exchange.show(mechelen, path).text.replace("\u00a0", " ")
    assert "Hersteld, rij 4: 0160 Hulp, 2018: 863,04 euro → 86.304 euro." in text
    after, _ = bring_in(mechelen, path)
    assert after.amounts[0].spent == 86304.0


def test_an_amount_that_is_contradicted_never_comes_in(mechelen, tmp_path):
    later = {"Boekjaar": 2022, "Rapportjaar": 2022, "Uitgave": 88000, "Uitgave per inwoner": None}
    rows = [tidy_row(Uitgave=800), tidy_row(**later)]
    after, proposal = bring_in(mechelen, layouts.tidy(tmp_path / "t.xlsx", rows))
    assert [(a.year, a.spent) for a in after.amounts] == [(2022, 88000.0)]
    told = next(p for p in proposal.problems if p.code == "amounts-doubtful")
    assert "0160 Hulp, 2018" in told.message and proposal.left_out == 1


def test_a_file_about_another_municipality(mechelen, tmp_path):
    path = layouts.tidy(tmp_path / "t.xlsx", [tidy_row(**{"NIS-code": "11001"})])
    with pytest.raises(MemokitError) as caught:
        intake.propose(mechelen, path)
    assert [p.code for p in caught.value.problems] == ["nothing-about-us"]


def test_a_file_about_the_merged_municipality_is_refused_with_the_reason(tmp_path):
    hasselt = new("Hasselt", tmp_path)
    path = layouts.tidy(tmp_path / "t.xlsx", [tidy_row(**{"NIS-code": "71072", "Uitgave per inwoner": None})])
    with pytest.raises(MemokitError) as caught:
        intake.propose(hasselt, path)
    assert [p.code for p in caught.value.problems] == ["only-the-successor"]
    assert "71072" in str(caught.value)


def test_predecessors_are_added_to_the_borders_of_the_dossier(tmp_path):
    dossier = new("Aalter", tmp_path)
    path = tmp_path / "v.csv"
    lines = ("period;geolevel;geoitem;v1", "2018;gemeente2018;44001;100", "2018;gemeente2018;44029;11")
    path.write_text("\n".join(lines), "utf-8")
    after, _ = bring_in(dossier, path)
    (found,) = after.figures
    assert (found.indicator, found.year, found.value, found.status) == ("v1", 2018, 111.0, "summed")
    own = after.own_indicators[0]
    # For information, until a council decides otherwise.
    assert (own.id_, own.direction, own.theme) == ("v1", "context", "")


def test_problems_of_other_municipalities_do_not_stop_ours(mechelen, tmp_path):
    rows = [tidy_row(), tidy_row(**{"NIS-code": "11001", "Uitgave": "abc"})]
    after, _ = bring_in(mechelen, layouts.tidy(tmp_path / "t.xlsx", rows))
    assert len(after.amounts) == 1


def test_a_failed_write_leaves_the_dossier_as_it_was(mechelen, plan_file, monkeypatch):
    proposal = intake.propose(mechelen, plan_file, on=DAY)
    (mechelen.folder / "geschiedenis" / "journaal.jsonl").unlink()
    (mechelen.folder / "geschiedenis" / "journaal.jsonl").mkdir()
    with pytest.raises(MemokitError):
        intake.accept(mechelen, proposal)
    assert not list((mechelen.folder / "bronnen").iterdir())


def test_the_inbox_is_emptied_once_a_file_is_in(mechelen, plan_file):
    dropped = mechelen.folder / "inbox" / plan_file.name
    plan_file.rename(dropped)
    assert intake.waiting(mechelen) == (dropped,)
    after, _ = bring_in(mechelen, dropped)
    assert not intake.waiting(after) and len(after.plan) == 5


def test_a_name_that_is_taken_gets_a_number(mechelen, plan_file, tmp_path):
    after, _ = bring_in(mechelen, plan_file)
    (tmp_path / "ander").mkdir()
    other = layouts.actions(tmp_path / "ander" / plan_file.name, PLAN[:1], (2020, 2021))
    later, proposal = bring_in(after, other)
    assert proposal.kept_as == "bronnen/plan-mechelen-2.csv" and (later.folder / proposal.kept_as).is_file()


def test_items_that_share_a_code_stay_apart_and_without_amounts(mechelen, tmp_path):
    rows = [
        {**PLAN[0], "action": layouts.block("AP", "Noodhulp")},
        {**PLAN[1], "action": layouts.block("AP", "Wereldfeest")},
    ]
    after, proposal = bring_in(mechelen, layouts.actions(tmp_path / "p.csv", rows, (2020, 2021)))
    codes = [item.code for item in after.plan if item.level == "action"]
    assert codes == ["AP – Noodhulp", "AP – Wereldfeest"] and not after.amounts
    assert "amounts-of-repeated-code" in [p.code for p in proposal.problems]


def test_a_werkboek_is_recognised_and_shown(mechelen, plan_file, tmp_path):
    import openpyxl

    after, _ = bring_in(mechelen, plan_file)
    path = tmp_path / "ingevuld.xlsx"
    workbook.write(after, path)
    book = openpyxl.load_workbook(path)
    sheet = book["Plan en acties"]
    row = next(line for line in sheet.iter_rows(min_row=2) if line[0].value == "AC-1")
    column = next(cell.column for cell in sheet[1] if cell.value == "Internationale solidariteit")
    row[column - 1].value = "ja"
    book.save(path)
    shown = exchange.show(after, path)
    assert shown.can_add and "nee → ja" in shown.text
    assert shown.accept().by_key["plan", "AC-1"].solidarity == "yes"


def test_every_source_of_an_import_is_known_to_the_check(mechelen, plan_file):
    after, _ = bring_in(mechelen, plan_file)
    fresh = open_dossier(after.folder)
    from memokit.dossier import check

    assert not [p for p in check(fresh) if p.severity == "error"]


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_every_table_is_saved_and_read_back_unchanged(tmp_path, suffix):
    from memokit.evaluation import evaluate
    from memokit.excel import read_workbook
    from memokit.records import PRIVATE_TABLES, TABLES
    from memokit.rows import file_of, heads, read_records
    from memokit.tables import read_rows

    ev = evaluate(Path(__file__).parents[1] / "data" / "examples" / "voorbeeldstad")
    files = exchange.save_tables(ev, tmp_path / "uit", suffix)
    assert len(files) == len(TABLES) - len(PRIVATE_TABLES) + 1
    for model in TABLES:
        if model.table in PRIVATE_TABLES:
            continue
        path = tmp_path / "uit" / f"{Path(file_of(model.table)).stem}.{suffix}"
        names = tuple(heads(model).values())
        book = read_workbook(path, {path.stem: names}) if suffix == "xlsx" else {}
        sheet = book.get(path.stem) or read_rows(path, names)
        back = tuple(record for _, record in read_records(sheet, model).records)
        hidden = {n: cell for n, cell in model.cells().items() if cell.private}
        records = ev.measures.dossier.table(model.table)
        mine = tuple(record.model_copy(update=dict.fromkeys(hidden, "")) for record in records)
        assert back == mine, model.table


def test_text_that_a_spreadsheet_would_run_is_harmless_outside_and_restored(mechelen, tmp_path):
    from memokit.evaluation import evaluate
    from memokit.tables import read_rows

    after = put(mechelen, PlanItem(code="X", title="=HYPERLINK(1)"), PlanItem(code="Y", title="@som"))
    exchange.save_tables(evaluate(after), tmp_path / "uit", "csv")
    raw = (tmp_path / "uit" / "plan.csv").read_text("utf-8-sig")
    assert "'=HYPERLINK(1)" in raw and "'@som" in raw
    titles = [row["titel"] for _, row in read_rows(tmp_path / "uit" / "plan.csv").rows]
    assert titles == ["=HYPERLINK(1)", "@som"]


def test_proposals_leave_the_choice_to_a_person(mechelen, plan_file):
    after, _ = bring_in(mechelen, plan_file)
    (found,) = proposals(after.plan)
    assert (found.item.code, found.theme) == ("AC-1", "C") and found.sdg_targets
    accepted = found.accepted()
    assert (accepted.solidarity, accepted.theme) == ("yes", "C")
    assert accepted.sdg_targets == (), "a label of ours is no label of the municipality"
    assert "4de Pijler" in exchange.list_proposals(after)
    assert all(item.solidarity == "no" for item in after.plan)


def test_a_later_term_has_its_own_plan(tmp_path):
    dossier = new("Mechelen", tmp_path, Term(2030))
    path = layouts.actions(tmp_path / "p.csv", PLAN[:1], (2026, 2027))
    after, _ = bring_in(dossier, path)
    assert len(after.plan) == 3
