"""Sequences may be looked at after every item."""

import math
import random
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openvet.stats.sequences import (
    FiniteSequence,
    MixtureSequence,
    needed,
    prior_for,
)

NULLS = st.floats(0.01, 0.99)


def mixture(hits: int, n: int, null: float = 0.5) -> MixtureSequence:
    sequence = MixtureSequence(null)
    for number in range(n):
        sequence.add(number < hits)
    return sequence


def finite(population: int, hits: int, n: int, null: float = 0.5) -> FiniteSequence:
    sequence = FiniteSequence(population, null)
    for number in range(n):
        sequence.add(number < hits)
    return sequence


def test_before_the_first_item_nothing_is_known() -> None:
    for sequence in (MixtureSequence(0.5), FiniteSequence(10, 0.5)):
        assert (sequence.interval.low, sequence.interval.high) == (0, 1)
        assert sequence.verdict == "undecided"
        assert sequence.share is None
        assert sequence.log_evidence() == pytest.approx(0, abs=1e-12)


def test_the_evidence_is_the_mixture_over_the_null_in_exact_arithmetic() -> None:
    hits, n, a, b = 31, 40, 50, 50
    exact = Fraction(1)
    for number in range(hits):
        exact *= Fraction(a + number)
    for number in range(n - hits):
        exact *= Fraction(b + number)
    for number in range(n):
        exact /= a + b + number
    exact *= 2**n
    assert mixture(hits, n).log_evidence() == pytest.approx(math.log(exact), rel=1e-9)


def test_the_ratio_is_the_prior_over_the_posterior_in_exact_arithmetic() -> None:
    population, hits, n = 12, 5, 7
    sequence = FiniteSequence(population, 0.5, prior=(1, 1))
    for number in range(n):
        sequence.add(number < hits)
    likelihood = {
        total: math.comb(total, hits) * math.comb(population - total, n - hits)
        for total in range(population + 1)
    }
    for total, weight in likelihood.items():
        posterior = Fraction(weight, sum(likelihood.values()))
        if not posterior:
            assert sequence._log_ratio(total) == math.inf
            continue
        ratio = Fraction(1, population + 1) / posterior
        assert sequence._log_ratio(total) == pytest.approx(math.log(ratio), abs=1e-9)


@given(st.integers(0, 80), st.integers(0, 80), NULLS)
def test_the_interval_holds_the_estimate_and_agrees_with_the_verdict(
    hits: int, misses: int, null: float
) -> None:
    sequence = mixture(hits, hits + misses, null)
    interval = sequence.interval
    assert interval.width > 0
    if sequence.share is not None:
        assert sequence.share in interval
    verdict = "undecided" if null in interval else "below"
    assert sequence.verdict == ("above" if null < interval.low else verdict)


@given(st.integers(0, 80), st.integers(0, 80), NULLS, st.floats(0.001, 0.999))
def test_what_is_refuted_is_what_the_interval_leaves_out(
    hits: int, misses: int, null: float, share: float
) -> None:
    sequence = mixture(hits, hits + misses, null)
    bounds = sequence.interval
    assert sequence.refutes(share) == (share not in bounds)


@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 60), NULLS)
def test_without_replacement_too(
    hits: int, misses: int, unseen: int, null: float
) -> None:
    population = hits + misses + unseen or 1
    sequence = finite(population, hits, hits + misses, null)
    interval = sequence.interval
    assert hits / population >= interval.low - 1e-12 or unseen
    assert interval.low * population == pytest.approx(round(interval.low * population))
    assert 0 <= interval.low <= interval.high <= 1
    expected = "above" if interval.low > null else "undecided"
    assert sequence.verdict == ("below" if interval.high < null else expected)


@given(st.integers(0, 60), st.integers(0, 60))
def test_hits_and_misses_are_mirror_images(hits: int, misses: int) -> None:
    n = hits + misses
    ours, other = mixture(hits, n).interval, mixture(misses, n).interval
    assert ours.low == pytest.approx(1 - other.high, abs=1e-12)
    whole, mirror = finite(n + 9, hits, n).interval, finite(n + 9, misses, n).interval
    assert whole.low == pytest.approx(1 - mirror.high, abs=1e-12)


@given(st.integers(0, 60), st.integers(0, 60))
def test_one_more_hit_never_lowers_an_end(hits: int, misses: int) -> None:
    fewer = mixture(hits, hits + misses + 1).interval
    more = mixture(hits + 1, hits + misses + 1).interval
    assert fewer.low <= more.low
    assert fewer.high <= more.high


def test_zero_hits_bound_the_share_from_above_and_more_items_tighten_it() -> None:
    highs = []
    for n in (10, 100, 1_000):
        interval = mixture(0, n, null=0.05).interval
        assert interval.low == 0
        assert interval.high > 2 / n
        highs.append(interval.high)
    assert highs == sorted(highs, reverse=True)


def test_a_suite_that_was_seen_whole_is_known_exactly() -> None:
    sequence = finite(10, 3, 10)
    assert (sequence.interval.low, sequence.interval.high) == (0.3, 0.3)
    assert sequence.verdict == "below"
    with pytest.raises(ValueError, match="all 10 items have been seen"):
        sequence.add(1)


def test_a_suite_that_shows_exactly_the_null_is_never_decided() -> None:
    assert finite(1_508, 754, 1_508).verdict == "undecided"
    assert finite(1_500, 825, 1_500, null=0.55).verdict == "undecided"


