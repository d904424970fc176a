"""What asking the model costs: processor time, electricity, carbon, memory.

## What it does

Notes how much processor time a thousand tokens took on this machine - read, written and
explained apart -, what reading and writing are in electricity and carbon dioxide, how
many operations a token takes, and how much memory the model needed.

## Why it matters

Whoever pays for the machine, and whoever counts emissions, needs a figure before the
model is chosen, not after. A smaller model that does the same work saves both.

## How it is measured

Processor time of the process that ran the model, loading left out, over the tokens it
read, wrote or explained for this audit, batch by batch; the interval is that of a ratio
over batches. Of a batch that reads and writes, what its prompts took to read is taken
off. Words that are explained by gradients go through the model and back, so they have a
line of their own; words that are explained by leaving them out are read. These tokens,
prompts included, are all that the audit asked of the model: the summary of the report
adds them up. What an audit spent before it was interrupted counts too, but for the
batch that was in flight.

Electricity is that of the processor packages where they have a counter that can be
read: it holds what they use idle. Else it is processor time at the watts of a busy
thread, from what the processor is rated for, or from 2, 5 and 10 W where it is not
known: that holds no idling. The evidence says which. Its bounds are those of the
watts, at the ends of the interval of the processor time. Carbon is electricity at the
grid that `[environment]` names, else at the average of the world; the evidence names
source and year.

Operations are two for each parameter that a token goes through: of a mixture of
experts, those outside of experts, and the share of the others that its configuration
says is used. Processor time is what to compare models by: watts cancel on one machine.

## What to do

Compare with other models on the same machine: `openvet compare`. Ask a smaller one
whether it does the work as well. Name your grid:

    [environment]
    grid = "FR"

## Known limits

An audit mostly reads, in batches that a product may not have. Graphics cards are not
measured. Of a model behind an API only tokens are known, as its server counts them.
Electricity of memory and cooling, and making the model, are not in the figure; nor are
idle machines, unless there is a counter: a constant by the hour would say nothing of
the model. A counter sees everything that the processors do meanwhile. Of one batch no
spread is known, so its figure stands without an interval. What a base was asked beside
the model is not in the figure. Grids change by the hour; the factor is an average of a
year.

## References

- ISO/IEC 21031:2024, Software Carbon Intensity
- Kaplan et al. 2020, Scaling Laws for Neural Language Models, section 2.1,
  arXiv 2001.08361: about two operations for each parameter and token
- Patterson et al. 2021, Carbon Emissions and Large Neural Network Training,
  arXiv 2104.10350
- Ember, Yearly Electricity Data, through Our World in Data: grids
"""

from collections.abc import Callable, Iterator
from typing import ClassVar, Final

from openvet.answered import Spending
from openvet.check import Check, Concern, Context
from openvet.energy import LEFT_OUT, LOW, Energy, of_cpu_seconds
from openvet.finding import Evidence, Finding, Measure, Severity
from openvet.grids import grid
from openvet.models.protocol import ModelInfo
from openvet.models.rates import (
    Rate,
    counted,
    explaining,
    reading,
    watt_hours,
    writing,
)
from openvet.readout import Work
from openvet.subject import Subject

GIB: Final = 1 << 30
OPERATIONS: Final = 2
"""For each parameter and token: a product and a sum."""
DOING: Final[dict[Work, str]] = {
    "read": "reading",
    "written": "writing",
    "explained": "explaining",
}
RATES: Final[dict[Work, Callable[..., Rate | None]]] = {
    "read": reading,
    "written": writing,
    "explained": explaining,
}
POWERED: Final[tuple[Work, ...]] = ("read", "written")
"""Of which electricity is told: what products do."""


class AskingCost(Check[Spending]):
    """Notes what asking has cost."""

    id: ClassVar[str] = "asking-cost"
    version: ClassVar[int] = 4
    title: ClassVar[str] = "what asking the model costs"
    concern: ClassVar[Concern] = "environment"
    severity: ClassVar[Severity] = Severity.INFO
    subjects: ClassVar[tuple[type[Subject], ...]] = (Spending,)

    def run(self, subject: Spending, context: Context) -> Iterator[Finding]:
        """Yield one finding where anything was asked."""
        spent = subject.spent
        tokens = spent.tokens_read + spent.tokens_written
        if not tokens:
            return
        times = _times(subject)
        if not times:
            yield self._untimed(subject, tokens)
            return
        # What is named first is what most of an audit is made of.
        work, first = next(iter(times.items()))
        yield self.finding(
            subject,
            f"{DOING[work]} a thousand tokens takes {first.value:.3g} seconds of"
            " processor time here",
            *(_time(subject, work, rate) for work, rate in times.items()),
            *_electricity(subject, times, context.settings.environment.grid),
            *_size(subject),
            fix="compare it with other models on this machine before choosing",
        )

    def _untimed(self, subject: Spending, tokens: int) -> Finding:
        """Return the finding on a model whose time nobody saw, as behind an API."""
        return self.finding(
            subject,
            f"asking took {tokens:,} tokens of {subject.model.device}; the electricity"
            " is not known",
            _exact("tokens", tokens, "counted by what ran the model", n=tokens),
            fix="ask who runs it what a thousand tokens cost",
        )


