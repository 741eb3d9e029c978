"""The whole way for one municipality: measures → findings → document, and the document into a file."""

from __future__ import annotations

import hashlib
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from memokit import __version__, facts
from memokit.branding import brand
from memokit.document import Document, Length
from memokit.dossier import Dossier, open_dossier
from memokit.findings import Finding, find
from memokit.measures import Measures, measure
from memokit.narrative import write_document
from memokit.narrative.added import NEW, with_added
from memokit.narrative.letter import letter, worksheet
from memokit.problems import MemokitError, Problem, refuse_errors
from memokit.records import PRIVATE_TABLES, Wording
from memokit.resources import checksum, data_path
from memokit.tables import write_problem
from memokit.terms import Term
from memokit.territory import Place, place
from memokit.texts import speaking
from memokit.wording import apply

FACTS = (
    "population", "households", "income", "crime", "road_accidents", "farm_shops", "health_index",
    "municipalities", "mergers",
)  # fmt: skip
DOCUMENT_LANGUAGE = "nl"
NAMES: Mapping[str, str] = {"normal": "evaluatie", "full": "evaluatie-volledig", "page": "handblad"}
SCORE_COLUMNS = (
    "kind", "key", "name", "unit", "goal", "year_then", "then", "year_now", "now", "change", "score_then",
    "score_now", "trend", "n", "status", "basis", "source",
)  # fmt: skip
SUFFIXES = (".html", ".pdf", ".docx", ".md", ".json")


@dataclass(frozen=True)
class Evaluation:
    """What was measured, what follows from it, and the document that says so; with the record of the run.

    `problems` tells what must be looked at in the council's own words.
    """

    measures: Measures
    findings: tuple[Finding, ...]
    document: Document
    recipe: Mapping[str, Any]
    problems: tuple[Problem, ...] = ()


def evaluate(
    x: Dossier | Place | str | Path, term: Term | None = None, on: date | None = None, language: str = "nl"
) -> Evaluation:
    """Evaluate a dossier, or a municipality from public facts alone.

    Parameters
    ----------
    x
        A dossier or its folder; else the name or NIS code of a municipality, or the place itself.
    term
        The term that is judged; `Term(2024)`, or what `dossier.yml` says, if not given. Never the clock.
    on
        The date on the page; that of the dossier, else the newest date among the inputs.
    language
        Of the document, whatever the screen speaks: `nl`, `en` or `fr`. What has no translation stays Dutch
        and is marked; the council's own texts stay as they are. What it rewrote stands as memokit writes it.

    Raises
    ------
    MemokitError
        With all problems at once, when the input cannot be used or would give a wrong count.

    Examples
    --------
    >>> ev = evaluate("Mechelen")
    >>> ev.document.meta.title.replace("–", "-")
    'Evaluatie van het beleid 2019-2024 in Mechelen'
    """
    dossier = x if isinstance(x, Dossier) else None if isinstance(x, Place) else _dossier(x)
    if dossier is None:
        term = term or Term(2024)
        where = x if isinstance(x, Place) else place(str(x).strip(), term)
        return _assemble(where.name, term, on or _facts_date(), where, None, language)
    if term is not None:
        chosen = {"election": term.election, "baseline": term.baseline, "until": term.until}
        dossier = replace(dossier, settings=dossier.settings.model_copy(update=chosen))
    refuse_errors(dossier.problems)
    settings = dossier.settings
    fictional = settings.fictional == "yes"
    home = None if fictional else place(settings.municipality, dossier.term)
    name = settings.name or (home.name if home else settings.municipality)
    return _assemble(name, dossier.term, on or _dossier_date(dossier), home, dossier, language)


def _assemble(
    name: str, term: Term, on: date, where: Place | None, dossier: Dossier | None, language: str
) -> Evaluation:
    measures = measure(name, term, on, where, dossier)
    findings = find(measures)
    recipe = _recipe(measures, language)
    with speaking(language, document=True):  # whatever language the screen speaks
        document = write_document(measures, findings, __version__, recipe["checksum"])
        problems: tuple[Problem, ...] = ()
        if dossier is not None:
            document, problems = _in_own_words(document, findings, dossier)
            problems += brand(dossier.folder, dossier.settings).problems
    return Evaluation(measures, findings, document, recipe, problems)