def test_millions_of_items_keep_the_ends_apart_and_in_order() -> None:
    for hits, n in ((0, 10**7), (1, 10**7), (5 * 10**6, 10**7), (10**7, 10**7)):
        sequence = MixtureSequence(0.5)
        sequence.hits, sequence.n = hits, n
        interval = sequence.interval
        assert 0 <= interval.low <= hits / n <= interval.high <= 1
        assert 1e-7 < interval.width < 2e-3
        whole = FiniteSequence(2 * 10**7, 0.5)
        whole.hits, whole.n = hits, n
        assert 0 < whole.interval.width < interval.width


def test_a_value_between_counts_as_part_of_a_hit() -> None:
    sequence = MixtureSequence(0.5)
    for value in (0.25, 0.75, 1, 0):
        sequence.add(value)
    assert (sequence.hits, sequence.n, sequence.share) == (2, 4, 0.5)


def test_evidence_for_the_other_side_is_none() -> None:
    sequence = mixture(90, 100)
    assert sequence.log_evidence("above") == sequence.log_evidence() > math.log(20)
    assert sequence.log_evidence("below") == 0


def test_overwhelming_evidence_is_infinite_and_no_error() -> None:
    sequence = MixtureSequence(0.5)
    sequence.hits = sequence.n = 10_000
    assert sequence.e_value() == math.inf
    assert sequence.e_value("below") == 1
    assert mixture(30, 40).e_value() == pytest.approx(
        math.exp(mixture(30, 40).log_evidence())
    )


def test_the_prior_follows_the_null() -> None:
    assert prior_for(0.5) == pytest.approx((50, 50))
    assert prior_for(0.05) == pytest.approx((1, 19))
    assert sum(prior_for(0.001)) == pytest.approx(20)


@pytest.mark.parametrize("value", [-0.1, 1.1, math.nan, math.inf])
def test_what_is_no_share_is_not_counted(value: float) -> None:
    for sequence in (MixtureSequence(0.5), FiniteSequence(9, 0.5)):
        with pytest.raises(ValueError, match="not"):
            sequence.add(value)
        assert sequence.n == 0


def test_without_replacement_an_item_hits_or_misses() -> None:
    with pytest.raises(ValueError, match=r"1 or 0, not 0\.5"):
        FiniteSequence(9, 0.5).add(0.5)


@pytest.mark.parametrize("null", [0, 1, -1, math.nan])
def test_a_null_at_the_edge_is_refused(null: float) -> None:
    with pytest.raises(ValueError, match="a null lies between"):
        MixtureSequence(null)
    with pytest.raises(ValueError, match="a null lies between"):
        FiniteSequence(9, null)


def test_other_arguments_out_of_range_are_refused() -> None:
    with pytest.raises(ValueError, match="a level lies"):
        MixtureSequence(0.5, level=1)
    with pytest.raises(ValueError, match="parts of a prior"):
        MixtureSequence(0.5, prior=(0, 1))
    with pytest.raises(ValueError, match="a population has"):
        FiniteSequence(0, 0.5)
    with pytest.raises(ValueError, match="3 of 2 items"):
        needed(0.5, 0.5, hits=3, n=2)


def test_needed_is_the_first_item_at_which_the_path_is_decided() -> None:
    for share in (0.0, 0.3, 0.6, 1.0):
        more = needed(share, 0.5)
        assert more is not None
        decided = []
        for n in (more - 1, more):
            sequence = MixtureSequence(0.5)
            sequence.n, sequence.hits = n, share * n
            decided.append(sequence.verdict != "undecided")
        assert decided == [False, True]


def test_needed_counts_from_what_was_seen() -> None:
    whole = needed(0.6, 0.5)
    assert whole is not None
    assert needed(0.6, 0.5, hits=60, n=100) == whole - 100
    assert needed(0.6, 0.5, hits=90, n=100) == 0


def test_what_never_decides_says_so() -> None:
    assert needed(0.5, 0.5) is None
    assert needed(0.5, 0.5, population=100) is None


def test_a_suite_needs_fewer_items_than_an_endless_stream() -> None:
    stream, suite = needed(0.55, 0.5), needed(0.55, 0.5, population=1_508)
    assert stream is not None
    assert suite is not None
    assert suite < stream


def false_alarms(share: float, null: float, most: int, runs: int, seed: int) -> float:
    draw = random.Random(seed)  # noqa: S311 - a seeded simulation
    alarms = 0
    for _ in range(runs):
        sequence = MixtureSequence(null)
        for _ in range(most):
            sequence.add(draw.random() < share)
            if sequence.verdict != "undecided":
                alarms += 1
                break
    return alarms / runs


@pytest.mark.slow
@pytest.mark.parametrize("null", [0.5, 0.05])
def test_looking_after_every_item_alarms_falsely_in_five_of_a_hundred_at_most(
    null: float,
) -> None:
    assert false_alarms(null, null, 1_000, 1_000, seed=1) <= 0.05


@pytest.mark.slow
def test_values_between_alarm_no_more_often() -> None:
    draw = random.Random(2)  # noqa: S311 - a seeded simulation
    alarms = 0
    for _ in range(500):
        sequence = MixtureSequence(0.3)
        for _ in range(500):
            sequence.add(draw.betavariate(0.3, 0.7))
            if sequence.verdict != "undecided":
                alarms += 1
                break
    assert alarms / 500 <= 0.05


@pytest.mark.slow
@pytest.mark.parametrize("hits", [754, 786, 830])
def test_the_verdict_of_the_whole_suite_is_foretold(hits: int) -> None:
    draw = random.Random(hits)  # noqa: S311 - a seeded simulation
    items = [1] * hits + [0] * (1_508 - hits)
    wrong = 0
    for _ in range(300):
        draw.shuffle(items)
        sequence = FiniteSequence(1_508, 0.5)
        for item in items:
            sequence.add(item)
            if sequence.verdict != "undecided":
                wrong += sequence.verdict == "below" or hits == 754
                break
    assert wrong / 300 <= 0.05
