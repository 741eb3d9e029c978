"""Pieces that are only read: a table, and a link that holds the file itself."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from html import escape


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; the cells are HTML already, the first of each row heads it.

    Examples
    --------
    >>> table(["a"], [["1"]])
    "<table class='memo-table'><tr><th scope='col'>a</th></tr><tr><th scope='row'>1</th></tr></table>"
    """
    head = "".join(f"<th scope='col'>{cell}</th>" for cell in heads)
    body = (f"<th scope='row'>{row[0]}</th>{''.join(f'<td>{cell}</td>' for cell in row[1:])}" for row in rows)
    return f"<table class='memo-table'><tr>{head}</tr>{''.join(f'<tr>{row}</tr>' for row in body)}</table>"


def download(data: bytes, kind: str, name: str, text: str) -> str:
    """Return a link that holds the file itself."""
    address = f"data:{kind};base64,{base64.b64encode(data).decode()}"
    return f'<a class="memo-download" download="{escape(name)}" href="{address}">{escape(text)}</a>'
