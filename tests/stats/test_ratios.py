"""The interval of a ratio of sums holds the ratio as often as it says."""

import random

import pytest

from openvet.stats.ratios import ratio_of_sums


def test_pairs_alike_leave_nothing_open() -> None:
    found = ratio_of_sums([1, 2, 3], [2, 4, 6])
    assert found is not None
    assert found.low == pytest.approx(0.5)
    assert found.high == pytest.approx(0.5)


def test_of_one_pair_the_spread_is_not_known() -> None:
    assert ratio_of_sums([1], [2]) is None


def test_times_are_never_negative() -> None:
    found = ratio_of_sums([0, 10], [10, 10])
    assert found is not None
    assert found.low == 0


@pytest.mark.parametrize("pairs", [([1.0], []), ([1.0, 1.0], [0.0, 0.0])])
def test_without_a_denominator_there_is_no_ratio(
    pairs: tuple[list[float], list[float]],
) -> None:
    with pytest.raises(ValueError, match="no such ratio"):
        ratio_of_sums(*pairs)


@pytest.mark.slow
def test_it_holds_the_ratio_about_as_often_as_it_says() -> None:
    draw = random.Random(5)  # noqa: S311 - a seeded simulation
    held, runs = 0, 2000
    for _ in range(runs):
        tokens = [draw.uniform(500, 1500) for _ in range(12)]
        seconds = [count * draw.gauss(0.002, 0.0004) for count in tokens]
        found = ratio_of_sums(seconds, tokens)
        assert found is not None
        held += 0.002 in found
    assert 0.92 <= held / runs <= 0.97
