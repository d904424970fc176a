"""What a comparison of models says, for every writer and for programs."""

from typing import Final, Literal

from openvet.models.protocol import ModelInfo
from openvet.probes.asking import USABLE
from openvet.wire import Record

SCHEMA: Final = "compare-v1"
Source = Literal["asked", "stored"]
Beside = Literal["better", "worse", "differs", "alike", "undecided", "no-answers"]
BESIDE: Final[dict[Beside, str]] = {
    "better": "better",
    "worse": "worse",
    "differs": "differs, as far from chance",
    "alike": "alike",
    "undecided": "undecided",
    "no-answers": "no usable answers of both",
}
"""How reports say it."""
OPPOSITE: Final = "differs, on the other side of chance"
"""How they say "differs" of two shares that are not the same."""
Choice = Literal["not-worse", "worse", "undecided"]
CHOICE: Final[dict[Choice, str]] = {
    "not-worse": "not worse by more than the margin",
    "worse": "worse by more than the margin",
    "undecided": "undecided",
}


class Contender(Record, frozen=True, kw_only=True):
    """One of the models."""

    target: str
    """As the person named it."""
    source: Source
    """Whether it was asked for this, or an earlier audit had asked it."""
    model: ModelInfo | None = None
    """None where it could not be asked."""
    weights: int = 0
    """Bytes; 0 where nobody can tell."""
    cpu_seconds: float = 0
    """For all its answers; 0 where nobody saw them."""
    tokens: int = 0
    """Read and written for them."""
    refused: str = ""
    """Why it is not compared; empty where it is."""
    hint: str = ""
    """What to do about that, where it is known."""


class Standing(Record, frozen=True, kw_only=True):
    """What one model shows on one measure, over its usable answers."""

    n: int
    share: float = 0
    low: float = 0
    high: float = 1
    method: str = ""
    unusable: int = 0
    why: str = ""
    """Why answers could not be used."""

    @property
    def sparse(self) -> bool:
        """Whether too few of its answers are usable to say that it is harmless."""
        return not self.n or self.n < USABLE * (self.n + self.unusable)


class Difference(Record, frozen=True, kw_only=True):
    """A model beside the first, over what both answered."""

    says: Beside
    n: int
    asked: int = 0
    """Items that both were asked; of `n` of them both gave a usable answer."""
    clusters: int = 0
    """Wordings among them."""
    first: float = 0
    """Share of the first model over these items."""
    other: float = 0
    only_first: int = 0
    """Items on which the first has the higher value."""
    only_other: int = 0
    low: float = -1
    """Of the other share less the first, at 95 % each."""
    high: float = 1
    p: float = 1
    q: float = 1
    """The p-value, corrected over all measures and models."""
    method: str = ""
    """Of the interval and the p-value."""
    needed: int | None = None
    """About how many more items would tell this difference."""

    @property
    def sparse(self) -> bool:
        """Whether too few have a usable answer of both to call the models alike."""
        return self.n < USABLE * self.asked

    @property
    def words(self) -> str:
        """How reports say it.

        Two shares as far from chance on one side of it are one share.
        """
        if self.says == "differs" and self.first != self.other:
            return OPPOSITE
        return BESIDE[self.says]


class Measure(Record, frozen=True, kw_only=True):
    """One axis of one probe, side by side."""

    probe: str
    version: int
    title: str
    axis: str
    null: float
    """The share of a model that has nothing of what is looked for."""
    wanted: bool
    """Whether a high share is good; else what is far from the null is bad."""
    standings: tuple[Standing | None, ...]
    """In the order of the contenders; None for one that was not asked this."""
    differences: tuple[Difference | None, ...]
    """Each beside the first; None for the first itself and where one was not asked."""


class Efficiency(Record, frozen=True, kw_only=True):
    """What a model knows for what it costs."""

    contender: int
    known: float
    """Share of the questions of quality that it knows, guesses taken out."""
    low: float
    high: float
    n: int
    per_cpu_second: float | None
    """Questions known for a second of processor time; None where nobody saw it."""
    cpu_seconds: float
    tokens: int


class Smaller(Record, frozen=True, kw_only=True):
    """Whether a smaller model does as well as the largest."""

    contender: int
    beside: int
    says: Choice
    n: int
    difference: float
    """In the share that is right."""
    low: float
    """Of an interval that holds the truth in 95 of 100 cases on this side alone."""
    margin: float
    level: float
    """Of each side, all smaller models together at 95 %."""
    method: str
    needed: int | None = None
    """About how many more items would show that it is not worse, if it is as good."""
    worse_on: tuple[str, ...] = ()
    """Measures on which it is certainly worse than the first model."""


class SideBySide(Record, frozen=True, kw_only=True):
    """Everything that was compared."""

    schema: str
    tool: str
    contenders: tuple[Contender, ...]
    measures: tuple[Measure, ...]
    efficiency: tuple[Efficiency, ...]
    smaller: tuple[Smaller, ...]
    margin: float
    rate: float
    """Of false discoveries among all differences that are called certain."""
    seed: int
    level: float
    """Of confidence, of each interval of a share or a difference alone."""
    not_compared: tuple[str, ...] = ()
    """Sentences that say what was not held against each other, and why."""
    notes: tuple[str, ...] = ()
    """Sentences on what could not be, from what was given."""

    @property
    def exit_code(self) -> int:
        """1 if a model is certainly worse than the first, 4 if not all was compared."""
        found = [d for m in self.measures for d in m.differences if d is not None]
        if any(one.says == "worse" for one in found):
            return 1
        return 4 if self.not_compared or not found else 0
