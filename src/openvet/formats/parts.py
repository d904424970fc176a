"""What stands in the parts of a media file that its players and viewers skip.

A comment, a color profile, a tag of a song: each may hold a program anywhere in it, or
words for whoever reads tags. Sound and pictures themselves are not searched.
"""

import re
from typing import Final

from msgspec import structs

from openvet.formats.trailing import LOOK, payload_within, payloads_in_text
from openvet.source import BytesSource, Source
from openvet.subject import Payload, Text

WORDS: Final = re.compile(rb"[\t\n\r -~]{16,}")
"""What reads as text in a part that may be binary."""
TEXT: Final = 1 << 16
"""Bytes of text kept of one part."""


class Parts:
    """What was found in the skipped parts of one file."""

    def __init__(self) -> None:
        self.payloads: list[Payload] = []
        self.texts: list[Text] = []

    def skipped(self, source: Source, start: int, stop: int, name: str) -> None:
        """Look into a range of the file."""
        found = payload_within(source, start, stop, name)
        data = source.read(start, min(stop - start, LOOK))
        words = b"\n".join(WORDS.findall(data))[:TEXT]
        if found is not None:
            self.payloads.append(found)
        elif not data.isascii():
            spelled = payloads_in_text(words, name)
            self.payloads += [structs.replace(one, offset=start) for one in spelled]
        if words:
            text = words.decode("ascii")
            self.texts.append(Text(key=name, value=text, offset=start))

    def unpacked(self, data: bytes, at: int, name: str) -> None:
        """Look into the content of a part that begins at `at`."""
        inner = Parts()
        inner.skipped(BytesSource(data), 0, len(data), name)
        self.payloads += [structs.replace(found, offset=at) for found in inner.payloads]
        self.texts += [structs.replace(text, offset=at) for text in inner.texts]
