"""Which items of a plan are about global solidarity: proposals that a person confirms, never decisions.

The words stand in `data/catalogue/lexicon.yml`. Each word of a title gets *keys*, the things in the lexicon
that it answers to: `vluchteling*`, the group `@south`, `LOI` in capitals. Patterns are sequences of keys, so
no text, of a file or of the lexicon, is ever a regular expression. A title that leaves its subject to the
plan above it ("Subsidies") is judged by that plan, when the plan is clearly about this field.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from itertools import chain
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any, NamedTuple

import yaml

from memokit.resources import data_path
from memokit.texts import lookup

if TYPE_CHECKING:
    import pandas as pd

KEY = ("municipality", "report_year", "level", "code")
READ = (*KEY, "parent", "title", "description", "comment")
FOUND = ("theme", "sdg_targets", "certainty", "words")
PARTS = ("entries", "above", "below")
GAP, GAP_MARK = 3, ".."
FIRM, STRONG = 0.7, 0.8
# What is left of a certainty in a description, and below a plan: there with how general a title must be.
FROM_TEXT, BELOW = 0.7, {"action_plan": (0.8, 0.33), "objective": (0.6, 1.0)}
LEVELS = ("action", *BELOW)
LETTERS_PER_ERROR, SHORT = 8, 2
RECEPTION = "F"
GENERAL = frozenset({"@filler", "@generic"})
NOTHING: frozenset[str] = frozenset()
_WORD = re.compile(r"[^\W_]+(?:['’´`][sS]\b)?")
_ENDING = re.compile(r"['’´`][sS]$")
_UNSEEN = str.maketrans("", "", "\u00ad\u200b\u200c\u200d\ufeff")

Line = tuple[str, ...]
Pattern = tuple[Line, ...]
Span = tuple[int, int]
Keys = Sequence[frozenset[str]]
Key = tuple[str, ...]


class Entry:
    """Words that point to a theme.

    Parameters
    ----------
    raw
        `words` and `unless`, patterns of which one is enough, and those that take the proposal back;
        `certainty`, how often such words mean this `theme`, as we judge it; `broad`, when they name the
        policy field and not the theme: such words count only where nothing more precise is found.
    """

    def __init__(self, raw: Mapping[str, Any]) -> None:
        self.theme, self.certainty = str(raw["theme"]), float(raw["certainty"])
        self.sdg = tuple(code.strip() for code in raw["sdg"].split(","))
        self.words, self.unless = patterns(raw["words"]), patterns(raw.get("unless", ""))
        self.broad = bool(raw.get("broad"))


class Title(NamedTuple):
    """A text cut into words: as written, where each word stands, its keys, and the keys that count.

    The keys of a false friend (the first word of "Noord-Zuidverbinding") do not count.
    """

    written: str
    places: tuple[Span, ...]
    keys: Keys
    counting: Keys
    phrases: tuple[Span, ...]

    def whole(self, span: Span) -> Span:
        """Return a span that does not cut a phrase in two."""
        cut = [phrase for phrase in self.phrases if phrase[0] < span[1] and span[0] < phrase[1]]
        return min(at for at, _ in (span, *cut)), max(end for _, end in (span, *cut))

    def quote(self, span: Span) -> str:
        """Return words as they were written; a semicolon would part them in the answer."""
        first, last = self.places[span[0]][0], self.places[span[1] - 1][1]
        return " ".join(self.written[first:last].replace(";", ",").split())


class Hit(NamedTuple):
    """An entry that holds for a title, the words that made it hold, and whether others take it back."""

    entry: Entry
    spans: tuple[Span, ...]
    refused: bool


class Proposal(NamedTuple):
    """One theme for one item, with the words that led to it."""

    theme: str
    sdg: tuple[str, ...]
    certainty: float
    words: tuple[str, ...]


# -- patterns -----------------------------------------------------------------------------------------------


def fold(word: str) -> str:
    """Return a word without accents, capitals and an ending after an apostrophe.

    Examples
    --------
    >>> fold("Oekraïne"), fold("SDG's")
    ('oekraine', 'sdg')
    """
    plain = unicodedata.normalize("NFKD", _ENDING.sub("", word).casefold())
    return "".join(c for c in plain if not unicodedata.combining(c))


def patterns(words: str) -> tuple[Pattern, ...]:
    """Return the patterns in a list of the lexicon, which stand between commas.

    `&` parts what may stand anywhere; `..` leaves room for a few words, `~` for a space or none.

    Examples
    --------
    >>> patterns("fair~trade, steun* & @south")
    ((('fair', 'trade'),), (('fairtrade',),), (('steun*',), ('@south',)))
    """
    lines = filter(str.strip, words.split(","))
    ways = (way for line in lines for way in dict.fromkeys((line.replace("~", " "), line.replace("~", ""))))
    return tuple(tuple(tuple(part.split()) for part in way.split("&")) for way in ways)


def _ends(line: Line, at: int, keys: Keys) -> Iterator[int]:
    """Yield where a sequence that starts at a word can end."""
    if not line:
        yield at
    elif line[0] == GAP_MARK:
        for start in range(at, min(at + GAP, len(keys)) + 1):
            yield from _ends(line[1:], start, keys)
    elif at < len(keys) and line[0] in keys[at]:
        yield from _ends(line[1:], at + 1, keys)


def _spans(line: Line, keys: Keys) -> Iterator[Span]:
    return ((at, end) for at in range(len(keys)) for end in _ends(line, at, keys))


def _places(pattern: Pattern, keys: Keys) -> tuple[Span, ...]:
    """Return the first place of each part of a pattern, or nothing when a part is missing."""
    found = [next(_spans(line, keys), None) for line in pattern]
    return () if None in found else tuple(span for span in found if span)


def _holds(lines: Iterable[Pattern], keys: Keys) -> bool:
    return any(_places(pattern, keys) for pattern in lines)


class Index:
    """Patterns, each with what it stands for, of which only those are tried whose keys a title has."""

    def __init__(self, patterns: Iterable[tuple[Any, Pattern]]) -> None:
        self.first: dict[str, list[tuple[frozenset[str], Any, Pattern]]] = {}
        for meaning, pattern in patterns:
            needed = frozenset(key for line in pattern for key in line) - {GAP_MARK}
            self.first.setdefault(pattern[0][0], []).append((needed, meaning, pattern))

    def possible(self, present: frozenset[str]) -> Iterator[tuple[Any, Pattern]]:
        """Yield the patterns of which every key is present somewhere."""
        for key in present & self.first.keys():
            for needed, meaning, pattern in self.first[key]:
                if needed <= present:
                    yield meaning, pattern


def _words(hits: Iterable[Hit]) -> set[int]:
    return {at for hit in hits for span in hit.spans for at in range(*span)}


# -- the lexicon --------------------------------------------------------------------------------------------


class Lexicon:
    """The lexicon in memory.

    Parameters
    ----------
    raw
        `groups` of words; `spelling`, long words whose typing errors are understood; `false_friends`, which
        never count; and three lists of entries: `entries`, for every title; `above`, which count only for a
        plan that others stand under; `below`, which count only under a plan of this field.
    """

    def __init__(self, raw: Mapping[str, Any]) -> None:
        entries = {part: tuple(map(Entry, raw[part])) for part in PARTS}
        friends = [line for (line,) in patterns(raw["false_friends"])]
        groups = {f"@{name}": [line for (line,) in patterns(words)] for name, words in raw["groups"].items()}
        self.entries, self.spelling = entries, tuple(word.strip() for word in raw["spelling"].split(","))
        self.index = {part: Index((e, way) for e in of for way in e.words) for part, of in entries.items()}
        self.friends = Index(("", (line,)) for line in friends)
        self.groups: dict[str, set[str]] = {}
        named = [(name, line) for name, lines in groups.items() for line in lines]
        for name, line in named:
            self.groups.setdefault(" ".join(line), set()).add(name)
        self.phrases = Index((name, (line,)) for name, line in named if len(line) > 1 or line[0] in groups)
        ways = [way for of in entries.values() for entry in of for way in (*entry.words, *entry.unless)]
        used = [*friends, *chain.from_iterable(ways), *chain.from_iterable(groups.values())]
        keys = set(chain.from_iterable(used))
        self.plain = frozenset(key for key in keys if "*" not in key)
        self.starts = frozenset(key[:-1] for key in keys if key[-1] == "*" != key[0])
        self.tails = frozenset(key[1:] for key in keys if key[0] == "*" != key[-1])
        self.inside = tuple(key[1:-1] for key in keys if key[0] == "*" == key[-1])
        self.keys = lru_cache(1 << 16)(self._keys)
        self.title = lru_cache(1 << 13)(self._title)
        self.found = lru_cache(1 << 13)(self._found)

    def _keys(self, word: str) -> frozenset[str]:
        """Everything in the lexicon that a word answers to."""
        folded, capitals = fold(word), _ENDING.sub("", word)
        if len(capitals) > 2 and capitals.endswith("s"):  # LOIs
            capitals = capitals[:-1]
        found = set(self.plain & ({folded, capitals} if capitals.isupper() else {folded}))
        found.update(f"{folded[:n]}*" for n in range(1, len(folded) + 1) if folded[:n] in self.starts)
        found.update(f"*{folded[n:]}" for n in range(len(folded)) if folded[n:] in self.tails)
        found.update(f"*{part}*" for part in self.inside if part in folded)
        # "ontwikelingssamenwerking" ends like a word that is known: it is still a typing error.
        own = any(not key.startswith("*") for key in found)
        meant = self._meant(folded) if not own and len(folded) >= LETTERS_PER_ERROR else ""
        if meant and meant != folded:
            return self._keys(meant)
        if any(map(str.isdigit, word)):  # a code or a year
            found.add("@filler")
        return frozenset(found.union(*(self.groups.get(key, ()) for key in found)))

    def _meant(self, word: str) -> str:
        """The long word that was probably meant: one typing error for so many letters."""
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        errors = len(word) // LETTERS_PER_ERROR
        best = process.extractOne(word, self.spelling, scorer=OSA.distance, score_cutoff=errors)
        return str(best[0]) if best else ""

    def _title(self, text: str) -> Title:
        written = unicodedata.normalize("NFC", text.translate(_UNSEEN))
        places = tuple(match.span() for match in _WORD.finditer(written))
        keys = [self.keys(written[start:end]) for start, end in places]
        phrases, present = set[tuple[str, Span]](), NOTHING.union(*keys)
        possible = self.phrases.possible
        while new := {(of, at) for of, (line,) in possible(present) for at in _spans(line, keys)} - phrases:
            for group, span in new:
                keys[slice(*span)] = [of | {group} for of in keys[slice(*span)]]
            phrases, present = phrases | new, present.union(group for group, _ in new)
        title = Title(written, places, keys, keys, tuple(span for _, span in phrases))
        friends = (span for _, (line,) in self.friends.possible(present) for span in _spans(line, keys))
        false = {at for span in friends for at in range(*title.whole(span))}
        return title._replace(counting=[NOTHING if at in false else of for at, of in enumerate(keys)])

    def _found(self, text: str, part: str) -> tuple[Hit, ...]:
        """The entries that hold for a text or are taken back by it, the most certain first."""
        title, spans = self.title(text), dict[Entry, set[Span]]()
        for entry, pattern in self.index[part].possible(NOTHING.union(*title.counting)):
            spans.setdefault(entry, set()).update(map(title.whole, _places(pattern, title.counting)))
        hits = [Hit(e, tuple(sorted(at)), _holds(e.unless, title.keys)) for e, at in spans.items() if at]
        return tuple(sorted(hits, key=lambda hit: (-hit.entry.certainty, hit.entry.theme, hit.spans)))

    def hits(self, text: str, part: str = "entries") -> tuple[Hit, ...]:
        """Return the entries that hold for a text, the most certain first."""
        return tuple(hit for hit in self.found(text, part) if not hit.refused)

    def own(self, text: str, above: str) -> list[Hit]:
        """What a title says itself; what is not firm is also taken back by the title of the plan above."""
        keys = self.title(above).keys
        hits = [h for h in self.hits(text) if h.entry.certainty >= FIRM or not _holds(h.entry.unless, keys)]
        precise = _words(h for h in hits if h.entry.certainty >= FIRM and not h.entry.broad)
        return [h for h in hits if not h.entry.broad or precise.isdisjoint(_words([h]))]

    def topic(self, text: str) -> Hit | None:
        """The entry that a plan or objective is about: half of what it says. A mere mention is not enough."""
        keys, hits = self.title(text).keys, (*self.hits(text), *self.hits(text, "above"))
        named = {at for at in _words(hits) if keys[at].isdisjoint({"@filler", "@domain"})}
        said = {at for at in named if "@field" in keys[at] or keys[at].isdisjoint(GENERAL)} or named
        rest = {at for at, of in enumerate(keys) if of.isdisjoint(GENERAL) or "@domain" in of} - said
        if not hits or 2 * len(said) < len(rest):
            return None
        return min(hits, key=lambda hit: (hit.spans[0], -hit.entry.certainty, hit.entry.theme))

    def open_to(self, text: str, share: float, theme: str = "") -> bool:
        """Tell whether a title leaves its subject to the plan above: general words, no subject of its own.

        Of a title below a plan a third must be general, of one below an objective all. In two words there is
        no room for another subject, unless the lexicon knows it. What belongs to a house, and a street, is no
        other subject below a plan about reception.
        """
        title, said = self.title(text), _words(self.hits(text, "below"))
        keys, other = title.keys, {"@local"} if theme == RECEPTION else {"@local", "@home"}
        telling = [at for at, of in enumerate(keys) if "@filler" not in of or "@domain" in of]
        general = [at for at in telling if at in said or not keys[at].isdisjoint({"@generic", "@home"})]
        general = [at for at in general if share < 1 or "@domain" not in keys[at]]
        enough = len(general) >= share * len(telling) or (share < 1 and len(telling) <= SHORT)
        known = theme == RECEPTION or all(of or not keys[at] for at, of in enumerate(title.counting))
        return bool(keys) and enough and known and all(map(other.isdisjoint, keys))


@cache
def lexicon() -> Lexicon:
    """Return the lexicon in `data/catalogue`.

    Examples
    --------
    >>> [hit.entry.theme for hit in lexicon().hits("Stedenband met een gemeente in Togo")][:1]
    ['C']
    """
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return Lexicon(yaml.load(data_path("catalogue", "lexicon.yml").read_text("utf-8"), Loader=loader))


# -- items --------------------------------------------------------------------------------------------------


def _fields(row: Any) -> Mapping[str, Any]:
    return row if isinstance(row, Mapping) else {n: getattr(row, n) for n in READ if hasattr(row, n)}


def _text(value: Any) -> str:
    """A cell as text; what is missing, in whatever way a frame says so, is empty."""
    if isinstance(value, str | Integral):
        return str(value).strip()
    return f"{value:.12g}" if isinstance(value, Real) and value == value else ""


def _above(item: Mapping[str, str], plan: Mapping[Key, set[tuple[str, str]]]) -> Iterator[tuple[str, str]]:
    """Yield level and title of the plan above, then of the objective; a repeated code is nobody's parent."""
    level, parent = item["level"], item["parent"]
    for higher in LEVELS[LEVELS.index(level) + 1 :] if level in LEVELS else ():
        found = plan.get((item["municipality"], item["report_year"], higher, parent), set())
        if parent and len(found) == 1:
            ((title, parent),) = found
            yield higher, title


