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


def test_without_labels_nothing_is_said_of_errors(
    tmp_path: Path, audit: Callable[..., Report]
) -> None:
    rows = decisions(a=(400, 100, 400, 100), b=(400, 300, 200, 100))
    table = replace(TABLE, label="")
    bring(tmp_path, Supplied(table=(table,)), people=rows)
    report = audit(tmp_path)
    assert findings(report, "error-rates-differ") == []
    assert [one.probe for one in report.readouts] == ["selection-rates"]
