"""`memokit app` as a council uses it, and what the server refuses: a server of its own for each test file."""

from __future__ import annotations

import csv
import http.client
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from memokit.dossier import new, open_dossier
from tests import layouts_bbc

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = [f"--disable-{what}" for what in ("gpu", "quic", "background-networking", "component-update", "sync")]
FLAGS += ["--no-sandbox", "--no-first-run"]
EXAMPLE = Path(__file__).parents[1] / "data" / "examples" / "voorbeeldstad"
LOCAL = re.compile(r"(http|ws)://127\.0\.0\.1:\d+/|data:|blob:|about:")


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


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[App, Path]]:
    folder = tmp_path_factory.mktemp("raad")
    dossier = Path(shutil.copytree(EXAMPLE, folder / "voorbeeldstad"))
    app = App(folder, str(dossier))
    app.ask("/")
    yield app, dossier
    app.stop()


# -- what the server refuses --------------------------------------------------------------------------------

KERNEL = "00000000-0000-0000-0000-000000000000"
CHANNEL = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13",
           "Sec-WebSocket-Key": "x3JJHMbDL1EzLkh9GBhXDw=="}  # fmt: skip
DOORS = ["/", "/voila/static/voila.js", f"/api/kernels/{KERNEL}", f"/api/kernels/{KERNEL}/channels",
         "/voila/templates/lab/static/index.css", "/voila/labextensions/anywidget/package.json",
         "/voila/files/memokit.ipynb", "/login", f"/voila/query/{KERNEL}", "/voila/api/themes/x",
         f"/voila/api/shutdown/{KERNEL}", "/nergens"]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("path", DOORS)
def test_without_the_key_nothing(served: tuple[App, Path], path: str):
    app, _ = served
    for key in ("", "?token=", "?token=fout"):
        status, body = app.ask(path + key)
        assert status == 403 and "Traceback" not in body
    assert app.ask(path, **CHANNEL)[0] == 403
    assert app.ask(path, "POST")[0] == 403


@pytest.mark.slow
def test_with_the_key_only_the_page(served: tuple[App, Path]):
    app, _ = served
    assert app.ask("/voila/static/voila.js?token=geheim")[0] == 200
    for path in ("/api/contents", "/api/kernels", "/api/sessions", "/api/terminals", "/terminals/1", "/lab",
                 "/tree", "/voila/files/memokit.ipynb", "/voila/files/x.png", "/voila/tree", "/login",
                 "/voila/api/contents", "/api/me", "/api/status", "/files/x"):  # fmt: skip
        status, body = app.ask(f"{path}?token=geheim")
        assert status == 404 and "Traceback" not in body, path
    status, body = app.ask(f"/api/kernels/{KERNEL}?token=geheim")
    assert status == 404 and "Traceback" not in body


@pytest.mark.slow
@pytest.mark.parametrize(
    "headers", [{"Host": "evil.example"}, {"Origin": "http://evil.example"}, {"Origin": "null"}]
)
def test_only_from_this_machine_and_this_page(served: tuple[App, Path], headers: dict[str, str]):
    app, _ = served
    assert app.ask("/?token=geheim", **headers)[0] == 403
    assert app.ask(f"/api/kernels/{KERNEL}/channels?token=geheim", **CHANNEL, **headers)[0] == 403


