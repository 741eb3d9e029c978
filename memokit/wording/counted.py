"""Figures in a sentence: which there are, and how they follow when the data under the sentence change."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from memokit.texts import capital, lookup

MARK = re.compile(r"\[(\d{1,3})\]")
_NUMBER = r"(?<!\w)\d+(?:[.,]\d+)*(?!\w)"
_DUTCH = re.compile(r"(\d{1,3}(?:\.\d{3})+|\d+)(?:,(\d+))?")


class Found(NamedTuple):
    """A figure in a text: where it stands, as written, and what it is worth."""

    start: int
    end: int
    written: str
    value: str


@cache
def _pattern() -> tuple[re.Pattern[str], Mapping[str, int]]:
    names = {str(word): n for n, word in enumerate(lookup("common.count_words", "nl"))} | {"eén": 1}
    return re.compile(rf"{_NUMBER}|\b(?:{'|'.join(names)})\b", re.IGNORECASE), names


def figures(words: str) -> list[Found]:
    """Return the figures in a text, in order: 1.234,5, a year, or a word from zero to twelve.

    Examples
    --------
    >>> [f.value for f in figures("In 2022: 1.234,50 euro voor drie acties van de 4de Pijler.[1]")]
    ['2022', '1234.5', '3']
    """
    pattern, names = _pattern()
    bare = MARK.sub(lambda mark: " " * len(mark[0]), words)
    return [Found(*m.span(), m[0], _value(m[0], names)) for m in pattern.finditer(bare)]


def _value(written: str, names: Mapping[str, int]) -> str:
    if (known := names.get(written.lower())) is not None:
        return str(known)
    whole = _DUTCH.fullmatch(written)
    if whole is None:
        return written  # a code such as 16.10
    fraction = (whole[2] or "").rstrip("0")
    return f"{int(whole[1].replace('.', ''))}{'.' if fraction else ''}{fraction}"


def values(words: str) -> dict[str, str]:
    """Return what the figures of a text are worth, with how each is written."""
    return {figure.value: figure.written for figure in figures(words)}


def brought_up(words: str, before: str, after: str) -> str | None:
    """Return words with the figures of today; None where nobody can tell which figure became which."""
    old, new = figures(before), figures(after)
    became: dict[str, list[Found]] = {}
    for was, now in zip(old, new, strict=False):
        became.setdefault(was.value, []).append(now)
    if len(old) != len(new) or any(len({now.value for now in each}) > 1 for each in became.values()):
        return None
    for figure in reversed(figures(words)):
        now = became.get(figure.value, [figure])[0]
        if now.value != figure.value:
            written = capital(now.written) if figure.written[:1].isupper() else now.written.lower()
            words = words[: figure.start] + written + words[figure.end :]
    return words
