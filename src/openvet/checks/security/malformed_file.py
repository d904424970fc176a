"""The file contradicts itself in a way that no honest writer produces.

## What it does

Collects what the readers of every format note while they parse: two listings of one
archive that disagree, members listed twice, lengths that lead outside the file,
overlapping or unclaimed ranges, checksums and flags that cannot be right, programs cut
in the middle.

## Why it matters

Loaders disagree about a broken file, and attackers live on the disagreement. A scanner
built on Python's `zipfile` refuses a member whose local header claims to be encrypted;
`torch.load` ignores the flag and runs the pickle inside (CVE-2025-1945,
CVE-2025-10156). Lengths that overflow are how native readers of weights are attacked
(CVE-2024-23496 and its siblings).

## How it is measured

Each finding names one kind of contradiction, where it stands, and which loader reads
it how. Kinds that only a deliberate writer produces fail; kinds that a broken download
or a careless tool can produce, such as a wrong checksum, are a review. What honest
writers do - data descriptors, padding, zip64, extra fields - is not reported.

## What to do

Do not load the file. Download it again and compare its digest with the publisher's; if
it stays the same, it was made this way.

## Known limits

A file can be well-formed and hostile; other rules judge what it holds. A contradiction
that our reader does not look for is not seen.

## References

- CVE-2025-1944, CVE-2025-1945, CVE-2025-10156: zip headers that hide a pickle from
  scanners while torch loads it
- CVE-2024-23496, CVE-2024-21836, CVE-2024-21802: lengths in GGUF files
- CWE-436, interpretation conflict
"""

from collections.abc import Iterator
from itertools import groupby
from operator import attrgetter
from typing import ClassVar, Final

from openvet.check import Check, Context
from openvet.checks.security.decompression_bomb import PREFIX as BOMB
from openvet.finding import Bytes, Finding, Severity
from openvet.subject import Defect, Subject

FIX: Final = (
    "do not load the file; download it again and compare digests, and ask the "
    "publisher if it stays the same"
)
_SHOWN: Final = 10
_TITLE: Final = 160


class MalformedFile(Check[Subject]):
    """Judges contradictions that readers noted, of any format."""

    id: ClassVar[str] = "malformed-file"
    version: ClassVar[int] = 1
    title: ClassVar[str] = "the file contradicts itself"
    severity: ClassVar[Severity] = Severity.HIGH
    subjects: ClassVar[tuple[type[Subject], ...]] = (Subject,)

    def run(self, subject: Subject, context: Context) -> Iterator[Finding]:
        """Yield one finding for each kind of contradiction."""
        defects = [d for d in subject.defects if not d.code.startswith(BOMB)]
        defects.sort(key=attrgetter("code", "weight", "offset"))
        for (_, weight), group in groupby(defects, attrgetter("code", "weight")):
            same = list(group)
            attack = weight == "attack"
            yield self.finding(
                subject,
                _title(same),
                *(
                    Bytes(offset=defect.offset, shows=defect.detail[:500])
                    for defect in same[:_SHOWN]
                ),
                fix=FIX,
                severity=self.severity if attack else Severity.MEDIUM,
                live=same[0].live,
            )


def _title(same: list[Defect]) -> str:
    """Return the first contradiction in words, and how many there are like it."""
    words = same[0].code.replace("-", " ")
    detail = same[0].detail[:_TITLE]
    more = f" (and {len(same) - 1} more)" if len(same) > 1 else ""
    return f"{words}: {detail}{more}"
