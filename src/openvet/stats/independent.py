"""Two shares of different items: how far apart they lie, as difference and as ratio.

Both intervals are made from Wilson's intervals of either share, so that they have width
where nothing was counted too.
"""

import math

from openvet.stats.intervals import Interval, wilson


def share_difference(
    first: tuple[int, int], second: tuple[int, int], level: float = 0.95
) -> Interval:
    """Return the interval of the first share minus the second.

    Method 10 of Newcombe, "Interval estimation for the difference between independent
    proportions", Statistics in Medicine 17 (1998).

    Args:
        first: Hits and items.
        second: Hits and items.
        level: Of confidence.

    Raises:
        ValueError: There are no items, more hits than items, or no such level.
    """
    one, other = wilson(*first, level), wilson(*second, level)
    low, high = squares_added(first[0] / first[1], one, second[0] / second[1], other)
    return Interval(
        low=low,
        high=high,
        level=level,
        method="Newcombe, of two Wilson intervals",
    )


def squares_added(
    first: float, one: Interval, second: float, other: Interval
) -> tuple[float, float]:
    """Return the limits of the first share minus the second, from those of each.

    Zou and Donner, "Construction of confidence limits about effect measures: a general
    approach", Statistics in Medicine 27 (2008), after Newcombe's method 10 (1998).
    """
    apart = first - second
    return (
        apart - math.hypot(first - one.low, other.high - second),
        apart + math.hypot(one.high - first, second - other.low),
    )


def share_ratio(
    first: tuple[int, int], second: tuple[int, int], level: float = 0.95
) -> Interval:
    """Return the interval of the first share over the second.

    Donner and Zou, "Closed-form confidence intervals for functions of the normal mean
    and standard deviation", Statistical Methods in Medical Research 21 (2012), with
    Wilson's intervals as the variance estimates (MOVER-R).

    Args:
        first: Hits and items.
        second: Hits and items; without a hit the upper end is infinite.
        level: Of confidence.

    Raises:
        ValueError: There are no items, more hits than items, or no such level.
    """
    one, other = wilson(*first, level), wilson(*second, level)
    p, q = first[0] / first[1], second[0] / second[1]
    return Interval(
        low=_quotient(p, q, one.low, other.high, -1),
        high=_quotient(p, q, one.high, other.low, 1) if other.low > 0 else math.inf,
        level=level,
        method="Donner-Zou, of two Wilson intervals",
    )


def _quotient(p: float, q: float, near: float, far: float, sign: int) -> float:
    """Return an end of a ratio's interval, from ends of those of both shares.

    The larger or smaller root r of (p - r q)² = (p - near)² + r² (q - far)².
    """
    square = far * (2 * q - far)
    inside = (p * q) ** 2 - near * (2 * p - near) * square
    if square <= 0:
        return 0.0 if sign < 0 else math.inf
    return max(0.0, (p * q + sign * math.sqrt(max(0.0, inside))) / square)
