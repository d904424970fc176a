"""A report tells the whole story of the facts, and findings beat incompleteness."""

import datetime as dt
from typing import Any

import pytest

from openvet.digests import Content
from openvet.finding import Bytes, Confidence, Finding, Outcome, Severity, Status
from openvet.ledger import End, Start, Step
from openvet.policy import Policy, Waiver
from openvet.report import Report, Story, build
from openvet.subject import Gap

START = Start(
    schema=1, tool="t", target="x", kind="folder", settings="s", started="2026-06-01"
)
GAP = Gap(reason="broken", detail="cut")


def finding(place: tuple[str, ...] = ("a",), title: str = "it is bad") -> Finding:
    return Finding(
        rule="r",
        title=title,
        severity=Severity.HIGH,
        confidence=Confidence.HIGH,
        place=place,
        evidence=(Bytes(offset=1),),
        fix="mend it",
    )


def outcome(status: Status, *findings: Finding) -> Outcome:
    return Outcome(
        check="r",
        version=1,
        subject="d",
        place=("a",),
        status=status,
        findings=findings,
        reason="why",
    )


def step(*place: str, **facts: Any) -> Step:
    content = Content(identity="1") if len(place) == 1 else None
    given: dict[str, Any] = {"kinds": ("File", "Subject"), "content": content, **facts}
    return Step(digest="d", place=place, plan="p", **given)


def report(*steps: Step, policy: Policy | None = None, **given: Any) -> Report:
    end = End(ended="2026-06-01T12:00:00+00:00", steps=len(steps))
    story = Story(start=START, steps=steps, end=end, head="0" * 64)
    return build(story, policy or Policy(), rules=("r", "idle"), **given)


def test_what_was_read_whole_and_found_harmless_passes() -> None:
    found = report(step("a", passed=("r@1",)))
    assert (found.verdict, found.exit_code) == ("passed", 0)
    assert [(rule.rule, rule.passed) for rule in found.rules] == [("idle", 0), ("r", 1)]


@pytest.mark.parametrize(
    ("facts", "verdict", "code"),
    [
        ({"gaps": (GAP,)}, "incomplete", 4),
        ({"outcomes": (outcome(Status.ERROR),)}, "incomplete", 4),
        ({"outcomes": (outcome(Status.FAIL, finding()),)}, "not-passed", 1),
        (
            {"outcomes": (outcome(Status.FAIL, finding()),), "gaps": (GAP,)},
            "not-passed",
            1,
        ),
    ],
)
def test_findings_beat_incompleteness_and_both_are_said(
    facts: dict[str, Any], verdict: str, code: int
) -> None:
    found = report(step("a", **facts))
    assert (found.verdict, found.exit_code) == (verdict, code)
    assert any("not examined" in why for why in found.why) is ("gaps" in facts)


def test_a_required_rule_that_could_not_be_decided_is_named() -> None:
    skipped = step("a", outcomes=(outcome(Status.SKIP),))
    assert report(skipped).verdict == "passed"
    required = report(skipped, policy=Policy(require=("r",)))
    assert required.verdict == "incomplete"
    assert required.why == ("required but undecided: r",)


def test_a_gap_inside_a_file_makes_the_file_and_no_other_not_whole() -> None:
    found = report(step("a"), step("a", "inner", gaps=(GAP,)), step("b"))
    assert [(file.name, file.whole) for file in found.files] == [
        ("a", False),
        ("b", True),
    ]
    assert (found.coverage.files, found.coverage.files_whole) == (2, 1)
    assert found.coverage.members == 1


def test_a_gap_that_a_view_and_its_file_both_have_is_listed_once() -> None:
    view = step("a", kinds=("Document", "Subject"), content=None, gaps=(GAP,))
    folder = step(kinds=("Inventory", "Subject"), content=None, gaps=(GAP,))
    found = report(view, step("a", gaps=(GAP,)), folder)
    assert [item.place for item in found.not_examined] == [("a",)]


def test_a_file_is_called_what_it_is_called() -> None:
    bad = outcome(Status.FAIL, finding(("odd::name",)))
    found = report(step("odd::name", outcomes=(bad,)))
    assert found.files[0].name == "odd::name" == found.findings[0].finding.place[0]


def test_what_an_earlier_audit_found_is_known_and_what_is_new_fails() -> None:
    old = report(step("a", outcomes=(outcome(Status.FAIL, finding()),)))
    both = outcome(Status.FAIL, finding(), finding(title="another thing"))
    found = report(step("a", outcomes=(both,)), since=old)
    assert [item.disposition for item in found.findings] == ["failing", "known"]


@pytest.mark.parametrize(("days", "verdict"), [(0, "passed"), (-1, "not-passed")])
def test_waivers_are_judged_on_the_day_of_the_audit(days: int, verdict: str) -> None:
    waiver = Waiver(
        rule="r",
        subject="a",
        reason="ours",
        owner="Ada",
        expires=dt.date(2026, 6, 1) + dt.timedelta(days=days),
    )
    failed = step("a", outcomes=(outcome(Status.FAIL, finding()),))
    assert report(failed, policy=Policy(waivers=(waiver,))).verdict == verdict
