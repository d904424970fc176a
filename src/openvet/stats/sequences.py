"""Intervals of a share that hold at every look, so that one may stop at any.

An ordinary interval that is looked at after every item excludes the truth sooner or
later. These do so, over all looks together, in at most 1 - level of all cases.
"""

import math
from collections.abc import Callable
from typing import Final, Literal

from openvet.stats.intervals import Interval
from openvet.stats.special import check_level, check_share, log_beta

Verdict = Literal["above", "below", "undecided"]
Side = Literal["above", "below", "either"]
Prior = tuple[float, float]
"""The two parameters of a beta distribution, both above 0."""

HALVINGS: Final = 200
"""More than it takes to reach two neighboring floats."""
BLUR: Final = 1e-12
"""What rounding may add to a share."""
LARGEST: Final = 700
"""The logarithm of about the largest number."""
LEAST_WEIGHT: Final = 20
APART: Final = 0.05
FARTHEST: Final = 10**9
"""Items; what takes more is not planned."""


class _Evidence:
    """What both sequences share: counts, a null, and the verdict between them."""

    method: str

    def __init__(self, null: float, level: float, prior: Prior) -> None:
        check_level(level)
        if not all(0 < part < math.inf for part in prior):
            raise ValueError(f"the parts of a prior are above 0, not {prior}")
        self.null = null
        self.level = level
        self.prior = prior
        self.n = 0
        self.hits = 0.0
        self._marginal: tuple[int, float, float] | None = None
        """The logarithm that each look at the same counts needs, and these counts."""

    @property
    def share(self) -> float | None:
        """The hits of the items seen, or None before the first."""
        return self.hits / self.n if self.n else None

    @property
    def verdict(self) -> Verdict:
        """Where the share lies, if the null is outside the interval.

        Acting on the first verdict that is not "undecided" is wrong in at most
        1 - level of all cases, however often one looked.
        """
        if self.log_evidence() < -math.log1p(-self.level):
            return "undecided"
        return "above" if self.hits > self.null * self.n else "below"

    def log_evidence(self, side: Side = "either") -> float:
        """Return the natural logarithm of the e-value against the null.

        Args:
            side: "above" asks against "the share is at most the null", "below" against
                "at least"; the evidence for a side the data do not lean to is none, 0.
        """
        leaning = self.hits - self.null * self.n
        if (side == "above" and leaning <= 0) or (side == "below" and leaning >= 0):
            return 0.0
        return self._against_null()

    def e_value(self, side: Side = "either") -> float:
        """Return the evidence itself, infinite where it is beyond all numbers.

        Under the null its mean is at most 1, at any time; see `openvet.stats.many`.
        """
        evidence = self.log_evidence(side)
        return math.exp(evidence) if evidence < LARGEST else math.inf

    def _against_null(self) -> float:
        """Return the logarithm of the evidence against the null, on the data's side."""
        raise NotImplementedError

    def _log_marginal(self) -> float:
        """Return the log-probability of the items seen, averaged over the prior."""
        known = self._marginal
        if known is None or known[:2] != (self.n, self.hits):
            a, b = self.prior
            found = log_beta(a + self.hits, b + self.n - self.hits) - log_beta(a, b)
            known = self._marginal = (self.n, self.hits, found)
        return known[2]


