"""Bad luck: what the page says when something goes wrong, and that the work is safe."""

from __future__ import annotations

import asyncio
import json
import os
import select
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from memokit.app import state as app_state
from memokit.app.state import State
from memokit.app.worker import Worker
from memokit.dossier import check, new, open_dossier, put
from memokit.folder import lock_path
from memokit.journal import holder
from memokit.problems import MemokitError, Problem
from memokit.records import Assessment, PlanItem

ROOT = Path(__file__).parents[1]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    dossier = new("Mechelen", tmp_path)
    return put(dossier, PlanItem(code="A", title="Noodhulp"), PlanItem(code="B", title="Scholen")).folder


def window(folder: Path, session: str = "") -> State:
    """Open a dossier as a window does."""
    made = State(folder.parent)
    made.session = session
    made.open(folder)
    return made


def judge(state: State, code: str, **values: str) -> bool:
    return state.attempt(lambda: state.put(state.judgement(code).model_copy(update=values)))


def on_disk(folder: Path) -> dict[str, tuple[str, str]]:
    return {a.action: (a.status, a.line) for a in open_dossier(folder).assessments}


# -- windows ------------------------------------------------------------------------------------------------


def test_a_reload_is_asked_nothing_and_shows_what_was_saved(folder: Path):
    before = window(folder, "tab-1")
    judge(before, "A", line="half getyp")
    after = window(folder, "tab-1")
    assert not after.elsewhere and after.judgement("A").line == "half getyp"
    assert judge(after, "A", line="half getypt") and after.saved


def test_another_window_is_asked_and_the_one_that_lost_it_saves_nothing_more(folder: Path):
    one = window(folder, "tab-1")
    judge(one, "A", status="partly")
    two = window(folder, "tab-2")
    assert two.asking and "ander venster" in two.elsewhere and not one.elsewhere
    assert not judge(two, "B", status="partly") and "Hier verder werken" in two.message
    assert on_disk(folder) == {"A": ("partly", "")}

    assert two.attempt(two.take_over) and not two.elsewhere and not two.asking
    assert on_disk(folder) == {"A": ("partly", ""), "B": ("partly", "")}, "what was typed is saved then"
    assert not judge(one, "A", line="te laat") and one.elsewhere and not one.asking
    assert one.unsaved == 1 and one.judgement("A").line == "te laat", "it stays on the page"
    assert not one.attempt(one.undo), "nor is anything taken back"
    assert on_disk(folder) == {"A": ("partly", ""), "B": ("partly", "")}

    judge(two, "A", status="achieved")
    assert one.attempt(one.take_over) and not one.unsaved
    assert on_disk(folder) == {"A": ("achieved", "te laat"), "B": ("partly", "")}
    two.beat()
    assert two.elsewhere


def test_who_only_looks_changes_nothing(folder: Path):
    window(folder, "tab-1")
    two = window(folder, "tab-2")
    two.look_on()
    assert not judge(two, "A", status="partly") and "bekijken" in two.message
    assert on_disk(folder) == {} and not two.unsaved
    two.attempt(two.take_over)
    assert judge(two, "A", status="partly")


def test_a_window_that_was_closed_is_in_nobodys_way(folder: Path):
    one = window(folder, "tab-1")
    one.leave()
    assert holder(lock_path(folder)) is None and not window(folder, "tab-2").elsewhere
    line = json.loads(lock_path(folder).read_bytes())
    lock_path(folder).write_text(json.dumps({**line, "beat": line["beat"] - 3600}))
    assert not window(folder, "tab-3").elsewhere, "one that was killed is forgotten"


def test_a_tab_that_was_duplicated_notices(folder: Path):
    one = window(folder, "tab-1")
    two = window(folder, "tab-1")
    assert not two.elsewhere
    one.beat()
    assert one.elsewhere and not judge(one, "A", status="partly")


