"""Whether bytes are pickles, and which: one after another in a source.

Protocols 0 and 1 have no magic, and any text or raw tensor may begin with an opcode.
So a stream without a header counts only if it calls something that it imported, or
if it is a whole program to the last byte.
"""

import re
from collections.abc import Iterator
from typing import Final

from openvet.budget import Budget
from openvet.formats.pickle.machine import ArrayHook
from openvet.formats.pickle.names import plausible, standard
from openvet.formats.pickle.opcodes import FIRST
from openvet.formats.pickle.program import Global, Result
from openvet.formats.pickle.walker import Walk, walk
from openvet.source import Source

STREAMS: Final = 10_000
"""Streams followed in one source."""
_PROTO: Final = 0x80
_NEWEST: Final = 5
_AFTER_HEADER: Final = frozenset(
    b"\x95\x8a\x8b\x8c\x8d\x8e\x93\x96}](cX)NKJMUTVBCGH\x88\x89\x8f"
)
"""Opcodes with which a pickler goes on after the header."""

_SHORT: Final = 1024
"""Bytes of text that are rather a broken program than a vocabulary."""
_NUMBERED: Final = re.compile(rb"[^\n]?p[01]\n")


def may_begin(head: bytes) -> bool:
    """Say cheaply whether a stream could begin so."""
    if len(head) < 2 or head[0] not in FIRST:  # noqa: PLR2004 - one opcode and STOP
        return False
    return head[0] != _PROTO or head[1] <= _NEWEST


def streams_in(
    source: Source,
    budget: Budget,
    start: int = 0,
    after_build: ArrayHook | None = None,
) -> Iterator[Walk]:
    """Yield the streams that follow one another from `start`, if they are pickles.

    The last may be broken; nothing is known then of what follows it.
    """
    at = start
    for number in range(STREAMS):
        head = source.read(at, 256)
        if not may_begin(head):
            return
        found = walk(source, at, budget, after_build)
        if not believable(found, source, head, following=number > 0):
            return
        yield found
        at = found.stop
        if not found.stopped:
            return


def believable(
    found: Walk, source: Source, head: bytes, *, following: bool = False
) -> bool:
    """Say whether a walk went over a pickle and not over other data.

    Args:
        found: The walk.
        source: What it went over.
        head: The first bytes of the stream.
        following: Whether a pickle stands right before it.
    """
    if head[0] == _PROTO:
        return _believable_with_header(found, head)
    text = _is_text(source)
    if _calls(found):
        return found.stopped or _sure(found) or not text
    if not found.stopped:
        # A list of words may begin with `cast`, but a list of words is longer.
        short = found.truncated and source.size <= _SHORT
        return _sure(found) and (not text or short)
    if following and _imports(found):
        return True
    # An import, or plain data. Text may be such a program by chance, but hardly to
    # its last byte; and picklers number what they write.
    rest = source.read(found.stop, 64) if found.end - found.stop < 64 else b"-"  # noqa: PLR2004
    sign = _imports(found) or _NUMBERED.search(head) is not None
    return not rest.strip(b"\0\r\n\t ") and (not text or sign)


def _believable_with_header(found: Walk, head: bytes) -> bool:
    """Say whether a stream that begins with PROTO is a pickle, whole or broken."""
    if found.stopped or _imports(found):
        return True
    attacks = any(defect.weight == "attack" for defect in found.defects)
    ends = found.truncated or found.held or found.over is not None
    return (ends or attacks) and head[2:3] != b"" and head[2] in _AFTER_HEADER


def _imports(found: Walk) -> bool:
    """Say whether something was imported that can be."""
    return any(
        entry.computed or plausible(entry.module, entry.name) for entry in found.imports
    )


def _calls(found: Walk) -> bool:
    """Say whether something was called or changed that an import can have given."""
    for call in found.calls:
        callee = call.callee
        if isinstance(callee, Result):
            return True
        if isinstance(callee, Global):
            entry = found.imports[callee.index]
            if entry.computed or plausible(entry.module, entry.name):
                return True
    return False


def _sure(found: Walk) -> bool:
    """Say whether an import is of the standard library, or of a package's module."""
    return any(
        plausible(entry.module, entry.name)
        and (standard(entry.module) or "." in entry.module)
        for entry in found.imports
    )


def _is_text(source: Source) -> bool:
    head = source.head
    try:
        # The last character may be cut where the head is.
        (head if len(head) == source.size else head[:-3]).decode()
    except UnicodeDecodeError:
        return False
    return b"\0" not in head
