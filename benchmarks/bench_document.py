"""One document into HTML, PDF and Word, and fifty in one process; beside what others use, in the same run.

Run alone: `python benchmarks/bench_document.py`. Prints numbers and ratios; it is no test. Every document
differs in every sentence, because Typst remembers what it has set before.
"""

from __future__ import annotations

import importlib.util
import platform
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import psutil

from memokit.document import Document, Figure, Length, Paragraph, Run, Table
from memokit.evaluation import evaluate
from memokit.writers import data, docx, html, pdf

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "data" / "examples" / "voorbeeldstad"
RUNS, MANY = 7, 50
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def other(document: Document, number: int) -> Document:
    """Return the same document with a number in every paragraph and every first cell."""
    mark = Run(f" ({number})")

    def changed(block: Any) -> Any:
        if isinstance(block, Paragraph):
            return replace(block, text=(*block.text, mark))
        if isinstance(block, Table):
            return replace(block, rows=tuple(((*row[0], mark), *row[1:]) for row in block.rows))
        if isinstance(block, Figure):
            return replace(block, message=f"{block.message} ({number})")
        return block

    return replace(document, blocks=tuple(map(changed, document.blocks)))


def median(write: Callable[[Document], Any], documents: Iterator[Document], runs: int = RUNS) -> float:
    """Return the median of the seconds, after one that warms up."""
    found = []
    for turn in range(runs + 1):
        document = next(documents)
        start = time.perf_counter()
        write(document)
        if turn:
            found.append(time.perf_counter() - start)
    return statistics.median(found)


def line(name: str, value: float, limit: float, unit: str) -> None:
    """Print one figure beside its limit."""
    verdict = "ok" if value <= limit else "TOO MUCH"
    print(f"{name:<52} {value:8.3f} {unit:<3} limit {limit:g} {unit:<3} {verdict}")


def peers(documents: Iterator[Document], own: float) -> None:
    """Print what others need for the same page, and how many times as long that is."""

    def told(name: str, seconds: float) -> None:
        print(f"{name:<52} {seconds:8.3f} s   {seconds / own:5.1f} × memokit's PDF")

    if CHROMIUM and importlib.util.find_spec("playwright"):
        from playwright.sync_api import sync_playwright

        with sync_playwright() as play, tempfile.TemporaryDirectory() as folder:
            browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
            path = Path(folder) / "x.html"

            def webpdf(document: Document) -> None:
                path.write_text(html.page(document), "utf-8")
                tab = browser.new_page()
                tab.goto(path.as_uri())
                tab.pdf(prefer_css_page_size=True, tagged=True, outline=True)
                tab.close()

            told("nbconvert webpdf's way: a browser kept open", median(webpdf, documents))
            browser.close()
    else:
        print("nbconvert webpdf: not installed (no Chromium or no playwright)")
    if importlib.util.find_spec("weasyprint"):
        import weasyprint

        def woven(document: Document) -> None:
            weasyprint.HTML(string=html.page(document)).write_pdf(pdf_variant="pdf/ua-1")

        told("WeasyPrint, PDF/UA-1", median(woven, documents, 3))
    else:
        print("WeasyPrint: not installed")
    if importlib.util.find_spec("papermill"):
        told("papermill + nbconvert, one cell, to HTML", median(lambda _: papermill(), documents, 2))
    else:
        print("papermill: not installed")
    told("nbclient + nbconvert, one cell, to HTML", median(lambda _: notebook(), documents, 2))


def _book() -> Any:
    from nbformat import v4

    code = f"import memokit\nmemokit.evaluate({str(EXAMPLE)!r}).document.meta.title"
    return v4.new_notebook(cells=[v4.new_code_cell(code)])


def notebook() -> None:
    """Run a notebook in a kernel of its own and make HTML of it."""
    from nbclient import NotebookClient
    from nbconvert import HTMLExporter

    book = _book()
    NotebookClient(book, kernel_name="python3").execute()
    HTMLExporter().from_notebook_node(book)


def papermill() -> None:
    """The same with papermill."""
    import nbformat
    import papermill
    from nbconvert import HTMLExporter

    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "a.ipynb", Path(folder) / "b.ipynb"
        nbformat.write(_book(), source)
        papermill.execute_notebook(source, target, kernel_name="python3", progress_bar=False)
        HTMLExporter().from_filename(str(target))


def main() -> None:
    """Measure and print."""
    machine = f"Python {platform.python_version()}, {platform.system()}, load {psutil.getloadavg()[0]:.1f}"
    print(f"{machine}; medians of {RUNS} after a warm-up")
    whole = evaluate(EXAMPLE).document
    picked = {length: whole.select(length) for length in ("normal", "full", "page")}
    numbers = iter(range(10_000))
    own = 0.0
    length: Length
    for length in ("normal", "full", "page"):  # type: ignore[assignment]
        documents = (other(picked[length], number) for number in numbers)
        limits = (0.1, 0.3, 0.3) if length == "normal" else (0.3, 2.0, 0.9)
        forms: tuple[tuple[str, Callable[[Document], Any]], ...] = (
            ("HTML", partial(html.page, length=length)),
            ("PDF", partial(pdf.pdf, length=length)),
            ("Word", docx.docx),
        )
        for (name, write), limit in zip(forms, limits, strict=True):
            seconds = median(write, documents)
            own = seconds if (name, length) == ("PDF", "normal") else own
            line(f"{length}: {name}", seconds, limit, "s")
        one = picked[length]
        line(f"{length}: size of HTML", len(html.page(one, length=length).encode()) / 1000, 300, "kB")
        line(f"{length}: size of PDF", len(pdf.pdf(one, length=length)) / 1000, 500, "kB")
    documents = (other(picked["normal"], number) for number in numbers)
    seconds = median(lambda d: (data.markdown(d), data.json_text(d, {})), documents)
    line("normal: Markdown and JSON", seconds, 0.1, "s")
    fifty(picked["full"])
    peers(documents, own)


def fifty(document: Document) -> None:
    """Print what fifty different documents in the three forms cost in one process."""
    start, highest = time.perf_counter(), 0.0
    for number in range(MANY):
        one = other(document, 20_000 + number)
        for write in (html.page, pdf.pdf, docx.docx):
            write(one)  # type: ignore[operator]
        highest = max(highest, psutil.Process().memory_info().rss / 1e6)
    took = time.perf_counter() - start
    line(f"{MANY} different documents, full, three forms", took / MANY, 2.0, "s")
    line(f"{MANY} different documents: memory", highest, 550, "MB")


if __name__ == "__main__":
    sys.exit(main())
