"""The heaps: local (III.D), global (III.E) and fractal (III.G)."""

from functools import cached_property
from math import ceil
from typing import Final

from openvet.formats.hdf5.image import BrokenError, Image, UnsupportedError, text
from openvet.formats.hdf5.trees import records

LARGEST_NAME: Final = 1 << 16
MAXIMUM_INDEX: Final = 1 << 16


def local_name(image: Image, heap: int | None, offset: int) -> str:
    """Return the NUL-terminated name at `offset` of a local heap.

    Raises:
        BrokenError: There is no such heap, or the name leaves it.
    """
    head = image.block(heap, 8 + 2 * image.lengths + image.offsets, b"HEAP")
    head.skip(4)
    size = head.length()
    head.length()
    data = head.address()
    if data is None or offset >= size:
        raise BrokenError(f"a name at {offset} leaves its heap")
    raw = image.read(data + offset, min(size - offset, LARGEST_NAME))
    name, end, _ = raw.partition(b"\0")
    if not end:
        raise BrokenError(f"a name at {offset} has no end")
    return text(name)


class GlobalHeaps:
    """Values of variable length, by collection and index."""

    def __init__(self, image: Image) -> None:
        self.image = image
        self._known: dict[int, dict[int, tuple[int, int]]] = {}

    def value(self, collection: int | None, index: int, limit: int) -> bytes:
        """Return at most `limit` bytes of a value.

        Raises:
            BrokenError: There is no such value.
        """
        if collection is None:
            raise BrokenError("a value without a heap")
        if collection not in self._known:
            if len(self._known) > MAXIMUM_INDEX:
                raise BrokenError("too many global heaps")
            self._known[collection] = self._index(collection)
        try:
            start, length = self._known[collection][index]
        except KeyError:
            raise BrokenError(f"no value {index} in heap {collection}") from None
        self.image.budget.step(1 + (min(length, limit) >> 10))
        return self.image.read(start, min(length, limit))

    def _index(self, collection: int) -> dict[int, tuple[int, int]]:
        """Return address and length of every value of a collection."""
        image = self.image
        head = image.block(collection, 8 + image.lengths, b"GCOL")
        head.skip(4)
        end = collection + head.length()
        if end > image.size:
            raise BrokenError(f"global heap at {collection} leaves the file")
        at = collection + 8 + image.lengths
        found: dict[int, tuple[int, int]] = {}
        prefix = 8 + image.lengths
        while at + prefix <= end and len(found) < MAXIMUM_INDEX:
            entry = image.block(at, prefix)
            index = entry.unsigned(2)
            entry.skip(6)
            length = entry.length()
            if index == 0:
                break
            if at + prefix + length > end:
                raise BrokenError(f"value {index} leaves heap {collection}")
            found[index] = (at + prefix, length)
            at += prefix + length + (-length % 8)
        return found


class FractalHeap:
    """Links or attributes stored densely, by heap id."""

    def __init__(self, image: Image, address: int | None) -> None:
        self.image = image
        size = 22 + 12 * image.lengths + 3 * image.offsets
        head = image.block(address, size, b"FRHP")
        head.skip(1)
        self.id_length = head.unsigned(2)
        filter_length = head.unsigned(2)
        head.skip(1)
        largest = head.unsigned(4)
        head.length()
        self.huge = head.address()
        head.length()
        head.address()
        head.skip(8 * image.lengths)
        self.width = head.unsigned(2)
        self.first = head.length()
        self.largest_direct = head.length()
        bits = head.unsigned(2)
        head.skip(2)
        self.root = head.address()
        self.rows = head.unsigned(2)
        if filter_length:
            raise UnsupportedError("a filtered heap")
        if not (self.width and self.first and self.largest_direct >= self.first):
            raise BrokenError("a heap without blocks")
        self.offset_size = ceil(bits / 8)
        direct = ceil((self.largest_direct.bit_length() - 1) / 8)
        self.length_size = min(direct, (largest.bit_length() - 1) // 8 + 1)

    @cached_property
    def _huge(self) -> dict[int, tuple[int | None, int]]:
        """Address and length of values too large for a block, by their number."""
        found: dict[int, tuple[int | None, int]] = {}
        for record in records(self.image, self.huge, kind=1):
            cursor = self.image.cursor(record)
            address, length = cursor.address(), cursor.length()
            found[cursor.length()] = (address, length)
        return found

    def value(self, identifier: bytes) -> bytes:
        """Return the value of a heap id.

        Raises:
            BrokenError: There is no such value.
        """
        cursor = self.image.cursor(identifier)
        first = cursor.unsigned(1)
        kind = first >> 4 & 3
        if kind == 0:
            offset = cursor.unsigned(self.offset_size)
            return self._managed(offset, cursor.unsigned(self.length_size))
        if kind == 1:
            direct = self.image.offsets + self.image.lengths
            if cursor.left >= direct:
                return self.image.read(cursor.address(), cursor.length())
            number = cursor.unsigned(min(cursor.left, self.image.lengths))
            address, length = self._huge.get(number, (None, 0))
            return self.image.read(address, length)
        return cursor.take((first & 15) + 1)

    def _row_size(self, row: int) -> int:
        """Return the size of each block of a row of the doubling table."""
        return self.first << max(row - 1, 0)

    def _managed(self, offset: int, length: int) -> bytes:
        """Return a value that lies in a direct block, found through the table."""
        block, rows, base, size = self.root, self.rows, 0, self.first
        while rows:
            self.image.budget.step(1)
            row, start = 0, base
            while row < rows and offset >= start + self.width * self._row_size(row):
                start += self.width * self._row_size(row)
                row += 1
            if row >= rows:
                raise BrokenError(f"a value at {offset} leaves its heap")
            size = self._row_size(row)
            column = (offset - start) // size
            entry = (row * self.width + column) * self.image.offsets
            if block is None:
                raise BrokenError("a heap without a root")
            prefix = self.image.block(block, 4, b"FHIB").at
            at = block + prefix + 1 + self.image.offsets + self.offset_size + entry
            child = self.image.block(at, self.image.offsets).address()
            base, block = start + column * size, child
            if size <= self.largest_direct:
                break
            inner = size.bit_length() - (self.first * self.width).bit_length() + 1
            if not 0 < inner < rows:
                raise BrokenError("a heap block inside itself")
            rows = inner
        if block is None or offset - base + length > size:
            raise BrokenError(f"a value at {offset} leaves its block")
        return self.image.read(block + offset - base, length)
