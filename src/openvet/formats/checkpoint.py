"""TensorFlow checkpoints: the index, a table of names to ranges in the data shards.

The index is a LevelDB-style table: data blocks of prefix-compressed keys, an index of
blocks, and a footer that finds it. Source: `table_format.md` of LevelDB,
tensor_bundle.proto of TensorFlow 2.21.
"""

from collections.abc import Iterator
from math import prod
from typing import Final

from openvet.artifacts import Tensor
from openvet.budget import Budget
from openvet.formats.facts import Facts
from openvet.formats.protobuf import Field, ProtobufError, Wire
from openvet.source import BytesSource, Source
from openvet.subject import Defect, Gap

MAGIC: Final = (0xDB4775248B80FB57).to_bytes(8, "little")
FOOTER: Final = 48
TRAILER: Final = 5
"""A compression byte and a checksum follow each block."""
BLOCK: Final = 16 << 20
TENSORS: Final = 100_000
WIDTHS: Final = {
    **dict.fromkeys((4, 6, 10, 11, 12, 24, 25), 1),
    **dict.fromkeys((5, 14, 15, 16, 17, 19), 2),
    **dict.fromkeys((1, 3, 13, 22), 4),
    **dict.fromkeys((2, 8, 9, 23), 8),
    18: 16,
}
"""Bytes of an element by `DataType`; strings, variants and resources vary."""


class TableError(ValueError):
    """The table contradicts itself.

    Args:
        message: What is wrong.
        offset: Where.
    """

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.offset = offset


def is_index(source: Source) -> bool:
    """Say whether a source ends as such a table does."""
    return source.size >= FOOTER and source.read(source.size - 8, 8) == MAGIC


class CheckpointIndex:
    """Reads the index of a checkpoint.

    Args:
        source: The file.
        budget: What may still be spent.
    """

    def __init__(self, source: Source, budget: Budget) -> None:
        self.facts = Facts()
        self.tensors: list[Tensor] = []
        self.count = 0
        self.parameters = 0
        self._source = source
        self._budget = budget

    def run(self) -> None:
        """Read every entry.

        Raises:
            OverBudgetError: There are too many.
        """
        footer = self._source.size - FOOTER
        try:
            tail = self._source.read(footer, FOOTER)
            _, _, at = _handle(tail, 0, footer)
            start, length, _ = _handle(tail, at, footer)
            for _, value in self._entries(start, length):
                block, size, _ = _handle(value, 0, start)
                for key, entry in self._entries(block, size):
                    if key:
                        self._tensor(key.decode("utf-8", "backslashreplace"), entry)
        except (TableError, ProtobufError) as error:
            self.facts.broken(f"not a checkpoint index: {error}", error.offset)

    def _entries(self, start: int, length: int) -> Iterator[tuple[bytes, bytes]]:
        """Yield keys and values of a block."""
        if length + TRAILER > self._source.size - start or length > BLOCK:
            raise TableError("a block leaves the file", start)
        block = self._source.read(start, length + 1)
        if block[length:] != b"\0":
            detail = "a block of the checkpoint's index is compressed"
            self.facts.gap(Gap(reason="unsupported", detail=detail, offset=start))
            return
        restarts = int.from_bytes(block[length - 4 : length], "little")
        stop = length - 4 - 4 * restarts
        if length < 4 or stop < 0:  # noqa: PLR2004 - the count itself
            raise TableError("a block claims more restarts than it holds", start)
        at, key = 0, b""
        while at < stop:
            self._budget.step(1)
            shared, at = _varint(block, at, stop, start)
            fresh, at = _varint(block, at, stop, start)
            size, at = _varint(block, at, stop, start)
            if shared > len(key) or fresh + size > stop - at:
                raise TableError("an entry leaves its block", start + at)
            key = key[:shared] + block[at : at + fresh]
            yield key, block[at + fresh : at + fresh + size]
            at += fresh + size

    def _tensor(self, name: str, entry: bytes) -> None:
        wire = Wire(BytesSource(entry), self._budget)
        values = {1: 0, 3: 0, 4: 0, 5: 0}
        shape: tuple[int, ...] = ()
        sliced = False
        for one in wire.fields():
            if one.number == 2:  # noqa: PLR2004 - shape
                shape = _shape(wire, one)
            elif one.number == 7:  # noqa: PLR2004 - slices
                sliced = True
            elif one.number in values:
                values[one.number] = one.signed
        self.count += 1
        self.parameters += max(prod(shape), 0)
        start, size = values[4], values[5]
        width = WIDTHS.get(values[1], 0)
        if min(start, size, *shape, 0) < 0:
            self._defect(f"tensor {name} has a negative range or shape")
        elif width and not sliced and prod(shape) * width != size:
            need = prod(shape) * width
            self._defect(f"tensor {name} needs {need} bytes for its shape, not {size}")
        if len(self.tensors) < TENSORS:
            self.tensors.append(
                Tensor(
                    name=name[:1000],
                    dtype=f"DT{values[1]}",
                    shape=shape,
                    start=start,
                    stop=start + size,
                )
            )

    def _defect(self, detail: str) -> None:
        self.facts.defect(Defect(code="checkpoint-tensor-size", detail=detail[:500]))


def _shape(wire: Wire, holder: Field) -> tuple[int, ...]:
    sizes: list[int] = []
    for dimension in wire.inside(holder):
        if dimension.number == 2 and len(sizes) < 64:  # noqa: PLR2004 - dim
            values = [one.signed for one in wire.inside(dimension) if one.number == 1]
            sizes.append(values[0] if values else 0)
    return tuple(sizes)


def _varint(data: bytes, at: int, stop: int, base: int) -> tuple[int, int]:
    value = shift = 0
    while at < stop and shift < 64:  # noqa: PLR2004 - bits
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:  # noqa: PLR2004 - the last byte
            return value, at
        shift += 7
    raise TableError("a number is cut off", base + at)


def _handle(data: bytes, at: int, limit: int) -> tuple[int, int, int]:
    """Read the place and size of a block, and where the next handle begins."""
    start, at = _varint(data, at, len(data), limit)
    length, at = _varint(data, at, len(data), limit)
    if start + length > limit:
        raise TableError("a block leaves the file", limit)
    return start, length, at
