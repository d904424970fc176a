"""Files of numbers and words that one native library reads, told by their structure.

Speech recognizers, dictionaries, search indices, recognizers of print: what they keep
has a magic, or a header whose fields agree, and then numbers. None names a function,
a module or a file for its library to open. Models compiled for an accelerator are told
here too; what those hold is not open to anybody.

Sources: the libraries' own writers - OpenFst `fst.cc`, Kaldi `kaldi-io.cc` and
`kaldi-matrix.cc`, Tesseract `tessdatamanager.cpp`, PocketSphinx `s3file.c` and
`bin_mdef.c`, KenLM `binary_format.cc`, FAISS `index_write.cpp`, eSpeak NG
`synthdata.c`, MeCab `dictionary.cpp`, TensorStore `ocdbt/format`, c-blosc
`README_CHUNK_FORMAT.rst`, Megatron-LM `indexed_dataset.py`.
"""

import re
from collections.abc import Callable
from typing import Final, NamedTuple

from openvet.patterns import pattern
from openvet.source import Source

MECAB: Final = 0xEF718F77
MOST_PARTS: Final = 64
MOST_DIMENSIONS: Final = 1 << 20
_KALDI: Final = pattern(
    rb"\0B(?:(?:\x04.{4})?<[A-Za-z0-9]{1,40}> |(?:[FD][MVP]|CM[23]?|SM) )", re.DOTALL
)
_FST_WORD: Final = pattern(rb"[a-z0-9_]{1,40}")
_FAISS: Final = pattern(rb"I[A-Za-z0-9][A-Za-z0-9][A-Za-z0-9]")


class Bare(NamedTuple):
    """What a file is."""

    format: str
    stop: int | None = None
    """Where it ends, if its header tells."""
    runs_on: str = ""
    """The accelerator it was compiled for."""


_MAGIC: Final[tuple[tuple[int, bytes, str], ...]] = (
    (0, b"s3\nversion ", "sphinx-parameters"),
    (0, b"BMDF", "sphinx-definition"),
    (0, b"FDMB", "sphinx-definition"),
    (4, b"BEGIN FILE FORMAT DESCRIPTION", "sphinx-mixtures"),
    (0, b"Trie Language Model", "sphinx-language-model"),
    (0, b"mmap lm http://kheafield.com/code format version ", "kenlm"),
    (0, b"[GLOBAL]\nHTS_VOICE_VERSION:", "hts-voice"),
    (0, b"SudachiBinaryDic", "sudachi-dictionary"),
    (0, b"\x0c\xdb\x3a\x2a", "ocdbt-manifest"),
    (0, b"MMIDIDX\0\0", "token-index"),
    (16, b"\xde\xc0\xef\xbe", "lmdb"),
    (8, b"DUCK", "duckdb"),
    (0, b"\x20\x2f\xf3\x7a", "nnue"),
)
_COMPILED: Final[tuple[tuple[int, bytes, str, str], ...]] = (
    (0, b"RKNN", "rknn", "a Rockchip accelerator"),
    (0, b"RKLLM", "rkllm", "a Rockchip accelerator"),
    (0, b"\x01HEF", "hailo", "a Hailo accelerator"),
    (0, b"IMOD", "ascend", "a Huawei Ascend accelerator"),
    (0, b"LDMK", "kendryte", "a Kendryte accelerator"),
    (0, b"EDL1", "esp-dl", "an Espressif chip"),
    (0, b"EDL2", "esp-dl", "an Espressif chip"),
    (0, b"CviModel", "cvitek", "a CVITEK accelerator"),
    (0, b"\xee\xaa\x55\xff", "sophgo", "a Sophgo accelerator"),
    (0, b"MTLB", "metal", "an Apple graphics processor"),
    (0, b"\x03\x02\x23\x07", "spir-v", "a graphics processor"),
    (4, b"IREE", "iree", "the IREE runtime"),
    (0, b"ML\xefR", "mlir", "an MLIR compiler"),
)


