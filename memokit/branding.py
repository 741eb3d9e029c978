"""The council's logo and colour, looked at before they are used: one clean PNG, and a colour that reads.

A logo is known by its content, never by its name. What cannot be used is a warning, and the document is made
without it. An SVG is a program in disguise: only plain shapes pass, and they become a picture at once.
"""

from __future__ import annotations

import base64
import io
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from xml.parsers import expat

from memokit.problems import MemokitError, Problem
from memokit.records import Settings
from memokit.rows import file_of, heads
from memokit.tables import read_bytes

LIMIT_BYTES = 2_000_000
LIMIT_PIXELS = 12_000_000
LIMIT_SVG = 300_000
LEAST_CONTRAST = 4.5  # of text on white, in WCAG 2.2
SMALLEST, LONGEST = 16, 12  # pixels of the short side; times it that the long side may be
BOX = (600, 240)  # pixels of the picture in the document: sharp on paper at 45 by 15 millimetres
HEAVY = 60_000  # bytes above which a picture gets 256 colours, so that a page stays light

_SVG = "http://www.w3.org/2000/svg "
_SHAPES = frozenset((
    "svg", "g", "defs", "title", "desc", "metadata", "path", "rect", "circle", "ellipse", "line", "polyline",
    "polygon", "linearGradient", "radialGradient", "stop", "clipPath", "use", "style",
))
_MOST_SHAPES, _MOST_USES = 5_000, 20
_OUTSIDE = re.compile(r"url\(\s*['\"]?\s*(?!#)|@import|expression\(|javascript:", re.I)
_COLOUR = re.compile(r"#?([0-9a-f]{6}|[0-9a-f]{3})", re.I)
_TYPST = b"""#set page(width: auto, height: auto, margin: 0pt, fill: white)
#image(bytes(sys.inputs.svg), format: "svg", width: 60mm)"""


@dataclass(frozen=True)
class Brand:
    """What a document may wear: a PNG in base64 and a colour as `#rrggbb`; empty is the house's own look."""

    logo: str = ""
    colour: str = ""
    problems: tuple[Problem, ...] = ()


def brand(folder: Path, settings: Settings) -> Brand:
    """Return the logo and the colour of a dossier, with a warning for what cannot be used.

    Examples
    --------
    >>> brand(Path(), Settings(municipality="11002", colour="0F4C58")).colour
    '#0f4c58'
    >>> [p.code for p in brand(Path(), Settings(municipality="11002", colour="#ffee00")).problems]
    ['colour-too-light']
    """
    logo, colour = "", ""
    problems: list[Problem] = []
    try:
        if settings.logo:
            logo = _picture(_bytes_of(folder, settings.logo), settings.logo)
    except MemokitError as error:
        problems += error.problems
    try:
        if settings.colour:
            colour = _readable(settings.colour)
    except MemokitError as error:
        problems += error.problems
    return Brand(logo, colour, tuple(problems))


def contrast(colour: str) -> float:
    """Return the contrast of a colour `#rrggbb` with white, by WCAG 2.2.

    Examples
    --------
    >>> contrast("#000000"), contrast("#ffffff"), round(contrast("#767676"), 2)
    (21.0, 1.0, 4.54)
    """
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


def _readable(text: str) -> str:
    match = _COLOUR.fullmatch(text.strip())
    if match is None:
        raise _no("colour-unknown", file_of("settings"), found=text)
    digits = match[1].lower()
    colour = "#" + (digits if len(digits) == 6 else "".join(2 * digit for digit in digits))
    if (ratio := contrast(colour)) < LEAST_CONTRAST:
        raise _no("colour-too-light", file_of("settings"), found=text, ratio=ratio, least=LEAST_CONTRAST)
    return colour


def _no(code: str, file: str, found: str = "", **detail: object) -> MemokitError:
    column = heads(Settings)["colour"] if found else ""
    return MemokitError(Problem(code, "warning", file, column=column, found=found, detail=detail))


# -- the logo -----------------------------------------------------------------------------------------------


