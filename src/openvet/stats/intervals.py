"""Intervals of a share, for one look at a number of items that was fixed before.

Who looks again and again, and stops when the answer pleases, needs `sequences`.
"""

import math
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import chain
from typing import Final

from openvet.stats.special import (
    beta_quantile,
    check_level,
    check_share,
    normal_quantile,
    t_quantile,
)
from openvet.wire import Record

TRACE: Final = 0.05
"""A part of a hit whose limit, below 1e-30, a number may not be able to hold."""
HALVINGS: Final = 20
OVER_CLUSTERS: Final = "Korn-Graubard over clusters"
OVER_CROSSED: Final = "Korn-Graubard over crossed clusters"
NOISE: Final = 1e-28
"""A variance that rounding alone may give."""


class Interval(Record, frozen=True, kw_only=True):
    """The values that the data leave possible, both ends included."""

    low: float
    high: float
    level: float
    """The share of cases in which such an interval holds the truth, as 0.95."""
    method: str
    """Its name, for people and reports."""

    def __contains__(self, value: float) -> bool:
        return self.low <= value <= self.high

    def stays_within(self, low: float, high: float) -> bool:
        """Say whether it leaves only shares from low to high."""
        return low <= self.low and self.high <= high

    @property
    def width(self) -> float:
        """The distance between its ends."""
        return self.high - self.low


def wilson(hits: float, n: float, level: float = 0.95) -> Interval:
    """Return the score interval of a share: the values that a z-test does not refute.

    (p + z²/2n ± z √(p(1-p)/n + z²/4n²)) / (1 + z²/n), from Wilson, "Probable
    inference, the law of succession, and statistical inference", JASA 22 (1927).
    Its coverage is near the level on average, and a little below for some shares.

    Args:
        hits: Items that hit.
        n: Items.
        level: Of confidence.

    Raises:
        ValueError: There are no items, more hits than items, or no such level.
    """
    _check_counts(hits, n)
    z = normal_quantile(level)
    share, square = hits / n, z * z
    center = (hits + square / 2) / (n + square)
    reach = z / (n + square) * math.sqrt(hits * (1 - share) + square / 4)
    return Interval(
        low=max(0.0, center - reach) if hits else 0.0,
        high=min(1.0, center + reach) if hits < n else 1.0,
        level=level,
        method="Wilson",
    )


def clopper_pearson(hits: int, n: int, level: float = 0.95) -> Interval:
    """Return the exact interval of a share: never below its level, and so wider.

    The values that neither one-sided binomial test refutes: quantiles of
    Beta(hits, n - hits + 1) and Beta(hits + 1, n - hits). From Clopper and Pearson,
    "The use of confidence or fiducial limits", Biometrika 26 (1934).

    Args:
        hits: Items that hit.
        n: Items.
        level: Of confidence.

    Raises:
        ValueError: There are no items, more hits than items, or no such level.
    """
    _check_counts(hits, n)
    low, high = _exact(hits, n, level)
    return Interval(low=low, high=high, level=level, method="Clopper-Pearson")


def clustered(
    values_by_cluster: Mapping[str, Sequence[float]], level: float = 0.95
) -> Interval:
    """Return the interval of the mean of values that come in clusters.

    Answers to one prompt resemble each other, so that they count for fewer than they
    are. The variance between clusters says for how many, by Student's t with one degree
    of freedom fewer than there are clusters, and that number, never more than there
    are values, enters Clopper and Pearson's interval: Korn and Graubard, "Confidence
    intervals for proportions with small expected number of positive counts estimated
    from survey data", Survey Methodology 24 (1998). Where no cluster differs from
    another, the variance is unknown and not 0: then the interval regards how many
    clusters may differ of which none was seen, by as much as a value can. A single
    cluster tells nothing.

    Args:
        values_by_cluster: Values from 0 to 1 of each cluster; empty clusters count not.
        level: Of confidence.

    Raises:
        ValueError: There is no value, one is outside 0 to 1, or there is no such level.
    """
    check_level(level)
    clusters = [values for values in values_by_cluster.values() if values]
    values = list(chain.from_iterable(clusters))
    if not values:
        raise ValueError("an interval needs at least one value")
    for value in values:
        check_share(value, "value")
    low, high = 0.0, 1.0
    if len(clusters) > 1:
        mean = math.fsum(values) / len(values)
        n = _effective(clusters, mean, level)
        if n:
            low, high = _exact(mean * n, n, level)
        else:
            rare = _exact(0, len(clusters), level)[1]
            low, high = mean * (1 - rare), mean * (1 - rare) + rare
    return Interval(low=low, high=high, level=level, method=OVER_CLUSTERS)


def crossed(
    *clusterings: Mapping[str, Sequence[float]], level: float = 0.95
) -> Interval:
    """Return the interval of the mean of values that come in clusters of several kinds.

    Each of many statements is asked about each of some people: answers resemble each
    other where the statement is the same, and where the people are. To regard but one
    of the two takes what a model holds for or against some words for much more than it
    is: Clark, "The language-as-fixed-effect fallacy", Journal of Verbal Learning and
    Verbal Behavior 12 (1973). This reaches as far as the widest of the intervals over
    one kind, each with its own degrees of freedom: where few clusters of a kind differ
    much, it is wide.

    Args:
        clusterings: The same values from 0 to 1, by clusters of one kind each.
        level: Of confidence.

    Raises:
        ValueError: As for `clustered`.
    """
    found = [clustered(one, level) for one in clusterings]
    if len(found) == 1:
        return found[0]
    return Interval(
        low=min((one.low for one in found), default=0.0),
        high=max((one.high for one in found), default=1.0),
        level=level,
        method=OVER_CROSSED,
    )


def worth(interval: Interval, share: float, n: int) -> float:
    """Return how many independent values would give about as wide an interval.

    By Wilson's interval, which is quick.

    Args:
        interval: Of a share.
        share: Of hits.
        n: Values it comes from, which are the most that it is worth.
    """
    fewest, most = 1.0, float(n)
    for _ in range(HALVINGS):
        middle = (fewest + most) / 2
        wider = wilson(share * middle, middle, interval.level).width > interval.width
        fewest, most = (middle, most) if wider else (fewest, middle)
    return most


def _effective(clusters: list[Sequence[float]], mean: float, level: float) -> float:
    """Return how many independent values the clusters are worth; 0: none differs."""
    n = sum(map(len, clusters))
    groups = len(clusters)
    squares = math.fsum(
        math.fsum(value - mean for value in values) ** 2 for values in clusters
    )
    variance = squares * groups / (groups - 1) / n**2
    if variance < NOISE or mean in (0, 1):
        return 0
    stretch = normal_quantile(level) / t_quantile(level, groups - 1)
    return min(float(n), mean * (1 - mean) / variance * stretch**2)


@lru_cache(maxsize=4096)
def _exact(hits: float, n: float, level: float) -> tuple[float, float]:
    """Return Clopper and Pearson's limits; numbers need not be whole."""
    check_level(level)
    tail = (1 - level) / 2
    misses = n - hits
    return (
        beta_quantile(tail, hits, misses + 1) if hits > TRACE else 0.0,
        beta_quantile(tail, hits + 1, misses, upper=True) if misses > TRACE else 1.0,
    )


def _check_counts(hits: float, n: float) -> None:
    """Refuse counts that cannot be."""
    if n < 1:
        raise ValueError(f"an interval needs at least one item, not {n}")
    if not 0 <= hits <= n:
        raise ValueError(f"{hits} of {n} items cannot hit")
