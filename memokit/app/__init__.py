"""The page for councils: the same views in one page (`memokit app`) and in the numbered notebooks.

Importing this module is light; widgets and the server are fetched when a view or `serve` is called.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any


def serve(dossier: Path | None = None, port: int = 0, token: str = "", browser: bool = True) -> None:
    """Serve the page on 127.0.0.1 until it is stopped.

    Parameters
    ----------
    dossier
        The folder to open; without it the page offers to choose or to make one.
    port, token
        A free port and a random token, if not given.
    browser
        Open the page in the browser.

    Raises
    ------
    MemokitError
        The folder is no dossier.
    """
    from memokit.app.session import run

    run(dossier, port, token, browser)


def page() -> Any:
    """Return the whole page, its views as tabs."""
    from memokit.app.pages import whole

    return whole()


def start() -> Any:
    """Return the view on which a council chooses its dossier and sees where it stands."""
    from memokit.app.pages import single

    return single("start")


def bronnen() -> Any:
    """Return the view in which files come in, and every source stands."""
    from memokit.app.pages import single

    return single("files")


def acties() -> Any:
    """Return the views in which actions are judged, questions answered and thanks written."""
    from memokit.app.pages import single

    return single("actions", "questions", "points")


def agenda() -> Any:
    """Return the view on Agenda 2030: the ladder, the labels, and goals × actions × euro."""
    from memokit.app.pages import single

    return single("agenda")


def vergelijken() -> Any:
    """Return the view beside other municipalities, only for who asks; nothing of it enters a text."""
    from memokit.app.pages import single

    return single("compare")


def tekst() -> Any:
    """Return the view with the section itself, and its files."""
    from memokit.app.pages import single

    return single("section")
