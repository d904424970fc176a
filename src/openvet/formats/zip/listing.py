"""Both listings of a zip file, walked and joined.

A zip names its members twice: in a header before each member's data and in the
directory at the end. Python, torch, Java and streaming tools each believe another
mix of the two. `walk` reads both and returns the union; `openvet.formats.zip.compare`
says where they contradict.
"""

from typing import Final

from msgspec import Struct, field

from openvet.budget import Budget
from openvet.errors import OverBudgetError
from openvet.formats.inflate import inflate
from openvet.formats.zip.records import (
    CENTRAL,
    DESCRIPTOR,
    END,
    END64,
    HAS_DESCRIPTOR,
    LOCAL,
    LOCATOR64,
    End,
    Header,
    central_header,
    end_record,
    find_end,
    local_header,
)
from openvet.source import Source

DEFLATED: Final = 8
_SEARCH: Final = 64 << 20
_STEP: Final = 1000
_NEXT: Final = (LOCAL, CENTRAL, END, END64, DESCRIPTOR)


class Pair(Struct, frozen=True):
    """A member as its two headers describe it; one of them may be missing."""

    local: Header | None
    central: Header | None

    @property
    def header(self) -> Header:
        """The header that most loaders believe: the directory's."""
        found = self.central or self.local
        if found is None:
            raise AssertionError("a pair has at least one header")
        return found


class Listing(Struct):
    """What a walk over a zip file found."""

    pairs: list[Pair] = []
    end: End | None = None
    first: int = 0
    """Where the archive starts; bytes before it belong to something else."""
    stop: int = 0
    """Where the archive ends; bytes after it belong to something else."""
    strays: list[tuple[int, int]] = []
    """Ranges between records that no record explains."""
    joined: set[int] = field(default_factory=set)
    """Offsets of members that a whole archive before the last one names, under names
    that the last one has too."""
    directory_count: int = 0
    """Entries of the directory that the last end record points at."""
    stopped: OverBudgetError | None = None
    """The limit that ended the walk early."""


def walk(source: Source, budget: Budget) -> Listing:
    """Return the members of a zip file from both of its listings.

    Members come in the order of the directory, then those it does not name. A spent
    budget ends the walk; what was found stays.
    """
    walker = _Walker(source, budget)
    try:
        walker.read_directory()
        walker.read_locals()
    except OverBudgetError as error:
        walker.listing.stopped = error
        walker.settle()
    return walker.joined()


