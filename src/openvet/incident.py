"""A report of an incident or flaw, begun from a finding; it is never sent anywhere.

Shaped as reports of the AI Vulnerability Database are (avidml/avid-db, data version
0.3.3, read 2026-03): what is affected, what kind of problem it is, a description with
the evidence, references. What only a person knows - the developer's name where no file
says it, who discovered it, whether anybody was harmed - is left as a question.
"""

import datetime as dt
from typing import Any, Final, Literal

from openvet.check import Concern
from openvet.documentation import document
from openvet.errors import OpenvetError
from openvet.finding import Basis, Finding
from openvet.policy import spell
from openvet.report import Report
from openvet.write.escape import visible
from openvet.write.text import evidence_text

DATA_VERSION: Final = "0.3.3"
TAXONOMY: Final = "0.2"
"""Version of AVID's taxonomy that the codes below belong to."""
Domain = Literal["Security", "Ethics", "Performance"]
VIEWS: Final[dict[Concern, tuple[Domain, tuple[str, ...]]]] = {
    "security": ("Security", ("S0200: Supply Chain Compromise",)),
    "poisoning": ("Security", ("S0600: Data Poisoning",)),
    "privacy": ("Security", ("S0301: Information Leak",)),
    "misuse": ("Security", ("S0400: Model Bypass",)),
    "bias": ("Ethics", ("E0100: Bias/ Discrimination",)),
    "social": ("Ethics", ("E0100: Bias/ Discrimination",)),
    "explain": ("Ethics", ("E0200: Explainability",)),
}
"""Domain of risk and view of AVID's taxonomy, where a concern has one."""
LIFECYCLE: Final = "L05: Evaluation"
UNKNOWN: Final = "TO ANSWER"
PIECES: Final = 20


def find(report: Report, rule: str, place: str = "") -> Finding:
    """Return the finding of a rule, at a place where it has several.

    Raises:
        OpenvetError: There is none, or there are several and no place tells which.
    """
    found = [j.finding for j in report.findings if j.finding.rule == rule]
    if not found:
        rules = sorted({judged.finding.rule for judged in report.findings})
        raise OpenvetError(
            f"the audit has no finding of {visible(rule)}",
            hint=f"it has findings of {', '.join(rules)}"
            if rules
            else "it has no findings; there is nothing to report",
        )
    places = [visible(spell(one.place)) for one in found]
    if place:
        found = [one for one, at in zip(found, places, strict=True) if at == place]
    if len(found) != 1:
        shown = ", ".join(dict.fromkeys(at or "the folder" for at in places[:10]))
        raise OpenvetError(
            f"{len(found) or 'no'} findings of {rule} are at {place or 'any place'}",
            hint=f"name one with --place; they are at {shown}",
        )
    return found[0]


def draft(report: Report, finding: Finding, *, today: dt.date) -> dict[str, Any]:
    """Return a report of one finding in AVID's shape, with questions left open.

    Args:
        report: The audit that the finding is of.
        finding: What is reported.
        today: Stands as the day on which it is reported.
    """
    rule = document(finding.rule)
    measured = any(piece.basis is Basis.MEASURED for piece in finding.evidence)
    return {
        "data_type": "AVID",
        "data_version": DATA_VERSION,
        "metadata": {"report_id": UNKNOWN},
        "affects": {
            "developer": [UNKNOWN],
            "deployer": [],
            "artifacts": [{"type": "Model", "name": visible(report.target)}],
        },
        "problemtype": {
            "classof": "LLM Evaluation" if measured else "Undefined",
            "type": "Measurement" if measured else "Detection",
            "description": {"lang": "eng", "value": visible(finding.title)},
        },
        "metrics": [],
        "references": [
            {
                "type": "source",
                "label": f"{finding.rule}: {rule.title}",
                "url": "https://github.com/openvet/openvet/blob/main/docs/rules/"
                f"{finding.rule}.md",
            }
        ],
        "description": {"lang": "eng", "value": _description(report, finding)},
        "impact": {"avid": _impact(rule.concern)},
        "credit": [{"lang": "eng", "value": UNKNOWN}],
        "reported_date": today.isoformat(),
    }


def _description(report: Report, finding: Finding) -> str:
    """Return what was found, where, how it is known and what to do, in lines."""
    where = visible(spell(finding.place)) or "the folder"
    lines = [
        f"{visible(finding.title)}, in {where}.",
        f"Severity {finding.severity.value}, confidence {finding.confidence.value}.",
        *(evidence_text(piece) for piece in finding.evidence[:PIECES]),
    ]
    if finding.live:
        lines.append(f"Affects: {visible(finding.live)}.")
    lines.append(f"What to do: {visible(finding.fix)}.")
    lines.append(
        f"Found by {report.tool} on {report.ended[:10]}, in files whose names and"
        f" contents have the digest {report.manifest}."
    )
    return "\n".join(lines)


def _impact(concern: Concern) -> dict[str, Any]:
    """Return where AVID's taxonomy puts such a finding."""
    domain, views = VIEWS.get(concern, (UNKNOWN, ()))
    return {
        "risk_domain": [domain],
        "sep_view": [*views],
        "lifecycle_view": [LIFECYCLE],
        "taxonomy_version": TAXONOMY,
    }


def questions(made: dict[str, Any]) -> list[str]:
    """Return what a person still has to answer before the report is sent."""
    asked = {
        "who developed the model: affects.developer": made["affects"]["developer"],
        "who discovered it: credit": [one["value"] for one in made["credit"]],
        "which kind of risk it is: impact.avid.risk_domain": made["impact"]["avid"][
            "risk_domain"
        ],
    }
    open_ones = [words for words, values in asked.items() if UNKNOWN in values]
    return [
        *open_ones,
        "whether anybody was harmed, and what was done about it: description",
        "whether the publisher was told, and when: description",
    ]