def _times(subject: Spending) -> dict[Work, Rate]:
    """Return processor time by what was done, as far as it can be told."""
    rates = {work: rate(subject.costs) for work, rate in RATES.items()}
    return {work: rate for work, rate in rates.items() if rate is not None}


def _time(subject: Spending, work: Work, rate: Rate) -> Measure:
    """Return the processor time of one kind of work."""
    how = " by gradients" if work == "explained" else ""
    return Measure(
        name=f"CPU seconds per 1,000 tokens {work}{how}",
        value=rate.value,
        low=rate.low,
        high=rate.high,
        n=rate.tokens,
        method=f"{subject.model.engine}, {subject.model.dtype}, {rate.method}",
        level=rate.level,
    )


def _electricity(
    subject: Spending, times: dict[Work, Rate], place: str | float
) -> Iterator[Evidence]:
    """Yield electricity and carbon for a thousand tokens, read and written."""
    where = grid(place)
    factor = where.grams / 1000  # of a watt-hour
    for work in POWERED:
        rate = times.get(work)
        if rate is None:
            continue
        energy, method = _energy(subject, work, rate)
        yield Measure(
            name=f"watt-hours per 1,000 tokens {work}, {LEFT_OUT[energy.source]}",
            value=energy.mid,
            low=energy.low,
            high=energy.high,
            n=rate.tokens,
            method=f"{energy.source}: {method}",
        )
        yield Measure(
            name=f"grams of CO2e per 1,000 tokens {work}",
            value=energy.mid * factor,
            low=energy.low * factor,
            high=energy.high * factor,
            n=rate.tokens,
            method=f"{where.grams:g} g/kWh of {where.name} ({where.source})",
        )


def _energy(subject: Spending, work: Work, rate: Rate) -> tuple[Energy, str]:
    """Return the electricity of a thousand tokens, and how it is known.

    Args:
        subject: Knows what counters saw.
        work: What was done with the tokens.
        rate: Their processor time.
    """
    # What counters saw of some batches says nothing of the others.
    seen = RATES[work](subject.costs, watt_hours) if counted(subject.costs) else None
    if seen is not None:
        least = of_cpu_seconds(rate.low).low
        energy = Energy(
            low=min(seen.low, least), mid=seen.value, high=seen.high, source="counter"
        )
        how = f"processor packages, whatever else they did, {seen.method}"
        return energy, f"{how}; from {LOW:g} W a thread on"
    watts = subject.watts
    energy = Energy(
        low=of_cpu_seconds(rate.low, watts).low,
        mid=of_cpu_seconds(rate.value, watts).mid,
        high=of_cpu_seconds(rate.high, watts).high,
        source=watts.source,
    )
    return energy, f"{watts.method}; from the least CPU seconds to the most"


def _size(subject: Spending) -> Iterator[Evidence]:
    """Yield operations of a token, and memory."""
    model = subject.model
    if model.parameters:
        operations = OPERATIONS * (model.active or model.parameters) / 1e9
        yield _exact("billion operations per token", operations, _counted(model))
    if subject.spent.peak_bytes:
        needed = subject.spent.peak_bytes / GIB
        how = f"most that the process held, {model.dtype}"
        yield _exact("GiB of memory needed", needed, how)


def _counted(model: ModelInfo) -> str:
    """Return what operations are counted of."""
    rest = "attention to earlier tokens left out"
    if model.active is None or not model.parameters:
        return f"two for each parameter; {rest}"
    share = model.active / model.parameters
    return (
        f"two for each parameter that a token goes through, {share:.1%} of all: of a"
        f" mixture of experts it uses some; {rest}"
    )


def _exact(name: str, value: float, method: str, n: int = 1) -> Measure:
    """Return a figure that was counted, so that no interval belongs to it."""
    return Measure(name=name, value=value, low=value, high=value, n=n, method=method)
