"""There is no way to report a security flaw or harm to whoever answers for a model.

## What it does

Looks for a security policy (`SECURITY.md` and its kin), a security contact in metadata,
and words in the cards on how to report flaws, misuse or harm.

## Why it matters

Whoever finds a backdoor, leaked personal data or a way to make the model do harm needs
an address before the finding is public. Without one, flaws are published first or never
reported.

## How it is measured

A release without any of these is a note. It is no more than that: most models have
none, and an ordinary contact often serves.

## What to do

Publisher: add a `SECURITY.md` with an address and what to expect. User: agree on one
with the publisher, or decide who in your organization receives such reports.

## Known limits

A policy that the platform shows for the whole organization is not in the folder.
Whether anybody reads the address is not tried.

## References

- RFC 9116, A File Format to Aid in Security Vulnerability Disclosure
- Longpre et al., In-House Evaluation Is Not Enough, arXiv 2503.16861
"""

from collections.abc import Iterator
from typing import ClassVar, Final

from openvet.check import Check, Concern, Context
from openvet.dossier import Dossier
from openvet.finding import Absence, Finding, Severity
from openvet.openness.release import is_release
from openvet.patterns import pattern
from openvet.subject import Subject

REPORTS: Final = pattern(
    r"\breport(?:ing)?\b[^.\n]{0,80}\b(?:vulnerabilit|security|misuse|harm|abuse|flaw|"
    r"issue|bug|problem|concern)|\b(?:vulnerabilit\w+|security)\b[^.\n]{0,60}\b(?:report|"
    r"contact|disclos|e-?mail)|\bresponsible disclosure\b",
    2,
)
"""Words of a card that tell how to report something; letters of any case."""


class SecurityContactMissing(Check[Dossier]):
    """Judges whether flaws and harm can be reported."""

    id: ClassVar[str] = "security-contact-missing"
    version: ClassVar[int] = 1
    title: ClassVar[str] = "no way to report a flaw or harm"
    concern: ClassVar[Concern] = "accountability"
    severity: ClassVar[Severity] = Severity.INFO
    subjects: ClassVar[tuple[type[Subject], ...]] = (Dossier,)

    def run(self, subject: Dossier, context: Context) -> Iterator[Finding]:
        """Yield a finding if nothing says where to report."""
        if not is_release(subject) or subject.facts.get("security-contact"):
            return
        if any(paper.role == "security-policy" for paper in subject.papers):
            return
        for card in subject.cards:
            for section in card.sections:
                context.budget.step(1 + len(section.text) // 1000)
                if REPORTS.search(section.text) or REPORTS.search(section.title):
                    return
        yield self.finding(
            subject,
            "nothing says where to report a flaw or harm",
            Absence(
                looked_for="a security policy or contact",
                looked_in=("SECURITY.md", "cards", "metadata"),
            ),
            fix="add a SECURITY.md with an address, or name one in the card",
        )
