"""The draft: blocks and footnotes while the section is being put together, and how a source is cited."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from memokit import catalogue, facts
from memokit.document import (
    NORMAL,
    Block,
    Bullets,
    Column,
    Note,
    Paragraph,
    Section,
    Table,
    Text,
    Voice,
    runs,
)
from memokit.dossier import Dossier
from memokit.findings import Finding
from memokit.measures import Measures
from memokit.measures.public import SOURCE
from memokit.records import Source
from memokit.texts import NBSP, capital, has, language, lookup, say


class Draft:
    """Collects blocks in order; every sentence comes from `data/texts` and every number gets its footnote."""

    def __init__(self, measures: Measures, findings: tuple[Finding, ...]) -> None:
        self.measures = measures
        self.findings = findings
        self.blocks: list[Block] = []
        self.notes: dict[str, Note] = {}
        self.cited: set[str] = set()
        self.annexes = {name: i for i, name in enumerate(_annexes(measures), start=1)}

    # -- who and what -------------------------------------------------------------------------------------

    @property
    def dossier(self) -> Dossier:
        """The dossier; only asked for where there is one."""
        assert self.measures.dossier is not None
        return self.measures.dossier

    @property
    def public(self) -> bool:
        """Whether there is no dossier, only public facts."""
        return self.measures.dossier is None

    @property
    def municipality(self) -> str:
        """ "de stad" or "de gemeente"."""
        city = self.measures.dossier is not None and self.dossier.settings.title_city == "yes"
        return str(lookup("section.words.city" if city else "section.words.municipality"))

    @property
    def sender(self) -> str:
        """The council's or group's name with its article: "de Mondiale Raad"."""
        settings = self.dossier.settings
        name = settings.council or str(lookup(f"section.words.default_{settings.sender}"))
        return f"{lookup(f'records.values.article.{settings.article}.label')} {name}"

    # -- blocks -------------------------------------------------------------------------------------------

    def section(self, name: str, level: int = 1, annex: bool = False, **values: Any) -> None:
        """Add a heading."""
        title = say(f"section.titles.{name}", **values)
        self.blocks.append(Section(name.replace("_", "-"), title, level, annex))

    def paragraph(
        self,
        name: str,
        *sentences: str,
        voice: Voice = "fact",
        lengths: frozenset[str] = NORMAL,
        finding: str = "",
    ) -> None:
        """Add a paragraph from ready sentences; empty ones fall away, and so does an empty paragraph."""
        words = " ".join(sentence for sentence in sentences if sentence)
        if words:
            self.blocks.append(Paragraph(name, runs(words), voice, lengths, finding))

    def bullets(
        self, name: str, items: Iterable[str], voice: Voice = "fact", lengths: frozenset[str] = NORMAL
    ) -> None:
        """Add a list; without items there is none."""
        texts = tuple(runs(item) for item in items if item)
        if texts:
            self.blocks.append(Bullets(name, texts, voice, lengths))

    def table(
        self,
        name: str,
        caption: str,
        columns: Sequence[Column],
        rows: Iterable[Sequence[str]],
        remark: str = "",
        lengths: frozenset[str] = NORMAL,
    ) -> None:
        """Add a table; without rows there is none."""
        cells = tuple(tuple(runs(cell) for cell in row) for row in rows)
        if cells:
            note: Text = runs(remark) if remark else ()
            self.blocks.append(Table(name, caption, tuple(columns), cells, note, lengths))

    # -- footnotes ----------------------------------------------------------------------------------------

    def note(self, name: str, text: str) -> str:
        """Keep a footnote and return its id, for the filter `note`; the same words are one footnote."""
        words = runs(str(capital(text)))
        known = next((note.id for note in self.notes.values() if note.text == words), name)
        self.notes[known] = Note(known, words)
        return known

    def source_note(self, name: str, ids: Iterable[str], otherwise: str = "") -> str:
        """Keep a footnote that cites sources; nothing to cite gives `otherwise`, or no footnote at all."""
        cites = self.cites(ids)
        if not cites and not otherwise:
            return ""
        return self.note(name, say("sources.cite.joined", parts=cites or [otherwise]))

    def cites(self, ids: Iterable[str]) -> list[str]:
        """Return sources as they stand in a footnote."""
        return [self.cite(name) for name in dict.fromkeys(ids)]

    def cite(self, name: str) -> str:
        """Return one source as it stands in a footnote: title, date, page, what was searched and asked."""
        self.cited.add(name)
        if name.startswith(SOURCE):
            record = facts.record(name.removeprefix(SOURCE))
            return say("sources.cite.fact", publisher=record["publisher"], title=_lower(record["title"]))
        source = self.source(name)
        if source is None:
            return say("sources.cite.unknown", id=name)
        if source.kind == "search":
            return say("sources.cite.search", **source.model_dump(exclude={"id_", "kind"}))
        form = "website" if source.kind == "website" else "document"
        dated = bool(source.date) and source.date[:4] not in source.title
        return say(
            f"sources.cite.{form}",
            title=source.title,
            date=source.date,
            dated=dated,
            page=source.page.replace(" ", NBSP),
            consulted=source.consulted_on,
        )

    def source(self, name: str) -> Source | None:
        """Return a source of the dossier."""
        return next((s for s in self.dossier.sources if s.id_ == name), None)

    def whose(self, ids: Sequence[str]) -> str:
        """Return whose word it is: "de website (geraadpleegd op …)"; without a source the council's own."""
        source = next((s for name in ids if (s := self.source(name)) is not None), None)
        if source is None or not has(f"sources.whose.{source.kind}"):
            return self.sender
        return say(f"sources.whose.{source.kind}", on=source.consulted_on or source.date)

    def annex(self, name: str) -> int:
        """Return the number of an annex, to refer to it in a sentence."""
        return self.annexes[name]


