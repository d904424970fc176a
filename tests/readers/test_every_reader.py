"""No file, however damaged, makes a reader or a rule fail, hang or swallow memory.

Whatever the rules' specimens hold is cut, flipped, repeated, spliced and nested; a
reader may then say less, or that it read less, but never raise anything except that a
limit was reached.
"""

from typing import NamedTuple

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from openvet import catalog
from openvet.budget import Budget, Limits
from openvet.subject import File
from specimens.guard import needs_more_than
from specimens.seeds import LARGEST, Seeds, file_of, read_and_judge, seeds

FEW = 100
INPUTS = settings().max_examples
SECONDS = 2.0
"""Of processor time; what takes longer hangs."""
GIVEN = 1.5
"""Seconds after which a reader is to end by itself."""
LIMITS = Limits(
    inflated_bytes=64 << 20,
    inflated_bytes_per_file=32 << 20,
    memory_bytes=8 << 20,
    seconds_per_file=GIVEN,
)
READERS = [line for line in catalog.READERS if "File" in line.subjects]


class Accident(NamedTuple):
    """What befalls a file; drawn without looking at it, for draws must not depend."""

    kind: str
    near: bool
    """Whether the places are near the beginning, where headers are."""
    start: int
    stop: int
    new: bytes
    times: int

    def to(self, data: bytes) -> bytes:
        """Return the bytes after the accident."""
        most = min(len(data), 64) if self.near else len(data)
        start, stop = sorted((self.start % (most + 1), self.stop % (most + 1)))
        before, middle, rest = data[:start], self.new, start
        match self.kind:
            case "cut":
                middle, rest = b"", len(data)
            case "drop beginning":
                before, middle = b"", b""
            case "overwrite":
                rest = start + len(middle)
            case "flip":
                bit = 1 << self.times % 8
                middle, rest = bytes(byte ^ bit for byte in data[start:][:1]), start + 1
            case "repeat":
                middle, rest = data[start:stop][:2000] * self.times, stop
            case "nest":
                middle, rest = data, stop
        return before + middle + data[rest:]


KINDS = ("cut", "drop beginning", "overwrite", "insert", "flip", "repeat", "nest")
EXTREMES = tuple(
    number.to_bytes(size, order)
    for size in (4, 8)
    for number in (0, (1 << (8 * size - 1)) - 1, (1 << (8 * size)) - 1, 1 << 28)
    for order in ("little", "big")
)
PLACES = st.integers(0, LARGEST)
ACCIDENTS = st.lists(
    st.builds(
        Accident,
        kind=st.sampled_from(KINDS),
        near=st.booleans(),
        start=PLACES,
        stop=PLACES,
        new=st.binary(min_size=1, max_size=16) | st.sampled_from(EXTREMES),
        times=st.integers(2, 300),
    ),
    min_size=1,
    max_size=4,
)


def damaged(file: tuple[str, bytes], accidents: list[Accident]) -> File:
    """Return a file after some accidents."""
    name, data = file
    for accident in accidents:
        data = accident.to(data)
    return file_of(name, data)


@pytest.fixture(scope="module")
def known() -> Seeds:
    """Return what to damage, by reader; many inputs are worth the wait for more."""
    return seeds(wide=INPUTS > FEW)


@pytest.mark.parametrize("line", READERS, ids=[line.id for line in READERS])
@settings(
    max_examples=INPUTS if INPUTS > FEW else INPUTS // 4,
    # What is slow is not slow each time, and cannot be made smaller by trying.
    phases=[Phase.explicit, Phase.generate],
)
@given(data=st.data())
def test_a_damaged_file_breaks_no_reader_and_no_rule(
    line: catalog.Plugin, known: Seeds, data: st.DataObject
) -> None:
    assert known[line.id], f"specimens.formats lacks a file that {line.id} reads"
    subject = damaged(data.draw(st.sampled_from(known[line.id])), data.draw(ACCIDENTS))
    assert not needs_more_than(
        SECONDS, lambda: read_and_judge(line, subject, Budget(LIMITS))
    )
