"""What the answers of several models say beside each other."""

import math
from collections.abc import Iterable, Sequence, Sized
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
from openvet.listing import first_of
from openvet.probes.asking import MARGIN, USABLE
from openvet.probes.beside import Beside as Found
from openvet.probes.beside import beside
from openvet.probes.probe import Observation, Probe, kinds
from openvet.readers.battery import PROBES
from openvet.readout import Gauge
from openvet.stats.intervals import crossed
from openvet.stats.many import adjusted
from openvet.stats.sequences import MixtureSequence
from openvet.wire import replace

RATE: Final = 0.05
"""Of false discoveries among all differences that are called certain."""
LEVEL: Final = 0.95
HALF: Final = 0.5
FLAT: Final = (1.0, 1.0)
"""The prior of that sequence: what few items that differ can tell at best."""
STOPPED: Final = "; p of a sequence, since an audit stops when it is certain"
UNTOLD: Final = "its audit does not tell how many answers could not be used"
ONCE: Final = frozenset(one.probe(False).id for one in PROBES if one.once)
"""Probes whose questions an audit asks all, whatever the answers."""
TOO_FEW: Final = 2
"""Models: fewer cannot be compared."""
NAMED: Final = 4
"""Axes with too few usable answers that a sentence names."""
FEWER: Final = "too few usable answers on"


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
    standings = tuple(
        None if units is None else _standing(units.values(), _gauge(side.shown, key))
        for side, units in zip(sides, all_units, strict=True)
    )
    first = all_units[0]
    stored = [side.contender.source == "stored" for side in sides]
    kept = [_kept(one, units) for one, units in zip(standings, all_units, strict=True)]
    differences: list[Difference | None] = [None]
    for number, units in enumerate(all_units[1:], 1):
        if first is None or units is None:
            differences.append(None)
            continue
        pairs = [(one, units[name]) for name, one in first.items() if name in units]
        asked = round(len(pairs) / (kept[0] * kept[number]))
        stopped = key[0] not in ONCE and (stored[0] or stored[number])
        differences.append(_difference(pairs, asked, how.seed, stopped=stopped))
    return Measure(
        probe=key[0],
        version=probe.version,
        title=probe.title,
        axis=key[1],
        null=probe.null,
        wanted=key[0] in QUALITY,
        standings=standings,
        differences=tuple(differences),
    )


def _kept(one: Standing | None, units: Sized | None) -> float:
    """Return the share of what a model was asked that is known unit by unit.

    All of it, but for a stored audit: errors are no answers that it could keep. Which
    questions they were nobody knows, so they are taken to be like the others.
    """
    if one is None or not units:
        return 1.0
    return len(units) / (one.n + one.unusable)


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
    pairs: Sequence[tuple[Observation, Observation]],
    asked: int,
    seed: int,
    *,
    stopped: bool,
) -> Difference:
    """Return how two models differ, not judged yet.

    Args:
        pairs: What each unit that both were asked shows of either, as far as is known.
        asked: How many units both were asked, with those of which nothing is known.
        seed: Of what is drawn.
        stopped: Whether an audit asked them, which stops when it is certain.
    """
    found = beside(
        [one for one, _ in pairs], [other for _, other in pairs], seed=seed, level=LEVEL
    )
    if found is None:
        return Difference(says="no-answers", n=0, asked=asked)
    return Difference(
        says="undecided",
        n=found.n,
        asked=asked,
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
    """Judge the difference of a model whose p-value is corrected.

    Two that answer the easy questions alone may well be alike on these and not on the
    others: that is left open, as in an audit, and more questions would not tell.
    """
    says: Beside = "undecided"
    if one.q <= RATE:
        says = _direction(measure, number, one)
    elif one.low >= -MARGIN and one.high <= MARGIN and not one.sparse:
        says = "alike"
    told = says == "undecided" and not one.sparse
    return replace(one, says=says, needed=one.needed if told else None)


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
            whose = f"{side.contender.target}: {rows[0].title}"
            if all(row.standings[at] is None for row in rows):
                yield f"{whose}: not asked of it"
            elif why := _mute([row.standings[at] for row in rows]):
                yield f"{whose}: {why}"
            elif side.shown.gauges is not None and probe not in side.shown.gauges:
                yield f"{whose}: {UNTOLD}"
            else:
                other = sides[0].contender.target
                yield from (f"{whose}: {why}" for why in _sparse(rows, at, other))


def _sparse(rows: Sequence[Measure], at: int, first: str) -> Iterable[str]:
    """Yield on which axes a model answered too little, if enough on all together.

    Where it did so itself, and then where the questions that the first answered, too,
    are too few, since each left out others.
    """
    own, both = [], []
    for row in rows:
        one, beside = row.standings[at], row.differences[at]
        if one is not None and one.sparse:
            own.append(f"{row.axis} ({one.n:,} of {one.n + one.unusable:,} questions)")
        elif beside is not None and beside.sparse and not _first_sparse(row):
            both.append(f"{row.axis} ({beside.n:,} of {beside.asked:,} questions)")
    if own:
        yield f"{FEWER} {first_of(own, NAMED)}"
    if both:
        yield f"{FEWER} {first_of(both, NAMED)}, of both it and {first}"


def _first_sparse(row: Measure) -> bool:
    """Say whether the first model itself answered too little, which is told of it."""
    return row.standings[0] is not None and row.standings[0].sparse
