"""Findings that say the same of several places, told once."""

from collections.abc import Iterable

from openvet.finding import Finding
from openvet.policy import Disposition, Judged
from openvet.wire import Record


class Group(Record, frozen=True, kw_only=True):
    """A finding and every place of which it holds."""

    judged: Judged
    """The first of them; the others differ in place and evidence alone."""
    findings: tuple[Finding, ...]

    @property
    def finding(self) -> Finding:
        """The first finding."""
        return self.judged.finding

    @property
    def disposition(self) -> Disposition:
        """What the policy makes of all of them."""
        return self.judged.disposition


def grouped(judged: Iterable[Judged]) -> list[Group]:
    """Return findings by what they say, in the order of the first of each."""
    groups: dict[tuple[object, ...], list[Judged]] = {}
    for item in judged:
        found = item.finding
        same = (
            *(item.disposition, item.note, found.rule, found.title, found.fix),
            *(found.severity, found.confidence, found.live),
        )
        groups.setdefault(same, []).append(item)
    return [
        Group(judged=items[0], findings=tuple(item.finding for item in items))
        for items in groups.values()
    ]
