"""How many items it takes, before any is asked.

Sequences plan themselves: `openvet.stats.sequences.needed`.
"""

import math
from bisect import bisect_left
from collections.abc import Callable
from statistics import NormalDist
from typing import Final

from openvet.stats.special import (
    beta_tails,
    check_level,
    check_share,
    normal_quantile,
)

FARTHEST: Final = 10**7
"""Items; what takes more is not planned."""
HALVINGS: Final = 60


def power(n: int, share: float, null: float, level: float = 0.95) -> float:
    """Return how likely an exact binomial test of n items is to refute a null.

    The two tails of the null have at most (1 - level) / 2 each.

    Args:
        n: Items.
        share: The true share.
        null: The share that is asked about.
        level: Of confidence.

    Raises:
        ValueError: There is no item, or a share or the level is out of range.
    """
    check_level(level)
    check_share(share)
    _check_null(null)
    if n < 1:
        raise ValueError(f"a test needs at least one item, not {n}")
    tail = (1 - level) / 2
    least = _first(n, lambda hits: _below(hits, n, null) > tail)
    most = _first(n, lambda hits: _above(hits, n, null) <= tail)
    return _below(least - 1, n, share) + _above(most, n, share)


def fixed_items(
    share: float, null: float, least_power: float = 0.8, level: float = 0.95
) -> int:
    """Return the number of items from which on an exact test has the power.

    The power of a test of counts goes up in steps that fall back a little, so this is
    the number after the last fall below.

    Args:
        share: The true share that is to be told from the null.
        null: The share that is asked about.
        least_power: The least chance to tell it, between 0 and 1.
        level: Of confidence.

    Raises:
        ValueError: An argument is out of range, both shares are the same, or it takes
            more than ten million items.
    """
    check_share(share)
    _check_null(null)
    check_level(level)
    n = _about(
        math.sqrt(null * (1 - null)),
        math.sqrt(share * (1 - share)),
        share - null,
        least_power,
        level,
    )
    highest = n + 4 * math.isqrt(n) + 20
    while power(highest, share, null, level) < least_power:
        highest += highest // 4
    while highest > 1 and power(highest - 1, share, null, level) >= least_power:
        highest -= 1
    return highest


def paired_items(
    only_first: float, only_second: float, least_power: float = 0.8, level: float = 0.95
) -> int:
    """Return the number of pairs that McNemar's test needs.

    (z √ψ + y √(ψ - δ²))² / δ² with the share ψ of pairs that differ and the difference
    δ: Connor, "Sample size for testing differences in proportions for the paired-sample
    design", Biometrics 43 (1987). An approximation; the exact test needs a few more.

    Args:
        only_first: The share of pairs in which only the first hits.
        only_second: The share in which only the second does.
        least_power: The least chance to find the difference, between 0 and 1.
        level: Of confidence.

    Raises:
        ValueError: An argument is out of range, there is no difference, or it takes
            more than ten million pairs.
    """
    check_share(only_first)
    check_share(only_second)
    both, difference = only_first + only_second, only_first - only_second
    check_share(both, "sum of shares")
    check_level(level)
    spread = math.sqrt(max(0.0, both - difference**2))
    return _about(math.sqrt(both), spread, difference, least_power, level)


def noninferior_items(
    differing: float, margin: float, least_power: float = 0.8, level: float = 0.95
) -> int:
    """Return the number of pairs that show that a share is not worse by a margin.

    (z + y)² ψ / margin² with the share ψ of pairs that differ, where neither side is
    better and z is that of one side alone: Liu, Hsueh, Hsieh and Chen, "Tests for
    equivalence or non-inferiority for paired binary data", Statistics in Medicine 21
    (2002). An approximation; items that resemble each other need more.

    Args:
        differing: The share of pairs on which the two sides differ.
        margin: By how much the second may be worse, above 0.
        least_power: The least chance to show it, between 0 and 1.
        level: Of confidence, of the one side that counts.

    Raises:
        ValueError: An argument is out of range, or it takes more than ten million.
    """
    check_share(differing)
    check_level(level)
    spread = math.sqrt(differing)
    return _about(spread, spread, margin, least_power, 2 * level - 1)


def detectable(
    n: int, null: float, least_power: float = 0.8, level: float = 0.95
) -> float | None:
    """Return the smallest share above a null that n items would tell from it.

    Args:
        n: Items.
        null: The share that is asked about.
        least_power: The least chance to tell it, between 0 and 1.
        level: Of confidence.

    Returns:
        A share, or None where even a share of 1 would not be told.

    Raises:
        ValueError: There is no item, or another argument is out of range.
    """
    _check_power(least_power)
    if power(n, 1.0, null, level) < least_power:
        return None
    low, high = null, 1.0
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        enough = power(n, middle, null, level) >= least_power
        low, high = (low, middle) if enough else (middle, high)
    return high


def items_without_hit(limit: float, level: float = 0.95) -> int:
    """Return the number of items that, without a hit, put the share below a limit.

    log(1 - level) / log(1 - limit), about 3 / limit at 95 %: Hanley and Lippman-Hand,
    "If nothing goes wrong, is everything all right?", JAMA 249 (1983). The level is
    that of the upper limit alone.

    Raises:
        ValueError: The limit or the level is not between 0 and 1.
    """
    _check_null(limit)
    check_level(level)
    return math.ceil(math.log1p(-level) / math.log1p(-limit) - 1e-9)


def design_effect(per_cluster: float, correlation: float) -> float:
    """Return how many times more items it takes when they come in clusters.

    1 + (m - 1) r: Kish, "Survey sampling" (1965).

    Args:
        per_cluster: Items of a cluster, at least 1.
        correlation: Of two items of one cluster, from 0 to 1.

    Raises:
        ValueError: An argument is out of range.
    """
    check_share(correlation, "correlation")
    if not 1 <= per_cluster < math.inf:
        raise ValueError(f"a cluster has at least one item, not {per_cluster}")
    return 1 + (per_cluster - 1) * correlation


def _check_null(null: float) -> None:
    """Refuse a share that no test can ask about."""
    if not 0 < null < 1:
        raise ValueError(f"a null lies between 0 and 1, not {null}")


def _check_power(least_power: float) -> None:
    """Refuse a power that is no chance."""
    if not 0 < least_power < 1:
        raise ValueError(f"a power lies between 0 and 1, not {least_power}")


def _about(
    spread: float, other: float, difference: float, least_power: float, level: float
) -> int:
    """Return the items of a z-test, from the spreads under null and truth."""
    _check_power(least_power)
    if difference == 0:
        raise ValueError("no number of items tells a share from itself")
    reach = normal_quantile(level) * spread + NormalDist().inv_cdf(least_power) * other
    n = (reach / difference) ** 2
    if n > FARTHEST:
        raise ValueError(f"it takes about {n:.0f} items, which is more than planned")
    return max(1, math.ceil(n))


def _first(n: int, holds: Callable[[int], bool]) -> int:
    """Return the first number of hits that something holds for, or n + 1."""
    return bisect_left(range(n + 1), True, key=holds)


def _below(hits: int, n: int, share: float) -> float:
    """Return the chance of at most so many hits."""
    if hits < 0:
        return 0.0
    return beta_tails(share, hits + 1, n - hits)[1] if hits < n else 1.0


def _above(hits: int, n: int, share: float) -> float:
    """Return the chance of at least so many hits."""
    if hits > n:
        return 0.0
    return beta_tails(share, hits, n - hits + 1)[0] if hits > 0 else 1.0
