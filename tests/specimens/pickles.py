"""Pickles assembled opcode by opcode, and files that hold them.

Payloads are harmless: the command they name is `true`. Nothing here
is ever loaded.
"""

import io
import pickle
import struct
import tarfile
import zipfile
from pathlib import Path

MAGIC = 0x1950A86A20F9469CFC6C
SYSTEM = b"cos\nsystem\n"
PICKLE = b"\x80\x04cos\nsystem\n(Vtrue\ntR."
"""Calls `os.system` when it is loaded."""


def proto(version: int = 4) -> bytes:
    return bytes([0x80, version])


def frame(body: bytes, length: int | None = None) -> bytes:
    return b"\x95" + struct.pack("<Q", len(body) if length is None else length) + body


def text(value: str) -> bytes:
    """Short text, as protocol 4 writes it."""
    data = value.encode()
    if len(data) < 256:
        return b"\x8c" + bytes([len(data)]) + data
    return b"X" + struct.pack("<I", len(data)) + data


def binary(value: bytes) -> bytes:
    return b"B" + struct.pack("<I", len(value)) + value


def name(module: str, attribute: str) -> bytes:
    """GLOBAL."""
    return f"c{module}\n{attribute}\n".encode()


def stack_name(module: str, attribute: str) -> bytes:
    """STACK_GLOBAL."""
    return text(module) + text(attribute) + b"\x93"


def call(callee: bytes, *arguments: bytes) -> bytes:
    """REDUCE."""
    return callee + b"(" + b"".join(arguments) + b"tR"


def payload(command: str = "true") -> bytes:
    """`os.system` of a harmless command, without header and STOP."""
    return call(name("os", "system"), text(command))


def hostile(version: int = 4) -> bytes:
    """The shortest program that calls something."""
    return proto(version) + payload() + b"."


def flat() -> bytes:
    """Plain data, framed, as any pickler writes it."""
    return pickle.dumps({"layers": [1, 2, 3], "name": "tiny"}, protocol=4)


def wrapper(dtype: bytes, shape: tuple[int, ...], *, alignment: bool = True) -> bytes:
    """What joblib writes before an array's data."""
    dimensions = b"(" + b"".join(b"K" + bytes([size]) for size in shape) + b"t"
    state = text("dtype") + dtype + text("shape") + dimensions
    if alignment:
        state += text("numpy_array_alignment_bytes") + b"K\x10"
    made = stack_name("joblib.numpy_pickle", "NumpyArrayWrapper") + b")\x81"
    return made + b"}(" + state + b"ub"


def dtype(code: str, *, size: int = -1, fields: bytes = b"NN") -> bytes:
    """`numpy.dtype` and its state; `fields` is names and fields."""
    made = call(stack_name("numpy", "dtype"), text(code), b"\x89", b"\x88")
    number = b"J" + struct.pack("<i", size)
    minus = b"J\xff\xff\xff\xff"
    state = b"K\x03" + text("<") + b"N" + fields + number + minus + b"K\x00"
    return made + b"(" + state + b"tb"


def joblib_array(
    data: bytes, code: str, shape: tuple[int, ...], *, padding: int = 3
) -> bytes:
    """A wrapped array with its padding and data."""
    pad = bytes([padding]) + b"\xff" * padding
    return wrapper(dtype(code), shape) + pad + data


def joblib(*, after: bytes = b"") -> bytes:
    """A joblib file of a list: two arrays, and what follows them."""
    first = joblib_array(bytes(range(32)), "f8", (2, 2))
    second = joblib_array(b"..RRcos\n" * 2, "i4", (4,), padding=0)
    return proto() + b"](" + first + second + after + b"e."


def torch_legacy(
    *, slot: int | None = None, after: bytes = b"", storages: bool = True
) -> bytes:
    """A legacy checkpoint of one tensor; `slot` is the pickle that is hostile."""
    identifier = (
        b"("
        + text("storage")
        + name("torch", "FloatStorage")
        + text("0")
        + text("cpu")
        + b"K\x04N"
        + b"tQ"
    )
    pickles = [
        pickle.dumps(MAGIC, protocol=2),
        pickle.dumps(1001, protocol=2),
        pickle.dumps({"little_endian": True}, protocol=2),
        proto(2)
        + call(
            name("torch._utils", "_rebuild_tensor"), identifier, b"K\x00", b")", b")"
        )
        + b".",
        pickle.dumps(["0"], protocol=2),
    ]
    if slot is not None:
        pickles[slot] = hostile(2)
    data = struct.pack("<q", 4) + struct.pack("<4f", 1, 2, 3, 4) if storages else b""
    return b"".join(pickles) + data + after


def torch_tar() -> dict[str, bytes]:
    """The members of the oldest form, with one storage and one tensor."""
    key = proto(2) + b"(K\x07" + text("cpu") + name("torch", "FloatStorage") + b"t."
    storages = pickle.dumps(1, protocol=2) + key
    storages += struct.pack("<q", 2) + struct.pack("<2f", 1, 2)
    storages += pickle.dumps([], protocol=2)
    tensor = proto(2) + b"(K\x09K\x07" + name("torch", "FloatTensor") + b"t."
    tensors = pickle.dumps(1, protocol=2) + tensor
    tensors += struct.pack("<i4xqqq", 1, 2, 1, 0)
    return {"storages": storages, "tensors": tensors, "pickle": hostile(2)}


def tarred(members: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for member, data in members.items():
            entry = tarfile.TarInfo(member)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return stream.getvalue()


def torch_zip(program: bytes | None = None) -> bytes:
    """A torch archive of one storage; `program` is its `data.pkl`."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("archive/data.pkl", flat() if program is None else program)
        archive.writestr("archive/data/0", struct.pack("<4f", 1, 2, 3, 4))
        archive.writestr("archive/version", "3\n")
    return stream.getvalue()


def npy(descr: str, shape: tuple[int, ...], data: bytes, *, version: int = 1) -> bytes:
    """An array file; `descr` is written into the header as it is."""
    header = f"{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}"
    encoded = header.encode().ljust(117) + b"\n"
    width = "<H" if version == 1 else "<I"
    return b"\x93NUMPY" + bytes([version, 0]) + struct.pack(width, 118) + encoded + data


def written(folder: Path, file: str, data: bytes) -> Path:
    """Write a specimen and return its path."""
    path = folder / file
    path.write_bytes(data)
    return path