def bare_format(place: tuple[str, ...], source: Source) -> Bare | None:
    """Return what a file is, or None where nothing here knows it.

    Args:
        place: Its names from the target down; some formats have little but a name.
        source: Its bytes.
    """
    head = source.head
    for at, magic, kind in _MAGIC:
        if head.startswith(magic, at):
            return Bare(kind)
    for at, magic, kind, machine in _COMPILED:
        if head.startswith(magic, at) and b"\0" in head[:64]:
            return Bare(kind, runs_on=machine)
    for looks in _LOOKS:
        found = looks(head, source.size)
        if found is not None:
            return found
    return _by_place("/".join(place).replace("\\", "/"), head)


def _number(data: bytes, at: int, width: int) -> int:
    return int.from_bytes(data[at : at + width], "little", signed=True)


def _fst(head: bytes, _: int) -> Bare | None:
    """Match the magic, and two words with their lengths before them."""
    if not head.startswith(b"\xd6\xfd\xb2\x7e"):
        return None
    at = 4
    for _ in range(2):
        length = _number(head, at, 4)
        word = head[at + 4 : at + 4 + max(length, 0)]
        if len(word) != length or not _FST_WORD.fullmatch(word):
            return None
        at += 4 + length
    return Bare("openfst")


def _kaldi(head: bytes, size: int) -> Bare | None:
    """Match the mark of binary files and a token; a lone matrix tells its end."""
    if not _KALDI.match(head):
        return None
    width = {b"F": 4, b"D": 8}.get(head[2:3])
    if width is None or head[3:4] not in (b"M", b"V"):
        return Bare("kaldi")
    numbers = 2 if head[3:4] == b"M" else 1
    stop, values = 5, 1
    for _ in range(numbers):
        count = _number(head, stop + 1, 4)
        if head[stop : stop + 1] != b"\4" or count < 0:
            return None
        values *= count
        stop += 5
    stop += values * width
    return Bare("kaldi", stop=stop) if stop <= size else None


def _tesseract(head: bytes, size: int) -> Bare | None:
    """Check the table of offsets: each is -1 or in order and inside the file."""
    parts = _number(head, 0, 4)
    if not 0 < parts <= MOST_PARTS or len(head) < 4 + 8 * parts:
        return None
    offsets = [_number(head, 4 + 8 * at, 8) for at in range(parts)]
    used = [offset for offset in offsets if offset != -1]
    whole = bool(used) and used[0] == 4 + 8 * parts and used == sorted(used)
    return Bare("tesseract") if whole and used[-1] <= size else None


def _faiss(head: bytes, _: int) -> Bare | None:
    """Check dimension, count and two constants, or of binary codes their width."""
    if not _FAISS.match(head) or len(head) < 33:  # noqa: PLR2004 - the fixed header
        return None
    dimensions = _number(head, 4, 4)
    if not 0 < dimensions <= MOST_DIMENSIONS:
        return None
    if head[16:32] == (1 << 20).to_bytes(8, "little") * 2:
        return Bare("faiss")
    binary = head[1:2] == b"B" and _number(head, 8, 4) * 8 == dimensions
    return Bare("faiss") if binary else None


def _mecab(head: bytes, size: int) -> Bare | None:
    """Check the size of the file, which is part of the magic."""
    sized = int.from_bytes(head[:4], "little") ^ MECAB
    return Bare("mecab-dictionary") if sized == size else None


def _blosc(head: bytes, size: int) -> Bare | None:
    """Check the header of a chunk, which holds the length of the file."""
    known = len(head) >= 16 and head[0] in (1, 2) and 0 < head[1] <= 2  # noqa: PLR2004
    if not known or _number(head, 12, 4) != size:
        return None
    return Bare("blosc-chunk", stop=size)


def _by_place(path: str, head: bytes) -> Bare | None:
    """Know what has no magic by where its writer puts it."""
    name = path.rpartition("/")[2]
    if "espeak-ng-data/" in path and "." not in name:
        words = name.endswith("_dict") and head.startswith(b"\0\4\0\0")
        if words or name in ("phontab", "intonations", "phonindex", "phondata"):
            return Bare("espeak-dictionary" if words else "espeak-phonemes")
    return None


_LOOKS: Final[tuple[Callable[[bytes, int], Bare | None], ...]] = (
    *(_fst, _kaldi, _tesseract, _faiss, _mecab, _blosc),
)
