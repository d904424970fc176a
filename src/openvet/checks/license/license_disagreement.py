"""Files of one model name licenses that cannot both hold.

## What it does

Holds every statement of the model's license against the others: the card, the license
text, the metadata of the weights, the metadata of the package. It also holds the
headers of source files against them, where those ask for more.

## Why it matters

Who reads only one of the files believes the wrong thing. A package that says MIT while
its weights say AGPL-3.0 has led people to ship what they had to publish the source of.

## How it is measured

Two statements agree if they share a license, or if one names the family of the other.
It is a conflict where one allows everything and the other limits use or asks to share
alike; it is a review where they differ otherwise, and noted where both are permissive.
A permissive text beside source code may be that of the code, so that this is a review.
Where several texts differ and one of them is what the card says, the others are those
of parts, and noted only.

## What to do

Publisher: state one license everywhere, or say which file is of what. User: go by the
statement that allows least until the publisher has answered.

## Known limits

Which statement is right cannot be told from files. A folder that holds several models
with licenses of their own looks like a disagreement if their cards are not in folders
of their own.

## References

- notAI-tech/NudeNet: MIT in the package, AGPL-3.0 in the ONNX metadata of its weights
- meta-llama/llama#299
"""

from collections.abc import Iterator
from typing import ClassVar, Final

from openvet.check import Check, Concern, Context
from openvet.dossier import Dossier, LicenseClaim
from openvet.finding import Finding, Severity
from openvet.obligations.account import account_of
from openvet.obligations.compare import conflicts_of
from openvet.obligations.graph import Lineage
from openvet.obligations.own import headers_that_ask, name_of, says
from openvet.subject import Subject

SHOWN: Final = 10
FIX: Final = (
    "state one license everywhere, or say which file is of what; until then go by the"
    " one that allows least"
)


class LicenseDisagreement(Check[Dossier]):
    """Judges whether the files of a model name the same license."""

    id: ClassVar[str] = "license-disagreement"
    version: ClassVar[int] = 1
    title: ClassVar[str] = "files of one model name different licenses"
    concern: ClassVar[Concern] = "license"
    severity: ClassVar[Severity] = Severity.HIGH
    subjects: ClassVar[tuple[type[Subject], ...]] = (Dossier,)

    def run(self, subject: Dossier, context: Context) -> Iterator[Finding]:
        """Yield a finding for the worst conflict, and one for headers."""
        lineage = account_of(subject, context.settings.profile).lineage
        conflicts = conflicts_of(lineage, subject)
        if conflicts:
            worst = conflicts[0]
            said = (one for c in conflicts for one in (c.first, c.second))
            spots = dict.fromkeys(one.spot for one in said)
            yield self.finding(
                subject,
                f"{says(worst.first)}, {says(worst.second)}",
                *(spot.quote() for spot in list(spots)[:SHOWN]),
                fix=FIX,
                severity=worst.severity,
            )
        else:
            yield from self._headers(subject, lineage)

    def _headers(self, subject: Dossier, lineage: Lineage) -> Iterator[Finding]:
        """Compare what source files say of themselves."""
        asking: list[LicenseClaim] = headers_that_ask(subject, lineage.statements)
        if asking:
            first = lineage.statements[0]
            names = ", ".join(sorted({name_of(k) for c in asking for k in c.keys}))
            yield self.finding(
                subject,
                f"{says(first)}, source files say {names}",
                first.spot.quote(),
                *(claim.spot.quote() for claim in asking[:SHOWN]),
                fix=FIX,
                severity=Severity.MEDIUM,
            )