def _in_own_words(
    document: Document, findings: tuple[Finding, ...], dossier: Dossier
) -> tuple[Document, tuple[Problem, ...]]:
    """Return the document in the council's own words; each problem with the row of its passage."""
    words = {each.passage: each for each in dossier.table("wordings") if isinstance(each, Wording)}
    if document.meta.language != "nl":  # they rewrote the Dutch sentences; what is left out stays left out
        words = {name: each.model_copy(update={"text": "", "original": ""}) for name, each in words.items()}
    elsewhere = [finding.passage for finding in findings if not finding.chosen]
    known = [each for each in words.values() if not each.passage.startswith(NEW)]
    made, problems = apply(document, known, elsewhere, dossier.settings.sender)
    made, lost = with_added(made, words.values(), dossier.settings.sender)
    problems += lost
    rows = [dossier.row_of(words[str(problem.detail["passage"])]) for problem in problems]
    return made, tuple(replace(p, row=row) for p, row in zip(problems, rows, strict=True))


def kind_of(x: str | Path) -> str:
    """Return what a text is taken for: `dossier`, `path` (and then it must be one), or `municipality`."""
    path = Path(x)
    if (path / "dossier.yml").is_file():
        return "dossier"
    looks_like_path = isinstance(x, Path) or "/" in str(x) or "\\" in str(x) or path.is_file()
    return "path" if looks_like_path else "municipality"


def _dossier(x: str | Path) -> Dossier | None:
    """Return the dossier that a path names, or None when the text is a municipality."""
    kind = kind_of(x)
    if kind == "path":
        raise MemokitError(Problem("not-a-dossier", file=Path(x).name, found=Path(x).name))
    return open_dossier(Path(x)) if kind == "dossier" else None


def _facts_date() -> date:
    return max(date.fromisoformat(str(facts.record(table)["compiled_on"])) for table in FACTS)


def _dossier_date(dossier: Dossier) -> date:
    """Return `datum` of the dossier, else the newest full date among its open records."""
    if dossier.settings.date:
        text = dossier.settings.date
        return date.fromisoformat(text if len(text) == 10 else f"{text}-12-31"[:10])
    texts = (
        str(getattr(record, name))
        for table, records in dossier.records.items()
        for record in records
        for name, cell in record.cells().items()
        if table not in PRIVATE_TABLES and not cell.private
    )
    days = [text for text in texts if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text)]
    return date.fromisoformat(max(days)) if days else _facts_date()


def _recipe(measures: Measures, language: str) -> dict[str, Any]:
    """Return the record of the run: version, settings, and the checksum of every input."""
    dossier, term = measures.dossier, measures.term
    inputs = {f"facts/{table}.csv": checksum(data_path("facts", f"{table}.csv")) for table in FACTS}
    inputs["catalogue/indicators.csv"] = checksum(data_path("catalogue", "indicators.csv"))
    own = dict(dossier.inputs()) if dossier else {}
    if dossier and (logo := brand(dossier.folder, dossier.settings).logo):
        own[dossier.settings.logo] = hashlib.sha256(logo.encode()).hexdigest()
    settings: dict[str, Any] = {
        "municipality": measures.place.code if measures.place else dossier and dossier.settings.municipality,
        "borders": measures.place.borders if measures.place else None,
        "election": term.election,
        "baseline": term.start,
        "until": term.end,
        "date": measures.date.isoformat(),
        "language": language,
        "last_account": measures.last_account,
        "target_year": 2030,
        "progress": "linear",
        "themes": list(dossier.settings.themes) if dossier else [],
        "targets": {t.indicator: t.target for t in dossier.targets} if dossier else {},
    }
    return {
        "memokit": __version__,
        "settings": settings,
        "inputs": {**inputs, **own},
        "checksum": _short(own),
    }


def _short(inputs: Mapping[str, str]) -> str:
    text = "\n".join(f"{name} {digest}" for name, digest in sorted(inputs.items()))
    return hashlib.sha256(text.encode()).hexdigest()[:12] if inputs else ""


# -- files --------------------------------------------------------------------------------------------------


def export(ev: Evaluation, path: str | Path, length: Length = "normal") -> Path:
    """Write the document as one file; its suffix says the form, `length` how many of its blocks.

    Raises
    ------
    MemokitError
        The suffix is unknown, or the file cannot be written. What stood there before is left as it was.
    """
    target = Path(path)
    content = render(ev, target.suffix, length)
    with _beside(target) as folder:
        made = folder / target.name
        made.write_bytes(content)
        _move(made, target)
    return target