class MixtureSequence(_Evidence):
    """The beta-binomial mixture: items drawn one by one, without an end.

    The evidence against a share p after s hits of n items is
    B(a + s, b + n - s) / B(a, b) / p^s (1 - p)^(n - s), a martingale of mean 1 if p
    is true, which exceeds 1 / (1 - level) at any time with probability 1 - level at
    most (Ville). The interval holds the shares whose evidence is not that large now;
    what an earlier look refuted may be in it again, which makes it wider and no less
    valid. From Robbins, "Statistical methods related to the law of the iterated
    logarithm", Annals of Mathematical Statistics 41 (1970); in this form in Howard,
    Ramdas, McAuliffe and Sekhon, "Time-uniform, nonparametric, nonasymptotic confidence
    sequences", Annals of Statistics 49 (2021), whose sub-Bernoulli argument also covers
    values between 0 and 1: of all variables with a mean, those of 0 and 1 alone exceed
    most.

    Items are independent: of those that hang together, as several answers to one
    prompt, add the mean as one value.

    Args:
        null: The share that is asked about, between 0 and 1.
        level: Of confidence, over all looks together.
        prior: The beta distribution of shares that it is tuned for. Any is valid; one
            near the truth decides earlier. By default `prior_for(null)`, which is
            (50, 50) for a half.

    Raises:
        ValueError: The null, the level or the prior is out of range.
    """

    method = "beta-binomial mixture sequence"

    def __init__(
        self,
        null: float,
        level: float = 0.95,
        prior: Prior | None = None,
    ) -> None:
        super().__init__(null, level, prior or prior_for(null))

    def add(self, hit: float) -> None:
        """Count one more item: a hit, a miss, or a value between.

        Raises:
            ValueError: It is not a number from 0 to 1.
        """
        check_share(hit, "value")
        self.n += 1
        self.hits += hit

    @property
    def interval(self) -> Interval:
        """The shares that the items seen leave possible; before the first, all."""
        low, high = 0.0, 1.0
        if self.n:
            center = self.hits / self.n
            low = _outermost(self.refutes, center, 0.0) if self.hits else 0.0
            high = _outermost(self.refutes, center, 1.0) if center < 1 else 1.0
        return Interval(low=low, high=high, level=self.level, method=self.method)

    def refutes(self, share: float) -> bool:
        """Say whether a share, neither 0 nor 1, is outside the interval."""
        return self._log_ratio(share) >= -math.log1p(-self.level)

    def stays_within(self, low: float, high: float) -> bool:
        """Say whether the interval leaves only shares from low to high."""
        return (low <= 0 or self.refutes(low)) and (high >= 1 or self.refutes(high))

    def _against_null(self) -> float:
        return self._log_ratio(self.null)

    def _log_ratio(self, share: float) -> float:
        """Return the logarithm of the evidence against a share."""
        misses = self.n - self.hits
        likelihood = self.hits * math.log(share) if self.hits else 0.0
        likelihood += misses * math.log1p(-share) if misses else 0.0
        return self._log_marginal() - likelihood


class FiniteSequence(_Evidence):
    """The prior-posterior ratio: a finite suite in random order, each item once.

    It is about the share that the whole suite would show, not about items that nobody
    wrote: so it decides early, and after the last item knows. The evidence against K
    hits in N items is the prior probability of K, beta-binomial, over its posterior
    one; from Waudby-Smith and Ramdas, "Confidence sequences for sampling without
    replacement", NeurIPS 33 (2020). A null that is no whole number of hits is judged
    between its neighbors.

    Args:
        population: Items of the suite.
        null: The share that is asked about, between 0 and 1.
        level: Of confidence, over all looks together.
        prior: The beta distribution of shares that it is tuned for; by default half of
            `prior_for(null)`, (25, 25) for a half.

    Raises:
        ValueError: The population is empty, or another argument out of range.
    """

    method = "prior-posterior ratio without replacement"

    def __init__(
        self,
        population: int,
        null: float,
        level: float = 0.95,
        prior: Prior | None = None,
    ) -> None:
        a, b = prior_for(null)
        super().__init__(null, level, prior or (a / 2, b / 2))
        if population < 1:
            raise ValueError(f"a population has at least one item, not {population}")
        self.population = population

    def add(self, hit: float) -> None:
        """Count one more item: a hit or a miss, nothing between.

        Raises:
            ValueError: It is neither, or the whole population was seen before.
        """
        if hit not in (0, 1):
            raise ValueError(f"an item hits or misses: 1 or 0, not {hit}")
        if self.n == self.population:
            raise ValueError(f"all {self.population} items have been seen")
        self.n += 1
        self.hits += hit

    @property
    def interval(self) -> Interval:
        """The shares of the whole population that are still possible.

        Its ends are whole numbers of items; they meet when all have been seen.
        """
        first, last = int(self.hits), self.population - self.n + int(self.hits)
        likely = round(self.population * self.hits / self.n) if self.n else first
        likely = min(max(likely, first), last)
        low = _outermost_whole(self._refuted, likely, first)
        high = _outermost_whole(self._refuted, likely, last)
        return Interval(
            low=low / self.population,
            high=high / self.population,
            level=self.level,
            method=self.method,
        )

    def _against_null(self) -> float:
        hits = self.null * self.population
        if abs(hits - round(hits)) < BLUR * self.population:
            return self._log_ratio(round(hits))
        leaning = self.hits - self.null * self.n
        return self._log_ratio(math.floor(hits) if leaning > 0 else math.ceil(hits))

    def _refuted(self, hits: int) -> bool:
        """Say whether so many hits in the population are outside the interval."""
        return self._log_ratio(hits) >= -math.log1p(-self.level)

    def _log_ratio(self, hits: int) -> float:
        """Return the logarithm of the evidence against so many hits in all."""
        misses = self.population - hits
        if hits < self.hits or misses < self.n - self.hits:
            return math.inf
        likelihood = _log_falling(hits, self.hits)
        likelihood += _log_falling(misses, self.n - self.hits)
        return self._log_marginal() - likelihood + _log_falling(self.population, self.n)


