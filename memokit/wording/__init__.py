"""The council's own words: any sentence rewritten, left out or moved, with its figures and footnotes kept.

Nothing in the words is markup. Where they no longer hold the checked figures the page says whose words they
are; words that say more than the judgement are not printed, and a problem tells so.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from memokit.document import Block, Bullets, Document, Paragraph, Run, Section, Text, Voice
from memokit.problems import Problem, Severity
from memokit.records import Wording
from memokit.rows import file_of
from memokit.texts import NBSP, lookup, say, unmarked
from memokit.wording.claims import RANK as RANK
from memokit.wording.claims import claimed as claimed
from memokit.wording.claims import told_by
from memokit.wording.counted import MARK, brought_up, values
from memokit.wording.counted import figures as figures
from memokit.wording.order import arranged, texts_of

_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")  # would show figures in another order than they stand
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")  # line ends, control, half characters


@dataclass(frozen=True)
class Passage:
    """A paragraph or an item of a list that the council may rewrite.

    Parameters
    ----------
    section, part
        The id and the words of the heading that it stands under.
    words, original
        What it says now, and what memokit wrote; a footnote is `[1]`, the next `[2]`.
    status
        The judgement of the action that it is about, if it is about one.
    stays
        Whether it may be rewritten but not left out.
    notes
        The ids of its footnotes: `[1]` is the first.
    rail
        Passages with the same rail can change places; empty for what goes along with the one before.
    """

    id: str
    section: str
    part: str
    words: str
    voice: Voice
    finding: str
    original: str
    status: str = ""
    stays: bool = False
    notes: tuple[str, ...] = ()
    rail: str = ""


# -- words and texts ----------------------------------------------------------------------------------------


def passages(document: Document) -> tuple[Passage, ...]:
    """Return every passage that may be rewritten, in order; its id never says where it stands."""
    judged, originals = dict(document.judged), dict(document.originals)
    found, head = list[Passage](), Section("", "")
    for block in document.blocks:
        if isinstance(block, Section):
            head = block
        elif isinstance(block, Paragraph | Bullets) and block.hold != "fixed":
            stays, finding = block.hold == "stays", getattr(block, "finding", "")
            along = bool(finding and found and found[-1].finding == finding)
            rail = "" if along else f"{head.id}.{block.kind}"
            for id_, text in texts_of(block):
                original = originals.get(id_, text)
                found.append(Passage(
                    id_, head.id, head.title, cleaned(words_of(text, original)), block.voice, finding,
                    cleaned(words_of(original)), judged.get(id_, ""), stays, _notes(original), rail,
                ))  # fmt: skip
    return tuple(found)


def _every_text(document: Document) -> dict[str, Text]:
    return {id_: text for block in document.blocks for id_, text in texts_of(block)}


def words_of(text: Text, original: Text = ()) -> str:
    """Return the plain words of a passage, with `[k]` for its k-th footnote, or for the k-th of `original`.

    Examples
    --------
    >>> words_of((Run("Noodhulp.", "strong"), Run(" Er was geld."), Run("b", "note"), Run("c", "note")))
    'Noodhulp. Er was geld.[1][2]'
    """
    numbers = {name: k for k, name in enumerate(_notes(original or text), start=1)}
    return "".join(f"[{numbers[run.text]}]" if run.style == "note" else run.text for run in text)


def _notes(text: Text) -> tuple[str, ...]:
    return tuple(dict.fromkeys(run.text for run in text if run.style == "note"))


def reworded(text: Text, words: str) -> Text:
    """Return a passage in other words. Every footnote stays: one that was lost comes at the end.

    Examples
    --------
    >>> text = (Run("Noodhulp.", "strong"), Run(" Er was geld."), Run("b", "note"))
    >>> [(run.text, run.style) for run in reworded(text, "Noodhulp. **Dank**")]
    [('Noodhulp.', 'strong'), (' **Dank**', ''), ('b', 'note')]
    """
    words = cleaned(words)
    if words == cleaned(words_of(text)):
        return text
    notes, made = _notes(text), list[Run]()
    if text and text[0].style == "strong" and words.startswith(text[0].text):
        made.append(text[0])
        words = words[len(text[0].text) :]
    end = 0
    for mark in MARK.finditer(words):
        if 0 < (k := int(mark[1])) <= len(notes):
            made += [Run(words[end : mark.start()].rstrip(" ")), Run(notes[k - 1], "note")]
            end = mark.end()
    made.append(Run(words[end:]))
    kept = [run for run in made if run.text]
    lost = [name for name in notes if name not in _notes(tuple(kept))]
    return (*kept, *(Run(name, "note") for name in lost))


def cleaned(words: str) -> str:
    """Return words as one paragraph, without control characters, turned writing, and memokit's own aside.

    Examples
    --------
    >>> cleaned("Er was\\ngeld. (door de raad geformuleerd)")
    'Er was geld.'
    """
    flat = re.sub(" +", " ", _TURNING.sub("", _UNSEEN.sub(" ", unmarked(words)))).strip(" ")
    for aside in _asides():
        flat = flat.removesuffix(aside).rstrip(" ")
    return flat


@cache
def _asides() -> tuple[str, ...]:
    return tuple(f"({words})" for words in lookup("wording.by", "nl").values())


# -- what is wrong with them ---------------------------------------------------------------------------------


def _says_more(passage: Passage, words: str) -> bool:
    """Tell whether words claim more than the judgement, or drop the "largely" of memokit's own sentence."""
    if passage.voice == "question" or not (says := claimed(words)):
        return False
    own = claimed(passage.original)
    if passage.status:
        return max(says) > max({RANK.get(passage.status, 0), *own})
    softened = {RANK["mostly"], RANK["partly"]} & own - says
    return bool(own) and (max(says) > max(own) or bool(softened and max(says) > min(softened)))


