"""What well-known models and data sets are licensed as by those who publish them.

A name is a claim: who names a parent may mean a copy of it. Every entry says when and
where it was read, or that it is recalled; terms of a data set's parts are its note.
"""

from collections.abc import Iterator
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Final, Literal, NamedTuple

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


class _Entry(NamedTuple):
    """A pattern, and the longest part of it that holds no sign."""

    part: str
    pattern: str
    origin: Origin

    @classmethod
    def of(cls, pattern: str, origin: Origin) -> "_Entry":
        """Return a pattern with its longest part."""
        return cls(max(pattern.split("*"), key=len), pattern, origin)


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
    whole, last = _of_kind(kind)
    for origin in _fitting(plain, whole):
        return Named(origin=origin, exact=True)
    for origin in _fitting(plain.rpartition("/")[2], last):
        return Named(origin=origin, exact=False)
    return None


def _fitting(name: str, entries: tuple[_Entry, ...]) -> Iterator[Origin]:
    """Yield the origins whose pattern a name has, the first listed first."""
    for entry in entries:
        # Most patterns are ruled out by their longest part, which costs far less.
        if entry.part in name and fnmatchcase(name, entry.pattern):
            yield entry.origin


def _plain(name: str) -> str:
    """Return a name in lower case, without the address of the Hub or of a revision."""
    name = name.strip().lower().removeprefix("https://").removeprefix("hf:")
    for start in ("huggingface.co/", "hf.co/", "datasets/"):
        name = name.removeprefix(start)
    parts = name.partition("@")[0].strip("/").split("/")
    return "/".join(parts[:2])


@cache
def _of_kind(kind: str) -> tuple[tuple[_Entry, ...], tuple[_Entry, ...]]:
    """Return the patterns of whole names, and those of names without their owner."""
    data = Path(__file__).with_name("origins.json").read_bytes()
    listed = msgspec.json.decode(data, type=_Origins).origins
    mine = [one for one in listed if one.kind == kind]
    bare = [(one.pattern.rpartition("/")[2], one) for one in mine if one.bare]
    return (
        tuple(_Entry.of(one.pattern, one) for one in mine),
        tuple(_Entry.of(last, one) for last, one in bare if last not in {"", "*"}),
    )
