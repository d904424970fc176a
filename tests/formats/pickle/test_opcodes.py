"""Every opcode does what Python's does, and any bytes end in facts."""

import pickle
import pickletools
from collections import OrderedDict, deque
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import PurePosixPath
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openvet.budget import Budget, Limits
from openvet.formats.pickle.names import modern
from openvet.formats.pickle.opcodes import OPCODES
from openvet.formats.pickle.values import Bag
from openvet.formats.pickle.walker import Walk, walk
from openvet.source import BytesSource
from specimens import pickles as p


def walked(data: bytes, start: int = 0) -> Walk:
    return walk(BytesSource(data), start, Budget())


def value(data: bytes) -> Any:
    """Return what a program returns, containers as Python's own."""
    found = walked(data)
    assert found.broken == ""
    return plain(found.value)


def plain(cell: Any) -> Any:
    if isinstance(cell, Bag):
        items = [plain(item) for item in cell.values]
        if cell.kind == "dict":
            return dict(zip(items[::2], items[1::2], strict=True))
        return {"list": list, "set": set, "frozenset": frozenset, "tuple": tuple}[
            cell.kind
        ](items)
    if isinstance(cell, tuple):
        return tuple(plain(item) for item in cell)
    return cell


LITERALS: dict[str, tuple[bytes, object]] = {
    "INT": (b"I-7\n.", -7),
    "INT as a bool": (b"I01\n.", True),
    "LONG": (b"L12L\n.", 12),
    "FLOAT": (b"F1.5\n.", 1.5),
    "NONE": (b"N.", None),
    "NEWTRUE": (b"\x88.", True),
    "NEWFALSE": (b"\x89.", False),
    "BININT": (b"J\xfe\xff\xff\xff.", -2),
    "BININT1": (b"K\xff.", 255),
    "BININT2": (b"M\x01\x02.", 513),
    "LONG1": (b"\x8a\x02\x00\xff.", -256),
    "LONG4": (b"\x8b\x01\x00\x00\x00\x07.", 7),
    "BINFLOAT": (b"G?\xf8\x00\x00\x00\x00\x00\x00.", 1.5),
    "STRING": (b"S'a\\x62\\n\\143\\\\'\n.", "ab\nc\\"),
    "BINSTRING": (b"T\x02\x00\x00\x00ab.", "ab"),
    "SHORT_BINSTRING": (b"U\x02ab.", "ab"),
    "UNICODE": (b"Vo\\u0073\n.", "os"),
    "SHORT_BINUNICODE": (b"\x8c\x02ab.", "ab"),
    "BINUNICODE": (b"X\x02\x00\x00\x00ab.", "ab"),
    "BINUNICODE8": (b"\x8d\x02\x00\x00\x00\x00\x00\x00\x00ab.", "ab"),
    "SHORT_BINBYTES": (b"C\x02ab.", b"ab"),
    "BINBYTES": (b"B\x02\x00\x00\x00ab.", b"ab"),
    "BINBYTES8": (b"\x8e\x02\x00\x00\x00\x00\x00\x00\x00ab.", b"ab"),
    "BYTEARRAY8": (b"\x96\x02\x00\x00\x00\x00\x00\x00\x00ab.", b"ab"),
    "EMPTY_TUPLE": (b").", ()),
    "EMPTY_LIST": (b"].", []),
    "EMPTY_DICT": (b"}.", {}),
    "EMPTY_SET": (b"\x8f.", set()),
    "TUPLE": (b"(K\x01K\x02t.", (1, 2)),
    "TUPLE1": (b"K\x01\x85.", (1,)),
    "TUPLE2": (b"K\x01K\x02\x86.", (1, 2)),
    "TUPLE3": (b"K\x01K\x02K\x03\x87.", (1, 2, 3)),
    "LIST": (b"(K\x01l.", [1]),
    "DICT": (b"(K\x01K\x02d.", {1: 2}),
    "FROZENSET": (b"(K\x01\x91.", frozenset({1})),
    "APPEND": (b"]K\x01a.", [1]),
    "APPENDS": (b"](K\x01K\x02e.", [1, 2]),
    "SETITEM": (b"}K\x01K\x02s.", {1: 2}),
    "SETITEMS": (b"}(K\x01K\x02u.", {1: 2}),
    "ADDITEMS": (b"\x8f(K\x01\x90.", {1}),
    "MARK and POP": (b"K\x01(0.", 1),
    "POP_MARK": (b"K\x01(K\x021.", 1),
    "DUP": (b"K\x012\x86.", (1, 1)),
    "PUT and GET": (b"K\x01p9\n0g9\n.", 1),
    "BINPUT and BINGET": (b"K\x01q\x090h\x09.", 1),
    "LONG_BINPUT and LONG_BINGET": (b"K\x01r\x09\0\0\0000j\x09\0\0\0.", 1),
    "MEMOIZE": (b"K\x01\x940h\x00.", 1),
    "PROTO": (b"\x80\x04K\x01.", 1),
    "PROTO in the middle": (b"K\x01\x80\x04.", 1),
    "FRAME": (b"\x80\x04" + p.frame(b"K\x01."), 1),
    "STOP": (b"K\x01.rest", 1),
}
OTHERS = {
    "GLOBAL": b"cos\nsystem\n.",
    "STACK_GLOBAL": p.stack_name("os", "system") + b".",
    "INST": b"(ios\nsystem\n.",
    "OBJ": b"(cos\nsystem\no.",
    "NEWOBJ": b"cos\nsystem\n)\x81.",
    "NEWOBJ_EX": b"cos\nsystem\n)}\x92.",
    "REDUCE": b"cos\nsystem\n)R.",
    "BUILD": b"cos\nsystem\n}b.",
    "EXT1": b"\x82\x01.",
    "EXT2": b"\x83\x01\x00.",
    "EXT4": b"\x84\x01\x00\x00\x00.",
    "PERSID": b"Pkey\n.",
    "BINPERSID": b"K\x01Q.",
    "NEXT_BUFFER": b"\x97.",
    "READONLY_BUFFER": b"\x97\x98.",
}