def test_two_users_who_do_not_know_of_each_other_lose_nothing(folder: Path):
    """As on a shared drive where the claim cannot be seen: no session, so no claim."""
    one, two = window(folder), window(folder)
    for n in range(5):
        judge(one, "A", line=f"een {n}")
        judge(two, "B", line=f"twee {n}")
        judge(two, "A", status="partly" if n % 2 else "achieved")
    assert on_disk(folder) == {"A": ("achieved", "een 4"), "B": ("pending", "twee 4")}
    judge(two, "A", line="een 9")
    judge(one, "A", line="een 5")
    assert "een 5" in one.message and "een 9" in one.message, "a clash is shown"
    assert on_disk(folder)["A"] == ("achieved", "een 9")


def test_what_another_window_saved_is_shown_at_the_next_beat(folder: Path):
    one, two = window(folder), window(folder)
    judge(one, "A", line="van een")
    two.beat()
    assert two.judgement("A").line == "van een"
    seen = two.dossier
    two.beat()
    assert two.dossier is seen, "nothing is read again when nothing was saved"
    judge(two, "A", line="van twee")
    assert not two.message and on_disk(folder)["A"] == ("pending", "van twee")


def test_a_claim_that_cannot_be_written_stops_nobody(folder: Path):
    lock_path(folder).mkdir()  # a name that no file can have here
    state = window(folder, "tab-1")
    assert not state.elsewhere and judge(state, "A", status="partly")
    state.beat()
    state.leave()
    assert on_disk(folder)["A"] == ("partly", "")


SLOW_WINDOW = """
import sys
from pathlib import Path
from memokit import dossier
from memokit.records import Assessment
opened = dossier.open_dossier(sys.argv[1])
for n in range(int(sys.argv[3])):
    opened = dossier.put(opened, Assessment(action=f"{sys.argv[2]}{n}", line=str(n)))
"""


@pytest.mark.slow
def test_two_processes_that_save_at_the_same_moment_lose_nothing(folder: Path):
    command = [sys.executable, "-c", SLOW_WINDOW, str(folder)]
    both = [subprocess.Popen([*command, name, "40"], cwd=ROOT) for name in "XY"]
    assert [process.wait(120) for process in both] == [0, 0]
    wanted = {f"{name}{n}": ("pending", str(n)) for name in "XY" for n in range(40)}
    assert on_disk(folder) == wanted
    assert not [p for p in open_dossier(folder).problems if p.severity != "note"]


# -- files --------------------------------------------------------------------------------------------------


def test_a_table_open_in_excel_follows_when_it_is_closed(folder: Path, monkeypatch: pytest.MonkeyPatch):
    """LibreOffice leaves a lock; Excel on Windows refuses the replace, which Linux never does."""
    state, real, open_in_excel = window(folder), Path.replace, True

    def replace(self: Path, target: Path) -> Path:
        if open_in_excel and Path(target).name == "beoordelingen.csv":
            raise PermissionError(13, "The process cannot access the file")
        return real(self, target)

    monkeypatch.setattr(Path, "replace", replace)
    assert judge(state, "A", status="partly") and state.saved
    assert "beoordelingen.csv" in state.message and "veilig" in state.message
    assert judge(state, "A", line="ook dit"), "it goes on"
    assert not state.message, "said once"
    assert "ook dit" not in (folder / "beoordelingen.csv").read_text("utf-8-sig")
    open_in_excel = False
    state.beat()
    assert "ook dit" in (folder / "beoordelingen.csv").read_text("utf-8-sig")
    assert state.now.problems == ()


@pytest.mark.parametrize(
    "name",
    ["beoordelingen (conflicted copy 2024-05-01).csv", "beoordelingen-PC van Jan.csv", "dossier (1).yml",
     "geschiedenis/journaal-PC van Jan.jsonl"],
)  # fmt: skip
def test_a_conflict_copy_is_named_and_left_alone(folder: Path, name: str):
    judge(window(folder), "A", line="van ons")
    originals = ("beoordelingen.csv", "dossier.yml", "geschiedenis/journaal.jsonl")
    original = folder / next(each for each in originals if each[0] == name[0])
    (folder / name).write_bytes(original.read_bytes().replace(b"van ons", b"van hen"))
    state = window(folder)
    (note,) = [p for p in state.problems if p.code == "conflict-copy"]
    assert note.severity == "note" and note.file == Path(name).name and note.message and note.remedy
    judge(state, "A", status="partly")
    assert on_disk(folder) == {"A": ("partly", "van ons")} and (folder / name).exists()


