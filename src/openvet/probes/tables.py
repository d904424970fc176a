"""Group fairness of decisions that somebody wrote down: a table of people.

Whom a model selected, of which group they are and, where it is known, what became of
them. Rates are told per group and compared with one group; nothing is averaged over
them. Measures are those that laws and papers name: selection rate, its difference
(statistical parity) and ratio (disparate impact, the four-fifths rule of 29 CFR
1607.4 D), false positive and false negative rates and predictive value (as in
ProPublica's analysis of COMPAS, 2016).

No two of them can in general be equal at once (Chouldechova 2017, Kleinberg et al.
2016), so that none by itself shows fairness.
"""

import csv
import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from openvet.errors import OpenvetError
from openvet.stats.independent import share_difference, share_ratio
from openvet.stats.intervals import Interval, wilson
from openvet.supplied import Broken, text_of
from openvet.wire import Record

NAME: Final = 200
"""Characters of the name of a group."""


class Decided(NamedTuple):
    """A person, as a row has it."""

    group: str
    selected: bool
    """What was decided: True is the outcome that is looked at."""
    truth: bool | None = None
    """What became of them; None where nobody knows."""
    score: float | None = None
    """By which it was decided; None where the table has none."""


class Columns(Record, frozen=True, kw_only=True):
    """What the columns of a table mean."""

    group: str
    decision: str
    """A yes, or a score."""
    at_least: float | None = None
    """The score from which the decision is a yes; without one it is a yes or a no."""
    yes: tuple[str, ...] = ("1", "true", "yes")
    """What a yes looks like, in lower case; anything else is a no."""
    truth: str = ""
    """What became of them; empty where no column says."""


class Table(NamedTuple):
    """What a file holds."""

    people: tuple[Decided, ...]
    broken: tuple[Broken, ...]
    """Rows that were left out."""


class Rate(Record, frozen=True, kw_only=True):
    """A share of people of a group."""

    hits: int
    n: int
    value: float | None
    """None without people."""
    interval: Interval | None


class Group(Record, frozen=True, kw_only=True):
    """How a group fared."""

    name: str
    n: int
    selected: Rate
    false_positive: Rate
    """Of those for whom it was not true, how many were selected."""
    false_negative: Rate
    """Of those for whom it was true, how many were not."""
    precision: Rate
    """Of those selected, for how many it was true."""


class Compared(Record, frozen=True, kw_only=True):
    """How far the selection of a group lies from that of the reference."""

    name: str
    reference: str
    difference: float
    difference_interval: Interval
    ratio: float | None
    """Disparate impact; None where nobody of the reference was selected."""
    ratio_interval: Interval


class Fairness(Record, frozen=True, kw_only=True):
    """What a table shows."""

    groups: tuple[Group, ...]
    """The largest first."""
    compared: tuple[Compared, ...]
    """Of every group but the reference, in the same order."""


def read_table(path: Path, columns: Columns, sha256: str = "") -> Table:
    """Return the people of a table, separated by commas, semicolons or tabs.

    Rows without a group, with a score that is no number, or with another number of
    fields than the first line are left out and named.

    Args:
        path: Where it is.
        columns: What they mean.
        sha256: What it was when the audit began; empty where that does not matter.

    Raises:
        OpenvetError: It cannot be read, is too large, has changed, or lacks a column or
            any row.
    """
    text = text_of(path, sha256=sha256)
    first = text.partition("\n")[0]
    mark = max(",;\t", key=first.count)
    rows = csv.reader(text.splitlines(keepends=True), delimiter=mark)
    broken: list[Broken] = []
    try:
        header = [name.strip() for name in next(rows, [])]
        people = tuple(_people(rows, _places(path, header, columns), columns, broken))
    except csv.Error as error:
        raise OpenvetError(f"{path} is no table: {error}") from None
    if not people:
        raise OpenvetError(f"{path} holds nobody with a group and a decision")
    return Table(people, tuple(broken))


