"""Which paragraph of a Word file is which passage: by its bookmark, or else by likeness, to be confirmed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from memokit.document import Bullets, Document, Paragraph, Section, Table, Text, plain
from memokit.narrative.added import new_id
from memokit.readback.reading import NOTE, Line, Received
from memokit.texts import lookup
from memokit.wording import Passage, passages
from memokit.writers.docx_parts import FIRST, LAST, flat, token

Kind = Literal["same", "changed", "removed", "new"]
ALIKE = 60.0  # of 100: below it, two paragraphs are not taken for the same
_MARK = re.compile(r"mk_([0-9a-f]{12})_([0-9a-f]{8})")
_NOT_TEXT = ("heading", "kop", "title", "titel", "subtitle", "caption", "toc", "header", "footer", "footnote",
             "memokit banner", "memokit draft", "memokit remark", "memokit figure", "memokit colophon",
             "memokit cell", "memokit head", "memokit row")  # fmt: skip


@dataclass(frozen=True)
class Match:
    """What became of one passage in Word.

    Parameters
    ----------
    id
        Of the passage; a new paragraph has one of its own.
    passage
        What it is about; for a new paragraph, the passage that it follows.
    words
        What it says now.
    alike
        How much it looks like the passage, 0 to 100; 100 when its bookmark was there.
    moved_on
        The dossier too says something else now than when the file was made.
    strange
        Footnotes that are not those of the passage.
    """

    kind: Kind
    id: str
    passage: Passage
    words: str = ""
    alike: float = 100.0
    moved_on: bool = False
    strange: tuple[str, ...] = ()

    @property
    def sure(self) -> bool:
        """Whether the file itself says which passage it is, and only Word changed it."""
        return self.alike == 100.0 and not self.moved_on


class Matcher:
    """Compares what came back with the document of the dossier."""

    def __init__(self, got: Received, document: Document) -> None:
        self.lines, self.document = _between(got.lines), document
        self.passages = passages(document)
        self.news: dict[str, Line] = {}
        self.texts = texts_of(document)
        self.notes = {flat(plain(note.text)): note.id for note in document.notes}
        self.known = _fixed(document, set(self.texts))
        self.labels = [str(label) for label in lookup("writers.voice", "nl").values() if label]
        self.endings = [f" ({ending})" for ending in lookup("wording.by", "nl").values()]

    def matches(self) -> list[Match]:
        """Return what became of each passage, in the order of the file."""
        if any(_MARK.fullmatch(name) for line in self.lines for name in line.marks):
            return self._by_bookmark()
        return self._by_likeness()

    def strangers(self) -> tuple[int, int]:
        """Return how many bookmarks of memokit the file has, and how many are of no passage here."""
        marks = [m[1] for line in self.lines for name in line.marks if (m := _MARK.fullmatch(name))]
        known = {token(passage.id) for passage in self.passages}
        return len(marks), sum(mark not in known for mark in marks)

    # -- by bookmark ----------------------------------------------------------------------------------------

    def _by_bookmark(self) -> list[Match]:
        known = {token(passage.id): passage for passage in self.passages}
        found: list[Match] = []
        loose: list[Line] = []  # new paragraphs above the first known one
        there = set()
        for line in self.lines:
            marks = [m for name in line.marks if (m := _MARK.fullmatch(name))]
            mine = [(known[m[1]], m[2]) for m in marks if m[1] in known]
            there |= {passage.id for passage, _ in mine}
            if mine:
                passage, left_as = mine[0]
                found += [self._compared(line, passage, left_as)]
                found += [Match("removed", other.id, other) for other, _ in mine[1:]]
                found += [self._new(each, passage) for each in loose]
                loose = []
            elif not marks and self._is_text(line):
                if found:
                    found.append(self._new(line, found[-1].passage))
                else:
                    loose.append(line)
        return self._typed_over(found, there)

    def _typed_over(self, found: list[Match], there: set[str]) -> list[Match]:
        """Add what is gone; a new paragraph in its very place is taken for it, to be confirmed.

        Who selects a whole sentence and types another one, types over its bookmark too.
        """
        before = found[0].passage.id if found else ""
        for passage in self._expected(there):
            if passage.id in there:
                before = passage.id
                continue
            at = next((i for i, m in enumerate(found) if m.kind == "new" and m.passage.id == before), None)
            if at is None:
                found.append(Match("removed", passage.id, passage))
            else:
                found[at] = self._alike(self.news[found[at].id], passage)
        return found

    def _alike(self, line: Line, passage: Passage) -> Match:
        from rapidfuzz import fuzz

        words, strange = self._words(line, passage)
        words, alike = self._without_ending(words), fuzz.ratio(flat(_bare(words)), flat(_bare(passage.words)))
        return Match("changed", passage.id, passage, words, min(alike, 99.0), False, strange)

    def _compared(self, line: Line, passage: Passage, left_as: str) -> Match:
        whole, strange = self._words(line, passage)
        words = self._without_ending(whole)
        if not words:
            return Match("removed", passage.id, passage)
        if left_as in (token(whole, 8), token(words, 8)) or flat(whole) == flat(passage.words):
            return Match("same", passage.id, passage, passage.words, strange=strange)
        moved_on = token(passage.words, 8) != left_as
        return Match("changed", passage.id, passage, words, 100.0, moved_on, strange)

    def _expected(self, there: set[str]) -> Iterator[Passage]:
        """Yield the passages of the shortest length that holds what came back: no other was ever in it."""
        for length in ("page", "normal", "full"):
            found = passages(self.document.select(length))
            if there <= {passage.id for passage in found} or length == "full":
                yield from found
                return

    # -- by likeness ----------------------------------------------------------------------------------------

    def _by_likeness(self) -> list[Match]:
        lines = [line for line in self.lines if self._is_text(line)]
        exact = {flat(_bare(passage.words)): passage for passage in self.passages}
        pairs = {i: exact[said] for i, line in enumerate(lines) if (said := self._bare_line(line)) in exact}
        free = [passage for passage in self.passages if passage not in pairs.values()]
        likeness = self._likeness([i for i in range(len(lines)) if i not in pairs], lines, free)
        pairs.update({i: passage for i, (passage, _) in likeness.items()})
        found: list[Match] = []
        for i, line in enumerate(lines):
            if i in pairs:
                words, strange = self._words(line, pairs[i])
                alike = likeness[i][1] if i in likeness else 100.0
                kind: Kind = "changed" if i in likeness else "same"
                words = self._without_ending(words)
                found.append(Match(kind, pairs[i].id, pairs[i], words, alike, False, strange))
            else:
                near = [pairs[j] for j in (*range(i, -1, -1), *range(i, len(lines))) if j in pairs]
                found += [replace(self._new(line, near[0]), alike=0.0)] if near else []
        return found

    def _likeness(
        self, open_: Sequence[int], lines: Sequence[Line], free: Sequence[Passage]
    ) -> dict[int, tuple[Passage, float]]:
        """Pair what is most alike first; each paragraph and each passage once."""
        from rapidfuzz import fuzz, process

        if not open_ or not free:
            return {}
        texts = [self._bare_line(lines[i]) for i in open_]
        scores = process.cdist(texts, [flat(_bare(p.words)) for p in free], scorer=fuzz.ratio)
        ranked = sorted(
            ((float(scores[a][b]), -a, -b) for a in range(len(open_)) for b in range(len(free))), reverse=True
        )
        found: dict[int, tuple[Passage, float]] = {}
        taken: set[int] = set()
        for score, a, b in ranked:
            if score >= ALIKE and open_[-a] not in found and -b not in taken:
                found[open_[-a]] = free[-b], min(score, 99.0)
                taken.add(-b)
        return found

    def _bare_line(self, line: Line) -> str:
        return flat(self._unlabelled(line.words.replace(NOTE, "")))

    # -- words ----------------------------------------------------------------------------------------------

    def _is_text(self, line: Line) -> bool:
        """Tell whether a paragraph can be the council's own: no heading, table, label or known other line."""
        words = self._bare_line(line)
        other = line.in_table or line.style.startswith(_NOT_TEXT) or words in self.known
        return bool(words) and not other and words not in self.labels

    def _new(self, line: Line, after: Passage) -> Match:
        words = " ".join(self._unlabelled(line.words).replace(NOTE, "").split())
        id_ = new_id(words, after.id)
        self.news[id_] = line
        return Match("new", id_, after, words, 100.0, False, line.notes)

    def _words(self, line: Line, passage: Passage) -> tuple[str, tuple[str, ...]]:
        """Return what a paragraph says, with `[k]` for the footnotes of the passage; and the others."""
        notes = [run.text for run in self.texts[passage.id] if run.style == "note"]
        order = {name: k for k, name in enumerate(dict.fromkeys(notes), start=1)}
        strange = []
        words = self._unlabelled(line.words)
        for said in line.notes:
            k = order.get(self.notes.get(flat(said), ""))
            words = words.replace(NOTE, f"[{k}]" if k else "", 1)
            strange += [] if k else [said]
        words = re.sub(r"(?<=\])[,\s]+(?=\[\d)", "", " ".join(re.split(r"[\n\t]+", words)).strip())
        return words, tuple(strange)

    def _without_ending(self, words: str) -> str:
        """Return words without what memokit itself adds about whose they are."""
        for ending in self.endings:
            words = words.replace(ending, "")
        return words

    def _unlabelled(self, words: str) -> str:
        for label in self.labels:
            if words.startswith(label) and words[len(label) : len(label) + 1] in ("\t", "\u2002"):
                return words[len(label) + 1 :]
        return words


