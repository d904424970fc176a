"""The tables of Zstandard: bits read backwards, FSE and Huffman codes.

Source: RFC 8878, sections 4 and 5.
"""

from typing import Final, NamedTuple

MOST_WEIGHT: Final = 11
"""Bits of the longest Huffman code."""
MOST_SYMBOLS: Final = 256


class State(NamedTuple):
    """A state of an FSE table."""

    symbol: int
    bits: int
    """How many to read for the next state."""
    base: int
    """Added to them."""


Table = list[State]


class Bits:
    """Bits read from the end of some bytes towards their beginning.

    Args:
        data: The bytes; the highest bit set in the last one marks the end.

    Raises:
        ValueError: There is no such mark.
    """

    __slots__ = ("left", "number")

    def __init__(self, data: bytes) -> None:
        if not data or not data[-1]:
            raise ValueError("a stream of bits has no end mark")
        self.number = int.from_bytes(data, "little")
        self.left = self.number.bit_length() - 1

    def read(self, count: int) -> int:
        """Return the next bits; zeros stand before the beginning."""
        self.left -= count
        left = self.left
        if left >= 0:
            return self.number >> left & (1 << count) - 1
        return (self.number << -left) & (1 << count) - 1


class ShortBits:
    """The same over a long stream, of which a part is in hand at a time.

    A shift of a number as long as the stream would cost as much as the stream is long.
    """

    __slots__ = ("at", "data", "left", "number")
    WINDOW: Final = 64

    def __init__(self, data: bytes) -> None:
        if not data or not data[-1]:
            raise ValueError("a stream of bits has no end mark")
        self.data = data
        self.at = max(0, len(data) - self.WINDOW)
        self.number = int.from_bytes(data[self.at :], "little")
        self.left = self.number.bit_length() - 1

    def read(self, count: int) -> int:
        """Return the next bits, at most 64; zeros stand before the beginning."""
        if self.left < count and self.at:
            start = max(0, self.at - self.WINDOW)
            kept = self.number & (1 << self.left) - 1
            self.number = kept << 8 * (self.at - start) | int.from_bytes(
                self.data[start : self.at], "little"
            )
            self.left += 8 * (self.at - start)
            self.at = start
        self.left -= count
        left = self.left
        if left >= 0:
            return self.number >> left & (1 << count) - 1
        return (self.number << -left) & (1 << count) - 1

    @property
    def over(self) -> bool:
        """Whether more was read than there is."""
        return self.left < 0 and not self.at


def read_counts(data: bytes, most_log: int) -> tuple[list[int], int, int]:
    """Read the description of an FSE table.

    Returns:
        How often each symbol stands in it (-1: less than once), its accuracy, and the
        bytes that were read.

    Raises:
        ValueError: It is not valid.
    """
    number, at = int.from_bytes(data[:512], "little"), 4
    log = (number & 15) + 5
    if log > most_log:
        raise ValueError("a table is too accurate")
    left = (1 << log) + 1
    counts: list[int] = []
    while left > 1:
        if len(counts) > MOST_SYMBOLS or at > 8 * len(data):
            raise ValueError("a table has no end")
        width = left.bit_length()
        value = number >> at & (1 << width) - 1
        small = (1 << width) - 1 - left
        if value & (1 << width - 1) - 1 < small:
            value &= (1 << width - 1) - 1
            at += width - 1
        else:
            at += width
            if value >= 1 << width - 1:
                value -= small
        count = value - 1
        counts.append(count)
        left -= abs(count)
        while not count:
            repeat = number >> at & 3
            at += 2
            counts.extend([0] * repeat)
            if repeat < 3 or len(counts) > MOST_SYMBOLS:  # noqa: PLR2004 - all ones
                break
    if left != 1:
        raise ValueError("a table does not add up")
    return counts, log, (at + 7) // 8


def fse_table(counts: list[int], log: int) -> Table:
    """Return the states of a table, spread as the format says."""
    size = 1 << log
    symbols = [0] * size
    high = size
    for symbol, count in enumerate(counts):
        if count == -1:
            high -= 1
            symbols[high] = symbol
    step, at = (size >> 1) + (size >> 3) + 3, 0
    for symbol, count in enumerate(counts):
        for _ in range(max(count, 0)):
            symbols[at] = symbol
            at = (at + step) & size - 1
            while at >= high:
                at = (at + step) & size - 1
    following = [max(count, 1) for count in counts]
    table = []
    for symbol in symbols:
        state = following[symbol]
        following[symbol] += 1
        bits = log - state.bit_length() + 1
        table.append(State(symbol, bits, (state << bits) - size))
    return table


class Huffman(NamedTuple):
    """A Huffman code: for each value of so many bits, the symbol and its length."""

    bits: int
    codes: list[tuple[int, int]]

    def decode(self, data: bytes, count: int) -> bytes:
        """Return `count` symbols of one stream.

        Raises:
            ValueError: The stream has not that many, or more.
        """
        stream = ShortBits(data)
        out = bytearray()
        codes, width = self.codes, self.bits
        read = stream.read
        held, have = 0, 0
        mask = (1 << width) - 1
        for _ in range(count):
            if have < width:
                held = (held << 32 | read(32)) & (1 << 64) - 1
                have += 32
            symbol, bits = codes[held >> have - width & mask]
            out.append(symbol)
            have -= bits
        if stream.left + have + 8 * stream.at != 0:
            raise ValueError("a Huffman stream has another length")
        return bytes(out)


def huffman(weights: list[int]) -> Huffman:
    """Return the code of some weights; that of the last symbol follows from them.

    Raises:
        ValueError: They make no code.
    """
    total = sum(1 << weight - 1 for weight in weights if weight)
    bits = total.bit_length()
    rest = (1 << bits) - total
    if not total or bits > MOST_WEIGHT or rest & rest - 1:
        raise ValueError("the weights make no Huffman code")
    weights = [*weights, rest.bit_length()]
    codes: list[tuple[int, int]] = []
    for weight in range(1, bits + 1):
        for symbol, own in enumerate(weights):
            if own == weight:
                codes += [(symbol, bits + 1 - weight)] * (1 << weight - 1)
    if len(codes) != 1 << bits:
        raise ValueError("the weights make no Huffman code")
    return Huffman(bits, codes)


def read_huffman(data: bytes) -> tuple[Huffman, int]:
    """Read the description of a Huffman code, and how many bytes it takes.

    Raises:
        ValueError: It is not valid.
    """
    header = data[0]
    if header >= 128:  # noqa: PLR2004 - the weights follow, four bits each
        count = header - 127
        stop = 1 + (count + 1) // 2
        packed = data[1:stop]
        if len(packed) < stop - 1:
            raise ValueError("a Huffman code ends early")
        weights = [part for byte in packed for part in (byte >> 4, byte & 15)]
        return huffman(weights[:count]), stop
    packed = data[1 : 1 + header]
    counts, log, read = read_counts(packed, 6)
    return huffman(_weights(packed[read:], fse_table(counts, log), log)), 1 + header


def _weights(data: bytes, table: Table, log: int) -> list[int]:
    """Return what two states of one table, turn by turn, spell."""
    bits = Bits(data)
    states = [bits.read(log), bits.read(log)]
    weights: list[int] = []
    turn = 0
    while len(weights) < MOST_SYMBOLS:
        cell = table[states[turn]]
        weights.append(cell.symbol)
        if bits.left < cell.bits:
            weights.append(table[states[1 - turn]].symbol)
            return weights
        states[turn] = cell.base + bits.read(cell.bits)
        turn = 1 - turn
    raise ValueError("a Huffman code has too many symbols")
