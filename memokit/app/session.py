"""Starts the page: a free port, a token, what the kernel must know, and the browser."""

from __future__ import annotations

import os
import secrets
import socket
import sys
from pathlib import Path

from memokit import dossier as dossiers
from memokit.problems import MemokitError, Problem
from memokit.resources import notebooks_root
from memokit.texts import say

HOST = "127.0.0.1"


USUAL_PORT = 47824  # the browser keeps what was not saved yet by address: the same one finds it again


def free_port() -> int:
    """Return the usual port, or another that nobody uses now.

    Examples
    --------
    >>> free_port() > 1023
    True
    """
    for port in (USUAL_PORT, 0):
        with socket.socket() as probe:
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    return 0


def run(dossier: Path | None, port: int, token: str, browser: bool) -> None:
    """Serve the page until it is stopped.

    Raises
    ------
    MemokitError
        The folder is no dossier, or the port is taken.
    """
    prepare(dossier)
    from memokit.app.server import Server

    port, token = port or free_port(), token or secrets.token_urlsafe(24)
    server = Server(token=token, port=port, open_browser=browser)
    server.initialize([str(notebooks_root() / "memokit.ipynb")])
    sys.stdout.write(say("app.server.open", url=server.address) + "\n" + say("app.server.stop") + "\n")
    sys.stdout.flush()
    server.start()


def prepare(dossier: Path | None) -> None:
    """Tell the kernels to come which dossier to open and where to look for others."""
    os.environ["MEMOKIT_FOLDER"] = str(Path.cwd())
    if dossier is None:
        return
    opened = dossiers.open_dossier(dossier)
    if not (dossier / "dossier.yml").is_file():
        raise MemokitError(Problem("not-a-dossier", found=dossier.name))
    os.environ["MEMOKIT_DOSSIER"] = str(opened.folder.resolve())
