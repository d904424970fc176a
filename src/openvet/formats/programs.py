"""Whether bytes are a program, told by more than a magic of two bytes.

A pickle counts only if its opcodes are valid up to an import and a call, readable text
only if it runs commands: on random bytes the chance of a false alarm is below one in
2**32 per call.
"""

from typing import Final

from openvet.formats.magic import kind_of
from openvet.formats.pickle.probe import STEPS, calls_something
from openvet.patterns import pattern
from openvet.source import BytesSource

PROGRAMS: Final = frozenset(
    {"pickle", "elf", "pe", "mach-o", "wasm", "script", "zip", "7z", "rar"}
)
"""Kinds that do not belong inside data: they run, or hide files that may."""
CODE: Final = pattern(
    rb"\b(?:import (?:os|sys|subprocess|socket|base64|ctypes|pty)\b"
    rb"|os\.(?:system|popen|exec[lv])|subprocess\.|socket\.socket|/bin/(?:ba)?sh\b"
    rb"|powershell|curl -?|wget )"
    # A regular expression's `.exec(` is JavaScript's, and harmless.
    rb"|(?<![\w.])(?:exec|eval|__import__) ?\("
)
_GLANCE: Final = 4096
_STAGES: Final = frozenset(bytes((byte,)) for byte in b"}](XcKN)UC")
"""How a pickle of protocol 2 or 3 goes on: containers, texts, imports."""
_FEW: Final = 2000
"""Opcodes followed where thousands of places may look like a pickle."""
_SCRIPT: Final = pattern(rb"#! ?/[\w./+-]{3,}[ \r\n]")
_ELF_IDENTS: Final = (b"\1\1\1", b"\2\1\1", b"\1\2\1", b"\2\2\1")
_ZIP_METHODS: Final = frozenset({0, 8, 9, 12, 14, 93, 95, 98, 99})


def program(data: bytes, *, strict: bool = False) -> str:
    """Return the program at the start of `data`, or an empty string.

    Args:
        data: The bytes, as they are: encodings are not taken off.
        strict: Ask for a second sign of four-byte magics, for searches at any offset.
    """
    kind = kind_of(data)
    if kind in ("wasm", "7z", "rar") or (kind == "elf" and not strict):
        return kind
    test = SIGNS.get(kind)
    if test is not None and test(data):
        return kind
    steps = _FEW if strict else STEPS
    return "pickle" if calls_something(BytesSource(data), steps=steps) else ""


def is_stage(data: bytes) -> bool:
    """Say whether bytes look like one whole pickle, whatever it does."""
    first = data[2:3]
    framed = first == b"\x95" if data[1:2] >= b"\4" else first in _STAGES
    return kind_of(data) == "pickle" and framed and data.endswith(b".")


def code(data: bytes) -> str:
    """Return `code` for printable text that runs commands, else nothing."""
    start = data[:_GLANCE]
    if not start.isascii() or not CODE.search(start):
        return ""
    text = start.decode("ascii").translate(_BREAKS)
    return "code" if text.isprintable() else ""


_BREAKS: Final = str.maketrans("\r\n\t", "   ")


def is_script(data: bytes) -> bool:
    """Check that an interpreter is named by path."""
    return _SCRIPT.match(data) is not None


def is_elf(data: bytes) -> bool:
    """Check the class, byte order and version fields."""
    return data[4:7] in _ELF_IDENTS


def is_pe(data: bytes) -> bool:
    """Check that the DOS header points at a PE header that is there."""
    at = int.from_bytes(data[60:64], "little")
    return data[at : at + 4] == b"PE\0\0"


def is_zip(data: bytes) -> bool:
    """Check that a local header is filled in as one."""
    if not data.startswith(b"PK\x03\x04"):
        return False
    method = int.from_bytes(data[8:10], "little")
    name = int.from_bytes(data[26:28], "little")
    return method in _ZIP_METHODS and 0 < name < 1 << 12


def is_mach_o(data: bytes) -> bool:
    """Check the CPU type, or the count of architectures in a fat binary."""
    if data.startswith(b"\xca\xfe\xba\xbe"):
        return 0 < int.from_bytes(data[4:8], "big") < 32  # noqa: PLR2004 - Java starts at 45
    order: str = "big" if data[0] == 0xFE else "little"  # noqa: PLR2004
    cpu = int.from_bytes(data[4:8], "big" if order == "big" else "little")
    return cpu & 0xFFFFFF in (7, 12, 18) and len(data) >= 28  # noqa: PLR2004 - x86, ARM, PowerPC


SIGNS: Final = {
    "script": is_script,
    "elf": is_elf,
    "pe": is_pe,
    "zip": is_zip,
    "mach-o": is_mach_o,
}
"""The second sign of a kind whose magic alone says too little."""
