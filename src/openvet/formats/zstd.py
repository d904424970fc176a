"""Zstandard frames, decompressed in plain Python.

pandas opens them by their suffix, zarr keeps its chunks in them, data sets are shipped
in them; so they must be readable without an optional package.

Source: RFC 8878. Checksums are skipped, not verified: a loader has acted on the bytes
by then. Frames that need a dictionary are refused: it stands in another file.
"""

from typing import Final

from openvet.formats.zstd_tables import (
    Huffman,
    ShortBits,
    State,
    Table,
    fse_table,
    read_counts,
    read_huffman,
)

MAGIC: Final = b"\x28\xb5\x2f\xfd"
_BLOCK: Final = 128 << 10
_RAW, _REPEATED, _COMPRESSED = 0, 1, 2
_LITERAL_LENGTHS: Final = (
    *((value, 0) for value in range(16)),
    *((16, 1), (18, 1), (20, 1), (22, 1), (24, 2), (28, 2), (32, 3), (40, 3), (48, 4)),
    *((1 << bits, bits) for bits in range(6, 17)),
)
_MATCH_LENGTHS: Final = (
    *((value, 0) for value in range(3, 35)),
    *((35, 1), (37, 1), (39, 1), (41, 1), (43, 2), (47, 2), (51, 3), (59, 3), (67, 4)),
    *((83, 4), (99, 5)),
    *((3 + (1 << bits), bits) for bits in range(7, 17)),
)
_USUAL_LITERALS: Final = fse_table(
    [4, 3, *[2] * 11, 1, 1, 1, *[2] * 9, 3, 2, *[1] * 5, *[-1] * 4], 6
)
_USUAL_MATCHES: Final = fse_table([1, 4, 3, *[2] * 6, *[1] * 37, *[-1] * 7], 6)
_USUAL_OFFSETS: Final = fse_table([*[1] * 6, 2, 2, 2, *[1] * 15, *[-1] * 5], 5)
_KINDS: Final = (
    (_USUAL_LITERALS, 9, 35),
    (_USUAL_OFFSETS, 8, 31),
    (_USUAL_MATCHES, 9, 52),
)
"""Usual table, greatest accuracy and greatest code: lengths, offsets, matches."""


