"""What the page knows, without any widget: the dossier, what is done, what is wrong, the text of this moment.

Every change is saved at once by `dossier.change`; a reload or a dead kernel loses nothing. Views listen, and
are told after each change. What goes wrong becomes a sentence in `message`, never a traceback.
"""

from __future__ import annotations

import logging
import os
import re
import shutil
import time
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from memokit import catalogue, dossier
from memokit.document import Length
from memokit.dossier import Dossier
from memokit.evaluation import NAMES, Evaluation, evaluate, export, render
from memokit.fields import Record
from memokit.narrative.letter import letter
from memokit.problems import MemokitError, Problem
from memokit.records import Answer, Assessment, PlanItem, PlanLine, Rung, Source, Task
from memokit.resources import data_path
from memokit.rows import file_of
from memokit.texts import capital, say

R = TypeVar("R", bound=Record)
EXAMPLE = "voorbeeldstad"
RESULTS = "resultaten"
TOGETHER = "raad"


class ToldError(Exception):
    """Something that a person must hear, in words from the texts."""


def working_folder() -> Path:
    """Return the folder in which dossiers are looked for and made."""
    return Path(os.environ.get("MEMOKIT_FOLDER") or ".")


class State:
    """One dossier at a time, and who wants to hear of changes.

    Parameters
    ----------
    folder
        Where dossiers are looked for and made.

    Examples
    --------
    >>> State().dossier is None
    True
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or working_folder()
        self.dossier: Dossier | None = None
        self.message = ""
        self.saved = ""
        self._changed: list[Callable[[], None]] = []
        self._told: list[Callable[[], None]] = []
        self._opened: list[Callable[[], None]] = []

    # -- listening ----------------------------------------------------------------------------------------

    def listen(
        self,
        changed: Callable[[], None],
        told: Callable[[], None] | None = None,
        opened: Callable[[], None] | None = None,
    ) -> None:
        """Have functions called after each change, each attempt, and each time another dossier is opened."""
        self._changed.append(changed)
        self._told += [told] if told else []
        self._opened += [opened] if opened else []

    def attempt(self, action: Callable[[], object]) -> bool:
        """Do something; what goes wrong becomes a message in words. Tell whether it worked."""
        self.message = self.trouble(action)
        worked = not self.message
        # What somebody typed stays on the page when it could not be saved.
        for listener in (*(self._changed if worked and self.dossier else ()), *self._told):
            listener()
        return worked

    @staticmethod
    def trouble(action: Callable[[], object]) -> str:
        """Do something and return what went wrong, in words; empty when all went well."""
        try:
            action()
        except MemokitError as error:
            return " ".join(f"{p.message} {p.remedy}" for p in error.problems)
        except ToldError as told:
            return str(told)
        except Exception:
            logging.getLogger("memokit").exception("unexpected")
            return say("app.message.unexpected")
        return ""

    # -- the dossier --------------------------------------------------------------------------------------

    def found(self) -> list[Path]:
        """Return the dossiers in the working folder."""
        inside = [path.parent for path in sorted(self.folder.glob("*/dossier.yml"))]
        here = [self.folder] if (self.folder / "dossier.yml").is_file() else []
        return [*here, *inside]

    def open(self, folder: Path) -> None:
        """Open a dossier; the views are made anew."""
        self._take(dossier.open_dossier(folder))

    def new(self, name: str) -> None:
        """Make a dossier for a municipality in the working folder, and open it."""
        self._take(dossier.new(name, self.folder))

    def example(self) -> None:
        """Open a copy of the fictional example, made in the working folder the first time."""
        target = self.folder / f"dossier-{EXAMPLE}"
        if not target.exists():
            shutil.copytree(data_path("examples", EXAMPLE), target)
        self.open(target)

    def _take(self, opened: Dossier) -> None:
        self.dossier, self.saved = opened, ""
        self._forget()
        self._changed.clear()
        for listener in self._opened:
            listener()

    @property
    def now(self) -> Dossier:
        """The dossier; only asked for where there is one."""
        assert self.dossier is not None
        return self.dossier

    # -- saving -------------------------------------------------------------------------------------------

    def put(self, *records: Record, replacing: Record | None = None) -> None:
        """Save records; one that stands under another key now takes the place of `replacing`."""
        old = [replacing] if replacing and replacing.id not in {record.id for record in records} else []
        gone = [(record.table, record.id) for record in old]
        if not gone and not dossier.changes_of(self.now, records):
            return
        self._saved(dossier.change(self.now, records, gone))

    def remove(self, record: Record) -> None:
        """Take a record out."""
        self._saved(dossier.remove(self.now, record.table, record.id))

    def undo(self) -> None:
        """Take the last change back."""
        self._saved(dossier.undo(self.now))

    def _saved(self, after: Dossier) -> None:
        self.dossier, self.saved = after, time.strftime("%H:%M")
        self._forget()

    def _forget(self) -> None:
        for name in ("problems", "evaluation"):
            self.__dict__.pop(name, None)

    # -- what is there ------------------------------------------------------------------------------------

    def record(self, model: type[R], key: str, **rest: str) -> R:
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
        >>> state.dossier = Dossier(Path(), Settings(municipality="11002"))
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

    def letter(self) -> str:
        """Return the letter that asks for what is missing."""
        return letter(self.evaluation.measures, self.evaluation.findings)

    def export(self, suffix: str, length: Length = "normal") -> Path:
        """Write one file in the folder `resultaten` of the dossier."""
        return export(self.evaluation, self.now.folder / RESULTS / f"{NAMES[length]}{suffix}", length)
