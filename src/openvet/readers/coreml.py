"""Core ML models, whole or inside an `.mlpackage`."""

from collections.abc import Iterator
from typing import ClassVar

from openvet.artifacts import Graph
from openvet.budget import Budget
from openvet.check import Context, Reader
from openvet.formats.coreml import CoreMlScan, is_coreml
from openvet.subject import File, Subject


class CoreMlReader(Reader[File]):
    """Yields a `Graph`; custom layers are operations of the domain `custom`."""

    id: ClassVar[str] = "coreml"
    version: ClassVar[int] = 1

    def claims(self, subject: File) -> bool:
        """Claim by structure, whatever the name."""
        return subject.head[:1] in (b"\x08", b"\x12") and is_coreml(
            subject.source, Budget()
        )

    def read(self, subject: File, context: Context) -> Iterator[Subject]:
        """Yield the graph."""
        scan = CoreMlScan(subject.source, context.budget)
        scan.run()
        facts = scan.facts
        yield Graph(
            origin=subject.origin.aspect(self.id),
            format="coreml",
            operations=facts.operations,
            gaps=facts.gaps,
            defects=facts.defects,
            references=facts.references,
            texts=facts.texts,
            payloads=facts.payloads,
        )
