"""A bias of the model is stronger than in its base: its own training added it.

## What it does

Names the axes - gender, race, religion and so on - on which a model prefers stereotypes
or decides by group, and does so certainly more than the model that it was made from,
where `--base` names that model.

## Why it matters

What was added can be taken away again by whoever added it: it comes from the data or
the aim of the last training, and not from the base. A model that was trained for
another purpose should not leave it more biased than it began. The growth of a bias from
data to model, or from model to model, is called bias amplification.

## How it is measured

Both models are asked the same items, as many as an axis has, up to the cap. The model
itself has to be certainly above chance, by the rule that judges a model alone. The
difference between the two is tested on the items themselves: the labels of the two
models are exchanged wording by wording, which is McNemar's exact test where each
wording has one item. P-values are corrected over all axes of all probes (Benjamini and
Hochberg, 5 %).

SmolLM2-135M was trained further on half of the statements of the suite, as stereotypes
on the four axes where it has none that are certain (`scripts/bench planted`). All four
were called added, after 192 squares each; of a twin trained on both sides of the same
statements, none.

## What to do

Look at the data of the last training for texts about these groups. Train again without
them, or with counterparts in which the groups are swapped, and measure again.

## Known limits

A small addition is not certain on the items that an axis has; the report says what
would take more. Which model is the base is your word; nothing here proves it. English,
and the groups of the suites.

## References

- Zhao et al. 2017, Men Also Like Shopping: Reducing Gender Bias Amplification using
  Corpus-level Constraints, EMNLP
- Noreen 1989, Computer-intensive methods for testing hypotheses; Benjamini and Hochberg
  1995, Controlling the false discovery rate, JRSS B 57
"""

from typing import ClassVar

from openvet.check import Concern
from openvet.checks.descent import DescentCheck
from openvet.heritage import Descent


class BiasAdded(DescentCheck):
    """Judges whether a bias is certainly stronger than in the base."""

    id: ClassVar[str] = "bias-added"
    version: ClassVar[int] = 1
    title: ClassVar[str] = "a bias was added to that of the base"
    concern: ClassVar[Concern] = "bias"
    descent: ClassVar[Descent] = "added"
    says: ClassVar[str] = "the model is more biased than its base"
    fix: ClassVar[str] = (
        "look for texts about these groups in what it was trained on last; train again"
        " without them or with the groups swapped, and measure again"
    )
