"""What was signed verifies, and whatever differs from it is named."""

import contextlib
import datetime as dt
import json
import re
import shutil
import zipfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openvet.errors import OpenvetError, SignatureError
from openvet.finding import Severity
from openvet.policy import Policy, Waiver
from openvet.signing import record
from openvet.signing.envelope import seal, unseal
from openvet.signing.manifest import Manifest, Part, read
from openvet.signing.note import Checkpoint
from openvet.signing.record import CHECKPOINT, MODEL, RESULT, SUFFIXES
from openvet.signing.result import read as read_result
from openvet.signing.verify import Question, verify
from specimens.pickles import PICKLE
from specimens.signing import Signed, audited, chained_again, signed, signer


def statement(found: Signed) -> dict[str, Any]:
    data = unseal(found.beside(RESULT).read_bytes(), found.key.public)
    loaded: dict[str, Any] = json.loads(bytes(data.predicate))
    return loaded


def test_what_was_signed_verifies(whole: Signed) -> None:
    found = whole.verify()
    assert found.exit_code == 0, found
    text = "\n".join(found.holds)
    assert "checkpoint: signed" in text
    assert "model: signed, 2 files" in text
    assert "judged again: passed, and every property follows" in text
    assert "model: 3 files as signed" in text
    assert found.notes == ("not covered: 1 file of version control",)


def test_the_statement_names_verifier_policy_time_and_properties(whole: Signed) -> None:
    said = statement(whole)
    policy = {"name": "baseline 1", "digest": {"sha256": Policy().digest}}
    assert re.fullmatch(
        r"pkg:pypi/openvet@[0-9.]+",
        said["verifier"]["id"],
    )
    assert said["verifier"]["policies"] == [policy]
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ", str(said["timeCreated"]))
    properties = set(said["properties"])
    assert {"OPENVET_POLICY_PASSED", "OPENVET_EVERYTHING_READ"} < properties
    assert "OPENVET_RULE_READERS_DISAGREE" in properties
    assert all(re.fullmatch(r"OPENVET_[A-Z0-9_]+", name) for name in properties)


def test_a_statement_says_nothing_that_does_not_hold(
    model: Path, tmp_path: Path
) -> None:
    (model / "model.pkl").write_bytes(PICKLE)
    (model / "half.safetensors").write_bytes(b"\x00\x01")
    found = signed(model, tmp_path)
    properties = set(statement(found)["properties"])
    assert "OPENVET_POLICY_PASSED" not in properties
    assert "OPENVET_EVERYTHING_READ" not in properties
    assert "OPENVET_RULE_PICKLE_RUNS_CODE" not in properties
    assert "OPENVET_RULE_LINK_LEAVES_FOLDER" in properties
    assert found.verify().exit_code == 0


def test_a_waived_finding_is_no_property_though_the_policy_passes(
    model: Path, tmp_path: Path
) -> None:
    (model / "model.pkl").write_bytes(PICKLE)
    waiver = Waiver(
        rule="pickle-runs-code",
        subject="*",
        reason="ours",
        owner="Ada",
        expires=dt.date(2999, 1, 1),
    )
    policy = Policy(waivers=(waiver,))
    properties = set(statement(signed(model, tmp_path, policy))["properties"])
    assert "OPENVET_POLICY_PASSED" in properties
    assert "OPENVET_RULE_PICKLE_RUNS_CODE" not in properties


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda m: (m / "README.md").write_text("# B"), "README.md: changed"),
        (lambda m: (m / "README.md").unlink(), "README.md: missing"),
        (lambda m: (m / "evil.py").write_text(""), "evil.py: extra"),
        (lambda m: (m / ".gitattributes").write_text(""), ".gitattributes: changed"),
        (lambda m: (m / "sub" / "x").symlink_to("/etc"), "sub/x: extra, and is a link"),
    ],
)
def test_what_differs_in_the_model_is_named(
    whole: Signed, change: Callable[[Path], object], said: str
) -> None:
    change(whole.model)
    found = whole.verify()
    assert found.exit_code == 1
    assert any(line.startswith(f"model: {said}") for line in found.differs), found


def test_a_model_without_a_key_is_compared_with_the_ledger(whole: Signed) -> None:
    question = Question(bundle=whole.ledger, model=whole.model)
    found = verify(question, None)
    assert found.exit_code == 0
    assert "model: 3 files as audited" in found.holds
    (whole.model / "README.md").write_text("# B")
    (whole.model / ".git" / "x").write_text("")
    assert [line[:24] for line in verify(question, None).differs] == [
        "model: README.md: change"
    ]


