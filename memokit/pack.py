"""One file that says how an evaluation came about, and the same work done again to see whether it is true.

A pack holds what may leave the dossier, never what was received: no names, no tasks, no private notes, of a
source its checksum only. It is read with limits, and nothing in it is ever run.
"""

from __future__ import annotations

import csv
import io
import json
import re
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from memokit import __version__
from memokit.dossier import open_dossier
from memokit.evaluation import SCORE_COLUMNS, Evaluation, evaluate, render, score_rows
from memokit.folder import Dossier
from memokit.problems import MemokitError, Problem
from memokit.resources import fingerprint
from memokit.tables import read_bytes, replace_file, restore
from memokit.terms import Term
from memokit.territory import place
from memokit.texts import say
from memokit.writers.data import scores_csv

SCHEMA_VERSION = 1
LIMIT_BYTES, LIMIT_UNPACKED, LIMIT_FILES, LIMIT_RATIO = 50_000_000, 200_000_000, 60, 300
MANIFEST, RESULT, README, HOME = "pak.json", "uitkomst.json", "LEESMIJ.txt", "dossier/"
_FORMS = (".html", ".pdf", ".docx", ".json")
_NAME = re.compile(r"(dossier/(\w[\w. -]{0,60}/){0,2})?\w[\w. -]{0,99}")
_DAY = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Report:
    """What comparing found, and how much was compared."""

    problems: tuple[Problem, ...]
    counts: Mapping[str, int]

    @property
    def holds(self) -> bool:
        """Whether nothing in the pack is other than it should be."""
        return all(problem.severity != "error" for problem in self.problems)


def pack(x: Dossier | str | Path, out: Path | None = None) -> Path:
    """Write an evaluation with all it rests on as one file: the same bytes for the same input.

    Parameters
    ----------
    x
        A dossier or its folder, or a municipality: then it rests on public facts alone.
    out
        The file; `pak-<name>-<election year>.zip` here, if not given.

    Raises
    ------
    MemokitError
        The input cannot be evaluated, or the file cannot be written.
    """
    ev = evaluate(x)
    files: dict[str, bytes] = {}
    if (dossier := ev.measures.dossier) is None:
        files = _outputs(ev)
    else:
        files = {HOME + name: data for name, data in _open_files(dossier).items()}
        with tempfile.TemporaryDirectory() as folder:  # what is private cannot come in: it is not there
            files |= _outputs(evaluate(_laid_out(files, Path(folder))))
    files[README] = say("pack.readme", name=ev.measures.name, version=__version__).encode()
    home = ev.measures.place
    about = {
        "schema_version": SCHEMA_VERSION,
        "memokit": __version__,
        "made_with": fingerprint(),
        "municipality": home.code if home else "",
        "term": [ev.measures.term.election, ev.measures.term.baseline, ev.measures.term.until],
        "date": ev.measures.date.isoformat(),
        "recipe": ev.recipe,
        "sources": [_source(source) for source in dossier.sources] if dossier else [],
        "files": {name: sha256(data).hexdigest() for name, data in sorted(files.items())},
    }
    files[MANIFEST] = _json(about)
    name = f"pak-{ev.measures.name}-{ev.measures.term.election}.zip"
    target = out or Path(re.sub(r"[^\w.-]+", "-", name).lower())
    replace_file(target, _zipped(files))
    return target


def verify(path: Path) -> Report:
    """Do the work of a pack again and compare: inputs, every number, verdict and sentence, the files.

    Raises
    ------
    MemokitError
        It is no pack, or one that is not safe to read.
    """
    files = _read(path)
    about = _manifest(files, path.name)
    problems = [*_changed(files, about, path.name)]
    try:
        ev = _again(files, about)
    except MemokitError as error:
        first = Problem("pack-cannot-repeat", file=path.name)
        return Report((*problems, first, *error.problems), {"files": len(files)})
    given, now = dict(about.get("recipe", {}).get("inputs", {})), ev.recipe["inputs"]
    problems += [
        Problem("pack-other-input", "warning", file=name)
        for name in sorted({*given, *now}) if given.get(name) != now.get(name) and HOME + name not in files
    ]  # fmt: skip
    made = _outputs(ev)
    told, counts = _compared(files, made)
    problems += told
    same = about.get("made_with") == fingerprint()
    if same:
        problems += [
            Problem("pack-other-bytes", file=name, found=_where(files[name], data))
            for name, data in made.items() if name in files and files[name] != data
        ]  # fmt: skip
    elif not any(problem.severity == "error" for problem in problems):
        problems.append(Problem("pack-other-version", "note", found=str(about.get("memokit", "?"))))
    return Report(tuple(problems), {"files": len(files), **counts, "bytes": len(made) if same else 0})


