"""Protocol Buffers on the wire, walked without a schema and without loading fields.

A message is a run of fields; each says its number and how long it is, so a walker
can pass over gigabytes of tensor data by reading a few bytes. Messages nest, but the
wire does not say which field is a message: only the caller, who knows the schema,
descends. Source: the encoding page of protobuf.dev.
"""

import struct
from collections.abc import Iterator
from typing import Final, NamedTuple

from openvet.budget import Budget
from openvet.source import Source

VARINT: Final = 0
FIXED64: Final = 1
BYTES: Final = 2
GROUP: Final = 3
END_GROUP: Final = 4
FIXED32: Final = 5

WINDOW: Final = 1 << 16
"""Bytes fetched at a time; a field's tag and length always fit."""
MARGIN: Final = 32
"""Room for a tag and a varint, each at most ten bytes."""
BATCH: Final = 1024
SIGN: Final = 1 << 63
LAST_NUMBER: Final = (1 << 29) - 1


class ProtobufError(ValueError):
    """The bytes are not a protobuf message.

    Args:
        message: What is wrong.
        offset: Where, from the start of the source.
    """

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.offset = offset


class Field(NamedTuple):
    """One field of a message; all offsets are from the start of the source."""

    number: int
    wire: int
    value: int
    """A varint or fixed value as an unsigned integer; 0 for bytes and groups."""
    offset: int
    """Where the tag stands."""
    start: int
    """Where the content starts."""
    stop: int
    """Where the content ends."""

    @property
    def length(self) -> int:
        """Bytes of content."""
        return self.stop - self.start

    @property
    def signed(self) -> int:
        """The varint as an `int64`."""
        return self.value - (1 << 64) if self.value >= SIGN else self.value

    @property
    def float32(self) -> float:
        """The fixed 32-bit value as a float."""
        number: float = struct.unpack("<f", struct.pack("<I", self.value))[0]
        return number


class Wire:
    """A walker over the messages of one source.

    Args:
        source: The bytes.
        budget: What may still be spent; a step is one field.
    """

    def __init__(self, source: Source, budget: Budget) -> None:
        self.source = source
        self.size = source.size
        self._budget = budget
        self._base = 0
        self._data = b""
        self._unpaid = 0

    def fields(self, start: int = 0, stop: int | None = None) -> Iterator[Field]:
        """Yield the fields of the message between two offsets, in order.

        Raises:
            ProtobufError: A tag, length or group is malformed; what was yielded
                before stands.
            OverBudgetError: There are too many fields.
        """
        at = start
        stop = self.size if stop is None else stop
        while at < stop:
            field = self._field(at, stop)
            if field.wire == GROUP:
                field = self._group(field, stop)
            elif field.wire == END_GROUP:
                raise ProtobufError("a group ends that never began", at)
            yield field
            at = field.stop

    def inside(self, field: Field) -> Iterator[Field]:
        """Yield the fields of the message that `field` holds.

        Raises:
            ProtobufError: The field holds no message.
        """
        if field.wire not in (BYTES, GROUP):
            raise ProtobufError("a message is written as a number", field.offset)
        return self.fields(field.start, self._content_end(field))

    def content(self, field: Field, limit: int = 4096) -> bytes:
        """Return the content of a field, cut at `limit` bytes."""
        if field.wire != BYTES:
            return b""
        return self._read(field.start, min(field.length, limit))

    def text(self, field: Field, limit: int = 4096) -> str:
        """Return the content of a string field, cut at `limit` bytes."""
        return self.content(field, limit).decode("utf-8", "backslashreplace")

    def varints(self, field: Field, limit: int = 1 << 16) -> Iterator[int]:
        """Yield the integers of a repeated field, packed or not, as `int64`.

        Raises:
            ProtobufError: A packed integer is cut off, or there are over `limit`.
        """
        if field.wire != BYTES:
            yield field.signed
            return
        at, count = field.start, 0
        while at < field.stop:
            value, after = self._varint(at, field.stop)
            count += 1
            if count > limit:
                raise ProtobufError(f"more than {limit} integers", field.offset)
            yield value - (1 << 64) if value >= SIGN else value
            at = after

    def pay(self) -> None:
        """Spend the fields read since the last batch.

        Raises:
            OverBudgetError: There are too many.
        """
        count, self._unpaid = self._unpaid, 0
        self._budget.step(count)

    def _field(self, at: int, stop: int) -> Field:
        self._unpaid += 1
        if self._unpaid >= BATCH:
            self.pay()
        tag, after = self._varint(at, stop)
        number, wire = tag >> 3, tag & 7
        if not 0 < number <= LAST_NUMBER:
            raise ProtobufError(f"field number {number} is not allowed", at)
        if wire == VARINT:
            value, end = self._varint(after, stop)
            return Field(number, wire, value, at, after, end)
        if wire == BYTES:
            length, begin = self._varint(after, stop)
            if length > stop - begin:
                left = stop - begin
                raise ProtobufError(
                    f"field {number} claims {length} bytes of the {left} left", at
                )
            return Field(number, wire, 0, at, begin, begin + length)
        if wire in (GROUP, END_GROUP):
            return Field(number, wire, 0, at, after, after)
        if wire in (FIXED32, FIXED64):
            width = 4 if wire == FIXED32 else 8
            if width > stop - after:
                raise ProtobufError(f"field {number} is cut off", at)
            value = int.from_bytes(self._read(after, width), "little")
            return Field(number, wire, value, at, after, after + width)
        raise ProtobufError(f"wire type {wire} does not exist", at)

    def _group(self, opening: Field, stop: int) -> Field:
        """Find the end of a group; groups nest, so count instead of recursing."""
        open_numbers = [opening.number]
        at = opening.stop
        while open_numbers:
            field = self._field(at, stop) if at < stop else None
            if field is None:
                raise ProtobufError("a group never ends", opening.offset)
            if field.wire == GROUP:
                open_numbers.append(field.number)
            elif field.wire == END_GROUP and field.number != open_numbers.pop():
                raise ProtobufError("a group ends under another number", at)
            at = field.stop
        return opening._replace(stop=at)

    def _content_end(self, field: Field) -> int:
        """Return where a message's fields end: a group's range holds its end tag."""
        if field.wire == BYTES:
            return field.stop
        tag = field.number << 3 | END_GROUP
        return field.stop - max(1, (tag.bit_length() + 6) // 7)

    def _varint(self, at: int, stop: int) -> tuple[int, int]:
        data, base = self._window(at)
        index, end = at - base, min(stop - base, len(data))
        value = shift = 0
        while index < end:
            byte = data[index]
            index += 1
            value |= (byte & 0x7F) << shift
            if byte < 0x80:  # noqa: PLR2004 - the top bit says "more follows"
                return value & ((1 << 64) - 1), base + index
            shift += 7
            if shift >= 70:  # noqa: PLR2004 - ten bytes of seven bits
                raise ProtobufError("a number is longer than ten bytes", at)
        raise ProtobufError("a number is cut off", at)

    def _window(self, at: int) -> tuple[bytes, int]:
        """Return fetched bytes that hold `MARGIN` bytes from `at`, and their offset."""
        end = self._base + len(self._data)
        if not (self._base <= at and (at + MARGIN <= end or self.size <= end)):
            self._base = at
            self._data = self.source.read(at, WINDOW)
        return self._data, self._base

    def _read(self, at: int, length: int) -> bytes:
        if length <= WINDOW // 4:
            data, base = self._window(at)
            if at + length <= base + len(data):
                return data[at - base : at - base + length]
        return self.source.read(at, length)
