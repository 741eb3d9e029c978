"""An import taken back: everything that it added, but for what somebody built on since."""

from __future__ import annotations

from pathlib import Path

from memokit.dossier import undo
from memokit.folder import Dossier, journal_path
from memokit.journal import Entry, read_journal
from memokit.problems import MemokitError, Problem
from memokit.records import model_of
from memokit.rows import file_of, id_of, spoken

INBOX = "inbox"
Key = tuple[str, str]


def imports(dossier: Dossier) -> tuple[Entry, ...]:
    """Return the imports that were done and not undone, the newest first."""
    journal = read_journal(journal_path(dossier.folder))
    ids = dict.fromkeys(entry.id for entry in reversed(journal.entries) if entry.id.startswith("import-"))
    return tuple(entry for id_ in ids if (entry := journal.find(id_)))


def take_back(dossier: Dossier, id_: str) -> tuple[Dossier, tuple[Problem, ...]]:
    """Undo an import. What something builds on stays, and is listed.

    Raises
    ------
    MemokitError
        `nothing-to-undo`: there is no such import, or it was undone already.
    """
    entry = next((each for each in imports(dossier) if each.id == id_), None)
    if entry is None:
        raise MemokitError(Problem("nothing-to-undo"))
    stays = _built_on(dossier, entry)
    saved = undo(dossier, id_, stays)
    # The file itself stays while its source does; then it goes back to where it waited (docs/decisions/0012).
    for record in dossier.sources:
        name = record.file
        if ("sources", record.id) in _added(entry) and name and name not in {s.file for s in saved.sources}:
            _wait_again(dossier.folder / name, dossier.folder / INBOX)
    return saved, tuple(
        Problem("undo-kept", "note", file=file_of(table), found=spoken(key, model_of(table)))
        for table, key in sorted(stays)
    )


def _wait_again(kept: Path, inbox: Path) -> None:
    """Move a file back to the inbox; where one of that name waits, it stays where it is: nothing is lost."""
    target = inbox / kept.name
    if kept.is_file() and not target.exists():
        inbox.mkdir(exist_ok=True)
        kept.replace(target)


def _added(entry: Entry) -> set[Key]:
    return {(change.table, change.key) for change in entry.changes if change.before is None}


def _built_on(dossier: Dossier, entry: Entry) -> set[Key]:
    """Return what the import added and somebody uses: judged, chosen, given a target, named as a source."""
    added = _added(entry)
    used: set[Key] = {("plan", judged.action) for judged in dossier.assessments}
    used |= {("plan", item.code) for item in dossier.plan if item.solidarity == "yes"}
    used |= {("own_indicators", target.indicator) for target in dossier.targets}
    stays = used & added
    for record in dossier.everything():
        key = (record.table, id_of(record))
        if key not in added or key in stays:
            for name, cell in record.cells().items():
                if cell.kind == "sources":
                    stays |= {("sources", id_) for id_ in getattr(record, name)} & added
    return stays
