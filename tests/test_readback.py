"""A Word file that comes back: by bookmark, by likeness, tracked changes, comments; nothing silently."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import zipfile
from collections import Counter
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path

import docx as word
import pytest
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from memokit import exchange, intake, readback
from memokit.document import Document, Meta, Note, Paragraph, Run
from memokit.dossier import check, open_dossier, put
from memokit.evaluation import evaluate
from memokit.folder import Dossier
from memokit.problems import MemokitError
from memokit.readback.matching import Matcher
from memokit.readback.reading import read
from memokit.records import Wording
from memokit.wording import passages
from memokit.writers.docx import docx
from memokit.writers.docx_parts import flat, mark_of

from .test_word import BROKEN, broken

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
OURS = "Wij danken het bestuur van harte voor wat is opgebouwd. Bij drie punten stellen we een vraag."


@pytest.fixture
def dossier(voorbeeldstad: Path) -> Dossier:
    return open_dossier(voorbeeldstad)


@pytest.fixture
def out(dossier: Dossier, tmp_path: Path) -> Callable[..., Path]:
    """Write the section as Word, let somebody edit it, and give the file back."""

    def made(edit: Callable[[Word], None] = lambda file: None, length: str = "normal") -> Path:
        path = tmp_path / "evaluatie.docx"
        path.write_bytes(docx(evaluate(dossier).document.select(length)))  # type: ignore[arg-type]
        file = Word(path, dossier)
        edit(file)
        file.save()
        return path

    return made


class Word:
    """A Word file as somebody edits it: passages by their id."""

    def __init__(self, path: Path, dossier: Dossier) -> None:
        self.path, self.file = path, word.Document(str(path))
        self.passages = {p.id: p for p in passages(evaluate(dossier).document)}
        self.more: dict[str, bytes] = {}

    def paragraph(self, id_: str):
        """Return the paragraph of a passage."""
        name = mark_of(id_, self.passages[id_].words)
        starts = self.file.element.body.iter(f"{W}bookmarkStart")
        return next(each for each in starts if each.get(f"{W}name") == name).getparent()

    def runs(self, id_: str) -> list:
        return [run for run in self.paragraph(id_).findall(f"{W}r") if run.find(f"{W}t") is not None]

    def swap(self, id_: str, old: str, new: str) -> None:
        """Type other words over words."""
        for text in self.paragraph(id_).iter(f"{W}t"):
            if old in (text.text or ""):
                text.text = text.text.replace(old, new)
                return
        raise AssertionError(f"{old!r} is not in {id_}")

    def new(self, words: str, after: str):
        """Press Enter behind a passage and type."""
        made = OxmlElement("w:p")
        made.append(run(words))
        self.paragraph(after).addnext(made)
        return made

    def drop(self, id_: str) -> None:
        each = self.paragraph(id_)
        each.getparent().remove(each)

    def without_bookmarks(self) -> None:
        """Do as the export of Google Docs: no bookmarks, no styles of one's own."""
        for tag in ("bookmarkStart", "bookmarkEnd"):
            for each in [*self.file.element.body.iter(f"{W}{tag}")]:
                each.getparent().remove(each)

    def save(self) -> None:
        self.file.save(str(self.path))
        if self.more:
            with zipfile.ZipFile(self.path) as old:
                parts = {name: old.read(name) for name in old.namelist()}
            with zipfile.ZipFile(self.path, "w") as new:
                for name, content in {**parts, **self.more}.items():
                    new.writestr(name, content)


def run(words: str, kind: str = "w:t"):
    made, text = OxmlElement("w:r"), OxmlElement(kind)
    text.text = words
    made.append(text)
    return made


def tracked(kind: str, *inside):
    """Return a tracked change."""
    made = OxmlElement(f"w:{kind}")
    made.set(qn("w:id"), "900")
    made.set(qn("w:author"), "Griet Geheim")
    made.extend(inside)
    return made


def kinds(found: readback.Readback) -> dict[str, list[str]]:
    return {kind: [m.id for m in found.matches if m.kind == kind] for kind in ("changed", "removed", "new")}


NOTHING: dict[str, list[str]] = {"changed": [], "removed": [], "new": []}


