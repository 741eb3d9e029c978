"""Start: where the council stands and what comes next; everything else is behind a closed part."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from html import escape

import ipywidgets as W  # noqa: N812

from memokit import catalogue
from memokit.app import evening
from memokit.app.about import About
from memokit.app.adding import named
from memokit.app.agreements import Agreements
from memokit.app.choosing import other_dossier
from memokit.app.known import known
from memokit.app.parts import More, box, button, heading, html, more, words
from memokit.app.shown import download as download
from memokit.app.shown import table
from memokit.app.state import State
from memokit.catalogue import Row
from memokit.texts import day, dutch, lookup, say


class Start:
    """The view of where things stand."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.now, self.stand, self.known = html(""), html("", "stand"), html("")
        self.go = button("page_start.go", self._go, "main")
        self.ticks: list[tuple[W.Checkbox, str]] = []
        self.letter = W.Textarea(description=say("app.start.letter_label"), rows=12)
        self.letter.add_class("memo-letter")
        self.link = html("", "links")
        self.about, self.agreements = About(state), Agreements(state)
        self.before = More(say("page_start.before"), self.about.widget)
        left = box(
            heading(say("app.start.evening")),
            html(f"<p>{words('start.evening_help')}</p>"),
            *(self._step(row) for row in catalogue.first_evening()),
            kind="list",
        )
        right = box(
            box(heading(say("page_start.now")), self.now, self.go, kind="card"),
            heading(say("app.start.stand")),
            self.stand,
            kind="side",
        )
        tasks, readers = self.agreements.parts
        name = state.now.settings.name
        self.widget = box(
            box(left, right, kind="two", row=True),
            More(say("page_start.known.title", name=name), self.known).widget,
            self.before.widget,
            more("page_start.letter", *self._letter()),
            tasks,
            self._listed("page_start.roles", catalogue.rows("roles"), ("name", "task", "when")),
            readers,
            More(say("page_start.months", year=state.now.term.election + 5), *self._months()).widget,
            other_dossier(state),
            kind="view",
        )
        state.listen(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show how far everything is."""
        state = self.state
        row = evening.upcoming(state)
        next_ = words("page_start.next", **as_shown(row)) if row else words("page_start.all_done")
        self.now.value = f"<p>{next_}</p>"
        here = row is not None and evening.page_of(row) == "start"
        where = "go_here" if here else "go_to"
        self.go.description = say(f"page_start.{where}", page=as_shown(row)["page"] if row else "")
        self.go.layout.display = "" if row else "none"
        self.stand.value = self._stand()
        for box_, what in self.ticks:
            box_.value = state.ticked(what)
        self.known.value = _or_why(state, lambda: known(state))
        text = state.trouble(state.letter) or state.letter()
        self.letter.value = text
        self.link.value = download(
            text.encode(), "text/plain", "vraagbrief.txt", say("app.start.letter_link")
        )
        self.about.refresh()
        self.agreements.refresh()

    def _stand(self) -> str:
        """Return how far everything is: what is filled in, and each track of the roadmap."""
        state = self.state
        lines = [say(f"app.progress.{k}", done=done, n=n) for k, (done, n) in state.progress().items()]
        kinds = [point.kind for point in state.now.points]
        work = kinds.count("promise") + kinds.count("wish")
        lines += [say("app.progress.points", thanks=kinds.count("thanks"), work=work)]
        lines += [say("app.progress.problems", n=len(state.problems))]
        tracks = [
            say("page_start.track", name=lookup(f"app.track.{track}"), done=done, n=n)
            for track, (done, n) in evening.tracks(state).items()
        ]
        return f"{_list(lines)}<h3>{words('page_start.tracks')}</h3>{_list(tracks)}"

    def _go(self) -> None:
        row = evening.upcoming(self.state)
        if row is not None and evening.page_of(row) == "start":
            self.before.open(True)
            self.before.toggle.focus()
        elif row is not None:
            self.state.go(evening.page_of(row))

    # -- the parts ------------------------------------------------------------------------------------------

    def _step(self, row: Row) -> W.Widget:
        tick = self._tick(row["text"], say("page_start.step", **as_shown(row), n=row["minutes"]))
        page = evening.page_of(row)
        if page == "start":
            return tick
        go = named("page_start.step_to", partial(self.state.go, page), "quiet", page=as_shown(row)["page"])
        return box(tick, go, kind="answer", row=True)

    def _tick(self, what: str, shown: str) -> W.Checkbox:
        made = W.Checkbox(description=shown, indent=False)
        made.observe(lambda change: self._ticked(what, change["new"]), "value")
        self.ticks.append((made, what))
        return made

    def _ticked(self, what: str, done: bool) -> None:
        if done != self.state.ticked(what):
            self.state.attempt(lambda: self.state.tick(what, done))

    def _letter(self) -> list[W.Widget]:
        places = _table("page_start.places", catalogue.rows("places"), ("document", "where", "hint"))
        help_ = html(f"<p>{words('page_start.letter_help')}</p>")
        return [help_, self.letter, self.link, html(f"<p>{words('page_start.places')}</p>{places}")]

    def _listed(self, key: str, rows: tuple[Row, ...], columns: tuple[str, ...]) -> W.Widget:
        return more(key, html(f"<p>{words(f'{key}_help')}</p>{_table(key, rows, columns)}"))

    def _months(self) -> list[W.Widget]:
        """Return the roadmap, a closed part for each phase with its dates."""
        parts: list[W.Widget] = [html(f"<p>{words('page_start.months_help')}</p>")]
        for phase, first, last in self.state.now.term.phases():
            rows = [row for row in catalogue.roadmap() if row["phase"] == phase]
            name = say(f"app.phase.{phase}")
            title = say("app.phase.title", name=name, first=day(first), last=day(last))
            parts.append(More(title, *self._phase(rows)).widget)
        return parts

    def _phase(self, rows: list[Row]) -> list[W.Widget]:
        children: list[W.Widget] = []
        for track in dict.fromkeys(row["track"] for row in rows):
            children.append(heading(str(lookup(f"app.track.{track}")), 4))
            for row in (row for row in rows if row["track"] == track):
                shown = say("page_start.months_step", text=dutch(row["text"]), n=row["minutes"])
                children.append(self._tick(row["text"], shown))
        return children


def _table(key: str, rows: tuple[Row, ...], columns: tuple[str, ...]) -> str:
    heads = [words(f"{key}_head.{name}") for name in columns]
    return table(heads, [[escape(row[name]) for name in columns] for row in rows])


def _list(lines: list[str]) -> str:
    return f"<ul>{''.join(f'<li>{escape(line)}</li>' for line in lines)}</ul>"


def _or_why(state: State, text: Callable[[], str]) -> str:
    """Return a text, or the reason why there is none yet."""
    why = state.trouble(text)
    return f"<p>{escape(why)}</p>" if why else text()


def as_shown(row: Row) -> Row:
    """Return a step of the evening as it is shown: its page by the name of its tab."""
    return {**row, "text": dutch(row["text"]), "page": say(f"page_top.tab.{evening.page_of(row)}")}
