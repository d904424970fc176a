"""The compressed files of joblib before 0.10."""

from hypothesis import given
from hypothesis import strategies as st

from openvet.check import Context
from openvet.readers.joblib import JoblibZfileReader
from openvet.source import BytesSource
from openvet.subject import Document, File, Origin, Subject
from specimens import pickles as p
from specimens.archives import zfile


def subjects(data: bytes) -> list[Subject]:
    origin = Origin(place=("target", "a.gz"), digest="0")
    subject = File(origin=origin, source=BytesSource(data))
    reader = JoblibZfileReader()
    return list(reader.read(subject, Context())) if reader.claims(subject) else []


def test_the_pickle_in_it_is_a_member() -> None:
    member, document = subjects(zfile(p.hostile()))
    assert isinstance(member, File)
    assert member.source.read(0, 100) == p.hostile()
    assert document.complete


def test_the_data_of_an_array_is_a_document() -> None:
    (document,) = subjects(zfile(bytes(32)))
    assert isinstance(document, Document)
    assert document.complete


def test_a_wrong_length_is_odd() -> None:
    _, document = subjects(zfile(p.hostile(), 7))
    assert [defect.weight for defect in document.defects] == ["odd"]


@given(st.integers(0, 60), st.integers(0, 255))
def test_malformed_files_end_in_facts(at: int, byte: int) -> None:
    whole = zfile(p.hostile())
    at %= len(whole)
    subjects(whole[:at] + bytes([byte]) + whole[at + 1 :])
    assert not any(
        isinstance(one, Document) and one.complete
        for one in subjects(whole[: 22 + at % (len(whole) - 26)])
    )
