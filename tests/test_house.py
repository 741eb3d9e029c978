"""The rules of the house as tests: floors, doors, size, words, and what no file of this project may hold."""

from __future__ import annotations

import ast
import io
import json
import re
import subprocess
import sys
import tokenize
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import yaml
from jinja2 import meta

import memokit
from memokit import records, texts

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "memokit"
ROOMS = sorted(PACKAGE.rglob("*.py"))
TEXTS = ROOT / "data" / "texts"
MODELS = (*records.TABLES, records.Settings)


LIMIT = 19_000  # of the whole library: docs/decisions/0008 says why, and what was deleted
QUIET = ("COMMENT", "NL", "NEWLINE", "INDENT", "DEDENT", "ENDMARKER")
PLACES = {p.stem for p in PACKAGE.glob("*.py")} | {p.parent.name for p in PACKAGE.glob("*/__init__.py")}


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


rooms = pytest.mark.parametrize("path", ROOMS, ids=name_of)


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


@cache
def pyproject() -> dict:
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


@cache
def project_files() -> tuple[Path, ...]:
    """Every file that is tracked, or would be."""
    ask = ["git", "ls-files", "-co", "--exclude-standard", "-z"]
    names = subprocess.run(ask, cwd=ROOT, capture_output=True, check=True, text=True).stdout.split("\0")
    return tuple(path for path in (ROOT / name for name in names if name) if path.is_file())


