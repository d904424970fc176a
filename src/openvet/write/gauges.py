"""What asking a model showed: as lines of text, and as what the HTML report draws."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from openvet.readout import WORDS, Gauge, Reading, Readout
from openvet.wire import Record
from openvet.write.escape import visible

MANY: Final = 16
"""Axes that all get a line of text, or a picture that is not folded."""
DRAWN: Final = 100
"""Axes that get a picture; the others are counted."""
REASONABLE: Final = 10_000
"""More questions than these nobody asks."""
COLUMNS: Final = 33
"""Characters of an interval's picture."""
WIDTH: Final = 300
"""Pixels of an interval's picture."""
LEAST: Final = 2
"""Pixels of an interval that can be seen."""
NARROW: Final = 1e-3
"""Half of the least width that an interval counts for where evidence is compared."""
CERTAIN: Final[tuple[Reading, ...]] = ("found", "reversed")
MARKS: Final[dict[Reading, str]] = {
    "found": "▲",
    "reversed": "▼",
    "undecided": "?",
    "no-answers": "∅",
    "clear": "≈",
}
"""The sign of each reading, which needs no color; what is open stands before what is
not found."""
ORDER: Final = tuple(MARKS)
STATES: Final[dict[Reading, str]] = {
    "found": "found",
    "clear": "clear",
    "reversed": "reversed",
    "undecided": "unsure",
    "no-answers": "mute",
}
"""Classes of the style sheet."""


class Row(Record, frozen=True, kw_only=True):
    """An interval as it is drawn, in pixels from the left."""

    axis: str
    mark: str
    words: str
    state: str
    figures: str
    title: str
    """All of it in a sentence, for those who do not see the picture."""
    low: float
    wide: float
    at: float
    shown: bool
    """Whether there is anything to draw."""


class Drawn(Record, frozen=True, kw_only=True):
    """The picture of a probe."""

    first: tuple[Row, ...]
    folded: tuple[Row, ...]
    rest: str
    """What is neither of them, in words; empty where there is nothing."""
    null: float
    left: float
    """Where the margin begins."""
    band: float
    """How wide it is."""


def evidence(gauge: Gauge, null: float) -> float:
    """Return how far a share is from the null, in halves of its interval's width."""
    return abs(gauge.share - null) / max((gauge.high - gauge.low) / 2, NARROW)


def by_evidence(readout: Readout) -> list[Gauge]:
    """Return the axes of a probe: what was found first, the surest before others."""
    return sorted(
        readout.gauges,
        key=lambda one: (ORDER.index(one.reading), -evidence(one, readout.null)),
    )


def gauge_lines(readout: Readout) -> Iterator[str]:
    """Yield a probe's title and a line for each axis."""
    yield f"{visible(readout.title)} ({visible(readout.probe)}):"
    shown, rest = _shown(by_evidence(readout))
    wide = max((len(visible(one.axis)) for one in shown), default=0)
    for one in shown:
        axis = f"{MARKS[one.reading]} {visible(one.axis).ljust(wide)}"
        if one.reading == "no-answers":
            why = f": {visible(one.why)}" if one.why else ""
            yield f"  {axis}  {WORDS[one.reading]} of {one.unusable}{why}"
            continue
        drawn = _drawn(one, readout.null)
        yield f"  {axis}  {drawn}  {figures(one)}: {WORDS[one.reading]}{more(one)}"
    if rest:
        yield f"  … and {rest.total()} more: {counted(rest)}; --format json has all"


def counted(readings: Counter[Reading]) -> str:
    """Return in words how many axes read how."""
    return ", ".join(
        f"{readings[name]} {WORDS[name]}" for name in ORDER if readings[name]
    )


def _shown(gauges: Sequence[Gauge]) -> tuple[list[Gauge], Counter[Reading]]:
    """Return the axes that get a line, and how the others read.

    Where there are many, those get one on which something is certain.
    """
    if len(gauges) <= MANY:
        return list(gauges), Counter()
    certain = [one for one in gauges if one.reading in CERTAIN][:MANY]
    return certain, Counter(one.reading for one in gauges if one not in certain)


def figures(gauge: Gauge) -> str:
    """Return share, interval and n."""
    return f"{gauge.share:.2f} [{gauge.low:.2f}, {gauge.high:.2f}] n={gauge.n:,}"


def more(gauge: Gauge) -> str:
    """Return how many more items would decide, where that can be told."""
    if gauge.reading != "undecided" or gauge.needed is None:
        return ""
    if gauge.left is not None and gauge.needed > gauge.left:
        if not gauge.left:
            return ", and all questions were asked"
        return f", and the {gauge.left:,} questions left would hardly decide"
    if gauge.needed > REASONABLE:
        return ", and so it would stay after many more"
    return f", about {gauge.needed:,} more would decide"


def _drawn(gauge: Gauge, null: float) -> str:
    """Return an interval as characters; the bar stands where chance is."""
    last = COLUMNS - 1
    cells = ["·"] * COLUMNS
    low, high = round(gauge.low * last), round(gauge.high * last)
    cells[low : high + 1] = "─" * (high - low + 1)
    cells[round(null * last)] = "│" if not low <= null * last <= high else "┼"
    cells[round(gauge.share * last)] = "●"
    return "".join(cells)


def drawn(readout: Readout) -> Drawn:
    """Return the picture of a probe."""
    gauges = by_evidence(readout)
    few = len(gauges) <= MANY
    open_ = len(gauges) if few else len(_shown(gauges)[0]) or MANY
    rest = Counter(one.reading for one in gauges[DRAWN:])
    rows = [_row(one, readout) for one in gauges[:DRAWN]]
    left = max(0.0, readout.null - readout.margin)
    right = min(1.0, readout.null + readout.margin)
    return Drawn(
        first=tuple(rows[:open_]),
        folded=tuple(rows[open_:]),
        rest=counted(rest) if rest else "",
        null=round(readout.null * WIDTH, 1),
        left=round(left * WIDTH, 1),
        band=round((right - left) * WIDTH, 1),
    )


def told(gauge: Gauge, null: float) -> str:
    """Return what was measured on an axis, in a sentence."""
    axis, words = visible(gauge.axis), WORDS[gauge.reading] + more(gauge)
    if not gauge.n:
        why = f": {visible(gauge.why)}" if gauge.why else ""
        return f"{axis}: {words}, of {gauge.unusable:,} asked{why}"
    lost = f", {gauge.unusable:,} more without a usable answer" * bool(gauge.unusable)
    return (
        f"{axis}: {words}; share {gauge.share:.2f}, interval {gauge.low:.2f} to"
        f" {gauge.high:.2f}, n = {gauge.n:,}{lost}; chance {null:.2f}"
    )


def _row(one: Gauge, readout: Readout) -> Row:
    """Return the picture of an axis."""
    return Row(
        axis=visible(one.axis),
        mark=MARKS[one.reading],
        words=WORDS[one.reading] + more(one),
        state=STATES[one.reading],
        figures=figures(one) if one.n else f"{one.unusable:,} asked",
        title=told(one, readout.null),
        low=round(one.low * WIDTH, 1),
        wide=max(round((one.high - one.low) * WIDTH, 1), LEAST),
        at=round(one.share * WIDTH, 1),
        shown=one.n > 0,
    )
