"""What asking a model showed, in sentences that one can read aloud.

Written for a person who has to decide: who was asked, what, how much of it, what was
found, what stayed undecided and what it would take, and what was not asked at all.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from openvet.models.protocol import ModelInfo
from openvet.readout import Gauge, Part, Reading, Readout
from openvet.report import Report
from openvet.wire import Record
from openvet.write.confidence import surely
from openvet.write.escape import visible
from openvet.write.gauges import REASONABLE, by_evidence
from openvet.write.heatmap import common, heat_maps, legend, map_lines
from openvet.write.measures import figure_lines
from openvet.write.spending import spent
from openvet.write.wordings import counted, glossary, means, question, share

NAMED: Final = 4
"""Axes that a sentence names; the others are counted."""
SUITES: Final = 12
"""Sets of questions that get sentences of their own; the others are counted."""
LEADS: Final[dict[Reading, str]] = {
    "found": "Found",
    "reversed": "The other way round",
    "undecided": "Undecided",
    "no-answers": "No usable answers",
    "clear": "Not found",
}
LIMITS: Final = (
    "Nothing else was asked. Other wordings, other languages, groups that are not named"
    " here, long conversations and the product around the model can differ."
)


class Suite(Record, frozen=True, kw_only=True):
    """What one set of questions showed, in words."""

    question: str
    asked: str
    sentences: tuple[tuple[str, str], ...]
    """How it reads, and of which axes that holds."""
    figures: tuple[str, ...]
    """Scores that have a name elsewhere."""


class Summary(Record, frozen=True, kw_only=True):
    """The whole of it."""

    whom: str
    how: str
    """What protected the machine, and the engine that ran it."""
    much: str
    found: str
    """The result in one sentence."""
    suites: tuple[Suite, ...]
    hidden: int
    """Sets of questions that are not in `suites`."""
    unasked: tuple[str, ...]


def summary(report: Report) -> Summary | None:
    """Return what asking showed; None where nobody asked."""
    if not (report.readouts or report.unasked):
        return None
    asked = report.readouts
    every = (*asked, *report.unasked)
    # What is known from an earlier audit was asked in the zone of that one.
    zone = dict.fromkeys((*report.zone, *(line for one in every for line in one.zone)))
    return Summary(
        whom=_whom([one.model for one in every]),
        how="; ".join(visible(line) for line in zone),
        much=_much(asked, report.work),
        found=_found([one for readout in asked for one in readout.gauges]),
        suites=tuple(_suite(one) for one in asked[:SUITES]),
        hidden=max(0, len(asked) - SUITES),
        unasked=tuple(_unasked(report.unasked)),
    )


def _unasked(readouts: Sequence[Readout]) -> Iterator[str]:
    """Yield why something was not asked, and what that holds of."""
    reasons: dict[str, list[str]] = {}
    for one in readouts:
        title, why = visible(one.title), visible(one.unasked)
        named = f"{title}: "
        reason = (
            why.removeprefix(named)
            if why.startswith(named)
            else f"not asked, because {why}"
        )
        reasons.setdefault(reason, []).append(title)
    for reason, titles in reasons.items():
        rest = f" and {len(titles) - SUITES} more" if len(titles) > SUITES else ""
        yield f"{reason}: {'; '.join(titles[:SUITES])}{rest}"


def _whom(models: Sequence[ModelInfo]) -> str:
    """Return who was asked, and what ran it."""
    first, *others = dict.fromkeys(
        f"{visible(one.id)}, by {visible(one.engine)}"
        f" ({visible(one.dtype)}, {visible(one.device)})"
        for one in models
    )
    return first + f" and {len(others)} more" * bool(others)


def judgments(readout: Readout) -> int:
    """Return what was counted on all axes of a set; an answer counts on each of its."""
    return sum(one.n + one.unusable for one in readout.gauges)


def _much(asked: Sequence[Readout], work: Sequence[Part]) -> str:
    """Return how much was asked, and what that has cost."""
    total, lost = 0, 0
    for readout in asked:
        total += judgments(readout)
        lost += sum(one.unusable for one in readout.gauges)
    if not total:
        return "no question was put to it"
    said = (
        f"{_times(len(asked), 'set')} of questions, {_times(total, 'judgment')} (an"
        " answer can be judged on several points)"
    )
    if lost:
        said += f", {lost:,} of them without a usable answer"
    return said + spent(asked, work)


def _times(number: int, noun: str) -> str:
    return f"{number:,} {noun}" + "s" * (number != 1)


def _found(gauges: Sequence[Gauge]) -> str:
    """Return the result of all axes together; nothing is averaged over them."""
    if not gauges:
        return "nothing was asked, so nothing is known"
    counts = {
        reading: sum(one.reading == reading for one in gauges) for reading in LEADS
    }
    parts = [
        f"{LEADS[reading].lower()} on {count:,}"
        for reading, count in counts.items()
        if count
    ]
    points = f"{_times(len(gauges), 'point')} (groups, topics or brands)"
    return f"measured on {points}: {', '.join(parts)}"


def _suite(readout: Readout) -> Suite:
    """Return the sentences on a set of questions."""
    ranked = by_evidence(readout)
    return Suite(
        question=question(readout),
        asked=_asked(readout, _times(len(ranked), "point")),
        sentences=tuple(
            (
                lead + means(readout, reading),
                _named([one for one in ranked if one.reading == reading], readout),
            )
            for reading, lead in LEADS.items()
            if any(one.reading == reading for one in ranked)
        ),
        figures=tuple(line.strip() for line in figure_lines(readout)),
    )


def _asked(readout: Readout, points: str) -> str:
    """Return how much a set rests on; a table was counted and not asked."""
    many, whole = judgments(readout), "rows"
    each = counted(readout)
    if each:
        many, whole = max((one.n for one in readout.gauges), default=0), each
    if not readout.model.capabilities:
        return f"{many:,} {whole} counted for {points}; held against {readout.null:.0%}"
    said = f"{_times(many, 'judgment')} on {points}"
    return f"{said}; chance gives {readout.null:.0%}"


def _named(gauges: Sequence[Gauge], readout: Readout) -> str:
    """Return the strongest of some axes that read alike, and what others would take."""
    names = ", ".join(_one(one, readout) for one in gauges[:NAMED])
    rest = len(gauges) - NAMED
    said = f"{names} and {rest:,} more" if rest > 0 else names
    if gauges[0].reading == "undecided":
        said += f". {_take(gauges)}"
    return said


def _one(gauge: Gauge, readout: Readout) -> str:
    """Return an axis with its share, as people say it."""
    axis = common(gauge.axis)
    if gauge.reading == "no-answers":
        return f"{axis} ({visible(gauge.why, most=80)})" if gauge.why else axis
    if gauge.reading == "undecided":
        # A share that says nothing yet is not read aloud as if it did.
        return axis
    return f"{axis} ({share(gauge, readout)})"


def _take(gauges: Sequence[Gauge]) -> str:
    """Return what it would take to decide."""
    within = [
        one.needed
        for one in gauges
        if one.needed and one.needed <= (REASONABLE if one.left is None else one.left)
    ]
    rest = len(gauges) - len(within)
    if len(gauges) == len(within) == 1:
        return f"About {within[0]:,} more questions would decide it"
    parts = []
    if within:
        parts.append(f"about {min(within):,} more questions would decide the nearest")
    if within and not rest:
        parts.append(f"{max(within):,} the farthest")
    if rest:
        parts.append(f"for {rest:,} there are too few questions in the suite")
    said = ", ".join(parts)
    return f"{said[0].upper()}{said[1:]}"


def behavior_lines(report: Report) -> Iterator[str]:
    """Yield for a terminal who was asked, what came out, and the heat maps."""
    told = summary(report)
    if told is None:
        return
    yield f"asked {told.whom}"
    yield f"  {told.much}"
    yield f"  {told.found}"
    yield f"  zone: {told.how}"
    for line in told.unasked:
        yield f"  {line}"
    yield ""
    maps = heat_maps(report.readouts, report.unasked)
    for drawn in maps:
        yield from map_lines(drawn)
        yield ""
    if maps:
        yield legend()
    yield from (f"{name}: {about}" for name, about in glossary(report.readouts))
    if said := surely(report.readouts):
        yield said
    if maps or said:
        yield ""
