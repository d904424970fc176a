"""Core ML models: custom layers, linked models and files of weights.

Source: Model.proto, NeuralNetwork.proto, CustomModel.proto, LinkedModel.proto and
MIL.proto of coremltools 9.
"""

from typing import Final

from openvet.budget import Budget
from openvet.formats.facts import Facts
from openvet.formats.messages import Event, Schema, fits, take_whole, walk
from openvet.formats.protobuf import BYTES, VARINT, Wire
from openvet.source import Source
from openvet.subject import Reference

NETWORKS: Final = (303, 403, 500)
TYPES: Final = (
    *(200, 201, 202),
    *range(300, 305),
    *range(400, 405),
    *(500, 501, 502, 555, 556, 560),
    *range(600, 611),
    900,
    *range(2000, 2007),
    3000,
)
SCHEMA: Final[Schema] = {
    "Model": {
        **dict.fromkeys(TYPES, ""),
        **dict.fromkeys((1, 10), ""),
        2: "Description",
        200: "PipelineModel",
        201: "PipelineModel",
        202: "Pipeline",
        **dict.fromkeys(NETWORKS, "Network"),
        502: "Program",
        555: "Custom",
        556: "Linked",
    },
    "Description": {
        **dict.fromkeys((1, 10, 11, 12, 13, 20, 21, 50), ""),
        100: "Metadata",
    },
    "Metadata": {1: "", 2: "", 3: "", 4: "", 100: "Entry"},
    "Entry": {1: "", 2: ""},
    "PipelineModel": {1: "Pipeline"},
    "Pipeline": {1: "Model", 2: ""},
    "Custom": {10: "", 20: "", 30: "", 40: ""},
    "Linked": {1: "LinkedFile"},
    "LinkedFile": {1: "Default", 2: "Default"},
    "Default": {1: ""},
    "Network": {
        **dict.fromkeys((2, 5, 6, 10, 100, 101, 200), ""),
        1: "Layer",
    },
    "Layer": {
        **dict.fromkeys(range(1, 6), ""),
        500: "Custom",
        605: "Branch",
        615: "Loop",
    },
    "Branch": {1: "Network", 2: "Network"},
    "Loop": {1: "", 2: "", 3: "Network", 4: "Network"},
    "Program": {1: "", 2: "FunctionEntry", 3: "", 4: "ValueEntry"},
    "FunctionEntry": {1: "", 2: "Function"},
    "Function": {1: "", 2: "", 3: "BlockEntry", 4: "ValueEntry"},
    "BlockEntry": {1: "", 2: "Block"},
    "Block": {1: "", 2: "", 3: "Operation", 4: "ValueEntry"},
    "Operation": {1: "", 2: "InputEntry", 3: "", 4: "Block", 5: "ValueEntry"},
    "InputEntry": {1: "", 2: "Argument"},
    "Argument": {1: "Binding"},
    "Binding": {1: "", 2: "Value"},
    "ValueEntry": {1: "", 2: "Value"},
    "Value": {1: "", 2: "", 3: "", 5: "Blob"},
    "Blob": {1: "", 2: ""},
}
TEXTS: Final = {1: "shortDescription", 2: "version", 3: "author", 4: "license"}
MODEL_PATH: Final = "@model_path/"
LAST_VERSION: Final = 1000


class CoreMlScan:
    """Reads one model; the result stands in `facts`.

    Args:
        source: The file.
        budget: What may still be spent.
    """

    def __init__(self, source: Source, budget: Budget) -> None:
        self.source = source
        self.facts = Facts()
        self._wire = Wire(source, budget)
        self._path: list[str] = []
        self._key = ""

    def run(self) -> None:
        """Read the whole model.

        Raises:
            OverBudgetError: It has too many fields.
        """
        take_whole(
            walk(self._wire, SCHEMA, "Model"), self._take, self.facts, self.source
        )

    def _take(self, event: Event) -> None:
        one = event.field
        match event.step:
            case "enter":
                self._path.append(event.message)
            case "leave":
                self._path.pop()
            case "field":
                self._field(event)
            case "unknown" if event.message == "Layer":
                self.facts.operation(
                    f"layer {one.number}", "", "network", "", one.start
                )
            case "unknown":
                carrier = f"unknown field {one.number} of a {event.message}"
                self.facts.look(self.source, one.start, one.stop, carrier)
            case "too-deep":
                self.facts.broken("messages nest too deep", one.offset)

    def _field(self, event: Event) -> None:
        one = event.field
        match event.message, one.number:
            case "Custom", 10:
                name = self._wire.text(one, 256)
                where = self._path[-2] if len(self._path) > 1 else "model"
                self.facts.operation(name, "custom", where, "", one.start)
            case "Operation", 1:
                name = self._wire.text(one, 256)
                self.facts.operation(name, "", "program", "", one.start)
            case "Default", 1:
                self._reference(event, "opens it as a linked model")
            case "Blob", 1:
                self._reference(event, "opens it as weights")
            case "Entry", 1:
                self._key = self._wire.text(one, 256)
            case "Entry", 2:
                text = self._wire.text(one, 1 << 16)
                self.facts.text(f"metadata.{self._key}", text, one.start)
            case "Metadata", number if number in TEXTS:
                text = self._wire.text(one, 1 << 16)
                self.facts.text(f"metadata.{TEXTS[number]}", text, one.start)

    def _reference(self, event: Event, opens: str) -> None:
        value = self._wire.text(event.field)
        self.facts.reference(
            Reference(
                kind="path",
                value=value.removeprefix(MODEL_PATH),
                key=".".join(self._path[-3:]),
                opens=opens,
                offset=event.field.start,
            )
        )


def is_coreml(source: Source, budget: Budget) -> bool:
    """Say whether bytes are structured as a Core ML model."""
    shape = {1: VARINT, 2: BYTES, 10: VARINT, **dict.fromkeys(TYPES, BYTES)}
    wire = Wire(source, budget)
    fields = fits(wire, shape, 0, source.size, 8)
    numbers = [one.number for one in fields]
    version = next((one.value for one in fields if one.number == 1), 0)
    return (
        0 < version < LAST_VERSION
        and 2 in numbers  # noqa: PLR2004 - the description
        and max(numbers) >= TYPES[0]
    )
