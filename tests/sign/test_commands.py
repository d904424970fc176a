"""`openvet sign` and `openvet verify`, as a person runs them."""

from pathlib import Path

import pytest

from openvet.cli.keys import PASSPHRASE
from openvet.signing.record import SUFFIXES
from specimens.command import run
from specimens.signing import kept, key_pair, made, spelled


@pytest.fixture
def bundle(folder: Path, tmp_path: Path) -> Path:
    """Return the bundle of an audited folder."""
    run("audit", folder, "--bundle", "b.openvet", cwd=tmp_path)
    return tmp_path / "b.openvet"


@pytest.fixture
def keys(tmp_path: Path) -> tuple[Path, Path]:
    """Return a private and a public key in a folder of their own."""
    (tmp_path / "keys").mkdir()
    return key_pair(tmp_path / "keys")


def tree(folder: Path) -> set[str]:
    return {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}


def test_signing_prints_the_checkpoint_and_writes_three_files(
    bundle: Path, folder: Path, keys: tuple[Path, Path]
) -> None:
    home = bundle.parent
    before = tree(home)
    done = run("sign", bundle, "--key", keys[0], cwd=home)
    assert done.returncode == 0, done.stderr
    assert tree(home) - before == {f"b.openvet{suffix}" for suffix in SUFFIXES}
    assert done.stdout == (home / "b.openvet.checkpoint").read_text("utf-8")
    assert "signed 1 file, root" in done.stderr
    assert "passed under baseline 1" in done.stderr
    checked = run("verify", bundle, "--key", keys[1], "--model", folder, cwd=home)
    assert checked.returncode == 0, checked.stdout
    assert "model: 1 file as signed" in checked.stdout
    assert tree(home) - before == {f"b.openvet{suffix}" for suffix in SUFFIXES}


def test_a_signed_bundle_verified_without_a_key_says_what_was_not_asked(
    bundle: Path, keys: tuple[Path, Path]
) -> None:
    run("sign", bundle, "--key", keys[0], cwd=bundle.parent)
    done = run("verify", bundle, cwd=bundle.parent)
    assert done.returncode == 0
    assert "whole and unaltered" in done.stdout
    assert "note: signed, by whom was not asked" in done.stdout


def test_a_bundle_that_nobody_signed_is_not_verified_with_a_key(
    bundle: Path, keys: tuple[Path, Path]
) -> None:
    done = run("verify", bundle, "--key", keys[1], cwd=bundle.parent)
    assert done.returncode == 4
    assert done.stdout.count("not verified: ") == 3


def test_a_model_verifies_without_a_bundle(
    bundle: Path, folder: Path, keys: tuple[Path, Path]
) -> None:
    run("sign", bundle, "--key", keys[0], cwd=bundle.parent)
    words = ("verify", "--signature", f"{bundle}.model.sig", "--key", keys[1])
    done = run(*words, "--model", folder, cwd=bundle.parent)
    assert done.returncode == 0, done.stdout
    (folder / "\x1b[31mevil.py").write_text("")
    done = run(*words, "--model", folder, cwd=bundle.parent)
    assert done.returncode == 1
    assert "differs: model: \\x1b[31mevil.py: extra" in done.stdout
    done = run(*words, cwd=bundle.parent)
    assert done.returncode == 0
    assert "note: no file was compared" in done.stdout


def test_a_key_that_others_may_read_signs_nothing(
    bundle: Path, keys: tuple[Path, Path]
) -> None:
    keys[0].chmod(0o644)
    before = tree(bundle.parent)
    done = run("sign", bundle, "--key", keys[0], cwd=bundle.parent)
    assert done.returncode == 2
    assert "is not kept from others (its mode is 0644)" in done.stderr
    assert f"chmod 600 {keys[0]}" in done.stderr
    assert tree(bundle.parent) == before


