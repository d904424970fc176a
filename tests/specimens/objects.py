"""Files that name objects a loader builds: HDF5, R, and Keras configurations.

HDF5 is written here by hand, in its oldest form (superblock 0, object headers of
version 1), which every library reads and which carries no checksums.
"""

import json
import struct
from dataclasses import dataclass, field

DENSE = {"class_name": "Dense", "config": {"name": "dense", "units": 2}}
LAMBDA = {
    "class_name": "Lambda",
    "config": {"name": "l", "function": ["4wEAAAB0cnVl", None, None]},
}
CUSTOM = {"class_name": "MyLayer", "config": {"name": "mine"}}
UNDEFINED = b"\xff" * 8


def sequential(*layers: object) -> dict[str, object]:
    """Return a Keras 2 model of these layers."""
    return {"class_name": "Sequential", "config": {"name": "s", "layers": [*layers]}}


def pad(data: bytes) -> bytes:
    """Return data padded to a multiple of eight."""
    return data + bytes(-len(data) % 8)


def message(kind: int, body: bytes) -> bytes:
    """Return a message of a version 1 object header."""
    body = pad(body)
    return struct.pack("<HHB3x", kind, len(body), 0) + body


def header(*messages: bytes) -> bytes:
    """Return a version 1 object header."""
    body = b"".join(messages)
    prefix = struct.pack("<BxHII4x", 1, len(messages), 1, len(body))
    return prefix + body


def text_type(size: int) -> bytes:
    """Return the datatype of text of a fixed size."""
    return struct.pack("<B3BI", 0x13, 0, 0, 0, size)


def number_type(size: int) -> bytes:
    """Return the datatype of an unsigned number."""
    return struct.pack("<B3BIHH", 0x10, 0, 0, 0, size, 0, 8 * size)


def space(*shape: int) -> bytes:
    """Return a dataspace; no shape is a single value."""
    return struct.pack("<BBB5x", 1, len(shape), 0) + b"".join(
        struct.pack("<Q", size) for size in shape
    )


def attribute(name: str, value: bytes) -> bytes:
    """Return an attribute message that holds one text."""
    name_bytes = name.encode() + b"\0"
    kind = text_type(max(len(value), 1))
    head = struct.pack("<BxHHH", 1, len(name_bytes), len(kind), len(space()))
    return message(0x0C, head + pad(name_bytes) + pad(kind) + pad(space()) + value)


def hard_link(name: str, address: int) -> bytes:
    """Return a link to an object of the same file."""
    body = struct.pack("<BBB", 1, 0, len(name)) + name.encode()
    return message(0x06, body + struct.pack("<Q", address))


def soft_link(name: str, target: str) -> bytes:
    """Return a link to a path."""
    body = struct.pack("<BBBB", 1, 8, 1, len(name)) + name.encode()
    return message(0x06, body + struct.pack("<H", len(target)) + target.encode())


def external_link(name: str, file: str, target: str) -> bytes:
    """Return a link into another file."""
    value = b"\0" + file.encode() + b"\0" + target.encode() + b"\0"
    body = struct.pack("<BBBB", 1, 8, 64, len(name)) + name.encode()
    return message(0x06, body + struct.pack("<H", len(value)) + value)


