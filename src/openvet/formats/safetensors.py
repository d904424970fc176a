"""The safetensors header, read as strictly as its reference implementation reads it.

Layout: eight bytes of little-endian length, that many bytes of JSON, then the data.
The reference (huggingface/safetensors, `tensor.rs`) refuses headers over 100 MB,
spans that overlap, leave a hole or do not end where the file ends, and shapes that
contradict their span. Other readers of the format check less, which is what a
malformed file aims at. Only the header is read here.
"""

import codecs
import json
import math
from typing import Any, Final, TypeGuard

import msgspec
from msgspec import Struct, field

from openvet.artifacts import Tensor
from openvet.budget import Budget
from openvet.formats.magic import kind_of
from openvet.formats.notes import Notes
from openvet.formats.spans import Layout, Span
from openvet.patterns import pattern
from openvet.source import Source

PREFIX: Final = "safetensors"
LENGTH_BYTES: Final = 8
MAX_HEADER: Final = 100_000_000
MEMORY_PER_BYTE: Final = 10
"""Bytes of Python objects that a byte of header becomes, at most."""
TENSORS_KEPT: Final = 100_000
METADATA_CUT: Final = 1 << 16
TEXT: Final = frozenset(b"\t\n\r" + bytes(range(0x20, 0x7F)))
LARGEST: Final = (1 << 64) - 1
MOST_DIMENSIONS: Final = 16
LOOKED_AT: Final = 65_536
"""Tensors whose first bytes are identified, at most."""
SMALLEST: Final = 16
"""Bytes below which a tensor holds no file."""
BYTE_TYPES: Final = frozenset({"U8", "I8", "BOOL"})

BITS: Final = {
    "BOOL": 8, "U8": 8, "I8": 8, "U16": 16, "I16": 16, "U32": 32, "I32": 32,
    "U64": 64, "I64": 64, "F16": 16, "BF16": 16, "F32": 32, "F64": 64, "C64": 64,
    "F4": 4, "F6_E2M3": 6, "F6_E3M2": 6, "F8_E4M3": 8, "F8_E5M2": 8, "F8_E8M0": 8,
    "F8_E4M3FNUZ": 8, "F8_E5M2FNUZ": 8,
}  # fmt: skip
"""Bits per value of every type that a released safetensors knows."""
FUTURE: Final = pattern(r"(?:F|BF|I|U|C|E|NF|MX)\d{1,3}(?:_\w{1,12})?")
"""What a type of a later version will look like."""
FIELDS: Final = ("dtype", "shape", "data_offsets")
PATHLIKE: Final = pattern(
    r"(?:^|[/\\])\.\.(?:[/\\]|$)|^[A-Za-z]:[/\\]|^\\\\|^~[/\\]|[\x00-\x1f\x7f]"
    r"|^/(?:bin|dev|etc|home|lib|opt|proc|root|sbin|tmp|usr|var)/"
)
"""Names that leave the folder of whoever writes a file per tensor."""


class Facts(Struct):
    """What the header of a file says."""

    notes: Notes = field(default_factory=Notes)
    data_start: int = 0
    count: int = 0
    parameters: int = 0
    tensors: list[Tensor] = []
    metadata: dict[str, str] = {}


class _RefusedError(ValueError):
    """JSON that Python accepts and the reference does not."""