def render(ev: Evaluation, suffix: str, length: Length) -> bytes:
    """Return the bytes of one form of the document in one length."""
    document = ev.document.select(length)
    if suffix == ".html":
        from memokit.writers.html import page

        return page(document, length=length).encode()
    if suffix == ".pdf":
        from memokit.writers.pdf import pdf

        return pdf(document, length=length)
    if suffix == ".docx":
        from memokit.writers.docx import docx

        return docx(document, _template(ev, length), length)
    if suffix == ".md":
        from memokit.writers.data import markdown

        return markdown(document).encode()
    if suffix == ".json":
        from memokit.writers.data import json_text

        return json_text(ev.document, ev.recipe).encode()
    raise MemokitError(Problem("unknown-format", found=suffix, choices=SUFFIXES))


def _template(ev: Evaluation, length: Length) -> Path | None:
    """Return the council's own Word file, which takes the section in; the handblad stays a page apart."""
    dossier = ev.measures.dossier
    if dossier is None or not dossier.settings.template or length == "page":
        return None
    from memokit.writers.docx_template import template_in

    return template_in(dossier.folder, dossier.settings.template)


def write_all(
    ev: Evaluation, out: Path, forms: Iterable[str] = ("html", "pdf"), lengths: Iterable[Length] = ("normal",)
) -> Iterator[Path]:
    """Write everything that belongs to an evaluation, flat in one folder; yield each name as it is made.

    All is made in a temporary folder beside it and moved in at the end, so nothing is half replaced.
    """
    from memokit.writers.data import scores_csv
    from memokit.writers.pdf import worksheet as worksheet_pdf

    with _beside(out) as folder:
        for length in lengths:
            for form in forms:
                name = f"{NAMES[length]}.{form}"
                (folder / name).write_bytes(render(ev, f".{form}", length))
                yield out / name
        (folder / "evaluatie.json").write_bytes(render(ev, ".json", "full"))
        (folder / "scores.csv").write_text(scores_csv(score_rows(ev), SCORE_COLUMNS), "utf-8", newline="")
        (folder / "vraagbrief.txt").write_text(letter(ev.measures, ev.findings), "utf-8", newline="")
        (folder / "werkblad.pdf").write_bytes(worksheet_pdf(worksheet(ev.measures, ev.findings)))
        for name in ("evaluatie.json", "scores.csv", "vraagbrief.txt", "werkblad.pdf"):
            yield out / name
        out.mkdir(parents=True, exist_ok=True)
        for made in sorted(folder.iterdir()):
            _move(made, out / made.name)


def score_rows(ev: Evaluation) -> list[dict[str, Any]]:
    """Return one row per figure, goal and theme: what stands in `scores.csv`, for other programs."""
    rows: list[dict[str, Any]] = []
    for f in ev.measures.figures:
        then, now = ((o.year, o.value) if o else (None, None) for o in (f.then, f.now))
        sources = " ".join(f.now.sources if f.now else f.then.sources if f.then else ())
        status, basis = f.now.status if f.now else "missing", f.target_by or "information"
        row = ("figure", f.key, f.name, f.unit, f.goal, *then, *now, f.change, f.score_then, f.score_now,
               f.progress.trend, None, status, basis, sources)
        rows.append(dict(zip(SCORE_COLUMNS, row, strict=True)))
    agenda = ev.measures.agenda
    for kind, scores in (("goal", agenda.goals), ("theme", agenda.themes)) if agenda else ():
        rows += [
            {"kind": kind, "key": s.key, "goal": s.key if kind == "goal" else None, "score_then": s.then,
             "score_now": s.now, "n": s.n, "basis": " ".join(s.bases)}
            for s in scores
        ]
    return rows


@contextmanager
def _beside(target: Path) -> Iterator[Path]:
    """Give a temporary folder on the same disk; a full or closed disk becomes a problem, not a crash."""
    parent = target.parent
    folder = None
    try:
        parent.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=".memokit-", dir=parent))
        yield folder
    except OSError as error:
        raise MemokitError(write_problem(error, target)) from error
    finally:
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)


def _move(made: Path, target: Path) -> None:
    try:
        made.replace(target)
    except PermissionError as error:
        raise MemokitError(Problem("file-open-elsewhere", file=target.name)) from error
