"""Operations on the stack, the memo and containers, and those that give structure."""

from collections.abc import Iterator
from typing import Final, Literal

from openvet.formats.pickle.literals import DIGITS, Operation
from openvet.formats.pickle.machine import (
    AGAIN,
    BrokenError,
    Machine,
    TruncatedError,
)
from openvet.formats.pickle.memo import FOLDED
from openvet.formats.pickle.program import Span
from openvet.formats.pickle.values import KEPT, LITERAL, Bag, Cell, Kind, tuple_of

NEWEST: Final = 5
"""The newest protocol that any CPython accepts."""
_FIXED: Final = LITERAL | {int}
"""Types that no opcode can add to."""


Adding = Literal["APPEND", "APPENDS", "SETITEM", "SETITEMS", "ADDITEMS"]
_ADDS: Final[dict[Adding, Kind]] = {
    "APPEND": "list",
    "APPENDS": "list",
    "SETITEM": "dict",
    "SETITEMS": "dict",
    "ADDITEMS": "set",
}
"""Opcodes that add to what is below, and the kind of what they add."""


class StoppedError(Exception):
    """STOP was reached; the argument is the position after it."""

    def __init__(self, pos: int) -> None:
        super().__init__(pos)
        self.pos = pos


def proto(m: Machine, data: bytes, pos: int) -> int:
    """Set the protocol, wherever it stands."""
    version = data[pos]
    if version > NEWEST:
        raise BrokenError(f"protocol {version} does not exist")
    m.protocol = version
    return pos + 1


def frame(m: Machine, data: bytes, pos: int) -> int:
    """Begin a frame; only the reader in Python lets it end early."""
    stop = pos + 8
    if stop > len(data):
        raise TruncatedError("the stream ends inside a frame's header")
    length = int.from_bytes(data[pos:stop], "little")
    m.begin_frame(m.base + stop, length)
    return stop + AGAIN


def stop(m: Machine, _data: bytes, pos: int) -> int:
    """End the program; what is on top is what the loader returns."""
    if not m.stack:
        raise BrokenError("STOP finds an empty stack")
    raise StoppedError(pos)


def mark(m: Machine, _data: bytes, pos: int) -> int:
    """Begin a group."""
    m.meta.append(m.stack)
    m.stack = []
    return pos


def pop(m: Machine, _data: bytes, pos: int) -> int:
    """Drop the top; where there is none, drop a MARK."""
    if m.stack:
        m.stack.pop()
    else:
        m.pop_mark()
    return pos


def pop_mark(m: Machine, _data: bytes, pos: int) -> int:
    """Drop a group."""
    m.pop_mark()
    return pos


def duplicate(m: Machine, _data: bytes, pos: int) -> int:
    """Double the top."""
    top = m.stack[-1]
    if type(top) in _CONTAINERS:
        m.shared += 1
    m.stack.append(top)
    return pos


def memoize(m: Machine, _data: bytes, pos: int) -> int:
    """Remember the top under the next number."""
    memo = m.memo
    memo[len(memo) + memo.away] = m.stack[-1]
    return pos


def binput(m: Machine, data: bytes, pos: int) -> int:
    """Remember the top under the number of a byte."""
    if m.memo.away:
        m.memo.forget(data[pos])
    m.memo[data[pos]] = m.stack[-1]
    return pos + 1


def long_binput(m: Machine, data: bytes, pos: int) -> int:
    """Remember the top under the number of four bytes."""
    after = pos + 4
    index = int.from_bytes(data[pos:after], "little")
    m.widest = max(m.widest, index)
    if m.memo.away:
        m.memo.forget(index)
    m.memo[index] = m.stack[-1]
    return after


def _index(m: Machine, data: bytes, pos: int) -> tuple[int, int]:
    text, pos = m.number(data, pos)
    try:
        index = int(text) if len(text) < DIGITS else -1
    except ValueError:
        index = -1
    if index < 0:
        raise BrokenError("a memo number is no number")
    return index, pos


def put_line(m: Machine, data: bytes, pos: int) -> int:
    """Remember the top under the number of a line."""
    index, pos = _index(m, data, pos)
    m.widest = max(m.widest, index)
    if m.memo.away:
        m.memo.forget(index)
    m.memo[index] = m.stack[-1]
    return pos