@dataclass
class Hdf5:
    """A file with one group; add what it holds, then `build`."""

    attributes: dict[str, bytes] = field(default_factory=dict)
    links: list[bytes] = field(default_factory=list)
    datasets: dict[str, bytes] = field(default_factory=dict)
    """Bytes by name, each stored as a contiguous dataset of numbers."""
    width: int = 1
    """Bytes of a number."""
    external: dict[str, str] = field(default_factory=dict)
    """Name of another file that holds the data, by name of dataset."""
    loop: bool = False
    """Whether the group contains itself."""
    before: bytes = b""
    """User block; its length must be 0, 512, 1024 …"""

    def build(self) -> bytes:
        """Return the file."""
        names = [*self.datasets, *self.external]
        root = self._root(dict.fromkeys(names, 0))
        blocks, addresses, at = [], {}, 96 + len(root)
        for name in names:
            block, offset = self._dataset(name, at)
            addresses[name] = at + offset
            blocks.append(block)
            at += len(block)
        body = self._root(addresses) + b"".join(blocks)
        end = len(self.before) + 96 + len(body)
        signature = b"\x89HDF\r\n\x1a\n" + struct.pack("<8BHHI", *_SIZES, 4, 16, 0)
        places = struct.pack("<Q8sQ8s", len(self.before), UNDEFINED, end, UNDEFINED)
        entry = struct.pack("<QQII16x", 0, 96, 0, 0)
        return self.before + signature + places + entry + body

    def _root(self, addresses: dict[str, int]) -> bytes:
        info = message(0x02, struct.pack("<BB8s8s", 0, 0, UNDEFINED, UNDEFINED))
        group = message(0x0A, b"\0\0")
        return header(
            info,
            group,
            *(attribute(name, value) for name, value in self.attributes.items()),
            *(hard_link(name, address) for name, address in addresses.items()),
            *([hard_link("self", 96)] if self.loop else []),
            *self.links,
        )

    def _dataset(self, name: str, at: int) -> tuple[bytes, int]:
        """Return a dataset's bytes, and where in them its header stands."""
        if name in self.external:
            file = pad(self.external[name].encode() + b"\0")
            heap = b"HEAP" + struct.pack("<4xQQQ", 8 + len(file), 1, at + 32)
            data = heap + bytes(8) + file
            slots = struct.pack("<B3xHHQ", 1, 1, 1, at) + struct.pack("<QQQ", 8, 0, 4)
            extra, address, size = [message(0x07, slots)], UNDEFINED, 4
        else:
            data, extra, size = pad(self.datasets[name]), [], len(self.datasets[name])
            address = struct.pack("<Q", at)
        layout = struct.pack("<BB8sQ", 3, 1, address, size)
        described = header(
            message(0x01, space(size // self.width)),
            message(0x03, number_type(self.width)),
            message(0x05, b"\x02\x02\x02\x00"),
            message(0x08, layout),
            *extra,
        )
        return data + described, len(data)


_SIZES = (0, 0, 0, 0, 0, 8, 8, 0)


def keras_h5(model: object) -> bytes:
    """Return an HDF5 model as Keras 2 writes it."""
    return Hdf5(
        attributes={
            "keras_version": b"2.12.0",
            "model_config": json.dumps(model).encode(),
        },
        datasets={"kernel": bytes(16)},
    ).build()


def dense_group(links: list[bytes]) -> bytes:
    """Return a file whose root keeps its links in a fractal heap.

    Args:
        links: Bodies of link messages (section IV.A.2.g), at most 20.
    """
    heap_at, block_at, tree_at, leaf_at, block_size = 512, 1024, 2048, 2304, 1024
    prefix = 5 + 8 + 4
    block, identifiers = b"FHDB\0" + struct.pack("<Q", heap_at) + bytes(4), []
    for body in links:
        identifiers.append(b"\0" + struct.pack("<IH", len(block), len(body)))
        block += body
    heap = b"FRHP" + struct.pack("<BHHBI", 0, 7, 0, 0, 512) + bytes(8) + UNDEFINED
    heap += bytes(8) + UNDEFINED + struct.pack("<QQQ", block_size, block_size, prefix)
    heap += struct.pack("<Q", len(links)) + bytes(32)
    heap += struct.pack("<HQQHH", 4, block_size, 65536, 32, 1)
    heap += struct.pack("<QH", block_at, 0)
    tree = b"BTHD" + struct.pack("<BBIHHBB", 0, 5, 512, 11, 0, 100, 40)
    tree += struct.pack("<QHQ", leaf_at, len(links), len(links))
    leaf = b"BTLF\0\x05" + b"".join(bytes(4) + one for one in identifiers)
    info = message(0x02, struct.pack("<BBQQ", 0, 0, heap_at, tree_at))
    root = header(info, message(0x0A, b"\0\0"))
    image = bytearray(leaf_at + 512)
    signature = b"\x89HDF\r\n\x1a\n" + struct.pack("<8BHHI", *_SIZES, 4, 16, 0)
    places = struct.pack("<Q8sQ8s", 0, UNDEFINED, len(image), UNDEFINED)
    start = signature + places + struct.pack("<QQII16x", 0, 96, 0, 0) + root
    for at, part in (
        (0, start), (heap_at, heap), (block_at, block), (tree_at, tree), (leaf_at, leaf)
    ):  # fmt: skip
        image[at : at + len(part)] = part
    return bytes(image)


R_HEADER = b"X\n" + struct.pack(">III", 2, 0x40003, 0x20300)
R_NULL = struct.pack(">I", 254)
R_UNBOUND = struct.pack(">I", 252)
R_GLOBAL = struct.pack(">I", 253)


def r_text(value: str) -> bytes:
    """Return a CHARSXP."""
    return struct.pack(">II", 0x40009, len(value)) + value.encode()


def r_symbol(name: str) -> bytes:
    """Return a symbol."""
    return struct.pack(">I", 1) + r_text(name)


def r_strings(*values: str) -> bytes:
    """Return a vector of texts."""
    return struct.pack(">II", 16, len(values)) + b"".join(map(r_text, values))


def r_call(name: str, *arguments: bytes) -> bytes:
    """Return a call of a function."""
    cells = b"".join(struct.pack(">I", 2) + part for part in arguments)
    return struct.pack(">I", 6) + r_symbol(name) + cells + R_NULL


def r_promise(value: bytes, expression: bytes) -> bytes:
    """Return a promise with an environment."""
    return struct.pack(">I", 5 | 0x400) + R_GLOBAL + value + expression


def r_list(*values: bytes) -> bytes:
    """Return a list."""
    return struct.pack(">II", 19, len(values)) + b"".join(values)


def r_variables(**values: bytes) -> bytes:
    """Return the pairlist of variables that `save` writes."""
    cells = b"".join(
        struct.pack(">I", 2 | 0x400) + r_symbol(name) + value
        for name, value in values.items()
    )
    return cells + R_NULL
