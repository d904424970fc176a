"""TensorFlow checkpoints: an index of tensors, and shards that hold their bytes."""

from collections.abc import Iterator
from typing import ClassVar

from openvet.artifacts import TensorIndex
from openvet.check import Context, Reader
from openvet.formats.checkpoint import CheckpointIndex, is_index
from openvet.subject import File, Subject


class CheckpointReader(Reader[File]):
    """Yields a `TensorIndex`; its ranges are offsets in the shards."""

    id: ClassVar[str] = "tensorflow-checkpoint"
    version: ClassVar[int] = 1

    def claims(self, subject: File) -> bool:
        """Claim by the magic number at the end.

        The first entry has an empty key, so the file begins with two zeros; asking
        for them first spares reading the end of every other file.
        """
        return subject.head[:2] == b"\0\0" and is_index(subject.source)

    def read(self, subject: File, context: Context) -> Iterator[Subject]:
        """Yield the index."""
        index = CheckpointIndex(subject.source, context.budget)
        index.run()
        yield TensorIndex(
            origin=subject.origin.aspect(self.id),
            format=self.id,
            count=index.count,
            parameters=index.parameters,
            tensors=tuple(index.tensors),
            gaps=index.facts.gaps,
            defects=index.facts.defects,
        )