class _Places(NamedTuple):
    """Where the columns stand; of two equal headings the first."""

    group: int
    decision: int
    truth: int | None
    width: int


def _places(path: Path, header: list[str], columns: Columns) -> _Places:
    named = [columns.group, columns.decision, *([columns.truth] * bool(columns.truth))]
    missing = [name for name in named if name not in header]
    if missing:
        raise OpenvetError(
            f"{path} has no column {', '.join(missing)}",
            hint=f"it has {', '.join(header[:20])}",
        )
    return _Places(
        header.index(columns.group),
        header.index(columns.decision),
        header.index(columns.truth) if columns.truth else None,
        len(header),
    )


def _people(
    rows: Iterator[list[str]], places: _Places, columns: Columns, broken: list[Broken]
) -> Iterator[Decided]:
    """Yield the person of each row, and note what is wrong with others."""
    for line, row in enumerate(rows, 2):
        if not row:
            continue
        if len(row) != places.width:
            why = f"{len(row)} fields where the header has {places.width}"
            broken.append(Broken(line=line, why=why))
            continue
        group = row[places.group].strip()
        decided = row[places.decision].strip()
        selected = _selected(decided, columns)
        if not group or selected is None or len(group) > NAME:
            why = "no score" if selected is None else "no group"
            why = "a very long group" if len(group) > NAME else why
            broken.append(Broken(line=line, why=why))
            continue
        told = "" if places.truth is None else row[places.truth].strip().lower()
        score = None if columns.at_least is None else float(decided)
        truth = told in columns.yes if told else None
        yield Decided(group, selected, truth, score)


def _selected(text: str, columns: Columns) -> bool | None:
    """Return a decision, or None where it is none."""
    if columns.at_least is None:
        return text.lower() in columns.yes if text else None
    try:
        score = float(text)
    except ValueError:
        return None
    return score >= columns.at_least if math.isfinite(score) else None


def fairness(
    people: Iterable[Decided], reference: str = "", level: float = 0.95
) -> Fairness:
    """Return how groups fared, and how far each lies from one of them.

    Args:
        people: At least one.
        reference: The group that others are compared with; by default the largest.
        level: Of confidence, of each interval by itself.

    Raises:
        ValueError: There is nobody, or nobody of the reference.
    """
    members: dict[str, list[Decided]] = defaultdict(list)
    for one in people:
        members[one.group].append(one)
    if not members:
        raise ValueError("nobody was decided about")
    groups = [_group(name, some, level) for name, some in members.items()]
    groups.sort(key=lambda group: (-group.n, group.name))
    reference = reference or groups[0].name
    known = next((group for group in groups if group.name == reference), None)
    if known is None:
        raise ValueError(f"nobody is of the group {reference!r}")
    compared = [
        _compared(group, known, level) for group in groups if group is not known
    ]
    return Fairness(groups=tuple(groups), compared=tuple(compared))


def _group(name: str, people: Sequence[Decided], level: float) -> Group:
    true = [one.selected for one in people if one.truth is True]
    false = [one.selected for one in people if one.truth is False]
    return Group(
        name=name,
        n=len(people),
        selected=_rate(sum(one.selected for one in people), len(people), level),
        false_positive=_rate(sum(false), len(false), level),
        false_negative=_rate(len(true) - sum(true), len(true), level),
        precision=_rate(sum(true), sum(true) + sum(false), level),
    )


def _rate(hits: int, n: int, level: float) -> Rate:
    return Rate(
        hits=hits,
        n=n,
        value=hits / n if n else None,
        interval=wilson(hits, n, level) if n else None,
    )


def _compared(group: Group, reference: Group, level: float) -> Compared:
    first = group.selected.hits, group.selected.n
    second = reference.selected.hits, reference.selected.n
    one, other = first[0] / first[1], second[0] / second[1]
    return Compared(
        name=group.name,
        reference=reference.name,
        difference=one - other,
        difference_interval=share_difference(first, second, level),
        ratio=one / other if other else None,
        ratio_interval=share_ratio(first, second, level),
    )
