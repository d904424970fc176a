"""What a law or framework asks for, held against what rules saw."""

import datetime as dt
from pathlib import Path

import pytest

from openvet.check import Role
from openvet.cli.judging import NAMED, SHIPPED
from openvet.config import read_policy
from openvet.controls import (
    Control,
    ControlSummary,
    OnUnknown,
    Seen,
    State,
    items_of,
    summaries,
)
from openvet.errors import OpenvetError
from openvet.finding import Checklist, ChecklistItem, Confidence, Finding, Severity
from openvet.finding import State as Item
from openvet.policy import Policy
from openvet.report import Report
from openvet.write.controls import said
from specimens.command import run
from specimens.pickles import PICKLE
from specimens.reports import clean, everything, steps, told


def control(
    name: str,
    *rules: str,
    on_unknown: OnUnknown = "ask",
    roles: tuple[Role, ...] = (),
    applies_from: dt.date | None = None,
) -> Control:
    return Control(
        id=name,
        title=f"what {name} asks",
        rules=rules,
        on_unknown=on_unknown,
        roles=roles,
        applies_from=applies_from,
    )


def judged(*controls: Control, role: Role = "") -> Report:
    return told(steps(), Policy(controls=controls, role=role))


def one(found: Control, *, role: Role = "") -> ControlSummary:
    (summary,) = judged(found, role=role).controls
    return summary


@pytest.mark.parametrize(
    ("found", "state"),
    [
        (control("a", "native-executable"), "findings"),
        (control("a", "card-carries-script"), "undecided"),
        (control("a"), "question"),
        (control("a", applies_from=dt.date(2030, 1, 1)), "later"),
        (control("a", "native-executable", roles=("provider",)), "other-role"),
    ],
)
def test_a_control_stands_as_its_rules_saw_it(found: Control, state: State) -> None:
    assert one(found, role="deployer").state == state


def test_a_rule_that_is_only_noted_is_no_finding_of_a_control() -> None:
    assert one(control("a", "weights-unsigned")).findings == 0
    assert one(control("a", "native-executable")).findings == 1


def test_a_control_for_others_asks_whoever_did_not_say_who_he_is() -> None:
    assert one(control("a", roles=("provider",))).state == "question"


def test_what_is_not_known_follows_the_policy() -> None:
    ask, stop, fail = (
        control("ask"),
        control("stop", on_unknown="incomplete"),
        control("fail", on_unknown="fail"),
    )
    quiet = told(steps()[-1:-1] or [], Policy(controls=(ask,)))
    assert quiet.verdict == "passed"
    halted = told([], Policy(controls=(ask, stop)))
    assert halted.verdict == "incomplete"
    assert halted.why == ("not known: stop",)
    failed = told([], Policy(controls=(stop, fail)))
    assert failed.verdict == "not-passed"
    assert failed.why[0] == "asked for and not known: fail"


def test_a_policy_names_each_control_once_and_only_rules_that_exist(
    tmp_path: Path,
) -> None:
    path = tmp_path / "policy.toml"
    twice = '[[controls]]\nid = "a"\ntitle = "b"\n' * 2
    path.write_text(twice)
    with pytest.raises(OpenvetError, match="there twice"):
        read_policy(path)
    path.write_text(
        '[[controls]]\nid = "a"\ntitle = "b"\nrules = ["pickle-runs-cod"]\n'
    )
    (tmp_path / "model.pkl").write_bytes(PICKLE)
    done = run("audit", "model.pkl", "--policy", path, cwd=tmp_path)
    assert done.returncode == 2
    assert "did you mean pickle-runs-code?" in done.stderr


def test_a_policy_that_is_shipped_is_named_without_a_path(tmp_path: Path) -> None:
    (tmp_path / "model.pkl").write_bytes(PICKLE)
    done = run("audit", "model.pkl", "--policy", "baseline", cwd=tmp_path)
    assert done.returncode == 1
    assert "policy baseline" in done.stdout


def test_help_names_every_policy_that_is_shipped() -> None:
    assert sorted(path.stem for path in SHIPPED.iterdir()) == list(NAMED)


def test_the_baseline_is_what_judges_without_a_policy() -> None:
    shipped = Path(read_policy.__code__.co_filename).parent / "policies"
    assert read_policy(shipped / "baseline.toml") == Policy()


def test_reports_without_controls_do_not_speak_of_them() -> None:
    assert clean().controls == ()
    assert len(everything().controls) == 5


def answered(*items: ChecklistItem, rule: str = "a-rule") -> ControlSummary:
    """Return how a control stands of which a checklist of its rule speaks."""
    finding = Finding(
        rule=rule,
        title="what is asked",
        severity=Severity.LOW,
        confidence=Confidence.HIGH,
        place=(),
        evidence=(Checklist(title="all", items=items),),
        fix="answer",
    )
    seen = Seen(found={rule: 1}, decided=frozenset({rule}), items=items_of([finding]))
    asked = control("Art. 1", "a-rule")
    (summary,) = summaries([asked], seen, role="", today=dt.date(2026, 11, 22))
    return summary


@pytest.mark.parametrize(
    ("states", "state"),
    [
        (("missing",), "findings"),
        (("unclear",), "question"),
        (("met",), "clear"),
        (("not-applicable",), "not-asked"),
        (("not-applicable", "unclear"), "question"),
        (("met", "missing", "unclear"), "findings"),
    ],
)
def test_what_a_checklist_says_of_a_control_counts_for_it(
    states: tuple[Item, ...], state: State
) -> None:
    items = [
        ChecklistItem(name="Art. 1: a thing", state=one, detail=one) for one in states
    ]
    summary = answered(*items)
    assert summary.state == state
    assert summary.findings == (state == "findings")
    assert summary.note in states


def test_a_checklist_that_speaks_of_others_leaves_the_finding() -> None:
    other = ChecklistItem(name="Art. 2: a thing", state="not-applicable")
    assert answered(other).state == "findings"
    assert answered(other).found == ("a-rule",)


def test_a_note_is_told_with_everything_that_does_not_show_spelled_out() -> None:
    item = ChecklistItem(name="Art. 1: a thing", state="missing", detail="add\x1b[2J")
    assert said(answered(item)) == "1 finding of a-rule: add\\x1b[2J"
