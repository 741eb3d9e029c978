"""The draft: blocks and footnotes while the section is put together, and how a source is cited."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from memokit import catalogue, facts, texts
from memokit.document import (
    FULL,
    NORMAL,
    Block,
    Bullets,
    Column,
    Hold,
    Note,
    Paragraph,
    Section,
    Table,
    Voice,
    runs,
)
from memokit.dossier import Dossier
from memokit.findings import Finding
from memokit.measures import Measures
from memokit.measures.agenda import Agenda
from memokit.measures.public import SOURCE
from memokit.records import Source
from memokit.texts import NBSP, capital, has, language, lookup


class Draft:
    """Collects blocks in order; every sentence comes from `data/texts` and every number gets its footnote.

    Each sentence may use `m` (measures), `s` (settings of the dossier), `baseline`, `account`, `plan_first`,
    `plan_last`, `last` (of the years whose planned and spent euros may be compared), `name`, `gemeente` and
    `sender`, beside what it is given.
    """

    def __init__(self, measures: Measures, findings: tuple[Finding, ...]) -> None:
        self.measures, self.findings = measures, findings
        self.public = measures.dossier is None
        self.blocks: list[Block] = []
        self.notes: dict[str, Note] = {}
        self.judged: dict[str, str] = {}
        self.in_annex = False
        self.cited: set[str] = set()
        self.annexes = {name: i for i, name in enumerate(_annexes(measures), start=1)}
        self.sender = "" if self.public else self._sender()
        self.context = {**_years(measures), "gemeente": self._municipality(), "sender": self.sender}

    @property
    def dossier(self) -> Dossier:
        """The dossier; only asked for where there is one."""
        assert self.measures.dossier is not None
        return self.measures.dossier

    @property
    def agenda(self) -> Agenda:
        """The measures of Agenda 2030; only asked for where there is a dossier."""
        assert self.measures.agenda is not None
        return self.measures.agenda

    def _municipality(self) -> str:
        city = not self.public and self.dossier.settings.title_city == "yes"
        return str(lookup("section.words.city" if city else "section.words.municipality"))

    def _sender(self) -> str:
        settings = self.dossier.settings
        name = settings.council or str(lookup(f"section.words.default_{settings.sender}"))
        return f"{lookup(f'records.values.article.{settings.article}.label')} {name}"

    # -- sentences and blocks -----------------------------------------------------------------------------

    def say(self, key: str, **values: Any) -> str:
        """Return a sentence, with the words and years of this evaluation at hand."""
        return texts.say(key, **{**self.context, **values})

    def section(self, name: str, level: int = 1, annex: bool = False, **values: Any) -> None:
        """Add a heading."""
        self.in_annex = self.in_annex or annex
        title = self.say(f"section.titles.{name}", **values)
        self.blocks.append(Section(name.replace("_", "-"), title, level, annex))

    def write(
        self, name: str, *keys: str, voice: Voice = "fact", lengths: frozenset[str] = NORMAL,
        finding: str = "", hold: Hold = "", **values: Any,
    ) -> None:
        """Add a paragraph from the sentences under these keys; an empty key falls away."""
        self.paragraph(name, *(self.say(key, **values) for key in keys if key),
                       voice=voice, lengths=lengths, finding=finding, hold=hold)

    def paragraph(
        self, name: str, *sentences: str, voice: Voice = "fact", lengths: frozenset[str] = NORMAL,
        finding: str = "", hold: Hold = "",
    ) -> None:
        """Add a paragraph from ready sentences; empty ones fall away, and so does an empty paragraph."""
        if words := " ".join(sentence for sentence in sentences if sentence):
            held = self._hold(hold, voice)
            self.blocks.append(Paragraph(name, runs(words), voice, lengths, finding, held))

    def bullets(
        self, name: str, items: Iterable[tuple[str, str]], voice: Voice = "fact",
        lengths: frozenset[str] = NORMAL, hold: Hold = "",
    ) -> None:
        """Add a list of items, each with the id of its passage; without items there is none."""
        if found := [(id_, runs(item)) for id_, item in items if item]:
            ids, texts_ = zip(*found, strict=True)
            self.blocks.append(Bullets(name, texts_, voice, lengths, ids, self._hold(hold, voice)))

    def _hold(self, hold: Hold, voice: Voice) -> Hold:
        """The account in the annexes is printed as it is; so is what memokit still asks the council."""
        return "fixed" if self.in_annex or voice in {"aside", "todo"} else hold

    def judge(self, passage: str, subject: str) -> None:
        """Keep which judgement a passage rests on: its words may not say more than that."""
        for action in self.measures.actions:
            if action.code == subject:
                self.judged[passage] = action.status

    def table(
        self, name: str, rows: Iterable[Sequence[str]], numeric: Sequence[str] = (),
        widths: Mapping[str, float] | None = None, lengths: frozenset[str] = FULL, **values: Any,
    ) -> None:
        """Add a table, with caption, heads and remark from `tables.yml`; without rows there is none."""
        cells = tuple(tuple(runs(cell) for cell in row) for row in rows)
        if not cells:
            return
        key, wide = f"tables.{name}", widths or {}
        heads = list(lookup(f"{key}.columns"))[: len(cells[0])]
        columns = tuple(
            Column(self.say(f"{key}.columns.{head}", **values), head in numeric, wide.get(head, 1.0))
            for head in heads
        )
        remark = runs(self.say(f"{key}.remark", **values)) if has(f"{key}.remark") else ()
        caption = self.say(f"{key}.caption", **values)
        self.blocks.append(Table(name.replace("_", "-"), caption, columns, cells, remark, lengths))

    # -- footnotes ----------------------------------------------------------------------------------------

    def note(self, name: str, text: str) -> str:
        """Keep a footnote and return its id, for the filter `note`; the same words are one footnote."""
        words = runs(str(capital(text)))
        known = next((note.id for note in self.notes.values() if note.text == words), name)
        self.notes[known] = Note(known, words)
        return known

    def source_note(self, name: str, ids: Iterable[str], otherwise: str = "") -> str:
        """Keep a footnote that cites sources; nothing to cite gives `otherwise`, or no footnote at all."""
        cites = self.cites(ids) or ([otherwise] if otherwise else [])
        return self.note(name, self.say("sources.cite.joined", parts=cites)) if cites else ""

    def cites(self, ids: Iterable[str]) -> list[str]:
        """Return sources as they stand in a footnote."""
        return [self.cite(name) for name in dict.fromkeys(ids)]

    def cite(self, name: str) -> str:
        """Return one source as it stands in a footnote: title, date, page, what was searched and asked."""
        self.cited.add(name)
        if name.startswith(SOURCE):
            record = facts.record(name.removeprefix(SOURCE))
            return self.say("sources.cite.fact", publisher=record["publisher"], title=lower(record["title"]))
        source = self.source(name)
        if source is None:
            return self.say("sources.cite.unknown", id=name)
        form = source.kind if source.kind in {"search", "website"} else "document"
        dated = bool(source.date) and source.date[:4] not in source.title
        values = {**source.model_dump(), "page": source.page.replace(" ", NBSP)}
        return self.say(f"sources.cite.{form}", dated=dated, **values)

    def source(self, name: str) -> Source | None:
        """Return a source of the dossier."""
        return self.dossier.source(name)

    def whose(self, ids: Sequence[str]) -> str:
        """Return whose word it is: "de website (geraadpleegd op …)"; without a source the council's own."""
        source = next((s for name in ids if (s := self.source(name)) is not None), None)
        if source is None or not has(f"sources.whose.{source.kind}"):
            return self.sender
        return self.say(f"sources.whose.{source.kind}", on=source.consulted_on or source.date)