def _annexes(measures: Measures) -> tuple[str, ...]:
    """Return the annexes that there is something to say in, in order."""
    if measures.agenda is None:
        return ("open", "terms", "sources", "method")
    money = measures.money
    there = {
        "actions": bool(measures.actions),
        "money": money is not None and bool(money.actions or money.per_year or money.unsourced),
        "figures": bool(measures.figures),
        "questions": bool(measures.agenda.criteria),
        "agenda": bool(measures.agenda.goals or measures.agenda.labelled),
        "advice": measures.advice is not None,
    }
    return (
        *(name for name, has_content in there.items() if has_content),
        "open",
        "terms",
        "sources",
        "who",
        "method",
    )


def value_label(choices: str, key: str) -> str:
    """Return the word for a value: `value_label("status", "mostly")` is "grotendeels gerealiseerd"."""
    return str(lookup(f"records.values.{choices}.{key}.label"))


def goal_name(goal: int) -> str:
    """Return "SDG 12 Verantwoorde consumptie en productie"."""
    found = facts.goals()[goal - 1]
    name = found.name_en if language() == "en" else found.name_nl
    return say("section.agenda.goal", goal=goal, name=name)


def theme_name(theme: str) -> str:
    """Return "D. Eerlijke handel en aankoop"; an action without a theme says so."""
    known = catalogue.themes().get(theme)
    return f"{theme}. {known.name}" if known else say("section.figure.no_theme")


def columns(
    key: str, numeric: Iterable[str] = (), widths: dict[str, float] | None = None, **values: Any
) -> list[Column]:
    """Return the columns of a table from its texts; `numeric` names those that hold figures."""
    heads: dict[str, str] = lookup(key)
    numbers, wide = set(numeric), widths or {}
    return [Column(say(f"{key}.{name}", **values), name in numbers, wide.get(name, 1.0)) for name in heads]


def _lower(title: str) -> str:
    return title[:1].lower() + title[1:]
