"""Onze tekst: the section beside its sentences, the two dated steps, its files, and what is still open."""

from __future__ import annotations

import base64
from dataclasses import replace
from html import escape

from memokit.app.parts import More, box, html, remarks, words
from memokit.app.section_files import Files
from memokit.app.section_passages import Passages
from memokit.app.section_steps import Steps
from memokit.app.section_tone import everywhere
from memokit.app.state import State
from memokit.document import Block, Bullets, Document, Paragraph, Run, Text
from memokit.evaluation import render
from memokit.findings import GAPS_IN_TEXT, THANKS_IN_TEXT, Kind, of_kind
from memokit.problems import Problem
from memokit.texts import say

START, END = "\ue010", "\ue011"  # around the chosen passage; no text of a file or a page holds them
LOOK = "mark{background:#fdf0d5;color:inherit;box-shadow:0 0 0 3px #fdf0d5;scroll-margin:6rem}"


class SectionText:
    """The view of the text itself."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.text, self.trouble = html("", "preview"), html("", "trouble")
        self.count, self.tone, self.problems = html("", "count"), html("", "tone"), html("", "open")
        self.passages, self.steps, self.files = Passages(state, self._preview), Steps(state), Files(state)
        help_, tip = (html(f"<p>{words(f'page_text.{each}.help')}</p>") for each in ("sentences", "tone"))
        sentences = More(say("page_text.sentences.title"), help_, self.passages.widget, self.count)
        sentences.open(True)
        self.side = box(
            sentences.widget,
            More(say("page_text.tone.title"), tip, self.tone).widget,
            More(say("page_text.steps.title"), self.steps.widget).widget,
            More(say("page_text.files.title"), self.files.widget).widget,
            More(say("page_text.open.title"), self.problems).widget,
            kind="sentences",
        )  # fmt: skip
        beside = box(self.text, box(self.trouble, self.side), kind="two", row=True)
        self.widget = box(beside, kind="view")
        state.listen(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show the text and what goes with it as they are at this moment."""
        trouble = self.state.trouble(lambda: self.state.evaluation)
        told = f"<p>{words('page_text.refused')}</p><p>{escape(trouble)}</p>"
        self.trouble.value = told if trouble else ""
        self.side.layout.display = "none" if trouble else ""
        if trouble:
            self.text.value = ""
            return
        self.passages.refresh()
        self.steps.refresh()
        self.count.value = f"<p>{escape(self._chosen())}</p>"
        self.tone.value = everywhere(self.state)
        found = [*self.state.problems, *self.state.evaluation.problems]
        self.problems.value = remarks(found, self._about) or f"<p>{words('page_text.open.none')}</p>"
        self._preview()

    def _about(self, problem: Problem) -> str:
        return str(problem.detail.get("part") or self.state.about(problem))

    def _chosen(self) -> str:
        """Return how many findings stand in the text, and which do not."""
        found, kinds = self.state.evaluation.findings, list[Kind](["strength", "promise_open", "wish"])
        thanks, promises, wishes = (len(of_kind(found, kind, True)) for kind in kinds)
        rest = [f for kind in kinds for f in of_kind(found, kind, False) if f.passage in self._could(kind)]
        told = say("page_text.chosen.count", thanks=thanks, promises=promises, wishes=wishes,
                   most_thanks=THANKS_IN_TEXT, most=GAPS_IN_TEXT)  # fmt: skip
        titles = [str(f.values.get("title") or f.values["name"]).rstrip(".") for f in rest]
        return f"{told} {say('page_text.chosen.rest', titles=titles)}" if titles else told

    def _could(self, kind: Kind) -> set[str]:
        """Return the findings that would come in the text if another one left it: points before the rest."""
        found = of_kind(self.state.evaluation.findings, kind)
        left_out = {wording.passage for wording in self.passages.gone}
        return {f.passage for f in [f for f in found if f.rule == "point"] or found} - left_out

    def _preview(self) -> None:
        """Show the text with the chosen passage marked, scrolled to where it stands."""
        ev, chosen = self.state.evaluation, self.passages.list.value or ""
        page = render(replace(ev, document=marked(ev.document, chosen)), ".html", "normal").decode()
        page = page.replace(START, '<mark id="hier">', 1).replace(END, "</mark>", 1)
        page = page.replace("</head>", f"<style>{LOOK}</style></head>", 1)
        address = base64.b64encode(page.encode()).decode()
        title = escape(say("page_text.preview"), quote=True)
        source = f"data:text/html;charset=utf-8;base64,{address}#hier"
        self.text.value = f'<iframe title="{title}" sandbox="" src="{source}"></iframe>'


def _marked(block: Block, chosen: str) -> Block:
    if isinstance(block, Paragraph) and block.id == chosen:
        return replace(block, text=_around(block.text))
    if isinstance(block, Bullets) and chosen in block.ids:
        items = (_around(t) if id_ == chosen else t for id_, t in zip(block.ids, block.items, strict=True))
        return replace(block, items=tuple(items))
    return block


def _around(text: Text) -> Text:
    return (Run(START), *text, Run(END))


def marked(document: Document, chosen: str) -> Document:
    """Return the document with marks around one passage."""
    return replace(document, blocks=tuple(_marked(block, chosen) for block in document.blocks))
