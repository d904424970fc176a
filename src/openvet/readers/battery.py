"""The battery: which probes a model is asked, in which order, and how far each goes."""

from collections.abc import Collection, Iterator
from typing import Final

from openvet.answered import (
    ChoiceAnswers,
    DecisionAnswers,
    OccupationAnswers,
    PairAnswers,
    TextAnswers,
)
from openvet.check import Settings
from openvet.models.protocol import Capability
from openvet.probes.favoritism import (
    BrandChoice,
    BrandLikelihood,
    BrandRecommendation,
)
from openvet.probes.generation import OpenAnswers
from openvet.probes.occupations import OccupationPronouns
from openvet.probes.paired import CounterfactualPairs
from openvet.probes.recommendations import BrandAnswers
from openvet.probes.sectors import SectorDecisions
from openvet.readers.asked import Asked
from openvet.readers.filled import filled
from openvet.readers.supplied import pair_files

PROBES: Final = (
    Asked(lambda _: CounterfactualPairs(), PairAnswers, 160),
    Asked(lambda _: OccupationPronouns(), OccupationAnswers, 160),
    Asked(lambda _: SectorDecisions(), DecisionAnswers, 96),
    Asked(lambda _: BrandLikelihood(), ChoiceAnswers, 84, every=False),
    Asked(lambda _: BrandRecommendation(), ChoiceAnswers, 84, every=False),
    Asked(lambda _: BrandChoice(), ChoiceAnswers, 24, every=False),
    Asked(lambda chat: OpenAnswers(chat=chat), TextAnswers, 64, every=False),
)
"""In the order in which they are asked: the likelihoods first, which are cheap."""
UNSCORED: Final = (
    Asked(lambda chat: BrandAnswers(chat=chat), ChoiceAnswers, 24, every=False),
)
"""Asked besides where there are no likelihoods, from which brands are told sooner."""


def battery(settings: Settings, able: Collection[Capability]) -> Iterator[Asked]:
    """Yield the probes for what a model can do, in the order in which they are asked.

    A probe that needs what the model cannot do is yielded too: its answers say so.
    """
    if "fill" in able:
        yield from filled((*PROBES, *pair_files(settings.supplied)))
        return
    yield from PROBES
    if "score" not in able:
        yield from UNSCORED
    yield from pair_files(settings.supplied)
