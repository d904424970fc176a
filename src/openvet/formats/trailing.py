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

import base64
import binascii
import bz2
import lzma
import re
import zlib
from collections.abc import Iterator
from typing import Final

from openvet.formats.magic import kind_of
from openvet.formats.pickle.probe import calls_something
from openvet.source import BytesSource, Source
from openvet.subject import Payload

LOOK: Final = 1 << 20
PROGRAMS: Final = frozenset(
    {"pickle", "elf", "pe", "mach-o", "wasm", "script", "zip", "7z", "rar"}
)
"""Kinds that do not belong inside data: they run, or hide files that may."""
_LAYERS: Final = 4
_BLOBS: Final = 1000
_CANDIDATE: Final = re.compile(
    rb"\x7fELF|MZ|PK\x03\x04|#! ?/|7z\xbc\xaf\x27\x1c|Rar!\x1a\x07"
    rb"|\x80[\x02-\x05]|c[A-Za-z_][\w.]{0,80}\n[A-Za-z_][\w.]{0,80}\n"
)
_SCRIPT: Final = re.compile(rb"#! ?/[\w./+-]{3,}[ \r\n]")
_LETTERS: Final = b"".join(
    b"a" if (chr(byte).isalnum() and byte < 128) or byte in b"+/_-" else b" "  # noqa: PLR2004 - ASCII
    for byte in range(256)
)
"""Turns letters of base64, which hexadecimal shares, into `a`, the rest into spaces."""
_SHORTEST: Final = b"a" * 24
"""A run long enough to hold the shortest program."""
_BASE64: Final = re.compile(rb"[A-Za-z0-9+/_-]{16,}={0,2}")
_HEX: Final = re.compile(rb"(?:[0-9a-fA-F]{2}){12,}")
_ELF_IDENTS: Final = (b"\1\1\1", b"\2\1\1", b"\1\2\1", b"\2\2\1")
_ZIP_METHODS: Final = frozenset({0, 8, 9, 12, 14, 93, 95, 98, 99})


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
    for offset, kind in _programs(rest):
        return Payload(
            kind=kind, carrier=carrier, offset=end + offset, length=length - offset
        )
    return Payload(
        kind=kind_of(rest) or "data",
        carrier=carrier,
        offset=end,
        length=length,
        low_confidence=True,
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
    """Yield the programs that stand encoded inside text."""
    data = text if isinstance(text, bytes) else text.encode("utf-8", "replace")
    letters = data.translate(_LETTERS)
    stop = 0
    for _ in range(_BLOBS):
        start = letters.find(_SHORTEST, stop)
        if start < 0:
            return
        stop = letters.find(b" ", start)
        stop = len(data) if stop < 0 else stop
        kind = program_kind(data[start : min(stop, start + LOOK)])
        if kind:
            yield Payload(kind=kind, carrier=carrier, offset=start, length=stop - start)


def program_kind(data: bytes) -> str:
    """Return what program `data` starts with, or an empty string.

    Layers of base64, hexadecimal and compression are taken off, at most four; the
    answer then reads `pickle in zlib in base64`.
    """
    layers: list[str] = []
    for _ in range(_LAYERS):
        kind = _program(data)
        if kind:
            return " in ".join([kind, *reversed(layers)])
        name, inner = _unwrap(data)
        if not name:
            return ""
        layers.append(name)
        data = inner
    return ""


def _programs(data: bytes) -> Iterator[tuple[int, str]]:
    """Yield offsets of programs, at the start through encodings, then anywhere."""
    kind = program_kind(data)
    if kind:
        yield 0, kind
    stripped = data.lstrip(b"\0\r\n\t ")
    kind = program_kind(stripped)
    if kind:
        yield len(data) - len(stripped), kind
    for found in _CANDIDATE.finditer(data):
        kind = _program(data[found.start() :], strict=True)
        if kind:
            yield found.start(), kind


def _program(data: bytes, *, strict: bool = False) -> str:
    """Return the program at the start of `data`, without taking off layers.

    `strict` asks for a second sign of four-byte magics, for searches at any offset.
    """
    kind = kind_of(data)
    if kind in ("wasm", "7z", "rar") or (kind == "elf" and not strict):
        return kind
    test = _SIGNS.get(kind)
    if test is not None and test(data):
        return kind
    return "pickle" if calls_something(BytesSource(data)) else ""


def _is_script(data: bytes) -> bool:
    """Check that an interpreter is named by path."""
    return _SCRIPT.match(data) is not None


def _is_elf(data: bytes) -> bool:
    """Check the class, byte order and version fields."""
    return data[4:7] in _ELF_IDENTS


def _is_pe(data: bytes) -> bool:
    """Check that the DOS header points at a PE header that is there."""
    at = int.from_bytes(data[60:64], "little")
    return data[at : at + 4] == b"PE\0\0"


def _is_zip(data: bytes) -> bool:
    """Check that a local header is filled in as one."""
    if not data.startswith(b"PK\x03\x04"):
        return False
    method = int.from_bytes(data[8:10], "little")
    name = int.from_bytes(data[26:28], "little")
    return method in _ZIP_METHODS and 0 < name < 1 << 12


def _is_mach_o(data: bytes) -> bool:
    """Check the CPU type, or the count of architectures in a fat binary."""
    if data.startswith(b"\xca\xfe\xba\xbe"):
        return 0 < int.from_bytes(data[4:8], "big") < 32  # noqa: PLR2004 - Java starts at 45
    order: str = "big" if data[0] == 0xFE else "little"  # noqa: PLR2004
    cpu = int.from_bytes(data[4:8], "big" if order == "big" else "little")
    return cpu & 0xFFFFFF in (7, 12, 18) and len(data) >= 28  # noqa: PLR2004 - x86, ARM, PowerPC


_SIGNS: Final = {
    "script": _is_script,
    "elf": _is_elf,
    "pe": _is_pe,
    "zip": _is_zip,
    "mach-o": _is_mach_o,
}


def _unwrap(data: bytes) -> tuple[str, bytes]:
    """Take one layer of encoding or compression off; two empties if there is none."""
    kind = kind_of(data)
    if kind in ("gzip", "zlib", "bzip2", "xz", "lzma"):
        return kind, _decompressed(data, kind)
    text = data.strip()
    text = b"".join(text.split()) if len(text) < LOOK else text
    if _HEX.fullmatch(text):
        return "hex", binascii.unhexlify(text)
    found = _BASE64.fullmatch(text)
    if found:
        core = text.rstrip(b"=").translate(bytes.maketrans(b"-_", b"+/"))
        core = core[: len(core) - (len(core) % 4 == 1)]
        return "base64", base64.b64decode(core + b"=" * (-len(core) % 4))
    return "", b""


def _decompressed(data: bytes, kind: str) -> bytes:
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
