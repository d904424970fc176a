"""How much a thousand tokens cost, by what was done with them, with an interval.

A batch of questions counts for one kind of work and no other, so that the tokens of all
kinds, prompts included, add up to those of the audit.
"""

from collections.abc import Callable, Sequence
from typing import Final, TypeAlias

from openvet.models.metering import Cost, together
from openvet.readout import Part, Work
from openvet.stats.ratios import ratio_of_sums
from openvet.wire import Record, replace

THOUSAND: Final = 1000
WORKS: Final[tuple[Work, ...]] = ("read", "written", "explained")
Taken: TypeAlias = Callable[[Cost], float]
"""What is divided by tokens: `seconds` or `watt_hours` of a batch."""


class Rate(Record, frozen=True, kw_only=True):
    """CPU seconds or watt-hours for a thousand tokens."""

    value: float
    low: float
    high: float
    """Of 95 % confidence, as far as batches of this audit differ; both are the value
    where only one batch was measured, so that nobody can tell."""
    tokens: int
    """That it was measured on."""
    method: str
    level: float = 0
    """Of confidence; 0 where the bounds are none of confidence."""


def seconds(cost: Cost) -> float:
    """Return the processor time of a batch."""
    return cost.spent.cpu_seconds


def watt_hours(cost: Cost) -> float:
    """Return what counters saw of a batch; nothing where they saw none."""
    return cost.watt_hours or 0


def counted(costs: Sequence[Cost]) -> bool:
    """Say whether counters saw every batch, so that rates of them hold for all."""
    return bool(costs) and all(cost.watt_hours is not None for cost in costs)


def reading(costs: Sequence[Cost], taken: Taken = seconds) -> Rate | None:
    """Return what reading costs, from batches that did no more; None without any."""
    return _rate(costs, "read", taken)


def explaining(costs: Sequence[Cost], taken: Taken = seconds) -> Rate | None:
    """Return what explaining by gradients costs, a way there and back; None likewise.

    What is explained by leaving out words is read, and counts as that.
    """
    return _rate(costs, "explained", taken)


def writing(costs: Sequence[Cost], taken: Taken = seconds) -> Rate | None:
    """Return what writing costs; None where nothing was written.

    What reading the prompts took is taken off, at the rate of `reading` where there is
    one; where there is none it stays in, and the method says so.
    """
    wrote = [cost for cost in costs if _work(cost) == "written"]
    prompts = sum(_read(cost) for cost in wrote)
    read = reading(costs, taken)
    each = read.value / THOUSAND if read is not None else 0.0
    pairs = [(taken(c) - each * _read(c), c.spent.tokens_written) for c in wrote]
    if sum(amount for amount, _ in pairs) <= 0:
        return None  # reading alone takes longer: the two cannot be told apart
    how = f"reading {prompts:,} tokens of prompts {'taken off' if each else 'included'}"
    rate = _ratio(pairs, how)
    if rate is None or len(pairs) > 1:
        return rate
    # Of one batch the spread is not known; that reading costs nothing is a bound.
    most = taken(wrote[0]) / rate.tokens * THOUSAND
    return replace(rate, low=0.0, high=most, method=f"bounds of one batch, {how}")


def parts(costs: Sequence[Cost]) -> tuple[Part, ...]:
    """Return what batches have cost by what was done; what was not done is left out."""
    found = []
    for work in WORKS:
        spent = together(cost for cost in costs if _work(cost) == work)
        wrote = work == "written"
        part = Part(
            work=work,
            tokens=spent.tokens_written if wrote else spent.tokens_read,
            prompts=spent.tokens_read if wrote else 0,
            cpu_seconds=round(spent.cpu_seconds, 3),
        )
        if part.tokens or part.prompts:
            found.append(part)
    return tuple(found)


def _work(cost: Cost) -> Work:
    """Return what a batch counts for."""
    if cost.verb == "explain":
        return "explained"
    # Servers may write a token to tell how likely the ones before it are.
    wrote = cost.verb in {"generate", "chat"} or cost.spent.tokens_written
    return "written" if wrote else "read"


def _rate(costs: Sequence[Cost], work: Work, taken: Taken) -> Rate | None:
    """Return what a token that was read costs, for one kind of work."""
    some = [cost for cost in costs if _work(cost) == work and _read(cost)]
    return _ratio([(taken(cost), _read(cost)) for cost in some])


def _ratio(pairs: Sequence[tuple[float, int]], how: str = "") -> Rate | None:
    """Return what was taken over tokens."""
    tokens = sum(count for _, count in pairs)
    total = sum(amount for amount, _ in pairs)
    if not tokens or not total:
        return None
    spread = ratio_of_sums([amount for amount, _ in pairs], [n for _, n in pairs])
    value = total / tokens * THOUSAND
    also = f", {how}" if how else ""
    if spread is None:
        method = f"one batch, so its spread is not known{also}"
        return Rate(value=value, low=value, high=value, tokens=tokens, method=method)
    return Rate(
        value=value,
        low=max(0.0, spread.low * THOUSAND),  # less than nothing is never taken
        high=spread.high * THOUSAND,
        tokens=tokens,
        method=f"{spread.method}{also}",
        level=spread.level,
    )


def _read(cost: Cost) -> int:
    return cost.spent.tokens_read
