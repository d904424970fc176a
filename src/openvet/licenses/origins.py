"""What well-known models and data sets are licensed as by those who publish them.

A name is a claim: who names a parent may mean a copy of it. Every entry says when and
where it was read, or that it is recalled; terms of a data set's parts are its note.
"""

from fnmatch import fnmatchcase
from functools import cache
from importlib.resources import files
from typing import Final, Literal

import msgspec

from openvet.licenses.table import TermKind
from openvet.wire import Record

LONGEST: Final = 200
"""Characters of a name; what is longer is none."""


class Origin(Record, frozen=True, kw_only=True):
    """What a publisher says that a model or a data set is licensed as."""

    kind: Literal["model", "dataset"]
    pattern: str
    """Names that it holds for: `owner/name`, lower case, with `*`."""
    keys: tuple[str, ...] = ()
    """Licenses that apply, as `license_of` takes them; none where terms are the
    publisher's own, differ by part or are not stated: see `note`."""
    bare: bool = False
    """Whether the name alone, under another owner, still means it."""
    limits: tuple[TermKind, ...] = ()
    """Limits that terms of its own set."""
    written_by: tuple[str, ...] = ()
    """Whose models wrote the data: their terms may limit what it trains."""
    note: str = ""
    source: str = ""
    as_of: str = ""
    evidence: Literal["read", "recalled"] = "recalled"


class Named(Record, frozen=True, kw_only=True):
    """An origin that a name leads to."""

    origin: Origin
    exact: bool
    """Whether the owner is the publisher; else the name alone is alike."""


class _Origins(Record, frozen=True, kw_only=True):
    as_of: str
    source: str
    origins: tuple[Origin, ...]


def model_named(name: str) -> Named | None:
    """Return what is known of a model, by `owner/name`, a link or its name alone."""
    return _named(name, "model")


def dataset_named(name: str) -> Named | None:
    """Return what is known of a data set, by `owner/name`, a link or its name alone."""
    return _named(name, "dataset")


def _named(name: str, kind: str) -> Named | None:
    plain = _plain(name)
    if not plain or len(plain) > LONGEST:
        return None
    entries = _of_kind(kind)
    for pattern, origin in entries:
        if fnmatchcase(plain, pattern):
            return Named(origin=origin, exact=True)
    bare = plain.rpartition("/")[2]
    for pattern, origin in entries:
        if origin.bare and _is_bare(bare, pattern):
            return Named(origin=origin, exact=False)
    return None


def _is_bare(name: str, pattern: str) -> bool:
    """Say whether a name without owner is that of a pattern, from its beginning on."""
    last = pattern.rpartition("/")[2]
    return last not in {"", "*"} and fnmatchcase(name, last)


def _plain(name: str) -> str:
    """Return a name in lower case, without the address of the Hub or of a revision."""
    name = name.strip().lower().removeprefix("https://").removeprefix("hf:")
    for start in ("huggingface.co/", "hf.co/", "datasets/"):
        name = name.removeprefix(start)
    parts = name.partition("@")[0].strip("/").split("/")
    return "/".join(parts[:2])


@cache
def _of_kind(kind: str) -> tuple[tuple[str, Origin], ...]:
    data = (files("openvet.licenses") / "origins.json").read_bytes()
    listed = msgspec.json.decode(data, type=_Origins).origins
    return tuple((one.pattern, one) for one in listed if one.kind == kind)
