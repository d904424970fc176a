"""Parameters of PaddlePaddle are read to their last byte, or what is left is said."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openvet.artifacts import TensorIndex
from openvet.readers.paddle import PaddleReader
from openvet.subject import File
from specimens.graphs import paddle_tensor
from specimens.reading import read

ELF = b"\x7fELF\2\1\1" + bytes(57)


def tensor(values: bytes, *sides: int, kind: int = 20) -> bytes:
    return paddle_tensor(values, *sides, kind=kind)


def index(data: bytes) -> TensorIndex:
    found = read(PaddleReader(), data, name="inference.pdiparams")[0]
    assert isinstance(found, TensorIndex)
    return found


def test_tensors_one_after_another_are_all_listed() -> None:
    data = tensor(bytes(24), 2, 3, kind=5) + tensor(b"abcd", 4)
    found = index(data)
    assert [(t.dtype, t.shape) for t in found.tensors] == [
        ("F32", (2, 3)),
        ("U8", (4,)),
    ]
    assert found.parameters == 10
    assert found.complete


@pytest.mark.parametrize("rest", [b"x", ELF, tensor(bytes(24), 2, 3, kind=5)[:-1]])
def test_what_follows_the_tensors_is_never_called_examined(rest: bytes) -> None:
    assert index(tensor(b"abcd", 4) + rest).gaps


def test_a_program_in_the_place_of_values_is_found() -> None:
    found = index(tensor(ELF, len(ELF)))
    assert [payload.kind for payload in found.payloads] == ["elf"]


def test_files_that_begin_with_zeros_are_left_to_others() -> None:
    for data in (bytes(64), tensor(b"abcd", 120), tensor(b"abcd", 4, kind=9)):
        subject = read(PaddleReader(), data)
        assert subject == []


@given(st.integers(0, 40), st.binary(max_size=8))
def test_a_damaged_file_is_refused_or_holds_a_gap(at: int, put: bytes) -> None:
    whole = tensor(b"abcd", 4) + tensor(b"efgh", 4)
    data = whole[:at] + put + whole[at + len(put) + 1 :]
    for found in read(PaddleReader(), data):
        if isinstance(found, TensorIndex) and len(data) != len(whole):
            explained = found.tensors[-1].stop if found.tensors else 0
            assert found.gaps or explained == len(data)
        assert isinstance(found, TensorIndex | File)
