"""Files that councils can download become tidy tables: one small module a kind, found by entry point.

A kind is a module with a `KIND`, the `HEADS` that it is known by, `recognises(incoming)` (0 to 100) and
`read(incoming, choose)`, which returns `Parts`. Another package adds one under the group `memokit.sources`.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path
from typing import Protocol, cast

from memokit.problems import MemokitError, Problem, refuse_errors
from memokit.sources import borders as _borders
from memokit.sources.delivery import Delivery, Parts, frame
from memokit.sources.incoming import Incoming, fold, open_file
from memokit.sources.places import border_notes, stand
from memokit.territory import BORDERS, Place

GROUP = "memokit.sources"


class Reader(Protocol):
    """What a module must have to be a kind of file."""

    KIND: str
    HEADS: tuple[str, ...]

    def recognises(self, incoming: Incoming) -> int:
        """Return how sure it is that the file is of this kind, from 0 to 100."""

    def read(self, incoming: Incoming, choose: Mapping[str, str]) -> Parts:
        """Return what the file holds."""


@cache
def kinds() -> Mapping[str, Reader]:
    """Return every kind of file that can be read, by name.

    Examples
    --------
    >>> {"bbc-tidy", "swing", "stadsmonitor"} <= set(kinds())
    True
    """
    found = []
    for entry in entry_points(group=GROUP):
        try:
            found.append(cast(Reader, entry.load()))
        except Exception as error:  # another package's reader that does not load stops nobody's import
            logging.getLogger("memokit").warning("reader %s: %s", entry.name, error)
    return {reader.KIND: reader for reader in sorted(found, key=lambda each: each.KIND)}


def read(
    path: Path | str, kind: str | None = None, borders: int | None = None,
    choose: Mapping[str, str] | None = None,
) -> Delivery:
    """Read a file that a council downloaded: recognised by its content, checked, made tidy.

    Parameters
    ----------
    kind
        The kind of file; recognised by its content, if not given. `kinds` has the names.
    borders
        2018, 2019 or 2025: bring every figure to the municipalities of that map. Without it the codes stand
        as delivered, beside a column `borders`.
    choose
        Answers to what only a person can choose, such as `{"report_status": "Herziening"}`.

    Returns
    -------
    Delivery
        With `.observations`, `.amounts` and `.plan_items`, and every remark in `.problems`.

    Raises
    ------
    MemokitError
        Nothing may be used: `.problems` has everything that is wrong at once. When a person must choose,
        `.choices` has the answers by name.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "export.csv"
    >>> _ = file.write_text("period;geolevel;geoitem;v0001\\n2019;gemeente2024;12025;86304\\n")
    >>> got = read(file)
    >>> got.kind, got.observations["value"].tolist()
    ('swing', [86304.0])
    """
    if borders is not None and borders not in BORDERS:
        expected = ", ".join(map(str, BORDERS))
        raise MemokitError(Problem("unknown-borders", found=str(borders), expected=expected))
    kind, parts = _parts(path, kind, choose)
    if borders is not None:
        _borders.harmonise(parts, borders, Path(path).name)
    return _delivery(kind, Path(path).name, parts)


def read_for(
    place: Place, path: Path | str, kind: str | None = None, choose: Mapping[str, str] | None = None
) -> tuple[Delivery, int]:
    """Read a file for one municipality, on its own borders; count the rows about others.

    Raises
    ------
    MemokitError
        As `read`; or the file says nothing about the municipality, or only about a bigger territory.
    """
    kind, parts = _parts(path, kind, choose, _borders.codes_of(place))
    left_out = _borders.keep_only(parts, place, Path(path).name)
    _borders.harmonise(parts, place.borders, Path(path).name)
    return _delivery(kind, Path(path).name, parts), left_out


def _parts(
    path: Path | str, kind: str | None, choose: Mapping[str, str] | None, only: frozenset[str] = frozenset()
) -> tuple[str, Parts]:
    incoming = open_file(path, (fold(head) for reader in kinds().values() for head in reader.HEADS))
    incoming = replace(incoming, grids=tuple(replace(grid, only=only) for grid in incoming.grids))
    reader = _reader(incoming, kind)
    parts = reader.read(incoming, dict(choose or {}))
    parts.problems = [*incoming.notes, *parts.problems]
    refuse_errors(parts.problems)
    _put_on_borders(parts, incoming.path.name)
    return reader.KIND, parts


def _delivery(kind: str, file: str, parts: Parts) -> Delivery:
    frames = {name: frame(name, columns) for name, columns in parts.tables().items()}
    return Delivery(
        kind, file, problems=tuple(dict.fromkeys(parts.problems)), repairs=tuple(parts.repairs),
        labels=parts.labels, doubtful=frozenset(parts.doubtful), **frames,
    )  # fmt: skip


def _reader(incoming: Incoming, kind: str | None) -> Reader:
    if kind is not None:
        if kind not in kinds():
            raise MemokitError(Problem("unknown-kind", found=kind, choices=tuple(kinds())))
        return kinds()[kind]
    sure = {name: reader.recognises(incoming) for name, reader in kinds().items()}
    best = max(sure, key=lambda name: sure[name], default="")
    if not best or not sure[best]:
        lines = [line for grid in incoming.grids for line in grid.texts()[:1]]
        found = ", ".join(cell for line in lines for cell in line if cell)[:200]
        raise MemokitError(Problem("not-recognised", file=incoming.path.name, found=found))
    return kinds()[best]


def _put_on_borders(parts: Parts, file: str) -> None:
    """Say of each row on which borders its municipality stands, and of the file which towns merged."""
    codes: set[str] = set()
    borders: dict[tuple[str, int], int] = {}
    for name, columns in parts.tables().items():
        if not columns:
            continue
        years = columns["report_year" if name == "plan_items" else "year"]
        towns = columns["municipality"]
        if "borders" not in columns:
            columns["borders"] = stand(towns, years, parts.usual_borders)
        codes.update(towns)
        borders |= dict(zip(zip(towns, years, strict=True), columns["borders"], strict=True))
    if codes:
        parts.problems += border_notes(file, codes, borders)
    parts.problems = [replace(problem, file=problem.file or file) for problem in parts.problems]
