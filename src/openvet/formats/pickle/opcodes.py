"""The 68 opcodes of CPython's pickle machine and what each does.

Source: `pickle.py` and `_pickle.c` of CPython 3.11 to 3.14; the set has not changed
since protocol 5 (PEP 574).
"""

from typing import Final, NamedTuple

from openvet.formats.pickle import calls as run
from openvet.formats.pickle import literals as lit
from openvet.formats.pickle import objects as obj
from openvet.formats.pickle.literals import Operation


class Opcode(NamedTuple):
    """One opcode."""

    name: str
    byte: int
    width: int
    """Bytes of argument that always follow, lines and payloads not counted."""
    run: Operation


def _op(name: str, byte: int | str, run: Operation, width: int = 0) -> Opcode:
    return Opcode(name, byte if isinstance(byte, int) else ord(byte), width, run)


OPCODES: Final[tuple[Opcode, ...]] = (
    # Structure
    _op("PROTO", 0x80, obj.proto, 1),
    _op("FRAME", 0x95, obj.frame, 8),
    _op("STOP", ".", obj.stop),
    # Literals
    _op("NONE", "N", lit.constant(None)),
    _op("NEWTRUE", 0x88, lit.constant(value=True)),
    _op("NEWFALSE", 0x89, lit.constant(value=False)),
    _op("INT", "I", lit.int_line),
    _op("LONG", "L", lit.long_line),
    _op("FLOAT", "F", lit.float_line),
    _op("BININT", "J", lit.integer(4, signed=True), 4),
    _op("BININT1", "K", lit.binint1, 1),
    _op("BININT2", "M", lit.integer(2), 2),
    _op("LONG1", 0x8A, lit.long_of(1), 1),
    _op("LONG4", 0x8B, lit.long_of(4), 4),
    _op("BINFLOAT", "G", lit.binfloat, 8),
    _op("STRING", "S", lit.string_line),
    _op("BINSTRING", "T", lit.latin(4, signed=True), 4),
    _op("SHORT_BINSTRING", "U", lit.latin(1), 1),
    _op("UNICODE", "V", lit.unicode_line),
    _op("SHORT_BINUNICODE", 0x8C, lit.short_binunicode, 1),
    _op("BINUNICODE", "X", lit.counted(4, text=True), 4),
    _op("BINUNICODE8", 0x8D, lit.counted(8, text=True), 8),
    _op("SHORT_BINBYTES", "C", lit.counted(1, text=False), 1),
    _op("BINBYTES", "B", lit.counted(4, text=False), 4),
    _op("BINBYTES8", 0x8E, lit.counted(8, text=False), 8),
    _op("BYTEARRAY8", 0x96, lit.counted(8, text=False), 8),
    _op("NEXT_BUFFER", 0x97, run.next_buffer),
    _op("READONLY_BUFFER", 0x98, run.readonly_buffer),
    # Containers
    _op("EMPTY_TUPLE", ")", lit.constant(())),
    _op("EMPTY_LIST", "]", lit.empty("list")),
    _op("EMPTY_DICT", "}", lit.empty("dict")),
    _op("EMPTY_SET", 0x8F, lit.empty("set")),
    _op("TUPLE", "t", obj.tuple_from_mark),
    _op("TUPLE1", 0x85, obj.tuple_n(1)),
    _op("TUPLE2", 0x86, obj.tuple_n(2)),
    _op("TUPLE3", 0x87, obj.tuple_n(3)),
    _op("LIST", "l", obj.bag_from_mark("list")),
    _op("DICT", "d", obj.bag_from_mark("dict")),
    _op("FROZENSET", 0x91, obj.bag_from_mark("frozenset")),
    _op("APPEND", "a", obj.append),
    _op("APPENDS", "e", obj.add_group("APPENDS")),
    _op("SETITEM", "s", obj.setitem),
    _op("SETITEMS", "u", obj.add_group("SETITEMS")),
    _op("ADDITEMS", 0x90, obj.add_group("ADDITEMS")),
    # Stack and memo
    _op("MARK", "(", obj.mark),
    _op("POP", "0", obj.pop),
    _op("POP_MARK", "1", obj.pop_mark),
    _op("DUP", "2", obj.duplicate),
    _op("PUT", "p", obj.put_line),
    _op("BINPUT", "q", obj.binput, 1),
    _op("LONG_BINPUT", "r", obj.long_binput, 4),
    _op("MEMOIZE", 0x94, obj.memoize),
    _op("GET", "g", obj.get_line),
    _op("BINGET", "h", obj.binget, 1),
    _op("LONG_BINGET", "j", obj.long_binget, 4),
    # Imports, calls and state
    _op("GLOBAL", "c", run.global_line),
    _op("STACK_GLOBAL", 0x93, run.stack_global),
    _op("EXT1", 0x82, run.extension(1, "EXT1"), 1),
    _op("EXT2", 0x83, run.extension(2, "EXT2"), 2),
    _op("EXT4", 0x84, run.extension(4, "EXT4"), 4),
    _op("REDUCE", "R", run.reduce_),
    _op("BUILD", "b", run.build),
    _op("INST", "i", run.inst),
    _op("OBJ", "o", run.obj),
    _op("NEWOBJ", 0x81, run.newobj),
    _op("NEWOBJ_EX", 0x92, run.newobj_ex),
    _op("PERSID", "P", run.persid),
    _op("BINPERSID", "Q", run.binpersid),
)

BY_BYTE: Final[dict[int, Opcode]] = {opcode.byte: opcode for opcode in OPCODES}

FIRST: Final = (
    frozenset(ord(byte) for byte in "NIJKLMFGSTUVXCBP(c])}")
    | {0x80, 0x82, 0x83, 0x84, 0x88, 0x89, 0x8A, 0x8B, 0x8C, 0x8D, 0x8E, 0x8F}
    | {
        0x95,
        0x96,
        0x97,
    }
)
"""Opcodes that work on an empty stack, so that a stream can begin with them."""