# -- by bookmark --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("length", ["page", "normal", "full"])
def test_what_was_not_edited_changes_nothing(dossier: Dossier, out: Callable[..., Path], length: str) -> None:
    found = readback.propose(dossier, out(length=length))
    assert kinds(found) == NOTHING and found.changes == () and found.problems == ()
    assert not exchange.show(dossier, found.path).can_add


def test_a_sentence_written_anew_is_kept_and_undone(dossier: Dossier, out: Callable[..., Path]) -> None:
    path = out(lambda file: file.swap("short-thanks", "We danken", "Wij danken van harte"))
    shown = exchange.show(dossier, path)
    assert "Wij danken van harte het bestuur" in shown.text and shown.can_add
    saved = shown.accept()
    (wording,) = saved.table("wordings")
    assert isinstance(wording, Wording) and wording.text.startswith("Wij danken van harte het bestuur")
    assert wording.original.startswith("We danken het bestuur")
    kept = next(source for source in saved.sources if source.title.startswith("Word-bestand"))
    assert (saved.folder / kept.file).read_bytes() == path.read_bytes() and len(kept.checksum) == 64
    assert not exchange.show(saved, path).can_add  # once is enough
    back, _ = intake.take_back(saved, intake.imports(saved)[0].id)
    assert back.table("wordings") == () and not (back.folder / kept.file).exists()
    assert evaluate(back).document == evaluate(dossier).document


def test_words_out_and_back_again(dossier: Dossier, out: Callable[..., Path]) -> None:
    own = put(dossier, Wording(passage="short-thanks", text=OURS, original="We danken het bestuur."))
    path = own.folder.parent / "weer.docx"
    path.write_bytes(docx(evaluate(own).document.select("normal")))
    assert kinds(readback.propose(own, path)) == NOTHING


def test_the_words_of_memokit_again_take_the_wording_away(dossier: Dossier, out: Callable[..., Path]) -> None:
    path = out()
    original = next(p.words for p in passages(evaluate(dossier).document) if p.id == "short-thanks")
    own = put(dossier, Wording(passage="short-thanks", text=OURS, original=original))
    words = Word(path, dossier)
    words.swap("short-thanks", "We danken", "We danken ")  # spaces alone are no change
    words.save()
    assert kinds(readback.propose(own, path)) == NOTHING  # the file is older, and nobody edited it
    newer = own.folder.parent / "nieuwer.docx"
    newer.write_bytes(docx(evaluate(own).document.select("normal")))
    file = word.Document(str(newer))
    for text in file.element.body.iter(f"{W}t"):
        text.text = (text.text or "").replace(OURS, original)
    file.save(str(newer))
    assert exchange.show(own, newer).accept().table("wordings") == ()


def test_left_out_and_new(dossier: Dossier, out: Callable[..., Path]) -> None:
    def edit(file: Word) -> None:
        file.drop("own-advice")
        file.new("Wij willen dit voortaan elk jaar doen.", "short-thanks")
        file.new("En ook dat.", "short-thanks")

    found = readback.propose(dossier, out(edit))
    assert kinds(found)["removed"] == ["own-advice"] and len(kinds(found)["new"]) == 2
    saved = exchange.show(dossier, found.path).accept()
    document = evaluate(saved).document
    ids = [block.id for block in document.blocks]
    assert "own-advice" not in ids
    at = ids.index("short-thanks")
    said = ["".join(r.text for r in block.text) for block in document.blocks[at + 1 : at + 3]]  # type: ignore[union-attr]
    assert said == ["En ook dat.", "Wij willen dit voortaan elk jaar doen."]  # as they stood in Word
    assert all(block.voice == "opinion" for block in document.blocks[at + 1 : at + 3])  # type: ignore[union-attr]
    again = saved.folder.parent / "weer.docx"
    again.write_bytes(docx(document.select("normal")))
    assert kinds(readback.propose(saved, again)) == NOTHING


def test_a_new_paragraph_with_figures_says_whose_words_they_are(
    dossier: Dossier, out: Callable[..., Path]
) -> None:
    path = out(lambda file: file.new("Wij telden 14 scholen.", "short-thanks"))
    document = evaluate(exchange.show(dossier, path).accept()).document
    block = next(b for b in document.blocks if b.id.startswith("nieuw-"))
    assert "".join(r.text for r in block.text) == "Wij telden 14 scholen. (door de raad geformuleerd)"  # type: ignore[union-attr]


