"""Bytes that can be read anywhere, without being held in memory.

A reader never opens a file. It is handed a `Source` and reads the ranges it needs,
so the same reader serves a local file, a member of an archive, a decompressed
stream and a file on a server. Local files are read with `pread`, not `mmap`: a
mapped file that shrinks while it is read kills the process.
"""

import os
from abc import ABC, abstractmethod
from collections.abc import Iterator
from functools import cached_property
from typing import Final

from openvet.errors import TargetError

HEAD: Final = 4096
CHUNK: Final = 1 << 20
STREAM: Final = 256 << 10
"""Fits the processor's cache, so that hashing does not wait for memory."""


class Source(ABC):
    """A fixed number of bytes, read by range."""

    size: int

    @abstractmethod
    def read(self, offset: int, length: int) -> bytes:
        """Return `length` bytes from `offset`; fewer only where the source ends.

        Raises:
            TargetError: The bytes can no longer be read.
        """

    @cached_property
    def head(self) -> bytes:
        """The first bytes, at most `HEAD`: enough to tell most formats."""
        return self.read(0, HEAD)

    def window(self, start: int, stop: int | None = None) -> "Source":
        """Return the part from `start` to `stop` as a source of its own."""
        stop = self.size if stop is None else min(stop, self.size)
        return WindowSource(self, min(start, stop), stop)

    def chunks(self, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        """Yield the bytes from `start` to `stop` in order, 1 MiB at a time."""
        stop = self.size if stop is None else min(stop, self.size)
        while start < stop:
            chunk = self.read(start, min(CHUNK, stop - start))
            if not chunk:
                return
            yield chunk
            start += len(chunk)

    def stream(self) -> Iterator[memoryview]:
        """Yield all bytes in order; a view holds only until the next is asked for."""
        return map(memoryview, self.chunks())

    def find(self, needle: bytes, start: int = 0, stop: int | None = None) -> int:
        """Return the offset of the first `needle` between the bounds, or -1."""
        stop = self.size if stop is None else min(stop, self.size)
        overlap = len(needle) - 1
        while start < stop:
            chunk = self.read(start, min(CHUNK + overlap, stop - start))
            found = chunk.find(needle)
            if found >= 0:
                return start + found
            if len(chunk) <= overlap or start + len(chunk) >= stop:
                return -1
            start += len(chunk) - overlap
        return -1

    def identity(self) -> str | None:
        """Return what changes whenever the bytes do, or None where nothing tells."""
        return None

    def close(self) -> None:  # noqa: B027 - most sources hold nothing to close
        """Release what the source holds open."""


class BytesSource(Source):
    """Bytes already in memory: a small decompressed member, a decoded string."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.size = len(data)

    def read(self, offset: int, length: int) -> bytes:
        """Return a slice."""
        return self.data[offset : offset + length]


class WindowSource(Source):
    """A part of another source."""

    def __init__(self, inner: Source, start: int, stop: int) -> None:
        # A window of a window reads from the source below both.
        self.size = stop - start
        self.before = start
        """Bytes of the source it was cut from that stand before it."""
        self.inner: Source = inner
        self.start: int = start
        if isinstance(inner, WindowSource):
            self.inner, self.start = inner.inner, inner.start + start

    def read(self, offset: int, length: int) -> bytes:
        """Return a range of the inner source, cut at the window's end."""
        length = min(length, self.size - offset)
        if length <= 0:
            return b""
        return self.inner.read(self.start + offset, length)


def identity(status: os.stat_result) -> str:
    """Return what changes whenever a file's bytes do, short of tampering."""
    return (
        f"{status.st_dev}:{status.st_ino}:{status.st_size}"
        f":{status.st_mtime_ns}:{status.st_ctime_ns}"
    )


class FileSource(Source):
    """A regular file on this machine.

    Args:
        path: Where it is, as the operating system spells it.
        size: Its size when it was listed.
    """

    def __init__(self, path: bytes, size: int) -> None:
        self.path = path
        self.size = size
        self._descriptor: int | None = None

    @property
    def descriptor(self) -> int:
        """The open file; opened on first use, never through a link.

        Raises:
            TargetError: It cannot be opened.
        """
        if self._descriptor is None:
            flags = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOFOLLOW
            try:
                self._descriptor = os.open(self.path, flags)
            except OSError as error:
                name = self.path.decode("utf-8", "backslashreplace")
                raise TargetError(
                    f"cannot open {name}: {error.strerror}",
                    hint="check its permissions and that it still exists",
                ) from error
        return self._descriptor

    def read(self, offset: int, length: int) -> bytes:
        """Return a range, read with `pread`."""
        length = min(length, self.size - offset)
        if length <= 0:
            return b""
        try:
            data = os.pread(self.descriptor, length, offset)
            while len(data) < length:
                more = os.pread(self.descriptor, length - len(data), offset + len(data))
                if not more:
                    break
                data += more
        except OSError as error:
            raise self._unreadable(error) from error
        return data

    def _unreadable(self, error: OSError) -> TargetError:
        name = self.path.decode("utf-8", "backslashreplace")
        return TargetError(
            f"cannot read {name}: {error.strerror}", hint="check the disk it is on"
        )

    def stream(self) -> Iterator[memoryview]:
        """Yield all bytes in order, through one buffer."""
        buffer = memoryview(bytearray(min(STREAM, max(self.size, 1))))
        offset = 0
        while offset < self.size:
            try:
                length = os.preadv(self.descriptor, [buffer], offset)
            except OSError as error:
                raise self._unreadable(error) from error
            if not length:
                return
            yield buffer[: min(length, self.size - offset)]
            offset += length

    def identity(self) -> str | None:
        """Return the identity of the file that was read, or None if none was."""
        return (
            None if self._descriptor is None else identity(os.fstat(self._descriptor))
        )

    def close(self) -> None:
        """Close the file; a later read opens it again."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


class Tree(ABC):
    """Files below one root, opened by name."""

    @abstractmethod
    def open(self, name: str) -> Source:
        """Return the file at `name`, a path below the root with `/`.

        Raises:
            TargetError: There is no such file, or it cannot be opened.
        """


class MemberTree(Tree):
    """The members of a container, by name."""

    def __init__(self, members: dict[str, Source]) -> None:
        self.members = members

    def open(self, name: str) -> Source:
        """Return a member."""
        try:
            return self.members[name]
        except KeyError:
            raise TargetError(f"there is no member {name!r}") from None
