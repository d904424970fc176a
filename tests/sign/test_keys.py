"""Keys are read, or refused with the reason and the next step."""

import base64
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from hypothesis import given
from hypothesis import strategies as st

from openvet.errors import OpenvetError
from openvet.signing import keys
from openvet.signing.keys import PublicKey, private, public
from specimens.signing import KINDS, kept, key_pair, made, nobody, spelled


@pytest.mark.parametrize("kind", KINDS)
def test_a_key_verifies_what_its_private_key_signed_and_nothing_else(
    tmp_path: Path, kind: str
) -> None:
    secret, shown = key_pair(tmp_path, kind)
    key = private(secret, nobody)
    for verifier in (public(shown, nobody), public(secret, nobody)):
        assert verifier.kind.endswith(kind)
        assert verifier.fingerprint == key.public.fingerprint
        assert verifier.verifies(key.sign(b"data"), b"data")
        assert not verifier.verifies(key.sign(b"data"), b"other")
        assert not verifier.verifies(b"", b"data")
        assert verifier.verifies_note(key.sign_note(b"data"), b"data")
        assert not verifier.verifies_note(key.sign_note(b"data"), b"other")


@pytest.mark.parametrize("mode", [0o644, 0o604, 0o602, 0o601, 0o620])
def test_a_private_key_that_others_may_use_is_refused(
    tmp_path: Path, mode: int
) -> None:
    path = kept(tmp_path / "key", spelled(made("P-256")), mode)
    for read in (private, public):
        with pytest.raises(OpenvetError, match="not kept from others") as caught:
            read(path, nobody)
        assert f"chmod 600 {path}" in caught.value.diagnostics()


def test_a_private_key_that_a_group_may_read_is_taken(tmp_path: Path) -> None:
    path = kept(tmp_path / "key", spelled(made("P-256")), 0o640)
    assert private(path, nobody).public.kind == "EC P-256"


def test_a_public_key_may_be_read_by_all(tmp_path: Path) -> None:
    path = key_pair(tmp_path)[1]
    path.chmod(0o666)
    assert public(path, nobody).kind == "EC P-256"


def test_an_encrypted_key_needs_its_passphrase(tmp_path: Path) -> None:
    path = kept(tmp_path / "key", spelled(made("Ed25519"), b"a passphrase"))
    assert private(path, lambda: "a passphrase").public.kind == "Ed25519"
    for wrong in ("another", ""):
        with pytest.raises(OpenvetError, match="the passphrase does not open"):
            private(path, lambda: wrong)  # noqa: B023 - called at once


def in_openssh(kind: str) -> bytes:
    return made(kind).private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())


FOREIGN = {
    "empty": (b"", "is empty"),
    "no key": (b"# A model\n", "no PEM file"),
    "an RSA key": (spelled(made("RSA")), "a key for RSA"),
    "another curve": (spelled(made("secp256k1")), "a key for secp256k1"),
    "OpenSSH": (in_openssh("Ed25519"), "in the format of OpenSSH"),
    "OpenSSH, public": (b"ssh-ed25519 AAAA a@b\n", "a public key of OpenSSH"),
    "a certificate": (b"-----BEGIN CERTIFICATE-----\nAA==\n", "a certificate"),
    "too large": (b"-----BEGIN PRIVATE KEY-----\n" * 5000, "too large"),
    "cut": (spelled(made("P-256"))[:100], "damaged"),
}


@pytest.mark.parametrize("name", FOREIGN)
def test_what_is_no_key_of_ours_is_said(tmp_path: Path, name: str) -> None:
    data, said = FOREIGN[name]
    path = kept(tmp_path / "key", data)
    for read in (private, public):
        with pytest.raises(OpenvetError) as caught:
            read(path, nobody)
        assert said in caught.value.message
        assert caught.value.hint
        assert caught.value.exit_code == 2


def test_a_public_key_does_not_sign(tmp_path: Path) -> None:
    with pytest.raises(OpenvetError, match="is a public key, and signing needs"):
        private(key_pair(tmp_path)[1], nobody)


@pytest.mark.parametrize("name", ["absent", "."])
def test_a_key_that_cannot_be_read_is_said(tmp_path: Path, name: str) -> None:
    with pytest.raises(OpenvetError, match="cannot read the key"):
        private(tmp_path / name, nobody)


def test_without_the_library_the_extra_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = key_pair(tmp_path)[0]
    monkeypatch.setitem(__import__("sys").modules, "cryptography", None)
    with pytest.raises(OpenvetError) as caught:
        private(path, nobody)
    assert "pip install '.[sign]'" in caught.value.diagnostics()


@given(st.binary(max_size=300), st.sampled_from(["PRIVATE", "PUBLIC", "ENCRYPTED"]))
def test_no_bytes_break_the_reading_of_keys(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, kind: str
) -> None:
    label = kind if kind != "ENCRYPTED" else "ENCRYPTED PRIVATE"
    inside = base64.b64encode(data)
    pem = b"-----BEGIN %s KEY-----\n%s\n-----END %s KEY-----\n"
    pem %= label.encode(), inside, label.encode()
    for written in (data, pem, pem + data):
        path = kept(tmp_path_factory.getbasetemp() / "key", written)
        for read in (private, public):
            with pytest.raises(OpenvetError):
                read(path, lambda: "passphrase")


def test_a_note_of_another_program_verifies() -> None:
    # The key and note of the tests of golang.org/x/mod/sumdb/note.
    spki = base64.b64decode("ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
    key = PublicKey(Ed25519PublicKey.from_public_bytes(spki[1:]))
    text = (
        b"If you think cryptography is the answer to your problem,\n"
        b"then you don't know what your problem is.\n"
    )
    signature = base64.b64decode(
        "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
    )
    assert key.note_id("PeterNeumann") == signature[:4] == bytes.fromhex("c74f20a3")
    assert key.verifies_note(signature[4:], text)


def test_the_curves_are_those_of_the_documentation() -> None:
    assert set(keys.CURVES.values()) | {"Ed25519"} == set(KINDS)
