"""Figures besides the gauges of a probe, as lines of text."""

from collections.abc import Iterator
from typing import Final

from openvet.finding import Measure
from openvet.readout import Readout
from openvet.write.confidence import at_level
from openvet.write.escape import visible

MANY: Final = 24
"""Figures that get a line."""


def figure_lines(readout: Readout) -> Iterator[str]:
    """Yield a line for each figure of a readout."""
    for figure in readout.figures[:MANY]:
        yield f"  {visible(figure.name)}: {worded(figure)}"
    rest = len(readout.figures) - MANY
    if rest > 0:
        yield f"  … and {rest} more figures; --format json has all"


def bounds(figure: Measure, digits: int) -> str:
    """Return the interval of a figure, after a space; what is exact has none."""
    if figure.low == figure.high:
        return ""
    return f" [{figure.low:.{digits}g}, {figure.high:.{digits}g}]"


def worded(figure: Measure) -> str:
    """Return a figure with its interval, n and method."""
    method = visible(figure.method) + at_level(figure.level)
    return f"{figure.value:.4g}{bounds(figure, 4)} n={figure.n:,}, {method}"
