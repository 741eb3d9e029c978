"""`memokit app` as a council uses it, and what the server refuses: a server of its own for each test file."""

from __future__ import annotations

import csv
import re
import subprocess
import sys
from pathlib import Path

import pytest

from memokit.dossier import new, open_dossier
from tests import browsing, layouts_bbc
from tests.browsing import TABS, App, at_rest, serving, turn, window

browser, page, served = browsing.browser, browsing.page, browsing.served


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


def judged(dossier: Path) -> dict[str, str]:
    text = (dossier / "beoordelingen.csv").read_text("utf-8-sig")
    table = csv.DictReader(text.splitlines(), delimiter=";")
    return {row["actie"]: row["stand_van_zaken"] for row in table if row["beoordelaar"] == "raad"}


@pytest.mark.browser
def test_from_judging_an_action_to_the_pdf(page, served):
    _, dossier = served
    assert page.title() == "memokit"
    assert page.locator("html").get_attribute("lang").startswith("nl")
    assert page.locator("h1").count() == 1
    assert tuple(page.get_by_role("tab").all_inner_texts()) == TABS

    page.get_by_role("tab", name="Acties").click()
    page.get_by_label("Vaste regeling voor noodhulp").check()
    page.get_by_role("heading", name="Vaste regeling voor noodhulp").wait_for()
    page.get_by_label("Stand van zaken", exact=True).select_option("deels gerealiseerd")
    page.get_by_text(re.compile(r"bewaard om \d\d:\d\d")).wait_for()
    assert judged(dossier)["AC-4.2.3"] == "deels gerealiseerd"

    page.get_by_role("tab", name="Onze tekst").click()
    page.frame_locator("iframe").get_by_role("heading", level=1).wait_for()
    page.get_by_role("button", name="Bewaren en delen").press("Enter")
    page.get_by_role("button", name="Maak PDF").press("Enter")
    page.get_by_role("link", name="Haal evaluatie.pdf op").wait_for()
    assert (dossier / "resultaten" / "evaluatie.pdf").read_bytes()[:5] == b"%PDF-"
    with page.expect_download() as download:
        page.get_by_role("link", name="Haal evaluatie.pdf op").press("Enter")
    assert download.value.suggested_filename == "evaluatie.pdf"

    page.get_by_role("button", name="Maak de laatste wijziging ongedaan").click()
    page.get_by_role("tab", name="Acties").click()
    page.get_by_label("Vaste regeling voor noodhulp (in uitvoering)").wait_for()
    assert judged(dossier)["AC-4.2.3"] == "in uitvoering"


@pytest.mark.browser
def test_a_page_that_is_left_stops_its_kernel(page):
    kernel = page.evaluate("JSON.parse(document.getElementById('jupyter-config-data').textContent).kernelId")
    page.reload()
    page.get_by_role("tab", name="Start").wait_for()
    gone = "id => fetch('/api/kernels/' + id).then(answer => answer.status === 404)"
    page.wait_for_function(gone, arg=kernel)


@pytest.mark.browser
def test_the_focus_is_seen(page):
    turn(page, "Acties")
    page.get_by_label("Stand van zaken", exact=True).focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")
    style = "getComputedStyle(document.activeElement)"
    assert page.evaluate(f"{style}.outlineStyle + {style}.outlineWidth") == "solid3px"


@pytest.mark.browser
def test_without_the_key_no_page(browser, served):
    app, _ = served
    opened = browser.new_context().new_page()
    assert opened.goto(app.address.split("?")[0]).status == 403
    assert "sleutel" in opened.inner_text("body")
    opened.close()


@pytest.mark.browser
def test_the_policy_lets_nothing_out(browser, served):
    app, _ = served
    context = browser.new_context()
    opened = context.new_page()
    answer = opened.goto(app.address)
    policy = answer.headers["content-security-policy"]
    assert "default-src 'self'" in policy and "connect-src 'self' ws://127.0.0.1" in policy
    sent = "fetch('http://example.org/').then(() => 'sent', () => 'blocked')"
    assert opened.evaluate(sent) == "blocked"
    heard = "new Promise(done => { document.onsecuritypolicyviolation = e => done(e.blockedURI); "
    heard += "new Image().src = 'http://example.org/x.png'; })"
    assert opened.evaluate(heard).startswith("http://example.org")
    opened.goto("about:blank")
    context.close()


@pytest.mark.browser
def test_a_downloaded_file_comes_in_and_an_action_is_chosen(browser, tmp_path):
    dossier = new("Willebroek", tmp_path)
    rows = [
        {"board": "Gemeente en OCMW Willebroek", "objective": "", "action_plan": "",
         "action": layouts_bbc.block(code, title), "amounts": {"2020,Uitgave": 18000}}
        for code, title in (("AC-1", "Ontwikkelingssamenwerking"), ("AC-2", "Riolering Dorpsstraat"))
    ]  # fmt: skip
    plan = layouts_bbc.actions(tmp_path / "plan.csv", rows, (2020,))
    huge = tmp_path / "alles.csv"
    with huge.open("wb") as file:
        file.truncate(300_000_000)
    with serving(tmp_path, str(dossier.folder)) as app, window(browser, app.address) as page:
        page.get_by_role("tab", name="Cijfers en bronnen").click()
        drop = page.get_by_label("Kies een bestand")
        drop.set_input_files(huge)
        page.get_by_text("alles.csv is 300 MB. Meer dan").wait_for()
        page.get_by_text("Er is niets ingelezen.").wait_for()
        assert not list((dossier.folder / "inbox").glob("alles*"))
        drop.set_input_files(plan)
        page.get_by_text("Plan en acties: 2 erbij").wait_for()
        page.get_by_role("button", name="Voeg toe aan het dossier").click()
        page.get_by_role("button", name="Draai terug: plan.csv").wait_for()
        page.get_by_role("tab", name="Acties").click()
        page.get_by_role("button", name="Hoort erbij: AC-1").click()
        page.get_by_role("heading", name="Ontwikkelingssamenwerking").wait_for()
        at_rest(page)
    saved = {item.code: item.solidarity for item in open_dossier(dossier.folder).plan}
    assert saved == {"AC-1": "yes", "AC-2": "no"}
