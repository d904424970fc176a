"""What asking the model costs: processor time, electricity, carbon, memory.

## What it does

Notes how much processor time a thousand tokens took on this machine, read and written
apart, what that is in electricity and carbon dioxide, how many operations a token
takes, and how much memory the model needed.

## Why it matters

Whoever pays for the machine, and whoever counts emissions, needs a figure before the
model is chosen, not after. A smaller model that does the same work saves both.

## How it is measured

Processor time of the process that ran the model, loading left out, over the tokens it
read and wrote for this audit, batch by batch; the interval is that of a ratio over
batches. Of a batch that reads and writes, what its prompts took to read is taken off.
What an audit spent before it was interrupted counts too, but for the batch that was in
flight. Electricity is the machine's own counter where it has one; else that time at the
watts of a busy thread, from what the processor is rated for, or from 2, 5 and 10 W
where it is not known. The evidence says which. Carbon is electricity at the grid that
`[environment]` names, else at the average of the world; the evidence names source and
year. Operations are two for each parameter. Processor time is what to compare models
by: watts cancel on one machine.

## What to do

Compare with other models on the same machine: `openvet compare`. Ask a smaller one
whether it does the work as well. Name your grid:

    [environment]
    grid = "FR"

## Known limits

An audit mostly reads, in batches that a product may not have. Graphics cards are not
measured. Of a model behind an API only tokens are known, as its server counts them.
Electricity of memory, idle machines and cooling, and making the model, are not in the
figure: a constant by the hour would say nothing of the model. A counter sees
everything that the machine does meanwhile. Grids change by the hour; the factor is an
average of a year.

## References

- ISO/IEC 21031:2024, Software Carbon Intensity
- Kaplan et al. 2020, Scaling Laws for Neural Language Models, section 2.1,
  arXiv 2001.08361: about two operations for each parameter and token
- Patterson et al. 2021, Carbon Emissions and Large Neural Network Training,
  arXiv 2104.10350
- Ember, Yearly Electricity Data, through Our World in Data: grids
"""

from collections.abc import Iterator
from typing import ClassVar, Final

from openvet.answered import Spending
from openvet.check import Check, Concern, Context
from openvet.energy import Energy, of_cpu_seconds
from openvet.finding import Evidence, Finding, Measure, Severity
from openvet.grids import grid
from openvet.models.rates import (
    Rate,
    overall,
    per_thousand,
    reading,
    watt_hours,
    writing,
)
from openvet.subject import Subject

GIB: Final = 1 << 30
OPERATIONS: Final = 2
"""For each parameter and token: a product and a sum."""
COUNTED: Final = "the machine's counter, whatever else it did; at least 2 W a thread"


class AskingCost(Check[Spending]):
    """Notes what asking has cost."""

    id: ClassVar[str] = "asking-cost"
    version: ClassVar[int] = 3
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
        together = overall(subject.costs)
        if together is None:
            yield self._elsewhere(subject, tokens)
            return
        yield self.finding(
            subject,
            f"a thousand tokens take {together.value:.2g} seconds of processor time"
            " here",
            *_times(subject),
            *_electricity(subject, together, context.settings.environment.grid),
            *_size(subject),
            fix="compare it with other models on this machine before choosing",
        )

    def _elsewhere(self, subject: Spending, tokens: int) -> Finding:
        """Return the finding on a model that ran on somebody else's machine."""
        return self.finding(
            subject,
            f"asking took {tokens:,} tokens of {subject.model.device}; the electricity"
            " is not known",
            Measure(
                name="tokens",
                value=tokens,
                low=tokens,
                high=tokens,
                n=tokens,
                method="counted by the server",
            ),
            fix="ask who runs it what a thousand tokens cost",
        )


def _times(subject: Spending) -> Iterator[Evidence]:
    """Yield processor time by what was done."""
    engine = f"{subject.model.engine}, {subject.model.dtype}"
    for verb, rate in (
        ("read", reading(subject.costs)),
        ("written", writing(subject.costs)),
    ):
        if rate is not None:
            yield Measure(
                name=f"CPU seconds per 1,000 tokens {verb}",
                value=rate.value,
                low=rate.low,
                high=rate.high,
                n=rate.tokens,
                method=f"{rate.method}, {engine}",
            )


def _electricity(
    subject: Spending, rate: Rate, place: str | float
) -> Iterator[Evidence]:
    """Yield electricity and carbon for a thousand tokens of what was asked."""
    energy = of_cpu_seconds(rate.value, subject.watts)
    method = subject.watts.method
    seen = watt_hours(subject.costs)
    if seen is not None:
        hours = per_thousand(seen, subject.costs)
        low = min(hours, of_cpu_seconds(rate.value).low)
        energy = Energy(low=low, mid=hours, high=hours, source="counter")
        method = COUNTED
    yield Measure(
        name="watt-hours per 1,000 tokens, memory and idling left out",
        value=energy.mid,
        low=energy.low,
        high=energy.high,
        n=rate.tokens,
        method=f"{energy.source}: {method}",
    )
    where = grid(place)
    factor = where.grams / 1000  # of a watt-hour
    yield Measure(
        name="grams of CO2e per 1,000 tokens",
        value=energy.mid * factor,
        low=energy.low * factor,
        high=energy.high * factor,
        n=rate.tokens,
        method=f"{where.grams:g} g/kWh of {where.name} ({where.source})",
    )


def _size(subject: Spending) -> Iterator[Evidence]:
    """Yield operations of a token, and memory."""
    if subject.model.parameters:
        operations = OPERATIONS * subject.model.parameters / 1e9
        yield Measure(
            name="billion operations per token",
            value=operations,
            low=operations,
            high=operations,
            n=1,
            method="two for each parameter; attention to earlier tokens left out",
        )
    if subject.spent.peak_bytes:
        needed = subject.spent.peak_bytes / GIB
        yield Measure(
            name="GiB of memory needed",
            value=needed,
            low=needed,
            high=needed,
            n=1,
            method=f"most that the process held, {subject.model.dtype}",
        )
