"""Large files are hashed over a map, and a map that breaks breaks nothing."""

import hashlib
import mmap
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from blake3 import blake3

from openvet import mapped
from openvet.digests import Digests
from openvet.source import FileSource

SIZE = (mapped.WINDOW * 3 >> 1) + 5


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """Return a file of one window and a half whose bytes are mostly a hole."""
    path = tmp_path / "model.bin"
    with path.open("wb") as file:
        file.write(b"first")
        file.truncate(SIZE - 4)
        file.seek(0, os.SEEK_END)
        file.write(b"last")
    return path


@pytest.fixture
def descriptor(large: Path) -> Iterator[int]:
    opened = os.open(large, os.O_RDWR)
    yield opened
    os.close(opened)


def slow(path: Path) -> str:
    return str(blake3(path.read_bytes()).hexdigest())


def test_the_digest_is_that_of_the_bytes_and_progress_adds_up(
    large: Path, descriptor: int
) -> None:
    told: list[int] = []
    assert mapped.digest_of("blake3", descriptor, SIZE, told.append) == slow(large)
    assert told == [mapped.WINDOW, SIZE - mapped.WINDOW]


def test_a_file_that_shrinks_under_the_map_kills_the_child_alone(
    descriptor: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = mmap.mmap

    def shrinking(opened: int, length: int, *, prot: int, offset: int) -> mmap.mmap:
        made = real(opened, length, prot=prot, offset=offset)
        os.truncate(opened, 0)
        return made

    monkeypatch.setattr(mmap, "mmap", shrinking)
    assert mapped.digest_of("blake3", descriptor, SIZE) is None


def test_a_file_shorter_than_it_was_has_no_mapped_digest(descriptor: int) -> None:
    assert mapped.digest_of("blake3", descriptor, SIZE + mapped.WINDOW) is None


def test_small_files_are_not_worth_a_process(
    descriptor: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(os, "fork")
    assert mapped.digest_of("blake3", descriptor, mapped.LEAST - 1) is None


def test_where_the_map_breaks_the_file_is_read_the_slow_way(
    large: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mmap, "mmap", None)
    source = FileSource(os.fsencode(large), SIZE)
    assert Digests().of(source, "identity").blake3 == slow(large)
    source.close()


def test_an_interruption_leaves_no_process_behind(descriptor: int) -> None:
    def interrupt(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        mapped.digest_of("blake3", descriptor, SIZE, interrupt)
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def test_a_large_file_is_not_read_the_slow_way(
    large: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(FileSource, "stream")
    source = FileSource(os.fsencode(large), SIZE)
    assert Digests().of(source, "identity").blake3 == slow(large)
    source.close()


def test_sha_256_is_computed_the_same_way_and_in_place_of_the_other(
    large: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(FileSource, "stream")
    source = FileSource(os.fsencode(large), SIZE)
    content = Digests("sha256").of(source, "identity")
    assert content.sha256 == hashlib.sha256(large.read_bytes()).hexdigest()
    assert content.digest == f"sha256:{content.sha256}"
    source.close()
