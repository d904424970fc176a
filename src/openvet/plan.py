"""Which readers and checks meet which subjects, and which steps can be replayed."""

from collections.abc import Iterable
from functools import cache
from typing import Final, NamedTuple

from openvet.catalog import READERS, Plugin
from openvet.finding import Status
from openvet.glance import SIGNS, Sign
from openvet.ledger import Step
from openvet.subject import Subject
from openvet.wire import digest

RETRIED: Final = frozenset(
    {"over-budget", "worker-died", "unreadable", "changed", "model-failed"}
)
"""Gaps that may be gone next time, so that a remembered step with one is not used."""


class Meeting(NamedTuple):
    """What meets one type of subject."""

    readers: tuple[tuple[Plugin, Sign | None], ...]
    """Each with the sign without which it claims no file."""
    checks: tuple[tuple[Plugin, str], ...]
    """Each with its key."""
    keys: frozenset[str]
    """Of the checks."""
    parts: frozenset[str]
    """Of the subject, that some check looks at and at nothing else."""
    digest: str
    """Of the readers' keys."""
    known: dict[frozenset[str], frozenset[str]]
    """The idle checks, by the parts that are absent, as far as they were asked for."""

    def idle(self, subject: Subject) -> frozenset[str]:
        """Return the keys of the checks that have nothing to look at in a subject."""
        absent = frozenset(
            [part for part in self.parts if not getattr(subject, part, ())]
        )
        idle = self.known.get(absent)
        if idle is None:
            idle = self.known[absent] = frozenset(
                key for p, key in self.checks if p.judges and absent >= set(p.judges)
            )
        return idle


class Plan:
    """Which readers and checks meet which subjects.

    Args:
        readers: Lines of the catalog, in the order in which they are asked.
        checks: Lines of the catalog.
    """

    def __init__(self, readers: Iterable[Plugin], checks: Iterable[Plugin]) -> None:
        self._readers = tuple(readers)
        self._checks = tuple(checks)
        self._by_kind: dict[str, Meeting] = {}

    def of(self, kinds: tuple[str, ...]) -> Meeting:
        """Return what meets a type of subject, given the names of it and its bases."""
        known = self._by_kind.get(kinds[0])
        if known is None:
            names = set(kinds)
            readers = [p for p in self._readers if not names.isdisjoint(p.subjects)]
            checks = [p for p in self._checks if not names.isdisjoint(p.subjects)]
            known = Meeting(
                readers=tuple((p, _sign(p)) for p in readers),
                checks=tuple((p, p.key) for p in checks),
                keys=frozenset(p.key for p in checks),
                parts=frozenset(part for p in checks for part in p.judges),
                digest=digest([p.key for p in readers]),
                known={},
            )
            self._by_kind[kinds[0]] = known
        return known

    def still_holds(self, step: Step) -> bool:
        """Tell whether a remembered step would come out the same today.

        What failed or ran out of budget is tried again.
        """
        meeting = self.of(step.kinds)
        if step.plan != meeting.digest or any(g.reason in RETRIED for g in step.gaps):
            return False
        if any(outcome.status is Status.ERROR for outcome in step.outcomes):
            return False
        done = {*step.passed, *(f"{o.check}@{o.version}" for o in step.outcomes)}
        return meeting.keys <= done


def _sign(reader: Plugin) -> Sign | None:
    """Return the sign of a reader of ours; third parties' are asked of every file."""
    return SIGNS.get(reader.id) if reader in READERS else None


@cache
def kinds_of(kind: type[Subject]) -> tuple[str, ...]:
    """Return the names of a subject type and its bases, itself first."""
    return tuple(b.__name__ for b in kind.__mro__ if issubclass(b, Subject))
