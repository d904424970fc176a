"""Limits on memory and CPU time around one piece of work in a property test.

They hold for that work and nothing else. A limit that is in force while inputs are
drawn makes a draw fail on one run and not on the next, which says nothing about the
work.
"""

import gc
import math
import resource
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Final

MEMORY: Final = 512 << 20
TRIES: Final = 3


class StuckError(Exception):
    """The work was stopped because it took far too long."""


@contextmanager
def little_memory(more: int = MEMORY) -> Iterator[None]:
    """Leave this process little more memory than it has."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    limit = pages * resource.getpagesize() + more
    resource.setrlimit(resource.RLIMIT_AS, (limit, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


@contextmanager
def little_time(seconds: float) -> Iterator[None]:
    """Stop what runs after some CPU seconds, loops inside `re` included."""

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise StuckError

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def needs_more_than(seconds: float, work: Callable[[], object]) -> bool:
    """Tell whether work takes more CPU time, each time that it is tried.

    The first try may import modules, or meet a collection of what others left.
    """
    return all(_spent(seconds, work) > seconds for _ in range(TRIES))


def _spent(seconds: float, work: Callable[[], object]) -> float:
    begun = time.process_time()
    try:
        with little_time(5 * seconds), little_memory():
            work()
    except StuckError:
        return math.inf
    spent = time.process_time() - begun
    if spent > seconds:
        gc.collect()
    return spent
