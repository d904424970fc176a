"""Keys, and models that were audited and signed."""

import re
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from openvet.ledger import GENESIS
from openvet.policy import Policy
from openvet.run import Options, audit
from openvet.signing import record
from openvet.signing.findings import Verification
from openvet.signing.keys import PrivateKey, PublicKey, private
from openvet.signing.verify import Question, verify
from openvet.wire import replace

KINDS = ("P-256", "P-384", "P-521", "Ed25519")
AnyKey = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey


def made(kind: str) -> AnyKey:
    """Return a new key of a kind."""
    if kind == "Ed25519":
        return ed25519.Ed25519PrivateKey.generate()
    if kind == "RSA":
        return rsa.generate_private_key(65537, 2048)
    curves: dict[str, ec.EllipticCurve] = {
        "P-256": ec.SECP256R1(),
        "P-384": ec.SECP384R1(),
        "P-521": ec.SECP521R1(),
        "secp256k1": ec.SECP256K1(),
    }
    return ec.generate_private_key(curves[kind])


def signer(kind: str = "P-256") -> PrivateKey:
    """Return a new key that signs."""
    key = made(kind)
    if isinstance(key, rsa.RSAPrivateKey):
        raise TypeError(kind)
    return PrivateKey(key)


def spelled(key: AnyKey, passphrase: bytes = b"") -> bytes:
    """Return a private key in PEM."""
    how = BestAvailableEncryption(passphrase) if passphrase else NoEncryption()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, how)


def spelled_public(key: AnyKey) -> bytes:
    """Return the public key in PEM."""
    spki = PublicFormat.SubjectPublicKeyInfo
    return key.public_key().public_bytes(Encoding.PEM, spki)


def kept(path: Path, data: bytes, mode: int = 0o600) -> Path:
    """Write a file that others may not read."""
    path.write_bytes(data)
    path.chmod(mode)
    return path


def key_pair(folder: Path, kind: str = "P-256") -> tuple[Path, Path]:
    """Write a new private and public key; return where."""
    key = made(kind)
    return (
        kept(folder / f"{kind}.pem", spelled(key)),
        kept(folder / f"{kind}.pub", spelled_public(key)),
    )


def nobody() -> str:
    """Stand for a passphrase that is not asked for."""
    raise AssertionError("no passphrase was expected to be asked for")


class Signed(NamedTuple):
    """A model, the ledger of its audit, and who signed it."""

    model: Path
    ledger: Path
    key: PrivateKey

    def verify(
        self,
        key: PublicKey | None = None,
        policy: Policy | None = None,
        *,
        model: bool = True,
    ) -> Verification:
        """Verify all of it with the signer's key, or another one."""
        question = Question(
            bundle=self.ledger, model=self.model if model else None, policy=policy
        )
        return verify(question, key or self.key.public)

    def beside(self, suffix: str) -> Path:
        """Return where a signature is."""
        return record.beside(self.ledger, suffix)


def audited(model: Path, folder: Path, options: Options | None = None) -> Path:
    """Audit a model and return its ledger."""
    options = replace(options or Options(), ledger=str(folder / "ledger"))
    return audit(model, options)[1]


def signed(model: Path, folder: Path, policy: Policy | None = None) -> Signed:
    """Audit a model and sign that."""
    found = Signed(
        model,
        audited(model, folder),
        private(key_pair(folder)[0], nobody),
    )
    files = record.sign(found.ledger, model, policy or Policy(), found.key).files
    for suffix, data in files.items():
        found.beside(suffix).write_bytes(data)
    return found


def chained_again(lines: list[bytes]) -> bytes:
    """Return lines with every hash made to fit, as a forger would."""
    previous, out = GENESIS, []
    for line in lines:
        new = f'"previous":"{previous}"}}'.encode()
        out.append(re.sub(rb'"previous":"[0-9a-f]{64}"\}$', new, line))
        previous = sha256(out[-1]).hexdigest()
    return b"\n".join(out) + b"\n"
