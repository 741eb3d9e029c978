"""Members judge apart: the names behind the numbers, a copy for one of them, and the copy that comes back."""

from __future__ import annotations

from html import escape
from pathlib import Path

import ipywidgets as W  # noqa: N812

from memokit.app import members
from memokit.app.forms import Row, Table
from memokit.app.members import Returned
from memokit.app.parts import More, box, button, heading, html, label, more, words
from memokit.app.shown import table
from memokit.app.state import State
from memokit.records import Assessment, Member
from memokit.texts import say


class Apart:
    """The closed part under the actions; what a copy says is shown before it is saved."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.offered: Returned | None = None
        caption = say("page_members.caption")
        self.names = Table(state, Member, ("name", "note"), lambda _, after: state.put(after), caption)
        self.who = W.Dropdown(description=say("page_members.who"), options=[])
        self.made = html("", "made")
        self.copies = W.Dropdown(description=say("page_members.found"), options=[])
        self.no_copies = html(f"<p>{words('page_members.none')}</p>")
        self.look = button("page_members.look", self._look)
        self.shown = html("", "shown")
        self.decide = box(
            button("page_members.accept", self._accept, "main"),
            button("page_members.stop", self._clear, "quiet"),
            kind="line", row=True,
        )  # fmt: skip
        copy = box(self.who, button("page_members.copy", self._copy), kind="line", row=True)
        self.making = box(copy, self.made)
        # On a projector the names stay behind a part of their own.
        self.people = More(
            say("page_members.names"),
            html(f"<p>{words('page_members.names_help')}</p>"),
            self.names.widget,
            button("page_members.add", self._add),
        )
        self.people.open(not members.members(state.now))
        self.widget = more(
            "page_members.title",
            html(f"<p>{words('page_members.help')}</p><p>{words('page_members.private')}</p>"),
            self.people.widget,
            self.making,
            heading(say("page_members.take"), 3),
            self.no_copies,
            box(self.copies, self.look, button("page_members.again", self.refresh, "quiet"),
                kind="line", row=True),
            self.shown,
            self.decide,
        )  # fmt: skip
        self._clear()

    def refresh(self) -> None:
        """Show the members and the copies that are there."""
        found = members.members(self.state.now)
        self.names.show([Row(member.member, member) for member in found])
        self.names.widget.layout.display = "" if found else "none"
        _offer(self.who, [(member.member, member.member) for member in found])
        self.making.layout.display = "" if found else "none"
        copies = members.copies(self.state.now)
        _offer(self.copies, [(path.name, str(path)) for path in copies])
        for part in (self.copies, self.look):
            part.layout.display = "" if copies else "none"
        self.no_copies.layout.display = "none" if copies else ""

    # -- doing ----------------------------------------------------------------------------------------------

    def _add(self) -> None:
        member = members.next_member(self.state.now)
        # The name is asked in the table; until then the number stands for it.
        self.state.attempt(lambda: self.state.put(Member(member=member, name=member)))

    def _copy(self) -> None:
        made: list[Path] = []
        if self.state.attempt(lambda: made.append(members.copy_for(self.state.now, self.who.value))):
            self.made.value = f"<p>{words('page_members.made', folder=made[0].name)}</p>"

    def _look(self) -> None:
        found: list[Returned] = []
        folder = Path(self.copies.value)
        if self.state.attempt(lambda: found.append(members.returned(self.state.now, folder))):
            self.offered = found[0]
            self.shown.value = self._told(found[0])
            self.decide.layout.display = "" if found[0].judged else "none"

    def _accept(self) -> None:
        given = self.offered
        if given is not None and self.state.attempt(lambda: self.state.put(*given.records())):
            self._clear()
            self.state.tell(say("page_members.added", judge=given.judge, n=len(given.judged)))

    def _clear(self) -> None:
        self.offered, self.shown.value = None, ""
        self.decide.layout.display = "none"

    # -- showing --------------------------------------------------------------------------------------------

    def _told(self, given: Returned) -> str:
        """Return every difference: per action what the council says, each member, and this copy."""
        lines = [words("page_members.empty", judge=given.judge)] if not given.judged else []
        if given.sources:
            names = [f"{source.id_} {source.title}" for source in given.sources]
            lines.append(words("page_members.sources", n=len(names), names=names))
        lines += [words("page_members.gone", names=given.gone)] if given.gone else []
        lines += [words("page_members.other", names=given.other)] if given.other else []
        shown = self._differences(given) if given.judged else ""
        return shown + "".join(f"<p>{line}</p>" for line in lines)

    def _differences(self, given: Returned) -> str:
        actions = {new.action for new in given.judged}
        apart = {a.judge for a in self.state.now.assessments if a.action in actions} - {members.TOGETHER}
        judges = sorted(apart, key=lambda judge: (len(judge), judge))
        known = {(a.action, a.judge): a for a in self.state.now.assessments}
        titles = {item.code: item.title for item in self.state.now.plan}
        heads = [words("page_members.head.action"), words("page_members.head.together"), *map(escape, judges),
                 words("page_members.head.new", judge=given.judge)]  # fmt: skip
        rows = []
        for new in given.judged:
            before = [known.get((new.action, judge)) for judge in (members.TOGETHER, *judges)]
            rows.append([escape(titles[new.action]), *map(_said, [*before, new])])
        return table(heads, rows)


def _said(judged: Assessment | None) -> str:
    """Return one judgement in a cell: the status, and the sentence under it."""
    if judged is None:
        return words("page_members.nothing")
    abstained = [words("page_members.abstained")] if judged.abstained == "yes" else []
    cited = [escape(", ".join(judged.sources))] if judged.sources else []
    line = [escape(judged.line)] if judged.line else []
    return "<br>".join([escape(label("status", judged.status)), *abstained, *line, *cited])


def _offer(field: W.Dropdown, options: list[tuple[str, str]]) -> None:
    """Offer other values; what was chosen stays chosen while it is there, else the first is."""
    if tuple(options) != tuple(field.options):
        before, values = field.value, [value for _, value in options]
        field.options = options
        field.value = before if before in values else values[0] if values else None
