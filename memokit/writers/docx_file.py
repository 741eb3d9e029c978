"""A Word file that somebody sent: looked through before it is read. Nothing in it is ever run.

Size and packing have limits, XML may hold no definitions, and macros, passwords and old forms are refused.
"""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from memokit.problems import MemokitError, Problem
from memokit.tables import OLD_EXCEL, read_bytes, too_big

LIMIT_BYTES, LIMIT_UNPACKED = 40_000_000, 200_000_000
MAIN = "word/document.xml"


class _Strict(ElementTree.TreeBuilder):
    """Builds a tree, and stops at the first definition of an entity."""

    def doctype(self, name: str, pubid: str | None, system: str | None) -> None:
        """Refuse what only an attack or a very odd program writes."""
        raise _EntityError


class _EntityError(Exception):
    pass


class WordFile:
    """The parts of a Word file, by name.

    Raises
    ------
    MemokitError
        It is no Word file, an old one (.doc), has a password or macros, is cut off or unreasonably large.
    """

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        self.data = read_bytes(self.path, LIMIT_BYTES)
        if self.data.startswith(OLD_EXCEL):
            locked = "EncryptedPackage".encode("utf-16-le") in self.data
            raise self.refused("word-password" if locked else "word-old")
        self._parts = self._unpacked()
        if MAIN not in self._parts:
            raise self.refused("not-word")
        kinds = self._parts.get("[Content_Types].xml", b"").lower()
        if b"macroenabled" in kinds or any("vbaproject" in name.lower() for name in self._parts):
            raise self.refused("word-macros")
        # All of them: other programs read on where memokit stops.
        self.trees = {name: self._read(name) for name in self._parts if name.endswith((".xml", ".rels"))}

    def _unpacked(self) -> dict[str, bytes]:
        try:
            with zipfile.ZipFile(io.BytesIO(self.data)) as parts:
                if sum(part.file_size for part in parts.infolist()) > LIMIT_UNPACKED:
                    raise too_big(self.path, LIMIT_UNPACKED)
                # Reading to the end compares sizes and checksums: a zip that lies about them stops here.
                return {name: parts.read(name) for name in parts.namelist()}
        except MemokitError:
            raise
        except Exception:  # whatever a broken file makes zipfile, zlib and others trip over
            raise self.refused("not-word") from None

    def tree(self, name: str) -> Any:
        """Return a part as a tree; None when the file has no such part."""
        return self.trees.get(name)

    def _read(self, name: str) -> Any:
        try:
            parser = ElementTree.XMLParser(target=_Strict())
            parser.feed(self._parts[name])
            return parser.close()
        except _EntityError:
            raise self.refused("word-entities") from None
        except (ElementTree.ParseError, ValueError, LookupError, RecursionError):
            raise self.refused("not-word") from None

    def refused(self, code: str, found: str = "") -> MemokitError:
        """Return the refusal of this file."""
        return MemokitError(Problem(code, file=self.path.name, found=found))


def is_word(path: Path | str) -> bool:
    """Tell whether a file is meant as a Word file: by its name, or by what is packed in it.

    Examples
    --------
    >>> is_word("tekst.docx"), is_word("plan.csv")
    (True, False)
    """
    path = Path(path)
    if path.suffix.lower() in (".docx", ".docm", ".doc", ".dotx", ".dotm"):
        return True
    try:
        with zipfile.ZipFile(path) as parts:
            return MAIN in parts.namelist()
    except (OSError, zipfile.BadZipFile, NotImplementedError, ValueError):
        return False
