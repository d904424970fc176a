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

SHOWN: Final = 3
"""Examples of each axis that are shown: the last is against it, if there is one."""
REVERSED: Final = " (the other way round)"
NAMED: Final = 8
"""Axes that a title names."""


class AskedCheck(Check[Answered]):
    """A rule on what probes of one kind found: it words it, and says what to do."""

    says: ClassVar[str]
    """The title of a finding; the axes follow it."""
    fix: ClassVar[str]
    severity: ClassVar[Severity] = Severity.MEDIUM
    confidence: ClassVar[Confidence] = Confidence.MEDIUM
    fame: ClassVar[str] = ""
    """The probe that nothing holds against fame: what it finds is of low severity."""
    either: ClassVar[bool] = False
    """Whether it is as bad the other way round, for those who stand second."""

    def certain(self, axis: Measured) -> bool:
        """Say whether an axis shows what the rule looks for."""
        return axis.verdict == "above" or (self.either and axis.verdict == "below")

    def run(self, subject: Answered, context: Context) -> Iterator[Finding]:
        """Yield one finding that names every axis on which it is certain."""
        del context
        found = [axis for axis in subject.axes if self.certain(axis)]
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
        null, margin = subject.null, subject.margin
        axes = sorted(axes, key=lambda axis: -abs((axis.share or 0) - null))
        strong = any(_apart(axis, null) > margin for axis in axes)
        strong = strong and subject.probe != self.fame
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
    names = [axis.axis + (REVERSED if axis.verdict == "below" else "") for axis in axes]
    return first_of(names, NAMED)


def _apart(axis: Measured, null: float) -> float:
    """Return how far an axis certainly lies from the null, on either side."""
    if axis.interval is None:
        return 0.0
    return max(axis.interval.low - null, null - axis.interval.high)


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
                level=axis.interval.level,
            )
    names = {axis.axis for axis in axes}
    yield from (one for one in explained if one.axis in names)
    for axis in axes:
        for example in axis.examples[:SHOWN]:
            yield from example.dialogues
