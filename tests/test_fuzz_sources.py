"""Valid files of every layout, damaged by chance: read as the file says, or refused with reasons.

Never another exception, never a figure that the file does not say, never one left out in silence. What a file
says is read a second time by `naive.py`. MEMOKIT_FUZZ (or make fuzz N=…) is the number of files; a failure
names its case: MEMOKIT_CASE=17 runs only that one.
"""

from __future__ import annotations

import os
import random
import re
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import openpyxl
import pytest

from memokit.problems import MemokitError
from memokit.sources import read
from memokit.sources.checking import inhabitants
from memokit.sources.delivery import Delivery, Repair
from tests import layouts, layouts_bbc, naive
from tests.broken_deliveries import pack, prefixed, shared, unpack
from tests.layouts import Fig
from tests.naive import Said, Sheets

N = int(os.environ.get("MEMOKIT_FUZZ", "500"))
SEED = int(os.environ.get("MEMOKIT_SEED", "2024"))
ONLY = os.environ.get("MEMOKIT_CASE", "")
TOWNS = ("12025", "24062", "11002", "13025", "44084")
AID, RELATIONS = "0160 Hulp aan het buitenland", "0150 Internationale relaties; “Eén” wereld"


class Layout(NamedTuple):
    """How a valid file is written, and how the naive reading takes it."""

    file: str
    write: Callable[[Path], Path]
    reading: str
    mark: str
    decimal: str = ","


# -- valid files --------------------------------------------------------------------------------------------


def _tidy_rows() -> list[dict[str, Any]]:
    rows = []
    for i, town in enumerate(TOWNS):
        for year, field in ((2020, AID), (2020, RELATIONS), (2021, AID)):
            euros = round(12.34 * (i + 1) * 7 ** (i + year - 2019), 2) * (-1 if i == 3 else 1)
            head = round(euros / inhabitants(town, 2025, year), 2)
            cells = (town, "Jaarrekening", year, year, "01 Algemeen", "016", field, euros, head)
            rows.append(dict(zip(layouts_bbc.TIDY, cells, strict=True)))
    rows[4]["Uitgave"] = rows[4]["Uitgave per inwoner"] = None
    rows += [{**rows[0], "NIS-code": code} for code in ("02000", "21004", "99991")]
    return rows


def _tidy_csv(path: Path) -> Path:
    rows = _tidy_rows()
    cells = [[layouts_bbc.dutch(c) if isinstance(c, float) else c for c in row.values()] for row in rows]
    return layouts_bbc.text(path, [list(rows[0]), *cells])


def _pivot_csv(path: Path) -> Path:
    heads = [{"Type rapport": "Meerjarenplan", "Rapportjaar": "2020", "Boekjaar": year, "Beleidsveld": field,
              "measure": measure} for year, field in (("2020", AID), ("2021", RELATIONS))
             for measure in ("Uitgave", "Uitgave per inwoner")]  # fmt: skip
    rows: dict[str, list[float | None]] = {}
    for i, town in enumerate(TOWNS):
        euros = [round(1234.5 * (i + 1) * 11**i, 2), None if i == 2 else 1_250_000.0 * (i + 1)]
        rows[town] = [value for year, outlay in zip((2020, 2021), euros, strict=True) for value in
                      (outlay, None if outlay is None else round(outlay / inhabitants(town, 2025, year), 2))]
    return layouts_bbc.pivot_csv(path, heads, rows)


def _pivot_xlsx(path: Path) -> Path:
    rows = {layouts.name_of(town): [0.25 * i, None if i == 1 else 10.5 + i, 3.0]
            for i, town in enumerate(TOWNS)}  # fmt: skip
    accounts = ["REK664 Subsidies", "REK61 Diensten", "REK61 Diensten"]
    return layouts_bbc.pivot_xlsx(path, [2020, 2020, 2021], accounts, rows)


def _actions(path: Path) -> Path:
    rows = []
    for i, town in enumerate(TOWNS):
        amounts: dict[str, float] = {"2026,Uitgave": 1234.5 * 10**i, "2027,Uitgave": 250_000.0}
        amounts |= {f"{head} per inwoner": round(value / inhabitants(town, 2025, int(head[:4])), 2)
                    for head, value in amounts.items()}
        rows.append({
            "board": f"Gemeente en OCMW {layouts.name_of(town)}",
            "objective": layouts_bbc.block("BD-1", "Solidair", "Wij werken\nmet iedereen; “samen”."),
            "action_plan": layouts_bbc.block("AP-1", "Wereldwijd", comment="Zie ook BD-2"),
            "action": layouts_bbc.block(f"AC-{i}", f"Noodhulp {i}", evaluation="Uitgevoerd."),
            "amounts": amounts,
        })  # fmt: skip
    return layouts_bbc.actions(path, rows, [2026, 2027])


