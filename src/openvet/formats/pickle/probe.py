"""Whether bytes are a pickle that imports and calls something: a cheap, strict probe.

Not the walker: no stack, no memo, no facts. It follows opcodes by their lengths and
says yes only after a plausible import and an opcode that calls. Random bytes and
tensors do not get that far.
"""

import re
from typing import Final

from openvet.source import Source

STEPS: Final = 100_000
_NAME: Final = re.compile(rb"[A-Za-z_][A-Za-z0-9_.]{0,199}")
_FIXED: Final = {
    **dict.fromkeys(b"0N12]}tal)(uesdb\x81\x85\x86\x87\x88\x89\x8f\x90\x91\x94Ro", 0),
    **dict.fromkeys(b".\x92\x93\x97\x98Q", 0),
    **dict.fromkeys(b"Khq\x82\x80", 1),
    **dict.fromkeys(b"M\x83", 2),
    **dict.fromkeys(b"Jjr\x84", 4),
    **dict.fromkeys(b"G\x95", 8),
}
_COUNTED: Final = {
    **dict.fromkeys(b"UC\x8c\x8a", 1),
    **dict.fromkeys(b"TXB\x8b", 4),
    **dict.fromkeys(b"\x8d\x8e\x96", 8),
}
_LINES: Final = frozenset(b"FILSVgpP")
_PLAIN: Final = frozenset(
    {
        b"_codecs\nencode\n",
        b"__builtin__\nset\n",
        b"__builtin__\nfrozenset\n",
        b"__builtin__\nbytearray\n",
        b"__builtin__\ncomplex\n",
        b"builtins\ncomplex\n",
        b"builtins\nbytearray\n",
    }
)
"""What `pickle` itself imports to write plain data at old protocols."""
_FIRST: Final = frozenset(
    bytes((byte,))
    for byte in (*b"(NIJKLMFGSTUVXCBPci])}", 0x80, 0x82, 0x83, 0x84, *range(0x88, 0x98))
)
"""Opcodes that need nothing on the stack."""
_CALLS: Final = frozenset(b"Rob\x81\x92")
_GETS: Final = frozenset(b"ghj")
_NAMED: Final = frozenset(b"UTX\x8c\x8dSV")
_IMPORTS: Final = frozenset(b"c\x93")
_STACK_GLOBAL: Final = 0x93
_INST: Final = 0x69
_MARK: Final = 0x28
_STOP: Final = 0x2E
_LINE: Final = 4096
_LONGEST: Final = 200


def calls_something(source: Source, start: int = 0, steps: int = STEPS) -> bool:
    """Say whether pickles at `start` import a name and then call something."""
    if source.read(start, 1) not in _FIRST:
        return False
    at, names, imported = start, 0, False
    marked = fresh = False
    for _ in range(steps):
        block = source.read(at, 16)
        stop = _after(source, at, block) if block else -1
        opcode = block[0] if block else _STOP
        if stop < 0 or (opcode == _STACK_GLOBAL and names < 2):  # noqa: PLR2004 - module, name
            return False
        if opcode == _INST or (imported and opcode in _CALLS):
            # What is called needs arguments, as no list of words has: `cat cow Rat`.
            return marked if opcode == _INST else not fresh
        marked = marked or opcode == _MARK
        fresh = opcode in _IMPORTS
        if opcode in _IMPORTS:
            imported = imported or source.read(at + 1, stop - at - 1) not in _PLAIN
        # A name may also come from the memo; what stands there is not followed.
        named = opcode in _NAMED and _is_name(source, opcode, at, stop)
        names += named or (names > 0 and opcode in _GETS)
        at = stop
    return False


def _is_name(source: Source, opcode: int, at: int, stop: int) -> bool:
    """Say whether the text pushed at `at` could name a module or an attribute."""
    start = at + 1 + _COUNTED.get(opcode, 0)
    if stop - start > _LONGEST:
        return False
    return bool(_NAME.fullmatch(source.read(start, stop - start).strip(b"'\"\n")))


def _names_end(source: Source, at: int) -> int:
    """Return the offset after the two name lines of GLOBAL or INST, or -1."""
    lines = source.read(at, 512).split(b"\n", 2)
    if len(lines) < 3:  # noqa: PLR2004 - module, name, rest
        return -1
    if not (_NAME.fullmatch(lines[0]) and _NAME.fullmatch(lines[1])):
        return -1
    return at + len(lines[0]) + len(lines[1]) + 2


def _after(source: Source, at: int, block: bytes) -> int:
    """Return the offset after the opcode at `at`, or -1 where it is not valid."""
    opcode = block[0]
    if opcode in b"ci":
        return _names_end(source, at + 1)
    if opcode in _FIXED:
        stop = at + 1 + _FIXED[opcode]
        if opcode == 0x80 and block[1:2] > b"\5":  # noqa: PLR2004 - PROTO
            return -1
    elif opcode in _COUNTED:
        width = _COUNTED[opcode]
        stop = at + 1 + width + int.from_bytes(block[1 : 1 + width], "little")
    elif opcode in _LINES:
        line = source.read(at + 1, _LINE).find(b"\n")
        if line < 0:
            return -1
        stop = at + 2 + line
    else:
        return -1
    return stop if stop <= source.size else -1
