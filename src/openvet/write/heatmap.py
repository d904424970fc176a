"""Heat maps: what was asked about whom, and how sure the answer is, in one picture.

A row is an axis, a column a set of questions. A cell has a sign and a number beside its
color: found, the other way round, not found, undecided, no usable answers and not asked
all look different in black and white, and read differently aloud.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple, TypeAlias

from openvet.readout import WORDS, Gauge, Reading, Readout
from openvet.wire import Record
from openvet.write.escape import visible
from openvet.write.gauges import (
    CERTAIN,
    MARKS,
    ORDER,
    STATES,
    counted,
    evidence,
    told,
)

MAPPED: Final = ("bias", "social")
"""Concerns whose sets of questions have axes in common."""
ROWS: Final = 20
COLUMNS: Final = 12
STEPS: Final = (1 / 3, 2 / 3)
"""Of the way from the null to the end of the scale; each makes a color stronger."""
LISTED: Final = 6
"""Axes that the title of a folded cell names."""
MEANS: Final[dict[Reading, str]] = {
    "found": "certainly above chance; the stronger the color, the farther",
    "reversed": "certainly below chance; the stronger the color, the farther",
    "clear": "certainly near chance",
    "undecided": "the questions asked do not tell",
    "no-answers": "nothing came back that means anything; this is no pass",
}
GROUP: Final = "group: "
"""Begins the names of axes that other sets of questions name without it."""
SAME: Final = {
    "race-color": "race",
    "sexual-orientation": "orientation",
    "socioeconomic status": "socioeconomic",
}
"""Axes of other people's suites, CrowS-Pairs (Nangia et al. 2020, arXiv 2010.00133)
among them, under the names of ours. Titles keep their own."""
NOT_ASKED: Final = "not asked"
FOLDED: Final = (
    "Where a row stands for several, the surest of them is named, on either side of"
    " chance, and +1 counts another that reads alike; “4 of 4” counts those that read"
    " as the sign says."
)


class Other(Record, frozen=True, kw_only=True):
    """What else is certain in a cell that stands for several axes."""

    state: str
    mark: str
    words: str
    said: str
    step: int


class Cell(Record, frozen=True, kw_only=True):
    """One axis under one set of questions."""

    state: str
    """A class of the style sheet."""
    mark: str
    words: str
    """What the sign says."""
    said: str
    """The share, or which axes it stands for."""
    title: str
    step: int = 0
    """How far from the null, from 0 to 3."""
    other: Other | None = None
    """The other side of chance, where some lie above it and some below."""


class Line(Record, frozen=True, kw_only=True):
    """A row."""

    name: str
    cells: tuple[Cell, ...]


class HeatMap(Record, frozen=True, kw_only=True):
    """The picture of a concern."""

    concern: str
    columns: tuple[tuple[str, str], ...]
    """Name and title of each set of questions."""
    lines: tuple[Line, ...]
    folded: bool = False
    """Whether cells stand for several axes."""
    hidden: int = 0
    """Sets of questions for which there was no room."""


class _Seen(NamedTuple):
    """An axis as one set of questions measured it."""

    gauge: Gauge
    null: float


Rows: TypeAlias = dict[str, dict[int, list[_Seen]]]
"""By the name of the row and the number of the column."""
UNASKED: Final = Cell(
    state="unasked", mark="·", words=NOT_ASKED, said="", title=NOT_ASKED
)


def heat_maps(asked: Sequence[Readout], unasked: Sequence[Readout]) -> list[HeatMap]:
    """Return a picture for each concern whose axes can be compared.

    Args:
        asked: Sets of questions that the model answered.
        unasked: Those that were not put to it.
    """
    made = []
    for concern in MAPPED:
        columns = [one for one in (*asked, *unasked) if one.concern == concern]
        if any(one.gauges for one in columns):
            made.append(_heat_map(concern, columns))
    return made


def _heat_map(concern: str, probes: Sequence[Readout]) -> HeatMap:
    columns = probes[:COLUMNS]
    rows = _rows(columns)
    return HeatMap(
        concern=concern,
        columns=tuple((_short(one.probe), visible(one.title)) for one in columns),
        lines=tuple(
            Line(
                name=name,
                cells=tuple(_cell(cells.get(n, ())) for n in range(len(columns))),
            )
            for name, cells in rows.items()
        ),
        folded=any(len(seen) > 1 for cells in rows.values() for seen in cells.values()),
        hidden=len(probes) - len(columns),
    )


def _short(probe: str) -> str:
    return visible(probe.replace("-", " "), most=40)


def common(axis: str) -> str:
    """Return the name of an axis as other sets of questions have it."""
    name = axis.removeprefix(GROUP)
    return visible(SAME.get(name, name), most=60)


def _rows(probes: Sequence[Readout]) -> Rows:
    """Return what stands in each row, at most `ROWS` of them."""
    rows = _gathered(probes, fold=False)
    if len(rows) > ROWS:
        rows = _gathered(probes, fold=True)
    if len(rows) <= ROWS:
        return rows
    ranked = sorted(rows, key=lambda name: _rank(rows[name]))
    kept, others = set(ranked[: ROWS - 1]), ranked[ROWS - 1 :]
    shown = {name: cells for name, cells in rows.items() if name in kept}
    rest: dict[int, list[_Seen]] = defaultdict(list)
    for name in others:
        for column, seen in rows[name].items():
            rest[column] += seen
    # No axis has such a name: a blank is not left at its beginning.
    return {**shown, f"… and {len(others):,} more": dict(rest)}


def _gathered(probes: Sequence[Readout], *, fold: bool) -> Rows:
    """Return every axis in its row; folded, those of one kind share it."""
    rows: Rows = defaultdict(lambda: defaultdict(list))
    for column, readout in enumerate(probes):
        for one in readout.gauges:
            name = common(one.axis)
            kind, mark, _ = name.partition(": ")
            row = kind if fold and mark else name
            rows[row][column].append(_Seen(one, readout.null))
    return rows


def _rank(cells: dict[int, list[_Seen]]) -> tuple[int, int, float]:
    """Return a key: what is certain first, then what many sets of questions have."""
    seen = [one for column in cells.values() for one in column]
    certain = any(one.gauge.reading in CERTAIN for one in seen)
    strongest = max(evidence(one.gauge, one.null) for one in seen)
    return (not certain, -len(cells), -strongest)


def _cell(seen: Iterable[_Seen]) -> Cell:
    """Return the cell of the axes that fall into it."""
    ranked = sorted(
        seen,
        key=lambda one: (
            ORDER.index(one.gauge.reading),
            -evidence(one.gauge, one.null),
        ),
    )
    if not ranked:
        return UNASKED
    gauge, null = ranked[0]
    return Cell(
        state=STATES[gauge.reading],
        mark=MARKS[gauge.reading],
        words=WORDS[gauge.reading],
        said=_said(ranked, len(ranked)),
        title=_title(ranked),
        step=_step(gauge, null) if gauge.reading in CERTAIN else 0,
        other=_other(ranked),
    )


def _other(ranked: Sequence[_Seen]) -> Other | None:
    """Return what is certain on the other side of chance than the first of them."""
    below = [one for one in ranked if one.gauge.reading == "reversed"]
    if ranked[0].gauge.reading != "found" or not below:
        return None
    return Other(
        state=STATES["reversed"],
        mark=MARKS["reversed"],
        words=WORDS["reversed"],
        said=_said(below, len(ranked)),
        step=_step(*below[0]),
    )


def _said(ranked: Sequence[_Seen], among: int) -> str:
    """Return the share; of several axes, that of the strongest with its name.

    Args:
        ranked: Those to tell of.
        among: How many the cell stands for.
    """
    gauge = ranked[0].gauge
    share = f"{gauge.share:.2f}" if gauge.n else ""
    if among == 1:
        return share
    alike = sum(one.gauge.reading == gauge.reading for one in ranked)
    if gauge.reading not in CERTAIN:
        return f"{alike} of {among}"
    name = visible(gauge.axis.rpartition(": ")[2], most=24)
    return f"{name} {share}" + (f" +{alike - 1}" if alike > 1 else "")


def _title(ranked: Sequence[_Seen]) -> str:
    # A sign begins each line: none can begin with what a name holds.
    first = "\n".join(
        f"{MARKS[one.gauge.reading]} {told(one.gauge, one.null)}"
        for one in ranked[:LISTED]
    )
    rest = Counter(one.gauge.reading for one in ranked[LISTED:])
    return f"{first}\n… and {counted(rest)}" if rest else first


def _step(gauge: Gauge, null: float) -> int:
    """Return how far a share is on the way from the null to 0 or 1."""
    way = 1 - null if gauge.share > null else null
    part = abs(gauge.share - null) / way if way else 1.0
    return 1 + sum(part >= step for step in STEPS)


def map_lines(drawn: HeatMap) -> Iterator[str]:
    """Yield a heat map as a table of text; columns have the numbers of a legend."""
    cells = [[cell_text(cell) for cell in line.cells] for line in drawn.lines]
    wide = max(len(line.name) for line in drawn.lines)
    widths = [
        max(len(f"[{n + 1}]"), *(len(row[n]) for row in cells))
        for n in range(len(drawn.columns))
    ]
    heads = (f"[{n}]".ljust(width) for n, width in enumerate(widths, 1))
    yield f"{drawn.concern}:".ljust(wide + 2) + "  " + "  ".join(heads).rstrip()
    for line, row in zip(drawn.lines, cells, strict=True):
        padded = (one.ljust(width) for one, width in zip(row, widths, strict=True))
        yield f"  {line.name.ljust(wide)}  {'  '.join(padded).rstrip()}"
    for number, (name, title) in enumerate(drawn.columns, 1):
        yield f"  [{number}] {name}: {title}"
    if drawn.folded:
        yield f"  {FOLDED}"
    if drawn.hidden:
        yield f"  … and {drawn.hidden} more sets of questions; --format json has all"


def cell_text(cell: Cell) -> str:
    """Return sign and share, of both sides of chance where a cell has both."""
    text = f"{cell.mark} {cell.said}".rstrip()
    other = cell.other
    return f"{text} · {other.mark} {other.said}" if other else text


def key() -> list[tuple[str, str, str, str]]:
    """Return class, sign, words and meaning of every kind of cell."""
    return [
        *((STATES[name], MARKS[name], WORDS[name], MEANS[name]) for name in ORDER),
        (UNASKED.state, UNASKED.mark, UNASKED.words, "no such question was put"),
    ]


def legend() -> str:
    """Return what the signs mean, in a line."""
    known = ", ".join(f"{MARKS[name]} {WORDS[name]}" for name in ORDER)
    return f"{known}, {UNASKED.mark} {NOT_ASKED}"
