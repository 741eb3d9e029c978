"""The command line: new, import, check, evaluate, app … In Dutch, unless MEMOKIT_LANG says otherwise."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import memokit
from memokit import cli_batch, cli_pack, cli_peers, cli_score, cli_word
from memokit.texts import language, languages, lookup, said_in_dutch, say

if TYPE_CHECKING:
    from memokit.problems import Problem

SUFFIXES = ["csv", "xlsx"]
Command = Callable[..., Any]


@contextmanager
def _telling() -> Iterator[None]:
    """Print the problems of an input and leave with 1, instead of a traceback."""
    try:
        yield
    except memokit.MemokitError as error:
        _print_problems(error.problems)
        sys.exit(1)


def _print_problems(problems: Iterable[Problem]) -> None:
    for problem in problems:
        where = f"{problem.place}: " if problem.place else ""
        severity = say(f"cli.said.severity.{problem.severity}")
        click.echo(say("cli.said.problem", severity=severity, text=f"{where}{problem.message}"), err=True)
        click.echo(f"        → {problem.remedy}", err=True)


def _split(group: str) -> Callable[[click.Context, click.Parameter, str], list[str]]:
    """Return a callback that turns words with commas between them into keys, and names what it cannot use."""

    def callback(context: click.Context, parameter: click.Parameter, value: str) -> list[str]:
        keys = {str(label): key for key, label in lookup(f"cli.{group}").items()}
        found = [word.strip() for word in value.split(",") if word.strip()]
        for word in found:
            if word not in keys:
                raise click.BadParameter(say("cli.said.bad_choice", found=word, choices=list(keys)))
        return [keys[word] for word in found]

    return callback


def _term(election: int | None, until: int | None) -> memokit.Term | None:
    if election is None and until is None:
        return None
    try:
        return memokit.Term(2024 if election is None else election, until=until)
    except ValueError as error:
        raise click.BadParameter(say("cli.said.bad_term", found=until or election)) from error


@click.group(help=say("cli.main"), context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(memokit.__version__, prog_name="memokit")
def main() -> None:
    """Hold the commands."""


@main.command(help=say("cli.new.help"))
@click.argument("name")
@click.argument("folder", required=False, type=click.Path(path_type=Path))
@click.option("--term", type=int, help=say("cli.evaluate.term"))
def new(name: str, folder: Path | None, term: int | None) -> None:
    """Make a dossier, filled with what is known."""
    with _telling():
        made = memokit.new(name, folder, _term(term, None))
        click.echo(say("cli.said.made", name=made.folder))
        click.echo(say("cli.said.next", name=made.folder))


@main.command("import", help=say("cli.import.help"))
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option("--into", "folder", type=click.Path(path_type=Path), help=say("cli.import.into"))
@click.option("--kind", help=say("cli.import.kind"))
@click.option("--choose", multiple=True, help=say("cli.import.choose"))
@click.option("--ja", "sure", is_flag=True, help=say("cli.import.yes"))
@click.option("--proef", "only_show", is_flag=True, help=say("cli.import.only_show"))
@click.option("--undo", "id_", help=say("cli.import.undo"))
@click.option("--list", "list_", is_flag=True, help=say("cli.import.list"))
def import_(
    files: tuple[Path, ...], folder: Path | None, kind: str | None, choose: tuple[str, ...], sure: bool,
    only_show: bool, id_: str | None, list_: bool,
) -> None:  # fmt: skip
    """Bring files that a council downloaded into a dossier: shown first, undone with one command."""
    from memokit import exchange, intake

    if list_:
        click.echo(exchange.list_kinds())
        return
    if folder is None:
        raise click.UsageError(say("cli.import.where"))
    with _telling():
        dossier = memokit.open(folder)
        if id_:
            _, notes = intake.take_back(dossier, id_)
            _print_problems(notes)
            click.echo(say("intake.undone", id=id_))
            return
        if not (files or intake.waiting(dossier)):
            click.echo(say("intake.inbox_empty", folder=folder / intake.INBOX))
        for file in files or intake.waiting(dossier):
            shown = exchange.show(dossier, file, kind, _choices(choose))
            _print_problems(shown.problems)
            click.echo(shown.text)
            if only_show or not shown.can_add:
                continue
            if sure or not sys.stdin.isatty() or click.confirm(say("intake.question")):
                dossier = shown.accept()
                id_ = shown.proposal.id if shown.proposal else ""
                click.echo(say("intake.added", id=id_, folder=folder))
            else:
                click.echo(say("intake.not_added"))


def _choices(given: Iterable[str]) -> dict[str, str]:
    pairs = [text.partition("=") for text in given]
    if wrong := [name for name, mark, _ in pairs if not mark]:
        raise click.BadParameter(say("cli.import.bad_choose", found=wrong[0]))
    return {name.strip(): value.strip() for name, _, value in pairs}


@main.command("voorstellen", help=say("cli.proposals.help"))
@click.argument("dossier", type=click.Path(path_type=Path))
def proposals(dossier: Path) -> None:
    """List the actions of the plan that seem to be about international solidarity."""
    from memokit import exchange

    with _telling():
        click.echo(exchange.list_proposals(memokit.open(dossier)))


@main.command("tabellen", help=say("cli.tables.help"))
@click.argument("subject")
@click.option("--out", type=click.Path(path_type=Path), default=Path("tabellen"), help=say("cli.tables.out"))
@click.option("--formaat", "suffix", type=click.Choice(SUFFIXES), default="csv", help=say("cli.tables.form"))
def save_tables(subject: str, out: Path, suffix: str) -> None:
    """Save every table of a dossier and of its result, to be opened in a spreadsheet and read back."""
    from memokit import exchange

    with _telling():
        files = exchange.save_tables(memokit.evaluate(subject), out, suffix)
        click.echo(say("intake.saved_tables", n=len(files), folder=out))


@main.command(help=say("cli.check.help"))
@click.argument("dossier", type=click.Path(path_type=Path))
def check(dossier: Path) -> None:
    """List every problem at once; leave with 1 when there is an error."""
    problems = memokit.check(dossier)
    if not any(problem.severity == "error" for problem in problems):
        problems += memokit.evaluate(dossier).problems
    _print_problems(problems)
    tally = {s: sum(p.severity == s for p in problems) for s in ("error", "warning", "note")}
    text = say("cli.said.count", errors=tally["error"], warnings=tally["warning"], notes=tally["note"])
    click.echo(text if problems else say("cli.said.no_problems"))
    sys.exit(1 if tally["error"] else 0)


@main.command(help=say("cli.werkboek.help"))
@click.argument("dossier", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), help=say("cli.werkboek.out"))
@click.option("--lees", "filled", type=click.Path(path_type=Path), help=say("cli.werkboek.read"))
def werkboek(dossier: Path, out: Path | None, filled: Path | None) -> None:
    """Write the Excel file that people fill in, or read it back."""
    from memokit import workbook

    with _telling():
        opened = memokit.open(dossier)
        if filled is not None:
            done = workbook.apply(opened, filled)
            _print_problems(done.problems)
            new = [r for table in done.records for r in done.table(table) if r not in opened.table(table)]
            click.echo(say("cli.said.read_back", n=len(new) + (done.settings != opened.settings)))
            return
        target = out or dossier / f"werkboek-{opened.settings.name or dossier.name}.xlsx"
        workbook.write(opened, target)
        click.echo(say("cli.said.written", name=target))


@main.command(help=say("cli.evaluate.help"))
@click.argument("subject")
@click.option(
    "--out", type=click.Path(path_type=Path), default=Path("resultaten"), help=say("cli.evaluate.out")
)
@click.option("--term", type=int, help=say("cli.evaluate.term"))
@click.option("--tot", "until", type=int, help=say("cli.evaluate.until"))
@click.option(
    "--formaat", "forms", default="html,pdf", callback=_split("forms"), help=say("cli.evaluate.form")
)
@click.option(
    "--lengte", "lengths", default="normaal", callback=_split("lengths"), help=say("cli.evaluate.length")
)
@click.option("--datum", type=click.DateTime(["%Y-%m-%d"]), help=say("cli.evaluate.date"))
@click.option(
    "--taal", "lang", type=click.Choice(languages()), default="nl", help=say("cli.evaluate.language")
)
def evaluate(
    subject: str,
    out: Path,
    term: int | None,
    until: int | None,
    forms: list[str],
    lengths: list[str],
    datum: Any,
    lang: str,
) -> None:
    """Evaluate and write the results in one folder."""
    from memokit.evaluation import kind_of, write_all

    chosen = _term(term, until)
    on: date | None = datum.date() if datum else None
    with _telling():
        if kind_of(subject) != "municipality":
            click.echo(say("cli.said.dossier", name=subject))
        ev = memokit.evaluate(subject, chosen, on, lang)
        _print_problems(ev.problems)
        if ev.measures.dossier is None and ev.measures.place is not None:
            click.echo(say("cli.said.municipality", name=ev.measures.name, code=ev.measures.place.code))
        _with_progress(list(forms), list(lengths), write_all(ev, out, forms, lengths))  # type: ignore[arg-type]
        if left := said_in_dutch(lang):
            click.echo(say("cli.said.dutch", n=left), err=True)
        click.echo(say("cli.said.done", name=out))


def _with_progress(forms: Sequence[str], lengths: Sequence[str], files: Iterator[Path]) -> None:
    total = len(forms) * len(lengths) + 4
    with click.progressbar(files, length=total, label=say("cli.said.progress"), file=sys.stderr) as bar:
        made = list(bar)
    for path in made:
        click.echo(f"  {path}")


@main.command(help=say("cli.app.help"))
@click.argument("dossier", required=False, type=click.Path(path_type=Path))
@click.option("--port", type=int, default=0, help=say("cli.app.port"))
@click.option("--token", default="", help=say("cli.app.token"))
@click.option("--no-browser", is_flag=True, help=say("cli.app.no_browser"))
@click.option("--taal", "lang", type=click.Choice(languages()), help=say("cli.app.language"))
def app(dossier: Path | None, port: int, token: str, no_browser: bool, lang: str | None) -> None:
    """Serve the one page on 127.0.0.1."""
    from memokit.app import serve

    os.environ["MEMOKIT_LANG"] = lang or language()  # of the kernels to come

    with _telling():
        serve(dossier, port=port, token=token, browser=not no_browser)


main.add_command(cli_batch.command(_telling, _print_problems, _term))
main.add_command(cli_peers.command(_telling, _term))
main.add_command(cli_score.command(_telling, _print_problems))
main.add_command(cli_word.command(_telling))
for each in cli_pack.commands(_telling, _print_problems):
    main.add_command(each)

if __name__ == "__main__":
    main()
