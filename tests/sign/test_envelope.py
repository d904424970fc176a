"""A statement is read only once a key has verified it."""

import base64
import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openvet.errors import DoesNotHoldError, SignatureError
from openvet.signing import envelope
from openvet.signing.envelope import pae, seal, statement, unseal
from specimens.signing import KINDS, signer

KEY = signer("P-256")
SUBJECT = [{"name": "x", "digest": {"sha256": "00"}}]
STATEMENT = statement("https://example.org/kind", SUBJECT, {"a": 1})
SEALED = seal(STATEMENT, KEY)


def sealed(**changes: Any) -> dict[str, Any]:
    """Return a signed bundle as plain data, with some fields changed."""
    data: dict[str, Any] = json.loads(seal(STATEMENT, KEY))
    return {**data, **changes}


def test_what_dsse_signs_is_as_its_specification_shows() -> None:
    expected = b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    assert pae(b"hello world", "http://example.com/HelloWorld") == expected


@pytest.mark.parametrize("kind", KINDS)
def test_a_statement_comes_back_as_it_was_signed(kind: str) -> None:
    key = signer(kind)
    found = unseal(seal(STATEMENT, key), key.public)
    assert found.predicate_type == "https://example.org/kind"
    assert bytes(found.predicate) == b'{"a":1}'
    assert found.subject[0].digest == {"sha256": "00"}


def test_an_envelope_without_a_bundle_is_read_as_well() -> None:
    bare = json.dumps(sealed()["dsseEnvelope"]).encode()
    assert unseal(bare, KEY.public).subject[0].name == "x"


def test_base64_of_either_alphabet_is_read() -> None:
    data = sealed()
    inner = data["dsseEnvelope"]
    raw = base64.b64decode(inner["signatures"][0]["sig"])
    inner["signatures"][0]["sig"] = base64.urlsafe_b64encode(raw).decode()
    assert unseal(json.dumps(data).encode(), KEY.public).type


def test_another_key_is_named_with_both() -> None:
    other = signer("P-384")
    with pytest.raises(DoesNotHoldError, match="made with another key") as caught:
        unseal(seal(STATEMENT, KEY), other.public)
    assert KEY.public.fingerprint in caught.value.message
    assert other.public.fingerprint in caught.value.message


def test_a_changed_payload_does_not_hold() -> None:
    data = sealed()
    changed = base64.b64encode(STATEMENT.replace(b'"a":1', b'"a":2')).decode()
    data["dsseEnvelope"]["payload"] = changed
    with pytest.raises(DoesNotHoldError, match="does not fit"):
        unseal(json.dumps(data).encode(), KEY.public)


def test_fields_that_are_unknown_are_passed_over() -> None:
    data = sealed(more=[{"deep": 1}])
    data["dsseEnvelope"]["signatures"].append({"sig": "", "keyid": "b", "cert": "c"})
    assert unseal(json.dumps(data).encode(), KEY.public).type


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"verificationMaterial": {"certificate": {}}}, "an identity, not with a key"),
        ({"dsseEnvelope": None}, "no DSSE envelope"),
        ({"dsseEnvelope": {"payload": 1}}, "no Sigstore bundle"),
        ({"mediaType": None}, "no Sigstore bundle"),
    ],
)
def test_another_kind_of_bundle_is_named(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(SignatureError, match=said):
        unseal(json.dumps(sealed(**changes)).encode(), KEY.public)


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("payloadType", "text/plain", "no in-toto statement"),
        ("signatures", [], "0 signatures"),
        ("signatures", [{"sig": ""}] * 17, "17 signatures"),
        ("payload", "%%", "no base64"),
        ("payload", "é", "no base64"),
    ],
)
def test_a_strange_envelope_is_refused(field: str, value: object, said: str) -> None:
    data = sealed()
    data["dsseEnvelope"][field] = value
    with pytest.raises(SignatureError, match=said):
        unseal(json.dumps(data).encode(), KEY.public)


@pytest.mark.parametrize(
    "payload",
    [b"[]", b"\xff", b'{"_type":"https://in-toto.io/Statement/v0.1"}', b"[" * 100_000],
)
def test_a_signed_payload_that_is_no_statement_is_refused(payload: bytes) -> None:
    with pytest.raises(SignatureError):
        unseal(seal(payload, KEY), KEY.public)


def test_a_signature_of_any_size_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(envelope, "LARGEST", 10)
    with pytest.raises(SignatureError, match="too many"):
        unseal(seal(STATEMENT, KEY), KEY.public)


def test_depth_ends_in_an_error() -> None:
    deep = seal(STATEMENT, KEY)[:-1] + b',"x":' + b"[" * 100_000
    with pytest.raises(SignatureError):
        unseal(deep, KEY.public)


JSON: st.SearchStrategy[object] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(st.binary() | JSON.map(lambda data: json.dumps(data).encode()))
def test_no_bytes_break_the_reading(data: bytes) -> None:
    with pytest.raises(SignatureError):
        unseal(data, KEY.public)


@given(st.data())
def test_no_change_of_a_signature_breaks_the_reading(data: st.DataObject) -> None:
    written = bytearray(SEALED)
    at = data.draw(st.integers(0, len(written) - 1))
    written[at] ^= data.draw(st.integers(1, 255))
    # Beside what is signed there is little that may change unseen: names, a hint.
    with contextlib.suppress(SignatureError):
        assert bytes(unseal(bytes(written), KEY.public).predicate) == b'{"a":1}'
