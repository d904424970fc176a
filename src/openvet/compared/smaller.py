"""What a model knows for what it costs, and whether a smaller one does as well.

That nobody finds a difference does not show that there is none: few questions find
none either. So a margin is named before, and the smaller model counts as not worse only
where the interval excludes that it is worse by more: Blackwelder, "Proving the null
hypothesis in clinical trials", Controlled Clinical Trials 3 (1982).
"""

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from openvet.compared.record import Choice, Contender, Efficiency, Measure, Smaller
from openvet.compared.shown import QUALITY, Shown
from openvet.probes.asking import USABLE
from openvet.probes.beside import spread
from openvet.probes.probe import Observation
from openvet.probes.quality import GUESSED
from openvet.stats.intervals import clustered
from openvet.stats.planning import noninferior_items
from openvet.wire import replace

if TYPE_CHECKING:
    from openvet.compared.judged import Judged

LEVEL: Final = 0.95


def efficiency(sides: Sequence[Shown | None]) -> Iterator[Efficiency]:
    """Yield what each model that was asked for its quality knows, and at what cost."""
    for number, shown in enumerate(sides):
        if shown is None:
            continue
        probe = next((name for name in QUALITY if name in shown.probes), "")
        units = _right(shown)
        if all(one.value is None for one in units.values()):
            continue
        values = _by_wording(units)
        n = sum(map(len, values.values()))
        share = math.fsum(v for some in values.values() for v in some) / n
        interval = clustered(values, LEVEL)
        spent = shown.spent.get(probe)
        seconds = spent.cpu_seconds if spent is not None else 0
        yield Efficiency(
            contender=number,
            known=_known(share),
            low=_known(interval.low),
            high=_known(interval.high),
            n=n,
            per_cpu_second=_known(share) * n / seconds if seconds else None,
            cpu_seconds=round(seconds, 3),
            tokens=spent.tokens_read + spent.tokens_written if spent is not None else 0,
        )


def smaller(
    contenders: Sequence[Contender],
    sides: Sequence[Shown | None],
    measures: Sequence[Measure],
    how: "Judged",
) -> Iterator[Smaller]:
    """Yield how each smaller model stands beside the largest, the smallest first.

    Who names no size is taken for the largest: hosted models mostly are.
    """
    sizes = {
        number: _size(contender, shown)
        for number, (contender, shown) in enumerate(zip(contenders, sides, strict=True))
        if shown is not None and _right(shown)
    }
    if len(sizes) <= 1:
        return
    largest = max(sizes, key=lambda number: (sizes[number], -number))
    below = sorted(
        (number for number in sizes if sizes[number] < sizes[largest]),
        key=lambda number: sizes[number],
    )
    for number in below:
        one, other = sides[largest], sides[number]
        if one is None or other is None:
            continue
        level = 1 - 2 * (1 - LEVEL) / len(below)
        found = _beside(_right(one), _right(other), level, how)
        if found is not None:
            yield replace(
                found,
                contender=number,
                beside=largest,
                worse_on=_worse_on(measures, number),
            )


def _beside(
    one: dict[str, Observation],
    other: dict[str, Observation],
    level: float,
    how: "Judged",
) -> Smaller | None:
    """Return whether the second is not worse than the first by more than the margin.

    What the first alone answers counts as wrong of the second: silence on what is hard
    would otherwise make it look as good. What the first leaves open tells nothing.
    """
    apart, clusters, answered = [], [], 0
    for name, seen in one.items():
        after = other.get(name)
        if after is not None and seen.value is not None:
            apart.append((after.value or 0) - seen.value)
            clusters.append(seen.cluster)
            answered += after.value is not None
    if not answered:
        return None
    interval = spread(apart, clusters, seed=how.seed, level=level)
    says: Choice = "undecided"
    if answered < USABLE * len(one):
        pass  # whoever answers few questions is not as good
    elif interval.low > -how.margin:
        says = "not-worse"
    elif interval.high < -how.margin:
        says = "worse"
    return Smaller(
        contender=0,
        beside=0,
        says=says,
        n=len(apart),
        difference=math.fsum(apart) / len(apart),
        low=interval.low,
        margin=how.margin,
        level=1 - (1 - level) / 2,
        method=interval.method,
        needed=_needed(apart, how.margin) if says == "undecided" else None,
    )


def _needed(apart: Sequence[float], margin: float) -> int | None:
    """Return about how many more questions would tell; None: more than anybody asks."""
    differ = sum(value != 0 for value in apart) / len(apart)
    try:
        return max(noninferior_items(differ, margin) - len(apart), 1)
    except ValueError:
        return None


def _worse_on(measures: Sequence[Measure], number: int) -> tuple[str, ...]:
    """Return on what a model is certainly worse than the first."""
    return tuple(
        f"{measure.probe}: {measure.axis}"
        for measure in measures
        if (one := measure.differences[number]) is not None and one.says == "worse"
    )


def _right(shown: Shown) -> dict[str, Observation]:
    """Return what a model shows of quality, all kinds of questions together."""
    return {
        f"{axis} {name}": one
        for (probe, axis), units in shown.units.items()
        if probe in QUALITY
        for name, one in units.items()
    }


def _by_wording(units: dict[str, Observation]) -> dict[str, list[float]]:
    """Return the values of all questions; what is not answered is not known either."""
    values: dict[str, list[float]] = {}
    for one in units.values():
        value = GUESSED if one.value is None else one.value
        values.setdefault(one.cluster, []).append(value)
    return values


def _known(share: float) -> float:
    """Return the share that is known where the others are guessed."""
    return max(0.0, (share - GUESSED) / (1 - GUESSED))


def _size(contender: Contender, shown: Shown) -> float:
    """Return the parameters of a model, or infinity where nobody can tell."""
    return shown.info.parameters or contender.weights or math.inf
