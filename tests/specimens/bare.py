"""Files of numbers and words that one native library reads, and compiled models."""

import struct
from typing import Final

_CONSTANT: Final = (1 << 20).to_bytes(8, "little")


def _word(text: bytes) -> bytes:
    return struct.pack("<i", len(text)) + text


def mecab(rest: bytes = bytes(60)) -> bytes:
    """Return a dictionary whose magic agrees with its size."""
    return struct.pack("<I", (4 + len(rest)) ^ 0xEF718F77) + rest


def blosc(rest: bytes = bytes(16)) -> bytes:
    """Return a chunk whose header holds its length."""
    return b"\2\1\x21\4" + struct.pack("<3I", 32, 32, 16 + len(rest)) + rest


BARE: Final[dict[str, bytes]] = {
    "words.fst": b"\xd6\xfd\xb2\x7e"
    + _word(b"vector")
    + _word(b"standard")
    + bytes(40),
    "final.mdl": b"\0B<TransitionModel> <Topology> " + bytes(40),
    "final.mat": b"\0BFM \4\2\0\0\0\4\3\0\0\0" + bytes(24),
    "final.vec": b"\0BDV \4\2\0\0\0" + bytes(16),
    "eng.traineddata": struct.pack("<i3q", 3, -1, 28, 32) + bytes(8),
    "index.faiss": b"IxF2"
    + struct.pack("<iq", 8, 2)
    + _CONSTANT * 2
    + struct.pack("<?i", True, 1)
    + bytes(64),
    "binary.faiss": b"IBxF" + struct.pack("<iiq?i", 64, 8, 2, True, 1) + bytes(64),
    "means": b"s3\nversion 1.0\nchksum0 yes\nendhdr\n" + bytes(40),
    "mdef": b"BMDF\1\0\0\0" + bytes(40),
    "sendump": struct.pack("<i", 29) + b"BEGIN FILE FORMAT DESCRIPTION" + bytes(9),
    "en.lm.bin": b"Trie Language Model\3" + bytes(40),
    "en.klm": b"mmap lm http://kheafield.com/code format version 5\n\0" + bytes(40),
    "voice.htsvoice": b"[GLOBAL]\nHTS_VOICE_VERSION:1.0\n" + bytes(40),
    "system.dic": b"SudachiBinaryDic" + bytes(40),
    "sys.dic": mecab(),
    "manifest.ocdbt": b"\x0c\xdb\x3a\x2a" + bytes(40),
    "train.idx": b"MMIDIDX\0\0" + bytes(40),
    "data.mdb": bytes(16) + b"\xde\xc0\xef\xbe" + bytes(40),
    "table.duckdb": bytes(8) + b"DUCK" + bytes(40),
    "net.nnue": b"\x20\x2f\xf3\x7a" + bytes(40),
    "0.0": blosc(),
}
NUMBERS: Final[dict[str, bytes]] = {
    "index.ann": bytes(range(128, 192)),
    "vectors.hnsw": bytes(range(128, 192)),
    "detector.mnn": bytes(range(128, 192)),
    "d/1f4b193fca5fa1008316c11eae2b6fbe": bytes(range(128, 192)),
    "weights/0.1": bytes(range(128, 192)),
    "weights/c/0/1": bytes(range(128, 192)),
}
"""Files that have nothing but a name."""
COMPILED: Final[dict[str, bytes]] = {
    "yolo.rknn": b"RKNN\0\0\0\0" + bytes(40),
    "yolo.hef": b"\x01HEF" + bytes(40),
    "yolo.om": b"IMOD" + bytes(40),
    "yolo.vmfb": b"\x10\0\0\0IREE" + bytes(40),
    "kernels.metallib": b"MTLB" + bytes(40),
}
