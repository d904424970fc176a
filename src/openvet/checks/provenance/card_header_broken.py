"""The header of a card cannot be read, so nothing of what it declares counts.

## What it does

Names the line on which the YAML between the first two lines of `---` of a README stops
being YAML: a bracket or quote that never ends, a colon inside a value, a tab, a key
that stands twice, a second line of dashes that is missing.

## Why it matters

License, base model, data sets and language stand in the header. Hubs, tools that build
a bill of materials and rules on licenses read them there; where the header breaks they
see a model without a license and without a parent, and most of them do not say why. A
key that stands twice has one value for one tool and another for the next.

## How it is measured

The header is what huggingface_hub takes for it. It is parsed without resolving tags,
with bounds on depth, on aliases and on size. In the top folder a broken header is a
review; READMEs further down are of parts, and are noted.

## What to do

Mend the line that is named; quotes around a value help in most cases.

## Known limits

A header that is valid YAML and says nothing sensible passes: other rules look at what
it says. Where YAML 1.1 and 1.2 read a value differently, no rule says so.

## References

- https://huggingface.co/docs/hub/model-cards
- https://yaml.org/spec/1.2.2/
"""

from collections.abc import Iterator
from typing import ClassVar, Final

from openvet.check import Check, Concern, Context
from openvet.dossier import Card
from openvet.finding import Finding, Quote, Severity
from openvet.subject import Subject

FIX: Final = "mend the line; quotes around the value help in most cases"


class CardHeaderBroken(Check[Card]):
    """Judges whether the header of a card can be read."""

    id: ClassVar[str] = "card-header-broken"
    version: ClassVar[int] = 1
    title: ClassVar[str] = "the header of a card cannot be read"
    concern: ClassVar[Concern] = "provenance"
    severity: ClassVar[Severity] = Severity.MEDIUM
    subjects: ClassVar[tuple[type[Subject], ...]] = (Card,)

    def run(self, subject: Card, context: Context) -> Iterator[Finding]:
        """Yield a finding for the line that is to blame."""
        if not subject.problem:
            return
        aside = "/" in subject.file or len(subject.place) > 1
        yield self.finding(
            subject,
            f"the header of the card breaks: {subject.problem}",
            Quote(text=subject.problem_text, line=subject.problem_line),
            fix=FIX,
            severity=Severity.LOW if aside else self.severity,
        )
