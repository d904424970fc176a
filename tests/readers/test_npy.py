"""Arrays are read to their last byte, and pickles in them as pickles."""

from hypothesis import given
from hypothesis import strategies as st

from openvet.artifacts import TensorIndex
from openvet.check import Context
from openvet.formats.pickle.program import PickleProgram
from openvet.readers.npy import NpyReader
from openvet.source import BytesSource
from openvet.subject import File, Origin, Subject
from specimens import pickles as p


def subjects(data: bytes) -> list[Subject]:
    origin = Origin(place=("target", "a.npy"), digest="0")
    subject = File(origin=origin, source=BytesSource(data))
    reader = NpyReader()
    return list(reader.read(subject, Context())) if reader.claims(subject) else []


def index(data: bytes) -> TensorIndex:
    (found,) = [one for one in subjects(data) if isinstance(one, TensorIndex)]
    return found


def test_an_array_of_numbers_is_complete() -> None:
    found = index(p.npy("'<f8'", (2, 3), bytes(48)))
    assert (found.complete, found.payloads, found.defects) == (True, (), ())
    assert (found.tensors[0].shape, found.tensors[0].dtype) == ((2, 3), "<f8")


def test_records_have_the_size_of_their_fields() -> None:
    descr = "[('a', '<f8'), ('b', '<i4', (2, 2)), ('c', [('d', 'S3')])]"
    assert index(p.npy(descr, (2,), bytes(2 * 27))).complete
    assert not index(p.npy(descr, (2,), bytes(2 * 27 - 1))).complete


def test_an_array_of_objects_is_a_pickle() -> None:
    program, found = subjects(p.npy("'|O'", (1,), p.hostile()))
    assert isinstance(program, PickleProgram)
    assert (program.consumer, program.imports[0].path) == ("numpy", "os.system")
    assert found.complete


def test_an_object_in_a_field_makes_the_array_a_pickle() -> None:
    program, _ = subjects(p.npy("[('a', [('b', '|O')])]", (1,), p.hostile()))
    assert isinstance(program, PickleProgram)


def test_a_shape_that_overflows_is_a_defect() -> None:
    found = index(p.npy("'<f8'", (2**31, 2**31, 8), bytes(48)))
    assert "npy-size-overflow" in [defect.code for defect in found.defects]
    assert not found.complete


def test_a_cut_array_is_odd_and_not_complete() -> None:
    found = index(p.npy("'<f8'", (6,), bytes(40)))
    assert [defect.weight for defect in found.defects] == ["odd"]
    assert not found.complete


def test_what_follows_the_data_is_reported() -> None:
    (payload,) = index(p.npy("'<f8'", (1,), bytes(8) + p.hostile())).payloads
    assert payload.kind == "pickle"


def test_a_program_in_the_data_is_reported() -> None:
    data = p.hostile().ljust(64, b"\0")
    (payload,) = index(p.npy("'|u1'", (64,), data)).payloads
    assert (payload.kind, payload.carrier) == ("pickle", "the array's data")


def test_a_header_that_is_code_is_not_evaluated() -> None:
    found = index(p.npy("__import__('os').system('true')", (1,), bytes(8)))
    assert [defect.code for defect in found.defects] == ["npy-broken-header"]
    assert not found.complete


@given(st.integers(0, 200), st.integers(0, 255), st.integers(0, 40))
def test_malformed_arrays_end_in_facts(at: int, byte: int, count: int) -> None:
    for whole in (p.npy("'<f8'", (4,), bytes(32)), p.npy("'|O'", (1,), p.hostile())):
        at %= len(whole)
        for data in (
            whole[:at],
            whole[:at] + bytes([byte]) + whole[at + 1 :],
            whole[:at] + whole[at : at + 1] * count + whole[at:],
        ):
            subjects(data)


@given(st.text("([{'", max_size=3000))
def test_headers_nested_without_end_are_broken(text: str) -> None:
    assert not index(p.npy(text, (1,), b"")).complete


def test_an_array_that_announces_terabytes_is_an_attack_and_a_cut_one_is_not() -> None:
    for shape, expected in (((1 << 38,), "npy-length-bomb"), ((10,), "npy-truncated")):
        found = index(p.npy("'<f8'", shape, bytes(16)))
        assert [defect.code for defect in found.defects] == [expected]