def _figures(*names: str, years: Sequence[int] = (2019, 2020), borders: int = 2019) -> list[Fig]:
    towns = ("12025", "24062", "11002", "13025")
    return [Fig(town, name, year, 10.5 * (i + 1) * (j + 1) + 1000 * (year % 10), borders)
            for j, name in enumerate(names) for i, town in enumerate(towns) for year in years]  # fmt: skip


def _whole(*names: str) -> list[Fig]:
    return [figure._replace(value=float(int(figure.value))) for figure in _figures(*names)]


def _own(dutch: bool) -> Callable[[Path], Path]:
    rows = [{"municipality": f.municipality, "indicator": f.indicator, "year": f.year, "value": f.value,
             "unit": "aantal", "status": "published" if not dutch else "gepubliceerd", "source": "Bron"}
            for f in _figures("Fairtradewinkels", "Scholen; met “Eén” wereld")]  # fmt: skip
    return lambda path: layouts.tidy(path, rows, dutch)


PEOPLE, TAXES = _whole("bevolking"), _whole(*layouts.INCOME)
CODES, TITLES = ("v2801_crim", "vp2801_ratio"), ("Winkels (aantal)", "Groen (%)")
SHEETS = ("AR_03: Procent", "WE_36: Aantal")
LAYOUTS = (
    Layout("tidy.csv", _tidy_csv, "tidy", ";"),
    Layout("tidy.xlsx", lambda path: layouts_bbc.tidy(path, _tidy_rows()), "tidy", "xlsx"),
    Layout("pivot.csv", _pivot_csv, "pivot", ";"),
    Layout("detail-alle-jaren.xlsx", _pivot_xlsx, "pivot", "xlsx"),
    Layout("acties.csv", _actions, "actions", ";"),
    Layout("flat.csv", lambda path: layouts.swing_flat(path, _figures(*CODES)), "flat", ";"),
    Layout("flat.xlsx", lambda path: layouts.swing_flat(path, _figures(*CODES)), "flat", "xlsx"),
    Layout("long.csv", lambda path: layouts.swing_long(path, _figures(*TITLES), "both"), "long", ";"),
    Layout("wide.csv", lambda path: layouts.swing_wide(path, _figures(*TITLES)), "wide", ";"),
    Layout("table.json", lambda path: layouts.swing_json(path, _figures(*TITLES)), "long", "json"),
    Layout("gsm.xlsx", lambda path: layouts.stadsmonitor(path, _figures(*SHEETS)), "stadsmonitor", "xlsx"),
    Layout("bevolking.xlsx", lambda path: layouts.statbel_population(path, PEOPLE), "population", "xlsx"),
    Layout("TF_SOC_POP_STRUCT_2025.txt", lambda path: layouts.statbel_struct(path, PEOPLE), "struct", "|"),
    Layout("inkomen.txt", lambda path: layouts.statbel_income(path, TAXES), "income", "|", "."),
    Layout("refnis.txt", layouts.statbel_refnis, "refnis", "|"),
    Layout("observations.csv", _own(False), "own", ",", "."),
    Layout("cijfers.csv", _own(True), "own", ";"),
)


@cache
def valid(layout: Layout, folder: Path) -> bytes:
    """The bytes of a valid file."""
    return layout.write(folder / layout.file).read_bytes()


# -- damage -------------------------------------------------------------------------------------------------

EVIL: tuple[Any, ...] = (
    "", "x", "-", "?", "1.234", "1,234", "12.5", "12,5", "1.234,56", "1,234.56", "0.125", "1e5", "-99997",
    "=1+1", "n.v.t.", "2020", "1899", "2109", "12025", "02000", "21004", "Totaal", "Mechelen", "Gent", "0160",
    '"', '""', "€ 5", "5 %", "1 234", "NaN", "inf", "-inf", "1_000", "１２", "٣", "²", "½", "\ufeff5", "5\n6",
    "+5", "--5", "9" * 400, "Code: X", "Toegepaste filters:", "Bron: x", "Uitgave", "NIS-code", ";", "\t",
    " ", "\u00a0", "0", "-0", "1.",
)  # fmt: skip
WORKBOOK_EVIL: tuple[Any, ...] = (
    *EVIL, None, True, 5, -7.25, 0.0, 1e18, 12025, 2020, 2020.5, 160, date(2020, 1, 1), date(2025, 3, 12),
)  # fmt: skip
BYTES = [bytes([each]) for each in b';,."\n\r\t 0123456789-:\x00\xff\xc3\xe9']
BYTES += ["é".encode(), b"\xef\xbb\xbf", b'""', b"\r\n"]