def test_other_files_are_no_conflict_copies(folder: Path):
    for name in ("planning.csv", "plan.xlsx", "mijn plan.csv", ".plan.csv.swp", "bronnenlijst.csv"):
        (folder / name).write_text("x")
    assert not [p for p in check(folder) if p.code == "conflict-copy"]


def test_a_dossier_that_is_moved_away_and_comes_back(folder: Path):
    state = window(folder, "tab-1")
    judge(state, "A", line="bewaard")
    away = folder.with_name("elders")
    folder.rename(away)
    assert not judge(state, "A", status="partly") and str(folder) in state.message
    assert not judge(state, "B", line="ook dit") and state.unsaved == 2
    assert not folder.exists(), "no half dossier in its place"
    assert state.judgement("A").status == "partly" and state.judgement("B").line == "ook dit"
    state.beat()
    assert state.unsaved == 2 and state.message
    away.rename(folder)
    state.beat()
    assert state.unsaved == 0 and not state.message
    assert on_disk(folder) == {"A": ("partly", "bewaard"), "B": ("pending", "ook dit")}


def test_what_was_typed_back_before_it_could_be_saved_is_no_change(folder: Path):
    state = window(folder)
    judge(state, "A", line="bewaard")
    away = folder.with_name("elders")
    folder.rename(away)
    judge(state, "A", line="vergissing")
    judge(state, "A", line="bewaard")
    away.rename(folder)
    assert judge(state, "B", line="x") and not state.unsaved
    assert on_disk(folder) == {"A": ("pending", "bewaard"), "B": ("pending", "x")}


def test_a_table_that_disappeared_comes_back_from_the_journal(folder: Path):
    state = window(folder)
    judge(state, "A", line="bewaard")
    (folder / "beoordelingen.csv").unlink()
    assert on_disk(folder) == {"A": ("pending", "bewaard")}
    assert "bewaard" in (folder / "beoordelingen.csv").read_text("utf-8-sig")


FULL = """
import resource, sys
from pathlib import Path
from memokit.app.state import State
from memokit.folder import journal_path
folder = Path(sys.argv[1])
state = State(folder.parent)
state.open(folder)
size = journal_path(folder).stat().st_size + 100
soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
worked = state.attempt(lambda: state.put(state.judgement("A").model_copy(update={"line": "x" * 500})))
print(worked, state.unsaved, state.message)
resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
state.beat()
print(state.unsaved, state.saved != "", state.message)
"""


def test_a_full_disk_is_said_and_what_was_typed_is_saved_when_there_is_room(folder: Path):
    pytest.importorskip("resource", reason="only POSIX can limit the size of a file")
    command = [sys.executable, "-c", FULL, str(folder)]
    first, second = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    assert first.startswith("False 1 De schijf is vol.") and second == "0 True "
    assert on_disk(folder)["A"] == ("pending", "x" * 500)


def test_a_killed_kernel_has_kept_what_it_called_saved(folder: Path):
    code = """
import os, signal, sys
from pathlib import Path
from memokit.app.state import State
folder = Path(sys.argv[1])
state = State(folder.parent)
state.session = "tab-1"
state.open(folder)
state.put(state.judgement("A").model_copy(update={"line": "bewaard"}))
assert state.saved
os.kill(os.getpid(), signal.SIGKILL)
"""
    done = subprocess.run([sys.executable, "-c", code, str(folder)], cwd=ROOT, check=False)
    assert done.returncode == -signal.SIGKILL
    state = window(folder, "tab-1")  # the browser reloads the page: the same tab
    assert not state.elsewhere and state.judgement("A").line == "bewaard"


# -- the worker ---------------------------------------------------------------------------------------------