def _bytes_of(folder: Path, name: str) -> bytes:
    """Return the bytes of a file inside the folder; links that lead out of it do not count."""
    try:
        home = folder.resolve()
        path = (home / name.replace("\\", "/")).resolve()
        inside, there = path.is_relative_to(home), path.is_file()
        size = path.stat().st_size if inside and there else 0
    except (OSError, ValueError):
        inside, there, size = True, False, 0
    if not inside:
        raise _no("logo-outside", name)
    if not there:
        raise _no("logo-missing", name)
    if size > LIMIT_BYTES:
        raise _no("logo-too-big", name, limit=LIMIT_BYTES // 1_000_000, size=size / 1_000_000)
    try:
        return read_bytes(path, LIMIT_BYTES)
    except MemokitError:
        raise _no("logo-missing", name) from None


@lru_cache(maxsize=4)
def _picture(data: bytes, name: str) -> str:
    """Return the picture in base64: of the same bytes always the same."""
    if data.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")):
        return base64.b64encode(_still(data, name)).decode()
    if b"<svg" not in data[:4000]:
        raise _no("logo-kind", name)
    return base64.b64encode(_still(_drawn(data, name), name)).decode()


def _still(data: bytes, name: str) -> bytes:
    """Return a PNG of the logo alone: on white, without margins, without anything hidden in the file."""
    from PIL import Image, ImageChops, ImageOps

    try:
        with Image.open(io.BytesIO(data), formats=("PNG", "JPEG")) as image:
            wide, high = image.size
            if _fits(wide, high):
                whole = (ImageOps.exif_transpose(image) or image).convert("RGBA")
    except Image.DecompressionBombError:
        wide = high = LIMIT_PIXELS
    except Exception:  # what a decoder may raise for bytes of strangers has no end
        raise _no("logo-broken", name) from None
    if not _fits(wide, high):
        raise _no("logo-size", name, wide=wide, high=high)
    flat = Image.new("RGB", whole.size, "white")
    flat.paste(whole, mask=whole.getchannel("A"))
    edges = ImageChops.difference(flat, Image.new("RGB", flat.size, "white")).getbbox()
    if edges is None:
        raise _no("logo-empty", name)
    small: Any = flat.crop(edges)
    small.thumbnail(BOX)
    png = _png(small)
    return png if len(png) <= HEAVY else _png(small.quantize(256))


def _fits(wide: int, high: int) -> bool:
    short, long = sorted((wide, high))
    return short >= SMALLEST and long <= LONGEST * short and long * short <= LIMIT_PIXELS


def _png(image: Any) -> bytes:
    stream = io.BytesIO()
    image.save(stream, "PNG", optimize=True)
    return stream.getvalue()


def _drawn(svg: bytes, name: str) -> bytes:
    """Return an SVG of plain shapes as a picture."""
    from typst import Compiler, TypstError

    if len(svg) > LIMIT_SVG:
        raise _no("logo-too-big", name, limit=LIMIT_SVG / 1_000_000, size=len(svg) / 1_000_000)
    if faults := _faults(svg):
        raise _no("logo-svg", name, parts=faults)
    try:
        compiler = Compiler(_TYPST, ignore_system_fonts=True)
        made: Any = compiler.compile(format="png", ppi=300, sys_inputs={"svg": svg.decode()})
    except (TypstError, UnicodeDecodeError):
        raise _no("logo-broken", name) from None
    return bytes(made)


def _faults(svg: bytes) -> list[str]:
    """Return what an SVG holds that is no plain shape: script, text, pictures, addresses, too much."""
    found: list[str] = []
    names: list[str] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        space, _, local = name.rpartition(" ")
        names.append(local)
        if f"{space} " == _SVG and local not in _SHAPES:
            found.append(f"<{local}>")
        for key, value in attributes.items():
            bare = key.rpartition(" ")[2].lower()
            if bare.startswith("on") or (bare == "href" and not value.startswith("#")):
                found.append(bare)

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = lambda *_: found.append("DOCTYPE")
    parser.ProcessingInstructionHandler = lambda target, _: found.append(f"<?{target}?>")
    try:
        parser.Parse(svg, True)
    except expat.ExpatError:
        found.append("XML")
    if match := _OUTSIDE.search(svg.decode("utf-8", "replace")):
        found.append(match[0])
    if len(names) > _MOST_SHAPES or names.count("use") > _MOST_USES:
        found.append(f"{len(names)} ×")
    return list(dict.fromkeys(found))
