"""MessagePack, walked without building objects and without recursion.

Lengths are held against the bytes that remain before they are used: a decoder that
allocates what five bytes ask for is what a length bomb aims at. Byte strings and
extensions are identified, because a loader may hand them to pickle: msgpack-numpy does
so with object arrays. Sources: the MessagePack specification and
`flax/serialization.py` (extension 1 an array, 2 a complex number, 3 a scalar).
"""

from typing import Final, NamedTuple

from openvet.budget import Budget
from openvet.formats.cursor import Cursor, CutOffError
from openvet.formats.notes import Notes
from openvet.patterns import pattern
from openvet.source import Source

DEEPEST: Final = 512
"""Nesting at which msgpack-python's own decoder stops."""
BATCH: Final = 4096
LYING_RATIO: Final = 10_000
SHORT: Final = 16
WORD: Final = 24
"""Bytes of the longest string that is taken for a word."""
TEXT_CUT: Final = 4 << 20
ARRAY_EXTENSION: Final = 1
_SENTENCE: Final = pattern(rb"[ ({;|]|://|[A-Za-z0-9+/]{32}|[0-9a-f]{32}")

_SIZED: Final = {
    0xC4: ("B", "bin"), 0xC5: ("H", "bin"), 0xC6: ("I", "bin"),
    0xC7: ("B", "ext"), 0xC8: ("H", "ext"), 0xC9: ("I", "ext"),
    0xD9: ("B", "str"), 0xDA: ("H", "str"), 0xDB: ("I", "str"),
    0xDC: ("H", "array"), 0xDD: ("I", "array"),
    0xDE: ("H", "map"), 0xDF: ("I", "map"),
}  # fmt: skip
_FIXED: Final = {
    0xC0: 0, 0xC2: 0, 0xC3: 0, 0xCA: 4, 0xCB: 8, 0xCC: 1, 0xCD: 2, 0xCE: 4, 0xCF: 8,
    0xD0: 1, 0xD1: 2, 0xD2: 4, 0xD3: 8,
}  # fmt: skip
_FIXED_EXT: Final = {0xD4: 1, 0xD5: 2, 0xD6: 4, 0xD7: 8, 0xD8: 16}


_SHORT_FORMS: Final = (
    (0x80, "scalar", 0), (0x90, "map", 0xF), (0xA0, "array", 0xF), (0xC0, "str", 0x1F),
)  # fmt: skip
"""First bytes below a limit: what they begin, and the bits that hold the length."""
_NEGATIVE: Final = 0xE0
"""From here on, small negative integers."""


def _plain_size(byte: int) -> int:
    """Return what a value takes that nothing is said of; 0 if it needs a look."""
    if byte in _FIXED:
        return 1 + _FIXED[byte]
    if 0xA0 <= byte <= 0xA0 + WORD:  # noqa: PLR2004 - a short string
        return 1 + byte - 0xA0
    return int(byte < 0x80 or byte >= _NEGATIVE)  # noqa: PLR2004 - a small number


_PLAIN: Final = tuple(map(_plain_size, range(256)))
"""Bytes of numbers and words, by their first: nearly all values of a vocabulary."""


class Token(NamedTuple):
    """The head of one value."""

    kind: str
    """`str`, `bin`, `ext`, `array`, `map` or `scalar`."""
    length: int
    """Bytes, or values of an array, or pairs of a map."""


class MalformedError(ValueError):
    """A byte that begins no value."""


def token(cursor: Cursor) -> Token:
    """Read the head of the next value.

    Raises:
        CutOffError: The file ends.
        MalformedError: No value begins like this.
    """
    byte = cursor.take(1)[0]
    for limit, kind, mask in _SHORT_FORMS:
        if byte < limit:
            return Token(kind, byte & mask)
    if byte in _SIZED:
        code, kind = _SIZED[byte]
        return Token(kind, cursor.integer(code))
    if byte in _FIXED_EXT:
        return Token("ext", _FIXED_EXT[byte])
    if byte not in _FIXED and byte < _NEGATIVE:
        raise MalformedError(f"byte {byte:#x} begins no value")
    return Token("scalar", _FIXED.get(byte, 0))


