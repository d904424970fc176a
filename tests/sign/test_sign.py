"""What was audited is signed, and nothing else."""

import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from openvet.errors import LedgerError, OpenvetError
from openvet.policy import Policy
from openvet.run import Options
from openvet.signing import record
from specimens.signing import Signed, audited, chained_again, signed, signer


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            lambda m: (m / "README.md").write_text("# B model\n"),
            "README.md was changed",
        ),
        (lambda m: (m / "README.md").unlink(), "README.md is gone"),
        (lambda m: (m / "new").write_text(""), "new was not audited"),
        (lambda m: (m / "x").symlink_to("/"), "x is a link to /"),
        (lambda m: os.mkfifo(m / "x"), "x is a device, socket or FIFO"),
    ],
)
def test_what_was_not_audited_is_not_signed(
    model: Path, tmp_path: Path, change: Callable[[Path], object], said: str
) -> None:
    ledger = audited(model, tmp_path)
    change(model)
    with pytest.raises(OpenvetError, match=re.escape(said)) as caught:
        record.sign(ledger, model, Policy(), signer())
    assert "audit it again" in str(caught.value.hint)


@pytest.mark.parametrize("hashing", ["blake3", "sha256"])
def test_a_copy_of_what_was_audited_is_signed(
    model: Path, tmp_path: Path, hashing: str
) -> None:
    ledger = audited(model, tmp_path, Options(hashing=hashing))  # type: ignore[arg-type]
    copy = tmp_path / "copy"
    shutil.copytree(model, copy)
    one, two = (record.sign(ledger, m, Policy(), signer()) for m in (model, copy))
    assert one.manifest.root == two.manifest.root


def test_a_copy_of_what_was_not_hashed_is_not_signed(
    model: Path, tmp_path: Path
) -> None:
    ledger = audited(model, tmp_path, Options(hashing="none"))
    assert record.sign(ledger, model, Policy(), signer()).manifest.parts
    copy = tmp_path / "copy"
    shutil.copytree(model, copy)
    with pytest.raises(OpenvetError, match=r"README\.md was changed"):
        record.sign(ledger, copy, Policy(), signer())


def test_digests_of_the_audit_serve_again(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = audited(model, tmp_path, Options(hashing="sha256"))
    jobs: list[object] = []

    def counted(wanted: list[object], tell: object) -> list[str]:
        del tell
        jobs.extend(wanted)
        return []

    monkeypatch.setattr(record, "digests", counted)
    assert len(record.sign(ledger, model, Policy(), signer()).manifest.parts) == 2
    assert jobs == []


def test_links_within_the_model_are_signed_as_what_they_end_at(
    model: Path, tmp_path: Path
) -> None:
    (model / "link.md").symlink_to("README.md")
    found = signed(model, tmp_path)
    assert found.verify().exit_code == 0
    (model / "link.md").unlink()
    (model / "link.md").symlink_to("sub/config.json")
    assert any("link.md: changed" in line for line in found.verify().differs)


def test_a_single_file_is_signed_and_verified(model: Path, tmp_path: Path) -> None:
    found = signed(model / "README.md", tmp_path)
    assert found.verify().exit_code == 0
    (model / "README.md").write_text("# B")
    assert any(".: changed" in line for line in found.verify().differs)


def test_an_altered_ledger_is_not_signed(whole: Signed) -> None:
    data = whole.ledger.read_bytes()
    whole.ledger.write_bytes(data.replace(b"README", b"Readme", 1))
    with pytest.raises(LedgerError):
        record.sign(whole.ledger, whole.model, Policy(), whole.key)


def test_an_audit_over_the_network_is_not_signed(whole: Signed) -> None:
    lines = whole.ledger.read_bytes().splitlines()
    lines[0] = lines[0].replace(b'"kind":"folder"', b'"kind":"remote"')
    whole.ledger.write_bytes(chained_again(lines))
    with pytest.raises(OpenvetError, match="audited on its server"):
        record.sign(whole.ledger, whole.model, Policy(), whole.key)


def test_a_folder_of_nothing_but_version_control_is_not_signed(
    tmp_path: Path,
) -> None:
    model = tmp_path / "model"
    model.mkdir()
    (model / ".gitignore").write_text("*.pyc")
    with pytest.raises(OpenvetError, match="no file that a signature would cover"):
        record.sign(audited(model, tmp_path), model, Policy(), signer())


def test_a_cache_of_the_hub_is_signed_as_the_files_it_links_to(
    tmp_path: Path,
) -> None:
    model = tmp_path / "models--org--name" / "snapshots" / "0123"
    blobs = tmp_path / "models--org--name" / "blobs"
    model.mkdir(parents=True)
    blobs.mkdir()
    (blobs / "abcd").write_text("# A model")
    (model / "README.md").symlink_to("../../blobs/abcd")
    found = signed(model, tmp_path)
    assert found.verify().exit_code == 0
    (blobs / "abcd").write_text("# B model")
    assert any("README.md: changed" in line for line in found.verify().differs)
