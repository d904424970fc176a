"""An archive or stream that unpacks to far more than it is.

## What it does

Reports streams that grow more than a thousandfold when decompressed, archives whose
members share the same bytes so that one kilobyte is unpacked again and again, and
archives of more than ten thousand members that hold next to nothing.

## Why it matters

A file of a few kilobytes fills memory or disk of whoever loads it. Loaders do not
check: `torch.load`, `numpy.load` and `joblib.load` allocate what the archive says, and
a server that accepts uploads stops serving.

## How it is measured

By decompressing as a stream under one budget for the whole audit, to memory and never
to disk, and stopping when a limit is reached. Below 16 MiB a high ratio is not
reported, since it harms nobody. Overlaps and member counts are read off the listing.
What came out before the limit is still judged by every other rule.

## What to do

Do not load the file. If it is yours - an array of one repeated value compresses this
well - store it without compression, or store the value and its shape.

## Known limits

An array of more than 16 MiB of the same value, compressed, cannot be told from a bomb.
Archives nested in archives spend from the same budget and end as "not examined" when it
is used up, which is not a finding.

## References

- CWE-409, improper handling of highly compressed data
- D. Fifield, A better zip bomb, WOOT 2019
"""

from collections.abc import Iterator
from typing import ClassVar, Final

from openvet.check import Check, Context
from openvet.finding import Bytes, Finding, Severity
from openvet.subject import Subject

FIX: Final = "do not load the file; ask for one that is stored without compression"
PREFIX: Final = "bomb-"
"""Codes of defects that this rule judges instead of `malformed-file`."""
_TITLES: Final = {
    "bomb-ratio": "the data grows more than a thousandfold when it is unpacked",
    "bomb-overlap": "members of the archive share the same bytes",
    "bomb-entries": "the archive lists thousands of members that hold nothing",
}
_SHOWN: Final = 10


class DecompressionBomb(Check[Subject]):
    """Judges growth that readers met while unpacking."""

    id: ClassVar[str] = "decompression-bomb"
    version: ClassVar[int] = 1
    title: ClassVar[str] = "unpacking the file exhausts memory or disk"
    severity: ClassVar[Severity] = Severity.HIGH
    subjects: ClassVar[tuple[type[Subject], ...]] = (Subject,)

    def run(self, subject: Subject, context: Context) -> Iterator[Finding]:
        """Yield one finding for each kind of growth."""
        kinds: dict[str, list[Bytes]] = {}
        for defect in subject.defects:
            if defect.code.startswith(PREFIX):
                shown = Bytes(offset=defect.offset, shows=defect.detail[:500])
                kinds.setdefault(defect.code, []).append(shown)
        for code, evidence in kinds.items():
            yield self.finding(
                subject,
                _TITLES.get(code, "the file asks for far more than it holds"),
                *evidence[:_SHOWN],
                fix=FIX,
                live="every loader that unpacks the file",
            )
