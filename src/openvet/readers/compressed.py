"""Single compressed streams: gzip, bzip2, xz, lzma, zlib, lz4 and Zstandard.

A loader such as joblib opens them whatever the file is called, so what comes out is
read as a file of its own. RAR has no reader here; it is reported as not examined.
"""

import lzma
import zlib
from collections.abc import Iterator
from typing import Final

from openvet.check import Context, Reader
from openvet.formats.inflate import CODECS, Inflated, inflate
from openvet.formats.magic import kind_of
from openvet.formats.trailing import after_end
from openvet.subject import Archive, Defect, Entry, File, Gap, Origin, Subject

SUFFIXES: Final = frozenset(
    {".gz", ".tgz", ".bz2", ".xz", ".lzma", ".z", ".zlib", ".lz4", ".zst", ".rar"}
)
UNREAD: Final = {"rar": "RAR"}


class CompressedReader(Reader[File]):
    """Reads a compressed stream: one `Archive` with one `File` in it."""

    id = "compressed"
    version = 2

    def claims(self, subject: File) -> bool:
        """Compressed by its magic; weak magics must also decompress."""
        head = subject.head
        kind = kind_of(head)
        if kind in ("zlib", "lzma"):
            return _holds(kind, head)
        return kind in CODECS or kind in UNREAD

    def read(self, subject: File, context: Context) -> Iterator[Subject]:
        """Yield what comes out, then the facts of the stream."""
        kind = kind_of(subject.head)
        origin = subject.origin.aspect("compressed")
        if kind in UNREAD:
            yield _unread(origin, kind)
            return
        result = inflate(subject.source, CODECS[kind], context.budget)
        name = _inner_name(subject)
        yield File(origin=subject.origin.at(name), source=result.source)
        payload = None
        if not (result.broken or result.over):
            payload = after_end(subject.source, result.stop)
        yield Archive(
            origin=origin,
            format=kind,
            members=(Entry(name=name, kind="file", size=result.source.size),),
            gaps=tuple(_gaps(result)),
            defects=tuple(_defects(result)),
            payloads=(payload,) if payload is not None else (),
        )


def _holds(kind: str, head: bytes) -> bool:
    """Say whether the first bytes really decompress."""
    try:
        if kind == "zlib":
            return bool(zlib.decompressobj().decompress(head, 1 << 16))
        memory = 128 << 20
        stream = lzma.LZMADecompressor(lzma.FORMAT_ALONE, memlimit=memory)
        return bool(stream.decompress(head, 1 << 16)) and head[13] == 0
    except (zlib.error, lzma.LZMAError, EOFError):
        return False


def _unread(origin: Origin, kind: str) -> Archive:
    """Report an archive for which there is no reader."""
    gap = Gap(
        reason="missing-reader",
        detail=f"no reader for {UNREAD[kind]} archives",
        lift="unpack it and audit the folder, or pack it as .zip or .tar.gz",
    )
    return Archive(origin=origin, format=kind, members=(), gaps=(gap,))


def _inner_name(subject: File) -> str:
    """Return the name without the suffix that compression added, if it has one."""
    name, suffix = subject.name, subject.suffix
    if suffix == ".tgz":
        return f"{name[:-4]}.tar"
    return name[: -len(suffix)] if suffix in SUFFIXES else name


def _gaps(result: Inflated) -> Iterator[Gap]:
    if result.broken:
        yield Gap(reason="broken", detail=f"the stream breaks: {result.broken}")
    if result.over is not None:
        hint = result.over.hint or ""
        yield Gap(reason="over-budget", detail=result.over.message, lift=hint)


def _defects(result: Inflated) -> Iterator[Defect]:
    if result.over is not None and result.over.limit == "ratio":
        yield Defect(code="bomb-ratio", detail=f"the stream {result.over.message}")
