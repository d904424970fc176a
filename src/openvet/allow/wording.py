"""Saying in one line of text what a call of a pickle does."""

from typing import Final

from openvet.formats.pickle.program import (
    Call,
    Global,
    Items,
    Persistent,
    PickleProgram,
    Result,
    Span,
    Unknown,
    Value,
)

WIDTH: Final = 160
"""Characters of a call that are shown."""
LITERAL: Final = 60
"""Characters of an argument that a title shows."""
ITEMS: Final = 6
"""Items of a container that are shown."""
DEEP: Final = 4
"""Containers inside containers that are shown."""


def call_text(program: PickleProgram, call: Call) -> str:
    """Return a call as `REDUCE os.system('id')`, cut to one line."""
    arguments = ", ".join(value_text(program, value) for value in call.arguments)
    callee = value_text(program, call.callee)
    return _cut(f"{call.opcode} {callee}({arguments})")


def first_literal(program: PickleProgram, offset: int) -> str:
    """Return the first text or bytes that the call at an offset is given, if any."""
    for call in program.calls:
        if call.offset == offset:
            for value in call.arguments:
                if isinstance(value, str | bytes):
                    return ascii(value)[:LITERAL]
            return ""
    return ""


def value_text(program: PickleProgram, value: Value, depth: int = 0) -> str:
    """Return a value as Python would write it, however deep it is."""
    match value:
        case Global(index=index):
            known = index < len(program.imports)
            text = program.imports[index].path if known else "?"
        case Result(index=index):
            known = depth < DEEP and index < len(program.calls)
            callee = program.calls[index].callee if known else None
            text = f"{value_text(program, callee, depth + 1)}(…)" if known else "…"
        case Items():
            text = _items_text(program, value, depth)
        case Span(length=length, text=is_text):
            text = f"{'text' if is_text else 'bytes'} of {length}"
        case Persistent():
            text = "persistent id"
        case Unknown():
            text = "?"
        case _:
            text = _cut(ascii(value))
    return text


def _items_text(program: PickleProgram, value: Items, depth: int) -> str:
    if depth >= DEEP:
        return f"{value.kind} of {len(value.values)}"
    shown = [value_text(program, part, depth + 1) for part in value.values[:ITEMS]]
    more = ["…"] if len(value.values) > len(shown) else []
    return f"{value.kind}({', '.join([*shown, *more])})"


def _cut(text: str) -> str:
    return text if len(text) <= WIDTH else f"{text[: WIDTH - 1]}…"
