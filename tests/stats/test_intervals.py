"""Intervals of a share, against scipy, exact sums and their own promises."""

import math
import random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy import stats  # type: ignore[import-untyped]

from openvet.stats.intervals import (
    Interval,
    clopper_pearson,
    clustered,
    crossed,
    wilson,
)

COUNTS = st.tuples(st.integers(0, 300), st.integers(1, 300)).map(
    lambda pair: (min(pair), pair[1])
)
LEVELS = st.floats(0.5, 0.999)
LARGE = [(0, 10**7), (1, 10**7), (5 * 10**6, 10**7), (10**7 - 1, 10**7)]
SMALL = [(0, 1), (1, 1), (0, 100), (1, 100), (50, 100), (100, 100), (12, 1_508)]


@pytest.mark.parametrize(("hits", "n"), SMALL + LARGE)
@pytest.mark.parametrize("level", [0.5, 0.95, 0.999])
def test_both_agree_with_scipy(hits: int, n: int, level: float) -> None:
    theirs = stats.binomtest(hits, n).proportion_ci(level, method="wilson")
    ours = wilson(hits, n, level)
    assert ours.low == pytest.approx(theirs.low, rel=1e-7, abs=1e-14)
    assert ours.high == pytest.approx(theirs.high, rel=1e-9)
    exact, tail = (
        clopper_pearson(hits, n, level),
        pytest.approx((1 - level) / 2, rel=1e-4),
    )
    assert hits == 0 or stats.binom.sf(hits - 1, n, exact.low) == tail
    assert hits == n or stats.binom.cdf(hits, n, exact.high) == tail


@given(COUNTS, LEVELS)
def test_an_interval_holds_the_estimate_and_never_shrinks_to_a_point(
    counts: tuple[int, int], level: float
) -> None:
    hits, n = counts
    for interval in (wilson(hits, n, level), clopper_pearson(hits, n, level)):
        assert 0 <= interval.low <= hits / n <= interval.high <= 1
        assert interval.width > 0


@given(COUNTS)
def test_hits_and_misses_are_mirror_images(counts: tuple[int, int]) -> None:
    hits, n = counts
    for method in (wilson, clopper_pearson):
        ours, other = method(hits, n), method(n - hits, n)
        assert ours.low == pytest.approx(1 - other.high, abs=1e-12)


@given(COUNTS)
def test_one_more_hit_never_lowers_an_end(counts: tuple[int, int]) -> None:
    hits, n = counts
    for method in (wilson, clopper_pearson):
        fewer, more = method(hits, n + 1), method(hits + 1, n + 1)
        assert fewer.low <= more.low
        assert fewer.high <= more.high


@given(COUNTS, LEVELS)
def test_more_confidence_needs_more_width(
    counts: tuple[int, int], level: float
) -> None:
    for method in (wilson, clopper_pearson):
        narrow, wide = method(*counts, level=level), method(*counts, level=0.9999)
        assert wide.low <= narrow.low
        assert narrow.high <= wide.high


@pytest.mark.parametrize("share", [0.001, 0.005, 0.01, 0.02, 0.1, 0.5])
@pytest.mark.parametrize("n", [50, 100])
def test_the_exact_interval_covers_in_all_cases_and_the_other_nearly(
    n: int, share: float
) -> None:
    covered = {wilson: 0.0, clopper_pearson: 0.0}
    for hits in range(n + 1):
        mass = math.comb(n, hits) * share**hits * (1 - share) ** (n - hits)
        for method in covered:
            covered[method] += mass * (share in method(hits, n))
    assert covered[clopper_pearson] >= 0.95
    assert covered[wilson] >= 0.90


def of_clusters(*clusters: list[float]) -> Interval:
    return clustered({str(number): values for number, values in enumerate(clusters)})


def test_clusters_of_one_are_independent_items() -> None:
    lone = of_clusters(*([float(number < 8)] for number in range(100)))
    exact = clopper_pearson(8, 100)
    assert exact.low == pytest.approx(lone.low, abs=2e-3)
    assert exact.high == pytest.approx(lone.high, abs=3e-3)


def test_copies_of_an_answer_are_no_more_items() -> None:
    once = of_clusters(*([float(number < 8)] for number in range(100)))
    copied = of_clusters(*([float(number < 8)] * 10 for number in range(100)))
    assert copied.low == pytest.approx(once.low)
    assert copied.high == pytest.approx(once.high)


def test_zero_hits_count_clusters_instead_of_values() -> None:
    silent = of_clusters(*([0.0] * 5 for _ in range(20)))
    assert (silent.low, silent.high) == (0, clopper_pearson(0, 20).high)


def test_clusters_that_are_all_alike_still_leave_doubt() -> None:
    assert of_clusters([0.0, 1.0], [1.0, 0.0], [0.0, 1.0]).width > 0.5


@pytest.mark.parametrize("clusters", [5, 16, 120])
@pytest.mark.parametrize("mean", [0.0, 0.2, 0.5, 1.0])
def test_of_clusters_that_are_all_alike_some_may_differ_unseen(
    clusters: int, mean: float
) -> None:
    found = clustered({str(at): [mean] * 8 for at in range(clusters)}, 0.98)
    for other in (0.0, 1.0):
        # Of such a share of clusters none is seen in one case of a hundred.
        rare = 1 - 0.01 ** (1 / clusters)
        for part, inside in ((0.99 * rare, True), (1.01 * rare, False)):
            truth = (1 - part) * mean + part * other
            assert (truth in found) == (inside or mean == other)


