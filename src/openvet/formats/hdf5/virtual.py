"""Virtual datasets: the files that their parts are mapped from.

Written from the "HDF5 File Format Specification", appendix on virtual layouts and the
encoding of selections. Selections are only passed over.
"""

from collections.abc import Iterator
from typing import Final

from openvet.formats.hdf5.heaps import GlobalHeaps
from openvet.formats.hdf5.image import BrokenError, Cursor, UnsupportedError
from openvet.formats.hdf5.messages import Layout

LARGEST: Final = 16 << 20
"""Bytes of the description of one dataset."""
NOTHING, POINTS, HYPERSLAB, EVERYTHING = 0, 1, 2, 3
MAXIMUM_RANK: Final = 32


def virtual_sources(heaps: GlobalHeaps, where: Layout) -> Iterator[str]:
    """Yield the name of the file that each part comes from, `.` for this file itself.

    Raises:
        BrokenError: The description is out of reach.
        UnsupportedError: It is written in a way that is not read here.
    """
    cursor = heaps.image.cursor(heaps.value(where.address, where.heap_index, LARGEST))
    version = cursor.unsigned(1)
    parts = cursor.length()
    for number in range(parts):
        if version and number:
            raise UnsupportedError(f"a virtual dataset of version {version}")
        heaps.image.budget.step(1)
        yield cursor.name()
        if parts > 1 and not version:
            cursor.name()
            _selection(cursor)
            _selection(cursor)


def _selection(cursor: Cursor) -> None:
    """Pass over the description of a selected part."""
    kind, version = cursor.unsigned(4), cursor.unsigned(4)
    if kind not in {NOTHING, POINTS, HYPERSLAB, EVERYTHING}:
        raise BrokenError(f"selection type {kind}")
    if version == 1:
        cursor.skip(4)
        cursor.skip(cursor.unsigned(4))
    elif kind == HYPERSLAB and version == 2:  # noqa: PLR2004 - versions of the format
        cursor.skip(1)
        cursor.skip(cursor.unsigned(4))
    elif kind == HYPERSLAB and version == 3:  # noqa: PLR2004
        regular, width = cursor.unsigned(1) & 1, cursor.unsigned(1)
        rank = _rank(cursor)
        count = 2 if regular else cursor.unsigned(width)
        cursor.skip(count * 2 * rank * width)
    elif kind == POINTS and version == 2:  # noqa: PLR2004
        width = cursor.unsigned(1)
        rank = _rank(cursor)
        cursor.skip(cursor.unsigned(width) * rank * width)
    else:
        raise UnsupportedError(f"a selection of version {version}")


def _rank(cursor: Cursor) -> int:
    rank = cursor.unsigned(4)
    if rank > MAXIMUM_RANK:
        raise BrokenError(f"a selection of {rank} dimensions")
    return rank
