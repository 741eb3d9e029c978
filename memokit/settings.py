"""`dossier.yml`: read as text with its line numbers, checked like a row of a table, written back.

YAML is read without its guesses (16.10 stays 16.10, no stays no): every value is text, and `cells` says what
it means.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from memokit.cells import nearest
from memokit.journal import Change
from memokit.merging import merge
from memokit.problems import MemokitError, Problem
from memokit.records import SCHEMA_VERSION, Settings
from memokit.rows import file_of, heads, read_records, to_row
from memokit.tables import Sheet, read_bytes
from memokit.terms import Term

LIMIT_SETTINGS = 1_000_000
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Found:
    """The settings of a dossier, and what to tell about them."""

    settings: Settings
    problems: tuple[Problem, ...]
    read_only: bool


def read_settings(folder: Path, changes: Sequence[Change] = ()) -> Found:
    """Read `dossier.yml`, with the changes that are only in the journal yet.

    Raises
    ------
    MemokitError
        `no-dossier`, `broken-yaml` with line and column, or settings that nothing can be done with.
    """
    sheet = merge(settings_sheet(folder), Settings, changes)
    row = sheet.rows[0][1]
    version = row.get(heads(Settings)["schema_version"], "")
    newer = version.isdigit() and int(version) > SCHEMA_VERSION
    strange = [] if newer else _strange(sheet)
    reading = read_records(replace(sheet, problems=(*sheet.problems, *strange)), Settings)
    problems = [p for p in reading.problems if p.code != "unknown-column"]
    if any(problem.severity == "error" for problem in problems) or not reading.records:
        raise MemokitError(problems)
    settings = reading.records[0][1]
    assert isinstance(settings, Settings)
    _refuse_term(sheet, settings)
    if newer:
        problems.append(Problem("newer-version", "warning", file=sheet.file, found=version))
    return Found(settings, tuple(problems), newer)


def settings_sheet(folder: Path) -> Sheet:
    """Return `dossier.yml` as a table of one row, its lists as text with `;`."""
    file = file_of("settings")
    path = folder / file
    if not path.is_file():
        raise MemokitError(Problem("no-dossier", found=folder.name or str(folder)))
    row: dict[str, str] = {}
    problems = []
    for name, value, line in _pairs(read_bytes(path, LIMIT_SETTINGS), file):
        if name in row:
            problems.append(Problem("duplicate-setting", file=file, row=line, found=name))
        if value is None:
            problems.append(Problem("yaml-nested", file=file, row=line, found=name))
        row[name] = value or ""
    return Sheet(file, heads=tuple(row), rows=((0, row),), problems=tuple(problems))


def settings_bytes(sheet: Sheet) -> bytes:
    """Write `dossier.yml`: declared order, nothing that is empty or as always."""
    row = sheet.rows[0][1]
    names = heads(Settings)
    always = {names[n] for n, field in Settings.model_fields.items() if field.is_required()}
    always |= {names["schema_version"], names["election"], names["name"]}
    usual = to_row(Settings(municipality=""))
    order = [*names.values(), *(head for head in row if head not in names.values())]
    kept = {h: row[h] for h in order if h in row and (h in always or row[h] != usual.get(h, ""))}
    plain = {head: int(text) if _is_year(head, text) else text for head, text in kept.items()}
    return yaml.safe_dump(plain, sort_keys=False, allow_unicode=True, width=1000).encode()


def _is_year(head: str, text: str) -> bool:
    numbers = {heads(Settings)[n] for n, c in Settings.cells().items() if c.kind in ("year", "integer")}
    return head in numbers and text.isdecimal() and str(int(text)) == text


def _pairs(data: bytes, file: str) -> Iterator[tuple[str, str | None, int]]:
    """Give each name, its value as text (None if it is neither text nor a list of texts) and its line."""
    try:
        node = yaml.compose(data.decode("utf-8-sig"), Loader=_LOADER)
    except UnicodeDecodeError:
        raise MemokitError(Problem("broken-yaml", file=file, row=1, column="1")) from None
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        row, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise MemokitError(Problem("broken-yaml", file=file, row=row, column=str(column))) from None
    if not isinstance(node, yaml.MappingNode):
        raise MemokitError(Problem("broken-yaml", file=file, row=1, column="1"))
    for key, value in node.value:
        yield str(key.value), _scalar(value), key.start_mark.line + 1


def _scalar(node: Any) -> str | None:
    if isinstance(node, yaml.ScalarNode):
        return "" if node.tag.endswith(":null") else str(node.value)
    parts = node.value if isinstance(node, yaml.SequenceNode) else [None]
    texts = [part.value for part in parts if isinstance(part, yaml.ScalarNode)]
    return "; ".join(texts) if len(texts) == len(parts) else None


def _strange(sheet: Sheet) -> list[Problem]:
    known = tuple(heads(Settings).values())
    return [
        Problem("unknown-setting", file=sheet.file, found=head, choices=nearest(head, known))
        for head in sheet.heads
        if head not in known
    ]


def _refuse_term(sheet: Sheet, settings: Settings) -> None:
    try:
        Term(settings.election, settings.baseline, settings.until)
    except ValueError:
        years = (settings.baseline, settings.election, settings.until)
        found = ", ".join(str(year) for year in years if year)
        raise MemokitError(Problem("impossible-term", file=sheet.file, found=found)) from None
