"""A model that is likely general-purpose comes without a summary of its training data.

## What it does

Looks for the public summary of the training content that Article 53(1)(d) of the EU AI
Act asks of providers of general-purpose models: a file whose name says so, or a line of
the card that names or links one.

## Why it matters

It is one of two duties from which free and open models are not exempt. It tells holders
of rights and people whose data may be in it where to ask, and whoever builds on the
model what went into it. There is a template of the AI Office; most of what it asks
stands in the card already.

## How it is measured

Asked is a release that generates language, or images or video from text, with its own
training: where files or card show that it was converted or made from another model, the
summary is owed by the provider of that one, and this rule is silent. It is silent too
where training stayed below 10^23 operations, by values counted in the weights and
tokens that the card declares, and where the profile's territory is outside of the Union
or the role is `deployer`. Low; medium for a provider in the Union whose declared
figures are above the threshold.

## What to do

`openvet draft training-summary MODEL` fills the template with what the files prove and
leaves the rest as questions. Publish it with the model and link it in the card. User:
ask the provider.

## Known limits

A summary on a website that the card does not name is not seen. Whether one that is
there says enough is for a person. Models placed on the market before 2 August 2025 have
until 2 August 2027.

## References

- Regulation (EU) 2024/1689, Articles 53(1)(d), 53(2), 111(3), recital 104
- Commission, C(2025) 8311, explanatory notice and template, 5 December 2025
"""

from collections.abc import Iterator
from typing import ClassVar, Final

from openvet.check import Check, Concern, Context, Profile
from openvet.dossier import Dossier
from openvet.finding import Absence, Confidence, Evidence, Finding, Severity
from openvet.openness.release import is_release
from openvet.regulation.act import reach
from openvet.regulation.general_purpose import GeneralPurpose, general_purpose
from openvet.regulation.public import said_on
from openvet.subject import Subject

FIX: Final = (
    "begin one with `openvet draft training-summary`, publish it, name it in the card"
)


class TrainingSummaryMissing(Check[Dossier]):
    """Judges whether a summary of the training content is there or named."""

    id: ClassVar[str] = "training-summary-missing"
    version: ClassVar[int] = 1
    title: ClassVar[str] = "no public summary of the training content"
    concern: ClassVar[Concern] = "governance"
    severity: ClassVar[Severity] = Severity.LOW
    subjects: ClassVar[tuple[type[Subject], ...]] = (Dossier,)

    def run(self, subject: Dossier, context: Context) -> Iterator[Finding]:
        """Yield a finding if nothing speaks of a summary that may be owed."""
        profile = context.settings.profile
        if not is_release(subject) or not _asked(profile):
            return
        found = general_purpose(subject)
        if found.derived is not None or found.likely not in ("likely", "unclear"):
            return
        if not found.made or said_on(subject, "training-summary", context.budget):
            return
        sure = found.likely == "likely"
        owed = sure and reach(profile) == "eu" and profile.role == "provider"
        prefix = "" if reach(profile) == "eu" else "if it is placed on the EU market: "
        what = "likely general-purpose" if sure else "possibly general-purpose"
        yield self.finding(
            subject,
            f"{prefix}a {what} model without a public summary of its training content",
            *_evidence(found),
            fix=FIX,
            severity=Severity.MEDIUM if owed else self.severity,
            confidence=Confidence.MEDIUM if sure else Confidence.LOW,
        )


def _asked(profile: Profile) -> bool:
    return reach(profile) != "outside" and profile.role != "deployer"


def _evidence(found: GeneralPurpose) -> Iterator[Evidence]:
    """Yield where we looked, and why the model may be general-purpose."""
    yield Absence(
        looked_for="a summary of the training content",
        looked_in=("names of files", "text of the cards"),
    )
    spots = [found.made[0].spot]
    spent = found.compute
    if spent.parameters is not None:
        spots.append(spent.parameters.spot)
    if spent.spot is not None:
        spots.append(spent.spot)
    for spot in spots:
        yield spot.quote()
