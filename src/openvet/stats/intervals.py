"""Intervals of a share, for one look at a number of items that was fixed before.

Who looks again and again, and stops when the answer pleases, needs `sequences`.
"""

import math
from collections.abc import Hashable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain, combinations
from typing import Final, TypeVar

from openvet.stats.special import (
    beta_quantile,
    check_level,
    check_share,
    normal_quantile,
    t_quantile,
)
from openvet.wire import Record

K = TypeVar("K", bound=Hashable)

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
    of freedom fewer than there are clusters of equal size, or than others are worth,
    and that number, never more than there are values, enters Clopper and Pearson's
    interval: Korn and Graubard, "Confidence intervals for proportions with small
    expected number of positive counts estimated from survey data", Survey Methodology
    24 (1998). Where no cluster differs from
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
        variance = _variance(clusters, mean)
        if variance >= NOISE and mean not in {0, 1}:
            n = _worth(len(values), mean, variance, _freedom(clusters), level)
            low, high = _exact(mean * n, n, level)
        else:
            rare = _exact(0, len(clusters), level)[1]
            low, high = mean * (1 - rare), mean * (1 - rare) + rare
    return Interval(low=low, high=high, level=level, method=OVER_CLUSTERS)


def crossed(
    values: Sequence[float], *kinds: Sequence[str], level: float = 0.95
) -> Interval:
    """Return the interval of the mean of values that come in clusters of several kinds.

    Each of many statements is asked about each of some people: answers resemble each
    other where the statement is the same, and where the people are. To regard but one
    of the two takes what a model holds for or against some words for much more than it
    is: Clark, "The language-as-fixed-effect fallacy", Journal of Verbal Learning and
    Verbal Behavior 12 (1973).

    This reaches as far as the widest of the intervals over one kind, each with its own
    degrees of freedom, and of the one over all of them. The variance of that adds those
    of the kinds and takes off what they count twice: Cameron, Gelbach and Miller,
    "Robust inference with multiway clustering", Journal of Business and Economic
    Statistics 29 (2011). Its degrees of freedom are Satterthwaite's: Biometrics
    Bulletin 2 (1946).

    Args:
        values: From 0 to 1, at least one.
        kinds: The cluster of each value, one list for each kind, one at least.
        level: Of confidence.

    Raises:
        ValueError: As for `clustered`.
    """
    found = [clustered(gathered(names, values), level) for names in kinds]
    if len(found) == 1:
        return found[0]
    found += _over_all(values, kinds, level)
    return Interval(
        low=min(one.low for one in found),
        high=max(one.high for one in found),
        level=level,
        method=OVER_CROSSED,
    )


def _over_all(
    values: Sequence[float], kinds: Sequence[Sequence[str]], level: float
) -> Iterator[Interval]:
    """Yield the interval over all kinds of clusters, where it may be the widest."""
    mean = math.fsum(values) / len(values)
    single = [list(gathered(names, values).values()) for names in kinds]
    if min(map(len, single)) == 1:  # which tells nothing, so there the widest is all
        return
    alone = [_variance(clusters, mean) for clusters in single]
    whole = math.fsum(alone)
    for size in range(2, len(kinds) + 1):
        for some in combinations(kinds, size):
            shared = list(gathered(list(zip(*some, strict=True)), values).values())
            whole += (-1) ** (size + 1) * _variance(shared, mean)
    if whole <= max(alone) + NOISE:
        return
    spread = zip(alone, single, strict=True)
    freedom = whole**2 / math.fsum(one**2 / _freedom(of) for one, of in spread)
    n = _worth(len(values), mean, whole, freedom, level)
    low, high = _exact(mean * n, n, level)
    yield Interval(low=low, high=high, level=level, method=OVER_CROSSED)


def gathered(names: Sequence[K], values: Sequence[float]) -> dict[K, list[float]]:
    """Return values by the name that each has; none where there are no names."""
    found: dict[K, list[float]] = {}
    for name, value in zip(names, values, strict=bool(names)):
        found.setdefault(name, []).append(value)
    return found


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


def _variance(clusters: Sequence[Sequence[float]], mean: float) -> float:
    """Return the variance of a mean of values that come in clusters; 0 for one.

    The mean is drawn toward a cluster that has a large part of the values, which would
    then seem to differ little from it: its square is raised by that part.
    """
    n = sum(map(len, clusters))
    if len(clusters) == 1:
        return 0.0
    return (
        math.fsum(
            math.fsum(value - mean for value in values) ** 2 / (1 - len(values) / n)
            for values in clusters
        )
        / n**2
    )


def _freedom(clusters: Sequence[Sequence[float]]) -> float:
    """Return the degrees of freedom of that variance.

    One fewer than there are clusters where all have the same size, and the fewer the
    more of the values a few of them have.
    """
    sizes = [len(values) for values in clusters]
    return sum(sizes) ** 2 / sum(size**2 for size in sizes) - 1


def _worth(n: int, mean: float, variance: float, freedom: float, level: float) -> float:
    """Return how many independent values are worth as much as those with a variance."""
    stretch = normal_quantile(level) / t_quantile(level, freedom)
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
