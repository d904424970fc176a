"""Core ML models, whole or inside an `.mlpackage`."""

import re
from collections.abc import Iterator
from typing import ClassVar, Final

from openvet.artifacts import Graph
from openvet.budget import Budget
from openvet.check import Context, Reader
from openvet.formats.coreml import MODEL_PATH, CoreMlScan, is_coreml
from openvet.formats.facts import Facts
from openvet.subject import Document, File, Gap, Reference, Subject

PROGRAM: Final = b"program("
BLOB: Final = re.compile(
    rb"\bpath\s*=\s*(?:tensor<[^>]{0,200}>|string)\s*\(\s*\"([^\"]{1,4096})\""
)


class CoreMlReader(Reader[File]):
    """Yields a `Graph`; custom layers are operations of the domain `custom`."""

    id: ClassVar[str] = "coreml"
    version: ClassVar[int] = 2

    def claims(self, subject: File) -> bool:
        """Claim by structure, whatever the name; a program's text by its beginning."""
        return subject.head.startswith(PROGRAM) or (
            subject.head[:1] in (b"\x08", b"\x12")
            and is_coreml(subject.source, Budget())
        )

    def read(self, subject: File, context: Context) -> Iterator[Subject]:
        """Yield the graph, or of a program's text the names of what it opens."""
        if subject.head.startswith(PROGRAM):
            yield _program(subject, context)
            return
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


def _program(subject: File, context: Context) -> Document:
    """Return what the text of a compiled model opens."""
    facts = Facts()
    if subject.size > context.budget.limits.memory_bytes:
        detail = "the program is too large to be held in memory"
        facts.gap(Gap(reason="over-budget", detail=detail))
    else:
        for found in BLOB.finditer(subject.source.read(0, subject.size)):
            value = found.group(1).decode("utf-8", "backslashreplace")
            reference = Reference(
                kind="path",
                value=value.removeprefix(MODEL_PATH),
                key="BLOBFILE.path",
                opens="opens it as weights",
                offset=found.start(1),
            )
            facts.reference(reference)
    return Document(
        origin=subject.origin.aspect(CoreMlReader.id),
        format="coreml-program",
        references=facts.references,
        gaps=facts.gaps,
    )
