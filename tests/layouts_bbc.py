"""The four layouts of the BBC-analysetool, written: what the readers must give back."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl

TIDY = (
    "NIS-code", "Type rapport", "Rapportjaar", "Boekjaar", "BV_domein", "BV_subdomein", "Beleidsveld",
    "Uitgave", "Uitgave per inwoner",
)  # fmt: skip
FILTERS = (
    "Toegepaste filters:\nType boekhouding is Budgettaire Boekhouding\nType bestuur is Gemeente en OCMW\n"
    "Niveau 1 is E Exploitatieverrichtingen"
)
LABELS = ("Code", "Korte omschrijving", "Lange omschrijving", "Commentaar", "Evaluatie")


def dutch(value: float | None, decimals: int = 2) -> str:
    """Write a number as the tool does: a point between thousands, a comma before decimals, no zeros after."""
    if value is None:
        return ""
    text = f"{value:,.{decimals}f}".replace(",", "_").replace(".", ",").replace("_", ".")
    return text.rstrip("0").rstrip(",") if "," in text else text


def workbook(path: Path, rows: Sequence[Sequence[Any]], sheet: str = "Export") -> Path:
    """Write rows on one sheet."""
    book = openpyxl.Workbook(write_only=True)
    page = book.create_sheet(sheet)
    for row in rows:
        page.append(list(row))
    book.save(path)
    return path


def text(path: Path, rows: Sequence[Sequence[Any]], mark: str = ";", encoding: str = "utf-8-sig") -> Path:
    """Write rows as text with a mark between the columns."""
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=mark, lineterminator="\r\n").writerows(rows)
    return path


def tidy(path: Path, rows: Sequence[Mapping[str, Any]], filters: str = FILTERS) -> Path:
    """Write the tidy workbook: filters in A1, header on row 3, then a row for each figure."""
    heads = list(dict.fromkeys([*TIDY, *(head for row in rows[:1] for head in row)]))
    lines = [[row.get(head) for head in heads] for row in rows]
    return workbook(path, [[filters], [], heads, *lines])


def pivot_csv(
    path: Path, heads: Sequence[Mapping[str, str]], rows: Mapping[str, Sequence[float | None]]
) -> Path:
    """Write the pivot as text: a block of heads, the row NIS-code with the measure, a row for each code."""
    names = [name for name in heads[0] if name != "measure"]
    block = [[name, *(head[name] for head in heads)] for name in names]
    measures = ["NIS-code", *(head["measure"] for head in heads)]
    lines = [[code, *map(dutch, values)] for code, values in rows.items()]
    return text(path, [*block, measures, *lines])


def pivot_xlsx(
    path: Path, years: Sequence[int], accounts: Sequence[str], rows: Mapping[str, Sequence[float | None]],
    filters: str = "Toegepaste filters:\nType rapport is Jaarrekening\nStatus rapport is Origineel",
) -> Path:
    """Write the pivot workbook: years, accounts, boards by name, and the filters on the last row."""
    top = [["Boekjaar", *map(str, years)], ["Alg. rekening", *accounts]]
    boards = [[f"Gemeente en OCMW {name}", *values] for name, values in rows.items()]
    return workbook(path, [*top, *boards, [filters]])


def block(code: str, title: str, description: str = "", comment: str = "", evaluation: str = "") -> str:
    """Write the lines of one item of the plan."""
    parts = zip(LABELS, (code, title, description, comment, evaluation), strict=True)
    return "\n".join(f"{label}: {part}" for label, part in parts)


def actions(path: Path, rows: Sequence[Mapping[str, Any]], years: Sequence[int]) -> Path:
    """Write the actions: board, three blocks of text, and two columns for each year."""
    texts = ("Beleidsdoelst. totaaloverzicht", "Actieplan totaaloverzicht", "Actie totaaloverzicht")
    heads = ["Bestuur", *texts]
    amounts = [f"{year},{measure}" for year in years for measure in ("Uitgave", "Uitgave per inwoner")]
    lines = [
        [row["board"], row["objective"], row["action_plan"], row["action"],
         *(dutch(row["amounts"].get(name)) for name in amounts)]
        for row in rows
    ]
    return text(path, [[*heads, *amounts], *lines])
