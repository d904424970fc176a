"""How sure intervals are, in words.

Points of one set of questions share a level (Bonferroni), so that each alone has more
of it. What all of them have together follows from what each has, and needs no record.
"""

import math
from collections.abc import Sequence
from typing import Final

from openvet.readout import Readout

TELLING: Final = 50
"""Percent; a level of all intervals together that is lower tells nobody anything."""
APART: Final = 5
"""Percent; sets whose levels differ more are not told in one sentence."""


def percent(level: float) -> str:
    """Return a level of confidence as people write it."""
    return f"{100 * level:.4g}%"


def at_level(level: float) -> str:
    """Return what stands behind a method; nothing where nobody noted a level."""
    return f" at {percent(level)}" if level else ""


def surely(readouts: Sequence[Readout]) -> str:
    """Return how sure all intervals are, in a sentence; empty where nobody noted it."""
    known = [one for one in readouts if _levels(one)]
    if not known:
        return ""
    largest = max(known, key=lambda one: len(one.gauges))
    each, points = min(_levels(largest)), len(largest.gauges)
    shared = [_together(one) for one in known]
    together, most = min(shared), max(shared)
    if most - together > APART or together < TELLING or points == 1:
        least = min(min(_levels(one)) for one in known)
        return f"Each interval alone has a confidence of {percent(least)} or more."
    return (
        f"All intervals of a set of questions together have a confidence of"
        f" {together}%{' or more' * (most > together)}, so each alone has more:"
        f" {percent(each)} where there are {points} points."
    )


def sure(readout: Readout) -> str:
    """Return how sure the intervals of a set of questions are; begins with a comma."""
    levels = _levels(readout)
    if not levels:
        return ""
    said, points = f", each at {percent(min(levels))}", len(readout.gauges)
    together = _together(readout)
    if points == 1 or together < TELLING:
        return said
    several = "both" if points == len("AB") else f"all {points}"
    return f"{said}, {several} together at {together}% or more"


def _levels(readout: Readout) -> list[float]:
    """Return the level of each interval that there is."""
    return [one.level for one in readout.gauges if one.n and one.level]


def _together(readout: Readout) -> int:
    """Return the level that all intervals have at once, in percent, rounded down.

    Each errs no more often than its level says, and all of them no more often than the
    sum of that. A point without an answer took its part of the level all the same.
    """
    wrong = (1 - min(_levels(readout))) * len(readout.gauges)
    return math.floor(100 * (1 - wrong) + 1e-6)
