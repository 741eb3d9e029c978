"""The command `memokit vergelijk`: one municipality beside others, because a council asked for it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import click

from memokit.terms import Term
from memokit.texts import plain, say

WAYS = ("grootte", "context", "gemeenten")


def command(
    telling: Callable[[], AbstractContextManager[None]],
    term_of: Callable[[int | None, int | None], Term | None],
) -> click.Command:
    """Return the command; how problems are told and a term is read comes from the command line itself."""

    @click.command("vergelijk", help=say("peers.cli.help"))
    @click.argument("name")
    @click.option("--cijfer", "figure", required=True, help=say("peers.cli.figure"))
    @click.option("--met", "by", type=click.Choice(WAYS), default=WAYS[0], help=say("peers.cli.by"))
    @click.option("--aantal", "count", type=click.IntRange(1), default=10, help=say("peers.cli.count"))
    @click.option("--gemeenten", "towns", default="", help=say("peers.cli.towns"))
    @click.option("--gewicht", "weights", multiple=True, callback=_weights, help=say("peers.cli.weight"))
    @click.option("--streefwaarde", "target", type=float, help=say("peers.cli.target"))
    @click.option("--lager", "lower", is_flag=True, help=say("peers.cli.lower"))
    @click.option("--plaats", "places", is_flag=True, help=say("peers.cli.places"))
    @click.option("--verwacht", "expect", is_flag=True, help=say("peers.cli.expected"))
    @click.option("--term", "election", type=int, help=say("peers.cli.term"))
    def compare(name: str, election: int | None, places: bool, expect: bool, **asked: Any) -> None:
        if asked["by"] == "gemeenten" and not asked["towns"]:
            raise click.UsageError(say("peers.cli.needs_towns"))
        term = term_of(election, None) or Term(2024)
        with telling():
            for line in dict.fromkeys(_lines(name, term, places, expect, **asked)):  # what both say, once
                click.echo(plain(line))

    return compare


def _weights(context: click.Context, parameter: click.Parameter, given: tuple[str, ...]) -> dict[str, float]:
    try:
        return {key.strip(): float(value) for key, value in (one.split("=") for one in given)}
    except ValueError:
        raise click.BadParameter(say("peers.cli.bad_weight")) from None


def _lines(name: str, term: Term, places: bool, expect: bool, **asked: Any) -> tuple[str, ...]:
    from memokit import peers
    from memokit.territory import place

    town, weights = place(name, term), asked["weights"] or peers.WEIGHTS
    shown = peers.figures(asked["figure"], town, asked["target"], asked["lower"])
    if asked["by"] == "gemeenten":
        group = peers.own(town, [word for word in asked["towns"].split(",") if word.strip()])
    elif asked["by"] == "context":
        group = peers.in_context(town, term, asked["count"], weights)
    else:
        group = peers.in_size(town, term, asked["count"])
    found = peers.compare(group, shown, term)
    first, last = found.years
    title = say("peers.title", name=town.name, figure=shown.name, first=first, last=last)
    more = peers.expected_words(peers.expected(town, shown, term)) if expect else ()
    return title, say("peers.intro"), *peers.words(found, places), *more
