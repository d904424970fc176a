"""Which biases a model has from the model that it was made from, and which are new.

The ledger keeps this of each probe that was put to both, so nothing here imports what
asks models.
"""

from typing import Final, Literal

from openvet.models.protocol import ModelInfo
from openvet.subject import Subject
from openvet.wire import Record

Descent = Literal["inherited", "added", "reduced", "absent", "undecided", "no-answers"]
SAID: Final[dict[Descent, str]] = {
    "inherited": "inherited",
    "added": "added",
    "reduced": "reduced",
    "absent": "not in the model",
    "undecided": "undecided",
    "no-answers": "no usable answers",
}
"""How reports say it."""


class Heir(Record, frozen=True, kw_only=True):
    """A model and its base on one axis: shares over the units that both answered."""

    axis: str
    descent: Descent
    n: int
    """Units with a usable answer of both."""
    clusters: int = 0
    """Wordings among them."""
    base: float = 0
    """Share of the base; 0 where there are no units."""
    model: float = 0
    only_base: int = 0
    """Units that only the base shows it on."""
    only_model: int = 0
    low: float = -1
    """Of the model's share less the base's, at 95 % each."""
    high: float = 1
    method: str = ""
    """Of the interval and of the p-value."""
    q: float = 1
    """The p-value that both answer alike, corrected over all axes of all probes."""
    strong: bool = False
    """Whether the model's own share is certainly beyond the margin."""
    needed: int | None = None
    """About how many more units would tell the difference; None: nobody can tell."""


class Heritage(Record, frozen=True, kw_only=True):
    """What one probe shows of a model beside its base."""

    probe: str
    version: int
    title: str
    null: float
    model: ModelInfo
    base: ModelInfo
    axes: tuple[Heir, ...]


class BiasHeritage(Subject, frozen=True, kw_only=True, tag=True):
    """A model beside its base: the subject of rules on inherited and added bias."""

    crosses = False
    found: Heritage | None = None
    """None where the base, or this probe, was not asked."""

    @property
    def heritage(self) -> Heritage | None:
        """What reports show of it."""
        return self.found
