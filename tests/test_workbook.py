"""The werkboek: out and back without a change, and only what somebody changed comes in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from memokit import workbook
from memokit.dossier import Dossier, new, open_dossier, put, undo
from memokit.problems import MemokitError
from memokit.records import PRIVATE_TABLES, TABLES, Amount, Assessment, Member, PlanItem, Point, Source


@pytest.fixture
def dossier(tmp_path: Path) -> Dossier:
    return put(
        new("Mechelen", tmp_path),
        PlanItem(code="1.10", title="=Noodhulp", sdg_targets=("SDG 16.10", "SDG 17.9")),
        PlanItem(code="2-1", title="Scholen\ntwee regels"),
        Source(id_="B1", kind="report", title="<script>"),
        Amount(item="0150", year=2022, spent=1234.5, sources=("B1",)),
        Assessment(action="1.10", status="achieved", sources=("B1",), private_note="geheim van Jan"),
        Point(kind="thanks", title="Dank", text="+32"),
        Member(member="lid 1", name="Jan Peeters"),
    )


def edited(dossier: Dossier, path: Path, *changes: Callable[[Any], None]) -> Path:
    workbook.write(dossier, path)
    book = openpyxl.load_workbook(path)
    for each in changes:
        each(book)
    book.save(path)
    return path


def cell(sheet: Any, title: str, row: int = 2) -> Any:
    column = next(c.column for c in sheet[1] if c.value == title)
    return sheet.cell(row, column)


def setting(sheet: str, title: str, value: Any, row: int = 2) -> Callable[[Any], None]:
    def do(book: Any) -> None:
        cell(book[sheet], title, row).value = value

    return do


def test_out_and_back_is_the_same(dossier: Dossier, tmp_path: Path) -> None:
    path = tmp_path / "w.xlsx"
    workbook.write(dossier, path)
    records, problems = workbook.read(path, dossier)
    models = [model for model in TABLES if model.table not in PRIVATE_TABLES]
    assert not problems
    assert list(records) == [*(r for m in models for r in dossier.table(m.table)), dossier.settings]
    assert workbook.apply(dossier, path) == dossier


def test_no_name_and_no_private_note_is_in_it(dossier: Dossier, tmp_path: Path) -> None:
    workbook.write(dossier, tmp_path / "w.xlsx")
    book = openpyxl.load_workbook(tmp_path / "w.xlsx")
    text = " ".join(str(c.value) for sheet in book for row in sheet.iter_rows() for c in row)
    assert "Peeters" not in text and "geheim" not in text and "Privé" not in text


def test_it_begins_with_instructions_and_the_short_form(dossier: Dossier, tmp_path: Path) -> None:
    workbook.write(dossier, tmp_path / "w.xlsx")
    book = openpyxl.load_workbook(tmp_path / "w.xlsx")
    assert book.sheetnames[:3] == ["Lees dit eerst", "Plan en acties", "Beoordelingen"]
    assert "Mechelen" in book.worksheets[0]["A1"].value
    assert book["basis"].sheet_state == "veryHidden" and book["lijsten"].sheet_state == "hidden"
    sheet = book["Beoordelingen"]
    assert [c.value for c in sheet[1]][:4] == ["Actie", "Omschrijving", "Beoordelaar", "Stand van zaken"]
    assert sheet["B2"].value == "=Noodhulp" and sheet["B2"].data_type == "s"
    assert any(rule.type == "list" for rule in sheet.data_validations.dataValidation)


def test_what_was_changed_comes_in_as_one_entry(dossier: Dossier, tmp_path: Path) -> None:
    def add_and_delete(book: Any) -> None:
        book["Bronnen"].append([])
        cell(book["Bronnen"], "Nummer", 3).value = "B2"
        cell(book["Bronnen"], "Titel", 3).value = "Jaarrekening"
        book["Plan en acties"].delete_rows(3)

    path = edited(dossier, tmp_path / "w.xlsx", add_and_delete,
                  setting("Beoordelingen", "Stand van zaken", "Deels gerealiseerd"),
                  setting("Bedragen", "Uitgegeven", 99.5))  # fmt: skip
    done = workbook.apply(dossier, path)
    assert done.assessments[0].status == "partly" and done.assessments[0].private_note == "geheim van Jan"
    assert done.amounts[0].spent == 99.5 and [s.id_ for s in done.sources] == ["B1", "B2"]
    assert [item.code for item in done.plan] == ["1.10"]
    assert workbook.apply(done, path) == done
    assert open_dossier(done.folder).assessments == done.assessments
    back = undo(done)
    assert {t: sorted(map(repr, r)) for t, r in back.records.items()} == {
        t: sorted(map(repr, r)) for t, r in dossier.records.items()
    }


def test_the_dossier_moved_on_in_the_meantime(dossier: Dossier, tmp_path: Path) -> None:
    path = edited(dossier, tmp_path / "w.xlsx", setting("Beoordelingen", "Eén zin", "uit Excel"))
    later = put(dossier, PlanItem(code="3", title="Nieuw"),
                dossier.assessments[0].model_copy(update={"status": "mostly"}))  # fmt: skip
    done = workbook.apply(later, path)
    assert done.assessments[0].status == "mostly" and done.assessments[0].line == "uit Excel"
    assert "3" in [item.code for item in done.plan] and not done.problems
    other = edited(dossier, tmp_path / "w2.xlsx", setting("Beoordelingen", "Stand van zaken", "stopgezet"))
    clash = workbook.apply(done, other)
    assert clash.assessments[0].status == "mostly" and [p.code for p in clash.problems] == ["clash"]


def test_a_mistake_is_named_with_sheet_and_letter_and_nothing_changes(
    dossier: Dossier, tmp_path: Path
) -> None:
    path = edited(dossier, tmp_path / "w.xlsx", setting("Plan en acties", "SDG", 16.1),
                  setting("Beoordelingen", "Stand van zaken", "klaar"))  # fmt: skip
    with pytest.raises(MemokitError) as caught:
        workbook.apply(dossier, path)
    found = {(p.code, p.sheet, p.row) for p in caught.value.problems}
    assert found == {("sdg-without-label", "Plan en acties", 2), ("unknown-value", "Beoordelingen", 2)}
    assert all(len(p.column) == 1 for p in caught.value.problems)
    assert open_dossier(dossier.folder) == dossier


def test_settings_come_back(dossier: Dossier, tmp_path: Path) -> None:
    def fill(book: Any) -> None:
        for row in book["Dossier"].iter_rows(min_row=2):
            if row[0].value == "Naam van de raad of groep":
                row[1].value = "Mondiale Raad"
            if row[0].value == "Stemgerechtigde leden":
                row[1].value = 11

    done = workbook.apply(dossier, edited(dossier, tmp_path / "w.xlsx", fill))
    assert (done.settings.council, done.settings.voting_members) == ("Mondiale Raad", 11)


def test_a_wrong_setting_is_named_with_its_cell(dossier: Dossier, tmp_path: Path) -> None:
    def fill(book: Any) -> None:
        book["Dossier"]["B5"].value = "misschien"

    _, problems = workbook.read(edited(dossier, tmp_path / "w.xlsx", fill), dossier)
    assert [(p.code, p.column) for p in problems] == [("unknown-value", "B5")]


def test_the_werkboek_of_another_dossier(dossier: Dossier, tmp_path: Path) -> None:
    workbook.write(new("Gent", tmp_path), tmp_path / "w.xlsx")
    with pytest.raises(MemokitError) as caught:
        workbook.apply(dossier, tmp_path / "w.xlsx")
    assert [p.code for p in caught.value.problems] == ["workbook-other"]


def test_a_sheet_or_the_base_that_is_gone_removes_nothing(dossier: Dossier, tmp_path: Path) -> None:
    def without(book: Any) -> None:
        del book["Bronnen"]
        del book["basis"]
        book["Plan en acties"].delete_rows(3)

    done = workbook.apply(dossier, edited(dossier, tmp_path / "w.xlsx", without))
    assert done.records == dossier.records and [p.code for p in done.problems] == ["workbook-sheet-missing"]


def test_no_werkboek(dossier: Dossier, tmp_path: Path) -> None:
    openpyxl.Workbook().save(tmp_path / "w.xlsx")
    with pytest.raises(MemokitError) as caught:
        workbook.read(tmp_path / "w.xlsx", dossier)
    assert caught.value.problems[0].code == "workbook-not-ours"


def test_a_row_deleted_in_excel_comes_back_whole(dossier: Dossier, tmp_path: Path) -> None:
    path = edited(dossier, tmp_path / "w.xlsx", lambda book: book["Beoordelingen"].delete_rows(2))
    done = workbook.apply(dossier, path)
    assert not done.assessments and undo(done).assessments == dossier.assessments
