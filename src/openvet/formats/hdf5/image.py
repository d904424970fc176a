"""The bytes of an HDF5 file, every address and length checked before use."""

from typing import Final

from openvet.budget import Budget
from openvet.source import Source

SIGNATURE: Final = b"\x89HDF\r\n\x1a\n"
LARGEST_BLOCK: Final = 16 << 20
"""No block of metadata is larger; longer values are read by range."""
LAST_USER_BLOCK: Final = 1 << 26


class BrokenError(ValueError):
    """The bytes are not what the specification says; never leaves this package."""


class UnsupportedError(BrokenError):
    """The bytes are well-formed, but use a feature that is not read here."""


class Cursor:
    """Little-endian fields of a block, in order.

    Args:
        data: The block.
        offsets: Bytes of an address in this file.
        lengths: Bytes of a length in this file.
    """

    def __init__(self, data: bytes, offsets: int = 8, lengths: int = 8) -> None:
        self.data = data
        self.at = 0
        self.offsets = offsets
        self.lengths = lengths

    @property
    def left(self) -> int:
        """Bytes that remain."""
        return len(self.data) - self.at

    def take(self, count: int) -> bytes:
        """Return the next bytes.

        Raises:
            BrokenError: There are fewer.
        """
        if count < 0 or count > self.left:
            raise BrokenError(f"needs {count} bytes where {self.left} remain")
        self.at += count
        return self.data[self.at - count : self.at]

    def skip(self, count: int) -> None:
        """Pass over bytes."""
        self.take(count)

    def unsigned(self, size: int) -> int:
        """Return an unsigned number of `size` bytes."""
        return int.from_bytes(self.take(size), "little")

    def address(self) -> int | None:
        """Return an address, or None where it is undefined (all bits set)."""
        value = self.unsigned(self.offsets)
        return None if value == (1 << (8 * self.offsets)) - 1 else value

    def length(self) -> int:
        """Return a length."""
        return self.unsigned(self.lengths)

    def name(self, *, padded: int = 0) -> str:
        """Return a NUL-terminated name, padded to a multiple of `padded` bytes.

        Raises:
            BrokenError: It has no end.
        """
        end = self.data.find(b"\0", self.at)
        if end < 0:
            raise BrokenError("a name has no end")
        raw = self.take(end - self.at)
        self.skip(1)
        if padded:
            self.skip(min(-(len(raw) + 1) % padded, self.left))
        return text(raw)


def text(raw: bytes) -> str:
    """Return bytes as text; what is not UTF-8 stays visible as an escape."""
    return raw.decode("utf-8", "backslashreplace")


class Image:
    """An HDF5 file: its superblock, and its blocks by address.

    Args:
        source: The whole file.
        budget: What reading may cost.

    Raises:
        BrokenError: There is no superblock, or a broken one.
    """

    def __init__(self, source: Source, budget: Budget) -> None:
        self.source = source
        self.budget = budget
        self.base = find_superblock(source)
        if self.base < 0:
            raise BrokenError("no superblock")
        self.offsets = self.lengths = 8
        self.driver: int | None = None
        self.extension: int | None = None
        self.start = self.base
        """Where the superblock is; `base` moves to what it declares."""
        self.end, self.root = self._superblock()

    def _superblock(self) -> tuple[int, int]:
        """Return the end of the file and the root group, as it declares them."""
        head = Cursor(self.source.read(self.start + len(SIGNATURE), 256))
        self.version = head.unsigned(1)
        if self.version in (0, 1):
            head.skip(4)
            self._sizes(head)
            head.skip(8 if self.version == 0 else 12)
            self._base(head)
            head.address()
            end = head.address()
            self.driver = head.address()
            head.skip(self.offsets)
        elif self.version in (2, 3):
            self._sizes(head)
            head.skip(1)
            self._base(head)
            self.extension = head.address()
            end = head.address()
        else:
            raise BrokenError(f"superblock version {self.version}")
        root = head.address()
        if end is None or root is None:
            raise BrokenError("no root group")
        return end, root

    def _sizes(self, head: Cursor) -> None:
        self.offsets, self.lengths = head.unsigned(1), head.unsigned(1)
        if {self.offsets, self.lengths} - {2, 4, 8, 16}:
            raise BrokenError(f"addresses of {self.offsets} bytes")
        if self.version in (0, 1):
            head.skip(1)
        head.offsets, head.lengths = self.offsets, self.lengths

    def _base(self, head: Cursor) -> None:
        # The library takes addresses relative to where it found the superblock,
        # whatever the field says (H5F_super_read), so the field is only compared.
        self.declared_base = head.address()

    @property
    def size(self) -> int:
        """Bytes from the superblock to the end of the source."""
        return self.source.size - self.base

    def read(self, address: int | None, length: int) -> bytes:
        """Return a block.

        Raises:
            BrokenError: It is undefined, too large or leaves the file.
        """
        if address is None:
            raise BrokenError("an undefined address is used")
        if length > LARGEST_BLOCK:
            raise BrokenError(f"a block of {length} bytes")
        if length < 0 or address + length > self.size:
            raise BrokenError(f"a block at {address} leaves the file")
        data = self.source.read(self.base + address, length)
        if len(data) < length:
            raise BrokenError(f"the file ends inside a block at {address}")
        return data

    def block(self, address: int | None, length: int, magic: bytes = b"") -> Cursor:
        """Return a cursor over a block that starts with `magic`, after the magic.

        Raises:
            BrokenError: It is out of reach or starts otherwise.
        """
        self.budget.step(16)
        data = self.read(address, length)
        if not data.startswith(magic):
            raise BrokenError(f"no {magic.decode()} block at {address}")
        cursor = Cursor(data, self.offsets, self.lengths)
        cursor.skip(len(magic))
        return cursor

    def cursor(self, data: bytes) -> Cursor:
        """Return a cursor with this file's sizes."""
        return Cursor(data, self.offsets, self.lengths)


def find_superblock(source: Source) -> int:
    """Return where the superblock starts: 0, 512, 1024, 2048 …; -1 if nowhere."""
    at = 0
    while at < source.size and at <= LAST_USER_BLOCK:
        if source.read(at, len(SIGNATURE)) == SIGNATURE:
            return at
        at = at * 2 if at else 512
    return -1
