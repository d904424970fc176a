"""HTML: one file, readable from disk, on paper, in the dark and without script."""

import shlex
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import Any, Final

import jinja2

from openvet.check import Concern
from openvet.documentation import RuleDocument, document
from openvet.errors import OpenvetError
from openvet.finding import Evidence, Finding, Severity
from openvet.policy import Judged, spell
from openvet.report import FileSummary, Report
from openvet.wire import Record, encode
from openvet.write.escape import bytes_text, safe_json, visible
from openvet.write.text import VERDICT, evidence_text, position_text

CARDS: Final = 500
"""Findings shown as cards; the others are counted and stand in the raw data."""
BLOCKS: Final = 400
"""Files drawn in the picture."""
SHAPE: Final = {
    Severity.CRITICAL: "octagon",
    Severity.HIGH: "triangle",
    Severity.MEDIUM: "square",
    Severity.LOW: "circle",
    Severity.INFO: "circle",
}


class Block(Record, frozen=True, kw_only=True):
    """A file in the picture: the wider, the larger; the pattern says how it fared."""

    x: float
    width: float
    state: str
    """`failing`, `review`, `unread` or `clean`."""
    title: str


class ConcernRow(Record, frozen=True, kw_only=True):
    """A row of the table of concerns."""

    name: Concern
    failing: int
    review: int
    subjects: int
    """How many subjects its rules had to judge."""
    rules: int
    """Rules that had something to judge."""
    of: int
    """Rules there are."""


def write(report: Report) -> str:
    """Return the report as one HTML page."""
    shown = [j for j in report.findings if j.disposition != "waived"]
    text, _ = VERDICT[report.verdict]
    return _template().render(
        report=report,
        verdict=text,
        cards=shown[:CARDS],
        hidden=len(shown) - len(shown[:CARDS]),
        waived=[j for j in report.findings if j.disposition == "waived"],
        concerns=_concerns(report),
        blocks=_blocks(report),
        passed=[r for r in report.rules if r.subjects and not (r.failed or r.errors)],
        idle=[r for r in report.rules if not r.subjects],
        document=_document,
        raw=safe_json(encode(report).decode()),
        css=Path(__file__).with_name("report.css").read_text("utf-8"),
    )


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters |= {
        "visible": visible,
        "size": bytes_text,
        "place": _place,
        "evidence": _evidence,
        "position": position_text,
        "shape": _shape,
        "repeat": _repeat,
    }
    return environment.get_template("report.html.j2")


@cache
def _document(rule: str) -> RuleDocument | None:
    """Return a rule's documentation; None for a rule that is no longer there."""
    try:
        return document(rule)
    except OpenvetError:
        return None


def _place(place: tuple[str, ...]) -> str:
    return visible(spell(place)) or "the folder"


def _evidence(piece: Evidence) -> str:
    return evidence_text(piece, most=2000)


def _shape(severity: Severity) -> str:
    return SHAPE[severity]


def _repeat(finding: Finding, report: Report) -> str:
    """Return the command that shows a finding again."""
    target = report.target
    if report.kind == "folder" and finding.place:
        target = f"{target.rstrip('/')}/{finding.place[0]}"
    return visible(f"openvet audit {shlex.quote(target)}")


def _concerns(report: Report) -> list[ConcernRow]:
    """Return the rows of the table of concerns, in the order of the catalog."""
    names: defaultdict[Concern, list[str]] = defaultdict(list)
    for rule in report.rules:
        found = _document(rule.rule)
        if found is not None:
            names[found.concern].append(rule.rule)
    rows = []
    for name, members in names.items():
        rules = [rule for rule in report.rules if rule.rule in members]
        rows.append(
            ConcernRow(
                name=name,
                failing=_count(report, members, "failing"),
                review=_count(report, members, "review"),
                subjects=sum(rule.subjects for rule in rules),
                rules=sum(bool(rule.subjects) for rule in rules),
                of=len(rules),
            )
        )
    return rows


def _count(report: Report, rules: list[str], disposition: str) -> int:
    return sum(
        j.disposition == disposition and j.finding.rule in rules
        for j in report.findings
    )


def _blocks(report: Report) -> list[Block]:
    """Return the picture of the files: width by the logarithm of the size."""
    states = _states(report.findings)
    files = sorted(report.files, key=lambda f: -f.size)[:BLOCKS]
    weights = [max(f.size, 1).bit_length() for f in files]
    total = sum(weights) or 1
    blocks, x = [], 0.0
    for file, weight in zip(files, weights, strict=True):
        width = 1000 * weight / total
        state = states.get(file.name, "clean" if file.whole else "unread")
        blocks.append(
            Block(
                x=round(x, 2),
                width=round(width, 2),
                state=state,
                title=_title(file, state),
            )
        )
        x += width
    return blocks


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
    words: dict[str, Any] = {
        "failing": "failing finding",
        "review": "to review",
        "unread": "not read whole",
        "clean": "read whole, nothing found",
    }
    formats = ", ".join(file.formats) or "unknown format"
    return f"{visible(file.name)} ({bytes_text(file.size)}, {formats}): {words[state]}"
