"""A file that comes in through the page: refused by its size before it is read, else taken in pieces."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import anywidget
import traitlets as T  # noqa: N812

from memokit.resources import data_path
from memokit.sources.incoming import LIMIT_BYTES
from memokit.texts import lookup, say


class Upload(anywidget.AnyWidget):
    """A place to drop a file, or to choose one. Its script is upload.js.

    Parameters
    ----------
    limit
        The largest file, in bytes; the browser looks before it reads, and the kernel does not trust it.
    folder
        Where a larger file can be put, in words.
    got
        Called with the name and the bytes of a file that is complete.

    Examples
    --------
    >>> files = []
    >>> place = Upload(10, "inbox", lambda name, data: files.append((name, data)))
    >>> place.take({"name": "a.csv", "size": 5, "at": 0}, b"123")
    3
    >>> place.take({"name": "a.csv", "size": 5, "at": 3}, b"45"), files
    (5, [('a.csv', b'12345')])
    """

    _esm = data_path("templates", "voila", "memo", "upload.js").read_text("utf-8")
    _css = data_path("templates", "voila", "memo", "upload.css").read_text("utf-8")
    words = T.Dict().tag(sync=True)
    limit, most = T.Int().tag(sync=True), T.Int(LIMIT_BYTES).tag(sync=True)

    def __init__(self, limit: int, folder: str, got: Callable[[str, bytes], object]) -> None:
        given = {"n": limit // 1_000_000, "most": LIMIT_BYTES // 1_000_000, "folder": folder}
        words = {name: say(f"page_files.drop.{name}", **given) for name in lookup("page_files.drop", "nl")}
        super().__init__(words=words, limit=limit)
        self.got = got
        self.pieces = bytearray()
        self.on_msg(self._hear)

    def take(self, said: dict[str, Any], piece: bytes) -> int:
        """Take one piece; return where the next one begins, or -1 when this one cannot be taken."""
        at, size = int(said["at"]), int(said["size"])
        if at == 0:
            self.pieces = bytearray()
        if size > self.limit or at != len(self.pieces) or at + len(piece) > size or not piece:
            self.pieces = bytearray()
            return -1
        self.pieces += piece
        so_far = len(self.pieces)
        if so_far == size:
            whole, self.pieces = bytes(self.pieces), bytearray()
            self.got(str(said["name"]), whole)
        return so_far

    def _hear(self, _: object, said: dict[str, Any], pieces: list[Any]) -> None:
        data = bytes(pieces[0]) if pieces else b""
        self.send({"name": said.get("name"), "next": self.take(said, data)})
