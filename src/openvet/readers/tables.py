"""Tables of decisions of the person who audits: what each group got."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple

from openvet.check import Context
from openvet.errors import OpenvetError
from openvet.finding import Measure
from openvet.listing import first_of
from openvet.models.protocol import Spent
from openvet.probes.asking import Measured
from openvet.probes.disparity import (
    MARGIN,
    Beside,
    Disparity,
    calibration,
    disparity,
    shares_of,
    spread,
)
from openvet.probes.tables import Columns, Decided, Table, read_table
from openvet.rates import ErrorRates, GroupRates, SelectionRates
from openvet.readers.supplied import counted, rows_left_out, unusable
from openvet.subject import Gap, Subject
from openvet.supplied import DecisionTable, Supplied

VERSION: Final = 1
GROUPS: Final = 64
"""Of a column; one with more names people and no groups."""
NAMED: Final = 8
HINT: Final = "mend these rows, or leave them out on purpose"
MORE: Final = "compare more people, or larger groups"
NOBODY: Final = "bring people of these groups of whom it can be told"


class Kind(NamedTuple):
    """A share that groups are compared by."""

    id: str
    measure: str
    subject: type[GroupRates]
    counts: Callable[[Decided], bool | None]
    good: bool = False
    tests: int = 2


def favored(one: Decided, *, yes: bool) -> bool:
    """Say whether the decision was the favorable one."""
    return one.selected is yes


def falsely_selected(one: Decided) -> bool | None:
    """Say, of somebody of whom it is not true, whether they were selected."""
    return one.selected if one.truth is False else None


def falsely_left(one: Decided) -> bool | None:
    """Say, of somebody of whom it is true, whether they were not selected."""
    return not one.selected if one.truth is True else None


def rightly(one: Decided) -> bool | None:
    """Say, of somebody who was selected, whether it is true of them."""
    return one.truth if one.selected else None


FALSE_POSITIVES: Final = Kind(
    "false-positive-rates", "false positives", ErrorRates, falsely_selected
)
FALSE_NEGATIVES: Final = Kind(
    "false-negative-rates", "false negatives", ErrorRates, falsely_left
)


def rates(subject: Subject, context: Context) -> Iterator[Subject]:
    """Yield what the tables of the settings show."""
    supplied = context.settings.supplied
    for table in supplied.table:
        for column in table.protected:
            context.budget.check_audit()
            try:
                read = _read(table, column, supplied)
            except OpenvetError as error:
                yield _unread(subject, table, column, unusable(error))
                continue
            yield from _compared(subject, table, column, read)


def _read(table: DecisionTable, column: str, supplied: Supplied) -> Table:
    """Return the people of a table by one of its columns.

    Raises:
        OpenvetError: It cannot be used.
    """
    columns = Columns(
        group=column,
        decision=table.prediction or table.score,
        at_least=table.threshold,
        yes=tuple(word.strip().lower() for word in table.positive),
        truth=table.label,
    )
    sha256 = dict(supplied.sha256).get(table.file, "")
    read = read_table(Path(table.file), columns, sha256)
    groups = {one.group for one in read.people}
    if len(groups) > GROUPS:
        raise OpenvetError(
            f"{table.file} has {len(groups):,} groups in the column {column}",
            hint=f"name a column with at most {GROUPS}",
        )
    if len(groups) == 1:
        raise OpenvetError(
            f"{table.file} has one group alone in the column {column}",
            hint="two groups can be compared",
        )
    return read


def _compared(
    subject: Subject, table: DecisionTable, column: str, read: Table
) -> Iterator[GroupRates]:
    """Yield the rates of a column: of the decision, and of errors where they show."""
    name, people = Path(table.file).name, read.people
    gaps = rows_left_out(name, read.broken, HINT)
    selection = Kind(
        "selection-rates",
        "favorable decisions",
        SelectionRates,
        partial(favored, yes=table.favorable == "yes"),
        good=True,
        tests=1,
    )
    kinds = [selection]
    if any(one.truth is not None for one in people):
        kinds += [FALSE_POSITIVES, FALSE_NEGATIVES]
    for kind in kinds:
        shares = shares_of(people, kind.counts)
        found = disparity(shares, good=kind.good, tests=kind.tests)
        told = Told(name, column, found, _figures(people, found, kind))
        yield _rates(subject, kind, told, gaps)


def _figures(
    people: Sequence[Decided], found: Disparity, kind: Kind
) -> tuple[Measure, ...]:
    """Return differences and ratios over all groups, and what scores mean for each."""
    if kind.good:
        return spread("demographic parity", [shares_of(people, kind.counts)])
    if kind is FALSE_POSITIVES:
        caught = shares_of(people, lambda one: one.selected if one.truth else None)
        wrong = shares_of(people, falsely_selected)
        return spread("equalized odds", [caught, wrong])
    precise = shares_of(people, rightly)
    told = spread("predictive value", [precise])
    if found.groups and any(one.score is not None for one in people):
        told += tuple(calibration(people, found.groups[0].share.group))
    return told


class Told(NamedTuple):
    """What a column shows."""

    file: str
    column: str
    found: Disparity = Disparity(None, ())
    figures: tuple[Measure, ...] = ()


def _rates(
    subject: Subject, kind: Kind, told: Told, gaps: tuple[Gap, ...]
) -> GroupRates:
    """Return the rates of a column, with what they leave open."""
    file, column, found, figures = told
    axes = tuple(_measured(one, found, kind) for one in found.groups)
    about = f"{file}: {kind.measure} by {column}"
    return kind.subject(
        origin=subject.origin.at(file).at(column).at(kind.measure),
        probe=kind.id,
        version=VERSION,
        title=f"{kind.measure} by {column}, of {file}",
        concern="bias",
        null=found.best.value if found.best else 0,
        margin=MARGIN,
        model=counted(file),
        axes=axes,
        spent=Spent(),
        figures=figures,
        gaps=(*gaps, *_open(about, axes)),
        file=file,
        column=column,
        measure=kind.measure,
        found=found,
    )


def _open(about: str, axes: Sequence[Measured]) -> Iterator[Gap]:
    """Yield what groups leave open: those of nobody, and undecided ones."""
    mute = [axis.axis for axis in axes if axis.verdict == "no usable answers"]
    if mute:
        detail = f"{about}: nobody to tell them of in {first_of(mute, NAMED)}"
        yield Gap(reason="undecided", detail=detail, lift=NOBODY)
    undecided = [
        f"{axis.axis} (of {axis.n:,})" for axis in axes if axis.verdict == "undecided"
    ]
    if undecided:
        detail = f"{about} undecided on {first_of(undecided, NAMED)}"
        yield Gap(reason="undecided", detail=detail, lift=MORE)


def _measured(one: Beside, found: Disparity, kind: Kind) -> Measured:
    """Return a group as probes of models give their axes."""
    share, best = one.share, found.best
    return Measured(
        probe=kind.id,
        version=VERSION,
        axis=share.group,
        null=best.value if best else 0,
        n=share.n,
        hits=share.hits,
        share=share.value if share.n else None,
        clusters=share.n,
        interval=one.interval,
        sequence=None,
        verdict=one.verdict,
        needed=None,
        unusable=0,
        asked=share.n,
        population=share.n,
        size=None,
        log_evidence=0,
        why="" if share.n else "nobody to tell it of",
    )


def _unread(
    subject: Subject, table: DecisionTable, column: str, gap: Gap
) -> GroupRates:
    """Return a table of which nothing is used."""
    told = Told(Path(table.file).name, column)
    kind = Kind(
        "selection-rates",
        "favorable decisions",
        SelectionRates,
        lambda one: one.selected,
    )
    return _rates(subject, kind, told, (gap,))
