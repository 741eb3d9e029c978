"""Where `data/` is: facts, catalogue, texts, templates and examples.

In a checkout it is the folder beside the package; in a wheel it travels inside it as `memokit/_data`.
"""

from __future__ import annotations

import hashlib
import os
import zlib
from functools import cache
from importlib.metadata import version
from itertools import chain
from pathlib import Path

PACKAGE = Path(__file__).parent
# What can be seen in the bytes of a file.
LEANS_ON = ("babel", "jinja2", "lxml", "matplotlib", "pillow", "python-docx", "typst")


@cache
def data_root() -> Path:
    """Return the folder that holds `facts/`, `catalogue/`, `texts/`, `templates/` and `examples/`.

    MEMOKIT_DATA wins, then the checkout (so that an edit is seen at once), then the copy in the wheel.

    Examples
    --------
    >>> (data_root() / "facts").is_dir()
    True
    """
    given = os.environ.get("MEMOKIT_DATA")
    places = [Path(given)] if given else [PACKAGE.parent / "data", PACKAGE / "_data"]
    for place in places:
        if (place / "texts").is_dir():
            return place
    raise FileNotFoundError("; ".join(str(place) for place in places))


def data_path(*parts: str) -> Path:
    """Return the path of one file under `data/`.

    Examples
    --------
    >>> data_path("texts", "nl").name
    'nl'
    """
    return data_root().joinpath(*parts)


def notebooks_root() -> Path:
    """Return the folder of the notebooks, in a checkout or in the wheel."""
    beside = PACKAGE.parent / "notebooks"
    return beside if (beside / "memokit.ipynb").is_file() else PACKAGE / "_notebooks"


@cache
def fingerprint() -> str:
    """Return a checksum of all that makes a document: code, data, texts, templates, versions.

    Examples
    --------
    >>> len(fingerprint())
    64
    """
    folders = [data_path(part) for part in ("catalogue", "facts", "templates", "texts")]
    files = chain(PACKAGE.rglob("*.py"), *(folder.rglob("*.*") for folder in folders))
    sums = sorted(checksum(path) for path in files if path.is_file())
    versions = (f"{name} {version(name)}" for name in LEANS_ON)
    return hashlib.sha256("\n".join((*versions, zlib.ZLIB_RUNTIME_VERSION, *sums)).encode()).hexdigest()


def checksum(path: Path) -> str:
    """Return the SHA-256 of a file as 64 hexadecimal characters: what ties a printed figure to its input.

    Examples
    --------
    >>> len(checksum(data_path("facts", "municipalities.csv")))
    64
    """
    return hashlib.sha256(path.read_bytes()).hexdigest()