def test_a_figure_that_changed_is_a_warning_and_a_claim_too_high_is_refused(
    dossier: Dossier, out: Callable[..., Path]
) -> None:
    def edit(file: Word) -> None:
        file.swap("short-actions", "Drie zijn in uitvoering", "Vijf zijn in uitvoering")
        file.swap("promise-AC-4.2.3-opinion", "Wij vinden", "De regeling is gerealiseerd. Wij vinden")

    found = readback.propose(dossier, out(edit))
    codes = {(problem.code, problem.severity) for problem in found.problems}
    assert ("wording-figure-lost", "warning") in codes and ("wording-says-more", "error") in codes
    assert [m.id for m in found.taken] == ["short-actions"]
    assert [m.id for m in found.refused] == ["promise-AC-4.2.3-opinion"]
    assert "Niet overgenomen" in exchange.show(dossier, found.path).text


def test_a_no_on_the_command_line_leaves_a_change_out(dossier: Dossier, out: Callable[..., Path]) -> None:
    def edit(file: Word) -> None:
        file.swap("short-thanks", "We danken", "Wij danken")
        file.swap("own-advice", "Zeven", "Van de elf: zeven")

    path = out(edit)
    found = readback.propose(dossier, path, {"short-thanks": "nee", "onbekend": "ja"})
    assert [m.id for m in found.taken] == ["own-advice"]
    assert [problem.code for problem in found.problems if problem.code == "word-choice"] == ["word-choice"]


def test_footnotes_follow_their_sentence_and_a_strange_one_is_told(
    dossier: Dossier, out: Callable[..., Path]
) -> None:
    def edit(file: Word) -> None:
        paragraph = file.paragraph("promise-AC-4.2.3")
        marks = [*paragraph.iter(f"{W}footnoteReference")]
        first, second = (mark.get(f"{W}id") for mark in marks[:2])  # [2] stood before: a reference to it
        marks[0].set(f"{W}id", second)  # somebody swapped two sentences
        marks[1].set(f"{W}id", first)
        other = next(file.paragraph("short-actions").iter(f"{W}footnoteReference"))
        file.paragraph("own-advice").append(deepcopy(other.getparent()))

    found = readback.propose(dossier, out(edit))
    match = next(m for m in found.matches if m.id == "promise-AC-4.2.3")
    assert [int(k) for k in re.findall(r"\[(\d)\]", match.words)] == [3, 2, 1]
    assert "word-note" in [problem.code for problem in found.problems]


def test_a_paragraph_split_in_two_and_two_made_one(dossier: Dossier, out: Callable[..., Path]) -> None:
    def edit(file: Word) -> None:
        paragraph = file.paragraph("short-thanks")
        tail = file.new("Dit is de rest.", "short-thanks")
        end = paragraph.find(f"{W}bookmarkEnd")
        tail.append(end)  # the bookmark now ends in the new paragraph
        joined, gone = file.paragraph("own-advice"), file.paragraph("own-discussed")
        for part in [*gone][1:]:
            joined.append(part)
        gone.getparent().remove(gone)

    found = kinds(readback.propose(dossier, out(edit)))
    assert found["changed"] == ["own-advice"] and found["removed"] == ["own-discussed"]
    assert len(found["new"]) == 1


def test_a_sentence_typed_over_whole_loses_its_bookmark_and_asks(
    dossier: Dossier, out: Callable[..., Path]
) -> None:
    def edit(file: Word) -> None:
        paragraph = file.paragraph("short-thanks")
        for part in [*paragraph][1:]:  # text and bookmark alike
            paragraph.remove(part)
        paragraph.append(run("Dank aan het bestuur en aan alle diensten."))

    path = out(edit)
    found = readback.propose(dossier, path)
    assert kinds(found) == {"changed": ["short-thanks"], "removed": [], "new": []} and found.taken == ()
    taken = readback.propose(dossier, path, {"short-thanks": "ja"}).taken
    assert [match.words for match in taken] == ["Dank aan het bestuur en aan alle diensten."]


