"""A collector of facts that a hostile file cannot make grow without bound.

Graphs repeat themselves: ten thousand nodes of one operation are one fact with a
count. What cannot be merged is capped, and reaching a cap is itself a gap.
"""

from typing import Final

from msgspec import structs

from openvet.artifacts import Operation
from openvet.formats.carried import identify
from openvet.formats.programs import CODE
from openvet.formats.trailing import payloads_in_text
from openvet.source import Source
from openvet.subject import Defect, Gap, Payload, Reference, Text

MOST: Final = 10_000
"""Facts of one kind kept of one file."""
TEXT_BYTES: Final = 4 << 20
"""Longest text kept."""
SEARCHED: Final = 1 << 16
ALL_TEXT_BYTES: Final = 16 << 20
LOOK: Final = 4096
SHORT: Final = 16
"""Bytes under which a string holds no command worth the name."""
LONG: Final = 64
"""Bytes from which a string can hold an encoded program."""


class Facts:
    """What a reader found in one graph, without duplicates and bounded."""

    def __init__(self) -> None:
        self._operations: dict[tuple[str, str, str], tuple[Operation, int]] = {}
        self._gaps: dict[str, Gap] = {}
        self._defects: dict[tuple[str, str], Defect] = {}
        self._references: dict[tuple[str, str, str], Reference] = {}
        self._texts: list[Text] = []
        self._text_left = ALL_TEXT_BYTES
        self._payloads: list[Payload] = []
        self._libraries: dict[str, None] = {}

    def operation(
        self, name: str, domain: str, where: str, detail: str = "", offset: int = 0
    ) -> None:
        """Count an operation; name, domain and detail tell operations apart."""
        key = (domain[:200], name[:200], detail[:200])
        known = self._operations.get(key)
        if known is not None:
            self._operations[key] = (known[0], known[1] + 1)
        elif self._room(len(self._operations), "operations"):
            first = Operation(
                name=key[1],
                domain=key[0],
                where=where[:500],
                detail=key[2],
                offset=offset,
            )
            self._operations[key] = (first, 1)

    def gap(self, gap: Gap) -> None:
        """Keep a gap, once per detail."""
        if len(self._gaps) < MOST:
            self._gaps.setdefault(gap.detail, gap)

    def broken(self, detail: str, offset: int) -> None:
        """Keep the place from which the file could not be read."""
        self.gap(Gap(reason="broken", detail=detail, offset=offset))

    def defect(self, defect: Defect) -> None:
        """Keep a defect, once per code and detail."""
        if self._room(len(self._defects), "defects"):
            self._defects.setdefault((defect.code, defect.detail), defect)

    def reference(self, reference: Reference) -> None:
        """Keep a reference, once per value and use."""
        key = (reference.kind, reference.value, reference.opens)
        if key in self._references:
            return
        if self._room(len(self._references), "references"):
            self._references[key] = reference

    def text(self, key: str, value: str, offset: int = 0) -> None:
        """Keep free text, cut at 4 MiB."""
        if not value or not self._room(len(self._texts), "texts"):
            return
        if len(value) > TEXT_BYTES:
            detail = f"text {key[:200]!r} has {len(value)} characters"
            self.gap(Gap(reason="over-budget", detail=detail, offset=offset))
            value = value[:TEXT_BYTES]
        self._text_left -= len(value)
        if self._text_left < 0:
            self._room(MOST, "texts")
            return
        self._texts.append(Text(key=key[:500], value=value, offset=offset))

    def payload(self, payload: Payload | None) -> None:
        """Keep foreign bytes, if there are any."""
        if payload is not None and self._room(len(self._payloads), "payloads"):
            self._payloads.append(payload)

    def look(self, source: Source, start: int, stop: int, carrier: str) -> None:
        """Identify what stands at the start of bytes that are carried as data."""
        if stop - start < 4:  # noqa: PLR2004 - shorter than any magic
            return
        kind = identify(source.read(start, min(LOOK, stop - start)))
        if kind:
            self.payload(
                Payload(
                    kind=kind, carrier=carrier[:500], offset=start, length=stop - start
                )
            )

    def search(self, text: str, carrier: str, offset: int) -> None:
        """Look for programs encoded inside text that is not kept."""
        for found in payloads_in_text(text, carrier[:500]):
            self.payload(structs.replace(found, offset=offset + found.offset))

    def string(self, source: Source, start: int, stop: int, carrier: str) -> None:
        """Look into a string of which there may be thousands."""
        if stop - start >= SHORT:
            self.look(source, start, stop, carrier)
            data = source.read(start, min(stop - start, SEARCHED))
            self.words(data.decode("utf-8", "backslashreplace"), carrier, start)

    def words(self, text: str, carrier: str, offset: int) -> None:
        """Search a text of which there may be thousands for programs and commands.

        It is kept only if it is short and reads like commands: a vocabulary holds
        every word that a command is made of.
        """
        if len(text) >= LONG:
            self.search(text, carrier, offset)
        if SHORT <= len(text) <= LOOK and CODE.search(text.encode("utf-8", "replace")):
            self.text(carrier, text, offset)

    def library(self, name: str) -> None:
        """Keep the name of a native library that the runtime is asked to load."""
        if self._room(len(self._libraries), "libraries"):
            self._libraries.setdefault(name[:1000])

    @property
    def operations(self) -> tuple[Operation, ...]:
        """Every kind of operation, in the order of first use."""
        return tuple(
            structs.replace(first, count=count)
            for first, count in self._operations.values()
        )

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """What was not read."""
        return tuple(self._gaps.values())

    @property
    def defects(self) -> tuple[Defect, ...]:
        """What no honest writer writes."""
        return tuple(self._defects.values())

    @property
    def references(self) -> tuple[Reference, ...]:
        """What a loader opens."""
        return tuple(self._references.values())

    @property
    def texts(self) -> tuple[Text, ...]:
        """Free text."""
        return tuple(self._texts)

    @property
    def payloads(self) -> tuple[Payload, ...]:
        """Foreign bytes."""
        return tuple(self._payloads)

    @property
    def libraries(self) -> tuple[str, ...]:
        """Native libraries named."""
        return tuple(self._libraries)

    def _room(self, count: int, what: str) -> bool:
        if count < MOST:
            return True
        self._gaps.setdefault(
            what,
            Gap(reason="over-budget", detail=f"more than {MOST} {what} in one file"),
        )
        return False