def damage_bytes(data: bytes, chance: random.Random) -> tuple[str, bytes]:
    """Change some bytes, anywhere."""
    at = chance.randrange(len(data))
    end = min(len(data), at + chance.choice((1, 1, 1, 2, 5, 20)))
    how = chance.choice(("flip", "delete", "insert", "double", "cut", "bit"))
    after = {
        "flip": lambda: data[:at] + bytes([chance.randrange(256)]) + data[at + 1 :],
        "bit": lambda: data[:at] + bytes([data[at] ^ 1 << chance.randrange(8)]) + data[at + 1 :],
        "delete": lambda: data[:at] + data[end:],
        "insert": lambda: data[:at] + chance.choice(BYTES) + data[at:],
        "double": lambda: data[:end] + data[at:],
        "cut": lambda: data[:at],
    }[how]()
    return f"{how} at {at}-{end}", after


def damage_text(data: bytes, mark: str, chance: random.Random) -> tuple[str, bytes]:
    """Change a digit, a cell or a line of a text file, or how it is written."""
    how = chance.choice(("digit", "digit", "cell", "cell", "swap", "again", "remove", "written"))
    lines = data.splitlines(keepends=True)
    i, j = chance.randrange(len(lines)), chance.randrange(len(lines))
    if how == "digit":
        at = chance.choice([place.start() for place in re.finditer(rb"\d|$", data)])
        return f"digit at {at}", data[:at] + b"%d" % chance.randrange(10) + data[at + 1 :]
    if how == "cell":
        cells = lines[i].split(mark.encode())
        k, evil = chance.randrange(len(cells)), chance.choice(EVIL)
        cells[k] = str(evil).encode() + (b"\r\n" if k == len(cells) - 1 else b"")
        lines[i] = mark.encode().join(cells)
        return f"cell {k} of line {i}: {evil!r}", b"".join(lines)
    if how == "written":
        code = chance.choice(("utf-16", "cp1252", "utf-8", "utf-16-le"))
        return code, data.decode("utf-8-sig", errors="replace").encode(code, errors="replace")
    if how == "swap":
        lines[i], lines[j] = lines[j], lines[i]
    elif how == "again":
        lines.insert(j, lines[i])
    else:
        del lines[i]
    return f"{how} {i} {j}", b"".join(lines)


def damage_cells(sheets: Sheets, chance: random.Random) -> str:
    """Change a cell or a row of a workbook."""
    name = chance.choice([name for name, rows in sheets.items() if rows])
    rows = sheets[name]
    i, j = chance.randrange(len(rows)), chance.randrange(len(rows))
    how = chance.choice(("cell", "cell", "cell", "cell", "swap", "again", "remove"))
    if how == "cell":
        k, evil = chance.randrange(max(map(len, rows))), chance.choice(WORKBOOK_EVIL)
        rows[i] += [None] * (k + 1 - len(rows[i]))
        rows[i][k] = evil
        return f"{name}, row {i + 1}, cell {k}: {evil!r}"
    if how == "swap":
        rows[i], rows[j] = rows[j], rows[i]
    elif how == "again":
        rows.insert(j, list(rows[i]))
    else:
        del rows[i]
    return f"{how} {name} {i + 1} {j + 1}"