class _Pairs(dict[str, Any]):
    """A JSON object that remembers which keys it was given twice."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        self.repeated: list[str] = []
        if len(self) < len(pairs):
            seen: set[str] = set()
            for key, _ in pairs:
                if key in seen:
                    self.repeated.append(key)
                seen.add(key)


def looks_like(head: bytes, size: int, name: str = "") -> bool:
    """Tell by structure, whatever the name: a length, then a JSON object of tensors.

    A name that ends in `.safetensors` makes a false length or header one to report,
    unless the bytes are plainly something else.
    """
    length = int.from_bytes(head[:8], "little")
    if head[8:9] != b"{" or head[9:10] not in b'"} \n\r\t':
        named = name.lower().endswith(".safetensors")
        return named and size >= LENGTH_BYTES and _is_nothing_else(head)
    if name.lower().endswith(".safetensors"):
        return True
    fits = 0 < length <= min(MAX_HEADER, size - LENGTH_BYTES)
    return fits or any(
        sign in head for sign in (b'"dtype"', b'"data_offsets"', b"__metadata__")
    )


def _is_nothing_else(head: bytes) -> bool:
    """Tell whether no other format claims the bytes, text included."""
    return not kind_of(head) and not all(byte in TEXT for byte in head[:8])


def read(source: Source, budget: Budget) -> Facts:
    """Return what the header says and what is wrong with it.

    Raises:
        OverBudgetError: It names more tensors than may be listed.
    """
    facts = Facts()
    header = _header(source, facts.notes, budget)
    if header is None:
        return facts
    budget.step(len(header) + 1)
    metadata = header.pop("__metadata__", None)
    if metadata is not None:
        _metadata(metadata, facts)
    for key in header.repeated:
        facts.notes.attack(
            "safetensors-duplicate-key",
            f"{key!r} stands twice; readers disagree on which one counts",
            LENGTH_BYTES,
        )
    facts.data_start = LENGTH_BYTES + int.from_bytes(source.head[:8], "little")
    entries = [
        tensor
        for name, entry in header.items()
        if (tensor := _tensor(name, entry, facts)) is not None
    ]
    entries.sort(key=lambda tensor: (tensor.start, tensor.stop))
    facts.count = len(header)
    facts.parameters = sum(math.prod(tensor.shape) for tensor in entries)
    facts.tensors = entries[:TENSORS_KEPT]
    if len(entries) == len(header):
        spans = [Span(entry.start, entry.stop, entry.name[:200]) for entry in entries]
        Layout(source, facts.notes, PREFIX).check(spans, facts.data_start)
    _look_inside(source, entries, facts.notes, budget)
    return facts


class Described(Struct):
    """What a header says of itself."""

    metadata: dict[str, str] = {}
    parameters: int = 0
    dtypes: dict[str, int] = {}
    """Values of each type."""


class _Entry(Struct):
    dtype: str = ""
    shape: list[int] = []


class _Strings(Struct):
    metadata: dict[str, str] = field(name="__metadata__", default_factory=dict)


def describe(source: Source, budget: Budget) -> Described:
    """Return what a header says, for who trusts its form; empty where it has none.

    Raises:
        OverBudgetError: There is no time left.
    """
    length = int.from_bytes(source.head[:LENGTH_BYTES], "little")
    described = Described()
    if length > budget.limits.memory_bytes // MEMORY_PER_BYTE:
        return described
    budget.step(1 + length // 64)
    raw = source.read(LENGTH_BYTES, length)
    try:
        texts = msgspec.json.decode(raw, type=_Strings).metadata
        entries = msgspec.json.decode(raw, type=dict[str, _Entry])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return described
    described.metadata = {key: text[:METADATA_CUT] for key, text in texts.items()}
    for name, entry in entries.items():
        if name != "__metadata__" and all(0 <= size < LARGEST for size in entry.shape):
            values = math.prod(entry.shape[:MOST_DIMENSIONS])
            described.parameters += values
            described.dtypes[entry.dtype] = (
                described.dtypes.get(entry.dtype, 0) + values
            )
    return described


def _header(source: Source, notes: Notes, budget: Budget) -> _Pairs | None:
    """Return the parsed header, or None with the reason noted."""
    length = int.from_bytes(source.head[:8], "little")
    if source.size <= LENGTH_BYTES or source.head[8] not in TEXT:
        marked = source.head.startswith(codecs.BOM_UTF8, LENGTH_BYTES)
        note = notes.attack if marked else notes.odd
        note("safetensors-header-json", "there is no header", LENGTH_BYTES)
        notes.gap("broken", "there is no header to read", LENGTH_BYTES)
        return None
    if length > MAX_HEADER:
        notes.attack(
            "safetensors-header-length",
            f"the header claims {length} bytes; the format allows {MAX_HEADER}",
            live="readers that allocate what the first eight bytes ask for",
        )
    room = budget.limits.memory_bytes // MEMORY_PER_BYTE
    whole = min(length, source.size - LENGTH_BYTES)
    if whole > room:
        notes.gap("over-budget", f"the header has {whole} bytes", LENGTH_BYTES)
        return None
    raw = source.read(LENGTH_BYTES, whole)
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        if length > len(raw) and error.end >= len(raw):
            notes.cut_off(PREFIX, f"the file ends inside a header of {length}", source)
        else:
            notes.attack(
                "safetensors-header-json",
                "the header is not UTF-8",
                LENGTH_BYTES + error.start,
            )
            notes.gap("broken", "the header cannot be parsed", LENGTH_BYTES)
        return None
    if length > len(raw):
        _too_long(text, length, source, notes)
        return None
    return _parse(text, notes)


def _too_long(text: str, length: int, source: Source, notes: Notes) -> None:
    """Tell a download that stopped inside the header from a length that lies."""
    try:
        json.JSONDecoder().raw_decode(text)
    except (ValueError, RecursionError):
        notes.cut_off(PREFIX, f"the file ends inside a header of {length}", source)
        return
    if length <= MAX_HEADER:
        notes.attack(
            "safetensors-header-length",
            f"the header claims {length} bytes, ends earlier, and the file has "
            f"{source.size}",
            live="readers that read past the file's end",
        )
    notes.gap("broken", "the header's length is false", 0)


def _refuse_constant(name: str) -> float:
    raise _RefusedError(f"{name} is not JSON")


def _parse(text: str, notes: Notes) -> _Pairs | None:
    """Parse the header as its reference does, where Python would be more lenient."""
    try:
        header = json.loads(
            text, object_pairs_hook=_Pairs, parse_constant=_refuse_constant
        )
        if not isinstance(header, _Pairs) or text[:1] != "{":
            raise _RefusedError("it is not an object from its first byte")
        if "\\u" in text:
            # A lone surrogate is no text; Python's parser lets it pass.
            json.dumps(header, ensure_ascii=False).encode()
    except RecursionError:
        notes.attack(
            "safetensors-header-depth",
            "the header nests deeper than a parser's stack",
            LENGTH_BYTES,
            live="recursive JSON parsers",
        )
    except ValueError as error:
        notes.attack("safetensors-header-json", f"bad header: {error}", LENGTH_BYTES)
    else:
        return header
    notes.gap("broken", "the header cannot be parsed", LENGTH_BYTES)
    return None


def _metadata(metadata: object, facts: Facts) -> None:
    """Note the text metadata; only strings are allowed."""
    notes = facts.notes
    if not isinstance(metadata, _Pairs):
        notes.attack("safetensors-metadata", "__metadata__ is no object", LENGTH_BYTES)
        return
    for key in metadata.repeated:
        notes.attack(
            "safetensors-duplicate-key",
            f"metadata {key!r} stands twice; readers disagree on which one counts",
            LENGTH_BYTES,
        )
    for key, value in metadata.items():
        if isinstance(value, str):
            facts.metadata[key] = value[:METADATA_CUT]
            notes.text(key, value, LENGTH_BYTES)
            continue
        detail = f"metadata {key[:100]!r} is not a string"
        if isinstance(value, dict | list):
            notes.attack("safetensors-metadata", detail, LENGTH_BYTES)
        else:
            notes.odd("safetensors-metadata", detail, LENGTH_BYTES)


def _tensor(name: str, entry: object, facts: Facts) -> Tensor | None:
    """Return a tensor whose entry has the right form, and note the rest."""
    notes = facts.notes
    if PATHLIKE.search(name):
        notes.attack(
            "safetensors-name-is-path",
            f"tensor name {name[:200]!r} is a path that leaves its folder",
            LENGTH_BYTES,
            live="converters that write one file per tensor",
        )
    if not isinstance(entry, _Pairs):
        notes.attack("safetensors-entry", f"{name[:200]!r} is no object", LENGTH_BYTES)
        return None
    dtype, shape, span = map(entry.get, FIELDS)
    extra = [*entry.repeated, *(entry.keys() - set(FIELDS))]
    if extra:
        notes.attack(
            "safetensors-entry",
            f"{name[:200]!r} has extra or repeated fields: {sorted(extra)[:5]}",
            LENGTH_BYTES,
        )
    if (
        not isinstance(dtype, str)
        or not _are_sizes(shape)
        or not _are_sizes(span)
        or len(span) != 2  # noqa: PLR2004 - a beginning and an end
    ):
        notes.attack(
            "safetensors-entry",
            f"{name[:200]!r} lacks a type, a shape or two offsets",
            LENGTH_BYTES,
        )
        return None
    tensor = Tensor(
        name=name,
        dtype=dtype[:32],
        shape=tuple(shape),
        start=facts.data_start + span[0],
        stop=facts.data_start + span[1],
    )
    _size(tensor, notes)
    return tensor


def _are_sizes(values: object) -> TypeGuard[list[int]]:
    """Tell whether a value is a list of unsigned 64-bit integers."""
    return isinstance(values, list) and all(
        type(value) is int and 0 <= value <= LARGEST for value in values
    )


def _size(tensor: Tensor, notes: Notes) -> None:
    """Compare the size that type and shape need with the span."""
    name = tensor.name[:200]
    bits = BITS.get(tensor.dtype)
    if bits is None:
        if FUTURE.fullmatch(tensor.dtype):
            notes.gap("unsupported", f"tensor {name!r} has type {tensor.dtype}")
        else:
            notes.attack(
                "safetensors-type",
                f"tensor {name!r} has type {tensor.dtype!r}, which does not exist",
                LENGTH_BYTES,
            )
        return
    need = math.prod(tensor.shape) * bits
    span = tensor.stop - tensor.start
    if need != span * 8 or need > LARGEST * 8:
        notes.attack(
            "safetensors-size",
            f"tensor {name!r} of shape {list(tensor.shape)[:8]} and type "
            f"{tensor.dtype} needs {need / 8:.16g} bytes and claims {span}",
            LENGTH_BYTES,
            live="readers that trust the shape or the span alone",
        )


def _look_inside(
    source: Source, entries: list[Tensor], notes: Notes, budget: Budget
) -> None:
    """Identify what tensors begin with; byte tensors first, as files are bytes."""
    by_kind = sorted(entries, key=lambda tensor: tensor.dtype not in BYTE_TYPES)
    for tensor in by_kind[LOOKED_AT:]:
        if tensor.dtype in BYTE_TYPES:
            notes.gap(
                "over-budget",
                f"more than {LOOKED_AT} byte tensors; the rest were not identified",
                tensor.start,
            )
            break
    for tensor in by_kind[:LOOKED_AT]:
        budget.step()
        if tensor.stop - tensor.start >= SMALLEST and tensor.start < source.size:
            notes.look(source, tensor.start, tensor.stop, f"tensor {tensor.name[:200]}")
