"""FlatBuffers: tables addressed by offsets, read by range and checked at every step.

Source: "FlatBuffers internals", flatbuffers.dev. A table starts with the distance to
its vtable; the vtable holds, for each field, its distance from the table's start.
"""

from collections.abc import Iterator
from typing import Final

from openvet.budget import Budget
from openvet.source import Source

PAGE: Final = 1 << 14
PAGES: Final = 256


class FlatBufferError(ValueError):
    """An offset or count points outside the buffer.

    Args:
        message: What is wrong.
        offset: Where it is written.
    """

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.offset = offset


class FlatBuffer:
    """A FlatBuffer in a source, read through a small page cache.

    Args:
        source: The bytes.
        budget: What may still be spent; a step is a table or an element.
    """

    def __init__(self, source: Source, budget: Budget) -> None:
        self.source = source
        self.size = source.size
        self.budget = budget
        self.end = 0
        """Where the last byte read so far ends; grows as the buffer is walked."""
        self._pages: dict[int, bytes] = {}

    def number(self, at: int, width: int, *, signed: bool = False) -> int:
        """Return the little-endian number at an offset.

        Raises:
            FlatBufferError: It is not inside the buffer.
        """
        return int.from_bytes(self._bytes(at, width), "little", signed=signed)

    def root(self) -> "Table":
        """Return the root table.

        Raises:
            FlatBufferError: There is none.
        """
        return Table(self, self.follow(0))

    def follow(self, at: int) -> int:
        """Return where the unsigned offset at `at` points."""
        target = at + self.number(at, 4)
        if not 0 < target <= self.size - 4:
            raise FlatBufferError("an offset leaves the buffer", at)
        return target

    def visited(self, stop: int) -> None:
        """Note that the bytes up to `stop` belong to the buffer."""
        self.end = max(self.end, stop)

    def _bytes(self, at: int, length: int) -> bytes:
        if at < 0 or at + length > self.size:
            raise FlatBufferError("an offset leaves the buffer", max(at, 0))
        self.visited(at + length)
        if length > PAGE:
            return self.source.read(at, length)
        page, inside = divmod(at, PAGE)
        data = self._page(page)[inside : inside + length]
        if len(data) < length:
            data += self._page(page + 1)[: length - len(data)]
        return data

    def _page(self, number: int) -> bytes:
        data = self._pages.get(number)
        if data is None:
            if len(self._pages) >= PAGES:
                self._pages.clear()
            data = self._pages[number] = self.source.read(number * PAGE, PAGE)
        return data

    def text(self, start: int, length: int) -> str:
        """Return bytes as text."""
        return self._bytes(start, length).decode("utf-8", "backslashreplace")


class Table:
    """A table of a FlatBuffer.

    Args:
        buffer: The buffer.
        at: Where the table starts.

    Raises:
        FlatBufferError: Its vtable is not inside the buffer.
    """

    def __init__(self, buffer: FlatBuffer, at: int) -> None:
        self.buffer = buffer
        self.at = at
        buffer.budget.step(1)
        vtable = at - buffer.number(at, 4, signed=True)
        size = buffer.number(vtable, 2)
        if size < 4 or size % 2:  # noqa: PLR2004 - its own two sizes
            raise FlatBufferError("a table has no vtable", at)
        self._vtable = vtable
        self._fields = size // 2 - 2

    def place(self, field: int) -> int:
        """Return where a field's value stands, or 0 if it is absent."""
        if field >= self._fields:
            return 0
        distance = self.buffer.number(self._vtable + 4 + 2 * field, 2)
        return self.at + distance if distance else 0

    def number(
        self, field: int, width: int, default: int = 0, *, signed: bool = False
    ) -> int:
        """Return a scalar field of `width` bytes."""
        at = self.place(field)
        return self.buffer.number(at, width, signed=signed) if at else default

    def vector(self, field: int, width: int) -> tuple[int, int]:
        """Return start and count of a vector of elements of `width` bytes.

        Raises:
            FlatBufferError: The vector is not wholly inside the buffer.
        """
        at = self.place(field)
        if not at:
            return 0, 0
        start = self.buffer.follow(at)
        count = self.buffer.number(start, 4)
        if count * width > self.buffer.size - start - 4:
            raise FlatBufferError(f"a vector claims {count} elements", start)
        self.buffer.visited(start + 4 + count * width)
        return start + 4, count

    def text(self, field: int, limit: int = 4096) -> str:
        """Return a string field, cut at `limit` bytes."""
        start, length = self.vector(field, 1)
        return self.buffer.text(start, min(length, limit)) if length else ""

    def tables(self, field: int) -> Iterator["Table"]:
        """Yield the tables of a vector of tables."""
        start, count = self.vector(field, 4)
        for index in range(count):
            yield Table(self.buffer, self.buffer.follow(start + 4 * index))

    def numbers(self, field: int, width: int, limit: int = 64) -> list[int]:
        """Return the first numbers of a vector, signed."""
        start, count = self.vector(field, width)
        return [
            self.buffer.number(start + width * index, width, signed=True)
            for index in range(min(count, limit))
        ]
