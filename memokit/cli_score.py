"""The command `memokit score`: tables in, tables out, whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from memokit.texts import say

if TYPE_CHECKING:
    from memokit.problems import Problem
    from memokit.scorecard import Card

TABLES = ("indicators", "goals", "overall")
PATH: Any = click.Path(path_type=Path)


def command(
    telling: Callable[[], AbstractContextManager[None]], print_problems: Callable[[Iterable[Problem]], None]
) -> click.Command:
    """Return the command; how problems are told comes from the command line itself."""

    @click.command("score", help=say("scores.command.help"))
    @click.argument("observations", type=PATH)
    @click.option("--catalogue", type=PATH, required=True, help=say("scores.command.catalogue"))
    @click.option("--units", type=PATH, help=say("scores.command.units"))
    @click.option("--recipe", type=PATH, help=say("scores.command.recipe"))
    @click.option("--out", type=PATH, required=True, help=say("scores.command.out"))
    def run(observations: Path, catalogue: Path, units: Path | None, recipe: Path | None, out: Path) -> None:
        from memokit.scorecard import score

        with telling():
            card = score(observations, catalogue, read_recipe(recipe), units)
            save(card, out)
            print_problems(card.problems)
            click.echo(say("scores.command.done", name=out))

    return run


def read_recipe(path: Path | None) -> dict[str, Any]:
    """Return the choices in a YAML file, or the record in a `recipe.json`; none is the plain method.

    Raises
    ------
    MemokitError
        The file is not there, or holds no choices.
    """
    import yaml

    from memokit.problems import MemokitError, Problem
    from memokit.tables import read_bytes

    if path is None:
        return {}
    try:
        found = yaml.safe_load(read_bytes(path).decode("utf-8-sig")) or {}
    except (yaml.YAMLError, UnicodeDecodeError):
        found = None
    if not isinstance(found, dict):
        raise MemokitError(Problem("recipe-file", file=path.name))
    return found


def save(card: Card, out: Path) -> None:
    """Write `indicators.csv`, `goals.csv`, `overall.csv` (comma and point) and `recipe.json` in a folder.

    Everything is made in memory and in temporary files first; the files of a folder are replaced at the end.

    Raises
    ------
    MemokitError
        A file is open elsewhere, the disk is full or the folder cannot be made. Nothing is half replaced.
    """
    import shutil
    import tempfile

    from memokit.problems import MemokitError
    from memokit.tables import write_problem

    folder = None
    try:
        out.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=".memokit-", dir=out))
        for name in TABLES:
            getattr(card, name).to_csv(folder / f"{name}.csv", index=False, lineterminator="\n")
        record = json.dumps(card.recipe, indent=2, ensure_ascii=False, default=str)
        (folder / "recipe.json").write_text(record + "\n", "utf-8", newline="")
        made = sorted(folder.iterdir())
        for path in made:
            if (out / path.name).exists():  # one that is open elsewhere refuses here, before any is replaced
                (out / path.name).open("r+b").close()
        for path in made:
            path.replace(out / path.name)
    except OSError as error:
        raise MemokitError(write_problem(error, Path(error.filename or out))) from None
    finally:
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)
