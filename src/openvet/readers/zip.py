"""Zip archives: the union of what both listings name, and their contradictions.

Torch checkpoints, Keras models, `.npz`, skops, model archives, wheels and office
documents are zips too; `Archive.format` says which.
"""

import stat
import zlib
from collections.abc import Iterator
from typing import Final, Literal

from openvet.check import Context, Reader
from openvet.formats.inflate import Codec, inflate
from openvet.formats.magic import kind_of
from openvet.formats.names import link_leaves, normal
from openvet.formats.parts import Parts
from openvet.formats.trailing import after_end, program_kind
from openvet.formats.zip.compare import defects_of, falsely_encrypted
from openvet.formats.zip.kinds import kind_of_names
from openvet.formats.zip.listing import Listing, Pair, walk
from openvet.formats.zip.records import END, Header
from openvet.source import Source
from openvet.subject import (
    Archive,
    Defect,
    Entry,
    File,
    Gap,
    Payload,
    Subject,
)

STORED: Final = 0
LZMA: Final = 14
CODECS: Final[dict[int, Codec]] = {
    8: "deflate",
    12: "bzip2",
    LZMA: "lzma",
    93: "zstd",
    95: "xz",
}
UNREAD: Final = {
    9: "Deflate64",
    96: "JPEG",
    97: "WavPack",
    98: "PPMd",
}
AES: Final = 99
CHECKED: Final = 1 << 20
MANY: Final = 10_000
HOLDING: Final = 16
STRAYS: Final = 10_000
"""Places between members that are looked into."""
_TAIL: Final = 512
_PROGRAM: Final = 21
"""Bytes of the shortest program; alignment and times take fewer, or are padding."""
_PADDING: Final = 5
"""Different bytes in the padding of tensors: a tag, its length and one repeated."""
_LINK: Final = 4096


class ZipReader(Reader[File]):
    """Reads a zip: one `Archive`, and a `File` for each member."""

    id = "zip"
    version = 4

    def claims(self, subject: File) -> bool:
        """Zip by its first bytes, or by an end record near its last."""
        if kind_of(subject.head) == "zip":
            return True
        return END in subject.source.read(max(0, subject.size - _TAIL), _TAIL)

    def read(self, subject: File, context: Context) -> Iterator[Subject]:
        """Yield the members, then the archive itself."""
        listing = walk(subject.source, context.budget)
        if not listing.pairs and listing.end is None:
            if kind_of(subject.head) == "zip":
                yield _empty(subject)
            return
        unpacked = _Unpacking(subject, context, listing)
        yield from unpacked.members()
        yield unpacked.archive()


def _empty(subject: File) -> Archive:
    """A zip of which nothing but the magic can be read."""
    gap = Gap(reason="broken", detail="no member and no directory can be read")
    return Archive(
        origin=subject.origin.aspect("zip"), format="zip", members=(), gaps=(gap,)
    )


