from collections.abc import Callable
from pathlib import Path

from openvet.finding import Measure, Severity
from openvet.report import Report
from openvet.supplied import DecisionTable, Supplied
from openvet.wire import replace
from specimens.askable import findings
from specimens.brought import bring, decisions

TABLE = DecisionTable(
    file="people.csv",
    protected=("group",),
    prediction="hired",
    label="good",
    positive=("yes",),
)
SUPPLIED = Supplied(table=(TABLE,))


def flagged(folder: Path) -> None:
    rows = decisions(a=(400, 100, 400, 100), b=(400, 300, 200, 100))
    bring(folder, SUPPLIED, people=rows)


def passed(folder: Path) -> None:
    rows = decisions(a=(1800, 200, 1800, 200), b=(3600, 400, 3600, 400))
    bring(folder, SUPPLIED, people=rows)


def test_the_kind_of_error_and_the_group_are_named(
    tmp_path: Path, audit: Callable[..., Report]
) -> None:
    flagged(tmp_path)
    (found,) = findings(audit(tmp_path), "error-rates-differ")
    assert found.title.startswith("false positives are more frequent for some")
    assert found.title.endswith(": b, beside a")
    assert found.severity is Severity.MEDIUM
    told = {one.name: one.value for one in found.evidence if isinstance(one, Measure)}
    assert told["b: false positives"] == 0.6
    assert round(told["equalized odds difference"], 6) == 0.4


def test_labels_in_other_words_are_refused_and_never_a_pass(
    tmp_path: Path, audit: Callable[..., Report]
) -> None:
    rows = decisions(a=(400, 0, 400, 0), b=(0, 400, 0, 400))
    told = [line.replace("no", "NoRecid").replace("yes", "Recid") for line in rows]
    table = replace(TABLE, positive=())
    other = replace(table, file="others.csv")
    bring(tmp_path, Supplied(table=(table, other)), people=told, others=rows)
    report = audit(tmp_path)
    (gap,) = [one.gap for one in report.not_examined]
    assert gap.detail.endswith(
        "has no yes (1, true, yes) in the column hired, which holds Recid, NoRecid"
    )
    assert "--positive" in gap.lift
    assert report.exit_code == 4
    found = findings(report, "error-rates-differ")
    assert found
    assert all("others.csv" in one.title for one in found)


def test_once_the_words_are_named_the_wrong_decisions_are_found(
    tmp_path: Path, audit: Callable[..., Report]
) -> None:
    rows = decisions(a=(400, 0, 400, 0), b=(0, 400, 0, 400))
    told = [line.replace("no", "NoRecid").replace("yes", "Recid") for line in rows]
    table = replace(TABLE, positive=("Recid",))
    bring(tmp_path, Supplied(table=(table,)), people=told)
    found = findings(audit(tmp_path), "error-rates-differ")
    assert [one.title.rpartition(": ")[2] for one in found] == ["b, beside a"] * 2


def test_groups_of_whom_no_error_can_be_told_leave_a_gap(
    tmp_path: Path, audit: Callable[..., Report]
) -> None:
    rows = decisions(a=(3600, 0, 0, 400), b=(3600, 0, 0, 400))
    bring(tmp_path, SUPPLIED, people=rows)
    report = audit(tmp_path)
    (gap,) = [one.gap for one in report.not_examined]
    says = "false positives by group: nobody to tell them of in a, b"
    assert gap.detail == f"people.csv: {says}"
    assert (gap.reason, report.exit_code) == ("undecided", 4)


def test_without_labels_nothing_is_said_of_errors(
    tmp_path: Path, audit: Callable[..., Report]
) -> None:
    rows = decisions(a=(400, 100, 400, 100), b=(400, 300, 200, 100))
    table = replace(TABLE, label="")
    bring(tmp_path, Supplied(table=(table,)), people=rows)
    report = audit(tmp_path)
    assert findings(report, "error-rates-differ") == []
    assert [one.probe for one in report.readouts] == ["selection-rates"]
