"""Probes as they are put to a model that fills gaps instead of going on with text.

Such a model has seen whole sentences: a text without a full stop has an end that it
hardly knows. And pairs that were made for such models are scored as they were meant to
be: by the tokens that both sentences have in common (CrowS-Pairs: Nangia et al., EMNLP
2020, arXiv 2010.00133), so that how frequent a group or a name is does not enter.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from openvet.finding import Measure
from openvet.models.protocol import ScoreRequest
from openvet.probes.figures import Figured
from openvet.probes.paired import PairsOfFile
from openvet.probes.probe import Item, Observation, Probe, Request, Result
from openvet.wire import replace

SHARED: Final = "crows-pairs"
"""How the ids of probes start whose sentences are scored by what they share."""
ENDS: Final = (".", "!", "?", '"')


class Filling:
    """A probe whose texts are whole sentences.

    Args:
        probe: The probe, made for models that go on with text.
    """

    def __init__(self, probe: Probe) -> None:
        self._probe = probe
        self.id: str = probe.id
        self.version: int = probe.version
        self.title: str = probe.title
        self.concern = probe.concern
        self.null: float = probe.null
        self.prior: tuple[float, float] = probe.prior
        self._given = isinstance(probe, PairsOfFile)
        self._shared = self._given and probe.id.startswith(SHARED)

    def items(self, seed: int) -> Sequence[Item]:
        """Return all questions, in the form that fits."""
        return [
            replace(item, request=self._asked(item.request))
            for item in self._probe.items(seed)
        ]

    def _asked(self, request: Request) -> Request:
        if not isinstance(request, ScoreRequest):
            return request
        if self._given:  # somebody else's sentences are asked as they are
            return replace(request, shared=self._shared)
        ends = (
            end if end.endswith(ENDS) else f"{end}." for end in request.continuations
        )
        return replace(request, continuations=tuple(ends))

    def observe(self, item: Item, result: Result) -> Observation:
        """Return what an answer shows."""
        return self._probe.observe(item, result)

    def combine(self, sides: Sequence[Observation]) -> Observation:
        """Return what the items of a pair show together."""
        return self._probe.combine(sides)

    def figures(
        self, given: Mapping[str, Sequence[tuple[Item, Result]]]
    ) -> tuple[Measure, ...]:
        """Return the figures of the probe, if it has any."""
        return self._probe.figures(given) if isinstance(self._probe, Figured) else ()
