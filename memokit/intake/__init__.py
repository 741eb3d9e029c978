"""A delivered file becomes a proposal for the dossier: shown first, then saved as one entry, undone as one.

The file is kept as received under `bronnen/`, with its checksum and the day it came. What the council wrote
is never overwritten: of an action that is there already, only what the plan itself says is renewed.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from memokit import territory
from memokit.dossier import apply_changes, changes_of, slug
from memokit.folder import Dossier, journal_path
from memokit.intake.records import Builder, kept_source
from memokit.intake.records import next_source_id as next_source_id
from memokit.intake.undo import INBOX as INBOX
from memokit.intake.undo import imports as imports
from memokit.intake.undo import take_back as take_back
from memokit.journal import Change, read_journal
from memokit.problems import MemokitError, Problem
from memokit.sources import read_for
from memokit.sources.delivery import Delivery
from memokit.sources.incoming import LIMIT_BYTES
from memokit.tables import read_bytes, replace_file

FOLDER = "bronnen"


@dataclass(frozen=True, kw_only=True)
class Offer:
    """What a file would change in a dossier, as one entry.

    Parameters
    ----------
    id
        Of the journal entry: the same file with the same choices has the same id.
    changes
        What is added (`before` None) or changed; empty when the dossier has it all.
    done
        This very import was done before and not undone.
    """

    id: str
    path: Path
    kept_as: str
    changes: tuple[Change, ...]
    problems: tuple[Problem, ...]
    done: bool


@dataclass(frozen=True, kw_only=True)
class Proposal(Offer):
    """What a delivery would do to a dossier.

    Parameters
    ----------
    left_out
        Rows about other municipalities, and amounts of other policy fields, years or plans.
    """

    delivery: Delivery
    left_out: int


def propose(
    dossier: Dossier, path: Path | str, kind: str | None = None, choose: Mapping[str, str] | None = None,
    on: str = "",
) -> Proposal:
    """Read a file for a dossier, and return what would be added and changed. Nothing is written.

    Parameters
    ----------
    choose
        Answers to what only a person can choose, as for `read`.
    on
        The day on which the file was received, yyyy-mm-dd; today, if not given.

    Raises
    ------
    MemokitError
        As `read`; the file is about another municipality; or it holds another plan than the one evaluated.
    """
    path = Path(path)
    came = receive(dossier, path, choose, on)
    town = territory.place(dossier.settings.municipality, dossier.term)
    got, others = read_for(town, path, kind, choose)
    builder = Builder(dossier, got, came.kept_as, came.digest, came.day)
    changes = () if came.done else tuple(changes_of(dossier, builder.records()))
    problems = (*got.problems, *builder.problems)
    return Proposal(
        id=came.id, path=path, kept_as=came.kept_as, delivery=got, changes=changes, problems=problems,
        left_out=others + builder.left_out, done=came.done,
    )  # fmt: skip


@dataclass(frozen=True)
class Received:
    """How a file is kept: the id of its entry, its name, checksum and day, and whether it was read before."""

    id: str
    kept_as: str
    digest: str
    day: str
    done: bool


def receive(dossier: Dossier, path: Path, choose: Mapping[str, str] | None = None, on: str = "") -> Received:
    """Return how a file would be kept in a dossier. Nothing is written."""
    digest = hashlib.sha256(read_bytes(path, LIMIT_BYTES)).hexdigest()
    answers = "".join(f"{name}={value};" for name, value in sorted((choose or {}).items()))
    id_ = f"import-{hashlib.sha256((digest + answers).encode()).hexdigest()[:12]}"
    done = read_journal(journal_path(dossier.folder)).find(id_) is not None
    known = kept_source(dossier, digest)
    kept_as = known.file if known else _free_name(dossier, path)
    day = known.consulted_on if known else on or datetime.now().astimezone().date().isoformat()
    return Received(id_, kept_as, digest, day, done)


def accept(dossier: Dossier, proposal: Offer) -> Dossier:
    """Keep the file and save the changes, as one entry in the journal.

    Raises
    ------
    MemokitError
        The file or the journal cannot be written: then the dossier is as it was.
    """
    if proposal.done or not proposal.changes:
        return dossier
    target = dossier.folder / proposal.kept_as
    there = target.exists()
    data = read_bytes(proposal.path, LIMIT_BYTES)
    target.parent.mkdir(exist_ok=True)
    replace_file(target, data)
    try:
        saved = apply_changes(dossier, proposal.changes, proposal.path.name, proposal.id)
    except MemokitError:
        if not there:
            target.unlink(missing_ok=True)
        raise
    if proposal.path.resolve().parent == (dossier.folder / INBOX).resolve():
        proposal.path.unlink(missing_ok=True)
    return saved


def waiting(dossier: Dossier) -> tuple[Path, ...]:
    """Return the files in the inbox of a dossier."""
    folder = dossier.folder / INBOX
    found = sorted(folder.iterdir()) if folder.is_dir() else []
    return tuple(path for path in found if path.is_file() and not path.name.startswith((".", "~")))


def _free_name(dossier: Dossier, path: Path) -> str:
    """Return a name under `bronnen/` that no other file has."""
    stem, suffix = slug(path.stem) or "bestand", re.sub(r"[^.\w]", "", path.suffix.lower())
    names = (f"{FOLDER}/{stem}{f'-{n}' if n > 1 else ''}{suffix}" for n in range(1, 10_000))
    return next(name for name in names if not (dossier.folder / name).exists())
