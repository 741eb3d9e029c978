"""One process beside the page for what takes long, so that typing is never held up.

It is made when first needed, kept while there is work, made again when it died, and ends with the kernel.
"""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from multiprocessing import get_context, parent_process
from typing import Any

from memokit.problems import MemokitError, Problem

REST = 20  # seconds without work after which it ends: what made a PDF holds 200 MB
Result = tuple[Any, tuple[Problem, ...]]


class Worker:
    """The process beside the page.

    Examples
    --------
    >>> answers = []
    >>> Worker().ask(len, ("abc",), answers.append)
    >>> [answer() for answer in answers]
    [3]
    """

    def __init__(self) -> None:
        self.pool: ProcessPoolExecutor | None = None
        self.asked = self.answered = 0

    def ask(
        self,
        function: Callable[..., Any],
        given: tuple[Any, ...],
        done: Callable[[Callable[[], Any]], object],
    ) -> None:
        """Run a function of a module in the worker; without a running event loop, here and now.

        Parameters
        ----------
        done
            Called on the event loop with a function that returns the result, or raises what went wrong.
        """
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            done(lambda: function(*given))
            return
        future = self._submit(function, given)
        self.asked += 1

        def finish() -> None:
            self.answered += 1
            loop.call_later(REST, self._rest, self.asked)
            done(lambda: _result(future))

        future.add_done_callback(lambda _: _deliver(loop, finish))

    def _rest(self, asked: int) -> None:
        """End the process when nothing was asked since."""
        if asked == self.asked == self.answered:
            self.close()

    def _submit(self, function: Callable[..., Any], given: tuple[Any, ...]) -> Future[Result]:
        if self.pool is not None:
            with suppress(BrokenProcessPool):  # it died while nobody needed it
                return self.pool.submit(_run, function, given)
        self.pool = ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=_begin)
        return self.pool.submit(_run, function, given)

    def close(self) -> None:
        """End the process, without waiting for what it does."""
        if self.pool is not None:
            self.pool.shutdown(wait=False, cancel_futures=True)
            self.pool = None


def _deliver(loop: asyncio.AbstractEventLoop, finish: Callable[[], object]) -> None:
    with suppress(RuntimeError):  # the kernel stopped meanwhile
        loop.call_soon_threadsafe(finish)


def _result(future: Future[Result]) -> Any:
    try:
        result, problems = future.result()
    except BrokenProcessPool:
        raise MemokitError(Problem("worker-died")) from None
    if problems:
        raise MemokitError(problems)
    return result


def _run(function: Callable[..., Any], given: tuple[Any, ...]) -> Result:
    """Run in the worker; problems come back as they are, so that the page says them in its language."""
    try:
        return function(*given), ()
    except MemokitError as error:
        return None, error.problems


def _begin() -> None:
    """Make the worker modest, and let it end when the kernel does, however that ends."""
    if hasattr(os, "nice"):
        os.nice(5)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the kernel; the worker ends with it
    threading.Thread(target=_end, daemon=True).start()


def _end() -> None:
    kernel = parent_process()
    if kernel is not None:
        kernel.join()
        os._exit(0)
