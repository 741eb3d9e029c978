"""What goes in and out of a dossier, in words: an import shown before it is saved, proposals, tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from memokit import intake, readback, texts, workbook
from memokit.evaluation import SCORE_COLUMNS, Evaluation, score_rows
from memokit.excel import Page, write_workbook
from memokit.folder import Dossier
from memokit.intake import Offer
from memokit.journal import Change
from memokit.problems import Problem
from memokit.proposals import proposals
from memokit.readback import telling
from memokit.records import PRIVATE_TABLES, TABLES, model_of
from memokit.rows import file_of, heads, spoken, to_row
from memokit.sources import kinds
from memokit.tables import write_csv
from memokit.texts import say

SHOWN = 12  # changes and repairs that are shown one by one


@dataclass(frozen=True)
class Shown:
    """An import in words, and the proposal to accept; a werkboek is read by its own room."""

    dossier: Dossier
    path: Path
    text: str
    problems: tuple[Problem, ...] = ()
    proposal: Offer | None = None
    werkboek: bool = False

    @property
    def can_add(self) -> bool:
        """Whether there is anything to save."""
        return self.werkboek or self.proposal is not None

    def accept(self) -> Dossier:
        """Save it."""
        if self.werkboek:
            return workbook.apply(self.dossier, self.path)
        return intake.accept(self.dossier, self.proposal) if self.proposal else self.dossier


def show(
    dossier: Dossier, path: Path, kind: str | None = None, choose: Mapping[str, str] | None = None
) -> Shown:
    """Say what a file holds and what it would add or change.

    Raises
    ------
    MemokitError
        As `intake.propose`.
    """
    if kind is None and workbook.recognises(path):
        return _werkboek(dossier, path)
    if kind is None and readback.is_word(path):
        return _word(dossier, path, choose)
    found = intake.propose(dossier, path, kind, choose)
    got, name = found.delivery, texts.plain(path.name)
    lines = [say("intake.understood", file=name, kind=kind_name(got.kind))]
    if got.years:
        lines.append(say("intake.years", first=got.years[0], last=got.years[-1]))
    settings = dossier.settings
    lines.append(say("intake.about", name=settings.name, code=settings.municipality))
    lines += [say("intake.left_out", n=found.left_out)] if found.left_out else []
    for repair in got.repairs[:SHOWN]:
        lines.append(say("intake.repaired", row=repair.row, field=repair.policy_field, year=repair.year,
                         found=repair.found, amount=repair.amount))
    if len(got.repairs) > SHOWN:
        lines.append(say("intake.repaired_more", n=len(got.repairs) - SHOWN))
    if found.done:
        lines.append(say("intake.done_before", id=found.id))
    elif not found.changes:
        lines.append(say("intake.nothing"))
    else:
        lines += [*_changes(found.changes), say("intake.kept", file=found.kept_as)]
    proposal = found if found.changes else None
    return Shown(dossier, path, texts.plain("\n".join(lines)), found.problems, proposal)


def _werkboek(dossier: Dossier, path: Path) -> Shown:
    """Say what somebody changed in a werkboek."""
    changes, problems = workbook.changes_in(dossier, path)
    lines = [say("intake.werkboek", file=texts.plain(path.name)), *_changes(changes)]
    lines += [] if changes else [say("intake.nothing")]
    return Shown(dossier, path, texts.plain("\n".join(lines)), problems, werkboek=bool(changes))


def _word(dossier: Dossier, path: Path, choose: Mapping[str, str] | None) -> Shown:
    """Say what somebody changed in Word."""
    found = readback.propose(dossier, path, choose)
    lines = [*telling.lines(found)]
    if found.done:
        lines.append(say("intake.done_before", id=found.id))
    else:
        lines.append(say("intake.kept", file=found.kept_as) if found.changes else say("intake.nothing"))
    return Shown(dossier, path, texts.plain("\n".join(lines)), found.problems,
                 found if found.changes else None)


def _changes(changes: Sequence[Change]) -> list[str]:
    added = Counter(change.table for change in changes if change.before is None)
    gone = Counter(change.table for change in changes if change.after is None)
    every = Counter(change.table for change in changes)
    lines = [
        say("intake.adds", table=texts.lookup(f"records.tables.{table}.title", "nl"), added=added[table],
            changed=n - added[table] - gone[table], gone=gone[table])
        for table, n in every.items()
    ]
    changed = [change for change in changes if change.before is not None and change.after is not None]
    lines += [line for change in changed[:SHOWN] for line in _change(change)]
    return [*lines, *([say("intake.change_more", n=len(changed) - SHOWN)] if len(changed) > SHOWN else [])]


def _change(change: Change) -> list[str]:
    model = model_of(change.table)
    names, empty = heads(model), say("intake.empty")
    return [
        say("intake.change", record=spoken(change.key, model), field=names[name],
            before=(change.before or {}).get(name) or empty, after=text or empty)
        for name, text in (change.after or {}).items()
    ]


def kind_name(kind: str) -> str:
    """Return a kind of file in words; one of another package by its own name."""
    key = f"intake.kinds.{kind}"
    return str(texts.lookup(key, "nl")) if texts.has(key) else kind


def list_kinds() -> str:
    """Return the kinds of files that can be read, a line each."""
    return "\n".join(f"{kind:20} {kind_name(kind)}" for kind in kinds())


def list_proposals(dossier: Dossier) -> str:
    """Return the proposals in words, the surest first."""
    found = proposals(dossier.plan)
    if not found:
        return texts.plain(say("intake.no_proposals"))
    lines = [say("intake.proposals", n=len(found))]
    lines += [say("intake.proposal", found=each, sdg=", ".join(each.sdg_targets)) for each in found]
    return texts.plain("\n".join(lines))


def save_tables(ev: Evaluation, out: Path, suffix: str = "csv") -> tuple[Path, ...]:
    """Save every table of a dossier that may leave it, and of its result; each can be read back unchanged.

    Parameters
    ----------
    suffix
        `csv` or `xlsx`.
    """
    out.mkdir(parents=True, exist_ok=True)
    pages: list[Page] = []
    if ev.measures.dossier is not None:
        for model in TABLES:
            if model.table not in PRIVATE_TABLES:
                names = [n for n, cell in model.cells().items() if not cell.private]
                columns = tuple(heads(model)[name] for name in names)
                rows = [to_row(record) for record in ev.measures.dossier.table(model.table)]
                pages.append(Page(Path(file_of(model.table)).stem, columns, rows))
    scores = [{c: _text(row.get(c)) for c in SCORE_COLUMNS} for row in score_rows(ev)]
    pages.append(Page("scores", tuple(SCORE_COLUMNS), scores))
    return tuple(_save(page, out / f"{page.name}.{suffix}") for page in pages)


def _save(page: Page, path: Path) -> Path:
    if path.suffix == ".csv":
        write_csv(path, page.heads, page.rows)
    else:
        write_workbook(path, [page], workbook.lists_name())
    return path


def _text(value: object) -> str:
    return "" if value is None or value != value else str(value)
