"""All municipalities at once: the same bytes however it was done, resumed, and no failure that spreads."""

from __future__ import annotations

import csv
import io
import os
import re
import shutil
import sys
from concurrent.futures import BrokenExecutor, ThreadPoolExecutor
from html.parser import HTMLParser
from pathlib import Path

import pytest
from click.testing import CliRunner

import memokit
from memokit import batch, cli, cli_batch
from memokit.batch import chosen, make, run
from memokit.evaluation import render
from memokit.indexing import COLUMNS, ORDERS, Entry, pages, stem_of, table
from memokit.problems import MemokitError, Problem
from memokit.spreading import cluster, in_processes, spread
from memokit.terms import Term
from memokit.territory import find, municipalities

TERM = Term(2024)
TOWNS = [find(name, 2019) for name in ("Borsbeek", "De Haan", "Mechelen")]
MECHELEN = TOWNS[2]
VOID = {"meta", "path", "polygon", "polyline", "circle", "br", "link"}


def contents(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three municipalities, made here one after another."""
    out = tmp_path_factory.mktemp("batch") / "first"
    assert run(out, TOWNS, TERM).made == tuple(town.label for town in TOWNS)
    return out


@pytest.fixture
def done(first: Path, tmp_path: Path) -> Path:
    """A copy of them, to change at will."""
    return Path(shutil.copytree(first, tmp_path / "done"))


# -- the same bytes -----------------------------------------------------------------------------------------


def test_the_files(first: Path) -> None:
    stems = ("11007-borsbeek", "12025-mechelen", "35029-de-haan")
    made = {f"gemeenten/{stem}{form}" for stem in stems for form in (".html", ".pdf")}
    assert set(contents(first)) == made | {"batch.jsonl", "cijfers.csv", *ORDERS}
    alone = render(memokit.evaluate("Mechelen"), ".html", "normal")
    assert (first / "gemeenten" / "12025-mechelen.html").read_bytes() == alone


def test_two_workers_give_the_same_bytes(first: Path, tmp_path: Path) -> None:
    told: list[int] = []
    report = run(tmp_path / "two", reversed(TOWNS), TERM, workers=2, tell=told.append)
    assert not report.failed and told == [0, 1, 1, 1]
    assert contents(tmp_path / "two") == contents(first)


def test_any_executor_gives_the_same_bytes(first: Path, tmp_path: Path) -> None:
    with ThreadPoolExecutor(1) as executor:
        run(tmp_path / "threads", TOWNS, TERM, executor)
    assert contents(tmp_path / "threads") == contents(first)


@pytest.mark.slow
def test_a_cluster_gives_the_same_bytes(first: Path, tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed", reason="distributed absent")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None, local_directory=tmp_path
    ) as local, cluster(local.scheduler_address) as executor:
        assert not run(tmp_path / "cluster", TOWNS, TERM, executor).failed
    assert contents(tmp_path / "cluster") == contents(first)


def test_a_folder_of_that_name_is_no_municipality(
    voorbeeldstad: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a council wrote never slips into a batch on public facts."""
    voorbeeldstad.rename(tmp_path / MECHELEN.code)
    expected = make(MECHELEN, TERM)
    monkeypatch.chdir(tmp_path)
    assert memokit.evaluate(MECHELEN.code).measures.dossier is not None
    assert make(MECHELEN, TERM) == expected and not expected.problems


# -- stopped and resumed ------------------------------------------------------------------------------------


def test_what_is_there_is_not_made_again(done: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*args: object) -> batch.Made:
        raise AssertionError("made again")

    before = contents(done)
    monkeypatch.setattr(batch, "make", never)
    report = run(done, TOWNS, TERM)
    assert report.kept == tuple(town.label for town in TOWNS) and not report.made
    assert contents(done) == before


def test_a_missing_and_a_changed_file_are_mended(done: Path) -> None:
    before = contents(done)
    (done / "gemeenten" / "11007-borsbeek.pdf").unlink()
    with (done / "gemeenten" / "12025-mechelen.html").open("a") as file:
        file.write("<!-- mijn eigen regel -->")
    report = run(done, TOWNS, TERM)
    assert (report.made, report.kept) == (("11007 Borsbeek", "12025 Mechelen"), ("35029 De Haan",))
    assert contents(done) == before


def test_a_run_that_was_stopped_goes_on(first: Path, done: Path) -> None:
    """One line stands whole, one half, one is rubbish; no index was made yet."""
    lines = (done / batch.MANIFEST).read_text("utf-8").splitlines(keepends=True)
    (done / batch.MANIFEST).write_text(f'{lines[0]}{{"entry": 3}}\n[]\n{lines[1][:99]}', "utf-8", newline="")
    (done / "index.html").unlink()
    report = run(done, TOWNS, TERM)
    assert report.kept == ("11007 Borsbeek",) and len(report.made) == 2
    assert contents(done) == contents(first)


def test_stopped_by_hand_what_was_made_is_remembered(first: Path, tmp_path: Path) -> None:
    def impatient(n: int) -> None:
        if n:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(tmp_path, TOWNS, TERM, tell=impatient)
    assert not (tmp_path / "index.html").exists()
    assert run(tmp_path, TOWNS, TERM).kept == ("11007 Borsbeek",)
    assert contents(tmp_path) == contents(first)


def test_another_version_or_term_makes_all_again(done: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(run(done, TOWNS, Term(2024, until=2023)).made) == 3
    monkeypatch.setattr(batch, "made_with", lambda term: "another version")
    assert len(run(done, TOWNS, Term(2024, until=2023)).made) == 3


def test_a_smaller_batch_leaves_the_rest_for_later(done: Path) -> None:
    before = contents(done)
    run(done, [MECHELEN], TERM)
    assert "Borsbeek" not in (done / "index.html").read_text("utf-8")
    assert len(run(done, TOWNS, TERM).kept) == 3
    assert contents(done) == before


# -- failures -----------------------------------------------------------------------------------------------


def test_a_folder_in_the_way_stops_one_municipality_only(first: Path, tmp_path: Path) -> None:
    in_the_way = tmp_path / "gemeenten" / "12025-mechelen.pdf"
    (in_the_way / "iets").mkdir(parents=True)
    report = run(tmp_path, TOWNS, TERM)
    assert [(name, problem.code, problem.file) for name, (problem,) in report.failed.items()] == [
        ("12025 Mechelen", "cannot-write", "12025-mechelen.pdf")
    ]
    assert report.made == ("11007 Borsbeek", "35029 De Haan")
    index = (tmp_path / "index.html").read_text("utf-8")
    check(index)
    assert "12025 Mechelen</strong>: We kunnen 12025-mechelen.pdf niet bewaren." in index
    assert 'href="gemeenten/12025' not in index and str(tmp_path) not in index
    assert {row["municipality"] for row in rows(tmp_path)} == {"11007", "35029"}
    assert not [path for path in tmp_path.rglob(".*")], "no half file is left"

    shutil.rmtree(in_the_way)
    assert run(tmp_path, TOWNS, TERM).made == ("12025 Mechelen",)
    assert contents(tmp_path) == contents(first)


def test_a_file_where_the_folder_should_be(tmp_path: Path) -> None:
    (tmp_path / "gemeenten").write_text("")
    with pytest.raises(MemokitError) as refused:
        run(tmp_path, TOWNS, TERM)
    assert refused.value.problems[0].code == "cannot-write"


class Panic(BaseException):
    """What a crash inside Typst looks like."""


@pytest.mark.parametrize("error", [ValueError("x"), Panic(), MemokitError(Problem("disk-full"))])
def test_whatever_happens_is_told(error: BaseException, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object) -> bytes:
        raise error

    monkeypatch.setattr(batch, "render", fail)
    made = make(MECHELEN, TERM)
    (problem,) = made.problems
    assert problem.code == ("disk-full" if isinstance(error, MemokitError) else "batch-failed")
    assert made.entry is None and not made.files


def test_a_worker_with_another_memokit_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = batch.Made("another version", make(MECHELEN, TERM).entry, {".html": b"other"})
    monkeypatch.setattr(batch, "make", lambda town, term: other)
    (problem,) = run(tmp_path, [MECHELEN], TERM).failed["12025 Mechelen"]
    assert problem.code == "batch-other-version"
    assert not list((tmp_path / "gemeenten").iterdir())


def doubled(n: int) -> int:
    """Work for a process; at 3 it dies, as when memory is full."""
    if n == 3:
        os._exit(1)
    return 2 * n


def process(job: int) -> int:
    """Tell which process does it."""
    return os.getpid()


def test_a_process_that_dies_takes_no_other_job_with_it() -> None:
    got = dict(in_processes(doubled, [1, 2, 3, 4], 2))
    assert isinstance(got.pop(3), BrokenExecutor)
    assert got == {1: 2, 2: 4, 4: 8}


def test_workers_are_renewed() -> None:
    pids = [pid for _, pid in in_processes(process, range(4), 1, renewed_after=2)]
    assert pids[0] == pids[1] != pids[2] == pids[3]
    assert os.getpid() not in pids


def test_who_stops_listening_stops_the_work() -> None:
    asked: list[int] = []
    with ThreadPoolExecutor(1) as executor:
        got = spread(asked.append, range(1000), executor)
        next(got)
        got.close()  # type: ignore[attr-defined]
    assert len(asked) < 1000


def test_without_distributed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(MemokitError) as refused, cluster("tcp://127.0.0.1:9"):
        pass
    assert refused.value.problems[0].code == "no-distributed"


# -- pages and table ----------------------------------------------------------------------------------------


class Page(HTMLParser):
    """Reads a page as strictly as a picky validator: every tag closed, every id once, no script."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()
        assert not self.open, self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        assert len(found) == len(attrs), attrs
        self.tags.append((tag, found))
        self.ids += [str(found["id"])] if "id" in found else []
        self.links += [str(found["href"])] if "href" in found else []
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += [data.strip()] if "style" not in self.open and data.strip() else []


def check(text: str) -> Page:
    page = Page(text)
    tags = [tag for tag, _ in page.tags]
    assert text.startswith("<!doctype html>\n<html lang=\"nl\">")
    assert not {"script", "ol", "iframe", "img"} & set(tags) and "://" not in text and "$" not in text
    assert len(set(page.ids)) == len(page.ids)
    assert {link[1:] for link in page.links if link[0] == "#"} <= set(page.ids)
    assert (tags.count("h1"), tags.count("main"), tags.count("title")) == (1, 1, 1)
    assert all("scope" in attributes for tag, attributes in page.tags if tag == "th")
    assert all(attributes["aria-hidden"] == "true" for tag, attributes in page.tags if tag == "svg")
    assert all("aria-label" in attributes for tag, attributes in page.tags if tag == "nav")
    columns = 7
    for body in re.findall(r"<tbody.*?</tbody>", text, re.S):
        for row in re.findall(r"<tr>.*?</tr>", body, re.S)[1:]:
            assert len(re.findall(r"<t[hd]\b", row)) == columns
    return page


def names_of(page: str) -> list[str]:
    return re.findall(r'<th scope="row"><a [^>]*>([^<]*)</a>', page)


def entry(name: str, *people: float, code: str = "1", province: str = "P", rows: tuple = ()) -> Entry:
    years = list(zip((2018, 2021, 2024), people, strict=False))
    return Entry(code, name, province, stem_of(code, name), years, rows)


def test_the_pages_of_a_run(first: Path) -> None:
    for name in ORDERS:
        page = check((first / name).read_text("utf-8"))
        files = [link for link in page.links if link[0] != "#"]
        assert len(files) == 3 * 2 + len(ORDERS) + 1
        assert all((first / link).is_file() for link in files)
        current = [a["href"] for tag, a in page.tags if tag == "a" and "aria-current" in a]
        assert current == [name]


def test_the_order_is_that_of_a_telephone_book_and_nothing_is_ranked() -> None:
    towns = municipalities(2019)
    entries = [entry(t.name, 100 + i % 7, code=t.code, province=t.province) for i, t in enumerate(towns)]
    page = pages(entries, TERM)["index.html"]
    assert names_of(page) == [town.name for town in towns] and len(towns) == 300
    haan = page.index(">De Haan<")
    assert page.index(">Haacht<") < haan < page.index(">Halen<")
    assert [word for word in check(page).words if len(word) == 1][-1] == "Z"
    section = re.search(r'scope="rowgroup" colspan="7">H</th>.*?</tbody>', page, re.S)
    assert section and ">De Haan<" in section[0]
    other = [entry(e.name, 5000 - i, code=e.code, province=e.province) for i, e in enumerate(entries)]
    assert names_of(pages(other, TERM)["index.html"]) == names_of(page)


def test_other_orders_are_pages_of_their_own() -> None:
    entries = [
        entry("Aa", 30_000, 0, 20_000, province="Z"), entry("Bb", 60_000, province="Y"),
        entry("Cc", province="Y"), entry("Dd", 9_000, province="Z"),
    ]  # fmt: skip
    made = pages(entries, TERM)
    assert names_of(made["per-provincie.html"]) == ["Bb", "Cc", "Aa", "Dd"]
    assert names_of(made["per-inwoners.html"]) == ["Dd", "Aa", "Bb", "Cc"]
    groups = re.findall(r'rowgroup" colspan="7">([^<]*)<', made["per-inwoners.html"])
    assert groups == [
        "Minder dan 10.000 inwoners", "20.000 tot 50.000 inwoners", "50.000 inwoners en meer",
        "Geen cijfer gevonden",
    ]  # fmt: skip


def cells(page: str, name: str) -> list[str]:
    row = re.search(rf">{name}</a></th>(.*?)</tr>", page, re.S)
    assert row
    found = re.findall(r'<td class="num">(.*?)</td>', row[1])
    return [re.sub("<[^>]*>", "", text).replace("\u00a0", " ") for text in found]


def test_what_is_not_known_is_never_zero() -> None:
    later = Entry("3", "Cc", "P", "3-cc", [(2021, 50.0), (2024, 60.0)], [])
    entries = [entry("Aa", 200, 190), entry("Bb"), later, entry("Dd", 1000, 1000, 1005), entry("Ee", 8)]
    page = pages(entries, TERM)["index.html"]
    check(page)
    assert cells(page, "Aa") == ["200", "(2021) 190", "−5,0 %"]
    assert cells(page, "Bb") == ["n.b.", "n.b.", "n.b."]
    assert cells(page, "Cc") == ["n.b.", "60", "n.b."], "no change since a year that is not known"
    assert cells(page, "Dd") == ["1.000", "1.005", "+0,5 %"]
    assert cells(page, "Ee") == ["8", "n.b.", "n.b."]
    assert page.count("<svg") == 2 and "nan" not in page.lower()


def test_the_charts_share_one_scale() -> None:
    """Of twenty-one, twenty change by 4 % at most: that fills a chart, and one that doubles stays inside."""
    entries = [entry(f"G{i}", 100, 100, 104 if i % 2 else 102) for i in range(20)]
    page = pages([*entries, entry("X", 100, 150, 200)], TERM)["index.html"]
    assert "bij 4,0 % meer of minder" in page
    ends = set(re.findall(r'<circle cx="93.0" cy="([\d.]+)"', page))
    assert ends == {"3.0", "8.5"}, "the top edge at 3; half way between it and the middle (14) at 8.5"


ODD = ["<b>Ø & \"Zn\"</b>", "'s-Gravendal", "Één/Twee\\Drie", "$name ${x}", "Île—été 🌍", "..", "{{ n }}"]


@pytest.mark.parametrize("name", ODD)
def test_odd_names(name: str) -> None:
    row = {"kind": "figure", "key": "k", "name": "=1+1", "now": 1.5}
    stem = stem_of("99999", name)
    assert re.fullmatch(r"99999[a-z0-9-]*", stem) and not stem.endswith("-")
    one = Entry("99999", name, name, stem, [(2018, 1.0), (2024, 2.0)], [row])
    for text in pages([one], TERM, {name: (Problem("cannot-write", file=name),)}).values():
        page = Page(text)
        assert page.words.count(name) >= 2
    got = next(csv.DictReader(io.StringIO(table([one]))))
    assert got["municipality_name"] == name and got["name"] == "'=1+1"


def test_no_municipality_at_all(tmp_path: Path) -> None:
    assert run(tmp_path, [], TERM) == batch.Report((), (), {})
    check((tmp_path / "index.html").read_text("utf-8"))
    assert (tmp_path / "cijfers.csv").read_text("utf-8") == ",".join(COLUMNS) + "\n"


def rows(folder: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((folder / "cijfers.csv").read_text("utf-8"))))


def test_the_table_has_a_row_for_each_municipality_and_measure(first: Path) -> None:
    found = rows(first)
    pairs = [(row["municipality"], row["key"]) for row in found]
    keys = ["population", "households", "income", "crime", "road_accidents", "farm_shops"]
    assert pairs == [(town.code, key) for town in TOWNS for key in keys]
    mechelen = next(row for row in found if row["municipality"] == "12025")
    assert (mechelen["municipality_name"], mechelen["province"]) == ("Mechelen", "Antwerpen")
    assert (mechelen["then"], mechelen["change"]) == ("86304.0", "3009.0")
    accidents = next(row for row in found if row["key"] == "road_accidents")
    assert (accidents["year_then"], accidents["then"], accidents["change"]) == ("", "", "")


def test_a_measure_that_one_municipality_lacks_is_empty_there() -> None:
    crime = {"kind": "figure", "key": "crime", "name": "Criminaliteit", "unit": "feiten", "goal": 16}
    both = [entry("Aa"), entry("Bb", rows=({**crime, "now": 0.0},))]
    found = list(csv.DictReader(io.StringIO(table(both))))
    assert [(row["municipality_name"], row["now"], row["status"]) for row in found] == [
        ("Aa", "", "missing"), ("Bb", "0.0", ""),
    ]  # fmt: skip
    assert (found[0]["name"], found[0]["unit"], found[0]["goal"]) == ("Criminaliteit", "feiten", "16")
    assert all(found[0][name] == "" for name in ("then", "year_then", "year_now", "change", "source"))


# -- the command --------------------------------------------------------------------------------------------


def test_chosen_by_province() -> None:
    assert {town.province for town in chosen(TERM, ["LIMBURG", "antwerpen"])} == {"Limburg", "Antwerpen"}
    with pytest.raises(MemokitError) as refused:
        chosen(TERM, ["Limburg", "Henegouwen"])
    (problem,) = refused.value.problems
    assert (problem.code, problem.found, len(problem.choices)) == ("unknown-province", "Henegouwen", 5)


def ask(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(cli_batch.command(cli._telling, cli._print_problems, cli._term), words)
    return done.exit_code, done.output


def test_the_command(done: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "chosen", lambda term, provinces: TOWNS)
    code, said = ask("--out", str(done), "--workers", "1")
    assert code == 0 and "3 stonden er al" in said and "index.html" in said
    (tmp_path / "new" / "gemeenten" / "35029-de-haan.html" / "x").mkdir(parents=True)
    code, said = ask("--out", str(tmp_path / "new"), "--workers", "1")
    assert code == 1 and "Niet gelukt: 35029 De Haan" in said and "2 gemaakt" in said
    assert "35029-de-haan.html niet bewaren" in said


@pytest.mark.parametrize("more", [["--scheduler", "x"], ["--term", "2023"], ["--workers", "0"], ["--nope"]])
def test_a_wrong_call_leaves_with_2(more: list[str], tmp_path: Path) -> None:
    assert ask("--out", str(tmp_path / "o"), "--workers", "1", *more)[0] == 2
    assert not (tmp_path / "o").exists()


def test_ctrl_c_says_how_to_go_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*args: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(batch, "run", stop)
    code, said = ask("--out", str(tmp_path), "--workers", "1")
    assert code == 1 and "met dezelfde opdracht ga je verder" in said and "Traceback" not in said
