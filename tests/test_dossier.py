"""The dossier: opened with every problem at once, saved so that nothing is lost."""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import memokit
from memokit.cells import format_cell
from memokit.dossier import (
    UPGRADES,
    Dossier,
    apply_changes,
    change,
    changes_of,
    check,
    new,
    open_dossier,
    put,
    remove,
    undo,
)  # fmt: skip
from memokit.folder import journal_path, lock_path
from memokit.journal import claim, release
from memokit.problems import MemokitError
from memokit.records import Amount, Assessment, Member, PlanItem, Settings, Source
from memokit.tables import read_rows

BROKEN = Path(__file__).parent / "broken"
with (BROKEN / "expected.csv").open(encoding="utf-8", newline="") as file:
    CASES = list(csv.DictReader(file))


@pytest.fixture
def base(tmp_path: Path) -> Path:
    return Path(shutil.copytree(BROKEN / "base", tmp_path / "dossier"))


@pytest.fixture
def fresh(tmp_path: Path) -> Dossier:
    dossier = new("Mechelen", tmp_path)
    return put(dossier, PlanItem(code="1.10", title="Noodhulp"), PlanItem(code="2-1", title="Scholen"))


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_bytes().decode("utf-8")
    assert old in text
    path.write_bytes(text.replace(old, new).encode())


def codes(dossier: Dossier) -> list[str]:
    return [problem.code for problem in dossier.problems]


def test_the_sound_dossier_has_no_problem(base: Path) -> None:
    assert check(base) == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["case"])
def test_one_defect_is_named_with_its_place_and_remedy(base: Path, case: dict[str, str]) -> None:
    before = {path: path.read_bytes() for path in base.iterdir()}
    shutil.copy(BROKEN / case["case"], base / case["as"])
    problems = check(base)
    assert [problem.code for problem in problems] == [code for code in case["codes"].split(";") if code]
    for problem in problems:
        assert problem.file == case["as"] and problem.message and problem.remedy
        assert (str(problem.row), problem.column)[: 2 if case["column"] else 1] == (
            (case["row"] or str(problem.row)),
            case["column"],
        )[: 2 if case["column"] else 1]
        assert "Traceback" not in str(problem) and "Jan Peeters" not in str(problem)
    assert all(path.read_bytes() == data for path, data in before.items() if path.name != case["as"])


def test_every_case_has_its_file_and_every_file_its_case() -> None:
    there = {path.name for path in BROKEN.iterdir() if path.is_file()} - {"expected.csv"}
    assert there == {case["case"] for case in CASES}


def test_what_reads_fine_holds_what_was_written(base: Path) -> None:
    shutil.copy(BROKEN / "fine-excel.csv", base / "bedragen.csv")
    shutil.copy(BROKEN / "hostile.csv", base / "plan.csv")
    dossier = open_dossier(base)
    first, second = dossier.amounts
    assert (first.planned_first, first.spent, second.planned_first) == (1234.56, -3.5, 5000)
    assert dossier.row_of(first) == 4 and dossier.row_of(second) == 7
    assert [item.title for item in dossier.plan] == ["<script>alert(1)</script>", "=cmd()|x", "=cmd()"]


def test_all_problems_of_all_files_come_at_once(base: Path) -> None:
    for name, file in (
        ("status.csv", "beoordelingen.csv"),
        ("amount.csv", "bedragen.csv"),
        ("pdf.csv", "plan.csv"),
    ):
        shutil.copy(BROKEN / name, base / file)
    assert {"unknown-value", "ambiguous-number", "not-a-table"} == {p.code for p in check(base)}


@pytest.mark.parametrize("x", ["nergens", "/nergens/dossier", None, 3, "\0", object(), Path(), [], b"x"])
def test_check_never_raises(x: object) -> None:
    assert check(x) and all(problem.message for problem in check(x))


def test_check_of_one_file_names_that_file_only(base: Path) -> None:
    shutil.copy(BROKEN / "status.csv", base / "beoordelingen.csv")
    shutil.copy(BROKEN / "amount.csv", base / "bedragen.csv")
    assert [p.code for p in check(base / "bedragen.csv")] == ["ambiguous-number"]


