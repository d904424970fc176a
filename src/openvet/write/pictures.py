"""What the HTML report draws: how much was read, how bad it is, and every file."""

from collections.abc import Iterable
from typing import Final

from openvet.finding import Severity
from openvet.policy import Judged
from openvet.report import FileSummary, Report
from openvet.wire import Record
from openvet.write.escape import bytes_text, visible
from openvet.write.gaps import unread

BLOCKS: Final = 400
"""Files drawn in the picture of files."""
STATES: Final = {
    "failing": "failing finding",
    "review": "to review",
    "unread": "not read whole",
    "clean": "read whole, nothing found in it",
}


class Block(Record, frozen=True, kw_only=True):
    """A file in the picture: the wider, the larger; height and color say how it did."""

    x: float
    width: float
    state: str
    """One of `STATES`."""
    title: str


class Bar(Record, frozen=True, kw_only=True):
    """A row of the picture of severities."""

    severity: Severity
    count: int
    failing: float
    """Width of the part that fails, of 100."""
    other: float
    """Width of the part that does not."""


def share(report: Report) -> float:
    """Return how much of the ring of coverage is closed, of 100.

    It closes only when nothing was left unread, and else shows a gap. Questions that
    stay undecided leave nothing unread.
    """
    if not (unread(report.not_examined) or report.errors):
        return 100.0
    coverage = report.coverage
    whole = 100 * coverage.files_whole / max(coverage.files, 1)
    return round(min(whole, 97.0), 2)


def bars(findings: Iterable[Judged]) -> list[Bar]:
    """Return the picture of severities, worst first; accepted findings are left out."""
    failing = dict.fromkeys(Severity, 0)
    others = dict.fromkeys(Severity, 0)
    for judged in findings:
        if judged.disposition in {"failing", "review", "note"}:
            kept = failing if judged.disposition == "failing" else others
            kept[judged.finding.severity] += 1
    most = max(failing[s] + others[s] for s in Severity) or 1
    return [
        Bar(
            severity=severity,
            count=failing[severity] + others[severity],
            failing=_width(failing[severity], most),
            other=_width(others[severity], most),
        )
        for severity in reversed(Severity)
    ]


def _width(count: int, most: int) -> float:
    """Return the width of a bar, of 100; whatever there is can be seen."""
    return round(max(99 * count / most, 1.0), 2) if count else 0.0


def blocks(report: Report) -> list[Block]:
    """Return the picture of the files: width by the logarithm of the size."""
    states = _states(report.findings)
    files = sorted(report.files, key=lambda f: -f.size)[:BLOCKS]
    weights = [max(f.size, 1).bit_length() for f in files]
    total = sum(weights) or 1
    drawn, x = [], 0.0
    for file, weight in zip(files, weights, strict=True):
        width = 1000 * weight / total
        state = states.get(file.name, "clean" if file.whole else "unread")
        drawn.append(
            Block(
                x=round(x, 2),
                width=round(width, 2),
                state=state,
                title=_title(file, state),
            )
        )
        x += width
    return drawn


def _states(findings: tuple[Judged, ...]) -> dict[str, str]:
    """Return the worst state of each file of the target that has findings."""
    states: dict[str, str] = {}
    for judged in findings:
        name = judged.finding.place[0] if judged.finding.place else ""
        if judged.disposition == "failing":
            states[name] = "failing"
        elif judged.disposition == "review":
            states.setdefault(name, "review")
    return states


def _title(file: FileSummary, state: str) -> str:
    formats = visible(", ".join(file.formats)) or "unknown format"
    size = bytes_text(file.size)
    return f"{visible(file.name)} ({size}, {formats}): {STATES[state]}"
