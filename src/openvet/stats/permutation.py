"""Tests that need no distribution: what if the labels had fallen otherwise?"""

import math
import random
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations, product
from typing import Final, Literal

Side = Literal["greater", "either"]

HALF: Final = 0.5
TIE: Final = 1e-12
"""Statistics this near, relative to their size, are equal but for rounding."""


def p_value(observed: float, permuted: Iterable[float]) -> float:
    """Return how often chance alone gives a statistic as large as the one observed.

    (1 + those as large) / (1 + all): the observed labels are one of the ways they could
    have fallen, so that the p-value is never 0. Phipson and Smyth, "Permutation
    p-values should never be zero", Statistical Applications in Genetics and Molecular
    Biology 9 (2010).

    Args:
        observed: The statistic; larger is more remarkable.
        permuted: The same under random labels, drawn independently.

    Raises:
        ValueError: A statistic is not a number.
    """
    as_large, count = 1, 1
    for value in permuted:
        if math.isnan(value):
            raise ValueError("a statistic is a number")
        as_large += _as_large(value, observed)
        count += 1
    if math.isnan(observed):
        raise ValueError("a statistic is a number")
    return as_large / count


def two_groups(
    first: Sequence[float],
    second: Sequence[float],
    seed: int,
    side: Side = "either",
    draws: int = 20_000,
) -> float:
    """Return the p-value that two groups have the same mean.

    All ways to divide the values into groups of these sizes, where there are no more
    than the draws, which is exact; else so many random ones. With the associations of
    the target words and the side "greater", it is the test of WEAT: Caliskan, Bryson
    and Narayanan, "Semantics derived automatically from language corpora contain
    human-like biases", Science 356 (2017).

    Args:
        first: Values of one group.
        second: Values of the other.
        seed: Of the draws.
        side: Whether only a first mean above the second counts.
        draws: The most divisions that are tried.

    Raises:
        ValueError: A group is empty or holds what is not a finite number.
    """
    _check_values(first, second)
    values, size = [*first, *second], len(first)
    scale = len(values) / (size * len(second))
    shift = math.fsum(values) / len(second)

    def statistic(chosen: Sequence[float]) -> float:
        difference = math.fsum(chosen) * scale - shift
        return difference if side == "greater" else abs(difference)

    observed = statistic(first)
    if math.comb(len(values), size) <= draws:
        return _exact(observed, map(statistic, combinations(values, size)))
    draw = random.Random(seed)  # noqa: S311 - reproducible, not secret
    return p_value(
        observed, (statistic(draw.sample(values, size)) for _ in range(draws))
    )


def sign_flips(
    differences: Sequence[float],
    seed: int,
    side: Side = "either",
    draws: int = 20_000,
) -> float:
    """Return the p-value that paired differences lie symmetrically about 0.

    All signs, where there are no more ways than the draws, else so many random ones:
    Fisher, "The design of experiments" (1935), section 21.

    Args:
        differences: One of each pair.
        seed: Of the draws.
        side: Whether only a mean above 0 counts.
        draws: The most ways that are tried.

    Raises:
        ValueError: There is no difference, or one is not a finite number.
    """
    _check_values(differences, differences)

    def statistic(signed: Iterable[float]) -> float:
        total = math.fsum(signed)
        return total if side == "greater" else abs(total)

    observed = statistic(differences)
    if len(differences) < draws.bit_length():
        ways = product(*((value, -value) for value in differences))
        return _exact(observed, map(statistic, ways))
    chance = random.Random(seed).random  # noqa: S311 - reproducible, not secret

    def flipped() -> Iterable[float]:
        return [value if chance() < HALF else -value for value in differences]

    return p_value(observed, (statistic(flipped()) for _ in range(draws)))


def within_items(
    observed: Sequence[float],
    others: Sequence[Sequence[float]],
    seed: int,
    draws: int = 2_000,
) -> float:
    """Return the p-value that what was done to some items is no better than chance.

    Each item has a value of what was observed, and values of what chance alone would
    have done to it. Were the observed one of these, it could as well be any of an
    item's values: the sum over all items is compared with the sums under every choice
    of one value of each, where these are no more than the draws, else under so many
    random choices. A randomization test in blocks: Edgington and Onghena,
    "Randomization tests", 4th edition (2007).

    Args:
        observed: One of each item; larger is better.
        others: Of each item, by chance alone.
        seed: Of the draws.
        draws: The most choices that are tried.

    Raises:
        ValueError: There is no item, one is missing, or a value is not finite.
    """
    if len(observed) != len(others):
        raise ValueError("each item has one observed value and some by chance")
    blocks = [[own, *rest] for own, rest in zip(observed, others, strict=True)]
    _check_values(observed, *blocks)
    total = math.fsum(observed)
    if math.prod(map(len, blocks)) <= draws:
        return _exact(total, map(math.fsum, product(*blocks)))
    draw = random.Random(seed)  # noqa: S311 - reproducible, not secret
    return p_value(total, (math.fsum(map(draw.choice, blocks)) for _ in range(draws)))


def _exact(observed: float, everything: Iterator[float]) -> float:
    """Return the share of all ways, the observed among them, that are as large."""
    as_large = [_as_large(value, observed) for value in everything]
    return sum(as_large) / len(as_large)


def _as_large(value: float, observed: float) -> bool:
    """Say whether a statistic is at least the one observed, but for rounding."""
    return value >= observed - TIE * max(1.0, abs(observed))


def _check_values(*groups: Sequence[float]) -> None:
    """Refuse groups that no mean can be taken of."""
    for group in groups:
        if not group:
            raise ValueError("a test needs at least one value of each group")
        if not all(map(math.isfinite, group)):
            raise ValueError("values are finite numbers")
