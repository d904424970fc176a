"""TensorFlow's files: SavedModel, GraphDef, MetaGraph and Keras's metadata."""

from collections.abc import Iterator
from typing import Any, ClassVar, Final

import msgspec

from openvet.artifacts import Config, Graph
from openvet.budget import Budget
from openvet.check import Context, Reader
from openvet.formats.protobuf import BYTES, Wire
from openvet.formats.tensorflow import kind_of
from openvet.source import Source
from openvet.subject import Document, File, Subject
from openvet.wire import digest

NESTED: Final = 20
LARGEST: Final = 16 << 20
"""Bytes of a description that is parsed at once."""

FORMATS: Final = {
    "SavedModel": "tensorflow-saved-model",
    "MetaGraph": "tensorflow-meta-graph",
    "Graph": "tensorflow-graph",
    "KerasMetadata": "keras-metadata",
    "Fingerprint": "tensorflow-fingerprint",
}


class TensorFlowReader(Reader[File]):
    """Yields a `Graph`, and a `Config` for every Keras description inside it."""

    id: ClassVar[str] = "tensorflow"
    version: ClassVar[int] = 2

    def claims(self, subject: File) -> bool:
        """Claim by structure, whatever the name."""
        head = subject.head
        # The first field is a message, or a SavedModel's schema version.
        if not head or (head[0] & 7 != BYTES and head[0] != 0x08):  # noqa: PLR2004
            return False
        return bool(kind_of(Wire(subject.source, Budget())))

    def read(self, subject: File, context: Context) -> Iterator[Subject]:
        """Yield the graph, then what Keras wrote into it as JSON."""
        kind = kind_of(Wire(subject.source, Budget()))
        if not kind:
            return
        from openvet.formats.tensorflow_graph import TensorFlowScan

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
                texts=facts.texts,
                payloads=facts.payloads,
            )
        known = _Known(context.budget)
        for number, one in enumerate(scan.metadata):
            context.budget.entry()
            text = subject.source.window(one.start, one.stop)
            origin = subject.origin.at(f"keras_metadata[{number}].json")
            data = _parsed(text)
            if data is None:
                yield File(origin=origin, source=text)
            elif known.is_new(data):
                name = origin.place[-1]
                yield Config(origin=origin, format="json", name=name, data=data)


def _parsed(text: Source) -> dict[str, Any] | None:
    """Return what Keras wrote, or None if it is no JSON object."""
    if text.size > LARGEST:
        return None
    try:
        data = msgspec.json.decode(text.read(0, text.size))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return data if isinstance(data, dict) else None


class _Known:
    """Tells layers apart that Keras describes twice: in the model and alone."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._seen: set[str] = set()

    def is_new(self, data: dict[str, Any]) -> bool:
        """Say whether a description adds to the ones before; remember its layers."""
        identity = self._identity(data)
        if identity and identity in self._seen:
            return False
        todo: list[tuple[Any, int]] = [(data, 0)]
        while todo:
            node, depth = todo.pop()
            self._budget.step(1)
            if isinstance(node, dict):
                if "class_name" in node and depth < NESTED:
                    self._seen.add(self._identity(node))
                todo.extend((value, depth + 1) for value in node.values())
            elif isinstance(node, list):
                todo.extend((value, depth + 1) for value in node)
        return True

    def _identity(self, node: dict[str, Any]) -> str:
        try:
            return digest([node.get("class_name"), node.get("config")])
        except RecursionError:
            return ""
