"""Reads the containers of ggml that came before GGUF."""

from collections.abc import Iterable
from math import prod
from typing import ClassVar

from openvet.artifacts import TensorIndex
from openvet.check import Context, Reader
from openvet.formats import ggml
from openvet.formats.notes import Notes
from openvet.subject import File, Subject


class GgmlReader(Reader[File]):
    """Finds the layout that explains every byte of a ggml file."""

    id: ClassVar[str] = "ggml"
    version: ClassVar[int] = 1
    subject: ClassVar[type[Subject]] = File

    def claims(self, subject: File) -> bool:
        """Go by the magic."""
        return subject.source.head[:4] in ggml.MAGICS

    def read(self, subject: File, context: Context) -> Iterable[Subject]:
        """Yield the tensor index, or say that the layout is not known."""
        notes = Notes()
        found = ggml.read(subject.source, context.budget)
        if found is None:
            notes.gap(
                "unsupported",
                "an older ggml container that no known layout explains",
                lift="convert it to GGUF, or download it again if it broke off",
            )
        layout, tensors = found or ("", [])
        for tensor in tensors:
            notes.look(
                subject.source, tensor.start, tensor.stop, f"tensor {tensor.name}"
            )
        yield notes.attach(
            TensorIndex(
                origin=subject.origin.aspect(self.id),
                format="ggml",
                count=len(tensors),
                parameters=sum(prod(tensor.shape) for tensor in tensors),
                tensors=tuple(tensors[:100_000]),
                metadata={"layout": layout} if layout else {},
            )
        )
        yield from notes.files(subject.origin)
