"""The digest of a large file, over a map of it, in a process of its own.

Copying the bytes out of the page cache costs nearly as much as hashing them, and a map
saves the copy. But a mapped file that shrinks kills the process that reads it (SIGBUS).
So a child maps, hashes and reports; where it dies, the caller reads the file the slow
way and sees for itself what became of it. Several children hash several files at once.
"""

import hashlib
import mmap
import os
import resource
import signal
import sys
from collections.abc import Callable
from typing import Final, Literal, NoReturn, Protocol

Algorithm = Literal["blake3", "sha256"]

LEAST: Final = 32 << 20
"""Bytes from which on a process pays for itself."""
WINDOW: Final = 64 << 20
"""Bytes mapped at once; a whole number of pages."""
_DIGITS: Final = 64
"""Of either digest in hexadecimal."""


class Hasher(Protocol):
    """What computes a digest, bytes by bytes."""

    def update(self, data: "mmap.mmap | memoryview | bytes", /) -> object:
        """Take the next bytes."""

    def hexdigest(self) -> str:
        """Return the digest in hexadecimal."""


def digest_of(
    algorithm: Algorithm,
    descriptor: int,
    size: int,
    tell: Callable[[int], None] | None = None,
) -> str | None:
    """Return the digest of an open file in hexadecimal, or None if it did not come.

    Args:
        algorithm: Which.
        descriptor: Of a regular file on this machine.
        size: How many of its bytes to hash, in bytes.
        tell: Told how many bytes were hashed, as they are.
    """
    if not pays(size):
        return None
    return Hashing(algorithm, descriptor, size).digest(tell)


def pays(size: int) -> bool:
    """Tell whether a file of so many bytes is worth a process."""
    return size >= LEAST and sys.platform == "linux"


class Hashing:
    """A process that hashes an open file while this one does something else.

    Args:
        algorithm: Which digest.
        descriptor: Of a regular file on this machine.
        size: How many of its bytes to hash, in bytes.
    """

    def __init__(self, algorithm: Algorithm, descriptor: int, size: int) -> None:
        self._size = size
        self._reading, writing = os.pipe()
        self._child = os.fork()
        if not self._child:
            os.close(self._reading)
            _hash(algorithm, descriptor, size, writing)
        os.close(writing)

    def digest(self, tell: Callable[[int], None] | None = None) -> str | None:
        """Wait for the digest; None if it did not come. To be called once.

        Args:
            tell: Told how many bytes were hashed, as they are.
        """
        try:
            digest = _listen(self._reading, self._size, tell or _nobody)
        finally:
            self.stop()
        return digest if len(digest) == _DIGITS else None

    def stop(self) -> None:
        """End the process, whatever it is doing."""
        os.close(self._reading)
        os.kill(self._child, signal.SIGKILL)
        os.waitpid(self._child, 0)


def new(algorithm: Algorithm) -> Hasher:
    """Return what computes a digest."""
    if algorithm == "sha256":
        return hashlib.sha256()
    from blake3 import blake3

    return blake3()


def _nobody(_: int) -> None:
    """Tell nobody."""


def _listen(reading: int, size: int, tell: Callable[[int], None]) -> str:
    """Return what the child says last; before that, a point for every window."""
    said = b""
    while news := os.read(reading, 4096):
        said += news
        for _ in range(news.count(b".")):
            tell(min(WINDOW, size))
            size -= WINDOW
    return said.lstrip(b".").decode("ascii", "replace")


def _hash(algorithm: Algorithm, descriptor: int, size: int, writing: int) -> NoReturn:
    """Hash the file and say so; never return into the caller's copy of the program."""
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGBUS, signal.SIG_DFL)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        hasher = new(algorithm)
        for start in range(0, size, WINDOW):
            length = min(WINDOW, size - start)
            with mmap.mmap(
                descriptor, length, prot=mmap.PROT_READ, offset=start
            ) as window:
                hasher.update(window)
            os.write(writing, b".")
        os.write(writing, hasher.hexdigest().encode())
        os._exit(0)
    finally:
        os._exit(1)