def test_a_passphrase_comes_from_the_environment(bundle: Path, tmp_path: Path) -> None:
    path = kept(tmp_path / "key", spelled(made("Ed25519"), b"open"))
    words = ("sign", bundle, "--key", path)
    done = run(*words, cwd=tmp_path, **{PASSPHRASE: "open"})
    assert done.returncode == 0, done.stderr
    for variables in ({}, {PASSPHRASE: "wrong"}):
        done = run(*words, cwd=tmp_path, **variables)
        assert done.returncode == 2
        assert "passphrase" in done.stderr
        assert "\nhelp: " in done.stderr


@pytest.mark.parametrize(
    "words",
    [
        ("verify",),
        ("verify", "--signature", "x"),
        ("verify", "absent"),
        ("verify", "b.openvet", "--key", "absent"),
        ("verify", "--signature", "absent", "--key", "keys/P-256.pub"),
        ("verify", "b.openvet", "--model", "absent"),
        ("verify", "b.openvet", "--policy", "absent"),
        ("verify", "b.openvet", "--policy", "absent", "--key", "keys/P-256.pub"),
        ("verify", "b.openvet", "--fail-on", "low"),
        ("sign", "b.openvet"),
        ("sign", "absent", "--key", "keys/P-256.pem"),
        ("sign", "b.openvet", "--key", "keys/P-256.pub"),
        ("sign", "b.openvet", "--key", "keys/P-256.pem", "--model", "absent"),
        ("sign", "model/README.md", "--key", "keys/P-256.pem"),
    ],
)
def test_wrong_use_is_said_with_the_next_step(
    bundle: Path, keys: tuple[Path, Path], words: tuple[str, ...]
) -> None:
    del keys
    before = tree(bundle.parent)
    done = run(*words, cwd=bundle.parent)
    assert done.returncode == 2, done.stdout
    assert done.stderr.startswith("error: ")
    assert "\nhelp: " in done.stderr
    assert tree(bundle.parent) == before


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_where_one_file_cannot_be_written_none_is(
    bundle: Path, keys: tuple[Path, Path], suffix: str
) -> None:
    before = tree(bundle.parent)
    (bundle.parent / f"b.openvet{suffix}").mkdir()
    done = run("sign", bundle, "--key", keys[0], cwd=bundle.parent)
    assert done.returncode == 2
    assert "nothing was half-written" in done.stderr
    assert tree(bundle.parent) == before


def test_a_link_where_a_signature_goes_is_replaced_and_not_followed(
    bundle: Path, keys: tuple[Path, Path], tmp_path: Path
) -> None:
    (tmp_path / "precious").write_text("precious")
    (tmp_path / "b.openvet.model.sig").symlink_to(tmp_path / "precious")
    assert run("sign", bundle, "--key", keys[0], cwd=tmp_path).returncode == 0
    assert (tmp_path / "precious").read_text() == "precious"
    assert not (tmp_path / "b.openvet.model.sig").is_symlink()


def test_another_policy_than_the_signed_one_is_named(
    bundle: Path, keys: tuple[Path, Path], tmp_path: Path
) -> None:
    (tmp_path / "strict.toml").write_text('name = "strict"\nfail_on = "low"\n')
    words = ("sign", bundle, "--key", keys[0], "--policy", "strict.toml")
    assert run(*words, cwd=tmp_path).returncode == 0
    verify = ("verify", bundle, "--key", keys[1])
    done = run(*verify, "--policy", "strict.toml", cwd=tmp_path)
    assert done.returncode == 0, done.stdout
    assert "policy: strict 1 (sha256 " in done.stdout
    done = run(*verify, "--policy", "strict.toml", "--fail-on", "high", cwd=tmp_path)
    assert done.returncode == 1
    assert "differs: policy: judged by strict 1" in done.stdout
    done = run(*verify, cwd=tmp_path)
    assert done.returncode == 0
    assert "note: judged by strict 1" in done.stdout
