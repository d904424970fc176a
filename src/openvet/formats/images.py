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
_TEXT: Final = 1 << 16
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


def png(source: Source, budget: Budget) -> Walked:
    """Walk the chunks of a PNG to `IEND`."""
    at = 8
    texts: list[Text] = []
    while True:
        budget.step()
        header = source.read(at, 8)
        length = int.from_bytes(header[:4], "big")
        if len(header) < 8 or at + 12 + length > source.size:  # noqa: PLR2004
            return Walked(at, "a chunk is cut off", texts)
        if header[4:] in _PNG_TEXT and len(texts) < 100:  # noqa: PLR2004 - enough to judge
            data = source.read(at + 8, min(length, _TEXT))
            key, _, value = data.partition(b"\0")
            texts.append(
                Text(
                    key=f"PNG text {key.decode('latin-1')[:79]}",
                    value=value.decode("utf-8", "backslashreplace"),
                    offset=at,
                )
            )
        at += 12 + length
        if header[4:] == b"IEND":
            return Walked(at, "", texts)


def jpeg(source: Source, budget: Budget) -> Walked:
    """Walk the segments of a JPEG to its end marker."""
    at = 2
    while True:
        budget.step()
        marker = source.read(at, 4)
        if len(marker) < 2 or marker[0] != 0xFF:  # noqa: PLR2004 - markers start so
            return Walked(at, "a marker is missing")
        code = marker[1]
        if code == _EOI:
            return Walked(at + 2)
        if code == 0xFF:  # noqa: PLR2004 - fill byte
            at += 1
        elif code in _JPEG_BARE:
            at += 2
        else:
            if len(marker) < 4:  # noqa: PLR2004 - marker and length
                return Walked(at, "a segment is cut off")
            at += 2 + max(2, int.from_bytes(marker[2:4], "big"))
            if code == _SOS:
                at = _after_scan(source, at, budget)


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
