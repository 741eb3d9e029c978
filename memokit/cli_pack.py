"""The commands `memokit pack` and `memokit verify`: an evaluation that somebody else can do again."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from memokit.texts import say

if TYPE_CHECKING:
    from memokit.problems import Problem


def commands(
    telling: Callable[[], AbstractContextManager[None]],
    print_problems: Callable[[Iterable[Problem]], None],
) -> tuple[click.Command, ...]:
    """Return both commands; how problems are told comes from the command line itself."""

    @click.command("pack", help=say("pack.cli.pack"))
    @click.argument("subject")
    @click.option("--out", type=click.Path(path_type=Path), help=say("pack.cli.out"))
    def pack(subject: str, out: Path | None) -> None:
        from memokit.pack import pack as make
        from memokit.resources import checksum

        with telling():
            made = make(subject, out)
            click.echo(say("pack.cli.made", name=made, mark=checksum(made)))

    @click.command("verify", help=say("pack.cli.verify"))
    @click.argument("path", type=click.Path(path_type=Path))
    def verify(path: Path) -> None:
        from memokit.pack import verify as compare
        from memokit.resources import checksum

        with telling():
            report = compare(path)
            print_problems(report.problems)
            click.echo(say("pack.cli.mark", mark=checksum(path)))
            click.echo(say("pack.cli.compared", counts=report.counts))
            click.echo(say("pack.cli.holds" if report.holds else "pack.cli.differs"))
            sys.exit(0 if report.holds else 1)

    return pack, verify
