"""What a policy asks for, what an audit saw of it, and on what evidence.

A requirement is a control of the policy, or, where it has none, a rule. What rules
looked at and found nothing against is a claim, findings are a counterclaim, and what
nobody decided has neither: it says so. No score is given, because none was measured.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from openvet.controls import ControlSummary, State
from openvet.finding import Evidence
from openvet.policy import Judged, spell
from openvet.report import Report, RuleSummary
from openvet.write.bom.bill import moment
from openvet.write.escape import visible
from openvet.write.text import evidence_text

FINDINGS: Final = 1_000
PIECES: Final = 5
LOOKED_AT: Final = ("failing", "review", "known")
STATES: Final[dict[State, str]] = {
    "undecided": "rules that look at it could not decide, or had nothing to judge",
    "question": "no rule could say; a person has to answer",
    "not-asked": "it asks nothing of this model",
    "later": "not in force on the day of the audit",
    "other-role": "it asks something of somebody else",
}


class Requirement(NamedTuple):
    """Something that is asked for and what was seen of it."""

    id: str
    text: str
    source: str
    rules: tuple[str, ...]
    findings: int
    """To look at; the document may list fewer."""
    undecided: str
    """Why nothing is claimed; empty where it was decided."""
    note: str = ""
    """What a checklist says of it."""


def declarations(report: Report) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return `definitions` and `declarations` of a document."""
    asked = list(_requirements(report))
    evidence = _Evidence(report)
    claims: list[dict[str, Any]] = []
    map_: list[dict[str, Any]] = []
    for at, one in enumerate(asked):
        entry: dict[str, Any] = {"requirement": f"requirement:{at}"}
        found = [f for rule in one.rules for f in evidence.of_rule.get(rule, ())]
        if one.findings:
            noun = "finding stands" if one.findings == 1 else "findings stand"
            words = f"{one.findings} {noun} against it: {one.text}"
            entry["counterClaims"] = [_claim(claims, words, found, one.note)]
        elif not one.undecided:
            waived = [f for rule in one.rules for f in evidence.waived.get(rule, ())]
            words = f"rules looked and found nothing to review: {one.text}"
            if waived:
                noun = "finding was" if len(waived) == 1 else "findings were"
                words += f"; {len(waived)} {noun} waived"
            seen = [f"rule:{rule}" for rule in one.rules]
            entry["claims"] = [_claim(claims, words, [*seen, *waived], one.note)]
        rationale = one.undecided or "as the claims say; no score is given"
        map_.append({**entry, "conformance": {"rationale": rationale}})
    policy = report.policy
    standard = {
        "bom-ref": "policy",
        "name": visible(policy.name),
        "version": visible(policy.version),
        "requirements": [_requirement(at, one) for at, one in enumerate(asked)],
    }
    why = "; ".join(visible(reason) for reason in report.why)
    told = {
        "assessors": [
            {
                "bom-ref": "assessor",
                "organization": {"name": f"{report.tool}, a program"},
            }
        ],
        "attestations": [
            {
                "summary": f"{report.verdict}: {why}",
                "assessor": "assessor",
                "map": map_,
            }
        ],
        "claims": claims,
        "evidence": evidence.entries,
    }
    return {"standards": [standard]}, told


def _requirement(at: int, one: Requirement) -> dict[str, Any]:
    source = {"descriptions": [one.source]} if one.source else {}
    return {
        "bom-ref": f"requirement:{at}",
        "identifier": one.id,
        "text": one.text,
        **source,
    }


def _claim(
    claims: list[dict[str, Any]], words: str, evidence: list[str], note: str
) -> str:
    name = f"claim:{len(claims)}"
    claim = {
        "bom-ref": name,
        "target": "model",
        "predicate": words,
        "reasoning": note,
        "evidence": evidence,
    }
    claims.append({key: value for key, value in claim.items() if value})
    return name


def _requirements(report: Report) -> Iterator[Requirement]:
    for control in report.controls:
        yield _of_control(control)
    if report.controls:
        return
    shown = (j.finding.rule for j in report.findings if j.disposition in LOOKED_AT)
    found = Counter(shown)
    for rule in report.rules:
        yield Requirement(
            id=rule.rule,
            text=f"the rule {rule.rule} finds nothing to review",
            source="",
            rules=(rule.rule,),
            findings=found[rule.rule],
            undecided=_undecided(rule),
        )


def _of_control(summary: ControlSummary) -> Requirement:
    control = summary.control
    note = visible(summary.note)
    decided = summary.state in {"clear", "findings"}
    undecided = "" if decided else STATES[summary.state]
    if undecided and summary.undecided:
        undecided = f"{undecided}: {', '.join(summary.undecided)}"
    if undecided and note:
        undecided = f"{undecided}; {note}"
    return Requirement(
        id=visible(control.id),
        text=visible(control.title),
        source=visible(control.source),
        rules=summary.found or control.rules,
        findings=summary.findings,
        undecided=undecided,
        note=note,
    )


def _undecided(rule: RuleSummary) -> str:
    if not rule.subjects:
        return "nothing to judge"
    skipped = rule.skipped + rule.errors
    return f"undecided on {skipped} of {rule.subjects} subjects" if skipped else ""


class _Evidence:
    """Findings and sums of rules, each with its reference."""

    def __init__(self, report: Report) -> None:
        self.of_rule: dict[str, list[str]] = {}
        """References of the findings to look at, by rule."""
        self.waived: dict[str, list[str]] = {}
        self.entries: list[dict[str, Any]] = []
        self._moment = moment(report.ended)
        for rule in report.rules:
            self._add(f"rule:{rule.rule}", rule.rule, _sum(rule))
        for at, judged in enumerate(report.findings):
            if at < FINDINGS:
                self._finding(f"finding:{at}", judged)

    def _finding(self, name: str, judged: Judged) -> None:
        finding = judged.finding
        place = visible(spell(finding.place)) or "the folder"
        note = f" ({visible(judged.note)})" if judged.note else ""
        words = (
            f"{visible(finding.title)} in {place}; severity {finding.severity.value},"
            f" confidence {finding.confidence.value}; {judged.disposition}{note}"
        )
        data = [_piece(piece) for piece in finding.evidence[:PIECES]]
        self._add(name, finding.rule, words, data)
        kept = self.of_rule if judged.disposition in LOOKED_AT else self.waived
        if judged.disposition != "note":
            kept.setdefault(finding.rule, []).append(name)

    def _add(
        self,
        name: str,
        rule: str,
        words: str,
        data: list[dict[str, Any]] | None = None,
    ) -> None:
        entry = {
            "bom-ref": name,
            "propertyName": rule,
            "description": words,
            "created": self._moment,
        }
        self.entries.append({**entry, "data": data} if data else entry)


def _piece(piece: Evidence) -> dict[str, Any]:
    text = evidence_text(piece)
    name = f"known by {piece.basis.value}"
    return {"name": name, "contents": {"attachment": {"content": text}}}


def _sum(rule: RuleSummary) -> str:
    return (
        f"judged {rule.subjects} subjects: passed {rule.passed}, found something in"
        f" {rule.failed}, undecided {rule.skipped}, failed {rule.errors}"
    )