def calls(path: Path) -> Iterator[tuple[str, ast.Call]]:
    """Yield every call with the last part of the name that is called."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            yield name, node


def docstrings(path: Path) -> set[int]:
    """Return the ids of the nodes that are docstrings."""
    owners = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    found = set()
    for node in ast.walk(tree(path)):
        first = node.body[0] if isinstance(node, owners) and node.body else None
        if isinstance(first, ast.Expr) and isinstance(getattr(first.value, "value", None), str):
            found.add(id(first.value))
    return found


def strings(path: Path) -> Iterator[tuple[int, str]]:
    """Yield every string of a room that is not a docstring, with its line."""
    skip = docstrings(path)
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in skip:
            yield node.lineno, node.value


# -- floors and doors ---------------------------------------------------------------------------------------


def test_floors_and_doors():
    done = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]


def test_the_contract_names_only_rooms_that_exist():
    floors = next(c for c in pyproject()["tool"]["importlinter"]["contracts"] if c["id"] == "floors")
    named = {room.strip() for layer in floors["layers"] for room in layer.split("|")}
    assert named == PLACES - {"__init__"}


@rooms
def test_nobody_uses_the_front_door(path):
    """`from memokit import room` is a neighbour; a name of `__all__` is the front door, for cli only."""
    if path.name == "cli.py":
        return
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            assert "memokit" not in [alias.name for alias in node.names], f"line {node.lineno}"
        if isinstance(node, ast.ImportFrom) and node.module == "memokit":
            wrong = {alias.name for alias in node.names} - PLACES - {"__version__"}
            assert not wrong or path.name == "__init__.py", f"line {node.lineno}: {wrong} from the front door"


def run(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout.strip()


def test_import_memokit_loads_the_standard_library_only():
    loaded = run("import sys; old = set(sys.modules); import memokit; print(*(set(sys.modules) - old))")
    assert {name.split(".")[0] for name in loaded.split()} <= {*sys.stdlib_module_names, "memokit"}


def test_front_door_is_sorted_and_complete():
    assert memokit.__all__ == sorted(memokit.__all__)
    assert set(memokit.__all__) == set(memokit._DOORS)
    assert set(memokit.__all__) <= set(dir(memokit))
    with pytest.raises(AttributeError):
        memokit.nothing_of_the_kind  # noqa: B018


def test_no_room_bears_the_name_of_a_function_of_the_front_door():
    functions = {name for name, (_, attribute) in memokit._DOORS.items() if attribute is not None}
    assert not functions & PLACES


EVERY_NAME_TWICE = """
import importlib, pathlib, pkgutil, sys, tempfile, types
import memokit
for module in pkgutil.walk_packages(memokit.__path__, "memokit."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
folder = pathlib.Path(tempfile.mkdtemp())
for turn in (1, 2):
    for name in memokit.__all__:
        module, attribute = memokit._DOORS[name]
        meant = sys.modules[module] if attribute is None else getattr(sys.modules[module], attribute)
        assert getattr(memokit, name) is meant, name
        assert callable(meant) or isinstance(meant, types.ModuleType), name
    dossier = memokit.new("Mechelen", folder / str(turn), memokit.Term(2024))
    assert memokit.open(dossier.folder).settings.name == "Mechelen"
    assert isinstance(memokit.check(dossier.folder), list)
    ev = memokit.evaluate("Mechelen")
    assert memokit.export(ev, folder / f"e{turn}.html").is_file()
    assert memokit.territory.place("Mechelen", memokit.Term(2024)).code == "12025"
    assert issubclass(memokit.MemokitError, Exception)
print("well")
"""


def test_every_name_twice_after_every_import():
    assert run(EVERY_NAME_TWICE).splitlines()[-1] == "well"


# -- size and style -----------------------------------------------------------------------------------------


@cache
def code_lines(path: Path) -> int:
    """Count the lines of a room without docstrings, comments and blank lines."""
    text = path.read_text("utf-8")
    quiet = {getattr(tokenize, kind) for kind in QUIET}
    lines: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type not in quiet:
            lines.update(range(token.start[0], token.end[0] + 1))
    skip = docstrings(path)
    for node in ast.walk(tree(path)):
        if id(node) in skip:
            lines.difference_update(range(node.lineno, node.end_lineno + 1))
    return len(lines)


@rooms
def test_a_room_stays_small(path):
    assert code_lines(path) <= 250


def test_the_library_stays_small():
    total = sum(map(code_lines, ROOMS))
    print(f"memokit: {total} lines of code in {len(ROOMS)} rooms")
    assert total <= LIMIT, "see docs/decisions/0008"


def test_lines_are_at_most_110_characters():
    long = [
        f"{name_of(path)}:{number}"
        for path in project_files()
        if path.suffix == ".py"
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if len(re.sub(r"  # (type: ignore|noqa).*", "", line)) > 110 and len(line.split()) > 1
    ]
    assert not long


@rooms
def test_no_dutch_sentence_in_python(path):
    common = ("de", "het", "een", "niet", "wij", "van")
    dutch = [
        f"{line}: {text[:60]}"
        for line, text in strings(path)
        if sum(text.lower().split().count(word) for word in common) >= 3
    ]
    assert not dutch, "sentences stand in data/texts"


@rooms
def test_public_names_explain_themselves(path):
    def public(body: list[ast.stmt]) -> Iterator[ast.FunctionDef | ast.ClassDef]:
        for node in body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
                yield node
                if isinstance(node, ast.ClassDef):
                    yield from public(node.body)

    bare = [f"{node.lineno}: {node.name}" for node in public(tree(path).body) if not ast.get_docstring(node)]
    assert not bare
    assert path.name in ("__main__.py",) or ast.get_docstring(tree(path)), "a room says what happens inside"


@rooms
def test_nothing_prints(path):
    assert not [node.lineno for _, node in calls(path) if getattr(node.func, "id", "") == "print"]


# -- words --------------------------------------------------------------------------------------------------


def flat(node: object, at: str = "") -> Iterator[tuple[str, object]]:
    """Yield every key of a text file with what stands there."""
    if isinstance(node, dict):
        for key, value in node.items():
            assert isinstance(key, str), f"{at}.{key}: put quotation marks around yes, no, on and numbers"
            yield from flat(value, f"{at}.{key}" if at else key)
    else:
        yield at, node


@cache
def words(lang: str) -> dict[str, object]:
    return {
        f"{path.stem}.{key}": value
        for path in sorted((TEXTS / lang).glob("*.yml"))
        for key, value in flat(yaml.safe_load(path.read_text("utf-8")) or {})
    }


def test_no_key_stands_twice_in_a_file():
    class Strict(yaml.SafeLoader):
        pass

    def mapping(loader, node):
        keys = [loader.construct_object(key) for key, _ in node.value]
        assert len(keys) == len(set(keys)), f"{node.start_mark}: {[k for k in keys if keys.count(k) > 1]}"
        return {loader.construct_object(k): loader.construct_object(v, deep=True) for k, v in node.value}

    Strict.add_constructor("tag:yaml.org,2002:map", mapping)
    for path in TEXTS.rglob("*.yml"):
        yaml.load(path.read_text("utf-8"), Loader=Strict)


def test_every_key_that_python_uses_has_a_text():
    missing = []
    for path in ROOMS:
        for name, call in calls(path):
            if name not in ("say", "lookup") or not call.args:
                continue
            first = call.args[0]
            place = f"{name_of(path)}:{call.lineno}"
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                if not texts.has(first.value):
                    missing.append(f"{place} {first.value}")
            elif isinstance(first, ast.JoinedStr) and isinstance(first.values[0], ast.Constant):
                start = str(first.values[0].value)
                if "." in start and not any(key.startswith(start) for key in words("nl")):
                    missing.append(f"{place} {start}…")
    assert not missing


@pytest.mark.parametrize("lang", sorted(p.name for p in TEXTS.iterdir() if p.name != "nl"))
def test_a_translation_follows_the_dutch(lang):
    """No key of its own, and no value that the Dutch sentence does not get."""
    dutch = words("nl")
    assert not [key for key in words(lang) if key not in dutch]
    for key, text in words(lang).items():
        if isinstance(text, str):
            assert variables(text) <= variables(str(dutch[key])), key


def variables(text: str) -> set[str]:
    env = texts._environment()
    return meta.find_undeclared_variables(env.parse(text)) - set(env.globals)


@pytest.mark.parametrize("lang", sorted(p.name for p in TEXTS.iterdir()))
def test_every_sentence_is_a_template_that_parses(lang):
    for key, text in words(lang).items():
        if isinstance(text, str):
            try:
                variables(text)
            except Exception as error:
                pytest.fail(f"{lang}/{key}: {error}")


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.table)
def test_every_field_has_its_words(model):
    table = texts.lookup(f"records.tables.{model.table}", "nl")
    assert {"file", "title", "help"} <= set(table)
    fields = texts.lookup(f"records.fields.{model.table}", "nl")
    assert list(fields) == list(model.cells()), "the words stand in the order of the declaration"
    for name, field in fields.items():
        assert all(str(field.get(part, "")).strip() for part in ("head", "title", "help")), name
    heads = [field["head"] for field in fields.values()]
    assert len(set(heads)) == len(heads)
    assert not [head for head in heads if not re.fullmatch(r"\w+", head)]


def test_every_table_has_its_own_file():
    assert set(texts.lookup("records.tables", "nl")) == {model.table for model in MODELS}
    files = [texts.lookup(f"records.tables.{model.table}.file", "nl") for model in MODELS]
    assert len(set(files)) == len(files)


@pytest.mark.parametrize("name", sorted(records.CHOICES))
def test_every_value_has_its_label(name):
    values = texts.lookup(f"records.values.{name}", "nl")
    assert list(values) == list(records.CHOICES[name])
    labels = [value["label"] for value in values.values()]
    assert all(isinstance(label, str) and label for label in labels), "put quotation marks around numbers"
    assert len({label.casefold() for label in labels}) == len(labels)


def test_every_choice_is_declared():
    used = {cell.choices for model in MODELS for cell in model.cells().values() if cell.kind == "choice"}
    assert used == set(records.CHOICES) and set(texts.lookup("records.values", "nl")) == used


def codes_in(node: ast.expr) -> Iterator[str]:
    """Yield the code or codes that the first argument of a call can be."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from codes_in(node.body)
        yield from codes_in(node.orelse)


@cache
def problem_codes() -> tuple[tuple[str, str], ...]:
    """Every code that Python gives to a Problem, itself or by a helper with a parameter `code`."""
    makers = {"Problem"}
    for path in ROOMS:
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.FunctionDef) and "code" in [arg.arg for arg in node.args.args]:
                inside = {getattr(c.func, "id", "") for c in ast.walk(node) if isinstance(c, ast.Call)}
                makers |= {node.name} if "Problem" in inside else set()
    found = []
    for path in ROOMS:
        for name, call in calls(path):
            named = [keyword.value for keyword in call.keywords if keyword.arg == "code"]
            if name in makers:
                for part in (*call.args[:1], *named):
                    found += [(f"{name_of(path)}:{call.lineno}", code) for code in codes_in(part)]
    return tuple(found)


