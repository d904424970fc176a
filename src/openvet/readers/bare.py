"""Search indices, dictionaries and recognizers: numbers that a native library reads.

Each yields a `Document` without a gap, which is a claim about its library: it turns
these bytes into numbers and words, and asks for no function, module or file that they
name. A program put among the numbers or behind them is looked for all the same. What
was compiled for an accelerator is named, and is a gap: nobody can read it.
"""

from collections.abc import Iterator
from typing import ClassVar

from openvet.check import Context, Reader
from openvet.formats.bare import bare_format
from openvet.formats.trailing import LOOK, after_end
from openvet.source import Source
from openvet.subject import Document, File, Gap, Payload, Subject


class BareReader(Reader[File]):
    """Reads the header of a file of numbers, and looks for programs in the rest."""

    id: ClassVar[str] = "bare"

    def claims(self, subject: File) -> bool:
        """Say whether a magic, a header or a place is known."""
        return bare_format(subject.place, subject.source) is not None

    def read(self, subject: File, context: Context) -> Iterator[Subject]:
        """Yield a document with what stands among the numbers."""
        found = bare_format(subject.place, subject.source)
        if found is None:
            return
        payload = _program(subject.source, f"the numbers of {found.format}")
        if payload is None and found.stop is not None:
            payload = after_end(subject.source, found.stop)
        gap = Gap(
            reason="unsupported",
            detail=f"compiled for {found.runs_on}; no reader for what it holds",
            lift="ask for the model that it was compiled from, audit that, and compile "
            "it yourself",
        )
        yield Document(
            origin=subject.origin.aspect(self.id),
            format=found.format,
            gaps=(gap,) if found.runs_on else (),
            payloads=() if payload is None else (payload,),
        )


def _program(source: Source, carrier: str) -> Payload | None:
    """Return the first program in the first or the last MiB."""
    for start in sorted({0, max(0, source.size - LOOK)}):
        payload = after_end(source, start, carrier)
        if payload is not None and not payload.low_confidence:
            return payload
    return None
