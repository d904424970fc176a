"""Reads PaddlePaddle's parameters: tensors one after another, without a directory.

`inference.pdiparams` and the older `__params__` hold all tensors of a model, and older
models a file for each. Every tensor says what it is: a version, its levels of detail,
a small protobuf of type and shape, then the values. Source: PaddlePaddle's
`paddle/phi/core/framework/dense_tensor_serialize.cc` and `dense_tensor_tostream.cc`.
"""

from collections.abc import Iterator
from math import prod
from typing import ClassVar, Final

from openvet.artifacts import Tensor, TensorIndex
from openvet.budget import Budget
from openvet.check import Context, Reader
from openvet.formats.cursor import Cursor, CutOffError
from openvet.formats.notes import Notes
from openvet.formats.protobuf import VARINT, ProtobufError, Wire
from openvet.source import BytesSource
from openvet.subject import File, Subject

TYPES: Final = {
    0: ("BOOL", 1), 1: ("I16", 2), 2: ("I32", 4), 3: ("I64", 8), 4: ("F16", 2),
    5: ("F32", 4), 6: ("F64", 8), 20: ("U8", 1), 21: ("I8", 1), 22: ("BF16", 2),
    23: ("C64", 8), 24: ("C128", 16),
}  # fmt: skip
TYPE, DIMENSION = 1, 2
LEVELS: Final = 8
LARGEST_SIDE: Final = 1 << 40
LARGEST: Final = 256
"""Bytes of a description; nine dimensions of ten bytes would fit twice."""
KEPT: Final = 100_000
BATCH: Final = 1000


class PaddleReader(Reader[File]):
    """Yields a `TensorIndex` where tensors explain the file to its last byte."""

    id: ClassVar[str] = "paddle"
    version: ClassVar[int] = 1

    def claims(self, subject: File) -> bool:
        """Claim by a first tensor that the file is large enough for."""
        if not subject.head.startswith(bytes(4)):
            return False
        try:
            return _tensor(Cursor(subject.source), "") is not None
        except CutOffError:
            return False

    def read(self, subject: File, context: Context) -> Iterator[Subject]:
        """Yield the index, and files carried as values."""
        notes = Notes()
        tensors: list[Tensor] = []
        cursor = Cursor(subject.source)
        count = 0
        parameters = 0
        while cursor.left:
            start = cursor.at
            if count % BATCH == 0:
                context.budget.step(BATCH)
            try:
                tensor = _tensor(cursor, f"#{count}")
            except CutOffError:
                tensor = None
            if tensor is None:
                notes.rest(subject.source, start, subject.size, "bytes after tensors")
                notes.gap("broken", "no tensor begins here, or it is cut off", start)
                break
            count += 1
            parameters += prod(tensor.shape)
            if count <= KEPT:
                tensors.append(tensor)
            place = f"tensor {tensor.name}"
            notes.look(subject.source, tensor.start, tensor.stop, place)
        yield notes.attach(
            TensorIndex(
                origin=subject.origin.aspect(self.id),
                format="paddle-parameters",
                count=count,
                parameters=parameters,
                tensors=tuple(tensors),
            )
        )
        yield from notes.files(subject.origin)


def _tensor(cursor: Cursor, name: str) -> Tensor | None:
    """Return the next tensor and pass over it, or None if nothing here is one.

    Raises:
        CutOffError: It reaches past the end of the file.
    """
    if cursor.integer("I") != 0 or (levels := cursor.integer("Q")) > LEVELS:
        return None
    for _ in range(levels):
        cursor.skip(cursor.integer("Q"))
    if cursor.integer("I") != 0 or (size := cursor.integer("I")) > LARGEST:
        return None
    described = _described(cursor.take(size))
    if described is None:
        return None
    (dtype, width), shape = described
    start = cursor.at
    cursor.skip(prod(shape) * width)
    return Tensor(name=name, dtype=dtype, shape=shape, start=start, stop=cursor.at)


def _described(data: bytes) -> tuple[tuple[str, int], tuple[int, ...]] | None:
    """Return type and shape from a description, or None if it is none."""
    fields: list[tuple[int, int]] = []
    try:
        for field in Wire(BytesSource(data), Budget()).fields():
            numbers = field.wire == VARINT and field.number in (TYPE, DIMENSION)
            if not numbers or field.value > LARGEST_SIDE:
                return None
            fields.append((field.number, field.value))
    except ProtobufError:
        return None
    types = [value for key, value in fields if key == TYPE]
    if len(types) != 1 or types[0] not in TYPES:
        return None
    return TYPES[types[0]], tuple(v for key, v in fields if key == DIMENSION)
