"""How quick the page is: ready cold and preheated, N rows beside plain widgets, edit to saved, memory;
edit to saved and memory while every file is made; and a what-if with 1,000 replications, from key to answer.

`python benchmarks/bench_app.py [ROWS] [TURNS]`: if not given, 100 rows and 5 turns. Needs Chromium and Linux.
The peer shows the same rows with plain ipywidgets, one for each field, in the same server and the same run.
Prints numbers; it is no test.
"""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from memokit.dossier import new

EXAMPLE = Path(__file__).parents[1] / "data" / "examples" / "voorbeeldstad"
SERVE = """
import sys
from pathlib import Path
from memokit.app import session
from memokit.app.server import Server
session.prepare(Path(sys.argv[1]))
server = Server(token="geheim", port=session.free_port(), open_browser=False)
server.initialize([sys.argv[2]])
print(server.address, flush=True)
server.start()
"""
VIEW = """
from memokit.app import pages
from memokit.app.forms import Row, Table
from memokit.records import Assessment

NAMES = "status", "line", "sources", "reason", "relevance"


class View:
    def __init__(self, state):
        self.state = state
        self.table = Table(state, Assessment, NAMES, lambda _, after: state.put(after), "Acties")
        self.widget = self.table.widget
        state.listen(self.refresh)
        self.refresh()

    def refresh(self):
        judged = [Assessment(action=f"AC-{{n}}", judge="raad") for n in range({rows})]
        saved = {{each.id: each for each in self.state.now.assessments}}
        self.table.show([Row(f"Actie {{each.action}}", saved.get(each.id, each)) for each in judged])


pages.VIEWS["bench"] = View
pages.single("bench")
"""
PEER = """
import ipywidgets as W
from memokit.app import pages
from memokit.app.forms import Form
from memokit.records import Assessment


class View:
    def __init__(self, state):
        columns = [Form(state, Assessment, (), print)._column(name) for name in (
            "status", "line", "sources", "reason", "relevance")]
        made = {{"area": W.Textarea, "sources": W.SelectMultiple, "choice": W.Dropdown}}
        rows = []
        for n in range({rows}):
            row = []
            for each in columns:
                rest = {{"options": each["options"]}} if each["kind"] in ("choice", "sources") else {{}}
                row.append(made[each["kind"]](description=each["title"], **rest))
            rows.append(W.HBox(row))
        end = W.HTML("<p class='memo-grid'>klaar</p>")
        self.widget = W.VBox([*rows, end])


pages.VIEWS["bench"] = View
pages.single("bench")
"""
SAVED = """field => new Promise(done => {
  const state = field.closest('td, .memo-field').querySelector('.memo-state');
  const start = performance.now();
  const watch = new MutationObserver(() => {
    if (state.textContent === 'bewaard') { watch.disconnect(); done(performance.now() - start); }
  });
  watch.observe(state, {childList: true, characterData: true, subtree: true});
  field.focus();
  field.value += 'x';
  field.dispatchEvent(new Event('input', {bubbles: true}));
})"""


ANSWERED = """way => new Promise(done => {
  const place = document.querySelector('.memo-places'), start = performance.now();
  const select = [...document.querySelectorAll('select')].find(
    each => each.offsetParent && [...each.options].some(option => option.text.startsWith('lager')));
  const watch = new MutationObserver(() => { watch.disconnect(); done(performance.now() - start); });
  watch.observe(place, {childList: true, characterData: true, subtree: true});
  select.selectedIndex = [...select.options].findIndex(
    option => option.text.startsWith(way === 'lower' ? 'lager' : 'hoger'));
  select.dispatchEvent(new Event('change', {bubbles: true}));
})"""


