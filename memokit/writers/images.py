"""Pictures from elsewhere: looked at before they are used, and brought into the form that a writer takes."""

from __future__ import annotations

import base64
import io
import re

from memokit.writers.foreign import address, title_of, vector

LIMIT_PIXELS = 40_000_000
_DOT = 25.4 / 96
_UNITS = {"px": _DOT, "pt": 25.4 / 72, "mm": 1.0, "cm": 10.0, "in": 25.4}
_CARRIED = re.compile(r"data:image/(png|jpeg|svg\+xml);base64,(.*)", re.S)


def looked_at(source: str) -> tuple[str, str, tuple[str, ...]]:
    """Return a picture that carries its data as a safe address, what it says of itself, and what fell out.

    Raises
    ------
    ValueError
        It cannot be read, or is unreasonably large.

    Examples
    --------
    >>> looked_at(address('<svg xmlns="http://www.w3.org/2000/svg"><title>Een lijn</title></svg>'))[1:]
    ('Een lijn', ())
    """
    kind, data = _parts(source)
    if kind == "svg+xml":
        text = data.decode("utf-8", "replace")
        safe, lost = vector(text)
        as_png(safe)  # what cannot be drawn is refused here, where its place is known
        return address(safe), title_of(text), lost
    _size(data)
    return address(data, f"image/{kind}"), "", ()


def as_svg(source: str) -> str:
    """Return a picture as SVG; a PNG or JPEG with its data inside.

    Examples
    --------
    >>> as_svg(address("<svg/>"))
    '<svg/>'
    """
    kind, data = _parts(source)
    if kind == "svg+xml":
        return data.decode()
    width, height = _size(data)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}"><image width="{width}" height="{height}" href="{source}"/></svg>'
    )


def millimetres(source: str) -> float:
    """Return how wide a picture is by itself, at 96 dots to the inch.

    Examples
    --------
    >>> round(millimetres(address('<svg width="48pt"/>')), 1), millimetres(address("<svg/>"))
    (16.9, 160.0)
    """
    kind, data = _parts(source)
    if kind != "svg+xml":
        return _size(data)[0] * _DOT
    head = data[:2000].decode("utf-8", "replace")
    found = re.search(r'<svg\b[^>]*\swidth="([\d.]+)(pt|px|mm|cm|in)?"', head)
    return float(found[1]) * _UNITS[found[2] or "px"] if found else 160.0


def as_pixels(source: str) -> bytes:
    """Return a picture as PNG or JPEG: what Word takes."""
    kind, data = _parts(source)
    return as_png(data.decode()) if kind == "svg+xml" else data


def as_png(svg: str) -> bytes:
    """Return an SVG drawn in pixels.

    Raises
    ------
    ValueError
        It cannot be drawn.
    """
    from memokit.writers.pdf import drawn

    return drawn(svg)


def is_carried(source: str) -> bool:
    """Tell whether an address carries its picture itself."""
    return bool(_CARRIED.fullmatch(source))


def _parts(source: str) -> tuple[str, bytes]:
    found = _CARRIED.fullmatch(source)
    if found is None:
        raise ValueError(source[:40])
    return found[1], base64.b64decode(found[2])


def _size(data: bytes) -> tuple[int, int]:
    from PIL import Image

    try:
        with Image.open(io.BytesIO(data), formats=("PNG", "JPEG")) as image:
            if image.width * image.height > LIMIT_PIXELS:
                raise ValueError(image.size)
            image.load()
            return image.size
    except (OSError, SyntaxError, EOFError, Image.DecompressionBombError) as error:
        raise ValueError(str(error)) from None