def test_every_problem_has_message_and_remedy():
    assert len(problem_codes()) > 20
    missing = [
        f"{place} {code}.{part}"
        for place, code in problem_codes()
        for part in ("message", "remedy")
        if not texts.has(f"problems.{code}.{part}")
    ]
    assert not missing


def test_every_problem_in_the_texts_is_used():
    said = {key.split(".")[1] for key in words("nl") if key.startswith("problems.")} - {"place"}
    literal = {text for path in ROOMS for _, text in strings(path)}
    starts = tuple(text for text in literal if re.fullmatch(r"[a-z]+-", text))
    assert not sorted(code for code in said if code not in literal and not code.startswith(starts))


# -- set-up and files ---------------------------------------------------------------------------------------


def bare(requirement: str) -> str:
    return re.match(r"[\w.-]+", requirement)[0].lower().replace("_", "-")


def test_the_lock_holds_every_dependency_with_hashes_and_no_address():
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    assert not re.search(r"https?://", lock)
    pinned = set(re.findall(r"^([\w.-]+)==", lock, re.M))
    project = pyproject()["project"]
    wanted = {bare(r) for r in (*project["dependencies"], *project["optional-dependencies"]["dev"])}
    assert wanted <= pinned, wanted - pinned
    for entry in re.split(r"\n(?=\w)", lock.strip()):
        assert "--hash=sha256:" in entry, entry[:40]


