"""What a parser writes down while it walks a file."""

from collections.abc import Iterator
from typing import Final, TypeVar

from msgspec import Struct, structs

from openvet.formats.carried import LOOK
from openvet.formats.encodings import UNREAD, encoded_in
from openvet.formats.magic import kind_of
from openvet.formats.programs import program
from openvet.formats.trailing import SMALL, after_end, payload_in
from openvet.source import BytesSource, Source
from openvet.subject import (
    Defect,
    File,
    Gap,
    GapReason,
    Origin,
    Payload,
    Subject,
    Text,
)

S = TypeVar("S", bound=Subject)
GLANCE: Final = 512
"""Bytes that show whether a longer look is worth it."""
SMALL_FILE: Final = 16 << 20
"""Bytes of a file all of whose values are searched."""
KEPT: Final = 100
"""Notes of one kind that are kept; a hostile file can earn millions."""
BLOCK: Final = 4096
"""Least that a program which downloads, or a file system, writes at once."""
TEXT_BYTES: Final = 4 << 20
"""Longest string kept; the tags of a large training set reach some million."""
TEXTS_BYTES: Final = 8 << 20
"""All strings kept of one file."""
CUT: Final = 1 << 16
"""Characters of a string whose beginning is enough."""
TEXT_COST: Final = 32
"""What an empty string counts as."""


