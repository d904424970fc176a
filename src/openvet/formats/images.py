"""Where an image ends, by its own structure, so that what follows it shows.

Only the outer structure is walked; pixels are not decoded. Sources: PNG (RFC 2083),
JPEG (ITU-T T.81, annex B), GIF89a, RIFF and WebP containers, BMP headers.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from openvet.budget import Budget
from openvet.formats.unpack import inflated
from openvet.source import Source

_PNG_TEXT: Final = frozenset({b"tEXt", b"iTXt", b"zTXt", b"iCCP"})
_PNG_PICTURE: Final = frozenset({b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"fdAT"})
"""Chunks whose content is coded, so that nothing can stand there in the clear."""
_PACKED: Final = frozenset({b"VP8 ", b"VP8L", b"ALPH", b"ANMF", b"movi"})
"""Chunks of a RIFF container that hold compressed pictures."""
_MOVIE: Final = b"mdat"
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
    opaque: list[tuple[int, int, str]] = field(default_factory=list)
    """Start, stop and name of parts that viewers skip."""
    packed: list[tuple[bytes, int, str]] = field(default_factory=list)
    """Content, place and name of such parts, where they are compressed or in pieces."""

    def skip(self, start: int, stop: int, name: str) -> None:
        """Note a part that viewers skip."""
        if start < stop and len(self.opaque) < _KEPT:
            self.opaque.append((start, stop, name))

    def unpack(self, data: bytes, at: int, name: str) -> None:
        """Note the content of such a part."""
        if data and len(self.packed) < _KEPT:
            self.packed.append((data, at, name))


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
        if kind in _PNG_TEXT:
            _png_text(walked, kind, source.read(at + 8, min(stop - at - 12, _TEXT)), at)
        elif kind not in _PNG_PICTURE:
            walked.skip(at + 8, stop - 4, f"PNG chunk {kind.decode()}")
        walked.end = stop
        if kind == b"IEND":
            return walked


def _png_text(walked: Walked, kind: bytes, data: bytes, at: int) -> None:
    """Note what a chunk says under its keyword, compressed or not."""
    key, _, value = data.partition(b"\0")
    name = f"PNG text {key.decode('latin-1')[:79]}"
    if kind == b"iTXt":
        compressed = value[:1] == b"\1"
        value = value[2:].split(b"\0", 2)[-1]
    else:
        compressed = kind != b"tEXt"
        value = value[compressed:]
    walked.unpack(inflated(value) if compressed else value, at, name)


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
            if code in _JPEG_OPAQUE:
                walked.skip(at + 4, min(stop, source.size), f"JPEG segment {code:02x}")
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
    walked = Walked(13 + _table(flags[0]))
    while True:
        budget.step()
        at = walked.end
        block = source.read(at, 11)
        if block[:1] == b"\x3b":
            walked.end = at + 1
            return walked
        if block[:1] == b"\x21":
            walked.end = _after_blocks(source, at + 2, budget)
            said_at = at + 2
            if block[1:2] == b"\xff":  # the first block names an application
                said_at += 1 + int.from_bytes(block[2:3], "little")
            said = _joined(source, said_at, budget)
            walked.unpack(said, at + 3, f"GIF extension {block[1:2].hex()}")
        elif block[:1] == b"\x2c" and len(block) >= 10:  # noqa: PLR2004 - a descriptor
            walked.end = _after_blocks(source, at + 11 + _table(block[9]), budget)
        else:
            walked.broken = "a block is missing"
            return walked


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


def _joined(source: Source, at: int, budget: Budget) -> bytes:
    """Return the first 64 KiB of a run of data sub-blocks; XMP has none, but text."""
    parts: list[bytes] = []
    left = _TEXT
    while left > 0 and (length := source.read(at, 1)) and length[0]:
        budget.step()
        parts.append(source.read(at + 1, length[0]))
        left -= length[0]
        at += 1 + length[0]
    return b"".join(parts)


def riff(source: Source, budget: Budget) -> Walked:
    """Walk the chunks of a RIFF container to its end: WebP, WAV, AVI."""
    length = 8 + int.from_bytes(source.read(4, 4), "little")
    length += length & 1
    walked = Walked(min(length, source.size))
    if length > source.size + 1:
        walked.broken = "the container is cut off"
    at = 12
    while at + 8 <= walked.end:
        budget.step()
        header = source.read(at, 12)
        stop = at + 8 + int.from_bytes(header[4:8], "little")
        if header[:4] not in _PACKED and header[8:12] not in _PACKED:
            name = header[:4].decode("latin-1")
            walked.skip(at + 8, min(stop, walked.end), f"RIFF chunk {name!r}")
        at = stop + (stop & 1)
    return walked


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
    walked = Walked(0)
    while walked.end + 8 <= source.size:
        budget.step()
        at = walked.end
        header = source.read(at, 16)
        length = int.from_bytes(header[:4], "big")
        if length == 1:
            length = int.from_bytes(header[8:16], "big")
        length = length or source.size - at
        if length < 8 or not _BOX.fullmatch(header[4:8]):  # noqa: PLR2004 - a box header
            return walked
        walked.end = min(at + length, source.size)
        name = header[4:8].decode("latin-1")
        if at + length > source.size:
            walked.broken = "a box is cut off"
            walked.skip(at, walked.end, "a box that is cut off")
        elif header[4:8] != _MOVIE:
            walked.skip(at + 8, walked.end, f"box {name!r}")
    return walked


Walk = Callable[[Source, Budget], Walked]
WALKS: Final[dict[str, Walk]] = {
    "png": png,
    "jpeg": jpeg,
    "gif": gif,
    "riff": riff,
    "bmp": bmp,
    "iso-media": boxes,
}
