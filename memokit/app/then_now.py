"""What the figures page tells: what is missing, where every number comes from, and then beside now. HTML."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import NamedTuple

from memokit.app.charted import numeric, table_named, wide, words_of
from memokit.app.parts import label, words
from memokit.app.shown import table
from memokit.evaluation import Evaluation
from memokit.measures.figures import FigureMeasure, Observed
from memokit.measures.money import TOTAL
from memokit.narrative.draft import Draft
from memokit.narrative.letter import missing
from memokit.texts import lookup, number, say

THEN_NOW = ("figures", "annex-figures")
# Paragraphs of the section: whose figures these are, and that the accounts of before 2020 are other books.
MERGER, BOOKS = "how-place", "annex-money-books"



class Origin(NamedTuple):
    """One number: of what, which year, how much, in which unit, from where, and how it was made."""

    name: str
    year: str
    value: str
    unit: str
    source: str
    status: str


def asked(ev: Evaluation) -> str:
    """Return the documents that are still to be asked for, each with its reason."""
    found = missing(ev.measures, ev.findings)
    if not found:
        return f"<p>{words('page_files.missing.none')}</p>"
    items = (f"<li><b>{escape(name)}</b>, {escape(why)}</li>" for name, why in found)
    return f"<p>{words('page_files.missing.help')}</p><ul>{''.join(items)}</ul>"


def origins(ev: Evaluation) -> list[Origin]:
    """Return every figure of the evaluation; one that nobody found says so, and is never zero."""
    return list(_figures(Draft(ev.measures, ev.findings)))


def _figures(draft: Draft) -> Iterator[Origin]:
    start = draft.measures.term.start
    for figure in draft.measures.figures:
        name = f"{figure.name[:1].upper()}{figure.name[1:]}"
        for observed, year in ((figure.then, str(start)), (figure.now, say("page_files.origins.later"))):
            if observed is None:
                yield Origin(name, year, number(None), figure.unit, "", say("page_files.origins.missing"))
            else:
                value, cites = number(observed.value, figure.decimals), draft.cites(observed.sources)
                made = _status(figure, observed)
                yield Origin(name, str(observed.year), value, figure.unit, "; ".join(cites), made)


def _status(figure: FigureMeasure, observed: Observed) -> str:
    """Return how a figure was made: as its publisher has it, added, worked back; or computed from two."""
    key = "ratio" if observed.numerator is not None and observed.denominator is not None else "plain"
    made = "computed" if figure.origin == "computed" and key == "plain" else key
    return say(f"page_files.origins.{made}", label=label("figure_status", observed.status), o=observed)


def amounts(ev: Evaluation) -> list[list[str]]:
    """Return every amount of the dossier, per action or policy field and year, with its source."""
    draft = Draft(ev.measures, ev.findings)
    if draft.public:
        return []
    titles = {item.code: item.title for item in draft.dossier.plan}
    return [
        [titles.get(row.item) or say("page_files.amounts.field", field=row.item, total=TOTAL), str(row.year),
         number(row.planned_first), number(row.planned_last), number(row.spent),
         "; ".join(draft.cites(row.sources)) or say("page_files.amounts.unsourced")]
        for row in draft.dossier.amounts
    ]  # fmt: skip


def listed(name: str, lines: Sequence[Sequence[str]]) -> str:
    """Return a table of figures or of amounts; without any it says so."""
    if not lines:
        return f"<p>{words(f'page_files.{name}.none')}</p>"
    heads = lookup(f"page_files.{name}.head")
    right = [head in ("value", "first", "last", "spent") for head in heads]
    rows = (
        [numeric(escape(cell)) if r else escape(cell) for r, cell in zip(right, line, strict=True)]
        for line in lines
    )
    shown = table([escape(head) for head in heads.values()], rows)
    return wide(say(f"page_files.{name}.caption", n=len(lines)), shown, 100)


def then_now(ev: Evaluation) -> str:
    """Return the figures of then beside now, with the merger explained where there was one."""
    told = words_of(ev, MERGER)
    tables = [table_named(ev, name) for name in THEN_NOW]
    if not any(tables):
        return f"<p>{words('page_files.then_now.none')}</p>"
    told_too = words_of(ev, BOOKS)
    around = [f"<p>{text}</p>" if text else "" for text in (told, told_too)]
    return around[0] + "".join(tables) + around[1]
