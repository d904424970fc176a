"""Caffe networks and PaddlePaddle programs: protobuf lists of layers and operators.

Source: caffe.proto of BVLC Caffe; framework.proto of PaddlePaddle 3.
"""

from dataclasses import dataclass, field
from typing import Final, Literal

from openvet.budget import Budget
from openvet.formats.facts import Facts
from openvet.formats.messages import Event, Schema, fits, take_whole, walk
from openvet.formats.protobuf import BYTES, VARINT, Wire
from openvet.source import Source

Kind = Literal["caffe", "paddle", ""]

CAFFE: Final[Schema] = {
    "Net": {
        **dict.fromkeys((1, 3, 4, 5, 6, 7, 8), ""),
        2: "OldLayer",
        100: "Layer",
    },
    "Layer": {
        **dict.fromkeys(range(1, 150), ""),
        130: "Python",
    },
    "OldLayer": dict.fromkeys(range(1, 60), ""),
    "Python": {1: "", 2: "", 3: "", 4: ""},
}
PADDLE: Final[Schema] = {
    "Program": {1: "Block", 4: "", 5: ""},
    "Block": {1: "", 2: "", 3: "", 4: "Layer", 5: ""},
    "Layer": {1: "", 2: "", 3: "", 4: "Attribute", 5: ""},
    "Attribute": dict.fromkeys(range(1, 32), ""),
}
STRINGS: Final[dict[str, dict[tuple[str, int], str]]] = {
    "caffe": {
        ("Layer", 1): "name",
        ("Layer", 2): "type",
        ("Python", 1): "module",
        ("Python", 2): "layer",
        ("Python", 3): "param_str",
    },
    "paddle": {("Layer", 3): "type"},
}


@dataclass
class _Layer:
    start: int
    values: dict[str, str] = field(default_factory=dict)


class LayerScan:
    """Reads one network; the result stands in `facts`.

    Args:
        source: The file.
        budget: What may still be spent.
        kind: Which format it is.
    """

    def __init__(self, source: Source, budget: Budget, kind: Kind) -> None:
        self.source = source
        self.facts = Facts()
        self._wire = Wire(source, budget)
        self._kind = kind
        self._depth = 0
        self._layer = _Layer(0)
        self._count = 0

    def run(self) -> None:
        """Read the whole network.

        Raises:
            OverBudgetError: It has too many fields.
        """
        schema, root = (CAFFE, "Net") if self._kind == "caffe" else (PADDLE, "Program")
        take_whole(walk(self._wire, schema, root), self._take, self.facts, self.source)

    def _take(self, event: Event) -> None:
        one = event.field
        match event.step:
            case "enter":
                self._depth += 1
                if event.message == "Layer":
                    self._layer = _Layer(one.start)
            case "leave":
                self._depth -= 1
                if event.message == "Layer":
                    self._close()
            case "field":
                name = STRINGS[self._kind].get((event.message, one.number))
                if name is not None:
                    self._layer.values[name] = self._wire.text(one, 256)
            case "unknown":
                carrier = f"unknown field {one.number} of a {event.message}"
                self.facts.look(self.source, one.start, one.stop, carrier)
            case "too-deep":
                self.facts.broken("messages nest too deep", one.offset)

    def _close(self) -> None:
        values = self._layer.values
        name = values.get("name") or f"layer {self._count}"
        self._count += 1
        detail = " ".join(
            f"{key}={values[key]}"
            for key in ("module", "layer", "param_str")
            if key in values
        )
        self.facts.operation(
            values.get("type", ""), "", name, detail, self._layer.start
        )


def kind_of(source: Source, budget: Budget) -> Kind:
    """Return which of the formats the bytes are structured as."""
    wire = Wire(source, budget)
    if _is_caffe(wire):
        return "caffe"
    return "paddle" if _is_paddle(wire) else ""


def _is_caffe(wire: Wire) -> bool:
    """Look for layers with a name and a type, in the new or the old numbering."""
    shape = {1: BYTES, 2: BYTES, 3: BYTES, 4: VARINT, 7: BYTES, 8: BYTES, 100: BYTES}
    for one in fits(wire, shape, 0, wire.size, 32):
        if one.number == 100:  # noqa: PLR2004 - layer
            inner = fits(wire, {1: BYTES, 2: BYTES}, one.start, one.stop, 2)
            return [part.number for part in inner] == [1, 2] and all(
                wire.text(part, 256).isprintable() for part in inner
            )
        if one.number == 2:  # noqa: PLR2004 - layers, before 2014
            old = {2: BYTES, 3: BYTES, 4: BYTES, 5: VARINT}
            inner = fits(wire, old, one.start, one.stop, 16)
            return {4, 5} <= {part.number for part in inner}
    return False


def _is_paddle(wire: Wire) -> bool:
    """Look for a first block: its own number, its parent, then variables."""
    shape = {1: VARINT, 2: VARINT, 3: BYTES, 4: BYTES, 5: VARINT}
    for one in fits(wire, {1: BYTES, 4: BYTES, 5: BYTES}, 0, wire.size, 1):
        inner = fits(wire, shape, one.start, one.stop, 4)
        numbers = [part.number for part in inner]
        return (
            one.number == 1
            and numbers[:2] == [1, 2]
            and inner[0].value == 0
            and inner[1].signed == -1
        )
    return False
