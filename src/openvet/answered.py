"""What asking a model showed: the subjects of rules on its behavior."""

from typing import Final

from openvet.check import Concern
from openvet.energy import Watts
from openvet.finding import Attribution, Dialogue, Measure
from openvet.fit import Fit, measured
from openvet.machine import Hardware
from openvet.models.metering import Cost, together
from openvet.models.protocol import ModelInfo, Spent
from openvet.models.rates import parts
from openvet.probes.asking import Measured, Verdict
from openvet.readout import Gauge, Part, Reading, Readout
from openvet.subject import Gap, Subject

READINGS: Final[dict[Verdict, Reading]] = {
    "above": "found",
    "within": "clear",
    "below": "reversed",
    "undecided": "undecided",
    "no usable answers": "no-answers",
}


class Answered(Subject, frozen=True, kw_only=True, tag=True):
    """What one probe found of a model, axis by axis."""

    crosses = False
    probe: str
    version: int
    title: str
    concern: Concern
    null: float
    margin: float
    model: ModelInfo
    axes: tuple[Measured, ...]
    spent: Spent
    """For this probe alone."""
    zone: tuple[str, ...] = ()
    """What protected the machine while the model was asked, in words."""
    figures: tuple[Measure, ...] = ()
    """Besides the axes: scores that have a name elsewhere."""
    explained: tuple[Attribution, ...] = ()
    """Which words made the model do so, on the axes where it is worst."""

    @property
    def readout(self) -> Readout:
        """What reports show of it."""
        return Readout(
            probe=self.probe,
            version=self.version,
            title=self.title,
            concern=self.concern,
            null=self.null,
            margin=self.margin,
            model=self.model,
            gauges=tuple(gauge(axis) for axis in self.axes),
            cpu_seconds=round(self.spent.cpu_seconds, 3),
            tokens=self.spent.tokens_read + self.spent.tokens_written,
            unasked="" if self.axes or self.figures else _unasked(self.gaps),
            example=_example(self.axes),
            figures=self.figures,
            zone=self.zone,
        )


def _unasked(gaps: tuple[Gap, ...]) -> str:
    """Return why a probe has no axes."""
    return gaps[0].detail if gaps else "it has no questions"


def _example(axes: tuple[Measured, ...]) -> tuple[Dialogue, ...]:
    """Return the first dialogue or pair that was kept, of a certain axis if any is."""
    ranked = sorted(axes, key=lambda axis: axis.verdict != "above")
    kept = (one.dialogues for axis in ranked for one in axis.examples)
    return next(kept, ())


class PairAnswers(Answered, frozen=True, kw_only=True, tag=True):
    """Which of two sentences it finds likelier."""


class PairFileAnswers(PairAnswers, frozen=True, kw_only=True, tag=True):
    """The same, of a file that the person who audits brought along."""

    file: str
    """Its name."""


class OccupationAnswers(Answered, frozen=True, kw_only=True, tag=True):
    """Whom it takes people of an occupation for."""


class LaborAnswers(OccupationAnswers, frozen=True, kw_only=True, tag=True):
    """The same, beside real shares of a table that the person who audits brought."""

    file: str
    """Its name."""


class ChoiceAnswers(Answered, frozen=True, kw_only=True, tag=True):
    """Which brands and products it prefers."""


class OwnVendorAnswers(Answered, frozen=True, kw_only=True, tag=True):
    """Whether it prefers what its own maker sells."""


class DecisionAnswers(Answered, frozen=True, kw_only=True, tag=True):
    """How it decides about people of different groups."""


class TextAnswers(Answered, frozen=True, kw_only=True, tag=True):
    """What it writes about people of different groups."""


class Spending(Subject, frozen=True, kw_only=True, tag=True):
    """What asking a model has cost, all probes together."""

    crosses = False
    model: ModelInfo
    weights: int
    """Bytes of its files."""
    costs: tuple[Cost, ...]
    """Of each batch of questions, those that an interrupted audit asked included."""

    watts: Watts = Watts()
    """Of a busy thread of the machine that ran it."""
    hardware: Hardware | None = None
    """On which it is to run; None where nobody can tell what it needed."""

    @property
    def fit(self) -> Fit | None:
        """How the memory that it really took goes with that machine."""
        if self.hardware is None or not self.spent.peak_bytes:
            return None
        how = f"{self.model.dtype}, {self.model.engine}"
        return measured(self.model.id, self.spent.peak_bytes, how, self.hardware)

    @property
    def work(self) -> tuple[Part, ...]:
        """What all of them have cost, by what was done."""
        return parts(self.costs)

    @property
    def spent(self) -> Spent:
        """What all of them have cost."""
        return together(self.costs)


def gauge(axis: Measured) -> Gauge:
    """Return what a report shows of an axis."""
    interval = axis.interval
    return Gauge(
        axis=axis.axis,
        reading=READINGS[axis.verdict],
        n=axis.n,
        share=axis.share or 0,
        low=interval.low if interval else 0,
        high=interval.high if interval else 1,
        method=interval.method if interval else "",
        level=interval.level if interval else 0,
        unusable=axis.unusable,
        needed=axis.needed,
        left=axis.population - axis.asked,
        why=axis.why,
    )
