"""Signatures of OpenSSF model signing verify with us, and ours with it."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from openvet.policy import Policy
from openvet.signing import record
from openvet.signing.findings import Verification
from openvet.signing.keys import private, public
from openvet.signing.record import MODEL
from openvet.signing.verify import Question, verify
from specimens.signing import KINDS, audited, key_pair, nobody

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        importlib.util.find_spec("model_signing") is None,
        reason="model_signing is not installed: run scripts/install interop",
    ),
]
CURVES = [kind for kind in KINDS if kind != "Ed25519"]
"""It knows no other keys."""


def theirs(*words: str | Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "model_signing", *map(str, words)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """Return a folder with names that sort otherwise by text than by folder."""
    folder = tmp_path / "model"
    for name in ("a/c.bin", "a.txt", "a-b", "ü.md", ".hidden", ".gitattributes"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)
    (folder / ".git").mkdir()
    (folder / ".git" / "config").write_text("[core]")
    (folder / "empty").write_text("")
    return folder


def signed_by_them(model: Path, key: Path, *words: str) -> Path:
    out = model / "model.sig"
    done = theirs(
        "sign", "key", model, "--signature", out, "--private_key", key, *words
    )
    assert done.returncode == 0, done.stderr
    return out


def ours(model: Path, signature: Path, key: Path) -> Verification:
    question = Question(signature=signature, model=model)
    return verify(question, public(key, nobody))


def verified_by_them(
    model: Path, signature: Path, key: Path, *words: str
) -> "subprocess.CompletedProcess[str]":
    sides = ("--signature", signature, "--public_key", key)
    return theirs("verify", "key", model, *sides, *words)


@pytest.mark.parametrize("kind", CURVES)
def test_a_signature_of_theirs_verifies_until_something_differs(
    model: Path, tmp_path: Path, kind: str
) -> None:
    secret, shown = key_pair(tmp_path, kind)
    signature = signed_by_them(model, secret)
    found = ours(model, signature, shown)
    assert found.exit_code == 0, found
    assert found.holds[-1] == "model: 6 files as signed"
    assert found.notes == ("not covered: 2 files of version control",)
    (model / "a.txt").write_text("other")
    (model / "evil.py").write_text("")
    (model / "empty").unlink()
    differs = ours(model, signature, shown).differs
    assert [line.split(": ")[1] for line in differs] == ["empty", "evil.py", "a.txt"]
    other = key_pair(model.parent, "P-521" if kind == "P-256" else "P-256")[1]
    assert "another key" in ours(model, signature, other).differs[0]


def test_what_a_signature_of_theirs_leaves_out_is_named(
    model: Path, tmp_path: Path
) -> None:
    secret, shown = key_pair(tmp_path)
    left_out = ("--ignore-paths", str(model / "a"))
    signature = signed_by_them(model, secret, *left_out)
    (model / "a" / "evil.py").write_text("")
    assert verified_by_them(model, signature, shown).returncode == 0
    found = ours(model, signature, shown)
    assert found.exit_code == 4
    assert found.unverified == (
        "model: a/c.bin: left out, not covered",
        "model: a/evil.py: left out, not covered",
    )


def test_a_signature_of_theirs_over_all_of_git_verifies(
    model: Path, tmp_path: Path
) -> None:
    secret, shown = key_pair(tmp_path)
    signature = signed_by_them(model, secret, "--no-ignore-git-paths")
    assert ours(model, signature, shown).holds[-1] == "model: 8 files as signed"
    (model / ".git" / "config").write_text("other")
    assert ".git/config: changed" in ours(model, signature, shown).differs[0]


def test_a_signature_of_theirs_that_follows_links_verifies(
    model: Path, tmp_path: Path
) -> None:
    secret, shown = key_pair(tmp_path)
    (model / "link").symlink_to("a.txt")
    signature = signed_by_them(model, secret, "--allow_symlinks")
    assert ours(model, signature, shown).holds[-1] == "model: 7 files as signed"


MAKE = """
import sys
from model_signing import hashing, signing
model, key, out, how = sys.argv[1:]
config = hashing.Config()
if how == "shards":
    config.use_shard_serialization(shard_size=4)
else:
    config.use_file_serialization(hashing_algorithm=how)
signer = signing.Config().use_elliptic_key_signer(private_key=key)
signer.set_hashing_config(config.set_ignored_paths(paths=["model.sig"]))
signer.sign(model, out)
"""


@pytest.mark.parametrize("how", ["shards", "blake2", "blake3"])
def test_their_other_ways_of_naming_files_are_read(
    model: Path, tmp_path: Path, how: str
) -> None:
    secret, shown = key_pair(tmp_path)
    signature = model / "model.sig"
    words = (sys.executable, "-c", MAKE, model, secret, signature, how)
    subprocess.run(words, check=True, timeout=60)
    found = ours(model, signature, shown)
    assert found.differs == ()
    (model / "a.txt").write_text("a.txt and more")
    assert "a.txt: changed" in ours(model, signature, shown).differs[0]


@pytest.mark.parametrize("kind", CURVES)
@pytest.mark.parametrize("links", [False, True])
def test_a_signature_of_ours_verifies_with_them_until_something_differs(
    model: Path, tmp_path: Path, kind: str, *, links: bool
) -> None:
    secret, shown = key_pair(tmp_path, kind)
    if links:
        (model / "link").symlink_to("a.txt")
    ledger = audited(model, tmp_path)
    files = record.sign(ledger, model, Policy(), private(secret, nobody)).files
    signature = tmp_path / "ours.sig"
    signature.write_bytes(files[MODEL])
    words = ("--allow_symlinks",) if links else ()
    done = verified_by_them(model, signature, shown, *words)
    assert done.returncode == 0, done.stderr
    (model / "a.txt").write_text("other")
    done = verified_by_them(model, signature, shown, *words)
    assert done.returncode == 1
    assert "Hash mismatch" in done.stderr
    assert "a.txt" in done.stderr


def test_a_single_file_signed_here_or_there_verifies_there_and_here(
    model: Path, tmp_path: Path
) -> None:
    secret, shown = key_pair(tmp_path)
    file, signature = model / "a.txt", tmp_path / "one.sig"
    files = record.sign(
        audited(file, tmp_path), file, Policy(), private(secret, nobody)
    ).files
    signature.write_bytes(files[MODEL])
    assert verified_by_them(file, signature, shown).returncode == 0
    words = ("--signature", signature, "--private_key", secret)
    assert theirs("sign", "key", file, *words).returncode == 0
    assert ours(file, signature, shown).holds[-1] == "model: 1 file as signed"
