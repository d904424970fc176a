"""The listing of a 7z archive, parsed without its library.

A 7z keeps its listing at the end, usually compressed itself.

Source: `DOC/7zFormat.txt` of the LZMA SDK (public domain).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from openvet.budget import Budget
from openvet.formats.cursor import Cursor, CutOffError
from openvet.formats.sevenzip.folders import AES, Coder, Folder, unpack
from openvet.source import Source

_START: Final = 32
_LARGEST_HEADER: Final = 32 << 20
_MOST: Final = 32
"""Coders and streams of one folder; 7-Zip itself allows no more."""
_ENCODINGS: Final = 4


class SevenZipError(ValueError):
    """The listing cannot be read.

    Args:
        message: What is wrong.
        encrypted: Whether it is encrypted.
    """

    def __init__(self, message: str, *, encrypted: bool = False) -> None:
        super().__init__(message)
        self.encrypted = encrypted


@dataclass(frozen=True, slots=True)
class Member:
    """A file of the archive."""

    name: str
    size: int
    folder: int
    """Which folder holds it; -1 for one without data."""
    offset: int
    """Where it starts in what comes out of its folder."""
    attributes: int = 0


@dataclass(slots=True)
class Listing:
    """What a 7z archive holds."""

    folders: list[Folder]
    members: list[Member]
    stop: int
    """After the last byte that belongs to the archive."""


def read_listing(source: Source, budget: Budget) -> Listing:
    """Return folders and members.

    Raises:
        SevenZipError: The listing is broken or encrypted.
        OverBudgetError: A limit was reached.
    """
    try:
        cursor = Cursor(source, 12)
        offset, size = cursor.integer("Q"), cursor.integer("Q")
        start = _START + offset
        if size > min(_LARGEST_HEADER, source.size - start):
            raise SevenZipError("the listing lies outside the file")
        if not size:
            return Listing([], [], start)
        header: Source = source.window(start, start + size)
        for _ in range(_ENCODINGS):
            parser = _Parser(header, budget)
            if parser.number() == 1:
                folders, members = parser.header()
                return Listing(folders, members, start + size)
            header = _decoded(source, parser.streams(), budget)
    except (CutOffError, ValueError) as error:
        if isinstance(error, SevenZipError):
            raise
        raise SevenZipError(f"the listing is cut off: {error}") from error
    raise SevenZipError("the listing is packed again and again")


def _decoded(source: Source, folders: list[Folder], budget: Budget) -> Source:
    """Return a listing that is itself packed."""
    if not folders:
        raise SevenZipError("the listing is packed in no folder")
    if folders[0].encrypted:
        raise SevenZipError("the listing is encrypted", encrypted=True)
    result = unpack(source, folders[0], budget)
    if result is None or result.source.size > _LARGEST_HEADER:
        raise SevenZipError("the listing is packed with an unknown method")
    if result.over is not None:
        raise result.over
    return result.source


class _Parser:
    """Reads the properties of a listing."""

    def __init__(self, source: Source, budget: Budget) -> None:
        self.cursor = Cursor(source)
        self.budget = budget

    def byte(self) -> int:
        return self.cursor.take(1)[0]

    def number(self) -> int:
        """Read a number: the first byte says how many follow."""
        first = self.byte()
        value, mask = 0, 0x80
        for place in range(8):
            if not first & mask:
                return value | (first & (mask - 1)) << (8 * place)
            value |= self.byte() << (8 * place)
            mask >>= 1
        return value

    def count(self) -> int:
        """Read a count of things that take at least a bit each.

        Raises:
            SevenZipError: There are more than the listing has room for.
        """
        value = self.number()
        if value > 8 * (self.cursor.left + 1):
            raise SevenZipError("a count larger than the listing")
        self.budget.step(value + 1)
        return value

    def bits(self, count: int) -> list[bool]:
        data = self.cursor.take(-(-count // 8))
        return [bool(data[i // 8] & 0x80 >> i % 8) for i in range(count)]

    def defined(self, count: int) -> list[bool]:
        """Read which of several things are defined."""
        return [True] * count if self.byte() else self.bits(count)

    def header(self) -> tuple[list[Folder], list[Member]]:
        """Read the plain listing."""
        folders: list[Folder] = []
        members: list[Member] = []
        while kind := self.number():
            if kind == 2:  # noqa: PLR2004 - archive properties
                while self.number():
                    self.cursor.skip(self.number())
            elif kind == 3:  # noqa: PLR2004 - additional streams
                self.streams()
            elif kind == 4:  # noqa: PLR2004 - main streams
                folders = self.streams()
            elif kind == 5:  # noqa: PLR2004 - files
                members = list(self.files(folders))
            else:
                raise SevenZipError(f"unknown property {kind}")
        return folders, members

    def streams(self) -> list[Folder]:
        """Read where folders are packed, how, and what is in them."""
        folders: list[Folder] = []
        sizes: list[int] = []
        start = _START
        while kind := self.number():
            if kind == 6:  # noqa: PLR2004 - pack info
                start += self.number()
                sizes = self.packed(self.count())
            elif kind == 7:  # noqa: PLR2004 - unpack info
                folders = self.folders(sizes, start)
            elif kind == 8:  # noqa: PLR2004 - substreams
                self.substreams(folders)
            else:
                raise SevenZipError(f"unknown property {kind}")
        for folder in folders:
            if folder.members and not folder.sizes:
                folder.sizes = [folder.size]
        return folders

    def packed(self, count: int) -> list[int]:
        sizes: list[int] = []
        while kind := self.number():
            if kind == 9:  # noqa: PLR2004 - sizes
                sizes = [self.number() for _ in range(count)]
            elif kind == 10:  # noqa: PLR2004 - digests
                self.digests(count)
            else:
                raise SevenZipError(f"unknown property {kind}")
        return sizes

    def digests(self, count: int) -> None:
        self.cursor.skip(4 * sum(self.defined(count)))

    def folders(self, sizes: list[int], start: int) -> list[Folder]:
        if self.number() != 11:  # noqa: PLR2004 - folders
            raise SevenZipError("folders are missing")
        count = self.count()
        if self.byte():
            raise SevenZipError("folders are kept elsewhere")
        shapes = [self.folder() for _ in range(count)]
        if self.number() != 12:  # noqa: PLR2004 - sizes that come out
            raise SevenZipError("sizes are missing")
        pack = 0
        folders: list[Folder] = []
        for folder, outs, main, packs in shapes:
            unpacked = [self.number() for _ in range(outs)]
            folder.size = unpacked[main] if unpacked else 0
            folder.start = start + sum(sizes[:pack])
            folder.packed = sum(sizes[pack : pack + packs])
            pack += packs
            folders.append(folder)
        while kind := self.number():
            if kind != 10:  # noqa: PLR2004 - digests
                raise SevenZipError(f"unknown property {kind}")
            self.digests(count)
        return folders

    def folder(self) -> tuple[Folder, int, int, int]:
        """Read coders and how they are bound; return outs, main out, pack streams."""
        coders: list[Coder] = []
        ins = outs = 0
        simple = True
        for _ in range(self.small()):
            flags = self.byte()
            method = self.cursor.take(flags & 15)
            one_in, one_out = 1, 1
            if flags & 0x10:
                one_in, one_out = self.small(), self.small()
            properties = self.cursor.take(self.number()) if flags & 0x20 else b""
            simple = simple and (one_in, one_out) == (1, 1)
            ins, outs = ins + one_in, outs + one_out
            coders.append(Coder(method, properties))
        bound = {self.number(): self.number() for _ in range(max(outs - 1, 0))}
        packs = ins - len(bound)
        if packs > 1:
            for _ in range(packs):
                self.number()
        main = next((o for o in range(outs) if o not in bound.values()), 0)
        chain = _chain(coders, bound) if simple else []
        if not simple and any(coder.method == AES for coder in coders):
            chain = coders
        return Folder(chain), outs, main, max(packs, 0)

    def small(self) -> int:
        value = self.number()
        if value > _MOST:
            raise SevenZipError("a folder of too many streams")
        return value

    def substreams(self, folders: list[Folder]) -> None:
        kind = self.number()
        if kind == 13:  # noqa: PLR2004 - members of each folder
            for folder in folders:
                folder.members = self.count()
            kind = self.number()
        if kind == 9:  # noqa: PLR2004 - sizes
            for folder in folders:
                folder.sizes = [self.number() for _ in range(folder.members - 1)]
                rest = folder.size - sum(folder.sizes)
                folder.sizes += [max(rest, 0)] if folder.members else []
            kind = self.number()
        while kind:
            if kind != 10:  # noqa: PLR2004 - digests
                raise SevenZipError(f"unknown property {kind}")
            self.digests(sum(folder.members for folder in folders))
            kind = self.number()

    def files(self, folders: list[Folder]) -> Iterator[Member]:
        count = self.count()
        self.budget.entry(count)
        names = [""] * count
        empty = [False] * count
        attributes = [0] * count
        while kind := self.number():
            size = self.number()
            stop = self.cursor.at + size
            if kind == 14:  # noqa: PLR2004 - members without data
                empty = self.bits(count)
            elif kind == 17 and not self.byte():  # noqa: PLR2004 - names
                data = self.cursor.take(size - 1)
                text = data.decode("utf-16-le", "backslashreplace")
                names = (text.split("\0") + names)[:count]
            elif kind == 21:  # noqa: PLR2004 - attributes
                attributes = self.attributes(count)
            self.cursor.skip(stop - self.cursor.at)
        places = _places(folders)
        for name, bare, bits in zip(names, empty, attributes, strict=True):
            at = (-1, 0, 0) if bare else next(places, (-1, 0, 0))
            yield Member(name, at[2], at[0], at[1], bits)

    def attributes(self, count: int) -> list[int]:
        defined = self.defined(count)
        if self.byte():
            return [0] * count
        return [self.cursor.integer("L") if one else 0 for one in defined]


def _chain(coders: list[Coder], bound: dict[int, int]) -> list[Coder]:
    """Return coders in the order of decoding, or nothing where they form no chain."""
    fed = {out: into for into, out in bound.items()}
    at = next((i for i in range(len(coders)) if i not in bound), -1)
    chain: list[Coder] = []
    while 0 <= at < len(coders) and len(chain) <= len(coders):
        chain.append(coders[at])
        at = fed.get(at, -1)
    return chain if len(chain) == len(coders) else []


def _places(folders: list[Folder]) -> Iterator[tuple[int, int, int]]:
    """Yield folder, offset and size of each member with data."""
    for number, folder in enumerate(folders):
        offset = 0
        for size in folder.sizes:
            yield number, offset, size
            offset += size
