"""What a pickle carries as bytes or text that is something by itself.

A nested pickle, archive or compressed stream is read like a member of an archive, so
that it is judged by what is in it; programs of other kinds are payloads. Honest
pickles nest too: old tensors are `_load_from_bytes` of a whole checkpoint.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

from openvet.budget import Budget
from openvet.formats.encodings import Revealed, reveal
from openvet.formats.pickle.literals import SPELLED
from openvet.formats.pickle.program import Call, Result, Span
from openvet.formats.pickle.walker import Walk
from openvet.formats.programs import is_stage
from openvet.source import BytesSource, Source

LOOK: Final = 1 << 16
"""Bytes looked at to tell what something is."""
NAMES: Final = 512
"""Bytes in which a program of protocol 0 has ended its first line."""
LOADERS: Final = frozenset(
    {
        "torch.storage._load_from_bytes",
        "torch._utils._load_from_bytes",
        "pickle.loads",
        "_pickle.loads",
        "cloudpickle.loads",
        "cloudpickle.cloudpickle.loads",
        "dill.loads",
        "dill._dill.loads",
        "numba.core.serialize._unpickle__CustomPickled",
    }
)
"""Functions that load the bytes they are given."""
ENCODE: Final = "_codecs.encode"
"""The function by which old protocols make bytes of text."""


class Carried(NamedTuple):
    """Something carried."""

    kind: str
    """What it is; empty where a loader takes it unseen."""
    source: Source
    offset: int
    length: int


def carried_in(found: Walk, source: Source, budget: Budget) -> Iterator[Carried]:
    """Yield what a walked pickle carries, each once, in the order of the stream."""
    seen: set[int] = set()
    for offset, length in found.blobs:
        budget.step()
        window = source.window(offset, offset + length)
        start = window.read(0, LOOK)
        plain = start[:1] in b"c(" and not SPELLED.match(start)
        if plain and b"\n" not in start[:NAMES]:
            continue
        inside = reveal(start, readable=True, stages=True)
        if inside is None and length > LOOK and is_stage(start + _end(window)):
            inside = Revealed("pickle", (), b"")
        if inside is not None:
            seen.add(offset)
            content = unwrapped(window, inside, budget)
            yield Carried(inside.kind, content, offset, length)
    for call in found.calls:
        if call.opcode == "REDUCE" and call.arguments:
            path = found.path(call.callee)
            if path in LOADERS:
                yield from _loaded(call, found, source, budget, seen)
            elif path == ENCODE:
                yield from _encoded_in(call, source, budget, seen)


def _loaded(
    call: Call, found: Walk, source: Source, budget: Budget, seen: set[int]
) -> Iterator[Carried]:
    """Yield the bytes that a call loads."""
    inner = _bytes_of(call, found, source, budget)
    if inner is not None and inner.offset not in seen:
        seen.add(inner.offset)
        yield inner


def _encoded_in(
    call: Call, source: Source, budget: Budget, seen: set[int]
) -> Iterator[Carried]:
    """Yield the bytes that a call makes of text, if they are something."""
    text = call.arguments[0]
    start = _encoded(call, source, budget, LOOK)
    inside = None
    if start is not None:
        inside = reveal(start.read(0, LOOK), readable=True, stages=True)
    offset = text.offset if isinstance(text, Span) else call.offset
    if inside is not None and offset not in seen:
        seen.add(offset)
        whole = _encoded(call, source, budget, _most(budget))
        if whole is not None:
            plain = unwrapped(whole, inside, budget)
            yield Carried(inside.kind, plain, offset, whole.size)


def _bytes_of(
    call: Call, found: Walk, source: Source, budget: Budget
) -> Carried | None:
    """Return bytes given to a loader, whatever is in them."""
    value = call.arguments[0]
    if isinstance(value, Span):
        window = source.window(value.offset, value.offset + value.length)
        return Carried("", window, value.offset, value.length)
    if isinstance(value, bytes):
        at = source.find(value, found.start, call.offset)
        return Carried("", BytesSource(value), at, len(value))
    if isinstance(value, Result):
        made = found.calls[value.index]
        if found.path(made.callee) == "_codecs.encode" and made.arguments:
            inner = _encoded(made, source, budget, _most(budget))
            text = made.arguments[0]
            offset = text.offset if isinstance(text, Span) else made.offset
            if inner is not None:
                return Carried("", inner, offset, inner.size)
    return None


def _end(window: Source) -> bytes:
    """Return the last byte."""
    return window.read(window.size - 1, 1)


def _most(budget: Budget) -> int:
    return budget.limits.memory_bytes // 8


def _encoded(call: Call, source: Source, budget: Budget, most: int) -> Source | None:
    """Return the bytes of `_codecs.encode(text, 'latin1')`, as protocol 2 has them."""
    text = call.arguments[0]
    if isinstance(text, Span):
        # Text is UTF-8, but for UNICODE, whose opcode stands right before it.
        window = source.read(text.offset, min(text.length, most))
        line = source.read(text.offset - 1, 1) == b"V"
        text = window.decode("raw-unicode-escape" if line else "utf-8", "ignore")
        budget.step(len(window) // 64)
    if not isinstance(text, str):
        return None
    return BytesSource(text.encode("latin-1", "ignore"))


def unwrapped(source: Source, inside: Revealed, budget: Budget) -> Source:
    """Return bytes without the encodings around them, if there are any.

    Args:
        source: What was found.
        inside: What its first `LOOK` bytes are.
        budget: Bounds the bytes that are decoded.
    """
    if not inside.layers:
        return source
    if source.size > LOOK:
        budget.step(source.size // LOOK)
        whole = source.read(0, _most(budget))
        inside = reveal(whole, readable=True, stages=True) or inside
    return BytesSource(inside.data)
