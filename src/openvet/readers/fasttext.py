"""Reads fastText models."""

from collections.abc import Iterable
from math import prod
from typing import ClassVar

from openvet.artifacts import TensorIndex
from openvet.check import Context, Reader
from openvet.formats import fasttext
from openvet.subject import File, Subject


class FasttextReader(Reader[File]):
    """Finds out what a fastText model says it holds; the matrices are not read."""

    id: ClassVar[str] = "fasttext"
    version: ClassVar[int] = 1
    subject: ClassVar[type[Subject]] = File

    def claims(self, subject: File) -> bool:
        """Go by the magic."""
        return subject.source.head.startswith(fasttext.MAGIC)

    def read(self, subject: File, context: Context) -> Iterable[Subject]:
        """Yield the two matrices, then files carried after them."""
        model = fasttext.read(subject.source, context.budget)
        notes = model.notes
        yield notes.attach(
            TensorIndex(
                origin=subject.origin.aspect(self.id),
                format="fasttext",
                count=len(model.tensors),
                parameters=sum(prod(tensor.shape) for tensor in model.tensors),
                tensors=tuple(model.tensors),
                metadata={"words": str(model.words)},
            )
        )
        yield from notes.files(subject.origin)
