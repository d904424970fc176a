"""Every source is the same bytes, however they are reached."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openvet.errors import TargetError
from openvet.source import CHUNK, BytesSource, FileSource, MemberTree, Source

RANGES = st.integers(0, 60), st.integers(0, 60)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "file"
    made.write_bytes(bytes(range(50)))
    return made


@given(*RANGES, *RANGES)
def test_a_window_shows_its_part_and_nothing_beyond(
    start: int, stop: int, offset: int, length: int
) -> None:
    data = bytes(range(50))
    for source in (BytesSource(data), BytesSource(b"before" + data).window(6)):
        window = source.window(start, stop)
        part = data[start:stop] if start <= stop else b""
        assert window.size == len(part)
        assert window.read(offset, length) == part[offset : offset + length]
        assert (
            window.window(offset, offset + length).read(0, 99)
            == (part[offset : offset + length])
        )


@given(st.integers(-3, 3), st.integers(1, 9))
def test_a_needle_is_found_wherever_chunks_meet(shift: int, length: int) -> None:
    needle = bytes(range(1, length + 1))
    at = CHUNK + shift
    source = BytesSource(bytes(at) + needle + bytes(10))
    assert source.find(needle) == at
    assert source.find(needle, 0, at + length - 1) == -1
    assert source.find(needle, at + 1) == -1
    assert source.find(b"\xff") == -1


def test_a_file_reads_as_its_bytes_do(path: Path) -> None:
    source = FileSource(bytes(path), 50)
    assert source.read(10, 5) == bytes(range(10, 15))
    assert source.read(45, 50) == bytes(range(45, 50))
    assert source.read(60, 5) == b""
    assert b"".join(map(bytes, source.stream())) == bytes(range(50))
    source.close()
    assert source.read(0, 1) == b"\0"


def test_a_file_ends_where_it_was_listed_to_end(path: Path) -> None:
    source = FileSource(bytes(path), 20)
    assert source.read(10, 99) == bytes(range(10, 20))
    assert b"".join(map(bytes, source.stream())) == bytes(range(20))


def test_a_file_that_shrank_is_read_as_far_as_it_goes(path: Path) -> None:
    source = FileSource(bytes(path), 50)
    before = source.identity(), source.read(0, 1)
    path.write_bytes(b"abc")
    assert source.read(0, 50) == b"abc"
    assert b"".join(map(bytes, source.stream())) == b"abc"
    assert source.identity() != before[0]


def test_a_link_in_place_of_a_file_is_not_opened(path: Path) -> None:
    link = path.with_name("link")
    link.symlink_to(path)
    with pytest.raises(TargetError, match="cannot open"):
        FileSource(bytes(link), 50).read(0, 1)


def test_a_fifo_in_place_of_a_file_does_not_block(path: Path) -> None:
    fifo = path.with_name("fifo")
    os.mkfifo(fifo)
    with pytest.raises(TargetError, match="cannot read"):
        FileSource(bytes(fifo), 50).read(0, 1)


def test_a_member_that_is_not_there_is_an_error_that_names_it() -> None:
    member: Source = BytesSource(b"x")
    tree = MemberTree({"a": member})
    assert tree.open("a") is member
    with pytest.raises(TargetError, match="'b'"):
        tree.open("b")
