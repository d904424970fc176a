"""Text for a terminal: what was not examined, the worst first, the verdict last."""

from collections.abc import Iterator
from typing import Final

from openvet.finding import (
    Absence,
    Attribution,
    Bytes,
    Chain,
    Checklist,
    Dialogue,
    Evidence,
    Finding,
    Measure,
    Quote,
    Severity,
)
from openvet.policy import spell
from openvet.report import Coverage, NotExamined, Report
from openvet.write.behavior import behavior_lines
from openvet.write.confidence import at_level
from openvet.write.controls import control_lines
from openvet.write.escape import bytes_text, visible
from openvet.write.figures import (
    chain_lines,
    checklist_lines,
    checklist_names,
    in_one_line,
)
from openvet.write.fits import fit_lines
from openvet.write.gaps import headed
from openvet.write.gauges import gauge_lines
from openvet.write.groups import Group, grouped
from openvet.write.heat import heat_lines, heat_text
from openvet.write.heritage import heritage_lines
from openvet.write.measures import bounds, figure_lines

SHOWN: Final = 200
"""Findings printed in full; the others are counted."""
PLACES: Final = 10
"""Places printed of a finding that holds of many."""
GAPS: Final = 30
LEVEL: Final = {
    "failing": "error",
    "review": "review",
    "note": "note",
    "known": "known",
    "waived": "waived",
}
COLOR: Final = {
    "failing": "31",
    "review": "33",
    "note": "36",
    "known": "36",
    "waived": "36",
}
VERDICT: Final = {
    "passed": ("PASSED", "32"),
    "not-passed": ("NOT PASSED", "31"),
    "incomplete": ("INCOMPLETE", "33"),
}


def write(report: Report) -> str:
    """Return the report as plain text."""
    return Terminal(color=False).write(report)


class Terminal:
    """Writes a report for a terminal.

    Args:
        color: Whether to use ANSI colors; meaning never depends on them.
    """

    def __init__(self, *, color: bool) -> None:
        self.color = color

    def write(self, report: Report) -> str:
        """Return the whole text."""
        return "\n".join(self._lines(report)) + "\n"

    def _lines(self, report: Report) -> Iterator[str]:
        if report.not_examined:
            yield from self._gaps(report.not_examined)
            yield ""
        for failed in report.errors[:GAPS]:
            where = visible(spell(failed.place)) or "the folder"
            yield f"failed: {failed.plugin} on {where}: {visible(failed.reason)}"
        if report.errors:
            yield "  = help: this is a fault of ours or a file made to cause one"
            yield ""
        groups = grouped(report.findings)
        for group in groups[:SHOWN]:
            yield from self._finding(group)
            yield ""
        if len(groups) > SHOWN:
            more = sum(len(group.findings) for group in groups[SHOWN:])
            yield f"… and {more} more findings; --format json has all"
            yield ""
        yield from behavior_lines(report)
        for readout in report.readouts:
            yield from gauge_lines(readout)
            yield from figure_lines(readout)
            yield ""
        for heritage in report.heritages:
            yield from heritage_lines(heritage)
            yield ""
        if report.fits:
            yield from fit_lines(report)
            yield ""
        if report.controls:
            yield from control_lines(report)
            yield ""
        yield from self._summary(report)

    def _finding(self, group: Group) -> Iterator[str]:
        finding = group.finding
        head = f"{LEVEL[group.disposition]}[{finding.rule}]"
        head = self._paint(head, COLOR[group.disposition])
        yield f"{head}: {visible(finding.title)}"
        shown = 5 if len(group.findings) == 1 else 2
        for one in group.findings[:PLACES]:
            yield from _place(
                one, shown, whole=group.disposition != "note", color=self.color
            )
        if len(group.findings) > PLACES:
            more = len(group.findings) - PLACES
            yield f"  --> … and {more} more places; --format json has all"
        yield (
            f"   = severity: {finding.severity.value},"
            f" confidence: {finding.confidence.value}"
        )
        if finding.live:
            yield f"   = affects: {visible(finding.live)}"
        yield f"   = fix: {visible(finding.fix)}"
        if group.judged.note:
            yield f"   = note: {visible(group.judged.note)}"
        yield f"   = explain: openvet explain {finding.rule}"

    def _gaps(self, items: tuple[NotExamined, ...]) -> Iterator[str]:
        yield self._paint(f"{headed(items)}:", "33")
        for item in items[:GAPS]:
            where = visible(spell(item.place)) or "the folder"
            yield f"  {where}: {visible(item.gap.detail)} ({item.gap.reason})"
            if item.gap.lift:
                yield f"     = help: {visible(item.gap.lift)}"
        if len(items) > GAPS:
            yield f"  … and {len(items) - GAPS} more; --format json has all"

    def _summary(self, report: Report) -> Iterator[str]:
        counts = dict.fromkeys(LEVEL, 0)
        for judged in report.findings:
            counts[judged.disposition] += 1
        yield f"{visible(report.target)}: {coverage_text(report.coverage)}"
        yield (
            f"{_found(report, counts)} · policy {visible(report.policy.name)}"
            f" (fails at {report.policy.fail_on.value})"
        )
        text, color = VERDICT[report.verdict]
        yield f"{self._paint(text, color)}: {'; '.join(report.why)}"

    def _paint(self, text: str, code: str) -> str:
        return f"\x1b[1;{code}m{text}\x1b[0m" if self.color else text


