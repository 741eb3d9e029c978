"""What is typed in the fields of records: how a field looks, and how a text becomes a change that is saved.

What cannot be read is said at the field itself, and changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import count
from typing import Any

from memokit.app.parts import cited, options
from memokit.app.sheet import LIMIT, Confirm, Sheet
from memokit.app.state import State, ToldError
from memokit.cells import format_cell, parse_cell
from memokit.fields import Record
from memokit.records import CHOICES
from memokit.texts import lookup, say

Options = Sequence[tuple[str, str]]
Changed = Callable[[Record, Record], None]
AREA = frozenset(
    ["line", "text", "opinion", "question", "passage", "answer", "event", "local_effect", "note"]
)


def nobody(_: Any) -> None:
    """Tell nobody that a change is saved."""


class Fields:
    """Fields of records of one kind: how they look, and what happens to what is typed in them.

    Parameters
    ----------
    changed
        Called with the record before and after; when it returns, the change is saved.
    choices
        What can be chosen, for fields that have fewer values than declared.
    titles, helps
        Labels and help that say more than the declared ones.
    draft
        The record is not in the dossier yet: `changed` only looks on.
    """

    def __init__(
        self,
        state: State,
        model: type[Record],
        names: Iterable[str],
        changed: Changed,
        choices: Mapping[str, Options] | None = None,
        titles: Mapping[str, str] | None = None,
        draft: bool = False,
        helps: Mapping[str, str] | None = None,
    ) -> None:
        self.state, self.model, self.changed, self.draft = state, model, changed, draft
        self.names, self.cells = tuple(names), model.cells()
        self.choices, self.titles, self.helps = dict(choices or {}), titles or {}, helps or {}
        self.shown: dict[str, Record] = {}
        self._keys: dict[str, str] = {}
        self._numbers = count(1)
        self._late: list[tuple[str, str, Any, Confirm]] = []
        state.observe(self._settled, "unsaved")

    # -- how they look ---------------------------------------------------------------------------------------

    def _sheet(self, names: Iterable[str], **traits: Any) -> Sheet:
        dossier = self.state.dossier
        place = [dossier.folder.resolve().name, self.model.table] if dossier else []
        columns = [self._column(name) for name in names]
        return Sheet(columns, self.typed, place=place, draft=self.draft, **traits)

    def _column(self, name: str) -> dict[str, Any]:
        cell, said = self.cells[name], lookup(f"records.fields.{self.model.table}.{name}")
        kind = "choice" if name in self.choices else cell.kind
        return {
            "name": name,
            "title": self.titles.get(name) or str(said["title"]),
            "help": self.helps.get(name) or str(said["help"]),
            "kind": kind if kind in ("choice", "sources") else "area" if name in AREA else "text",
            "required": cell.required and kind != "choice",
            "private": cell.private,
            "late": name in self.model.key and not self.draft,  # half a name is nobody's name
            "hint": say("page_fields.date_hint") if kind == "date" else "",
            "options": self._options(name),
        }

    def _options(self, name: str) -> list[tuple[str, str]]:
        cell = self.cells[name]
        if name in self.choices:
            return list(self.choices[name])
        if cell.kind == "sources" and self.state.dossier:
            return [(cited(source), source.id_) for source in self.state.now.sources]
        return options(cell, self.model.model_fields[name].default == "") if cell.kind == "choice" else []

    def _row(self, record: Record, names: Iterable[str], **rest: Any) -> dict[str, Any]:
        values = {name: self._text(name, record) for name in names}
        given = {"key": self._key(record), "id": record.id, "values": values}
        return {"title": "", "help": "", "remarks": "", "options": {}, "round": 0, **given, **rest}

    def _key(self, record: Record) -> str:
        """Return what the page calls a record: the same also after its title, and so its id, has changed."""
        return self._keys.setdefault(record.id, str(next(self._numbers)))

    def _text(self, name: str, record: Record) -> Any:
        value, cell = getattr(record, name), self.cells[name]
        if cell.kind == "sources":
            return list(value)
        return str(value) if cell.kind == "choice" else format_cell(value, cell)

    # -- what is typed ---------------------------------------------------------------------------------------

    def typed(self, key: str, name: str, value: Any, confirm: Confirm = nobody) -> str:
        """Take what was typed; confirm it when it is saved, or return in words why it was not."""
        read: list[Any] = []
        if problem := self.state.trouble(lambda: read.append(self._read(key, name, value))):
            return problem
        if getattr(self.shown[key], name) == read[0] and not self.state.unsaved:
            confirm(self._text(name, self.shown[key]))
            return ""
        hand = lambda: confirm(self._hand(key, name, read[0]))  # noqa: E731
        if self.draft:
            return self.state.trouble(hand)
        if self.state.attempt(hand):
            return ""
        if self.state.unsaved:
            self._late.append((key, name, value, confirm))
        return self.state.message

    def _settled(self, change: Mapping[str, Any]) -> None:
        """Confirm what could not be saved when it was typed, now that it is."""
        if not change["new"]:
            late, self._late = self._late, []
            for key, name, value, confirm in late:
                confirm(self._text(name, self.shown[key]) if key in self.shown else value)

    def _read(self, key: str, name: str, value: Any) -> Any:
        cell = self.cells[name] if name in self.names else None
        if key not in self.shown or cell is None:
            raise ToldError(say("page_fields.gone"))
        if cell.kind == "sources":
            return tuple(dict.fromkeys(str(each) for each in value))
        text = str(value)
        if len(text) > LIMIT:
            raise ToldError(say("page_fields.too_long", limit=LIMIT))
        known = text in CHOICES[cell.choices] if cell.kind == "choice" else False
        read = text if known else parse_cell(text, cell)
        if cell.required and read in ("", None) and not self.draft:
            raise ToldError(say("page_fields.required"))
        return read

    def _hand(self, key: str, name: str, value: Any) -> Any:
        before = self.shown[key]
        after = before.model_copy(update={name: value})
        if after.id != before.id and not self.draft and self._taken(after.id):
            raise ToldError(say("page_fields.taken", text=self._text(name, after)))
        self._keys[after.id] = key
        self.changed(before, after)
        if after.id != before.id:
            self._keys.pop(before.id, None)
        self.shown[key] = after
        return self._text(name, after)

    def _taken(self, id_: str) -> bool:
        """Tell whether another record bears this name: one of the two would be overwritten."""
        return any(other.id == id_ for other in self.state.now.table(self.model.table))
