"""Tar archives: ustar, pax, GNU and old V7 headers, walked without extracting.

A tar has no directory: names, links and devices stand in front of each member, and a
later member of the same name replaces an earlier one when everything is extracted.
The walk follows headers by their lengths, goes on after the end marker as `tar -i`
does, and skips to the next header after a broken one as GNU tar does.

Source: POSIX.1-2017 pax, "ustar interchange format"; GNU tar manual, "Basic Tar
Format".
"""

from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from openvet.budget import Budget
from openvet.errors import OverBudgetError
from openvet.source import Source
from openvet.subject import Defect, Gap

BLOCK: Final = 512
HARD_LINK: Final = b"1"
SYMBOLIC_LINK: Final = b"2"
FOLDER: Final = b"5"
SPECIAL: Final = b"346"
_LONG_NAME: Final = b"L"
_LONG_LINK: Final = b"K"
_PAX: Final = b"xX"
_PAX_GLOBAL: Final = b"g"
_LONGEST_NAME: Final = 1 << 16
_LONGEST_PAX: Final = 1 << 20
_SEARCH: Final = 1 << 20
_USTAR_LIMIT: Final = 8 << 30


class Member(Struct, frozen=True):
    """One member, with what extended headers said of it."""

    name: str
    kind: bytes
    """The type flag."""
    mode: int
    size: int
    link: str
    header: int
    """Offset of its header block."""
    start: int
    """Offset of its data."""
    sparse: bool = False


class Listing(Struct):
    """What a walk found."""

    members: list[Member] = []
    defects: list[Defect] = []
    gaps: list[Gap] = []
    stop: int = 0
    """After the last block that is a header, data or padding."""


def is_header(block: bytes) -> bool:
    """Say whether a block is a header: its checksum holds and it has a name."""
    if len(block) < BLOCK or not block[0]:
        return False
    declared = _number(block[148:156])
    if declared <= 0:
        return False
    plain = sum(block[:148]) + 256 + sum(block[156:BLOCK])
    if declared == plain:
        return True
    # Old writers summed signed characters.
    high = sum(1 for byte in block[:148] + block[156:BLOCK] if byte > 127)  # noqa: PLR2004
    return declared == plain - 256 * high


def walk(source: Source, budget: Budget) -> Listing:
    """Return every member of a tar; broken and hostile ones never raise."""
    walker = _Walker(source, budget)
    try:
        walker.run()
    except OverBudgetError as error:
        walker.listing.gaps.append(
            Gap(reason="over-budget", detail=error.message, lift=error.hint or "")
        )
    return walker.listing