def damage_workbook(path: Path, chance: random.Random) -> tuple[str, list[Sheets]]:
    """Damage the cells of a workbook, a part of it, or its bytes; return the cells that it may have now."""
    how = chance.choice(("cells", "cells", "part", "bytes"))
    sheets = naive.cells_of(path.read_bytes(), "xlsx")
    if how == "cells":
        done = "; ".join(damage_cells(sheets, chance) for _ in range(chance.choice((1, 1, 2, 3))))
        book = openpyxl.Workbook(write_only=True)
        for name, rows in sheets.items():
            page = book.create_sheet(name)
            for row in rows:
                page.append([f"'{cell}" if str(cell)[:1] == "=" else cell for cell in row])  # no formula
        book.save(path)
        parts = shared(unpack(path)) if chance.random() < 0.5 else unpack(path)
        if chance.random() < 0.2:
            parts |= {name: prefixed(data) for name, data in parts.items() if "/sheet" in name}
        pack(path, parts)
        return done, [naive.cells_of(path.read_bytes(), "xlsx")]
    parts = shared(unpack(path))
    if how == "part":
        name = chance.choice([name for name in parts if re.search("sheet|sharedStrings|styles", name)])
        done, parts[name] = damage_bytes(parts[name], chance)
        pack(path, parts)
        try:
            return f"{name}: {done}", [naive.cells_of(path.read_bytes(), "xlsx"), sheets]
        except BaseException:  # whatever openpyxl trips over
            return f"{name}: {done}", [sheets]
    pack(path, parts)
    done, data = damage_bytes(path.read_bytes(), chance)
    path.write_bytes(data)
    return f"bytes: {done}", [sheets]


def damage(path: Path, layout: Layout, chance: random.Random) -> tuple[str, list[Sheets]]:
    """Damage a file once, or a few times; return what was done and the cells that it has now."""
    if layout.mark == "xlsx":
        return damage_workbook(path, chance)
    data, done = path.read_bytes(), []
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        if data:
            by_text = layout.mark != "json" and chance.random() < 0.6
            what, data = damage_text(data, layout.mark, chance) if by_text else damage_bytes(data, chance)
            done.append(what)
    path.write_bytes(data)
    try:
        return "; ".join(done), [naive.cells_of(data, layout.mark)]
    except (ValueError, KeyError, TypeError):
        return "; ".join(done), []


# -- what was read, beside what the file says ---------------------------------------------------------------


class Got(NamedTuple):
    """One figure that was read."""

    town: str
    about: tuple[Any, ...]
    value: float


def figures(got: Delivery, reading: str) -> list[Got]:
    """Every figure of a delivery, told in the way of the naive reading."""
    found = []
    for row in got.observations.itertuples():
        name = re.split("[:,]", row.indicator)[0] if reading == "stadsmonitor" else row.indicator
        found.append(Got(row.municipality, (name, row.year), row.value))
    about = {"tidy": ("year", "policy_field", "report"), "pivot": ("year", "policy_field", "account"),
             "actions": ("year", "action")}.get(reading, ())  # fmt: skip
    for row in got.amounts.itertuples():
        more = (getattr(row, name) for name in about)
        found.append(Got(row.municipality, (row.measure, *more), row.amount))
    for row in got.plan_items.itertuples():
        if row.level == "action":
            found.append(Got(row.municipality, ("action", row.code), 1.0))
    return found


def fits(said: Said, got: Got, repairs: dict[tuple[int, float], float], points: set[str]) -> bool:
    """Whether a figure that was read is one that the file says, or one that was repaired and listed."""
    if said.about != got.about or got.town not in said.who:
        return False
    listed = repairs.get((said.row, said.value), said.value)
    if said.head in points:  # "1,234" beside "12.5": the column decides
        listed = naive.number(said.cell, ".") or listed
    return abs(got.value - said.value) <= 1e-9 * abs(said.value) or got.value == listed


def only_point(cell: Any) -> bool:
    """Whether a text can only have a point for its decimals."""
    form = r"[+-]?(\d+|\d{1,3}(,\d{3})+)\.(\d{1,2}|\d{4,})"
    return isinstance(cell, str) and bool(re.fullmatch(form, cell))


def compare(got: Delivery, says: list[Said], reading: str) -> list[str]:
    """Return every figure that came out of nowhere, and every one that is gone and was not told."""
    repairs = {(repair.row, repair.found): repair.amount for repair in got.repairs}
    points = {said.head for said in says if only_point(said.cell)}
    wrong = []
    left = list(says)
    for each in figures(got, reading):
        match = next((i for i, said in enumerate(left) if fits(said, each, repairs, points)), None)
        if match is None:
            wrong.append(f"read, but not in the file: {each}")
        else:
            del left[match]
    told = {problem.code for problem in got.problems}
    ignored = {head for p in got.problems if p.code == "columns-ignored" for head in p.detail["names"]}
    ignored |= {problem.found for problem in got.problems if problem.code == "head-not-understood"}
    ignored |= {column for p in got.problems if p.code == "total-columns" for column in p.choices}
    # A sheet whose header stands below its figures.
    unused = [name for p in got.problems if p.code == "sheets-ignored" for name in p.detail["names"]]
    unused = [name for name in unused if name != "Leeswijzer"]
    bare = {problem.row for problem in got.problems if problem.code == "code-missing"}
    twice = says if "repeated-figures" in told else []
    for said in left:
        excused = (
            said.head in ignored or said.row in bare
            or ("rows-above-header" in told and said.row < 30) or unused
            or (not said.who and told & {"left-out", "lines-ignored", "other-areas"})
            or sum((said.who, said.about, said.value) == (t.who, t.about, t.value) for t in twice) > 1
        )  # fmt: skip
        if not excused:
            wrong.append(f"in the file, but neither read nor told: {said}")
    return wrong + [f"repaired without proof: {r}" for r in got.repairs if not proven(r, says)]


