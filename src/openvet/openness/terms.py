"""Which licenses are open, and which license a spelling means.

The Model Openness Framework calls a license open that is approved by the Open Source
Initiative, free for the Free Software Foundation, one of 31 for data, or OpenMDW. A
license that is not listed is not open or not known; neither counts as open.
"""

from functools import cache
from pathlib import Path
from typing import Final, Literal

import msgspec

from openvet.patterns import pattern
from openvet.wire import Record

FOLDER: Final = Path(__file__).parent
ContentType = Literal["code", "data", "document"]


class Component(Record, frozen=True, kw_only=True):
    """A part of a release that the framework names."""

    name: str
    type: ContentType
    klass: int
    """The lowest class that asks for it: 3, 2 or 1, where 1 asks for the most."""
    required: bool
    what: str


class Framework(Record, frozen=True, kw_only=True):
    """The Model Openness Framework as data."""

    as_of: str
    source: str
    version: str
    components: tuple[Component, ...]
    open_data: frozenset[str]
    open_otherwise: frozenset[str]
    same_as: dict[str, str]
    """SPDX ids that the framework's list spells otherwise."""
    appropriate: dict[ContentType, frozenset[str]]


class OpenLicense(Record, frozen=True, kw_only=True):
    """A license that SPDX flags as open."""

    name: str
    osi: bool = False
    fsf: bool = False
    deprecated: bool = False


class OpenLicenses(Record, frozen=True, kw_only=True):
    """The flags of the SPDX license list."""

    as_of: str
    source: str
    licenses: dict[str, OpenLicense]


NONE: Final = frozenset(
    {"", "unlicensed", "undisclosed", "none", "not disclosed", "not specified",
     "component not include", "component not included",
     "component component not included"}
)  # fmt: skip
"""Folded spellings of "nobody stated a license"."""
_WORD: Final = pattern(r"(?:[^\W_]|[.+])+")
"""Of any script: "Apache 2.0" with words of another language is not Apache 2.0."""
_IDLE: Final = frozenset(
    {"agreement", "international", "generic", "license", "the", "unported", "v",
     "version"}
)  # fmt: skip
"""Words that tell no license from another."""
_LONGEST: Final = 200


@cache
def framework() -> Framework:
    """Return the framework's components and lists."""
    return msgspec.json.decode((FOLDER / "mof.json").read_bytes(), type=Framework)


@cache
def open_licenses() -> dict[str, OpenLicense]:
    """Return every license that is OSI approved or FSF libre, by SPDX id."""
    text = (FOLDER / "open_licenses.json").read_bytes()
    return msgspec.json.decode(text, type=OpenLicenses).licenses


def is_open(license_id: str) -> bool:
    """Tell whether an SPDX id is of an open license, as the framework understands it.

    The id counts as it is written: `apache-2.0` is none. See `identify`.
    """
    mof = framework()
    same = mof.same_as.get(license_id, license_id)
    return (
        license_id in open_licenses()
        or same in mof.open_data
        or license_id in mof.open_otherwise
    )


def is_osi_approved(license_id: str) -> bool:
    """Tell whether the Open Source Initiative approved a license, by its SPDX id."""
    found = open_licenses().get(license_id)
    return found is not None and found.osi


def is_appropriate(license_id: str, kind: ContentType) -> bool:
    """Tell whether the framework finds a license made for this type of content."""
    return license_id in framework().appropriate[kind]


def fold(written: str) -> str:
    """Return a spelling without case, punctuation and words that tell nothing apart."""
    text = written[:_LONGEST].lower().replace("licence", "license")
    words = (word.strip(".") for word in _WORD.findall(text))
    bare = (w[1:] if w[:1] == "v" and w[1:2].isdigit() else w for w in words)
    return " ".join(word for word in bare if word and word not in _IDLE)


@cache
def _spellings() -> dict[str, str]:
    """Return the SPDX id of every folded id and name that is open."""
    found: dict[str, str] = {}
    for key, row in open_licenses().items():
        for text in (key, row.name):
            folded = fold(text)
            if folded not in found or not row.deprecated:
                found[folded] = key
    mof = framework()
    for key in (*mof.open_data, *mof.open_otherwise, *mof.same_as):
        found.setdefault(fold(key), key)
    return found


def identify(written: str) -> str:
    """Return the SPDX id of the open license that a spelling means, or an empty string.

    The whole of it must be one license: "Apache 2.0 for research" is none.
    """
    from openvet.licenses import known, license_of

    if len(written) > _LONGEST:
        return ""
    means = known(written)
    if means.keys and not means.unknown:
        row = license_of(means.keys[0]) if len(means.keys) == 1 else None
        if row is None or not row.open:
            return ""
        if row.spdx != "custom":
            return row.spdx
    # The table of licenses has those that models use; SPDX lists more that are open.
    return _spellings().get(fold(written), "")


def states_none(written: str) -> bool:
    """Tell whether a spelling says that there is no license."""
    return fold(written) in NONE
