"""Tables as text: CSV in, safe CSV out.

Everything is read as text, with the row number that a person sees. What a spreadsheet would run as a formula
is made harmless on writing and restored on reading. A file is replaced whole or not at all.
"""

from __future__ import annotations

import csv
import errno
import io
import os
import re
import uuid
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from pathlib import Path

from memokit.grid import HEADER_DEPTH, arrange, known
from memokit.grid import Sheet as Sheet
from memokit.problems import MemokitError, Problem

LIMIT_BYTES = 20_000_000

FORMULA = re.compile(r"'*[=+\-@\t\r]")
_HARMLESS = re.compile(r"[+-]?\d+([.,]\d+)*")
_FULL = {errno.ENOSPC, errno.EFBIG, errno.EDQUOT}
OLD_EXCEL = b"\xd0\xcf\x11\xe0"
_SIGNATURES = {b"%PDF": "pdf", b"PK\x03\x04": "xlsx", OLD_EXCEL: "xls", b"\x89PNG": "image"}


def read_bytes(path: Path, limit: int = LIMIT_BYTES) -> bytes:
    """Return a file's bytes, or say in a problem why not."""
    try:
        if path.stat().st_size > limit:
            raise too_big(path, limit)
        return path.read_bytes()
    except OSError as error:
        missing = isinstance(error, FileNotFoundError)
        raise MemokitError(Problem("file-missing" if missing else "cannot-read", file=path.name)) from None


def too_big(path: Path, limit: int) -> MemokitError:
    """Return the refusal of a file above a limit in bytes."""
    return MemokitError(Problem("file-too-big", file=path.name, expected=str(limit // 1_000_000)))


def replace_file(path: Path, data: bytes) -> None:
    """Write a file whole or not at all: a temporary file beside it, then one replace.

    Raises
    ------
    MemokitError
        `table-locked` when another program has it open, `disk-full`, or `cannot-write`.
    """
    if (path.parent / f".~lock.{path.name}#").exists():  # LibreOffice; Excel on Windows refuses the replace
        raise MemokitError(Problem("table-locked", file=path.name))
    temporary = path.parent / f".{path.name}.{uuid.uuid4().hex[:8]}"
    try:
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        raise MemokitError(write_problem(error, path)) from None
    finally:
        temporary.unlink(missing_ok=True)


def write_problem(error: OSError, path: Path) -> Problem:
    """Return what a failed write means for a person."""
    full, locked = error.errno in _FULL, isinstance(error, PermissionError) and path.exists()
    return Problem("disk-full" if full else "table-locked" if locked else "cannot-write", file=path.name)


def guard(text: str) -> str:
    """Make text that a spreadsheet would run as a formula harmless; numbers stay numbers.

    Examples
    --------
    >>> guard("=cmd()"), guard("-3"), restore(guard("=cmd()"))
    ("'=cmd()", '-3', '=cmd()')
    """
    return f"'{text}" if FORMULA.match(text) and not _HARMLESS.fullmatch(text) else text


def restore(text: str) -> str:
    """Undo `guard`."""
    return text[1:] if text.startswith("'") and FORMULA.match(text) else text


def read_rows(path: Path | str, expected: Sequence[str] = (), limit: int = LIMIT_BYTES) -> Sheet:
    """Read a CSV as text, however Excel saved it.

    Parameters
    ----------
    expected
        The heads that the table should have: they tell the header from a title, and the mark between columns.

    Raises
    ------
    MemokitError
        The file is not there, too big, or no table.
    """
    path = Path(path)
    data = read_bytes(path, limit)
    text, notes = _decode(data, path.name)
    first, _, rest = text.partition("\n")
    given = re.fullmatch(r'"?sep=(.)"?\s*', first)
    body = rest if given else text
    mark = given[1] if given else _mark(body, expected)
    grid: list[list[str]] = [[]] if given else []
    try:
        for line in csv.reader(io.StringIO(body, newline=""), delimiter=mark, strict=True):
            grid.append([restore(part) for part in line])
    except csv.Error:
        raise MemokitError(Problem("csv-broken", file=path.name, row=len(grid) + 1)) from None
    return arrange(Sheet(path.name, problems=notes), grid, expected, {})


def write_csv(path: Path | str, heads: Sequence[str], rows: Iterable[Mapping[str, str]]) -> None:
    """Write a table for Excel: UTF-8 with BOM, `;`, safe from formulas, whole or not at all."""
    replace_file(Path(path), csv_bytes(heads, rows))


def csv_bytes(heads: Sequence[str], rows: Iterable[Mapping[str, str]]) -> bytes:
    """Return the bytes of a CSV as memokit writes it.

    Examples
    --------
    >>> csv_bytes(["code", "titel"], [{"code": "1.10", "titel": "=1+1"}]).decode("utf-8-sig").splitlines()
    ['code;titel', "1.10;'=1+1"]
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow([guard(head) for head in heads])
    writer.writerows([guard(row.get(head, "")) for head in heads] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def _decode(data: bytes, file: str) -> tuple[str, tuple[Problem, ...]]:
    for signature, looks in _SIGNATURES.items():
        if data.startswith(signature):
            raise MemokitError(Problem("not-a-table", file=file, detail={"looks": looks}))
    wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    notes: tuple[Problem, ...] = ()
    try:
        text = data.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError:
        text = "\0" if wide else data.decode("cp1252", errors="replace")
        notes = (Problem("windows-1252", "note", file=file),)
    if "\0" in text:
        raise MemokitError(Problem("not-a-table", file=file, detail={"looks": "binary"}))
    return text, notes


def _mark(text: str, expected: Sequence[str]) -> str:
    """Return the mark between columns: the one under which most heads are known, else most columns stand."""

    def worth(mark: str) -> tuple[int, int]:
        top = list(islice(csv.reader(io.StringIO(text[:100_000], newline=""), delimiter=mark), HEADER_DEPTH))
        return max((known(line, expected) for line in top), default=0), max(map(len, top), default=0)

    return max((";", ",", "\t"), key=worth)
