"""Where an image ends, by its own structure, so that what follows it shows.

Only the outer structure is walked; pixels are not decoded. Sources: PNG (RFC 2083),
JPEG (ITU-T T.81, annex B), GIF89a, RIFF and WebP containers, BMP headers.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from openvet.budget import Budget
from openvet.source import Source
from openvet.subject import Text

_PNG_TEXT: Final = frozenset({b"tEXt", b"iTXt"})
_PNG_PICTURE: Final = frozenset(
    {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"fdAT", b"zTXt", b"iCCP"}
)
"""Chunks whose content is coded, so that nothing can stand there in the clear."""
_CHUNK: Final = re.compile(rb"[A-Za-z]{4}")
_TEXT: Final = 1 << 16
_KEPT: Final = 100
_JPEG_OPAQUE: Final = frozenset({0xFE, *range(0xE0, 0xF0)})
_JPEG_BARE: Final = frozenset({0x01, *range(0xD0, 0xD9)})
_BOX: Final = re.compile(rb"[\xa9 -~][ -~]{3}")
_EOI: Final = 0xD9
_SOS: Final = 0xDA
_BMP_HEADERS: Final = frozenset({12, 40, 52, 56, 64, 108, 124})


@dataclass(slots=True)
class Walked:
    """What a walk over an image found."""

    end: int
    """After the image; its start where nothing could be walked."""
    broken: str = ""
    texts: list[Text] = field(default_factory=list)
    opaque: list[tuple[int, int, str]] = field(default_factory=list)
    """Start, stop and name of parts that viewers skip."""


def png(source: Source, budget: Budget) -> Walked:
    """Walk the chunks of a PNG to `IEND`."""
    walked = Walked(8)
    while True:
        budget.step()
        at = walked.end
        header = source.read(at, 8)
        kind = header[4:]
        stop = at + 12 + int.from_bytes(header[:4], "big")
        if not _CHUNK.fullmatch(kind) or stop > source.size:
            walked.broken = "a chunk is cut off or has no type"
            return walked
        if kind in _PNG_TEXT and len(walked.texts) < _KEPT:
            data = source.read(at + 8, min(stop - at - 12, _TEXT))
            key, _, value = data.partition(b"\0")
            text = value.decode("utf-8", "backslashreplace")
            name = f"PNG text {key.decode('latin-1')[:79]}"
            walked.texts.append(Text(key=name, value=text, offset=at))
        elif kind not in _PNG_PICTURE and len(walked.opaque) < _KEPT:
            walked.opaque.append((at + 8, stop - 4, f"PNG chunk {kind.decode()}"))
        walked.end = stop
        if kind == b"IEND":
            return walked


def jpeg(source: Source, budget: Budget) -> Walked:
    """Walk the segments of a JPEG to its end marker."""
    walked = Walked(2)
    while True:
        budget.step()
        at = walked.end
        marker = source.read(at, 4)
        if len(marker) < 2 or marker[0] != 0xFF:  # noqa: PLR2004 - markers start so
            walked.broken = "a marker is missing"
            return walked
        code = marker[1]
        if code == _EOI:
            walked.end = at + 2
            return walked
        if code == 0xFF:  # noqa: PLR2004 - fill byte
            walked.end = at + 1
        elif code in _JPEG_BARE:
            walked.end = at + 2
        else:
            stop = at + 2 + max(2, int.from_bytes(marker[2:4], "big"))
            if code in _JPEG_OPAQUE and len(walked.opaque) < _KEPT:
                walked.opaque.append((at + 4, stop, f"JPEG segment {code:02x}"))
            walked.end = _after_scan(source, stop, budget) if code == _SOS else stop


def _after_scan(source: Source, at: int, budget: Budget) -> int:
    """Return where the next real marker stands after entropy-coded data."""
    while True:
        budget.step()
        at = source.find(b"\xff", at)
        if at < 0:
            return source.size
        code = source.read(at + 1, 1)
        if code and code != b"\0" and not b"\xd0" <= code <= b"\xd7":
            return at
        at += 2


def gif(source: Source, budget: Budget) -> Walked:
    """Walk the blocks of a GIF to its trailer."""
    flags = source.read(10, 1)
    if not flags:
        return Walked(6, "the header is cut off")
    at = 13 + _table(flags[0])
    while True:
        budget.step()
        block = source.read(at, 11)
        if block[:1] == b"\x3b":
            return Walked(at + 1)
        if block[:1] == b"\x21":
            at = _after_blocks(source, at + 2, budget)
        elif block[:1] == b"\x2c" and len(block) >= 10:  # noqa: PLR2004 - a descriptor
            at = _after_blocks(source, at + 11 + _table(block[9]), budget)
        else:
            return Walked(at, "a block is missing")


def _table(flags: int) -> int:
    """Return the bytes of a color table."""
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _after_blocks(source: Source, at: int, budget: Budget) -> int:
    """Return the offset after a run of data sub-blocks."""
    while length := source.read(at, 1):
        budget.step()
        at += 1 + length[0]
        if not length[0]:
            break
    return at


def riff(source: Source, budget: Budget) -> Walked:  # noqa: ARG001 - one shape for all
    """Take the length that a RIFF container declares: WebP, WAV, AVI."""
    length = 8 + int.from_bytes(source.read(4, 4), "little")
    length += length & 1
    if length > source.size + 1:
        return Walked(source.size, "the container is cut off")
    return Walked(length)


def bmp(source: Source, budget: Budget) -> Walked:  # noqa: ARG001 - one shape for all
    """Take the length that a bitmap declares; some writers leave it zero."""
    length = int.from_bytes(source.read(2, 4), "little")
    if length > source.size:
        return Walked(source.size, "the bitmap is cut off")
    return Walked(length or source.size)


def is_bmp(head: bytes) -> bool:
    """Check a bitmap by more than its two-letter magic."""
    return (
        head[:2] == b"BM"
        and head[6:10] == b"\0\0\0\0"
        and int.from_bytes(head[14:18], "little") in _BMP_HEADERS
    )


def boxes(source: Source, budget: Budget) -> Walked:
    """Walk the boxes of an ISO media file: MP4, MOV, HEIC, AVIF."""
    at = 0
    while at + 8 <= source.size:
        budget.step()
        header = source.read(at, 16)
        length = int.from_bytes(header[:4], "big")
        if length == 0:
            return Walked(source.size)
        if length == 1:
            length = int.from_bytes(header[8:16], "big")
        if length < 8 or not _BOX.fullmatch(header[4:8]):  # noqa: PLR2004 - a box header
            return Walked(at)
        if at + length > source.size:
            return Walked(source.size, "a box is cut off")
        at += length
    return Walked(at)


Walk = Callable[[Source, Budget], Walked]
WALKS: Final[dict[str, Walk]] = {
    "png": png,
    "jpeg": jpeg,
    "gif": gif,
    "riff": riff,
    "bmp": bmp,
    "iso-media": boxes,
}
