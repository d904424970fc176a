"""Tar archives, whatever they are called: `.tar`, `.nemo`, the oldest torch files."""

import stat
from collections.abc import Iterable, Iterator
from operator import attrgetter
from typing import Final, Literal

from openvet.check import Context, Reader
from openvet.formats.magic import kind_of
from openvet.formats.names import link_leaves, normal, path_leaves
from openvet.formats.tar import (
    BLOCK,
    FOLDER,
    HARD_LINK,
    SPECIAL,
    SYMBOLIC_LINK,
    Listing,
    Member,
    is_header,
    walk,
)
from openvet.formats.trailing import after_end
from openvet.subject import Archive, Defect, Entry, File, Gap, Subject

MANY: Final = 10_000
_COMPARED: Final = 1 << 16
_TORCH: Final = frozenset({"pickle", "storages", "tensors"})
_KINDS: Final[dict[bytes, Literal["folder", "link", "special"]]] = {
    FOLDER: "folder",
    HARD_LINK: "link",
    SYMBOLIC_LINK: "link",
    **{SPECIAL[i : i + 1]: "special" for i in range(len(SPECIAL))},
}


class TarReader(Reader[File]):
    """Reads a tar: one `Archive`, and a `File` for each regular member."""

    id = "tar"

    def claims(self, subject: File) -> bool:
        """Tar by its magic, or by the checksum of its first header."""
        head = subject.head
        return is_header(head[:BLOCK]) or kind_of(head) == "tar"

    def read(self, subject: File, context: Context) -> Iterator[Subject]:
        """Yield the members, then the archive itself."""
        listing = walk(subject.source, context.budget)
        yield from _members(subject, listing)
        yield _archive(subject, listing)


def _members(subject: File, listing: Listing) -> Iterator[File]:
    """Yield the regular members; many empty ones are only listed."""
    seen: dict[str, int] = {}
    many = len(listing.members) > MANY
    for member in listing.members:
        if member.kind in _KINDS or (many and not member.size):
            continue
        number = seen.get(member.name, 0)
        seen[member.name] = number + 1
        origin = subject.origin.at(member.name)
        yield File(
            origin=origin.aspect(f"copy {number}") if number else origin,
            source=subject.source.window(member.start, member.start + member.size),
            executable_bit=bool(member.mode & 0o111),
        )


def _archive(subject: File, listing: Listing) -> Archive:
    """Return the listing as a subject."""
    links = {
        normal(member.name): member.link
        for member in listing.members
        if member.kind == SYMBOLIC_LINK
    }
    defects = [*listing.defects, *_duplicates(subject, listing.members)]
    total = sum(member.size for member in listing.members)
    if len(listing.members) > MANY and total < 16 * len(listing.members):
        detail = f"{len(listing.members)} members hold {total} bytes together"
        defects.append(Defect(code="bomb-entries", detail=detail))
    gaps = list(listing.gaps)
    gaps.extend(
        Gap(
            reason="unsupported",
            detail=f"member {member.name!r} is stored as a sparse file",
            offset=member.header,
            lift="pack the archive again without --sparse",
        )
        for member in listing.members
        if member.sparse
    )
    payload = after_end(subject.source, listing.stop)
    defects.sort(key=attrgetter("weight"))  # attacks first, before what is odd
    return Archive(
        origin=subject.origin.aspect("tar"),
        format=_format(member.name for member in listing.members),
        members=tuple(_entry(member, links) for member in listing.members),
        gaps=tuple(gaps[:100]),
        defects=tuple(defects[:100]),
        payloads=(payload,) if payload is not None else (),
    )


def _duplicates(subject: File, members: Iterable[Member]) -> Iterator[Defect]:
    """Names that stand twice with different content."""
    first: dict[str, Member] = {}
    for member in members:
        twin = first.setdefault(normal(member.name), member)
        if twin is member or FOLDER in (twin.kind, member.kind):
            continue
        same = (twin.kind, twin.size, twin.link) == (
            member.kind,
            member.size,
            member.link,
        )
        length = min(member.size, _COMPARED)
        if same and subject.source.read(twin.start, length) == subject.source.read(
            member.start, length
        ):
            continue
        yield Defect(
            code="tar-duplicate-member",
            detail=f"{member.name!r} stands twice with different content",
            offset=member.header,
            live="extracting everything keeps the last, a reader that stops at the "
            "first match sees the first",
        )


def _entry(member: Member, links: dict[str, str]) -> Entry:
    link, leaves = "", False
    if member.kind in (HARD_LINK, SYMBOLIC_LINK):
        link = member.link
        # A hard link names its target from the root of the archive.
        leaves = (
            path_leaves(link, links)
            if member.kind == HARD_LINK
            else link_leaves(member.name, link, links)
        )
    file_type = {FOLDER: stat.S_IFDIR, SYMBOLIC_LINK: stat.S_IFLNK}
    return Entry(
        name=member.name,
        kind=_KINDS.get(member.kind, "file"),
        size=member.size,
        mode=member.mode & 0o7777 | file_type.get(member.kind, stat.S_IFREG),
        link=link,
        link_leaves=leaves,
    )


def _format(names: Iterable[str]) -> str:
    """Return what loader a tar with these members is meant for, or `tar`."""
    paths = {normal(name) for name in names}
    inside = paths | {path.partition("/")[2] for path in paths}
    if paths >= _TORCH:
        return "torch-tar"
    if "model_config.yaml" in inside:
        return "nemo"
    return "tar"
