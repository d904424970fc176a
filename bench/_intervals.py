"""Coverage of the intervals that are not those of one share; see `certainty`.

Each row names a function of `openvet.stats`, so that none can be left out.
"""

import importlib
import inspect
import math
import pkgutil
import random
from collections.abc import Callable, Iterator
from statistics import fmean
from typing import Final

import openvet.stats
from openvet.stats.bootstrap import bootstrap
from openvet.stats.independent import share_difference, share_ratio
from openvet.stats.intervals import Interval, crossed
from openvet.stats.means import clustered_mean
from openvet.stats.ranks import superiority, superiority_interval
from openvet.stats.ratios import ratio_of_sums

N: Final = 100
RATE: Final = 0.01
FEW: Final = 20
"""Values of each group, where groups are as small as sets of words are."""
EACH: Final = 0.002
"""Seconds of a token."""
Row = tuple[str, str, float]
"""The function, what it was tried on, and how often its interval held the truth."""


def two_shares() -> Iterator[Row]:
    """Yield the coverage for two groups of 100 with a rate of 1 % each: exact sums."""
    mass = [
        math.comb(N, hits) * RATE**hits * (1 - RATE) ** (N - hits)
        for hits in range(N + 1)
    ]
    likely = [hits for hits, chance in enumerate(mass) if chance > 1e-9]  # noqa: PLR2004 - nothing that anyone will see
    cases = [(a, b, mass[a] * mass[b]) for a in likely for b in likely]
    held = sum(c for a, b, c in cases if 0 in share_difference((a, N), (b, N)))
    yield "share_difference", f"two groups of {N} at {RATE:.0%}", held
    held = sum(c for a, b, c in cases if 1 in share_ratio((a, N), (b, N)))
    yield "share_ratio", f"two groups of {N} at {RATE:.0%}", held


def simulated(runs: int) -> Iterator[Row]:
    """Yield the coverage of the others, each on what it is made for."""
    draw = random.Random(2)  # noqa: S311 - a seeded simulation

    def often(held: Callable[[], bool], times: int = runs) -> float:
        return sum(held() for _ in range(times)) / times

    def means(value: Callable[[], float], truth: float) -> bool:
        clusters: dict[str, list[float]] = {}
        for place in range(N // 2):
            shift = draw.gauss(0, 0.5)
            clusters[str(place)] = [value() + shift, value() + shift]
        return truth in clustered_mean(clusters)

    normal = lambda: draw.gauss(1, 1)  # noqa: E731 - a name for a draw
    skewed = lambda: draw.expovariate(1)  # noqa: E731 - as above
    shape = "50 clusters of 2, correlated"
    yield "clustered_mean", f"normal, {shape}", often(lambda: means(normal, 1))
    yield "clustered_mean", f"exponential, {shape}", often(lambda: means(skewed, 1))
    for size in (N, FEW):
        beaten = often(_beaten(draw, size))
        yield "superiority_interval", f"two groups of {size}, truth {RATE:.0%}", beaten
    for batches in (N, 8):
        yield "ratio_of_sums", f"{batches} batches", often(_ratio(draw, batches))

    for rate in (RATE, 0.5):
        about = f"10 wordings by 10 people, rate {rate:.0%}"
        yield "crossed", about, often(_crossing(draw, rate))

    def resampled() -> bool:
        values = [draw.expovariate(1) for _ in range(N)]
        return 1 in bootstrap(fmean, [values], 1, resamples=400)

    rows = max(100, runs // 4)
    yield "bootstrap", f"mean of {N} exponential values", often(resampled, rows)


def _crossing(draw: random.Random, rate: float) -> Callable[[], bool]:
    """Return what draws 100 answers, of wordings and people that both differ.

    How often a wording hits is uniform from none to twice as often as the rate, and so
    is how often a person does; an answer takes one or the other at even chances.
    """
    places = range(math.isqrt(N))

    def held() -> bool:
        wordings = [draw.uniform(0, 2 * rate) for _ in places]
        people = [draw.uniform(0, 2 * rate) for _ in places]
        cells = [(row, column) for row in places for column in places]
        values = [
            float(draw.random() < draw.choice((wordings[row], people[column])))
            for row, column in cells
        ]
        rows, columns = zip(*cells, strict=True)
        return rate in crossed(values, list(map(str, rows)), list(map(str, columns)))

    return held


def _beaten(draw: random.Random, size: int) -> Callable[[], bool]:
    """Return a trial of two normal groups of which one beats the other in 1 %."""
    shift = -2.3263478740408408 * math.sqrt(2)

    def held() -> bool:
        first = [draw.gauss(shift, 1) for _ in range(size)]
        second = [draw.gauss(0, 1) for _ in range(size)]
        return RATE in superiority_interval(superiority(first, second), size, size)

    return held


def _ratio(draw: random.Random, batches: int) -> Callable[[], bool]:
    """Return a trial of batches whose tokens cost 2 ms each, more or less."""

    def held() -> bool:
        tokens = [draw.uniform(500, 1_500) for _ in range(batches)]
        found = ratio_of_sums([n * draw.gauss(EACH, EACH / 5) for n in tokens], tokens)
        return found is not None and EACH in found

    return held


def intervals() -> frozenset[str]:
    """Return every function and class of `openvet.stats` that gives an interval."""
    names = set()
    for module in pkgutil.iter_modules(openvet.stats.__path__):
        found = importlib.import_module(f"openvet.stats.{module.name}")
        for name, thing in vars(found).items():
            ours = getattr(thing, "__module__", "") == found.__name__
            kind = inspect.isfunction(thing) or inspect.isclass(thing)
            if name.startswith("_") or not ours or not kind or thing is Interval:
                continue
            if inspect.isfunction(thing):
                gives = _gives(thing.__annotations__.get("return"))
            else:
                gives = isinstance(vars(thing).get("interval"), property)
            if gives:
                names.add(name)
    return frozenset(names)


def _gives(kind: object) -> bool:
    """Say whether a function that returns this returns an interval, or holds one."""
    kinds = (kind, *getattr(kind, "__args__", ()))
    return any(
        one is Interval or "interval" in getattr(one, "__annotations__", {})
        for one in kinds
    )


def misused() -> float:
    """Return how often the interval of a mean holds a rate, for which it is not made.

    Without a hit it has no width.
    """
    return sum(
        math.comb(N, hits)
        * RATE**hits
        * (1 - RATE) ** (N - hits)
        * (RATE in clustered_mean({str(i): [float(i < hits)] for i in range(N)}))
        for hits in range(20)
    )
