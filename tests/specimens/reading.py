"""What tests of readers share: reading bytes with one reader, and damaging them."""

from typing import Any

from hypothesis import strategies as st

from openvet.budget import Budget, Limits
from openvet.check import Context, Reader
from openvet.errors import OverBudgetError
from openvet.source import BytesSource
from openvet.subject import Archive, Defect, File, Gap, Origin, Subject


def file_of(data: bytes, name: str = "sample") -> File:
    origin = Origin(place=(name,), digest="0" * 64)
    return File(origin=origin, source=BytesSource(data))


def read(
    reader: Reader[Any],
    data: bytes,
    *,
    name: str = "sample",
    limits: Limits | None = None,
) -> list[Subject]:
    """Everything a reader yields, or nothing where it does not claim the bytes."""
    file = file_of(data, name)
    if not reader.claims(file):
        return []
    return list(reader.read(file, Context(budget=Budget(limits))))


def survives(reader: Reader[Any], data: bytes) -> list[Subject]:
    """Read damaged bytes: only a spent budget may raise."""
    try:
        found = read(reader, data)
    except OverBudgetError:
        return []
    for subject in found:
        if isinstance(subject, File):
            subject.source.read(0, subject.size + 1)
    return found


def contents(subjects: list[Subject]) -> dict[str, bytes]:
    """Members by name; of several under one name the last."""
    return {
        subject.place[-1]: subject.source.read(0, subject.size)
        for subject in subjects
        if isinstance(subject, File)
    }


def archive(subjects: list[Subject]) -> Archive:
    (found,) = (subject for subject in subjects if isinstance(subject, Archive))
    return found


def codes(subject: Subject) -> set[str]:
    return {defect.code for defect in subject.defects}


def attacks(subject: Subject) -> list[Defect]:
    return [defect for defect in subject.defects if defect.weight == "attack"]


def reasons(subject: Subject) -> set[str]:
    return {gap.reason for gap in subject.gaps}


def gaps(subjects: list[Subject]) -> list[Gap]:
    return [gap for subject in subjects for gap in subject.gaps]


@st.composite
def damaged(draw: st.DrawFn, *samples: bytes) -> bytes:
    """A sample with bytes changed, repeated, dropped, and its end cut off."""
    data = bytearray(draw(st.sampled_from(samples)))
    for _ in range(draw(st.integers(0, 4))):
        if not data:
            break
        at = draw(st.integers(0, len(data) - 1))
        match draw(st.sampled_from(["change", "repeat", "drop", "fill"])):
            case "change":
                data[at] = draw(st.integers(0, 255))
            case "repeat":
                data[at:at] = data[at : at + draw(st.integers(1, 64))]
            case "drop":
                del data[at : at + draw(st.integers(1, 64))]
            case "fill":
                data[at : at + 4] = b"\xff" * len(data[at : at + 4])
    return bytes(
        data[: draw(st.integers(0, len(data)))] if draw(st.booleans()) else data
    )
