"""One line of the battery."""

from collections.abc import Callable
from typing import Final, NamedTuple

from openvet.answered import Answered
from openvet.probes.explaining import Effort
from openvet.probes.probe import Probe
from openvet.subject import Gap

BRIEF: Final = Effort(axes=1, texts=8)
"""For brands, of which most is fame."""


class Asked(NamedTuple):
    """A probe, and the subject that its answers become."""

    probe: Callable[[bool], Probe]
    """Given whether the model answers messages."""
    answers: Callable[..., Answered]
    """Its type, or what makes one of it."""
    cap: int
    """Items or pairs of each axis, unless the settings say how many: as many as a
    laptop answers in some minutes altogether, for a model of some 100 million
    parameters."""
    every: bool = True
    """Whether all its axes must be decided. Brands and words have many small ones, of
    which a rule takes those that are certain."""
    once: bool = False
    """Whether all its questions are asked before anybody looks."""
    effort: Effort = Effort()
    """With which it is asked which words matter."""
    gaps: tuple[Gap, ...] = ()
    """What is left out of it, known before it is asked."""
