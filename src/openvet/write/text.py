"""Text for a terminal: worst first, coverage and verdict last."""

from collections.abc import Iterator
from typing import Final

from openvet.finding import (
    Absence,
    Bytes,
    Dialogue,
    Evidence,
    Finding,
    Measure,
    Quote,
    Severity,
)
from openvet.policy import Judged, spell
from openvet.report import NotExamined, Report
from openvet.write.escape import bytes_text, visible

SHOWN: Final = 200
"""Findings printed in full; the others are counted."""
GAPS: Final = 30
LEVEL: Final = {
    "failing": "error",
    "review": "review",
    "note": "note",
    "known": "known",
}
COLOR: Final = {"failing": "31", "review": "33", "note": "36", "known": "36"}
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
        shown = [j for j in report.findings if j.disposition in LEVEL]
        for judged in shown[:SHOWN]:
            yield from self._finding(judged)
            yield ""
        if len(shown) > SHOWN:
            yield f"… and {len(shown) - SHOWN} more findings; --format json has all"
            yield ""
        if report.not_examined:
            yield from self._gaps(report.not_examined)
            yield ""
        for failed in report.errors[:GAPS]:
            where = visible(spell(failed.place)) or "the folder"
            yield f"failed: {failed.plugin} on {where}: {visible(failed.reason)}"
        if report.errors:
            yield "  = help: this is a fault of ours or a file made to cause one"
            yield ""
        yield from self._summary(report)

    def _finding(self, judged: Judged) -> Iterator[str]:
        finding = judged.finding
        level = LEVEL[judged.disposition]
        head = self._paint(f"{level}[{finding.rule}]", COLOR[judged.disposition])
        yield f"{head}: {visible(finding.title)}"
        place = visible(spell(finding.place)) or "the folder"
        yield f"  --> {place}{position_text(finding)}"
        for piece in finding.evidence[:5]:
            yield f"   | {evidence_text(piece)}"
        if len(finding.evidence) > 5:  # noqa: PLR2004 - shown above
            yield f"   | … and {len(finding.evidence) - 5} more"
        yield (
            f"   = severity: {finding.severity.value},"
            f" confidence: {finding.confidence.value}"
        )
        if finding.live:
            yield f"   = live: {visible(finding.live)}"
        yield f"   = fix: {visible(finding.fix)}"
        if judged.note:
            yield f"   = note: {visible(judged.note)}"
        yield f"   = explain: openvet explain {finding.rule}"

    def _gaps(self, items: tuple[NotExamined, ...]) -> Iterator[str]:
        yield self._paint(f"not examined ({len(items)}):", "33")
        for item in items[:GAPS]:
            where = visible(spell(item.place)) or "the folder"
            yield f"  {where}: {visible(item.gap.detail)} ({item.gap.reason})"
            if item.gap.lift:
                yield f"     = help: {visible(item.gap.lift)}"
        if len(items) > GAPS:
            yield f"  … and {len(items) - GAPS} more; --format json has all"

    def _summary(self, report: Report) -> Iterator[str]:
        coverage = report.coverage
        counts = dict.fromkeys((*LEVEL, "waived"), 0)
        for judged in report.findings:
            counts[judged.disposition] += 1
        yield (
            f"{visible(report.target)}: {coverage.files_whole} of {coverage.files}"
            f" files read whole ({bytes_text(coverage.bytes)}, {coverage.members}"
            f" inside containers) · {coverage.rules_applied} of {coverage.rules} rules"
            f" had something to judge, {coverage.rules_undecided} undecided somewhere"
        )
        yield (
            f"{_found(report, counts)} · policy {visible(report.policy.name)}"
            f" (fails at {report.policy.fail_on.value})"
        )
        text, color = VERDICT[report.verdict]
        yield f"{self._paint(text, color)}: {'; '.join(report.why)}"

    def _paint(self, text: str, code: str) -> str:
        return f"\x1b[1;{code}m{text}\x1b[0m" if self.color else text


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
    if isinstance(first, Quote) and first.line:
        column = f":{first.column}" if first.column else ""
        return f":{first.line}{column}"
    return ""


def evidence_text(piece: Evidence, *, most: int = 300) -> str:
    """Return a piece of evidence in one line of about `most` characters."""
    if isinstance(piece, Bytes):
        return f"byte {piece.offset}: {visible(piece.shows, most=most)}"
    if isinstance(piece, Quote):
        where = f"line {piece.line}: " if piece.line else ""
        key = f"{visible(piece.key)} = " if piece.key else ""
        return f"{where}{key}{visible(piece.text, most=most)}"
    if isinstance(piece, Measure):
        return (
            f"{piece.name} = {piece.value:g} [{piece.low:g}, {piece.high:g}]"
            f" (n = {piece.n}, {piece.method})"
        )
    if isinstance(piece, Dialogue):
        prompt = visible(piece.prompt, most=most)
        return f"asked {prompt!r}, answered {visible(piece.answer, most=most)!r}"
    if isinstance(piece, Absence):
        looked = ", ".join(visible(name) for name in piece.looked_in[:5])
        return f"looked for {visible(piece.looked_for)} in {looked}: not there"
    raise AssertionError(piece)
