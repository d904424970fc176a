"""The forms of R's serialization: big-endian, little-endian, and words of text."""

import re
from typing import Final, Literal

from openvet.source import Source

ASCII_LIMIT: Final = 64 << 20
LONGEST_TEXT: Final = 1 << 20
BLOCK: Final = 1 << 16
COMPLEX_WIDTH: Final = 16

HEADER: Final = re.compile(rb"(?:RD[XAB][23]\n)?[XAB]\n")
_WORD: Final = re.compile(rb"\s*(\S+)")
_OCTAL: Final = re.compile(rb"[0-7]{1,3}")
_ESCAPES: Final = {
    b"n": b"\n", b"t": b"\t", b"v": b"\v", b"b": b"\b", b"r": b"\r", b"f": b"\f",
    b"a": b"\a",
}  # fmt: skip


class RBrokenError(ValueError):
    """The bytes are no R object; never leaves this package."""


class Stream:
    """Numbers and bytes in order; the two binary forms."""

    def __init__(
        self, source: Source, at: int, order: Literal["big", "little"]
    ) -> None:
        self.source = source
        self.at = at
        self.order: Literal["big", "little"] = order
        self._block = b""
        self._start = 0

    @property
    def left(self) -> int:
        """Bytes that remain."""
        return self.source.size - self.at

    def length(self, count: int) -> int:
        """Return a count of things that each take a byte or more, checked.

        Raises:
            RBrokenError: There are not so many bytes left.
        """
        if not 0 <= count <= self.left:
            raise RBrokenError(f"a length of {count}")
        return count

    def vector_length(self) -> int:
        """Return the length of a vector, which may take two more numbers."""
        count = self.integer()
        if count == -1:
            count = (self.integer() << 32) + self.integer()
        return self.length(count)

    def _take(self, count: int) -> bytes:
        if count < 0 or count > self.left:
            raise RBrokenError(f"needs {count} bytes where {self.left} remain")
        start = self.at - self._start
        if not 0 <= start <= len(self._block) - count:
            self._start, start = self.at, 0
            self._block = self.source.read(self.at, max(count, BLOCK))
        self.at += count
        return self._block[start : start + count]

    def integer(self) -> int:
        """Return a 32-bit number."""
        return int.from_bytes(self._take(4), self.order, signed=True)

    def text(self, length: int) -> str:
        """Return a text; of a very long one only the beginning."""
        kept = min(length, LONGEST_TEXT)
        data = self._take(kept)
        self.values(1, length - kept)
        return data.decode("utf-8", "replace")

    def values(self, width: int, count: int) -> None:
        """Pass over the values of a vector."""
        if width * count > self.left:
            raise RBrokenError(f"a vector of {width * count} bytes leaves the file")
        self.at += width * count


class AsciiStream(Stream):
    """Numbers and texts in words, as `saveRDS(ascii = TRUE)` writes them."""

    def __init__(self, source: Source, at: int) -> None:
        super().__init__(source, at, "big")
        self._data = source.read(0, ASCII_LIMIT)

    def _word(self) -> bytes:
        found = _WORD.match(self._data, self.at)
        if found is None:
            raise RBrokenError("the file ends where a number should stand")
        self.at = found.end()
        return found.group(1)

    def integer(self) -> int:
        """Return a number; NA is the smallest one."""
        word = self._word()
        if word == b"NA":
            return -(1 << 31)
        try:
            return int(word[:12])
        except ValueError:
            raise RBrokenError(f"{word[:20]!r} is no number") from None

    def text(self, length: int) -> str:
        """Return a text, its escapes undone."""
        while self._data[self.at : self.at + 1].isspace():
            self.at += 1
        kept = bytearray()
        for _ in range(length):
            kept += self._character()
        return kept.decode("utf-8", "replace")

    def _character(self) -> bytes:
        one = self._data[self.at : self.at + 1]
        self.at += 1
        if not one:
            raise RBrokenError("the file ends inside a text")
        if one != b"\\":
            return one
        octal = _OCTAL.match(self._data, self.at)
        if octal is not None:
            self.at = octal.end()
            return bytes([int(octal.group(), 8) & 255])
        one = self._data[self.at : self.at + 1]
        self.at += 1
        return _ESCAPES.get(one, one)

    def values(self, width: int, count: int) -> None:
        """Pass over the words of a vector; a complex number is two."""
        words = count * 2 if width == COMPLEX_WIDTH else count
        if words > self.left:
            raise RBrokenError(f"a vector of {words} numbers leaves the file")
        for _ in range(words):
            self._word()


def open_stream(source: Source) -> Stream:
    """Return the stream after the header, whose form it tells.

    Raises:
        RBrokenError: There is no header, or one of another version.
    """
    header = HEADER.match(source.head)
    if header is None:
        raise RBrokenError("no header")
    at, form = header.end(), header.group()[-2:]
    if form == b"A\n":
        stream: Stream = AsciiStream(source, at)
    else:
        stream = Stream(source, at, "big" if form == b"X\n" else "little")
    version = stream.integer()
    stream.integer()
    stream.integer()
    with_encoding = 3
    if version == with_encoding:
        stream.text(stream.length(stream.integer()))
    elif version != 2:  # noqa: PLR2004 - the two versions there are
        raise RBrokenError(f"version {version}")
    return stream
