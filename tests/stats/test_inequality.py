"""How unequally names are mentioned."""

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openvet.stats.inequality import gini, inequality

NAMES = ["ash", "elm", "fir", "oak", "yew"]


@given(st.lists(st.integers(0, 50), min_size=1, max_size=12).filter(any))
def test_the_coefficient_is_half_the_mean_difference_over_the_mean(
    counts: list[int],
) -> None:
    pairs = sum(abs(one - other) for one in counts for other in counts)
    assert gini(counts) == pytest.approx(pairs / (2 * len(counts) * sum(counts)))
    assert -1e-12 <= gini(counts) <= 1 - 1 / len(counts) + 1e-12


def test_equal_counts_are_equal_and_one_with_all_is_not() -> None:
    assert gini([3, 3, 3]) == 0
    assert gini([0, 0, 0, 7]) == 0.75
    assert gini([30, 10, 20]) == gini([1, 2, 3])


def mentions(weights: list[float], answers: int, seed: int) -> list[list[str]]:
    draw = random.Random(seed)  # noqa: S311 - a seeded simulation
    return [draw.choices(NAMES, weights) for _ in range(answers)]


def test_chance_alone_is_no_inequality() -> None:
    told = inequality(mentions([1] * 5, 60, seed=1), NAMES, 1)
    assert told.observed > 0.02
    assert told.interval.low == 0
    assert told.estimate < told.observed
    assert told.estimate in told.interval


def test_a_favored_name_is_seen() -> None:
    told = inequality(mentions([20, 1, 1, 1, 1], 60, seed=1), NAMES, 1)
    assert told.interval.low > 0.4
    assert told.n == 60


def test_always_the_same_name_is_as_unequal_as_can_be() -> None:
    told = inequality([["oak"]] * 50, NAMES, 1)
    assert (told.observed, told.interval.high) == pytest.approx((0.8, 0.8))
    assert 0.6 < told.interval.low < 0.8


def test_exactly_equal_counts_leave_doubt() -> None:
    told = inequality([[name] for name in NAMES] * 6, NAMES, 1)
    assert told.observed == told.interval.low == 0
    assert 0.02 < told.interval.high < 0.4


def test_an_answer_that_repeats_itself_is_one_mention() -> None:
    answers = mentions([4, 3, 2, 1, 1], 60, seed=2)
    once = inequality(answers, NAMES, 1)
    repeated = inequality([answer * 10 for answer in answers], NAMES, 1)
    assert repeated.effective == pytest.approx(once.effective)
    assert repeated.interval.width == pytest.approx(once.interval.width, abs=0.05)


def test_one_answer_tells_nothing() -> None:
    told = inequality([["oak", "elm", "elm"], []], NAMES, 1)
    assert (told.interval.low, told.interval.high) == (0, 0.8)


def test_the_same_seed_gives_the_same_interval() -> None:
    answers = mentions([4, 3, 2, 1, 1], 40, seed=3)
    assert inequality(answers, NAMES, 1) == inequality(answers, NAMES, 1)


def test_what_cannot_be_is_refused() -> None:
    for counts in ([], [0, 0]):
        with pytest.raises(ValueError, match="at least one count"):
            gini(counts)
    for value in (-1, math.nan, math.inf):
        with pytest.raises(ValueError, match="at least 0"):
            gini([value, 1])
    for names in ([], ["oak"], ["oak", "oak"]):
        with pytest.raises(ValueError, match="two different names"):
            inequality([["oak"]], names, 1)
    with pytest.raises(ValueError, match="'palm' is none"):
        inequality([["palm"]], NAMES, 1)
    with pytest.raises(ValueError, match="at least one count"):
        inequality([[]], NAMES, 1)
    with pytest.raises(ValueError, match="a level lies"):
        inequality([["oak"]], NAMES, 1, level=1)


@pytest.mark.slow
@pytest.mark.parametrize("steepness", [0, 0.5, 1, 2])
def test_the_inequality_of_chances_is_covered(steepness: float) -> None:
    weights = [(place + 1) ** -steepness for place in range(5)]
    truth = gini(weights)
    covered = sum(
        truth in inequality(mentions(weights, 100, seed), NAMES, seed).interval
        for seed in range(100)
    )
    assert covered >= 88


@pytest.mark.slow
def test_many_mentions_of_many_names_keep_the_truth_in_the_interval() -> None:
    names = [f"name {place}" for place in range(300)]
    weights = [1 / place for place in range(1, 301)]
    draw = random.Random(5)  # noqa: S311 - a seeded simulation
    answers = [draw.choices(names, weights, k=10) for _ in range(1500)]
    told = inequality(answers, names, 5)
    assert gini(weights) in told.interval
    assert told.interval.width < 0.1
