"""The bill of materials is valid, says how it knows, and concludes nothing."""

import json
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given, settings

from openvet.controls import State
from openvet.dossier import Spot
from openvet.licenses.table import table
from openvet.policy import Policy
from openvet.report import Report
from openvet.stated import Fact, Stated
from openvet.wire import replace
from openvet.write import writer
from openvet.write.bom.declarations import STATES
from specimens.bom import read_cyclonedx, sayings, words
from specimens.command import run
from specimens.reports import (
    clean,
    everything,
    failed,
    file,
    finding,
    incomplete,
    told,
)
from specimens.stated import claim, edge, plain, step, talkative


def written(report: Report) -> dict[str, Any]:
    """Return the document of a report, which is valid and whose references end."""
    return read_cyclonedx(writer("cyclonedx")(report))


def of(said: Stated) -> dict[str, Any]:
    """Return the document of a model whose files say something."""
    return written(told([file("README.md"), step(said)], Policy()))


@pytest.mark.parametrize(
    "report",
    [everything(), incomplete(), clean(), talkative(), plain()],
    ids=["everything", "incomplete", "clean", "talkative", "plain"],
)
def test_a_report_is_a_valid_document(report: Report) -> None:
    written(report)
    text = writer("cyclonedx")(report)
    assert "compliant" not in text.lower()
    assert not any(bad in text for bad in ("\x1b", "\u202e"))


def test_the_model_is_what_the_document_is_about() -> None:
    document = written(talkative())
    model = document["metadata"]["component"]
    assert (model["type"], model["group"], model["name"], model["version"]) == (
        ("machine-learning-model", "acme", "coder-8b", "1.2.0")
    )
    assert "purl" not in model  # where it was published is nowhere said
    files = {one["name"]: one for one in model["components"]}
    assert files["model.pt"]["hashes"] == [
        {"alg": "SHA-256", "content": "cd" * 32},
        {"alg": "BLAKE3", "content": "ab" * 32},
    ]
    tool = document["metadata"]["tools"]["components"][0]
    assert (tool["name"], tool["version"]) == ("openvet", "0.1.0")


def test_a_model_of_the_hub_has_its_package_url() -> None:
    report = replace(clean(), kind="remote", target="hf:Acme/Coder.8B@0A1b")
    model = written(report)["metadata"]["component"]
    assert model["purl"] == "pkg:huggingface/Acme/Coder.8B@0a1b"
    assert (model["group"], model["name"], model["version"]) == (
        ("Acme", "Coder.8B", "0A1b")
    )


def test_every_license_that_is_said_is_listed_with_its_places() -> None:
    model = written(talkative())["metadata"]["component"]
    first, second, third, hostile = (one["license"] for one in model["licenses"])
    assert first["id"] == "Apache-2.0"
    told_by = {one["name"]: one["value"] for one in first["properties"]}
    assert told_by == {
        "openvet:said-by": "card, README.md line 3, key license: apache-2.0",
        "openvet:text-file": "LICENSE",
        "openvet:text-modified": "true",
    }
    assert second["name"] == "Llama 3.1 Community License Agreement"
    assert third["name"] == "MIT OR Apache-2.0"
    assert hostile["name"].startswith("evil\\x1b[31m")
    assert {one["license"]["acknowledgement"] for one in model["licenses"]} == (
        {"declared"}
    )


@pytest.mark.slow
def test_every_license_that_we_know_is_written_validly() -> None:
    for start in range(0, len(table().licenses), 40):
        known = table().licenses[start : start + 40]
        claims = tuple(claim(one.key, one.key) for one in known)
        listed = of(Stated(claims=claims))["metadata"]["component"]["licenses"]
        assert len(listed) == len(known)


def test_a_license_with_an_exception_is_not_cut_to_its_id() -> None:
    written_so = "GPL-3.0-or-later WITH Classpath-exception-2.0"
    (one,) = of(Stated(claims=(claim(written_so, "gpl-3.0"),)))["metadata"][
        "component"
    ]["licenses"]
    assert one["license"]["name"] == written_so


def test_ancestors_and_data_are_where_readers_look_for_them() -> None:
    document = written(talkative())
    model = document["metadata"]["component"]
    llama, checkpoint = model["pedigree"]["ancestors"]
    assert llama["purl"] == "pkg:huggingface/meta-llama/Llama-3.1-8B"
    assert [one["value"] for one in llama["properties"]] == ["finetune", "base"]
    assert "purl" not in checkpoint
    kinds = [one["type"] for one in document["components"]]
    assert kinds == ["machine-learning-model", "data", "data", "library"]
    assert len(model["modelCard"]["modelParameters"]["datasets"]) == 2
    assert set(document["dependencies"][0]["dependsOn"]) == (
        {"model:0", "model:1", "model:2", "data:0", "data:1", "code:0"}
    )


