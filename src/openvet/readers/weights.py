"""Bare tensor data: files whose meaning stands in another file beside them.

ONNX, OpenVINO, Core ML, TensorFlow, Darknet and ncnn keep numbers in files without a
header of their own, or with a few words of one. There is nothing in them to parse, so
they are told by their names' pattern, and only if they do not begin as something else:
a pickle or a program called `weights.bin` is left to the readers of those.
"""

import re
from collections.abc import Iterator
from typing import ClassVar, Final

from openvet.check import Context, Reader
from openvet.formats.carried import identify
from openvet.formats.encodings import reveal
from openvet.formats.magic import NATIVE, kind_of
from openvet.formats.trailing import SMALL, payload_in
from openvet.formats.unpack import LOOK
from openvet.subject import Document, File, Payload, Subject

NAMES: Final[tuple[tuple[re.Pattern[str], str], ...]] = (
    (re.compile(r".*\.data-\d{5}-of-\d{5}"), "tensorflow-checkpoint-data"),
    (re.compile(r".*\.onnx[._]data(?:_\d+|-\d+)?"), "onnx-external-data"),
    (re.compile(r".*\.onnx\.data\.?\d*"), "onnx-external-data"),
    # PyTorch's exporter names a file of its own after each tensor.
    (re.compile(r"(?:.*/)?onnx__\w+|.*\.bias|.*_attr__value"), "onnx-external-data"),
    (re.compile(r".*\.weights?"), "darknet-weights"),
    (re.compile(r".*\.(?:bin|raw|dat|data|caffeblob|tmbin)"), "tensor-data"),
    (re.compile(r".*\.(?:ann|annoy|hnsw|usearch|i2w)"), "search-index"),
    (re.compile(r".*\.mnn"), "mnn"),
    # By the names alone that TensorStore gives to what it stores.
    (re.compile(r"(?:.*/)?d/[0-9a-f]{32}"), "ocdbt-data"),
)
CHUNK: Final = re.compile(r".*/(?:c/)?[0-9]+(?:[./][0-9]+)*")
"""A chunk of a zarr array; in an archive, torch's storages have such names."""
MIL_SENTINEL: Final = b"\xef\xbe\xad\xde"
STRONG: Final = NATIVE | {
    *("zip", "7z", "rar", "tar", "gzip", "bzip2", "xz", "zstd", "lz4"),
    *("pickle", "script", "gguf", "hdf5", "npy", "sqlite"),
    *("png", "jpeg", "pdf", "riff"),
}
COMPRESSED: Final = frozenset({"gzip", "bzip2", "xz", "lzma", "zlib"})
"""Layers that the reader of compressed streams takes off."""
TEXT: Final = re.compile(rb"[\t\n\r\x20-\x7e]+")


class WeightsReader(Reader[File]):
    """Yields a `Document`: numbers, looked at for a program in their place."""

    id: ClassVar[str] = "weights"
    version: ClassVar[int] = 5

    def claims(self, subject: File) -> bool:
        """Claim files named as bare data that begin as nothing else."""
        return bool(self._format(subject)) and not _is_something_else(subject.head)

    def read(self, subject: File, context: Context) -> Iterator[Subject]:
        """Yield the document, unless the file is what other readers read."""
        found = reveal(subject.source.read(0, LOOK))
        payloads: tuple[Payload, ...] = ()
        if found is None and subject.size <= SMALL:
            inside = payload_in(subject.source, "bare tensor data")
            payloads = () if inside is None else (inside,)
        elif found is not None:
            if COMPRESSED.issuperset(found.layers):
                return
            carrier = "bare tensor data"
            payloads = (
                Payload(kind=found.words, carrier=carrier, length=subject.size),
            )
        yield Document(
            origin=subject.origin.aspect(self.id),
            format=self._format(subject),
            payloads=payloads,
        )

    def _format(self, subject: File) -> str:
        if subject.head[64:68] == MIL_SENTINEL:
            return "coreml-weights"
        name = "/".join(subject.place).replace("\\", "/").lower()
        if CHUNK.fullmatch(name) and not _is_packed_with_others(subject):
            return "zarr-chunk"
        return next((form for one, form in NAMES if one.fullmatch(name)), "")


def _is_packed_with_others(subject: File) -> bool:
    """Say whether a file is a member of an archive, not a compressed stream alone."""
    carrier = subject.place[-2] if len(subject.place) > 1 else ""
    return subject.member and subject.name != carrier.rpartition("/")[2]


def _is_something_else(head: bytes) -> bool:
    return (
        not head
        or kind_of(head) in STRONG
        or bool(identify(head))
        or TEXT.fullmatch(head) is not None
    )