class _Walker:
    """State of one walk."""

    def __init__(self, source: Source, budget: Budget) -> None:
        self.source = source
        self.budget = budget
        self.listing = Listing()
        self.next: dict[str, str] = {}
        """What extended headers say of the next member."""
        self.all: dict[str, str] = {}
        """What global pax headers say of every member."""
        self.ended = False

    def run(self) -> None:
        """Walk the blocks."""
        at = 0
        while at + BLOCK <= self.source.size:
            block = self.source.read(at, BLOCK)
            if not block.strip(b"\0"):
                at = self._padding(at)
                continue
            if not is_header(block):
                at = self._lost(at)
                if at < 0:
                    return
                continue
            if self.ended:
                self.ended = False
                self._defect("tar-member-after-end", "a member after the end", at)
            self.budget.entry()
            at = self._member(block, at)
            self.listing.stop = min(at, self.source.size)
        if at > self.source.size:
            self._broken("the last member is cut off", at)
        elif not self.ended and self.listing.members:
            detail = "the archive ends without its end marker"
            self._defect("tar-no-end", detail, at, odd=True)

    def _padding(self, at: int) -> int:
        """Skip zero blocks: two of them end an archive."""
        for chunk in self.source.chunks(at):
            zeros = len(chunk) - len(chunk.lstrip(b"\0"))
            whole = zeros // BLOCK * BLOCK
            if whole < len(chunk):
                at += whole
                break
            at += len(chunk)
            self.budget.step(len(chunk) // BLOCK)
        self.ended = True
        self.listing.stop = min(at, self.source.size)
        return at

    def _lost(self, at: int) -> int:
        """Return the offset of the next header after a block that is none, or -1."""
        if self.ended:
            return -1
        window = self.source.read(at, _SEARCH)
        for skip in range(BLOCK, len(window), BLOCK):
            if is_header(window[skip : skip + BLOCK]):
                self._defect(
                    "tar-broken-header", "a header does not add up", at, odd=True
                )
                return at + skip
        self._broken("a header does not add up", at)
        return -1

    def _member(self, block: bytes, at: int) -> int:
        """Read the member whose header is `block`; return the offset after it."""
        kind = block[156:157]
        size = _number(block[124:136])
        start = at + BLOCK
        if size < 0:
            self._defect("tar-size", "a member has a negative size", at)
            return start
        if kind in _LONG_NAME + _LONG_LINK + _PAX + _PAX_GLOBAL:
            self._extended(kind, start, size, at)
            return _rounded(start + size)
        said = {**self.all, **self.next}
        self.next = {}
        size = self._pax_size(said, size, at)
        if kind == b"S":
            start = self._sparse(block, start)
        if kind in HARD_LINK + SYMBOLIC_LINK + FOLDER + SPECIAL:
            size = 0
        name = said.get("GNU.sparse.name") or said.get("path") or _name(block)
        member = Member(
            name=name,
            kind=kind,
            mode=_number(block[100:108]) & 0o177777,
            size=size,
            link=said.get("linkpath") or _text(block[157:257]),
            header=at,
            start=start,
            sparse=kind == b"S" or any(key.startswith("GNU.sparse") for key in said),
        )
        self.listing.members.append(member)
        return _rounded(start + size)

    def _pax_size(self, said: dict[str, str], size: int, at: int) -> int:
        """Return the size that counts, and note where the two contradict."""
        text = said.get("size", "")
        if not (text.isascii() and text.isdigit()) or len(text) > 20:  # noqa: PLR2004
            return size
        wide = int(text)
        if size not in (0, wide) and wide < _USTAR_LIMIT:
            self._defect(
                "tar-size-differs",
                f"the header says {size} bytes, its pax record {wide}",
                at,
                live="extractors that ignore the pax record read the rest of the "
                "data as further members (CVE-2025-62518)",
            )
        return wide

    def _sparse(self, block: bytes, start: int) -> int:
        """Skip the maps of an old GNU sparse member."""
        more = block[482]
        while more and start + BLOCK <= self.source.size:
            self.budget.step()
            more = self.source.read(start + 504, 1)[0]
            start += BLOCK
        return start

    def _extended(self, kind: bytes, start: int, size: int, at: int) -> None:
        """Read an extended header: a long name, or pax records."""
        limit = _LONGEST_PAX if kind in _PAX + _PAX_GLOBAL else _LONGEST_NAME
        if size > limit:
            self._defect("tar-long-name", f"a name or header of {size} bytes", at)
        data = self.source.read(start, min(size, limit))
        if kind == _LONG_NAME:
            self.next["path"] = _text(data)
        elif kind == _LONG_LINK:
            self.next["linkpath"] = _text(data)
        else:
            records = self.next if kind in _PAX else self.all
            records.update(_pax_records(data))

    def _defect(
        self, code: str, detail: str, at: int, *, odd: bool = False, live: str = ""
    ) -> None:
        self.listing.defects.append(
            Defect(
                code=code,
                detail=detail,
                offset=at,
                weight="odd" if odd else "attack",
                live=live,
            )
        )

    def _broken(self, detail: str, at: int) -> None:
        self.listing.gaps.append(Gap(reason="broken", detail=detail, offset=at))


def _pax_records(data: bytes) -> Iterator[tuple[str, str]]:
    """Yield the records of a pax header: `LENGTH KEY=VALUE` and a line end."""
    at = 0
    while at < len(data):
        space = data.find(b" ", at, at + 20)
        digits = data[at:space] if space > 0 else b""
        if not digits.isdigit():
            return
        length = int(digits)
        record = data[space + 1 : at + length]
        key, equals, value = record.rstrip(b"\n").partition(b"=")
        if not equals or length <= space + 1 - at:
            return
        yield _text(key), _text(value)
        at += length


def _name(block: bytes) -> str:
    """Return the name in a header, with the prefix of the ustar form."""
    name = _text(block[:100])
    prefix = _text(block[345:500]) if block[257:263] == b"ustar\0" else ""
    return f"{prefix}/{name}" if prefix else name


def _text(field: bytes) -> str:
    return field.split(b"\0", 1)[0].decode("utf-8", "backslashreplace")


def _number(field: bytes) -> int:
    """Return an octal or base-256 number; -1 where it is neither."""
    if field[0] & 0x80:
        value = int.from_bytes(field, "big")
        if field[0] == 0xFF:  # noqa: PLR2004 - the sign of a negative base-256 number
            return -1
        return value & ~(0x80 << 8 * (len(field) - 1))
    digits = field.split(b"\0", 1)[0].strip()
    if not digits:
        return 0
    if digits.strip(b"01234567"):
        return -1
    return int(digits, 8)


def _rounded(offset: int) -> int:
    return -(-offset // BLOCK) * BLOCK
