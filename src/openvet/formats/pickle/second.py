"""The other reading of an operation that crosses the end of its frame.

`pickle.loads` in C looks at no frame's end. On a file object that cannot be peeked
at, the same reader holds one frame at a time, and an argument that is not whole in it
is read anew after it: what was left of the frame is dropped (python/cpython#154848).
`pickle.py` stops. So the bytes stand for two programs, and both are followed.
"""

from itertools import pairwise

from openvet.budget import Budget
from openvet.errors import OverBudgetError
from openvet.formats.pickle.machine import (
    BrokenError,
    HeldError,
    Machine,
)
from openvet.formats.pickle.objects import StoppedError
from openvet.formats.pickle.opcodes import BY_BYTE
from openvet.formats.pickle.walker import TABLE, Walk, walk
from openvet.source import Source

_LINES = {"GLOBAL": 2, "INST": 2}
_TEXTUAL = frozenset(
    {"INT", "LONG", "FLOAT", "STRING", "UNICODE", "PUT", "GET", "PERSID"}
)


class SplicedSource(Source):
    """A source without some of its bytes.

    Args:
        inner: The source.
        start: Offset of the first byte left out.
        stop: Offset after the last byte left out.
    """

    def __init__(self, inner: Source, start: int, stop: int) -> None:
        self.inner = inner
        self.start = start
        self.stop = stop
        self.size = inner.size - (stop - start)

    def read(self, offset: int, length: int) -> bytes:
        """Return a range of what is left."""
        before = b""
        if offset < self.start:
            before = self.inner.read(offset, min(length, self.start - offset))
            length -= len(before)
            offset = self.start
        return before + self.inner.read(offset + self.stop - self.start, length)


def second_reading(source: Source, first: Walk, budget: Budget) -> Walk | None:
    """Return the walk that drops what a crossing operation leaves of its frame.

    Offsets after the crossing are those of the shortened stream.
    """
    if not first.straddles:
        return None
    newest, frame_end = first.straddles[0]
    at = _crossing(source, first.start, frame_end, budget)
    piece = _piece(source, at, frame_end)
    if piece is None or newest > at:
        return None
    return walk(SplicedSource(source, piece, frame_end), first.start, budget)


def _crossing(source: Source, start: int, frame_end: int, budget: Budget) -> int:
    """Return the offset of the operation that stands across `frame_end`."""
    m = Machine(source, start, budget)
    at = start
    try:
        data, pos, limit = m.edge(0)
        while m.base + pos < frame_end:
            at = m.base + pos
            pos = TABLE[data[pos]](m, data, pos + 1)
            if pos >= limit:
                data, pos, limit = m.edge(pos)
    except (StoppedError, BrokenError, HeldError, OverBudgetError, IndexError):
        return at
    return at


def _piece(source: Source, at: int, frame_end: int) -> int | None:
    """Return where the read begins that the frame cuts, or None."""
    byte = source.read(at, 1)
    opcode = BY_BYTE.get(byte[0]) if byte else None
    if opcode is None:
        return None
    ends = [at + 1]
    if opcode.name in _LINES or opcode.name in _TEXTUAL:
        for _ in range(_LINES.get(opcode.name, 1)):
            found = source.find(b"\n", ends[-1])
            if found < 0:
                return None
            ends.append(found + 1)
    else:
        ends.extend([ends[-1] + opcode.width, source.size])
    for begin, end in pairwise(ends):
        if begin < frame_end < end:
            return begin
    return None
