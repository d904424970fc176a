"""Networks written as protobuf text: Caffe's prototxt, TensorFlow's pbtxt."""

import re
from collections.abc import Iterator
from typing import ClassVar, Final

from openvet.artifacts import Graph
from openvet.check import Context, Reader
from openvet.formats.facts import Facts
from openvet.formats.paths import escape
from openvet.formats.tensorflow_ops import category
from openvet.formats.textproto import Part, TextProtoError, parts
from openvet.subject import File, Gap, Subject

CAFFE: Final = re.compile(rb"^\s*layers?\s*[{<]", re.MULTILINE)
TENSORFLOW: Final = re.compile(
    rb"^\s*(?:node|node_def|meta_graphs|graph_def|library)\s*[{<]", re.MULTILINE
)
TOLD: Final = ("module", "layer", "param_str", "file_name", "source", "root_folder")
"""Parameters of a layer that say what it reaches."""


class TextProtoReader(Reader[File]):
    """Yields a `Graph` of layers or nodes."""

    id: ClassVar[str] = "textproto"
    version: ClassVar[int] = 2

    def claims(self, subject: File) -> bool:
        """Claim text in which a layer or node opens a brace near the beginning."""
        head = subject.head
        return b"\0" not in head and bool(CAFFE.search(head) or TENSORFLOW.search(head))

    def read(self, subject: File, context: Context) -> Iterator[Subject]:
        """Yield the graph; leave text that turns out to be something else."""
        if not 0 < subject.size <= context.budget.limits.memory_bytes:
            return
        caffe = CAFFE.search(subject.head) is not None
        data = subject.source.read(0, subject.size)
        scan = _Scan()
        try:
            for part in parts(data.decode("utf-8", "replace"), context.budget):
                scan.take(part)
        except TextProtoError as error:
            if not scan.facts.operations:
                return
            reason = f"not protobuf text any more: {error}"
            scan.facts.gap(Gap(reason="broken", detail=reason, offset=error.offset))
        facts = scan.facts
        operations = tuple(one for one in facts.operations if not scan.is_own(one.name))
        if operations:
            yield Graph(
                origin=subject.origin.aspect(self.id),
                format="caffe" if caffe else "tensorflow-graph",
                operations=operations,
                gaps=facts.gaps,
            )


class _Scan:
    """Collects the operations of layers and nodes."""

    def __init__(self) -> None:
        self.facts = Facts()
        self._path: list[str] = []
        self._values: dict[str, str] = {}
        self._functions: set[str] = set()

    def is_own(self, operation: str) -> bool:
        return operation in self._functions and not category(operation)

    def take(self, part: Part) -> None:
        if part.step == "enter":
            self._path.append(part.name)
            if part.name in ("layer", "layers", "node", "node_def"):
                self._values = {}
        elif part.step == "leave":
            self._path.pop()
            if part.name in ("layer", "layers", "node", "node_def"):
                self._close(part.offset)
        else:
            self._value(part)

    def _value(self, part: Part) -> None:
        holder = self._path[-1] if self._path else ""
        if holder in ("layer", "layers") and part.name in ("name", "type"):
            self._values[part.name] = part.value
        elif holder in ("node", "node_def") and part.name in ("name", "op"):
            self._values["type" if part.name == "op" else "name"] = part.value
        elif holder in ("python_param", "hdf5_output_param"):
            self._values[part.name] = part.value
        elif holder.endswith("_data_param") and part.name in ("source", "root_folder"):
            # Networks for training read examples; where from tells only if elsewhere.
            if escape(part.value):
                self._values[part.name] = part.value
        elif holder == "signature" and part.name == "name":
            self._functions.add(part.value)

    def _close(self, offset: int) -> None:
        name = self._values.get("type", "")
        # The enumeration of old networks writes its names in capitals.
        name = "Python" if name == "PYTHON" else name
        detail = " ".join(
            f"{key}={self._values[key]}" for key in TOLD if key in self._values
        )
        if name:
            where = self._values.get("name", "")
            self.facts.operation(name, "", where, detail, offset)
