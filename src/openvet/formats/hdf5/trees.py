"""B-trees: version 1 (III.A.1) and version 2 (III.A.2), walked without recursion."""

from collections.abc import Iterator
from math import prod
from typing import Final

from openvet.formats.hdf5.image import BrokenError, Image

MAXIMUM_NODES: Final = 100_000
MAXIMUM_LEVEL: Final = 32
NODE_OVERHEAD: Final = 10
"""Signature, version, type and checksum of a version 2 node."""


def children(
    image: Image, root: int | None, kind: int, key: int
) -> Iterator[tuple[bytes, int | None]]:
    """Yield (key, address) of what the leaves of a version 1 tree point at.

    Args:
        image: The file.
        root: The root node.
        kind: 0 for groups, 1 for chunks.
        key: Bytes of a key.

    Raises:
        BrokenError: A node is no node or comes twice.
    """
    stack = [root]
    seen: set[int | None] = set()
    while stack:
        at = stack.pop()
        if at in seen or len(seen) > MAXIMUM_NODES:
            raise BrokenError(f"tree node at {at} comes twice")
        seen.add(at)
        head = image.block(at, 8 + 2 * image.offsets, b"TREE")
        if head.unsigned(1) != kind or at is None:
            raise BrokenError(f"tree node at {at} is of another type")
        level, count = head.unsigned(1), head.unsigned(2)
        size = count * (key + image.offsets) + key
        body = image.block(at + 8 + 2 * image.offsets, size)
        found = [(body.take(key), body.address()) for _ in range(count)]
        if level == 0:
            yield from found
        elif level > MAXIMUM_LEVEL:
            raise BrokenError(f"a tree of {level} levels")
        else:
            stack.extend(address for _, address in reversed(found))


def _width(value: int) -> int:
    """Return the bytes that hold a count up to `value` (H5VM_limit_enc_size)."""
    return (max(value, 1).bit_length() - 1) // 8 + 1


def records(image: Image, address: int | None, kind: int) -> Iterator[bytes]:
    """Yield the records of a version 2 tree of the given type.

    Raises:
        BrokenError: A node is no node or comes twice.
    """
    head = image.block(address, 22 + image.offsets + image.lengths, b"BTHD")
    head.skip(1)
    if head.unsigned(1) != kind:
        raise BrokenError(f"tree at {address} is of another type")
    node_size, record_size, depth = (head.unsigned(n) for n in (4, 2, 2))
    head.skip(2)
    root, count = head.address(), head.unsigned(2)
    if not record_size or depth > MAXIMUM_LEVEL:
        raise BrokenError(f"tree at {address} has no records")
    pointers = _pointer_sizes(image, node_size, record_size, depth)
    stack: list[tuple[int | None, int, int]] = [(root, count, depth)]
    seen: set[int | None] = set()
    while stack:
        at, count, level = stack.pop()
        if at in seen or len(seen) > MAXIMUM_NODES:
            raise BrokenError(f"tree node at {at} comes twice")
        seen.add(at)
        own, totals = pointers[level]
        size = 6 + count * record_size
        size += (count + 1) * (image.offsets + own + totals) if level else 0
        node = image.block(at, size, b"BTIN" if level else b"BTLF")
        node.skip(2)
        yield from [node.take(record_size) for _ in range(count)]
        for _ in range(count + 1 if level else 0):
            child, inner = node.address(), node.unsigned(own)
            node.skip(totals)
            stack.append((child, inner, level - 1))


def _pointer_sizes(
    image: Image, node_size: int, record_size: int, depth: int
) -> list[tuple[int, int]]:
    """Return, by level, the bytes of a child's record count and of its total."""
    most = max(node_size - NODE_OVERHEAD, 0) // record_size
    own, totals = _width(most), 0
    cumulative = most
    sizes = [(0, 0)]
    for _ in range(depth):
        sizes.append((own, totals))
        pointer = image.offsets + own + totals
        fits = (node_size - NODE_OVERHEAD - pointer) // (record_size + pointer)
        if fits < 1:
            raise BrokenError("tree nodes too small for a record")
        cumulative = prod((fits + 1, cumulative)) + fits
        totals = _width(cumulative)
    return sizes
