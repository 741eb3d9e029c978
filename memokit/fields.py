"""How one field stands in a file, and what a record is: the grammar that `records` is written in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, field_validator

from memokit.texts import unmarked

Kind = Literal["text", "code", "integer", "year", "number", "date", "choice", "codes", "sdg", "sources"]


@dataclass(frozen=True)
class Cell:
    """How one field stands in a file.

    Parameters
    ----------
    kind
        What a cell holds. `codes`, `sdg` and `sources` are lists with `;` between the parts.
    choices
        The name of the set of values, for `choice`.
    required
        A record without it cannot be used.
    short
        It belongs to the two-hour dossier; everything else is behind "Meer invullen".
    private
        It never leaves the dossier: no export, log or pack holds it.
    """

    kind: Kind
    choices: str = ""
    required: bool = False
    short: bool = False
    private: bool = False


class Record(BaseModel):
    """One line that people fill in.

    `table` names the CSV file, `key` the fields that tell one record from another.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    table: ClassVar[str]
    key: ClassVar[tuple[str, ...]]

    @field_validator("*", mode="before")
    @classmethod
    def _without_marks(cls, value: Any) -> Any:
        """Words that people wrote can never become markup: memokit's own marks are taken out at the door."""
        return unmarked(value) if isinstance(value, str) else value

    @classmethod
    def cells(cls) -> dict[str, Cell]:
        """Return the fields in order, each with its cell."""
        return {
            name: next(part for part in field.metadata if isinstance(part, Cell))
            for name, field in cls.model_fields.items()
        }

    @property
    def id(self) -> str:
        """The values of the key, joined: what an undo, a merge and a finding refer to."""
        return "|".join(str(getattr(self, name)) for name in self.key)


Choice: TypeAlias = str
Names: TypeAlias = tuple[str, ...]
Text = Annotated[str, Cell("text")]
Sources = Annotated[Names, Cell("sources")]
SourcesShort = Annotated[Names, Cell("sources", short=True)]


def choice(name: str, required: bool = False, short: bool = False) -> Cell:
    """Return the cell of a field that holds one of a set of values."""
    return Cell("choice", choices=name, required=required, short=short)
