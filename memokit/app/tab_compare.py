"""Vergelijken (extra): beside whom, and between which places, by own choices. Nothing is saved."""

from __future__ import annotations

from html import escape
from typing import Any

import ipywidgets as W  # noqa: N812

from memokit import territory
from memokit.app.charted import picture, wide
from memokit.app.parts import More, box, heading, html, words
from memokit.app.shown import table
from memokit.app.state import State
from memokit.app.what_if import DIMENSIONS, Asked, Beside, Offer, Places, Wish, beside, middle, ranked
from memokit.cells import parse_cell
from memokit.fields import Cell
from memokit.narrative.draft import goal_name
from memokit.texts import lookup, number, say

HEAVIEST = 5
Look = dict[str, Any]
SMALL: Look = {"layout": {"width": "19rem", "max_width": "100%"}, "style": {"description_width": "9.5rem"}}
LONG: Look = {"layout": {"width": "34rem", "max_width": "100%"}, "style": {"description_width": "50%"}}
WIDE = 0.5  # of all places: from then on the words say that it is wide


class Compare:
    """The view that a council asked for. A newer question takes the place of one that still waits."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.found: Beside | None = None
        self.key: object = None
        self.running: Asked | None = None
        self.waiting: Asked | None = None
        self.asked: Asked | None = None
        self.places: Places | None = None
        self.trouble = ""
        self.rows: dict[str, tuple[W.Dropdown, W.Text]] = {}
        self.weights: dict[int, W.BoundedIntText] = {}
        self.why, self.towns, self.figures = html("", "why"), html(""), html("")
        self.own = _text("page_compare.who.own", "page_compare.who.own_hint", LONG)
        self.context = {name: _weight(say("page_compare.who.context", name=name), LONG)
                        for name in DIMENSIONS}  # fmt: skip
        for field in (self.own, *self.context.values()):
            field.observe(lambda _: self.refresh(), "value")
        self.choices, self.told, self.basis = box(kind="stack"), html("", "places"), html("")
        self.body = box(*self._who(), *self._what_if(), kind="stack")
        intro = "".join(f"<p>{words(f'page_compare.{key}')}</p>" for key in ("intro", "private"))
        head = heading(say("page_compare.title"))
        self.widget = box(head, html(intro), self.why, self.body, kind="view")
        state.listen(self.refresh)
        self.refresh()

    def _who(self) -> list[W.Widget]:
        fields = box(*self.context.values(), self.own, kind="stack")
        return [
            More(say("page_compare.who.choose"), fields).widget,
            More(say("page_compare.who.table"), self.towns).widget,
            More(say("page_compare.who.figures"), self.figures).widget,
        ]

    def _what_if(self) -> list[W.Widget]:
        help_ = "".join(f"<p>{words(f'page_compare.what_if.{key}')}</p>" for key in ("help", "about"))
        answer = box(self.told, More(say("page_compare.places.table"), self.basis).widget, kind="card")
        answer.add_class("memo-follow")  # it stays in sight beside the fields that move it
        return [
            heading(say("page_compare.what_if.title")),
            html(help_),
            answer,
            self.choices,
        ]

    # -- beside whom ----------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Look for municipalities, and again when the question is another one."""
        settings, term = self.state.now.settings, self.state.now.term
        names = tuple(filter(None, (name.strip() for name in self.own.value.split(","))))
        weights = {name: float(field.value) for name, field in self.context.items()}
        key = (settings.municipality, settings.fictional, term, names, tuple(weights.values()))
        if key == self.key:
            return
        self.key = key
        if settings.fictional == "yes":
            self._none(say("page_compare.none.fictional", name=settings.name))
            return
        where: list[territory.Place] = []
        trouble = self.state.trouble(lambda: where.append(territory.place(settings.municipality, term)))
        if trouble:
            self._none(trouble)
            return
        self.why.value = f"<p role='status'>{words('page_compare.busy')}</p>"
        ask = lambda found: self._show(found, key)  # noqa: E731
        label = say("page_compare.busy")
        self.state.later(beside, where[0], term, names, weights, done=ask, label=label)

    def _none(self, reason: str) -> None:
        self.why.value, self.body.layout.display = f"<p role='status'>{escape(reason)}</p>", "none"

    def _show(self, found: Beside, key: object) -> None:
        """Show the municipalities, and what can be compared."""
        if key != self.key:  # somebody asked for others meanwhile
            return
        if not found.towns:
            self._none(found.why)
            return
        self.found, self.body.layout.display = found, ""
        nothing = "" if found.offers else f"<p>{words('page_compare.none.nothing', name=found.own)}</p>"
        self.why.value = f"<p>{escape(found.why)}</p>{nothing}"
        heads = [words(f"page_compare.who.head.{name}") for name in ("name", "distance", "people")]
        lines = [
            [escape(town), words("page_compare.who.chosen") if far is None else number(far, 2), number(n)]
            for town, far, n in found.towns
        ]
        distance = f"<p>{words('page_compare.who.distance')}</p>"
        self.towns.value = wide(say("page_compare.who.table"), table(heads, lines)) + distance
        self.figures.value = "".join(
            f"<h3>{escape(first)}</h3><p>{escape(' '.join(rest))}</p>" for first, *rest in found.sentences
        )
        self._offer(found)

    # -- what if --------------------------------------------------------------------------------------------

    def _offer(self, found: Beside) -> None:
        """Make the fields, once; what was chosen stays when other municipalities come."""
        for offer in found.offers:
            if offer.key not in self.rows:
                self.rows[offer.key] = self._row()
            if offer.goal not in self.weights:
                self.weights[offer.goal] = _weight(say("page_compare.what_if.weight", goal=offer.goal))
                self.weights[offer.goal].observe(lambda _: self._ask(), "value")
        parts: list[W.Widget] = []
        for offer in found.offers:
            low, mid, high = middle(offer, found.own)
            here = words("page_compare.what_if.here", own=found.own, o=offer, value=offer.values[found.own],
                         low=low, middle=mid, high=high, others=len(offer.values) - 1)  # fmt: skip
            first = offer is next(other for other in found.offers if other.goal == offer.goal)
            fields = [*self.rows[offer.key], *([self.weights[offer.goal]] if first else [])]
            said = f"<h3>{escape(offer.name)}</h3><p>{here}</p>"
            parts.append(box(html(said), box(*fields, kind="line", row=True), kind="question"))
        self.choices.children = parts
        self._ask()

    def _row(self) -> tuple[W.Dropdown, W.Text]:
        said = "page_compare.what_if.directions"
        ways = [(say(f"{said}.{name}"), "" if name == "none" else name) for name in lookup(said, "nl")]
        way = W.Dropdown(description=say("page_compare.what_if.direction"), options=ways, **SMALL)
        target = _text("page_compare.what_if.target", "page_compare.what_if.target_hint")
        for field in (way, target):
            field.observe(lambda _: self._ask(), "value")
        return way, target

    def _ask(self) -> None:
        """Ask for the places that follow from the fields; while the worker works, only the newest waits."""
        read: list[Asked] = []
        trouble = self.state.trouble(lambda: read.append(self._asked()))
        if trouble != self.trouble:
            self.trouble = trouble
            self.state.tell(trouble)
        if trouble:
            return
        if self.running is not None and self.state.busy:
            self.waiting = read[0]
        elif read[0] != self.asked:
            self._start(read[0])

    def _asked(self) -> Asked:
        assert self.found is not None
        wishes = tuple(
            Wish(offer.key, way.value, parse_cell(target.value, Cell("number")))
            for offer in self.found.offers for way, target in [self.rows[offer.key]]
        )  # fmt: skip
        weights = tuple((goal, float(field.value)) for goal, field in sorted(self.weights.items()))
        return Asked(self.found.own, self.found.offers, wishes, weights)

    def _start(self, asked: Asked) -> None:
        self.running, self.waiting = asked, None
        self.state.later(ranked, asked, done=lambda found: self._answered(found, asked),
                         label=say("page_compare.busy"))  # fmt: skip

    def _answered(self, found: Places, asked: Asked) -> None:
        self.running = None
        if self.waiting is not None and self.waiting != asked:
            self._start(self.waiting)
            return
        self.waiting, self.asked, self.places = None, asked, found
        self._tell(found, asked)

    def _tell(self, found: Places, asked: Asked) -> None:
        """Say between which places, how sure that is, and what it rests on."""
        offers = {offer.key: offer for offer in asked.offers}
        names = [offers[key].name for key in found.flat]
        flat = f"<p>{words('page_compare.places.flat', names=names)}</p>" if names else ""
        if found.low is None or found.high is None:
            self.told.value = f"<p role='status'>{words('page_compare.places.nothing')}</p>{flat}"
            self.basis.value = ""
            return
        alt = say("page_compare.places.alt", low=found.low, high=found.high, n=found.n)
        unsure = found.high - found.low + 1 > WIDE * found.n
        how = [words("page_compare.places.how"), *([words("page_compare.places.wide")] if unsure else [])]
        said = f"<p role='status'><b>{escape(found.sentence)}</b></p>"
        self.told.value = f"{said}{picture(found.svg, alt, '20rem', '34rem')}<p>{' '.join(how)}</p>{flat}"
        self.basis.value = basis([offers[key] for key in found.counted], asked)


