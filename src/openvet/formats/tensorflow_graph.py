"""TensorFlow graphs: which operations run, and which files they are given.

Operations stand in the main graph, in every function of the library and, by name, in
attributes that hold functions. File names reach an operation through constants, so
inputs are followed back to them within one graph or function.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from openvet.budget import Budget
from openvet.formats.facts import Facts
from openvet.formats.messages import Event, walk
from openvet.formats.paths import escape
from openvet.formats.protobuf import BYTES, Field, ProtobufError, Wire
from openvet.formats.tensorflow import SCHEMA, Kind
from openvet.formats.tensorflow_ops import category
from openvet.formats.trailing import after_end
from openvet.source import Source
from openvet.subject import Defect, Reference

PASSING: Final = frozenset(
    {
        "Const",
        "ExpandDims",
        "Identity",
        "IdentityN",
        "MatchingFiles",
        "Pack",
        "PlaceholderWithDefault",
        "Reshape",
        "Select",
        "SelectV2",
        "ShardedFilename",
        "StringJoin",
        "StringStrip",
    }
)
"""Operations through which a file name arrives unchanged in its beginning."""
FIRST_ONLY: Final = frozenset({"ShardedFilename", "StringJoin"})
"""Of these, the first input is the beginning of the name."""
TELLING: Final = frozenset(
    {
        "address",
        "container_name",
        "debug_urls",
        "descriptor_source",
        "driver_name",
        "file_name",
        "file_pattern",
        "filename",
        "log_dir_path",
        "memory_region_name",
        "output_file_path",
        "output_stream",
        "target_name",
        "call_target_name",
        "token",
        "vocab_file",
    }
)
"""String attributes that say what an operation reaches."""
ORDINARY: Final = frozenset({"", "pure"})
STRING: Final = 7
"""`DataType.DT_STRING`."""
KEPT: Final = 16
MOST: Final = 100_000
SHOWN: Final = 200


@dataclass
class _Node:
    """A node while it is read."""

    start: int
    name: str = ""
    op: str = ""
    inputs: list[str] = field(default_factory=list)
    telling: dict[str, str] = field(default_factory=dict)
    strings: list[str] = field(default_factory=list)
    attribute: str = ""


@dataclass
class _Scope:
    """A graph or function while it is read: the nodes that names pass through."""

    label: str
    passing: dict[str, _Node] = field(default_factory=dict)
    reaching: list[_Node] = field(default_factory=list)


class TensorFlowScan:
    """Reads one file; the result stands in `facts` and `metadata`.

    Args:
        source: The file.
        budget: What may still be spent.
        kind: The message that the file is.
    """

    def __init__(self, source: Source, budget: Budget, kind: Kind) -> None:
        self.source = source
        self.facts = Facts()
        self.metadata: list[Field] = []
        """Keras's own descriptions: JSON text inside the graph."""
        self.functions: set[str] = set()
        self.assets = 0
        self._kind = kind
        self._wire = Wire(source, budget)
        self._budget = budget
        self._named: dict[str, int] = {}
        self._nodes: list[_Node] = []
        self._scopes: list[_Scope] = []
        self._closed: list[_Scope] = []
        self._depth = 0

    def run(self) -> None:
        """Read the whole file.

        Raises:
            OverBudgetError: It has too many fields.
        """
        end = 0
        root = self._kind or "Graph"
        if root == "Graph":
            self._scopes.append(_Scope("graph"))
        try:
            for event in walk(self._wire, SCHEMA, root):
                self._take(event)
                if not self._depth and event.step in ("field", "leave"):
                    end = event.field.stop
        except ProtobufError as error:
            self.facts.broken(f"not protobuf any more: {error}", error.offset)
            self.facts.payload(after_end(self.source, end))
        else:
            payload = after_end(self.source, end) if end < self.source.size else None
            if payload is not None and not payload.low_confidence:
                self.facts.payload(payload)
        for scope in (*self._closed, *self._scopes):
            self._close(scope)
        for name, offset in self._named.items():
            if name not in self.functions and category(name) not in ORDINARY:
                self.facts.operation(
                    name, "", "attribute", "named to be called", offset
                )

    def is_own(self, operation: str) -> bool:
        """Say whether an operation is a function that the file itself defines."""
        return operation in self.functions and not category(operation)

    def _take(self, event: Event) -> None:
        match event.step:
            case "enter":
                self._depth += 1
                self._enter(event.message, event.field)
            case "leave":
                self._depth -= 1
                self._leave(event.message)
            case "field":
                self._field(event.message, event.field)
            case "unknown":
                one = event.field
                carrier = f"unknown field {one.number} of a {event.message}"
                self.facts.look(self.source, one.start, one.stop, carrier)
            case "too-deep":
                detail = "messages nest deeper than protobuf runtimes accept"
                offset = event.field.offset
                self.facts.defect(
                    Defect(code="protobuf-too-deep", detail=detail, offset=offset)
                )
                self.facts.broken(detail, offset)

    def _enter(self, message: str, one: Field) -> None:
        if message == "Node":
            self._nodes.append(_Node(one.start))
        elif message in ("Graph", "Function"):
            self._scopes.append(_Scope(message.lower()))

    def _leave(self, message: str) -> None:
        if message == "Node":
            self._node(self._nodes.pop())
        elif message in ("Graph", "Function"):
            scope = self._scopes.pop()
            if scope.reaching:
                self._closed.append(scope)

    def _field(self, message: str, one: Field) -> None:
        match message:
            case "Node" | "Attribute" | "Value" | "List" | "Tensor":
                if self._nodes:
                    self._node_field(message, self._nodes[-1], one)
            case "Call" if one.number == 1:
                name = self._wire.text(one, 256)
                if len(self._named) < MOST:
                    self._named.setdefault(name, one.start)
            case "Signature" if one.number == 1:
                name = self._wire.text(one, 256)
                self.functions.add(name)
                self._scopes[-1].label = f"function {name}"
            case "Asset" if one.number == 2:  # noqa: PLR2004 - filename
                self._asset(one)
            case "UserObject" if one.number == 3:  # noqa: PLR2004 - metadata
                if one.wire == BYTES and self.source.read(one.start, 1) == b"{":
                    self.metadata.append(one)
            case "KerasNode" if one.number == 5:  # noqa: PLR2004 - metadata
                self.metadata.append(one)
            case _:
                pass

    def _asset(self, one: Field) -> None:
        self.assets += 1
        self.facts.reference(
            Reference(
                kind="path",
                value=self._wire.text(one),
                key="asset_file_def.filename",
                opens="opens it below the assets folder when the model is loaded",
                offset=one.start,
            )
        )

    def _node_field(self, message: str, node: _Node, one: Field) -> None:
        if message in ("Value", "List", "Tensor"):
            self._value(message, node, one)
        elif message == "Attribute":
            node.attribute = self._wire.text(one, 64)
        elif one.number == 1:
            node.name = self._wire.text(one, 1024)
        elif one.number == 2:  # noqa: PLR2004 - op
            node.op = self._wire.text(one, 256)
        elif one.number == 3 and len(node.inputs) < KEPT:  # noqa: PLR2004 - input
            node.inputs.append(self._wire.text(one, 1024))

    def _value(self, message: str, node: _Node, one: Field) -> None:
        """Keep the strings of an attribute that say where an operation reaches."""
        if message == "Tensor" and one.number == 4:  # noqa: PLR2004 - content
            self.facts.look(self.source, one.start, one.stop, "a constant")
        if one.wire != BYTES or one.number != (8 if message == "Tensor" else 2):
            return
        if node.attribute in TELLING and len(node.telling) < KEPT:
            node.telling[node.attribute] = self._wire.text(one, 512)
        elif message == "Tensor" and len(node.strings) < KEPT:
            node.strings.append(self._wire.text(one, 512))
        carrier = f"a string of node {node.name or '(unnamed)'}"
        self.facts.string(self.source, one.start, one.stop, carrier)

    def _node(self, node: _Node) -> None:
        scope = self._scopes[-1] if self._scopes else _Scope("graph")
        if node.op in PASSING and len(scope.passing) < MOST:
            scope.passing[node.name] = node
        if category(node.op) not in ORDINARY:
            scope.reaching.append(node)
            return
        where = f"{scope.label}: {node.name}"
        self.facts.operation(node.op, "", where, offset=node.start)

    def _close(self, scope: _Scope) -> None:
        """Record the operations that reach something, with what they are given."""
        for node in scope.reaching:
            where = f"{scope.label}: {node.name}"
            detail = self._detail(scope, node)
            self.facts.operation(node.op, "", where, detail, node.start)

    def _detail(self, scope: _Scope, node: _Node) -> str:
        """Return what an operation is given, as `key=value` and quoted names.

        Checkpoints and vocabularies are ordinary; only names outside the folder
        are worth telling, and vocabularies not even those where the model has
        assets: loading replaces the exporter's path by the asset's.
        """
        kind = category(node.op)
        if kind in ("checkpoint", "vocabulary"):
            if kind == "vocabulary" and self.assets:
                return ""
            first = 1 if kind == "checkpoint" else 2
            if node.op == "MergeV2Checkpoints":
                first = 2
            names = self._given(scope, node.inputs[:first])
            return " ".join(repr(name) for name in names if escape(name))[:SHOWN]
        details = [f"{key}={value}" for key, value in node.telling.items()]
        details += [repr(name) for name in self._given(scope, node.inputs[:2])]
        return " ".join(details)[:SHOWN]

    def _given(self, scope: _Scope, inputs: list[str]) -> Iterator[str]:
        """Yield the constant strings that inputs come from."""
        todo = [(name, 0) for name in reversed(inputs)]
        seen: set[str] = set()
        while todo and len(seen) < SHOWN:
            name, depth = todo.pop()
            name = name.lstrip("^").partition(":")[0]
            if name in seen or depth > KEPT:
                continue
            seen.add(name)
            self._budget.step(1)
            source = scope.passing.get(name)
            if source is None:
                continue
            yield from (text for text in source.strings[:4] if text.isprintable())
            inputs = source.inputs[:1] if source.op in FIRST_ONLY else source.inputs
            todo.extend((one, depth + 1) for one in reversed(inputs))
