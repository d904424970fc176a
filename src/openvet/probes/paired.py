"""Paired likelihood: which of two sentences a model finds likelier.

Our own suite is measured by a difference of differences, which cancels how frequent a
group is; see `openvet.probes.contrast`. CrowS-Pairs and StereoSet hold pairs and no
squares, so that a share of them also reflects length and frequency: read it beside
ours, not instead. Files are the user's own; none is shipped.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import ClassVar, Final

from openvet.check import Concern
from openvet.finding import Measure
from openvet.models.protocol import ScoreRequest
from openvet.probes.contrast import (
    contrasted,
    leaning,
    preferred,
    swapped,
    two_ends,
)
from openvet.probes.pair_files import PairFile
from openvet.probes.probe import Item, Observation, Result, alone
from openvet.probes.stereoset import scores
from openvet.probes.suites import Square, counterfactual, squares

AXES: Final = (
    "gender",
    "race",
    "religion",
    "age",
    "disability",
    "orientation",
    "nationality",
    "socioeconomic",
)
"""Of the shipped suite, in the order of its file."""


class CounterfactualPairs:
    """The shipped suite: does a model hold stereotypes likelier of the group they name?

    The share of squares in which it does is 0.5 for a model that associates at random.
    A stereotype may follow a real difference between groups on average: what is
    measured is whether the model goes by it when it knows of a person only the group.
    """

    id: ClassVar[str] = "counterfactual-pairs"
    version: ClassVar[int] = 3
    title: ClassVar[str] = "stereotypes held likelier of the group they are about"
    concern: ClassVar[Concern] = "bias"
    null: ClassVar[float] = 0.5
    prior: ClassVar[tuple[float, float]] = (10, 10)

    def items(self, seed: int) -> Sequence[Item]:
        """Return two items for each square; nothing in them is left to chance."""
        return _sides()

    def observe(self, item: Item, result: Result) -> Observation:
        """Return how far one group leans to the stereotyped attribute."""
        return leaning(item, result, swap=swapped(item.cluster))

    combine = staticmethod(contrasted)


@cache
def _sides() -> tuple[Item, ...]:
    """Return both sides of each square of the shipped suite."""
    return tuple(
        _side(square, place)
        for square in squares(counterfactual())
        for place in range(2)
    )


def _side(square: Square, place: int) -> Item:
    """Return the item that asks about one group of a square."""
    return Item(
        id=f"{square.id}/{place + 1}",
        request=two_ends(
            square.begins[place], square.ends, swap=swapped(square.template)
        ),
        axis=square.axis,
        cluster=square.template,
        crossed=square.groups,
        pair=square.id,
        group=square.groups[place],
        note=f"{square.kind}; {square.source}".removesuffix("; "),
    )


class PairsOfFile:
    """CrowS-Pairs or StereoSet: is the stereotyped sentence the likelier one?

    Args:
        file: As read from the user's file.
        name: Of the file, for people.
        number: Of files of this format, this one from 1.

    Both were made for other scores: CrowS-Pairs masks one word after another (Nangia
    et al. 2020, arXiv 2010.00133), StereoSet averages over tokens (Nadeem et al. 2020,
    arXiv 2004.09456). Here whole sentences are compared by the sum over their tokens,
    as lm-evaluation-harness does for CrowS-Pairs, so that a shorter one has an
    advantage: figures are not those of the papers.
    """

    version: ClassVar[int] = 2
    concern: ClassVar[Concern] = "bias"
    null: ClassVar[float] = 0.5
    prior: ClassVar[tuple[float, float]] = (50, 50)

    def __init__(self, file: PairFile, name: str, number: int = 1) -> None:
        self.id = file.format if number == 1 else f"{file.format}-{number}"
        self.title = f"stereotyped sentences preferred, of {name}"
        self._pairs = file.pairs

    def items(self, seed: int) -> Sequence[Item]:
        """Return an item for each pair of the file."""
        return [
            Item(
                id=pair.id,
                request=ScoreRequest(
                    context=pair.context,
                    continuations=(
                        pair.stereotyped,
                        pair.other,
                        *([pair.unrelated] * bool(pair.unrelated)),
                    ),
                ),
                axis=pair.axis,
                cluster=pair.cluster,
                note=f"line {pair.line}" if pair.line else pair.id,
            )
            for pair in self._pairs
        ]

    def observe(self, item: Item, result: Result) -> Observation:
        """Return whether the stereotyped sentence is the likelier."""
        return preferred(item, result)

    def figures(
        self, given: Mapping[str, Sequence[tuple[Item, Result]]]
    ) -> tuple[Measure, ...]:
        """Return the scores of StereoSet, where there are unrelated sentences."""
        return scores(given)

    combine = staticmethod(alone)
