"""Every page as axe-core and a narrow window see it, with every closed part opened."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from memokit.dossier import new
from tests import browsing
from tests.browsing import NARROW, TABS, App, serving, unfold_all, window

browser, served = browsing.browser, browsing.served
WIDER = "e => e.offsetParent && e.getBoundingClientRect().right > innerWidth + 1"


def looked(page: Any, name: str) -> None:
    """Look at a page as it is: what axe finds, and whether anything sticks out in a narrow window."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page)
    assert found.violations_count == 0, f"{name}: {found.generate_report()}"
    page.set_viewport_size(NARROW)
    width = page.evaluate("document.documentElement.scrollWidth")
    out = page.evaluate(f"[...document.querySelectorAll('main *')].filter({WIDER}).map(e => e.className)")
    assert width <= NARROW["width"], f"{name} scrolls sideways, to {width}: {out[:5]}"
    page.set_viewport_size(browsing.WIDE)


def every_page(page: Any) -> Iterator[str]:
    for name in (*TABS, "Vergelijken"):
        if name == "Vergelijken":
            page.get_by_role("tab", name="Cijfers en bronnen").click()
            page.get_by_role("button", name="Vergelijken (extra) tonen").click()
        page.get_by_role("tab", name=name, exact=True).click()
        yield name


@pytest.mark.browser
@pytest.mark.parametrize("which", ["example", "empty"])
def test_every_page_with_everything_open(browser: Any, served: tuple[App, Path], tmp_path: Path, which: str):
    def check(app: App) -> None:
        with window(browser, app.address) as page:
            for name in every_page(page):
                unfold_all(page)
                looked(page, name)

    if which == "example":
        check(served[0])
        return
    with serving(tmp_path, str(new("Willebroek", tmp_path).folder)) as app:
        check(app)


@pytest.mark.browser
def test_the_choice_of_a_dossier(browser: Any, tmp_path: Path):
    new("Mechelen", tmp_path)
    ask = lambda page: page.get_by_label("Gemeente of NIS-code")  # noqa: E731
    with serving(tmp_path) as app, window(browser, app.address, ask) as page:
        looked(page, "chooser")
