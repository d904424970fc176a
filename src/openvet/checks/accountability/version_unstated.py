"""Nothing in a release says which version of the model it is.

## What it does

Looks for a version, a revision, a date of release or a changelog: in the cards, the
metadata of weights and packages, `CITATION.cff` and files called so.

## Why it matters

Models change under the same name. Without a version an audit, a complaint or a fix
cannot be tied to what somebody has on disk, and nobody can tell whether a flaw that was
reported is still in it.

## How it is measured

A release that states none of the four is a note.

## What to do

Publisher: state a version in the card and keep a changelog. User: pin the revision that
you downloaded, as `hf:owner/name@revision`, and keep the digests of this audit.

## Known limits

The revision of a repository that was downloaded without its history is not in the
folder. A version in the name of the model alone (`v0.3`) is not taken for one.

## References

- NIST AI 100-1, AI Risk Management Framework 1.0, MANAGE 4.1
- Semantic Versioning 2.0.0
"""

from collections.abc import Iterator
from typing import ClassVar

from openvet.check import Check, Concern, Context
from openvet.dossier import Dossier
from openvet.finding import Absence, Finding, Severity
from openvet.openness.release import is_release
from openvet.subject import Subject

TOLD_BY = ("version", "revision", "released", "changelog")


class VersionUnstated(Check[Dossier]):
    """Judges whether a release says which one it is."""

    id: ClassVar[str] = "version-unstated"
    version: ClassVar[int] = 1
    title: ClassVar[str] = "nothing says which version it is"
    concern: ClassVar[Concern] = "accountability"
    severity: ClassVar[Severity] = Severity.INFO
    subjects: ClassVar[tuple[type[Subject], ...]] = (Dossier,)

    def run(self, subject: Dossier, context: Context) -> Iterator[Finding]:
        """Yield a finding if neither version, date nor changelog is there."""
        if not is_release(subject) or any(subject.facts.get(key) for key in TOLD_BY):
            return
        if any(paper.role == "changelog" for paper in subject.papers):
            return
        yield self.finding(
            subject,
            "nothing says which version of the model this is",
            Absence(
                looked_for="a version, a revision, a date of release or a changelog",
                looked_in=("cards", "metadata", "CITATION.cff", "CHANGELOG"),
            ),
            fix="state a version in the card; until then keep this audit's digests",
        )
