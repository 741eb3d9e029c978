"""Start: where the council stands, the first evening, the letter, and the months ahead."""

from __future__ import annotations

import base64
from html import escape

import ipywidgets as W  # noqa: N812

from memokit import catalogue
from memokit.app.about import About
from memokit.app.choosing import other_dossier
from memokit.app.parts import More, box, heading, html, words
from memokit.app.state import State
from memokit.catalogue import Row
from memokit.texts import day, lookup, say


def download(data: bytes, kind: str, name: str, text: str) -> str:
    """Return a link that holds the file itself."""
    address = f"data:{kind};base64,{base64.b64encode(data).decode()}"
    return f'<a class="memo-download" download="{escape(name)}" href="{address}">{escape(text)}</a>'


class Start:
    """The view of where things stand."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.stand = html("", "stand")
        self.ticks: list[tuple[W.Checkbox, str]] = []
        self.letter = W.Textarea(description=say("app.start.letter_label"), rows=12)
        self.letter.add_class("memo-letter")
        self.link = html("", "links")
        evening = box(
            heading(say("app.start.evening")),
            html(f"<p>{words('start.evening_help')}</p>"),
            *(self._tick(row, row["time"]) for row in catalogue.first_evening()),
            About(state).widget,
            kind="list",
        )
        side = box(heading(say("app.start.stand")), self.stand, *self._letter())
        self.widget = box(box(evening, side, kind="two", row=True), *self._months(), kind="view")
        state.listen(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show how far everything is."""
        state = self.state
        lines = [say(f"app.progress.{k}", done=done, n=n) for k, (done, n) in state.progress().items()]
        kinds = [point.kind for point in state.now.points]
        work = kinds.count("promise") + kinds.count("wish")
        lines += [say("app.progress.points", thanks=kinds.count("thanks"), work=work)]
        lines += [say("app.progress.problems", n=len(state.problems))]
        self.stand.value = f"<ul>{''.join(f'<li>{escape(line)}</li>' for line in lines)}</ul>"
        for box_, what in self.ticks:
            box_.value = state.ticked(what)
        text = state.trouble(state.letter) or state.letter()
        self.letter.value = text
        self.link.value = download(
            text.encode(), "text/plain", "vraagbrief.txt", say("app.start.letter_link")
        )

    def _letter(self) -> list[W.Widget]:
        return [
            heading(say("app.start.letter")),
            html(f"<p>{words('start.letter_help')}</p>"),
            self.letter,
            self.link,
        ]

    def _tick(self, row: Row, time: str = "") -> W.Widget:
        what = row["text"]
        parts = (time, what, say("app.start.minutes", n=row["minutes"]) if row["minutes"] else "")
        made = W.Checkbox(description=" · ".join(part for part in parts if part), indent=False)
        made.observe(lambda change: self._ticked(what, change["new"]), "value")
        self.ticks.append((made, what))
        return made

    def _ticked(self, what: str, done: bool) -> None:
        if done != self.state.ticked(what):
            self.state.attempt(lambda: self.state.tick(what, done))

    def _months(self) -> list[W.Widget]:
        """Return the roadmap, a closed part for each phase with its dates."""
        parts: list[W.Widget] = []
        for phase, first, last in self.state.now.term.phases():
            rows = [row for row in catalogue.roadmap() if row["phase"] == phase]
            parts.append(self._phase(phase, day(first), day(last), rows))
        return [heading(say("app.start.months")), *parts, other_dossier(self.state)]

    def _phase(self, phase: str, first: str, last: str, rows: list[Row]) -> W.Widget:
        tracks = dict.fromkeys(row["track"] for row in rows)
        children: list[W.Widget] = []
        for track in tracks:
            children.append(heading(str(lookup(f"app.track.{track}")), 4))
            children += [self._tick(r) for r in rows if r["track"] == track]
        title = say("app.phase.title", name=say(f"app.phase.{phase}"), first=first, last=last)
        return More(title, *children).widget
