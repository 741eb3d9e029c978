"""What is known of the municipality before anybody typed a word, and what is not: as HTML, no widgets."""

from __future__ import annotations

from html import escape

from memokit import facts
from memokit.app.parts import words
from memokit.app.shown import table
from memokit.app.state import State
from memokit.document import Paragraph, plain
from memokit.measures import Measures
from memokit.measures.figures import FigureMeasure, Observed
from memokit.measures.public import COUNTS, RATES

MERGER = "how-place"  # the paragraph of the section that explains whose figures these are


def known(state: State) -> str:
    """Return term, merger, population and public figures; where no figure was found it says so."""
    measures = state.evaluation.measures
    term = measures.term
    sentences = [
        words(
            "page_start.known.term", first=term.years[0], last=term.years[1], plan_first=term.plan[0],
            plan_last=term.plan[1], baseline=term.start, account=measures.last_account,
        ),
        *(escape(plain(b.text)) for b in state.evaluation.document.blocks
          if isinstance(b, Paragraph) and b.id == MERGER),
        _people(measures.figure("population")),
    ]  # fmt: skip
    public = measures.place is not None
    told = words("page_start.known.figures" if public else "page_start.known.no_public")
    table = _table(measures) if public else ""
    return f"<p>{'</p><p>'.join([*sentences, told])}</p>{table}<p>{words('page_start.known.rest')}</p>"


def _people(figure: FigureMeasure | None) -> str:
    if figure is None or figure.then is None or figure.now is None:
        return words("page_start.known.no_people")
    then, now = figure.then, figure.now
    return words(
        "page_start.known.people", then=then.year, before=then.value, now=now.year, after=now.value
    )


def _table(measures: Measures) -> str:
    """Return every public figure of then and now; what nobody published for this place has its row too."""
    heads = [words("page_start.known.head.name"), str(measures.term.start),
             words("page_start.known.head.latest")]  # fmt: skip
    rows = []
    for key in (*COUNTS, *RATES):
        figure, record = measures.figure(key), facts.record(key)
        name = figure.name if figure else str(record["rate_title" if key in RATES else "title"])
        pair = (figure.then, figure.now) if figure else (None, None)
        rows.append([escape(name), *(_cell(one, figure.decimals if figure else 0) for one in pair)])
    return table(heads, rows)


def _cell(observed: Observed | None, decimals: int) -> str:
    if observed is None:
        return words("page_start.known.nothing")
    return words("page_start.known.found", value=observed.value, year=observed.year, decimals=decimals)