def test_one_cluster_tells_nothing() -> None:
    single = of_clusters([0.0] * 500)
    assert (single.low, single.high) == (0, 1)


def test_empty_clusters_do_not_count() -> None:
    assert of_clusters([1.0], [0.0], []) == of_clusters([1.0], [0.0])


@example(clusters=[[0.0], [1e-150]])
@example(clusters=[[1.0], [1 - 1e-16]])
@given(
    st.lists(st.lists(st.floats(0, 1), min_size=1, max_size=6), min_size=1, max_size=20)
)
def test_whatever_the_clusters_the_mean_is_inside(clusters: list[list[float]]) -> None:
    interval = of_clusters(*clusters)
    values = [value for cluster in clusters for value in cluster]
    mean = math.fsum(values) / len(values)
    assert 0 <= interval.low <= mean + 1e-12
    assert mean - 1e-12 <= interval.high <= 1
    assert interval.width > 0


@pytest.mark.parametrize(("hits", "n"), [(0, 0), (0, -1), (3, 2), (-1, 2)])
def test_counts_that_cannot_be_are_refused(hits: int, n: int) -> None:
    for method in (wilson, clopper_pearson):
        with pytest.raises(ValueError, match="item"):
            method(hits, n)


@pytest.mark.parametrize("level", [0, 1, -0.5, 95, math.nan])
def test_a_level_that_cannot_be_is_refused(level: float) -> None:
    for method in (wilson, clopper_pearson):
        with pytest.raises(ValueError, match="a level lies between"):
            method(1, 2, level)
    with pytest.raises(ValueError, match="a level lies between"):
        clustered({"a": [0], "b": [1]}, level)


@pytest.mark.parametrize("value", [-0.1, 1.1, math.nan])
def test_values_that_are_no_shares_are_refused(value: float) -> None:
    with pytest.raises(ValueError, match="from 0 to 1"):
        of_clusters([value], [0.0])
    with pytest.raises(ValueError, match="at least one value"):
        of_clusters([])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("clusters", "size", "parameters"),
    [
        (50, 5, (0.2, 1.8)),
        (50, 10, (0.2, 1.8)),
        (50, 10, (1, 9)),
        (200, 5, (0.2, 1.8)),
        (50, 2, (0.1, 9.9)),
    ],
)
def test_clusters_are_covered_as_promised(
    clusters: int, size: int, parameters: tuple[float, float]
) -> None:
    draw = random.Random(clusters * size)  # noqa: S311 - a seeded simulation
    truth = parameters[0] / sum(parameters)
    covered, runs = 0, 1_000
    for _ in range(runs):
        rates = [draw.betavariate(*parameters) for _ in range(clusters)]
        answers = [[float(draw.random() < rate) for _ in range(size)] for rate in rates]
        covered += truth in of_clusters(*answers)
    assert covered / runs >= 0.93


Cells = list[tuple[str, str, float]]


def _table(seed: int, columns: float, rows: float = 0.0) -> Cells:
    """Return which of 30 rows and 7 columns hit, some more often, 160 cells."""
    draw = random.Random(seed)  # noqa: S311 - the same on every run
    across = [draw.gauss(0, columns) for _ in range(7)]
    down = [draw.gauss(0, rows) for _ in range(30)]
    cells = [(row, column) for row in range(30) for column in range(7)]
    return [
        (
            f"row {row}",
            f"column {column}",
            float(draw.gauss(across[column] + down[row], 1) > 0),
        )
        for row, column in draw.sample(cells, 160)
    ]


def _over(cells: Cells, level: float = 0.95) -> Interval:
    """Return the interval over rows and columns."""
    rows, columns, values = zip(*cells, strict=True)
    return crossed(values, rows, columns, level=level)


def _over_rows(cells: Cells) -> Interval:
    rows: dict[str, list[float]] = {}
    for row, _, value in cells:
        rows.setdefault(row, []).append(value)
    return clustered(rows)


@pytest.mark.parametrize(("columns", "rows"), [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0)])
def test_rows_and_columns_that_differ_are_no_reason_to_miss_one_half(
    columns: float, rows: float
) -> None:
    tables = [_table(seed, columns, rows) for seed in range(150)]
    assert sum(0.5 not in _over(one) for one in tables) <= 0.08 * 150
    assert columns == 0 or sum(0.5 not in _over_rows(one) for one in tables) > 0.2 * 150


def test_where_both_differ_it_is_wider_than_over_either() -> None:
    cells = _table(1, 1.0, 1.0)
    rows, columns, values = zip(*cells, strict=True)
    both, either = _over(cells), (crossed(values, rows), crossed(values, columns))
    assert both.width > max(one.width for one in either)


def test_clusters_named_twice_count_once() -> None:
    rows, columns, values = zip(*_table(1, 0.5), strict=True)
    assert crossed(values, rows) == _over_rows(_table(1, 0.5))
    once, twice = crossed(values, rows, columns), crossed(values, rows, columns, rows)
    assert (twice.low, twice.high) == pytest.approx((once.low, once.high))
    assert "crossed" in crossed(values, rows, rows).method
