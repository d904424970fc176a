"""Foreign formats inside data that may be anything: tensors, gaps, strings.

Weights are noise, and noise begins with every short magic sooner or later: a file of
ten thousand tensors holds two bytes of a script's `#!` by chance. So a format is
believed here only when at least four bytes agree with it, counting the fields that
follow the magic.
"""

import base64
import binascii
import re
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from openvet.formats.magic import kind_of
from openvet.formats.trailing import program_kind

LOOK: Final = 4096
"""Bytes that are enough to identify what stands at their start."""
RUNS: Final = 20_000
"""Encoded runs examined in one string; long words look like runs too."""
UNREAD: Final = ""
"""The kind of what stands for the runs that were not examined."""

SELF_EVIDENT: Final = frozenset(
    {"7z", "rar", "xz", "hdf5", "npy", "sqlite", "tar", "bzip2"}
)
"""Kinds whose magic alone is five bytes or more."""
PADDED: Final = 64
ZIP_VERSION: Final = 63
PICKLE_NAMES: Final = re.compile(
    rb"c[A-Za-z_][\w.]{0,200}\n[A-Za-z_][\w.]{0,200}\n"
    rb"|\x8c.[A-Za-z_][\w.]+\x94?\x8c.[A-Za-z_][\w.]+\x94?\x93"
    rb"|i[A-Za-z_][\w.]{0,200}\n[A-Za-z_][\w.]{0,200}\n",
    re.DOTALL,
)
BASE64: Final = re.compile(r"[A-Za-z0-9+/_-]{16,}={0,2}")
HEXADECIMAL: Final = re.compile(r"(?:[0-9a-fA-F]{2}){12,}|(?:\\x[0-9a-fA-F]{2}){8,}")
SCRIPT: Final = re.compile(rb"#! ?/(?:usr/)?(?:local/)?bin/")
CODE: Final = re.compile(
    rb"\b(?:import (?:os|sys|subprocess|socket|base64|ctypes|pty)\b"
    rb"|exec ?\(|eval ?\(|__import__ ?\(|os\.system|subprocess\.|/bin/(?:ba)?sh\b"
    rb"|powershell|curl -?|wget )"
)


class Decoded(NamedTuple):
    """Bytes that a string encodes and that are something by themselves."""

    kind: str
    """A format, or `code`: readable text that runs commands."""
    encoding: str
    data: bytes
    offset: int
    """Characters before the run."""


def identify(head: bytes) -> str:
    """Return the format that bytes begin with, if four bytes or more agree with it.

    Args:
        head: The first bytes, `LOOK` of them if there are so many.
    """
    if head[:2] in {b"(c", b"cp", b"co", b"cb", b"c_", b"cs"}:
        # Protocol 0 has no magic, but a first import reads as two lines of names.
        return "pickle" if PICKLE_NAMES.match(head.removeprefix(b"(")) else ""
    kind = kind_of(head)
    head = head.ljust(PADDED, b"\xff")
    if kind in SELF_EVIDENT:
        return kind
    agrees = _SECOND_SIGN.get(kind)
    return kind if agrees is not None and agrees(head) else ""


def decoded(text: str) -> Iterator[Decoded]:
    """Yield what the base64 and hexadecimal runs of a string decode to.

    Only runs that decode to a known binary format, or to readable text that runs
    commands, are yielded: keys, hashes and thumbnails are not. Of a string with more
    than `RUNS` runs the rest is yielded as one of the kind `UNREAD`.
    """
    if len(text) < 16:  # noqa: PLR2004 - the shortest run looked at
        return
    looked = 0
    for encoding, pattern in (("hexadecimal", HEXADECIMAL), ("base64", BASE64)):
        for match in pattern.finditer(text):
            looked += 1
            if looked > RUNS:
                yield Decoded(UNREAD, encoding, b"", match.start())
                return
            data = _decode(match.group(), encoding)
            kind = program_kind(data) or _code(data)
            if kind:
                yield Decoded(kind, encoding, data, match.start())


def _decode(run: str, encoding: str) -> bytes:
    if encoding == "hexadecimal":
        return bytes.fromhex(run.replace("\\x", ""))
    plain = run.rstrip("=").replace("-", "+").replace("_", "/")
    plain = plain[: len(plain) - (len(plain) % 4 == 1)]
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4))
    except binascii.Error:
        return b""


def _code(data: bytes) -> str:
    """Return `code` for printable text that runs commands."""
    start = data[:LOOK]
    if not start.isascii() or not CODE.search(start):
        return ""
    return "code" if start.decode("ascii").replace("\n", " ").isprintable() else ""


def _pickle(head: bytes) -> bool:
    """Check for the frame of protocol 4, or for names that are imported."""
    if head[1] >= 4 and head[2] == 0x95:  # noqa: PLR2004 - FRAME
        return int.from_bytes(head[3:11], "little") < 1 << 40
    return PICKLE_NAMES.search(head) is not None


def _zip(head: bytes) -> bool:
    """Check the version that a local header needs, or an empty archive's zeros."""
    if head[2:4] == b"\x03\x04":
        version = int.from_bytes(head[4:6], "little")
        return version <= ZIP_VERSION
    return head[2:4] == b"\x05\x06" and head[4:8] == bytes(4)


def _elf(head: bytes) -> bool:
    """Check class, byte order and version."""
    return head[4:5] in b"\x01\x02" and head[5:6] in b"\x01\x02" and head[6:7] == b"\1"


def _pe(head: bytes) -> bool:
    """Check for the PE signature where the DOS header points."""
    at = int.from_bytes(head[60:64], "little")
    return head[at : at + 4] == b"PE\0\0"


def _gzip(head: bytes) -> bool:
    """Check method, flags and the system that wrote it."""
    return head[3] < 32 and (head[9] <= 13 or head[9] == 255)  # noqa: PLR2004


def _mach_o(head: bytes) -> bool:
    """Check the processor, or the number of processors of a fat file."""
    if head[:4] == b"\xca\xfe\xba\xbe":
        return 0 < int.from_bytes(head[4:8], "big") < 32  # noqa: PLR2004
    order: Final = "big" if head[:1] == b"\xfe" else "little"
    return int.from_bytes(head[4:8], order) & 0xFFFFFF < 64  # noqa: PLR2004


_SECOND_SIGN: Final[dict[str, Callable[[bytes], bool]]] = {
    "pickle": _pickle,
    "zip": _zip,
    "elf": _elf,
    "pe": _pe,
    "mach-o": _mach_o,
    "gzip": _gzip,
    "script": lambda head: SCRIPT.match(head) is not None,
    "wasm": lambda head: head[4:8] == b"\1\0\0\0",
    "gguf": lambda head: 0 < int.from_bytes(head[4:8], "little") < 16,  # noqa: PLR2004
    "lz4": lambda head: head[4] >> 6 == 1,
    "zstd": lambda head: not head[4] & 8,
    "pdf": lambda head: head[5:6].isdigit(),
}
