"""Figures besides the gauges of a probe, as lines of text."""

from collections.abc import Iterator
from typing import Final

from openvet.finding import Measure
from openvet.readout import Readout
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


def worded(figure: Measure) -> str:
    """Return a figure with its interval, n and method."""
    bounds = f"[{figure.low:.4g}, {figure.high:.4g}]"
    return f"{figure.value:.4g} {bounds} n={figure.n:,}, {visible(figure.method)}"
