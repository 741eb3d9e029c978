"""Key → sentence, and numbers and dates as people in Flanders write them. The only jinja2 and babel door.

Sentences stand in `data/texts/<lang>/<room>.yml`; the first part of a key is the file. A sentence may use
`**strong**`, `_emphasis_` and `{{ "id" | note }}`; these become marks from Unicode's private use area
*before* values are filled in, so that text from a council's file can never become markup; `document.runs`
reads them. A sentence without translation is said in Dutch: marked as Dutch, and counted in `untranslated`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import Any

import yaml

from memokit.resources import data_path

STRONG, EMPHASIS, NOTE_OPEN, NOTE_CLOSE = "\ue001", "\ue002", "\ue003", "\ue004"
DUTCH_OPEN, DUTCH_CLOSE = "\ue005", "\ue006"
NBSP, EN_DASH, MINUS = "\u00a0", "–", "−"
# Between thousands, and before decimals: Belgian Dutch, French and English.
MARKS = {"nl": (".", ","), "fr": ("\u202f", ","), "en": (",", ".")}
_MARKS = re.compile("[\ue000-\ue00f]")
_language: ContextVar[str] = ContextVar("language", default="")
_for_document: ContextVar[bool] = ContextVar("for_document", default=False)
_said_in_dutch: set[tuple[str, str]] = set()
_of_the_catalogue: set[tuple[str, str]] = set()


def language() -> str:
    """Return the language in force: `nl` unless MEMOKIT_LANG or `speaking` says otherwise."""
    return _language.get() or os.environ.get("MEMOKIT_LANG", "") or "nl"


def languages() -> list[str]:
    """Return the languages that have words: Dutch whole, others as far as they are translated.

    Examples
    --------
    >>> languages()
    ['en', 'fr', 'nl']
    """
    return sorted(path.name for path in data_path("texts").iterdir() if path.is_dir())


@contextmanager
def speaking(lang: str, document: bool = False) -> Iterator[None]:
    """Use another language inside a `with` block.

    Parameters
    ----------
    document
        Dutch words in another language are marked for `document.runs`; on a screen "[nl]" stands behind them.

    Examples
    --------
    >>> with speaking("en"):
    ...     language()
    'en'
    """
    token, form = _language.set(lang), _for_document.set(document)
    try:
        yield
    finally:
        _language.reset(token)
        _for_document.reset(form)


@cache
def _file(lang: str, room: str) -> dict[str, Any]:
    path = data_path("texts", lang, f"{room}.yml")
    if not path.is_file():
        return {}
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(path.read_text("utf-8"), Loader=loader) or {}


def lookup(key: str, lang: str | None = None) -> Any:
    """Return what stands under a key: a sentence, a list or a mapping. Falls back to Dutch.

    Raises
    ------
    KeyError
        The key does not exist, not even in Dutch: a missing Dutch key is a defect, never a blank.
    """
    wanted = lang or language()
    found = _at(wanted, key)
    if found is None:
        found = _at("nl", key)
        _said_in_dutch.add((wanted, key))
    if found is None:
        raise KeyError(f"no text for {key!r}")
    return found


def _at(lang: str, key: str) -> Any:
    room, *rest = key.split(".")
    node: Any = _file(lang, room)
    for part in rest:
        node = node.get(part) if isinstance(node, dict) else None
    return node


def untranslated(lang: str = "") -> list[str]:
    """Return what was said in Dutch so far because the language, by default the one in force, had no words.

    Examples
    --------
    >>> untranslated("nl")
    []
    """
    wanted = lang or language()
    return sorted(key for tongue, key in _said_in_dutch if tongue == wanted and _at("nl", key) is not None)


def dutch(text: str) -> str:
    """Return words that exist in Dutch alone (the catalogue): in another language marked, and counted.

    Examples
    --------
    >>> with speaking("fr"):
    ...     dutch("Kies twaalf acties."), said_in_dutch() > 0
    ('Kies twaalf acties. [nl]', True)
    >>> dutch("Kies twaalf acties.")
    'Kies twaalf acties.'
    """
    if language() == "nl" or not text:
        return text
    _of_the_catalogue.add((language(), text))
    return _Marked(f"{DUTCH_OPEN}{text}{DUTCH_CLOSE}") if _for_document.get() else f"{text} [nl]"


def said_in_dutch(lang: str = "") -> int:
    """Return how many sentences and words were said in Dutch so far, in another language."""
    wanted = lang or language()
    return len(untranslated(wanted)) + sum(tongue == wanted for tongue, _ in _of_the_catalogue)


def has(key: str) -> bool:
    """Tell whether a key has a text."""
    try:
        lookup(key)
    except KeyError:
        return False
    return True


def say(key: str, **values: Any) -> str:
    """Return the sentence under `key`, filled in. An undefined value is an error, never a blank.

    Examples
    --------
    >>> with speaking("nl"):
    ...     say("common.year_range", first=2019, last=2024)
    '2019–2024'
    """
    lang = language()
    said = str(_template(lang, key).render(**values)).strip()
    if lang == "nl" or not said or _at(lang, key) is not None:
        return said
    return f"{DUTCH_OPEN}{said}{DUTCH_CLOSE}" if _for_document.get() else f"{said} [nl]"


@cache
def _template(lang: str, key: str) -> Any:
    source = lookup(key, lang)
    if not isinstance(source, str):
        raise KeyError(f"{key!r} is not a sentence")
    marked = re.sub(r"\*\*(.+?)\*\*", rf"{STRONG}\1{STRONG}", source)
    marked = re.sub(r"(?<![\w{])_(?!_)([^_{}]+?)_(?!\w)", rf"{EMPHASIS}\1{EMPHASIS}", marked)
    return _environment().from_string(marked)


@cache
def _environment() -> Any:
    import jinja2

    def harmless(value: Any) -> Any:
        if isinstance(value, _Marked):
            return value
        return _MARKS.sub("", value) if isinstance(value, str) else value

    env = jinja2.Environment(
        undefined=jinja2.StrictUndefined, finalize=harmless, trim_blocks=True, autoescape=False
    )
    env.filters.update(
        number=number, euro=euro, day=day, listing=listing, words=count_word, note=note_mark,
        capital=capital, period=period, signed=signed, quoted=quoted, days=days,
    )  # fmt: skip
    env.globals.update(say=lambda key, **values: _Marked(say(key, **values)))
    return env


class _Marked(str):
    """Text that memokit made itself: its marks are kept."""


def marked(text: str) -> str:
    """Let a sentence of memokit's own stand inside another with its marks; never a council's words."""
    return _Marked(text)


def note_mark(name: str | Iterable[str]) -> str:
    """Return the mark of a footnote, or of several, to stand in a sentence."""
    names = [name] if isinstance(name, str) else list(name)
    return _Marked("".join(f"{NOTE_OPEN}{_MARKS.sub('', n)}{NOTE_CLOSE}" for n in names if n))


def unmarked(text: str) -> str:
    """Return the words of a file without the characters that memokit keeps for its own marks."""
    return _MARKS.sub("", text)


def plain(text: str) -> str:
    """Return a sentence without its marks and footnote marks."""
    return _MARKS.sub("", re.sub(f"{NOTE_OPEN}.*?{NOTE_CLOSE}", "", text))


def number(value: float | int | Decimal | None, decimals: int = 0, grouping: bool = True) -> str:
    """Write a number as in Belgium, in the language in force; a missing one is "n.b.", never zero.

    Examples
    --------
    >>> number(22155), number(1.05, 2), number(None)
    ('22.155', '1,05', 'n.b.')
    >>> number(-3)
    '−3'
    """
    if value is None or value != value:  # NaN
        return str(lookup("common.not_found_short"))
    exact = Decimal(str(value)).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    sign = MINUS if exact < 0 else ""
    thousands, point = MARKS.get(language(), MARKS["nl"])
    text = f"{abs(exact):{',' if grouping else ''}.{decimals}f}"
    return sign + text.replace(",", "\0").replace(".", point).replace("\0", thousands)


def signed(value: float, decimals: int = 0) -> str:
    """Write a change with its sign: `+1.130`, `−3`, `0`."""
    text = number(value, decimals)
    return f"+{text}" if value > 0 and text.strip("0,.") else text


def euro(value: float | None, decimals: int = 0) -> str:
    """Write an amount in running text, with the unit behind it.

    Examples
    --------
    >>> euro(12500).replace(NBSP, " ")
    '12.500 euro'
    """
    if value is None:
        return number(None)
    return f"{number(value, decimals)}{NBSP}euro"


def count_word(value: int) -> str:
    """Write zero to twelve as a word, more as a figure: "drie", "14"."""
    words = lookup("common.count_words")
    return str(words[value]) if 0 <= value < len(words) else number(value)


def day(value: date | str | int | None, style: str = "long") -> str:
    """Write a date in running text ("14 maart 2022") or in a table ("14/03/2022"); a year stays a year.

    Examples
    --------
    >>> day("2022-03-14").replace(NBSP, " "), day(2022), day("2022-03-14", "short")
    ('14 maart 2022', '2022', '14/03/2022')
    """
    if value is None or value == "":
        return str(lookup("common.not_found_short"))
    text = str(value)
    if len(text) == 4:
        return text
    if len(text) == 7:  # a month
        return f"{lookup('common.months')[int(text[5:]) - 1]}{NBSP}{text[:4]}"
    moment = date.fromisoformat(text)
    if style == "short":
        return f"{moment:%d/%m/%Y}"
    return f"{moment.day}{NBSP}{lookup('common.months')[moment.month - 1]}{NBSP}{moment.year}"


def days(values: Iterable[str]) -> str:
    """Write several dates; what they share is said once.

    Examples
    --------
    >>> days(["2024-02-13", "2024-02-15"]).replace(NBSP, " ")
    '13 en 15 februari 2024'
    """
    dates = [str(value) for value in values]
    if len(dates) > 1 and len({d[:7] for d in dates}) == 1 and all(len(d) == 10 for d in dates):
        return f"{listing([*(str(int(d[8:])) for d in dates[:-1]), day(dates[-1])])}"
    return listing(day(d) for d in dates)


def period(first: int, last: int) -> str:
    """Write a span of years with an en dash: 2019–2024; one year stays one year."""
    return str(first) if first == last else f"{first}{EN_DASH}{last}"


def listing(items: Iterable[object]) -> str:
    """Write an enumeration: "a, b en c"."""
    parts = [str(item) for item in items]
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {lookup('common.and')} {parts[-1]}"


def quoted(text: str) -> str:
    """Put somebody's words between quotation marks."""
    before, after = ("«\u202f", "\u202f»") if language() == "fr" else ("“", "”")
    return f"{before}{text}{after}"


def capital(text: str) -> str:
    """Give a sentence its capital, also behind a mark of emphasis; words of a file stay words of a file."""
    for i, char in enumerate(text):
        if char.isalpha():
            upper = "E" if text[i : i + 3] == "één" else char.upper()  # "Eén", not "Één"
            return type(text)(text[:i] + upper + text[i + 1 :])
        if char.isdigit():
            break
    return text
