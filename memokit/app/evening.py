"""Where a council stands and what comes next: the first evening, the roadmap, the tasks. No widgets."""

from __future__ import annotations

from memokit import catalogue
from memokit.app.state import State
from memokit.catalogue import Row
from memokit.records import Settings, Task
from memokit.texts import lookup

TRACKS = ("evaluate", "formulate", "together", "deliver", "follow")


def page_of(row: Row) -> str:
    """Return the name of the page on which a step of the evening is done.

    Examples
    --------
    >>> [page_of(row) for row in catalogue.first_evening()[:4]]
    ['start', 'points', 'actions', 'actions']
    """
    titles: dict[str, str] = lookup("page_top.tab", "nl")
    return next(name for name, title in titles.items() if title == row["page"])


def upcoming(state: State) -> Row | None:
    """Return the first step of the evening that is not ticked; None when all are."""
    return next((row for row in catalogue.first_evening() if not state.ticked(row["text"])), None)


def tracks(state: State) -> dict[str, tuple[int, int]]:
    """Return for each track of the roadmap how many steps are ticked, of how many."""
    ticked = {task.what for task in _tasks(state) if task.done == "yes"}
    found = {}
    for track in TRACKS:
        texts = [row["text"] for row in catalogue.roadmap() if row["track"] == track]
        found[track] = (len(ticked & set(texts)), len(texts))
    return found


def agreed(state: State) -> tuple[Task, ...]:
    """Return what somebody looks up: the tasks that are no step of a list that every council has."""
    lists = {row["text"] for row in (*catalogue.first_evening(), *catalogue.roadmap())}
    return tuple(task for task in _tasks(state) if task.what not in lists)


def _tasks(state: State) -> tuple[Task, ...]:
    return tuple(task for task in state.now.table("tasks") if isinstance(task, Task))


def add_reader(settings: Settings, name: str) -> Settings:
    """Return the settings with one more organisation that should read along.

    Examples
    --------
    >>> add_reader(Settings(municipality="11002"), " de jeugdraad; de 4de Pijler ").readers
    ('de jeugdraad', 'de 4de Pijler')
    """
    names = [part.strip() for part in name.split(";") if part.strip()]
    return settings.model_copy(update={"readers": tuple(dict.fromkeys([*settings.readers, *names]))})


def drop_reader(settings: Settings, name: str, discussed: bool) -> Settings:
    """Return the settings without a reader; one with whom it was discussed stands in the text from now on.

    Examples
    --------
    >>> asked = Settings(municipality="11002", readers=("de jeugdraad",))
    >>> drop_reader(asked, "de jeugdraad", discussed=True).discussed_with
    ('de jeugdraad',)
    """
    readers = tuple(reader for reader in settings.readers if reader != name)
    done = dict.fromkeys([*settings.discussed_with, *([name] if discussed else [])])
    return settings.model_copy(update={"readers": readers, "discussed_with": tuple(done)})
