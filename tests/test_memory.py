"""What an earlier audit learned is used where it still holds, and nowhere else."""

import hashlib
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import pytest

from openvet.budget import Budget, Limits
from openvet.catalog import Plugin
from openvet.check import Context
from openvet.digests import Content, Digests
from openvet.engine import Engine
from openvet.finding import Bytes, Finding, Outcome, Status
from openvet.ledger import Memory, Start, Step, Store
from openvet.plan import Plan
from openvet.readers.folder import FolderReader
from openvet.run import Options
from openvet.run import audit as run_audit
from openvet.source import Source
from openvet.subject import Document, File, Payload, Subject
from openvet.target import local
from openvet.wire import replace
from specimens.archives import zipped
from specimens.toys import FOLDER, Bad, Words, line

START = Start(
    schema=1, tool="t", target="x", kind="folder", settings="s", started="2026-01-01"
)
READERS = (FOLDER, line(Words))


def audit(
    folder: Path,
    state: Path,
    *,
    bad_version: int = 1,
    settings: str = "s",
    readers: tuple[Plugin, ...] = READERS,
) -> tuple[list[Step], int]:
    """Audit with a store; return the steps and how many files were read."""
    store = Store(state, settings)
    read = 0

    class Counting(Digests):
        def of(self, source: Source, identity: str) -> Content:
            nonlocal read
            read += identity not in store.memory.contents
            return super().of(source, identity)

    context = Context(budget=Budget(), digests=Counting(known=store.memory.contents))
    plan = Plan(readers, (line(Bad, bad_version),))
    engine = Engine(plan, context, store.ledger, memory=store.memory)
    store.ledger.append(START)
    steps = list(engine.audit(local(folder)))
    store.finish()
    return steps, read


@pytest.fixture
def target(tmp_path: Path) -> Path:
    folder = tmp_path / "target"
    folder.mkdir()
    for name in ("a.txt", "bad.txt", "c.txt"):
        (folder / name).write_text(f"words {name}\ninner one")
    return folder


def facts_of(steps: list[Step]) -> list[tuple[object, ...]]:
    return [(s.place, s.kinds, s.passed, s.outcomes, s.gaps) for s in steps]


def test_an_unchanged_folder_is_replayed_without_reading_it(
    target: Path, tmp_path: Path
) -> None:
    first, read_first = audit(target, tmp_path / "state")
    second, read_second = audit(target, tmp_path / "state")
    assert (read_first, read_second) == (3, 0)
    assert facts_of(first) == facts_of(second)


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="counts by /proc")
def test_no_file_stays_open_whether_it_was_read_or_remembered(
    target: Path, tmp_path: Path
) -> None:
    before = open_files()
    audit(target, tmp_path / "state")
    assert open_files() == before
    for path in target.iterdir():
        os.utime(path, (1, 1))  # hashed again, and then known by its content
    _, read = audit(target, tmp_path / "state")
    assert read == 3
    assert open_files() == before


def test_only_a_changed_file_is_read_again(target: Path, tmp_path: Path) -> None:
    audit(target, tmp_path / "state")
    (target / "a.txt").write_text("words changed")
    steps, read = audit(target, tmp_path / "state")
    assert read == 1
    assert ("c.txt", "inner-1") in {step.place for step in steps}


def test_a_new_version_of_a_rule_runs_again(target: Path, tmp_path: Path) -> None:
    audit(target, tmp_path / "state")
    steps, _ = audit(target, tmp_path / "state", bad_version=2)
    keys = {key for step in steps for key in step.passed}
    assert keys == {"bad@2"}


def test_a_new_version_of_a_reader_reads_again(target: Path, tmp_path: Path) -> None:
    audit(target, tmp_path / "state")
    newer = (FOLDER, line(Words, 2))
    memory = Memory()
    memory.load(tmp_path / "state" / "last.jsonl", "s")
    known = memory.step(local(target).origin.digest)
    assert known is not None
    found = map(memory.step, known.children)
    files = [step for step in found if step is not None and step.kinds[0] == "File"]
    assert len(files) == 3
    checks = (line(Bad),)
    assert all(Plan(READERS, checks).still_holds(step) for step in files)
    assert not any(Plan(newer, checks).still_holds(step) for step in files)


class Sharper(Words):
    """A later version of a reader, which sees more in the same bytes."""

    version: ClassVar[int] = 2

    def read(self, subject: File, context: Context) -> Iterator[Subject]:
        for found in super().read(subject, context):
            yield replace(found, payloads=(Payload(kind="elf", carrier="words"),))


class Strict(Bad):
    """Flags what carries anything."""

    def run(self, subject: Document, context: Context) -> Iterator[Finding]:
        if subject.payloads:
            evidence = Bytes(offset=0)
            yield self.finding(subject, "it carries something", evidence, fix="stop")


