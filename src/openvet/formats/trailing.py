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
from typing import Final

from openvet.formats.encodings import UNREAD, encoded_in, reveal
from openvet.formats.magic import kind_of
from openvet.formats.programs import code, program
from openvet.source import Source
from openvet.subject import Payload

LOOK: Final = 1 << 20
_CANDIDATE: Final = re.compile(
    rb"\x7fELF|MZ|PK\x03\x04|#! ?/|7z\xbc\xaf\x27\x1c|Rar!\x1a\x07"
    rb"|\x80[\x02-\x05]|c[A-Za-z_][\w.]{0,80}\n[A-Za-z_][\w.]{0,80}\n"
)


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

    Args:
        source: The bytes carried as data, usually a window.
        carrier: What carries them, in words: `tensor model.embed`.
        base: Offset of the window in the file, for the report.
    """
    kind = program_kind(source.read(0, LOOK))
    if not kind:
        return None
    return Payload(kind=kind, carrier=carrier, offset=base, length=source.size)


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
    if code(stripped):
        yield len(data) - len(stripped), "code"
    for found in _CANDIDATE.finditer(data):
        kind = program(data[found.start() :], strict=True)
        if kind:
            yield found.start(), kind
    if stripped.isascii():
        for run in encoded_in(data):
            if run.found.kind != UNREAD:
                yield run.offset, run.found.words