def test_a_sentence_that_moved_on_in_the_dossier_asks(dossier: Dossier, out: Callable[..., Path]) -> None:
    path = out(lambda file: file.swap("short-thanks", "We danken", "Wij danken"))
    own = put(dossier, Wording(passage="short-thanks", text=OURS, original="x"))
    found = readback.propose(own, path)
    assert [m.moved_on for m in found.matches if m.kind == "changed"] == [True] and found.taken == ()
    assert [m.id for m in readback.propose(own, path, {"short-thanks": "ja"}).taken] == ["short-thanks"]


def test_another_order_is_told_and_not_taken(dossier: Dossier, out: Callable[..., Path]) -> None:
    def edit(file: Word) -> None:
        first, second = file.paragraph("own-advice"), file.paragraph("own-discussed")
        second.addnext(first)

    found = readback.propose(dossier, out(edit))
    assert [p.code for p in found.problems] == ["word-order"] and found.changes == ()


# -- tracked changes and comments ---------------------------------------------------------------------------


def test_tracked_changes_are_read_as_accepted(dossier: Dossier, out: Callable[..., Path]) -> None:
    def edit(file: Word) -> None:
        first = file.runs("short-thanks")[0]
        words = first.find(f"{W}t").text
        assert words.startswith("We danken")
        parts = (tracked("del", run("We", "w:delText")), tracked("ins", run("Wij")), run(words[2:]))
        for part in parts:
            first.addprevious(part)
        first.getparent().remove(first)
        moved = file.paragraph("own-advice")
        for each in [*moved.findall(f"{W}r")]:
            moved.insert(list(moved).index(each), tracked("moveFrom", each))
        gone = file.paragraph("own-discussed")  # a whole paragraph deleted, its mark too
        for each in [*gone.findall(f"{W}r")]:
            each.find(f"{W}t").tag = f"{W}delText"
            gone.insert(list(gone).index(each), tracked("del", each))
        mark = OxmlElement("w:rPr")
        mark.append(tracked("del"))
        gone.find(f"{W}pPr").append(mark)

    found = readback.propose(dossier, out(edit))
    assert found.matches and kinds(found)["changed"] == ["short-thanks"]
    assert sorted(kinds(found)["removed"]) == ["own-advice", "own-discussed"]
    assert next(m for m in found.matches if m.kind == "changed").words.startswith("Wij danken het bestuur")


COMMENTS = (
    '<w:comments xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
    '<w:comment w:id="7" w:author="Griet Geheim" w:initials="GG"><w:p><w:r><w:t>Is dit juist?</w:t></w:r>'
    "</w:p></w:comment></w:comments>"
)


def test_comments_are_listed_by_place_and_never_by_name(dossier: Dossier, out: Callable[..., Path]) -> None:
    def edit(file: Word) -> None:
        reference = OxmlElement("w:r")
        mark = OxmlElement("w:commentReference")
        mark.set(qn("w:id"), "7")
        reference.append(mark)
        file.paragraph("short-thanks").append(reference)
        file.more["word/comments.xml"] = COMMENTS.encode()

    path = out(edit)
    found = readback.propose(dossier, path)
    assert [text for _, text in found.comments] == ["Is dit juist?"]
    assert found.comments[0][0].startswith("We danken het bestuur") and kinds(found) == NOTHING
    text = exchange.show(dossier, path).text
    assert "Is dit juist?" in text and "Griet" not in text


# -- without bookmarks --------------------------------------------------------------------------------------


def test_without_bookmarks_each_change_asks_for_a_yes(dossier: Dossier, out: Callable[..., Path]) -> None:
    def edit(file: Word) -> None:
        file.swap("short-thanks", "We danken", "Wij danken van harte")
        file.new("Iets heel anders wat nergens op lijkt, zomaar erbij geschreven.", "own-discussed")
        file.drop("own-advice")
        file.without_bookmarks()

    path = out(edit)
    found = readback.propose(dossier, path)
    assert kinds(found)["changed"] == ["short-thanks"] and len(kinds(found)["new"]) == 1
    assert found.taken == () and found.changes == ()  # and what is not there is never taken for left out
    assert "short-thanks=ja" in exchange.show(dossier, path).text
    chosen = readback.propose(dossier, path, {"short-thanks": "ja"})
    assert [m.id for m in chosen.taken] == ["short-thanks"]
    assert [m.id for m in readback.propose(dossier, path, {"alles": "ja"}).taken] == [
        "short-thanks", *kinds(found)["new"],
    ]  # fmt: skip


