"""Sound and pictures assembled part by part, with room for what players skip."""

import struct
import zlib
from collections.abc import Callable


def png(*extra: tuple[bytes, bytes]) -> bytes:
    """Return a picture of one pixel with more chunks."""
    header = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    pixels = (b"IDAT", zlib.compress(bytes(4)))
    chunks = ((b"IHDR", header), *extra, pixels, (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data))
        + kind
        + data
        + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )


def jpeg(*segments: tuple[int, bytes]) -> bytes:
    """Return the least of a JPEG with more segments."""
    middle = b"".join(
        bytes((0xFF, code)) + struct.pack(">H", len(data) + 2) + data
        for code, data in segments
    )
    return b"\xff\xd8" + middle + b"\xff\xda\0\x08\1\1\0\0\x3f\0\x12\x34\xff\xd9"


def gif(label: int, *blocks: bytes) -> bytes:
    """Return a picture of one pixel with an extension of some blocks."""
    screen = b"GIF89a" + struct.pack("<HHBBB", 1, 1, 0x80, 0, 0) + bytes(6)
    pieces = [
        block[start : start + 255]
        for block in blocks
        for start in range(0, len(block), 255)
    ]
    extension = b"".join(bytes((len(piece),)) + piece for piece in pieces)
    image = b"\x2c" + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\2\2\x44\1\0\x3b"
    return screen + bytes((0x21, label)) + extension + b"\0" + image


def riff(kind: bytes, *chunks: tuple[bytes, bytes]) -> bytes:
    """Return a container of chunks."""
    body = kind + b"".join(
        name + struct.pack("<I", len(data)) + data + bytes(len(data) & 1)
        for name, data in chunks
    )
    return b"RIFF" + struct.pack("<I", len(body)) + body


def wav(*chunks: tuple[bytes, bytes]) -> bytes:
    """Return a moment of silence with more chunks."""
    shape = struct.pack("<HHIIHH", 1, 1, 8000, 8000, 1, 8)
    return riff(b"WAVE", (b"fmt ", shape), *chunks, (b"data", bytes(32)))


def mp3(*frames: tuple[bytes, bytes]) -> bytes:
    """Return a tagged song of one frame."""
    tag = b"".join(
        name + struct.pack(">I", len(data)) + b"\0\0" + data for name, data in frames
    )
    length = bytes(len(tag) >> shift & 127 for shift in (21, 14, 7, 0))
    return b"ID3\3\0\0" + length + tag + b"\xff\xfb\x90\x64" + bytes(413)


def mp4(*boxes: tuple[bytes, bytes]) -> bytes:
    """Return an empty film with more boxes."""
    whole = ((b"ftyp", b"isom" + bytes(4)), (b"mdat", bytes(8)), *boxes)
    return b"".join(
        struct.pack(">I", 8 + len(data)) + kind + data for kind, data in whole
    )


def sqlite() -> bytes:
    """Return a database of one page."""
    head = bytearray(512)
    head[:18] = b"SQLite format 3\0" + struct.pack(">H", 512)
    head[24:32] = head[92:96] + struct.pack(">I", 1)
    head[24:28] = head[92:96] = struct.pack(">I", 7)
    return bytes(head)


PARTS: dict[str, Callable[[bytes], bytes]] = {
    "text.png": lambda data: png((b"tEXt", b"Comment\0" + data)),
    "packed text.png": lambda data: png(
        (b"zTXt", b"Comment\0\0" + zlib.compress(data))
    ),
    "foreign text.png": lambda data: png((b"iTXt", b"Comment\0\0\0en\0\0" + data)),
    "packed foreign text.png": lambda data: png(
        (b"iTXt", b"Comment\0\1\0en\0\0" + zlib.compress(data))
    ),
    "profile.png": lambda data: png((b"iCCP", b"icc\0\0" + zlib.compress(data))),
    "exif.png": lambda data: png((b"eXIf", b"MM\0*\0\0\0\x08" + data)),
    "private.png": lambda data: png((b"prVt", data)),
    "comment.jpg": lambda data: jpeg((0xFE, data)),
    "exif.jpg": lambda data: jpeg((0xE1, b"Exif\0\0" + data)),
    "photoshop.jpg": lambda data: jpeg((0xED, b"Photoshop 3.0\0" + data)),
    "profile.jpg": lambda data: jpeg((0xE2, b"ICC_PROFILE\0\1\1" + data)),
    "comment.gif": lambda data: gif(0xFE, data),
    "application.gif": lambda data: gif(0xFF, b"XMP DataXMP", data),
    "list.wav": lambda data: wav((b"LIST", b"INFOICMT" + struct.pack("<I", 9) + data)),
    "private.wav": lambda data: wav((b"priv", data)),
    "sound.wav": lambda data: riff(b"WAVE", (b"data", data)),
    "xmp.webp": lambda data: riff(b"WEBP", (b"VP8L", bytes(20)), (b"XMP ", data)),
    "private.mp3": lambda data: mp3((b"PRIV", b"owner\0" + data)),
    "comment.mp3": lambda data: mp3((b"COMM", b"\0eng\0" + data)),
    "end.mp3": lambda data: mp3((b"TIT2", b"\0song")) + data,
    "free.mp4": lambda data: mp4((b"free", data)),
    "end.mp4": lambda data: mp4() + data,
    "end.png": lambda data: png() + data,
    "end.jpg": lambda data: jpeg() + data,
    "end.gif": lambda data: gif(0xFE, b"a picture") + data,
    "end.wav": lambda data: wav() + data,
    "end.ogg": lambda data: b"OggS\0\2" + bytes(40) + data,
    "end.tif": lambda data: b"II*\0\x08\0\0\0\0\0\0\0\0\0" + data,
    "end.db": lambda data: sqlite() + data,
    "end.pdf": lambda data: b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF\n" + data,
}
"""Where a program is put, as files by name."""
