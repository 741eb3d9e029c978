"""`dossier.yml`: read as text with its line numbers, checked like a row of a table, written back.

YAML is read without its guesses (16.10 stays 16.10, no stays no): every value is text, and `cells` says what
it means.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import yaml

from memokit.cells import nearest
from memokit.problems import MemokitError, Problem, refuse_errors
from memokit.records import SCHEMA_VERSION, Settings
from memokit.rows import defaults, file_of, heads, read_records
from memokit.tables import Sheet, read_bytes
from memokit.terms import Term

LIMIT_SETTINGS = 1_000_000
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_settings(sheet: Sheet) -> tuple[Settings, list[Problem]]:
    """Return the settings that `dossier.yml` holds, and what to tell about them.

    Raises
    ------
    MemokitError
        Settings that nothing can be done with.
    """
    known = tuple(heads(Settings).values())
    reading = read_records(sheet, Settings)
    problems = [problem for problem in reading.problems if problem.code != "unknown-column"]
    if version_of(sheet) > SCHEMA_VERSION:
        version = str(version_of(sheet))
        problems.append(sheet.problem("newer-version", severity="warning", found=version))
    else:
        strange = [head for head in sheet.heads if head not in known]
        problems += [sheet.problem("unknown-setting", found=h, choices=nearest(h, known)) for h in strange]
    refuse_errors(problems)
    settings = cast(Settings, reading.records[0][1])
    try:
        Term(settings.election, settings.baseline, settings.until)
    except ValueError:
        years = (settings.baseline, settings.election, settings.until)
        found = ", ".join(str(year) for year in years if year)
        raise MemokitError(sheet.problem("impossible-term", found=found)) from None
    return settings, problems


def version_of(sheet: Sheet) -> int:
    """Return the version of a dossier; one that cannot be read counts as the present one."""
    version = sheet.rows[0][1].get(heads(Settings)["schema_version"], "")
    return int(version) if version.isdecimal() else SCHEMA_VERSION


def settings_sheet(folder: Path) -> Sheet:
    """Return `dossier.yml` as a table of one row, its lists as text with `;`.

    Raises
    ------
    MemokitError
        `no-dossier`, or `broken-yaml` with line and column.
    """
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
    names, cells = heads(Settings), Settings.cells()
    always = {"name", *(name for name, cell in cells.items() if cell.required)}
    usual = {names[name]: text for name, text in defaults(Settings).items() if name not in always}
    numbers = {names[n] for n, cell in cells.items() if cell.kind in ("year", "integer")}
    kept: dict[str, str | int] = {}
    for head in dict.fromkeys([*names.values(), *row]):
        text = row.get(head)
        if text is not None and text != usual.get(head):
            plain = head in numbers and text.isdecimal() and str(int(text)) == text
            kept[head] = int(text) if plain else text
    return yaml.safe_dump(kept, sort_keys=False, allow_unicode=True, width=1000).encode()


def _pairs(data: bytes, file: str) -> Iterator[tuple[str, str | None, int]]:
    """Give each name, its value as text (None if it is neither text nor a list of texts) and its line."""
    try:
        node = yaml.compose(data.decode("utf-8-sig"), Loader=_LOADER)
        if not isinstance(node, yaml.MappingNode):
            raise yaml.YAMLError
    except (UnicodeDecodeError, yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        row, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise MemokitError(Problem("broken-yaml", file=file, row=row, column=str(column))) from None
    for key, value in node.value:
        yield str(key.value), _scalar(value), key.start_mark.line + 1


def _scalar(node: Any) -> str | None:
    if isinstance(node, yaml.ScalarNode):
        return "" if node.tag.endswith(":null") else str(node.value)
    parts = node.value if isinstance(node, yaml.SequenceNode) else [None]
    texts = [part.value for part in parts if isinstance(part, yaml.ScalarNode)]
    return "; ".join(texts) if len(texts) == len(parts) else None
