"""The BLAKE3 digest of a large file, over a map of it, in a process of its own.

Copying the bytes out of the page cache costs nearly as much as hashing them, and a map
saves the copy. But a mapped file that shrinks kills the process that reads it (SIGBUS).
So a child maps, hashes and reports; where it dies, the caller reads the file the slow
way and sees for itself what became of it.
"""

import mmap
import os
import resource
import signal
import sys
from collections.abc import Callable
from typing import Final, NoReturn

LEAST: Final = 32 << 20
"""Bytes from which on a process pays for itself."""
WINDOW: Final = 64 << 20
"""Bytes mapped at once; a whole number of pages."""
_DIGITS: Final = 64
"""Of a BLAKE3 digest in hexadecimal."""


def blake3_of(
    descriptor: int, size: int, tell: Callable[[int], None] | None = None
) -> str | None:
    """Return the digest of an open file in hexadecimal, or None if it did not come.

    Args:
        descriptor: Of a regular file on this machine.
        size: How many of its bytes to hash, in bytes.
        tell: Told how many bytes were hashed, as they are.
    """
    if size < LEAST or sys.platform != "linux":
        return None
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        _hash(descriptor, size, writing)
    os.close(writing)
    try:
        digest = _listen(reading, size, tell or _nobody)
    finally:
        os.close(reading)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    return digest if len(digest) == _DIGITS else None


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


def _hash(descriptor: int, size: int, writing: int) -> NoReturn:
    """Hash the file and say so; never return into the caller's copy of the program."""
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGBUS, signal.SIG_DFL)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        from blake3 import blake3

        hasher = blake3()
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