class ZstdDecompressor:
    """An incremental decompressor of one frame, in the shape of bz2's.

    Args:
        memory: Frames that refer back farther than this many bytes are refused.
    """

    def __init__(self, memory: int) -> None:
        self.eof = False
        self.unused_data = b""
        self._memory = memory
        self._input = bytearray()
        self._history = bytearray()
        """What came out, as far back as matches reach."""
        self._given = 0
        """How much of it was handed out."""
        self._window = 0
        self._checksum = self._last = False
        self._starved = True
        self._huffman: Huffman | None = None
        self._tables: list[Table] = [usual for usual, _, _ in _KINDS]
        self._offsets = [1, 4, 8]

    @property
    def needs_input(self) -> bool:
        """Whether nothing more comes out without more input."""
        waiting = self._given < len(self._history)
        return not self.eof and not waiting and self._starved

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        """Return the next bytes, at most `max_length` unless it is negative.

        Raises:
            ValueError: The frame is not valid.
        """
        self._input += data
        try:
            while self._given == len(self._history) and not self.eof:
                self._starved = not (self._block() if self._window else self._header())
                if self._starved:
                    break
        except IndexError:
            raise ValueError("a block ends early") from None
        stop = len(self._history)
        if max_length >= 0:
            stop = min(stop, self._given + max_length)
        produced = bytes(self._history[self._given : stop])
        self._given = stop
        spare = stop - self._window
        if spare > _BLOCK:
            del self._history[:spare]
            self._given -= spare
        return produced

    def _header(self) -> bool:
        """Read the frame's header; say whether all of it was there."""
        data = self._input
        if len(data) < 18:  # noqa: PLR2004 - the longest header
            # The shortest frame is shorter, and then all of it is here.
            data = data + bytes(18 - len(data))
        if not bytes(data).startswith(MAGIC[: len(self._input)]):
            raise ValueError("not a Zstandard frame")
        flags = data[4]
        single = bool(flags & 32)
        widths = (1 if single else 0, 2, 4, 8)[flags >> 6]
        named = (0, 1, 2, 4)[flags & 3]
        at = 5 if single else 6
        size = at + named + widths
        if len(self._input) < size:
            return False
        if flags & 8 or any(data[at : at + named]):
            raise ValueError("a frame needs a dictionary or a newer reader")
        content = int.from_bytes(data[at + named : size], "little")
        base = 1 << 10 + (data[5] >> 3)
        self._window = content if single else base + (base >> 3) * (data[5] & 7)
        self._window = max(self._window, 1 << 10)
        if self._window > self._memory:
            raise ValueError("memory usage limit: matches reach too far back")
        self._checksum = bool(flags & 4)
        del self._input[:size]
        return True

    def _block(self) -> bool:
        """Decompress one block; say whether all of it was there."""
        data = self._input
        if self._last:
            if self._checksum and len(data) < 4:  # noqa: PLR2004 - bytes of it
                return False
            self.unused_data = bytes(data[4 if self._checksum else 0 :])
            self.eof = True
            return True
        if len(data) < 3:  # noqa: PLR2004 - the header of a block
            return False
        header = int.from_bytes(data[:3], "little")
        kind, size = header >> 1 & 3, header >> 3
        length = 1 if kind == _REPEATED else size
        if size > _BLOCK or kind > _COMPRESSED:
            raise ValueError("a block is too long or of no known kind")
        if len(data) < 3 + length:
            return False
        body = bytes(data[3 : 3 + length])
        del data[: 3 + length]
        self._last = bool(header & 1)
        if kind == _RAW:
            self._history += body
        elif kind == _REPEATED:
            self._history += body * size
        else:
            before = len(self._history)
            self._sequences(*self._literals(body))
            if len(self._history) - before > _BLOCK:
                raise ValueError("a block becomes too long")
        return True

    def _literals(self, body: bytes) -> tuple[bytes, bytes]:
        """Return the literals of a block, and what stands behind them."""
        kind, form = body[0] & 3, body[0] >> 2 & 3
        header = int.from_bytes(body[:5], "little")
        if kind <= _REPEATED:
            width = 1 if not form & 1 else 2 if form == 1 else 3
            size = (header & (1 << 8 * width) - 1) >> (3 if width == 1 else 4)
            if size > _BLOCK:
                raise ValueError("a block has too many literals")
            if kind == _REPEATED:
                return body[width : width + 1] * size, body[width + 1 :]
            return body[width : width + size], body[width + size :]
        bits, at = ((10, 3), (10, 3), (14, 4), (18, 5))[form]
        size = header >> 4 & (1 << bits) - 1
        stop = at + (header >> 4 + bits & (1 << bits) - 1)
        if size > _BLOCK or stop > len(body):
            raise ValueError("a block has too many literals")
        packed = body[at:stop]
        if kind == _COMPRESSED:
            self._huffman, read = read_huffman(packed)
            packed = packed[read:]
        if self._huffman is None:
            raise ValueError("a block repeats a code that there is not")
        return _decoded(self._huffman, packed, size, streams=4 if form else 1), body[
            stop:
        ]

    def _sequences(self, literals: bytes, data: bytes) -> None:
        """Put literals and matches together."""
        count, at = data[0], 1
        if count == 255:  # noqa: PLR2004 - two bytes more
            count, at = int.from_bytes(data[1:3], "little") + 0x7F00, 3
        elif count > 127:  # noqa: PLR2004 - one byte more
            count, at = (count - 128 << 8) + data[1], 2
        if not count:
            self._history += literals
            return
        modes = data[at]
        at += 1
        for number, (usual, accuracy, greatest) in enumerate(_KINDS):
            mode = modes >> 6 - 2 * number & 3
            if mode == 0:
                self._tables[number] = usual
            elif mode == 1:
                if data[at] > greatest:
                    raise ValueError("a code is too high")
                self._tables[number] = [State(data[at], 0, 0)]
                at += 1
            elif mode == 2:  # noqa: PLR2004 - a table of its own
                counts, log, read = read_counts(data[at:], accuracy)
                if len(counts) > greatest + 1:
                    raise ValueError("a code is too high")
                self._tables[number] = fse_table(counts, log)
                at += read
        self._matches(ShortBits(data[at:]), count, literals)

    def _matches(self, bits: ShortBits, count: int, literals: bytes) -> None:
        out, read, taken = self._history, bits.read, 0
        lengths, offsets, matches = self._tables
        length_at, offset_at, match_at = (
            read(len(table).bit_length() - 1) for table in self._tables
        )
        for left in range(count, 0, -1):
            length, offset = lengths[length_at], offsets[offset_at]
            match = matches[match_at]
            distance = (1 << offset.symbol) + read(offset.symbol)
            base, more = _MATCH_LENGTHS[match.symbol]
            copied = base + read(more)
            base, more = _LITERAL_LENGTHS[length.symbol]
            plain = base + read(more)
            if left > 1:
                length_at = length.base + read(length.bits)
                match_at = match.base + read(match.bits)
                offset_at = offset.base + read(offset.bits)
            if bits.over or taken + plain > len(literals):
                raise ValueError("a block asks for more than it has")
            out += literals[taken : taken + plain]
            taken += plain
            distance = self._distance(distance, none=not plain)
            if not 0 < distance <= len(out):
                raise ValueError("a match begins before the frame")
            chunk = out[len(out) - distance : len(out) - distance + copied]
            while len(chunk) < copied:
                chunk += chunk[: copied - len(chunk)]
            out += chunk
        if bits.left or bits.at:
            raise ValueError("a block has bits that mean nothing")
        out += literals[taken:]

    def _distance(self, value: int, *, none: bool) -> int:
        """Return how far back a match is, which may be as far as one before."""
        recent = self._offsets
        if value > 3:  # noqa: PLR2004 - the three most recent
            found = value - 3
            self._offsets = [found, *recent[:2]]
            return found
        number = value - 1 + none
        found = recent[0] - 1 if number == 3 else recent[number]  # noqa: PLR2004
        if number:
            kept = [offset for at, offset in enumerate(recent) if at != min(number, 2)]
            self._offsets = [found, *kept]
        return found


def _decoded(code: Huffman, packed: bytes, size: int, *, streams: int) -> bytes:
    """Return literals that a Huffman code packs in one stream or in four."""
    if streams == 1:
        return code.decode(packed, size)
    share, at = (size + 3) // 4, 6
    if size < 3 * share:
        raise ValueError("four streams have too little to share")
    parts = []
    for number in range(3):
        length = int.from_bytes(packed[2 * number : 2 * number + 2], "little")
        parts.append(code.decode(packed[at : at + length], share))
        at += length
    parts.append(code.decode(packed[at:], size - 3 * share))
    return b"".join(parts)