def trained_on(name: str) -> tuple[dict[str, Any], list[str]]:
    """Return the component of a data set, and how its first license is known."""
    document = of(Stated(edges=(edge(name, "dataset", "trained-on"),)))
    (data,) = document["components"]
    pointer = "/components/0/licenses/0/license"
    cited = [one["note"] for one in document["citations"] if pointer in one["pointers"]]
    return data, cited


def test_what_data_is_listed_under_is_declared_with_its_source() -> None:
    data, (note,) = trained_on("adversarial_qa")
    (license_,) = (one["license"] for one in data["licenses"])
    assert (license_["id"], license_["acknowledgement"]) == ("CC-BY-SA-3.0", "declared")
    assert note.startswith("declared: github:Data-Provenance-Initiative/")
    assert note.endswith("; it is listed there so; no file of the model says it")


def test_a_license_that_is_only_recalled_is_told_and_not_claimed() -> None:
    data, cited = trained_on("laion/laion-400m")
    assert "licenses" not in data
    assert cited == []
    told = {one["name"]: one["value"] for one in data["properties"]}
    assert told["openvet:license-not-claimed"].startswith(
        "CC-BY-4.0; recalled, not read; "
    )


def test_of_data_that_nobody_knows_no_license_is_told() -> None:
    data, _ = trained_on("nobody/knows-this")
    assert "licenses" not in data
    assert [one["name"] for one in data["properties"]] == ["openvet:relation"]


def test_the_model_card_says_what_files_say() -> None:
    card = written(talkative())["metadata"]["component"]["modelCard"]
    parameters = card["modelParameters"]
    assert parameters["approach"] == {"type": "reinforcement-learning"}
    assert parameters["architectureFamily"] == "llama"
    assert parameters["modelArchitecture"] == "LlamaForCausalLM"
    assert parameters["inputs"] == parameters["outputs"] == [{"format": "text"}]
    assert card["quantitativeAnalysis"]["performanceMetrics"] == [
        {"type": "f1", "value": "0.91", "slice": "squad"}
    ]
    considerations = card["considerations"]
    assert considerations["useCases"][0].startswith("About use.\nevil\\x1b")
    assert len(considerations["technicalLimitations"]) == 2
    assert considerations["ethicalConsiderations"][0]["mitigationStrategy"]
    emissions = considerations["environmentalConsiderations"]["properties"][0]
    assert emissions["value"] == "emissions=12.5"


def test_a_model_of_which_nothing_is_said_has_no_card() -> None:
    model = written(clean())["metadata"]["component"]
    assert not {"modelCard", "licenses", "pedigree", "publisher"} & set(model)
    assert model["name"] == "model"


def test_each_fact_says_how_it_is_known() -> None:
    document = written(talkative())
    cited = {p: one for one in document["citations"] for p in one["pointers"]}
    base = "/metadata/component/modelCard/modelParameters"
    assert cited[f"{base}/task"]["attributedTo"] == "file:README.md"
    assert cited[f"{base}/task"]["note"].startswith("declared: ")
    assert cited[f"{base}/modelArchitecture"]["attributedTo"] == "openvet"
    assert cited[f"{base}/modelArchitecture"]["note"].startswith("bytes: ")
    assert "follows from the name of the task" in cited[f"{base}/inputs"]["note"]
    model = document["metadata"]["component"]
    uncited = [n for n in range(len(model["properties"]))
               if f"/metadata/component/properties/{n}" not in cited]  # fmt: skip
    assert uncited == []


def test_what_several_files_say_is_listed_once_and_cited_from_each() -> None:
    spots = (Spot(file="README.md", line=2), Spot(file="LICENSE", line=3))
    site = "https://acme.example"
    facts = {
        subject: tuple(Fact(value=value, spot=spot) for spot in spots)
        for subject, value in (("version", "1.0"), ("repository", site))
    }
    document = of(Stated(facts=facts, cards=("README.md", "a/METADATA")))
    model = document["metadata"]["component"]
    assert [one["value"] for one in model["properties"]] == [site, "1.0"]
    assert model["externalReferences"] == [
        {"type": "model-card", "url": "README.md"},
        {"type": "vcs", "url": site},
    ]
    notes = [one["note"] for one in document["citations"]
             if "/metadata/component/version" in one["pointers"]]  # fmt: skip
    assert notes == ["declared: README.md line 2", "declared: LICENSE line 3"]


