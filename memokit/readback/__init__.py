"""A Word file that came back: what changed in it is an offer, shown first, saved and undone as one entry.

Only text is taken: tables, figures and headings never. A paragraph without its bookmark is matched by
likeness, and then taken only when a person says yes to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from memokit import texts
from memokit.document import Document
from memokit.dossier import changes_of
from memokit.evaluation import evaluate
from memokit.fields import Record
from memokit.folder import Dossier
from memokit.intake import Offer, Received, next_source_id, receive
from memokit.intake.records import kept_source
from memokit.journal import Change
from memokit.narrative.added import NEW
from memokit.problems import MemokitError, Problem
from memokit.readback import replies
from memokit.readback.matching import Match, Matcher
from memokit.readback.reading import NOTE, read
from memokit.readback.reading import Received as WordText
from memokit.records import Source, Wording
from memokit.texts import lookup, say
from memokit.wording import judge
from memokit.writers.docx_file import is_word as is_word


@dataclass(frozen=True, kw_only=True)
class Readback(Offer):
    """What a Word file would change.

    Parameters
    ----------
    kind
        `text`, `reply` (the reaction of the bestuur) or `check` (corrections of the service: only shown).
    matches
        What became of each passage, the unchanged ones too.
    taken, refused
        Which of them would be saved; which were wanted and cannot be.
    comments
        Where each comment stands, and what it says; never who wrote it.
    answers
        Of a reply or a fact check: about what, and the words as received.
    """

    kind: str
    matches: tuple[Match, ...] = ()
    taken: tuple[Match, ...] = ()
    refused: tuple[Match, ...] = ()
    comments: tuple[tuple[str, str], ...] = ()
    answers: tuple[tuple[str, str], ...] = ()


def propose(
    dossier: Dossier, path: Path | str, choose: Mapping[str, str] | None = None, on: str = ""
) -> Readback:
    """Read a Word file for a dossier, and return what would change. Nothing is written.

    Parameters
    ----------
    choose
        `ja` or `nee` by the id of a passage; `alles` for whatever is not named.
    on
        The day on which it came back, yyyy-mm-dd; today, if not given.

    Raises
    ------
    MemokitError
        The file cannot be read safely, or is not of this dossier.
    """
    path = Path(path)
    got, came = read(path), receive(dossier, path, choose, on)
    document = evaluate(dossier).document
    comments = tuple(_comments(got))
    form = replies.form_of(got)
    if form:
        answers, problems = replies.answers(got, document, path.name)
        records = replies.records(answers, dossier.settings, came.day) if form == "reply" else []
        offered = _offered(dossier, path, came, records)
        return Readback(
            id=came.id, path=path, kept_as=came.kept_as, done=came.done, problems=tuple(problems), kind=form,
            comments=comments, answers=answers, changes=offered,
        )  # fmt: skip
    matches, problems = _compared(got, document, path.name)
    wanted, wrong = _wanted(matches, choose or {}, path.name)
    refused = tuple(match for match in wanted if _refused(match))
    taken = tuple(match for match in wanted if match not in refused)
    put, gone = _records(dossier, taken)
    return Readback(
        id=came.id, path=path, kept_as=came.kept_as, done=came.done, kind="text", matches=matches,
        taken=taken, refused=refused,
        problems=() if came.done else (*problems, *wrong, *_to_tell(matches, path.name)),
        comments=comments, changes=_offered(dossier, path, came, put, gone),
    )  # fmt: skip


def _offered(
    dossier: Dossier, path: Path, came: Received, put: Iterable[Record],
    gone: Iterable[tuple[str, str]] = (),
) -> tuple[Change, ...]:
    """Return the changes, with the file itself as a source; nothing to change brings no source either."""
    changes = changes_of(dossier, put, gone)
    if came.done or not changes:
        return ()
    known = kept_source(dossier, came.digest)
    title = texts.plain(say("readback.source", file=path.name))
    source = Source(
        id_=known.id_ if known else next_source_id(dossier), kind="statement", title=title,
        file=came.kept_as, checksum=came.digest,
    )  # fmt: skip
    return (*changes_of(dossier, [source]), *changes)


def _comments(got: WordText) -> Iterator[tuple[str, str]]:
    places = {number: line.words for line in got.lines for number in line.comments}
    for number, said in got.comments.items():
        yield " ".join(places.get(number, "").replace(NOTE, "").split())[:80], said


def _compared(got: WordText, document: Document, file: str) -> tuple[tuple[Match, ...], list[Problem]]:
    matcher = Matcher(got, document)
    marks, strange = matcher.strangers()
    matches = tuple(matcher.matches())
    if 2 * strange > marks or not any(match.kind in ("same", "changed") for match in matches):
        raise MemokitError(Problem("word-other-dossier", file=file))
    problems = []
    order = {passage.id: n for n, passage in enumerate(matcher.passages)}
    places = [order[match.id] for match in matches if match.kind in ("same", "changed")]
    if places != sorted(places):
        problems.append(Problem("word-order", "note", file=file))
    return matches, problems


def _wanted(
    matches: tuple[Match, ...], choose: Mapping[str, str], file: str
) -> tuple[tuple[Match, ...], list[Problem]]:
    """Return what is to be taken: what is sure unless somebody said no, the rest only after a yes."""
    yes, no, every = (str(lookup(f"readback.answers.{name}")) for name in ("yes", "no", "every"))
    changed = [match for match in matches if match.kind != "same"]
    known = {every, *(match.id for match in changed)}
    wrong = [
        Problem("word-choice", "warning", file=file, found=f"{name}={answer}", choices=(yes, no))
        for name, answer in choose.items() if name not in known or answer not in (yes, no)
    ]
    usual = {match.id: choose.get(every, yes if match.sure else no) for match in changed}
    return tuple(m for m in changed if choose.get(m.id, usual[m.id]) == yes), wrong


def _refused(match: Match) -> bool:
    """Tell whether words cannot be kept: they claim more than the judgement, or leave out what must stay."""
    if match.kind == "removed":
        return match.passage.stays
    judged = judge(match.passage, match.words) if match.kind == "changed" else ()
    return any(problem.severity == "error" for problem in judged)


def _to_tell(matches: tuple[Match, ...], file: str) -> Iterator[Problem]:
    """Yield what a person must know about each change, before saying yes."""
    for match in matches:
        part = {"passage": match.id, "part": match.passage.part}
        if match.kind == "changed":
            yield from (replace(problem, file=file) for problem in judge(match.passage, match.words))
        if match.kind == "removed" and match.passage.stays:
            yield Problem("word-stays", "warning", file=file, found=match.passage.words, detail=part)
        if match.moved_on:
            yield Problem("word-moved-on", "warning", file=file, found=match.passage.words, detail=part)
        for said in match.strange:
            yield Problem("word-note", "warning", file=file, found=said, detail=part)


def _records(
    dossier: Dossier, taken: tuple[Match, ...]
) -> tuple[list[Record], tuple[tuple[str, str], ...]]:
    """Return the wordings to put, and those to take out: what says again what memokit wrote."""
    known = {each.passage: each for each in dossier.table("wordings") if isinstance(each, Wording)}
    put: list[Record] = []
    gone = []
    for match in taken:
        old = known.get(match.id) or Wording(passage=match.id, original=match.passage.original)
        if match.kind == "removed" and match.id.startswith(NEW):
            gone.append(("wordings", match.id))
        elif match.kind == "removed":
            put.append(old.model_copy(update={"dropped": "yes"}))
        elif match.words == match.passage.original and old.place is None:
            gone.append(("wordings", match.id))
        else:
            original = match.words if match.kind == "new" else match.passage.original
            put.append(old.model_copy(update={"text": match.words, "original": original, "dropped": "no"}))
    return put, tuple(gone)
