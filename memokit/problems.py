"""What can be wrong with an input: codes and places. The sentences stand in `problems.yml`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from memokit import texts

Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, with its place: what a volunteer needs to mend it.

    Parameters
    ----------
    code
        Key of the sentence in `problems.yml`, such as `unknown-status`.
    severity
        `error` stops the work, `warning` asks for attention, `note` tells what was done on purpose.
    file, sheet, row, column
        The place. `row` counts from 1 and includes the header; `column` is a letter in spreadsheets,
        a heading in text files.
    found, expected
        What stands there, and what should.
    choices
        Answers that a person can choose from, such as the nearest municipality names.
    detail
        Further values for the sentence.

    Examples
    --------
    >>> Problem("unknown-municipality", found="Mechln", choices=("Mechelen",)).severity
    'error'
    """

    code: str
    severity: Severity = "error"
    file: str = ""
    sheet: str = ""
    row: int | None = None
    column: str = ""
    found: str = ""
    expected: str = ""
    choices: tuple[str, ...] = ()
    detail: Mapping[str, object] = field(default_factory=dict)

    def __hash__(self) -> int:
        return hash((self.code, self.file, self.sheet, self.row, self.column, self.found))

    def _say(self, part: str) -> str:
        return texts.say(
            f"problems.{self.code}.{part}",
            found=self.found,
            expected=self.expected,
            choices=list(self.choices),
            file=self.file,
            column=self.column,
            row=self.row,
            **self.detail,
        )

    @property
    def message(self) -> str:
        """What is wrong, in the language in force."""
        return self._say("message")

    @property
    def remedy(self) -> str:
        """How to mend it, in the language in force."""
        return self._say("remedy")

    @property
    def place(self) -> str:
        """File, sheet, row and column, in words."""
        return texts.say("problems.place", file=self.file, sheet=self.sheet, row=self.row, column=self.column)

    def __str__(self) -> str:
        where = f"{self.place}: " if self.place else ""
        return f"{where}{self.message} {self.remedy}".strip()


class MemokitError(Exception):
    """Nothing may be used: carries every problem at once.

    Examples
    --------
    >>> error = MemokitError([Problem("unknown-municipality", found="Mechln")])
    >>> [p.found for p in error.problems]
    ['Mechln']
    """

    def __init__(self, problems: Iterable[Problem] | Problem) -> None:
        self.problems: tuple[Problem, ...] = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))

    @property
    def choices(self) -> Any:
        """The answers that a person can choose from.

        By name (`{"report_status": ["Origineel", "Herziening"]}`) when a file asks for a choice; otherwise
        the answers of all problems together.
        """
        open_ = (p for p in self.problems if p.severity == "error" and "asks" in p.detail)
        asked = {str(problem.detail["asks"]): list(problem.choices) for problem in open_}
        return asked or tuple(choice for problem in self.problems for choice in problem.choices)


def refuse_errors(problems: Iterable[Problem]) -> None:
    """Raise `MemokitError` with all problems if one of them is an error.

    Examples
    --------
    >>> refuse_errors([Problem("unknown-municipality", severity="note")])
    """
    found = tuple(problems)
    if any(problem.severity == "error" for problem in found):
        raise MemokitError(found)
