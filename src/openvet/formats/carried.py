"""Foreign formats inside data that may be anything: tensors, gaps, fields.

Weights are noise, and noise begins with every short magic sooner or later: a file of
ten thousand tensors holds two bytes of a script's `#!` by chance. So a format is
believed here only when at least four bytes agree with it, counting the fields that
follow the magic.
"""

import re
from collections.abc import Callable
from typing import Final

from openvet.formats.magic import kind_of
from openvet.formats.programs import is_elf, is_mach_o, is_pe
from openvet.patterns import pattern

LOOK: Final = 4096
"""Bytes that are enough to identify what stands at their start."""

SELF_EVIDENT: Final = frozenset(
    {"7z", "rar", "xz", "hdf5", "npy", "sqlite", "tar", "bzip2"}
)
"""Kinds whose magic alone is five bytes or more."""
PADDED: Final = 64
ZIP_VERSION: Final = 63
PICKLE_NAMES: Final = pattern(
    rb"c[A-Za-z_][\w.]{0,200}\n[A-Za-z_][\w.]{0,200}\n"
    rb"|\x8c.[A-Za-z_][\w.]+\x94?\x8c.[A-Za-z_][\w.]+\x94?\x93"
    rb"|i[A-Za-z_][\w.]{0,200}\n[A-Za-z_][\w.]{0,200}\n",
    re.DOTALL,
)
SCRIPT: Final = pattern(rb"#! ?/(?:usr/)?(?:local/)?bin/")


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


def _gzip(head: bytes) -> bool:
    """Check method, flags and the system that wrote it."""
    return head[3] < 32 and (head[9] <= 13 or head[9] == 255)  # noqa: PLR2004


_SECOND_SIGN: Final[dict[str, Callable[[bytes], bool]]] = {
    "pickle": _pickle,
    "zip": _zip,
    "elf": is_elf,
    "pe": is_pe,
    "mach-o": is_mach_o,
    "gzip": _gzip,
    "script": lambda head: SCRIPT.match(head) is not None,
    "wasm": lambda head: head[4:8] == b"\1\0\0\0",
    "gguf": lambda head: 0 < int.from_bytes(head[4:8], "little") < 16,  # noqa: PLR2004
    "lz4": lambda head: head[4] >> 6 == 1,
    "zstd": lambda head: not head[4] & 8,
    "pdf": lambda head: head[5:6].isdigit(),
}
