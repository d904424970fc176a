"""Keys in PEM files: EC P-256, P-384 and P-521, and Ed25519.

What a signature says is as good as the way its key is kept, so a private key that
others may read is refused.
"""

import hashlib
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

from openvet.errors import OpenvetError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import (
        ECDSA,
        EllipticCurvePrivateKey,
        EllipticCurvePublicKey,
    )
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (
        Ed25519PrivateKey,
        Ed25519PublicKey,
    )
    from cryptography.hazmat.primitives.serialization import Encoding

    Public: TypeAlias = EllipticCurvePublicKey | Ed25519PublicKey
    Private: TypeAlias = EllipticCurvePrivateKey | Ed25519PrivateKey

LARGEST: Final = 1 << 16
"""Bytes of a key file."""
CURVES: Final = {"secp256r1": "P-256", "secp384r1": "P-384", "secp521r1": "P-521"}
MAKE: Final = (
    "make one with `openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256"
    " -aes-256-cbc -out key.pem`"
)
INSTALL: Final = "from a checkout, `pip install '.[sign]'`"
OTHERS: Final = stat.S_IRWXO | stat.S_IWGRP
"""What nobody else may do with a private key."""


class PublicKey:
    """A key that verifies."""

    def __init__(self, key: "Public") -> None:
        self._key = key

    @property
    def kind(self) -> str:
        """Its algorithm, as people name it."""
        curve = getattr(self._key, "curve", None)
        return f"EC {CURVES[curve.name]}" if curve else "Ed25519"

    @property
    def fingerprint(self) -> str:
        """SHA-256 of its PEM text, by which OpenSSF model signing names a key."""
        from cryptography.hazmat.primitives.serialization import Encoding

        return hashlib.sha256(self._spelled(Encoding.PEM)).hexdigest()

    def verifies(self, signature: bytes, data: bytes) -> bool:
        """Tell whether a DSSE signature of data was made with its private key."""
        return self._verifies(signature, data, note=False)

    def verifies_note(self, signature: bytes, text: bytes) -> bool:
        """Tell whether a note's signature was made with its private key."""
        return self._verifies(signature, text, note=True)

    def note_id(self, name: str) -> bytes:
        """Return the 4 bytes that name it in a C2SP signed note."""
        from cryptography.hazmat.primitives.serialization import Encoding

        if hasattr(self._key, "curve"):
            spelled = self._spelled(Encoding.DER)
        else:
            spelled = name.encode() + b"\n\x01" + self._key.public_bytes_raw()
        return hashlib.sha256(spelled).digest()[:4]

    def _spelled(self, encoding: "Encoding") -> bytes:
        from cryptography.hazmat.primitives.serialization import PublicFormat

        return self._key.public_bytes(encoding, PublicFormat.SubjectPublicKeyInfo)

    def _verifies(self, signature: bytes, data: bytes, *, note: bool) -> bool:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

        try:
            if isinstance(self._key, EllipticCurvePublicKey):
                self._key.verify(signature, data, _ecdsa(self._key, note=note))
            else:
                self._key.verify(signature, data)
        except InvalidSignature:
            return False
        return True


class PrivateKey:
    """A key that signs."""

    def __init__(self, key: "Private") -> None:
        self._key = key
        self.public = PublicKey(key.public_key())

    def sign(self, data: bytes) -> bytes:
        """Return the signature that DSSE carries."""
        return self._sign(data, note=False)

    def sign_note(self, text: bytes) -> bytes:
        """Return the signature that a C2SP signed note carries, without the key id."""
        return self._sign(text, note=True)

    def _sign(self, data: bytes, *, note: bool) -> bytes:
        from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

        if isinstance(self._key, EllipticCurvePrivateKey):
            return self._key.sign(data, _ecdsa(self._key.public_key(), note=note))
        return self._key.sign(data)


