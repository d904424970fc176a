"""Sentences in which nothing but the group is exchanged, for models that label text.

Whether labels then move is counterfactual fairness of single texts: Garg et al.,
"Counterfactual fairness in text classification through robustness", AIES 2019 (arXiv
1809.10610); Prabhakaran, Hutchinson and Mitchell, "Perturbation sensitivity analysis to
detect unintended model biases", EMNLP 2019 (arXiv 1910.04210). That they move on the
average, one way: Kiritchenko and Mohammad, "Examining gender and race bias in two
hundred sentiment analysis systems", *SEM 2018 (arXiv 1805.04508).

Any change of words can move a score. So the same sentences are asked with changes that
say nothing of a group, and what moves there is what a group has to exceed.
"""

from functools import cache
from random import Random
from typing import Final

from openvet.probes.suites import opened
from openvet.wire import Record

CONTROL: Final = "no group"
"""The axis of changes that say nothing of a group."""


class GroupSwaps(Record, frozen=True, kw_only=True):
    """The shipped sentences as they are stored."""

    version: int
    license: str
    as_of: str
    templates: tuple[str, ...]
    people: tuple[tuple[str, str, str], ...]
    """Axis, who is more often treated worse, who with is compared."""
    controls: tuple[tuple[str, str], ...]


class Swap(Record, frozen=True, kw_only=True):
    """A sentence about two people."""

    axis: str
    template: str
    """The sentence, with a place for who it is about."""
    groups: tuple[str, str]

    @property
    def texts(self) -> tuple[str, str]:
        """Both sentences."""
        first, second = self.groups
        return self.template.format(who=first), self.template.format(who=second)


@cache
def group_swaps() -> GroupSwaps:
    """Return the shipped sentences as they are stored."""
    return opened("group_swaps", GroupSwaps)


def swaps(seed: int, cap: int) -> dict[str, tuple[Swap, ...]]:
    """Return the pairs of each axis, `CONTROL` among them, in a random order.

    Args:
        seed: Of the order.
        cap: The most pairs of an axis.
    """
    suite = group_swaps()
    people = (*suite.people, *((CONTROL, *pair) for pair in suite.controls))
    axes: dict[str, list[Swap]] = {}
    for template in suite.templates:
        for axis, first, second in people:
            one = Swap(axis=axis, template=template, groups=(first, second))
            axes.setdefault(axis, []).append(one)
    for found in axes.values():
        # The same for all axes, so that they have their sentences in common.
        Random(f"{seed}/group-swaps").shuffle(found)  # noqa: S311 - no secret
    return {axis: tuple(found[:cap]) for axis, found in axes.items()}
