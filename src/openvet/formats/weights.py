"""Tensor values without a tensor library: holes in the numbers, files in low bits.

A float's low mantissa bits can be replaced without hurting the model, so files have
been hidden there (EvilModel, arXiv 2107.08590; StegoNet, ACSAC 2020). Values are
handled as byte strings: a slice with a stride takes one byte of each value at C speed,
a substitution table picks bits, and `int(..., base)` packs them. Only standard floats
in little-endian order are read: F64, F32, F16, BF16.
"""

import re
import struct
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Final, NamedTuple

from openvet.artifacts import Tensor, TensorValues, Weights
from openvet.check import Context
from openvet.formats.trailing import program_kind
from openvet.source import Source
from openvet.subject import Origin

CHUNK: Final = 4 << 20
"""Bytes of values looked at together; a multiple of every width."""
SMALLEST: Final = 1024
"""Values below which a tensor hides nothing worth hiding."""
SAMPLE: Final = 2048
"""Values that show the usual size of a tensor's numbers."""
OUTLIER: Final = 1000.0
"""Times the median magnitude; trained rows stay within some fifty."""
EVIDENCE: Final = 8
"""Places of outliers kept, per chunk."""
CANDIDATES: Final = 20_000
"""Values whose top byte is suspicious that are examined one by one, per chunk."""


SMALL_FILE: Final = 16 << 20
"""Bytes of a file whose numbers are read without being asked to."""
GLANCE: Final = 1 << 20
"""Bytes of a tensor whose low bits are read without being asked to."""
GLANCES: Final = 4 << 20
"""The same, of one file."""
FEW: Final = 100
"""One in this many values may be an outlier; more, and the tensor is just like that."""
MATRIX: Final = 16
"""Rows and columns from which a lone row can stand out."""


class Kind(NamedTuple):
    """How a float type is laid out, little-endian."""

    width: int
    exponent_bits: int
    mantissa_bytes: int
    """Whole low bytes that hold nothing but mantissa."""
    code: str
    """Struct code; empty for bfloat16, which widens to `f`."""


KINDS: Final = {
    "F64": Kind(8, 11, 6, "d"),
    "F32": Kind(4, 8, 2, "f"),
    "F16": Kind(2, 5, 1, "e"),
    "BF16": Kind(2, 8, 0, ""),
}


class Numbers(NamedTuple):
    """What the values of one chunk are like."""

    values: int
    not_a_number: int
    infinite: int
    """Positive infinities; negative ones are how attention masks are written."""
    outliers: tuple[int, ...]
    """Places of the first values far beyond the usual size, counted in values."""
    outlier_count: int
    usual: float
    """Median magnitude of a sample."""


class Hidden(NamedTuple):
    """A file whose bytes are spread over low bits."""

    kind: str
    layout: str
    """How the bits were read: `low byte`, `lowest bit, first bit highest` …"""
    offset: int
    """Bytes into the reassembled stream."""


def numbers(data: bytes, kind: Kind) -> Numbers:
    """Return what the values of a chunk are like.

    Args:
        data: Whole values.
        kind: Their type.
    """
    count = len(data) // kind.width
    top = data[kind.width - 1 :: kind.width]
    usual = _median(data, kind)
    special = [_value(data, kind, place) for place in _special(top, kind, count)]
    not_a_number = sum(value != value for value in special)  # noqa: PLR0124 - what NaN is
    infinite = sum(value == float("inf") for value in special)
    outliers: list[int] = []
    total = 0
    if usual > 0.0:
        threshold = usual * OUTLIER
        for place in islice(_at_least(top, threshold, kind), CANDIDATES):
            value = abs(_value(data, kind, place))
            if threshold <= value < float("inf"):
                total += 1
                if len(outliers) < EVIDENCE:
                    outliers.append(place)
            if total > count // FEW:
                break
    return Numbers(count, not_a_number, infinite, tuple(outliers), total, usual)


