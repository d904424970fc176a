"""Reads CatBoost's binary models."""

from collections.abc import Iterable
from typing import ClassVar

from openvet.check import Context, Reader
from openvet.formats import catboost
from openvet.subject import Document, File, Subject


class CatboostReader(Reader[File]):
    """Reads what a model says of itself and what follows it."""

    id: ClassVar[str] = "catboost"
    version: ClassVar[int] = 1
    subject: ClassVar[type[Subject]] = File

    def claims(self, subject: File) -> bool:
        """Go by the magic."""
        head = subject.source.head
        return head.startswith(catboost.MAGIC)

    def read(self, subject: File, context: Context) -> Iterable[Subject]:
        """Yield a document with what contradicts itself, then files carried inside."""
        notes = catboost.read(subject.source)
        yield notes.attach(
            Document(
                origin=subject.origin.aspect(self.id),
                format="catboost",
            )
        )
        yield from notes.files(subject.origin)
