"""Computation graphs built byte by byte: each is the least a runtime would accept."""

import struct
from dataclasses import dataclass, field
from typing import TypeAlias

from hypothesis import strategies as st

from openvet.check import Context, Reader
from openvet.source import BytesSource
from openvet.subject import File, Origin, Subject

PICKLE = b"cos\nsystem\n(S'true'\ntR."
"""A pickle that would call a harmless command; never loaded."""


def number(value: int) -> bytes:
    """Return a protobuf varint."""
    value &= (1 << 64) - 1
    out = b""
    while value > 0x7F:
        out += bytes((value & 0x7F | 0x80,))
        value >>= 7
    return out + bytes((value,))


Value: TypeAlias = int | str | bytes


def proto(*fields: tuple[int, Value]) -> bytes:
    """Return a message of varints and length-delimited fields."""
    out = b""
    for key, value in fields:
        if isinstance(value, int):
            out += number(key << 3) + number(value)
        else:
            data = value.encode() if isinstance(value, str) else value
            out += number(key << 3 | 2) + number(len(data)) + data
    return out


def onnx_tensor(
    *extra: tuple[int, Value], name: str = "w", dims: tuple[int, ...] = (2,)
) -> bytes:
    """Return a float tensor; `extra` are more fields, such as its data."""
    sizes = [(1, size) for size in dims]
    return proto(*sizes, (2, 1), (8, name), *extra)


def onnx_external(name: str = "w", **entries: str) -> bytes:
    """Return a tensor whose data lies elsewhere."""
    pairs = [(13, proto((1, key), (2, value))) for key, value in entries.items()]
    return onnx_tensor(*pairs, (14, 1), name=name)


def onnx_node(op: str, *extra: tuple[int, Value], domain: str = "") -> bytes:
    """Return a node; `extra` are more fields, such as attributes."""
    named: list[tuple[int, Value]] = [(7, domain)] if domain else []
    return proto((1, "x"), (2, "y"), (4, op), *extra, *named)


def onnx(
    *nodes: bytes,
    tensors: tuple[bytes, ...] = (),
    graph: tuple[tuple[int, Value], ...] = (),
    model: tuple[tuple[int, Value], ...] = (),
) -> bytes:
    """Return a model of some nodes and initializers."""
    parts: list[tuple[int, Value]] = [(1, node) for node in nodes]
    parts += [(2, "g"), *((5, tensor) for tensor in tensors), *graph]
    opset = proto((2, 17))
    return proto((1, 8), (7, proto(*parts)), (8, opset), *model)


def tf_attribute(key: str, *value: tuple[int, Value]) -> tuple[int, bytes]:
    """Return an attribute of a node, as a field of it."""
    return 5, proto((1, key), (2, proto(*value)))


def tf_const(name: str, text: str) -> bytes:
    """Return a node that holds a string."""
    tensor = proto((1, 7), (8, text))
    return tf_node(name, "Const", tf_attribute("value", (8, tensor)))


def tf_node(name: str, op: str, *extra: tuple[int, Value]) -> bytes:
    """Return a node; `extra` are more fields: inputs (3), attributes (5)."""
    return proto((1, name), (2, op), *extra)


def tf_function(name: str, *nodes: bytes) -> bytes:
    """Return a function of a library."""
    return proto((1, proto((1, name))), *((3, node) for node in nodes))


def tf_graph(*nodes: bytes, functions: tuple[bytes, ...] = ()) -> bytes:
    """Return a frozen graph."""
    library = proto(*((1, function) for function in functions))
    parts: list[tuple[int, Value]] = [(1, node) for node in nodes]
    return proto(*parts, *([(2, library)] if functions else []))


def saved_model(graph: bytes, *extra: tuple[int, Value]) -> bytes:
    """Return a SavedModel; `extra` are more fields of its meta graph."""
    tags = proto((4, "serve"))
    return proto((1, 1), (2, proto((1, tags), (2, graph), *extra)))


def keras_metadata(*texts: str) -> bytes:
    """Return the file that Keras writes beside a SavedModel."""
    nodes = [
        proto((2, index), (3, "root"), (4, "_tf_keras_layer"), (5, text))
        for index, text in enumerate(texts)
    ]
    return proto(*((1, node) for node in nodes))


def coreml(*fields: tuple[int, Value]) -> bytes:
    """Return a Core ML model of the type that the fields name."""
    description = proto((100, proto((1, "tiny"), (3, "nobody"))))
    return proto((1, 4), (2, description), *fields)


def caffe(*layers: bytes) -> bytes:
    """Return a Caffe network."""
    return proto((1, "net"), *((100, layer) for layer in layers))


def caffe_layer(name: str, kind: str, *extra: tuple[int, Value]) -> bytes:
    """Return a layer."""
    return proto((1, name), (2, kind), *extra)


def paddle(*operators: str) -> bytes:
    """Return a PaddlePaddle program."""
    ops = [(4, proto((1, b""), (3, name))) for name in operators]
    variable = proto((1, "x"))
    return proto((1, proto((1, 0), (2, -1), (3, variable), *ops)), (4, proto((1, 0))))


@dataclass
class FlatTable:
    """A FlatBuffers table: scalars as bytes, references as what they point to."""

    fields: "list[bytes | FlatTable | FlatVector | None]" = field(default_factory=list)


@dataclass
class FlatVector:
    """A FlatBuffers vector, of raw bytes in elements or of tables."""

    items: "bytes | list[FlatTable]"
    width: int = 1


