"""How unequally names are mentioned, and how sure that is."""

import math
import random
from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import accumulate, pairwise
from operator import mul
from typing import Final

from openvet.stats.intervals import Interval
from openvet.stats.special import check_level
from openvet.wire import Record

DRAWS: Final = 400
MOST: Final = 2_000
"""Mentions that are drawn. Where there are more, as many are taken from them: counts
of more are less unequal by chance, so that the two could not be compared."""
STEEPEST: Final = 16.0
HALVINGS: Final = 12
"""Of the steepness: a last step of 16 / 2^12 moves the figure by less than 0.001."""
HALF: Final = 0.5
TIE: Final = 1e-12


class Inequality(Record, frozen=True, kw_only=True):
    """How unequal the chances of names are."""

    observed: float
    """The Gini coefficient of the counts, which chance alone keeps above 0."""
    estimate: float
    """The coefficient of chances that would give such counts half of the time."""
    interval: Interval
    """Of the coefficient of the chances."""
    n: int
    """Mentions."""
    effective: float
    """Independent mentions that they are worth."""


def gini(counts: Sequence[float]) -> float:
    """Return the Gini coefficient: 0 if all are equal, 1 - 1/k if one of k has all.

    Σ (2i - k - 1) x / (k Σ x) over the counts in ascending order; after Gini,
    "Variabilità e mutabilità" (1912). Names that were never mentioned belong in the
    counts: leaving them out hides inequality.

    Args:
        counts: One for each name, at least 0.

    Raises:
        ValueError: There are no counts, one is negative or infinite, or all are 0.
    """
    if not all(0 <= count < math.inf for count in counts):
        raise ValueError("counts are numbers of at least 0")
    total, k = math.fsum(counts), len(counts)
    if not total:
        raise ValueError("an inequality needs at least one count above 0")
    ranked = enumerate(sorted(counts), start=1)
    return math.fsum((2 * i - k - 1) * count for i, count in ranked) / (k * total)


def inequality(
    answers: Sequence[Sequence[str]],
    names: Sequence[str],
    seed: int,
    level: float = 0.95,
) -> Inequality:
    """Return how unequal the chances of names to be mentioned are.

    The coefficient of counts is too large where mentions are few, even if all chances
    are equal, and resampling makes it larger still. So the interval inverts a test:
    chances proportional to the counts to a power from 0, all equal, to 16 are tried,
    and those kept that give a coefficient like the one observed (Davison and Hinkley,
    "Bootstrap methods and their application", 1997, chapter 5). Mentions in one answer
    depend on each other; their mean design effect (Rao and Scott, JASA 76, 1981)
    reduces their number. One answer alone tells nothing.

    Args:
        answers: The names mentioned in each answer; empty ones count not.
        names: All names that could be mentioned, at least two.
        seed: Of the draws.
        level: Of confidence.

    Raises:
        ValueError: There are fewer than two names, one is given twice, an answer has
            another name, or no answer has any.
    """
    check_level(level)
    used = [answer for answer in answers if answer]
    counts = _counts(used, names)
    observed, n, k = gini(counts), sum(counts), len(names)
    effective = n / _design_effect(used, dict(zip(names, counts, strict=True)))
    low, estimate, high = 0.0, observed, 1 - 1 / k
    if len(used) > 1:
        seen, worth = observed, effective
        if effective > MOST:
            seen = gini(_counts([_some(used, seed)], names))
            worth = 1 / (1 / MOST + 1 / effective)
        draws = _draws(seed, max(1, math.floor(worth)))
        low, estimate, high = _limits(_family(counts), draws, seen, level)
    return Inequality(
        observed=observed,
        estimate=estimate,
        interval=Interval(
            low=low, high=high, level=level, method="bootstrap test inversion"
        ),
        n=n,
        effective=effective,
    )


def _some(answers: Sequence[Sequence[str]], seed: int) -> list[str]:
    """Return as many mentions as are drawn, taken at random from all answers."""
    mentions = [name for answer in answers for name in answer]
    taken = random.Random(f"{seed}/some")  # noqa: S311 - reproducible, not secret
    return taken.sample(mentions, min(MOST, len(mentions)))


