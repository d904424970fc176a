"""The Merkle tree of RFC 6962, section 2.1: one hash that stands for a whole log."""

import hashlib
from collections.abc import Iterable


def leaf(data: bytes) -> bytes:
    """Return the hash of an entry, 32 bytes."""
    return hashlib.sha256(b"\0" + data).digest()


def root(entries: Iterable[bytes]) -> bytes:
    """Return the hash of a tree over entries in their order, 32 bytes.

    Subtrees of equal size are joined as they become whole, so that memory grows with
    the logarithm of their number.
    """
    whole: list[tuple[int, bytes]] = []
    for entry in entries:
        size, node = 1, leaf(entry)
        while whole and whole[-1][0] == size:
            node = _node(whole.pop()[1], node)
            size *= 2
        whole.append((size, node))
    if not whole:
        return hashlib.sha256(b"").digest()
    node = whole.pop()[1]
    while whole:
        node = _node(whole.pop()[1], node)
    return node


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\1" + left + right).digest()
