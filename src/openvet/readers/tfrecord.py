"""TFRecord: examples and training logs, as a chain of checked records."""

from collections.abc import Iterator
from typing import ClassVar, Final

from openvet.check import Context, Reader
from openvet.formats.carried import identify
from openvet.formats.trailing import after_end
from openvet.source import Source
from openvet.subject import Document, File, Gap, Payload, Subject

HEADER: Final = 12
"""A length of eight bytes and its checksum."""
FOOTER: Final = 4
LOOK: Final = 4096
MOST: Final = 100
POLYNOMIAL: Final = 0x82F63B78


class TfRecordReader(Reader[File]):
    """Yields a `Document`; each record is looked at for a program."""

    id: ClassVar[str] = "tfrecord"
    version: ClassVar[int] = 1

    def claims(self, subject: File) -> bool:
        """Claim by the checksum of the first record's length."""
        return subject.size > HEADER and _is_header(subject.head[:HEADER])

    def read(self, subject: File, context: Context) -> Iterator[Subject]:
        """Yield the document."""
        source = subject.source
        payloads: list[Payload] = []
        gaps: tuple[Gap, ...] = ()
        at = 0
        while at < source.size:
            context.budget.step(1)
            head = source.read(at, HEADER + LOOK)
            length = int.from_bytes(head[:8], "little")
            stop = at + HEADER + length + FOOTER
            if not _is_header(head[:HEADER]) or stop > source.size:
                detail = "the chain of records breaks"
                gaps = (Gap(reason="broken", detail=detail, offset=at),)
                payloads += _rest(source, at)
                break
            kind = identify(head[HEADER : HEADER + length])
            if kind and len(payloads) < MOST:
                payloads.append(
                    Payload(kind=kind, carrier="a record", offset=at, length=length)
                )
            at = stop
        yield Document(
            origin=subject.origin.aspect(self.id),
            format="tfrecord",
            gaps=gaps,
            payloads=tuple(payloads),
        )


def _rest(source: Source, at: int) -> list[Payload]:
    payload = after_end(source, at, "bytes after the last record")
    return [] if payload is None else [payload]


def _is_header(header: bytes) -> bool:
    """Check the masked CRC-32C that follows a length.

    No record has 4 GiB, and most files of other formats are told by that alone.
    """
    if any(header[4:8]):
        return False
    crc = 0xFFFFFFFF
    for byte in header[:8]:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (POLYNOMIAL if crc & 1 else 0)
    crc ^= 0xFFFFFFFF
    masked = ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF
    return header[8:12] == masked.to_bytes(4, "little")
