"""Two models, or two sides of a pair, on the same items.

What makes an item hard is hard for both, and cancels: the pair is compared, not the
two rates.
"""

import math
import random
from array import array
from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Final

from openvet.stats.intervals import Interval
from openvet.stats.special import beta_tails, check_level, normal_quantile

HALVINGS: Final = 100
SHORT: Final = 1 << 16
"""Places that fit into two bytes."""


def mcnemar(b: int, c: int) -> float:
    """Return the exact two-sided p-value that neither side hits more often.

    Under the null, the b of b + c pairs that differ are binomial with a half; twice the
    smaller tail. McNemar, "Note on the sampling error of the difference between
    correlated proportions or percentages", Psychometrika 12 (1947), exact after Fisher.

    Args:
        b: Pairs in which only the first hit.
        c: Pairs in which only the second did.

    Returns:
        From 0 to 1; 1 where no pair differs, which is no proof of equality.

    Raises:
        ValueError: A count is negative.
    """
    if min(b, c) < 0:
        raise ValueError(f"counts are at least 0, not {b} and {c}")
    few, many = min(b, c), max(b, c)
    if few == many:
        return 1.0
    return min(1.0, 2 * beta_tails(0.5, many, few + 1)[0])


def sign_test(differences: Sequence[float]) -> float:
    """Return the exact p-value that as many differences are above 0 as below.

    McNemar's test on the signs; differences of 0 say nothing and are left out.

    Raises:
        ValueError: A difference is not a number.
    """
    if any(math.isnan(value) for value in differences):
        raise ValueError("a difference is a number")
    above = sum(value > 0 for value in differences)
    return mcnemar(above, sum(value < 0 for value in differences))


def paired_difference(b: int, c: int, n: int, level: float = 0.95) -> Interval:
    """Return the interval of the difference of two rates on the same items.

    Tango's score interval: the differences that a score test does not refute. It has
    width also where no pair differs. From "Equivalence test and confidence interval for
    the difference in proportions for the paired-sample design", Statistics in Medicine
    17 (1998).

    Args:
        b: Items on which only the first hit.
        c: Items on which only the second did.
        n: Items.
        level: Of confidence.

    Returns:
        First minus second, from -1 to 1.

    Raises:
        ValueError: The counts cannot be, or there is no such level.
    """
    z = normal_quantile(level)
    if n < 1 or min(b, c) < 0 or b + c > n:
        raise ValueError(f"{b} and {c} of {n} items cannot differ")
    estimate = (b - c) / n

    def refuted(difference: float) -> bool:
        return abs(_tango(b, c, n, difference)) > z

    return Interval(
        low=_edge(refuted, estimate, -1.0),
        high=_edge(refuted, estimate, 1.0),
        level=level,
        method="Tango score",
    )


def paired_bootstrap(  # noqa: PLR0913 - options by name
    differences: Sequence[float],
    seed: int,
    level: float = 0.95,
    *,
    bound: float = 1,
    clusters: Sequence[str] = (),
    resamples: int = 2_000,
) -> Interval:
    """Return the interval of a mean difference, by drawing pairs again and again.

    The percentiles of the means of resamples (Efron and Tibshirani, "An introduction to
    the bootstrap", 1993). A plain bootstrap knows nothing of what it has not seen: with
    no difference seen it has no width, with one in a hundred it misses the truth in a
    third of cases. So one pair at either bound is added, as Agresti and Min do in
    "Simple improved confidence intervals for comparing matched proportions", Statistics
    in Medicine 24 (2005).

    Args:
        differences: Of pairs, each from -bound to bound.
        seed: Of the draws.
        level: Of confidence.
        bound: The largest difference that there could be: 1 for shares.
        clusters: The cluster of each pair, if pairs hang together; clusters are drawn.
        resamples: How often.

    Raises:
        ValueError: There is no pair, one is beyond the bound, or counts do not match.
    """
    check_level(level)
    _check_differences(differences, bound)
    if clusters and len(clusters) != len(differences):
        raise ValueError("each difference has a cluster, or none has")
    units = _units(differences, clusters)
    size = len(differences) / len(units)
    units += [(bound * size, size), (-bound * size, size)]
    means = _resampled(units, seed, resamples)
    cut = math.floor(resamples * (1 - level) / 2)
    estimate = math.fsum(differences) / len(differences)
    return Interval(
        low=min(means[cut], estimate),
        high=max(means[-1 - cut], estimate),
        level=level,
        method="bootstrap over clusters" if clusters else "paired bootstrap",
    )


def _resampled(
    units: Sequence[tuple[float, float]], seed: int, resamples: int
) -> list[float]:
    """Return the means of random draws of as many units, in ascending order."""
    totals, sizes = zip(*units, strict=True)
    alike = math.fsum(sizes) if len(set(sizes)) == 1 else None
    return sorted(
        math.fsum(map(totals.__getitem__, chosen))
        / (alike or math.fsum(map(sizes.__getitem__, chosen)))
        for chosen in _drawn(len(units), seed, resamples)
    )


@lru_cache(maxsize=8)  # most axes have as many units as another
def _drawn(count: int, seed: int, resamples: int) -> list["array[int]"]:
    """Return as many places of `count` units as there are, drawn again and again."""
    chance = random.Random(seed).random  # noqa: S311 - reproducible, not secret
    small = "H" if count <= SHORT else "L"
    return [
        array(small, [int(chance() * count) for _ in range(count)])
        for _ in range(resamples)
    ]


def _units(
    differences: Sequence[float], clusters: Sequence[str]
) -> list[tuple[float, float]]:
    """Return the sum and the number of differences of each cluster."""
    if not clusters:
        return [(value, 1.0) for value in differences]
    members = defaultdict(list)
    for value, cluster in zip(differences, clusters, strict=True):
        members[cluster].append(value)
    return [(math.fsum(values), float(len(values))) for values in members.values()]


def _check_differences(differences: Sequence[float], bound: float) -> None:
    """Refuse what cannot be resampled."""
    if not 0 < bound < math.inf:
        raise ValueError(f"a bound is above 0, not {bound}")
    if not differences:
        raise ValueError("an interval needs at least one pair")
    for value in differences:
        if not abs(value) <= bound:
            raise ValueError(f"a difference of {value} is beyond the bound {bound}")


def _tango(b: int, c: int, n: int, difference: float) -> float:
    """Return the score statistic of a difference of rates."""
    gap = b - c - n * difference
    linear = (2 * n - b + c) * difference - b - c
    root = math.sqrt(linear**2 + 8 * n * c * difference * (1 - difference))
    second = max(0.0, (root - linear) / (4 * n))
    variance = n * (2 * second + difference * (1 - difference))
    if variance <= 0:
        return 0.0 if gap == 0 else math.copysign(math.inf, gap)
    return gap / math.sqrt(variance)


def _edge(refuted: Callable[[float], bool], inside: float, outside: float) -> float:
    """Return where refutation begins between a value inside and one outside."""
    if not refuted(outside):
        return outside
    for _ in range(HALVINGS):
        middle = (inside + outside) / 2
        inside, outside = (inside, middle) if refuted(middle) else (middle, outside)
    return outside
