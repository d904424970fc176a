"""What rules on rates of groups share: who fares worse than the best, and how sure."""

from collections.abc import Iterator, Sequence
from typing import ClassVar, Final

from openvet.check import Check, Context
from openvet.finding import Evidence, Finding, Measure, Severity
from openvet.listing import first_of
from openvet.probes.disparity import Beside, Share
from openvet.rates import GroupRates
from openvet.stats.intervals import Interval

NAMED: Final = 8
"""Groups that a title names."""


class DisparityCheck(Check[GroupRates]):
    """A rule on one kind of rate: it words it, and says what to do."""

    fix: ClassVar[str]
    severity: ClassVar[Severity] = Severity.MEDIUM

    def run(self, subject: GroupRates, context: Context) -> Iterator[Finding]:
        """Yield one finding that names every group that certainly fares worse."""
        del context
        worse = [one for one in subject.found.groups if one.verdict == "above"]
        best = subject.found.best
        if not worse or best is None:
            return
        worse.sort(key=lambda one: -_low(one.difference))
        names = [one.share.group for one in worse]
        yield self.finding(
            subject,
            f"{self.says(subject)}: {first_of(names, NAMED)}, beside {best.group}",
            *_evidence(subject, worse, best),
            *subject.figures,
            fix=self.fix,
            severity=self.severity if any(map(self.strong, worse)) else Severity.LOW,
        )

    def says(self, subject: GroupRates) -> str:
        """Return the title of a finding, up to the groups."""
        raise NotImplementedError

    def strong(self, one: Beside) -> bool:
        """Say whether a group certainly fares much worse."""
        raise NotImplementedError


def _low(interval: Interval | None) -> float:
    return interval.low if interval is not None else 0


def _evidence(
    subject: GroupRates, worse: Sequence[Beside], best: Share
) -> Iterator[Evidence]:
    """Yield the rate of each group, then how far it lies from the best."""
    shown = [one for one in subject.found.groups if one.share is best] + list(worse)
    for one in shown:
        if one.interval is not None:
            yield Measure(
                name=f"{one.share.group}: {subject.measure}",
                value=one.share.value,
                low=one.interval.low,
                high=one.interval.high,
                n=one.share.n,
                method=one.interval.method,
                level=one.interval.level,
            )
    for one in worse:
        if one.difference is not None:
            yield _distance(one, best, "difference", one.difference)
        if one.ratio is not None and best.hits:
            yield _distance(one, best, "ratio", one.ratio)


def _distance(one: Beside, best: Share, what: str, interval: Interval) -> Measure:
    value = abs(one.share.value - best.value)
    if what == "ratio":
        value = one.share.value / best.value
    return Measure(
        name=f"{one.share.group} beside {best.group}: {what}",
        value=value,
        low=interval.low,
        high=interval.high,
        n=one.share.n + best.n,
        method=f"{interval.method}, Bonferroni over pairs",
        level=interval.level,
    )
