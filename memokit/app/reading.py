"""Reading a delivered file for the page, where the worker can do it: what is wrong comes back as problems."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from memokit.dossier import Dossier
from memokit.exchange import Shown, show
from memokit.problems import MemokitError


def looked(dossier: Dossier, path: Path, answers: Mapping[str, str]) -> Shown:
    """Say what a file holds; what must be mended or chosen first stands in its problems.

    Examples
    --------
    >>> from memokit.records import Settings
    >>> looked(Dossier(Path(), Settings(municipality="11002")), Path("weg.csv"), {}).can_add
    False
    """
    try:
        return show(dossier, path, choose=answers)
    except MemokitError as error:
        return Shown(dossier, path, "", error.problems)
