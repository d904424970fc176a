"""Two models beside each other: the same units, and how far what they show differs.

How many units are asked is fixed before. A sequence could stop sooner, but a difference
is small where both models come from one place, and one look at a fixed number has more
power than many looks.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from openvet.models.protocol import GenerateResult
from openvet.probes.probe import Observation, Probe, Result, Varied, kinds
from openvet.probes.questions import Questioner
from openvet.probes.units import Unit, shown_by
from openvet.stats.intervals import Interval, gathered
from openvet.stats.means import clustered_mean, clustered_p
from openvet.stats.paired import mcnemar, paired_bootstrap
from openvet.stats.permutation import sign_flips
from openvet.stats.planning import paired_items
from openvet.wire import Record, replace

BATCH: Final = 32
"""Units asked at once."""
DRAWS: Final = 5_000
"""Ways in which the labels of wordings are exchanged, where there are more."""
SWAPPED: Final = "exchange of the models' labels by wording"
CROSSED: Final = "cluster-robust t over people"
EXACT: Final = "exact McNemar"
SPREAD: Final = "cluster-robust t and paired bootstrap, the widest"
FEWEST: Final = 2
"""Wordings: one tells nothing of how they differ."""


class Beside(Record, frozen=True, kw_only=True):
    """Two models on the units of one axis for which both have a usable answer."""

    n: int
    clusters: int
    """Wordings among them."""
    first: float
    """Share of the first model."""
    second: float
    only_first: int
    """Units on which the first has the higher value."""
    only_second: int
    interval: Interval
    """Of the second share less the first, with wordings and people as clusters."""
    p: float
    """Of the null that both models answer alike."""
    method: str
    """Of the p-value."""

    @property
    def difference(self) -> float:
        """The second share less the first."""
        return self.second - self.first

    @property
    def needed(self) -> int | None:
        """About how many more units would tell this difference; None: none will do.

        As for units that do not resemble each other, so at least so many.
        """
        both = self.only_first / self.n, self.only_second / self.n
        try:
            return max(0, paired_items(*both) - self.n) or None
        except ValueError:
            return None


def repeats(probe: Probe, results: Iterable[Result | str]) -> str:
    """Return why answers are none that a model gives again and again; empty if not.

    Args:
        probe: Whose answers they are; many a probe may well have the same ones.
        results: Of one axis; those that cannot be used have other reasons.
    """
    if not isinstance(probe, Varied):
        return ""
    return probe.repeated(
        [one.text for one in results if isinstance(one, GenerateResult)]
    )


def observed(
    probe: Probe,
    units: Sequence[Unit],
    questioner: Questioner,
    told: Callable[[int], None] = lambda _: None,
) -> list[Observation]:
    """Return what each of some units shows of a model.

    Of one that says the same whatever it is asked, no unit shows anything.

    Args:
        probe: Whose units they are.
        units: Of one axis.
        questioner: Asks the model.
        told: Is called after each batch with the number of units so far.
    """
    found: list[Observation] = []
    used: list[Result | str] = []
    for start in range(0, len(units), BATCH):
        batch = units[start : start + BATCH]
        items = [item for unit in batch for item in unit]
        results = iter(questioner.ask([item.request for item in items]))
        for unit in batch:
            given = [next(results) for _ in unit]
            found.append(shown_by(probe, unit, given))
            if found[-1].value is not None:
                used += given
        told(len(found))
    why = repeats(probe, used)
    return [_mute(one, why) for one in found] if why else found


def _mute(one: Observation, why: str) -> Observation:
    """Return an observation without a value; one that had none keeps its reason."""
    return one if one.value is None else replace(one, value=None, size=None, why=why)


def beside(
    first: Iterable[Observation],
    second: Iterable[Observation],
    *,
    seed: int,
    level: float = 0.95,
) -> Beside | None:
    """Return how two models differ on the same units.

    The p-value is that of exchanging the two models' labels, for all units of a wording
    together, because those resemble each other: Noreen, "Computer-intensive methods for
    testing hypotheses" (1989), with clusters; McNemar's exact test for single units.
    Where many people or words for groups cross the wordings, they are tested too, by
    Student's t; the larger p-value and the widest interval count.

    Args:
        first: What each unit shows of the first model.
        second: What the same units show of the second, in the same order.
        seed: Of what is drawn.
        level: Of the interval.

    Returns None where no unit has a usable answer of both.

    Raises:
        ValueError: They are not the same units.
    """
    values: list[tuple[float, float]] = []
    usable: list[Observation] = []
    for one, other in zip(first, second, strict=True):
        if (one.item, one.axis) != (other.item, other.axis):
            raise ValueError(f"not the same units: {one.item} and {other.item}")
        if one.value is not None and other.value is not None:
            values.append((one.value, other.value))
            usable.append(one)
    if not values:
        return None
    apart = [after - before for before, after in values]
    clusters, people = [one.cluster for one in usable], kinds(usable)
    p, method = _test(apart, clusters, people, seed)
    return Beside(
        n=len(values),
        clusters=len(set(clusters)),
        first=sum(before for before, _ in values) / len(values),
        second=sum(after for _, after in values) / len(values),
        only_first=sum(one < 0 for one in apart),
        only_second=sum(one > 0 for one in apart),
        interval=spread(apart, clusters, seed=seed, level=level, people=people),
        p=p,
        method=method,
    )


def spread(
    apart: Sequence[float],
    clusters: Sequence[str],
    *,
    seed: int,
    level: float,
    people: Sequence[Sequence[str]] = (),
) -> Interval:
    """Return the interval of a mean difference of pairs; some share a wording.

    It reaches as far as any of these: the cluster-robust one, which knows what a
    wording's pairs have in common, the same for people, and the bootstrap with a pair
    added at either bound, which has width also where few pairs differ, or none.

    Args:
        apart: Differences of pairs, each from -1 to 1; at least one.
        clusters: The wording of each.
        seed: Of the draws.
        level: Of confidence.
        people: The people or words of each, if many cross the wordings, by place.
    """
    found = [paired_bootstrap(apart, seed, level)]
    for names in (clusters, *people):
        values = gathered(names, apart)
        if len(values) < FEWEST:
            return Interval(low=-1.0, high=1.0, level=level, method="one wording alone")
        found.append(clustered_mean(values, level))
    return Interval(
        low=max(-1.0, min(one.low for one in found)),
        high=min(1.0, max(one.high for one in found)),
        level=level,
        method=SPREAD,
    )


def _test(
    apart: Sequence[float],
    clusters: Sequence[str],
    people: Sequence[Sequence[str]],
    seed: int,
) -> tuple[float, str]:
    """Return the largest p-value of differences, and what it is called."""
    found = [_exchanged(apart, clusters, seed)]
    found += [(clustered_p(gathered(names, apart)), CROSSED) for names in people]
    return max(found)


def _exchanged(
    apart: Sequence[float], clusters: Sequence[str], seed: int
) -> tuple[float, str]:
    """Return the p-value of exchanging the models by wording, and what it is called."""
    sums: dict[str, float] = {}
    for cluster, value in zip(clusters, apart, strict=True):
        sums[cluster] = sums.get(cluster, 0.0) + value
    if len(sums) == len(apart) and all(value in {-1, 0, 1} for value in apart):
        return mcnemar(apart.count(1), apart.count(-1)), EXACT
    # A wording without a difference is the same whichever label it bears.
    differing = [value for value in sums.values() if value]
    return sign_flips(differing or [0.0], seed, draws=DRAWS), SWAPPED
