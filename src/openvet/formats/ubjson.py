"""Universal Binary JSON, as XGBoost writes it: bounded, iterative, arrays left alone.

A typed array is kept as its range in the file, so that a forest of a gigabyte costs
only what is looked at. Source: ubjson.org, draft 12; XGBoost `src/common/json.cc`.
"""

import array
import struct
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from openvet.budget import Budget
from openvet.errors import OverBudgetError
from openvet.formats.cursor import Cursor, CutOffError
from openvet.source import Source

DEEPEST: Final = 64
LONGEST: Final = 1 << 20
"""Bytes of a string that is kept; XGBoost's are names and numbers."""
NUMBERS: Final = {
    b"i": "b", b"U": "B", b"I": "h", b"l": "i", b"L": "q", b"d": "f", b"D": "d",
}  # fmt: skip
INTEGERS: Final = frozenset(b"iUIlL")
WORDS: Final[dict[bytes, bool | None]] = {b"Z": None, b"T": True, b"F": False}


class UbjsonError(ValueError):
    """The bytes are not UBJSON.

    Args:
        message: What is wrong.
        offset: Where.
        lie: Whether a length claims what the file cannot hold.
    """

    def __init__(self, message: str, offset: int, *, lie: bool = False) -> None:
        super().__init__(message)
        self.offset = offset
        self.lie = lie


@dataclass(frozen=True)
class Numbers:
    """A typed array left in the file."""

    source: Source
    start: int
    count: int
    code: str

    def __len__(self) -> int:
        return self.count

    def values(self) -> Sequence[Any]:
        """Return the numbers, read from the file; `count` of them at most."""
        width = struct.calcsize(">" + self.code)
        found = array.array(self.code)
        found.frombytes(self.source.read(self.start, self.count * width))
        if sys.byteorder == "little":
            found.byteswap()
        return found


class Parser:
    """Reads one value from the start of a file.

    Args:
        source: The file.
        budget: What may still be spent; a step is a value.
    """

    def __init__(self, source: Source, budget: Budget) -> None:
        self.source = source
        self.cursor = Cursor(source, order=">")
        self.budget = budget
        self._open: list[tuple[dict[str, Any] | list[Any], int | None]] = []
        """Containers not yet ended, and how many values are due where it is known."""
        self._due: int | None = None

    def parse(self) -> Any:  # noqa: ANN401 - a JSON value
        """Return the value.

        Raises:
            UbjsonError: The bytes are malformed.
            CutOffError: The file ends inside the value.
            OverBudgetError: There are too many values, or an array is too large.
        """
        root: list[Any] = []
        self._open = [(root, 1)]
        count = 0
        while self._open:
            count += 1
            if count % 4096 == 0:
                self.budget.step(4096)
            self._next()
        return root[0]

    def _next(self) -> None:
        """Read one value, or the end of a container."""
        inside, due = self._open.pop()
        if due == 0:
            return
        at = self.cursor.at
        marker = self.cursor.take(1)
        if due is None and marker == (b"}" if isinstance(inside, dict) else b"]"):
            return
        if marker == b"N":
            self._open.append((inside, due))
            return
        self._open.append((inside, None if due is None else due - 1))
        key = ""
        if isinstance(inside, dict):
            key = self._text(self._length(marker, at), at)
            if key in inside:
                raise UbjsonError(f"key {key!r} stands twice", at, lie=True)
            marker = self.cursor.take(1)
        value, opened = self._value(marker, at)
        if isinstance(inside, dict):
            inside[key] = value
        else:
            inside.append(value)
        if opened:
            if len(self._open) > DEEPEST:
                raise UbjsonError(f"nests over {DEEPEST} deep", at, lie=True)
            self._open.append((value, self._due))

    def _value(self, marker: bytes, at: int) -> tuple[Any, bool]:
        """Return a value, and whether it stays open."""
        if marker in NUMBERS:
            return self.cursor.integer(NUMBERS[marker]), False
        if marker in WORDS:
            return WORDS[marker], False
        if marker == b"C":
            return chr(self.cursor.take(1)[0]), False
        if marker in (b"S", b"H"):
            return self._text(self._length(self.cursor.take(1), at), at), False
        if marker == b"{":
            self._due = None
            return {}, True
        if marker == b"[":
            return self._array(at)
        raise UbjsonError(f"marker {marker!r} begins no value", at)

    def _array(self, at: int) -> tuple[Any, bool]:
        """Read the head of an array; a typed one is passed over."""
        here = self.cursor.at
        kind = self.cursor.take(1)
        if kind not in (b"$", b"#"):
            self.cursor.at = here
            self._due = None
            return [], True
        code = ""
        if kind == b"$":
            name = self.cursor.take(1)
            if name not in NUMBERS or self.cursor.take(1) != b"#":
                raise UbjsonError("an array of a type that cannot be counted", at)
            code = NUMBERS[name]
        count = self._length(self.cursor.take(1), at)
        width = struct.calcsize(">" + code) if code else 1
        self._hold(count * width, at)
        if code:
            if count * width > self.budget.limits.memory_bytes // 2:
                raise OverBudgetError("memory_bytes", f"an array of {count} numbers")
            start = self.cursor.at
            self.cursor.skip(count * width)
            return Numbers(self.source, start, count, code), False
        self._due = count
        return [], True

    def _length(self, marker: bytes, at: int) -> int:
        if marker[0] not in INTEGERS:
            raise UbjsonError(f"marker {marker!r} is no length", at)
        length = self.cursor.integer(NUMBERS[marker])
        if length < 0:
            raise UbjsonError(f"a length of {length}", at, lie=True)
        return length

    def _text(self, length: int, at: int) -> str:
        self._hold(length, at)
        if length > LONGEST:
            raise UbjsonError(f"a string of {length} bytes", at)
        return self.cursor.take(length).decode("utf-8", "backslashreplace")

    def _hold(self, need: int, at: int) -> None:
        """Hold a length against what remains: cut off, or a lie."""
        if need <= self.cursor.left:
            return
        if need > 10_000 * self.source.size:
            raise UbjsonError(
                f"a length of {need} with {self.cursor.left} bytes left", at, lie=True
            )
        raise CutOffError
