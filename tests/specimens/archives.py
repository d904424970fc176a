"""Archives, made by code: honest ones, and ones with a single thing wrong."""

import gzip
import io
import os
import pickle
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterable


class Touch:
    """Pickles into a call that is harmless: it reads an environment variable."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.getenv, ("HOME",)


PICKLE = pickle.dumps(Touch(), 4)
ELF = b"\x7fELF\x02\x01\x01" + bytes(9) + b"\x03\0" + bytes(46)
PE = b"MZ" + bytes(58) + struct.pack("<L", 64) + b"PE\0\0" + bytes(40)
LLAMAFILE = b"MZqFpD='\n\n#!/bin/sh\n" + bytes(64)
PNG = (
    b"\x89PNG\r\n\x1a\n"
    + struct.pack(">L4s13sL", 13, b"IHDR", bytes(13), 0)
    + struct.pack(">L4sL", 0, b"IEND", 0)
)


def zipped(
    members: Iterable[tuple[str, bytes]], *, method: int = zipfile.ZIP_STORED
) -> bytes:
    """An honest zip as Python writes it."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in members:
            archive.writestr(zipfile.ZipInfo(name), data, compress_type=method)
    return out.getvalue()


def torch_zip(data: bytes = b"\x80\x02}q\x00.") -> bytes:
    """A checkpoint as torch writes it, with its padding in extra fields."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in (
            ("archive/data.pkl", data),
            ("archive/byteorder", b"little"),
            ("archive/data/0", bytes(64)),
            ("archive/version", b"3\n"),
            ("archive/.data/serialization_id", b"1" * 40),
        ):
            info = zipfile.ZipInfo(name)
            header = 30 + len(name) + 4
            padding = -(out.tell() + header) % 64
            info.extra = struct.pack("<2sH", b"FB", padding) + b"Z" * padding
            archive.writestr(info, content)
    return out.getvalue()


def duplicated(name: str, *contents: bytes) -> bytes:
    """A zip whose directory names one member several times."""
    members = [(f"{number:{len(name)}}", data) for number, data in enumerate(contents)]
    data = zipped(members)
    for placeholder, _ in members:
        data = data.replace(placeholder.encode(), name.encode())
    return data


def patched(data: bytes, magic: bytes, at: int, value: bytes) -> bytes:
    """A zip with bytes changed in its first record of a kind."""
    start = data.index(magic) + at
    return data[:start] + value + data[start + len(value) :]


def overlapping(copies: int = 20) -> bytes:
    """A zip whose members all share the data of the first."""
    name = b"a"
    data = zlib.compress(bytes(1 << 16), 9)[2:-4]
    fields = (0, 8, 0, 0, 0, len(data), 1 << 16)
    local = struct.pack("<4sHHHHHLLLHH", b"PK\3\4", 20, *fields, 1, 0) + name + data
    central = b"".join(
        struct.pack(
            "<4sHHHHHHLLLHHHHHLL",
            b"PK\1\2",
            20,
            20,
            *fields,
            1,
            0,
            0,
            0,
            0,
            0,
            0,
        )
        + bytes([97 + number])
        for number in range(copies)
    )
    end = struct.pack(
        "<4sHHHHLLH", b"PK\5\6", 0, 0, copies, copies, len(central), len(local), 0
    )
    return local + central + end


def tarred(
    members: Iterable[tuple[str, bytes]],
    *extra: tarfile.TarInfo,
    format: int = tarfile.PAX_FORMAT,  # noqa: A002 - tarfile's own name for it
) -> bytes:
    """A tar as Python writes it, with further headers as given."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=format) as archive:
        for name, data in members:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
        for info in extra:
            archive.addfile(info)
    return out.getvalue()


def tar_entry(
    name: str, kind: bytes, link: str = "", mode: int = 0o644
) -> tarfile.TarInfo:
    """A header without data: a link, a device, a pipe, a folder."""
    info = tarfile.TarInfo(name)
    info.type, info.linkname, info.mode = kind, link, mode
    return info


def bomb(size: int = 20 << 20) -> bytes:
    """A gzip stream that grows more than a thousandfold."""
    return gzip.compress(bytes(size), 9, mtime=0)


def stored_7z(name: str, data: bytes) -> bytes:
    """A 7z archive with one member that is stored as it is; it may hold 127 bytes."""
    size = bytes([len(data)])
    names = b"\0" + name.encode("utf-16-le") + b"\0\0"
    packs = b"\x06\0\x01\x09" + size + b"\0"
    folders = b"\x07\x0b\x01\0\x01\x01\0\x0c" + size + b"\0"
    files = b"\x05\x01\x11" + bytes([len(names)]) + names + b"\0"
    sums = b"\x08\x0a\x01" + struct.pack("<L", zlib.crc32(data)) + b"\0"
    header = b"\x01\x04" + packs + folders + sums + b"\0" + files + b"\0"
    start = struct.pack("<QQL", len(data), len(header), zlib.crc32(header))
    magic = b"7z\xbc\xaf\x27\x1c\0\x04" + struct.pack("<L", zlib.crc32(start))
    return magic + start + data + header


def zfile(content: bytes, length: int | None = None) -> bytes:
    """A compressed file of joblib before 0.10."""
    announced = hex(len(content) if length is None else length).encode()
    return b"ZF" + announced.ljust(19) + zlib.compress(content)


def tfrecord(*records: bytes) -> bytes:
    """Records, each between its length and its checksum."""
    out = b""
    for record in records:
        length = struct.pack("<Q", len(record))
        out += length + _masked_crc(length) + record + _masked_crc(record)
    return out


def _masked_crc(data: bytes) -> bytes:
    """The checksum of TFRecord: CRC-32C, turned and shifted."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    crc ^= 0xFFFFFFFF
    return struct.pack("<L", ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF)