def _proposals(title: Title, hits: Iterable[Hit], share: float = 1.0) -> Iterator[Proposal]:
    """Yield one proposal per theme, with every word that led to it in the order of the title."""
    by_theme: dict[str, list[Hit]] = {}
    for hit in hits:
        by_theme.setdefault(hit.entry.theme, []).append(hit)
    for theme, found in by_theme.items():
        spans = sorted({span for hit in found for span in hit.spans})
        inner = {a for a in spans for b in spans if a != b and b[0] <= a[0] and a[1] <= b[1]}
        words = dict.fromkeys(title.quote(span) for span in spans if span not in inner)
        sdg = dict.fromkeys(code for hit in found for code in hit.entry.sdg)
        yield Proposal(theme, tuple(sdg), share * max(hit.entry.certainty for hit in found), tuple(words))


def _below(known: Lexicon, text: str, level: str, above: str, topic: Hit) -> Proposal:
    """The proposal for a general title; under a plan about the whole field it may say the theme itself."""
    hints = known.hits(text, "below")[:1]
    entry = hints[0].entry if hints and topic.entry.broad else topic.entry
    label = lookup(f"records.values.level.{level}.label")
    words = [known.title(text).quote(span) for hint in hints for span in hint.spans]
    words += [f"{label}: {known.title(above).quote(span)}" for span in topic.spans]
    certainty = BELOW[level][0] * topic.entry.certainty
    return Proposal(entry.theme, entry.sdg, certainty, tuple(dict.fromkeys(words)))


