"""A figure block becomes SVG or PNG: `charts` lays it out, matplotlib draws it. The only matplotlib door."""

from __future__ import annotations

import importlib.util
import io
import re
import warnings
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from memokit.charts import MM, SIZE, Shape, lay_out
from memokit.document import Figure

_FONT = ("Regular", "It", "Bold", "BoldIt")


def svg(figure: Figure, width_mm: float = 165.0) -> str:
    """Return a chart as an SVG element, ready to stand in a page; its texts stay texts.

    Examples
    --------
    >>> chart = Figure("f", "pairs", "Meer", "Van 1 naar 2", ("2018", "2022"), (("Steun", 1, None),))
    >>> "n.b." in svg(chart), svg(chart) == svg(chart)
    (True, True)
    """
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    stream = io.StringIO()
    write = lambda canvas: canvas.print_svg(stream, metadata={"Date": None})  # noqa: E731
    _render(figure, width_mm, FigureCanvasSVG, write)
    text = stream.getvalue()
    text = re.sub(r' xmlns:xlink="[^"]*"', "", text[text.index("<svg") :]).replace("xlink:href", "href")
    text = re.sub(r"\s*<metadata>.*?</metadata>", "", text, flags=re.S)
    text = re.sub(r"<!--.*?-->\s*|<style.*?</style>\s*", "", text, flags=re.S)
    return re.sub(r'<g id="[^"]*"', "<g", text)


def png(figure: Figure, width_mm: float = 165.0, dpi: int = 200) -> bytes:
    """Return a chart as a PNG file, for Word."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    stream = io.BytesIO()
    write = lambda canvas: canvas.print_png(stream, metadata={"Software": None})  # noqa: E731
    _render(figure, width_mm, FigureCanvasAgg, write, dpi)
    return stream.getvalue()


def font_folder() -> Path:
    """Return the folder of the fonts that charts and PDF share."""
    spec = importlib.util.find_spec("font_source_sans_pro")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("font_source_sans_pro")
    return Path(spec.origin).parent / "files"


@cache
def _load_fonts() -> None:
    from matplotlib import font_manager

    for style in _FONT:
        font_manager.fontManager.addfont(font_folder() / f"SourceSansPro-{style}.ttf")


def _render(
    figure: Figure, width: float, canvas: Callable[[Any], Any], write: Callable[[Any], object], dpi: int = 72
) -> None:
    import matplotlib
    from matplotlib.figure import Figure as Picture
    from matplotlib.transforms import Affine2D

    _load_fonts()
    settings: dict[Any, Any] = {
        "font.family": ["Source Sans Pro", "DejaVu Sans"], "svg.fonttype": "none", "hatch.linewidth": 0.6,
        "svg.hashsalt": f"memokit {figure.id}", "path.simplify": False,
        "path.sketch": None, "text.usetex": False,
    }  # fmt: skip
    with matplotlib.rc_context(settings), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a character that no font has
        sheet = lay_out(figure, width)
        height = sheet.bottom + 1
        picture = Picture(figsize=(width / MM, height / MM), dpi=dpi)
        picture.patch.set_visible(False)
        place = Affine2D().scale(1 / MM, -1 / MM).translate(0, height / MM) + picture.dpi_scale_trans
        for order, shape in enumerate(sheet.shapes):
            artist = _artist(shape)
            artist.set(transform=place, clip_on=False, zorder=order)
            picture.add_artist(artist)
        write(canvas(picture))


def _artist(shape: Shape) -> Any:
    """Return a shape as matplotlib draws it."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Circle, Rectangle
    from matplotlib.text import Text

    place: Any = shape.place
    colour, hatch = shape.colour, shape.hatch or None
    look: dict[str, Any]
    if shape.kind == "text":
        look = {"fontsize": SIZE, "fontweight": "bold" if shape.bold else "normal", "parse_math": False}
        return Text(place[0], place[1], shape.text, color=colour, **{"ha": shape.align, **look})
    if shape.kind == "line":
        ends = ([place[0], place[2]], [place[1], place[3]])
        return Line2D(*ends, color=colour, linewidth=shape.width, solid_capstyle="butt")
    look = {
        "facecolor": colour,
        "edgecolor": shape.edge,
        "linewidth": shape.width,
        "hatch": hatch,
    }
    return Rectangle(place[:2], *place[2:], **look) if shape.kind == "box" else Circle(place, 1.25, **look)
