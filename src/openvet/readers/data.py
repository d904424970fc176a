"""Tables, media, fonts and databases: data that its loaders never run.

Each yields a `Document` without a gap. That is a claim, and it rests on what the
loaders do: pyarrow, pandas, image and audio libraries turn these bytes into numbers
and text, and none of them names a function to call. What the values say is left to
the checks on data sets. The one known exception is looked for: a Python extension
type in an Arrow schema is a pickle to pyarrow before 14.0.1 (CVE-2023-47248).

A format whose outer frame names its end is held against it; what follows is reported.
"""

import base64
import binascii
import re
from collections.abc import Iterator
from typing import Final

from openvet.check import Context, Reader
from openvet.formats.parts import Parts
from openvet.formats.trailing import LOOK, after_end, payload_within
from openvet.source import Source
from openvet.subject import Defect, Document, File, Gap, Payload, Subject

_MAGIC: Final[tuple[tuple[bytes, str], ...]] = (
    (b"PAR1", "parquet"),
    (b"ARROW1\0\0", "arrow"),
    (b"FEA1", "feather"),
    (b"ORC", "orc"),
    (b"Obj\x01", "avro"),
    (b"SQLite format 3\0", "sqlite"),
    (b"%PDF-", "pdf"),
    (b"fLaC", "flac"),
    (b"OggS", "ogg"),
    (b"ID3", "mp3"),
    (b"\x1aE\xdf\xa3", "matroska"),
    (b"II*\0", "tiff"),
    (b"MM\0*", "tiff"),
    (b"\0\0\1\0\1\0", "icon"),
    (b"wOFF", "font"),
    (b"wOF2", "font"),
    (b"OTTO", "font"),
    (b"true\0", "font"),
    (b"\0\1\0\0\0", "font"),
    (b"\xff\xff\xff\xff", "arrow-stream"),
    (b"lCRF", "crfsuite"),
    (b"\0\0\0\1Bud1", "finder-settings"),
    (b"<stata_dta>", "stata"),
    *(
        (bytes((release, order, 1, 0)), "stata")
        for release in (113, 114, 115)
        for order in (1, 2)
    ),
    (b"$FL2@(#)", "spss"),
    (b"MATLAB 5.0 MAT-file", "matlab"),
    (b"CDF\1", "netcdf"),
    (b"CDF\2", "netcdf"),
    (b"SIMPLE  =", "fits"),
)
_FONT_TABLES: Final = 64
_MEDIA: Final = frozenset({"flac", "ogg", "mp3", "matroska", "tiff", "icon", "font"})
"""Formats of sound and pictures whose frames do not say where the file ends."""
_TAIL: Final = 1 << 20
_EXTENSION: Final = b"arrow.py_extension_type"
_SCHEMA: Final = re.compile(rb"[A-Za-z0-9+/]{64,}={0,2}")
_LIVE: Final = "pyarrow before 14.0.1 unpickles it when the file is read"


def data_kind(source: Source) -> str:
    """Return the format of a data file, or an empty string."""
    head = source.head
    for magic, kind in _MAGIC:
        if head.startswith(magic) and _second_sign(kind, head, source):
            return kind
    return ""


def _second_sign(kind: str, head: bytes, source: Source) -> bool:
    """Ask short magics for a second sign."""
    match kind:
        case "parquet":
            return source.read(source.size - 4, 4) in (b"PAR1", b"PARE")
        case "orc":
            return source.read(source.size - 4, 3) == b"ORC"
        case "font":
            magics = head.startswith((b"wOF", b"OTTO"))
            return magics or 0 < int.from_bytes(head[4:6], "big") <= _FONT_TABLES
        case "arrow-stream":
            # The marker, the length of the schema message, and its flatbuffer.
            length = int.from_bytes(head[4:8], "little")
            return length % 8 == 0 and 64 <= length <= source.size - 8  # noqa: PLR2004
        case "mp3":
            return len(head) > 10 and max(head[6:10]) < 0x80  # noqa: PLR2004 - a sync-safe length
    return True


