"""A figure block becomes SVG or PNG: `charts` lays it out, matplotlib draws it. The only matplotlib door."""

from __future__ import annotations

import io
import re
import warnings
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

from memokit.charts import MM, SIZE, Shape, lay_out
from memokit.document import Figure

_STAMP = {"svg": "Date", "png": "Software"}  # what matplotlib would write into the file of its own accord


def svg(figure: Figure, width_mm: float = 165.0) -> str:
    """Return a chart as an SVG element, ready to stand in a page; its texts stay texts.

    Examples
    --------
    >>> chart = Figure("f", "bars", "Minder", "Van 2 niets", ("Geraamd", "Uitgegeven"), (("Steun", 2, None),))
    >>> "n.b." in svg(chart), svg(chart) == svg(chart)
    (True, True)
    """
    text = _render(figure, width_mm, "svg").decode()
    text = re.sub(r' xmlns:xlink="[^"]*"', "", text[text.index("<svg") :]).replace("xlink:href", "href")
    text = re.sub(r"\s*<metadata>.*?</metadata>", "", text, flags=re.S)
    text = re.sub(r"<!--.*?-->\s*|<style.*?</style>\s*", "", text, flags=re.S)
    return re.sub(r'<g id="[^"]*"', "<g", text)


def png(figure: Figure) -> bytes:
    """Return a chart as a PNG file, for Word."""
    return _render(figure, 165.0, "png")


def font_folders() -> list[Path]:
    """Return the folders of the fonts that charts and PDF share, without importing matplotlib."""
    places = {"font_source_sans_pro": "files", "matplotlib": "mpl-data/fonts/ttf"}
    return [Path(str(getattr(find_spec(name), "origin", ""))).parent / at for name, at in places.items()]


@cache
def _load_fonts() -> None:
    from matplotlib import font_manager

    for style in ("Regular", "It", "Bold", "BoldIt"):
        font_manager.fontManager.addfont(font_folders()[0] / f"SourceSansPro-{style}.ttf")


def _render(figure: Figure, width: float, form: Literal["svg", "png"]) -> bytes:
    import matplotlib
    from matplotlib.figure import Figure as Picture
    from matplotlib.transforms import Affine2D

    _load_fonts()
    settings: dict[Any, Any] = {
        "font.family": ["Source Sans Pro", "DejaVu Sans"], "svg.fonttype": "none", "hatch.linewidth": 0.6,
        "svg.hashsalt": f"memokit {figure.id}", "path.simplify": False, "path.sketch": None,
        "text.usetex": False,
    }
    sheet, stream = lay_out(figure, width), io.BytesIO()
    height = sheet.bottom + 1
    with matplotlib.rc_context(settings), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a character that no font has
        picture = Picture(figsize=(width / MM, height / MM))
        picture.patch.set_visible(False)
        place = Affine2D().scale(1 / MM, -1 / MM).translate(0, height / MM) + picture.dpi_scale_trans
        for order, shape in enumerate(sheet.shapes):
            artist = _artist(shape)
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
