"""Which words an embedding places near which: WEAT, direct bias, the gender direction.

Two lists of target words (occupations of women, of men) and two of attributes (she, he)
make a test. How much nearer each target is to the first attributes than to the second
is its association; the test asks whether the associations of the two lists differ, by
permuting the targets. Caliskan, Bryson and Narayanan, "Semantics derived automatically
from language corpora contain human-like biases", Science 356 (2017).

Nothing runs here but arithmetic on vectors that somebody gives.
"""

import math
from collections.abc import Mapping, Sequence
from operator import mul
from typing import Final

from openvet.probes.asking import Verdict
from openvet.stats.bootstrap import bootstrap
from openvet.stats.intervals import Interval
from openvet.stats.many import adjusted
from openvet.stats.permutation import Side, two_groups
from openvet.stats.ranks import superiority, superiority_interval
from openvet.wire import Record, replace

DRAWS: Final = 2_000
"""The most permutations of a test in an audit; p-values reach down to 1 in 2,001."""
LEAST: Final = 2
"""Words of each list without which there is no spread, and so no effect size."""
RATE: Final = 0.05
"""Of false discoveries among the tests of an audit."""
NULL: Final = 0.5
MARGIN: Final = 0.2
"""A share certainly no farther from one half is "within"; d is then below some 0.75."""
WORDS: Final = 8
"""Of each list of targets, and half of each list, without which nothing is said."""
SHOWN: Final = 3
"""Words of each target that a finding names."""
TURNS: Final = 500
SMALLEST: Final = 1e-12

Vector = tuple[float, ...]


class WordTest(Record, frozen=True, kw_only=True):
    """Four lists; the first target is held to be nearer the first attribute."""

    axis: str
    names: tuple[str, str, str, str]
    """Of the lists."""
    targets: tuple[tuple[str, ...], tuple[str, ...]]
    attributes: tuple[tuple[str, ...], tuple[str, ...]]

    @property
    def words(self) -> tuple[str, ...]:
        """All words, as they are written in the lists."""
        return tuple(
            word for list_ in (*self.targets, *self.attributes) for word in list_
        )


class Association(Record, frozen=True, kw_only=True):
    """What a test found."""

    axis: str
    names: tuple[str, str, str, str]
    n: tuple[int, int]
    """Target words that are there."""
    effect: float | None = None
    """WEAT's d, from -2 to 2: difference of means over the sample standard deviation of
    all associations. None where words are missing or all associations are equal."""
    interval: Interval | None = None
    """Of d, over target words; attributes are taken as given."""
    p_value: float | None = None
    """Of the permutations, for the side that was asked."""
    side: Side
    share: float | None = None
    """Of pairs of targets in which the first is nearer the first attribute."""
    share_interval: Interval | None = None
    missing: tuple[str, ...]
    """Words that are not there, in any spelling that was tried."""
    asked: int
    """Words of all four lists."""
    typical: tuple[str, ...] = ()
    """Of the first target those nearest the first attribute, then of the second."""
    usable: bool = False
    """Whether enough of each list is there to say something."""


class Weighed(Record, frozen=True, kw_only=True):
    """A test among others."""

    found: Association
    adjusted: float | None
    """Its p-value after Benjamini and Hochberg, over all usable tests."""
    verdict: Verdict


class Direction(Record, frozen=True, kw_only=True):
    """What pairs of words have in common in what sets them apart."""

    vector: tuple[float, ...]
    """Of length 1; the first words of the pairs lie toward it."""
    share: float
    """Of the squared differences that lies along it: first principal component."""
    pairs: int
    missing: tuple[str, ...]


class DirectBias(Record, frozen=True, kw_only=True):
    """How far words lie along a direction on which they should not lie."""

    value: float
    """Mean of |cosine| to the power of `strictness`."""
    interval: Interval
    """Over words."""
    chance: float
    """What a random direction would give, for a strictness of 1."""
    share: float
    """Of the first principal component of the pairs that define the direction."""
    pairs: int
    n: int
    missing: tuple[str, ...]


