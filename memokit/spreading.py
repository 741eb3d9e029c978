"""Work over any executor: results in order, workers renewed in time, no job that takes others with it."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context, parent_process
from typing import TypeVar

from memokit.problems import MemokitError, Problem

RENEWED_AFTER = 25  # jobs: a worker is thrown away before the caches in it grow

Job = TypeVar("Job")
Result = TypeVar("Result")
Outcomes = Iterator[tuple[Job, Result | Exception]]


def spread(
    function: Callable[[Job], Result], jobs: Sequence[Job], executor: Executor | None = None, workers: int = 1
) -> Outcomes[Job, Result]:
    """Run a function over jobs; yield each job, in order, with its result or with its exception.

    Parameters
    ----------
    function, jobs
        Anything that can be pickled, when the work is not done here.
    executor
        Where the work is done. Without one: in `workers` processes, or here when that is one.

    Examples
    --------
    >>> from concurrent.futures import ThreadPoolExecutor
    >>> with ThreadPoolExecutor(2) as threads:
    ...     [(job, type(result).__name__) for job, result in spread((1).__truediv__, [1, 0], threads)]
    [(1, 'float'), (0, 'ZeroDivisionError')]
    """
    if executor is not None:
        return _gather(function, jobs, executor)
    return in_processes(function, jobs, workers) if workers > 1 else ((job, function(job)) for job in jobs)


def _gather(
    function: Callable[[Job], Result], jobs: Sequence[Job], executor: Executor
) -> Outcomes[Job, Result]:
    futures = [executor.submit(function, job) for job in jobs]
    try:
        for job, future in zip(jobs, futures, strict=True):
            try:
                outcome: Result | Exception = future.result()
            except Exception as error:
                outcome = error
            yield job, outcome
    finally:  # whoever stops listening wants no more of it
        for future in futures:
            future.cancel()


def in_processes(
    function: Callable[[Job], Result], jobs: Sequence[Job], workers: int, renewed_after: int = RENEWED_AFTER
) -> Outcomes[Job, Result]:
    """Do as `spread` in processes of its own, renewed after so many jobs each.

    A job whose process died is tried once more alone: it may have died of another. Rounds of fresh pools, as
    `max_tasks_per_child` can wait forever (cpython issue 115634). Spawned, as on Windows and macOS.
    """
    size = renewed_after * workers
    for block in (jobs[at : at + size] for at in range(0, len(jobs), size)):
        lost = []
        with ProcessPoolExecutor(min(workers, len(block)), get_context("spawn"), _begin) as pool:
            for job, outcome in _gather(function, block, pool):
                if isinstance(outcome, BrokenExecutor) and len(block) > 1:
                    lost.append(job)
                else:
                    yield job, outcome
        for job in lost:
            yield from in_processes(function, [job], 1)


def _begin() -> None:
    """Leave Ctrl+C to the first process, and end when it ends, however it does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    if parent := parent_process():
        parent.join()
        os._exit(1)


@contextmanager
def cluster(address: str) -> Iterator[Executor]:
    """Give the executor of a running Dask cluster, where the same memokit is installed.

    Raises
    ------
    MemokitError
        `no-distributed` (the extra `cluster` is not installed) or `no-scheduler`.
    """
    try:
        from distributed import Client
    except ImportError:
        raise MemokitError(Problem("no-distributed")) from None
    try:
        client = Client(address, timeout=10, set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, ValueError):
        raise MemokitError(Problem("no-scheduler", found=address)) from None
    with client:
        yield client.get_executor(pure=False)  # type: ignore[no-untyped-call]
