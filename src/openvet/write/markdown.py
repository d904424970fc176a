"""Markdown, for pull requests and job summaries."""

import re
from collections.abc import Iterator
from typing import Final

from openvet.finding import Finding
from openvet.policy import Judged, spell
from openvet.report import Report
from openvet.write.behavior import summary
from openvet.write.confidence import surely
from openvet.write.controls import counted, ordered, said
from openvet.write.escape import visible
from openvet.write.gaps import headed
from openvet.write.groups import Group, grouped
from openvet.write.heatmap import FOLDED, HeatMap, cell_text, heat_maps, legend
from openvet.write.text import VERDICT, coverage_text, evidence_text, position_text
from openvet.write.wordings import glossary

SHOWN: Final = 50
PLACES: Final = 5
FULL: Final = {"failing", "review"}
"""Shown with their evidence; others get a line."""
ACTIVE: Final = re.compile(r"([\\`*_{}\[\]<>()#+!|~@&-])")
"""Characters that mean something in Markdown or start a mention."""


def write(report: Report) -> str:
    """Return the report as Markdown."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: Report) -> Iterator[str]:
    yield f"## openvet: {VERDICT[report.verdict][0]}"
    yield ""
    yield f"{code(report.target)}: {plain('; '.join(report.why))}"
    yield ""
    yield f"{coverage_text(report.coverage)}."
    if report.not_examined or report.errors:
        yield from _unread(report)
    shown = [j for j in report.findings if j.disposition in FULL]
    if shown:
        yield ""
        yield "### Findings"
        groups = grouped(shown)
        for group in groups[:SHOWN]:
            yield from _finding(group)
        if len(groups) > SHOWN:
            yield ""
            yield f"… and {sum(len(g.findings) for g in groups[SHOWN:])} more."
    others = [j for j in report.findings if j.disposition not in FULL]
    if others:
        yield ""
        yield "### Accepted, known or noted"
        yield ""
        for judged in others[:SHOWN]:
            yield _line(judged)
        if len(others) > SHOWN:
            yield f"- … and {len(others) - SHOWN} more"
    yield from _behavior(report)
    if report.controls:
        yield from _controls(report)
    yield ""
    yield f"Policy {plain(report.policy.name)}, {report.tool}, {report.ended}."


def _behavior(report: Report) -> Iterator[str]:
    """Yield what asking showed: sentences, then a table for each heat map."""
    told = summary(report)
    if told is None:
        return
    yield ""
    yield "### What asking the model showed"
    yield ""
    yield f"- Who was asked: {plain(told.whom)}"
    yield f"- How much: {plain(told.much)}"
    yield f"- What came out: {plain(told.found)}"
    yield f"- In which zone: {plain(told.how)}"
    yield from (f"- {plain(line)}" for line in told.unasked)
    for suite in told.suites:
        yield ""
        yield f"**{plain(suite.question)}** {plain(suite.asked)}"
        yield ""
        for lead, named in suite.sentences:
            yield f"- {lead}: {plain(named)}"
        yield from (f"- {plain(line)}" for line in suite.figures)
    if told.hidden:
        yield ""
        yield f"… and {told.hidden} more sets of questions."
    maps = heat_maps(report.readouts, report.unasked)
    for drawn in maps:
        yield ""
        yield from _table(drawn)
    if maps:
        yield ""
        yield f"{plain(legend())}."
    if names := glossary(report.readouts):
        yield ""
        yield from (f"- {plain(name)}: {plain(about)}" for name, about in names)
    if sure := surely(report.readouts):
        yield ""
        yield plain(sure)


def _table(drawn: HeatMap) -> Iterator[str]:
    """Yield a heat map as a table; nothing in a cell can end it."""
    heads = (drawn.concern, *(plain(name) for name, _ in drawn.columns))
    yield f"| {' | '.join(heads)} |"
    yield "|---" * len(heads) + "|"
    for line in drawn.lines:
        cells = (plain(cell_text(cell)) for cell in line.cells)
        yield f"| {plain(line.name)} | {' | '.join(cells)} |"
    yield ""
    yield from (f"- {plain(name)}: {plain(title)}" for name, title in drawn.columns)
    if drawn.folded:
        yield ""
        yield FOLDED


def _controls(report: Report) -> Iterator[str]:
    yield ""
    yield f"### Policy {plain(report.policy.name)}: {counted(report.controls)}"
    yield ""
    for one in ordered(report.controls)[:SHOWN]:
        name, title = plain(one.control.id), plain(one.control.title)
        yield f"- **{name}** {title}: {plain(said(one))}"
    if len(report.controls) > SHOWN:
        yield f"- … and {len(report.controls) - SHOWN} more"


def _unread(report: Report) -> Iterator[str]:
    yield ""
    items = report.not_examined
    yield f"### {headed(items).capitalize() or 'Not examined'}"
    yield ""
    for item in items[:SHOWN]:
        where = code(spell(item.place) or "the folder")
        lift = f"; to change that, {plain(item.gap.lift)}" if item.gap.lift else ""
        yield f"- {where}: {plain(item.gap.detail)} ({item.gap.reason}){lift}"
    if len(items) > SHOWN:
        yield f"- … and {len(items) - SHOWN} more"
    for failed in report.errors[:SHOWN]:
        yield f"- {failed.plugin} failed: {plain(failed.reason)}"


def _finding(group: Group) -> Iterator[str]:
    finding = group.finding
    word = "failing" if group.disposition == "failing" else "to review"
    yield ""
    yield (
        f"**{finding.severity.value}** ({word}, confidence"
        f" {finding.confidence.value}): {plain(finding.title)}"
    )
    yield ""
    for one in group.findings[:PLACES]:
        yield f"- where: {code(_where(one))}"
        for piece in one.evidence[: 3 if len(group.findings) == 1 else 1]:
            yield f"- evidence: {code(evidence_text(piece))}"
    if len(group.findings) > PLACES:
        yield f"- … and {len(group.findings) - PLACES} more places"
    if finding.live:
        yield f"- affects: {plain(finding.live)}"
    yield f"- what to do: {plain(finding.fix)}"
    if group.judged.note:
        yield f"- note: {plain(group.judged.note)}"
    yield f"- rule: `{finding.rule}`"


def _line(judged: Judged) -> str:
    """Return a finding that neither fails nor asks for review, in one line."""
    finding = judged.finding
    word = {"known": "known from before", "note": "noted"}.get(judged.disposition)
    note = f", {plain(judged.note)}" if judged.note else ""
    return (
        f"- `{finding.rule}`: {plain(finding.title)}, {code(_where(finding))}"
        f" ({word or judged.disposition}{note})"
    )


def _where(finding: Finding) -> str:
    return (spell(finding.place) or "the folder") + position_text(finding)


def plain(text: str) -> str:
    """Return a text in which nothing means anything to Markdown."""
    return ACTIVE.sub(r"\\\1", visible(text))


def code(text: str) -> str:
    """Return a code span that the text cannot leave."""
    text = visible(text)
    ticks = "`" * (max((len(run) for run in re.findall("`+", text)), default=0) + 1)
    space = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{ticks}{space}{text}{space}{ticks}"
