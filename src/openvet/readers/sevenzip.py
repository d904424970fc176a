"""7z archives, unpacked in memory under the budget."""

import stat
from collections.abc import Iterator
from typing import Final, Literal

from openvet.check import Context, Reader
from openvet.errors import OverBudgetError
from openvet.formats.inflate import Inflated
from openvet.formats.magic import kind_of
from openvet.formats.names import link_leaves, normal
from openvet.formats.sevenzip.folders import Folder, unpack
from openvet.formats.sevenzip.listing import (
    Listing,
    Member,
    SevenZipError,
    read_listing,
)
from openvet.formats.trailing import after_end
from openvet.source import BytesSource, Source
from openvet.subject import Archive, Defect, Entry, File, Gap, Subject

_UNIX: Final = 0x8000
_FOLDER: Final = 0x10
_LINK: Final = 4096


class SevenZipReader(Reader[File]):
    """Reads a 7z: one `Archive`, and a `File` for each member."""

    id = "7z"

    def claims(self, subject: File) -> bool:
        """7z by its magic."""
        return kind_of(subject.head) == "7z"

    def read(self, subject: File, context: Context) -> Iterator[Subject]:
        """Yield the members, then the archive itself."""
        try:
            listing = read_listing(subject.source, context.budget)
        except SevenZipError as error:
            reason: Literal["encrypted", "broken"] = (
                "encrypted" if error.encrypted else "broken"
            )
            gap = Gap(reason=reason, detail=str(error))
            yield _archive(subject, Listing([], [], subject.size), [gap], [], {})
            return
        except OverBudgetError as error:
            gap = _over(error)
            yield _archive(subject, Listing([], [], subject.size), [gap], [], {})
            return
        unpacking = _Unpacking(subject, listing, context)
        yield from unpacking.members()
        yield _archive(
            subject, listing, unpacking.gaps, unpacking.defects, unpacking.links
        )


def _over(error: OverBudgetError) -> Gap:
    return Gap(reason="over-budget", detail=error.message, lift=error.hint or "")


class _Unpacking:
    """One archive being unpacked, folder by folder."""

    def __init__(self, subject: File, listing: Listing, context: Context) -> None:
        self.subject = subject
        self.listing = listing
        self.budget = context.budget
        self.keep = context.budget.limits.memory_bytes // 4
        self.gaps: list[Gap] = []
        self.defects: list[Defect] = []
        self.links: dict[str, str] = {}
        self._number = -1
        self._folder: Source | None = None

    def members(self) -> Iterator[File]:
        """Yield the files; members of one folder stand next to each other."""
        seen: dict[str, int] = {}
        for member in self.listing.members:
            source = self._content(member)
            mode = mode_of(member)
            if source is None or member.attributes & _FOLDER or stat.S_ISDIR(mode):
                continue
            if stat.S_ISLNK(mode):
                target = source.read(0, _LINK).decode("utf-8", "backslashreplace")
                self.links[normal(member.name)] = target
            number = seen.get(member.name, 0)
            seen[member.name] = number + 1
            origin = self.subject.origin.at(member.name)
            yield File(
                origin=origin.aspect(f"copy {number}") if number else origin,
                source=source,
                executable_bit=bool(mode & 0o111),
            )

    def _content(self, member: Member) -> Source | None:
        """Return the bytes of a member; None where they cannot be had."""
        if member.folder < 0:
            return BytesSource(b"")
        if member.folder != self._number:
            self._number = member.folder
            self._folder = self._unpacked(self.listing.folders[member.folder])
        if self._folder is None:
            return None
        window = self._folder.window(member.offset, member.offset + member.size)
        return window if window.size or not member.size else None

    def _unpacked(self, folder: Folder) -> Source | None:
        if folder.encrypted:
            self._gap("encrypted", "members are encrypted", "decrypt the archive")
            return None
        try:
            result = unpack(self.subject.source, folder, self.budget, self.keep)
        except OverBudgetError as error:
            self.gaps.append(_over(error))
            return None
        if result is None:
            names = (
                ", ".join(coder.name for coder in folder.coders) or "several streams"
            )
            detail = f"members are packed with {names}"
            self._gap("unsupported", detail, "pack the archive again with LZMA2")
            return None
        self._judge(result, folder)
        if result.source.size <= self.keep:
            self.keep -= result.source.size
        return result.source

    def _judge(self, result: Inflated, folder: Folder) -> None:
        """Note how a folder's unpacking ended."""
        if result.over is not None:
            self.gaps.append(_over(result.over))
            if result.over.limit == "ratio":
                detail = f"a folder {result.over.message}"
                self.defects.append(
                    Defect(code="bomb-ratio", detail=detail, offset=folder.start)
                )
        elif result.broken or result.source.size < folder.size:
            self._gap("broken", result.broken or "a folder is cut off", "")
        elif result.source.size > folder.size:
            detail = (
                f"a folder holds {result.source.size} bytes, {folder.size} declared"
            )
            self.defects.append(
                Defect(code="7z-size-wrong", detail=detail, offset=folder.start)
            )

    def _gap(
        self,
        reason: Literal["encrypted", "unsupported", "broken"],
        detail: str,
        lift: str,
    ) -> None:
        self.gaps.append(Gap(reason=reason, detail=detail, lift=lift))


def mode_of(member: Member) -> int:
    """Return the Unix mode, which p7zip keeps in the high half of the attributes."""
    return member.attributes >> 16 if member.attributes & _UNIX else 0


def _archive(
    subject: File,
    listing: Listing,
    gaps: list[Gap],
    defects: list[Defect],
    links: dict[str, str],
) -> Archive:
    payload = None if gaps else after_end(subject.source, listing.stop)
    return Archive(
        origin=subject.origin.aspect("7z"),
        format="7z",
        members=tuple(_entry(member, links) for member in listing.members),
        gaps=tuple(dict.fromkeys(gaps)),
        defects=tuple(defects),
        payloads=(payload,) if payload is not None else (),
    )


def _entry(member: Member, links: dict[str, str]) -> Entry:
    mode = mode_of(member)
    link = links.get(normal(member.name), "")
    kind: Literal["file", "folder", "link", "special"] = "file"
    if member.attributes & _FOLDER or stat.S_ISDIR(mode):
        kind = "folder"
    elif stat.S_ISLNK(mode):
        kind = "link"
    elif stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        kind = "special"
    return Entry(
        name=member.name,
        kind=kind,
        size=member.size,
        mode=mode,
        link=link,
        link_leaves=bool(link) and link_leaves(member.name, link, links),
    )
