"""A figure block becomes SVG or PNG: `charts` lays it out, matplotlib draws it. The only matplotlib door."""

from __future__ import annotations

import io
import re
import warnings
from dataclasses import replace
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

from memokit.branding import contrast
from memokit.charts import MM, SIZE, Shape, lay_out
from memokit.document import Figure
from memokit.paper import DARK, LIGHT

_TINTS = {DARK: 0.0, "#3b7a86": 0.24, "#6fa3ac": 0.45, LIGHT: 0.65, "#eef5f6": 0.93}  # of white in each
_STAMP = {"svg": "Date", "png": "Software"}  # what matplotlib would write into the file of its own accord


def svg(figure: Figure, width_mm: float = 165.0, colour: str = "") -> str:
    """Return a chart as an SVG element, ready to stand in a page; its texts stay texts.

    With a colour, `#rrggbb` and dark enough for text, the bars and dots wear its tints.

    Examples
    --------
    >>> chart = Figure("f", "bars", "Minder", "Van 2 niets", ("Geraamd", "Uitgegeven"), (("Steun", 2, None),))
    >>> "n.b." in svg(chart), svg(chart) == svg(chart)
    (True, True)
    """
    text = _render(figure, width_mm, "svg", colour).decode()
    text = re.sub(r' xmlns:xlink="[^"]*"', "", text[text.index("<svg") :]).replace("xlink:href", "href")
    text = re.sub(r"\s*<metadata>.*?</metadata>", "", text, flags=re.S)
    text = re.sub(r"<!--.*?-->\s*|<style.*?</style>\s*", "", text, flags=re.S)
    return re.sub(r'<g id="[^"]*"', "<g", text)


def png(figure: Figure, colour: str = "") -> bytes:
    """Return a chart as a PNG file, for Word."""
    return _render(figure, 165.0, "png", colour)


def tints(colour: str) -> dict[str, str]:
    """Return for each tint of the house the one of another colour: as dark, so that every number reads.

    Examples
    --------
    >>> tints("#000000")["#a9cdd2"], tints("")
    ('#a6a6a6', {})
    """
    if not colour:
        return {}
    while contrast(colour) < contrast(DARK):
        colour = _mixed(colour, 0.06, 0)
    return {tint: _mixed(colour, share, 255) for tint, share in _TINTS.items()}


def _mixed(colour: str, share: float, light: int) -> str:
    """Return a colour with a share of black (0) or white (255) in it."""
    parts = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return "#" + "".join(f"{round((1 - share) * part + share * light):02x}" for part in parts)


def font_folders() -> list[Path]:
    """Return the folders of the fonts that charts and PDF share, without importing matplotlib."""
    places = {"font_source_sans_pro": "files", "matplotlib": "mpl-data/fonts/ttf"}
    return [Path(str(getattr(find_spec(name), "origin", ""))).parent / at for name, at in places.items()]


@cache
def _load_fonts() -> None:
    from matplotlib import font_manager

    for style in ("Regular", "It", "Bold", "BoldIt"):
        font_manager.fontManager.addfont(font_folders()[0] / f"SourceSansPro-{style}.ttf")


def _render(figure: Figure, width: float, form: Literal["svg", "png"], colour: str) -> bytes:
    import matplotlib
    from matplotlib.figure import Figure as Picture
    from matplotlib.transforms import Affine2D

    _load_fonts()
    settings: dict[Any, Any] = {
        "font.family": ["Source Sans Pro", "DejaVu Sans"], "svg.fonttype": "none", "hatch.linewidth": 0.6,
        "svg.hashsalt": f"memokit {figure.id}", "path.simplify": False, "path.sketch": None,
        "text.usetex": False,
    }
    sheet, stream, own = lay_out(figure, width), io.BytesIO(), tints(colour)
    height = sheet.bottom + 1
    with matplotlib.rc_context(settings), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a character that no font has
        picture = Picture(figsize=(width / MM, height / MM))
        picture.patch.set_visible(False)
        place = Affine2D().scale(1 / MM, -1 / MM).translate(0, height / MM) + picture.dpi_scale_trans
        for order, shape in enumerate(sheet.shapes):
            tint, edge = (own.get(hue, hue) for hue in (shape.colour, shape.edge))
            artist = _artist(replace(shape, colour=tint, edge=edge))
            artist.set(transform=place, clip_on=False, zorder=order)
            picture.add_artist(artist)
        picture.savefig(stream, format=form, dpi=200, metadata={_STAMP[form]: None})
    return stream.getvalue()


def _artist(shape: Shape) -> Any:
    """Return a shape as matplotlib draws it."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Circle, Rectangle
    from matplotlib.text import Text

    place: Any = shape.place
    if shape.kind == "text":
        weight = "bold" if shape.bold else "normal"
        return Text(place[0], place[1], shape.text, color=shape.colour, ha=shape.align, fontsize=SIZE,
                    fontweight=weight, parse_math=False)
    if shape.kind == "line":
        return Line2D(place[::2], place[1::2], color=shape.colour, linewidth=shape.width,
                      solid_capstyle="butt")
    look: dict[str, Any] = {"facecolor": shape.colour, "edgecolor": shape.edge, "linewidth": shape.width,
                            "hatch": shape.hatch or None}
    return Rectangle(place[:2], *place[2:], **look) if shape.kind == "box" else Circle(place, 1.25, **look)
