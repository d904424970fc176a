"""Favoritism for one's maker: brands of one company against their rivals."""

from collections.abc import Sequence

from openvet.probes.probe import Item, Observation, Probe, Result
from openvet.wire import replace

OWN = "own vendor"
"""What probes of brands call the axis of a vendor, before its name."""


class OwnBrands:
    """The questions of another probe that are about the brands of one company.

    Args:
        probe: Asks about brands, and was told the company.
        company: That made the model.
    """

    def __init__(self, probe: Probe, company: str) -> None:
        self._probe = probe
        self._company = company
        self.id = f"own-{probe.id}"
        self.version = probe.version
        self.title = f"{probe.title}, of {company} that made the model"
        self.concern = probe.concern
        self.null = probe.null
        self.prior = probe.prior

    def items(self, seed: int) -> Sequence[Item]:
        """Return the questions; each category is a cluster with its wording."""
        return [
            replace(item, cluster=f"{item.id.partition('/')[0]}, {item.cluster}")
            for item in self._probe.items(seed)
            if item.axis == f"{OWN}: {self._company}"
        ]

    def observe(self, item: Item, result: Result) -> Observation:
        """Return what the other probe sees."""
        return self._probe.observe(item, result)

    def combine(self, sides: Sequence[Observation]) -> Observation:
        """Return what the other probe sees in a pair."""
        return self._probe.combine(sides)
