"""The records of a zip file, each parsed where it stands.

Source: PKWARE APPNOTE.TXT 6.3.10, sections 4.3 (records) and 4.5.3 (zip64).
"""

import struct
from typing import Final

from msgspec import Struct

from openvet.source import Source, WindowSource

LOCAL: Final = b"PK\x03\x04"
CENTRAL: Final = b"PK\x01\x02"
DESCRIPTOR: Final = b"PK\x07\x08"
END: Final = b"PK\x05\x06"
END64: Final = b"PK\x06\x06"
LOCATOR64: Final = b"PK\x06\x07"

ENCRYPTED: Final = 0x0001
HAS_DESCRIPTOR: Final = 0x0008
UTF8: Final = 0x0800

_LOCAL: Final = struct.Struct("<4sHHHHHLLLHH")
_CENTRAL: Final = struct.Struct("<4sBBHHHHHLLLHHHHHLL")
_END: Final = struct.Struct("<4sHHHHLLH")
_END64: Final = struct.Struct("<4sQHHLLQQQQ")
_LONGEST_TAIL: Final = (1 << 16) + _END.size
_FULL32: Final = 0xFFFFFFFF
_FULL16: Final = 0xFFFF
_ZIP64: Final = 1


class Header(Struct, frozen=True):
    """A local or a central header."""

    offset: int
    """Where the header itself starts."""
    stop: int
    """After the header: a local header's data, a central header's neighbor."""
    told: int
    """After the name: extra fields and, in a central header, a comment follow."""
    raw_name: bytes
    flags: int
    method: int
    crc: int
    compressed: int
    size: int
    target: int = 0
    """Of a central header: where its local header should start."""
    mode: int = 0
    """Of a central header: Unix file mode, 0 where the writer gave none."""

    @property
    def name(self) -> str:
        """The name as Python and torch decode it."""
        encoding = "utf-8" if self.flags & UTF8 else "cp437"
        return self.raw_name.decode(encoding, "backslashreplace")

    @property
    def encrypted(self) -> bool:
        """Whether it says that its data is encrypted."""
        return bool(self.flags & ENCRYPTED)

    @property
    def unsized(self) -> bool:
        """Whether CRC and sizes follow the data instead of standing here."""
        return bool(self.flags & HAS_DESCRIPTOR) and not (
            self.crc or self.compressed or self.size
        )


class End(Struct, frozen=True):
    """The end record, zip64 included."""

    offset: int
    stop: int
    count: int
    directory_size: int
    directory_start: int
    """Where the directory really starts, computed back from its end."""
    shift: int
    """How many bytes stand before the archive that the offsets do not count; less than
    none where they count bytes of the file that the archive was cut from."""
    comment: bytes


def local_header(source: Source, offset: int) -> Header | None:
    """Return the local header at `offset`, or None if there is none."""
    data = source.read(offset, _LOCAL.size) if offset >= 0 else b""
    if len(data) < _LOCAL.size or not data.startswith(LOCAL):
        return None
    fields = _LOCAL.unpack_from(data)
    _, _, flags, method, _, _, crc, compressed, size, names, extras = fields
    stop = offset + _LOCAL.size + names + extras
    if stop > source.size:
        return None
    tail = source.read(offset + _LOCAL.size, names + extras)
    size, compressed, _ = _widen(tail[names:], size, compressed, 0)
    return Header(
        offset=offset,
        stop=stop,
        told=offset + _LOCAL.size + names,
        raw_name=tail[:names],
        flags=flags,
        method=method,
        crc=crc,
        compressed=compressed,
        size=size,
    )


def central_header(source: Source, offset: int, shift: int = 0) -> Header | None:
    """Return the central header at `offset`, or None if there is none."""
    data = source.read(offset, _CENTRAL.size)
    if len(data) < _CENTRAL.size or not data.startswith(CENTRAL):
        return None
    fields = _CENTRAL.unpack_from(data)
    _, _, system, _, flags, method, _, _, crc, compressed, size = fields[:11]
    names, extras, comments, _, _, attributes, target = fields[11:]
    stop = offset + _CENTRAL.size + names + extras + comments
    if stop > source.size:
        return None
    tail = source.read(offset + _CENTRAL.size, names + extras)
    size, compressed, target = _widen(tail[names:], size, compressed, target)
    return Header(
        offset=offset,
        stop=stop,
        told=offset + _CENTRAL.size + names,
        raw_name=tail[:names],
        flags=flags,
        method=method,
        crc=crc,
        compressed=compressed,
        size=size,
        target=max(target + shift, -1),
        mode=attributes >> 16 if system == 3 else 0,  # noqa: PLR2004 - Unix
    )


def _widen(
    extra: bytes, size: int, compressed: int, target: int
) -> tuple[int, int, int]:
    """Return the three fields with their zip64 values where they are full."""
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, at)
        if kind == _ZIP64:
            body = extra[at + 4 : at + 4 + length]
            wide = iter(struct.unpack(f"<{len(body) // 8}Q", body[: len(body) & ~7]))
            size = next(wide, size) if size == _FULL32 else size
            compressed = next(wide, compressed) if compressed == _FULL32 else compressed
            target = next(wide, target) if target == _FULL32 else target
            break
        at += 4 + length
    return size, compressed, target


def find_end(source: Source, before: int | None = None) -> End | None:
    """Return the last end record before the offset, as `zipfile` would find it."""
    stop = source.size if before is None else before
    start = max(0, stop - _LONGEST_TAIL)
    tail = source.read(start, stop - start)
    at = tail.rfind(END)
    while at >= 0:
        end = end_record(source, start + at)
        if end is not None:
            return end
        at = tail.rfind(END, 0, at)
    return None


def end_record(source: Source, offset: int) -> End | None:
    """Return the end record at `offset`, or None if there is none."""
    data = source.read(offset, _END.size)
    if len(data) < _END.size or not data.startswith(END):
        return None
    _, _, _, _, count, size, start, comments = _END.unpack(data)
    directory_end = offset
    wide = _end64(source, offset)
    if wide is not None and (
        _FULL32 in (size, start) or count == _FULL16 or wide[1:] == (count, size, start)
    ):
        directory_end, count, size, start = wide
    shift = directory_end - size - start
    if shift < 0 and not _counts_from_carrier(source, shift):
        return None
    stop = min(offset + _END.size + comments, source.size)
    comment = source.read(offset + _END.size, stop - offset - _END.size)
    return End(offset, stop, count, size, directory_end - size, shift, comment)


def _counts_from_carrier(source: Source, shift: int) -> bool:
    """Say whether the offsets count from the start of the file that carries the zip.

    Whoever appends an archive to another file counts so, as Python's `zipfile` in
    mode "a" does for the labels behind a TensorFlow Lite model.
    """
    return isinstance(source, WindowSource) and shift == -source.before


def _end64(source: Source, offset: int) -> tuple[int, int, int, int] | None:
    """Return offset, count, size and start from the zip64 end record."""
    locator = source.read(max(0, offset - 20), 20)
    if len(locator) < 20 or not locator.startswith(LOCATOR64):  # noqa: PLR2004
        return None
    # The record stands right before its locator unless the archive is prefixed.
    for at in (offset - 20 - _END64.size, int.from_bytes(locator[8:16], "little")):
        data = source.read(at, _END64.size) if at >= 0 else b""
        if len(data) == _END64.size and data.startswith(END64):
            fields = _END64.unpack(data)
            return at, fields[7], fields[8], fields[9]
    return None
