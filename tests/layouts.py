"""The layouts with figures, written: what the readers must give back. A figure is a `Fig`.

`.xlsx` writes a workbook with numbers as numbers; any other suffix writes text.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import openpyxl

from memokit import territory

LEVELS = {2018: "gemeente2018", 2019: "gemeente2024", 2025: "gemeente"}
STADSMONITOR = ("Gemeente", "NIS-code", "Indicator", "Jaar")
STRUCT = (
    "CD_REFNIS", "TX_DESCR_NL", "TX_DESCR_FR", "CD_PROV_REFNIS", "CD_SEX", "CD_NATLTY", "CD_CIV_STS",
    "CD_AGE", "MS_POPULATION",
)  # fmt: skip
OLD_STRUCT = ("CD_MUNTY_REFNIS", "TX_MUNTY_DESCR_NL", *STRUCT[2:])
REFNIS = (
    "LVL_REFNIS", "CD_REFNIS", "CD_SUP_REFNIS", "TX_REFNIS_DE", "TX_REFNIS_FR", "TX_REFNIS_NL",
    "DT_VLDT_START", "DT_VLDT_END",
)  # fmt: skip
INCOME = {
    "inkomen_totaal": "MS_TOT_NET_TAXABLE_INC", "aangiften": "MS_NBR_NON_ZERO_INC",
    "aangiften_nul": "MS_NBR_ZERO_INC", "inwoners_1jan_volgend_jaar": "MS_TOT_RESIDENTS",
    "gemeentebelasting_totaal": "MS_TOT_MUNICIP_TAXES", "belasting_totaal": "MS_TOT_TAXES",
}  # fmt: skip
DUTCH = {
    "municipality": "nis", "indicator": "indicator", "year": "jaar", "value": "waarde", "unit": "eenheid",
    "status": "status", "source": "bron", "borders": "grenzen", "policy_field": "beleidsveld",
    "account": "rekening", "action": "actie", "measure": "maat", "report": "rapport",
    "report_year": "rapportjaar", "report_status": "status_rapport", "amount": "bedrag", "level": "niveau",
    "code": "code", "parent": "hoort_bij", "title": "titel", "description": "omschrijving",
    "comment": "commentaar", "own_evaluation": "evaluatie_gemeente",
}  # fmt: skip


class Fig(NamedTuple):
    """One figure."""

    municipality: str
    indicator: str
    year: int
    value: float
    borders: int = 2019


def number(value: float | None, decimal: str = ",") -> str:
    """Write a number without thousands mark and without a fraction of zeros; nothing for None."""
    if value is None:
        return ""
    text = f"{value:.15f}".rstrip("0").rstrip(".") if "e" in repr(value) else repr(value).removesuffix(".0")
    return text.replace(".", decimal)


def name_of(code: str) -> str:
    """Return the name of a municipality."""
    return territory.municipality(code).name


def write(
    path: Path,
    rows: Iterable[Sequence[Any]],
    mark: str = ";",
    decimal: str = ",",
    sheet: str = "Blad1",
    encoding: str = "utf-8-sig",
) -> Path:
    """Write rows as text, or as the one sheet of a workbook."""
    if path.suffix == ".xlsx":
        return book(path, {sheet: rows})
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, delimiter=mark, lineterminator="\r\n")
        for row in rows:
            writer.writerow([number(cell, decimal) if isinstance(cell, float) else cell for cell in row])
    return path


def book(path: Path, sheets: Mapping[str, Iterable[Sequence[Any]]]) -> Path:
    """Write a workbook."""
    made = openpyxl.Workbook(write_only=True)
    for name, rows in sheets.items():
        page = made.create_sheet(name)
        for row in rows:
            page.append(list(row))
    made.save(path)
    return path


def _by(figures: Iterable[Fig], *names: str) -> dict[tuple[Any, ...], dict[Any, float]]:
    """Return the figures by some fields, and within them by indicator."""
    found: dict[tuple[Any, ...], dict[Any, float]] = {}
    for figure in figures:
        found.setdefault(tuple(getattr(figure, name) for name in names), {})[figure.indicator] = figure.value
    return found


def _indicators(figures: Iterable[Fig]) -> list[str]:
    return list(dict.fromkeys(figure.indicator for figure in figures))


def swing_flat(path: Path, figures: Sequence[Fig], mark: str = ";", decimal: str = ",") -> Path:
    """Write the upload layout: a row for each period, level and municipality, a column for each code."""
    heads = _indicators(figures)
    rows = _by(figures, "year", "borders", "municipality").items()
    lines = [[y, LEVELS[b], c, *(found.get(head) for head in heads)] for (y, b, c), found in rows]
    return write(path, [["period", "geolevel", "geoitem", *heads], *lines], mark, decimal, "data")


def _geo(code: str, how: str) -> str:
    return {"code": code, "name": name_of(code), "both": f"{name_of(code)} ({code})"}[how]


def swing_long(
    path: Path, figures: Sequence[Fig], how: str = "code", mark: str = ";", decimal: str = ","
) -> Path:
    """Write a table of the viewer: Geo, Perioden, indicators. `how`: code, name or both."""
    heads = _indicators(figures)
    rows = _by(figures, "municipality", "year").items()
    lines = [[_geo(code, how), year, *(found.get(head) for head in heads)] for (code, year), found in rows]
    return write(path, [["Geo", "Perioden", *heads], *lines], mark, decimal)


def swing_wide(
    path: Path, figures: Sequence[Fig], how: str = "both", mark: str = ";", decimal: str = ","
) -> Path:
    """Write a table of the viewer with the periods as columns, and a column Onderwerp for several."""
    years, names = sorted({figure.year for figure in figures}), _indicators(figures)
    rows: dict[tuple[str, str], dict[int, float]] = {}
    for figure in figures:
        rows.setdefault((figure.municipality, figure.indicator), {})[figure.year] = figure.value
    several = len(names) > 1
    lines = [
        [_geo(code, how), *[name] * several, *(found.get(year) for year in years)]
        for (code, name), found in rows.items()
    ]
    top = [] if several else [[names[0], *[""] * len(years)]]
    return write(path, [*top, ["Geo", *["Onderwerp"] * several, *years], *lines], mark, decimal)


def swing_json(path: Path, figures: Sequence[Fig], how: str = "code", decimal: str = ",") -> Path:
    """Write the table of a Swing site as JSON: every cell text."""
    heads = _indicators(figures)
    rows = _by(figures, "municipality", "year").items()
    lines = [
        [_geo(code, how), str(year), *(number(found.get(head), decimal) for head in heads)]
        for (code, year), found in rows
    ]
    table = {"headers": [{"name": head, "type": "s"} for head in ("Geo", "Perioden", *heads)], "rows": lines}
    path.write_text(json.dumps(table), "utf-8")
    return path


def stadsmonitor(path: Path, figures: Sequence[Fig]) -> Path:
    """Write a workbook with a sheet for each code; `AR_03: Procent` is a column of sheet AR_03."""
    sheets: dict[str, list[list[Any]]] = {}
    for code in dict.fromkeys(figure.indicator.split(": ")[0] for figure in figures):
        mine = [figure for figure in figures if figure.indicator.split(": ")[0] == code]
        heads = _indicators(mine)
        rows = _by(mine, "municipality", "year").items()
        titles = [head.partition(": ")[2] or "Waarde" for head in heads]
        sheets[code] = [[*STADSMONITOR, *titles]] + [
            [name_of(town), int(town), f"Naam van {code}", year, *(found.get(head) for head in heads)]
            for (town, year), found in rows
        ]
    return book(path, {"Leeswijzer": [["Gemeente-Stadsmonitor"]], **sheets})


def statbel_population(path: Path, figures: Sequence[Fig]) -> Path:
    """Write the workbook per municipality: each figure in men and women, and Belgium on top."""
    sheets = {}
    for year in sorted({figure.year for figure in figures}):
        mine = [figure for figure in figures if figure.year == year]
        total = sum(figure.value for figure in mine)
        rows = [(1000, "België", total)]
        rows += [(int(figure.municipality), name_of(figure.municipality), figure.value) for figure in mine]
        split = [[code, name, value // 2, value - value // 2, value] for code, name, value in rows]
        heads = ["NIS code", "Woonplaats", "Mannen", "Vrouwen", "Totaal"]
        sheets[f"Bevolking in {year}"] = [[f"Bevolking per gemeente op 1 januari {year}"], [], heads, *split]
    return book(path, sheets)


def statbel_struct(path: Path, figures: Sequence[Fig], heads: Sequence[str] = STRUCT) -> Path:
    """Write the file by age and sex: each figure in three parts, and one row of Liège."""
    lines = [["62063", "Luik", "Liège", "60000", "M", "BEL", "1", "30", "7"]]
    for figure in figures:
        third = figure.value // 3
        for sex, age, people in (("M", 0, third), ("F", 40, third), ("F", 90, figure.value - 2 * third)):
            name = name_of(figure.municipality)
            lines.append([figure.municipality, name, name, "", sex, "BEL", "1", str(age), str(int(people))])
    return write(path, [heads, *lines], "|")


def statbel_income(path: Path, figures: Sequence[Fig]) -> Path:
    """Write the fiscal file, with a municipality of Brussels."""
    heads = ["CD_YEAR", "CD_MUNTY_REFNIS", *INCOME.values(), "TX_MUNTY_DESCR_NL"]
    rows = _by(figures, "year", "municipality").items()
    lines = [
        [year, code, *(found.get(name) for name in INCOME), name_of(code)] for (year, code), found in rows
    ]
    brussels = [2018, "21004", *[1.0] * len(INCOME), "Brussel"]
    return write(path, [heads, *lines, brussels], "|", ".")


def statbel_refnis(path: Path, edition: int = 2025, without: str = "") -> Path:
    """Write the list of codes as it stood from 2019 or from 2025 on."""
    lines = [
        ["1", "01000", "", "Belgien", "Belgique", "België", "01/01/1970", "31/12/9999"],
        ["4", "11006", "11000", "Berchem", "Berchem", "Berchem", "01/01/1970", "31/12/1982"],
        ["4", "21004", "21000", "Brüssel", "Bruxelles", "Brussel", "01/01/1970", "31/12/9999"],
    ]
    towns = {town.code: town for borders in territory.BORDERS for town in territory.municipalities(borders)}
    for town in towns.values():
        if town.valid_from <= edition and town.code != without:
            end = town.valid_until if town.valid_until < edition else 9999
            start = f"01/01/{town.valid_from or 1977}"
            lines.append(["4", town.code, "", town.name, town.name, town.name, start, f"31/12/{end}"])
    return write(path, [REFNIS, *lines], "|")


def tidy(path: Path, rows: Sequence[Mapping[str, Any]], dutch: bool = False) -> Path:
    """Write memokit's own table: English heads with commas and points, or Dutch ones with `;` and commas."""
    heads = list(rows[0])
    lines = [[row[head] for head in heads] for row in rows]
    if dutch:
        return write(path, [[DUTCH[head] for head in heads], *lines])
    return write(path, [heads, *lines], ",", ".")
