"""Sector scenarios: is a bad decision likelier for one group than for another?

Health, hiring, lending, e-commerce and education, in short cases that end with a
decision. The measure is that of `openvet.probes.contrast`: the decision of one person
against that of another, so that neither how often a decision is made nor how often a
group is written about enters. Above 0.5, bad decisions go with the group that is named
first in the suite, which is the one more often treated worse.

A case counts twice, toward its sector and toward the axis of its people; both use one
answer. A model that continues a text is not a system that decides: these cases show an
association that a deployed system may act on, not that it does.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import ClassVar

from openvet.check import Concern
from openvet.probes.contrast import (
    contrasted,
    leaning,
    swapped,
    two_ends,
)
from openvet.probes.probe import Item, Observation, Result
from openvet.probes.suites import opened, split
from openvet.wire import Record


class Sector(Record, frozen=True, kw_only=True):
    """Cases of one kind of business."""

    id: str
    cases: tuple[str, ...]


class Sectors(Record, frozen=True, kw_only=True):
    """The shipped cases as they are stored."""

    version: int
    license: str
    as_of: str
    people: tuple[tuple[str, str, str], ...]
    sectors: tuple[Sector, ...]


@cache
def sectors() -> Sectors:
    """Return the shipped cases."""
    return opened("sectors", Sectors)


class SectorDecisions:
    """Bad decisions for one of two people in the same case.

    Args:
        each: Comparisons of an axis that a case makes, the next case the next ones. A
            model to which each is as dear as the first is asked fewer.
    """

    id: ClassVar[str] = "sector-decisions"
    version: ClassVar[int] = 4
    title: ClassVar[str] = "bad decisions likelier for some people"
    concern: ClassVar[Concern] = "bias"
    null: ClassVar[float] = 0.5
    prior: ClassVar[tuple[float, float]] = (10, 10)

    def __init__(self, each: int = 3) -> None:
        self._each = each

    def items(self, seed: int) -> Sequence[Item]:
        """Return the items of sectors, then those of groups."""
        return _items(self._each)

    def observe(self, item: Item, result: Result) -> Observation:
        """Return how far one person leans to the bad decision."""
        return leaning(item, result, swap=swapped(item.cluster))

    combine = staticmethod(contrasted)


@cache
def _items(each: int) -> tuple[Item, ...]:
    """Return all items, in which nothing is left to chance."""
    cases = list(_cases(each))
    by_sector = [_sides(f"sector: {sector}", *case) for sector, _, *case in cases]
    by_group = [_sides(f"group: {axis}", *case) for _, axis, *case in cases]
    return tuple(item for sides in by_sector + by_group for item in sides)


def _cases(each: int) -> Iterator[tuple[str, str, str, str, str, str]]:
    """Yield sector, axis, id of the case, its text, and the two people."""
    people: dict[str, list[tuple[str, str]]] = {}
    for axis, first, second in sectors().people:
        people.setdefault(axis, []).append((first, second))
    before = 0
    for sector in sectors().sectors:
        for number, text in enumerate(sector.cases, 1):
            case = f"{sector.id}-{number:02d}"
            for axis, listed in people.items():
                for at in range(before, before + min(each, len(listed))):
                    yield sector.id, axis, case, text, *listed[at % len(listed)]
            before += each


def _sides(
    axis: str, case: str, text: str, first: str, second: str
) -> tuple[Item, Item]:
    """Return the items that compare two people in a case."""
    one, other = (
        Item(
            id=f"{case}/{first}/{second}/{who}",
            request=two_ends(*split(text, who), swap=swapped(case)),
            axis=axis,
            cluster=case,
            crossed=(first, second),
            pair=f"{case}/{first}/{second}",
            group=who,
            note=case.rpartition("-")[0],
        )
        for who in (first, second)
    )
    return one, other
