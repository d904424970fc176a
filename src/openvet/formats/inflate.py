"""Decompression as a stream: gzip, zlib, deflate, bzip2, xz, lzma, lz4 and zstd.

`inflate` turns a compressed `Source` into the source of what comes out. It never
writes to disk and never holds more than a quarter of the memory limit: a larger
stream is run through once to learn its length, then read through a window that
decompresses again from the nearest checkpoint. Every byte that comes out is spent
from the one budget.

A stream that breaks is still worth reading: a loader acts on what came out before
the break. So neither a broken stream nor a spent budget raises here; both are facts
of the result.

    result = inflate(file.source, "gzip", context.budget)
    result.source        what came out, as a Source
    result.stop          where the compressed data ends in `file.source`
    result.broken        why it ended early, or ""
    result.over          the limit that was reached, or None
"""

import bz2
import lzma
import zlib
from typing import Final, Literal, Protocol

from msgspec import Struct

from openvet.budget import Budget
from openvet.errors import OverBudgetError
from openvet.formats.lz4 import Lz4Decompressor
from openvet.formats.zstd import MAGIC, ZstdDecompressor
from openvet.source import BytesSource, Source

Codec = Literal["gzip", "zlib", "deflate", "bzip2", "xz", "lzma", "lz4", "zstd", "raw"]
Filter = dict[str, int]
"""A filter of `lzma`, by its names."""

_KINDS: Final[tuple[Codec, ...]] = (
    *("gzip", "zlib", "bzip2", "xz", "lzma", "lz4", "zstd"),
)
CODECS: Final[dict[str, Codec]] = {codec: codec for codec in _KINDS}
"""From the kinds of `openvet.formats.magic` to codecs."""

STEP: Final = 1 << 16
CHECKPOINT: Final = 16 << 20
HISTORY: Final = 1 << 20
_MAGIC: Final = {
    "gzip": b"\x1f\x8b\x08",
    "bzip2": b"BZh",
    "xz": b"\xfd7zXZ\x00",
    "zstd": MAGIC,
}
_WBITS: Final = {"gzip": 31, "zlib": 15, "deflate": -15}
_ERRORS: Final = (zlib.error, lzma.LZMAError, OSError, EOFError, ValueError)


