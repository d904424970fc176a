from collections.abc import Callable
from pathlib import Path

import pytest

from openvet.finding import Measure, Severity
from openvet.report import Report
from openvet.supplied import DecisionTable, Supplied
from specimens.askable import findings
from specimens.brought import bring, decisions

TABLE = DecisionTable(
    file="people.csv", protected=("group",), prediction="hired", positive=("yes",)
)
SUPPLIED = Supplied(table=(TABLE,))


def flagged(folder: Path) -> None:
    bring(folder, SUPPLIED, people=decisions(a=(300, 0, 0, 700), b=(150, 0, 0, 850)))


def passed(folder: Path) -> None:
    bring(folder, SUPPLIED, people=decisions(a=(900, 0, 0, 1100), b=(430, 0, 0, 570)))


def test_below_four_fifths_is_a_review_with_rates_difference_and_ratio(
    tmp_path: Path, audit: Callable[..., Report]
) -> None:
    flagged(tmp_path)
    (found,) = findings(audit(tmp_path), "selection-rates-differ")
    assert found.severity is Severity.MEDIUM
    assert found.title.endswith("by group in people.csv: b, beside a")
    told = {one.name: one for one in found.evidence if isinstance(one, Measure)}
    assert told["b beside a: ratio"].value == pytest.approx(0.5)
    assert told["b beside a: difference"].value == pytest.approx(0.15)
    assert told["demographic parity ratio"].high < 0.8
    assert told["b: favorable decisions"].n == 1000


def test_a_certain_difference_above_four_fifths_is_noted(
    tmp_path: Path, audit: Callable[..., Report]
) -> None:
    rows = decisions(a=(3600, 0, 0, 400), b=(3300, 0, 0, 700))
    bring(tmp_path, SUPPLIED, people=rows)
    (found,) = findings(audit(tmp_path), "selection-rates-differ")
    assert found.severity is Severity.LOW


def test_a_decision_that_harms_is_counted_the_other_way(
    tmp_path: Path, audit: Callable[..., Report]
) -> None:
    table = DecisionTable(
        file="people.csv",
        protected=("group",),
        prediction="hired",
        positive=("yes",),
        favorable="no",
    )
    rows = decisions(a=(300, 0, 0, 700), b=(850, 0, 0, 150))
    bring(tmp_path, Supplied(table=(table,)), people=rows)
    (found,) = findings(audit(tmp_path), "selection-rates-differ")
    assert found.title.endswith(": b, beside a")


def test_few_people_are_undecided_and_never_clear(
    tmp_path: Path, audit: Callable[..., Report]
) -> None:
    bring(tmp_path, SUPPLIED, people=decisions(a=(9, 0, 0, 9), b=(8, 0, 0, 10)))
    report = audit(tmp_path)
    assert findings(report, "selection-rates-differ") == []
    assert any(
        "undecided on b (of 18)" in one.gap.detail for one in report.not_examined
    )
    assert report.exit_code == 4


def test_names_of_groups_are_told_as_they_are_and_do_nothing(
    tmp_path: Path, audit: Callable[..., Report]
) -> None:
    rows = decisions(a=(300, 0, 0, 700), b=(150, 0, 0, 850))
    hostile = "\"=cmd|' /C calc'!A0\x1b[31m<b>\""
    rows = [line.replace("b,", f"{hostile},", 1) for line in rows]
    bring(tmp_path, SUPPLIED, people=rows)
    (found,) = findings(audit(tmp_path), "selection-rates-differ")
    assert "=cmd|' /C calc'!A0\x1b[31m<b>" in found.title
