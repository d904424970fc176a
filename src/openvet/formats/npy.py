"""The header of a numpy `.npy` file (NEP 1): type, order, shape; then the data.

The header is a Python literal, parsed as a literal under a size limit. Where the type
has objects, the data is one pickle, read only under `allow_pickle=True`.
"""

import ast
import math
from typing import Final, NamedTuple

from openvet.formats.pickle.dtypes import Dtype, code_of
from openvet.source import Source

MAGIC: Final = b"\x93NUMPY"
LONGEST: Final = 1 << 16
"""Bytes of a header that are parsed; numpy itself refuses more than 10,000."""
DEPTH: Final = 32
DIMENSIONS: Final = 64
_KEYS: Final = {"descr", "fortran_order", "shape"}


class Header(NamedTuple):
    """What an array file says of itself."""

    version: tuple[int, int]
    descr: str
    """The type as it is written, cut at 200 characters."""
    dtype: Dtype | None
    shape: tuple[int, ...]
    start: int
    """Offset of the data."""
    broken: str = ""

    @property
    def length(self) -> int | None:
        """Bytes of data that type and shape announce; None for objects."""
        if self.dtype is None or self.dtype.objects:
            return None
        return self.dtype.item_size * math.prod(self.shape)


def read_header(source: Source) -> Header:
    """Return the header at the start of `source`; what is wrong is in `broken`."""
    major, minor = source.read(6, 2).ljust(2, b"\0")
    width = 2 if major == 1 else 4
    start = 8 + width
    length = int.from_bytes(source.read(8, width), "little")
    nothing = Header((major, minor), "", None, (), min(start + length, source.size))
    if major not in (1, 2, 3):
        return nothing._replace(broken=f"version {major}.{minor} does not exist")
    if start + length > source.size:
        return nothing._replace(broken="the header is longer than the file")
    if length > LONGEST:
        return nothing._replace(broken=f"the header has {length} bytes")
    text = source.read(start, length).decode("utf-8" if major > 2 else "latin-1")  # noqa: PLR2004
    try:
        fields = ast.literal_eval(text.strip())
    except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
        return nothing._replace(broken="the header is no Python literal")
    return _filled(nothing, fields)


def _filled(header: Header, fields: object) -> Header:
    if not isinstance(fields, dict) or not fields.keys() >= _KEYS:
        return header._replace(broken="the header lacks type, order or shape")
    shape = fields["shape"]
    if (
        not isinstance(shape, tuple)
        or len(shape) > DIMENSIONS
        or not all(type(size) is int and size >= 0 for size in shape)
    ):
        return header._replace(broken="the header's shape is no tuple of sizes")
    header = header._replace(descr=str(fields["descr"])[:200])
    dtype = dtype_of(fields["descr"])
    if dtype is None:
        return header._replace(shape=shape, broken="the header's type is not known")
    return header._replace(dtype=dtype, shape=shape)


def dtype_of(descr: object, depth: int = 0) -> Dtype | None:
    """Return the type that a header describes: a code, or fields with a type each."""
    if isinstance(descr, str):
        return code_of(descr)
    if depth > DEPTH:
        return None
    if isinstance(descr, tuple) and len(descr) == 2:  # noqa: PLR2004 - type and shape
        return _repeated(dtype_of(descr[0], depth + 1), descr[1])
    return _structured(descr, depth + 1) if isinstance(descr, list) else None


def _structured(fields: list[object], depth: int) -> Dtype | None:
    """Return the type of records whose fields have a name, a type, perhaps a shape."""
    size, objects = 0, False
    for field in fields:
        if not isinstance(field, tuple) or len(field) not in (2, 3):
            return None
        part = dtype_of(field[1], depth)
        if len(field) == 3:  # noqa: PLR2004 - name, type, shape
            part = _repeated(part, field[2])
        if part is None:
            return None
        size += part.item_size
        objects = objects or part.objects
    return Dtype(size, objects)


def _repeated(part: Dtype | None, shape: object) -> Dtype | None:
    sizes = shape if isinstance(shape, tuple) else (shape,)
    if part is None or not all(type(size) is int and size >= 0 for size in sizes):
        return None
    return Dtype(part.item_size * math.prod(sizes), part.objects)