def proven(repair: Repair, says: list[Said]) -> bool:
    """Whether another figure of the row proves a repair: euro per inhabitant, times the inhabitants."""
    if repair.factor not in (10, 100, 1000) or round(repair.found * repair.factor, 2) != repair.amount:
        return False
    people = inhabitants(repair.municipality, 2025, repair.year)
    heads = [s.value for s in says if s.row == repair.row and str(s.about[0]).endswith("inhabitant")]
    slack = 0.2 * abs(repair.amount) + 0.006 * people
    return any(abs(repair.amount - head * people) <= slack for head in heads)


def one(case: int, folder: Path, base: Path) -> tuple[str, str]:
    """Damage one file and read it; return what happened, and what is wrong about that."""
    chance = random.Random(f"{SEED}-{case}")
    layout = LAYOUTS[case % len(LAYOUTS)]
    path = folder / layout.file
    path.write_bytes(valid(layout, base))
    reading = naive.READINGS[layout.reading]
    before = list(reading(naive.cells_of(path.read_bytes(), layout.mark), layout.decimal))
    done, ways = damage(path, layout, chance)
    name = f"case {case}, {layout.file}: {done}"
    try:
        got = read(path)
    except MemokitError as error:
        well = bool(error.problems) and all(str(problem) for problem in error.problems)
        return "refused", "" if well else f"{name}: refused without a reason"
    except BaseException as error:
        return "tripped", f"{name}: {type(error).__name__} {error}"
    readings = [list(reading(sheets, layout.decimal)) for sheets in ways] or [before]
    # A part of a workbook that openpyxl trips over, such as a namespace, may say what it said before.
    says = min(readings, key=lambda said: len(compare(got, said, layout.reading)))
    wrong = compare(got, says, layout.reading)
    wrong += [f"cannot be said: {problem.code}" for problem in got.problems if not str(problem)]
    same = Counter(says) == Counter(before)
    how = "read, the same as before" if same else "read, as the file says"
    return how, "" if not wrong else "\n  ".join([f"{name} ({got.kind})", *wrong[:4]])


def run(cases: Sequence[int], folder: Path, base: Path) -> None:
    """Run the cases; print the counts, and fail with every case that went wrong."""
    tally: Counter[str] = Counter()
    wrong = []
    for case in cases:
        how, what = one(case, folder, base)
        tally[how] += 1
        wrong += [what] if what else []
    print(f"seed {SEED}, {len(cases)} files: " + ", ".join(f"{n} {how}" for how, n in sorted(tally.items())))
    again = f"MEMOKIT_SEED={SEED} MEMOKIT_CASE=<case> pytest tests/test_fuzz_sources.py"
    assert not wrong, f"{len(wrong)} of {len(cases)}, again with {again}\n" + "\n".join(wrong[:40])
    if len(cases) > 100:
        assert tally["refused"] < 0.8 * len(cases), "who refuses everything makes no mistakes"


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.file)
def test_a_valid_file_is_read_as_the_naive_reading_has_it(layout: Layout, tmp_path: Path) -> None:
    path = layout.write(tmp_path / layout.file)
    sheets = naive.cells_of(path.read_bytes(), layout.mark)
    says = list(naive.READINGS[layout.reading](sheets, layout.decimal))
    got = read(path)
    assert compare(got, says, layout.reading) == []
    assert len(figures(got, layout.reading)) > 7 or layout.reading in ("refnis", "struct")


@pytest.mark.hypothesis
def test_a_damaged_file_is_read_as_it_says_or_refused(tmp_path: Path) -> None:
    base = tmp_path / "valid"
    base.mkdir()
    run([int(ONLY)] if ONLY else range(N), tmp_path, base)
