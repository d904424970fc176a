"""The verdict follows the policy, and every waiver has an owner and an end."""

import datetime as dt
from typing import Any

import msgspec
import pytest

from openvet.errors import OpenvetError
from openvet.finding import Bytes, Confidence, Finding, Severity
from openvet.policy import (
    Policy,
    Responsible,
    Waiver,
    check_rules,
    fingerprint,
    judge,
)
from openvet.wire import digest, replace

TODAY = dt.date(2026, 6, 1)


def finding(
    rule: str = "r",
    severity: Severity = Severity.HIGH,
    confidence: Confidence = Confidence.HIGH,
    place: tuple[str, ...] = ("model.pt", "data.pkl"),
) -> Finding:
    return Finding(
        rule=rule,
        title="it is bad",
        severity=severity,
        confidence=confidence,
        place=place,
        evidence=(Bytes(offset=1),),
        fix="mend it",
    )


def waiver(**changes: Any) -> Waiver:
    given = {
        "rule": "r",
        "subject": "model.pt::*",
        "reason": "reviewed",
        "owner": "Ada",
        "expires": dt.date(2026, 12, 31),
    }
    return Waiver(**{**given, **changes})


def disposition(policy: Policy, *findings: Finding, **given: Any) -> list[str]:
    judged = judge(findings or (finding(),), policy, today=TODAY, **given)
    return [item.disposition for item in judged]


@pytest.mark.parametrize(
    ("severity", "confidence", "expected"),
    [
        (Severity.CRITICAL, Confidence.HIGH, "failing"),
        (Severity.HIGH, Confidence.MEDIUM, "failing"),
        (Severity.HIGH, Confidence.LOW, "review"),
        (Severity.MEDIUM, Confidence.HIGH, "review"),
    ],
)
def test_harm_and_belief_both_have_to_reach_the_gate(
    severity: Severity, confidence: Confidence, expected: str
) -> None:
    found = finding(severity=severity, confidence=confidence)
    assert disposition(Policy(), found) == [expected]


def test_a_waived_finding_stays_in_the_report_with_who_accepted_it() -> None:
    (item,) = judge([finding()], Policy(waivers=(waiver(),)), today=TODAY)
    assert item.disposition == "waived"
    assert item.note == "accepted by Ada until 2026-12-31: reviewed"


def test_an_expired_waiver_fails_loudly_by_name() -> None:
    old = waiver(expires=dt.date(2026, 5, 31))
    (item,) = judge([finding()], Policy(waivers=(old,)), today=TODAY)
    assert item.disposition == "failing"
    assert item.note == "the waiver of Ada expired on 2026-05-31"


def test_a_waiver_holds_on_its_last_day() -> None:
    assert disposition(Policy(waivers=(waiver(expires=TODAY),))) == ["waived"]


def test_a_waiver_covers_its_place_and_no_other() -> None:
    other = finding(place=("other.pt",))
    assert disposition(Policy(waivers=(waiver(),)), other) == ["failing"]


@pytest.mark.parametrize("missing", ["rule", "subject", "reason"])
def test_a_waiver_that_nobody_can_be_asked_about_is_refused(missing: str) -> None:
    given = {
        "rule": "r",
        "subject": "s",
        "reason": "x",
        "owner": "y",
        "expires": "2026-01-01",
    }
    with pytest.raises(msgspec.ValidationError, match=missing):
        msgspec.convert({**given, missing: " "}, Waiver)


def test_a_finding_of_an_earlier_audit_is_known() -> None:
    known = frozenset({fingerprint(finding())})
    assert disposition(Policy(), finding(), known=known) == ["known"]
    new = finding(place=("new.pt",))
    assert disposition(Policy(), new, known=known) == ["failing"]


def test_a_policy_can_change_a_rules_severity() -> None:
    assert disposition(Policy(severity={"r": Severity.LOW})) == ["review"]


def test_the_worst_comes_first() -> None:
    judged = judge(
        [
            finding(severity=Severity.LOW),
            finding(severity=Severity.HIGH),
            finding(severity=Severity.CRITICAL),
        ],
        Policy(waivers=()),
        today=TODAY,
    )
    assert [item.finding.severity.value for item in judged] == [
        "critical",
        "high",
        "low",
    ]


def test_a_policy_that_names_an_unknown_rule_is_refused_with_the_nearest() -> None:
    with pytest.raises(OpenvetError) as caught:
        check_rules(
            Policy(require=("pickle-run-code",)), frozenset({"pickle-runs-code"})
        )
    assert "did you mean pickle-runs-code?" in caught.value.diagnostics()


def test_a_finding_without_evidence_is_refused() -> None:
    with pytest.raises(ValueError, match="needs evidence"):
        Finding(
            rule="r",
            title="t",
            severity=Severity.LOW,
            confidence=Confidence.LOW,
            place=(),
            evidence=(),
            fix="f",
        )


@pytest.mark.parametrize(
    ("name", "subject", "covered"),
    [
        ("weights[0].bin", "weights[0].bin", True),
        ("weights0.bin", "weights[0].bin", False),
        ("what?.bin", "what?.bin", True),
        ("whats.bin", "what?.bin", False),
        ("model.pt::evil.pkl", "model.pt::*", False),
        ("MODEL.PT", "model.pt", False),
    ],
)
def test_a_waiver_covers_the_name_it_says_and_no_look_alike(
    name: str, subject: str, *, covered: bool
) -> None:
    assert waiver(subject=subject).covers(finding(place=(name,))) is covered


@pytest.mark.parametrize("order", [1, -1])
def test_a_waiver_that_was_renewed_is_in_force_beside_the_expired_one(
    order: int,
) -> None:
    waivers = (waiver(expires=dt.date(2026, 1, 1)), waiver())
    assert disposition(Policy(waivers=waivers[::order])) == ["waived"]


@pytest.mark.parametrize(
    ("day", "expected"), [(0, "waived"), (1, "waived"), (-1, "failing")]
)
def test_a_waiver_holds_on_its_last_day_and_not_after(day: int, expected: str) -> None:
    expires = TODAY + dt.timedelta(days=day)
    assert disposition(Policy(waivers=(waiver(expires=expires),))) == [expected]


def test_the_digest_of_a_policy_is_that_of_what_it_says() -> None:
    plain = {
        "as_of": Policy().as_of,
        "fail_on": "high",
        "min_confidence": "medium",
        "name": "baseline",
        "version": "1",
    }
    assert Policy().digest == digest(plain)
    assert Policy(require=("a",)).digest == digest({**plain, "require": ["a"]})
    assert Policy(fail_on=Severity.LOW).digest != Policy().digest


def test_a_waiver_that_names_nobody_is_accepted_by_whoever_is_responsible() -> None:
    named = {"rule": "r", "subject": "*", "reason": "x", "expires": "2030-01-01"}
    policy = msgspec.convert({"waivers": [named]}, Policy)
    with pytest.raises(OpenvetError, match="nobody answers for the waiver of r"):
        check_rules(policy, frozenset({"r"}))
    ada = Responsible(name="Ada Lovelace", contact="ada@example.org")
    policy = replace(policy, responsible=ada)
    check_rules(policy, frozenset({"r"}))
    (found,) = judge([finding("r")], policy, today=TODAY)
    assert found.note.startswith("accepted by Ada Lovelace (ada@example.org) until")