def _place(finding: Finding, shown: int, *, whole: bool, color: bool) -> Iterator[str]:
    """Yield where a finding holds and the first evidence of it.

    Args:
        finding: Any.
        shown: Pieces of evidence.
        whole: Whether each item of a checklist gets a line, or all share one.
        color: Whether to paint.
    """
    place = visible(spell(finding.place)) or "the folder"
    yield f"  --> {place}{position_text(finding)}"
    pieces, rest = finding.evidence[:shown], finding.evidence[shown:]
    told = [piece for piece in rest if isinstance(piece, Attribution)][:shown]
    for piece in (*pieces, *told):
        lines = evidence_lines(piece, color=color)
        if isinstance(piece, Checklist) and not whole:
            lines = checklist_names(piece)
        for line in lines:
            yield f"   | {line}"
    if len(rest) > len(told):
        yield f"   | … and {len(rest) - len(told)} more"


def coverage_text(coverage: Coverage) -> str:
    """Return how much was looked at, in one line."""
    inside = f", {coverage.members} more inside them" if coverage.members else ""
    undecided = ""
    if coverage.rules_undecided:
        undecided = f", {coverage.rules_undecided} of them undecided somewhere"
    files = (
        f"{coverage.files_whole} of {coverage.files} files read whole"
        f" ({bytes_text(coverage.bytes)}{inside})"
    )
    return (
        f"{files if coverage.files else 'no file was examined'}"
        f" · {coverage.rules_applied} of {coverage.rules} rules had something to"
        f" judge{undecided}"
    )


def _found(report: Report, counts: dict[str, int]) -> str:
    failing = [j for j in report.findings if j.disposition == "failing"]
    critical = sum(j.finding.severity is Severity.CRITICAL for j in failing)
    parts = [f"{counts['failing']} failing"]
    if critical:
        parts[0] += f" ({critical} critical)"
    parts.append(f"{counts['review']} to review")
    if counts["note"]:
        parts.append(f"{counts['note']} noted")
    if counts["known"]:
        parts.append(f"{counts['known']} known from before")
    if counts["waived"]:
        parts.append(f"{counts['waived']} waived")
    return ", ".join(parts)


def position_text(finding: Finding) -> str:
    """Return where in the file the first evidence stands."""
    first = finding.evidence[0]
    if isinstance(first, Bytes) and first.offset:
        return f" @ byte {first.offset}"
    if isinstance(first, Quote) and first.line and not first.file:
        column = f":{first.column}" if first.column else ""
        return f":{first.line}{column}"
    return ""


def evidence_lines(piece: Evidence, *, color: bool = False) -> Iterator[str]:
    """Yield a piece of evidence: most in a line, what has a form drawn."""
    if isinstance(piece, Attribution):
        yield from heat_lines(piece, color=color)
    elif isinstance(piece, Chain):
        yield from chain_lines(piece)
    elif isinstance(piece, Checklist):
        yield from checklist_lines(piece)
    else:
        yield evidence_text(piece)


def evidence_text(piece: Evidence, *, most: int = 300) -> str:
    """Return a piece of evidence in one line of about `most` characters."""
    if isinstance(piece, Bytes):
        return f"byte {piece.offset}: {visible(piece.shows, most=most)}"
    if isinstance(piece, Chain | Checklist | Attribution):
        return _drawn(piece, most)
    if isinstance(piece, Quote):
        where = f"line {piece.line}: " if piece.line else ""
        if piece.file:
            where = f"{visible(piece.file)}{f':{piece.line}' if piece.line else ''}: "
        # A quoted line of a header begins with its key.
        told = piece.text.startswith(piece.key.partition("[")[0] or " ")
        key = f"{visible(piece.key)} = " if piece.key and not told else ""
        return f"{where}{key}{visible(piece.text, most=most)}"
    if isinstance(piece, Measure):
        return (
            f"{visible(piece.name)} = {piece.value:.3g}{bounds(piece, 3)}"
            f" (n = {piece.n}, {visible(piece.method)}{at_level(piece.level)})"
        )
    if isinstance(piece, Dialogue):
        asked, said = (
            visible(" / ".join(text.splitlines()), most=most)
            for text in (piece.prompt, piece.answer)
        )
        return f"asked “{asked}”, answered “{said}”"
    if isinstance(piece, Absence):
        names = ["the folder" if name == "." else name for name in piece.looked_in]
        looked = ", ".join(visible(name) for name in names[:5])
        return f"looked for {visible(piece.looked_for)} in {looked}: not there"
    raise AssertionError(piece)


def _drawn(piece: Attribution | Chain | Checklist, most: int) -> str:
    """Return what has a form of its own, in one line."""
    if isinstance(piece, Attribution):
        return heat_text(piece, most=most)
    return in_one_line(piece)
