"""SARIF that code scanning takes in, with every alert on its file."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from openvet.wire import replace
from openvet.write import writer
from specimens.reports import everything, incomplete


def test_sarif_avoids_what_makes_an_upload_fail() -> None:
    (run,) = json.loads(writer("sarif")(everything()))["runs"]
    assert len(run["results"]) == 5
    for result in run["results"]:
        (location,) = result["locations"]
        physical = location["physicalLocation"]
        assert physical["region"]["startLine"] >= 1
        assert "byteOffset" not in physical["region"]
        uri = physical["artifactLocation"]["uri"]
        assert not re.match(r"[a-z]+:|/", uri)
        assert result["message"]["text"].strip()
        assert (
            run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"]
            == (result["ruleId"])
        )


@pytest.mark.parametrize(
    ("target", "kind", "path"),
    [
        ("models/a", "folder", "models/a/model.pt"),
        ("./models/", "folder", "models/model.pt"),
        (".", "folder", "model.pt"),
        ("models/model.pt", "file", "models/model.pt"),
        ("model.pt", "file", "model.pt"),
        ("{here}/models", "folder", "models/model.pt"),
        ("{here}", "folder", "model.pt"),
        ("/somewhere/else", "folder", "model.pt"),
        ("../models", "folder", "model.pt"),
        ("hf:org/name", "remote", "model.pt"),
    ],
)
def test_sarif_names_files_from_the_folder_in_which_openvet_ran(
    target: str, kind: str, path: str
) -> None:
    target = target.format(here=Path.cwd())
    report = replace(everything(), target=target, kind=kind)
    (run,) = json.loads(writer("sarif")(report))["runs"]
    physical = run["results"][0]["locations"][0]["physicalLocation"]
    assert physical["artifactLocation"]["uri"] == path
    assert path in {artifact["location"]["uri"] for artifact in run["artifacts"]}


def test_sarif_tells_every_finding_apart_for_the_alerts_of_a_hub() -> None:
    (run,) = json.loads(writer("sarif")(everything()))["runs"]
    marks = [
        r["partialFingerprints"]["primaryLocationLineHash"] for r in run["results"]
    ]
    assert len(set(marks)) == len(marks)


# The properties that the SARIF 2.1.0 errata 01 schema allows, of the objects we write;
# it allows no others, and demands those after the bar.
SARIF = {
    "log": "$schema version runs | version runs",
    "run": "tool invocations artifacts results columnKind properties | tool",
    "driver": "name semanticVersion informationUri rules | name",
    "rule": "id name shortDescription fullDescription help helpUri"
    " defaultConfiguration properties | id",
    "invocation": "executionSuccessful exitCode startTimeUtc endTimeUtc"
    " toolExecutionNotifications | executionSuccessful",
    "notification": "level message | message",
    "artifact": "location length hashes |",
    "result": "ruleId ruleIndex level message locations partialFingerprints properties"
    " suppressions baselineState | message",
    "suppression": "kind justification | kind",
}


def sarif_objects(log: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    yield "log", log
    for run in log["runs"]:
        yield "run", run
        yield "driver", run["tool"]["driver"]
        yield from (("rule", rule) for rule in run["tool"]["driver"]["rules"])
        yield from (("artifact", artifact) for artifact in run["artifacts"])
        for invocation in run["invocations"]:
            yield "invocation", invocation
            for note in invocation["toolExecutionNotifications"]:
                yield "notification", note
        for result in run["results"]:
            yield "result", result
            for suppression in result.get("suppressions", ()):
                yield "suppression", suppression


def test_sarif_has_the_properties_of_the_schema_and_no_others() -> None:
    log = json.loads(writer("sarif")(everything()))
    for kind, value in sarif_objects(log):
        allowed, _, demanded = SARIF[kind].partition("|")
        assert set(value) <= set(allowed.split()), kind
        assert set(demanded.split()) <= set(value), kind
    for run in log["runs"]:
        files = [artifact["location"]["uri"] for artifact in run["artifacts"]]
        assert len(files) == len(set(files))


def test_sarif_keeps_waived_findings_suppressed_and_gaps_in_view() -> None:
    (run,) = json.loads(writer("sarif")(everything()))["runs"]
    (waived,) = [result for result in run["results"] if "suppressions" in result]
    assert "Ada Lovelace" in waived["suppressions"][0]["justification"]
    notes = run["invocations"][0]["toolExecutionNotifications"]
    assert any("strange.xyz" in note["message"]["text"] for note in notes)


def test_sarif_says_an_incomplete_audit_was_not_successful() -> None:
    (run,) = json.loads(writer("sarif")(incomplete()))["runs"]
    assert run["invocations"][0]["executionSuccessful"] is False
