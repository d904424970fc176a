"""Object headers: the messages that describe a group or a dataset (IV.A)."""

from collections import deque
from collections.abc import Iterator
from typing import Final

from openvet.formats.hdf5.image import BrokenError, Cursor, Image
from openvet.formats.hdf5.messages import shared_address
from openvet.wire import Record

DATASPACE, LINK_INFO, DATATYPE, LINK = 0x01, 0x02, 0x03, 0x06
EXTERNAL, LAYOUT, FILTERS, ATTRIBUTE = 0x07, 0x08, 0x0B, 0x0C
CONTINUATION, SYMBOL_TABLE, ATTRIBUTE_INFO = 0x10, 0x11, 0x15

SHARED: Final = 0x02
MAXIMUM_BLOCKS: Final = 4096


class Message(Record, frozen=True, kw_only=True):
    """One message, its body as stored."""

    kind: int
    flags: int
    body: bytes

    @property
    def shared(self) -> bool:
        """Whether the body only says where the message is."""
        return bool(self.flags & SHARED)


def messages(image: Image, address: int | None) -> Iterator[Message]:
    """Yield the messages of the object header at `address`, continuations included.

    Raises:
        BrokenError: It is no object header; messages before that were yielded.
    """
    if address is None or image.read(address, 4) != b"OHDR":
        yield from _version_1(image, address)
    else:
        yield from _version_2(image, address)


def _version_1(image: Image, address: int | None) -> Iterator[Message]:
    prefix = image.block(address, 16)
    version = prefix.unsigned(1)
    if version != 1:
        raise BrokenError(f"no object header at {address}")
    prefix.skip(1)
    count = prefix.unsigned(2)
    prefix.skip(4)
    length = prefix.unsigned(4)
    if address is None:
        return
    blocks = deque([(address + 16, length)])
    seen: set[int] = set()
    while blocks and count > 0:
        start, length = blocks.popleft()
        if start in seen or len(seen) > MAXIMUM_BLOCKS:
            raise BrokenError(f"continuation block at {start} comes twice")
        seen.add(start)
        block = image.block(start, length)
        while block.left >= 8 and count > 0:  # noqa: PLR2004 - prefix of a message
            count -= 1
            kind, size = block.unsigned(2), block.unsigned(2)
            flags = block.unsigned(1)
            block.skip(3)
            body = block.take(size)
            if kind == CONTINUATION:
                blocks.append(_continuation(image, body))
            else:
                yield Message(kind=kind, flags=flags, body=body)


def _version_2(image: Image, address: int) -> Iterator[Message]:
    prefix = image.block(address, min(64, image.size - address), b"OHDR")
    prefix.skip(1)
    flags = prefix.unsigned(1)
    prefix.skip(16 if flags & 0x20 else 0)
    prefix.skip(4 if flags & 0x10 else 0)
    length = prefix.unsigned(1 << (flags & 3))
    blocks = deque([(address + prefix.at, length, b"")])
    seen: set[int] = set()
    head = 6 if flags & 4 else 4
    while blocks:
        start, length, magic = blocks.popleft()
        if start in seen or len(seen) > MAXIMUM_BLOCKS:
            raise BrokenError(f"continuation block at {start} comes twice")
        seen.add(start)
        block = image.block(start, length, magic)
        # A continuation ends in a checksum; the first block's stands after it.
        tail = 4 if magic else 0
        while block.left >= head + tail:
            kind, size = block.unsigned(1), block.unsigned(2)
            message_flags = block.unsigned(1)
            block.skip(head - 4)
            body = block.take(size)
            if kind == CONTINUATION:
                blocks.append((*_continuation(image, body), b"OCHK"))
            else:
                yield Message(kind=kind, flags=message_flags, body=body)


def _continuation(image: Image, body: bytes) -> tuple[int, int]:
    """Return address and length of a continuation block."""
    cursor = image.cursor(body)
    address = cursor.address()
    if address is None:
        raise BrokenError("a continuation block without address")
    return address, cursor.length()


def resolve(image: Image, message: Message) -> Cursor:
    """Return the body of a message, taken from another header where it is shared.

    Raises:
        BrokenError: The other header does not hold it.
    """
    if not message.shared:
        return image.cursor(message.body)
    address = shared_address(image.cursor(message.body))
    for other in messages(image, address):
        if other.kind == message.kind and not other.shared:
            return image.cursor(other.body)
    raise BrokenError(f"no shared message at {address}")