class _Walker:
    """State of one walk."""

    def __init__(self, source: Source, budget: Budget) -> None:
        self.source = source
        self.budget = budget
        self.listing = Listing(end=find_end(source))
        self.centrals: list[Header] = []
        self.at_target: dict[int, Header] = {}
        self.locals: dict[int, Header] = {}

    def read_directory(self) -> None:
        """Read the directory that the last end record points at."""
        end = self.listing.end
        if end is None:
            return
        self._centrals_from(end.directory_start, end.offset, end.shift)
        self.listing.directory_count = len(self.centrals)

    def _centrals_from(self, at: int, stop: int, shift: int) -> int:
        """Read central headers one after another; return the offset after them."""
        while at < stop:
            header = central_header(self.source, at, shift)
            if header is None:
                break
            self.budget.entry()
            if len(self.centrals) % _STEP == 0:
                self.budget.check_time()
            self.centrals.append(header)
            self.at_target.setdefault(header.target, header)
            at = header.stop
        return at

    def read_locals(self) -> None:
        """Walk the file from its first local header, record by record."""
        listing = self.listing
        anchors = sorted(self.at_target)
        at = self._first(anchors)
        listing.first = at
        listing.stop = listing.end.stop if listing.end else at
        while at < self.source.size:
            after = self._record(at)
            if after > at:
                at = after
                continue
            following = self._resume(at, anchors)
            if following < 0:
                break
            listing.strays.append((at, following))
            at = following
        listing.stop = max(listing.stop, min(at, self.source.size))
        self._look_up(anchors)

    def settle(self) -> None:
        """End a walk that ran out of budget: what it did not reach is not judged."""
        anchors = sorted(self.at_target)
        self.listing.first = self._first(anchors)
        self.listing.stop = self.source.size
        self._look_up(anchors)

    def _look_up(self, anchors: list[int]) -> None:
        """Find the members that the directory names and the walk did not meet."""
        for target in anchors:
            if target not in self.locals:
                header = local_header(self.source, target)
                if header is not None:
                    self.locals[target] = header

    def _first(self, anchors: list[int]) -> int:
        if self.source.head.startswith((LOCAL, END)):
            return 0
        if anchors:
            return anchors[0]
        found = self.source.find(LOCAL, 0, _SEARCH)
        if found >= 0:
            return found
        return self.listing.end.offset if self.listing.end else self.source.size

    def _record(self, at: int) -> int:
        """Read the record at `at`; return the offset after it, or `at` if none."""
        signature = self.source.read(at, 4)
        match signature:
            case b"PK\x03\x04":
                return self._local(at)
            case b"PK\x01\x02":
                return self._directory(at)
            case b"PK\x05\x06":
                end = end_record(self.source, at)
                return end.stop if end else at + 22
            case b"PK\x06\x06":
                length = int.from_bytes(self.source.read(at + 4, 8), "little")
                return min(at + 12 + length, self.source.size)
            case _ if signature == LOCATOR64:
                return at + 20
        return at

    def _directory(self, at: int) -> int:
        """Skip a directory that was read, or read one that no end record names."""
        end = self.listing.end
        if end and end.directory_start <= at < end.offset:
            return end.directory_start + end.directory_size
        known = len(self.centrals)
        after = self._centrals_from(at, self.source.size, self.listing.first)
        if end is not None:
            # A directory of an earlier archive in the same file: its members are
            # found by their local headers and are then not in the last directory.
            shift = self._shift_of(at, after)
            names = {header.raw_name for header in self.centrals[:known]}
            for header in self.centrals[known:]:
                if shift is not None and header.raw_name in names:
                    target = header.target - self.listing.first + shift
                    self.listing.joined.add(target)
                if self.at_target.get(header.target) is header:
                    del self.at_target[header.target]
            del self.centrals[known:]
        return after

    def _shift_of(self, directory: int, after: int) -> int | None:
        """Return where the archive begins whose end record follows its directory."""
        read = self.source.read
        if read(after, 4) == END64:
            after += 12 + int.from_bytes(read(after + 4, 8), "little")
        if read(after, 4) == LOCATOR64:
            after += 20
        end = end_record(self.source, after)
        well = end is not None and end.directory_start == directory
        return end.shift if end is not None and well else None

    def _local(self, at: int) -> int:
        header = local_header(self.source, at)
        if header is None:
            return at
        if at not in self.at_target:
            self.budget.entry()
        self.locals[at] = header
        central = self.at_target.get(at)
        known = central or header
        length = known.compressed
        if central is None and header.unsized:
            length = self._measure(header)
        after = header.stop + length
        if header.flags & HAS_DESCRIPTOR:
            after = self._past_descriptor(after)
        return min(after, self.source.size)

    def _measure(self, header: Header) -> int:
        """Return the length of data whose header does not say it."""
        if header.method == DEFLATED:
            window = self.source.window(header.stop)
            length = inflate(window, "deflate", self.budget, keep=0).stop
        else:
            limit = header.stop + _SEARCH
            found = self.source.find(DESCRIPTOR, header.stop, limit)
            length = (found if found >= 0 else self.source.size) - header.stop
        self.locals[header.offset] = Header(
            offset=header.offset,
            stop=header.stop,
            told=header.told,
            raw_name=header.raw_name,
            flags=header.flags,
            method=header.method,
            crc=0,
            compressed=length,
            size=0,
        )
        return length

    def _past_descriptor(self, at: int) -> int:
        """Return the offset after a data descriptor, of whichever of its forms."""
        data = self.source.read(at, 28)
        sizes = [16, 24] if data.startswith(DESCRIPTOR) else [0, 12, 20]
        for size in sizes:
            if data[size : size + 4] in _NEXT:
                return at + size
        return at + sizes[0]

    def _resume(self, at: int, anchors: list[int]) -> int:
        """Return where records go on after bytes that are none, or -1."""
        end = self.listing.end
        later = [anchor for anchor in anchors if anchor > at][:1]
        if end is not None:
            later += [mark for mark in (end.directory_start, end.offset) if mark > at]
        if not later:
            if end is not None:
                return -1
            later = [self.source.size]
        stop = min(later)
        found = self.source.find(LOCAL, at + 1, min(stop, at + _SEARCH))
        if found >= 0:
            return found
        return stop if stop < self.source.size else -1

    def joined(self) -> Listing:
        """Return the listing with the headers paired."""
        pairs = self.listing.pairs
        paired: set[int] = set()
        for central in self.centrals:
            pairs.append(Pair(self.locals.get(central.target), central))
            paired.add(central.target)
        for offset in sorted(self.locals.keys() - paired):
            pairs.append(Pair(self.locals[offset], None))
        return self.listing
