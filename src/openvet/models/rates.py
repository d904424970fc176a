"""How much a thousand tokens cost, read and written apart, with an interval."""

from collections.abc import Sequence
from typing import Final

from openvet.models.metering import Cost, together
from openvet.stats.ratios import ratio_of_sums
from openvet.wire import Record, replace

THOUSAND: Final = 1000


class Rate(Record, frozen=True, kw_only=True):
    """CPU seconds for a thousand tokens."""

    value: float
    low: float
    high: float
    """Of 95 % confidence, as far as batches of this audit differ."""
    tokens: int
    """That it was measured on."""
    method: str


def reading(costs: Sequence[Cost]) -> Rate | None:
    """Return what reading costs, from batches that wrote nothing; None without any."""
    # Gradients take a way back too.
    other = {"generate", "chat", "explain"}
    only = [c for c in costs if c.verb not in other and _read(c)]
    return _rate([(_seconds(cost), _read(cost)) for cost in only])


def writing(costs: Sequence[Cost]) -> Rate | None:
    """Return what writing costs; None where nothing was written.

    What reading the prompts took is taken off, at the rate of `reading` where there is
    one; where there is none it stays in, and the method says so.
    """
    wrote = [c for c in costs if c.spent.tokens_written and _seconds(c)]
    read = reading(costs)
    each = read.value / THOUSAND if read is not None else 0.0
    pairs = [(_seconds(c) - each * _read(c), c.spent.tokens_written) for c in wrote]
    if sum(seconds for seconds, _ in pairs) <= 0:
        return None  # reading alone takes longer: the two cannot be told apart
    how = "reading of prompts taken off" if each else "reading of prompts included"
    rate = _rate(pairs, how)
    if rate is None or len(pairs) > 1:
        return rate
    # Of one batch the spread is not known; that reading costs nothing is a bound.
    most = _seconds(wrote[0]) / wrote[0].spent.tokens_written * THOUSAND
    return replace(rate, low=0.0, high=most, method=f"bounds of one batch, {how}")


def overall(costs: Sequence[Cost]) -> Rate | None:
    """Return what a token of this audit costs, read or written; None without any."""
    some = [c for c in costs if _read(c) + c.spent.tokens_written and _seconds(c)]
    return _rate([(_seconds(c), _read(c) + c.spent.tokens_written) for c in some])


def watt_hours(costs: Sequence[Cost]) -> float | None:
    """Return what a counter saw in all batches; None where one was not counted."""
    seen = [cost.watt_hours for cost in costs]
    known = [hours for hours in seen if hours is not None]
    return sum(known) if known and len(known) == len(seen) else None


def per_thousand(total: float, costs: Sequence[Cost]) -> float:
    """Return a total over batches for each thousand tokens of them.

    Raises:
        ZeroDivisionError: They have none.
    """
    spent = together(costs)
    return total / (spent.tokens_read + spent.tokens_written) * THOUSAND


def _rate(pairs: Sequence[tuple[float, int]], how: str = "") -> Rate | None:
    """Return seconds over tokens."""
    tokens = sum(count for _, count in pairs)
    seconds = sum(time for time, _ in pairs)
    if not tokens or not seconds:
        return None
    spread = ratio_of_sums([time for time, _ in pairs], [n for _, n in pairs])
    value = seconds / tokens * THOUSAND
    method = "one batch, so its spread is not known"
    if spread is not None:
        method = spread.method
    return Rate(
        value=value,
        low=spread.low * THOUSAND if spread is not None else value,
        high=spread.high * THOUSAND if spread is not None else value,
        tokens=tokens,
        method=f"{method}, {how}" if how else method,
    )


def _seconds(cost: Cost) -> float:
    return cost.spent.cpu_seconds


def _read(cost: Cost) -> int:
    return cost.spent.tokens_read
