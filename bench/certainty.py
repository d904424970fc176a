"""What the statistics promise, and what they keep: coverage, false alarms, items saved.

    scripts/bench certainty                 600 seeded runs where it simulates
    scripts/bench certainty --runs 10000    more of them

1. How often a nominal 95 % interval holds the truth at 100 items and a rate of 1 %;
   goal: at least 90 %. Beside ours, the mean ± 1.96 standard errors. Intervals of
   means, differences and ratios are tried on what they are made for. Every interval
   of `openvet.stats` has a row, by its name, or the goal is missed.
2. How often someone who looks again and again calls the truth false; goal: at most
   5 %. Beside ours, Wilson's interval, looked at after every ten items.
3. Items asked until the verdict, and how often there is one before the items end,
   beside the number that a plan with 80 % power fixes before.

Figures are sums over all that could happen, so exact, but for the rows that say how
many runs they were simulated with. Exits 1 if a goal is missed.
"""

import argparse
import math
import random
import sys
import time
from bisect import bisect_left
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

import _intervals

from openvet.stats.inequality import gini, inequality
from openvet.stats.intervals import Interval, clopper_pearson, clustered, wilson
from openvet.stats.judged import Judge, corrected
from openvet.stats.paired import paired_bootstrap, paired_difference
from openvet.stats.planning import fixed_items
from openvet.stats.sequences import FiniteSequence, MixtureSequence

N: Final = 100
RATE: Final = 0.01
COVERED: Final = 0.90
ALARMED: Final = 0.05
Z: Final = 1.96
SUITE: Final = 1_508
"""Pairs of CrowS-Pairs."""
SHARES: Final = (0.52, 0.53, 0.55, 0.575, 0.60, 0.65, 0.70)
GATES: Final = ((0.05, 0.02), (0.10, 0.05))
"""A limit, and the rate that a fixed plan is made for."""
RATES: Final = (0.001, 0.005, 0.01, 0.02, 0.05, 0.10, 0.20, 0.40)
NAMES: Final = tuple("abcdefghij")

NAMES_OF: Final = {
    "wilson": "Wilson",
    "clopper_pearson": "Clopper-Pearson",
    "paired_difference": "Tango",
    "paired_bootstrap": "paired bootstrap",
    "MixtureSequence": "mixture sequence",
    "FiniteSequence": "sequence without replacement",
    "clustered": "Korn-Graubard",
    "corrected": "Rogan-Gladen",
    "inequality": "Gini",
}
"""Intervals of `openvet.stats` whose rows are named after whoever found them."""
Bounds = list[tuple[int, int]]
"""For each number of items: the hits at or below which, and at or above which, one
stops."""
Verdicts = Callable[[int, int], str]


class Walk(NamedTuple):
    """What becomes of someone who stops at the first verdict."""

    items: float
    below: float
    above: float

    @property
    def decided(self) -> float:
        """The chance of a verdict before the items end."""
        return self.below + self.above


def plain(hits: int, n: int) -> Interval:
    """Return the mean ± 1.96 standard errors, as other tools do."""
    reach = Z * math.sqrt(hits / n * (1 - hits / n) / n)
    return Interval(low=hits / n - reach, high=hits / n + reach, level=0.95, method="")


def mixture(hits: int, n: int, null: float = 0.05) -> MixtureSequence:
    """Return a sequence that has seen so many."""
    sequence = MixtureSequence(null)
    sequence.hits, sequence.n = hits, n
    return sequence


def finite(hits: int, n: int) -> FiniteSequence:
    """Return a sequence over a suite that has seen so many."""
    sequence = FiniteSequence(SUITE, 0.5)
    sequence.hits, sequence.n = hits, n
    return sequence


def exactly(method: Callable[[int], Interval]) -> float:
    """Return the coverage of an interval of a number of hits, over all numbers."""
    total = 0.0
    for hits in range(N + 1):
        mass = math.comb(N, hits) * RATE**hits * (1 - RATE) ** (N - hits)
        if mass > 1e-12:  # noqa: PLR2004 - nothing that anyone will see
            total += mass * (RATE in method(hits))
    return total


def of_suite(hits: int) -> Interval:
    """Return the interval of a suite of 2,000 items after the first 100."""
    sequence = FiniteSequence(2_000, 0.05)
    sequence.hits, sequence.n = hits, N
    return sequence.interval


