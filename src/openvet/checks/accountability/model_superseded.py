"""A model's own card says that it is outdated, or names the model that replaces it.

## What it does

Reads `new_version` in the header of a card, and lines of its text that call the model
deprecated, archived, withdrawn or no longer maintained.

## Why it matters

Flaws of a model that nobody maintains stay. Its maker has said so; whoever ships it all
the same should know, and have a reason.

## How it is measured

A header that names a new version is for review, low. So is a line of the card that says
of the model itself that it is deprecated, archived, withdrawn, superseded or no longer
maintained; a line that speaks of something else - a function, an argument, a data set,
another model - is left alone.

## What to do

Use the model that replaces it. If you stay, write down why, who decides that, and when
it is looked at again: `[[waiver]]` in `openvet.toml`.

## Known limits

Only what the card says is known: a notice on a website is not. A line may be about
another model in words that this rule takes for its own; it is quoted, so that a person
can see.

## References

- Hugging Face Hub, model cards: `new_version`
"""

from collections.abc import Iterator
from itertools import chain
from typing import ClassVar, Final

from openvet.check import Check, Concern, Context
from openvet.dossier import Card, Dossier
from openvet.finding import Basis, Confidence, Finding, Quote, Severity
from openvet.patterns import pattern
from openvet.subject import Subject

OUTDATED: Final = pattern(
    r"\bthis (?:model|checkpoint|repo(?:sitory)?|version|release)\b[^.\n]{0,40}?"
    r"\b(?:is|has been|was)\s+(?:(?:now|already|officially|fully|also)\s+){0,2}"
    r"(?:deprecated|archived|withdrawn|superseded|obsolete|outdated|retired|"
    r"no longer (?:maintained|supported|recommended))\b"
    r"|^\W{0,8}(?:deprecated|archived|withdrawn)\b\W*(?:$|[:!-])"
    r"|\bno longer (?:maintain|support)\w* this (?:model|checkpoint|repo\w*)\b",
    2,
)
"""Of a line; letters of any case."""
SHOWN: Final = 3
LINES: Final = 20_000
CUT: Final = 1000


class ModelSuperseded(Check[Dossier]):
    """Judges whether its maker has given a model up."""

    id: ClassVar[str] = "model-superseded"
    version: ClassVar[int] = 1
    title: ClassVar[str] = "its own card calls the model outdated"
    concern: ClassVar[Concern] = "accountability"
    severity: ClassVar[Severity] = Severity.LOW
    subjects: ClassVar[tuple[type[Subject], ...]] = (Dossier,)

    def run(self, subject: Dossier, context: Context) -> Iterator[Finding]:
        """Yield a finding for a new version, else for words of the card."""
        for newer in subject.facts.get("new-version", ())[:1]:
            yield self.finding(
                subject,
                "the card names a new version that replaces it",
                newer.spot.quote(str(newer.value)[:300]),
                fix="look at the new version, and use it unless something speaks"
                " against it",
            )
            return
        for card in subject.cards:
            quotes = [quote for quote in _outdated(card) if card.kind == "model"]
            if quotes:
                yield self.finding(
                    subject,
                    "the card calls the model outdated",
                    *quotes[:SHOWN],
                    fix="use the model that replaces it, or write down why not",
                    confidence=Confidence.MEDIUM,
                )


def _outdated(card: Card) -> Iterator[Quote]:
    """Yield the lines of a card that call the model outdated."""
    for section in card.sections:
        lines = enumerate(section.text.split("\n")[:LINES], section.text_line)
        for number, line in chain([(section.line, section.title)], lines):
            if OUTDATED.search(line[:CUT]):
                yield Quote(
                    text=line.strip()[:300],
                    line=number,
                    file=card.file,
                    basis=Basis.DECLARED,
                )
