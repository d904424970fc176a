"""LZ4 frames, decompressed in plain Python.

joblib writes them, and a loader opens them whatever the file is called, so they must
be readable without an optional package. The format is small: frames of blocks,
blocks of literal runs and back references.

Source: LZ4 Frame Format Description 1.6.4 and LZ4 Block Format Description
(https://github.com/lz4/lz4/tree/dev/doc). Checksums are skipped, not verified: a
loader has acted on the bytes by then.
"""

from typing import Final

MAGIC: Final = b"\x04\x22\x4d\x18"
_BLOCK_SIZES: Final = {4: 64 << 10, 5: 256 << 10, 6: 1 << 20, 7: 4 << 20}
_WINDOW: Final = 64 << 10
_RUN: Final = 15
_MIN_MATCH: Final = 4


class Lz4Decompressor:
    """An incremental decompressor of one frame, in the shape of bz2's.

    Args:
        memory: Blocks longer than this many bytes are refused.
    """

    def __init__(self, memory: int) -> None:
        self.eof = False
        self.unused_data = b""
        self._memory = memory
        self._input = bytearray()
        self._output = bytearray()
        self._window = b""
        self._block_size = 0
        self._linked = self._block_checksum = self._checksum = False
        self._starved = True

    @property
    def needs_input(self) -> bool:
        """Whether nothing more comes out without more input."""
        return not self.eof and not self._output and self._starved

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        """Return the next bytes, at most `max_length` unless it is negative.

        Raises:
            ValueError: The frame is not valid.
        """
        self._input += data
        while not self._output and not self.eof:
            self._starved = not (self._block() if self._block_size else self._header())
            if self._starved:
                break
        stop = len(self._output) if max_length < 0 else max_length
        produced = bytes(self._output[:stop])
        del self._output[:stop]
        return produced

    def _header(self) -> bool:
        """Read the frame header; return whether it was all there."""
        if len(self._input) < len(MAGIC) + 3:
            return False
        flags, sizes = self._input[4], self._input[5]
        if not self._input.startswith(MAGIC) or flags >> 6 != 1:
            raise ValueError("not an LZ4 frame")
        length = 7 + (8 if flags & 0x08 else 0) + (4 if flags & 0x01 else 0)
        if len(self._input) < length:
            return False
        block_size = _BLOCK_SIZES.get(sizes >> 4 & 7)
        if block_size is None or block_size > self._memory:
            raise ValueError("an LZ4 frame with an unknown block size")
        self._linked = not flags & 0x20
        self._block_checksum = bool(flags & 0x10)
        self._checksum = bool(flags & 0x04)
        self._block_size = block_size
        del self._input[:length]
        return True

    def _block(self) -> bool:
        """Decompress one block; return whether it was all there."""
        if len(self._input) < 4:  # noqa: PLR2004 - a block's length field
            return False
        word = int.from_bytes(self._input[:4], "little")
        length = word & 0x7FFFFFFF
        if word == 0:
            end = 8 if self._checksum else 4
            if len(self._input) < end:
                return False
            self.eof = True
            self.unused_data = bytes(self._input[end:])
            return True
        if length > self._block_size:
            raise ValueError("an LZ4 block larger than its frame allows")
        end = 4 + length + (4 if self._block_checksum else 0)
        if len(self._input) < end:
            return False
        block = bytes(self._input[4 : 4 + length])
        del self._input[:end]
        stored = bool(word >> 31)
        produced = block if stored else _expand(block, self._window, self._block_size)
        self._output += produced
        if self._linked:
            self._window = (self._window + produced)[-_WINDOW:]
        return True


def _expand(block: bytes, window: bytes, limit: int) -> bytes:
    """Return the content of one compressed block.

    Raises:
        ValueError: It refers before its window, or produces more than `limit`.
    """
    out = bytearray(window)
    limit += len(window)
    at = 0
    while at < len(block):
        token = block[at]
        literals, at = _length(block, at + 1, token >> 4)
        if at + literals > len(block) or len(out) + literals > limit:
            raise ValueError("an LZ4 block with a literal run that does not fit")
        out += block[at : at + literals]
        at += literals
        if at >= len(block):
            break
        distance = int.from_bytes(block[at : at + 2], "little")
        length, at = _length(block, at + 2, token & 15)
        length += _MIN_MATCH
        if not 0 < distance <= len(out) or len(out) + length > limit:
            raise ValueError("an LZ4 block with a reference that does not fit")
        start = len(out) - distance
        if distance >= length:
            out += out[start : start + length]
        else:
            pattern = bytes(out[start:])
            out += (pattern * (length // distance + 1))[:length]
    return bytes(out[len(window) :])


def _length(block: bytes, at: int, nibble: int) -> tuple[int, int]:
    """Return a run length and the offset after it."""
    length = nibble
    if nibble == _RUN:
        while at < len(block):
            more = block[at]
            at += 1
            length += more
            if more != 255:  # noqa: PLR2004 - 255 says that another byte follows
                break
    return length, at