class Notes(Struct):
    """Facts of one file, gathered by a parser and handed to its reader."""

    defects: list[Defect] = []
    gaps: list[Gap] = []
    texts: list[Text] = []
    payloads: list[Payload] = []
    members: list[tuple[str, Source]] = []
    """Foreign files carried inside, by the name they are reported under."""
    _text_bytes: int = 0

    def attack(self, code: str, detail: str, offset: int = 0, live: str = "") -> None:
        """Note structure that aims at a loader or hides content."""
        if len(self.defects) < 2 * KEPT:  # a crowd of oddities displaces no attack
            self.defects.append(
                Defect(code=code, detail=detail, offset=offset, live=live)
            )

    def odd(self, code: str, detail: str, offset: int = 0) -> None:
        """Note structure that a careless writer could produce."""
        if len(self.defects) < KEPT:
            self.defects.append(
                Defect(code=code, detail=detail, offset=offset, weight="odd")
            )

    def cut_off(self, prefix: str, detail: str, source: Source) -> None:
        """Note that a file ends before what it announces.

        Downloads and file systems write in blocks, so a file that ends inside its
        first block did not break off: what it announces is not true.
        """
        if source.size < BLOCK:
            self.attack(
                f"{prefix}-truncated",
                f"{detail}, and is too short to be a download that broke off",
                source.size,
                live="readers that allocate or read what is announced",
            )
        else:
            self.odd(f"{prefix}-truncated", detail, source.size)
        self.gap("broken", detail, source.size, lift="download the file again")

    def gap(
        self, reason: GapReason, detail: str, offset: int | None = None, lift: str = ""
    ) -> None:
        """Note a part that was not read."""
        if len(self.gaps) < KEPT:
            self.gaps.append(
                Gap(reason=reason, detail=detail, offset=offset, lift=lift)
            )

    def text(self, key: str, value: str, offset: int = 0) -> None:
        """Keep a string for the rules on text, and open what it encodes."""
        self._text_bytes += len(value) + TEXT_COST
        if len(value) > TEXT_BYTES or self._text_bytes > TEXTS_BYTES:
            detail = f"string {key!r} has {len(value)} characters"
            self.gap("over-budget", detail, offset)
            return
        self.texts.append(Text(key=key, value=value, offset=offset))
        for number, run in enumerate(encoded_in(value, stages=True)):
            blob = run.found
            if blob.kind == "pickle" and not program(blob.data):
                if len(self.members) >= KEPT:
                    self.gap("over-budget", f"pickles in {key!r}", offset)
                    return
                self.members.append((f"{key}#{number}", BytesSource(blob.data)))
                continue
            if blob.kind == UNREAD:
                self.gap("over-budget", f"encoded text in {key!r}", offset)
                return
            if len(self.payloads) >= KEPT:
                return
            encoding = " in ".join(reversed(blob.layers))
            self.payloads.append(
                Payload(
                    kind=blob.kind,
                    carrier=f"{encoding} text of {key}",
                    offset=offset,
                    length=len(blob.data),
                )
            )
            if blob.kind == "code":
                code = blob.data[:LOOK].decode("ascii", "backslashreplace")
                self.texts.append(
                    Text(key=f"{key} ({encoding})", value=code, offset=offset)
                )
            else:
                self.members.append((f"{key}#{number}", BytesSource(blob.data)))

    def look(self, source: Source, start: int, stop: int, carrier: str) -> str:
        """Identify the bytes of a range; a foreign format becomes a member."""
        head = source.read(start, min(GLANCE, stop - start))
        plain = not head or (head[0] not in b"c(" and not kind_of(head))
        if plain and (source.size > SMALL_FILE or stop - start > SMALL):
            return ""
        return self._keep(
            payload_in(source.window(start, stop), carrier), start, source
        )

    def rest(self, source: Source, start: int, stop: int, carrier: str) -> str:
        """Identify bytes that nothing claims, wherever in them something begins.

        Returns:
            The format, or an empty string for bytes that no format explains.
        """
        return self._keep(
            after_end(source.window(start, stop), 0, carrier), start, source
        )

    def _keep(self, payload: Payload | None, base: int, source: Source) -> str:
        """Keep a payload that was found in a window of a file from `base` on."""
        if payload is None:
            return ""
        # A crowd of bytes that may be something displaces nothing that is.
        if len(self.payloads) >= (KEPT if payload.low_confidence else 2 * KEPT):
            return ""
        start = base + payload.offset
        self.payloads.append(structs.replace(payload, offset=start))
        if payload.low_confidence:
            return ""
        self.members.append(
            (payload.carrier, source.window(start, start + payload.length))
        )
        return payload.kind

    def carried(self, data: bytes, carrier: str, offset: int = 0) -> str:
        """Identify bytes already in memory; a foreign format becomes a member."""
        before = len(self.payloads)
        kind = self.look(BytesSource(data), 0, len(data), carrier)
        if kind and len(self.payloads) > before:
            self.payloads[-1] = structs.replace(self.payloads[-1], offset=offset)
        return kind

    def attach(self, subject: S) -> S:
        """Return a subject of the file with these notes on it."""
        return structs.replace(
            subject,
            texts=tuple(self.texts),
            gaps=tuple(self.gaps),
            defects=tuple(self.defects),
            payloads=tuple(self.payloads),
        )

    def files(self, origin: Origin) -> Iterator[File]:
        """Yield the foreign files carried inside, for other readers."""
        for name, source in self.members:
            yield File(origin=origin.at(name), source=source)


class Texts(Notes):
    """Notes for who wants the texts of a file and nothing else: none is searched."""

    def text(self, key: str, value: str, offset: int = 0) -> None:
        """Keep a string."""
        self._text_bytes += len(value) + TEXT_COST
        if self._text_bytes <= TEXTS_BYTES:
            self.texts.append(Text(key=key, value=value[:CUT], offset=offset))

    def look(self, source: Source, start: int, stop: int, carrier: str) -> str:
        """Leave the bytes alone."""
        return ""


def is_zero(source: Source, start: int, stop: int, limit: int = 16 << 20) -> bool:
    """Tell whether a range holds only zeros; beyond `limit` bytes it is taken not to.

    Writers pad with zeros, so a range of anything else was put there.
    """
    if stop - start > limit:
        return False
    return all(chunk.count(0) == len(chunk) for chunk in source.chunks(start, stop))