def suite_coverage() -> float:
    """Return how often it holds the share of the suite, which is exactly 1 %."""
    total, bad = math.comb(2_000, N), round(2_000 * RATE)
    return math.fsum(
        math.comb(bad, hits) * math.comb(2_000 - bad, N - hits) / total
        for hits in range(bad + 1)
        if bad / 2_000 in of_suite(hits)
    )


def resampled(hits: int) -> Interval:
    """Return the bootstrap of pairs of which so many differ, all to one side."""
    return paired_bootstrap([1.0] * hits + [0.0] * (N - hits), 1)


def simulated(runs: int) -> Iterator[tuple[str, float]]:
    """Yield the coverage of the methods that have too many outcomes to sum over."""
    draw = random.Random(1)  # noqa: S311 - a seeded simulation

    def hits(n: int, chance: float) -> int:
        return sum(draw.random() < chance for _ in range(n))

    for spread in (1.0, 10.0):
        parts = (spread * RATE, spread * (1 - RATE))
        covered = 0
        for _ in range(runs):
            rates = [draw.betavariate(*parts) for _ in range(50)]
            answers = {
                str(i): [hits(1, rate), hits(1, rate)] for i, rate in enumerate(rates)
            }
            covered += RATE in clustered(answers)
        alike = 1 / (1 + spread)
        yield (
            f"Korn-Graubard, 50 clusters of 2, correlation {alike:.2f}",
            covered / runs,
        )
    for sensitivity, specificity in ((0.9, 0.95), (0.92, 0.4)):
        called = RATE * sensitivity + (1 - RATE) * (1 - specificity)
        covered = 0
        for _ in range(runs):
            judge = Judge(
                true_positives=hits(200, sensitivity),
                positives=200,
                true_negatives=hits(200, specificity),
                negatives=200,
            )
            covered += RATE in corrected(hits(N, called), N, judge).interval
        name = f"Rogan-Gladen, judge {sensitivity:.2f} / {specificity:.2f} of 200"
        yield name, covered / runs
    for steepness in (0.0, 1.0):
        weights = [(place + 1) ** -steepness for place in range(len(NAMES))]
        few = max(20, runs // 10)
        told = (
            inequality([draw.choices(NAMES, weights) for _ in range(N)], NAMES, seed)
            for seed in range(few)
        )
        covered = sum(gini(weights) in one.interval for one in told)
        yield f"Gini of 10 names, truth {gini(weights):.2f}", covered / few


def coverage(runs: int) -> bool:
    """Print how often intervals hold the truth; say whether all meet the goal."""
    print(f"Coverage of nominal 95 % intervals, n = {N}, rate = {RATE:.0%}")
    ordinary = exactly(lambda hits: plain(hits, N))
    print(f"  {ordinary:6.1%}  mean ± 1.96 standard errors, for comparison")
    rows = [
        ("Wilson", exactly(lambda hits: wilson(hits, N))),
        ("Clopper-Pearson", exactly(lambda hits: clopper_pearson(hits, N))),
        ("Tango, paired difference", exactly(lambda b: paired_difference(b, 0, N))),
        ("paired bootstrap", exactly(resampled)),
        ("mixture sequence", exactly(lambda hits: mixture(hits, N).interval)),
        ("sequence without replacement, of 2,000", suite_coverage()),
    ]
    for name, value in rows:
        print(f"  {value:6.1%}  {name}")
    for name, value in simulated(runs):
        print(f"  {value:6.1%}  {name} (simulated)")
        rows.append((name, value))
    for name, about, value in (*_intervals.two_shares(), *_intervals.simulated(runs)):
        print(f"  {value:6.1%}  {name}: {about}")
        rows.append((name, value))
    print(f"  {_intervals.misused():6.1%}  clustered_mean of a rate, for comparison")
    tried = {name for name, _ in rows}
    missing = [
        name
        for name in sorted(_intervals.intervals())
        if not any(row.startswith(NAMES_OF.get(name, name)) for row in tried)
    ]
    for name in missing:
        print(f"  not tried: {name}")
    return not missing and goal(
        f"every interval of ours at least {COVERED:.0%}",
        min(value for _, value in rows) >= COVERED,
    )


def bounds(verdict: Verdicts, most: int, every: int = 1) -> Bounds:
    """Return where someone stops who looks after every so many items."""
    result = []
    for n in range(1, most + 1):
        if n % every:
            result.append((-1, n + 1))
            continue
        hits = range(n + 1)
        low = bisect_left(hits, True, key=lambda one: verdict(one, n) != "below")
        high = bisect_left(hits, True, key=lambda one: verdict(one, n) == "above")
        result.append((low - 1, high))
    return result


def walk(limits: Bounds, share: float, population: int | None = None) -> Walk:
    """Return what becomes of all who draw items, and stop at a limit.

    Args:
        limits: Where they stop.
        share: The chance of a hit, or of hits in the population.
        population: Items that are drawn without replacement, or None.
    """
    chances, items, below, above = [1.0], 0.0, 0.0, 0.0
    for n, (low, high) in enumerate(limits):
        after = [0.0] * (n + 2)
        for hits, chance in enumerate(chances):
            if not chance:
                continue
            hit = share
            if population is not None:
                hit = (round(share * population) - hits) / (population - n)
            after[hits] += chance * (1 - hit)
            after[hits + 1] += chance * hit
        lower, upper = math.fsum(after[: low + 1]), math.fsum(after[high:])
        below, above = below + lower, above + upper
        items += (lower + upper) * (n + 1)
        after[: low + 1] = [0.0] * (low + 1)
        after[high:] = [0.0] * (n + 2 - high)
        chances = after
    return Walk(items + math.fsum(chances) * len(limits), below, above)


def ordinary_verdict(null: float) -> Verdicts:
    """Return what someone says who looks at an ordinary interval."""

    def verdict(hits: int, n: int) -> str:
        if null in wilson(hits, n):
            return "undecided"
        return "above" if hits > null * n else "below"

    return verdict


def mixture_verdict(null: float) -> Verdicts:
    """Return what the sequence says."""
    return lambda hits, n: mixture(hits, n, null).verdict


def alarms() -> bool:
    """Print how often the truth is called false; say whether ours meet the goal."""
    print("\nFalse alarms of someone who looks again and again")
    print("     Wilson, every 10   mixture, every 10   mixture, every item")
    worst = 0.0
    for null, most in ((0.5, SUITE), (0.1, 1_000), (0.05, 1_000), (0.01, 1_000)):
        rare = walk(bounds(ordinary_verdict(null), most, 10), null).decided
        ours = [
            walk(bounds(mixture_verdict(null), most, every), null).decided
            for every in (10, 1)
        ]
        worst = max(worst, *ours)
        print(f"   {rare:18.1%} {ours[0]:19.1%} {ours[1]:21.1%}", end="")
        print(f"   share {null:.0%}, up to {most:,} items")
    limits = bounds(lambda hits, n: finite(hits, n).verdict, SUITE)
    alarm = walk(limits, 0.5, SUITE).decided
    print(f"   without replacement, every item: {alarm:.1%} of a suite at exactly 50 %")
    return goal(f"ours at most {ALARMED:.0%}", max(worst, alarm) <= ALARMED)


def savings() -> None:
    """Print the items that early stopping takes."""
    print(f"\nIs the share 50 %? Up to {SUITE:,} items")
    print("   share   mixture: mean n   power   of the suite: mean n   right   fixed n")
    drawn = bounds(mixture_verdict(0.5), SUITE)
    suite = bounds(lambda hits, n: finite(hits, n).verdict, SUITE)
    for share in SHARES:
        ours, whole = walk(drawn, share), walk(suite, share, SUITE)
        print(f"   {share:5.3f} {ours.items:17,.0f} {ours.above:7.2f}", end="")
        print(f" {whole.items:22,.0f} {whole.above:7.1%}", end="")
        print(f" {fixed_items(share, 0.5):9,}")
    for limit, planned in GATES:
        fixed = fixed_items(planned, limit)
        print(f"\nIs the rate {limit:.0%}? Up to 4 x {fixed} items, which a plan with")
        print(f"80 % power at {planned:.0%} fixes; mean n, and how often decided")
        limits = bounds(mixture_verdict(limit), 4 * fixed)
        for rate in RATES:
            ours = walk(limits, rate)
            print(f"   {rate:5.1%} {ours.items:8,.0f} {ours.decided:8.1%}")


def goal(text: str, met: bool) -> bool:
    """Print whether a goal is met, and return it."""
    print(f"goal: {text}: {'met' if met else 'MISSED'}")
    return met


def main() -> int:
    """Print all three parts; return 1 if a goal is missed."""
    parser = argparse.ArgumentParser(description="Measure what statistics promise.")
    parser.add_argument("--runs", type=int, default=600)
    runs = parser.parse_args().runs
    met = [coverage(runs), alarms()]
    savings()
    print(f"\n{time.process_time():.0f} CPU seconds")
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())
