"""Messages of an object header, decoded one by one.

Section numbers in the docstrings are those of the File Format Specification 3.0.
"""

from math import prod
from typing import Final, Literal

from openvet.formats.hdf5.image import BrokenError, Cursor, UnsupportedError
from openvet.wire import Record

FIXED, FLOATING, STRING, OPAQUE, COMPOUND = 0, 1, 3, 5, 6
REFERENCE, ENUMERATED, VARIABLE, ARRAY = 7, 8, 9, 10
MAXIMUM_DIMENSIONS: Final = 32
MAXIMUM_NESTING: Final = 8
EXTERNAL_LINK: Final = 64


class Datatype(Record, frozen=True, kw_only=True):
    """Type of one element."""

    kind: int
    size: int
    """Bytes of one element as stored."""
    signed: bool = False
    text: bool = False
    """Whether a variable-length value is text."""
    base: "Datatype | None" = None
    count: int = 1
    """Elements of an array type."""

    @property
    def name(self) -> str:
        """A short name: `f32`, `u8`, `text`."""
        bits = self.size * 8
        names = {
            FIXED: f"{'i' if self.signed else 'u'}{bits}",
            FLOATING: f"f{bits}",
            STRING: f"text{self.size}",
            OPAQUE: f"opaque{self.size}",
            COMPOUND: f"compound{self.size}",
            REFERENCE: "reference",
            ENUMERATED: "enum",
            VARIABLE: "text" if self.text else "variable",
            ARRAY: f"{self.count}x{self.base.name if self.base else '?'}",
        }
        return names.get(self.kind, f"type{self.kind}")

    @property
    def holds_bytes(self) -> bool:
        """Whether values can be bytes of any format."""
        if self.kind in (OPAQUE, STRING):
            return True
        if self.kind in (VARIABLE, ARRAY):
            return self.text or (self.base is not None and self.base.holds_bytes)
        return self.kind == FIXED and self.size == 1


class Layout(Record, frozen=True, kw_only=True):
    """Where the data of a dataset lies."""

    kind: Literal["compact", "contiguous", "chunked", "virtual"]
    address: int | None = None
    length: int = 0
    inline: bytes = b""
    """Data of a compact layout."""
    chunk: tuple[int, ...] = ()
    """Dimensions of a chunk, in elements."""
    index: int = 0
    """Chunk index: 0 B-tree version 1, else as numbered by layout version 4."""
    heap_index: int = 0


class Link(Record, frozen=True, kw_only=True):
    """A name in a group."""

    name: str
    kind: Literal["hard", "soft", "external", "other"]
    address: int | None = None
    target: str = ""
    """Path of a soft link, or `file` and object of an external one."""
    file: str = ""


def dimensions(cursor: Cursor) -> tuple[int, ...]:
    """Return the shape of a dataspace message (IV.A.2.b); scalar is empty.

    Raises:
        BrokenError: It is no dataspace.
    """
    version, rank, flags = (cursor.unsigned(1) for _ in range(3))
    if rank > MAXIMUM_DIMENSIONS:
        raise BrokenError(f"{rank} dimensions")
    null = 2
    if version == 1:
        cursor.skip(5)
    elif version == 2:  # noqa: PLR2004 - versions of the format
        if cursor.unsigned(1) == null:
            return (0,)
    else:
        raise BrokenError(f"dataspace version {version}")
    del flags
    return tuple(cursor.length() for _ in range(rank))


def datatype(cursor: Cursor, depth: int = 0) -> Datatype:
    """Return the type of a datatype message (IV.A.2.d).

    Raises:
        BrokenError: It is no datatype.
    """
    if depth > MAXIMUM_NESTING:
        raise BrokenError("datatypes nested too deep")
    first = cursor.unsigned(1)
    kind, version = first & 0x0F, first >> 4
    bits = cursor.unsigned(3)
    size = cursor.unsigned(4)
    if kind == FIXED:
        cursor.skip(4)
        return Datatype(kind=kind, size=size, signed=bool(bits & 8))
    if kind == FLOATING:
        cursor.skip(12)
        return Datatype(kind=kind, size=size)
    if kind == VARIABLE:
        base = datatype(cursor, depth + 1)
        return Datatype(kind=kind, size=size, text=bits & 0x0F == 1, base=base)
    if kind == ENUMERATED:
        return Datatype(kind=kind, size=size, base=datatype(cursor, depth + 1))
    if kind == ARRAY:
        return _array(cursor, size, version, depth)
    return Datatype(kind=kind, size=size)


def _array(cursor: Cursor, size: int, version: int, depth: int) -> Datatype:
    """Return an array type; version 2 carries permutation indices too."""
    rank = cursor.unsigned(1)
    if rank > MAXIMUM_DIMENSIONS:
        raise BrokenError(f"{rank} dimensions")
    with_permutation = 3
    cursor.skip(3 if version < with_permutation else 0)
    shape = [cursor.unsigned(4) for _ in range(rank)]
    cursor.skip(4 * rank if version < with_permutation else 0)
    base = datatype(cursor, depth + 1)
    return Datatype(kind=ARRAY, size=size, base=base, count=prod(shape))


