"""What stands above a batch: index pages in three orders, and one table of all measures.

No order is a ranking: no place has a number, and the page that opens first goes by name. The charts show one
municipality against its own start, all on one scale.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby
from string import Template
from typing import Any

from memokit import __version__, facts
from memokit.dossier import slug
from memokit.evaluation import SCORE_COLUMNS
from memokit.problems import Problem
from memokit.resources import data_path
from memokit.terms import Term
from memokit.territory import Municipality, filed_under, place
from memokit.texts import NBSP, lookup, number, say, signed
from memokit.writers.data import scores_csv

FOLDER, TABLE = "gemeenten", "cijfers.csv"
SIZES = (10_000, 20_000, 50_000)  # inhabitants: where a group on the page by size begins
COLUMNS = ("municipality", "municipality_name", "province", *SCORE_COLUMNS)
_SAME = ("kind", "key", "name", "unit", "goal", "basis")  # what a measure keeps where no figure was found
_WIDE, _HIGH = 96.0, 28.0  # of a small chart, in pixels


@dataclass(frozen=True)
class Entry:
    """One municipality of a batch: what the index pages and the table say of it.

    Parameters
    ----------
    stem
        The name of its files without their suffix: code and name, fit for any disk.
    inhabitants
        Year and number on 1 January, of the years of the term that somebody published for this territory.
    rows
        One row per measure, as in `scores.csv`.
    """

    code: str
    name: str
    province: str
    stem: str
    inhabitants: Sequence[tuple[int, float]]
    rows: Sequence[Mapping[str, Any]]

    @property
    def last(self) -> float | None:
        """The latest number of inhabitants; None where nobody published one."""
        return self.inhabitants[-1][1] if self.inhabitants else None


def stem_of(code: str, name: str) -> str:
    """Return the name of a municipality's files, without suffix: ASCII, unique, the same on every system.

    Examples
    --------
    >>> stem_of("23064", "Bever"), stem_of("99999", "Œuf/&<'t>")
    ('23064-bever', '99999-uf-t')
    """
    return f"{code}-{slug(name)}".rstrip("-")


def entry_of(town: Municipality, term: Term, rows: Sequence[Mapping[str, Any]]) -> Entry:
    """Return the entry of a municipality, with its inhabitants in the years of a term."""
    years = facts.series("population", place(town.code, term))
    people = [(o.year, o.value) for o in years if o.value is not None and term.start <= o.year <= term.end]
    return Entry(town.code, town.name, town.province, stem_of(town.code, town.name), people, rows)


def table(entries: Iterable[Entry]) -> str:
    """Return all measures as CSV with commas and points: a row for each municipality and measure.

    A measure that was found for one municipality has a row for every other; what is missing there is empty,
    never zero, and its status is `missing`.

    Examples
    --------
    >>> row = {"kind": "figure", "key": "crime", "now": 40.5, "year_now": 2020, "status": "published"}
    >>> both = [Entry("1", "A", "P", "1-a", (), [row]), Entry("2", "B", "P", "2-b", (), [])]
    >>> print(*[line.split(",", 3)[3] for line in table(both).splitlines()[1:]], sep="\\n")
    figure,crime,,,,,,2020,40.5,,,,,,published,,
    figure,crime,,,,,,,,,,,,,missing,,
    """
    entries = list(entries)
    known = {_key(row): row for entry in entries for row in reversed(entry.rows)}
    order = dict.fromkeys(_key(row) for entry in entries for row in entry.rows)
    rows = []
    for entry in entries:
        mine = {_key(row): row for row in entry.rows}
        who = dict(zip(COLUMNS, (entry.code, entry.name, entry.province), strict=False))
        for key in order:
            empty = {name: known[key].get(name) for name in _SAME} | {"status": "missing"}
            rows.append({**who, **mine.get(key, empty)})
    return scores_csv(rows, COLUMNS)


def _key(row: Mapping[str, Any]) -> tuple[str, str]:
    return str(row["kind"]), str(row["key"])


# -- orders -------------------------------------------------------------------------------------------------


def _letter(entry: Entry) -> str:
    """As in a telephone book: De Haan stands under H."""
    return filed_under(entry.name)[:1].upper() or "#"


def _size(entry: Entry) -> str:
    at = -1 if entry.last is None else sum(entry.last >= bound for bound in SIZES)
    return say("batch.size", low=(0, *SIZES)[at], high=(*SIZES, 0)[at], known=at >= 0)


# File → how its entries are grouped, and what they are sorted by; what ties stays in order of name.
ORDERS: Mapping[str, tuple[Callable[[Entry], str], Callable[[Entry], Any]]] = {
    "index.html": (_letter, lambda entry: 0),
    "per-provincie.html": (lambda entry: entry.province, lambda entry: entry.province),
    "per-inwoners.html": (_size, lambda entry: (entry.last is None, entry.last or 0)),
}


# -- pages --------------------------------------------------------------------------------------------------


def pages(
    entries: Sequence[Entry], term: Term, absent: Mapping[str, Sequence[Problem]] | None = None
) -> dict[str, str]:
    """Return the index pages by file name: no script, no outside request, readable without seeing.

    Parameters
    ----------
    entries
        In the order of a telephone book, as `territory.municipalities` gives them.
    absent
        Name of a municipality that could not be made → why.

    Examples
    --------
    >>> made = pages([Entry("1", "A & B", "P", "1-a-b", ((2018, 100.0), (2024, 110.0)), [])], Term(2024))
    >>> list(made), '<a href="gemeenten/1-a-b.html">A &amp; B</a>' in made["index.html"]
    (['index.html', 'per-provincie.html', 'per-inwoners.html'], True)
    """
    frame, style = (data_path("templates", name).read_text("utf-8") for name in ("index.html", "memo.css"))
    latest = max((year for entry in entries for year, _ in entry.inhabitants), default=term.end)
    rows = _Rows(term.start, latest, _reach(entries))
    values = {"term": term.years, "first": term.start, "latest": latest, "reach": 100 * rows.reach,
              "n": len(entries), "version": __version__}  # fmt: skip
    words = {key: escape(say(f"batch.page.{key}", **values)) for key in lookup("batch.page")}
    words |= {"style": style, "skip": say("writers.skip"), "made": say("writers.made_with", **values)}
    words["absent"] = "\n".join(_absent(words["absent"], absent)) if absent else ""
    return {name: Template(frame).substitute(words, **_order(name, entries, rows)) for name in ORDERS}


def _order(here: str, entries: Sequence[Entry], rows: _Rows) -> dict[str, str]:
    """Return what differs from order to order: the links, and the table in groups."""
    group, by = ORDERS[here]
    groups = [(title, list(found)) for title, found in groupby(sorted(entries, key=by), group)]
    links = [(name, say(f"batch.order.{name.partition('.')[0].replace('-', '_')}")) for name in ORDERS]
    jumps = [(f"#g{at}", title) for at, (title, _) in enumerate(groups)]
    bodies = "\n".join(line for at, each in enumerate(groups) for line in rows.group(at, *each))
    return {"links": _list(links, here), "jumps": _list(jumps, here), "bodies": bodies}


def _list(links: Iterable[tuple[str, str]], here: str) -> str:
    current = ' aria-current="page"'
    items = (f'<li><a href="{to}"{current * (to == here)}>{escape(words)}</a></li>' for to, words in links)
    return "\n".join(items)


def _absent(title: str, absent: Mapping[str, Sequence[Problem]]) -> Iterator[str]:
    yield f"<section><h2>{title}</h2>\n<ul>"
    for name, problems in absent.items():
        yield f"<li><strong>{escape(name)}</strong>: {escape(' '.join(p.message for p in problems))}</li>"
    yield "</ul></section>"


def _reach(entries: Iterable[Entry]) -> float:
    """The share of change that fills a chart: nineteen in twenty municipalities stay within it."""
    each = ([abs(v / e.inhabitants[0][1] - 1) for _, v in e.inhabitants] for e in entries if e.inhabitants)
    found = sorted(map(max, each))
    return (found[int(0.95 * len(found))] if found else 0) or 1


@dataclass(frozen=True)
class _Rows:
    """Writes rows of a table: between which years, and what share of change reaches the edge of a chart."""

    first: int
    latest: int
    reach: float

    def group(self, at: int, title: str, entries: Iterable[Entry]) -> Iterator[str]:
        yield f'<tbody id="g{at}">'
        yield f'<tr><th class="group" scope="rowgroup" colspan="7">{escape(title)}</th></tr>'
        for entry in entries:
            link = f"{FOLDER}/{entry.stem}"
            label = escape(say("batch.pdf_of", name=entry.name))
            yield f'<tr><th scope="row"><a href="{link}.html">{escape(entry.name)}</a></th>'
            yield f'<td><a href="{link}.pdf" aria-label="{label}">pdf</a></td>'
            yield f"<td>{escape(entry.province)}</td>"
            yield "".join(f'<td class="num">{text}</td>' for text in self._numbers(entry))
            yield f'<td class="chart">{self._chart(entry)}</td></tr>'
        yield "</tbody>"

    def _numbers(self, entry: Entry) -> Iterator[str]:
        """Then, the latest with its year where that is not the latest of all, and the change in per cent."""
        start = dict(entry.inhabitants).get(self.first)
        year, last = max([(year, v) for year, v in entry.inhabitants if year > self.first], default=(0, None))
        yield number(start)
        yield (f"<small>({year})</small> " if 0 < year < self.latest else "") + number(last)
        change = 100 * (last / start - 1) if start and last else None
        yield number(None) if change is None else f"{signed(change, 1)}{NBSP}%"

    def _chart(self, entry: Entry) -> str:
        """A line of inhabitants against the start. It says no more than the numbers beside it."""
        start = dict(entry.inhabitants).get(self.first)
        if not start or len(entry.inhabitants) < 2:
            return ""
        middle, right = _HIGH / 2, (_WIDE - 6) / (self.latest - self.first)
        shares = [(year, max(-1, min(1, (v / start - 1) / self.reach))) for year, v in entry.inhabitants]
        points = [(3 + (y - self.first) * right, middle - share * (middle - 3)) for y, share in shares]
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        x, y = points[-1]
        return (
            f'<svg aria-hidden="true" width="{_WIDE:g}" height="{_HIGH:g}" viewBox="0 0 {_WIDE:g} {_HIGH:g}">'
            f'<path d="M3 {middle:g}H{_WIDE - 3:g}"/>'
            f'<polygon points="3,{middle:g} {line} {x:.1f},{middle:g}"/>'
            f'<polyline points="{line}"/><circle cx="{x:.1f}" cy="{y:.1f}" r="2.5"/></svg>'
        )
