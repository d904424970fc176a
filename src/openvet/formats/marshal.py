"""Names and constants of Python code objects stored by `marshal`, never executed.

Keras writes lambdas this way, and pickles carry functions as `marshal.loads(bytes)`.
The format changes with the interpreter and does not say which wrote it, so the layouts
of code objects are tried one after another (CPython `Python/marshal.c`, versions 2.7
and 3.4 to 3.14). Every count is held against the bytes that are left.
"""

from collections.abc import Callable
from typing import Final, NamedTuple, TypeAlias

Plain: TypeAlias = object
"""None, bool, int, float, str, bytes, tuple, or a `Code`."""

DEPTH: Final = 40
OBJECTS: Final = 100_000
_REF: Final = 0x80
_SHOWN: Final = 1000


class Code(NamedTuple):
    """What a code object says of itself."""

    name: str
    filename: str
    names: tuple[str, ...]
    """Globals, attributes and imports that it uses."""
    constants: tuple[Plain, ...]


class MarshalError(Exception):
    """The bytes are no marshal data of this layout."""


class _Layout(NamedTuple):
    """The order in which a version writes a code object."""

    integers: int
    before_name: int
    """Objects between names and filename."""
    qualified: bool


LAYOUTS: Final = (
    _Layout(5, 2, qualified=True),  # 3.11 and later
    _Layout(6, 3, qualified=False),  # 3.8 to 3.10
    _Layout(5, 3, qualified=False),  # 3.4 to 3.7
    _Layout(4, 3, qualified=False),  # 2.7
)


def code_in(data: bytes) -> Code | None:
    """Return the code object that marshal data holds, or None."""
    if data[:1] not in (b"c", b"\xe3"):
        return None
    for layout in LAYOUTS:
        try:
            found = _Reader(data, layout).object(0)
        except MarshalError:
            continue
        if isinstance(found, Code):
            return found
    return None


def names_used(code: Code) -> tuple[str, ...]:
    """Return the names that a code object and those within it use, each once."""
    found: dict[str, None] = {}
    work: list[Code] = [code]
    while work and len(found) < _SHOWN:
        one = work.pop()
        found.update(dict.fromkeys(one.names))
        work.extend(part for part in one.constants if isinstance(part, Code))
    return tuple(found)


class _Reader:
    def __init__(self, data: bytes, layout: _Layout) -> None:
        self.data = data
        self.at = 0
        self.layout = layout
        self.refs: list[Plain] = []
        self.names: list[Plain] = []
        self.made = 0

    def take(self, count: int) -> bytes:
        """Return the next bytes."""
        if not 0 <= count <= len(self.data) - self.at:
            raise MarshalError
        self.at += count
        return self.data[self.at - count : self.at]

    def number(self, width: int = 4) -> int:
        """Return a little-endian integer; lengths of one byte have no sign."""
        return int.from_bytes(self.take(width), "little", signed=width > 1)

    def object(self, depth: int) -> Plain:
        """Return the next object."""
        self.made += 1
        if depth > DEPTH or self.made > OBJECTS:
            raise MarshalError
        byte = self.take(1)[0]
        kind = chr(byte & ~_REF)
        read = _KINDS.get(kind)
        if read is None:
            raise MarshalError
        slot = len(self.refs) if byte & _REF else -1
        if slot >= 0:
            self.refs.append(None)
        value = read(self, depth)
        if slot >= 0:
            self.refs[slot] = value
        return value

    def group(self, count: int, depth: int) -> tuple[Plain, ...]:
        """Return so many objects."""
        if not 0 <= count <= len(self.data) - self.at:
            raise MarshalError
        return tuple([self.object(depth + 1) for _ in range(count)])

    def mapping(self, depth: int) -> Plain:
        """Return keys and values in turn, up to the null that ends them."""
        found: list[Plain] = []
        while self.data[self.at : self.at + 1] != b"0":
            found.append(self.object(depth + 1))
        self.at += 1
        return tuple(found)

    def code(self, depth: int) -> Plain:
        """Return a code object."""
        layout = self.layout
        self.take(4 * layout.integers)
        _instructions, constants, names = self.group(3, depth)
        self.group(layout.before_name, depth)
        filename, name = self.group(2, depth)
        if layout.qualified:
            self.object(depth + 1)
        self.number()
        self.group(2 if layout.qualified else 1, depth)
        if not isinstance(constants, tuple) or not isinstance(names, tuple):
            raise MarshalError
        texts = tuple(_word(one) for one in names)
        return Code(_word(name), _word(filename), texts, constants)

    def interned(self, depth: int) -> Plain:
        """Return a name; Python 2 refers to it by its number among such."""
        value = _text(4, "utf-8")(self, depth)
        self.names.append(value)
        return value

    def numbered(self, _depth: int) -> Plain:
        """Return a name by its number."""
        index = self.number()
        if not 0 <= index < len(self.names):
            raise MarshalError
        return self.names[index]

    def reference(self, _depth: int) -> Plain:
        """Return an object that stood before."""
        index = self.number()
        if not 0 <= index < len(self.refs):
            raise MarshalError
        return self.refs[index]


def _text(width: int, encoding: str) -> Callable[[_Reader, int], Plain]:
    def read(reader: _Reader, _depth: int) -> Plain:
        data = reader.take(reader.number(width))
        return data.decode(encoding, "backslashreplace")

    return read


def _word(value: Plain) -> str:
    """Return a name, which Python 2 also wrote as bytes."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    if isinstance(value, str):
        return value
    raise MarshalError


def _skipped(width: int) -> Callable[[_Reader, int], Plain]:
    def read(reader: _Reader, _depth: int) -> Plain:
        reader.take(width)
        return None

    return read


_KINDS: Final[dict[str, Callable[[_Reader, int], Plain]]] = {
    "0": lambda _reader, _depth: None,
    "N": lambda _reader, _depth: None,
    "S": lambda _reader, _depth: None,
    ".": lambda _reader, _depth: None,
    "F": lambda _reader, _depth: False,
    "T": lambda _reader, _depth: True,
    "i": lambda reader, _depth: reader.number(),
    "I": lambda reader, _depth: reader.number(8),
    "l": lambda reader, _depth: reader.take(2 * abs(reader.number())),
    "f": lambda reader, _depth: reader.take(reader.number(1)),
    "g": _skipped(8),
    "y": _skipped(16),
    "s": lambda reader, _depth: reader.take(reader.number()),
    "t": lambda reader, depth: reader.interned(depth),
    "R": lambda reader, depth: reader.numbered(depth),
    "u": _text(4, "utf-8"),
    "a": _text(4, "latin-1"),
    "A": _text(4, "latin-1"),
    "z": _text(1, "latin-1"),
    "Z": _text(1, "latin-1"),
    "(": lambda reader, depth: reader.group(reader.number(), depth),
    "[": lambda reader, depth: reader.group(reader.number(), depth),
    "<": lambda reader, depth: reader.group(reader.number(), depth),
    ">": lambda reader, depth: reader.group(reader.number(), depth),
    ")": lambda reader, depth: reader.group(reader.number(1), depth),
    "{": lambda reader, depth: reader.mapping(depth),
    "c": lambda reader, depth: reader.code(depth),
    "r": lambda reader, depth: reader.reference(depth),
}
