"""Where the two listings of a zip file contradict each other, as defects.

What honest writers do is silent: data descriptors with zeros in the local header,
zip64, extra fields as padding (torch), different extra fields and times.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Final, Literal

from openvet.formats.zip.listing import Listing, Pair
from openvet.formats.zip.records import Header
from openvet.subject import Defect

LIVE: Final = {
    "zip-name-differs": "torch.load and Python's zipfile look members up by the "
    "directory's name; torch then reads whatever stands at the local header, "
    "zipfile refuses it, streaming tools see the local name",
    "zip-encryption-differs": "torch.load ignores the flag of the local header and "
    "reads the data; scanners built on Python's zipfile see a password and stop",
    "zip-flags": "torch.load reads the member; Python's zipfile refuses it",
    "zip-false-encryption": "a reader that ignores the flag gets the data in the clear",
    "zip-method-differs": "loaders that trust the local header and loaders that "
    "trust the directory unpack different bytes",
    "zip-crc-differs": "torch.load does not check the CRC; Python's zipfile refuses "
    "the member, so a scanner built on it never sees it",
    "zip-size-differs": "loaders that trust the local header and loaders that trust "
    "the directory read different lengths",
    "zip-duplicate-member": "torch.load takes the first member of a name, Python's "
    "zipfile the last",
    "zip-member-not-in-directory": "tools that read the file as a stream see it; "
    "tools that read the directory do not",
    "zip-joined": "torch.load and streaming tools open the first archive or refuse the "
    "file, Python's zipfile opens the last; the members of all were examined",
    "zip-header-missing": "the directory names a member that is not there",
    "zip-count-differs": "loaders that trust the count stop early",
    "bomb-overlap": "every loader unpacks the shared bytes once for each member",
}
_REFUSED_FLAGS: Final = 0x0020 | 0x0040 | 0x2000
_CRYPT_HEADER: Final = 12
_MOST: Final = 50


def defects_of(listing: Listing) -> Iterator[Defect]:
    """Yield every contradiction of a listing, at most 50 of a kind."""
    counts: dict[str, int] = defaultdict(int)
    for defect in _all(listing):
        counts[defect.code] += 1
        if counts[defect.code] <= _MOST:
            yield defect


def _all(listing: Listing) -> Iterator[Defect]:
    for pair in listing.pairs:
        if pair.local is not None and pair.central is not None:
            yield from _contradictions(pair.local, pair.central)
        yield from _lone(pair, listing)
        yield from _flags(pair)
    yield from _duplicates(listing.pairs)
    yield from _overlaps(listing.pairs)
    yield from _joined(listing)
    yield from _end(listing)


def _defect(
    code: str,
    detail: str,
    offset: int,
    weight: Literal["attack", "odd"] = "attack",
) -> Defect:
    return Defect(
        code=code,
        detail=detail,
        offset=offset,
        weight=weight,
        live=LIVE.get(code, ""),
    )


def _contradictions(local: Header, central: Header) -> Iterator[Defect]:
    """Compare the two headers of one member."""
    at = local.offset
    name = central.name
    if local.raw_name != central.raw_name:
        detail = f"{name!r} in the directory, {local.name!r} at the data"
        yield _defect("zip-name-differs", detail, at)
    if local.encrypted != central.encrypted:
        which = "local header" if local.encrypted else "directory"
        detail = f"{name!r} is encrypted only according to the {which}"
        yield _defect("zip-encryption-differs", detail, at)
    if local.method != central.method:
        detail = f"{name!r}: method {central.method} in the directory, {local.method}"
        yield _defect("zip-method-differs", f"{detail} at the data", at)
    if local.unsized:
        return
    # Some writers fill in only what they know before the data; zero says "later".
    streamed = local.flags & 0x08
    if local.crc != central.crc and not (streamed and local.crc == 0):
        detail = f"{name!r}: CRC {central.crc:08x} in the directory, {local.crc:08x}"
        yield _defect("zip-crc-differs", f"{detail} at the data", at)
    for what, here, there in (
        ("packed size", local.compressed, central.compressed),
        ("size", local.size, central.size),
    ):
        if here != there and not (streamed and here in (0, 0xFFFFFFFF)):
            detail = f"{name!r}: {what} {there} in the directory, {here} at the data"
            yield _defect("zip-size-differs", detail, at)


def _lone(pair: Pair, listing: Listing) -> Iterator[Defect]:
    """A member that only one listing has."""
    if pair.local is None and pair.central is not None:
        detail = f"no member at offset {pair.central.target} for {pair.central.name!r}"
        yield _defect("zip-header-missing", detail, pair.central.offset)
    if pair.local is not None and pair.local.offset in listing.joined:
        return
    if pair.central is None and pair.local is not None and listing.end is not None:
        detail = f"{pair.local.name!r} is in the file but not in its directory"
        yield _defect("zip-member-not-in-directory", detail, pair.local.offset)


def _flags(pair: Pair) -> Iterator[Defect]:
    """Flags that no writer of models sets."""
    header = pair.header
    flags = header.flags | (pair.local.flags if pair.local else 0)
    refused = flags & _REFUSED_FLAGS
    if refused and not header.encrypted:
        detail = f"{header.name!r} has the flag bits {refused:#06x}"
        yield _defect("zip-flags", detail, header.offset)
    if header.encrypted and falsely_encrypted(header):
        detail = f"{header.name!r} is marked as encrypted and is not"
        yield _defect("zip-false-encryption", detail, header.offset)


def falsely_encrypted(header: Header) -> bool:
    """Say whether a stored member has no room for the header of its encryption."""
    return header.method == 0 and header.compressed < header.size + _CRYPT_HEADER


def _duplicates(pairs: Iterable[Pair]) -> Iterator[Defect]:
    """Names that the directory has twice."""
    first: dict[bytes, Header] = {}
    for pair in pairs:
        header = pair.central
        if header is None:
            continue
        twin = first.setdefault(header.raw_name, header)
        if twin is header:
            continue
        same = (twin.crc, twin.size) == (header.crc, header.size)
        weight: Literal["attack", "odd"] = "odd" if same else "attack"
        yield _defect(
            "zip-duplicate-member",
            f"{header.name!r} stands twice in the directory",
            header.offset,
            weight,
        )


def _overlaps(pairs: Iterable[Pair]) -> Iterator[Defect]:
    """Members whose data shares bytes."""
    spans = sorted(
        (pair.local.offset, pair.local.stop + pair.header.compressed, pair.header.name)
        for pair in pairs
        if pair.local is not None
    )
    reach, owner = -1, ""
    for start, stop, name in spans:
        if start < reach:
            yield _defect("bomb-overlap", f"{name!r} lies inside {owner!r}", start)
        if stop > reach:
            reach, owner = stop, name


def _joined(listing: Listing) -> Iterator[Defect]:
    """Whole archives before the last one, as torch's distributed checkpoints are."""
    if listing.joined:
        detail = f"{len(listing.joined)} members belong to archives before the last one"
        yield _defect("zip-joined", detail, listing.first, "odd")


def _end(listing: Listing) -> Iterator[Defect]:
    """What the end record says, against what is there."""
    end = listing.end
    if end is None:
        if listing.pairs:
            detail = "the archive has no end record"
            yield _defect("zip-no-end-record", detail, listing.stop, "odd")
        return
    # Old writers let the count of more than 65,535 members wrap.
    if listing.stopped is None and (end.count - listing.directory_count) % 0x10000:
        detail = f"{end.count} members declared, {listing.directory_count} listed"
        yield _defect("zip-count-differs", detail, end.offset)
