"""TensorFlow's protobuf files: which one it is, and how its messages nest.

Source: saved_model.proto, meta_graph.proto, graph.proto, function.proto,
attr_value.proto, saved_object_graph.proto and saved_metadata.proto of TensorFlow 2.21.
"""

import re
from typing import Final, Literal

from openvet.formats.messages import Schema, fits
from openvet.formats.protobuf import BYTES, VARINT, Field, Wire

Kind = Literal["SavedModel", "MetaGraph", "Graph", "KerasMetadata", "Fingerprint", ""]


def _plain(*numbers: int) -> dict[int, str]:
    return dict.fromkeys(numbers, "")


SCHEMA: Final[Schema] = {
    "SavedModel": {1: "", 2: "MetaGraph"},
    "MetaGraph": {
        **_plain(1, 3, 4, 5),
        2: "Graph",
        6: "Asset",
        7: "ObjectGraph",
    },
    "Asset": {1: "TensorInfo", 2: ""},
    "TensorInfo": _plain(1, 2, 3, 4, 5),
    "ObjectGraph": {1: "Object", 2: ""},
    "Object": {
        **_plain(1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15),
        4: "UserObject",
    },
    "UserObject": _plain(1, 2, 3),
    "Graph": {1: "Node", 2: "Library", 3: "", 4: "", 5: ""},
    "Library": {1: "Function", 2: "", 3: ""},
    "Function": {**_plain(2, 4, 5, 6, 7, 8), 1: "Signature", 3: "Node"},
    "Signature": _plain(*range(1, 32)),
    "Node": {**_plain(1, 2, 3, 4, 6, 7), 5: "Attribute"},
    "Attribute": {1: "", 2: "Value"},
    "Value": {
        **_plain(2, 3, 4, 5, 6, 7, 9),
        1: "List",
        8: "Tensor",
        10: "Call",
    },
    "List": {**_plain(2, 3, 4, 5, 6, 7), 8: "Tensor", 9: "Call"},
    "Call": {1: "", 2: "Attribute"},
    "Tensor": _plain(*range(1, 18)),
    "KerasMetadata": {1: "KerasNode"},
    "KerasNode": _plain(1, 2, 3, 4, 5, 6),
    "Fingerprint": _plain(*range(1, 8)),
}
NODE: Final = {1: BYTES, 2: BYTES, 3: BYTES, 4: BYTES, 5: BYTES, 6: BYTES, 7: BYTES}
GRAPH: Final = {1: BYTES, 2: BYTES, 3: VARINT, 4: BYTES, 5: BYTES}
META: Final = dict.fromkeys(range(1, 8), BYTES)
SAVED: Final = {1: VARINT, 2: BYTES}
KERAS: Final = {1: VARINT, 2: VARINT, 3: BYTES, 4: BYTES, 5: BYTES, 6: BYTES}
FINGERPRINT: Final = {**dict.fromkeys(range(1, 6), VARINT), 6: BYTES, 7: BYTES}
FUNCTION: Final = dict.fromkeys(range(1, 9), BYTES)
OPERATION: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.>]*")
NAME: Final = re.compile(r"[A-Za-z0-9_.][A-Za-z0-9_.\\/>:-]*")
REGISTERED: Final = re.compile(r"_?[A-Z]")
"""The registry takes no other names; functions may be called anything."""
LOOKED_AT: Final = 64


def kind_of(wire: Wire) -> Kind:
    """Return which of TensorFlow's messages the bytes are structured as."""
    if _is_graph(wire, fits(wire, GRAPH, 0, wire.size, LOOKED_AT)):
        return "Graph"
    if _is_saved(wire, fits(wire, SAVED, 0, wire.size, LOOKED_AT)):
        return "SavedModel"
    if _is_meta(wire, fits(wire, META, 0, wire.size, LOOKED_AT)):
        return "MetaGraph"
    if _is_keras(wire, fits(wire, {1: BYTES}, 0, wire.size, LOOKED_AT)):
        return "KerasMetadata"
    whole = fits(wire, FINGERPRINT, 0, wire.size)
    numbers = [one.number for one in whole]
    if numbers[:5] == [1, 2, 3, 4, 5] and whole[-1].stop == wire.size:
        return "Fingerprint"
    return ""


def _operation(wire: Wire, one: Field) -> str:
    """Return the operation of what may be a node, or an empty string."""
    fields = fits(wire, NODE, one.start, one.stop)
    names = [wire.text(part, 1024) for part in fields if part.number == 1]
    operations = [wire.text(part, 256) for part in fields if part.number == 2]  # noqa: PLR2004
    # Of a field that is written twice, a parser takes the last.
    if not names or not operations or not NAME.fullmatch(names[-1]):
        return ""
    return operations[-1] if OPERATION.fullmatch(operations[-1]) else ""


def _is_graph(wire: Wire, fields: list[Field]) -> bool:
    nodes = [_operation(wire, one) for one in fields[:16] if one.number == 1]
    if nodes:
        return all(nodes) and any(REGISTERED.match(name) for name in nodes)
    return any(one.number == 2 and _is_library(wire, one) for one in fields)  # noqa: PLR2004


def _is_library(wire: Wire, one: Field) -> bool:
    """Check that a library's first functions are some, by their nodes."""
    for function in fits(wire, dict.fromkeys((1, 2, 3), BYTES), one.start, one.stop, 4):
        for part in fits(wire, FUNCTION, function.start, function.stop):
            if part.number == 3:  # noqa: PLR2004 - a node
                return bool(_operation(wire, part))
    return False


def _is_meta(wire: Wire, fields: list[Field]) -> bool:
    return any(
        one.number == 2  # noqa: PLR2004 - a graph
        and _is_graph(wire, fits(wire, GRAPH, one.start, one.stop, LOOKED_AT))
        for one in fields
    )


def _is_saved(wire: Wire, fields: list[Field]) -> bool:
    return any(
        one.number == 2  # noqa: PLR2004 - a meta graph
        and _is_meta(wire, fits(wire, META, one.start, one.stop, LOOKED_AT))
        for one in fields
    )


def _is_keras(wire: Wire, fields: list[Field]) -> bool:
    """Check for nodes whose identifier is one of Keras's."""
    for one in fields[:8]:
        parts = fits(wire, KERAS, one.start, one.stop, 16)
        identifiers = [wire.text(part, 64) for part in parts if part.number == 4]  # noqa: PLR2004
        if not identifiers or not identifiers[0].startswith("_tf_keras_"):
            return False
    return bool(fields)
