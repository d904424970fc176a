"""A place in a file from which fixed-size fields are read, window by window."""

import struct
from typing import Final, Literal

from openvet.source import Source

WINDOW: Final = 1 << 20


class CutOffError(ValueError):
    """A field reaches past the end of the file."""


class Cursor:
    """Reads fields one after another and never past the end.

    Args:
        source: The file.
        at: Where to begin.
        order: Byte order, as `struct` spells it.
    """

    def __init__(
        self, source: Source, at: int = 0, order: Literal["<", ">"] = "<"
    ) -> None:
        self.source = source
        self.at = at
        self.order: Literal["<", ">"] = order
        self._data = b""
        self._base = 0

    @property
    def left(self) -> int:
        """Bytes from here to the end."""
        return self.source.size - self.at

    def take(self, length: int) -> bytes:
        """Return the next bytes.

        Raises:
            CutOffError: There are fewer.
        """
        if not 0 <= length <= self.left:
            raise CutOffError(f"{length} bytes at {self.at}, {self.left} remain")
        data, start = self.ahead(length)
        self.at += length
        return data[start : start + length]

    def ahead(self, length: int) -> tuple[bytes, int]:
        """Return a window and where in it the next bytes are, at least so many.

        There are fewer only where the file ends.
        """
        start = self.at - self._base
        if not (start >= 0 and start + length <= len(self._data)):
            self._base, start = self.at, 0
            self._data = self.source.read(self.at, max(length, WINDOW))
        return self._data, start

    def skip(self, length: int) -> None:
        """Pass over bytes without reading them.

        Raises:
            CutOffError: There are fewer.
        """
        if not 0 <= length <= self.left:
            raise CutOffError(f"{length} bytes at {self.at}, {self.left} remain")
        self.at += length

    def integer(self, code: str) -> int:
        """Return the next number, of the type that `struct` calls `code`.

        Raises:
            CutOffError: It is cut off.
        """
        layout = self.order + code
        value: int = struct.unpack(layout, self.take(struct.calcsize(layout)))[0]
        return value