class _Decompressor(Protocol):
    """The shape that bz2 and lzma share."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int = -1) -> bytes: ...


class _Zlib:
    """zlib's decompressor in the shape of bz2's, with a copy."""

    def __init__(self, inner: "zlib._Decompress") -> None:
        self._inner = inner
        self._more = False

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def needs_input(self) -> bool:
        # All input may be taken while output still waits inside.
        return not (self.eof or self._more or self._inner.unconsumed_tail)

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        pending = self._inner.unconsumed_tail + data
        produced = self._inner.decompress(pending, max_length)
        self._more = len(produced) == max_length
        return produced

    def copy(self) -> "_Zlib":
        twin = _Zlib(self._inner.copy())
        twin.__dict__["_more"] = self._more
        return twin


class _Stream(Struct, frozen=True):
    """Compressed data and how to read it."""

    source: Source
    codec: Codec
    prefix: bytes
    memory: int
    filters: tuple[Filter, ...]


class _Cursor:
    """One pass over compressed data: what went in, what came out."""

    def __init__(self, stream: _Stream) -> None:
        self.stream = stream
        self.source = stream.source
        self.codec = stream.codec
        self.fed = 0
        self.out = 0
        self.stop = 0
        """Where the last whole stream ended."""
        self.ended = False
        self.pending = stream.prefix
        self.decompressor = self._fresh()

    def _fresh(self) -> _Decompressor:
        match self.codec:
            case "gzip" | "zlib" | "deflate":
                return _Zlib(zlib.decompressobj(_WBITS[self.codec]))
            case "bzip2":
                return bz2.BZ2Decompressor()
            case "xz" | "lzma":
                form = lzma.FORMAT_XZ if self.codec == "xz" else lzma.FORMAT_ALONE
                return lzma.LZMADecompressor(form, memlimit=self.stream.memory)
            case "raw":
                filters = list(self.stream.filters)
                return lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=filters)
            case "lz4":
                return Lz4Decompressor(self.stream.memory)
            case "zstd":
                return ZstdDecompressor(self.stream.memory)

    def copy(self) -> "_Cursor | None":
        """Return a cursor at the same place, or None where the codec cannot."""
        if not isinstance(self.decompressor, _Zlib):
            return None
        twin = _Cursor.__new__(_Cursor)
        twin.__dict__.update(self.__dict__)
        twin.decompressor = self.decompressor.copy()
        return twin

    def step(self, limit: int = STEP) -> bytes:
        """Return the next bytes, at most `limit`; empty only at the end.

        Raises:
            EOFError: The compressed data ends early.
            zlib.error, lzma.LZMAError, OSError, ValueError: It is not valid.
        """
        while not self.ended:
            if self.decompressor.eof and not self._next_stream():
                break
            data = self._input() if self.decompressor.needs_input else b""
            produced = self.decompressor.decompress(data, limit)
            if self.decompressor.eof:
                unused = self.decompressor.unused_data
                self.pending = unused
                self.stop = self.fed - len(unused)
            if produced:
                self.out += len(produced)
                return produced
        self.ended = True
        return b""

    def _input(self) -> bytes:
        if self.pending:
            data, self.pending = self.pending, b""
            return data
        data = self.source.read(self.fed, STEP)
        if not data:
            raise EOFError("the compressed data ends early")
        self.fed += len(data)
        return data

    def _next_stream(self) -> bool:
        """Go on to a stream that follows this one, past zero padding."""
        magic = _MAGIC.get(self.codec)
        if magic is None:
            return False
        at = self.stop
        padding = self.source.read(at, STEP)
        while padding and not padding.strip(b"\0"):
            at += len(padding)
            padding = self.source.read(at, STEP)
        at += len(padding) - len(padding.lstrip(b"\0"))
        if self.source.read(at, len(magic)) != magic:
            return False
        self.fed, self.pending = at, b""
        self.decompressor = self._fresh()
        return True


class InflatedSource(Source):
    """What comes out of a long stream, decompressed again where it is read.

    Reading forward costs one pass; a step back restarts at the checkpoint before
    it, which only deflate has, else at the beginning. Time bounds it.
    """

    def __init__(self, start: _Cursor, budget: Budget) -> None:
        self.size = 0
        self._budget = budget
        self._first = b""
        self._start = start.stream
        self._checkpoints: list[tuple[int, _Cursor]] = []
        self._cursor = start
        self._buffer = bytearray()

    def grow(self, produced: bytes) -> None:
        """Take note of bytes that the cursor produced for the first time."""
        if not self._first:
            self._first = produced
        self._keep(produced)
        self.size += len(produced)
        last = self._checkpoints[-1][0] if self._checkpoints else 0
        if self.size - last >= CHECKPOINT and (twin := self._cursor.copy()):
            self._checkpoints.append((self.size, twin))

    def _keep(self, produced: bytes) -> None:
        self._buffer += produced
        if len(self._buffer) > 2 * HISTORY:
            del self._buffer[:-HISTORY]

    def read(self, offset: int, length: int) -> bytes:
        """Return a range of what comes out.

        Raises:
            OverBudgetError: Reading it again took too long.
        """
        stop = min(offset + length, self.size)
        if stop <= len(self._first):
            return self._first[offset:stop]
        if stop <= offset:
            return b""
        if offset < self._cursor.out - len(self._buffer):
            self._rewind(offset)
        self._skip_to(offset)
        while self._cursor.out < stop:
            self._budget.check_time()
            produced = self._step()
            if not produced:
                break
            self._buffer += produced
        begin = self._cursor.out - len(self._buffer)
        data = bytes(self._buffer[offset - begin : stop - begin])
        self._keep(b"")
        return data

    def _step(self) -> bytes:
        """Decompress on, never past the size that the first pass found."""
        try:
            return self._cursor.step(min(STEP, self.size - self._cursor.out))
        except _ERRORS:
            return b""

    def close(self) -> None:
        """Drop what is held in memory; a later read starts at a checkpoint."""
        self._cursor = _Cursor(self._start)
        self._buffer.clear()
        self._first = b""

    def _skip_to(self, offset: int) -> None:
        """Decompress and drop what lies before `offset`."""
        best = self._checkpoint(offset)
        if best is not None and best[0] > self._cursor.out:
            self._use(best[1])
        while self._cursor.out < offset:
            self._budget.check_time()
            produced = self._step()
            if not produced:
                break
            self._keep(produced)

    def _checkpoint(self, offset: int) -> tuple[int, _Cursor] | None:
        before = [point for point in self._checkpoints if point[0] <= offset]
        return before[-1] if before else None

    def _rewind(self, offset: int) -> None:
        best = self._checkpoint(offset)
        if best is None:
            self._cursor = _Cursor(self._start)
            self._buffer.clear()
        else:
            self._use(best[1])

    def _use(self, checkpoint: _Cursor) -> None:
        self._cursor = checkpoint.copy() or _Cursor(self._start)
        self._buffer.clear()


class Inflated(Struct, frozen=True):
    """What came of decompressing one source."""

    source: Source
    stop: int
    """Where the compressed data ends; the rest of the source follows it."""
    broken: str = ""
    """Why it ended early; empty if it did not."""
    over: OverBudgetError | None = None
    """The limit that stopped it; `source` then holds what came out before."""


def inflate(  # noqa: PLR0913 - containers describe their streams in that many ways
    source: Source,
    codec: Codec,
    budget: Budget,
    *,
    prefix: bytes = b"",
    keep: int | None = None,
    filters: tuple[Filter, ...] = (),
) -> Inflated:
    """Decompress `source` from its start, streams one after another included.

    Args:
        source: The compressed bytes.
        codec: How they are compressed; `deflate` has no header, `raw` is what
            `filters` say.
        budget: Spent for every byte that comes out.
        prefix: Bytes to put before `source`, such as a header that its container
            writes in another way.
        keep: Hold at most this many bytes in memory; by default a quarter of the
            memory limit.
        filters: Of a `raw` stream; the caller bounds their dictionaries.
    """
    memory = budget.limits.memory_bytes
    # xz -9 asks for 65 MiB of dictionary, just over the default limit.
    stream = _Stream(source, codec, prefix, 2 * memory, filters)
    cursor = _Cursor(stream)
    kept = _Kept(memory // 4 if keep is None else keep)
    window = InflatedSource(cursor, budget)
    broken, over = "", None
    try:
        while produced := cursor.step():
            window.grow(produced)
            kept.add(produced)
            budget.inflate(len(produced), total=cursor.out, consumed=cursor.fed)
    except OverBudgetError as error:
        over = error
    except MemoryError:
        over = OverBudgetError("memory_bytes", "asks for too much memory")
    except EOFError as error:
        broken = str(error)
    except _ERRORS as error:
        broken = str(error) or "not valid"
        if "emory usage limit" in broken:
            over, broken = OverBudgetError("memory_bytes", broken), ""
        elif kept.whole:
            kept.add(_rest(stream, window.size))
    stop = cursor.stop if cursor.ended else source.size
    return Inflated(kept.source(window), stop, broken, over)


class _Kept:
    """What came out, as long as it fits."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._data = bytearray()
        self.whole = True

    def add(self, produced: bytes) -> None:
        if self.whole:
            self._data += produced
            self.whole = len(self._data) <= self._most

    def source(self, window: InflatedSource) -> Source:
        """Return the bytes themselves, or the window where they did not fit."""
        if self.whole:
            return BytesSource(bytes(self._data))
        if not self._most:
            window.close()
        return window


def _rest(stream: _Stream, reached: int) -> bytes:
    """Return what the step that failed would have produced, byte by byte.

    The libraries drop the output of a call that fails; a loader that reads in
    smaller pieces gets it.
    """
    cursor = _Cursor(stream)
    rest = bytearray()
    try:
        while cursor.out < reached:
            cursor.step(min(STEP, reached - cursor.out))
        while len(rest) < STEP and (byte := cursor.step(1)):
            rest += byte
    except _ERRORS:
        pass
    return bytes(rest)
