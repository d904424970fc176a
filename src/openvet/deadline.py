"""A limit on the time of work that watches no clock.

The limits of libraries hold for each read from a server: one that sends a byte now and
then keeps them all and never ends.
"""

from collections.abc import Callable
from concurrent.futures import Future
from threading import Thread
from types import TracebackType
from typing import Generic, TypeVar

T = TypeVar("T")


class _Passing(Generic[T]):
    """Hands whatever the block raises to those who wait for its result."""

    def __init__(self, future: Future[T]) -> None:
        self.future = future

    def __enter__(self) -> Future[T]:
        return self.future

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        if error is not None:
            self.future.set_exception(error)
        return True


def within(seconds: float, work: Callable[[], T]) -> T:
    """Return what work returns; when it takes longer it is left to itself.

    It goes on in a thread that does not keep the program from ending.

    Raises:
        TimeoutError: It took longer.
    """
    future: Future[T] = Future()

    def run() -> None:
        with _Passing(future):
            future.set_result(work())

    Thread(target=run, daemon=True).start()
    try:
        return future.result(seconds)
    except TimeoutError:
        if future.done():
            raise
        raise TimeoutError(f"no answer within {seconds:g} seconds") from None