@pytest.mark.slow
def test_a_wrong_folder_is_said_in_words(tmp_path: Path):
    done = subprocess.run(
        [sys.executable, "-m", "memokit", "app", str(tmp_path)], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 1 and "Traceback" not in done.stderr and "dossier" in done.stderr


# -- in a browser -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        launched = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture
def page(browser, served):
    app, _ = served
    opened = browser.new_page(viewport={"width": 1366, "height": 768})
    opened.set_default_timeout(60_000)
    opened.asked = []
    opened.on("request", lambda request: opened.asked.append(request.url))
    opened.goto(app.address)
    opened.get_by_role("tab", name="Start").wait_for()
    yield opened
    assert not [url for url in opened.asked if not LOCAL.match(url)], "a request left this machine"
    opened.close()


def judged(dossier: Path) -> dict[str, str]:
    text = (dossier / "beoordelingen.csv").read_text("utf-8-sig")
    table = csv.DictReader(text.splitlines(), delimiter=";")
    return {row["actie"]: row["stand_van_zaken"] for row in table if row["beoordelaar"] == "raad"}


@pytest.mark.browser
def test_from_judging_an_action_to_the_pdf(page, served):
    _, dossier = served
    assert page.title() == "memokit"
    assert page.locator("html").get_attribute("lang") == "nl"
    assert page.locator("h1").count() == 1
    tabs = page.get_by_role("tab").all_inner_texts()
    assert tabs == ["Start", "Cijfers en bronnen", "Acties", "Vragenlijst", "Dank en werk", "Onze tekst"]

    page.get_by_role("tab", name="Acties").click()
    page.get_by_label("Vaste regeling voor noodhulp").check()
    page.get_by_role("heading", name="Vaste regeling voor noodhulp").wait_for()
    page.get_by_label("Stand van zaken", exact=True).select_option("deels gerealiseerd")
    page.get_by_text(re.compile(r"bewaard om \d\d:\d\d")).wait_for()
    assert judged(dossier)["AC-4.2.3"] == "deels gerealiseerd"

    page.get_by_role("tab", name="Onze tekst").click()
    page.frame_locator("iframe").get_by_role("heading", level=1).wait_for()
    page.get_by_role("button", name="Maak PDF").click()
    page.get_by_role("link", name="Haal evaluatie.pdf op").wait_for()
    assert (dossier / "resultaten" / "evaluatie.pdf").read_bytes()[:5] == b"%PDF-"
    with page.expect_download() as download:
        page.get_by_role("link", name="Haal evaluatie.pdf op").click()
    assert download.value.suggested_filename == "evaluatie.pdf"

    page.get_by_role("button", name="Maak de laatste wijziging ongedaan").click()
    page.get_by_role("tab", name="Acties").click()
    page.get_by_label("Vaste regeling voor noodhulp (in uitvoering)").wait_for()
    assert judged(dossier)["AC-4.2.3"] == "in uitvoering"


@pytest.mark.browser
def test_a_reload_shows_what_was_saved(page):
    page.get_by_role("tab", name="Acties").click()
    page.get_by_label("Eén zin", exact=True).fill("Getypt in de browser")
    page.get_by_label("Eén zin", exact=True).blur()
    page.get_by_text(re.compile(r"bewaard om")).wait_for()
    kernel = page.evaluate("JSON.parse(document.getElementById('jupyter-config-data').textContent).kernelId")
    page.reload()
    page.get_by_role("tab", name="Acties").click()
    page.get_by_label("Eén zin", exact=True).wait_for()
    assert page.get_by_label("Eén zin", exact=True).input_value() == "Getypt in de browser"
    gone = "id => fetch('/api/kernels/' + id).then(answer => answer.status === 404)"
    page.wait_for_function(gone, arg=kernel)  # the page that was left stopped its kernel


@pytest.mark.browser
def test_with_the_keyboard(page):
    page.get_by_role("tab", name="Start").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.get_by_label("Stand van zaken", exact=True).focus()
    style = "e => getComputedStyle(e).outlineStyle + getComputedStyle(e).outlineWidth"
    page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")
    assert page.get_by_label("Stand van zaken", exact=True).evaluate(style) == "solid3px"


@pytest.mark.browser
def test_without_the_key_no_page(browser, served):
    app, _ = served
    opened = browser.new_context().new_page()
    assert opened.goto(app.address.split("?")[0]).status == 403
    assert "sleutel" in opened.inner_text("body")
    opened.close()


@pytest.mark.browser
def test_a_downloaded_file_comes_in_and_an_action_is_chosen(browser, tmp_path):
    dossier = new("Willebroek", tmp_path)
    rows = [
        {"board": "Gemeente en OCMW Willebroek", "objective": "", "action_plan": "",
         "action": layouts_bbc.block(code, title), "amounts": {"2020,Uitgave": 18000}}
        for code, title in (("AC-1", "Ontwikkelingssamenwerking"), ("AC-2", "Riolering Dorpsstraat"))
    ]  # fmt: skip
    layouts_bbc.actions(dossier.folder / "inbox" / "plan.csv", rows, (2020,))
    app = App(tmp_path, str(dossier.folder))
    app.ask("/")
    opened = browser.new_page(viewport={"width": 1366, "height": 768})
    opened.set_default_timeout(60_000)
    opened.goto(app.address)
    opened.get_by_role("tab", name="Cijfers en bronnen").click()
    opened.get_by_role("button", name="Bekijk dit bestand").click()
    opened.get_by_text("Plan en acties: 2 erbij").wait_for()
    opened.get_by_role("button", name="Voeg toe aan het dossier").click()
    opened.get_by_role("button", name="Draai terug: plan.csv").wait_for()
    opened.get_by_role("tab", name="Acties").click()
    opened.get_by_role("button", name="Hoort erbij").click()
    opened.get_by_role("heading", name="Ontwikkelingssamenwerking").wait_for()
    opened.close()
    app.stop()
    saved = {item.code: item.solidarity for item in open_dossier(dossier.folder).plan}
    assert saved == {"AC-1": "yes", "AC-2": "no"}


@pytest.fixture
def nothing(tmp_path: Path) -> Iterator[App]:
    app = App(tmp_path)
    app.ask("/")
    yield app
    app.stop()


@pytest.mark.browser
def test_make_a_dossier_from_nothing(browser, nothing, tmp_path):
    opened = browser.new_page(viewport={"width": 1366, "height": 768})
    opened.set_default_timeout(60_000)
    opened.goto(nothing.address)
    opened.get_by_label("Gemeente of NIS-code").fill("Mechelen")
    make = opened.get_by_role("button", name="Maak een nieuw dossier")
    tab = opened.get_by_role("tab", name="Acties")
    from playwright.sync_api import TimeoutError as PlaywrightTimeout

    for _ in range(4):  # a click can overtake the name on its way to the kernel: the page then asks for it
        make.click()
        try:
            tab.wait_for(timeout=15_000)
            break
        except PlaywrightTimeout:
            continue
    tab.click()
    opened.get_by_label("Code", exact=True).fill("AC-1")
    opened.get_by_label("Titel uit het plan").fill("Steun aan noodhulp")
    opened.get_by_role("button", name="Voeg de actie toe").click()
    opened.get_by_label("Stand van zaken", exact=True).select_option("in uitvoering")
    opened.get_by_role("status").filter(has_text="1 van 1 actie bekeken").wait_for()
    opened.get_by_role("tab", name="Onze tekst").click()
    opened.get_by_role("button", name="Maak PDF").click()
    opened.get_by_role("link", name="Haal evaluatie.pdf op").wait_for()
    assert (tmp_path / "dossier-mechelen-2024" / "resultaten" / "evaluatie.pdf").is_file()
    opened.close()
