"""Walking through the actions by keyboard: the keys, the focus on a field, the progress said aloud."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import anywidget
import traitlets


class Walker(anywidget.AnyWidget):
    """A line that a screen reader speaks when it changes; Alt and an arrow ask for another action.

    Parameters
    ----------
    step
        Called with 1 for the next action and -1 for the one before.
    """

    # On a Mac, Alt and an arrow jump over a word inside a text: there they stay what they are.
    _esm = """
    export default {
      render({ model, el }) {
        const line = document.createElement("p");
        line.setAttribute("role", "status");
        el.append(line);
        const say = () => { line.textContent = model.get("said"); };
        model.on("change:said", say);
        say();
        const card = () => el.closest(".memo-card") ?? el;
        const first = () => card().querySelector("select, input, textarea");
        const focus = () => requestAnimationFrame(() => requestAnimationFrame(() => first()?.focus()));
        model.on("msg:custom", focus);
        const keys = (event) => {
          const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
          const typing = /Mac/.test(navigator.platform) && event.target.matches("input, textarea");
          if (!by || !event.altKey || typing || el.offsetParent === null) return;
          event.preventDefault();
          if (event.target.matches("input, textarea")) event.target.blur();
          model.send({ by });
        };
        document.addEventListener("keydown", keys);
        return () => { document.removeEventListener("keydown", keys); model.off("msg:custom", focus); };
      },
    };
    """
    said = traitlets.Unicode("").tag(sync=True)

    def __init__(self, step: Callable[[int], None]) -> None:
        super().__init__()
        self.on_msg(lambda _, content, __: self._asked(content, step))

    @staticmethod
    def _asked(content: Any, step: Callable[[int], None]) -> None:
        by = content.get("by") if isinstance(content, dict) else None
        if by in (1, -1):
            step(by)

    def focus(self) -> None:
        """Put the keyboard on the first field of the card."""
        self.send({"focus": True})
