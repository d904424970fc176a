"""TensorFlow Lite and ExecuTorch programs: FlatBuffers of operators and buffers.

Source: TensorFlow Lite's `schema.fbs` (version 3b) and ExecuTorch's `program.fbs`.
"""

from itertools import islice
from math import prod
from typing import Final

from openvet.budget import Budget
from openvet.formats.facts import Facts
from openvet.formats.flatbuffers import FlatBuffer, FlatBufferError, Table
from openvet.patterns import pattern
from openvet.source import Source
from openvet.subject import Defect

CUSTOM: Final = 32
"""`BuiltinOperator.CUSTOM`."""
PLACEHOLDER: Final = 127
"""An old one-byte code of this value says: look at the newer field."""
BYTES: Final = {
    **dict.fromkeys((3, 6, 9), 1),
    **dict.fromkeys((1, 7, 16, 18), 2),
    **dict.fromkeys((0, 2, 15), 4),
    **dict.fromkeys((4, 8, 10, 12), 8),
    11: 16,
}
"""Bytes of an element by `TensorType`; strings, resources and sub-byte types vary."""
METADATA: Final = "TFLITE_METADATA"
LOOK: Final = 1 << 20
"""Bytes of all descriptions together that are searched for text."""
RUN: Final = pattern(rb"[\t\n\r\x20-\x7e]{16,4096}")
RUNS: Final = 10_000


class TfliteScan:
    """Reads one model; the result stands in `facts`.

    Args:
        source: The file.
        budget: What may still be spent.
    """

    def __init__(self, source: Source, budget: Budget) -> None:
        self.source = source
        self.facts = Facts()
        self.buffer = FlatBuffer(source, budget)
        self.has_metadata = False
        self._sizes: list[int] = []
        self._starts: list[int] = []
        self._unread = LOOK
        self._codes: list[tuple[str, str]] = []

    def run(self) -> None:
        """Read the whole model.

        Raises:
            OverBudgetError: It has too many tables.
        """
        try:
            model = self.buffer.root()
            self.facts.text("description", model.text(3), model.at)
            for code in model.tables(1):
                self._codes.append(_operation(code))
            for index, buffer in enumerate(model.tables(4)):
                self._sizes.append(self._buffer(buffer, index))
            for index, graph in enumerate(model.tables(2)):
                self._graph(graph, index)
            for metadata in model.tables(6):
                name = metadata.text(0)
                self.has_metadata = self.has_metadata or name == METADATA
                self._metadata(name, metadata.number(1, 4))
        except FlatBufferError as error:
            self.facts.broken(f"not a FlatBuffer any more: {error}", error.offset)
            self._defect("flatbuffer-offset", str(error), error.offset)

    def _buffer(self, buffer: Table, index: int) -> int:
        """Return the size of a buffer, after a look at its beginning."""
        start, length = buffer.vector(0, 1)
        beyond, size = buffer.number(1, 8), buffer.number(2, 8)
        if beyond > 1:
            # Models over 2 GiB keep data behind the FlatBuffer.
            start, length = beyond, size
            if start + length > self.source.size:
                self._defect(
                    "tflite-buffer-range",
                    f"buffer {index} claims bytes {start} to {start + length}",
                    buffer.at,
                )
                self._starts.append(0)
                return -1
            self.buffer.visited(start + length)
        self.facts.look(self.source, start, start + length, f"buffer {index}")
        self._starts.append(start)
        return length

    def _metadata(self, name: str, number: int) -> None:
        """Look into the texts of a buffer that describes the model."""
        if number >= len(self._starts) or self._sizes[number] <= 0:
            return
        start = self._starts[number]
        data = self.source.read(start, min(self._sizes[number], self._unread))
        # Many names may stand for one buffer.
        self._unread -= len(data)
        for run in islice(RUN.finditer(data), RUNS):
            begin, stop = start + run.start(), start + run.end()
            self.facts.string(self.source, begin, stop, f"metadata {name[:100]}")

    def _graph(self, graph: Table, index: int) -> None:
        name = graph.text(4, 256) or f"subgraph {index}"
        for tensor in graph.tables(0):
            self._tensor(tensor)
        for number, operator in enumerate(graph.tables(3)):
            code = operator.number(0, 4)
            if code >= len(self._codes):
                detail = f"operator {number} uses code {code} of {len(self._codes)}"
                self._defect("tflite-operator-code", detail, operator.at)
                continue
            domain, operation = self._codes[code]
            where = f"{name}: operator {number}"
            self.facts.operation(operation, domain, where, offset=operator.at)

    def _tensor(self, tensor: Table) -> None:
        number = tensor.number(2, 4)
        name = tensor.text(3, 256)
        if number >= len(self._sizes):
            detail = f"tensor {name} uses buffer {number} of {len(self._sizes)}"
            self._defect("tflite-buffer-number", detail, tensor.at)
            return
        width = BYTES.get(tensor.number(1, 1), 0)
        shape = tensor.numbers(0, 4)
        size = self._sizes[number]
        sparse = tensor.place(6)
        if size <= 0 or not width or sparse or min(shape, default=0) < 0:
            return
        if prod(shape) * width > size:
            detail = f"tensor {name} needs {prod(shape) * width} bytes, has {size}"
            self._defect("tflite-tensor-size", detail, tensor.at)

    def _defect(self, code: str, detail: str, offset: int) -> None:
        live = "an interpreter that skips the verifier reads out of bounds"
        self.facts.defect(Defect(code=code, detail=detail, offset=offset, live=live))


def _operation(code: Table) -> tuple[str, str]:
    """Return domain and name of an operator code."""
    old = code.number(0, 1, signed=True)
    builtin = max(old, code.number(3, 4, signed=True))
    if builtin == CUSTOM:
        return "custom", code.text(1, 256)
    return "", f"builtin {builtin}"


class ExecutorchScan:
    """Reads an ExecuTorch program; the result stands in `facts`.

    Args:
        source: The file.
        budget: What may still be spent.
    """

    def __init__(self, source: Source, budget: Budget) -> None:
        self.facts = Facts()
        self._buffer = FlatBuffer(source, budget)

    def run(self) -> None:
        """Read operators and delegates.

        Raises:
            OverBudgetError: It has too many tables.
        """
        try:
            for plan in self._buffer.root().tables(1):
                name = plan.text(0, 256)
                for operator in plan.tables(6):
                    domain, _, short = operator.text(0, 256).rpartition("::")
                    overload = operator.text(1, 256)
                    self.facts.operation(short, domain, name, overload, operator.at)
                for delegate in plan.tables(7):
                    backend = delegate.text(0, 256)
                    self.facts.operation(backend, "delegate", name, offset=delegate.at)
        except FlatBufferError as error:
            self.facts.broken(f"not a FlatBuffer any more: {error}", error.offset)