class Served:
    """A server with one notebook, over a copy of the example."""

    def __init__(self, folder: Path, source: str, town: str = "") -> None:
        if town:
            folder.mkdir(exist_ok=True)
            self.dossier = new(town, folder).folder
        else:
            self.dossier = Path(shutil.copytree(EXAMPLE, folder / "voorbeeldstad", dirs_exist_ok=True))
        notebook = folder / "bench.ipynb"
        cell = {"cell_type": "code", "execution_count": None, "id": "p", "metadata": {}, "outputs": [],
                "source": source}  # fmt: skip
        spec = {"display_name": "Python 3", "language": "python", "name": "python3"}
        book = {"cells": [cell], "metadata": {"kernelspec": spec}, "nbformat": 4, "nbformat_minor": 5}
        notebook.write_text(json.dumps(book))
        self.process = subprocess.Popen(
            [sys.executable, "-c", SERVE, self.dossier, notebook],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        assert self.process.stdout is not None
        self.address = self.process.stdout.readline().strip()
        while not self._listens():
            time.sleep(0.05)

    def _listens(self) -> bool:
        try:
            urllib.request.urlopen(self.address.replace("/?", "/voila/static/voila.js?"), timeout=60).close()
        except urllib.error.URLError:
            return False
        return True

    def megabytes(self) -> dict[str, float]:
        """Return the memory of the server, of each kernel and of its workers, shared pages divided."""
        found = {"server": _pss(str(self.process.pid))}
        for kernel in _children(str(self.process.pid)):
            found[f"kernel {kernel}"] = _pss(kernel)
            for each in _children(kernel):
                found[f"worker {each}"] = _pss(each)
        return found

    def stop(self) -> None:
        """Stop the server."""
        self.process.terminate()
        self.process.wait(30)


def _children(pid: str) -> list[str]:
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()


def _pss(pid: str) -> float:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):  # it ended meanwhile
        return 0.0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0) / 1000


def ready(browser: Any, address: str, mark: str) -> tuple[float, Any]:
    """Return the seconds from address to usable page, and the page."""
    page = browser.new_context(viewport={"width": 1366, "height": 768}).new_page()
    page.set_default_timeout(120_000)
    start = time.perf_counter()
    page.goto(address)
    here = page.get_by_role("button", name="Hier verder werken")
    page.locator(mark).or_(here).filter(visible=True).first.wait_for()
    if here.is_visible():
        here.click()
        page.locator(mark).first.wait_for()
    return time.perf_counter() - start, page


def leave(page: Any) -> None:
    """Close a page as a person does, so that its kernel stops; then give the pool time to fill again."""
    page.goto("about:blank")
    page.context.close()
    time.sleep(12)


def main(rows: int = 100, turns: int = 5) -> None:
    """Measure and print."""
    from playwright.sync_api import sync_playwright

    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    with sync_playwright() as play, tempfile.TemporaryDirectory() as folder:
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        whole = (Path(__file__).parents[1] / "notebooks" / "memokit.ipynb").read_text("utf-8")
        page_of = "".join(json.loads(whole)["cells"][0]["source"])
        first(browser, Path(folder, "heel"), page_of, turns)
        floor = long(browser, Path(folder, "rij"), VIEW.format(rows=1), 0, turns)
        ours = long(browser, Path(folder, "tabel"), VIEW.format(rows=rows), rows, turns)
        peer = long(browser, Path(folder, "los"), PEER.format(rows=rows), 0, turns)
        print(f"{rows} rows x 5 fields: ready in {ours:.2f} s, {ours - floor:.2f} s more than one row")
        print(f"plain widgets: {peer:.2f} s, {peer - floor:.2f} s more ({peer / ours:.1f} x)")
        at_work(browser, Path(folder, "werk"), page_of, turns)
        what_if(browser, Path(folder, "wat-als"), page_of, turns)
        browser.close()


def first(browser: Any, folder: Path, source: str, turns: int) -> None:
    """Measure the whole page."""
    app = Served(folder, source)
    time.sleep(12)
    warm, cold = [], []
    for _ in range(turns):
        seconds, page = ready(browser, app.address, ".memo-top")
        again, other = ready(browser, app.address, ".memo-top")  # at once: the pool is empty
        warm.append(seconds)
        cold.append(again)
        memory = app.megabytes()
        other.goto("about:blank")
        other.context.close()
        leave(page)
    print(f"page ready: preheated {statistics.median(warm):.2f} s, cold {statistics.median(cold):.2f} s")
    print("memory (MB): " + ", ".join(f"{name} {size:.0f}" for name, size in memory.items()))
    app.stop()


