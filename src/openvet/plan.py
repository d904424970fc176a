"""Which readers and checks meet which subjects, and which steps can be replayed."""

from collections.abc import Iterable
from functools import cache
from typing import Final

from openvet.catalog import Plugin
from openvet.finding import Status
from openvet.ledger import Step
from openvet.subject import Subject
from openvet.wire import digest

RETRIED: Final = frozenset({"over-budget", "worker-died", "unreadable", "changed"})
"""Gaps that may be gone next time, so that a remembered step with one is not used."""


class Plan:
    """Which readers and checks meet which subjects.

    Args:
        readers: Lines of the catalog, in the order in which they are asked.
        checks: Lines of the catalog.
    """

    def __init__(self, readers: Iterable[Plugin], checks: Iterable[Plugin]) -> None:
        self._readers = tuple(readers)
        self._checks = tuple(checks)
        self._by_kind: dict[str, tuple[list[Plugin], list[Plugin], str]] = {}

    def of(self, kinds: tuple[str, ...]) -> tuple[list[Plugin], list[Plugin], str]:
        """Return readers, checks and the readers' digest for a type of subject."""
        known = self._by_kind.get(kinds[0])
        if known is None:
            names = set(kinds)
            readers = [p for p in self._readers if names & set(p.subjects)]
            checks = [p for p in self._checks if names & set(p.subjects)]
            known = readers, checks, digest([plugin.key for plugin in readers])
            self._by_kind[kinds[0]] = known
        return known

    def still_holds(self, step: Step) -> bool:
        """Tell whether a remembered step would come out the same today.

        What failed or ran out of budget is tried again.
        """
        _, checks, readers = self.of(step.kinds)
        if step.plan != readers or any(g.reason in RETRIED for g in step.gaps):
            return False
        if any(outcome.status is Status.ERROR for outcome in step.outcomes):
            return False
        done = {*step.passed, *(f"{o.check}@{o.version}" for o in step.outcomes)}
        return all(plugin.key in done for plugin in checks)


@cache
def kinds_of(kind: type[Subject]) -> tuple[str, ...]:
    """Return the names of a subject type and its bases, itself first."""
    return tuple(b.__name__ for b in kind.__mro__ if issubclass(b, Subject))