def in_a_loop(state: State, *jobs: tuple) -> list[object]:
    """Run functions as the kernel does, on an event loop, and wait until all are delivered."""
    got: list[object] = []

    async def run() -> None:
        ready = asyncio.Event()
        left = len(jobs)

        def one_less() -> None:
            nonlocal left
            left -= 1
            if not left:
                ready.set()

        state.listen(lambda: None, told=one_less)
        for function, *given in jobs:
            state.later(function, *given, done=got.append, label="Even geduld")
        assert state.busy == "Even geduld" and not got, "nobody waits for it"
        await asyncio.wait_for(ready.wait(), 60)
        await asyncio.sleep(0)

    asyncio.run(run())
    return got


def refuse(name: str) -> None:
    """Find a problem."""
    raise MemokitError(Problem("file-missing", file=name))


def test_without_an_event_loop_it_is_done_at_once(folder: Path):
    state, got = window(folder), []
    state.later(len, "abc", done=got.append)
    assert got == [3] and not state.busy and state.worker.pool is None
    state.later(refuse, "plan.csv", done=got.append)
    assert "plan.csv" in state.message and got == [3]


@pytest.mark.slow
def test_the_worker_delivers_says_what_is_wrong_and_comes_back_after_its_death(folder: Path):
    state = window(folder)
    own = os.getpid()
    first, second = in_a_loop(state, (os.getpid,), (os.getpid,))
    assert own != first == second and not state.busy, "one process, kept warm"
    assert in_a_loop(state, (refuse, "plan.csv")) == [] and "plan.csv" in state.message
    assert in_a_loop(state, (os._exit, 1)) == [] and "veilig" in state.message
    (third,) = in_a_loop(state, (os.getpid,))
    assert third not in (own, first)
    judge(state, "A", status="partly")
    (path,) = in_a_loop(state, (app_state.export_file, folder, ".html", "normal"))
    assert isinstance(path, Path) and "Mechelen" in path.read_text("utf-8")
    state.worker._rest(state.worker.asked - 1)
    assert state.worker.pool, "something was asked since"
    state.worker._rest(state.worker.asked)
    assert state.worker.pool is None, "at rest it takes no memory"


ORPHAN = """
import asyncio, os, signal
from memokit.app.worker import Worker
async def run():
    ready = asyncio.Event()
    got = []
    Worker().ask(os.getpid, (), lambda result: (got.append(result()), ready.set()))
    await ready.wait()
    print(got[0], flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
if __name__ == "__main__":
    asyncio.run(run())
"""


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks at the processes in /proc")
def test_the_worker_ends_with_a_kernel_that_is_killed(tmp_path: Path):
    script = tmp_path / "kernel.py"
    script.write_text(ORPHAN)
    done = subprocess.run(
        [sys.executable, str(script)], cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE, text=True, check=False, timeout=60,
    )  # fmt: skip
    # `run` returns only when nobody holds the other end of its output: so the worker is gone too.
    worker = int(done.stdout)
    try:
        ended = os.pidfd_open(worker)
    except ProcessLookupError:
        return
    assert select.select([ended], [], [], 30)[0], "the worker lives on"


def test_a_worker_closed_twice_is_closed():
    worker = Worker()
    worker.close()
    worker.close()
    assert worker.pool is None


def test_a_judgement_survives_everything_at_once(folder: Path):
    """A locked table, a conflict copy and a second window, and then the folder moves."""
    (folder / ".~lock.beoordelingen.csv#").touch()
    one, two = window(folder, "tab-1"), window(folder, "tab-2")
    judge(one, "A", status="partly")
    shutil.copy(folder / "beoordelingen.csv", folder / "beoordelingen (1).csv")
    two.attempt(two.take_over)
    judge(two, "A", line="van twee")
    moved = folder.rename(folder.with_name("verhuisd"))
    (moved / ".~lock.beoordelingen.csv#").unlink()
    assert on_disk(moved) == {"A": ("partly", "van twee")}
    assert [a for a in open_dossier(moved).assessments] == [
        Assessment(action="A", status="partly", line="van twee")
    ]
