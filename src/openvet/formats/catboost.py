"""CatBoost's binary models: a magic, a flatbuffer, and parts that it lists.

Source: CatBoost `catboost/libs/model/model.cpp` and `flatbuffers/model.fbs`: after the
core come the parts named in its `ModelPartIds` (counters of categories, dictionaries
of texts); a model that lists none ends with the core.
"""

import struct
from typing import Final

from openvet.formats.notes import Notes
from openvet.source import Source

MAGIC: Final = b"CBM1"
HEADER: Final = 8
INFO_MAP, PART_IDS = 2, 3
MOST_PAIRS: Final = 10_000
LYING_RATIO: Final = 10_000
LOOK_BACK: Final = 1 << 20


class _OutsideError(ValueError):
    """A flatbuffer offset points outside the buffer."""


def read(source: Source) -> Notes:
    """Return what a model says and what is wrong with it."""
    notes = Notes()
    size = int.from_bytes(source.read(4, 4), "little")
    end = HEADER + size
    if end > source.size:
        detail = f"the core claims {size} bytes of a file of {source.size}"
        if size > LYING_RATIO * source.size:
            notes.attack("catboost-length", detail, 4, live="readers that allocate it")
        notes.cut_off("catboost", detail, source)
        return notes
    core = _Buffer(source, HEADER, end)
    parts: list[str] = []
    try:
        root = HEADER + core.number("I", HEADER)
        for key, value, at in core.pairs(core.field(root, INFO_MAP)):
            notes.text(f"info.{key}", value, at)
        parts = core.strings(core.field(root, PART_IDS))
    except _OutsideError as error:
        notes.attack(
            "catboost-offset", str(error), HEADER,
            live="readers that follow flatbuffer offsets without verifying them",
        )  # fmt: skip
        notes.gap("broken", "the core cannot be followed", HEADER)
    _after(source, end, parts, notes)
    return notes


def _after(source: Source, end: int, parts: list[str], notes: Notes) -> None:
    """Judge what follows the core: listed parts, or something nobody lists."""
    left = source.size - end
    if not left:
        return
    start = max(end, source.size - LOOK_BACK) if parts else end
    before = len(notes.payloads)
    kind = notes.rest(source, start, source.size, "bytes after the model")
    if kind:
        notes.attack("catboost-trailing", f"{left} bytes after the core, {kind}", end)
    elif parts:
        del notes.payloads[before:]  # the parts themselves
    else:
        notes.odd("catboost-trailing", f"{left} bytes after the core", end)


class _Buffer:
    """A flatbuffer read in place.

    Args:
        source: The file.
        start: Where the buffer begins.
        stop: Where it ends.
    """

    def __init__(self, source: Source, start: int, stop: int) -> None:
        self.source = source
        self.start = start
        self.stop = stop

    def number(self, code: str, at: int) -> int:
        """Return a little-endian number."""
        width = struct.calcsize("<" + code)
        if not self.start <= at <= self.stop - width:
            raise _OutsideError(f"an offset leads to {at}, outside the core")
        value: int = struct.unpack("<" + code, self.source.read(at, width))[0]
        return value

    def follow(self, at: int) -> int:
        """Return where an offset leads."""
        return at + self.number("I", at)

    def field(self, table: int, number: int) -> int:
        """Return where a field of a table stands, or 0 if it is absent."""
        layout = table - self.number("i", table)
        if 4 + 2 * number >= self.number("H", layout):
            return 0
        offset = self.number("H", layout + 4 + 2 * number)
        return table + offset if offset else 0

    def text(self, at: int) -> str:
        """Return the string that an offset leads to."""
        start = self.follow(at)
        length = self.number("I", start)
        if start + 4 + length > self.stop:
            raise _OutsideError(f"a string of {length} bytes leaves the core")
        raw = self.source.read(start + 4, min(length, (1 << 20) + 1))
        return raw.decode("utf-8", "backslashreplace").rstrip("\0")

    def _vector(self, at: int) -> range:
        """Return where the elements of a vector of offsets stand."""
        if not at:
            return range(0)
        start = self.follow(at)
        count = self.number("I", start)
        if start + 4 + 4 * count > self.stop:
            raise _OutsideError(f"a vector of {count} leaves the core")
        return range(start + 4, start + 4 + 4 * min(count, MOST_PAIRS), 4)

    def strings(self, at: int) -> list[str]:
        """Return a vector of strings."""
        return [self.text(place) for place in self._vector(at)]

    def pairs(self, at: int) -> list[tuple[str, str, int]]:
        """Return a vector of key and value tables."""
        found = []
        for place in self._vector(at):
            table = self.follow(place)
            key, value = self.field(table, 0), self.field(table, 1)
            if key and value:
                found.append((self.text(key), self.text(value), value))
        return found
