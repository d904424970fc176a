"""The manifest of a model: every file and its digest, as OpenSSF model signing has it.

Its root, SHA-256 over the raw digests in their order, stands for the model in other
statements.

References:
    - https://github.com/ossf/model-signing-spec
    - https://pypi.org/project/model-signing/1.1.1
"""

import hashlib
import re
from collections.abc import Iterable
from typing import Any, Final

import msgspec

from openvet.errors import DoesNotHoldError, SignatureError
from openvet.patterns import pattern
from openvet.signing.envelope import Statement, decoded, statement
from openvet.wire import Record

PREDICATE: Final = "https://model_signing/signature/v1.0"
OLD_PREDICATE: Final = "https://model_signing/Digests/v0.1"
GIT: Final = (".git", ".gitattributes", ".github", ".gitignore")
"""Left out by OpenSSF model signing wherever it is not told otherwise."""
ALGORITHMS: Final = {"sha256": 64, "blake2b": 128, "blake3": 64}
"""Those it knows, and how long they are in hexadecimal."""
WHOLE: Final = "."
"""The name of a model that is a single file."""
_HEX: Final = pattern(r"[0-9a-fA-F]+")
_SHARD: Final = pattern(r"(.+):([0-9]{1,18}):([0-9]{1,18})", flags=re.DOTALL)


class Part(Record, frozen=True, kw_only=True):
    """A file, or a range of one, and its digest."""

    name: str
    """Below the model's folder, with `/`; `.` where the model is a file."""
    algorithm: str
    digest: str
    """In hexadecimal, lower case."""
    start: int = 0
    stop: int | None = None
    """None for a whole file."""

    @property
    def spelled(self) -> str:
        """The name that the manifest has."""
        return (
            self.name if self.stop is None else f"{self.name}:{self.start}:{self.stop}"
        )


class Manifest(Record, frozen=True, kw_only=True):
    """What a signature says of a model's files."""

    name: str
    """Of the model; only for people."""
    parts: tuple[Part, ...]
    allow_symlinks: bool = False
    """Whether links were followed."""
    ignore: tuple[str, ...] = ()
    """Files and folders that are left out."""

    @property
    def root(self) -> str:
        """The digest that stands for all files, in hexadecimal."""
        return _root(self.parts)

    @property
    def files(self) -> dict[str, list[Part]]:
        """The parts of each file."""
        found: dict[str, list[Part]] = {}
        for part in self.parts:
            found.setdefault(part.name, []).append(part)
        return found

    @property
    def shards(self) -> bool:
        """Whether ranges of files are named, not files."""
        return any(part.stop is not None for part in self.parts)

    def ignores(self, name: str) -> bool:
        """Tell whether a file, or a folder above it, is left out."""
        return is_below(name, self.ignore)

    def subject(self) -> dict[str, Any]:
        """Return what names the model in a statement."""
        return {"name": self.name, "digest": {"sha256": self.root}}

    def statement(self) -> bytes:
        """Return the statement that is signed."""
        predicate = {
            "serialization": {
                "method": "files",
                "hash_type": "sha256",
                "allow_symlinks": self.allow_symlinks,
                "ignore_paths": self.ignore,
            },
            "resources": [
                {"name": part.name, "algorithm": part.algorithm, "digest": part.digest}
                for part in self.parts
            ],
        }
        return statement(PREDICATE, [self.subject()], predicate)


class _Resource(msgspec.Struct):
    name: str
    algorithm: str
    digest: str


class _Serialization(msgspec.Struct):
    method: str
    allow_symlinks: bool = False
    ignore_paths: list[str] = []


class _Predicate(msgspec.Struct):
    serialization: _Serialization
    resources: list[_Resource]


def ordered(parts: Iterable[Part]) -> tuple[Part, ...]:
    """Return parts in the order that OpenSSF model signing gives them."""
    return tuple(sorted(parts, key=lambda part: part.name.split("/")))


def is_below(name: str, folders: Iterable[str]) -> bool:
    """Tell whether a name is one of some names or below one of them."""
    return any(name == f or name.startswith(f"{f}/") for f in folders)


def read(signed: Statement) -> Manifest:
    """Return the manifest in a statement.

    Raises:
        SignatureError: It is no manifest, contradicts itself, or names a file that no
            model can have.
    """
    if signed.predicate_type == OLD_PREDICATE:
        raise SignatureError(
            "it was made by OpenSSF model signing before its version 1.0",
            hint="have the model signed again with a version of today",
        )
    if signed.predicate_type != PREDICATE:
        raise SignatureError(f"it is a statement of another kind: {_kind(signed)}")
    found = decoded(signed.predicate, _Predicate, "manifest of a model")
    how = found.serialization
    if how.method not in {"files", "shards"}:
        raise SignatureError(f"files are named in a way unknown here: {how.method}")
    parts = tuple(_part(r, shards=how.method == "shards") for r in found.resources)
    if len({part.spelled for part in parts}) < len(parts):
        raise DoesNotHoldError("it names a file twice")
    if len(signed.subject) != 1 or signed.subject[0].digest.get("sha256") != _root(
        parts
    ):
        raise DoesNotHoldError("its root is not that of the files it names")
    return Manifest(
        name=signed.subject[0].name,
        parts=parts,
        allow_symlinks=how.allow_symlinks,
        ignore=tuple(name.rstrip("/") for name in how.ignore_paths),
    )


def unsafe(name: str) -> bool:
    """Tell whether a name could lead out of the folder that it is said to be in."""
    if name == WHOLE:
        return False
    return "\0" in name or not {"", ".", ".."}.isdisjoint(name.split("/"))


def _part(resource: _Resource, *, shards: bool) -> Part:
    name, start, stop = resource.name, 0, None
    if shards:
        found = _SHARD.fullmatch(name)
        if found is None or int(found[2]) >= int(found[3]):
            raise SignatureError(f"{name} names no part of a file")
        name, start, stop = found[1], int(found[2]), int(found[3])
    if unsafe(name):
        raise DoesNotHoldError(f"it names a file outside the model: {name}")
    algorithm = resource.algorithm.partition("-sharded-")[0]
    digits = ALGORITHMS.get(algorithm)
    if digits is None:
        raise SignatureError(f"{name} has a digest unknown here: {algorithm}")
    if len(resource.digest) != digits or not _HEX.fullmatch(resource.digest):
        raise SignatureError(f"{name} has a digest that is none")
    return Part(
        name=name,
        algorithm=algorithm,
        digest=resource.digest.lower(),
        start=start,
        stop=stop,
    )


def _root(parts: Iterable[Part]) -> str:
    hasher = hashlib.sha256()
    for part in parts:
        hasher.update(bytes.fromhex(part.digest))
    return hasher.hexdigest()


def _kind(signed: Statement) -> str:
    return signed.predicate_type[:200]