def test_what_a_newer_reader_sees_is_judged_whatever_the_older_one_passed(
    target: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("openvet.catalog.check", lambda _: Strict())
    first, _ = audit(target, tmp_path / "state")
    assert not any(step.outcomes for step in first)
    made = {FOLDER.where: FolderReader(), line(Words).where: Sharper()}
    monkeypatch.setattr("openvet.catalog.reader", lambda where: made[where])
    sharp = (FOLDER, line(Words, 2))
    second, _ = audit(target, tmp_path / "state", readers=sharp)
    assert len([step for step in second if step.outcomes]) == 6


def test_a_folder_is_judged_anew_where_a_file_turns_out_to_be_something_else(
    target: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, _ = audit(target, tmp_path / "state")

    class Renamed(Words):
        def read(self, subject: File, context: Context) -> Iterator[Subject]:
            for found in super().read(subject, context):
                named = isinstance(found, Document)
                yield replace(found, format="pickle") if named else found

    made = {FOLDER.where: FolderReader(), line(Words).where: Renamed()}
    monkeypatch.setattr("openvet.catalog.reader", lambda where: made[where])
    sharp = (FOLDER, line(Words, 2))
    second, _ = audit(target, tmp_path / "state", readers=sharp)
    keys = [
        {step.digest for step in steps if step.kinds[0] == "Inventory"}
        for steps in (first, second)
    ]
    assert len(keys[0]) == 4
    assert keys[0].isdisjoint(keys[1])


def test_what_a_rule_failed_at_is_tried_again() -> None:
    error = Outcome(
        check="bad", version=1, subject="d", place=("a",), status=Status.ERROR
    )
    plan = Plan(READERS, (line(Bad),))
    kinds = ("Document", "Subject")
    step = Step(
        kinds=kinds,
        digest="d",
        place=("a",),
        plan=plan.of(kinds).digest,
        outcomes=(error,),
    )
    assert not plan.still_holds(step)
    skipped = replace(error, status=Status.SKIP)
    assert plan.still_holds(replace(step, outcomes=(skipped,)))


def test_a_finding_of_an_older_version_of_its_rule_is_not_recalled(
    target: Path, tmp_path: Path
) -> None:
    audit(target, tmp_path / "state")
    steps, _ = audit(target, tmp_path / "state", bad_version=2)
    (outcome,) = (o for step in steps for o in step.outcomes)
    assert (outcome.status, outcome.version) == (Status.FAIL, 2)


def test_other_settings_share_content_digests_but_no_outcomes(
    target: Path, tmp_path: Path
) -> None:
    audit(target, tmp_path / "state")
    store = Store(tmp_path / "state", "other settings")
    digests = {s.digest for s in audit(target, tmp_path / "elsewhere")[0]}
    assert len(store.memory.contents) == 3
    assert not any(store.memory.step(digest) for digest in digests)
    store.finish()


def test_what_was_undecided_for_want_of_budget_is_decided_once_there_is_more(
    tmp_path: Path,
) -> None:
    target = tmp_path / "target"
    target.mkdir()
    members = [(f"{number}.json", b"{}") for number in range(9)]
    (target / "model.zip").write_bytes(zipped(members))
    state = str(tmp_path / "state")
    small = Options(ledger=state, limits=Limits(depth=1))
    assert run_audit(target, small)[0].coverage.rules_undecided
    whole, _ = run_audit(target, Options(ledger=state))
    assert (whole.verdict, whole.coverage.rules_undecided) == ("passed", 0)


def relinked(lines: list[bytes]) -> bytes:
    """Return altered facts as a chain that is whole again."""
    previous, out = "0" * 64, b""
    for old in lines:
        link = f'"previous":"{previous}"'.encode()
        new = re.sub(rb'"previous":"[0-9a-f]*"', link, old)
        previous = hashlib.sha256(new).hexdigest()
        out += new + b"\n"
    return out


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"schema":1', b'"schema":99'),
        (b'"kinds":', b'"words_of_another_version":'),
        (b'"gaps":[]', b'"gaps":[{"reason":"of-another-version","detail":"x"}]'),
    ],
)
def test_a_ledger_of_another_version_is_read_again_and_stops_nothing(
    target: Path, tmp_path: Path, old: bytes, new: bytes
) -> None:
    steps, _ = audit(target, tmp_path / "state")
    last = tmp_path / "state" / "last.jsonl"
    lines = [line.replace(old, new) for line in last.read_bytes().splitlines()]
    assert any(new in line for line in lines)
    last.write_bytes(relinked(lines))
    again, _ = audit(target, tmp_path / "state")
    assert facts_of(again) == facts_of(steps)


def test_nothing_is_remembered_of_another_form_of_ledger(
    target: Path, tmp_path: Path
) -> None:
    audit(target, tmp_path / "state")
    last = tmp_path / "state" / "last.jsonl"
    text = last.read_bytes().replace(b'"schema":1', b'"schema":2')
    last.write_bytes(relinked(text.splitlines()))
    _, read = audit(target, tmp_path / "state")
    assert read == 3


def test_what_follows_a_break_in_an_earlier_ledger_is_not_remembered(
    target: Path, tmp_path: Path
) -> None:
    audit(target, tmp_path / "state")
    last = tmp_path / "state" / "last.jsonl"
    last.write_bytes(
        last.read_bytes().replace(b'"passed":["bad@1"]', b'"passed":["bad@2"]')
    )
    store = Store(tmp_path / "state", "s")
    assert store.memory.contents == {}
    store.finish()
