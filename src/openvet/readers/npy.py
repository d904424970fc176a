"""Numpy arrays: the header, the data's extent, and pickles where items are objects.

An array file of version 1 to 3 (NEP 1). A file without the magic that `numpy.load`
unpickles is read by the pickle reader.
"""

from collections.abc import Iterator
from typing import Final

from openvet.artifacts import Tensor, TensorIndex
from openvet.check import Context, Reader
from openvet.formats.npy import MAGIC, Header, read_header
from openvet.formats.pickle.shape import LENGTH
from openvet.formats.trailing import after_end, payload_in
from openvet.readers.pickle import pickles_at
from openvet.source import Source
from openvet.subject import Defect, File, Gap, Payload, Subject

IMPOSSIBLE: Final = 1 << 62
"""Bytes that no machine addresses: whoever multiplies in 64 bits overflows."""


class NpyReader(Reader[File]):
    """Reads an array file: a `TensorIndex`, and the pickle of an array of objects."""

    id = "npy"
    version = 3

    def claims(self, subject: File) -> bool:
        """Numpy's magic."""
        return subject.head.startswith(MAGIC)

    def read(self, subject: File, context: Context) -> Iterator[Subject]:
        """Yield the pickle, if there is one, and the array."""
        header = read_header(subject.source)
        context.budget.step()
        if header.dtype is not None and header.dtype.objects:
            yield from pickles_at(subject, context, header.start, "numpy")
        yield _index(subject, header)


def _index(subject: File, header: Header) -> TensorIndex:
    """Return the array as an index of one tensor, held against the bytes there are."""
    source = subject.source
    gaps: list[Gap] = []
    defects: list[Defect] = []
    payloads: list[Payload] = []
    stop = source.size
    if header.broken:
        defects.append(Defect(code="npy-broken-header", detail=header.broken))
        gaps.append(Gap(reason="broken", detail=header.broken))
    if header.length is not None:
        stop = header.start + header.length
        defects.extend(_lies(header.length, stop - source.size))
        if stop > source.size:
            gaps.append(_missing(header.length, stop, source.size))
        else:
            payloads.extend(_foreign(source, header.start, stop))
    tensor = Tensor(
        name="",
        dtype=header.descr,
        shape=header.shape,
        start=header.start,
        stop=min(stop, source.size),
    )
    return TensorIndex(
        origin=subject.origin.aspect("npy"),
        format="npy",
        count=1,
        parameters=0,
        tensors=(tensor,),
        gaps=tuple(gaps),
        defects=tuple(defects),
        payloads=tuple(payloads),
    )


def _lies(length: int, missing: int) -> Iterator[Defect]:
    """Yield what is wrong with the announced length."""
    if length > IMPOSSIBLE:
        detail = f"type and shape announce {length} bytes"
        yield Defect(code="npy-size-overflow", detail=detail, offset=8)
    present = length - missing
    if length <= IMPOSSIBLE and missing >= LENGTH and missing > 1000 * present:
        yield Defect(
            code="npy-length-bomb",
            detail=f"{length} bytes are announced where {present} are left",
            offset=8,
            live="numpy makes room for all of them before it reads",
        )
    elif missing > 0:
        detail = f"{missing} of {length} announced bytes are missing"
        yield Defect(code="npy-truncated", detail=detail, offset=8, weight="odd")


def _missing(length: int, stop: int, size: int) -> Gap:
    """Return the part of the array that the file does not hold."""
    return Gap(
        reason="broken",
        detail=f"{stop - size} of {length} announced bytes are missing",
        offset=size,
        lift="get the file again from its source",
    )


def _foreign(source: Source, start: int, stop: int) -> Iterator[Payload]:
    """Yield what the array's bytes or those after them are besides numbers."""
    inside = payload_in(source.window(start, stop), "the array's data", base=start)
    yield from (part for part in (after_end(source, stop), inside) if part is not None)