class Embedding:
    """Words as vectors of length 1.

    Args:
        vectors: By word as its file writes it, all of one width.
    """

    def __init__(self, vectors: Mapping[str, Sequence[float]]) -> None:
        self._vectors = vectors
        self._units: dict[str, Vector] = {}

    def unit(self, word: str) -> Vector | None:
        """Return a word's vector, in the first of its spellings that is there."""
        for form in forms(word):
            known = self._units.get(form)
            if known is None and form in self._vectors:
                known = self._units[form] = _unit(self._vectors[form])
            if known is not None:
                return known
        return None

    def units(self, words: Sequence[str]) -> tuple[list[Vector], list[str]]:
        """Return the vectors of words, and the words that are not there."""
        found = [(word, self.unit(word)) for word in words]
        return (
            [unit for _, unit in found if unit is not None],
            [word for word, unit in found if unit is None],
        )


def forms(word: str) -> tuple[str, str, str]:
    """Return the spellings in which a word is looked for: as given, lower, capital."""
    return word, word.lower(), word.capitalize()


def associate(
    test: WordTest,
    embedding: Embedding,
    seed: int = 0,
    side: Side = "either",
    draws: int = DRAWS,
) -> Association:
    """Return what an embedding says to a test.

    Args:
        test: The four lists.
        embedding: The vectors.
        seed: Of permutations, where there are too many to try all, and of resamples.
        side: "greater" for WEAT's own p-value, which only sees the hypothesis.
        draws: The most permutations.
    """
    lists = (*test.targets, *test.attributes)
    there = [embedding.units(words) for words in lists]
    missing = tuple(word for _, absent in there for word in absent)
    found = [units for units, _ in there]
    nothing = Association(
        axis=test.axis,
        names=test.names,
        n=(len(found[0]), len(found[1])),
        side=side,
        missing=missing,
        asked=len(test.words),
    )
    if min(map(len, found)) < LEAST:
        return nothing
    between = _difference(_mean(found[2]), _mean(found[3]))
    first, second = ([_dot(unit, between) for unit in units] for units in found[:2])
    share, effect = superiority(first, second), effect_size(first, second)
    known = not math.isnan(effect)
    return replace(
        nothing,
        effect=effect if known else None,
        interval=bootstrap(effect_size, (first, second), seed) if known else None,
        p_value=two_groups(first, second, seed, side, draws),
        share=share,
        share_interval=superiority_interval(share, len(first), len(second)),
        typical=(
            *_extreme(test.targets[0], first, missing, sign=-1),
            *_extreme(test.targets[1], second, missing, sign=1),
        ),
        usable=_usable(found, lists),
    )


def _usable(found: Sequence[Sequence[Vector]], lists: Sequence[Sequence[str]]) -> bool:
    """Tell whether enough words of each list are there."""
    half = all(
        2 * len(units) >= len(words) for units, words in zip(found, lists, strict=True)
    )
    return half and min(map(len, found[:2])) >= WORDS


def _extreme(
    words: Sequence[str], values: Sequence[float], missing: Sequence[str], *, sign: int
) -> list[str]:
    """Return the words with the smallest values times a sign."""
    there = [word for word in words if word not in missing]
    ranked = sorted(zip(values, there, strict=True), key=lambda one: sign * one[0])
    return [word for _, word in ranked[:SHOWN]]


def weigh(found: Sequence[Association]) -> tuple[Weighed, ...]:
    """Return what stands of several tests when all of them were asked.

    A test is decided when its p-value is a discovery among those of all usable ones,
    or when the share of pairs certainly lies near one half. All else is undecided.
    """
    p_values = [one.p_value or 0.0 for one in found if one.usable]
    corrected = iter(adjusted(p_values))
    weighed = []
    for one in found:
        value = next(corrected) if one.usable else None
        weighed.append(Weighed(found=one, adjusted=value, verdict=_verdict(one, value)))
    return tuple(weighed)


def _verdict(found: Association, value: float | None) -> Verdict:
    bounds = found.share_interval
    if value is None or bounds is None:
        return "no usable answers"
    if found.effect is None:  # of what lies in one place nothing can be seen
        return "undecided"
    if value <= RATE:
        return "above" if found.effect > 0 else "below"
    near = bounds.low >= NULL - MARGIN and bounds.high <= NULL + MARGIN
    return "within" if near else "undecided"