# -- what goes in -------------------------------------------------------------------------------------------


def _open_files(dossier: Dossier) -> dict[str, bytes]:
    """Return what may leave a dossier, with its logo: that stands on each page."""
    files = dict(dossier.public())
    logo = (dossier.folder / dossier.settings.logo).resolve() if dossier.settings.logo else None
    inside = logo and logo.is_relative_to(dossier.folder.resolve()) and logo.is_file()
    if logo and inside and _NAME.fullmatch(HOME + dossier.settings.logo):
        files[dossier.settings.logo] = read_bytes(logo)
    return files


def _laid_out(files: Mapping[str, bytes], folder: Path) -> Path:
    for name, data in files.items():
        if name.startswith(HOME):
            target = folder / name.removeprefix(HOME)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
    return folder


def _source(source: Any) -> dict[str, str]:
    return {"id": source.id_, "kind": source.kind, "title": source.title, "checksum": source.checksum}


def _outputs(ev: Evaluation) -> dict[str, bytes]:
    """Return the files of an evaluation, and what it found as data."""
    files = {f"evaluatie{suffix}": render(ev, suffix, "normal") for suffix in _FORMS}
    files["scores.csv"] = scores_csv(score_rows(ev), SCORE_COLUMNS).encode()
    files[RESULT] = _json({
        "findings": {f.id: asdict(f) for f in ev.findings},
        "verdicts": {
            each.item.code: {"status": each.status, "result": each.result, "sources": each.sources}
            for each in ev.measures.actions
        },
    })  # fmt: skip
    return files


def _json(value: Any) -> bytes:
    text = json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True, default=str)
    return (text + "\n").encode()


