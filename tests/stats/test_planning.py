"""Numbers of items, before any is asked."""

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats  # type: ignore[import-untyped]

from openvet.stats.planning import (
    design_effect,
    detectable,
    fixed_items,
    items_without_hit,
    noninferior_items,
    paired_items,
    power,
)


@given(st.integers(1, 25), st.floats(0.01, 0.99), st.floats(0.05, 0.95))
def test_power_is_the_chance_of_a_count_that_both_tails_refute(
    n: int, share: float, null: float
) -> None:
    refuting = [
        hits
        for hits in range(n + 1)
        if stats.binom.cdf(hits, n, null) <= 0.025
        or stats.binom.sf(hits - 1, n, null) <= 0.025
    ]
    exact = math.fsum(stats.binom.pmf(hits, n, share) for hits in refuting)
    assert power(n, share, null) == pytest.approx(exact, abs=1e-9)


@pytest.mark.parametrize(
    ("share", "null", "about"), [(0.6, 0.5, 194), (0.55, 0.5, 783), (0.02, 0.05, 330)]
)
def test_fixed_items_are_a_few_more_than_a_z_test_asks(
    share: float, null: float, about: int
) -> None:
    n = fixed_items(share, null)
    assert about <= n <= 1.1 * about
    assert power(n, share, null) >= 0.8 > power(n - 1, share, null)


def test_the_detectable_share_and_the_items_fit_together() -> None:
    share = detectable(210, 0.5)
    assert share is not None
    assert share == pytest.approx(0.6, abs=0.005)
    assert detectable(3, 0.5) is None


def test_pairs_follow_the_published_formula() -> None:
    # ψ = 0.3, δ = 0.1: (1.95996 √0.3 + 0.84162 √0.29)² / 0.01
    assert paired_items(0.2, 0.1) == 234
    assert paired_items(0.1, 0.2) == 234
    assert paired_items(0.05, 0.45) == 23
    assert paired_items(0.11, 0.01) < paired_items(0.2, 0.1)


def test_the_rule_of_three() -> None:
    assert items_without_hit(0.01) == 299
    assert 0.99**299 <= 0.05 < 0.99**298
    assert items_without_hit(0.5, level=0.75) == 2


def test_clusters_cost_items() -> None:
    assert design_effect(1, 0.9) == 1
    assert design_effect(5, 0.5) == 3
    assert design_effect(10, 1) == 10


def test_what_cannot_be_planned_is_refused() -> None:
    with pytest.raises(ValueError, match="tells a share from itself"):
        fixed_items(0.5, 0.5)
    with pytest.raises(ValueError, match="more than planned"):
        fixed_items(0.50001, 0.5)
    with pytest.raises(ValueError, match="at least one item"):
        power(0, 0.5, 0.5)
    with pytest.raises(ValueError, match="a null lies"):
        power(1, 0.5, 0)
    with pytest.raises(ValueError, match="a power lies"):
        detectable(9, 0.5, least_power=1)
    with pytest.raises(ValueError, match="sum of shares"):
        paired_items(0.6, 0.6)
    with pytest.raises(ValueError, match="correlation"):
        design_effect(2, -0.1)
    with pytest.raises(ValueError, match="a cluster has"):
        design_effect(0.5, 0.1)
    with pytest.raises(ValueError, match="a level lies"):
        items_without_hit(0.1, level=1)


def test_items_for_non_inferiority_give_the_power_they_promise() -> None:
    differing, margin = 0.2, 0.1
    n = noninferior_items(differing, margin)
    draw = random.Random(1)  # noqa: S311 - reproducible, not secret
    shown = 0
    for _ in range(400):
        apart = [
            draw.choice((-1.0, 1.0)) if draw.random() < differing else 0.0
            for _ in range(n)
        ]
        mean = sum(apart) / n
        error = math.sqrt(sum((value - mean) ** 2 for value in apart)) / n
        shown += mean - 1.645 * error > -margin
    assert 0.74 < shown / 400 < 0.87


def test_no_margin_at_all_is_never_shown() -> None:
    with pytest.raises(ValueError, match="itself"):
        noninferior_items(0.2, 0)