class DataReader(Reader[File]):
    """Reads the frame of a data file."""

    id = "data"
    version = 2

    def claims(self, subject: File) -> bool:
        """Say whether its magic is known."""
        return bool(data_kind(subject.source))

    def read(self, subject: File, context: Context) -> Iterator[Subject]:
        """Yield a document with what its frame shows."""
        kind = data_kind(subject.source)
        gaps, payload = _frame(kind, subject.source)
        parts = Parts()
        if kind in _MEDIA:
            _search(kind, subject.source, parts)
        elif payload is not None:
            parts.payloads.append(payload)
        defects: tuple[Defect, ...] = ()
        if kind in ("parquet", "arrow", "arrow-stream", "feather"):
            defects = tuple(_extension_types(subject.source))
        yield Document(
            origin=subject.origin.aspect("data"),
            format=kind,
            gaps=gaps,
            defects=defects,
            texts=tuple(parts.texts),
            payloads=tuple(parts.payloads),
        )


def _frame(kind: str, source: Source) -> tuple[tuple[Gap, ...], Payload | None]:
    """Hold a file against the end that its format declares."""
    if kind == "pdf":
        start = max(0, source.size - _TAIL)
        end = source.read(start, _TAIL).rfind(b"%%EOF")
        if end < 0:
            gap = Gap(reason="broken", detail="the document has no end marker")
            return (gap,), None
        return (), after_end(source, _past_line(source, start + end + 5))
    if kind == "sqlite":
        end = _pages(source.head)
        return (), after_end(source, end) if end else None
    if kind == "arrow" and source.read(source.size - 6, 6) != b"ARROW1":
        return (Gap(reason="broken", detail="the table has no end marker"),), None
    return (), None


def _search(kind: str, source: Source, parts: Parts) -> None:
    """Look into the tags of a medium and its last MiB: it names no end of its own."""
    stop = min(source.size, LOOK)
    parts.skipped(source, 0, stop, f"the beginning of the {kind} file")
    start = max(stop, source.size - LOOK)
    if start < source.size:
        name = f"the end of the {kind} file"
        found = payload_within(source, start, source.size, name)
        if found is not None:
            parts.payloads.append(found)


def _past_line(source: Source, at: int) -> int:
    """Skip the line ends and spaces that may follow an end marker."""
    tail = source.read(at, 64)
    return at + len(tail) - len(tail.lstrip(b"\r\n \t\0"))


def _pages(head: bytes) -> int:
    """Return where the pages of a database end, or 0 where its header does not say."""
    size = int.from_bytes(head[16:18], "big")
    size = 1 << 16 if size == 1 else size
    known = head[24:28] == head[92:96]
    return size * int.from_bytes(head[28:32], "big") if known else 0


def _extension_types(source: Source) -> Iterator[Defect]:
    """Look for pickled Python types in the schema of an Arrow or Parquet file."""
    start = max(0, source.size - _TAIL)
    for offset in {0, start}:
        window = source.read(offset, _TAIL)
        if _names_extension(window):
            yield Defect(
                code="arrow-python-extension",
                detail="the schema holds a pickled Python extension type",
                offset=offset,
                live=_LIVE,
            )
            return


def _names_extension(window: bytes) -> bool:
    """Search a schema as it stands, and as Parquet keeps it: in base64."""
    if _EXTENSION in window:
        return True
    for found in _SCHEMA.finditer(window):
        # A character of the frame may stand before the text and shift it.
        if any(_EXTENSION in _decoded(found.group()[shift:]) for shift in range(4)):
            return True
    return False


def _decoded(run: bytes) -> bytes:
    """Return what base64 stands for, as far as it is whole."""
    run = run.rstrip(b"=")
    try:
        return base64.b64decode(run[: len(run) // 4 * 4])
    except binascii.Error:
        return b""
