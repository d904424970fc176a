"""Virtual datasets of HDF5: every part names its file."""

import struct
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openvet.budget import Budget
from openvet.formats.hdf5.heaps import GlobalHeaps
from openvet.formats.hdf5.image import BrokenError, Image, UnsupportedError
from openvet.formats.hdf5.messages import Layout
from openvet.formats.hdf5.virtual import virtual_sources
from openvet.source import BytesSource
from specimens.objects import Hdf5

EVERYTHING = struct.pack("<IIII", 3, 1, 0, 0)
SELECTIONS = {
    "everything": EVERYTHING,
    "nothing": struct.pack("<IIII", 0, 1, 0, 0),
    "block": struct.pack("<IIIIII", 2, 1, 0, 8, 1, 0),
    "pattern": struct.pack("<IIBI", 2, 2, 1, 36) + bytes(36),
    "short pattern": struct.pack("<IIBBI", 2, 3, 1, 4, 1) + bytes(16),
    "short blocks": struct.pack("<IIBBII", 2, 3, 0, 4, 1, 2) + bytes(16),
    "points": struct.pack("<IIBIQ", 1, 2, 8, 1, 2) + bytes(16),
}


class Heaps(GlobalHeaps):
    """Heaps that hold one value."""

    def __init__(self, held: bytes) -> None:
        super().__init__(Image(BytesSource(Hdf5().build()), Budget()))
        self.held = held

    def value(self, collection: int | None, index: int, limit: int) -> bytes:
        del collection, index
        return self.held[:limit]


def sources(held: bytes) -> list[str]:
    return list(virtual_sources(Heaps(held), Layout(kind="virtual")))


def described(*names: str, selection: bytes = EVERYTHING, version: int = 0) -> bytes:
    parts = [name.encode() + b"\0data\0" + selection + selection for name in names]
    return struct.pack("<BQ", version, len(names)) + b"".join(parts)


@pytest.mark.parametrize("selection", SELECTIONS.values(), ids=SELECTIONS)
def test_every_part_names_its_file_whatever_it_selects(selection: bytes) -> None:
    names = [".", "part.h5", "/etc/x.h5"]
    assert sources(described(*names, selection=selection)) == names


def test_a_single_part_of_a_later_version_is_told_and_more_are_not_read() -> None:
    assert sources(described("a.h5", version=1)) == ["a.h5"]
    with pytest.raises(UnsupportedError):
        sources(described("a.h5", "b.h5", version=1))


@pytest.mark.parametrize(
    "selection",
    [
        struct.pack("<II", 9, 1),
        struct.pack("<II", 2, 9),
        struct.pack("<IIBBI", 2, 3, 1, 8, 1 << 31),
        bytes(3),
    ],
)
def test_a_selection_of_no_known_kind_ends_the_reading(selection: bytes) -> None:
    with pytest.raises(BrokenError):
        sources(described("a", "b", selection=selection))


@given(st.binary(max_size=200))
def test_any_description_ends(held: bytes) -> None:
    with suppress(BrokenError):
        assert isinstance(sources(held), list)
