"""The ledger loses nothing, and what is altered shows."""

import hashlib
import json
import os
import re
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openvet.budget import Budget, Limits
from openvet.check import Context
from openvet.digests import Content, Digests
from openvet.engine import Engine
from openvet.errors import LedgerError
from openvet.finding import Outcome, Status
from openvet.ledger import End, Ledger, Memory, Start, Step, Store, facts_and_head
from openvet.plan import Plan
from openvet.run import Options
from openvet.run import audit as run_audit
from openvet.source import Source
from openvet.target import local
from openvet.wire import replace
from specimens.archives import zipped
from specimens.toys import FOLDER, Bad, Words, line

START = Start(
    schema=1, tool="t", target="x", kind="folder", settings="s", started="2026-01-01"
)
READERS = (FOLDER, line(Words))


def written(path: Path, names: str = "abc") -> Path:
    """Write a small ledger."""
    ledger = Ledger(path)
    ledger.append(START)
    for name in names:
        ledger.append(
            Step(kinds=("File", "Subject"), digest=name, place=(name,), plan="p")
        )
    ledger.append(End(ended="2026-01-01", steps=len(names)))
    ledger.close()
    return path


def test_a_ledger_reads_back_as_it_was_written(tmp_path: Path) -> None:
    facts, head = facts_and_head(written(tmp_path / "l"))
    assert [type(fact) for fact in facts] == [Start, Step, Step, Step, End]
    assert len(head) == 64


def test_equal_facts_have_equal_bytes(tmp_path: Path) -> None:
    one, two = written(tmp_path / "one"), written(tmp_path / "two")
    assert one.read_bytes() == two.read_bytes()


@pytest.mark.parametrize("number", range(5))
def test_a_dropped_line_breaks_the_chain(tmp_path: Path, number: int) -> None:
    path = written(tmp_path / "l")
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:number] + lines[number + 1 :]))
    if number == 4:
        assert not isinstance(facts_and_head(path)[0][-1], End)
    else:
        with pytest.raises(LedgerError, match="does not follow"):
            facts_and_head(path)


def test_a_moved_line_breaks_the_chain(tmp_path: Path) -> None:
    path = written(tmp_path / "l")
    lines = path.read_bytes().splitlines(keepends=True)
    lines[1], lines[2] = lines[2], lines[1]
    path.write_bytes(b"".join(lines))
    with pytest.raises(LedgerError, match="does not follow"):
        facts_and_head(path)


@given(st.data())
def test_a_changed_byte_never_goes_unseen(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    path = written(tmp_path_factory.mktemp("ledger") / "l")
    _, head = facts_and_head(path)
    content = bytearray(path.read_bytes())
    at = data.draw(st.integers(0, len(content) - 2))
    content[at] ^= data.draw(st.integers(1, 255))
    path.write_bytes(content)
    try:
        _, changed = facts_and_head(path)
    except LedgerError:
        return
    assert changed != head


def test_the_torn_last_line_of_a_killed_audit_is_dropped(tmp_path: Path) -> None:
    path = written(tmp_path / "l")
    path.write_bytes(path.read_bytes()[:-10])
    assert len(facts_and_head(path)[0]) == 4


def audit(
    folder: Path, state: Path, *, bad_version: int = 1, settings: str = "s"
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
    plan = Plan(READERS, (line(Bad, bad_version),))
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


def test_two_audits_of_one_target_do_not_write_at_once(tmp_path: Path) -> None:
    store = Store(tmp_path, "s")
    with pytest.raises(LedgerError, match="another audit"):
        Store(tmp_path, "s")
    store.finish()


def test_a_store_survives_whatever_stands_in_its_ledgers(tmp_path: Path) -> None:
    (tmp_path / "last.jsonl").write_bytes(b"\xff\x00 not a ledger\n\n")
    (tmp_path / "current.jsonl").write_text(json.dumps({"fact": 1}))
    store = Store(tmp_path, "s")
    assert store.memory.step("a") is None
    store.finish()


def test_a_folder_that_cannot_be_written_is_a_clear_error(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.raises(LedgerError) as caught:
        Store(blocked / "state", "s")
    assert "--ledger" in caught.value.diagnostics()


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


def broken_off(folder: Path) -> None:
    """Audit until something breaks."""
    with Store(folder, "s") as store:
        store.ledger.append(START)
        store.ledger.flush()
        raise KeyError("a bug")


def test_a_store_that_failed_lets_the_next_audit_in(tmp_path: Path) -> None:
    with pytest.raises(KeyError):
        broken_off(tmp_path)
    with Store(tmp_path, "s"):
        assert [p.name for p in tmp_path.glob("partial-*")] == ["partial-0000.jsonl"]


def test_what_several_killed_audits_left_is_kept_apart(tmp_path: Path) -> None:
    for name in ("partial-0001.jsonl", "current.jsonl"):
        written(tmp_path / name)
    with Store(tmp_path, "s") as store:
        names = sorted(p.name for p in tmp_path.glob("partial-*"))
        assert names == ["partial-0001.jsonl", "partial-0002.jsonl"]
        assert store.memory.step("a") is not None
        store.finish()
    assert [p.name for p in tmp_path.glob("*.jsonl")] == ["last.jsonl"]


def test_a_bundle_that_would_grow_without_end_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("openvet.ledger.LARGEST", 1 << 20)
    with zipfile.ZipFile(tmp_path / "bomb", "w", zipfile.ZIP_DEFLATED) as bundle:
        bundle.writestr("ledger.jsonl", bytes(2 << 20))
    with pytest.raises(LedgerError, match="its ledger has 2097152 bytes"):
        facts_and_head(tmp_path / "bomb")
