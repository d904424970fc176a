"""A bias of the model was in its base already.

## What it does

Names the axes - gender, race, religion and so on - on which both a model and the model
that it was made from prefer stereotypes or decide by group, where `--base` names that
model.

## Why it matters

Who trains a model further takes over what it has learned of people. Such a bias is not
mended by other data of one's own, it is found in every model from the same base, and
whoever publishes this one passes it on. It is called inherited, intrinsic or upstream
bias, and its way into the new model bias transfer.

## How it is measured

Both models are asked the same items, as many as an axis has, up to the cap. Each is
judged by the rule that judges a model alone: a sequence and an interval over wordings
have to exclude chance. Where they do for both, the bias is inherited - unless the model
certainly has more of it, which is `bias-added`. The difference is told with its
interval: the wider of a cluster-robust one over wordings and a paired bootstrap.

## What to do

Choose another base, or mitigate it and measure again with the same `--base`: what is
certainly less than before is shown as reduced. Say it in the card.

## Known limits

That both have a bias does not prove that the one caused the other: two models trained
on like data are alike as well. Which model is the base is your word; nothing here
proves it. Text that only the one writes is compared only where likelihoods are not to
be had. English, and the groups of the suites.

## References

- Steed et al. 2022, Upstream Mitigation Is Not All You Need: Testing the Bias Transfer
  Hypothesis in Pre-Trained Language Models, ACL
- Bommasani et al. 2021, On the Opportunities and Risks of Foundation Models,
  arXiv 2108.07258, section 5.1: intrinsic bias of a model that others adapt
"""

from typing import ClassVar

from openvet.check import Concern
from openvet.checks.descent import DescentCheck
from openvet.heritage import Descent


class BiasInherited(DescentCheck):
    """Judges whether a bias was in the base already."""

    id: ClassVar[str] = "bias-inherited"
    version: ClassVar[int] = 1
    title: ClassVar[str] = "a bias was in the base already"
    concern: ClassVar[Concern] = "bias"
    descent: ClassVar[Descent] = "inherited"
    says: ClassVar[str] = "the model has biases of its base"
    fix: ClassVar[str] = (
        "choose another base, or mitigate the bias and measure again with the same"
        " --base; say in the card what is inherited"
    )
