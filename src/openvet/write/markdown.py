"""Markdown, for pull requests and job summaries."""

import re
from collections.abc import Iterator
from typing import Final

from openvet.policy import Judged, spell
from openvet.report import Report
from openvet.write.escape import bytes_text, visible
from openvet.write.text import VERDICT, evidence_text, position_text

SHOWN: Final = 50
ACTIVE: Final = re.compile(r"([\\`*_{}\[\]<>()#+!|~@&-])")
"""Characters that mean something in Markdown or start a mention."""


def write(report: Report) -> str:
    """Return the report as Markdown."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: Report) -> Iterator[str]:
    coverage = report.coverage
    yield f"## openvet: {VERDICT[report.verdict][0]}"
    yield ""
    yield f"{_code(report.target)}: {_plain('; '.join(report.why))}"
    yield ""
    yield (
        f"{coverage.files_whole} of {coverage.files} files read whole"
        f" ({bytes_text(coverage.bytes)}), {coverage.rules_applied} of"
        f" {coverage.rules} rules had something to judge."
    )
    if report.not_examined or report.errors:
        yield from _unread(report)
    shown = [j for j in report.findings if j.disposition in {"failing", "review"}]
    if shown:
        yield ""
        yield "### Findings"
        for judged in shown[:SHOWN]:
            yield from _finding(judged)
        if len(shown) > SHOWN:
            yield ""
            yield f"… and {len(shown) - SHOWN} more."
    waived = sum(j.disposition == "waived" for j in report.findings)
    known = sum(j.disposition == "known" for j in report.findings)
    if waived or known:
        yield ""
        yield f"Waived: {waived}. Known from before: {known}."
    yield ""
    yield f"Policy {_plain(report.policy.name)}, {report.tool}, {report.ended}."


def _unread(report: Report) -> Iterator[str]:
    yield ""
    yield "### Not examined"
    yield ""
    for item in report.not_examined[:SHOWN]:
        where = _code(spell(item.place) or "the folder")
        yield f"- {where}: {_plain(item.gap.detail)} ({item.gap.reason})"
    if len(report.not_examined) > SHOWN:
        yield f"- … and {len(report.not_examined) - SHOWN} more"
    for failed in report.errors[:SHOWN]:
        yield f"- {failed.plugin} failed: {_plain(failed.reason)}"


def _finding(judged: Judged) -> Iterator[str]:
    finding = judged.finding
    word = "failing" if judged.disposition == "failing" else "to review"
    yield ""
    yield (
        f"**{finding.severity.value}** ({word}, confidence"
        f" {finding.confidence.value}): {_plain(finding.title)}"
    )
    yield ""
    yield f"- where: {_code(spell(finding.place) + position_text(finding))}"
    for piece in finding.evidence[:3]:
        yield f"- evidence: {_code(evidence_text(piece))}"
    yield f"- what to do: {_plain(finding.fix)}"
    yield f"- rule: `{finding.rule}`"


def _plain(text: str) -> str:
    return ACTIVE.sub(r"\\\1", visible(text))


def _code(text: str) -> str:
    """Return a code span that the text cannot leave."""
    text = visible(text)
    ticks = "`" * (max((len(run) for run in re.findall("`+", text)), default=0) + 1)
    space = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{ticks}{space}{text}{space}{ticks}"
