"""HTML and SVG from elsewhere, made safe: what is not on the list falls out, and is named.

The door of nh3. A picture inside HTML comes out as an `<img>` with its data: there no script of it runs and
nothing is fetched.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from html import escape, unescape
from typing import Any

import nh3
from lxml import etree  # type: ignore[import-untyped]
from lxml import html as tree

from memokit.texts import say

LIMIT_SVG = 5_000_000
SVG = "http://www.w3.org/2000/svg"
_XLINK = "{http://www.w3.org/1999/xlink}href"
_TAGS = frozenset({
    "a", "abbr", "article", "b", "blockquote", "br", "caption", "cite", "code", "dd", "del", "details",
    "div", "dl", "dt", "em", "figcaption", "figure", "footer", "h1", "h2", "h3", "h4", "h5", "h6",
    "header", "hr", "i", "img", "ins", "kbd", "label", "li", "main", "mark", "nav", "ol", "p", "pre",
    "q", "s", "section", "small", "span", "strike", "strong", "sub", "summary", "sup", "table",
    "tbody", "td", "tfoot", "th", "thead", "time", "tr", "u", "ul", "var",
})  # fmt: skip
_ATTRIBUTES = {
    "a": {"href"}, "ol": {"start"}, "img": {"src", "alt"}, "*": {"lang", "title"},
    "td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"},
}  # fmt: skip
_SHAPES = frozenset({
    "svg", "g", "defs", "title", "desc", "path", "rect", "circle", "ellipse", "line", "polyline",
    "polygon", "text", "tspan", "textPath", "use", "symbol", "clipPath", "mask", "pattern", "marker",
    "linearGradient", "radialGradient", "stop", "image", "style",
})  # fmt: skip
_DROPPED = {"script", "style", "iframe", "object", "embed", "noscript", "template", "svg", "math"}
_QUIET = {"style", "html", "body", "head", "meta", "colgroup", "col", "tt", "font", "center", "big"}
_UNSAFE = re.compile(r"javascript:|expression\(|@import|url\(\s*['\"]?\s*(?!#)|\\", re.I)
_PICTURE = re.compile(r"data:image/(png|jpeg);base64,[\w+/=\s]*")
_SCRIPT = re.compile(r"\s*(javascript|vbscript|data):", re.I)
_FRAME = re.compile(r"<iframe\b([^>]*)>.*?(?:</iframe>|$)", re.I | re.S)
_INSIDE = re.compile(r"""src(?:doc="(?P<doc>[^"]*)"|="data:text/html[^",]*;base64,(?P<data>[\w+/=]*)")""")


def clean(text: str) -> tuple[str, tuple[str, ...]]:
    """Return HTML with only what may stay, and the names of what fell out.

    A frame that carries its own page is replaced by the text of that page.

    Examples
    --------
    >>> clean('<p onclick="x()">Dag<script>y()</script></p>')
    ('<p>Dag</p>', ('onclick', 'script'))
    """
    lost: list[str] = []
    text = _FRAME.sub(lambda match: _opened(match[1], lost), text)
    text = re.sub(r"<svg\b.*?</svg\s*>", lambda match: _as_image(match[0], lost), text, flags=re.I | re.S)
    lost += _forbidden(text)
    kept = nh3.clean(
        text, tags=set(_TAGS), attributes=_ATTRIBUTES, clean_content_tags=_DROPPED,
        url_schemes={"http", "https", "mailto", "data"}, link_rel=None,
    )  # fmt: skip
    return kept, tuple(dict.fromkeys(lost))


def address(data: bytes | str, kind: str = "image/svg+xml") -> str:
    """Return the bytes of a picture as an address that carries them.

    Examples
    --------
    >>> address(b"a", "image/png")
    'data:image/png;base64,YQ=='
    """
    data = data.encode() if isinstance(data, str) else data
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"


def vector(text: str) -> tuple[str, tuple[str, ...]]:
    """Return an SVG with only shapes, text and pictures it carries itself, and what fell out.

    Raises
    ------
    ValueError
        It is no SVG, or too big.

    Examples
    --------
    >>> vector('<svg xmlns="http://www.w3.org/2000/svg"><script/><path d="M0 0" onload="x()"/></svg>')
    ('<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0"/></svg>', ('script', 'onload'))
    """
    if len(text) > LIMIT_SVG:
        raise ValueError(len(text))
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )
    root = _parsed(text, parser)
    if root.tag != f"{{{SVG}}}svg":
        raise ValueError(root.tag)
    lost: list[str] = []
    for element in list(root.iter()):
        name = str(element.tag).removeprefix(f"{{{SVG}}}") if isinstance(element.tag, str) else "&"
        style = element.text or "" if name == "style" else ""
        if name not in _SHAPES or _UNSAFE.search(style):
            lost += [] if name.startswith("metadata") or "}" in name else [name]
            _without(element)
        else:
            lost += _without_attributes(element)
    return etree.tostring(root, encoding="unicode", with_tail=False), tuple(dict.fromkeys(lost))


def title_of(svg: str) -> str:
    """Return what an SVG says of itself: its label, else its title.

    Examples
    --------
    >>> title_of('<svg xmlns="http://www.w3.org/2000/svg"><title>Twee staven</title></svg>')
    'Twee staven'
    """
    start = re.search(r"<svg\b[^>]*", svg, re.I)
    named = re.search(r'aria-label="([^"]*)"', start[0]) if start else None
    named = named or re.search(r"<title[^>]*>([^<]*)</title>", svg)
    return unescape(named[1]).strip() if named else ""


def _parsed(text: str, parser: Any) -> Any:
    if "xmlns=" not in text[:2000]:  # inside HTML the name of the space may be left out
        text = re.sub(r"<svg\b", f'<svg xmlns="{SVG}"', text, count=1)
    try:
        return etree.fromstring(text.encode(), parser)
    except etree.XMLSyntaxError as error:
        raise ValueError(str(error)) from None


def _without(element: Any) -> None:
    """Take an element out, with what is inside; the text after it stays."""
    parent, before = element.getparent(), element.getprevious()
    if parent is None:
        return
    if element.tail and before is not None:
        before.tail = (before.tail or "") + element.tail
    elif element.tail:
        parent.text = (parent.text or "") + element.tail
    parent.remove(element)


def _without_attributes(element: Any) -> Iterator[str]:
    for name, value in list(element.attrib.items()):
        link = name in ("href", _XLINK)
        fits = link and (value.startswith("#") or _PICTURE.fullmatch(value))
        plain = not link and "{" not in name and not name.lower().startswith("on")
        if not (fits or (plain and not _UNSAFE.search(value))):
            del element.attrib[name]
            if "{" not in name or link:
                yield name.rpartition("}")[2]


def _as_image(svg: str, lost: list[str]) -> str:
    try:
        safe, gone = vector(svg)
    except ValueError:
        lost.append("svg")
        return ""
    lost += gone
    return f'<img alt="{escape(title_of(svg))}" src="{address(safe)}">'


def _opened(attributes: str, lost: list[str]) -> str:
    """Return the text of the page in a frame; of one that is elsewhere, a sentence."""
    found = _INSIDE.search(attributes)
    if not found:
        lost.append("iframe")
        return f"<p><em>{escape(say('exporters.frame'))}</em></p>"
    data = base64.b64decode(found["data"] or "").decode("utf-8", "replace")
    page = unescape(found["doc"]) if found["doc"] else data
    return _FRAME.sub("", re.sub(r"<(head|style|title)\b.*?</\1\s*>", "", page, flags=re.I | re.S))


def _forbidden(text: str) -> Iterator[str]:
    """Yield what the list does not know, in order, once each is enough for the reader."""
    try:
        root = tree.fragment_fromstring(text, create_parent="div")
    except (etree.ParserError, ValueError):
        return
    for element in root.iter():
        if not isinstance(element.tag, str):
            continue
        yield from (
            name
            for name, value in element.attrib.items()
            if name.lower().startswith("on") or (name == "href" and _SCRIPT.match(value))
        )
        if element.tag not in _TAGS and element.tag not in _QUIET:
            yield element.tag
