"""Shapes: what the arguments and the state of an allowed name may be.

A list says `["class", "tuple", "bytes|str"]`; this module reads that little language
and compares it with the values of a pickle.

    data        literals, containers of data, instances of allowed classes, classes
    any         data, and functions that are only stored
    int float str bytes bool none       a literal of that type
    tuple list dict set frozenset       a container of data of that type
    class       an allowed class
    anyclass    a class, allowed or unknown (unknown: review)
    carried     a function or class that the file itself carries as code (review)
    function    something that can be called but is only stored (unknown: review)
    call        something that is called with the values of the shape `arguments`
    arguments   a tuple: the arguments of `call`
    distribution   the state of a scipy distribution: text that it runs must be its own
    formula     a dict whose `formula`, if it has one, is a plain statistical formula
    module      text: a module that does nothing of its own accord when it is imported
    public      text: the way to an attribute, no part of which is private
    range       text: how a range, or a constant that has no name, prints itself
    zone        text: a file of the system's own time zones
    descriptor  text: how a public method of a built-in type prints itself
    =a.b        exactly the import `a.b`
    'text' 3    exactly this literal
    (x,y)       a tuple of exactly these
    {k,l}       a dict with no other keys, its values data
    x|y         either;  x?  may be missing;  x*  any number, at the end
"""

from functools import cache
from typing import Final, Literal

from openvet.wire import Record

WORDS: Final = frozenset({
    "any", "anyclass", "arguments", "bool", "bytes", "call", "carried", "class", "data",
    "descriptor", "dict", "distribution", "float", "formula", "frozenset", "function",
    "int", "list", "module", "none", "public", "range", "set", "str", "tuple", "zone",
})  # fmt: skip


class Shape(Record, frozen=True, kw_only=True):
    """One alternative of a shape."""

    form: Literal["word", "import", "literal", "tuple", "keys"]
    text: str = ""
    literal: str | int | None = None
    parts: tuple[tuple["Shape", ...], ...] = ()
    keys: tuple[str, ...] = ()


class Position(Record, frozen=True, kw_only=True):
    """The shape of one argument."""

    shapes: tuple[Shape, ...]
    optional: bool = False
    repeated: bool = False


@cache
def position(text: str) -> Position:
    """Read the shape of one argument.

    Raises:
        ValueError: It is not written in the language above.
    """
    optional, repeated = text.endswith("?"), text.endswith("*")
    body = text[:-1] if optional or repeated else text
    return Position(shapes=alternatives(body), optional=optional, repeated=repeated)


@cache
def alternatives(text: str) -> tuple[Shape, ...]:
    """Read a shape with its alternatives.

    Raises:
        ValueError: It is not written in the language above.
    """
    return tuple(_one(part) for part in _split(text, "|"))


def _one(text: str) -> Shape:
    if text in WORDS:
        return Shape(form="word", text=text)
    if text.startswith("="):
        return Shape(form="import", text=text[1:])
    if len(text) > 1 and text[0] == text[-1] == "'":
        return Shape(form="literal", literal=text[1:-1])
    if text.removeprefix("-").isdecimal():
        return Shape(form="literal", literal=int(text))
    if text.startswith("(") and text.endswith(")"):
        parts = tuple(alternatives(part) for part in _split(text[1:-1], ","))
        return Shape(form="tuple", parts=parts)
    if text.startswith("{") and text.endswith("}"):
        return Shape(form="keys", keys=tuple(_split(text[1:-1], ",")))
    raise ValueError(f"no such shape: {text!r}")


def _split(text: str, mark: str) -> list[str]:
    """Split at `mark`, but not inside brackets or quotes."""
    parts, depth, quoted, start = [], 0, False, 0
    for at, character in enumerate(text):
        if character == "'":
            quoted = not quoted
        elif not quoted:
            depth += (character in "({") - (character in ")}")
            if character == mark and not depth:
                parts.append(text[start:at])
                start = at + 1
    parts.append(text[start:])
    return parts if text else []
