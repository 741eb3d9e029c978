"""Every municipality of a term at once: made, written whole, remembered, and resumed.

Workers make bytes and touch no file; this process writes them, so a cluster needs no disk in common. A line
in `batch.jsonl` says with what each municipality was made and what its files should be. Nothing depends on
how many workers there were.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Executor
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from functools import cache, partial
from pathlib import Path

from memokit import __version__
from memokit.evaluation import DOCUMENT_LANGUAGE, evaluate, render, score_rows
from memokit.indexing import FOLDER, TABLE, Entry, entry_of, pages, table
from memokit.problems import MemokitError, Problem
from memokit.resources import checksum, fingerprint
from memokit.spreading import spread
from memokit.tables import replace_file, write_problem
from memokit.terms import Term
from memokit.territory import Municipality, municipalities, place
from memokit.texts import speaking

FORMS = (".html", ".pdf")
MANIFEST = "batch.jsonl"


@dataclass(frozen=True)
class Made:
    """What a worker hands back: the files of one municipality, or the problems; and what it worked with."""

    made_with: str
    entry: Entry | None = None
    files: Mapping[str, bytes] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class Report:
    """How a batch went, by code and name: made now, found as it should be, and failed with the reason."""

    made: tuple[str, ...]
    kept: tuple[str, ...]
    failed: Mapping[str, tuple[Problem, ...]]


@dataclass(frozen=True)
class _Record:
    """A line of the manifest: `files` has the checksum of each."""

    entry: Entry
    files: Mapping[str, str]
    made_with: str

    def line(self) -> str:
        return json.dumps(asdict(self), sort_keys=True) + "\n"

    def holds(self, folder: Path, mark: str) -> bool:
        """Whether it was made with what we have, and the files are as they were then."""
        files = ((folder / name, digest) for name, digest in self.files.items())
        return self.made_with == mark and all(p.is_file() and checksum(p) == digest for p, digest in files)


def chosen(term: Term, provinces: Iterable[str] = ()) -> tuple[Municipality, ...]:
    """Return the municipalities of a term, in the order of a telephone book; only of some provinces if asked.

    Raises
    ------
    MemokitError
        `unknown-province`, with the provinces as `.choices`.

    Examples
    --------
    >>> [len(chosen(Term(2024))), len(chosen(Term(2030))), len(chosen(Term(2024), ["limburg"]))]
    [300, 285, 42]
    """
    towns = municipalities(term.borders)
    known = {town.province.casefold(): town.province for town in towns}
    wanted = {name.strip().casefold(): name for name in provinces}
    for wrong in wanted.keys() - known.keys():
        choices = tuple(sorted(known.values()))
        raise MemokitError(Problem("unknown-province", found=wanted[wrong], choices=choices))
    return tuple(town for town in towns if not wanted or town.province.casefold() in wanted)


@cache
def made_with(term: Term) -> str:
    """Return a checksum of all that makes an evaluation, and of the term."""
    return hashlib.sha256(f"{term!r} {__version__} {fingerprint()}".encode()).hexdigest()


def make(town: Municipality, term: Term) -> Made:
    """Make the documents of one municipality: what a worker does. Never raises, but says what was wrong.

    Examples
    --------
    >>> from memokit.territory import find
    >>> done = make(find("Mechelen", 2019), Term(2024))
    >>> done.entry.stem, sorted(done.files), done.problems
    ('12025-mechelen', ['.html', '.pdf'], ())
    """
    mark = made_with(term)
    try:
        ev = evaluate(place(town.code, term), term)
        files = {form: render(ev, form, "normal") for form in FORMS}
        return Made(mark, entry_of(town, term, score_rows(ev)), files)
    except MemokitError as error:
        return Made(mark, problems=error.problems)
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # a panic inside Typst is no Exception
        return Made(mark, problems=(_failure(town, error),))


def _failure(town: Municipality, error: BaseException) -> Problem:
    return Problem("batch-failed", found=type(error).__name__, expected=town.code)


def run(
    out: Path, towns: Iterable[Municipality], term: Term, executor: Executor | None = None, workers: int = 1,
    tell: Callable[[int], object] = lambda n: None,
) -> Report:  # fmt: skip
    """Make the evaluation of every town on public facts, with index pages and one table, in one folder.

    What is there already, made with the same version and inputs, stays. A town that fails is in the report
    and on the index page, and stops no other. The same bytes for one and for many workers.

    Parameters
    ----------
    out
        Gets `index.html`, `cijfers.csv`, `batch.jsonl`, and `gemeenten/` with an HTML and a PDF for each.
    towns
        As `chosen` gives them.
    executor
        Any executor that can pickle what it is given; a cluster's, for instance. Without one the work is done
        here, or in `workers` processes when that is more than one.
    tell
        Gets, after each step, how many towns it dealt with.

    Raises
    ------
    MemokitError
        The folder cannot be written.
    """
    towns = sorted(towns, key=municipalities(term.borders).index)
    records, mark = _remembered(out), made_with(term)
    _write_manifest(out, records)  # whole again: a run that was stopped can leave half a line
    kept = [t for t in towns if t.code in records and records[t.code].holds(out / FOLDER, mark)]
    tell(len(kept))
    failed: dict[str, tuple[Problem, ...]] = {}
    todo = [town for town in towns if town not in kept]
    for town, result in spread(partial(make, term=term), todo, executor, workers):
        made = Made(mark, problems=(_failure(town, result),)) if isinstance(result, Exception) else result
        if problems := made.problems or _keep(out, made, mark, records):
            failed[town.label] = problems
        tell(1)
    _write_manifest(out, records)
    entries = [records[town.code].entry for town in towns if town.label not in failed]
    with speaking(DOCUMENT_LANGUAGE):
        above = {**pages(entries, term, failed), TABLE: table(entries)}
    for name, text in above.items():
        replace_file(out / name, text.encode())
    done = tuple(town.label for town in todo if town.label not in failed)
    return Report(done, tuple(town.label for town in kept), failed)


def _remembered(out: Path) -> dict[str, _Record]:
    """Return what the manifest says, by code; a line that cannot be read is as good as none."""
    try:
        (out / FOLDER).mkdir(parents=True, exist_ok=True)
        path = out / MANIFEST
        lines = path.read_text("utf-8", "replace").splitlines() if path.exists() else []
    except OSError as error:
        raise MemokitError(write_problem(error, out)) from None
    records = {}
    for line in lines:
        with suppress(ValueError, TypeError, KeyError):
            raw = json.loads(line)
            entry = Entry(**raw["entry"])
            records[entry.code] = _Record(entry, dict(raw["files"]), raw["made_with"])
    return records


def _write_manifest(out: Path, records: Mapping[str, _Record]) -> None:
    replace_file(out / MANIFEST, "".join(records[code].line() for code in sorted(records)).encode())


def _keep(out: Path, made: Made, mark: str, records: dict[str, _Record]) -> tuple[Problem, ...]:
    """Write the files of one municipality and then its line; return what went wrong."""
    entry = made.entry
    if made.made_with != mark or entry is None:
        return (Problem("batch-other-version"),)
    files = {f"{entry.stem}{form}": data for form, data in made.files.items()}
    record = _Record(entry, {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}, mark)
    try:
        for name, data in files.items():
            replace_file(out / FOLDER / name, data)
        with (out / MANIFEST).open("a", encoding="utf-8", newline="") as file:
            file.write(record.line())
    except MemokitError as error:
        return error.problems
    except OSError as error:
        return (write_problem(error, out / MANIFEST),)
    records[entry.code] = record
    return ()
