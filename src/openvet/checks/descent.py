"""What rules on inherited and added bias share: one finding for the axes of a probe."""

from collections.abc import Iterator, Sequence
from typing import ClassVar, Final

from openvet.check import Check, Context
from openvet.finding import Confidence, Evidence, Finding, Measure, Severity
from openvet.heritage import BiasHeritage, Descent, Heir
from openvet.listing import first_of
from openvet.subject import Subject

NAMED: Final = 8
"""Axes that a title names."""


class DescentCheck(Check[BiasHeritage]):
    """A rule on biases of one descent: it words it, and says what to do."""

    descent: ClassVar[Descent]
    says: ClassVar[str]
    """The title of a finding; the axes follow it."""
    fix: ClassVar[str]
    severity: ClassVar[Severity] = Severity.MEDIUM
    subjects: ClassVar[tuple[type[Subject], ...]] = (BiasHeritage,)

    def run(self, subject: BiasHeritage, context: Context) -> Iterator[Finding]:
        """Yield one finding that names every axis of this descent."""
        del context
        found = subject.found
        if found is None:
            return
        axes = [heir for heir in found.axes if heir.descent == self.descent]
        if not axes:
            return
        axes.sort(key=lambda heir: -heir.model)
        strong = any(heir.strong for heir in axes)
        yield self.finding(
            subject,
            f"{self.says} {found.base.id}: {_named(axes)}",
            *_evidence(axes),
            fix=self.fix,
            severity=self.severity if strong else Severity.LOW,
            confidence=Confidence.MEDIUM,
        )


def _named(axes: Sequence[Heir]) -> str:
    """Return each axis with the shares of the base and of the model."""
    names = [f"{heir.axis} ({heir.base:.2f} to {heir.model:.2f})" for heir in axes]
    return first_of(names, NAMED)


def _evidence(axes: Sequence[Heir]) -> Iterator[Evidence]:
    """Yield how far the model is from its base on each axis."""
    for heir in axes:
        yield Measure(
            name=f"{heir.axis}: share of the model less that of its base"
            f" ({heir.only_model} items only it shows, {heir.only_base} only the base)",
            value=heir.model - heir.base,
            low=heir.low,
            high=heir.high,
            n=heir.n,
            method=f"{heir.method}, corrected p = {heir.q:.2g}",
        )