def _recall(m: Machine, index: int) -> None:
    try:
        value = m.memo[index] if index in m.memo else m.memo.recall(index)
    except KeyError:
        raise BrokenError(f"the memo has no {index}") from None
    if type(value) in _CONTAINERS or value is FOLDED:
        m.shared += 1
    m.stack.append(value)


_CONTAINERS: Final = frozenset({tuple, Bag})


def binget(m: Machine, data: bytes, pos: int) -> int:
    """Push what the number of a byte remembers."""
    _recall(m, data[pos])
    return pos + 1


def long_binget(m: Machine, data: bytes, pos: int) -> int:
    """Push what the number of four bytes remembers."""
    after = pos + 4
    _recall(m, int.from_bytes(data[pos:after], "little"))
    return after


def get_line(m: Machine, data: bytes, pos: int) -> int:
    """Push what the number of a line remembers."""
    index, pos = _index(m, data, pos)
    _recall(m, index)
    return pos


def tuple_from_mark(m: Machine, _data: bytes, pos: int) -> int:
    """Push a tuple of the group."""
    items = m.pop_mark()
    m.stack.append(tuple_of(items))
    return pos


def tuple_n(count: int) -> Operation:
    """Return the operation that makes a tuple of the top values."""

    def build(m: Machine, _data: bytes, pos: int) -> int:
        stack = m.stack
        if len(stack) < count:
            raise BrokenError("the stack is too short")
        items = tuple(stack[-count:])
        del stack[-count:]
        stack.append(items)
        return pos

    return build


def bag_from_mark(kind: Literal["list", "dict", "frozenset"]) -> Operation:
    """Return the operation that pushes a container of the group."""

    def build(m: Machine, _data: bytes, pos: int) -> int:
        items = m.pop_mark()
        if kind == "dict" and len(items) % 2:
            raise BrokenError("a dict has a key without a value")
        m.stack.append(Bag(kind, items))
        return pos

    return build


def _add(m: Machine, target: Cell, items: list[Cell], opcode: Adding, pos: int) -> None:
    """Add to a container, or write down that an object is asked to."""
    if type(target) in _FIXED and not isinstance(target, (bytes, Span)):
        raise BrokenError(f"{opcode} adds to what takes nothing")
    if isinstance(target, Bag):
        if target.kind in ("tuple", "frozenset"):
            raise BrokenError(f"{opcode} adds to what takes nothing")
        target.extend(items)
        return
    m.touch(opcode, target, m.freezer.freeze(Bag(_ADDS[opcode], items)), pos - 1)
    if m.extends and _ADDS[opcode] == "dict":
        _register(m, target, items)


def _register(m: Machine, target: Cell, items: list[Cell]) -> None:
    """Follow items set in copyreg's table of extension codes."""
    if m.path(target) != "copyreg._inverted_registry":
        return
    for code, names in _pairs(items):
        if (
            isinstance(names, tuple)
            and len(names) == 2  # noqa: PLR2004 - module, name
            and all(isinstance(name, str) for name in names)
        ):
            m.extend(code, names)


def _pairs(items: list[Cell]) -> Iterator[tuple[Cell, Cell]]:
    """Yield the keys and values of a group."""
    return zip(items[::2], items[1::2], strict=True)


def append(m: Machine, _data: bytes, pos: int) -> int:
    """Add the top to what is below it."""
    value = m.stack.pop()
    target = m.stack[-1]
    if isinstance(target, Bag) and target.kind == "list" and len(target.values) < KEPT:
        target.values.append(value)
    else:
        _add(m, target, [value], "APPEND", pos)
    return pos


def setitem(m: Machine, _data: bytes, pos: int) -> int:
    """Set one item of what is below key and value."""
    value = m.stack.pop()
    key = m.stack.pop()
    _add(m, m.stack[-1], [key, value], "SETITEM", pos)
    return pos


def add_group(opcode: Literal["APPENDS", "SETITEMS", "ADDITEMS"]) -> Operation:
    """Return the operation that adds the group to what is below its MARK."""

    def add(m: Machine, _data: bytes, pos: int) -> int:
        items = m.pop_mark()
        if opcode == "SETITEMS" and len(items) % 2:
            raise BrokenError("a dict has a key without a value")
        if items:
            _add(m, m.stack[-1], items, opcode, pos)
        elif not m.stack:
            raise BrokenError("the stack is too short")
        return pos

    return add