def hidden(data: bytes, kind: Kind) -> Iterator[Hidden]:
    """Yield the files found by reassembling low bytes and low bits of a chunk."""
    for layout, stream in _streams(data, kind):
        for magic, sign in _BEGINNINGS.items():
            start = stream.find(magic)
            looked = 0
            while start >= 0 and looked < _TRIES:
                head = stream[start : start + _LOOK]
                if sign(head):
                    found = program_kind(stream[start : start + (1 << 20)])
                    if found:
                        yield Hidden(found, layout, start)
                        break
                looked += 1
                start = stream.find(magic, start + 1)


_LOOK: Final = 2048
_TRIES: Final = 1000


def _is_pe(head: bytes) -> bool:
    at = int.from_bytes(head[60:64], "little")
    return head[at : at + 4] == b"PE\0\0"


_BEGINNINGS: Final[dict[bytes, Callable[[bytes], bool]]] = {
    b"MZ": _is_pe,
    b"\x7fELF": lambda head: head[4:7] in (b"\1\1\1", b"\2\1\1", b"\2\2\1"),
    b"PK\x03\x04": lambda head: 10 <= head[4] < 64 and head[5] == 0,  # noqa: PLR2004
    b"#!/": lambda head: head[3:7] in (b"bin/", b"usr/"),
    b"\x80\x04\x95": lambda head: head[7:11] == bytes(4),
    b"\x80\x05\x95": lambda head: head[7:11] == bytes(4),
    b"\xcf\xfa\xed\xfe": lambda head: head[4:5] in b"\7\x0c" and head[7:8] in b"\0\1",
}
"""How files begin, with a second sign: streams of low bits are noise."""


def _streams(data: bytes, kind: Kind) -> Iterator[tuple[str, bytes]]:
    """Yield every way in which low parts of the values may spell a file."""
    lows = [data[place :: kind.width] for place in range(max(kind.mantissa_bytes, 1))]
    if kind.mantissa_bytes:
        yield "low byte", lows[0]
    if kind.code == "f":
        # Methods that keep only the top byte overwrite three, exponent bit included.
        lows.append(data[2 :: kind.width])
    for width in range(2, min(len(lows), 3) + 1):
        chosen = lows[:width]
        yield f"{width} low bytes", _woven(chosen)
        yield f"{width} low bytes, highest first", _woven(chosen[::-1])
    for bits in (1, 2, 4):
        yield from _bit_streams(lows[0], bits)


def _woven(parts: list[bytes]) -> bytes:
    """Interleave byte strings of equal length."""
    woven = bytearray(len(parts) * len(parts[0]))
    for place, part in enumerate(parts):
        woven[place :: len(parts)] = part
    return bytes(woven)


def _bit_streams(low: bytes, bits: int) -> Iterator[tuple[str, bytes]]:
    """Yield the low `bits` of each byte packed into bytes, in both orders."""
    base = 1 << bits
    digits = low.translate(bytes(b"0123456789abcdef"[i % base] for i in range(256)))
    per_byte = 8 // bits
    digits = digits[: len(digits) - len(digits) % per_byte]
    if not digits:
        return
    size = len(digits) // per_byte
    name = "lowest bit" if bits == 1 else f"{bits} lowest bits"
    yield f"{name}, first highest", int(digits, base).to_bytes(size, "big")
    yield f"{name}, first lowest", int(digits[::-1], base).to_bytes(size, "little")


def _special(top: bytes, kind: Kind, count: int) -> Iterator[int]:
    """Yield places whose exponent may be all ones, at most a thousand."""
    first = 0x7F if kind.exponent_bits >= 8 else 0x7C  # noqa: PLR2004 - bits in a byte
    pattern = _top_pattern(first)
    for number, match in enumerate(pattern.finditer(top)):
        if number >= min(1000, count):
            return
        yield match.start()


def _at_least(top: bytes, threshold: float, kind: Kind) -> Iterator[int]:
    """Yield places whose top byte allows a magnitude of `threshold` or more."""
    try:
        packed = _packed(threshold, kind)
    except OverflowError:
        return
    for match in _top_pattern(packed[-1]).finditer(top):
        yield match.start()


def _top_pattern(first: int) -> re.Pattern[bytes]:
    """Return a pattern for top bytes from `first` up, of either sign."""
    low, high = re.escape(bytes([first])), re.escape(bytes([first | 0x80]))
    return re.compile(b"[" + low + b"-\\x7f" + high + b"-\\xff]", re.DOTALL)


