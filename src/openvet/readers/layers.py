"""Caffe models and PaddlePaddle programs in their binary form."""

from collections.abc import Iterator
from typing import ClassVar

from openvet.artifacts import Graph
from openvet.budget import Budget
from openvet.check import Context, Reader
from openvet.formats.layers import LayerScan, kind_of
from openvet.subject import File, Subject


class LayersReader(Reader[File]):
    """Yields a `Graph` of layers or operators."""

    id: ClassVar[str] = "layers"
    version: ClassVar[int] = 1

    def claims(self, subject: File) -> bool:
        """Claim by structure, whatever the name."""
        head = subject.head
        # A name, a layer or a block comes first: a field of bytes.
        return head[:1] in (b"\n", b"\x12", b"\xa2") and bool(
            kind_of(subject.source, Budget())
        )

    def read(self, subject: File, context: Context) -> Iterator[Subject]:
        """Yield the graph."""
        kind = kind_of(subject.source, Budget())
        if not kind:
            return
        scan = LayerScan(subject.source, context.budget, kind)
        scan.run()
        facts = scan.facts
        yield Graph(
            origin=subject.origin.aspect(self.id),
            format=kind,
            operations=facts.operations,
            gaps=facts.gaps,
            defects=facts.defects,
            payloads=facts.payloads,
        )