def link(cursor: Cursor) -> Link:
    """Return the link of a link message (IV.A.2.g).

    Raises:
        BrokenError: It is no link.
    """
    cursor.skip(1)
    flags = cursor.unsigned(1)
    kind = cursor.unsigned(1) if flags & 8 else 0
    cursor.skip(8 if flags & 4 else 0)
    cursor.skip(1 if flags & 16 else 0)
    name = cursor.take(cursor.unsigned(1 << (flags & 3))).decode(
        "utf-8", "backslashreplace"
    )
    if kind == 0:
        return Link(name=name, kind="hard", address=cursor.address())
    value = cursor.take(cursor.unsigned(2))
    if kind == 1:
        target = value.decode("utf-8", "backslashreplace")
        return Link(name=name, kind="soft", target=target)
    if kind != EXTERNAL_LINK:
        return Link(name=name, kind="other", target=f"link of user type {kind}")
    inner = Cursor(value)
    inner.skip(1)
    file = inner.name()
    return Link(name=name, kind="external", file=file, target=inner.name())


def layout(cursor: Cursor) -> Layout:
    """Return the layout of a data layout message (IV.A.2.i).

    Raises:
        BrokenError: It is no layout.
    """
    version = cursor.unsigned(1)
    if version in (1, 2):
        return _old_layout(cursor)
    kind = cursor.unsigned(1)
    if kind == 0:
        return Layout(kind="compact", inline=cursor.take(cursor.unsigned(2)))
    if kind == 1:
        address = cursor.address()
        return Layout(kind="contiguous", address=address, length=cursor.length())
    if kind == 2 and version == 3:  # noqa: PLR2004 - numbers of the format
        rank = cursor.unsigned(1)
        address = cursor.address()
        chunk = tuple(cursor.unsigned(4) for _ in range(rank))
        return Layout(kind="chunked", address=address, chunk=chunk[:-1])
    if kind == 2:  # noqa: PLR2004
        return _indexed_layout(cursor)
    if kind == 3:  # noqa: PLR2004
        address = cursor.address()
        return Layout(kind="virtual", address=address, heap_index=cursor.unsigned(4))
    raise BrokenError(f"layout class {kind}")


def _old_layout(cursor: Cursor) -> Layout:
    """Return a layout of version 1 or 2."""
    rank, kind = cursor.unsigned(1), cursor.unsigned(1)
    cursor.skip(5)
    address = cursor.address() if kind else None
    shape = tuple(cursor.unsigned(4) for _ in range(rank))
    if kind == 0:
        return Layout(kind="compact", inline=cursor.take(cursor.unsigned(4)))
    if kind == 1:
        return Layout(kind="contiguous", address=address, length=prod(shape))
    return Layout(kind="chunked", address=address, chunk=shape[:-1])


def _indexed_layout(cursor: Cursor) -> Layout:
    """Return a chunked layout of version 4 or later."""
    flags, rank, width = (cursor.unsigned(1) for _ in range(3))
    if rank > MAXIMUM_DIMENSIONS + 1:
        raise BrokenError(f"{rank} dimensions")
    chunk = tuple(cursor.unsigned(width) for _ in range(rank))
    index = cursor.unsigned(1)
    single, implicit, fixed, extensible, tree = 1, 2, 3, 4, 5
    length = 0
    if index == single and flags & 2:
        length = cursor.length()
        cursor.skip(4)
    elif index not in (single, implicit, fixed, extensible, tree):
        raise BrokenError(f"chunk index {index}")
    cursor.skip({fixed: 1, extensible: 5, tree: 6}.get(index, 0))
    return Layout(
        kind="chunked",
        address=cursor.address(),
        chunk=chunk[:-1],
        index=index,
        length=length,
    )


def filters(cursor: Cursor) -> tuple[int, ...]:
    """Return the filter numbers of a pipeline message (IV.A.2.l).

    Raises:
        BrokenError: It is no pipeline.
    """
    version, count = cursor.unsigned(1), cursor.unsigned(1)
    cursor.skip(6 if version == 1 else 0)
    found = []
    for _ in range(count):
        number = cursor.unsigned(2)
        named = version == 1 or number >= 256  # noqa: PLR2004 - registered filters
        length = cursor.unsigned(2) if named else 0
        cursor.skip(2)
        values = cursor.unsigned(2)
        cursor.skip(length + 4 * values)
        cursor.skip(4 if version == 1 and values % 2 else 0)
        found.append(number)
    return tuple(found)


def shared_address(cursor: Cursor) -> int | None:
    """Return where a shared message lies (IV.A.1): another object's header.

    Raises:
        UnsupportedError: It lies in the shared-message heap.
    """
    version, kind = cursor.unsigned(1), cursor.unsigned(1)
    cursor.skip(6 if version == 1 else 0)
    in_heap = 1
    with_kind = 3
    if version >= with_kind and kind == in_heap:
        raise UnsupportedError("a message in the shared-message heap")
    return cursor.address()
