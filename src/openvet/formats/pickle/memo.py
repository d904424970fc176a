"""What a pickle remembers, without holding every word of a vocabulary in memory.

A pickler numbers every text, tuple and list it writes, whether or not it refers to it
again. The first hundred thousand are held as they are. Beyond, a text is held by where
it stands in the file and read again when it is referred to; a container of literals is
only remembered to be one. Eight bytes each, so millions of words fit.
"""

from array import array
from itertools import islice
from typing import Final

from openvet.formats.pickle.program import Unknown
from openvet.formats.pickle.values import PLAIN, Bag, Cell
from openvet.source import Source

HELD: Final = 100_000
"""Values that are held as they are before any is put away."""
SPARSE: Final = 2
"""Numbers may be this many times as high as there are values."""
LENGTH: Final = 13
"""Bits that hold the length of a text: more than are kept in memory."""
FOLDED: Final = Unknown(why="a container of literals")
_FOLDED: Final = 1
"""Stands for FOLDED among places; no text stands at the first byte of a file."""


class Memo(dict[int, Cell]):
    """Values by number; those put away are asked for with `recall`.

    Args:
        source: The file, in which a text is read again.
    """

    __slots__ = ("_places", "_source", "_whole", "away")

    def __init__(self, source: Source) -> None:
        super().__init__()
        self._source = source
        self._places = array("Q")
        """For each number the offset and length of a text, FOLDED, or nothing."""
        self._whole = 0
        """How many of the values held were looked at and stay."""
        self.away = 0
        """How many values were put away; MEMOIZE counts them too."""

    def put_away(self, data: bytes, base: int) -> None:
        """Put away what was remembered since the last time.

        Args:
            data: The part of the file in which it stands.
            base: The offset of that part.
        """
        if len(self) < HELD:
            self._whole = len(self)
            return
        at = 0
        moved: list[tuple[int, int]] = []
        for index, value in islice(self.items(), self._whole, None):
            if isinstance(value, str):
                text = value.encode("utf-8", "replace")
                found = data.find(text, at)
                fits = len(text) < 1 << LENGTH and text.decode() == value
                if found >= 0 and fits:
                    at = found + len(text)
                    moved.append((index, base + found << LENGTH | len(text)))
            elif _is_literal(value):
                moved.append((index, _FOLDED))
        most = SPARSE * (len(self) + self.away)
        for index, place in moved:
            if index < most:
                self._keep(index, place)
        self._whole = len(self)

    def _keep(self, index: int, place: int) -> None:
        places = self._places
        if index >= len(places):
            places.frombytes(bytes(places.itemsize * (2 * index + 1 - len(places))))
        places[index] = place
        del self[index]
        self.away += 1

    def forget(self, index: int) -> None:
        """Make room for another value under a number."""
        if index < len(self._places) and self._places[index]:
            self._places[index] = 0
            self.away -= 1

    def recall(self, index: int) -> Cell:
        """Return a value that was put away.

        Raises:
            KeyError: There is none of that number.
        """
        place = self._places[index] if index < len(self._places) else 0
        if not place:
            raise KeyError(index)
        if place == _FOLDED:
            return FOLDED
        length = place & (1 << LENGTH) - 1
        return self._source.read(place >> LENGTH, length).decode("utf-8", "replace")


def _is_literal(value: Cell) -> bool:
    """Say whether a value is a container in which nothing but literals stands."""
    if isinstance(value, Bag):
        return all(type(part) in PLAIN for part in value.values)
    return isinstance(value, tuple) and all(type(part) in PLAIN for part in value)