def flatbuffer(root: FlatTable, identifier: bytes) -> bytes:
    """Return the buffer of a root table."""
    out = bytearray(4) + identifier
    struct.pack_into("<I", out, 0, _flat_table(out, root))
    return bytes(out)


def _flat_table(out: bytearray, table: FlatTable) -> int:
    vtable, body = len(out), bytearray(4)
    places: list[int] = []
    for one in table.fields:
        places.append(0 if one is None else len(body))
        body += one if isinstance(one, bytes) else b"" if one is None else bytes(4)
    size = 4 + 2 * len(places)
    start = vtable + size
    struct.pack_into("<i", body, 0, size)
    out += struct.pack(f"<{len(places) + 2}H", size, len(body), *places) + body
    for one, place in zip(table.fields, places, strict=True):
        if isinstance(one, FlatTable):
            target = _flat_table(out, one)
            struct.pack_into("<I", out, start + place, target - start - place)
        elif isinstance(one, FlatVector):
            target = _flat_vector(out, one)
            struct.pack_into("<I", out, start + place, target - start - place)
    return start


def _flat_vector(out: bytearray, vector: FlatVector) -> int:
    start = len(out)
    if isinstance(vector.items, bytes):
        out += struct.pack("<I", len(vector.items) // vector.width) + vector.items
        return start
    out += struct.pack("<I", len(vector.items)) + bytes(4 * len(vector.items))
    for index, table in enumerate(vector.items):
        place = start + 4 + 4 * index
        struct.pack_into("<I", out, place, _flat_table(out, table) - place)
    return start


def flat_text(text: str) -> FlatVector:
    """Return a string."""
    return FlatVector(text.encode())


def tflite(
    *codes: FlatTable, data: bytes = bytes(8), shape: tuple[int, ...] = (2,)
) -> bytes:
    """Return a model that uses each operator code once on one float tensor."""
    tensor = FlatTable(
        [
            FlatVector(struct.pack(f"<{len(shape)}i", *shape), 4),
            b"\0",
            struct.pack("<I", 1),
            flat_text("w"),
        ]
    )
    operators = [FlatTable([struct.pack("<I", index)]) for index in range(len(codes))]
    graph = FlatTable(
        [FlatVector([tensor]), None, None, FlatVector(operators), flat_text("main")]
    )
    buffers = [FlatTable([]), FlatTable([FlatVector(data)])]
    model = FlatTable(
        [
            struct.pack("<I", 3),
            FlatVector(list(codes)),
            FlatVector([graph]),
            flat_text("tiny"),
            FlatVector(buffers),
        ]
    )
    return flatbuffer(model, b"TFL3")


def tflite_code(builtin: int = 0, custom: str = "") -> FlatTable:
    """Return an operator code: a builtin number, or the name of a custom one."""
    if custom:
        return FlatTable([b"\x20", flat_text(custom), None, struct.pack("<i", 32)])
    return FlatTable([bytes((builtin,)), None, None, struct.pack("<i", builtin)])


def checkpoint_index(**tensors: tuple[int, int]) -> bytes:
    """Return the index of float vectors; each is a start and a size in bytes."""
    entries = [(b"", proto((1, 1)))]
    for name, (start, size) in sorted(tensors.items()):
        shape = proto((2, proto((1, size // 4))))
        value = proto((1, 1), (2, shape), (4, start), (5, size))
        entries.append((name.encode(), value))
    data = _table_block(entries)
    meta = _table_block([])
    handle = number(0) + number(len(data) - 5)
    index = _table_block([(b"z", handle)])
    out = data + meta + index
    footer = number(len(data)) + number(len(meta) - 5)
    footer += number(len(data) + len(meta)) + number(len(index) - 5)
    magic = struct.pack("<Q", 0xDB4775248B80FB57)
    return out + footer.ljust(40, b"\0") + magic


def _table_block(entries: list[tuple[bytes, bytes]]) -> bytes:
    out = b""
    for key, value in entries:
        out += number(0) + number(len(key)) + number(len(value)) + key + value
    return out + struct.pack("<II", 0, 1) + bytes(5)


def file(data: bytes, name: str = "model.bin") -> File:
    """Return bytes as a file."""
    return File(origin=Origin(place=(name,), digest="0"), source=BytesSource(data))


def read(reader: Reader[File], data: bytes, name: str = "model.bin") -> list[Subject]:
    """Return what a reader makes of bytes, nothing if it does not claim them."""
    subject = file(data, name)
    return list(reader.read(subject, Context())) if reader.claims(subject) else []


def damaged(whole: bytes) -> st.SearchStrategy[bytes]:
    """Return bytes that were cut, changed, repeated or put inside each other."""
    place = st.integers(0, len(whole) - 1)
    cut = place.map(lambda at: whole[:at])
    changed = st.tuples(place, st.integers(0, 255)).map(
        lambda one: whole[: one[0]] + bytes((one[1],)) + whole[one[0] + 1 :]
    )
    repeated = st.tuples(place, place, st.integers(2, 9)).map(
        lambda one: whole[: one[0]] + whole[one[0] : one[1]] * one[2] + whole[one[1] :]
    )
    nested = place.map(lambda at: whole[:at] + whole + whole[at:])
    return st.one_of(cut, changed, repeated, nested)


def paddle_tensor(values: bytes, *sides: int, kind: int = 5) -> bytes:
    """Return a tensor as PaddlePaddle writes it; kind 5 is floats, 20 is bytes."""
    described = bytes((0x08, kind)) + b"".join(bytes((0x10, side)) for side in sides)
    return struct.pack("<IQII", 0, 0, 0, len(described)) + described + values