def _packed(value: float, kind: Kind) -> bytes:
    if kind.code:
        return struct.pack("<" + kind.code, value)
    return struct.pack("<f", value)[2:]


def _value(data: bytes, kind: Kind, place: int) -> float:
    raw = data[place * kind.width : (place + 1) * kind.width]
    if kind.code:
        value: float = struct.unpack("<" + kind.code, raw)[0]
        return value
    widened: float = struct.unpack("<f", b"\0\0" + raw)[0]
    return widened


def _median(data: bytes, kind: Kind) -> float:
    """Return the median magnitude of an even sample of values."""
    count = len(data) // kind.width
    step = max(1, count // SAMPLE)
    sample = sorted(
        abs(value)
        for value in (_value(data, kind, place) for place in range(0, count, step))
        if value == value  # noqa: PLR0124 - what NaN is not
    )
    return sample[len(sample) // 2] if sample else 0.0


def examine(
    source: Source,
    tensors: Iterable[Tensor],
    origin: Origin,
    context: Context,
    *,
    row_first: bool = False,
) -> Iterator[Weights]:
    """Yield what the numbers of a file are like, if they are read at all.

    Small files are always read; large ones when `Settings.weights` asks for it.

    Args:
        source: The file.
        tensors: Its index.
        origin: Of the subject that comes out.
        context: Settings and budget.
        row_first: Whether shapes are written with the row's length first, as in GGUF.

    Raises:
        OverBudgetError: The time is over.
    """
    deep = context.settings.weights
    if not deep and source.size > SMALL_FILE:
        return
    glances, total, left = GLANCES, 0, source.size
    unusual: list[TensorValues] = []
    for tensor in tensors:
        kind = KINDS.get(tensor.dtype)
        stop = min(tensor.stop, source.size)
        left -= max(0, stop - tensor.start)
        if left < 0:
            break  # tensors overlap: each byte of a file is read once
        if kind is None or stop - tensor.start < SMALLEST * kind.width:
            continue
        context.budget.step(1 + (stop - tensor.start) // CHUNK)
        deep_bytes = stop - tensor.start if deep else min(GLANCE, max(glances, 0))
        glances -= deep_bytes
        row = 0
        if len(tensor.shape) > 1:
            row = tensor.shape[0] if row_first else tensor.shape[-1]
        found = _tensor(source, tensor, kind, row, deep_bytes)
        total += found.values
        if found.not_a_number or found.infinite or found.outliers or found.hidden:
            unusual.append(found)
    if total:
        yield Weights(origin=origin, tensors=tuple(unusual), values=total)


def _tensor(
    source: Source, tensor: Tensor, kind: Kind, row: int, deep_bytes: int
) -> TensorValues:
    """Read one tensor chunk by chunk."""
    at, stop = tensor.start, min(tensor.stop, source.size)
    values = not_a_number = infinite = outliers = 0
    rows: set[int] = set()
    files: list[tuple[str, str, int]] = []
    usual = 0.0
    while at < stop:
        data = source.read(at, min(CHUNK, stop - at))
        data = data[: len(data) - len(data) % kind.width]
        if not data:
            break
        seen = numbers(data, kind)
        usual = usual or seen.usual
        not_a_number += seen.not_a_number
        infinite += seen.infinite
        outliers += seen.outlier_count
        if row:
            rows.update((values + place) // row for place in seen.outliers)
        low = data[: max(0, deep_bytes - (at - tensor.start))]
        if low:
            files.extend(
                (one.kind, one.layout, one.offset)
                for one in islice(hidden(low, kind), EVIDENCE)
            )
        values += seen.values
        at += len(data)
    matrix = row >= MATRIX and values >= row * MATRIX
    few = matrix and outliers <= values // FEW
    return TensorValues(
        name=tensor.name[:200],
        values=values,
        start=tensor.start,
        not_a_number=not_a_number,
        infinite=infinite,
        outliers=outliers if few else 0,
        outlier_rows=tuple(sorted(rows)[:EVIDENCE]) if few else (),
        usual=usual,
        hidden=tuple(files[:EVIDENCE]),
    )