def test_a_folder_that_is_a_file_or_empty(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("x")
    for folder in (tmp_path / "x", tmp_path, tmp_path / "y"):
        with pytest.raises(MemokitError) as caught:
            memokit.open(folder)
        assert caught.value.problems[0].code == "no-dossier"


def test_new_is_filled_with_what_is_known(tmp_path: Path) -> None:
    dossier = memokit.new("Sint-Niklaas", tmp_path, memokit.Term(2024, until=2025))
    assert dossier.folder.name == "dossier-sint-niklaas-2024" and dossier.settings.municipality == "46021"
    assert dossier.term == memokit.Term(2024, until=2025)
    assert len(dossier.answers) == 12 and len(dossier.plan_lines) == 6 and len(dossier.rungs) == 5
    assert {answer.now for answer in dossier.answers} == {"unknown"}
    assert not [p for p in check(dossier) if p.severity != "note"]
    with pytest.raises(MemokitError) as caught:
        memokit.new("Sint-Niklaas", tmp_path)
    assert caught.value.problems[0].code == "folder-exists"
    assert [path.name for path in tmp_path.iterdir()] == [dossier.folder.name]


def test_a_wrong_name_makes_nothing(tmp_path: Path) -> None:
    with pytest.raises(MemokitError):
        new("Mechln", tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_folder_in_which_nothing_can_be_made(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("x")
    with pytest.raises(MemokitError) as caught:
        new("Mechelen", tmp_path / "x")
    assert caught.value.problems[0].code == "cannot-write"


def test_put_remove_and_undo(fresh: Dossier) -> None:
    dossier = put(fresh, Assessment(action="1.10", status="partly", line="=x"))
    dossier = put(dossier, Assessment(action="1.10", status="achieved", line="=x"))
    assert open_dossier(dossier.folder) == dossier and dossier.assessments[0].status == "achieved"
    dossier = undo(dossier)
    assert dossier.assessments[0].status == "partly"
    dossier = remove(dossier, "assessments", dossier.assessments[0].id)
    assert not dossier.assessments
    dossier = undo(dossier)
    assert dossier.assessments[0].line == "=x"
    dossier = undo(undo(dossier))
    assert not dossier.assessments and not dossier.plan
    with pytest.raises(MemokitError) as caught:
        undo(dossier)
    assert caught.value.problems[0].code == "nothing-to-undo"


def test_settings_are_saved_and_undone(fresh: Dossier) -> None:
    settings = fresh.settings.model_copy(
        update={"council": "De raad: =x", "themes": ("A", "B"), "date": "2024-04-15"}
    )
    dossier = put(fresh, settings)
    assert open_dossier(dossier.folder).settings == settings
    assert undo(dossier).settings == fresh.settings


def test_an_entry_with_an_id_is_done_once_and_undone_by_it(fresh: Dossier) -> None:
    items = [PlanItem(code=f"A{n}", title="x") for n in range(3)]
    assert len(changes_of(fresh, items)) == 3
    dossier = change(fresh, items, entry_id="import-1")
    size = journal_path(dossier.folder).stat().st_size
    assert change(dossier, items, entry_id="import-1") == dossier
    assert journal_path(dossier.folder).stat().st_size == size
    dossier = put(dossier, PlanItem(code="A1", title="gewijzigd"))
    dossier = undo(dossier, "import-1")
    assert [item.code for item in dossier.plan] == ["1.10", "2-1", "A1"]
    assert codes(dossier) == ["clash-changed"]
    assert [i.code for i in change(dossier, items[:1], entry_id="import-1").plan][-1] == "A0"


def test_nothing_changed_is_no_entry(fresh: Dossier) -> None:
    before = journal_path(fresh.folder).read_bytes()
    assert put(fresh, *fresh.plan) == fresh and journal_path(fresh.folder).read_bytes() == before


def test_a_value_that_no_file_can_hold_is_refused(fresh: Dossier) -> None:
    for record in (Assessment(action="1.10", status="klaar"), Source(id_="B", title="x", date="2024-02-31")):
        with pytest.raises(MemokitError):
            put(fresh, record)
    assert open_dossier(fresh.folder) == fresh


def test_a_table_changed_outside_is_merged_per_row_and_field(fresh: Dossier) -> None:
    plan = fresh.folder / "plan.csv"
    edit(plan, "1.10;actie;;Noodhulp", "1.10;actie;;Noodhulp in Excel")
    edit(plan, "bronnen\r\n", "bronnen;eigen kolom\r\n")
    edit(
        plan,
        "2-1;actie;;Scholen;nee;;onbekend;meerjarenplan;;;;;;ja;nee;\r\n",
        "2-1;actie;;Scholen;nee;;onbekend;meerjarenplan;;;;;;ja;nee;;mijn nota\r\nX;actie;;Nieuw\r\n",
    )
    dossier = put(fresh, fresh.plan[0].model_copy(update={"page": "p. 3"}), PlanItem(code="Y", title="y"))
    assert [(i.code, i.title, i.page) for i in dossier.plan] == [
        ("1.10", "Noodhulp in Excel", "p. 3"), ("2-1", "Scholen", ""), ("X", "Nieuw", ""), ("Y", "y", ""),
    ]  # fmt: skip
    assert not dossier.problems
    assert read_rows(plan).rows[1][1]["eigen kolom"] == "mijn nota"


def test_a_clash_is_reported_and_the_file_wins(fresh: Dossier) -> None:
    edit(fresh.folder / "plan.csv", "Noodhulp", "Noodhulp in Excel")
    dossier = put(fresh, fresh.plan[0].model_copy(update={"title": "Noodhulp in memokit"}))
    assert dossier.plan[0].title == "Noodhulp in Excel"
    clash = dossier.problems[0]
    assert (clash.code, clash.row, clash.column) == ("clash", 2, "titel")
    assert clash.found == "Noodhulp in Excel" and clash.detail["ours"] == "Noodhulp in memokit"
    assert "Noodhulp in memokit" in clash.message


def test_a_row_removed_outside_stays_away(fresh: Dossier) -> None:
    edit(fresh.folder / "plan.csv", "1.10;actie;;Noodhulp;nee;;onbekend;meerjarenplan;;;;;;ja;nee;\r\n", "")
    dossier = put(fresh, fresh.plan[0].model_copy(update={"page": "p. 3"}))
    assert [item.code for item in dossier.plan] == ["2-1"] and codes(dossier) == ["clash-removed"]


def test_a_row_with_an_error_is_kept_and_can_be_mended(fresh: Dossier) -> None:
    dossier = put(
        fresh, Assessment(action="1.10", status="partly"), Assessment(action="2-1", status="partly")
    )
    edit(dossier.folder / "beoordelingen.csv", "1.10;raad;deels gerealiseerd", "1.10;raad;gereliseerd")
    dossier = open_dossier(dossier.folder)
    assert codes(dossier) == ["unknown-value"] and len(dossier.assessments) == 1
    dossier = put(dossier, Assessment(action="2-1", status="achieved"))
    assert "gereliseerd" in (dossier.folder / "beoordelingen.csv").read_text("utf-8-sig")
    dossier = put(dossier, Assessment(action="1.10", status="achieved"))
    assert not dossier.problems and len(dossier.assessments) == 2


def test_codes_that_excel_changed_are_mended_from_the_last_saved_state(fresh: Dossier) -> None:
    plan = fresh.folder / "plan.csv"
    edit(plan, "1.10;actie", "1,1;actie")
    edit(plan, "2-1;actie", "02/jan;actie")
    dossier = open_dossier(fresh.folder)
    assert [item.code for item in dossier.plan] == ["1.10", "2-1"]
    assert codes(dossier) == ["excel-mended"] * 2 and dossier.problems[0].severity == "note"


def test_a_locked_table_leaves_the_journal_going(fresh: Dossier) -> None:
    lock = fresh.folder / ".~lock.beoordelingen.csv#"
    lock.touch()
    dossier = put(fresh, Assessment(action="1.10", status="partly"))
    dossier = put(dossier, Assessment(action="1.10", status="achieved"), Assessment(action="2-1"))
    assert [a.status for a in dossier.assessments] == ["achieved", "pending"]
    assert codes(dossier) == ["table-locked"] and dossier.problems[0].severity == "warning"
    assert "veilig" in dossier.problems[0].remedy
    assert len(read_rows(dossier.folder / "beoordelingen.csv").rows) == 0
    lock.unlink()
    dossier = open_dossier(dossier.folder)
    assert not dossier.problems
    assert len(read_rows(dossier.folder / "beoordelingen.csv").rows) == 2


@pytest.mark.parametrize("name", ["no-header.csv", "same-column.csv", "extra.csv"])
def test_a_table_whose_cells_fit_no_head_is_never_rewritten(fresh: Dossier, name: str) -> None:
    shutil.copy(BROKEN / name, fresh.folder / "plan.csv")
    dossier = put(fresh, PlanItem(code="Z", title="z"))
    assert (fresh.folder / "plan.csv").read_bytes() == (BROKEN / name).read_bytes()
    assert "table-unreadable" in codes(dossier)


def test_a_table_that_became_unreadable_is_left_alone(fresh: Dossier) -> None:
    (fresh.folder / "bronnen.csv").write_bytes(b"%PDF")
    dossier = put(fresh, Source(id_="B1", title="x"))
    assert set(codes(dossier)) == {"not-a-table", "table-unreadable"}
    assert (dossier.folder / "bronnen.csv").read_bytes() == b"%PDF"
    (fresh.folder / "bronnen.csv").unlink()
    assert open_dossier(fresh.folder).sources[0].id_ == "B1"


@pytest.mark.parametrize("cut", [2, 10, 40])
def test_a_journal_cut_off_in_its_last_line_keeps_every_complete_one(fresh: Dossier, cut: int) -> None:
    path = journal_path(fresh.folder)
    lines = path.read_bytes().splitlines(keepends=True)
    kept = fresh.folder / "plan.csv"
    empty = kept.read_bytes().split(b"\r\n")[0] + b"\r\n"
    # As if the power went after the entry, before the table: entry complete, mark cut off.
    path.write_bytes(b"".join(lines[:-1]) + lines[-1][:-cut])
    kept.write_bytes(empty)
    dossier = open_dossier(fresh.folder)
    assert [item.code for item in dossier.plan] == ["1.10", "2-1"]
    # And as if it went in the entry itself: the table as before, and the next change is saved.
    entry = next(i for i, line in enumerate(lines) if json.loads(line).get("changes"))
    path.write_bytes(b"".join(lines[:entry]) + lines[entry][:-cut])
    kept.write_bytes(empty)
    dossier = open_dossier(fresh.folder)
    assert not dossier.plan and codes(dossier) == ["journal-tail"]
    dossier = put(dossier, PlanItem(code="Z", title="z"))
    assert "Z" in [item.code for item in open_dossier(dossier.folder).plan]


def test_a_newer_dossier_is_read_only(base: Path) -> None:
    shutil.copy(BROKEN / "newer.yml", base / "dossier.yml")
    dossier = open_dossier(base)
    assert dossier.read_only and dossier.plan and "7" in dossier.problems[0].remedy
    with pytest.raises(MemokitError) as caught:
        put(dossier, PlanItem(code="x", title="x"))
    assert caught.value.problems[0].code == "read-only"
    assert not (base / "geschiedenis").exists()


def test_a_dossier_made_by_hand_can_be_saved(base: Path) -> None:
    (base / "mijn nota.txt").write_text("blijft")
    dossier = put(open_dossier(base), Amount(item="0150", year=2022, spent=12.5, sources=("B02",)))
    assert check(dossier) == [] and (base / "mijn nota.txt").exists()
    assert (base / "plan.csv").read_bytes() == (BROKEN / "base" / "plan.csv").read_bytes()


def test_inputs_are_what_an_evaluation_reads(fresh: Dossier) -> None:
    dossier = put(fresh, Member(member="lid 1", name="Jan Peeters"))
    assert dossier.inputs() == fresh.inputs()
    assert "plan.csv" in dossier.inputs() and "leden.csv" not in dossier.inputs()


def test_two_windows_do_not_lose_each_others_work(fresh: Dossier) -> None:
    one = put(fresh, Assessment(action="1.10", status="achieved"))
    two = put(fresh, Assessment(action="2-1", status="partly"))
    assert [a.action for a in two.assessments] == ["1.10", "2-1"] and one.assessments[0] in two.assessments


def test_apply_changes_without_changes_is_nothing(fresh: Dossier) -> None:
    assert apply_changes(fresh, []) is fresh


def test_settings_as_text() -> None:
    assert format_cell(("A", "B"), Settings.cells()["themes"]) == "A; B"


def test_an_older_dossier_is_upgraded_on_a_copy(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    edit(base / "dossier.yml", "schema_version: 1", "schema_version: 0")
    before = (base / "dossier.yml").read_bytes()

    def step(folder: Path) -> None:
        edit(folder / "dossier.yml", "schema_version: 0", "schema_version: 1")

    monkeypatch.setitem(UPGRADES, 0, step)
    dossier = open_dossier(base)
    assert dossier.folder.name == "dossier-v1" and dossier.settings.schema_version == 1
    assert (base / "dossier.yml").read_bytes() == before and open_dossier(base) == dossier


def test_two_windows_are_told_apart(fresh: Dossier) -> None:
    path = lock_path(fresh.folder)
    claim(path, "one")
    claim(path, "one")
    with pytest.raises(MemokitError) as caught:
        claim(path, "two")
    assert caught.value.problems[0].code == "dossier-in-use"
    claim(path, "two", take_over=True)
    release(path, "one")
    assert path.exists()
    release(path, "two")
    claim(path, "one")
    path.write_text("{")
    claim(path, "two")


def test_a_full_disk_saves_nothing_and_loses_nothing(fresh: Dossier) -> None:
    pytest.importorskip("resource", reason="only POSIX can limit the size of a file")
    script = """
import resource, sys
from memokit.dossier import open_dossier, put
from memokit.folder import journal_path
from memokit.problems import MemokitError
from memokit.records import PlanItem
dossier = open_dossier(sys.argv[1])
size = journal_path(dossier.folder).stat().st_size + 50
resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
try:
    put(dossier, PlanItem(code="Z", title="z" * 1000))
except MemokitError as error:
    print(error.problems[0].code)
"""
    before = {path: path.read_bytes() for path in fresh.folder.rglob("*") if path.is_file()}
    command = [sys.executable, "-c", script, str(fresh.folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "disk-full"
    assert {path: path.read_bytes() for path in fresh.folder.rglob("*") if path.is_file()} == before


def test_a_changed_point_replaces_its_row(voorbeeldstad: Path) -> None:
    """The key of a point holds a choice: its word in the file and its value in code are the same key."""
    dossier = open_dossier(voorbeeldstad)
    point = next(p for p in dossier.points if p.kind == "promise")
    before = len(dossier.points)
    put(dossier, point.model_copy(update={"question": "Kan dat dit jaar?"}))
    again = open_dossier(voorbeeldstad)
    assert len(again.points) == before
    assert [p.question for p in again.points if p.id == point.id] == ["Kan dat dit jaar?"]
    remove(again, "points", point.id)
    assert point.id not in {p.id for p in open_dossier(voorbeeldstad).points}


def test_a_judgement_without_a_judge_can_be_changed(voorbeeldstad: Path) -> None:
    table = voorbeeldstad / "beoordelingen.csv"
    head, *rows = table.read_text("utf-8-sig").splitlines()
    kept = [row for row in rows if not row.startswith("AC-4.1.1;")]
    bare = "AC-4.1.1;;in uitvoering;B14" + ";" * (head.count(";") - 3)
    table.write_text("\n".join([head, bare, *kept]), "utf-8-sig")
    dossier = open_dossier(voorbeeldstad)
    judged = next(a for a in dossier.assessments if a.action == "AC-4.1.1")
    put(dossier, judged.model_copy(update={"status": "achieved"}))
    again = [a for a in open_dossier(voorbeeldstad).assessments if a.action == "AC-4.1.1"]
    assert [(a.judge, a.status) for a in again] == [("raad", "achieved")]


def test_an_import_can_be_undone_twice(voorbeeldstad: Path) -> None:
    item = PlanItem(code="NIEUW", title="Nieuwe actie")
    dossier = open_dossier(voorbeeldstad)
    for _ in range(2):
        dossier = change(dossier, put=[item], entry_id="import-1")
        assert "NIEUW" in {i.code for i in dossier.plan}
        dossier = undo(dossier, "import-1")
        assert "NIEUW" not in {i.code for i in open_dossier(voorbeeldstad).plan}