def _years(m: Measures) -> dict[str, Any]:
    """Return what every sentence may use: the measures, the settings and the years."""
    first, last = m.term.plan
    return {
        "m": m, "s": m.dossier.settings if m.dossier else None, "name": m.name, "baseline": m.term.start,
        "account": m.last_account, "plan_first": first, "plan_last": last, "last": min(m.last_account, last),
    }


def _annexes(measures: Measures) -> tuple[str, ...]:
    """Return the annexes that there is something to say in, in order."""
    money, agenda = measures.money, measures.agenda
    if agenda is None or money is None:
        return ("open", "terms", "sources", "method")
    there = {
        "actions": bool(measures.actions), "money": bool(money.actions or money.per_year or money.unsourced),
        "figures": bool(measures.figures), "questions": bool(agenda.criteria),
        "agenda": bool(agenda.goals or agenda.labelled), "advice": measures.advice is not None,
    }
    return (*(name for name, found in there.items() if found), "open", "terms", "sources", "who", "method")


def value_label(choices: str, key: str) -> str:
    """Return the word for a value: `value_label("status", "mostly")` is "grotendeels gerealiseerd"."""
    return str(lookup(f"records.values.{choices}.{key}.label"))


def goal_name(goal: int) -> str:
    """Return "SDG 12 Verantwoorde consumptie en productie"."""
    found = facts.goals()[goal - 1]
    name = found.name_en if language() == "en" else found.name_nl
    return texts.say("section.agenda.goal", goal=goal, name=name)


def theme_name(theme: str) -> str:
    """Return "D. Eerlijke handel en aankoop"; an action without a theme says so."""
    known = catalogue.themes().get(theme)
    return f"{theme}. {known.name}" if known else texts.say("section.figure.no_theme")


def lower(title: str) -> str:
    """Return a title as it stands inside a sentence."""
    return title[:1].lower() + title[1:]
