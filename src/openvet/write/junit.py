"""JUnit XML, for Jenkins, GitLab and others: one test case a rule."""

from collections import defaultdict
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from openvet.policy import Judged, spell
from openvet.report import Report, RuleSummary
from openvet.write.escape import visible
from openvet.write.text import evidence_text, position_text

OTHERS: Final = 50
"""Findings that do not fail, printed of each rule."""


def write(report: Report) -> str:
    """Return the report as JUnit XML.

    A rule with failing findings is a failure, one that had nothing to judge or could
    not be decided is skipped, and parts not examined are an error of their own, so
    that an incomplete audit is never green.
    """
    failing: defaultdict[str, list[Judged]] = defaultdict(list)
    others: defaultdict[str, list[Judged]] = defaultdict(list)
    for judged in report.findings:
        kept = failing if judged.disposition == "failing" else others
        kept[judged.finding.rule].append(judged)
    cases = [
        _case(rule, failing[rule.rule], others[rule.rule][:OTHERS])
        for rule in report.rules
    ]
    errors = 0
    if report.not_examined or report.errors:
        errors = 1
        cases.append(_unread(report))
    skipped = sum("<skipped" in case for case in cases)
    counts = (
        f'tests="{len(cases)}" failures="{sum(bool(f) for f in failing.values())}"'
        f' errors="{errors}" skipped="{skipped}"'
    )
    name = quoteattr(visible(report.target))
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<testsuites name="openvet" {counts}>',
        f"<testsuite name={name} {counts} timestamp={quoteattr(report.ended[:19])}>",
        *cases,
        "</testsuite>",
        "</testsuites>",
    ]
    return "\n".join(lines) + "\n"


def _case(rule: RuleSummary, failing: list[Judged], others: list[Judged]) -> str:
    body = ""
    if failing:
        text = "\n\n".join(_finding(judged) for judged in failing)
        title = quoteattr(visible(failing[0].finding.title))
        body = f"<failure message={title}>{escape(text)}</failure>"
    elif rule.errors or rule.skipped:
        body = '<skipped message="undecided: something was not read whole"/>'
    elif not rule.subjects:
        body = '<skipped message="nothing to judge"/>'
    if others:
        text = "\n\n".join(f"{_word(judged)}: {_finding(judged)}" for judged in others)
        body += f"<system-out>{escape(text)}</system-out>"
    return (
        f'<testcase classname="openvet" name={quoteattr(rule.rule)}>{body}</testcase>'
    )


def _word(judged: Judged) -> str:
    word = {"review": "to review", "known": "known from before", "note": "noted"}
    return word.get(judged.disposition, visible(judged.note))


def _finding(judged: Judged) -> str:
    finding = judged.finding
    evidence = "\n".join(evidence_text(piece) for piece in finding.evidence[:5])
    return (
        f"{visible(finding.title)}\n"
        f"{visible(spell(finding.place)) or 'the folder'}{position_text(finding)}\n"
        f"{evidence}\n"
        f"fix: {visible(finding.fix)}"
    )


def _unread(report: Report) -> str:
    parts = [
        f"{visible(spell(item.place)) or 'the folder'}: {visible(item.gap.detail)}"
        for item in report.not_examined[:200]
    ]
    parts += [f"{item.plugin}: {visible(item.reason)}" for item in report.errors[:50]]
    text = escape("\n".join(parts))
    count = len(report.not_examined) + len(report.errors)
    message = quoteattr(f"parts not examined: {count}")
    return (
        f'<testcase classname="openvet" name="everything-examined">'
        f"<error message={message}>{text}</error></testcase>"
    )
