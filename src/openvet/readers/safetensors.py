"""Reads the header of safetensors files."""

from collections.abc import Iterable
from typing import ClassVar

from openvet.artifacts import TensorIndex
from openvet.check import Context, Reader
from openvet.formats import safetensors, weights
from openvet.subject import File, Subject


class SafetensorsReader(Reader[File]):
    """Finds out what a safetensors file says it holds; the tensors are not read."""

    id: ClassVar[str] = "safetensors"
    version: ClassVar[int] = 4
    subject: ClassVar[type[Subject]] = File

    def claims(self, subject: File) -> bool:
        """Go by structure, whatever the file is called."""
        source = subject.source
        return safetensors.looks_like(source.head, source.size, subject.name)

    def read(self, subject: File, context: Context) -> Iterable[Subject]:
        """Yield the tensor index, then files carried where no tensor should be."""
        facts = safetensors.read(subject.source, context.budget)
        notes = facts.notes
        yield notes.attach(
            TensorIndex(
                origin=subject.origin.aspect(self.id),
                format="safetensors",
                count=facts.count,
                parameters=facts.parameters,
                tensors=tuple(facts.tensors),
                metadata=facts.metadata,
            )
        )
        yield from weights.examine(
            subject.source,
            facts.tensors,
            subject.origin.aspect(f"{self.id}:values"),
            context,
        )
        yield from notes.files(subject.origin)
