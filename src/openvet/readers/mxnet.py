"""MXNet: symbol graphs in JSON, and files of parameters."""

import re
from collections.abc import Iterator
from typing import Any, ClassVar, Final

import msgspec

from openvet.artifacts import Graph
from openvet.check import Context, Reader
from openvet.formats.facts import Facts
from openvet.formats.paths import escape
from openvet.subject import Document, File, Gap, Subject

SYMBOL: Final = re.compile(rb'"nodes"\s*:\s*\[\s*\{')
NODE: Final = re.compile(rb'"op"\s*:\s*"')
PARAMETERS: Final = (0x112).to_bytes(8, "little") + bytes(8)
LIBRARY: Final = re.compile(r"\.(?:so(?:\.\d+)*|dll|dylib)$", re.IGNORECASE)
LIBRARY_KEYS: Final = frozenset({"library", "lib", "library_path", "lib_path"})


class _Node(msgspec.Struct):
    """A node of a symbol; three generations called its parameters differently."""

    op: str = ""
    name: str = ""
    attrs: dict[str, Any] = {}
    attr: dict[str, Any] = {}
    param: dict[str, Any] = {}
    subgraphs: list[Any] = []


class _Symbol(msgspec.Struct):
    """The file."""

    nodes: list[_Node] = []
    attrs: dict[str, Any] = {}


class MxnetReader(Reader[File]):
    """Yields a `Graph` for a symbol, a `Document` for parameters."""

    id: ClassVar[str] = "mxnet"
    version: ClassVar[int] = 1

    def claims(self, subject: File) -> bool:
        """Claim by the first keys of a symbol, or the magic of parameters."""
        head = subject.head
        return head.startswith(PARAMETERS) or (
            head.lstrip()[:1] == b"{"
            and SYMBOL.search(head) is not None
            and NODE.search(head) is not None
        )

    def read(self, subject: File, context: Context) -> Iterator[Subject]:
        """Yield the graph."""
        origin = subject.origin.aspect(self.id)
        if subject.head.startswith(PARAMETERS):
            yield Document(origin=origin, format="mxnet-parameters")
            return
        facts = Facts()
        if subject.size > context.budget.limits.memory_bytes:
            detail = "the symbol is too large to be held in memory"
            facts.gap(Gap(reason="over-budget", detail=detail))
        else:
            _collect(subject.source.read(0, subject.size), facts, context)
        yield Graph(
            origin=origin,
            format="mxnet",
            operations=facts.operations,
            libraries=facts.libraries,
            gaps=facts.gaps,
        )


def _collect(data: bytes, facts: Facts, context: Context) -> None:
    """Collect the operations of a symbol and of the graphs inside it."""
    try:
        todo = [msgspec.json.decode(data, type=_Symbol)]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        facts.broken(f"not a symbol: {error}", 0)
        return
    while todo:
        symbol = todo.pop()
        _attributes("model", symbol.attrs, facts)
        for node in symbol.nodes:
            context.budget.step(1)
            values = {**node.param, **node.attr, **node.attrs}
            kind = str(values.get("op_type", ""))
            if node.op != "null":
                detail = f"op_type={kind}" if kind else ""
                facts.operation(node.op, "", node.name, detail)
            _attributes(node.name, values, facts)
            for inner in node.subgraphs:
                try:
                    todo.append(msgspec.convert(inner, _Symbol))
                except msgspec.ValidationError as error:
                    facts.broken(f"a subgraph is no symbol: {error}", 0)


def _attributes(where: str, values: dict[str, Any], facts: Facts) -> None:
    for key, value in values.items():
        if not isinstance(value, str):
            continue
        named = key.lower() in LIBRARY_KEYS and escape(value) is not None
        if named or (len(value) < 4096 and LIBRARY.search(value)):  # noqa: PLR2004
            facts.library(f"{where}.{key} = {value}")
