"""What the page knows, without any widget: what is done, what is wrong, and the text of this moment."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from traitlets import Bool

from memokit import catalogue, dossier, intake
from memokit.app.desk import Desk
from memokit.app.desk import ToldError as ToldError
from memokit.document import Length
from memokit.evaluation import NAMES, Evaluation, evaluate, export, render
from memokit.exchange import Shown, show
from memokit.fields import Record
from memokit.folder import read_folder
from memokit.journal import Entry
from memokit.narrative.letter import letter
from memokit.problems import MemokitError, Problem
from memokit.proposals import Suggestion, proposals
from memokit.records import Answer, Assessment, PlanItem, PlanLine, Rung, Source, Task
from memokit.rows import file_of
from memokit.tables import replace_file
from memokit.texts import capital, say

R = TypeVar("R", bound=Record)
RESULTS = "resultaten"
TOGETHER = "raad"


class State(Desk):
    """The dossier on the desk, and all that follows from it."""

    offered: Shown
    comparing = Bool(help="Whether the page that compares with other municipalities was asked for.")

    def _forget(self) -> None:
        for name in ("problems", "evaluation", "_proposals"):
            self.__dict__.pop(name, None)

    # -- what is there ------------------------------------------------------------------------------------

    def record(self, model: type[R], key: str, **rest: Any) -> R:
        """Return the record of one question or action, or an empty one that is not saved yet."""
        first = model.key[0]
        wanted = {first: key, **rest}
        for record in self.now.table(model.table):
            if isinstance(record, model) and all(getattr(record, k) == v for k, v in wanted.items()):
                return record
        return model(**wanted)

    def actions(self) -> tuple[PlanItem, ...]:
        """Return the actions that are judged."""
        return tuple(i for i in self.now.plan if i.level == "action" and i.solidarity == "yes")

    def others(self) -> tuple[PlanItem, ...]:
        """Return the actions of the plan that are not judged."""
        return tuple(i for i in self.now.plan if i.level == "action" and i.solidarity != "yes")

    def judgement(self, code: str) -> Assessment:
        """Return the council's judgement of an action."""
        return self.record(Assessment, code, judge=TOGETHER)

    def add_action(self, code: str, title: str) -> None:
        """Add an action; one that the plan already has is taken along."""
        there = next((item for item in self.now.plan if item.code == code.strip()), None)
        if there is None:
            there = PlanItem(code=code.strip(), title=title.strip())
        elif title.strip() and title.strip() != there.title:
            raise ToldError(say("app.message.code_taken", code=code, title=there.title))
        self.put(there.model_copy(update={"solidarity": "yes"}))

    def new_source_id(self) -> str:
        """Return the next free number of a source.

        Examples
        --------
        >>> from memokit.records import Settings
        >>> state = State()
        >>> state.dossier = dossier.Dossier(Path(), Settings(municipality="11002"))
        >>> state.new_source_id()
        'B01'
        """
        numbers = [int(m[1]) for s in self.now.sources if (m := re.fullmatch(r"B(\d+)", s.id_))]
        return f"B{max(numbers, default=0) + 1:02d}"

    def add_source(self, source: Source) -> str:
        """Add a source under the next free number, and return that."""
        id_ = self.new_source_id()
        self.put(source.model_copy(update={"id_": id_, "title": source.title.strip()}))
        return id_

    def tick(self, what: str, done: bool) -> None:
        """Tick a step: it stands in the list of tasks."""
        self.put(self.record(Task, what).model_copy(update={"done": "yes" if done else "no"}))

    def ticked(self, what: str) -> bool:
        """Tell whether a step is ticked."""
        return self.record(Task, what).done == "yes"

    # -- files ----------------------------------------------------------------------------------------------

    def inbox(self) -> Path:
        """Return the folder in which files can be dropped."""
        return self.now.folder / intake.INBOX

    def inbox_name(self) -> str:
        """Return that folder as a person finds it: inside the folder of the dossier."""
        return f"{self.now.folder.resolve().name}/{intake.INBOX}"

    def waiting(self) -> tuple[Path, ...]:
        """Return the files that wait to be looked at."""
        return intake.waiting(self.now)

    def receive(self, name: str, content: bytes, limit: int) -> Path:
        """Put a file that came through the page in the inbox, under its own name."""
        if len(content) > limit:
            raise ToldError(say("app.message.upload_too_big", n=limit // 1_000_000, folder=self.inbox()))
        target = self.inbox() / (Path(name).name.lstrip(".~") or "bestand")
        target.parent.mkdir(exist_ok=True)
        replace_file(target, bytes(content))
        return target

    def look(self, path: Path, answers: Mapping[str, str]) -> Shown:
        """Say what a file holds; what must be mended or chosen first stands in its problems."""
        try:
            self.offered = show(self.now, path, choose=answers)
        except MemokitError as error:
            self.offered = Shown(self.now, path, "", error.problems)
        return self.offered

    def accept(self) -> None:
        """Add the file that was looked at."""
        self._saved(self.offered.accept())

    def imports(self) -> tuple[Entry, ...]:
        """Return what was brought in and can be taken back."""
        return intake.imports(self.now)

    def take_back(self, id_: str) -> str:
        """Take an import back; what something builds on stays, and is returned in words."""
        after, notes = intake.take_back(self.now, id_)
        self._saved(after)
        return " ".join(note.message for note in notes)

    @cached_property
    def _proposals(self) -> list[Suggestion]:
        return proposals(self.now.plan)

    def proposals(self) -> list[Suggestion]:
        """Return the actions that seem to belong and were not accepted or struck."""
        return [each for each in self._proposals if each.item.struck != "yes"]

    def strike(self, item: PlanItem) -> None:
        """Say that an action does not belong: it is no proposal any more, also after a reload."""
        self.put(item.model_copy(update={"struck": "yes"}))

    # -- how far, what is wrong, the text -----------------------------------------------------------------

    def viewed(self, code: str) -> bool:
        """Tell whether an action is judged, together or by a member apart."""
        return any(a.action == code and a.status != "pending" for a in self.now.assessments)

    def progress(self) -> dict[str, tuple[int, int]]:
        """Return how much is done of what: actions, core questions, lines about the plan, the ladder."""
        codes = [action.code for action in self.actions()]
        answers = [self.record(Answer, question.id).now for question in catalogue.core()]
        lines = [self.record(PlanLine, row["key"]).answer for row in catalogue.plan_check()]
        rungs = [self.record(Rung, row["key"]).now for row in catalogue.ladder() if row["question"]]
        asked = {"questions": answers, "plan": lines, "agenda": rungs}
        done = {name: (sum(a != "unknown" for a in all_), len(all_)) for name, all_ in asked.items()}
        return {"actions": (sum(map(self.viewed, codes)), len(codes)), **done}

    def seen(self) -> str:
        """Return how far the actions are, in words."""
        done, total = self.progress()["actions"]
        return say("app.progress.actions", done=done, n=total)

    @cached_property
    def problems(self) -> list[Problem]:
        """Everything that is wrong or open in the dossier."""
        return dossier.check(self.now)

    def about(self, problem: Problem) -> str:
        """Return what a problem is about: an action, a question, a point; else its place in the files."""
        found = [
            record
            for records in self.now.records.values()
            for record in records
            if file_of(record.table) == problem.file and self.now.row_of(record) == problem.row
        ]
        return self._name(found[0]) if found and problem.row is not None else problem.place

    def _name(self, record: Record) -> str:
        key = str(getattr(record, record.key[-1 if record.table == "points" else 0]))
        titles = {item.code: item.title for item in self.now.plan}
        known = catalogue.indicators().get(key)
        name = titles.get(key) or (str(capital(known.name)) if known else key)
        apart = isinstance(record, Assessment) and record.judge != TOGETHER
        return f"{name} ({record.judge})" if apart else name  # type: ignore[attr-defined]

    def hints(self, record: Record) -> list[Problem]:
        """Return what is wrong with one record."""
        row, file = self.now.row_of(record), file_of(record.table)
        return [p for p in self.problems if row is not None and p.file == file and p.row == row]

    @cached_property
    def evaluation(self) -> Evaluation:
        """The evaluation of this moment; with an error in the dossier there is none, and it says why."""
        return evaluate(self.now)

    def html(self) -> str:
        """Return the section of this moment as a page."""
        return render(self.evaluation, ".html", "normal").decode()

    def last_account(self) -> int:
        """Return the last year whose accounts were approved."""
        if self.now.settings.last_account:
            return self.now.settings.last_account
        return (
            self.now.term.end
            if self.trouble(lambda: self.evaluation)
            else self.evaluation.measures.last_account
        )

    def letter(self) -> str:
        """Return the letter that asks for what is missing."""
        return letter(self.evaluation.measures, self.evaluation.findings)

    def export(self, suffix: str, length: Length = "normal") -> Path:
        """Write one file in the folder `resultaten` of the dossier."""
        return export_file(self.now.folder, suffix, length)


def export_file(folder: Path, suffix: str, length: Length = "normal") -> Path:
    """Write one file in the folder `resultaten` of a dossier: for `State.later`, so it takes no dossier."""
    made = evaluate(read_folder(folder))
    return export(made, folder / RESULTS / f"{NAMES[length]}{suffix}", length)
