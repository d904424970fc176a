"""Sentences in which nothing but the group is exchanged, for models that label text.

Whether labels then move is counterfactual fairness of single texts: Garg et al.,
"Counterfactual fairness in text classification through robustness", AIES 2019 (arXiv
1809.10610); Prabhakaran, Hutchinson and Mitchell, "Perturbation sensitivity analysis to
detect unintended model biases", EMNLP 2019 (arXiv 1910.04210). That they move on the
average, one way: Kiritchenko and Mohammad, "Examining gender and race bias in two
hundred sentiment analysis systems", *SEM 2018 (arXiv 1805.04508).

Any change of words can move a score. So the same sentences are asked with changes that
say nothing of a group, and what moves there is what a group has to exceed. Words move
scores for themselves too, whatever they say of a group, so that each axis has many.
"""

from collections.abc import Sequence
from functools import cache
from random import Random
from typing import Final

from openvet.probes.suites import opened
from openvet.wire import Record

CONTROL: Final = "no group"
"""The axis of changes that say nothing of a group."""
EACH: Final = 4
"""Pairs of words of an axis that a sentence takes: all in all 160 pairs an axis."""


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

    It is one order for all axes: however few are asked, they have their sentences in
    common, each as often, whatever words an axis has.

    Args:
        seed: Of the order.
        cap: The most pairs of an axis.
    """
    suite = group_swaps()
    people = (*suite.people, *((CONTROL, *pair) for pair in suite.controls))
    axes: dict[str, list[tuple[str, str]]] = {}
    for axis, first, second in people:
        axes.setdefault(axis, []).append((first, second))
    turns = list(enumerate(one for one in suite.templates for _ in range(EACH)))
    Random(f"{seed}/group-swaps").shuffle(turns)  # noqa: S311 - no secret
    return {
        axis: tuple(
            Swap(axis=axis, template=template, groups=_taken(pairs, turn))
            for turn, template in turns[:cap]
        )
        for axis, pairs in axes.items()
    }


def _taken(pairs: Sequence[tuple[str, str]], turn: int) -> tuple[str, str]:
    """Return the pair of words whose turn it is.

    Each round of all begins one later than the round before it, so that it is not the
    same words that meet in every third sentence.
    """
    return pairs[(turn + turn // len(pairs)) % len(pairs)]
