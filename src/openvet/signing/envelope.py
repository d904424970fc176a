"""Signed statements: in-toto v1, in a DSSE envelope, in a Sigstore bundle v0.3.

The form in which OpenSSF model signing keeps a signature made with a key. Unknown
fields are passed over, as in-toto asks of whoever reads a statement. Nothing of a
statement is looked at before a key has verified it.

References:
    - https://github.com/secure-systems-lab/dsse/blob/v1.0.2/protocol.md
    - https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md
    - https://docs.sigstore.dev/about/bundle/
"""

import base64
import binascii
from typing import Any, Final, TypeVar

import msgspec

from openvet.errors import DoesNotHoldError, SignatureError
from openvet.signing.keys import PrivateKey, PublicKey
from openvet.wire import encode

PAYLOAD_TYPE: Final = "application/vnd.in-toto+json"
STATEMENT_TYPE: Final = "https://in-toto.io/Statement/v1"
BUNDLE_TYPE: Final = "application/vnd.dev.sigstore.bundle.v0.3+json"
LARGEST: Final = 1 << 28
"""Bytes of a signature file; the largest of real models have some hundred thousand."""
MOST_SIGNATURES: Final = 16
NOT_ONE: Final = "name a signature made by `openvet sign` or by `model_signing`"

T = TypeVar("T")


class _Signature(msgspec.Struct):
    sig: str


class _Envelope(msgspec.Struct, rename="camel"):
    payload: str
    payload_type: str
    signatures: list[_Signature]


class _KeyHint(msgspec.Struct):
    hint: str | None = None


class _Material(msgspec.Struct, rename="camel"):
    public_key: _KeyHint | None = None


class _Bundle(msgspec.Struct, rename="camel"):
    media_type: str
    verification_material: _Material
    dsse_envelope: _Envelope | None = None


class Subject(msgspec.Struct):
    """What a statement is about."""

    digest: dict[str, str]
    name: str = ""


class Statement(
    msgspec.Struct, rename={"type": "_type", "predicate_type": "predicateType"}
):
    """An in-toto statement."""

    type: str
    subject: list[Subject]
    predicate_type: str
    predicate: msgspec.Raw


def pae(payload: bytes, kind: str = PAYLOAD_TYPE) -> bytes:
    """Return what DSSE signs in place of a payload."""
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind.encode(), len(payload), payload)


def statement(kind: str, subject: list[dict[str, Any]], predicate: object) -> bytes:
    """Return an in-toto statement in canonical JSON."""
    return encode(
        {
            "_type": STATEMENT_TYPE,
            "subject": subject,
            "predicateType": kind,
            "predicate": predicate,
        }
    )


def seal(payload: bytes, key: PrivateKey) -> bytes:
    """Return a Sigstore bundle that holds a signed statement."""
    signature = base64.b64encode(key.sign(pae(payload))).decode()
    return encode(
        {
            "mediaType": BUNDLE_TYPE,
            "verificationMaterial": {
                "publicKey": {"hint": key.public.fingerprint},
                "tlogEntries": [],
            },
            "dsseEnvelope": {
                "payload": base64.b64encode(payload).decode(),
                "payloadType": PAYLOAD_TYPE,
                "signatures": [{"sig": signature, "keyid": ""}],
            },
        }
    )


def unseal(data: bytes, key: PublicKey) -> Statement:
    """Return the statement in a Sigstore bundle or a bare DSSE envelope.

    Args:
        data: Of the file.
        key: Must have made one of the signatures.

    Raises:
        DoesNotHoldError: It made none of them.
        SignatureError: It is no such file, or holds no in-toto statement.
    """
    if len(data) > LARGEST:
        raise SignatureError(f"{len(data)} bytes are too many", hint=NOT_ONE)
    envelope, hint = _envelope(data)
    if envelope.payload_type != PAYLOAD_TYPE:
        raise SignatureError("it signs no in-toto statement", hint=NOT_ONE)
    payload = _bytes(envelope.payload)
    if not 0 < len(envelope.signatures) <= MOST_SIGNATURES:
        raise SignatureError(f"it has {len(envelope.signatures)} signatures")
    signed = pae(payload)
    if not any(key.verifies(_bytes(s.sig), signed) for s in envelope.signatures):
        if hint and hint != key.fingerprint:
            raise DoesNotHoldError(
                f"made with another key: {hint}, and the given one is {key.fingerprint}"
            )
        raise DoesNotHoldError("the signature does not fit what it signs, or the key")
    found = decoded(payload, Statement, "in-toto statement")
    if found.type != STATEMENT_TYPE:
        raise SignatureError("it is no in-toto statement of version 1", hint=NOT_ONE)
    return found


def decoded(data: bytes | msgspec.Raw, kind: type[T], what: str) -> T:
    """Return the record of a type in JSON from elsewhere.

    Raises:
        SignatureError: It is none.
    """
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise SignatureError(f"it is no {what}: {error}", hint=NOT_ONE) from None


def _envelope(data: bytes) -> tuple[_Envelope, str]:
    """Return the envelope and the name of the key that is said to have signed it."""
    if b'"dsseEnvelope"' not in data and b'"payloadType"' in data:
        return decoded(data, _Envelope, "DSSE envelope"), ""
    bundle = decoded(data, _Bundle, "Sigstore bundle")
    if bundle.dsse_envelope is None:
        raise SignatureError("it holds no DSSE envelope", hint=NOT_ONE)
    if bundle.verification_material.public_key is None:
        raise SignatureError(
            "it was made with a certificate or an identity, not with a key",
            hint="verify it with `model_signing verify`, which knows those",
        )
    return bundle.dsse_envelope, bundle.verification_material.public_key.hint or ""


def _bytes(text: str) -> bytes:
    """Return what is spelled in base64, of either alphabet."""
    try:
        plain = text.encode("ascii").translate(bytes.maketrans(b"-_", b"+/"))
        return base64.b64decode(plain, validate=True)
    except (UnicodeEncodeError, binascii.Error):
        raise SignatureError("it holds what is no base64", hint=NOT_ONE) from None
