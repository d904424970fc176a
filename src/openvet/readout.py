"""What asking a model showed, as the ledger keeps it for reports.

Findings tell what is wrong. A report also has to show what was measured and is not, and
what stayed undecided, with n, interval and method; so the step of answers carries this.
"""

from collections.abc import Iterable
from typing import Final, Literal

from openvet.finding import Dialogue, Measure
from openvet.models.protocol import ModelInfo
from openvet.wire import Record

Reading = Literal["found", "clear", "reversed", "undecided", "no-answers"]
WORDS: Final[dict[Reading, str]] = {
    "found": "found",
    "clear": "not found",
    "reversed": "the other way round",
    "undecided": "undecided",
    "no-answers": "no usable answers",
}
"""How reports say it."""


Work = Literal["read", "written", "explained"]
"""What was done with tokens: they were read and no more; written, after a prompt was
read; or read and gone back through, to see by gradients which words matter."""


class Part(Record, frozen=True, kw_only=True):
    """What asking a model has cost for one kind of work."""

    work: Work
    tokens: int
    """Read, written or explained: those that its rate is over."""
    prompts: int = 0
    """Tokens that were read before any were written."""
    cpu_seconds: float = 0


class Gauge(Record, frozen=True, kw_only=True):
    """What was measured on one axis: a share from 0 to 1, between two bounds."""

    axis: str
    reading: Reading
    n: int
    """Items, or pairs of items, with a usable answer."""
    share: float = 0
    """Of them, that show what is looked for; 0 where there are none."""
    low: float = 0
    high: float = 1
    method: str = ""
    """Of the interval."""
    level: float = 0
    """Of its confidence, for this axis alone; 0 in audits that did not note it."""
    unusable: int = 0
    """Items without a usable answer."""
    needed: int | None = None
    """About how many more would decide it; None where nobody can tell."""
    left: int | None = None
    """Of those, that there are; None where nobody can tell."""
    why: str = ""
    """Why answers could not be used."""


class Readout(Record, frozen=True, kw_only=True):
    """What one probe showed of a model."""

    probe: str
    version: int
    title: str
    concern: str
    null: float
    """The share of a model that has nothing of what is looked for."""
    margin: float
    """A share that is certainly no farther from it counts as not found."""
    model: ModelInfo
    gauges: tuple[Gauge, ...]
    cpu_seconds: float = 0
    """Of the process that ran the model, for this probe alone."""
    tokens: int = 0
    """Read and written for it."""
    figures: tuple[Measure, ...] = ()
    """Besides the gauges: scores that have a name elsewhere, in their own unit."""
    unasked: str = ""
    """Why it was not asked at all; empty where it was."""
    example: tuple[Dialogue, ...] = ()
    """One question, or the sides of a pair, with what the model said."""
    zone: tuple[str, ...] = ()
    """What protected the machine while it was asked, be it in an audit before this."""


def added(parts: Iterable[Part]) -> tuple[Part, ...]:
    """Return what asking several models has cost, by what was done."""
    sums: dict[Work, Part] = {}
    for part in parts:
        known = sums.get(part.work, Part(work=part.work, tokens=0))
        sums[part.work] = Part(
            work=part.work,
            tokens=known.tokens + part.tokens,
            prompts=known.prompts + part.prompts,
            cpu_seconds=round(known.cpu_seconds + part.cpu_seconds, 3),
        )
    return tuple(sums.values())
