"""No file, however damaged, makes a reader or a rule fail, hang or swallow memory.

Whatever the rules' specimens hold is cut, flipped, repeated, spliced and nested; a
reader may then say less, or that it read less, but never raise anything except that a
limit was reached.
"""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openvet import catalog
from openvet.budget import Budget, Limits
from openvet.subject import File
from specimens.guard import needs_more_than
from specimens.seeds import Seeds, file_of, read_and_judge, seeds

FEW = 100
INPUTS = settings().max_examples
SECONDS = 2.0
LIMITS = Limits(
    inflated_bytes=64 << 20,
    inflated_bytes_per_file=32 << 20,
    memory_bytes=8 << 20,
    seconds_per_file=SECONDS,
)
READERS = [line for line in catalog.READERS if "File" in line.subjects]


@st.composite
def damaged(draw: st.DrawFn, known: tuple[tuple[str, bytes], ...]) -> File:
    """Return one of the known files, after one to four accidents."""
    name, data = draw(st.sampled_from(known))
    for _ in range(draw(st.integers(1, 4))):
        data = draw(st.sampled_from(ACCIDENTS))(draw, data)
    return file_of(name, data)


def place(draw: st.DrawFn, data: bytes) -> int:
    """Return an offset, often near the beginning, where headers are."""
    most = len(data)
    return draw(st.integers(0, min(most, 64)) | st.integers(0, most))


def cut(draw: st.DrawFn, data: bytes) -> bytes:
    return data[: place(draw, data)]


def drop_beginning(draw: st.DrawFn, data: bytes) -> bytes:
    return data[place(draw, data) :]


def overwrite(draw: st.DrawFn, data: bytes) -> bytes:
    at = place(draw, data)
    new = draw(st.binary(min_size=1, max_size=8) | st.sampled_from(EXTREMES))
    return data[:at] + new + data[at + len(new) :]


def insert(draw: st.DrawFn, data: bytes) -> bytes:
    at = place(draw, data)
    return data[:at] + draw(st.binary(min_size=1, max_size=16)) + data[at:]


def flip(draw: st.DrawFn, data: bytes) -> bytes:
    at = place(draw, data)
    bit = 1 << draw(st.integers(0, 7))
    return data[:at] + bytes(byte ^ bit for byte in data[at : at + 1]) + data[at + 1 :]


def repeat(draw: st.DrawFn, data: bytes) -> bytes:
    start, stop = sorted((place(draw, data), place(draw, data)))
    times = draw(st.integers(2, 300))
    return data[:start] + data[start:stop][:2000] * times + data[stop:]


def nest(draw: st.DrawFn, data: bytes) -> bytes:
    start, stop = sorted((place(draw, data), place(draw, data)))
    return data[:start] + data + data[stop:]


ACCIDENTS = (cut, drop_beginning, overwrite, insert, flip, repeat, nest)
EXTREMES = tuple(
    number.to_bytes(size, order)
    for size in (4, 8)
    for number in (0, (1 << (8 * size - 1)) - 1, (1 << (8 * size)) - 1, 1 << 28)
    for order in ("little", "big")
)


@pytest.fixture(scope="module")
def known() -> Seeds:
    """Return what to damage, by reader; many inputs are worth the wait for more."""
    return seeds(wide=INPUTS > FEW)


@pytest.mark.parametrize("line", READERS, ids=[line.id for line in READERS])
@settings(max_examples=INPUTS if INPUTS > FEW else INPUTS // 4)
@given(data=st.data())
def test_a_damaged_file_breaks_no_reader_and_no_rule(
    line: catalog.Plugin, known: Seeds, data: st.DataObject
) -> None:
    assert known[line.id], f"specimens.formats lacks a file that {line.id} reads"
    subject = data.draw(damaged(known[line.id]))
    assert not needs_more_than(
        SECONDS, lambda: read_and_judge(line, subject, Budget(LIMITS))
    )
