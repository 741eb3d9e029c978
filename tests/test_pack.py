"""A pack can be done again by somebody else, and whatever was changed in it is named."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

import memokit
from memokit import cli_pack, pack, resources
from memokit.dossier import put
from memokit.problems import MemokitError
from memokit.records import Assessment, Member, Task

Change = Callable[[dict[str, bytes]], None]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("pack")
    example = resources.data_path("examples", "voorbeeldstad")
    return pack.pack(example, folder / "a.zip").read_bytes()


def unzipped(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as given:
        return {name: given.read(name) for name in given.namelist()}


def zipped(files: dict[str, bytes], path: Path) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in files.items():
            made.writestr(name, data)
    return path


def tampered(made: bytes, path: Path, change: Change, listed: bool = True) -> Path:
    """A pack in which somebody changed something, and (if `listed`) the checksums with it."""
    files = unzipped(made)
    change(files)
    if listed:
        about = json.loads(files["pak.json"])
        about["files"] = {n: hashlib.sha256(d).hexdigest() for n, d in files.items() if n != "pak.json"}
        files["pak.json"] = json.dumps(about).encode()
    return zipped(files, path)


def swap(name: str, old: str, new: str) -> Change:
    def change(files: dict[str, bytes]) -> None:
        assert files[name].count(old.encode()) >= 1, f"{old} is not in {name}"
        files[name] = files[name].replace(old.encode(), new.encode(), 1)

    return change


def told(path: Path) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for problem in pack.verify(path).problems:
        found.setdefault(problem.code, []).append(
            f"{problem.column} {problem.found} {problem.expected}".strip()
        )
    return found


def test_a_pack_is_the_same_each_time_and_holds(made: bytes, voorbeeldstad: Path, tmp_path: Path):
    path = pack.pack(voorbeeldstad, tmp_path / "b.zip")
    assert path.read_bytes() == made
    report = pack.verify(path)
    assert report.holds and not report.problems
    assert (
        report.counts["numbers"] > 300 and report.counts["sentences"] > 1000 and report.counts["bytes"] == 6
    )


def test_what_is_in_it(made: bytes):
    files = unzipped(made)
    assert {"evaluatie.html", "evaluatie.pdf", "evaluatie.docx", "evaluatie.json", "scores.csv"} <= set(files)
    assert "dossier/dossier.yml" in files and not {"dossier/leden.csv", "dossier/taken.csv"} & set(files)
    about = json.loads(files["pak.json"])
    assert about["memokit"] == memokit.__version__ and about["recipe"]["inputs"]["facts/population.csv"]
    assert {"id", "kind", "title", "checksum"} == set(about["sources"][0])
    inputs = about["recipe"]["inputs"]
    for name, data in files.items():  # the checksum of a table in the recipe is that of the file in the pack
        if name.startswith("dossier/"):
            assert inputs[name.removeprefix("dossier/")] == hashlib.sha256(data).hexdigest()


def test_what_is_private_changes_nothing(made: bytes, voorbeeldstad: Path, tmp_path: Path):
    """Names, tasks, notes, and the date of a task: neither the document nor the pack is other for it."""
    dossier = memokit.open(voorbeeldstad)
    before = memokit.evaluate(dossier)
    noted = [a.model_copy(update={"private_note": "2099-01-01"}) for a in dossier.table("assessments")]
    struck = dossier.plan[0].model_copy(update={"struck": "yes"})
    dossier = put(dossier, *noted, struck, Task(what="Bel", who="An", by="2098-01-01"),
                  Member(member="lid 1", name="An"))  # fmt: skip
    assert isinstance(dossier.table("assessments")[0], Assessment)
    after = memokit.evaluate(dossier)
    assert after.document == before.document and after.recipe == before.recipe
    assert pack.pack(voorbeeldstad, tmp_path / "c.zip").read_bytes() == made


def test_from_public_facts_alone(tmp_path: Path):
    report = pack.verify(pack.pack("Mechelen", tmp_path / "m.zip"))
    assert report.holds and report.counts["numbers"] > 50


def test_a_council_with_its_own_template_and_logo(voorbeeldstad: Path, tmp_path: Path):
    from PIL import Image

    Image.new("RGB", (200, 60), "#0f4c58").save(voorbeeldstad / "logo.png")
    dossier = memokit.open(voorbeeldstad)
    put(dossier, dossier.settings.model_copy(update={"logo": "logo.png", "template": "ons.docx"}))
    path = pack.pack(voorbeeldstad, tmp_path / "l.zip")
    assert "dossier/logo.png" in unzipped(path.read_bytes())
    assert pack.verify(path).holds


# -- tampering ----------------------------------------------------------------------------------------------


def test_a_changed_file_is_named(made: bytes, tmp_path: Path):
    path = tampered(
        made, tmp_path / "x.zip", swap("evaluatie.html", "Voorbeeldstad", "Nergensstad"), listed=False
    )
    found = told(path)
    assert found["pack-changed"] == ["evaluatie.html"]
    assert "Nergensstad" in found["pack-other-bytes"][0] and len(found) == 2


def test_a_changed_pdf_is_named_also_with_its_checksum(made: bytes, tmp_path: Path):
    def change(files: dict[str, bytes]) -> None:
        files["evaluatie.pdf"] += b"%"

    assert list(told(tampered(made, tmp_path / "x.zip", change))) == ["pack-other-bytes"]


def test_a_changed_number_is_named(made: bytes, tmp_path: Path):
    line = next(row for row in unzipped(made)["scores.csv"].decode().splitlines() if row.startswith("theme,"))
    (
        kind,
        key,
        *_,
    ) = line.split(",")
    cells = line.split(",")
    place = next(i for i, cell in enumerate(cells) if i > 5 and cell.replace(".", "").isdigit())
    changed = ",".join([*cells[:place], "99.75", *cells[place + 1 :]])
    found = told(tampered(made, tmp_path / "x.zip", swap("scores.csv", line, changed)))
    assert len(found["pack-other-numbers"]) == 1
    assert (
        found["pack-other-numbers"][0].startswith(f"{kind} {key}, ")
        and "99.75" in found["pack-other-numbers"][0]
    )


def test_a_changed_sentence_is_named(made: bytes, tmp_path: Path):
    document = json.loads(unzipped(made)["evaluatie.json"])["document"]
    block = next(b for b in document["blocks"] if b["kind"] == "paragraph" and len(b["text"][0]["text"]) > 40)
    old = json.dumps(block["text"][0]["text"], ensure_ascii=False)
    found = told(tampered(made, tmp_path / "x.zip", swap("evaluatie.json", old, '"De gemeente deed niets."')))
    assert any(
        block["id"] in line and "De gemeente deed niets." in line for line in found["pack-other-sentences"]
    )
    assert set(found) == {"pack-other-sentences", "pack-other-bytes"}


def test_a_changed_verdict_is_named(made: bytes, tmp_path: Path):
    found = told(
        tampered(
            made, tmp_path / "x.zip", swap("uitkomst.json", '"status": "achieved"', '"status": "dropped"')
        )
    )
    assert "status" in found["pack-other-verdicts"][0] and "dropped" in found["pack-other-verdicts"][0]


def test_a_changed_judgement_shows_in_what_follows_from_it(made: bytes, tmp_path: Path):
    """Whoever changes what the council wrote down, cannot keep the sentences that followed from it."""
    found = told(tampered(made, tmp_path / "x.zip", swap("dossier/vragenlijst.csv", ";ja;", ";nee;")))
    assert "pack-other-numbers" in found or "pack-other-sentences" in found


def test_missing_and_strange_files_are_named(made: bytes, tmp_path: Path):
    def change(files: dict[str, bytes]) -> None:
        del files["scores.csv"]
        files["extra.txt"] = b"x"

    found = told(tampered(made, tmp_path / "x.zip", change, listed=False))
    assert found["pack-missing"] == ["scores.csv"] and found["pack-extra"] == ["extra.txt"]


def test_another_version_compares_the_figures_only(made: bytes, tmp_path: Path):
    def change(files: dict[str, bytes]) -> None:
        about = json.loads(files["pak.json"])
        files["pak.json"] = json.dumps(about | {"made_with": "0" * 64}).encode()

    report = pack.verify(tampered(made, tmp_path / "x.zip", change))
    assert [p.code for p in report.problems] == ["pack-other-version"] and report.holds
    assert "andere opmaakversie" in report.problems[0].message


def test_other_facts_here_are_named(made: bytes, tmp_path: Path):
    def change(files: dict[str, bytes]) -> None:
        about = json.loads(files["pak.json"])
        about["recipe"]["inputs"]["facts/population.csv"] = "0" * 64
        files["pak.json"] = json.dumps(about).encode()

    (problem,) = [
        p
        for p in pack.verify(tampered(made, tmp_path / "x.zip", change)).problems
        if p.file.startswith("facts")
    ]
    assert problem.code == "pack-other-input" and problem.file == "facts/population.csv"


# -- what is not safe is not read ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["../uit.txt", "/etc/x", "dossier/../../x", "a\\b", "dossier/", ".verborgen"]
)
def test_unsafe_names_are_refused(made: bytes, tmp_path: Path, name: str):
    path = zipped({**unzipped(made), name: b"x"}, tmp_path / "x.zip")
    with pytest.raises(MemokitError) as error:
        pack.verify(path)
    assert [p.code for p in error.value.problems] == ["pack-unsafe-name"]


def test_a_link_is_refused(made: bytes, tmp_path: Path):
    path = zipped(unzipped(made), tmp_path / "x.zip")
    with zipfile.ZipFile(path, "a") as given:
        link = zipfile.ZipInfo("dossier/link.csv")
        link.create_system, link.external_attr = 3, 0o120777 << 16
        given.writestr(link, "/etc/passwd")
    with pytest.raises(MemokitError, match="veilig"):
        pack.verify(path)


@pytest.mark.parametrize("files", [
    {f"f{i}.txt": b"" for i in range(100)},
    {"groot.csv": bytes(20_000_000)},
])  # fmt: skip
def test_a_pack_that_swells_is_refused(tmp_path: Path, files: dict[str, bytes]):
    with pytest.raises(MemokitError) as error:
        pack.verify(zipped(files, tmp_path / "x.zip"))
    assert error.value.problems[0].code == "pack-too-big"


def about(**change: object) -> dict[str, bytes]:
    whole = {"schema_version": 1, "files": {}, "recipe": {}, "term": [2024, None, None], "municipality": ""}
    return {"pak.json": json.dumps(whole | change).encode()}


@pytest.mark.parametrize("files", [
    {"x.txt": b""}, {"pak.json": b"{"}, {"pak.json": b"[" * 100_000}, about(files=[]), about(recipe=3),
])  # fmt: skip
def test_what_is_no_pack_is_refused(tmp_path: Path, files: dict[str, bytes]):
    with pytest.raises(MemokitError, match="geen pak"):
        pack.verify(zipped(files, tmp_path / "x.zip"))


def test_bytes_that_are_no_zip_are_refused(made: bytes, tmp_path: Path):
    for data in (b"", b"PK\x03\x04", made[:5000], made[:-40]):
        (tmp_path / "x.zip").write_bytes(data)
        with pytest.raises(MemokitError):
            pack.verify(tmp_path / "x.zip")


def test_a_newer_pack_asks_for_a_newer_memokit(tmp_path: Path):
    with pytest.raises(MemokitError, match="nieuwere memokit"):
        pack.verify(zipped(about(schema_version=2, memokit="9.9"), tmp_path / "x.zip"))


@pytest.mark.parametrize("where", ["", "../..", "/", "99999"])
def test_a_pack_cannot_name_a_folder_of_this_machine(tmp_path: Path, voorbeeldstad: Path, where: str):
    path = zipped(about(municipality=where or str(voorbeeldstad)), tmp_path / "x.zip")
    report = pack.verify(path)
    assert not report.holds and "pack-cannot-repeat" in [p.code for p in report.problems]


@pytest.mark.parametrize("term", [None, [], ["x", None, None], [2024], [10**9, None, None]])
def test_an_impossible_term_is_refused(tmp_path: Path, term: object):
    assert not pack.verify(zipped(about(municipality="12025", term=term), tmp_path / "x.zip")).holds


# -- the commands -------------------------------------------------------------------------------------------


def test_the_commands(voorbeeldstad: Path, tmp_path: Path):
    from memokit.cli import _print_problems, _telling

    make, check = cli_pack.commands(_telling, _print_problems)
    target = tmp_path / "pak.zip"
    done = CliRunner().invoke(make, [str(voorbeeldstad), "--out", str(target)])
    assert done.exit_code == 0 and resources.checksum(target) in done.output
    done = CliRunner().invoke(check, [str(target)])
    assert done.exit_code == 0 and "Het pak klopt." in done.output
    files = unzipped(target.read_bytes())
    files["scores.csv"] = files["scores.csv"].replace(b"1", b"2", 1)
    done = CliRunner().invoke(check, [str(zipped(files, target))])
    assert done.exit_code == 1 and "scores.csv" in done.output and "klopt niet" in done.output
    assert CliRunner().invoke(check, [str(tmp_path / "nergens.zip")]).exit_code == 1
