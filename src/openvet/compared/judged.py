"""What the answers of several models say beside each other."""

import math
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from openvet import __version__
from openvet.compared.record import (
    SCHEMA,
    Beside,
    Contender,
    Difference,
    Measure,
    SideBySide,
    Standing,
)
from openvet.compared.shown import QUALITY, Shown
from openvet.compared.smaller import efficiency, smaller
from openvet.probes.asking import USABLE
from openvet.probes.beside import Beside as Found
from openvet.probes.beside import beside
from openvet.probes.probe import Observation, Probe, kinds
from openvet.readout import Gauge
from openvet.stats.intervals import crossed
from openvet.stats.many import adjusted
from openvet.stats.sequences import MixtureSequence
from openvet.wire import replace

RATE: Final = 0.05
"""Of false discoveries among all differences that are called certain."""
MARGIN: Final = 0.15
"""A difference that is certainly no larger is called alike, as in an audit."""
LEVEL: Final = 0.95
HALF: Final = 0.5
FLAT: Final = (1.0, 1.0)
"""The prior of that sequence: what few items that differ can tell at best."""
STOPPED: Final = "; p of a sequence, since an audit stops when it is certain"
UNTOLD: Final = "its audit does not tell how many answers could not be used"
TOO_FEW: Final = 2
"""Models: fewer cannot be compared."""


class Side(NamedTuple):
    """One model, and what it shows; None for one that was not asked."""

    contender: Contender
    shown: Shown | None


class Judged(NamedTuple):
    """How to judge."""

    margin: float
    """Of the share of right ends that a smaller model may be worse by."""
    seed: int


def judged(sides: Sequence[Side], how: Judged, notes: Iterable[str] = ()) -> SideBySide:
    """Return what can be said of models beside each other.

    Args:
        sides: The first is the one that the others are held against.
        how: With which margin.
        notes: Sentences on what could not be.
    """
    measures = _corrected([_measure(key, sides, how) for key in _keys(sides)])
    contenders = tuple(side.contender for side in sides)
    return SideBySide(
        schema=SCHEMA,
        tool=f"openvet {__version__}",
        contenders=contenders,
        measures=tuple(measures),
        efficiency=tuple(efficiency([side.shown for side in sides])),
        smaller=tuple(
            smaller(contenders, [side.shown for side in sides], measures, how)
        ),
        margin=how.margin,
        rate=RATE,
        seed=how.seed,
        level=LEVEL,
        not_compared=tuple(_not_compared(sides, measures)),
        notes=tuple(notes),
    )


def _keys(sides: Sequence[Side]) -> list[tuple[str, str]]:
    """Return every probe and axis that any model was asked, in order."""
    found: dict[tuple[str, str], None] = {}
    for side in sides:
        if side.shown is not None:
            found.update(dict.fromkeys(side.shown.units))
    return list(found)


def _measure(key: tuple[str, str], sides: Sequence[Side], how: Judged) -> Measure:
    """Return one axis of one probe, side by side; p-values not corrected yet."""
    all_units = [side.shown.units.get(key) if side.shown else None for side in sides]
    probe = _probe(key[0], sides)
    first = all_units[0]
    stored = [side.contender.source == "stored" for side in sides]
    differences: list[Difference | None] = [None]
    for units, kept in zip(all_units[1:], stored[1:], strict=True):
        if first is None or units is None:
            differences.append(None)
            continue
        common = [name for name in first if name in units]
        pairs = [(first[name], units[name]) for name in common]
        differences.append(_difference(pairs, how.seed, stopped=kept or stored[0]))
    return Measure(
        probe=key[0],
        version=probe.version,
        title=probe.title,
        axis=key[1],
        null=probe.null,
        wanted=key[0] in QUALITY,
        standings=tuple(
            None
            if units is None
            else _standing(units.values(), _gauge(side.shown, key))
            for side, units in zip(sides, all_units, strict=True)
        ),
        differences=tuple(differences),
    )


def _probe(name: str, sides: Sequence[Side]) -> Probe:
    return next(
        side.shown.probes[name]
        for side in sides
        if side.shown is not None and name in side.shown.probes
    )


def _gauge(shown: Shown | None, key: tuple[str, str]) -> Gauge | None:
    """Return what a stored audit told of one axis of a probe."""
    if shown is None or shown.gauges is None:
        return None
    return shown.gauges.get(key[0], {}).get(key[1])


def _standing(units: Iterable[Observation], gauge: Gauge | None) -> Standing:
    """Return what one model shows, over all that it was asked.

    Of what a stored audit had asked, answers tell what they hold; how many there were
    besides that could not be kept is known from its gauge alone.
    """
    usable: list[Observation] = []
    values: list[float] = []
    mute = []
    for one in units:
        if one.value is None:
            mute.append(one.why)
        else:
            usable.append(one)
            values.append(one.value)
    why = max(sorted(set(mute)), key=mute.count, default="")
    unusable = len(mute)
    if gauge is not None and gauge.unusable > unusable:
        unusable, why = gauge.unusable, gauge.why or why
    if not values:
        return Standing(n=0, unusable=unusable, why=why)
    wordings = [one.cluster for one in usable]
    interval = crossed(values, wordings, *kinds(usable), level=LEVEL)
    return Standing(
        n=len(values),
        share=math.fsum(values) / len(values),
        low=interval.low,
        high=interval.high,
        method=interval.method,
        unusable=unusable,
        why=why,
    )


