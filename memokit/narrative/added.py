"""Paragraphs that the council added in Word: printed as its opinion, after the passage that they followed.

The passage of such a `Wording` is `nieuw-<hash>:<passage before it>`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import replace

from memokit.document import Block, Bullets, Document, Paragraph, Run
from memokit.problems import Problem
from memokit.records import Wording
from memokit.rows import file_of
from memokit.texts import say
from memokit.wording import cleaned, figures

NEW = "nieuw-"


def new_id(words: str, after: str) -> str:
    """Return the passage of a new paragraph; after another new one, it follows the same passage.

    Examples
    --------
    >>> new_id("Dank!", "short-money")
    'nieuw-0c012521:short-money'
    >>> new_id("Dank!", "nieuw-12345678:short-money")
    'nieuw-0c012521:short-money'
    """
    return f"{NEW}{hashlib.sha256(words.encode()).hexdigest()[:8]}:{_after(after)}"


def _after(passage: str) -> str:
    return passage.partition(":")[2] if passage.startswith(NEW) else passage


def with_added(
    document: Document, wordings: Iterable[Wording], sender: str = "council"
) -> tuple[Document, tuple[Problem, ...]]:
    """Return the document with the council's own paragraphs; one that has lost its place is a note.

    Parameters
    ----------
    sender
        Whose words they are: `council` or `citizens`. It is said where they hold figures, for nobody checked
        those.
    """
    blocks, problems = list(document.blocks), []
    for each in wordings:
        words = cleaned(each.text)
        if not each.passage.startswith(NEW) or each.dropped == "yes" or not words:
            continue
        at = next((i for i, block in enumerate(blocks) if _after(each.passage) in _ids(block)), None)
        if at is None:
            detail = {"passage": each.passage, "part": "", "figures": []}
            problems.append(Problem("wording-unknown", "note", file=file_of("wordings"), found=words,
                                    detail=detail))
            continue
        before = blocks[at]
        while at + 1 < len(blocks) and _after(each.passage) == _after(blocks[at + 1].id) != blocks[at + 1].id:
            at += 1  # after those that were added before it
        said = Run(f" ({say(f'wording.by.{sender}')})", "emphasis") if figures(words) else None
        text = (Run(words), said) if said else (Run(words),)
        lengths, finding = before.lengths - {"page"}, getattr(before, "finding", "")
        blocks.insert(at + 1, Paragraph(each.passage, text, "opinion", lengths, finding))
    return replace(document, blocks=tuple(blocks)), tuple(problems)


def _ids(block: Block) -> tuple[str, ...]:
    return (block.id,) if isinstance(block, Paragraph) else block.ids if isinstance(block, Bullets) else ()
