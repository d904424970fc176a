"""A report of an incident is begun from a finding, and sent nowhere."""

import datetime as dt
import json
from pathlib import Path

import pytest

from openvet.check import Concern
from openvet.errors import OpenvetError
from openvet.incident import VIEWS, draft, find, questions
from specimens.command import run
from specimens.pickles import PICKLE
from specimens.reports import clean, everything

TODAY = dt.date(2026, 1, 2)


def test_a_finding_becomes_a_report_with_its_evidence_and_its_questions() -> None:
    report = everything()
    made = draft(report, find(report, "native-executable"), today=TODAY)
    assert made["data_type"] == "AVID"
    assert made["affects"]["artifacts"] == [{"type": "Model", "name": "./model"}]
    assert made["problemtype"]["type"] == "Detection"
    assert made["reported_date"] == "2026-01-02"
    text = made["description"]["value"]
    assert "model.pt::archive/data.pkl" in text
    assert "REDUCE posix.system('true')" in text
    assert report.manifest in text
    assert made["impact"]["avid"]["risk_domain"] == ["Security"]
    assert len(questions(made)) == 4


def test_what_the_finder_answered_is_asked_no_more() -> None:
    report = everything()
    made = draft(report, find(report, "native-executable"), today=TODAY)
    made["affects"]["developer"] = ["Acme"]
    assert len(questions(made)) == 3


def test_nothing_hostile_reaches_the_report() -> None:
    report = everything()
    made = draft(report, find(report, "hidden-payload"), today=TODAY)
    assert "\x1b" not in json.dumps(made, ensure_ascii=False)
    assert "\u202e" not in json.dumps(made, ensure_ascii=False)


def test_a_finding_that_is_not_there_is_explained() -> None:
    with pytest.raises(OpenvetError, match="no finding of nothing") as caught:
        find(everything(), "nothing")
    assert "native-executable" in (caught.value.hint or "")
    with pytest.raises(OpenvetError) as caught:
        find(clean(), "native-executable")
    assert "nothing to report" in (caught.value.hint or "")
    with pytest.raises(OpenvetError, match="at elsewhere"):
        find(everything(), "native-executable", "elsewhere")


@pytest.mark.parametrize("concern", sorted(VIEWS))
def test_every_view_is_of_a_domain_of_the_taxonomy(concern: Concern) -> None:
    _, views = VIEWS[concern]
    assert all(view[0] in "SEP" and ": " in view for view in views)


def test_the_command_writes_a_file_and_says_what_is_left_to_answer(
    tmp_path: Path,
) -> None:
    (tmp_path / "model.pkl").write_bytes(PICKLE)
    run("audit", "model.pkl", "-q", "--bundle", "audit.zip", cwd=tmp_path)
    done = run(
        *("draft", "incident", "audit.zip", "pickle-runs-code"),
        *("--output", "incident.json"),
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    made = json.loads((tmp_path / "incident.json").read_text())
    assert made["affects"]["artifacts"][0]["name"] == "model.pkl"
    assert "to answer 1: who developed the model" in done.stderr