def _difference(
    pairs: Sequence[tuple[Observation, Observation]], seed: int, *, stopped: bool
) -> Difference:
    """Return how two models differ, not judged yet."""
    found = beside(
        [one for one, _ in pairs], [other for _, other in pairs], seed=seed, level=LEVEL
    )
    if found is None:
        return Difference(says="no-answers", n=0)
    return Difference(
        says="undecided",
        n=found.n,
        clusters=found.clusters,
        first=found.first,
        other=found.second,
        only_first=found.only_first,
        only_other=found.only_second,
        low=found.interval.low,
        high=found.interval.high,
        p=max(found.p, _stopped(found)) if stopped else found.p,
        method=f"{found.interval.method}; {found.method}" + STOPPED * stopped,
        needed=found.needed,
    )


def _stopped(found: Found) -> float:
    """Return a p-value that holds whenever one stops: the inverse of an e-value.

    Of the items that only one of the two shows, half are of either under the null:
    Ville's inequality for the mixture of `openvet.stats.sequences`.
    """
    sequence = MixtureSequence(HALF, LEVEL, FLAT)
    for value, count in ((0.0, found.only_first), (1.0, found.only_second)):
        for _ in range(count):
            sequence.add(value)
    return min(1.0, math.exp(-sequence.log_evidence())) if sequence.n else 1.0


def _corrected(measures: Sequence[Measure]) -> list[Measure]:
    """Correct the p-values over all measures and models, and judge."""
    found = [d for m in measures for d in m.differences if d is not None and d.n]
    corrected = iter(adjusted([one.p for one in found]))
    return [
        replace(
            measure,
            differences=tuple(
                None
                if one is None
                else _said(measure, number, replace(one, q=next(corrected)))
                if one.n
                else one
                for number, one in enumerate(measure.differences)
            ),
        )
        for measure in measures
    ]


def _said(measure: Measure, number: int, one: Difference) -> Difference:
    """Judge the difference of a model whose p-value is corrected."""
    says: Beside = "undecided"
    if one.q <= RATE:
        says = _direction(measure, number, one)
    elif one.low >= -MARGIN and one.high <= MARGIN:
        says = "alike"
    return replace(one, says=says, needed=one.needed if says == "undecided" else None)


def _direction(measure: Measure, number: int, one: Difference) -> Beside:
    """Return which of two models that certainly differ is better.

    A high share of right ends is good. Of bias and favoritism, what lies farther from
    chance is worse, to whichever side. The p-value says that two shares differ. On
    opposite sides of chance that tells nothing of which lies farther, so there their
    intervals have to.
    """
    if measure.wanted:
        return "better" if one.other > one.first else "worse"
    apart = abs(one.other - measure.null) - abs(one.first - measure.null)
    sides = (one.other - measure.null) * (one.first - measure.null)
    if apart == 0 or (sides < 0 and not _farther(measure, number)):
        return "differs"
    return "worse" if apart > 0 else "better"


def _farther(measure: Measure, number: int) -> bool:
    """Say whether it shows which of two models on opposite sides is farther away.

    How far both are from chance differs by the sum of their signed distances. Its
    interval is that of Zou and Donner, "Construction of confidence limits about effect
    measures", Statistics in Medicine 27 (2008), as if the two were independent.
    """
    one, other = measure.standings[0], measure.standings[number]
    if one is None or other is None:
        return False
    gap = one.share + other.share - 2 * measure.null
    below = math.hypot(one.share - one.low, other.share - other.low)
    above = math.hypot(one.high - one.share, other.high - other.share)
    return gap > below or gap < -above


def _mute(rows: Sequence[Standing | None]) -> str:
    """Return what is to be said where a model gave too few usable answers."""
    there = [row for row in rows if row is not None]
    usable = sum(row.n for row in there)
    asked = usable + sum(row.unusable for row in there)
    if not usable:
        return "no usable answers"
    if usable < USABLE * asked:
        return f"usable answers to {usable:,} of {asked:,} questions only"
    return ""


def _not_compared(sides: Sequence[Side], measures: Sequence[Measure]) -> Iterable[str]:
    """Yield what was not held against each other, and why."""
    for side in sides:
        if side.contender.refused:
            yield f"{side.contender.target}: {side.contender.refused}"
    if sum(side.shown is not None for side in sides) < TOO_FEW:
        yield "fewer than two models answered, so nothing is compared"
        return
    for probe in dict.fromkeys(measure.probe for measure in measures):
        rows = [measure for measure in measures if measure.probe == probe]
        for at, side in enumerate(sides):
            if side.shown is None:
                continue
            if all(row.standings[at] is None for row in rows):
                yield f"{side.contender.target}: {rows[0].title}: not asked of it"
            elif why := _mute([row.standings[at] for row in rows]):
                yield f"{side.contender.target}: {rows[0].title}: {why}"
            elif side.shown.gauges is not None and probe not in side.shown.gauges:
                yield f"{side.contender.target}: {rows[0].title}: {UNTOLD}"
