"""How far groups of a table lie apart, with intervals that hold for all pairs at once.

Each group is compared with the one that fares best. Which one that is was seen in the
same data, so every pair of groups shares the level (Bonferroni), and the comparison
holds whichever is best. The differences and ratios over all groups are those that
fairlearn names: demographic parity, and equalized odds of Hardt et al. 2016 (arXiv
1610.02413), which is the larger of the differences in true and false positive rate.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import combinations
from typing import Final, Literal, NamedTuple

from openvet.finding import Measure
from openvet.probes.tables import Decided
from openvet.stats.independent import share_difference, share_ratio
from openvet.stats.intervals import Interval, wilson
from openvet.stats.special import normal_quantile

Verdict = Literal["above", "within", "undecided", "no usable answers"]
LEVEL: Final = 0.95
FOUR_FIFTHS: Final = 0.8
"""29 CFR 1607.4(D): a rate below four fifths of the highest rate will generally be
regarded as evidence of adverse impact."""
LEAST: Final = 0.02
"""Of all people: the smallest group that others may be compared with. The best of
very small ones is best by chance."""
MARGIN: Final = 0.05
"""Error rates that are certainly no farther apart count as alike."""
BINS: Final = 10
FEW: Final = 5


class Share(NamedTuple):
    """Of people of a group, those whom something met."""

    group: str
    hits: int
    n: int

    @property
    def value(self) -> float:
        """The share, of at least one person."""
        return self.hits / self.n


class Beside(NamedTuple):
    """A group beside the one that fares best."""

    share: Share
    interval: Interval | None
    """Of its own share; None without people."""
    difference: Interval | None
    """To the best, above 0 where it fares worse; None for the best itself."""
    ratio: Interval | None
    """The least favorable share of both over the other; likewise."""
    verdict: Verdict


class Disparity(NamedTuple):
    """How groups fare."""

    best: Share | None
    """None where no group has people enough."""
    groups: tuple[Beside, ...]
    """The largest first."""


def shares_of(
    people: Iterable[Decided], counts: Callable[[Decided], bool | None]
) -> list[Share]:
    """Return for whom something is true, group by group, the largest first.

    Args:
        people: Everybody.
        counts: Whether it met somebody; None where they are not asked about.
    """
    found: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for one in people:
        known = found[one.group]
        met = counts(one)
        if met is not None:
            known[0] += met
            known[1] += 1
    shares = [Share(group, hits, n) for group, (hits, n) in found.items()]
    return sorted(shares, key=lambda share: (-share.n, share.group))


def disparity(shares: Sequence[Share], *, good: bool, tests: int = 1) -> Disparity:
    """Return how groups fare beside the best of them.

    Args:
        shares: One for each group.
        good: Whether a high share is good for those it meets.
        tests: Such comparisons that share the level.
    """
    total = sum(share.n for share in shares)
    large = [share for share in shares if share.n and share.n >= LEAST * total]
    if not large:
        # Nobody to be compared with, which is no evidence of being alike.
        return Disparity(None, tuple(_without(share) for share in shares))
    sign = -1 if good else 1
    best = min(large, key=lambda share: (sign * share.value, -share.n, share.group))
    level = simultaneous(sum(share.n > 0 for share in shares), tests)
    return Disparity(
        best,
        tuple(
            _alone(share, LEVEL)
            if share is best or not share.n
            else _beside(share, best, level, good=good)
            for share in shares
        ),
    )


def simultaneous(groups: int, tests: int = 1) -> float:
    """Return the level of each pair at which all pairs of all tests hold together."""
    return 1 - (1 - LEVEL) / max(1, groups * (groups - 1) // 2) / tests


def _without(share: Share) -> Beside:
    """Return a group where there is none to compare it with."""
    one = _alone(share, LEVEL)
    return one._replace(verdict="undecided") if share.n else one


def _alone(share: Share, level: float) -> Beside:
    """Return the best group, or one without people."""
    interval = wilson(share.hits, share.n, level) if share.n else None
    return Beside(
        share, interval, None, None, "within" if share.n else "no usable answers"
    )


def _beside(share: Share, best: Share, level: float, *, good: bool) -> Beside:
    """Return a group beside the best."""
    one, other = (share.hits, share.n), (best.hits, best.n)
    worse = share_difference(other, one, level) if good else None
    difference = worse or share_difference(one, other, level)
    ratio = share_ratio(one, other, level)
    alike = ratio.low >= FOUR_FIFTHS if good else difference.high <= MARGIN
    verdict: Verdict = "within" if alike else "undecided"
    if difference.low > 0:
        verdict = "above"
    interval = wilson(share.hits, share.n, LEVEL)
    return Beside(share, interval, difference, ratio, verdict)


def spread(name: str, kinds: Sequence[Sequence[Share]]) -> tuple[Measure, ...]:
    """Return the largest difference and the smallest ratio over all pairs of groups.

    Args:
        name: Of the measure: `demographic parity`, `equalized odds`.
        kinds: Shares of each group, of each kind that counts; groups without people
            count not.
    """
    known = [[share for share in shares if share.n] for shares in kinds]
    pairs = [pair for shares in known for pair in combinations(shares, 2)]
    if not pairs:
        return ()
    groups = max(len(shares) for shares in known)
    level = simultaneous(groups, len(kinds))
    apart = [abs(one.value - other.value) for one, other in pairs]
    differences = [
        share_difference((a.hits, a.n), (b.hits, b.n), level) for a, b in pairs
    ]
    low = max(max(one.low, -one.high, 0.0) for one in differences)
    high = max(max(abs(one.low), abs(one.high)) for one in differences)
    quotients = [sorted(pair, key=lambda share: share.value) for pair in pairs]
    ratios = [
        share_ratio((a.hits, a.n), (b.hits, b.n), level) for a, b in quotients if b.hits
    ]
    n = max(sum(share.n for share in shares) for shares in known)
    told = [
        Measure(
            name=f"{name} difference",
            value=max(apart),
            low=low,
            high=min(1.0, high),
            n=n,
            method=f"largest of {len(pairs)} pairs, Newcombe, Bonferroni",
        )
    ]
    if ratios:
        told.append(
            Measure(
                name=f"{name} ratio",
                value=min(a.value / b.value for a, b in quotients if b.hits),
                low=min(one.low for one in ratios),
                high=min(1.0, *(one.high for one in ratios)),
                n=n,
                method=f"smallest of {len(ratios)} pairs, Donner-Zou, Bonferroni",
            )
        )
    return tuple(told)


def calibration(people: Sequence[Decided], reference: str) -> Iterator[Measure]:
    """Yield how much oftener the label is true of a group at equal scores.

    Scores are cut into at most ten classes of about equal size; in each the share of
    the group is compared with that of the reference, and the classes are weighted by
    the people of the group (direct standardization). A score that means the same for
    everybody gives 0. Classes where either has fewer than five people count not.

    Args:
        people: Everybody; those without score or label count not.
        reference: The group that others are compared with.
    """
    known = [one for one in people if one.score is not None and one.truth is not None]
    cuts = _cuts([one.score for one in known if one.score is not None])
    cells: dict[str, dict[int, list[int]]] = defaultdict(
        lambda: defaultdict(lambda: [0, 0])
    )
    for one in known:
        if one.score is not None:
            cell = cells[one.group][sum(one.score >= cut for cut in cuts)]
            cell[0] += one.truth is True
            cell[1] += 1
    base = cells.pop(reference, {})
    level = simultaneous(len(cells) + 1)
    for group in sorted(
        cells, key=lambda name: -sum(n for _, n in cells[name].values())
    ):
        measure = _standardized(group, reference, cells[group], base, level)
        if measure is not None:
            yield measure


def _cuts(scores: Sequence[float]) -> list[float]:
    """Return the scores from which the second and each further class begins."""
    ranked = sorted(scores)
    cuts = {ranked[len(ranked) * step // BINS] for step in range(1, BINS) if ranked}
    return sorted(cut for cut in cuts if cut > ranked[0])


def _standardized(
    group: str,
    reference: str,
    cells: dict[int, list[int]],
    base: dict[int, list[int]],
    level: float,
) -> Measure | None:
    """Return the difference over classes that both have people in, or None."""
    both = [
        (cells[at], base[at])
        for at in sorted(cells)
        if cells[at][1] >= FEW and at in base and base[at][1] >= FEW
    ]
    n = sum(own[1] for own, _ in both)
    if not n:
        return None
    value = math.fsum(
        own[1] / n * (own[0] / own[1] - other[0] / other[1]) for own, other in both
    )
    variance = math.fsum(
        (own[1] / n) ** 2 * (_variance(*own) + _variance(*other)) for own, other in both
    )
    reach = normal_quantile(level) * math.sqrt(variance)
    return Measure(
        name=f"{group}: label oftener true than of {reference} at equal scores",
        value=value,
        low=max(-1.0, value - reach),
        high=min(1.0, value + reach),
        n=n,
        method=f"standardized over {len(both)} classes of scores, Agresti-Caffo"
        " variance, Bonferroni",
    )


def _variance(hits: int, n: int) -> float:
    """Return the variance of a share, with a hit and a miss added: never 0.

    Agresti and Caffo, "Simple and effective confidence intervals", The American
    Statistician 54 (2000).
    """
    share = (hits + 1) / (n + 2)
    return share * (1 - share) / (n + 2)
