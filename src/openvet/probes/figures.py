"""Figures that a probe gives besides its axes: scores that have a name elsewhere."""

from collections.abc import Mapping, Sequence
from typing import Protocol, runtime_checkable

from openvet.finding import Measure
from openvet.probes.answers import Answers
from openvet.probes.asking import Measured, Plan
from openvet.probes.probe import Item, Probe, Result
from openvet.probes.units import units_of


@runtime_checkable
class Figured(Protocol):
    """A probe that gives figures."""

    def figures(
        self, given: Mapping[str, Sequence[tuple[Item, Result]]]
    ) -> tuple[Measure, ...]:
        """Return figures of what was answered on each axis, in the order asked."""


def figures_of(
    probe: Probe, axes: Sequence[Measured], plan: Plan, answers: Answers
) -> tuple[Measure, ...]:
    """Return the figures of a probe, of the very items that its axes were decided by.

    What is known from another audit besides is left out, so that equal plans give equal
    figures.
    """
    if not isinstance(probe, Figured):
        return ()
    units = units_of(probe, plan.seed)
    return probe.figures(
        {
            axis.axis: [
                (item, result)
                for unit in units[axis.axis][: axis.asked]
                for item in unit
                if (result := answers.of(item.request)) is not None
            ]
            for axis in axes
        }
    )