def _weight(title: str, look: Look = SMALL) -> W.BoundedIntText:
    return W.BoundedIntText(description=title, min=0, max=HEAVIEST, value=1, **look)


def _text(title: str, hint: str, look: Look = SMALL) -> W.Text:
    return W.Text(description=say(title), placeholder=say(hint), continuous_update=False, **look)


def basis(counted: list[Offer], asked: Asked) -> str:
    """Return what the places rest on: how many figures, whose targets, how many goals have none."""
    wishes, weights = {wish.key: wish for wish in asked.wishes}, dict(asked.weights)
    rows = []
    for offer in counted:
        wish = wishes[offer.key]
        whose = "by_nobody" if wish.target is None else "by_council"
        target = words(f"page_compare.places.{whose}", value=wish.target, way=wish.direction, o=offer)
        weight = number(weights.get(offer.goal, 1))
        rows.append([escape(offer.name), escape(goal_name(offer.goal)), str(offer.year),
                     str(len(offer.values)), target, weight])  # fmt: skip
    heads = [words(f"page_compare.places.head.{name}") for name in lookup("page_compare.places.head", "nl")]
    goals = len({offer.goal for offer in counted})
    rest = words("page_compare.places.rest", n=len(counted), goals=goals)
    return wide(say("page_compare.places.table"), table(heads, rows), 90) + f"<p>{rest}</p>"