def test_without_bookmarks_and_unchanged_nothing_is_asked(dossier: Dossier, out: Callable[..., Path]) -> None:
    found = readback.propose(dossier, out(lambda file: file.without_bookmarks(), "full"))
    assert kinds(found) == NOTHING


# -- what cannot be read ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "code"), BROKEN)
def test_a_file_that_is_broken_or_dangerous(dossier: Dossier, tmp_path: Path, kind: str, code: str) -> None:
    path = broken(kind, tmp_path)
    with pytest.raises(MemokitError) as caught:
        exchange.show(dossier, path)
    assert [problem.code for problem in caught.value.problems] == [code]


def test_a_file_of_something_else_is_refused(dossier: Dossier, tmp_path: Path) -> None:
    file = word.Document()
    file.add_paragraph("Verslag van de vergadering.")
    file.save(str(tmp_path / "verslag.docx"))
    with pytest.raises(MemokitError) as caught:
        exchange.show(dossier, tmp_path / "verslag.docx")
    assert caught.value.problems[0].code == "word-other-dossier"


def test_the_dossier_has_nothing_to_say_about_a_kept_file(dossier: Dossier, out: Callable[..., Path]) -> None:
    saved = exchange.show(dossier, out(lambda f: f.swap("short-thanks", "We danken", "Wij danken"))).accept()
    assert Counter(p.code for p in check(saved)) == Counter(p.code for p in check(dossier))


# -- anything goes out and back -----------------------------------------------------------------------------

ODD = st.characters(blacklist_categories=("Cc", "Cs", "Co"), blacklist_characters="\ufffe\uffff\u2028\u2029")
TEXTS = st.text(ODD, min_size=1, max_size=80)
TAIL = "@einde"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=TEXTS.filter(lambda text: text.strip()), style=st.sampled_from(["", "strong", "emphasis"]),
       notes=st.lists(st.sampled_from("abc"), max_size=4))
def test_any_words_go_out_and_come_back(tmp_path: Path, words: str, style: str, notes: list[str]) -> None:
    runs = (Run(words, style), *(Run(name, "note") for name in notes), Run(TAIL))  # type: ignore[arg-type]
    meta = Meta("Titel", "", "Buurgem", "Raad", "2024-04-15", "")
    made = Document(meta, (Paragraph("p", runs, "fact"), Paragraph("q", (Run("Vast."),))),
                    tuple(Note(name, (Run(f"Bron {name}"),)) for name in "abc"))
    path = tmp_path / "uit.docx"
    path.write_bytes(docx(made))
    matches = Matcher(read(path), made).matches()
    assert [match.kind for match in matches] == ["same", "same"]
    file = word.Document(str(path))
    for each in file.element.body.iter(f"{W}t"):
        if (each.text or "").endswith(TAIL):
            each.text = each.text.removesuffix(TAIL) + "ten slotte"
    stream = io.BytesIO()
    file.save(stream)
    path.write_bytes(stream.getvalue())
    (changed, _) = Matcher(read(path), made).matches()
    assert flat(changed.words) == flat(changed.passage.words.removesuffix(TAIL) + "ten slotte")


# -- LibreOffice --------------------------------------------------------------------------------------------


@pytest.mark.office
def test_saved_again_by_libreoffice_it_reads_the_same(
    dossier: Dossier, out: Callable[..., Path], tmp_path: Path
) -> None:
    if not (soffice := shutil.which("soffice")):
        pytest.skip("LibreOffice is not on this machine")
    path = out(length="full")
    home = f"-env:UserInstallation=file://{tmp_path / 'home'}"
    subprocess.run([soffice, home, "--headless", "--convert-to", "docx:MS Word 2007 XML", "--outdir",
                    str(tmp_path / "lo"), str(path)], check=True, capture_output=True)  # fmt: skip
    again = tmp_path / "lo" / path.name
    assert again.read_bytes() != path.read_bytes()
    found = readback.propose(dossier, again)
    assert kinds(found) == NOTHING and found.problems == ()
    edited = Word(again, dossier)
    edited.swap("short-thanks", "We danken", "Wij danken")
    edited.save()
    assert kinds(readback.propose(dossier, again))["changed"] == ["short-thanks"]
