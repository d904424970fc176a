"""Images and media with a known end: PNG, JPEG, GIF, WebP, WAV, BMP, MP4, HEIC.

They hold data and no code; what matters here is what stands after their end, where
programs are carried past people who look at the picture.
"""

from collections.abc import Iterator
from typing import Final

from openvet.check import Context, Reader
from openvet.formats.images import WALKS, is_bmp
from openvet.formats.magic import kind_of
from openvet.formats.trailing import after_end, payload_in, payloads_in_text
from openvet.subject import Document, File, Gap, Payload, Subject

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

    def claims(self, subject: File) -> bool:
        """An image by its magic."""
        return bool(image_kind(subject.head))

    def read(self, subject: File, context: Context) -> Iterator[Subject]:
        """Yield what it holds besides pixels."""
        kind = image_kind(subject.head)
        walked = WALKS[kind](subject.source, context.budget)
        payloads: list[Payload] = []
        for text in walked.texts:
            payloads.extend(payloads_in_text(text.value, text.key))
        for start, stop, name in walked.opaque:
            window = subject.source.window(start, stop)
            if found := payload_in(window, name, base=start):
                payloads.append(found)
        payload = after_end(subject.source, walked.end)
        # Cameras and phones append a second picture or their own data.
        if payload is not None and payload.kind not in _PICTURES:
            payloads.append(payload)
        gaps: tuple[Gap, ...] = ()
        if walked.broken:
            gaps = (Gap(reason="broken", detail=walked.broken, offset=walked.end),)
        yield Document(
            origin=subject.origin.aspect("image"),
            format=kind,
            gaps=gaps,
            texts=tuple(walked.texts),
            payloads=tuple(payloads),
        )