def test_conda_installs_what_pyproject_asks():
    conda = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))
    assert conda["channels"] == ["conda-forge"]
    plain = [d for d in conda["dependencies"] if isinstance(d, str)]
    by_pip = next(d["pip"] for d in conda["dependencies"] if isinstance(d, dict))
    names = {re.match(r"[\w.-]+", d)[0] for d in (*plain, *by_pip) if not d.startswith("-")}
    other = {"matplotlib-base": "matplotlib"}
    names = {other.get(name, name) for name in names} - {"python", "pip"}
    assert names == {bare(r) for r in pyproject()["project"]["dependencies"]}
    assert "python=3.11" in plain and "-e ." in by_pip


def text_files() -> Iterator[tuple[Path, str]]:
    for path in project_files():
        try:
            yield path, path.read_text("utf-8")
        except UnicodeDecodeError:
            continue


def test_no_file_names_a_place_on_a_machine_or_a_registry():
    place = re.compile(r"(?<![\w/.:*-])/(?:work|home|Users|root)/\w|[A-Z]:\\Users\\\w")
    hosts = [".".join(parts) for parts in (("pypi", "org"), ("registry", "npmjs"), ("deb", "debian"))]
    hosts += ["python" + "hosted", ".".join(("anaconda", "org"))]
    wrong = [
        name_of(path)
        for path, text in text_files()
        if place.search(text) or any(host in text for host in hosts)
    ]
    assert not wrong


def test_start_files_for_windows_and_for_the_others():
    windows = (ROOT / "Start memokit.cmd").read_bytes()
    assert windows.count(b"\n") == windows.count(b"\r\n") > 20
    assert windows.isascii(), "a Windows console shows accents only in its own code page"
    for name in ("Start memokit.command", "start-memokit.sh"):
        path = ROOT / name
        assert b"\r" not in path.read_bytes() and path.stat().st_mode & 0o111, name
        subprocess.run(["sh", "-n", path], check=True)


NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def test_notebooks_are_thin_and_clean():
    for path in NOTEBOOKS:
        thin_and_clean(json.loads(path.read_text("utf-8")))


def thin_and_clean(book: dict) -> None:
    for cell in book["cells"]:
        if cell["cell_type"] != "code":
            continue
        source = "".join(cell["source"])
        assert len([line for line in source.splitlines() if line.strip()]) <= 5, source
        assert not cell["outputs"] and cell["execution_count"] is None
        assert not re.search(r"^\s*(def|class|async def) |lambda", source, re.M), source
        inside = re.findall(r"(?:from|import) +(memokit\.[\w.]+)", source)
        assert all(name == "memokit.app" for name in inside), "notebooks come in by the front door"
    assert "widgets" not in book["metadata"], "no saved state of widgets"


def test_there_are_notebooks():
    assert "memokit.ipynb" in {path.name for path in NOTEBOOKS}
