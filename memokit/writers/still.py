"""A tree of widgets standing still: HTML without script, made from the state that a notebook stores.

What can be operated becomes its label and its value; tabs and closed parts are written out one after another;
what is hidden stays hidden, and so does what is private. Values that are HTML come out as they are: whoever
shows them cleans them first (`foreign.clean`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

from memokit.texts import say
from memokit.writers.foreign import address

States = Mapping[str, Mapping[str, Any]]
PRIVATE, CLOSED, TOGGLE = "memo-private", "memo-inside", "memo-toggle"  # classes of the page
_REFERENCE = "IPY_MODEL_"
_SILENT = frozenset({"ButtonModel", "FileUploadModel", "LayoutModel", "PlayModel"})


def still(id_: str, states: States) -> str:
    """Return one widget and everything inside it as HTML; one whose state is not stored is nothing.

    Examples
    --------
    >>> state = {"description": "Jaar", "value": 2024}
    >>> still("a", {"a": {"model_name": "IntSliderModel", "state": state}})
    '<p>Jaar: <b>2024</b></p>'
    """
    return "\n".join(filter(None, _parts(id_.removeprefix(_REFERENCE), states, ())))


def bundle(data: Mapping[str, Any], meta: Mapping[str, Any] | None = None) -> str:
    """Return one output of a cell as HTML: the richest form that can stand still.

    Examples
    --------
    >>> bundle({"text/plain": "1 < 2"})
    '<pre>1 &lt; 2</pre>'
    """
    meta = meta or {}
    for kind in ("image/svg+xml", "image/png", "image/jpeg"):
        if kind in data:
            alt = str((meta.get(kind) or {}).get("alt") or meta.get("alt") or "")
            text = "".join(data[kind])
            source = address(text) if "svg" in kind else f"data:{kind};base64,{''.join(text.split())}"
            return f'<img alt="{escape(alt)}" src="{escape(source)}">'
    if "text/html" in data:
        return "".join(data["text/html"])
    return f"<pre>{escape(''.join(data.get('text/plain', '')))}</pre>" if "text/plain" in data else ""


def _parts(id_: str, states: States, above: Sequence[str]) -> Iterator[str]:
    one = states.get(id_)
    if one is None or id_ in above:
        return
    state, kind = one.get("state") or {}, str(one.get("model_name", ""))
    classes = state.get("_dom_classes") or ()
    if _hidden(state, states) and CLOSED not in classes:
        return
    label = escape(str(state.get("description") or ""))
    if PRIVATE in classes:
        yield f"<p>{label} <em>{escape(say('exporters.private'))}</em></p>"
    elif TOGGLE in classes:
        yield f"<p><b>{label.lstrip('▾▸ ')}</b></p>"
    elif "children" in state:
        yield from _children(state, states, (*above, id_))
    elif "outputs" in state:
        yield from _outputs(state, states, (*above, id_))
    elif kind in ("HTMLModel", "HTMLMathModel"):
        yield _labelled(label, str(state.get("value") or ""))
    elif kind not in _SILENT:
        yield _control(kind, label, state)


def _hidden(state: Mapping[str, Any], states: States) -> bool:
    layout = states.get(str(state.get("layout", "")).removeprefix(_REFERENCE)) or {}
    looks = layout.get("state") or {}
    return looks.get("display") == "none" or looks.get("visibility") == "hidden"


def _children(state: Mapping[str, Any], states: States, above: Sequence[str]) -> Iterator[str]:
    titles = state.get("titles") or ()
    for number, child in enumerate(state["children"]):
        inside = [*_parts(str(child).removeprefix(_REFERENCE), states, above)]
        if inside and number < len(titles) and titles[number]:
            yield f"<h2>{escape(titles[number])}</h2>"
        yield from inside


def _outputs(state: Mapping[str, Any], states: States, above: Sequence[str]) -> Iterator[str]:
    for output in state["outputs"]:
        data = output.get("data") or {}
        view = data.get("application/vnd.jupyter.widget-view+json")
        if view:
            yield from _parts(view["model_id"], states, above)
        elif output.get("output_type") == "stream":
            yield f"<pre>{escape(''.join(output.get('text', '')))}</pre>"
        else:
            yield bundle(data, output.get("metadata"))


def _control(kind: str, label: str, state: Mapping[str, Any]) -> str:
    if "_options_labels" in state:
        return _labelled(label, f"<b>{escape(_chosen(state))}</b>")
    if "value" in state:
        return _labelled(label, f"<b>{escape(_words(state['value']))}</b>")
    name = str(state.get("_model_module") or kind)
    if name.startswith("@jupyter-widgets"):
        return ""
    return f"<p><em>{escape(say('exporters.widget', name=name))}</em></p>"


def _labelled(label: str, value: str) -> str:
    if value.startswith("<b>"):
        return f"<p>{label}{': ' if label else ''}{value}</p>"
    return f"<p>{label}:</p>\n{value}" if label else value


def _chosen(state: Mapping[str, Any]) -> str:
    labels, index = state["_options_labels"], state.get("index")
    places = [index] if isinstance(index, int) else list(index or ())
    chosen = [str(labels[place]) for place in places if place is not None and place < len(labels)]
    return (" – " if "continuous_update" in state else ", ").join(chosen) or say("exporters.blank")


def _words(value: Any) -> str:
    """Return a value as a person reads it: yes or no, a day, a range."""
    if value is None or value == "" or value == []:
        return say("exporters.blank")
    if isinstance(value, bool):
        return say(f"common.{'yes' if value else 'no'}")
    if isinstance(value, Mapping):  # a day: its month counts from 0
        parts = [value.get("year"), (value.get("month") or 0) + 1, value.get("date")]
        return "-".join(f"{part:02d}" for part in parts if isinstance(part, int))
    if isinstance(value, list | tuple):
        return " – ".join(map(_words, value))
    return str(value)