def _zipped(files: Mapping[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in sorted(files.items()):
            entry = zipfile.ZipInfo(name, _DAY)
            entry.create_system = 0  # the same on every machine
            made.writestr(entry, data, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


# -- reading a pack, whoever made it ------------------------------------------------------------------------


def _read(path: Path) -> dict[str, bytes]:
    data = read_bytes(path, LIMIT_BYTES)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as given:
            entries = given.infolist()
            _refuse_unsafe(entries, path.name)
            return {entry.filename: _unpacked(given, entry) for entry in entries}
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, zlib.error, EOFError):
        raise MemokitError(Problem("pack-broken", file=path.name)) from None


def _refuse_unsafe(entries: list[zipfile.ZipInfo], file: str) -> None:
    names = [entry.filename for entry in entries]
    odd = [
        entry.filename[:100] for entry in entries
        if not _NAME.fullmatch(entry.filename) or stat.S_ISLNK(entry.external_attr >> 16)
        or names.count(entry.filename) > 1
    ]  # fmt: skip
    if len(entries) > LIMIT_FILES:
        raise MemokitError(Problem("pack-too-big", file=file, found=str(len(entries))))
    if odd:
        raise MemokitError(Problem("pack-unsafe-name", file=file, found=name) for name in odd)
    whole = sum(entry.file_size for entry in entries)
    dense = [e for e in entries if e.file_size > 1_000_000 and e.file_size > LIMIT_RATIO * e.compress_size]
    if whole > LIMIT_UNPACKED or dense:
        raise MemokitError(Problem("pack-too-big", file=file, found=f"{whole / 1_000_000:.0f} MB"))


def _unpacked(given: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """Read an entry no further than it says to be long."""
    with given.open(entry) as file:
        data = file.read(entry.file_size + 1)
    if len(data) != entry.file_size:
        raise zipfile.BadZipFile
    return data


def _manifest(files: Mapping[str, bytes], file: str) -> dict[str, Any]:
    try:
        about = json.loads(files[MANIFEST])
        version, listed = int(about["schema_version"]), about["files"]
        if not isinstance(listed, dict) or not isinstance(about.get("recipe"), dict):
            raise ValueError
    except (KeyError, ValueError, TypeError, RecursionError):
        raise MemokitError(Problem("pack-broken", file=file)) from None
    if version > SCHEMA_VERSION:
        raise MemokitError(Problem("pack-newer", file=file, found=str(about.get("memokit", "?"))))
    return dict(about)


def _changed(files: Mapping[str, bytes], about: Mapping[str, Any], pack: str) -> Iterator[Problem]:
    listed = about["files"]
    for name in sorted({*files, *listed} - {MANIFEST}):
        if name not in files:
            yield Problem("pack-missing", file=pack, found=name)
        elif name not in listed:
            yield Problem("pack-extra", file=pack, found=name)
        elif sha256(files[name]).hexdigest() != listed[name]:
            yield Problem("pack-changed", file=pack, found=name)


def _again(files: Mapping[str, bytes], about: Mapping[str, Any]) -> Evaluation:
    """Evaluate what the pack rests on, from a folder that lives no longer than this."""
    if not any(name.startswith(HOME) for name in files):
        try:
            election, baseline, until = about["term"]
            term = Term(election, baseline, until)
            return evaluate(place(str(about["municipality"]), term), term)  # never a path on this machine
        except (KeyError, ValueError, TypeError):
            raise MemokitError(Problem("pack-broken")) from None
    with tempfile.TemporaryDirectory() as folder:
        return evaluate(open_dossier(_laid_out(files, Path(folder))))


# -- comparing ----------------------------------------------------------------------------------------------


def _compared(files: Mapping[str, bytes], made: Mapping[str, bytes]) -> tuple[list[Problem], dict[str, int]]:
    """Compare number by number, verdict by verdict, sentence by sentence."""
    parts = {
        "numbers": ("pack-other-numbers", _numbers, "scores.csv"),
        "verdicts": ("pack-other-verdicts", _verdicts, RESULT),
        "sentences": ("pack-other-sentences", _sentences, "evaluatie.json"),
    }
    problems: list[Problem] = []
    counts = {}
    for kind, (code, read, name) in parts.items():
        wanted = read(made[name])
        counts[kind] = len(wanted)
        try:
            found = read(files[name]) if name in files else {}
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            problems.append(Problem("pack-unreadable", file=name))
            continue
        for key in dict.fromkeys([*wanted, *found]):
            if found.get(key) != wanted.get(key):
                there, right = (side.get(key, "–")[:300] for side in (found, wanted))
                problems.append(Problem(code, file=name, column=key, found=there, expected=right))
    return problems, counts


def _numbers(data: bytes) -> dict[str, str]:
    rows = csv.DictReader(io.StringIO(data.decode()))
    return {
        f"{row['kind']} {restore(row['key'])}, {column}": restore(value or "")
        for row in rows for column, value in row.items() if column not in ("kind", "key")
    }  # fmt: skip


def _verdicts(data: bytes) -> dict[str, str]:
    whole = json.loads(data)
    return {
        f"{name}, {field}": json.dumps(value, ensure_ascii=False)
        for part in ("findings", "verdicts")
        for name, one in whole[part].items()
        for field, value in one.items()
    }


def _sentences(data: bytes) -> dict[str, str]:
    return dict(_leaves(json.loads(data), ""))


def _leaves(value: Any, at: str) -> Iterator[tuple[str, str]]:
    """Go through a document: each text by its place; what has an id is named by that."""
    if isinstance(value, list) and value and all(isinstance(run, dict) and "style" in run for run in value):
        yield at, "".join(f"[{run['text']}]" if run["style"] == "note" else run["text"] for run in value)
    elif isinstance(value, dict):
        for key, part in value.items():
            yield from _leaves(part, f"{at}.{key}" if at else key)
    elif isinstance(value, list):
        for number, part in enumerate(value, start=1):
            name = part.get("id") if isinstance(part, dict) else None
            yield from _leaves(part, f"{at} {name or number}")
    else:
        yield at, str(value)


def _where(found: bytes, wanted: bytes) -> str:
    """Return the first line of a text in which it differs; of another file nothing."""
    try:
        pairs = [*zip(found.decode().splitlines(), wanted.decode().splitlines(), strict=False)]
    except UnicodeDecodeError:
        return ""
    lines = (f"{n}: {line.strip()[:200]}" for n, (line, other) in enumerate(pairs, 1) if line != other)
    return next(lines, "")
