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
from openvet.listing import first_of
from openvet.stats.independent import share_difference, share_ratio
from openvet.stats.intervals import Interval, wilson
from openvet.supplied import Broken, text_of
from openvet.wire import Record

NAME: Final = 200
"""Characters of the name of a group."""
YES: Final = ("1", "true", "yes")
"""What a yes looks like where nobody says."""
TWO: Final = 2
"""A yes and a no."""
SHOWN: Final = 5
"""Words of a column that a message names."""
WORD: Final = 40
"""Characters of each."""


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
    yes: tuple[str, ...] = ()
    """What a yes looks like, in lower case; anything else is a no. Where nothing is
    said it is one of `YES`, and a column may hold two words at most."""
    truth: str = ""
    """What became of them; empty where no column says."""


class _Words:
    """What a column holds: enough to tell whether it is understood, and no more."""

    def __init__(self, column: str, yes: tuple[str, ...]) -> None:
        self.column = column
        self.found: dict[str, str] = {}
        """The first few words as they are written, by what they are in lower case."""
        self._yes = frozenset(yes)
        self._meets_yes = False

    def take(self, text: str) -> bool:
        """Note a word, and say whether it is a yes."""
        word = text.lower()
        if len(self.found) <= SHOWN:
            self.found.setdefault(word, text)
        selected = word in self._yes
        self._meets_yes |= selected
        return selected

    def unclear(self, *, told: bool) -> str:
        """Return why nobody can tell a yes from a no here; empty where one can.

        Args:
            told: Whether somebody said how a yes is written.
        """
        if not self._meets_yes:
            yes = first_of(sorted(self._yes), SHOWN)
            return (
                f"has no yes ({yes}) in the column {self.column}, which holds"
                f" {self._shown() or 'nothing'}"
            )
        if not told and len(self.found) > TWO:
            return (
                f"has more than two values in the column {self.column}: {self._shown()}"
            )
        return ""

    def _shown(self) -> str:
        words = [
            word[:WORD] + "…" * (len(word) > WORD)
            for word in list(self.found.values())[:SHOWN]
        ]
        return ", ".join([*words, *["…"] * (len(self.found) > SHOWN)])


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
    fields than the first line are left out and named. Where words of a yes or a no are
    not understood nothing is told, lest all of them count as a no.

    Args:
        path: Where it is.
        columns: What they mean.
        sha256: What it was when the audit began; empty where that does not matter.

    Raises:
        OpenvetError: It cannot be read, is too large, has changed, lacks a column or
            any row, or nobody can tell a yes from a no in it.
    """
    text = text_of(path, sha256=sha256)
    first = text.partition("\n")[0]
    mark = max(",;\t", key=first.count)
    rows = csv.reader(text.splitlines(keepends=True), delimiter=mark)
    broken: list[Broken] = []
    yes = columns.yes or YES
    words = _Words(columns.decision, yes), _Words(columns.truth, yes)
    try:
        header = [name.strip() for name in next(rows, [])]
        places = _places(path, header, columns)
        people = tuple(_people(rows, places, columns.at_least, words, broken))
    except csv.Error as error:
        raise OpenvetError(f"{path} is no table: {error}") from None
    if not people:
        raise OpenvetError(f"{path} holds nobody with a group and a decision")
    _check_words(path, columns, words)
    return Table(people, tuple(broken))


def _check_words(path: Path, columns: Columns, words: tuple[_Words, _Words]) -> None:
    """Refuse a table in which a yes cannot be told from a no."""
    asked = columns.at_least is None, bool(columns.truth)
    for one, counts in zip(words, asked, strict=True):
        why = one.unclear(told=bool(columns.yes)) if counts else ""
        if why:
            raise OpenvetError(
                f"{path} {why}",
                hint="say with the key positive, or --positive, how a yes is written;"
                " leave a field empty where nobody knows",
            )


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
    rows: Iterator[list[str]],
    places: _Places,
    at_least: float | None,
    words: tuple[_Words, _Words],
    broken: list[Broken],
) -> Iterator[Decided]:
    """Yield the person of each row, and note what is wrong with others.

    Args:
        rows: After the first line.
        places: Where the columns stand.
        at_least: The score from which a decision is a yes; without one it is a word.
        words: Of decisions and of what became of people; filled in.
        broken: Likewise.
    """
    decisions, labels = words
    for line, row in enumerate(rows, 2):
        if not row:
            continue
        if len(row) != places.width:
            why = f"{len(row)} fields where the header has {places.width}"
            broken.append(Broken(line=line, why=why))
            continue
        group = row[places.group].strip()
        decided = row[places.decision].strip()
        score = None if at_least is None else _score(decided)
        lacking = not decided if at_least is None else score is None
        if not group or lacking or len(group) > NAME:
            why = "no score" if lacking else "no group"
            why = "a very long group" if len(group) > NAME else why
            broken.append(Broken(line=line, why=why))
            continue
        told = "" if places.truth is None else row[places.truth].strip()
        truth = labels.take(told) if told else None
        if at_least is None or score is None:
            yield Decided(group, decisions.take(decided), truth)
        else:
            yield Decided(group, score >= at_least, truth, score)


def _score(text: str) -> float | None:
    """Return a score, or None where it is no number."""
    try:
        score = float(text)
    except ValueError:
        return None
    return score if math.isfinite(score) else None


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
