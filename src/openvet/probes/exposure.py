"""Whom a recommender shows: exposure of providers, beside what they offer.

A place in a ranking is worth what people see of it: 1 / log2(1 + rank), as in Singh and
Joachims 2018, "Fairness of Exposure in Rankings" (arXiv 1802.07281). Each user counts
once, whatever they were shown, and is a cluster: intervals are over users.
"""

import csv
import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from typing import Final, NamedTuple

from openvet.errors import OpenvetError
from openvet.stats.inequality import Inequality, gini, inequality
from openvet.stats.intervals import Interval, clustered
from openvet.supplied import Broken, RecommendationTable

ROWS: Final = 2_000_000
RANK: Final = 10_000
"""The last place anybody is shown."""
NAME: Final = 200
"""Characters of a user, item or provider."""
PROVIDERS: Final = 1_000
SHOWN: Final = 12
"""Providers with a line of their own."""
LEVEL: Final = 0.95
FAR: Final = 0.1
"""A Gini coefficient that is certainly no farther above that of the items is alike."""


class Slot(NamedTuple):
    """An item on a place, as a row has it."""

    user: str
    item: str
    provider: str
    rank: int


class Shown(NamedTuple):
    """What a table holds."""

    slots: tuple[Slot, ...]
    offered: Mapping[str, int]
    """Items of each provider."""
    broken: tuple[Broken, ...]


class Provider(NamedTuple):
    """A provider, and how it is seen."""

    name: str
    share: float
    """Of exposure, averaged over users."""
    interval: Interval
    """Of the share; those of all providers hold together."""
    offered: float
    """Its share of the items."""
    places: int


class Exposure(NamedTuple):
    """Whom a recommender shows."""

    providers: tuple[Provider, ...]
    """The most seen first, as many as have a line."""
    unequal: Inequality
    """Of the places of all providers."""
    offered: float
    """The Gini coefficient of the items that they offer."""
    users: int
    slots: int
    among: int
    """Providers on offer."""


def read_slots(table: RecommendationTable, text: str, catalog: str = "") -> Shown:
    """Return what a table of recommendations says.

    Args:
        table: Which columns mean what.
        text: Of the table.
        catalog: Of the table of all items; empty to take those that were shown.

    Raises:
        OpenvetError: It lacks columns or usable rows, or has too many.
    """
    broken: list[Broken] = []
    names = (table.user, table.item, table.provider, table.rank)
    slots = []
    taken: set[tuple[str, int]] = set()
    for line, row in _rows(table.file, text, names, broken):
        slot = _slot(row)
        why = slot if isinstance(slot, str) else ""
        if isinstance(slot, Slot) and (slot.user, slot.rank) in taken:
            why = "a second item on this rank of the user"
        if why or isinstance(slot, str):
            broken.append(Broken(line=line, why=why))
            continue
        taken.add((slot.user, slot.rank))
        slots.append(slot)
    if not slots:
        raise OpenvetError(f"{table.file} shows nobody anything")
    items = {(slot.provider, slot.item) for slot in slots}
    if catalog:
        named = (table.item, table.provider)
        rows = _rows(table.catalog, catalog, named, broken)
        items |= {(row[1], row[0]) for _, row in rows if all(row)}
    offered = Counter(provider for provider, _ in items)
    if not 1 < len(offered) <= PROVIDERS:
        raise OpenvetError(
            f"{table.file} has {len(offered):,} providers",
            hint=f"from two to {PROVIDERS:,} can be compared",
        )
    return Shown(tuple(slots), offered, tuple(broken))


def _rows(
    file: str, text: str, names: tuple[str, ...], broken: list[Broken]
) -> Iterator[tuple[int, list[str]]]:
    """Yield the line and the fields of some columns of each row.

    Raises:
        OpenvetError: A column is missing, or there are too many rows.
    """
    first = text.partition("\n")[0]
    table = csv.reader(
        text.splitlines(keepends=True), delimiter=max(",;\t", key=first.count)
    )
    try:
        header = [name.strip() for name in next(table, [])]
        missing = [name for name in names if name not in header]
        if missing:
            raise OpenvetError(
                f"{file} has no column {', '.join(missing)}",
                hint=f"it has {', '.join(header[:20])[:NAME]}",
            )
        places = [header.index(name) for name in names]
        for number, row in enumerate(table, 2):
            if number > ROWS:
                raise OpenvetError(
                    f"{file} has more than {ROWS:,} rows", hint="give a sample of users"
                )
            if row and len(row) != len(header):
                why = f"{len(row)} fields where the header has {len(header)}"
                broken.append(Broken(line=number, why=why))
            elif row:
                yield number, [row[place].strip() for place in places]
    except csv.Error as error:
        raise OpenvetError(f"{file} is no table: {error}") from None


def _slot(row: list[str]) -> Slot | str:
    """Return a row as a place of a user, or why it is none."""
    user, item, provider, rank = row
    if not (user and item and provider):
        return "no user, item or provider"
    if max(map(len, (user, item, provider))) > NAME:
        return "a very long name"
    if not (rank.isascii() and rank.isdigit() and 0 < int(rank[:9]) <= RANK):
        return f"the rank is no number from 1 to {RANK:,}"
    return Slot(user, item, provider, int(rank))


def exposure(
    shown: Shown, seed: int = 0, told: Callable[[], None] = lambda: None
) -> Exposure:
    """Return whom a recommender shows.

    Args:
        shown: At least one slot, of two providers or more on offer.
        seed: Of the draws of the interval of the Gini coefficient.
        told: Called now and then; may raise where time is over.
    """
    by_user: dict[str, list[Slot]] = defaultdict(list)
    for slot in shown.slots:
        by_user[slot.user].append(slot)
    shares: dict[str, dict[str, float]] = defaultdict(dict)
    for user, slots in by_user.items():
        whole = math.fsum(_worth(slot) for slot in slots)
        for slot in slots:
            known = shares[slot.provider]
            known[user] = min(1.0, known.get(user, 0.0) + _worth(slot) / whole)
    level = 1 - (1 - LEVEL) / len(shown.offered)
    ranked = sorted(shares, key=lambda name: (-math.fsum(shares[name].values()), name))
    places = Counter(slot.provider for slot in shown.slots)
    items = sum(shown.offered.values())
    providers = []
    for name in ranked[:SHOWN]:
        told()
        values = {user: [shares[name].get(user, 0.0)] for user in by_user}
        providers.append(
            Provider(
                name=name,
                share=math.fsum(shares[name].values()) / len(by_user),
                interval=clustered(values, level),
                offered=shown.offered[name] / items,
                places=places[name],
            )
        )
    told()
    answers = [[slot.provider for slot in slots] for slots in by_user.values()]
    return Exposure(
        providers=tuple(providers),
        unequal=inequality(answers, sorted(shown.offered), seed),
        offered=gini(list(shown.offered.values())),
        users=len(by_user),
        slots=len(shown.slots),
        among=len(shown.offered),
    )


def _worth(slot: Slot) -> float:
    """Return what a place is worth."""
    return 1 / math.log2(1 + slot.rank)
