"""The zone: readers in it answer, and can do nothing else."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from openvet.budget import Budget, Limits
from openvet.check import Context
from openvet.digests import Content
from openvet.errors import OverBudgetError
from openvet.sandbox import (
    WorkerDiedError,
    Zone,
    adopted,
    source_from_wire,
    source_to_wire,
)
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


@pytest.mark.skipif(sys.platform != "linux", reason="asks the kernel of Linux")
def test_the_kernel_holds_the_worker_to_what_it_gave_up(zone: Zone) -> None:
    assert "NoNewPrivs:\t1\n" in answer(zone, "status")
    limits = answer(zone, "limits")
    for limit in ("Max processes", "Max file size", "Max core file size"):
        assert re.search(rf"{limit} +0 +0 ", limits), limit


def test_one_worker_serves_many_files(zone: Zone) -> None:
    assert answer(zone, "process") == answer(zone, "process")


def test_what_a_reader_had_still_to_say_is_not_taken_for_the_next_file(
    zone: Zone,
) -> None:
    origin = Origin(place=("a",), digest="d")
    first = File(origin=origin, source=BytesSource(b"zone first"))
    reading = zone.read("specimens.toys:Zoned", first, Context())
    next(iter(reading))
    del reading  # somebody else failed meanwhile
    inner, document = read(zone, BytesSource(b"zone second"))
    assert isinstance(inner, File)
    assert inner.source.read(0, 99) == b"words second"
    assert isinstance(document, Document)


def test_what_is_inflated_in_the_zone_is_spent_from_the_budget_of_all(
    zone: Zone,
) -> None:
    context = Context(budget=Budget(Limits(inflated_bytes=1500)))
    origin = Origin(place=("a",), digest="d")
    file = File(origin=origin, source=BytesSource(b"zone inflate"))
    assert len(list(zone.read("specimens.toys:Zoned", file, context))) == 2
    assert context.budget.inflated == 1000
    with pytest.raises(OverBudgetError, match="in all"):
        list(zone.read("specimens.toys:Zoned", file, context))


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


INNER = Origin(place=("a", "inner"), digest="x")


@pytest.mark.parametrize(
    "forged",
    [
        Document(origin=Origin(place=("b",), digest="x"), format="fine"),
        File(origin=INNER, source=FileSource(b"/etc/passwd", 9)),
        File(origin=INNER, source=FileSource(b"/etc/passwd", 9).window(1)),
        File(origin=INNER, source=BytesSource(b""), content=Content(identity="2")),
    ],
)
def test_a_worker_speaks_of_nothing_but_the_file_it_was_given(forged: Subject) -> None:
    parent = File(
        origin=Origin(place=("a",), digest="d"),
        source=FileSource(b"/model/a", 9),
        content=Content(identity="1"),
    )
    with pytest.raises(WorkerDiedError, match="not given"):
        adopted(forged, parent)


def test_a_worker_cannot_choose_the_key_of_a_result(zone: Zone) -> None:
    inner, document = read(zone, BytesSource(b"zone well"))
    keys = {inner.origin.digest, document.origin.digest}
    parent = Origin(place=("a",), digest="d")
    assert keys.isdisjoint({parent.at("inner").digest, parent.aspect("zoned").digest})
    again = read(zone, BytesSource(b"zone well"))
    assert keys == {subject.origin.digest for subject in again}


def speaking(*lines: str) -> Zone:
    """Return a zone whose worker says hello and then does as the lines say."""
    hello = b'{"type":"hello","zone":[]}'
    talk = (f"tell({hello!r})", *lines)
    program = "\n".join(
        (
            "import os, time",
            "def tell(data): os.write(1, len(data).to_bytes(4, 'big') + data)",
            *talk,
        )
    )
    return Zone((sys.executable, "-I", "-c", program))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("tell(b'no message')", "sent what is no message"),
        ('tell(b\'{"type":"found"}\')', "sent what is no message"),
        ("os.write(1, bytes([255] * 4))", "sent too large a message"),
        ("os.write(1, bytes([0, 0, 0, 9]) + b'short')", "ended"),
    ],
)
def test_a_worker_that_talks_nonsense_is_ended(line: str, said: str) -> None:
    zone = speaking("os.read(0, 9)", line)
    with pytest.raises(WorkerDiedError, match=said):
        read(zone, BytesSource(b"zone well"))
    assert zone._worker is None


def test_a_worker_that_takes_no_work_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("openvet.sandbox.GRACE", -59.5)
    zone = speaking("time.sleep(60)")
    with pytest.raises(WorkerDiedError, match="did not take its work in time"):
        read(zone, BytesSource(bytes(1 << 20)))


def runs(process: int) -> bool:
    """Tell whether a process runs; one that nobody waits for stays as a zombie."""
    try:
        status = Path(f"/proc/{process}/stat").read_text()
    except FileNotFoundError:
        return False
    return not status.rpartition(")")[2].lstrip().startswith("Z")


@pytest.mark.skipif(sys.platform != "linux", reason="asks the kernel of Linux")
def test_a_worker_ends_with_the_process_that_started_it() -> None:
    program = f"""
import sys
sys.path += {sys.path!r}
from openvet.check import Context
from openvet.sandbox import Zone
from openvet.source import BytesSource
from openvet.subject import File, Origin
from specimens.toys import WORKER
zone = Zone(WORKER)
hangs = BytesSource(b"zone hang")
file = File(origin=Origin(place=("a",), digest="d"), source=hangs)
for found in zone.read("specimens.toys:Zoned", file, Context()):
    print(zone._worker.pid, flush=True)
"""
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE
    ) as parent:
        assert parent.stdout is not None
        worker = int(parent.stdout.readline())
        assert runs(worker)
        parent.kill()
    until = time.monotonic() + 10
    while runs(worker) and time.monotonic() < until:
        time.sleep(0.01)
    assert not runs(worker)
