"""The battery: which probes a model is asked, in which order, and how far each goes."""

from collections.abc import Collection, Iterator
from typing import Final

from openvet.answered import (
    ChoiceAnswers,
    DecisionAnswers,
    PairAnswers,
    TextAnswers,
)
from openvet.check import Settings
from openvet.models.protocol import Capability
from openvet.probes.explaining import Effort
from openvet.probes.favoritism import (
    BrandChoice,
    BrandLikelihood,
    BrandRecommendation,
)
from openvet.probes.generation import OpenAnswers
from openvet.probes.paired import CounterfactualPairs
from openvet.probes.recommendations import BrandAnswers
from openvet.probes.sectors import SectorDecisions
from openvet.readers.asked import BRIEF, Asked
from openvet.readers.filled import filled
from openvet.readers.supplied import (
    OCCUPATIONS,
    occupations_of,
    own_brands,
    pair_files,
)

SECTORS: Final = Asked(
    lambda _: SectorDecisions(),
    DecisionAnswers,
    480,
    once=True,
    effort=Effort(axes=1, texts=12),
)
"""For a model that reads once what questions share."""
FEWER: Final = SECTORS._replace(probe=lambda _: SectorDecisions(each=1))
"""For one that reads each text as often as it has words."""
PROBES: Final = (
    Asked(lambda _: CounterfactualPairs(), PairAnswers, 192, once=True),
    OCCUPATIONS,
    SECTORS,
    Asked(lambda _: BrandLikelihood(), ChoiceAnswers, 84, every=False, effort=BRIEF),
    Asked(
        lambda _: BrandRecommendation(), ChoiceAnswers, 84, every=False, effort=BRIEF
    ),
    Asked(lambda _: BrandChoice(), ChoiceAnswers, 24, every=False, effort=BRIEF),
    Asked(lambda chat: OpenAnswers(chat=chat), TextAnswers, 96, every=False, once=True),
)
"""In the order in which they are asked: the likelihoods first, which are cheap."""
UNSCORED: Final = (
    Asked(lambda chat: BrandAnswers(chat=chat), ChoiceAnswers, 24, every=False),
)
"""Asked besides where there are no likelihoods, from which brands are told sooner."""


def battery(
    settings: Settings, able: Collection[Capability], vendor: str = ""
) -> Iterator[Asked]:
    """Yield the probes for what a model can do, in the order in which they are asked.

    A probe that needs what the model cannot do is yielded too: its answers say so.

    Args:
        settings: Of the audit.
        able: What the model can do.
        vendor: Who made it, as far as its files say; settings know better.
    """
    supplied = settings.supplied
    fills = "fill" in able
    turned = {
        OCCUPATIONS: occupations_of(supplied) or OCCUPATIONS,
        SECTORS: FEWER if fills else SECTORS,
    }
    probes = tuple(turned.get(one, one) for one in PROBES)
    if fills:
        yield from filled((*probes, *pair_files(supplied)))
        return
    yield from probes
    if "score" not in able:
        yield from UNSCORED
    yield from own_brands(supplied.ask.vendor or vendor)
    yield from pair_files(supplied)