def test_the_machine_has_the_opcodes_of_python() -> None:
    ours = {(opcode.name, chr(opcode.byte)) for opcode in OPCODES}
    assert ours == {(opcode.name, opcode.code) for opcode in pickletools.opcodes}


def test_every_opcode_is_tried_here() -> None:
    tried = {
        opcode.name
        for data in [*OTHERS.values(), *(data for data, _ in LITERALS.values())]
        for opcode, _argument, _at in pickletools.genops(data)
    }
    assert tried == {opcode.name for opcode in pickletools.opcodes}


@pytest.mark.parametrize("case", LITERALS)
def test_a_literal_is_what_python_makes_of_it(case: str) -> None:
    data, expected = LITERALS[case]
    assert value(data) == expected
    assert pickle.loads(data) == expected


@pytest.mark.parametrize("case", OTHERS)
def test_an_opcode_that_reaches_outside_ends_at_stop(case: str) -> None:
    found = walked(OTHERS[case])
    assert (found.broken, found.stop) == ("", len(OTHERS[case]))


PLAIN = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=300)
    | st.binary(max_size=300)
)
OBJECTS = st.sampled_from(
    [
        datetime(2026, 1, 2, tzinfo=UTC),
        date(2026, 1, 2),
        timedelta(days=1),
        Decimal("1.5"),
        Fraction(1, 3),
        1 + 2j,
        UUID(int=1),
        PurePosixPath("a/b"),
        OrderedDict(a=1),
        deque([1, 2]),
        bytearray(b"abc"),
        range(3),
        slice(1, 2),
        len,
    ]
)
TREES = st.recursive(
    PLAIN | OBJECTS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.tuples(inner, inner)
        | st.dictionaries(st.text(max_size=5), inner, max_size=4)
        | st.sets(st.integers(), max_size=4)
    ),
    max_leaves=12,
)


def imported(data: bytes, protocol: int) -> set[str]:
    """Return the imports by pickletools, of names that stand right before."""
    found: set[str] = set()
    texts: list[str] = []
    memo: dict[int, str] = {}
    for opcode, argument, _at in pickletools.genops(data):
        if opcode.name == "GLOBAL" and isinstance(argument, str):
            module, attribute = argument.split(" ")
            if protocol < 3:
                module, attribute = modern(module, attribute)
            found.add(f"{module}.{attribute}")
        elif opcode.name == "STACK_GLOBAL":
            found.add(".".join(texts[-2:]))
        elif opcode.name == "MEMOIZE":
            memo[len(memo)] = texts[-1] if texts else ""
        elif opcode.name in ("BINGET", "LONG_BINGET"):
            texts.append(memo.get(int(argument or 0), ""))
        elif "UNICODE" in opcode.name:
            texts.append(str(argument))
        if opcode.name not in ("MEMOIZE", "BINGET", "LONG_BINGET", "STACK_GLOBAL") and (
            "UNICODE" not in opcode.name
        ):
            texts.append("")
    return found


@given(TREES, st.integers(0, 5))
def test_imports_of_honest_pickles_are_those_that_pickletools_lists(
    tree: object, protocol: int
) -> None:
    data = pickle.dumps(tree, protocol=protocol)
    found = walked(data)
    assert (found.broken, found.stop, found.defects) == ("", len(data), [])
    assert {entry.path for entry in found.imports} == imported(data, protocol)


@given(TREES.map(pickle.dumps), st.data())
def test_broken_pickles_neither_raise_nor_hang(
    data: bytes, draw: st.DataObject
) -> None:
    at = draw.draw(st.integers(0, len(data) - 1))
    byte = draw.draw(st.integers(0, 255))
    count = draw.draw(st.integers(0, 50))
    for broken in (
        data[:at],
        data[:at] + bytes([byte]) + data[at + 1 :],
        data[:at] + data[at : at + 1] * count + data[at:],
        data[at:],
    ):
        found = walk(BytesSource(broken), 0, Budget(Limits(steps=100_000)))
        assert found.stopped or found.gaps


@given(st.binary(max_size=200))
def test_any_bytes_end_in_facts(data: bytes) -> None:
    found = walked(data)
    assert found.stopped or found.gaps


@given(st.lists(st.sampled_from([opcode.byte for opcode in OPCODES]), max_size=60))
def test_any_opcodes_end_in_facts(codes: list[int]) -> None:
    found = walked(bytes(codes) + b".")
    assert found.stopped or found.gaps