def test_an_altered_dropped_or_moved_line_is_named(whole: Signed) -> None:
    lines = whole.ledger.read_bytes().splitlines()
    altered = lines[2].replace(b'"type":"step"', b'"type":"stop"')
    for changed, said in (
        ([*lines[:2], altered, *lines[3:]], "ledger: line 3 was altered"),
        (
            [*lines[:2], *lines[3:]],
            f"ledger: {len(lines)} lines were written, {len(lines) - 1} are there",
        ),
        (
            [*lines[:2], lines[3], lines[2], *lines[4:]],
            "ledger: line 3 was moved: it was written after line 4",
        ),
    ):
        whole.ledger.write_bytes(b"\n".join(changed) + b"\n")
        found = whole.verify(model=False)
        assert found.exit_code == 1
        assert said in found.differs
        assert any(CHECKPOINT in line for line in found.differs)
        assert any("it is about another ledger" in line for line in found.differs)


def test_a_cut_ledger_differs_from_what_was_signed(whole: Signed) -> None:
    lines = whole.ledger.read_bytes().splitlines(keepends=True)
    whole.ledger.write_bytes(b"".join(lines[:-2]))
    found = whole.verify(model=False)
    assert found.exit_code == 1
    assert "lines was signed, and this has" in found.differs[0]
    alone = verify(Question(bundle=whole.ledger), None)
    assert alone.exit_code == 4
    assert alone.unverified == ("ledger: its end is missing: interrupted, or cut",)


def test_a_ledger_whose_chain_was_made_anew_is_not_the_one_signed(
    whole: Signed,
) -> None:
    lines = whole.ledger.read_bytes().splitlines()
    lines[0] = lines[0].replace(b'"zone":["', b'"zone":["all ')
    whole.ledger.write_bytes(chained_again(lines))
    assert verify(Question(bundle=whole.ledger), None).exit_code == 0
    found = whole.verify()
    assert found.exit_code == 1
    assert "was signed, and that of the ledger is" in found.differs[0]


def test_an_altered_last_line_is_seen_by_the_checkpoint(whole: Signed) -> None:
    data = whole.ledger.read_bytes()
    whole.ledger.write_bytes(data.replace(b'"ended":"2', b'"ended":"3'))
    found = whole.verify(model=False)
    assert any(CHECKPOINT in line for line in found.differs)


def test_another_policy_is_named(whole: Signed) -> None:
    other = Policy(name="strict", version="7", fail_on=Severity.LOW)
    found = whole.verify(policy=other)
    assert found.exit_code == 1
    assert re.search(r"judged by baseline 1 .* not by strict 7", found.differs[0])
    assert whole.verify(policy=Policy()).exit_code == 0


def test_a_policy_that_is_not_at_hand_is_a_note(model: Path, tmp_path: Path) -> None:
    policy = Policy(name="strict", version="7", fail_on=Severity.LOW)
    found = signed(model, tmp_path, policy)
    seen = found.verify()
    assert seen.exit_code == 0
    assert any("judged by strict 7" in note for note in seen.notes)
    assert any("every property follows" in line for line in found.verify(
        policy=policy
    ).holds)  # fmt: skip


def test_a_property_that_does_not_follow_is_named(whole: Signed) -> None:
    data = unseal(whole.beside(RESULT).read_bytes(), whole.key.public)
    predicate = json.loads(bytes(data.predicate))
    predicate["properties"].append("OPENVET_RULE_EVERYTHING_IS_FINE")
    forged = {
        "_type": data.type,
        "subject": [{"name": s.name, "digest": s.digest} for s in data.subject],
        "predicateType": data.predicate_type,
        "predicate": predicate,
    }
    whole.beside(RESULT).write_bytes(seal(json.dumps(forged).encode(), whole.key))
    found = whole.verify()
    assert found.differs == (
        "statement: OPENVET_RULE_EVERYTHING_IS_FINE does not follow",
    )


def test_another_key_signed_nothing_of_it(whole: Signed) -> None:
    found = whole.verify(signer().public)
    assert found.exit_code == 1
    assert len(found.differs) == 3
    assert all("key" in line for line in found.differs)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_signature_that_is_missing_is_not_verified(
    whole: Signed, suffix: str
) -> None:
    whole.beside(suffix).unlink()
    found = whole.verify()
    assert found.exit_code == 4
    assert any("there is no such file" in line for line in found.unverified)


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("data", [b"", b"# no signature\n", b"{}"])
def test_a_file_that_is_no_signature_is_an_error_that_names_it(
    whole: Signed, suffix: str, data: bytes
) -> None:
    whole.beside(suffix).write_bytes(data)
    with pytest.raises(SignatureError, match=re.escape(suffix)) as caught:
        whole.verify()
    assert caught.value.exit_code == 2
    assert caught.value.hint