def long(browser: Any, folder: Path, source: str, rows: int, turns: int) -> float:
    """Measure the table, and the time from a key to `bewaard`; return the median seconds to ready."""
    app = Served(folder, source)
    time.sleep(12)
    times, edits = [], []
    for _ in range(turns):
        seconds, page = ready(browser, app.address, ".memo-grid")
        times.append(seconds)
        if rows:
            for n in range(5):
                field = page.locator(".memo-grid textarea").nth(n)
                edits.append(field.evaluate(SAVED))
                page.wait_for_timeout(500)
        leave(page)
    if rows:
        middle, worst = statistics.median(edits), max(edits)
        print(f"edit to saved: median {middle:.0f} ms, worst {worst:.0f} ms; 150 of it waits for a next key")
    app.stop()
    return statistics.median(times)


def at_work(browser: Any, folder: Path, source: str, turns: int) -> None:
    """Measure the time from a key to `bewaard` at rest and while every file is made, and the memory then."""
    app = Served(folder, source)
    time.sleep(12)
    _, page = ready(browser, app.address, ".memo-top")
    tabs = {name: page.get_by_role("tab", name=name, exact=True) for name in ("Acties", "Onze tekst")}
    tabs["Onze tekst"].click()
    page.get_by_role("button", name="Bewaren en delen").press("Enter")
    tabs["Acties"].click()
    field = page.get_by_label("Eén zin", exact=True)
    field.wait_for()
    rest, busy, most = [], [], {}
    for _ in range(5 * turns):
        rest.append(field.evaluate(SAVED))
        page.wait_for_timeout(300)
    alone = app.megabytes()
    while len(busy) < 5 * turns:
        tabs["Onze tekst"].click()
        page.get_by_role("button", name="Maak alle bestanden").press("Enter")
        page.locator(".memo-busy").get_by_text("Bestand").wait_for()
        tabs["Acties"].click()
        while page.locator(".memo-busy").inner_text().strip():
            busy.append(field.evaluate(SAVED))
            now = app.megabytes()
            most = now if sum(now.values()) > sum(most.values()) else most
            page.wait_for_timeout(100)
    print("the whole page, edit to saved (ms): " + _times("at rest", rest) + "; " + _times("exporting", busy))
    for name, memory in (("at rest", alone), ("exporting", most)):
        said = ", ".join(f"{who} {size:.0f}" for who, size in memory.items())
        print(f"memory {name} (MB): {said}")
    leave(page)
    app.stop()


def _times(name: str, times: list[float]) -> str:
    return f"{name} median {statistics.median(times):.0f}, worst {max(times):.0f} of {len(times)}"


def what_if(browser: Any, folder: Path, source: str, turns: int) -> None:
    """Measure the time from another choice on the page Vergelijken to the place that follows from it."""
    app = Served(folder, source, "Mechelen")
    time.sleep(12)
    _, page = ready(browser, app.address, ".memo-top")
    page.get_by_role("tab", name="Cijfers en bronnen").click()
    page.get_by_role("button", name="Vergelijken (extra) tonen").click()
    way = page.get_by_label("Wat is beter?").first
    way.wait_for()
    times = []
    for n in range(2 * turns + 1):
        times.append(page.evaluate(ANSWERED, "lower" if n % 2 else "higher") / 1000)
        page.wait_for_timeout(300)
    begin, again = times[0], times[1:]
    print(f"what-if, 1,000 replications: first {begin:.2f} s, then median {statistics.median(again):.2f} s, "
          f"worst {max(again):.2f} s")  # fmt: skip
    leave(page)
    app.stop()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
