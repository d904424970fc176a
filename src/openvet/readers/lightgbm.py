"""Reads LightGBM's text models."""

from collections.abc import Iterable
from typing import ClassVar

from openvet.check import Context, Reader
from openvet.formats import lightgbm
from openvet.subject import Document, File, Subject


class LightgbmReader(Reader[File]):
    """Reads the trees of a model and holds them against themselves."""

    id: ClassVar[str] = "lightgbm"
    version: ClassVar[int] = 1
    subject: ClassVar[type[Subject]] = File

    def claims(self, subject: File) -> bool:
        """Go by the first two lines."""
        head = subject.source.head
        return head.startswith(lightgbm.START) and b"version=v" in head[:32]

    def read(self, subject: File, context: Context) -> Iterable[Subject]:
        """Yield a document with what contradicts itself, then files carried inside."""
        notes = lightgbm.read(subject.source, context.budget)
        yield notes.attach(
            Document(
                origin=subject.origin.aspect(self.id),
                format="lightgbm",
            )
        )
        yield from notes.files(subject.origin)
