"""What rules on a model's answers share: one finding for all axes of a probe."""

from collections.abc import Iterator, Sequence
from typing import ClassVar, Final

from openvet.answered import Answered
from openvet.check import Check, Context
from openvet.finding import (
    Attribution,
    Confidence,
    Evidence,
    Finding,
    Measure,
    Severity,
)
from openvet.listing import first_of
from openvet.probes.asking import Measured

SHOWN: Final = 2
"""Examples of each axis that are shown."""
NAMED: Final = 8
"""Axes that a title names."""


class AskedCheck(Check[Answered]):
    """A rule on what probes of one kind found: it words it, and says what to do."""

    says: ClassVar[str]
    """The title of a finding; the axes follow it."""
    fix: ClassVar[str]
    severity: ClassVar[Severity] = Severity.MEDIUM
    confidence: ClassVar[Confidence] = Confidence.MEDIUM

    def run(self, subject: Answered, context: Context) -> Iterator[Finding]:
        """Yield one finding that names every axis on which it is certain."""
        del context
        found = [axis for axis in subject.axes if axis.verdict == "above"]
        if found:
            yield self.found(subject, self.said(subject), found)

    def found(
        self, subject: Answered, said: str, axes: list[Measured], *more: Evidence
    ) -> Finding:
        """Return the finding on some axes.

        Args:
            subject: What was answered.
            said: The title, up to the axes.
            axes: On which it is certain.
            more: Evidence besides the axes'.
        """
        axes = sorted(axes, key=lambda axis: -(axis.share or 0))
        strong = any(_low(axis) > subject.null + subject.margin for axis in axes)
        return self.finding(
            subject,
            f"{said}: {named(axes)}",
            *evidence(axes, subject.explained),
            *more,
            fix=self.fix,
            severity=self.severity if strong else Severity.LOW,
            confidence=self.confidence,
        )

    def said(self, subject: Answered) -> str:
        """Return the title of a finding, up to the axes."""
        del subject
        return self.says


def named(axes: Sequence[Measured]) -> str:
    """Return the names of some axes, the strongest first."""
    return first_of([axis.axis for axis in axes], NAMED)


def _low(axis: Measured) -> float:
    return axis.interval.low if axis.interval is not None else 0


def evidence(
    axes: Sequence[Measured], explained: Sequence[Attribution] = ()
) -> Iterator[Evidence]:
    """Yield a measure of each axis, which words made it, then what the model said."""
    for axis in axes:
        if axis.interval is not None and axis.share is not None:
            yield Measure(
                name=axis.axis,
                value=axis.share,
                low=axis.interval.low,
                high=axis.interval.high,
                n=axis.n,
                method=axis.interval.method,
            )
    names = {axis.axis for axis in axes}
    yield from (one for one in explained if one.axis in names)
    for axis in axes:
        for example in axis.examples[:SHOWN]:
            yield from example.dialogues
