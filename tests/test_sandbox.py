"""The zone: readers in it answer, and can do nothing else."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from openvet.check import Context
from openvet.digests import Content
from openvet.sandbox import Zone, source_from_wire, source_to_wire
from openvet.source import BytesSource, FileSource, Source
from openvet.subject import Document, File, Origin, Subject
from specimens.toys import WORKER


@pytest.fixture
def zone() -> Iterator[Zone]:
    made = Zone(WORKER)
    yield made
    made.close()


def read(zone: Zone, source: Source) -> list[Subject]:
    subject = File(
        origin=Origin(place=("a",), digest="d"),
        source=source,
        content=Content(identity="1"),
    )
    return list(zone.read("specimens.toys:Zoned", subject, Context()))


def answer(zone: Zone, wish: str) -> str:
    _, document = read(zone, BytesSource(f"zone {wish}".encode()))
    assert isinstance(document, Document)
    return document.texts[0].value


def test_a_reader_in_the_zone_runs_in_another_process(zone: Zone) -> None:
    assert int(answer(zone, "process")) != os.getpid()


def test_files_and_facts_come_back_as_they_were_made(zone: Zone) -> None:
    inner, document = read(zone, BytesSource(b"zone well"))
    assert isinstance(inner, File)
    assert inner.source.read(0, 99) == b"words well"
    assert inner.place == ("a", "inner")
    assert isinstance(document, Document)
    assert document.format == "zoned"


@pytest.mark.parametrize(
    ("wish", "refusals"),
    [
        ("write", {"OSError", "PermissionError"}),
        ("connect", {"PermissionError"}),
        ("run", {"PermissionError"}),
        ("allocate", {"MemoryError"}),
    ],
)
def test_what_a_reader_has_no_reason_to_do_is_refused(
    zone: Zone, wish: str, refusals: set[str]
) -> None:
    assert answer(zone, wish) in refusals


def test_the_environment_with_its_secrets_stays_outside(zone: Zone) -> None:
    assert answer(zone, "environment") in {"[]", "['LC_CTYPE']"}


def test_the_zone_says_what_was_in_force(zone: Zone) -> None:
    assert zone.protections == ()
    read(zone, BytesSource(b"zone well"))
    assert "no network (own namespace)" in zone.protections or (
        "network refused by an audit hook only" in zone.protections
    )
    assert "no file can be written" in zone.protections


def test_one_worker_serves_many_files(zone: Zone) -> None:
    assert answer(zone, "process") == answer(zone, "process")


@pytest.mark.parametrize("windowed", [False, True])
def test_a_worker_holds_none_of_the_files_it_was_sent(
    zone: Zone, tmp_path: Path, *, windowed: bool
) -> None:
    for number in range(80):  # more than a worker may have open
        path = tmp_path / str(number)
        path.write_bytes(b"zone well.")
        source: Source = FileSource(bytes(path), 10)
        assert len(read(zone, source.window(0, 9) if windowed else source)) == 2


@pytest.mark.parametrize("start", [0, 3])
def test_a_source_crosses_by_its_path_or_by_its_bytes(
    tmp_path: Path, start: int
) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"0123456789")
    for source in (FileSource(bytes(path), 10), BytesSource(b"0123456789")):
        from openvet.wire import decode, encode

        wired = encode(source_to_wire(source.window(start)))
        assert (
            source_from_wire(decode(wired, dict)).read(0, 99) == (b"0123456789"[start:])
        )