def judge(passage: Passage, words: str) -> list[Problem]:
    """Return what is wrong with words for a passage; an error means that they cannot be printed.

    Examples
    --------
    >>> about = Passage("p", "s", "S", "", "fact", "", "Drie acties zijn in uitvoering.")
    >>> [problem.code for problem in judge(about, "De acties zijn uitgevoerd.")]
    ['wording-figure-lost', 'wording-says-more']
    """
    words = cleaned(words)
    before, after = values(passage.original), values(words)
    lost = [written for value, written in before.items() if value not in after]
    new = [written for value, written in after.items() if value not in before]
    found = []
    if lost:
        found.append(_problem("wording-figure-lost", "warning", passage, lost))
    if new:
        found.append(_problem("wording-figure-new", "warning", passage, new))
    if told_by(passage.original) and not told_by(words):
        found.append(_problem("wording-who-lost", "warning", passage))
    if _says_more(passage, words):
        found.append(_problem("wording-says-more", "error", passage))
    return found


def _problem(
    code: str, severity: Severity, passage: Passage, figures_: Sequence[str] = (), was: str = ""
) -> Problem:
    detail = {"passage": passage.id, "part": passage.part, "figures": list(figures_)}
    file = file_of("wordings")
    return Problem(code, severity, file=file, found=passage.original, expected=was, detail=detail)


# -- into the document --------------------------------------------------------------------------------------


def apply(
    document: Document, wordings: Iterable[Wording], elsewhere: Collection[str] = (), sender: str = "council"
) -> tuple[Document, tuple[Problem, ...]]:
    """Return the document in the council's words, and what must be looked at.

    Parameters
    ----------
    elsewhere
        Passages of findings that do not stand in the text now: leaving them out is no mistake.
    sender
        Whose words they are: `council` or `citizens`.
    """
    table = {each.passage: each for each in wordings}
    known = {passage.id: passage for passage in passages(document)}
    problems = [*_misplaced(document, table, known, elsewhere)]
    texts = _every_text(document)
    chosen = dict[str, Text]()
    for id_, passage in known.items():
        if id_ in table and cleaned(table[id_].text):
            chosen[id_], found = _chosen(passage, texts[id_], table[id_], sender)
            problems += found
    changed = {id_: text for id_, text in chosen.items() if text != texts[id_]}
    blocks = tuple(_with(block, changed) for block in document.blocks)
    gone = {id_ for id_, p in known.items() if id_ in table and table[id_].dropped == "yes" and not p.stays}
    places = {id_: each.place for id_, each in table.items() if each.place is not None}
    originals = tuple((id_, texts[id_]) for id_ in changed)
    moved = tuple(arranged(blocks, gone, places))
    return replace(document, blocks=moved, originals=originals), tuple(problems)


def _misplaced(
    document: Document, table: Mapping[str, Wording], known: Mapping[str, Passage], elsewhere: Collection[str]
) -> Iterator[Problem]:
    """Words for what is fixed, for what stays, or for a passage that does not stand in the text now."""
    there = _every_text(document)
    for id_, each in table.items():
        passage = known.get(id_)
        if passage is not None:
            if each.dropped == "yes" and passage.stays:
                yield _problem("wording-stays", "warning", passage)
            continue
        nowhere = Passage(id_, "", "", "", "", "", each.original or id_)
        if id_ in there:
            yield _problem("wording-fixed", "warning", nowhere)
        elif each.dropped != "yes" or not any(id_ == e or id_.startswith(f"{e}-") for e in elsewhere):
            yield _problem("wording-unknown", "note", nowhere)


def _chosen(passage: Passage, text: Text, wording: Wording, sender: str) -> tuple[Text, list[Problem]]:
    """Return a passage in the council's words, with today's figures; or as memokit wrote it, and why."""
    words, before = cleaned(wording.text), cleaned(wording.original) or passage.original
    found, stale = list[Problem](), False
    if before.replace(NBSP, " ") != passage.original.replace(NBSP, " "):
        today = brought_up(words, before, passage.original)
        stale = today is None
        code = "wording-stale" if stale else "wording-changed"
        found.append(_problem(code, "warning", passage, was=before))
        words = words if today is None else today
    judged = judge(passage, words)
    if refused := [problem for problem in judged if problem.severity == "error"]:
        return text, refused
    made = reworded(text, words)
    if stale or any(problem.code.startswith("wording-figure") for problem in judged):
        made = (*made, Run(f" ({say(f'wording.by.{sender}')})", "emphasis"))
    return made, [*found, *judged]


def _with(block: Block, texts: Mapping[str, Text]) -> Block:
    if isinstance(block, Paragraph):
        return replace(block, text=texts.get(block.id, block.text))
    if isinstance(block, Bullets) and block.ids:
        return replace(block, items=tuple(texts.get(id_, text) for id_, text in texts_of(block)))
    return block
