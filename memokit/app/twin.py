"""The page standing still: what the widgets show as HTML, for who opens a notebook without running it."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Any

import ipywidgets as W  # noqa: N812
from anywidget import AnyWidget
from IPython.display import display
from ipywidgets.embed import dependency_state

from memokit.texts import say
from memokit.writers.foreign import clean
from memokit.writers.still import still


def static(widget: W.Widget) -> str:
    """Return what a widget shows, and everything inside it, as HTML without script.

    Labels with their values, tabs and closed parts written out; what is hidden stays hidden, what is private
    stays private. A widget with a `static()` of its own says for itself.

    Examples
    --------
    >>> static(W.VBox([W.Checkbox(True, description="Klaar"), W.HTML("<h2>Acties</h2><script>x</script>")]))
    '<p>Klaar: <b>ja</b></p>\\n<h2>Acties</h2>'
    """
    states: dict[str, Any] = dependency_state(widget, drop_defaults=False)
    for each in _inside(widget):
        if isinstance(each, AnyWidget):  # without words of its own it only listens: a bell, the keyboard
            own = getattr(each, "static", str)
            looks = {key: states[each.model_id]["state"].get(key) for key in ("layout", "_dom_classes")}
            states[each.model_id] = {"model_name": "HTMLModel", "state": {**looks, "value": own()}}
    return clean(still(widget.model_id, states))[0]


def with_twin(page: W.Box) -> W.Box:
    """Give a page its static twin, as an output of its own before that of the widget.

    Where widgets live, a style inside the page hides it. Elsewhere (a saved notebook, Jupyter's own HTML, no
    network) it is what there is to read: as another form of the widget's own output nobody would show it, for
    the form that needs a kernel goes first, and is a blank.
    """
    page.children = [*page.children, W.HTML("<style>.memo-twin{display:none}</style>")]

    def show() -> None:
        _turn_through(page)
        made = f"<p><em>{escape(say('page_twin.made'))}</em></p>"
        twin = f'<div class="memo-twin">{made}\n{static(page)}</div>'
        display({"text/html": twin, "text/plain": ""}, raw=True)  # type: ignore[no-untyped-call]
        display(page._repr_mimebundle_(), raw=True)  # type: ignore[no-untyped-call]

    page._ipython_display_ = show
    return page


def _turn_through(page: W.Widget) -> None:
    """Show each tab once: a view is only made when its tab is first shown."""
    for each in _inside(page):
        if isinstance(each, W.Tab):
            first = each.selected_index
            for number in range(len(each.children)):
                each.selected_index = number
            each.selected_index = first


def _inside(widget: W.Widget) -> Iterator[W.Widget]:
    yield widget
    for child in getattr(widget, "children", ()):
        yield from _inside(child)
