"""Operations that import names, call what they name, and set state."""

from typing import Final

from openvet.formats.pickle.literals import Operation
from openvet.formats.pickle.machine import BrokenError, Machine
from openvet.formats.pickle.program import (
    Global,
    ImportOpcode,
    Persistent,
    Span,
    Unknown,
)
from openvet.formats.pickle.values import LITERAL, Bag, Cell, tuple_of


def _name(m: Machine, data: bytes, pos: int) -> tuple[str, int, bool]:
    """Read a line that names a module or an attribute.

    Returns:
        The name, the position after it, and whether it was cut.
    """
    text, pos = m.line(data, pos)
    cut = isinstance(text, Span)
    if isinstance(text, Span):
        m.defect(
            "pickle-long-name",
            f"an import has a name of {text.length} bytes",
            text.offset,
            live="every loader follows a dotted name of any length",
        )
        text = m.source.read(text.offset, 200)
    try:
        return text.decode(), pos, cut
    except UnicodeDecodeError as error:
        raise BrokenError("a name is not UTF-8") from error


def _two_names(
    m: Machine, data: bytes, pos: int, opcode: ImportOpcode
) -> tuple[Global, int]:
    """Import what two lines name; return it and the position after them."""
    module, after, cut = _name(m, data, pos)
    name, after, too = _name(m, data, after)
    return m.load(module, name, pos - 1, opcode, computed=cut or too), after


def global_line(m: Machine, data: bytes, pos: int) -> int:
    """Import what two lines name."""
    found, after = _two_names(m, data, pos, "GLOBAL")
    m.stack.append(found)
    return after


def stack_global(m: Machine, _data: bytes, pos: int) -> int:
    """Import what the two values on top name."""
    name = m.stack.pop()
    module = m.stack.pop()
    if isinstance(module, str) and isinstance(name, str):
        found = m.load(module, name, pos - 1, "STACK_GLOBAL", computed=False)
    else:
        for part in (module, name):
            if type(part) in _NO_NAME or isinstance(part, (int, Bag)):
                raise BrokenError("STACK_GLOBAL takes two strings")
        known = [part if isinstance(part, str) else "" for part in (module, name)]
        found = m.load(known[0], known[1], pos - 1, "STACK_GLOBAL", computed=True)
    m.stack.append(found)
    return pos


_NO_NAME: Final = LITERAL - {str, Span}
"""Types that are no text; what was imported or called may be."""


def extension(width: int, opcode: ImportOpcode) -> Operation:
    """Return the operation that imports what a registered code stands for."""

    def load(m: Machine, data: bytes, pos: int) -> int:
        after = pos + width
        code = int.from_bytes(data[pos:after], "little", signed=width == 4)  # noqa: PLR2004
        if code <= 0:
            raise BrokenError("an extension code is not positive")
        names = m.extensions.get(code)
        module, name = names or ("", "")
        found = m.load(module, name, pos - 1, opcode, computed=names is None)
        m.stack.append(found)
        return after

    return load


def reduce_(m: Machine, _data: bytes, pos: int) -> int:
    """Call what is below with the tuple on top."""
    stack = m.stack
    arguments = stack.pop()
    stack[-1] = m.call("REDUCE", stack[-1], arguments, pos - 1)
    return pos


def build(m: Machine, _data: bytes, pos: int) -> int:
    """Set the state of what is below to what is on top."""
    state = m.stack.pop()
    target = m.stack[-1]
    m.touch("BUILD", target, m.freezer.freeze(state), pos - 1)
    if m.after_build is not None:
        at = m.after_build(m, target, state, m.base + pos)
        if at is not None:
            return m.skip(pos, at)
    return pos


def inst(m: Machine, data: bytes, pos: int) -> int:
    """Import a class by two lines and call it with the group."""
    callee, after = _two_names(m, data, pos, "INST")
    arguments = tuple_of(m.pop_mark())
    m.stack.append(m.call("INST", callee, arguments, pos - 1))
    return after


def obj(m: Machine, _data: bytes, pos: int) -> int:
    """Call the first of the group with the rest."""
    items = m.pop_mark()
    if not items:
        raise BrokenError("the stack is too short")
    callee = items.pop(0)
    m.stack.append(m.call("OBJ", callee, tuple_of(items), pos - 1))
    return pos


def newobj(m: Machine, _data: bytes, pos: int) -> int:
    """Make an object by its class's `__new__`."""
    stack = m.stack
    arguments = stack.pop()
    stack[-1] = m.call("NEWOBJ", stack[-1], arguments, pos - 1)
    return pos


def newobj_ex(m: Machine, _data: bytes, pos: int) -> int:
    """Make an object by its class's `__new__`, with keywords."""
    stack = m.stack
    keywords = stack.pop()
    arguments = stack.pop()
    callee = stack[-1]
    stack[-1] = m.call("NEWOBJ_EX", callee, arguments, pos - 1, keywords)
    return pos


def persid(m: Machine, data: bytes, pos: int) -> int:
    """Ask the loader for the object with the identifier of a line."""
    text, after = m.line(data, pos)
    if isinstance(text, bytes):
        if not text.isascii():
            raise BrokenError("a persistent id is not ASCII")
        _persistent(m, text.decode("ascii"), pos - 1)
    else:
        _persistent(m, text, pos - 1)
    return after


def binpersid(m: Machine, _data: bytes, pos: int) -> int:
    """Ask the loader for the object with the identifier on top."""
    _persistent(m, m.stack.pop(), pos - 1)
    return pos


def _persistent(m: Machine, identifier: Cell, pos: int) -> None:
    value = m.freezer.freeze(identifier)
    m.touch("PERSID", None, value, pos)
    m.stack.append(Persistent(identifier=value))


def next_buffer(m: Machine, _data: bytes, pos: int) -> int:
    """Push a buffer that the caller of the loader supplies."""
    m.stack.append(Unknown(why="out-of-band buffer"))
    return pos


def readonly_buffer(m: Machine, _data: bytes, pos: int) -> int:
    """Make the buffer on top read-only."""
    if not m.stack:
        raise BrokenError("the stack is too short")
    return pos
