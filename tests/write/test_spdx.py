"""The SPDX document is one that the bindings of SPDX read, and concludes nothing."""

from typing import Any

import pytest
from hypothesis import given

from openvet.dossier import Kind, Relation
from openvet.ledger import Step
from openvet.policy import Policy
from openvet.report import Report
from openvet.stated import Fact, Stated
from openvet.wire import replace
from openvet.write import writer
from specimens.bom import read_spdx, sayings, words
from specimens.reports import clean, everything, file, incomplete, told
from specimens.stated import at, claim, edge, plain, step, talkative


def written(report: Report) -> list[dict[str, Any]]:
    return read_spdx(writer("spdx")(report))


def of(*steps: Step) -> list[dict[str, Any]]:
    return written(told([file("README.md"), *steps], Policy()))


def kind(graph: list[dict[str, Any]], name: str) -> list[dict[str, Any]]:
    return [one for one in graph if one["type"] == name]


def related(graph: list[dict[str, Any]], name: str) -> list[dict[str, Any]]:
    """Return the relationships of a type."""
    return [
        one for one in kind(graph, "Relationship") if one["relationshipType"] == name
    ]


@pytest.mark.parametrize(
    "report",
    [everything(), incomplete(), clean(), talkative(), plain()],
    ids=["everything", "incomplete", "clean", "talkative", "plain"],
)
def test_a_report_is_a_document_that_the_bindings_read(report: Report) -> None:
    text = writer("spdx")(report)
    read_spdx(text)
    assert "compliant" not in text.lower()
    assert not any(bad in text for bad in ("\x1b", "\u202e"))


def test_the_model_and_its_files_are_there_with_digests() -> None:
    graph = written(talkative())
    model = kind(graph, "ai_AIPackage")[0]
    assert (model["name"], model["software_packageVersion"]) == (
        ("acme/coder-8b", "1.2.0")
    )
    assert model["ai_metric"][0]["key"] == "f1 on squad"
    assert model["releaseTime"] == "2026-05-01T00:00:00Z"
    files = kind(graph, "software_File")
    (contains,) = [one for one in related(graph, "contains") if len(one["to"]) > 1]
    assert contains["to"] == [one["spdxId"] for one in files]
    assert {one["algorithm"] for one in files[0]["verifiedUsing"]} == (
        {"sha256", "blake3"}
    )


def test_what_the_model_was_made_from_is_related_to_it() -> None:
    graph = written(talkative())
    names = {one["spdxId"]: one.get("name") for one in graph if "spdxId" in one}
    assert {names[one["to"][0]] for one in related(graph, "descendantOf")} == (
        {"meta-llama/Llama-3.1-8B", "./out/checkpoint-3"}
    )
    assert [names[one["to"][0]] for one in related(graph, "dependsOn")] == ["acme/base"]
    assert len(related(graph, "trainedOn")) == 2
    assert len(kind(graph, "dataset_DatasetPackage")) == 2


def test_several_licenses_are_listed_and_none_is_declared() -> None:
    graph = written(talkative())
    declared = related(graph, "hasDeclaredLicense")[0]
    (concluded,) = related(graph, "hasConcludedLicense")
    assert declared["to"] == concluded["to"] == ["expandedlicensing_NoAssertionLicense"]
    expressions = [
        one["simplelicensing_licenseExpression"]
        for one in kind(graph, "simplelicensing_LicenseExpression")
    ]
    assert expressions[:2] == [
        "Apache-2.0",
        "LicenseRef-Llama-203.1-20Community-20License-20Agreement",
    ]
    assert len(expressions) == 5  # four of its own, one of a parent


def made_from(parent: str, kind: Kind) -> Stated:
    relation: Relation = "trained-on" if kind == "dataset" else "base"
    return Stated(edges=(edge(parent, kind, relation),))


def test_what_data_is_listed_under_is_declared_with_its_source() -> None:
    graph = of(step(made_from("adversarial_qa", "dataset")))
    (license_,) = kind(graph, "simplelicensing_LicenseExpression")
    assert license_["simplelicensing_licenseExpression"] == "CC-BY-SA-3.0"
    assert "Data-Provenance" in license_["comment"]
    (data,) = kind(graph, "dataset_DatasetPackage")
    given = [
        r for r in related(graph, "hasDeclaredLicense") if r["from"] == data["spdxId"]
    ]
    assert [one["to"] for one in given] == [[license_["spdxId"]]]


@pytest.mark.parametrize("parent", ["laion/laion-400m", "nobody/knows-this"])
def test_what_is_not_known_or_only_recalled_is_not_asserted(parent: str) -> None:
    graph = of(step(made_from(parent, "dataset")))
    assert kind(graph, "simplelicensing_LicenseExpression") == []
    assert {one["to"][0] for one in related(graph, "hasDeclaredLicense")} == (
        {"expandedlicensing_NoAssertionLicense"}
    )


def test_one_license_is_declared_and_not_concluded() -> None:
    graph = of(step(Stated(claims=(claim("mit", "mit"),))))
    (declared,) = related(graph, "hasDeclaredLicense")
    (expression,) = kind(graph, "simplelicensing_LicenseExpression")
    assert declared["to"] == [expression["spdxId"]]
    assert expression["simplelicensing_licenseExpression"] == "MIT"
    assert "README.md line 3" in expression["comment"]


def test_the_ai_profile_is_kept_only_where_all_that_it_demands_is_known() -> None:
    assert (
        "ai" not in kind(written(talkative()), "SpdxDocument")[0]["profileConformance"]
    )
    report = replace(talkative(), kind="remote", target="hf:acme/coder-8b@0a1b")
    (document,) = kind(written(report), "SpdxDocument")
    assert "ai" in document["profileConformance"]
    assert "dataset" not in document["profileConformance"]


def test_each_fact_says_how_it_is_known() -> None:
    statements = [one["statement"] for one in kind(written(talkative()), "Annotation")]
    assert "parameters = 8000000000 (bytes: README.md line 2)" in statements
    assert "task = text-generation (declared: README.md line 2)" in statements


def test_a_date_that_is_none_is_left_out() -> None:
    dates = (Fact(value="soon", spot=at()), Fact(value=7, spot=at()))
    graph = of(step(Stated(facts={"released": dates})))
    model = kind(graph, "ai_AIPackage")[0]
    assert "releaseTime" not in model


@pytest.mark.slow
@given(sayings, words, words)
def test_whatever_is_said_the_bindings_read_it(
    said: Stated, name: str, target: str
) -> None:
    report = told([file("README.md"), file(name), step(said)], Policy())
    written(replace(report, target=target))
