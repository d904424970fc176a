"""Labels that could have fallen otherwise."""

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats  # type: ignore[import-untyped]

from openvet.stats.permutation import (
    p_value,
    sign_flips,
    two_groups,
    within_items,
)

VALUES = st.lists(st.integers(-5, 5).map(float), min_size=2, max_size=4)


def test_a_p_value_counts_the_observed_labels_too() -> None:
    assert p_value(3, []) == 1
    assert p_value(3, [1, 2, 1, 2]) == 1 / 5
    assert p_value(3, [1, 3, 4, 2]) == 3 / 5
    assert p_value(0.3, [0.1 + 0.2]) == 1


@given(VALUES, VALUES)
def test_two_groups_are_tried_in_all_ways_as_scipy_does(
    first: list[float], second: list[float]
) -> None:
    theirs = stats.permutation_test(
        (first, second),
        lambda x, y: sum(x) / len(x) - sum(y) / len(y),
        alternative="greater",
        n_resamples=math.inf,
    ).pvalue
    assert two_groups(first, second, 1, "greater") == pytest.approx(theirs)


def test_sixteen_words_in_two_groups_are_tried_in_all_ways() -> None:
    first, second = [float(n) for n in range(8, 16)], [float(n) for n in range(8)]
    assert two_groups(first, second, 1, "greater") == 1 / math.comb(16, 8)
    assert two_groups(first, second, 1) == 2 / math.comb(16, 8)
    assert two_groups(second, first, 1, "greater") == 1


def test_large_groups_are_drawn_and_never_give_zero() -> None:
    first, second = [1.0] * 40, [0.0] * 40
    assert two_groups(first, second, 1, draws=99) == 1 / 100
    assert two_groups(first, second, 1, draws=99) == two_groups(
        first, second, 1, draws=99
    )


def test_signs_are_flipped_in_all_ways_where_there_are_few() -> None:
    assert sign_flips([1, 2, 3, 4], 1) == 2 / 16
    assert sign_flips([1, 2, 3, 4], 1, "greater") == 1 / 16
    assert sign_flips([0, 0], 1) == 1


def test_many_signs_are_drawn() -> None:
    assert sign_flips([1.0] * 50, 1, draws=199) == 1 / 200
    around = sign_flips([1.0, -1.0] * 25, 1, draws=199)
    assert around == 1


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one value"):
        two_groups([], [1], 1)
    with pytest.raises(ValueError, match="finite"):
        sign_flips([math.nan], 1)
    for observed, permuted in ((math.nan, [1.0]), (1.0, [math.nan])):
        with pytest.raises(ValueError, match="a statistic is a number"):
            p_value(observed, permuted)


@pytest.mark.slow
def test_equal_groups_are_told_apart_in_five_of_a_hundred_at_most() -> None:
    draw = random.Random(6)  # noqa: S311 - a seeded simulation
    alarms = 0
    for _ in range(400):
        values = [draw.gauss(0, 1) for _ in range(10)]
        alarms += two_groups(values[:5], values[5:], 1) <= 0.05
    assert alarms / 400 <= 0.05 + 0.02


def test_items_are_compared_with_chance_item_by_item() -> None:
    assert within_items([1], [[0, 0, 0]], 0) == 1 / 4
    assert within_items([1, 1], [[0, 0, 0], [0, 0]], 0) == 1 / 12
    assert within_items([1, 0], [[0, 1], [1, 0]], 0) == 7 / 9
    assert within_items([2, 2], [[2], [2]], 0) == 1


def test_many_items_are_drawn_and_never_give_zero() -> None:
    some = within_items([1.0] * 20, [[0.0] * 9] * 20, 0, draws=500)
    assert some == pytest.approx(1 / 501)
    assert some == within_items([1.0] * 20, [[0.0] * 9] * 20, 0, draws=500)


def test_items_without_a_value_are_refused() -> None:
    with pytest.raises(ValueError, match="one observed value"):
        within_items([1], [], 0)
    with pytest.raises(ValueError, match="at least one value"):
        within_items([], [], 0)
    with pytest.raises(ValueError, match="finite"):
        within_items([1], [[math.nan]], 0)


@pytest.mark.slow
def test_chance_among_items_passes_for_more_in_five_of_a_hundred_at_most() -> None:
    draw = random.Random(3)  # noqa: S311 - a seeded simulation
    alarms = 0
    for seed in range(400):
        values = [[draw.gauss(0, 1) for _ in range(8)] for _ in range(6)]
        observed = [one[0] for one in values]
        others = [one[1:] for one in values]
        alarms += within_items(observed, others, seed, draws=400) <= 0.05
    assert alarms <= 400 * 0.05 + 3 * math.sqrt(400 * 0.05 * 0.95)
    assert alarms > 0
