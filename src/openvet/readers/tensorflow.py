"""TensorFlow's files: SavedModel, GraphDef, MetaGraph and Keras's metadata."""

from collections.abc import Iterator
from typing import ClassVar

from openvet.artifacts import Graph
from openvet.budget import Budget
from openvet.check import Context, Reader
from openvet.formats.protobuf import BYTES, Wire
from openvet.formats.tensorflow import kind_of
from openvet.formats.tensorflow_graph import TensorFlowScan
from openvet.subject import Document, File, Subject

FORMATS = {
    "SavedModel": "tensorflow-saved-model",
    "MetaGraph": "tensorflow-meta-graph",
    "Graph": "tensorflow-graph",
    "KerasMetadata": "keras-metadata",
    "Fingerprint": "tensorflow-fingerprint",
}


class TensorFlowReader(Reader[File]):
    """Yields a `Graph`, and a file for every Keras description inside it."""

    id: ClassVar[str] = "tensorflow"
    version: ClassVar[int] = 1

    def claims(self, subject: File) -> bool:
        """Claim by structure, whatever the name."""
        head = subject.head
        # The first field is a message, or a SavedModel's schema version.
        if not head or (head[0] & 7 != BYTES and head[0] != 0x08):  # noqa: PLR2004
            return False
        return bool(kind_of(Wire(subject.source, Budget())))

    def read(self, subject: File, context: Context) -> Iterator[Subject]:
        """Yield the graph, then what Keras wrote beside it as JSON files."""
        kind = kind_of(Wire(subject.source, Budget()))
        if not kind:
            return
        scan = TensorFlowScan(subject.source, context.budget, kind)
        scan.run()
        facts = scan.facts
        origin = subject.origin.aspect(self.id)
        if kind in ("KerasMetadata", "Fingerprint"):
            yield Document(
                origin=origin,
                format=FORMATS[kind],
                gaps=facts.gaps,
                defects=facts.defects,
                payloads=facts.payloads,
            )
        else:
            yield Graph(
                origin=origin,
                format=FORMATS[kind],
                operations=tuple(
                    operation
                    for operation in facts.operations
                    if not scan.is_own(operation.name)
                ),
                gaps=facts.gaps,
                defects=facts.defects,
                references=facts.references,
                payloads=facts.payloads,
            )
        for number, one in enumerate(scan.metadata):
            context.budget.entry()
            yield File(
                origin=subject.origin.at(f"keras_metadata[{number}].json"),
                source=subject.source.window(one.start, one.stop),
            )
