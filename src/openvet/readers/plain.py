"""Plain text of any kind, empty files, and pointers that stand for files elsewhere.

Text is data: nothing here interprets it. The whole file is decoded, so that "text"
is never said of a file whose middle is something else, and blobs of base64 or
hexadecimal in it are looked into. Readers of particular text formats - JSON, Python,
templates - read the same file again for what it means.
"""

import codecs
from collections.abc import Iterator
from typing import Final

from openvet.check import Context, Reader
from openvet.formats.trailing import payloads_in_text
from openvet.subject import Document, File, Gap, Payload, Subject

_POINTER: Final = b"version https://git-lfs.github.com/spec/v1\n"
_LARGEST_POINTER: Final = 1024
_BINARY: Final = bytes({*range(32), 127} - {8, 9, 10, 11, 12, 13, 26, 27})
"""Control characters that text does not hold; escape (27) colors logs."""
_BOMS: Final = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_FIELD: Final = b'":serialized:": "'
_MOST: Final = 100
_MOST_FOREIGN: Final = 0.3
"""Latin text has at most this share of bytes beyond ASCII."""


def _is_binary(data: bytes) -> bool:
    return len(data.translate(None, _BINARY)) != len(data)


def encoding_of(head: bytes) -> str:
    """Return how the first bytes are encoded as text, or an empty string."""
    for bom, encoding in _BOMS:
        if head.startswith(bom):
            return encoding
    if not head or _is_binary(head):
        return ""
    try:
        # The head may end in the middle of a character.
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        foreign = sum(byte > 127 for byte in head)  # noqa: PLR2004 - ASCII ends there
        return "latin-1" if foreign <= _MOST_FOREIGN * len(head) else ""
    return "utf-8"


def is_pointer(head: bytes, size: int) -> bool:
    """Say whether a file is a Git LFS pointer instead of the file itself."""
    return size <= _LARGEST_POINTER and head.startswith(_POINTER)


class PlainTextReader(Reader[File]):
    """Reads text whole, and looks into what is encoded in it."""

    id = "plain-text"
    version = 3

    def claims(self, subject: File) -> bool:
        """Text by its first 4,096 bytes; the rest is checked when read."""
        head = subject.head
        return bool(encoding_of(head)) and not is_pointer(head, subject.size)

    def read(self, subject: File, context: Context) -> Iterator[Subject]:
        """Yield a document if every byte is text."""
        encoding = encoding_of(subject.head)
        decoder = codecs.getincrementaldecoder(encoding)()
        payloads: list[Payload] = []
        braced = subject.head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")
        for chunk in subject.source.chunks():
            context.budget.check_time()
            if encoding in ("utf-8", "latin-1") and _is_binary(chunk):
                return
            try:
                text: str | bytes = decoder.decode(chunk)
            except UnicodeDecodeError:
                # A late byte that is not UTF-8; the rest reads as Latin text.
                if encoding != "utf-8":
                    return
                encoding = "latin-1"
                decoder = codecs.getincrementaldecoder(encoding)()
            if encoding in ("utf-8", "latin-1"):
                text = chunk
            if len(payloads) < _MOST:
                found = payloads_in_text(text, "encoded text")
                payloads.extend(
                    part for part in found if not (braced and _is_field(part, text))
                )
        yield Document(
            origin=subject.origin.aspect("plain-text"),
            format="text",
            payloads=tuple(payloads[:_MOST]),
        )


def _is_field(payload: Payload, text: str | bytes) -> bool:
    """Say whether a pickle is a field in which stable-baselines3 keeps one.

    Every zip of it has such fields in the JSON of its settings. The reader of
    configurations hands what they encode to the reader of pickles, which judges it.
    """
    mark = _FIELD if isinstance(text, bytes) else _FIELD.decode()
    return payload.kind.startswith("pickle") and text.endswith(mark, 0, payload.offset)  # type: ignore[arg-type]


class EmptyReader(Reader[File]):
    """Reads files of no bytes: there is nothing in them."""

    id = "empty"

    def claims(self, subject: File) -> bool:
        """Say whether there are no bytes."""
        return subject.size == 0

    def read(self, subject: File, context: Context) -> Iterator[Subject]:
        """Yield a document without content."""
        yield Document(origin=subject.origin.aspect("empty"), format="empty")


class PointerReader(Reader[File]):
    """Reads Git LFS pointers: the file itself was not downloaded."""

    id = "pointer"

    def claims(self, subject: File) -> bool:
        """Say whether the first line is that of a pointer."""
        return is_pointer(subject.head, subject.size)

    def read(self, subject: File, context: Context) -> Iterator[Subject]:
        """Yield the gap that the pointer leaves."""
        gap = Gap(
            reason="pointer",
            detail="a Git LFS pointer stands here instead of the file",
            lift="run `git lfs pull`, then audit again",
        )
        yield Document(
            origin=subject.origin.aspect("pointer"), format="lfs-pointer", gaps=(gap,)
        )
