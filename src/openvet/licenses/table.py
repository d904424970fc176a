"""What is known of licenses: who calls them what, what they ask, where they end."""

from functools import cache
from pathlib import Path
from typing import Literal

import msgspec

from openvet.wire import Record

TermKind = Literal[
    "license-copy",
    "notice-text",
    "keep-notices",
    "attribution",
    "display",
    "name-prefix",
    "state-changes",
    "share-alike",
    "source-code",
    "pass-down",
    "non-commercial",
    "research-only",
    "no-derivatives",
    "use-restrictions",
    "use-policy",
    "territory",
    "monthly-users",
    "revenue",
    "no-improving-other-models",
    "no-competing",
    "no-military",
]
"""Duties first, from `license-copy` to `pass-down`; the others are limits."""
Category = Literal[
    "permissive",
    "public-domain",
    "weak-copyleft",
    "copyleft",
    "restricted",
    "non-commercial",
    "policy",
    "family",
    "unknown",
]
"""`restricted`: limits on use, or on sharing; `policy`: rules of use that a license
names; `family`: a name that leaves open which license is meant."""
Content = Literal["code", "data", "document"]


class Term(Record, frozen=True, kw_only=True):
    """Something that a license asks of those who use it, or does not grant."""

    kind: TermKind
    on: Literal["use", "share", "derive", "outputs"]
    """What calls for it: any use, passing it on, changing it, using what it makes."""
    text: str = ""
    """The notice, the words to display, the prefix, the places; or what it is about."""
    number: int = 0
    """Users a month, or US dollars a year."""
    date: str = ""
    """The day that the number is counted on, as `2024-07-23`."""
    quote: str = ""
    """Words of the license, fewer than 25."""
    source: str = ""
    evidence: Literal["read", "recalled"] = "recalled"
    """Whether the quote was found in the license's text."""


class License(Record, frozen=True, kw_only=True):
    """A license, or a family of licenses that are not told apart."""

    key: str
    """The Hub's id where it has one."""
    name: str
    spdx: str
    """An id of the SPDX license list, or `custom`; empty for a family."""
    family: str
    category: Category
    hub: bool = False
    """Whether the Hub lists it."""
    osi: bool = False
    """Approved by the OSI, by the flag of the SPDX license list."""
    fsf: bool = False
    """Free by the FSF, by the flag of the SPDX license list."""
    open: bool = False
    """As the Model Openness Framework 1.0 counts: OSI, FSF, or open data."""
    suits: tuple[Content, ...] = ()
    """Kinds of content it is made for, by the Model Openness Framework 1.0."""
    text: bool = False
    """Whether there is a reference text that copies are compared with."""
    page: str = ""
    """Where its text is published."""
    terms: tuple[Term, ...] = ()
    source: str = ""

    def asks(self, *kinds: TermKind) -> tuple[Term, ...]:
        """Return its terms of some kinds."""
        return tuple(term for term in self.terms if term.kind in kinds)


class Table(Record, frozen=True, kw_only=True):
    """Every license that is known, and every way to write one."""

    as_of: str
    source: str
    licenses: tuple[License, ...]
    spellings: dict[str, str]
    """Key by the spelling that `openvet.licenses.spelling` makes of a name."""
    pages: dict[str, str]
    """Key by the beginning of a link."""


@cache
def table() -> Table:
    """Return what is shipped."""
    data = Path(__file__).with_name("licenses.json").read_bytes()
    return msgspec.json.decode(data, type=Table)


@cache
def _by_key() -> dict[str, License]:
    return {one.key: one for one in table().licenses}


def license_of(key: str) -> License | None:
    """Return the license of a key, if there is one."""
    return _by_key().get(key)