def prior_for(null: float) -> Prior:
    """Return a prior that decides early where the truth is some points off the null.

    Its mean is the null and its standard deviation 5 points, or that of 20 items where
    5 points are too far from a null near 0 or 1. `scripts/bench certainty` prints what
    it is worth.

    Args:
        null: The share that is asked about.

    Raises:
        ValueError: It does not lie between 0 and 1, both excluded.
    """
    if not 0 < null < 1:
        raise ValueError(f"a null lies between 0 and 1, not {null}")
    weight = max(LEAST_WEIGHT, null * (1 - null) / APART**2)
    return (weight * null, weight * (1 - null))


def needed(  # noqa: PLR0913 - what a sequence is made of
    share: float,
    null: float,
    level: float = 0.95,
    prior: Prior | None = None,
    *,
    hits: float = 0,
    n: int = 0,
    population: int | None = None,
) -> int | None:
    """Return how many more items a sequence takes, if they hit at a share.

    It follows the path without chance: a real sequence takes fewer or more, about half
    of them fewer.

    Args:
        share: Of hits in the items to come.
        null: The share that is asked about.
        level: Of confidence.
        prior: Of the sequence; by default its own.
        hits: Seen so far.
        n: Items seen so far.
        population: Items of the suite, for a sequence without replacement.

    Returns:
        Items, 0 if it is decided; None if it takes more than a billion, or than the
        population has.

    Raises:
        ValueError: An argument is out of range.
    """
    check_share(share)
    sequence: _Evidence = MixtureSequence(null, level, prior)
    if population is not None:
        sequence = FiniteSequence(population, null, level, prior)
    if not 0 <= hits <= n:
        raise ValueError(f"{hits} of {n} items cannot hit")
    most = FARTHEST if population is None else population - n

    def decided(more: int) -> bool:
        sequence.n, sequence.hits = n + more, hits + share * more
        return sequence.log_evidence() >= -math.log1p(-level)

    more = 0 if decided(0) else 1
    while more and not decided(more):
        if more >= most:
            return None
        more = min(2 * more, most)
    return _outermost_whole(lambda items: not decided(items), more, more // 2)


def _outermost(
    refuted: Callable[[float], bool], inside: float, outside: float
) -> float:
    """Return the first refuted share on the way from one inside to one outside."""
    for _ in range(HALVINGS):
        middle = (inside + outside) / 2
        if middle in (inside, outside):
            break
        inside, outside = (inside, middle) if refuted(middle) else (middle, outside)
    return outside


def _outermost_whole(refuted: Callable[[int], bool], inside: int, end: int) -> int:
    """Return the last number that is not refuted, on the way from inside to the end."""
    if not refuted(end):
        return end
    while abs(end - inside) > 1:
        middle = (inside + end) // 2
        inside, end = (inside, middle) if refuted(middle) else (middle, end)
    return inside


def _log_falling(number: float, steps: float) -> float:
    """Return the logarithm of number (number - 1) ... with so many factors."""
    return math.lgamma(number + 1) - math.lgamma(number - steps + 1)
