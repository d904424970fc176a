"""Images and media with a known end: PNG, JPEG, GIF, WebP, WAV, BMP, MP4, HEIC.

They hold data and no code; what matters here is what viewers skip: comments, profiles
and private parts, and bytes after the end, where programs are carried past people who
look at the picture.
"""

from collections.abc import Iterator
from typing import ClassVar, Final

from openvet.check import Context, Reader
from openvet.formats.images import WALKS, is_bmp
from openvet.formats.magic import kind_of
from openvet.formats.parts import Parts
from openvet.formats.trailing import after_end
from openvet.subject import Document, File, Gap, Subject

_PICTURES: Final = frozenset({"jpeg", "png"})


def image_kind(head: bytes) -> str:
    """Return the format of an image or media file, or an empty string."""
    if is_bmp(head):
        return "bmp"
    if head[4:8] == b"ftyp":
        return "iso-media"
    kind = kind_of(head)
    return kind if kind in WALKS else ""


class ImageReader(Reader[File]):
    """Reads the outer structure of an image, to its end."""

    id = "image"
    version: ClassVar[int] = 2

    def claims(self, subject: File) -> bool:
        """An image by its magic."""
        return bool(image_kind(subject.head))

    def read(self, subject: File, context: Context) -> Iterator[Subject]:
        """Yield what it holds besides pixels."""
        kind = image_kind(subject.head)
        walked = WALKS[kind](subject.source, context.budget)
        parts = Parts()
        for data, at, name in walked.packed:
            parts.unpacked(data, at, name)
        for start, stop, name in walked.opaque:
            parts.skipped(subject.source, start, stop, name)
        payload = after_end(subject.source, walked.end)
        # Cameras and phones append a second picture or their own data.
        if payload is not None and payload.kind not in _PICTURES:
            parts.payloads.append(payload)
        gaps: tuple[Gap, ...] = ()
        if walked.broken:
            gaps = (Gap(reason="broken", detail=walked.broken, offset=walked.end),)
        yield Document(
            origin=subject.origin.aspect("image"),
            format=kind,
            gaps=gaps,
            texts=tuple(parts.texts),
            payloads=tuple(parts.payloads),
        )