def test_signatures_of_two_audits_do_not_go_together(
    whole: Signed, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    shutil.copytree(whole.model, other)
    (other / "more.txt").write_text("more")
    (tmp_path / "2").mkdir()
    second = Signed(other, audited(other, tmp_path / "2"), whole.key)
    files = record.sign(second.ledger, other, Policy(), whole.key).files
    whole.beside(MODEL).write_bytes(files[MODEL])
    found = whole.verify(model=False)
    assert found.differs == (f"{RESULT}: it is about another model",)
    whole.beside(RESULT).write_bytes(files[RESULT])
    assert any("another ledger" in line for line in whole.verify(model=False).differs)


def test_a_signature_that_names_a_file_outside_is_refused(whole: Signed) -> None:
    digest = sha256(b"").hexdigest()
    part = Part(name="../secret", algorithm="sha256", digest=digest)
    forged = Manifest(name="model", parts=(part,))
    whole.beside(MODEL).write_bytes(seal(forged.statement(), whole.key))
    found = whole.verify()
    assert found.exit_code == 1
    assert any("a file outside the model: ../secret" in line for line in found.differs)


def test_a_bundle_with_more_than_a_ledger_is_named(
    whole: Signed, tmp_path: Path
) -> None:
    bundle = tmp_path / "b.openvet"
    with zipfile.ZipFile(bundle, "w") as zipped:
        for name in ("../evil", "/etc/evil", "ledger.jsonl"):
            zipped.writestr(name, whole.ledger.read_bytes())
    found = verify(Question(bundle=bundle), None)
    assert found.differs == (
        "bundle: it holds ../evil, too",
        "bundle: it holds /etc/evil, too",
    )
    with zipfile.ZipFile(bundle, "w") as zipped:
        zipped.writestr("ledger.jsonl", whole.ledger.read_bytes())
        with pytest.warns(UserWarning, match="Duplicate"):
            zipped.writestr("ledger.jsonl", whole.ledger.read_bytes())
    assert verify(Question(bundle=bundle), None).differs == (
        "bundle: it holds more than one ledger",
    )
    assert not (tmp_path.parent / "evil").exists()


def test_files_of_ours_in_the_model_are_no_part_of_it(
    model: Path, tmp_path: Path
) -> None:
    ledger = audited(model, tmp_path)
    inside = Signed(model, model / "audit.openvet", signer())
    shutil.copy(ledger, inside.ledger)
    files = record.sign(inside.ledger, model, Policy(), inside.key).files
    for suffix, data in files.items():
        inside.beside(suffix).write_bytes(data)
    assert inside.verify().exit_code == 0
    manifest = read(unseal(files[MODEL], inside.key.public))
    assert {f"audit.openvet{s}" for s in ("", *SUFFIXES)} < set(manifest.ignore)


def test_checkpoint_statement_and_manifest_are_about_the_same(whole: Signed) -> None:
    key = whole.key.public
    manifest = read(unseal(whole.beside(MODEL).read_bytes(), key))
    said = read_result(unseal(whole.beside(RESULT).read_bytes(), key))
    assert said.model == manifest.root
    assert said.ledger == sha256(whole.ledger.read_bytes()).hexdigest()
    lines = whole.ledger.read_bytes().splitlines()
    note = Checkpoint.of(lines).text.decode()
    assert note in whole.beside(CHECKPOINT).read_text("utf-8")


def test_a_statement_says_whether_the_policy_passed(
    model: Path, tmp_path: Path
) -> None:
    (model / "model.pkl").write_bytes(PICKLE)
    found = signed(model, tmp_path).verify()
    assert any("policy not said to have passed" in line for line in found.holds)
    assert any("judged again: not-passed" in line for line in found.holds)


@given(st.data())
def test_no_change_of_a_bundle_breaks_the_reading(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    ledger = tmp_path_factory.getbasetemp() / "fuzzed.ledger"
    if not ledger.exists():
        model = tmp_path_factory.mktemp("fuzzed") / "model"
        model.mkdir()
        (model / "README.md").write_text("# A model")
        shutil.copy(audited(model, model.parent), ledger)
    path = ledger.with_suffix(".openvet")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as bundle:
        bundle.writestr(zipfile.ZipInfo("ledger.jsonl"), ledger.read_bytes())
    whole = verify(Question(bundle=path), None)
    written = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(written) - 1))
        written[at] ^= data.draw(st.integers(1, 255))
    path.write_bytes(written[: data.draw(st.integers(1, len(written)))])
    with contextlib.suppress(OpenvetError):
        found = verify(Question(bundle=path), None)
        assert found == whole or found.exit_code
