"""Values on the symbolic stack, and their frozen form in facts.

Plain values stand for themselves: None, bool, int, float, str, bytes, tuple. What
can change after it was pushed is a `Bag`, and is frozen when it is used.
"""

from collections.abc import Sequence
from typing import Final, Literal, TypeAlias

from openvet.formats.pickle.program import (
    Global,
    Items,
    Persistent,
    Result,
    Span,
    Unknown,
    Value,
)

Cell: TypeAlias = object
"""A value on the stack."""

Kind = Literal["tuple", "list", "dict", "set", "frozenset"]

KEPT: Final = 64
"""Items of a container that are kept, pairs of a dict."""
DEPTH: Final = 8
"""Containers in containers that a fact shows."""
NODES: Final = 2048
"""Values that one fact shows in all."""
MOST: Final = 1 << 63
"""Integers from here on are shown by their width only."""

ATOMS: Final = frozenset(
    {type(None), bool, float, str, bytes, Span, Global, Result, Persistent, Unknown}
)
"""Types that are shown as they are."""
PLAIN: Final = frozenset({type(None), bool, int, float, str, bytes, Span})
"""Types of literals: nothing that was imported, called or built."""
LITERAL: Final = PLAIN | {tuple}
"""Types that no loader can call or change."""


class Bag:
    """A container that can still change; it keeps its first items and the odd ones.

    Beyond `KEPT` items, literals are counted and dropped, everything else is kept up
    to as many again: what was imported or called matters wherever it stands.
    """

    __slots__ = ("kind", "values", "whole")

    def __init__(self, kind: Kind, values: Sequence[Cell] = ()) -> None:
        self.kind = kind
        self.values: list[Cell] = []
        self.whole = True
        if values:
            self.extend(values)

    def extend(self, values: Sequence[Cell]) -> None:
        """Add items; a dict's come as keys and values in turn."""
        kept = self.values
        room = (2 * KEPT if self.kind == "dict" else KEPT) - len(kept)
        if len(values) <= room:
            kept.extend(values)
            return
        room = max(room, 0)
        kept.extend(values[:room])
        self.whole = False
        step = 2 if self.kind == "dict" else 1
        for at in range(room, len(values), step):
            if len(kept) >= 4 * KEPT:
                return
            chunk = values[at : at + step]
            if any(type(value) not in PLAIN for value in chunk):
                kept.extend(chunk)


def tuple_of(values: list[Cell]) -> Cell:
    """Return a tuple, cut like other containers when it is long."""
    return tuple(values) if len(values) <= KEPT else Bag("tuple", values)


def unpacked(arguments: Cell) -> Sequence[Cell] | None:
    """Return what `f(*arguments)` passes, or None where it raises."""
    if isinstance(arguments, tuple):
        return arguments
    if isinstance(arguments, Bag):
        step = 2 if arguments.kind == "dict" else 1
        return arguments.values[::step]
    if arguments is None or isinstance(arguments, (int, float)):
        return None
    return (Unknown(why="computed arguments"), arguments)


class Freezer:
    """Turns cells into values of facts, within a number of nodes.

    Args:
        room: Nodes that all facts of one program may have together.
    """

    def __init__(self, room: int) -> None:
        self.room = room
        self._left = 0

    def freeze(self, cell: Cell) -> Value:
        """Return the value as it stands now; containers are copied."""
        if type(cell) in ATOMS:
            return cell  # type: ignore[return-value]  # told by the membership
        self._left = NODES
        return self._freeze(cell, DEPTH)

    def each(self, cells: Sequence[Cell]) -> tuple[Value, ...]:
        """Return every one of some cells as a value."""
        freeze = self.freeze
        return tuple([freeze(cell) for cell in cells])

    def _freeze(self, cell: Cell, depth: int) -> Value:
        if type(cell) in ATOMS:
            return cell  # type: ignore[return-value]  # told by the membership
        if isinstance(cell, int):
            return cell if -MOST < cell < MOST else _wide(cell)
        if isinstance(cell, tuple):
            return self._items("tuple", cell, whole=True, depth=depth)
        if isinstance(cell, Bag):
            return self._items(cell.kind, cell.values, whole=cell.whole, depth=depth)
        return Unknown(why="not followed")

    def _items(
        self, kind: Kind, cells: Sequence[Cell], *, whole: bool, depth: int
    ) -> Value:
        if not cells:
            return Items(kind=kind, values=(), whole=whole)
        if depth == 0 or self._left <= 0 or self.room <= 0:
            return Items(kind=kind, values=(), whole=False)
        self.room -= len(cells)
        self._left -= len(cells)
        freeze, atoms, depth = self._freeze, ATOMS, depth - 1
        values = tuple(
            [cell if type(cell) in atoms else freeze(cell, depth) for cell in cells]
        )
        return Items(kind=kind, values=values, whole=whole)  # type: ignore[arg-type]


def _wide(number: int) -> Value:
    """Return the width of an integer that readers of JSON would round."""
    return Unknown(why=f"an integer of {number.bit_length()} bits")