class _Unpacking:
    """One archive being unpacked, and what was learned on the way."""

    def __init__(self, subject: File, context: Context, listing: Listing) -> None:
        self.subject = subject
        self.source = subject.source
        self.budget = context.budget
        self.listing = listing
        self.keep = context.budget.limits.memory_bytes // 4
        self.gaps: list[Gap] = []
        self.defects: list[Defect] = []
        self.links: dict[str, str] = {}
        self.stopped = False
        if listing.stopped is not None:
            self.over(listing.stopped.message, listing.stopped.hint)
        if len(listing.strays) > STRAYS:
            self.over(f"more than {STRAYS} gaps between members", None)

    def over(self, detail: str, lift: str | None) -> None:
        """Note a spent limit."""
        self.gaps.append(Gap(reason="over-budget", detail=detail, lift=lift or ""))

    def members(self) -> Iterator[File]:
        """Yield a file for each reading of each member."""
        seen: dict[str, int] = {}
        many = len(self.listing.pairs) > MANY
        for pair in self.listing.pairs:
            header = pair.header
            if self.stopped:
                return
            if not header.size and (many or header.name.endswith("/")):
                continue
            for source in self._readings(pair):
                number = seen.get(header.name, 0)
                seen[header.name] = number + 1
                origin = self.subject.origin.at(header.name)
                if number:
                    origin = origin.aspect(f"copy {number}")
                if stat.S_ISLNK(header.mode):
                    target = source.read(0, _LINK).decode("utf-8", "backslashreplace")
                    self.links[normal(header.name)] = target
                yield File(
                    origin=origin,
                    source=source,
                    executable_bit=bool(header.mode & 0o111)
                    and stat.S_ISREG(header.mode),
                )

    def _readings(self, pair: Pair) -> Iterator[Source]:
        """Yield the data of a member, once for each way that a header describes it."""
        if pair.local is None:
            return
        start = pair.local.stop
        done: set[tuple[int, int]] = set()
        for header in (pair.central, pair.local):
            if header is None or (header is pair.local and header.unsized):
                continue
            way = (header.method, header.compressed)
            if way in done:
                continue
            done.add(way)
            window = self.source.window(start, start + header.compressed)
            if window.size < header.compressed:
                detail = f"member {header.name!r} is cut off"
                self.gaps.append(Gap(reason="broken", detail=detail, offset=start))
            yield from self._unpacked(header, window, pair)

    def _unpacked(self, header: Header, window: Source, pair: Pair) -> Iterator[Source]:
        """Yield what one header makes of the data."""
        both = pair.central is None or (
            pair.local is not None and pair.local.encrypted == pair.central.encrypted
        )
        if header.encrypted and both and not falsely_encrypted(header):
            detail = f"member {header.name!r} is encrypted"
            self.gaps.append(
                Gap(reason="encrypted", detail=detail, lift="decrypt the archive")
            )
        elif header.method == STORED:
            self._check(header, window)
            yield window
        elif header.method in CODECS:
            yield self._inflated(header, window)
        else:
            yield from self._unknown(header, window)

    def _inflated(self, header: Header, window: Source) -> Source:
        prefix = b""
        if header.method == LZMA:
            # A zip holds the properties behind a version and their length, and the
            # size elsewhere; the `.lzma` header holds both (APPNOTE 5.8.8).
            properties = window.read(4, 5)
            marked = header.flags & 0x02
            size = (1 << 64) - 1 if marked else header.size
            prefix = properties + size.to_bytes(8, "little")
            window = window.window(9)
        result = inflate(
            window, CODECS[header.method], self.budget, prefix=prefix, keep=self.keep
        )
        if result.over is not None:
            self.over(f"member {header.name!r} {result.over.message}", result.over.hint)
            if result.over.limit == "ratio":
                self._defect("bomb-ratio", header, result.over.message)
            self.stopped = result.over.limit != "ratio"
        elif result.broken:
            detail = f"member {header.name!r}: {result.broken}"
            self.gaps.append(Gap(reason="broken", detail=detail, offset=header.offset))
        else:
            self._check(header, result.source)
        if result.source.size <= self.keep:
            self.keep -= result.source.size
        return result.source

    def _unknown(self, header: Header, window: Source) -> Iterator[Source]:
        """A method that nobody here unpacks; the bytes may still be plain."""
        known = UNREAD.get(header.method)
        method = known or f"unknown method {header.method}"
        detail = f"member {header.name!r} is packed with {method}"
        self.gaps.append(
            Gap(
                reason="unsupported",
                detail=detail,
                offset=header.offset,
                lift="pack the archive again with deflate",
            )
        )
        if known is None and not (header.method == AES and header.encrypted):
            self._defect("zip-unknown-method", header, f"method {header.method}")
        if program_kind(window.read(0, CHECKED)):
            yield window

    def _check(self, header: Header, source: Source) -> None:
        """Compare small members with their checksum and length."""
        if header.flags & 0x08 and not header.crc and not header.size:
            return
        if source.size != header.size:
            detail = f"{source.size} bytes instead of the {header.size} declared"
            self._defect("zip-size-wrong", header, detail)
        elif source.size <= CHECKED:
            found = zlib.crc32(source.read(0, source.size))
            if found != header.crc:
                detail = f"CRC {found:08x} instead of the {header.crc:08x} declared"
                self._defect("zip-crc-wrong", header, detail, odd=True)

    def _defect(
        self, code: str, header: Header, detail: str, *, odd: bool = False
    ) -> None:
        self.defects.append(
            Defect(
                code=code,
                detail=f"{header.name!r}: {detail}",
                offset=header.offset,
                weight="odd" if odd else "attack",
            )
        )

    def archive(self) -> Archive:
        """Return the archive with everything that was learned."""
        headers = [pair.header for pair in self.listing.pairs]
        self.defects.extend(defects_of(self.listing))
        total = sum(header.size for header in headers)
        if len(headers) > MANY and total < HOLDING * len(headers):
            detail = f"{len(headers)} members hold {total} bytes together"
            self.defects.append(Defect(code="bomb-entries", detail=detail))
        parts = Parts()
        if self.listing.end is not None:
            at = self.listing.end.stop - len(self.listing.end.comment)
            parts.unpacked(self.listing.end.comment, at, "archive comment")
        for pair in self.listing.pairs[:MANY]:
            for header in (pair.local, pair.central):
                if header is not None and header.stop - header.told >= _PROGRAM:
                    self._beside(header, parts)
        return Archive(
            origin=self.subject.origin.aspect("zip"),
            format=kind_of_names(header.name for header in headers),
            members=tuple(self._entry(header) for header in headers),
            gaps=tuple(self.gaps),
            defects=tuple(self.defects),
            texts=tuple(parts.texts),
            payloads=(*self._payloads(), *parts.payloads),
        )

    def _beside(self, header: Header, parts: Parts) -> None:
        """Look into the extra fields and the comment of a member."""
        told = self.source.read(header.told, header.stop - header.told)
        if len(set(told)) <= _PADDING:
            return
        name = f"extra fields and comment of {header.name!r}"[:200]
        parts.skipped(self.source, header.told, header.stop, name)

    def _entry(self, header: Header) -> Entry:
        link = self.links.get(normal(header.name), "")
        kind = _kind(header)
        return Entry(
            name=header.name,
            kind=kind,
            size=header.size,
            mode=header.mode,
            link=link,
            link_leaves=bool(link) and link_leaves(header.name, link, self.links),
        )

    def _payloads(self) -> Iterator[Payload]:
        """Yield what stands before, between and after the records."""
        spans = [(0, self.listing.first, "bytes before the first member")]
        for start, stop in self.listing.strays[:STRAYS]:
            spans.append((start, stop, "bytes between members"))
        spans.append((self.listing.stop, self.source.size, "bytes after the end"))
        for start, stop, carrier in spans:
            found = after_end(self.source.window(0, stop), start, carrier)
            # What a file begins as is for the reader of that format to tell.
            if found is not None and (start or not found.low_confidence):
                yield found


def _kind(header: Header) -> Literal["file", "folder", "link", "special"]:
    """Return what extracting a member would make."""
    if header.name.endswith("/") or stat.S_ISDIR(header.mode):
        return "folder"
    if stat.S_ISLNK(header.mode):
        return "link"
    plain = stat.S_IFMT(header.mode) in (0, stat.S_IFREG)
    return "file" if plain else "special"