def _inherited(known: Lexicon, text: str, above: Iterable[tuple[str, str]]) -> Iterator[Proposal]:
    """Yield what the plan or the objective above says of a title that leaves its subject to it."""
    refused = {hit.entry.theme for hit in known.found(text, "entries") if hit.refused}
    for level, title in above:
        topic = known.topic(title)
        if topic:
            back = refused if topic.entry.broad else refused & {topic.entry.theme}
            if not back and known.open_to(text, BELOW[level][1], topic.entry.theme):
                yield _below(known, text, level, title, topic)
        if topic or not known.open_to(title, 1.0):
            return


def _judge(known: Lexicon, item: Mapping[str, str], above: list[tuple[str, str]]) -> list[Proposal]:
    """The proposals for one item, the most certain first: from its title, else its text, else from above."""
    title, text = item["title"], f"{item['description']} {item['comment']}"
    strong = [hit for hit in known.hits(text) if hit.entry.certainty >= STRONG]
    found = [*_proposals(known.title(title), known.own(title, above[0][1] if above else ""))]
    found = found or [*_proposals(known.title(text), strong, FROM_TEXT)]
    found = found or [*_inherited(known, title, above)]
    return sorted(found, key=lambda proposal: (-proposal.certainty, proposal.theme))


def suggest(plan_items: Any) -> pd.DataFrame:
    """Propose a theme for the items of a plan that are about global solidarity.

    Parameters
    ----------
    plan_items
        A frame, or records or mappings, with level, code, parent and title; municipality, report_year,
        description and comment are used where they are given.

    Returns
    -------
    DataFrame
        A row per item and theme: the key columns that were given (municipality, report_year, level, code),
        theme, sdg_targets, certainty between 0 and 1, and the words that led to it. A word found in the plan
        or objective above says so. No proposal, no row.

    Examples
    --------
    >>> plan = [
    ...     {"level": "action_plan", "code": "AP-1", "parent": "", "title": "Mondiaal beleid"},
    ...     {"level": "action", "code": "AC-1", "parent": "AP-1", "title": "Subsidies"},
    ...     {"level": "action", "code": "AC-2", "parent": "AP-1", "title": "Aanleg van een vluchtheuvel"},
    ... ]
    >>> suggest(plan)[["code", "theme", "words"]].values.tolist()
    [['AP-1', 'A', 'Mondiaal beleid'], ['AC-1', 'B', 'Subsidies; actieplan: Mondiaal beleid']]
    """
    import pandas as pd

    frame = isinstance(plan_items, pd.DataFrame)
    rows = [*map(_fields, plan_items.to_dict("records") if frame else plan_items)]
    given = [name for name in KEY if (frame and name in plan_items) or any(name in row for row in rows)]
    items = [{name: _text(row.get(name)) for name in READ} for row in rows]
    plan: dict[Key, set[tuple[str, str]]] = {}
    for item in items:
        plan.setdefault(tuple(item[name] for name in KEY), set()).add((item["title"], item["parent"]))
    table = []
    for row, item in zip(rows, items, strict=True):
        for theme, sdg, certainty, words in _judge(lexicon(), item, [*_above(item, plan)]):
            found = theme, "; ".join(sdg), max(round(certainty, 2), 0.01), "; ".join(words)
            table.append([*map(row.get, given), *found])
    return pd.DataFrame(table, columns=[*given, *FOUND])
