"""SARIF 2.1.0, for code scanning on GitHub and others.

What makes an upload fail or a result vanish is avoided: every result has a location
with a relative path and `startLine` of at least 1 (byte offsets are not understood, so
they stand in the message), no message is empty, findings without a file stand on the
target's first file, and no more than 25,000 results are written. Paths are relative to
the folder in which openvet ran, so run it in the root of the repository.
"""

import hashlib
from pathlib import Path, PurePath
from typing import Any, Final
from urllib.parse import quote

from openvet.documentation import document
from openvet.finding import Confidence, Quote, Severity
from openvet.policy import Judged, fingerprint, spell
from openvet.report import Report
from openvet.wire import encode
from openvet.write.escape import safe_json, visible
from openvet.write.text import evidence_text, position_text

SCHEMA: Final = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/"
    "sarif-schema-2.1.0.json"
)
HOME: Final = "https://github.com/openvet/openvet"
RESULTS: Final = 25_000
LEVEL: Final = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
    Severity.INFO: "note",
}
SCORE: Final = {
    Severity.CRITICAL: "9.5",
    Severity.HIGH: "8.0",
    Severity.MEDIUM: "5.0",
    Severity.LOW: "2.0",
    Severity.INFO: "0.0",
}
PRECISION: Final = {
    Confidence.HIGH: "high",
    Confidence.MEDIUM: "medium",
    Confidence.LOW: "low",
}


def write(report: Report) -> str:
    """Return the report as SARIF."""
    rules = [rule.rule for rule in report.rules]
    index = {name: number for number, name in enumerate(rules)}
    base = _base(report)
    shown = report.findings[:RESULTS]
    run: dict[str, Any] = {
        "tool": {
            "driver": {
                "name": "openvet",
                "semanticVersion": report.tool.partition(" ")[2],
                "informationUri": HOME,
                "rules": [_rule(name) for name in rules],
            }
        },
        "invocations": [
            {
                "executionSuccessful": report.verdict != "incomplete",
                "exitCode": report.exit_code,
                "startTimeUtc": report.started.replace("+00:00", "Z"),
                "endTimeUtc": report.ended.replace("+00:00", "Z"),
                "toolExecutionNotifications": _notifications(report),
            }
        ],
        "artifacts": [
            {
                "location": {"uri": _uri(base + file.name)},
                "length": file.size,
                "hashes": _hashes(file.content.sha256 if file.content else ""),
            }
            for file in report.files[:RESULTS]
        ],
        "results": [_result(judged, report, index, base) for judged in shown],
        "columnKind": "unicodeCodePoints",
        "properties": {
            "verdict": report.verdict,
            "notExamined": len(report.not_examined),
            "findings": len(report.findings),
        },
    }
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return safe_json(encode(log).decode()) + "\n"


def _rule(name: str) -> dict[str, Any]:
    found = document(name)
    sections = "\n\n".join(f"## {k}\n\n{v}" for k, v in found.sections.items())
    return {
        "id": name,
        "name": name.title().replace("-", ""),
        "shortDescription": {"text": found.title},
        "fullDescription": {"text": found.summary},
        "help": {"text": sections, "markdown": sections},
        "helpUri": f"{HOME}/blob/main/docs/rules/{name}.md",
        "defaultConfiguration": {"level": LEVEL[found.severity]},
        "properties": {
            "tags": [found.concern],
            "precision": "high",
            "security-severity": SCORE[found.severity],
        },
    }


def _result(
    judged: Judged, report: Report, index: dict[str, int], base: str
) -> dict[str, Any]:
    finding = judged.finding
    first = finding.evidence[0]
    told = first if isinstance(first, Quote) else None
    where = finding.place[0] if finding.place else ""
    where = where or (told and told.file) or _any_file(report)
    line = told.line if told and (told.file or len(finding.place) == 1) else 1
    evidence = "\n".join(evidence_text(piece) for piece in finding.evidence[:5])
    text = (
        f"{visible(finding.title)}\n"
        f"In {visible(spell(finding.place)) or 'the folder'}{position_text(finding)}\n"
        f"{evidence}\nWhat to do: {visible(finding.fix)}"
    )
    marks = "\0".join(map(repr, fingerprint(finding)))
    mark = hashlib.sha256(marks.encode()).hexdigest()
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "level": LEVEL[finding.severity],
        "message": {"text": text},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": _uri(base + where)},
                    "region": {"startLine": max(line, 1)},
                }
            }
        ],
        # The second is the one that GitHub tells alerts apart by.
        "partialFingerprints": {
            "openvet/v1": mark,
            "primaryLocationLineHash": f"{mark[:16]}:1",
        },
        "properties": {
            "precision": PRECISION[finding.confidence],
            "disposition": judged.disposition,
        },
    }
    if finding.rule in index:
        result["ruleIndex"] = index[finding.rule]
    if judged.disposition == "waived":
        result["suppressions"] = [
            {"kind": "external", "justification": visible(judged.note)}
        ]
    if judged.disposition == "known":
        result["baselineState"] = "unchanged"
    return result


def _notifications(report: Report) -> list[dict[str, Any]]:
    """Return what was not examined; a viewer shows it beside the results."""
    return [
        {
            "level": "warning",
            "message": {
                "text": (
                    f"not examined: {visible(spell(item.place)) or 'the folder'}:"
                    f" {visible(item.gap.detail)} ({item.gap.reason})"
                )
            },
        }
        for item in report.not_examined[:1000]
    ] + [
        {
            "level": "error",
            "message": {"text": f"{item.plugin} failed: {visible(item.reason)}"},
        }
        for item in report.errors[:1000]
    ]


def _any_file(report: Report) -> str:
    return report.files[0].name if report.files else "."


def _base(report: Report) -> str:
    """Return what leads from where openvet ran to the target; empty if nothing does."""
    target = PurePath(report.target)
    if report.kind not in {"folder", "file"}:
        return ""
    if report.kind == "file":
        target = target.parent
    if target.is_absolute():
        here = Path.cwd()
        target = target.relative_to(here) if target.is_relative_to(here) else PurePath()
    base = target.as_posix()
    return "" if base == "." or ".." in target.parts else f"{base}/"


def _uri(name: str) -> str:
    """Return a relative reference; a colon in the first part would name a scheme."""
    return quote(name.encode("utf-8", "backslashreplace"), safe="/-_.~")


def _hashes(sha256: str) -> dict[str, str]:
    return {"sha-256": sha256} if sha256 else {}