def effect_size(first: Sequence[float], second: Sequence[float]) -> float:
    """Return WEAT's d of two lists of associations; NaN where they are all equal.

    Difference of the means over the sample standard deviation, with one degree of
    freedom taken off, over both lists together.
    """
    both = [*first, *second]
    middle = _average(both)
    squares = sum((value - middle) ** 2 for value in both)
    spread = math.sqrt(squares / (len(both) - 1))
    if spread < SMALLEST:
        return math.nan
    return (_average(first) - _average(second)) / spread


def direction(
    pairs: Sequence[tuple[str, str]], embedding: Embedding
) -> Direction | None:
    """Return the first principal component of pairs, or None without a pair.

    Each pair is centered at its own middle: Bolukbasi et al., "Man is to computer
    programmer as woman is to homemaker?", NeurIPS 2016, section 5.1. With vectors of
    length 1 and both ends of each pair, the components are those of the differences.
    """
    ends = [(embedding.unit(one), embedding.unit(other)) for one, other in pairs]
    apart = [
        _difference(one, other)
        for one, other in ends
        if one is not None and other is not None
    ]
    missing = tuple(
        word
        for pair, units in zip(pairs, ends, strict=True)
        for word, unit in zip(pair, units, strict=True)
        if unit is None
    )
    products = [[_dot(one, other) for other in apart] for one in apart]
    total = sum(products[place][place] for place in range(len(apart)))
    if total < SMALLEST:
        return None
    weights, largest = _dominant(products)
    summed = _combined(weights, apart)
    if sum(_dot(summed, one) for one in apart) < 0:
        summed = tuple(-value for value in summed)
    return Direction(
        vector=_unit(summed), share=largest / total, pairs=len(apart), missing=missing
    )


def direct_bias(
    words: Sequence[str],
    along: Direction,
    embedding: Embedding,
    strictness: float = 1,
    seed: int = 0,
) -> DirectBias | None:
    """Return how far neutral words lie along a direction, or None without words.

    The mean of |cos(word, direction)|^strictness: Bolukbasi et al. 2016, section 5.2.
    It is no 0 for vectors that know nothing of the direction; see `chance`.
    """
    units, missing = embedding.units(words)
    sizes = [math.pow(abs(_dot(unit, along.vector)), strictness) for unit in units]
    if not sizes:
        return None
    return DirectBias(
        value=_average(sizes),
        interval=bootstrap(_average, (sizes,), seed),
        chance=chance(len(along.vector)),
        share=along.share,
        pairs=along.pairs,
        n=len(sizes),
        missing=tuple(missing),
    )


def chance(width: int) -> float:
    """Return the mean |cosine| between a vector and a random direction.

    Γ(w/2) / (√π Γ((w + 1)/2)), for a direction that is uniform on the sphere.
    """
    return math.exp(math.lgamma(width / 2) - math.lgamma((width + 1) / 2)) / math.sqrt(
        math.pi
    )


def _average(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _dot(first: Sequence[float], second: Sequence[float]) -> float:
    total: float = sum(map(mul, first, second))
    return total


def _unit(vector: Sequence[float]) -> Vector:
    """Return a vector at length 1; scaled first, so that no square overflows."""
    largest = max(map(abs, vector))
    scaled = [value / largest for value in vector]
    length = math.sqrt(_dot(scaled, scaled))
    return tuple(value / length for value in scaled)


def _difference(first: Vector, second: Vector) -> Vector:
    return tuple(one - other for one, other in zip(first, second, strict=True))


def _mean(units: Sequence[Vector]) -> Vector:
    return tuple(sum(column) / len(units) for column in zip(*units, strict=True))


def _combined(weights: Sequence[float], vectors: Sequence[Vector]) -> Vector:
    return tuple(_dot(weights, column) for column in zip(*vectors, strict=True))


def _dominant(products: list[list[float]]) -> tuple[list[float], float]:
    """Return the first eigenvector of a symmetric matrix, and its value.

    By repeated multiplication. It starts from what all pairs share, which is what one
    hopes to find.
    """
    vector, value = [1.0] * len(products), 0.0
    for _ in range(TURNS):
        turned = [_dot(row, vector) for row in products]
        length = math.sqrt(_dot(turned, turned))
        if length < SMALLEST:
            # What all share is nothing: begin with a single pair.
            turned, length = [1.0] + [0.0] * (len(products) - 1), 1.0
        vector, before, value = [one / length for one in turned], value, length
        if abs(value - before) < SMALLEST * value:
            break
    return vector, value
