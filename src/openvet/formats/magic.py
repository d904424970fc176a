"""What bytes are, told from their first bytes and never from a name."""

from functools import cache
from typing import Final

MAGIC: Final[tuple[tuple[int, bytes, str], ...]] = (
    (0, b"PK\x03\x04", "zip"),
    (0, b"PK\x05\x06", "zip"),
    (0, b"PK\x07\x08", "zip"),
    (0, b"7z\xbc\xaf\x27\x1c", "7z"),
    (0, b"Rar!\x1a\x07", "rar"),
    (0, b"\x1f\x8b", "gzip"),
    (0, b"BZh", "bzip2"),
    (0, b"\xfd7zXZ\x00", "xz"),
    (0, b"\x5d\x00\x00", "lzma"),
    (0, b"\x04\x22\x4d\x18", "lz4"),
    (0, b"\x28\xb5\x2f\xfd", "zstd"),
    (257, b"ustar", "tar"),
    (0, b"\x7fELF", "elf"),
    (0, b"\xfe\xed\xfa\xce", "mach-o"),
    (0, b"\xfe\xed\xfa\xcf", "mach-o"),
    (0, b"\xce\xfa\xed\xfe", "mach-o"),
    (0, b"\xcf\xfa\xed\xfe", "mach-o"),
    (0, b"\xca\xfe\xba\xbe", "mach-o"),
    (0, b"\x00asm", "wasm"),
    (0, b"#!", "script"),
    (0, b"GGUF", "gguf"),
    (0, b"\x89HDF\r\n\x1a\n", "hdf5"),
    (0, b"\x93NUMPY", "npy"),
    (4, b"TFL3", "tflite"),
    (0, b"\x89PNG\r\n\x1a\n", "png"),
    (0, b"\xff\xd8\xff", "jpeg"),
    (0, b"GIF8", "gif"),
    (0, b"%PDF-", "pdf"),
    (0, b"RIFF", "riff"),
    (0, b"PAR1", "parquet"),
    (0, b"ARROW1", "arrow"),
    (0, b"SQLite format 3\x00", "sqlite"),
)

NATIVE: Final = frozenset({"elf", "pe", "mach-o", "wasm"})
"""Kinds that a machine executes as they are."""


@cache
def _magics(first: bytes) -> tuple[tuple[int, bytes, str], ...]:
    """Return the magics of files that begin with a byte."""
    return tuple(row for row in MAGIC if row[0] or row[1][:1] == first)


def kind_of(data: bytes) -> str:
    """Return the format that the first bytes name, or an empty string.

    Two-byte magics are believed only with a second sign. Pickle protocol 2 and later
    is told by its PROTO opcode; older pickles have no magic.
    """
    for offset, magic, kind in _magics(data[:1]):
        if data.startswith(magic, offset):
            if kind == "gzip" and data[2:3] != b"\x08":
                continue
            if kind == "bzip2" and data[4:10] != b"1AY&SY":
                continue
            if kind == "lzma" and not _lzma_alone(data):
                continue
            return kind
    if data[:2] == b"MZ" and _is_pe(data):
        return "pe"
    if len(data) > 2 and data[0] == 0x80 and 2 <= data[1] <= 5 and data[2] != 0x80:  # noqa: PLR2004
        return "pickle"
    if _zlib(data):
        return "zlib"
    return ""


def _lzma_alone(data: bytes) -> bool:
    """Check the fields of a `.lzma` header: dictionary size and length."""
    size = int.from_bytes(data[5:13], "little")
    return len(data) > 13 and (size == (1 << 64) - 1 or size < 1 << 40)  # noqa: PLR2004


def _is_pe(data: bytes) -> bool:
    """Check that the DOS header points at a PE header, as far as `data` reaches."""
    at = int.from_bytes(data[60:64], "little")
    if at + 4 > len(data):
        return 64 <= at < 1 << 16  # noqa: PLR2004 - not in reach: believe a sane offset
    return data[at : at + 4] == b"PE\x00\x00"


def _zlib(data: bytes) -> bool:
    """Check a zlib header: method, window and the check bits (RFC 1950)."""
    return (
        len(data) > 6  # noqa: PLR2004
        and data[0] & 0x0F == 8  # noqa: PLR2004
        and data[0] >> 4 <= 7  # noqa: PLR2004
        and int.from_bytes(data[:2], "big") % 31 == 0
        and not data[1] & 0x20
    )
