"""De zinnen: the parts of the section with their passages; one is rewritten, left out, moved or put back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from html import escape
from typing import Any

import ipywidgets as W  # noqa: N812

from memokit.app.forms import Form
from memokit.app.parts import box, button, html, remarks, words
from memokit.app.section_tone import told
from memokit.app.state import State
from memokit.document import plain
from memokit.fields import Record
from memokit.problems import Problem
from memokit.records import Wording
from memokit.texts import NBSP, say
from memokit.wording import Passage, cleaned, passages

LEFT_OUT = "left-out"
LOOK = frozenset({"wording-changed", "wording-stale"})
ACTIONS = ("settled", "restore", "bring_back", "leave_out", "up", "down")


class Passages:
    """The choice of a passage, and the card in which it is changed.

    Parameters
    ----------
    chosen
        Called when another passage is chosen, so that the page can show where it stands.
    """

    def __init__(self, state: State, chosen: Callable[[], None]) -> None:
        self.state, self.chosen, self.quiet = state, chosen, False
        self.part = W.Dropdown(description=say("page_text.sentences.part"), options=[])
        self.list = W.RadioButtons(description=say("page_text.sentences.list"), options=[])
        self.list.add_class("memo-cards")
        self.about, self.hints = html("", "about"), html("", "hints")
        self.below, self.none = html("", "below"), html("", "none")
        self.form = Form(
            state, Wording, ("text",), self._typed, titles={"text": say("page_text.card.words")},
            helps={"text": say("page_text.card.words_help")},
        )  # fmt: skip
        self.field = self.form.widget()
        does = (self._settle, self._restore, self._restore, self._leave_out, self._up, self._down)
        self.buttons = {
            name: button(f"page_text.{name}", partial(self._do, name, each))
            for name, each in zip(ACTIONS, does, strict=True)
        }
        line = box(*self.buttons.values(), kind="line", row=True)
        self.card = box(self.about, self.hints, self.field, line, self.below, kind="card")
        self.widget = box(self.part, self.list, self.none, self.card)
        self.part.observe(self._other_part, "value")
        self.list.observe(self._other_passage, "value")

    # -- what is there ------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Show the passages as they are now, and keep the one that is chosen."""
        document = self.state.evaluation.document
        self.all = passages(document)
        self.points = {finding.passage for finding in self.state.evaluation.findings}
        self.short = {passage.id for passage in passages(document.select("normal"))}
        self.words = {w.passage: w for w in self.state.now.table("wordings") if isinstance(w, Wording)}
        there = {passage.id for passage in self.all}
        self.gone = [w for w in self.words.values() if w.dropped == "yes" and w.passage not in there]
        parts = [(part, section) for section, part in {p.section: p.part for p in self.all}.items()]
        if self.gone:
            parts.append((say("page_text.sentences.left_out", n=len(self.gone)), LEFT_OUT))
        _offer(self, self.part, parts)
        self._list()

    @property
    def passage(self) -> Passage | None:
        """The passage that is chosen; None when it is left out, or there is none."""
        return next((p for p in self.all if p.id == self.list.value), None)

    def _list(self) -> None:
        if self.part.value == LEFT_OUT:
            items = [(self._label(w.original or w.passage, []), w.passage) for w in self.gone]
        else:
            mine = [p for p in self.all if p.section == self.part.value]
            items = [(self._label(p.words, self._marks(p)), p.id) for p in mine]
        _offer(self, self.list, items)
        for each in (self.list, self.card):
            each.layout.display = "" if items else "none"
        self.none.value = "" if items else f"<p>{words('page_text.sentences.none')}</p>"
        self._show()

    @staticmethod
    def _label(text: str, marks: Sequence[str]) -> str:
        said = [say(f"page_text.sentences.mark.{mark}") for mark in marks]
        return say("page_text.sentences.item", words=text.replace(NBSP, " "), marks=said)

    def _marks(self, passage: Passage) -> list[str]:
        codes = {problem.code for problem in self._problems(passage.id)}
        refused = "wording-says-more" in codes
        marks = {
            "rewritten": passage.words != passage.original, "refused": refused,
            "look": bool(codes) and not refused, "full": passage.id not in self.short,
        }
        return [name for name, true in marks.items() if true]

    def _problems(self, id_: str) -> list[Problem]:
        return [p for p in self.state.evaluation.problems if p.detail.get("passage") == id_]

    def _other_part(self, _: Mapping[str, Any]) -> None:
        if not self.quiet:
            self._list()
            self.chosen()

    def _other_passage(self, _: Mapping[str, Any]) -> None:
        if not self.quiet:
            self._show()
            self.chosen()

    # -- the card -----------------------------------------------------------------------------------------

    def _show(self) -> None:
        id_, passage = self.list.value, self.passage
        if id_ is None:
            return
        shown = self._record(id_, passage)
        self.form.show(shown)
        self.field.layout.display = "" if passage else "none"
        found = self._problems(id_)
        self.about.value = self._about(passage, shown)
        self.hints.value = remarks(found) + told(shown.text) if passage else ""
        self.below.value = self._below(passage, shown) if passage else ""
        self._offer_buttons(passage, {problem.code for problem in found})

    def _record(self, id_: str, passage: Passage | None) -> Wording:
        """Return the wording as the field shows it: what is printed, or the words that were not."""
        known = self.words.get(id_) or Wording(passage=id_)
        if passage is None:
            return known
        printed = passage.words if passage.words != passage.original else known.text or passage.words
        return known.model_copy(update={"text": printed})

    def _about(self, passage: Passage | None, shown: Wording) -> str:
        if passage is None:
            gone = words("page_text.card.original", words=shown.original or shown.passage)
            return f"<p>{words('page_text.card.gone')}</p><p>{gone}</p>"
        voice = passage.voice if passage.voice in {"fact", "opinion", "question"} else "plain"
        ours = cleaned(shown.text) != cleaned(passage.original)
        own = f"<p>{words('page_text.card.ours')}</p>" if ours else ""
        return f"<p><b>{words(f'page_text.voice.{voice}')}</b></p>{own}"

    def _below(self, passage: Passage, shown: Wording) -> str:
        """Return what memokit wrote where the words are others, what can be done, and the sources."""
        ours = cleaned(shown.text) != cleaned(passage.original)
        rules = {"stays": passage.stays, "along": not passage.rail, "point": passage.id in self.points}
        lines = [words("page_text.card.original", words=passage.original)] if ours else []
        lines += [words(f"page_text.card.{name}") for name, true in rules.items() if true]
        lines += [] if passage.notes else [words("page_text.card.no_sources")]
        texts = {note.id: plain(note.text) for note in self.state.evaluation.document.notes}
        items = "".join(f"<li>[{k}] {escape(texts[id_])}</li>" for k, id_ in enumerate(passage.notes, 1))
        head = f"<p><b>{words('page_text.card.sources')}</b></p>"
        listed = f"{head}<ul class='memo-plain-list'>{items}</ul>"
        return "".join(f"<p>{line}</p>" for line in lines) + (listed if items else "")

    def _offer_buttons(self, passage: Passage | None, codes: set[str]) -> None:
        known = self.words.get(self.list.value or "")
        rail = self._rail(passage)
        place = rail.index(passage.id) if passage and passage.id in rail else -1
        wanted = {
            "settled": bool(codes & LOOK),
            "restore": passage is not None and known is not None and bool(known.text),
            "bring_back": passage is None,
            "leave_out": passage is not None and not passage.stays,
            "up": place > 0, "down": 0 <= place < len(rail) - 1,
        }
        for name, true in wanted.items():
            self.buttons[name].layout.display = "" if true else "none"

    def _rail(self, passage: Passage | None) -> list[str]:
        """Return the passages that can change places with this one, in order."""
        return [p.id for p in self.all if passage and passage.rail and p.rail == passage.rail]

    # -- what is done -------------------------------------------------------------------------------------

    def _do(self, name: str, action: Callable[[], None]) -> None:
        """Do what a button says; when it goes out of sight, the keyboard stays among the buttons."""
        self.state.attempt(action)
        seen = [each for each in (self.buttons[name], *self.buttons.values()) if not each.layout.display]
        if seen and seen[0] is not self.buttons[name]:
            seen[0].focus()

    def _typed(self, _: Record, after: Record) -> None:
        """Save the words; those that are the original again, or none at all, are no words of the council."""
        if isinstance(after, Wording) and (passage := self.passage) is not None:
            own = cleaned(after.text) not in {"", cleaned(passage.original)}
            text = after.text if own else ""
            self._put(after.model_copy(update={"text": text, "original": passage.original if own else ""}))

    def _put(self, wording: Wording) -> None:
        """Save a wording; one that says nothing goes."""
        if wording.text or wording.dropped == "yes" or wording.place is not None:
            self.state.put(wording)
        elif wording.passage in self.words:
            self.state.remove(self.words[wording.passage])

    def _known(self, id_: str) -> Wording:
        return self.words.get(id_) or Wording(passage=id_)

    def _settle(self) -> None:
        if (passage := self.passage) is not None:
            now = {"text": passage.words, "original": passage.original}
            self._put(self._known(passage.id).model_copy(update=now))

    def _restore(self) -> None:
        back = {"text": "", "original": "", "dropped": "no"}
        self._put(self._known(self.list.value).model_copy(update=back))

    def _leave_out(self) -> None:
        if (passage := self.passage) is not None:
            known = self._known(passage.id)
            out = {"dropped": "yes", "original": known.original or passage.original}
            self._put(known.model_copy(update=out))

    def _up(self) -> None:
        self._move(-1)

    def _down(self) -> None:
        self._move(1)

    def _move(self, by: int) -> None:
        """Let a passage change places with its neighbour: all of the rail get their place, as one step."""
        rail = self._rail(self.passage)
        n = rail.index(self.list.value)
        rail[n], rail[n + by] = rail[n + by], rail[n]
        places = {id_: place for place, id_ in enumerate(rail, start=1)}
        self.state.put(*(self._known(id_).model_copy(update={"place": n}) for id_, n in places.items()))


def _offer(view: Passages, widget: Any, options: list[tuple[str, str]]) -> None:
    """Offer other choices and keep what is chosen, if it is still there; nobody is told of that."""
    if tuple(options) == tuple(widget.options):
        return
    before, ids = widget.value, [id_ for _, id_ in options]
    view.quiet = True
    widget.options = options
    widget.value = before if before in ids else ids[0] if ids else None
    view.quiet = False
