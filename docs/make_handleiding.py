"""Write `docs/handleiding.md`: the Dutch handbook, its lists taken from the declarations and their words.

The running text stands in `handleiding.in.md`; a line `<!-- name -->` there is replaced by a list made here.
Run with `make docs`; a test says when the handbook is behind.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from memokit import catalogue, texts
from memokit.exchange import kind_name
from memokit.fields import Cell, Record
from memokit.records import CHOICES, TABLES, Settings
from memokit.sources import kinds

HERE = Path(__file__).parent
NOTICE = (
    "<!-- Gemaakt met `make docs` uit handleiding.in.md en data/; verander dit bestand niet met de hand. -->"
)
YEARS = {"plan": "2020-2025", "account": "2022", "baseline": "2018"}
KINDS = {
    "text": "tekst", "code": "code", "integer": "geheel getal", "year": "jaar", "number": "getal",
    "date": "datum", "choice": "keuze", "codes": "codes met ; ertussen", "sdg": "SDG's met ; ertussen",
    "sources": "bronnen met ; ertussen",
}  # fmt: skip
LONG = 12


def table(heads: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """Return a Markdown table."""
    heads = list(heads)
    lines = [heads, ["---"] * len(heads), *([str(cell) for cell in row] for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def field(model: type[Record], name: str, cell: Cell) -> tuple[str, str, str]:
    """Return one row: the field with its marks, what may stand there, and its help."""
    words = texts.lookup(f"records.fields.{model.table}.{name}", "nl")
    title = f"**{words['title']}**" if cell.required else words["title"]
    marks = (" ●" if cell.short else "") + (" ✱" if cell.private else "")
    kind = KINDS[cell.kind]
    if cell.choices:
        values = texts.lookup(f"records.values.{cell.choices}", "nl")
        labels = [values[key]["label"] for key in CHOICES[cell.choices]]
        kind = "keuze" if len(labels) > LONG else ", ".join(labels)
    return title + marks, kind, f"{words['help']} Kolom `{words['head']}`."


def one_table(model: type[Record]) -> str:
    """Return the part about one table, with help for those values that have it."""
    words = texts.lookup(f"records.tables.{model.table}", "nl")
    rows = [field(model, name, cell) for name, cell in model.cells().items()]
    parts = [f"### {words['title']}", f"{words['help']} Bestand `{words['file']}`."]
    parts.append(table(("Vak", "Wat mag er staan", "Uitleg"), rows))
    for cell in model.cells().values():
        values = texts.lookup(f"records.values.{cell.choices}", "nl") if cell.choices else {}
        helped = [(value["label"], value["help"]) for value in values.values() if "help" in value]
        if helped:
            parts.append(table(("Keuze", "Wanneer"), helped))
    return "\n\n".join(parts)


def questions(core: bool) -> str:
    """Return the questions of the questionnaire, the core or the others."""
    ids = {question.id for question in catalogue.core()}
    rows = [(q.id, q.theme, q.question) for q in catalogue.criteria() if (q.id in ids) is core]
    return table(("Nummer", "Thema", "Vraag"), rows)


def evening() -> str:
    """Return the first evening with its minutes."""
    rows = [(row["time"], row["minutes"], row["text"]) for row in catalogue.first_evening()]
    return table(("Uur", "Minuten", "Wat"), rows)


def documents() -> str:
    """Return the documents to ask for, in order."""
    rows = catalogue.documents()
    return "\n".join(f"{i}. {row['name'].format(**YEARS)}, {row['why']}" for i, row in enumerate(rows, 1))


def lists() -> Mapping[str, str]:
    """Return what comes in place of each mark of the running text."""
    on = {True: "aan", False: "uit"}
    return {
        "first_evening": evening(),
        "kinds": table(("Soort", "Wat"), [(f"`{kind}`", kind_name(kind)) for kind in sorted(kinds())]),
        "documents": documents(),
        "tables": "\n\n".join(one_table(model) for model in (*TABLES, Settings)),
        "core": questions(core=True),
        "more": questions(core=False),
        "plan_check": "\n".join(f"{i}. {row['question']}" for i, row in enumerate(catalogue.plan_check(), 1)),
        "ladder": table(
            ("Trap", "Wat we vragen", "Wat het toont"),
            [
                (row["level"], row["question"] or row["statement"], row["evidence"])
                for row in catalogue.ladder()
            ],
        ),
        "themes": table(
            ("Thema", "Naam", "Waarover", "Vanzelf"),
            [(key, t.name, t.scope, on[t.default_on]) for key, t in catalogue.themes().items()],
        ),
    }


def handbook() -> str:
    """Return the whole handbook."""
    made = lists()
    source = (HERE / "handleiding.in.md").read_text("utf-8")
    with texts.speaking("nl"):
        text = re.sub(r"^<!-- (\w+) -->$", lambda mark: made[mark[1]], source, flags=re.M)
    return f"{NOTICE}\n\n{text}"


if __name__ == "__main__":
    (HERE / "handleiding.md").write_text(handbook(), "utf-8", newline="\n")