def _counts(answers: Sequence[Sequence[str]], names: Sequence[str]) -> list[int]:
    """Return how often each name was mentioned."""
    if len(names) < 2 or len(set(names)) != len(names):  # noqa: PLR2004 - a pair
        raise ValueError("an inequality is between at least two different names")
    counted = Counter(name for answer in answers for name in answer)
    if others := counted.keys() - set(names):
        raise ValueError(f"{min(others)!r} is none of the names")
    return [counted[name] for name in names]


def _design_effect(answers: Sequence[Sequence[str]], counts: dict[str, int]) -> float:
    """Return how many mentions are worth one independent mention, at least 1."""
    n, groups = sum(counts.values()), len(answers)
    mentioned = {name: count / n for name, count in counts.items() if count}
    if groups < 2 or len(mentioned) < 2:  # noqa: PLR2004 - nothing to compare
        return n / groups
    squares = dict.fromkeys(mentioned, 0.0)
    for answer in answers:
        here = Counter(answer)
        for name, share in mentioned.items():
            squares[name] += (here[name] - share * len(answer)) ** 2
    variances = (
        squares[name] * groups / (groups - 1) / n / share
        for name, share in mentioned.items()
    )
    return max(1.0, math.fsum(variances) / (len(mentioned) - 1))


def _family(counts: Sequence[int]) -> Callable[[float], list[float]]:
    """Return the chances of a steepness: equal at 0, those of the counts at about 1."""
    heights = [math.log(count + HALF) for count in counts]
    if len(set(counts)) == 1:  # any order is as good
        heights = [-math.log(place) for place in range(1, len(counts) + 1)]
    top = max(heights)

    def chances(steepness: float) -> list[float]:
        weights = [math.exp(steepness * (height - top)) for height in heights]
        total = math.fsum(weights)
        return [weight / total for weight in weights]

    return chances


def _draws(seed: int, mentions: int) -> list[Sequence[float]]:
    """Return sets of sorted random numbers, to be cut by chances into mentions."""
    draw = random.Random(seed)  # noqa: S311 - reproducible, not secret
    return [
        array("d", sorted(draw.random() for _ in range(mentions))) for _ in range(DRAWS)
    ]


def _limits(
    chances: Callable[[float], list[float]],
    draws: Sequence[Sequence[float]],
    observed: float,
    level: float,
) -> tuple[float, float, float]:
    """Return the lower limit, the estimate and the upper limit."""
    tail = (1 - level) / 2
    typical = _coefficients(chances(0.0), draws)[DRAWS // 2]
    low = gini(chances(_steepness(chances, draws, observed, tail)))
    estimate = gini(chances(_steepness(chances, draws, observed, HALF)))
    # Counts more equal than chance makes them do not narrow the interval.
    seen = max(observed, typical) + 2 * TIE
    return low, estimate, gini(chances(_steepness(chances, draws, seen, 1 - tail)))


def _steepness(
    chances: Callable[[float], list[float]],
    draws: Sequence[Sequence[float]],
    observed: float,
    wanted: float,
) -> float:
    """Return the steepness at which so many draws are as unequal as observed."""

    def reached(steepness: float) -> bool:
        values = _coefficients(chances(steepness), draws)
        return DRAWS - bisect_left(values, observed - TIE) >= wanted * DRAWS

    flat, steep = 0.0, STEEPEST
    if reached(flat):
        return flat
    if not reached(steep):
        return steep
    for _ in range(HALVINGS):
        middle = (flat + steep) / 2
        flat, steep = (flat, middle) if reached(middle) else (middle, steep)
    return steep


def _coefficients(
    chances: Sequence[float], draws: Sequence[Sequence[float]]
) -> list[float]:
    """Return the coefficients of counts that chances give, in ascending order."""
    cuts = list(accumulate(chances))[:-1]
    places = range(1, len(chances) + 1)
    values = []
    for draw in draws:  # `gini`, of whole numbers in a hot loop
        n = len(draw)
        ends = [0, *(bisect_left(draw, cut) for cut in cuts), n]
        counts = sorted(after - before for before, after in pairwise(ends))
        ranks = sum(map(mul, counts, places))
        values.append((2 * ranks - (len(counts) + 1) * n) / (len(counts) * n))
    return sorted(values)
