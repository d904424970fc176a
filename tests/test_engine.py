"""The loop fails closed: only what was read whole and found harmless passes."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from openvet.budget import Budget, Limits
from openvet.catalog import Plugin
from openvet.check import Context
from openvet.engine import Engine
from openvet.finding import Status
from openvet.ledger import Ledger, Memory, Start, Step
from openvet.plan import Plan
from openvet.readers.folder import FolderReader
from openvet.sandbox import Zone
from openvet.source import BytesSource, FileSource
from openvet.subject import Document, File, Subject
from openvet.target import local
from openvet.wire import replace
from specimens.toys import FOLDER, WORKER, Bad, Crashes, Nest, Words, Zoned, line

START = Start(
    schema=1, tool="t", target="x", kind="folder", settings="s", started="2026-01-01"
)
READERS = (FOLDER, line(Words), line(Nest), line(Zoned))


@pytest.fixture
def target(tmp_path: Path) -> Path:
    folder = tmp_path / "target"
    folder.mkdir()
    return folder


def audit(
    folder: Path,
    *checks: Plugin,
    memory: Memory | None = None,
    limits: Limits | None = None,
    readers: tuple[Plugin, ...] = READERS,
) -> list[Step]:
    path = folder.parent / "ledger.jsonl"
    path.unlink(missing_ok=True)
    ledger = Ledger(path)
    context = Context(budget=Budget(limits))
    zone = Zone(WORKER)
    engine = Engine(Plan(readers, checks), context, ledger, memory=memory, zone=zone)
    steps = list(engine.audit(local(folder)))
    zone.close()
    ledger.close()
    return steps


def step_of(steps: list[Step], kind: str, *place: str) -> Step:
    found = [s for s in steps if s.kinds[0] == kind and s.place == place]
    assert len(found) == 1, [s.place for s in steps]
    return found[0]


def test_a_whole_harmless_file_passes(target: Path) -> None:
    (target / "good.txt").write_text("words")
    steps = audit(target, line(Bad))
    assert step_of(steps, "Document", "good.txt").passed == ("bad@1",)


def test_a_finding_fails_whether_or_not_the_file_was_read_whole(target: Path) -> None:
    (target / "bad.txt").write_text("words cut")
    (outcome,) = step_of(audit(target, line(Bad)), "Document", "bad.txt").outcomes
    assert outcome.status is Status.FAIL
    assert outcome.findings[0].title == "it is bad"


def test_finding_nothing_in_a_half_read_file_is_skip_and_never_pass(
    target: Path,
) -> None:
    (target / "good.txt").write_text("words cut")
    step = step_of(audit(target, line(Bad)), "Document", "good.txt")
    assert step.passed == ()
    assert [outcome.status for outcome in step.outcomes] == [Status.SKIP]


@pytest.mark.parametrize(("content", "whole"), [("words", True), ("words cut", False)])
def test_a_check_with_nothing_to_look_at_passes_what_was_read_whole_alone(
    target: Path, content: str, *, whole: bool
) -> None:
    (target / "good.txt").write_text(content)
    idle = replace(line(Crashes), judges=("payloads",))
    step = step_of(audit(target, idle), "Document", "good.txt")
    assert step.passed == (("crashes@1",) if whole else ())
    assert [o.status for o in step.outcomes] == ([] if whole else [Status.SKIP])


def test_what_was_not_read_of_a_view_was_not_read_of_its_file_and_folder(
    target: Path,
) -> None:
    (target / "cut.txt").write_text("words cut")
    steps = audit(target)
    (gap,) = step_of(steps, "File", "cut.txt").gaps
    assert gap.detail == "cut"
    assert step_of(steps, "Identity", "cut.txt").gaps == (gap,)
    assert step_of(steps, "Inventory").gaps[0].detail == "1 of 1 files not whole"


def test_what_was_not_read_of_a_member_is_not_laid_at_its_container(
    target: Path,
) -> None:
    (target / "a").write_text("nest")
    steps = audit(target, limits=Limits(depth=2))
    assert step_of(steps, "File", "a", "again").gaps
    assert step_of(steps, "File", "a").gaps == ()
    assert step_of(steps, "Inventory", "a").gaps


def test_a_file_that_nobody_reads_has_a_gap(target: Path) -> None:
    (target / "strange").write_text("no words")
    step = step_of(audit(target, line(Bad)), "File", "strange")
    assert [gap.reason for gap in step.gaps] == ["unknown-format"]


def test_a_reader_that_crashes_is_an_error_and_the_audit_goes_on(target: Path) -> None:
    (target / "a.txt").write_text("words crash")
    (target / "b.txt").write_text("words")
    steps = audit(target, line(Bad))
    (outcome,) = step_of(steps, "File", "a.txt").outcomes
    assert (outcome.check, outcome.status) == ("words", Status.ERROR)
    assert outcome.reason == "RuntimeError: this reader has a bug"
    (gap,) = step_of(steps, "File", "a.txt").gaps
    assert (gap.reason, gap.detail) == ("broken", "reader words failed")
    assert step_of(steps, "Document", "b.txt").passed == ("bad@1",)


def test_what_a_reader_found_before_it_crashed_is_still_judged(target: Path) -> None:
    (target / "bad.txt").write_text("words crash")
    (outcome,) = step_of(audit(target, line(Bad)), "Document", "bad.txt").outcomes
    assert outcome.status is Status.FAIL


def test_a_check_that_crashes_is_an_error_of_that_check_alone(target: Path) -> None:
    (target / "a.txt").write_text("words")
    step = step_of(audit(target, line(Bad), line(Crashes)), "Document", "a.txt")
    assert step.passed == ("bad@1",)
    assert [(o.check, o.status) for o in step.outcomes] == [("crashes", Status.ERROR)]


def test_a_reader_over_its_budget_leaves_a_gap_that_names_the_limit(
    target: Path,
) -> None:
    (target / "a.txt").write_text("words endless")
    step = step_of(audit(target), "File", "a.txt")
    assert [gap.reason for gap in step.gaps] == ["over-budget"]
    assert "'steps'" in step.gaps[0].lift


def test_bytes_that_can_no_longer_be_read_are_a_gap_and_no_fault_of_a_reader(
    target: Path,
) -> None:
    (target / "a.txt").write_text("words gone")
    step = step_of(audit(target, line(Bad)), "File", "a.txt")
    assert step.outcomes == ()
    (gap,) = step.gaps
    assert (gap.reason, gap.detail) == ("unreadable", "the disk is gone")
    assert gap.lift == "look for it"


def test_files_inside_files_are_read_and_named_from_the_outside_in(
    target: Path,
) -> None:
    (target / "a.txt").write_text("words\ninner one\ninner two")
    steps = audit(target, line(Bad))
    assert step_of(steps, "Document", "a.txt", "inner-1").passed == ("bad@1",)
    assert step_of(steps, "File", "a.txt", "inner-2").content is None


def test_nesting_ends_at_the_depth_limit_with_a_gap(target: Path) -> None:
    (target / "a").write_text("nest")
    steps = audit(target, limits=Limits(depth=5))
    deepest = max(steps, key=lambda step: len(step.place))
    assert len(deepest.place) == 6
    assert deepest.gaps[0].reason == "over-budget"


def test_a_worker_that_dies_is_an_error_and_the_audit_goes_on(target: Path) -> None:
    (target / "a").write_text("zone die")
    (target / "b.txt").write_text("words")
    steps = audit(target, line(Bad))
    step = step_of(steps, "File", "a")
    assert [gap.reason for gap in step.gaps] == ["worker-died"]
    assert [(o.check, o.status) for o in step.outcomes] == [("zoned", Status.ERROR)]
    assert "exit -9" in step.gaps[0].detail
    assert step_of(steps, "Document", "b.txt").passed == ("bad@1",)


def test_what_the_worker_found_before_it_died_is_kept(target: Path) -> None:
    (target / "a").write_text("zone die")
    steps = audit(target, line(Bad))
    assert step_of(steps, "Document", "a", "inner").passed == ("bad@1",)


def test_a_worker_that_hangs_is_ended_and_the_next_file_gets_a_new_one(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("openvet.sandbox.GRACE", 0.1)
    (target / "a").write_text("zone hang")
    (target / "b").write_text("zone well")
    steps = audit(target, limits=Limits(seconds_per_file=2))
    assert [gap.reason for gap in step_of(steps, "File", "a").gaps] == ["worker-died"]
    assert step_of(steps, "File", "b").gaps == ()


def test_a_limit_reached_in_the_zone_is_a_gap_like_any_other(target: Path) -> None:
    (target / "a").write_text("zone endless")
    step = step_of(audit(target), "File", "a")
    assert [gap.reason for gap in step.gaps] == ["over-budget"]


class Grows(Words):
    """Reads files, and meanwhile somebody writes to them."""

    def read(self, subject: File, context: Context) -> Iterator[Subject]:
        yield from super().read(subject, context)
        assert isinstance(subject.source, FileSource)
        with Path(os.fsdecode(subject.source.path)).open("ab") as file:
            file.write(b"more")


def test_a_file_that_changes_while_it_is_read_is_not_whole(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (target / "a.txt").write_text("words")
    made = {FOLDER.where: FolderReader(), line(Words).where: Grows()}
    monkeypatch.setattr("openvet.catalog.reader", lambda where: made[where])
    steps = audit(target, line(Bad), readers=(FOLDER, line(Words)))
    step = step_of(steps, "File", "a.txt")
    assert [gap.reason for gap in step.gaps] == ["changed"]


class Twins(Words):
    """Gives two parts of a file, one bad and one good, the same key."""

    def read(self, subject: File, context: Context) -> Iterator[Subject]:
        if subject.member:
            yield from super().read(subject, context)
            return
        inner = subject.origin.at("bad.txt")
        yield File(origin=inner, source=BytesSource(b"words"))
        yield File(
            origin=inner.__class__(place=("a", "good"), digest=inner.digest),
            source=BytesSource(b"words"),
        )


class Echo(Words):
    """Gives a view of a file the key of the file itself."""

    def read(self, subject: File, context: Context) -> Iterator[Subject]:
        yield Document(origin=subject.origin, format="echo")


@pytest.mark.parametrize("kind", [Twins, Echo])
def test_a_reader_that_uses_a_key_twice_does_not_mix_up_the_next_audit(
    target: Path, monkeypatch: pytest.MonkeyPatch, kind: type[Words]
) -> None:
    (target / "a").write_text("words")
    made = {FOLDER.where: FolderReader(), line(Words).where: kind()}
    monkeypatch.setattr("openvet.catalog.reader", lambda where: made[where])
    readers = (FOLDER, line(Words))
    first = audit(target, line(Bad), readers=readers)
    memory = Memory()
    path = target.parent / "earlier.jsonl"
    earlier = Ledger(path)
    earlier.append(START)
    for step in first:
        earlier.append(step)
    earlier.close()
    memory.load(path, START.settings)
    second = audit(target, line(Bad), readers=readers, memory=memory)
    assert [step.outcomes for step in second] == [step.outcomes for step in first]
    assert [step.place for step in second] == [step.place for step in first]


def test_no_worker_is_left_behind_when_an_audit_is_interrupted(target: Path) -> None:
    (target / "a").write_text("zone hang")
    zone = Zone(WORKER)
    context = Context(budget=Budget(Limits(seconds_per_file=60)))
    ledger = Ledger(target.parent / "ledger.jsonl")
    engine = Engine(Plan(READERS, ()), context, ledger, zone=zone)
    next(engine.audit(local(target)))
    worker = zone._worker
    assert worker is not None
    zone.close()
    ledger.close()
    assert worker.returncode == -9
