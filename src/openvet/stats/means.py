"""The interval of a mean of numbers that come in clusters."""

import math
from collections.abc import Mapping, Sequence

from openvet.stats.intervals import Interval
from openvet.stats.special import beta_tails, check_level, t_quantile


def clustered_mean(
    values_by_cluster: Mapping[str, Sequence[float]], level: float = 0.95
) -> Interval:
    """Return the interval of the mean of numbers of any size, cluster-robust.

    The variance between clusters, stretched by clusters / (clusters - 1), with the t
    of Student for one degree of freedom fewer than there are clusters: Liang and Zeger,
    "Longitudinal data analysis using generalized linear models", Biometrika 73 (1986),
    for a mean; Miller, "Adding error bars to evals", arXiv 2411.00640.

    Args:
        values_by_cluster: Numbers of each cluster; empty clusters count not.
        level: Of confidence.

    Raises:
        ValueError: There are fewer than two clusters, a value is not a finite number,
            or there is no such level.
    """
    check_level(level)
    mean, error, freedom = _robust(values_by_cluster)
    reach = t_quantile(level, freedom) * error
    return Interval(
        low=mean - reach,
        high=mean + reach,
        level=level,
        method="cluster-robust t over wordings",
    )


def clustered_p(values_by_cluster: Mapping[str, Sequence[float]]) -> float:
    """Return the p-value that the mean of numbers that come in clusters is 0.

    Of the test whose interval is that of `clustered_mean`.

    Raises:
        ValueError: As there.
    """
    mean, error, freedom = _robust(values_by_cluster)
    if not error:
        return 0.0 if mean else 1.0
    return beta_tails(freedom / (freedom + (mean / error) ** 2), freedom / 2, 0.5)[0]


def _robust(
    values_by_cluster: Mapping[str, Sequence[float]],
) -> tuple[float, float, int]:
    """Return the mean, its cluster-robust standard error, and degrees of freedom."""
    clusters = [values for values in values_by_cluster.values() if values]
    if len(clusters) < 2:  # noqa: PLR2004 - of one there is no spread
        raise ValueError("a mean of clusters needs at least two clusters")
    count = sum(map(len, clusters))
    mean = math.fsum(math.fsum(values) for values in clusters) / count
    if not math.isfinite(mean):
        raise ValueError("values are finite numbers")
    squares = math.fsum(
        math.fsum(value - mean for value in values) ** 2 for values in clusters
    )
    groups = len(clusters)
    return mean, math.sqrt(squares * groups / (groups - 1)) / count, groups - 1