def _between(lines: tuple[Line, ...]) -> tuple[Line, ...]:
    """Return the lines of the evaluation itself: in the file of another text it is only a part."""
    ends = [next((i for i, line in enumerate(lines) if mark in line.marks), None) for mark in (FIRST, LAST)]
    first, last = ends
    return lines[first or 0 : len(lines) if last is None else last + 1]


def _bare(words: str) -> str:
    return re.sub(r"\[\d{1,3}\]", "", words)


def texts_of(document: Document) -> Mapping[str, Text]:
    """Return every paragraph and item of a list, by its id."""
    found: dict[str, Text] = {}
    for block in document.blocks:
        if isinstance(block, Paragraph):
            found[block.id] = block.text
        elif isinstance(block, Bullets):
            found.update(zip(block.ids, block.items, strict=False))
    return found


def _fixed(document: Document, ids: Iterable[str]) -> set[str]:
    """Return what stands in the document and is no passage: headings, captions, replies, running lines."""
    meta, free = document.meta, {passage.id for passage in passages(document)}
    texts = texts_of(document)
    said = [meta.title, meta.subtitle, meta.banner, meta.draft]
    said += [plain(texts[id_]) for id_ in ids if id_ not in free]
    for block in document.blocks:
        said += [block.title] if isinstance(block, Section) else []
        said += [block.caption, plain(block.remark)] if isinstance(block, Table) else []
        said += [getattr(block, "message", ""), getattr(block, "alt", "")]
    return {flat(words) for words in said if words}
