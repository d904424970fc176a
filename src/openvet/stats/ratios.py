"""Intervals of a ratio of two sums, as seconds for each token over batches."""

import math
from collections.abc import Sequence
from typing import Final

from openvet.stats.intervals import Interval
from openvet.stats.special import t_quantile

FEWEST: Final = 2
"""Pairs below which nothing is known of their spread."""


def ratio_of_sums(
    above: Sequence[float], below: Sequence[float], level: float = 0.95
) -> Interval | None:
    """Return the interval of sum(above) / sum(below) over pairs drawn alike.

    r ± t √(n/(n-1) Σ(y - r x)²) / Σx, from Cochran, "Sampling Techniques" (3rd edition
    1977), chapter 6: the linearized variance of a ratio, and Student's t for few pairs.

    Args:
        above: Numerators, one for each pair, as CPU seconds of batches.
        below: Denominators of the same pairs, as their tokens; none negative.
        level: Of confidence.

    Returns:
        Ends of which neither is below 0 where no numerator is; None for fewer than two
        pairs, of which the spread is not known.

    Raises:
        ValueError: The lists differ in length, or the denominators add up to nothing.
    """
    n, total = len(above), math.fsum(below)
    if n != len(below) or not total > 0:
        raise ValueError("no such ratio")
    if n < FEWEST:
        return None
    ratio = math.fsum(above) / total
    rest = math.fsum((y - ratio * x) ** 2 for y, x in zip(above, below, strict=True))
    reach = t_quantile(level, n - 1) * math.sqrt(n / (n - 1) * rest) / total
    floor = 0.0 if min(above) >= 0 else -math.inf
    return Interval(
        low=max(floor, ratio - reach),
        high=ratio + reach,
        level=level,
        method=f"ratio of sums over {n} batches",
    )
