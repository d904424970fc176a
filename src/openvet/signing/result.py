"""What was verified of a model and its audit: in-toto's Simple Verification Result.

It says only what holds: a rule that found something, or could not be decided
somewhere, is not among its properties. Whoever has the ledger and the policy can work
out the same list.

References:
    - https://github.com/in-toto/attestation/blob/main/spec/predicates/svr.md
"""

import datetime as dt
import hashlib
from typing import Any, Final

import msgspec

from openvet.errors import SignatureError
from openvet.policy import Policy
from openvet.report import Report, Story, build
from openvet.signing.envelope import Statement, decoded, statement
from openvet.wire import Record

PREDICATE: Final = "https://in-toto.io/attestation/svr/v0.2"
LEDGER: Final = "ledger.jsonl"
PASSED: Final = "OPENVET_POLICY_PASSED"
WHOLE: Final = "OPENVET_EVERYTHING_READ"
RULE: Final = "OPENVET_RULE_"


class Result(Record, frozen=True, kw_only=True):
    """What a statement says was verified."""

    verifier: str
    policies: tuple[tuple[str, str], ...]
    """Name and SHA-256 of each."""
    time: str
    """RFC 3339, UTC."""
    properties: tuple[str, ...]
    model: str
    """Root of the model's manifest."""
    ledger: str
    """SHA-256 of the ledger."""


class _Resource(msgspec.Struct):
    digest: dict[str, str] = {}
    name: str = ""


class _Verifier(msgspec.Struct):
    id: str
    policies: list[_Resource]


class _Predicate(msgspec.Struct, rename="camel"):
    verifier: _Verifier
    time_created: str
    properties: list[str]


def judged(story: Story, policy: Policy) -> Report:
    """Return the report from which the properties follow.

    It rests on the ledger and the policy alone, not on the rules of this version.
    """
    return build(story, policy)


def properties(report: Report) -> tuple[str, ...]:
    """Return what holds of an audit, each under a name of its own."""
    found = {item.finding.rule for item in report.findings}
    holds = [
        RULE + rule.rule.replace("-", "_").upper()
        for rule in report.rules
        if rule.passed == rule.subjects and rule.passed and rule.rule not in found
    ]
    if not report.not_examined and not report.errors:
        holds.append(WHOLE)
    if report.verdict == "passed":
        holds.append(PASSED)
    return tuple(sorted(holds))


def written(report: Report, model: dict[str, Any], ledger: bytes) -> bytes:
    """Return the statement that is signed.

    Args:
        report: Of the audit, under the policy.
        model: What names the model in a statement.
        ledger: All of it.
    """
    policy = report.policy
    predicate = {
        "verifier": {
            "id": "pkg:pypi/" + report.tool.replace(" ", "@", 1),
            "policies": [
                {
                    "name": f"{policy.name} {policy.version}",
                    "digest": {"sha256": report.policy_digest},
                }
            ],
        },
        "timeCreated": _utc(report.ended),
        "properties": properties(report),
    }
    subject = {"name": LEDGER, "digest": {"sha256": sha256(ledger)}}
    return statement(PREDICATE, [model, subject], predicate)


def read(signed: Statement) -> Result:
    """Return what a statement says.

    Raises:
        SignatureError: It is none of this kind.
    """
    if signed.predicate_type != PREDICATE:
        kind = signed.predicate_type[:200]
        raise SignatureError(f"it is a statement of another kind: {kind}")
    found = decoded(signed.predicate, _Predicate, "verification result")
    digests = [subject.digest.get("sha256", "") for subject in signed.subject]
    if len(digests) != 2 or signed.subject[1].name != LEDGER:  # noqa: PLR2004 - both
        raise SignatureError("it is not about a model and its ledger")
    return Result(
        verifier=found.verifier.id,
        policies=tuple(
            (policy.name, policy.digest.get("sha256", ""))
            for policy in found.verifier.policies
        ),
        time=found.time_created,
        properties=tuple(found.properties),
        model=digests[0],
        ledger=digests[1],
    )


def sha256(data: bytes) -> str:
    """Return the digest of a ledger in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def _utc(moment: str) -> str:
    """Return a moment as in-toto wants it."""
    time = dt.datetime.fromisoformat(moment)
    if time.tzinfo is None:
        time = time.replace(tzinfo=dt.UTC)
    return time.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
