"""The one (de)serializer: records, canonical JSON, digests.

Everything that is stored, hashed, sent to a worker or printed as JSON passes
through here, so that equal records have equal bytes.
"""

import hashlib
from typing import Annotated, Any, TypeAlias, TypeVar

import msgspec

T = TypeVar("T")


class Record(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An immutable value with named fields."""


Plain: TypeAlias = Annotated[str, msgspec.Meta(pattern=r"^[ -~]*(?!\n)$")]
"""One line of printable ASCII. What openvet writes of itself - ids, versions - may come
back in the ledger of a stranger, and is printed as it stands."""
R = TypeVar("R", bound=Record)
_encoder = msgspec.json.Encoder(order="sorted")


def replace(record: R, **changes: object) -> R:
    """Return a copy of a record with some fields changed."""
    return msgspec.structs.replace(record, **changes)


def encode(value: object) -> bytes:
    """Return canonical JSON: sorted keys, no spaces, UTF-8.

    YAML and JSON can write half of a character, which UTF-8 cannot; it is spelled out.
    """
    try:
        return _encoder.encode(value)
    except UnicodeEncodeError:
        return _encoder.encode(_spelled(msgspec.to_builtins(value)))


def _spelled(value: Any) -> Any:  # noqa: ANN401 - plain data
    """Return plain data with half characters written as escapes."""
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, list | tuple):
        return [_spelled(one) for one in value]
    if isinstance(value, dict):
        return {_spelled(key): _spelled(one) for key, one in value.items()}
    return value


def decode(data: bytes, kind: type[T]) -> T:
    """Return the record of type `kind` written in `data`.

    Raises:
        msgspec.ValidationError: `data` is JSON but not such a record.
        msgspec.DecodeError: `data` is not JSON.
    """
    try:
        return msgspec.json.decode(data, type=kind)
    except UnicodeDecodeError as error:
        raise msgspec.DecodeError(str(error)) from None


def digest(value: object) -> str:
    """Return the SHA-256 of a value's canonical JSON, in hexadecimal."""
    return hashlib.sha256(encode(value)).hexdigest()


def schema(kind: Any) -> dict[str, Any]:  # noqa: ANN401 - msgspec takes any type form
    """Return the JSON Schema (2020-12) of a record type."""
    return msgspec.json.schema(kind)
