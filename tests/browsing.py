"""What every browser test shares: a served page, a browser, a window, and hands with only a keyboard."""

from __future__ import annotations

import http.client
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = [f"--disable-{what}" for what in ("gpu", "quic", "background-networking", "component-update", "sync")]
FLAGS += ["--no-sandbox", "--no-first-run"]
EXAMPLE = Path(__file__).parents[1] / "data" / "examples" / "voorbeeldstad"
LOCAL = re.compile(r"(http|ws)://127\.0\.0\.1:\d+/|data:|blob:|about:")
PATIENCE = 90_000  # milliseconds; a page that is not there by then does not come
WIDE, NARROW = {"width": 1366, "height": 768}, {"width": 390, "height": 844}
TABS = ("Start", "Cijfers en bronnen", "Acties", "Vragenlijst", "Agenda 2030", "Dank en werk", "Onze tekst")


class App:
    """A running `memokit app`."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        command = [sys.executable, "-m", "memokit", "app", *arguments, "--no-browser", "--token", "geheim"]
        clean = {k: v for k, v in os.environ.items() if not k.startswith("MEMOKIT_")}
        self.process = subprocess.Popen(
            command, cwd=folder, env=clean, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        assert self.process.stdout is not None
        first = self.process.stdout.readline()
        self.address = re.search(r"http\S+", first)[0]
        self.host = urlsplit(self.address).netloc

    def ask(self, path: str, method: str = "GET", **headers: str) -> tuple[int, str]:
        """Return status and body of one request, after waiting until the server listens."""
        for _ in range(600):
            connection = http.client.HTTPConnection(self.host, timeout=60)
            try:
                connection.request(method, path, headers=headers)
                answer = connection.getresponse()
                return answer.status, answer.read().decode("utf-8", "replace")
            except ConnectionRefusedError:
                assert _still_runs(self.process), "the server stopped"
        raise AssertionError("the server does not listen")

    def kernel(self, page: Any) -> int:
        """Return the process of the kernel of a page."""
        given = "document.getElementById('jupyter-config-data').textContent"
        wanted = page.evaluate(f"JSON.parse({given}).kernelId")
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return next(int(pid) for pid in children if wanted in Path(f"/proc/{pid}/cmdline").read_text())

    def stop(self) -> None:
        """Stop the server."""
        self.process.terminate()
        self.process.wait(30)


def _still_runs(process: subprocess.Popen[str]) -> bool:
    """Wait a moment for a process to stop; tell whether it did not."""
    try:
        process.wait(0.1)
    except subprocess.TimeoutExpired:
        return True
    return False


@contextmanager
def serving(folder: Path, *arguments: str) -> Iterator[App]:
    """Serve the page as long as the block lasts."""
    app = App(folder, *arguments)
    try:
        app.ask("/")
        yield app
    finally:
        app.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A Chromium; closed after each file, because no other loop can run while it is there."""
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as play:
        launched = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[App, Path]]:
    """The page on a copy of the example, one for the whole file."""
    folder = tmp_path_factory.mktemp("raad")
    dossier = Path(shutil.copytree(EXAMPLE, folder / "voorbeeldstad"))
    with serving(folder, str(dossier)) as app:
        yield app, dossier


@pytest.fixture
def page(browser: Any, served: tuple[App, Path]) -> Iterator[Any]:
    """A window on the example, in a browser that has kept nothing."""
    with window(browser, served[0].address) as opened:
        yield opened


@contextmanager
def window(
    browser: Any, address: str, ready: Callable[[Any], Any] | None = None, **settings: Any
) -> Iterator[Any]:
    """Open the page in a browser with nothing kept, check that no request leaves this machine, and close it.

    Parameters
    ----------
    ready
        Gives what must be on the page; if not given, the first tab.
    settings
        Of the browser: `viewport`, ...
    """
    context = browser.new_context(**{"viewport": WIDE, **settings})
    context.set_default_timeout(PATIENCE)
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    page = context.new_page()
    page.goto(address)
    arrived(page, ready(page) if ready else page.get_by_role("tab", name="Start"))
    try:
        yield page
        assert not [url for url in asked if not LOCAL.match(url)], "a request left this machine"
    finally:
        for each in context.pages:
            each.goto("about:blank")  # the page stops its kernel only when it is left
        context.close()


