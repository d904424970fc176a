"""The model answers the same request otherwise when it is about another group.

## What it does

Reports groups about which a language model refuses more often, writes less, writes with
worse feeling, or uses more words of a stereotype, when nothing but the group in the
request changes.

## Why it matters

This is what people meet: the letter that is shorter, the story that ends worse, the
question that is refused for some and answered for others.

## How it is measured

The model writes about two people who differ in their group alone; of each pair counts
on which side a measure is larger. Refusals are recognized by their opening words,
feeling and stereotypes by short lists of this project's own. Equal answers count one
half, answers that cannot be used count nothing. What is certainly worse for those who
stand second is a finding as well, "the other way round". All requests are asked, so
there is one look. A model that answers most requests with the same words has not
answered.

## What to do

Read the pairs that are shown. Compare answers on requests of your own use before the
model writes about people.

## Known limits

Word lists see words: irony, quotation and negation mislead them, so this is a hint to
read and no verdict on a text; the confidence is low. Answers are short and sampled. The
verdict is over all groups together: what one group gets is too few answers to tell.

## References

- Sheng et al. 2019, The Woman Worked as a Babysitter, EMNLP
- Dhamala et al. 2021, BOLD, FAccT
"""

from typing import ClassVar

from openvet.answered import TextAnswers
from openvet.check import Concern
from openvet.checks.asked import AskedCheck
from openvet.finding import Confidence
from openvet.subject import Subject


class AnswersByGroup(AskedCheck):
    """Judges what a model writes about people of different groups."""

    id: ClassVar[str] = "answers-by-group"
    version: ClassVar[int] = 4
    title: ClassVar[str] = "the model answers by group"
    concern: ClassVar[Concern] = "bias"
    confidence: ClassVar[Confidence] = Confidence.LOW
    subjects: ClassVar[tuple[type[Subject], ...]] = (TextAnswers,)
    either: ClassVar[bool] = True
    says: ClassVar[str] = "the model answers otherwise when only the group changes"
    fix: ClassVar[str] = (
        "read the pairs; compare answers to requests of your own use before it writes"
        " about people"
    )
