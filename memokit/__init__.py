"""memokit: a municipality's policy, planned, done and measured, as the evaluation section of a memorandum.

Importing this module loads the standard library only; each name is fetched when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from memokit import app as app
    from memokit import territory as territory
    from memokit.certainty import robustness as robustness
    from memokit.dossier import check as check
    from memokit.dossier import new as new
    from memokit.dossier import open_dossier as open
    from memokit.evaluation import evaluate as evaluate
    from memokit.evaluation import export as export
    from memokit.finder import suggest as suggest
    from memokit.problems import MemokitError as MemokitError
    from memokit.recipe import Recipe as Recipe
    from memokit.scorecard import score as score
    from memokit.sources import read as read
    from memokit.terms import Term as Term

__version__ = "0.1.0"
__all__ = [
    "MemokitError", "Recipe", "Term", "app", "check", "evaluate", "export", "new", "open", "read",
    "robustness", "score", "suggest", "territory",
]  # fmt: skip

_DOORS = {
    "MemokitError": ("memokit.problems", "MemokitError"),
    "Recipe": ("memokit.recipe", "Recipe"),
    "Term": ("memokit.terms", "Term"),
    "app": ("memokit.app", None),
    "check": ("memokit.dossier", "check"),
    "evaluate": ("memokit.evaluation", "evaluate"),
    "export": ("memokit.evaluation", "export"),
    "new": ("memokit.dossier", "new"),
    "open": ("memokit.dossier", "open_dossier"),
    "read": ("memokit.sources", "read"),
    "robustness": ("memokit.certainty", "robustness"),
    "score": ("memokit.scorecard", "score"),
    "suggest": ("memokit.finder", "suggest"),
    "territory": ("memokit.territory", None),
}


def __getattr__(name: str) -> Any:
    if name not in _DOORS:
        raise AttributeError(f"module 'memokit' has no attribute {name!r}")
    module, attribute = _DOORS[name]
    found = import_module(module)
    return found if attribute is None else getattr(found, attribute)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