def _ecdsa(key: "EllipticCurvePublicKey", *, note: bool) -> "ECDSA":
    """Return the algorithm of a curve: notes have SHA-256, DSSE what fits its size."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric.ec import ECDSA

    if note or key.key_size == 256:  # noqa: PLR2004 - bits, as the name says
        return ECDSA(hashes.SHA256())
    return ECDSA(hashes.SHA384() if key.key_size == 384 else hashes.SHA512())  # noqa: PLR2004


def private(path: Path, passphrase: Callable[[], str]) -> PrivateKey:
    """Return the private key in a PEM file.

    Args:
        path: Where.
        passphrase: Asked where the key is encrypted.

    Raises:
        OpenvetError: It cannot be read, others may read it, or it is no private key
            of a kind we sign with.
    """
    data = _read(path)
    if b"PRIVATE KEY-----" not in data:
        what = _named(data) or "no PEM file"
        raise OpenvetError(
            f"{path} is {what}, and signing needs a private key", hint=MAKE
        )
    return PrivateKey(_loaded(path, data, passphrase))


def public(path: Path, passphrase: Callable[[], str]) -> PublicKey:
    """Return the public key in a PEM file, or that of the private key in it.

    Args:
        path: Where.
        passphrase: Asked where it is a private key and encrypted.

    Raises:
        OpenvetError: As `private`.
    """
    data = _read(path)
    if b"PRIVATE KEY-----" in data:
        return PrivateKey(_loaded(path, data, passphrase)).public
    if b"PUBLIC KEY-----" not in data:
        what = _named(data) or "no PEM file"
        raise OpenvetError(f"{path} is {what}, not a key", hint="name a key in PEM")
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        key = load_pem_public_key(data)
    except (ValueError, UnsupportedAlgorithm):
        raise _damaged(path) from None
    if isinstance(key, ed25519.Ed25519PublicKey) or (
        isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name in CURVES
    ):
        return PublicKey(key)
    raise _foreign(path, key)


def _read(path: Path) -> bytes:
    """Return a key file; a private key only if it is kept from others."""
    _require()
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise OpenvetError(
            f"cannot read the key {path}: {error.strerror}",
            hint="name a PEM file with --key",
        ) from None
    if not data:
        raise OpenvetError(f"the key {path} is empty", hint=MAKE)
    if len(data) > LARGEST:
        raise OpenvetError(f"{path} is too large for a key", hint="name a PEM file")
    if b"PRIVATE KEY-----" in data and mode & OTHERS:
        raise OpenvetError(
            f"the private key {path} is not kept from others"
            f" (its mode is {stat.S_IMODE(mode):04o})",
            hint=f"run `chmod 600 {path}`; if others use this machine, make a new key",
        )
    return data


def _require() -> None:
    """Refuse to go on without the library.

    Raises:
        OpenvetError: The extra is not installed.
    """
    try:
        import cryptography  # noqa: F401 - only whether it is there
    except ImportError:
        raise OpenvetError(
            "keys need the library `cryptography`", hint=INSTALL
        ) from None


def _loaded(path: Path, data: bytes, passphrase: Callable[[], str]) -> "Private":
    """Return a private key, asking for its passphrase where it has one."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    if b"BEGIN OPENSSH PRIVATE KEY-----" in data:
        raise OpenvetError(
            f"{path} is in the format of OpenSSH",
            hint=f"convert a copy with `ssh-keygen -p -m PKCS8 -f {path}`",
        )
    secret = None
    if b"ENCRYPTED" in data:
        secret = passphrase().encode()
    try:
        key = load_pem_private_key(data, secret)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        if secret is not None:
            raise OpenvetError(
                f"the passphrase does not open {path}",
                hint="give the passphrase it was encrypted with",
            ) from None
        raise _damaged(path) from None
    if isinstance(key, ed25519.Ed25519PrivateKey) or (
        isinstance(key, ec.EllipticCurvePrivateKey) and key.curve.name in CURVES
    ):
        return key
    raise _foreign(path, key)


def _named(data: bytes) -> str:
    """Return what a PEM file says it is, or nothing."""
    for mark, what in (
        (b"PUBLIC KEY-----", "a public key"),
        (b"BEGIN CERTIFICATE-----", "a certificate"),
        (b"BEGIN CERTIFICATE REQUEST-----", "a request for a certificate"),
        (b"BEGIN PGP", "a PGP file"),
        (b"-----BEGIN ", "a PEM file of another kind"),
    ):
        if mark in data[:4096]:
            return what
    of_ssh = data.startswith((b"ssh-", b"ecdsa-"))
    return "a public key of OpenSSH" if of_ssh else ""


def _damaged(path: Path) -> OpenvetError:
    return OpenvetError(
        f"the key {path} is damaged, or of a kind that is not known", hint=MAKE
    )


def _foreign(path: Path, key: object) -> OpenvetError:
    curve = getattr(getattr(key, "curve", None), "name", "")
    name = type(key).__name__.lstrip("_").removesuffix("Key")
    kind = curve or name.removesuffix("Private").removesuffix("Public")
    return OpenvetError(
        f"{path} is a key for {kind}; openvet signs with EC P-256, P-384, P-521"
        " and Ed25519",
        hint=MAKE,
    )
