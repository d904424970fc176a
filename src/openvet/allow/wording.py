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
            return program.imports[index].path if known else "?"
        case Result(index=index):
            if depth >= DEEP or index >= len(program.calls):
                return "…"
            callee = value_text(program, program.calls[index].callee, depth + 1)
            return f"{callee}(…)"
        case Items(kind=kind, values=values):
            if depth >= DEEP:
                return f"{kind} of {len(values)}"
            shown = [value_text(program, part, depth + 1) for part in values[:6]]
            more = ["…"] if len(values) > len(shown) else []
            return f"{kind}({', '.join([*shown, *more])})"
        case Span(length=length, text=text):
            return f"{'text' if text else 'bytes'} of {length}"
        case Persistent():
            return "persistent id"
        case Unknown():
            return "?"
        case _:
            return _cut(ascii(value))


def _cut(text: str) -> str:
    return text if len(text) <= WIDTH else f"{text[: WIDTH - 1]}…"
