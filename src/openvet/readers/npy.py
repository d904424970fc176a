"""Numpy arrays: the header, the data's extent, and pickles where items are objects.

An array file of version 1 to 3 (NEP 1). A file without the magic that `numpy.load`
unpickles is read by the pickle reader.
"""

from collections.abc import Iterator
from typing import Final

from openvet.artifacts import Tensor, TensorIndex
from openvet.check import Context, Reader
from openvet.formats.npy import MAGIC, Header, read_header
from openvet.formats.trailing import after_end, payload_in
from openvet.readers.pickle import pickles_at
from openvet.subject import Defect, File, Gap, Payload, Subject

IMPOSSIBLE: Final = 1 << 62
"""Bytes that no machine addresses: whoever multiplies in 64 bits overflows."""


class NpyReader(Reader[File]):
    """Reads an array file: a `TensorIndex`, and the pickle of an array of objects."""

    id = "npy"

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
    source = subject.source
    gaps: list[Gap] = []
    defects: list[Defect] = []
    payloads: list[Payload] = []
    length = header.length
    if header.broken:
        defects.append(Defect(code="npy-broken-header", detail=header.broken))
        gaps.append(Gap(reason="broken", detail=header.broken))
    stop = source.size
    if length is not None:
        stop = header.start + length
        if length > IMPOSSIBLE:
            detail = f"type and shape announce {length} bytes"
            defects.append(Defect(code="npy-size-overflow", detail=detail, offset=8))
        if stop > source.size:
            missing = stop - source.size
            detail = f"{missing} of {length} announced bytes are missing"
            defects.append(
                Defect(code="npy-truncated", detail=detail, offset=8, weight="odd")
            )
            gaps.append(
                Gap(
                    reason="broken",
                    detail=detail,
                    offset=source.size,
                    lift="get the file again from its source",
                )
            )
        else:
            found = after_end(source, stop)
            window = source.window(header.start, stop)
            inside = payload_in(window, "the array's data", base=header.start)
            payloads.extend(part for part in (found, inside) if part is not None)
    return TensorIndex(
        origin=subject.origin.aspect("npy"),
        format="npy",
        count=1,
        parameters=0,
        tensors=(
            Tensor(
                name="",
                dtype=header.descr,
                shape=header.shape,
                start=header.start,
                stop=min(stop, source.size),
            ),
        ),
        gaps=tuple(gaps),
        defects=tuple(defects),
        payloads=tuple(payloads),
    )
