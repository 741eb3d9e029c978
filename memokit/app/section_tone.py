"""Words that sound harsh or are not Flemish: a list that warns, each with a better word, and never blocks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from html import escape

from memokit.app.parts import words
from memokit.app.state import State
from memokit.texts import NBSP, lookup
from memokit.wording import passages

Row = Mapping[str, str]


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], Row], ...]:
    return tuple(
        (re.compile(rf"(?<!\w)(?:{row.get('pattern') or re.escape(row['word'])})(?!\w)", re.IGNORECASE), row)
        for row in lookup("tone.words", "nl")
    )


def tone(text: str) -> list[tuple[str, Row]]:
    """Return the words of a text that the list warns for, with why and what is better.

    Examples
    --------
    >>> [(word, row["instead"]) for word, row in tone("Slechts één wethouder antwoordde.")]
    [('Slechts', 'geef alleen het getal'), ('wethouder', 'schepen')]
    """
    plain = text.replace(NBSP, " ")
    return [(match[0], row) for pattern, row in _patterns() for match in pattern.finditer(plain)]


def told(text: str) -> str:
    """Return the warnings about one text, as a list."""
    lines = (
        words("page_text.tone.here", word=word, why=row["why"], instead=row["instead"])
        for word, row in tone(text)
    )
    items = "".join(f'<li class="note">{line}</li>' for line in lines)
    return f'<ul class="memo-problems">{items}</ul>' if items else ""


def everywhere(state: State) -> str:
    """Return the warnings about every passage that the council can change, by its part."""
    parts: dict[str, str] = {}
    for passage in passages(state.evaluation.document):
        parts[passage.part] = parts.get(passage.part, "") + told(passage.words)
    lists = "".join(f"<h4>{escape(part)}</h4>{items}" for part, items in parts.items() if items)
    return lists or f"<p>{words('page_text.tone.none')}</p>"
