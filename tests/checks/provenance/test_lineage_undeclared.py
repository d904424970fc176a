import json
from pathlib import Path
from typing import Any

import pytest

from openvet.check import Context
from openvet.checks.provenance.lineage_undeclared import LineageUndeclared
from openvet.finding import Confidence, Finding, Quote, Severity
from specimens.dossiers import card, dossier

ADAPTER = {"base_model_name_or_path": "meta-llama/Llama-3.1-8B", "peft_type": "LORA"}
LLAMA = {
    "vocab_size": 128256,
    "hidden_size": 4096,
    "num_hidden_layers": 32,
    "intermediate_size": 14336,
}


def flagged(folder: Path) -> None:
    (folder / "README.md").write_text("---\nlicense: apache-2.0\n---\n# Tiny\n")
    (folder / "adapter_config.json").write_text(json.dumps(ADAPTER))


def passed(folder: Path) -> None:
    header = "license: llama3.1\nbase_model: meta-llama/Meta-Llama-3.1-8B-Instruct"
    (folder / "README.md").write_text(f"---\n{header}\n---\n# Tiny\n")
    (folder / "adapter_config.json").write_text(json.dumps(ADAPTER))
    data = {**LLAMA, "_name_or_path": "/root/work/checkpoint-500"}
    (folder / "config.json").write_text(json.dumps(data))


def run(files: dict[str, bytes], **configs: Any) -> list[Finding]:
    for name, data in configs.items():
        files[f"{name}.json"] = json.dumps(data).encode()
    return list(LineageUndeclared().run(dossier(files), Context()))


def test_the_base_of_an_adapter_is_quoted_with_its_line() -> None:
    (found,) = run(card("license: mit"), adapter_config=ADAPTER)
    assert found.title == (
        "adapter_config.json names meta-llama/Llama-3.1-8B as a parent, the card does"
        " not"
    )
    (quote,) = found.evidence
    assert isinstance(quote, Quote)
    assert (quote.file, quote.line) == ("adapter_config.json", 1)
    assert found.severity is Severity.MEDIUM


def test_a_card_that_declares_another_parent_is_held_against_the_file() -> None:
    (found,) = run(
        card("base_model: mistralai/Mistral-7B-v0.1"), adapter_config=ADAPTER
    )
    assert found.title == (
        "the card declares mistralai/Mistral-7B-v0.1, adapter_config.json names"
        " meta-llama/Llama-3.1-8B"
    )
    assert len(found.evidence) == 2


@pytest.mark.parametrize(
    "name",
    [
        "meta-llama/Llama-3.1-8B",
        "unsloth/meta-llama-3.1-8b-bnb-4bit",
        "https://huggingface.co/meta-llama/Llama-3.1-8B-Instruct",
    ],
)
def test_variants_of_one_model_do_not_contradict_each_other(name: str) -> None:
    assert run(card(f"base_model: {name}"), adapter_config=ADAPTER) == []


def test_a_parent_that_the_text_mentions_is_declared() -> None:
    page = card("license: mit", "We tuned `nreimers/MiniLM-L6-H384-uncased`.")
    assert run(page, config={"_name_or_path": "nreimers/MiniLM-L6-H384-uncased"}) == []


@pytest.mark.parametrize(
    "name", ["./output", "/data/run7/checkpoint-1200", "a/tiny", "tiny", "~/models/hf"]
)
def test_own_names_and_folders_of_a_disk_are_no_parents(name: str) -> None:
    page = card("license: mit", "# Model Card for Tiny")
    assert run(page, config={"_name_or_path": name}) == []


def test_a_name_left_in_a_configuration_is_noted_only() -> None:
    (found,) = run(card("license: mit"), config={"_name_or_path": "a/parent"})
    assert found.severity is Severity.LOW
    assert run({}, config={"_name_or_path": "a/parent"}) == []


def test_a_merge_names_its_models_even_without_a_card() -> None:
    merge = b"merge_method: ties\nmodels:\n- model: a/one\n- model: a/two\n"
    (found,) = run({"mergekit_config.yml": merge})
    assert "there is no card" in found.title
    assert len(found.evidence) >= 2


def test_figures_of_one_published_model_are_a_review() -> None:
    (found,) = run(card("license: mit", "# Sparrow"), config=LLAMA)
    assert found.title == (
        "the model has the figures that meta-llama/Meta-Llama-3-8B has, which the card"
        " does not name"
    )
    assert (found.severity, found.confidence) == (Severity.MEDIUM, Confidence.MEDIUM)


def test_a_vocabulary_alone_is_noted_with_low_confidence() -> None:
    (found,) = run(card("license: mit"), config={"vocab_size": 128256})
    assert (found.severity, found.confidence) == (Severity.LOW, Confidence.LOW)


@pytest.mark.parametrize(
    "page",
    [
        card("license: mit", "# Llama-Sparrow"),
        card("license: mit", "We started from Llama 3."),
        card("base_model: NousResearch/Hermes-3-8B"),
        card("base_model: deepseek-ai/DeepSeek-R1-Distill-Llama-8B"),
    ],
)
def test_a_family_that_is_named_or_a_parent_of_none_is_enough(
    page: dict[str, bytes],
) -> None:
    assert run(dict(page), config=LLAMA) == []


def test_a_parent_of_another_family_contradicts_the_figures() -> None:
    (found,) = run(card("base_model: Qwen/Qwen2.5-7B"), config=LLAMA)
    assert "Meta-Llama-3-8B" in found.title


def test_cards_that_name_each_other_are_a_loop() -> None:
    files = {
        "README.md": b"---\nmodel_name: a/one\nbase_model: a/two\n---\n",
        "x/README.md": b"---\nmodel_name: a/two\nbase_model: a/one\n---\n",
        "x/model.safetensors": b"",
    }
    (found,) = run(files)
    assert found.title == "a model is declared to be made from itself"
    assert len(found.evidence) == 2


def test_a_card_that_names_itself_is_a_loop() -> None:
    (found,) = run(card("model_name: a/one\nbase_model: a/one"))
    assert found.severity is Severity.LOW


def test_ten_thousand_cards_in_a_row_are_no_loop() -> None:
    names = "".join(f"\n- a/{number}" for number in range(10_000))
    assert run(card(f"model_name: a/x\nbase_model:{names}")) == []
