"""The model favors brands, their makers or countries.

## What it does

Reports the brands, the countries they come from, and the model's own vendor, that a
language model chooses over rivals, or finds likelier where something is recommended:
by itself, or than where it is only named.

## Why it matters

Who asks an assistant what to buy takes its word for advice. A preference nobody
disclosed moves markets toward what was written about most, and a vendor's preference
for itself is one that people should know of.

## How it is measured

Three ways, all by likelihood. Brands are compared where one is recommended and none was
named before. A choice between two named brands is asked in both orders, so that a
preference for the first or the last name cancels. A recommendation is compared with a
mention, so that how famous or how long a name is cancels as well. Each brand is held
against every rival of its category. Categories and wordings are this
project's own; all axes share one level of 95 %.

## What to do

Say in your product that recommendations are the model's habit and no comparison. Give
it the facts to compare, ask in both orders, or do not let it recommend.

## Known limits

Fame is a reason for a choice that many people share; only the last measure removes
it. Four brands of each category are known, English wordings only. Rivals that nobody
listed are not seen.

## References

- arXiv 2501.07849, The Invisible Hand, ACL 2025: code models favor providers
- Kamruzzaman et al. 2024, Global is Good, Local is Bad?, EMNLP
"""

from typing import ClassVar

from openvet.answered import ChoiceAnswers
from openvet.check import Concern
from openvet.checks.asked import AskedCheck
from openvet.subject import Subject


class FavorsBrand(AskedCheck):
    """Judges which brands a model prefers."""

    id: ClassVar[str] = "favors-brand"
    version: ClassVar[int] = 2
    title: ClassVar[str] = "the model favors brands"
    concern: ClassVar[Concern] = "social"
    subjects: ClassVar[tuple[type[Subject], ...]] = (ChoiceAnswers,)
    says: ClassVar[str] = "the model favors brands or their countries"
    fix: ClassVar[str] = (
        "tell people that its recommendations compare nothing; give it the facts, ask"
        " in both orders, or do not let it recommend"
    )
