"""The first of what compressed bytes in memory hold, for a look and no more."""

import bz2
import lzma
import zlib
from typing import Final

LOOK: Final = 1 << 20
"""Bytes that come out at most."""
SHORTEST: Final = 16
"""Bytes that bare deflate must give: less comes out of noise."""


def deflated(data: bytes, *, whole: bool = True) -> bytes:
    """Return what bare deflate gives, if it ends where the bytes do."""
    stream = zlib.decompressobj(-15)
    try:
        out = stream.decompress(data, LOOK)
    except zlib.error:
        return b""
    if whole and (stream.unused_data or not (stream.eof or len(out) >= LOOK)):
        return b""
    return out if len(out) >= SHORTEST else b""


def inflated(data: bytes) -> bytes:
    """Return the first MiB of what zlib packed, or nothing where it does not hold."""
    return decompressed(data, "zlib")


def decompressed(data: bytes, kind: str) -> bytes:
    """Return the first MiB that comes out, or nothing where it does not hold."""
    try:
        match kind:
            case "gzip":
                return zlib.decompressobj(31).decompress(data, LOOK)
            case "zlib":
                return zlib.decompressobj(15).decompress(data, LOOK)
            case "bzip2":
                return bz2.BZ2Decompressor().decompress(data, LOOK)
            case _:
                memory = 128 << 20
                return lzma.LZMADecompressor(memlimit=memory).decompress(data, LOOK)
    except (zlib.error, lzma.LZMAError, OSError, ValueError, EOFError):
        return b""