def arrived(page: Any, mark: Any) -> None:
    """Wait for the page; where a window that is only just closed still has the dossier, take it over."""
    here = page.get_by_role("button", name="Hier verder werken")
    mark.or_(here).filter(visible=True).first.wait_for()
    if here.is_visible():
        here.click()
    mark.wait_for()


# -- what somebody with only a keyboard does ----------------------------------------------------------------

FOCUSED = """() => {
  const e = document.activeElement;
  const text = (node) => node.textContent.trim().replace(/\\s+/g, " ");
  const label = [...(e.labels ?? [])].map(text).join(" ");
  const by = e.getAttribute("aria-labelledby");
  const named = by && document.getElementById(by) ? text(document.getElementById(by)) : "";
  return e.getAttribute("aria-label") || named || label || text(e).slice(0, 200);
}"""


def focused(page: Any) -> str:
    """Return the name of what has the focus."""
    return str(page.evaluate(FOCUSED))


def walk(page: Any, name: str, key: str = "Tab", most: int = 400) -> None:
    """Press Tab until something has the focus whose name begins so."""
    seen: list[str] = []
    for _ in range(most):
        page.keyboard.press(key)
        seen.append(focused(page))
        if seen[-1].startswith(name):
            return
    raise AssertionError(f"the keyboard never comes to “{name}”, only to {list(dict.fromkeys(seen))}")


def back(page: Any, name: str) -> None:
    """The same, but backwards."""
    walk(page, name, "Shift+Tab")


def press(page: Any, name: str) -> None:
    """Walk to a button and press it."""
    walk(page, name)
    page.keyboard.press("Enter")


def unfold(page: Any, name: str) -> None:
    """Walk to a closed part and open it."""
    press(page, f"▸ {name}")
    page.wait_for_function("document.activeElement.textContent.startsWith('▾')")


def unfold_all(page: Any) -> None:
    """Open every closed part of the page in sight, also those inside others.

    With a key: a click right after scrolling can end in the preview, which is a process of its own.
    """
    page.locator(".memo-tabs .memo-view").filter(visible=True).first.wait_for()
    closed = page.locator(".memo-toggle").filter(visible=True, has_text="▸")
    while closed.count():
        part = closed.first.element_handle()
        part.press("Enter")
        page.wait_for_function("part => part.textContent.startsWith('▾')", arg=part)


def write(page: Any, name: str, text: str) -> None:
    """Walk to a field and type in it."""
    walk(page, name)
    page.keyboard.type(text)


def choose(page: Any, name: str, label: str) -> None:
    """Walk to a list and type the beginning of what is wanted."""
    walk(page, name)
    page.keyboard.type(label)
    chosen = "label => document.activeElement.selectedOptions[0].text.toLowerCase().startsWith(label)"
    page.wait_for_function(chosen, arg=label.lower())


def turn(page: Any, name: str) -> None:
    """Go to another tab of the page with the arrows, as a screen reader says it."""
    bar = "document.activeElement.closest('[role=tablist]') !== null"
    page.keyboard.press("Control+Home")
    for _ in range(400):
        if page.evaluate(bar):
            break
        page.keyboard.press("Shift+Tab")
    for _ in range(2 * len(TABS)):
        if focused(page) == name:
            break
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.get_by_role("tab", name=name, selected=True).wait_for()


def at_rest(page: Any) -> None:
    """Wait until nothing is on its way and nothing is kept in the browser."""
    page.wait_for_function("Object.keys(localStorage).every(key => !key.startsWith('memokit '))")
