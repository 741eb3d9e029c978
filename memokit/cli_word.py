"""The command `memokit reactie`: the two Word files with room to answer."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import click

from memokit.texts import lookup, say


def command(telling: Callable[[], AbstractContextManager[None]]) -> click.Command:
    """Return the command; how problems are told comes from the command line itself."""
    steps = {str(word): key for key, word in lookup("word.steps").items()}

    @click.command("reactie", help=say("word.cli.help"))
    @click.argument("dossier", type=click.Path(path_type=Path))
    @click.option("--stap", "step", type=click.Choice(list(steps)), required=True, help=say("word.cli.step"))
    @click.option("--out", type=click.Path(path_type=Path), help=say("word.cli.out"))
    def reactie(dossier: Path, step: str, out: Path | None) -> None:
        from memokit.dossier import open_dossier
        from memokit.evaluation import evaluate
        from memokit.tables import replace_file
        from memokit.writers.docx_reply import form

        with telling():
            opened = open_dossier(dossier)
            document = evaluate(opened).document.select("normal")
            which = steps[step]
            folder = out or dossier
            folder.mkdir(parents=True, exist_ok=True)
            target = folder / str(lookup(f"word.forms.{which}.file"))
            replace_file(target, form(document, opened.settings, which))
            click.echo(say("word.cli.written", name=target, folder=dossier))

    return reactie
