"""Bytes of one format carried inside another: programs in data, data after the end.

Shared by every reader. Three calls:

    after_end(source, end)              -> Payload | None
        What follows the declared end of a format. Zero padding is nothing.
    payload_in(source, carrier)         -> Payload | None
        What bytes carried as data (a tensor, a gap, a blob, a field) really are.
        Pass a window: `payload_in(source.window(a, b), "tensor x", base=a)`.
    payloads_in_text(text, carrier)     -> Iterator[Payload]
        Blobs of base64 or hexadecimal inside text that decode to a program.

A magic of two bytes is never believed alone, and a pickle counts only if its opcodes
are valid up to an import and a call: on random bytes the chance of a false alarm is
below one in 2**32 per call of `payload_in`. At most the first MiB is looked at.
"""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

from openvet.formats.encodings import UNREAD, encoded_in, reveal
from openvet.formats.magic import kind_of
from openvet.formats.programs import code, program
from openvet.source import Source
from openvet.subject import Payload

LOOK: Final = 1 << 20
_NEAR: Final = 1 << 16
"""Bytes in which a program shows what it is."""
_TRIED: Final = 1000
"""Places of one kind that are looked at; a MiB of noise has some sixty."""
SMALL: Final = 4 << 20
"""Bytes of data that are searched to the end, not only where they begin."""
_CANDIDATES: Final = tuple(
    re.compile(pattern)
    for pattern in (
        rb"\x7fELF[\x01\x02][\x01\x02]\x01",
        rb"MZ",
        rb"PK\x03\x04[\x0a-\x3f]\0",
        rb"#! ?/(?:usr/)?(?:local/)?bin/",
        rb"7z\xbc\xaf\x27\x1c",
        rb"Rar!\x1a\x07",
        rb"\x80[\x02-\x05][^\x80]",
        # An import of protocol 0 and what begins a call; lists of words have neither.
        (
            rb"c[A-Za-z_][\w.]{0,80}\n[A-Za-z_][\w.]{0,80}\n"
            rb"(?:[(\])}\x94\x8c]|p\d|q[\0-\x1f]|X[\0-\xff]\0\0\0|U[\0-\x1f])"
        ),
    )
)
"""How programs begin, each apart: a literal start is found at the speed of memory."""


def after_end(
    source: Source, end: int, carrier: str = "bytes after the end"
) -> Payload | None:
    """Return what follows the declared end of a format, or None for padding.

    Bytes that are not zero and that no format explains are a payload of kind `data`
    with low confidence.
    """
    rest = source.read(end, LOOK)
    if not rest.strip(b"\0"):
        return None
    length = source.size - end
    found = payload_within(source, end, source.size, carrier)
    return found or Payload(
        kind=kind_of(rest) or "data",
        carrier=carrier,
        offset=end,
        length=length,
        low_confidence=True,
    )


def payload_within(
    source: Source, start: int, stop: int, carrier: str
) -> Payload | None:
    """Return the first program that stands anywhere in a range, or None.

    For ranges that viewers skip: comments, profiles, bytes after the end. Readable
    code counts where the range is nothing else.
    """
    data = source.read(start, min(stop - start, LOOK))
    found = next(_programs(data), None)
    if found is None:
        return None
    offset, kind = found
    return Payload(
        kind=kind,
        carrier=carrier,
        offset=start + offset,
        length=stop - start - offset,
    )


def payload_in(source: Source, carrier: str, *, base: int = 0) -> Payload | None:
    """Return the program that `source` starts with, through encodings, or None.

    What is small is searched to its end, for programs in the clear.

    Args:
        source: The bytes carried as data, usually a window.
        carrier: What carries them, in words: `tensor model.embed`.
        base: Offset of the window in the file, for the report.
    """
    data = source.read(0, SMALL if source.size <= SMALL else LOOK)
    at, kind = 0, program_kind(data[:LOOK])
    if not kind and source.size <= SMALL:
        at, kind = next(_inside(data), (0, ""))
    if not kind:
        return None
    return Payload(
        kind=kind, carrier=carrier, offset=base + at, length=source.size - at
    )


def payloads_in_text(text: str | bytes, carrier: str) -> Iterator[Payload]:
    """Yield the programs, and the code, that stand encoded inside text."""
    for run in encoded_in(text):
        if run.found.kind != UNREAD:
            yield Payload(
                kind=run.found.words,
                carrier=carrier,
                offset=run.offset,
                length=run.length,
            )


def program_kind(data: bytes) -> str:
    """Return what program `data` starts with, or an empty string.

    Layers of encoding and compression are taken off, at most four; the answer then
    reads `pickle in zlib in base64`.
    """
    found = reveal(data)
    return found.words if found is not None else ""


def _programs(data: bytes) -> Iterator[tuple[int, str]]:
    """Yield offsets of programs, at the start through encodings, then anywhere."""
    kind = program_kind(data)
    if kind:
        yield 0, kind
    stripped = data.lstrip(b"\0\r\n\t ")
    kind = program_kind(stripped)
    if kind:
        yield len(data) - len(stripped), kind
    if code(stripped.rstrip(b"\0")):
        yield len(data) - len(stripped), "code"
    yield from _inside(data)
    if stripped.isascii():
        for run in encoded_in(data):
            if run.found.kind != UNREAD:
                yield run.offset, run.found.words


def _inside(data: bytes) -> Iterator[tuple[int, str]]:
    """Yield offsets of programs anywhere in bytes, each with a second sign."""
    for pattern in _CANDIDATES:
        for found in islice(pattern.finditer(data), _TRIED):
            at = found.start()
            kind = program(data[at : at + _NEAR], strict=True)
            if kind:
                yield at, kind
                break