class Walk:
    """One pass over the values of a file.

    Args:
        source: The file.
        budget: What may still be spent; a step is a value.
    """

    def __init__(self, source: Source, budget: Budget) -> None:
        self.notes = Notes()
        self.source = source
        self.cursor = Cursor(source, order=">")
        self.budget = budget
        self.values = 0
        self.parameters = 0

    def run(self) -> bool:
        """Walk the first value and look at what follows it; tell if it ended well."""
        try:
            self._value()
        except CutOffError:
            self.notes.cut_off("msgpack", "the file ends in a value", self.source)
            return False
        except MalformedError as error:
            if not self.notes.defects:
                self.notes.odd("msgpack-malformed", str(error), self.cursor.at)
            self.notes.gap("broken", str(error), self.cursor.at)
            return False
        if self.cursor.left:
            start = self.cursor.at
            kind = self.notes.rest(self.source, start, self.source.size, "bytes after")
            detail = f"{self.cursor.left} bytes follow the value"
            note = self.notes.attack if kind else self.notes.odd
            note("msgpack-trailing", detail, start)
        return True

    def _value(self) -> None:
        """Walk one value and all that is in it."""
        waiting = [1]
        while waiting:
            if waiting[-1] == 0:
                waiting.pop()
                continue
            waiting[-1] -= self._plain(waiting[-1])
            if waiting[-1] == 0:
                continue
            waiting[-1] -= 1
            self._count(1)
            at = self.cursor.at
            head = token(self.cursor)
            self._hold(head, at)
            if head.kind in ("array", "map"):
                waiting.append(head.length * (2 if head.kind == "map" else 1))
                if len(waiting) > DEEPEST:
                    self.notes.attack(
                        "msgpack-nesting", f"nests over {DEEPEST} deep", at,
                        live="recursive decoders",
                    )  # fmt: skip
                    raise MalformedError("nests too deep")
            elif head.kind == "scalar":
                self.cursor.skip(head.length)
            else:
                self._bytes(head, at)

    def _plain(self, most: int) -> int:
        """Pass over the numbers and words that come next; return how many."""
        data, start = self.cursor.ahead(BATCH)
        last = len(data) - WORD
        at, count = start, 0
        most = min(most, BATCH)
        while count < most and at < last:
            size = _PLAIN[data[at]]
            if not size:
                break
            at += size
            count += 1
        self.cursor.skip(at - start)
        self._count(count)
        return count

    def _count(self, values: int) -> None:
        """Spend values, in batches."""
        before = self.values // BATCH
        self.values += values
        if self.values // BATCH != before:
            self.budget.step(BATCH)

    def _hold(self, head: Token, at: int) -> None:
        """Hold a length against what remains."""
        least = head.length * (2 if head.kind == "map" else 1)
        if least <= self.cursor.left:
            return
        if least > LYING_RATIO * self.source.size:
            self.notes.attack(
                "msgpack-length",
                f"{head.kind} claims {head.length} and {self.cursor.left} bytes remain",
                at,
                live="decoders that allocate before they read",
            )
            raise MalformedError("a length that the file cannot hold")
        raise CutOffError

    def _bytes(self, head: Token, at: int) -> None:
        """Pass over a string, bytes or an extension, and identify it."""
        code = self.cursor.integer("b") if head.kind == "ext" else 0
        if head.length > self.cursor.left:
            raise CutOffError
        start, stop = self.cursor.at, self.cursor.at + head.length
        self.cursor.skip(head.length)
        if head.kind == "str":
            self._string(start, head.length, at)
            return
        if head.kind == "ext" and code == ARRAY_EXTENSION and self._array(start, stop):
            return
        carrier = f"extension {code}" if head.kind == "ext" else "bytes"
        if head.length >= SHORT:
            self.notes.look(self.source, start, stop, f"{carrier} at {at}")

    def _string(self, start: int, length: int, at: int) -> None:
        """Keep a string that is more than a word; vocabularies hold a million words."""
        if length <= WORD:
            return
        raw = self.source.read(start, min(length, TEXT_CUT + 1))
        if _SENTENCE.search(raw):
            self.notes.text(f"at {at}", raw.decode("utf-8", "backslashreplace"), at)

    def _array(self, start: int, stop: int) -> bool:
        """Compare the shape of a flax array with the bytes it holds.

        Returns:
            Whether it is an array and all that it holds was looked at.
        """
        cursor = Cursor(self.source, start, ">")
        try:
            if token(cursor) != Token("array", 3):
                return False
            shape = _shape(cursor)
            dtype = cursor.take(token(cursor).length).decode("ascii", "replace")
            data = token(cursor)
        except (CutOffError, MalformedError):
            return False
        width = _WIDTHS.get(dtype)
        if shape is None or width is None or data.kind != "bin":
            return False
        count = 1
        for side in shape:
            count *= side
        self.parameters += count
        if count * width != data.length or cursor.at + data.length != stop:
            self.notes.attack(
                "msgpack-array",
                f"an array of shape {shape[:8]} and type {dtype} holds "
                f"{data.length} bytes",
                start,
                live="decoders that trust the shape",
            )
            return False
        if data.length >= SHORT:
            self.notes.look(self.source, cursor.at, stop, f"array at {start}")
        return True


_WIDTHS: Final = {
    "bool": 1, "int8": 1, "uint8": 1, "int16": 2, "uint16": 2, "int32": 4, "uint32": 4,
    "int64": 8, "uint64": 8, "float16": 2, "bfloat16": 2, "float32": 4, "float64": 8,
    "complex64": 8, "complex128": 16, "float8_e4m3fn": 1, "float8_e5m2": 1,
}  # fmt: skip


def _shape(cursor: Cursor) -> list[int] | None:
    """Read a list of at most 32 sizes."""
    head = token(cursor)
    if head.kind != "array" or head.length > 32:  # noqa: PLR2004 - numpy's most, once
        return None
    shape = []
    for _ in range(head.length):
        at = cursor.at
        size = token(cursor)
        if size.kind != "scalar":
            return None
        raw = cursor.take(size.length)
        first = cursor.source.read(at, 1)[0]
        shape.append(int.from_bytes(raw, "big") if raw else first)
    return shape
