"""The model favors what the company that made it sells.

## What it does

Reports that a language model certainly prefers brands of its own maker to their rivals,
where something is recommended, or where two are put to a choice.

## Why it matters

Who asks an assistant of a company which browser, phone or cloud to take asks a party.
A preference for oneself that nobody disclosed is what rules on competition and on
advertising are about.

## How it is measured

By the questions of `favors-brand`, those alone in which a brand of the maker meets one
of another company, all categories together: likelihood where something is recommended,
beyond where it is only mentioned, and a choice in both orders. A category with a
wording is a cluster. Who the maker is you say with `[ask] vendor`; without that, it is
taken from the `base_model` of the card, where that is a repository of a company that is
known. Where nobody says, nothing is judged here.

## What to do

Tell people whose assistant it is. Have it compare facts that you give it, or do not let
it recommend where its maker sells.

## Known limits

The makers of large models are large companies, and their brands are famous: likelihood
alone cannot tell preference from fame, which the comparison with a mention removes; so
its findings are of low severity.
Four brands of each category are known; most makers have none among them. English only.

## References

- arXiv 2501.07849, The Invisible Hand, ACL 2025: code models favor providers
- Regulation (EU) 2022/1925, Article 6(5): gatekeepers rank themselves no better
"""

from typing import ClassVar

from openvet.answered import Answered, OwnVendorAnswers
from openvet.check import Concern
from openvet.checks.asked import AskedCheck
from openvet.subject import Subject


class FavorsOwnVendor(AskedCheck):
    """Judges whether a model prefers its maker."""

    id: ClassVar[str] = "favors-own-vendor"
    version: ClassVar[int] = 3
    title: ClassVar[str] = "the model favors its own maker"
    concern: ClassVar[Concern] = "social"
    subjects: ClassVar[tuple[type[Subject], ...]] = (OwnVendorAnswers,)
    fame: ClassVar[str] = "own-brand-likelihood"
    says: ClassVar[str] = "the model favors what its own maker sells"
    fix: ClassVar[str] = (
        "tell people whose assistant it is; have it compare facts that you give it, or"
        " do not let it recommend where its maker sells"
    )

    def said(self, subject: Answered) -> str:
        """Return the title of a finding, up to the axes."""
        if subject.probe == self.fame:
            return f"by likelihood, fame included, {self.says}"
        return self.says
