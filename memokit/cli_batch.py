"""The command `memokit batch`: every municipality of a term, with progress, stopped and resumed at will."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import click

from memokit.terms import Term
from memokit.texts import say

if TYPE_CHECKING:
    from memokit.batch import Report
    from memokit.problems import Problem


def command(
    telling: Callable[[], AbstractContextManager[None]],
    print_problems: Callable[[Iterable[Problem]], None],
    term_of: Callable[[int | None, int | None], Term | None],
) -> click.Command:
    """Return the command; how problems are told and a term is read comes from the command line itself."""

    @click.command("batch", help=say("batch.cli.help"))
    @click.option("--out", type=click.Path(path_type=Path), required=True, help=say("batch.cli.out"))
    @click.option("--term", "election", type=int, help=say("batch.cli.term"))
    @click.option("--province", "provinces", multiple=True, help=say("batch.cli.province"))
    @click.option("--workers", type=click.IntRange(1, 61), help=say("batch.cli.workers"))
    @click.option("--scheduler", help=say("batch.cli.scheduler"))
    def batch(
        out: Path, election: int | None, provinces: tuple[str, ...], workers: int | None,
        scheduler: str | None,
    ) -> None:  # fmt: skip
        if workers and scheduler:
            raise click.UsageError(say("batch.cli.one_of_two"))
        term = term_of(election, None) or Term(2024)
        with telling():
            report = _run(out, term, provinces, workers or min(os.cpu_count() or 1, 61), scheduler)
        for name, problems in report.failed.items():
            click.echo(say("batch.cli.failed", name=name), err=True)
            print_problems(problems)
        counts = {name: len(getattr(report, name)) for name in ("made", "kept", "failed")}
        click.echo(say("batch.cli.done", page=out / "index.html", **counts))
        sys.exit(1 if report.failed else 0)

    return batch


def _run(out: Path, term: Term, provinces: Iterable[str], workers: int, scheduler: str | None) -> Report:
    from memokit.batch import chosen, run
    from memokit.spreading import cluster

    towns = chosen(term, provinces)
    label = say("batch.cli.progress", n=len(towns))
    try:
        with (
            cluster(scheduler) if scheduler else nullcontext() as executor,
            click.progressbar(length=len(towns), label=label, show_pos=True, file=sys.stderr) as bar,
        ):
            return run(out, towns, term, executor, workers, bar.update)
    except KeyboardInterrupt:
        click.echo(f"\n{say('batch.cli.stopped', out=out)}", err=True)
        sys.exit(1)
