"""A card calls the model open source, and its license or its parts say otherwise.

## What it does

Looks for sentences and tags in which the model card calls this very model open source
or fully open, and holds them against the license and the parts of the release.

## Why it matters

People choose models by these words. A model "open source" under a license that forbids
uses, caps users or bars commerce is not open source by any published definition, and
who builds on the word alone builds on a right that was never given.

## How it is measured

A sentence counts where it is about this model ("this model is open source", "we
open-source our model", the model's own name) and says so plainly; comparisons, plans,
questions, negations, and words about libraries, code or data do not count. The claim is
unsupported where every statement of the model's license is known not to be open, where
no license is stated at all, or, for "fully open", where neither training data nor
training code is here or named. A license that is not known, or statements that
contradict each other, support no finding here: other rules report those.

## What to do

Publisher: say what is open - weights, code, data - and under which license; or use an
open license. User: go by the license.

## Known limits

English wording only. The base model's license is not looked at: other rules follow the
chain. Weights under an open license without code and data pass as "open source" here;
`open-source-definition` says what the definition asks for beyond.

## References

- Open Source AI Definition 1.0, https://opensource.org/ai/open-source-ai-definition
- The Open Source Definition, https://opensource.org/osd
"""

from collections.abc import Iterator
from itertools import islice
from typing import ClassVar, Final

from openvet.check import Check, Context
from openvet.dossier import Card, Dossier
from openvet.finding import Absence, Confidence, Evidence, Finding, Quote, Severity
from openvet.openness.claims import Claim, claims_of
from openvet.openness.documentation import main_card
from openvet.openness.release import Release, release_of
from openvet.openness.standing import ReleaseTerms, Standing
from openvet.subject import Subject

OTHERS: Final = 5
"""Cards beside the model's own that are read."""
SHOWN: Final = 3
"""Claims that are quoted."""
DERIVED: Final = ("Training code", "Data preprocessing code", "Datasets")
"""What a model that is fully open shows at least one of."""


class OpennessClaimUnsupported(Check[Dossier]):
    """Judges whether a model is as open as its card says."""

    id: ClassVar[str] = "openness-claim-unsupported"
    version: ClassVar[int] = 1
    title: ClassVar[str] = "the card calls the model open, and nothing bears it out"
    concern: ClassVar = "openness"
    severity: ClassVar[Severity] = Severity.MEDIUM
    subjects: ClassVar[tuple[type[Subject], ...]] = (Dossier,)

    def run(self, subject: Dossier, context: Context) -> Iterator[Finding]:
        """Yield at most one finding, with the sentences it is about."""
        names = _names(subject)
        claims = tuple(
            claim
            for card in _cards(subject)
            for claim in claims_of(card, names, context.budget)
        )
        if not claims:
            return
        terms = ReleaseTerms(subject).of("data")
        if terms.license and terms.open is False:
            yield self._closed(subject, claims, terms)
        elif not terms.license:
            yield self.finding(
                subject,
                "the model is called open source, and no license is stated",
                *_quotes(claims),
                Absence(
                    looked_for="a license of the model",
                    looked_in=("the card's header", "files of terms", "metadata"),
                ),
                fix="state an open license, or do not call the model open source",
                confidence=Confidence.MEDIUM,
            )
        elif terms.open and any(claim.fully for claim in claims):
            yield from self._partly(subject, claims)

    def _closed(
        self, subject: Dossier, claims: tuple[Claim, ...], terms: Standing
    ) -> Finding:
        """Return the finding of a license that keeps uses or users out."""
        only_tags = all(claim.tag for claim in claims)
        return self.finding(
            subject,
            f"the model is called open source, and its license is not: {terms.license}",
            *_quotes(claims),
            *_stated(terms),
            fix="name the license instead of calling the model open source, or use an"
            " open license",
            confidence=Confidence.MEDIUM if only_tags else Confidence.HIGH,
        )

    def _partly(self, subject: Dossier, claims: tuple[Claim, ...]) -> Iterator[Finding]:
        """Yield a finding where what a model was made from is not even named."""
        fully = tuple(claim for claim in claims if claim.fully)
        release = release_of(subject)
        if any(_shown(release, name) for name in DERIVED):
            return
        yield self.finding(
            subject,
            "the model is called fully open, and neither its training data nor its"
            " training code is here or named",
            *_quotes(fully),
            Absence(
                looked_for="training data, training code, or links to them",
                looked_in=("the folder", fully[0].file),
            ),
            fix="publish or link training code and data, or say that the weights are"
            " open",
            confidence=Confidence.MEDIUM,
        )


def _shown(release: Release, name: str) -> bool:
    return release.part(name).presence != "absent"


def _cards(dossier: Dossier) -> Iterator[Card]:
    """Yield the model's card, and what stands beside it for people to read."""
    main = main_card(dossier)
    if main is None:
        return
    yield main
    folder = main.file.rpartition("/")[0]
    others = (c for c in dossier.cards if c.kind == "model" and c is not main)
    beside = (c for c in others if c.file.rpartition("/")[0] == folder)
    yield from islice(beside, OTHERS)


def _names(dossier: Dossier) -> tuple[str, ...]:
    """Return what the model is called: in full, and without its owner."""
    said = dossier.facts.get("name", ())
    names = [dossier.name, dossier.name.rpartition("/")[2]]
    names += [one.value for one in said if isinstance(one.value, str)]
    for card in dossier.cards:
        names += [section.title for section in card.sections[:2] if section.level == 1]
    return tuple(name for name in names if name)


def _quotes(claims: tuple[Claim, ...]) -> Iterator[Evidence]:
    for one in claims[:SHOWN]:
        yield Quote(text=one.text, line=one.line, key=one.key, file=one.file)


def _stated(terms: Standing) -> Iterator[Evidence]:
    if terms.spot is not None:
        yield terms.spot.quote(terms.spot.text or terms.license)
