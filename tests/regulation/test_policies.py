"""Every policy that is shipped: it parses, its rules exist, it names its sources."""

import datetime as dt
from itertools import pairwise
from pathlib import Path

import pytest

from openvet import catalog
from openvet.cli.judging import SHIPPED
from openvet.config import read_policy
from openvet.finding import Severity
from openvet.openness.osaid import judge
from openvet.openness.release import release_of
from openvet.policy import check_rules
from openvet.regulation.act import FILE, act
from specimens.releases import CARD, dossier_of

POLICIES = sorted(SHIPPED.glob("*.toml"))
RULES = frozenset(plugin.id for plugin in catalog.checks())
FUNCTIONS = {"GOVERN": 19, "MAP": 18, "MEASURE": 22, "MANAGE": 13}


@pytest.fixture(params=POLICIES, ids=lambda path: path.stem)
def path(request: pytest.FixtureRequest) -> Path:
    given: Path = request.param
    return given


def test_a_policy_parses_and_is_called_as_its_file(path: Path) -> None:
    assert read_policy(path).name == path.stem


def test_a_policy_names_only_rules_that_exist(path: Path) -> None:
    check_rules(read_policy(path), RULES)


def test_a_policy_says_when_it_was_right(path: Path) -> None:
    assert dt.date.fromisoformat(read_policy(path).as_of) <= dt.date(2026, 11, 22)


def test_every_control_says_where_it_is_written_and_whether_that_was_read(
    path: Path,
) -> None:
    policy = read_policy(path)
    assert policy.source or not policy.controls
    for control in policy.controls:
        assert "read" in control.source or "recalled" in control.source, control.id
        assert control.title, control.id


def test_no_text_of_a_policy_promises_a_verdict_of_law(path: Path) -> None:
    assert "complian" not in path.read_text().lower()
    assert "legal advice" not in path.read_text().lower()


def test_a_rule_that_only_informs_is_raised_where_a_control_counts_on_it(
    path: Path,
) -> None:
    policy = read_policy(path)
    informs = {
        plugin.id
        for plugin in catalog.checks()
        if catalog.check(plugin.where).severity is Severity.INFO
    }
    named = {rule for control in policy.controls for rule in control.rules}
    raised = {rule for rule, to in policy.severity.items() if to > Severity.INFO}
    # Else the control would stand as if nothing had been found.
    assert named & informs <= raised


def test_the_risk_framework_has_all_of_its_subcategories() -> None:
    policy = read_policy(SHIPPED / "nist-ai-rmf.toml")
    counts = dict.fromkeys(FUNCTIONS, 0)
    for control in policy.controls:
        function, numbers = control.id.split()
        first, _, last = numbers.partition("-")
        begin, end = (int(part.split(".")[1]) for part in (first, last or first))
        counts[function] += end - begin + 1
    assert counts == FUNCTIONS


def test_the_ten_entries_for_language_models_are_there() -> None:
    policy = read_policy(SHIPPED / "owasp-llm-2025.toml")
    entries = {control.id.partition(":")[0] for control in policy.controls}
    assert entries == {f"LLM{number:02}" for number in range(1, 11)}


def test_days_in_the_policy_and_in_the_data_agree() -> None:
    policy = read_policy(SHIPPED / "eu-ai-act.toml")
    days = {control.id: control.applies_from for control in policy.controls}
    for duty in act().duties:
        if duty.id in days and duty.id != "Annex III":
            assert days[duty.id] == duty.since, duty.id
    assert days["Arts 8 to 15, 26, 27"] == dt.date(2027, 12, 2)
    assert days["Annex I"] == dt.date(2028, 8, 2)
    assert act().as_of.isoformat() == policy.as_of


def test_each_element_of_the_open_source_definition_is_a_control() -> None:
    policy = read_policy(SHIPPED / "osaid.toml")
    items = judge(release_of(dossier_of({"README.md": CARD}))).items
    assert {item.name for item in items} <= {control.id for control in policy.controls}


def test_each_duty_is_a_control_that_the_rule_answers() -> None:
    policy = read_policy(SHIPPED / "eu-ai-act.toml")
    rules = {control.id: control.rules for control in policy.controls}
    for duty in act().duties:
        assert "ai-act-duties" in rules[duty.id], duty.id


def test_the_data_say_where_each_figure_is_from() -> None:
    assert "complian" not in FILE.read_text().lower()
    assert all(duty.source for duty in act().duties)
    assert all(signal.area in act().areas for signal in act().signals)
    assert all(a <= b for a, b in pairwise(sorted(d.since for d in act().duties)))