def test_a_control_is_a_requirement_with_claims_and_evidence() -> None:
    document = written(talkative())
    (standard,) = document["definitions"]["standards"]
    assert [one["identifier"] for one in standard["requirements"]] == (
        ["Art. 1", "Art. 2", "Art. 3", "Art. 4", "Art. 5"]
    )
    harm, contact, summary, marking, _ = document["declarations"]["attestations"][0][
        "map"
    ]
    assert "claims" not in harm
    (counter,) = harm["counterClaims"]
    claims = {one["bom-ref"]: one for one in document["declarations"]["claims"]}
    evidence = {one["bom-ref"]: one for one in document["declarations"]["evidence"]}
    (name,) = claims[counter]["evidence"]
    assert evidence[name]["propertyName"] == "native-executable"
    assert "REDUCE" in evidence[name]["data"][0]["contents"]["attachment"]["content"]
    for open_ in (contact, summary, marking):
        assert not {"claims", "counterClaims"} & set(open_)
    assert "a person has to answer" in contact["conformance"]["rationale"]
    assert "score" not in json.dumps(document["declarations"]["attestations"]).replace(
        "no score is given", ""
    )


def test_every_state_of_a_control_that_is_not_decided_has_words() -> None:
    assert set(get_args(State)) == {"clear", "findings", *STATES}


def test_a_note_of_a_rule_gives_the_reason_of_a_claim() -> None:
    asked = (replace(one, note="the card says so") for one in talkative().controls)
    document = written(replace(talkative(), controls=tuple(asked)))
    assert {one.get("reasoning") for one in document["declarations"]["claims"]} == (
        {"the card says so"}
    )
    map_ = document["declarations"]["attestations"][0]["map"]
    assert map_[1]["conformance"]["rationale"].endswith("; the card says so")


def test_without_controls_each_rule_is_a_requirement() -> None:
    document = written(plain())
    asked = document["definitions"]["standards"][0]["requirements"]
    map_ = document["declarations"]["attestations"][0]["map"]
    by_rule = dict(zip([one["identifier"] for one in asked], map_, strict=True))
    assert "counterClaims" in by_rule["native-executable"]
    (name,) = by_rule["archive-slip"]["claims"]
    claims = {one["bom-ref"]: one for one in document["declarations"]["claims"]}
    assert claims[name]["predicate"].endswith("1 finding was waived")
    assert len(claims[name]["evidence"]) == 2


def test_findings_that_are_not_listed_still_count() -> None:
    many = [finding("archive-slip", "a member leaves", f"m{n}") for n in range(1500)]
    report = told([file("x", failed("archive-slip", *many))], Policy())
    document = written(report)
    (counter,) = [c for c in document["declarations"]["claims"] if "stand" in
                  c["predicate"]]  # fmt: skip
    assert counter["predicate"].startswith("1500 findings stand against it")
    assert len(counter["evidence"]) == 1000


def test_equal_files_have_equal_serial_numbers_and_others_do_not() -> None:
    first, second = written(talkative()), written(talkative())
    assert first == second
    assert written(everything())["serialNumber"] != first["serialNumber"]


def test_what_was_not_listed_or_examined_is_said() -> None:
    document = written(incomplete())
    assert document["compositions"][0]["aggregate"] == "incomplete"  # .git is left out
    listed = [one["value"] for one in document["metadata"]["properties"]
              if one["name"] == "openvet:not-examined"]  # fmt: skip
    assert listed == ["strange.xyz: no reader knows this format (unknown-format)"]


FEW = max(settings.default.max_examples // 5, 20) if settings.default else 20
"""The validator reads each web address by a grammar, which takes its time."""


@pytest.mark.slow
@settings(max_examples=FEW)
@given(sayings, words, words)
def test_whatever_is_said_the_document_is_valid(
    said: Stated, name: str, target: str
) -> None:
    report = told([file("README.md"), file(name), step(said)], Policy())
    written(replace(report, target=target))


def test_a_stored_audit_prints_the_same_document(tmp_path: Path) -> None:
    model = tmp_path / "model"
    model.mkdir()
    (model / "README.md").write_text(
        "---\nlicense: mit\nversion: 2\npipeline_tag: text-generation\n"
        "base_model: a/b\n---\n# A model\n## Limitations\nIt is small.\n"
    )
    command = ("audit", "model", "--format", "cyclonedx", "--bundle", "b.openvet")
    fresh = run(*command, cwd=tmp_path).stdout
    read_cyclonedx(fresh)
    assert "It is small." in fresh
    stored = run("report", "b.openvet", "--format", "cyclonedx", cwd=tmp_path)
    assert stored.stdout == fresh
