"""The reference texts, where they are at hand: damaged, renamed and left out."""

import json
import random
import re
from pathlib import Path
from typing import Any

import pytest

from openvet.licenses import identify

KEYS = {
    "llama-3.1-license-2024": "llama3.1",
    "llama-2-license-2023": "llama2",
    "gemma-tou-2025-03-24": "gemma",
    "bigscience-open-rail-m": "bigscience-openrail-m",
    "qwen-2024": "qwen",
    "deepseek-la-1.0": "deepseek",
    "flux-1-nc": "flux-1-dev",
    "gpl-3.0": "gpl-3.0",
    "cc-by-nc-4.0": "cc-by-nc-4.0",
    "mit": "mit",
    "llama-4-license-2025": "llama4-use-policy",
}


@pytest.fixture(scope="module")
def texts(shared: Path) -> dict[str, str]:
    path = shared / "data/governance/license_texts_89.json"
    if not path.exists():
        pytest.skip("the reference texts are not here")
    data: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return {name: data["texts"][name]["text"] for name in KEYS}


@pytest.mark.parametrize("name", KEYS)
def test_a_text_is_itself(name: str, texts: dict[str, str]) -> None:
    [match] = identify(texts[name]).matches
    assert match.key == KEYS[name]
    assert match.score > 0.995
    assert not match.modified
    assert match.differences == ()


@pytest.mark.parametrize("name", KEYS)
def test_a_text_without_a_tenth_of_its_sentences_is_still_itself(
    name: str, texts: dict[str, str]
) -> None:
    chance = random.Random(3)  # noqa: S311 - damage, no secret
    sentences = re.split(r"(?<=[.;])\s+", texts[name])
    text = " ".join(part for part in sentences if chance.random() > 0.1)
    assert KEYS[name] in [match.key for match in identify(text).matches]


@pytest.mark.parametrize("version", ["3.4", "5"])
def test_a_later_version_of_a_family_is_not_its_neighbor(
    version: str, texts: dict[str, str]
) -> None:
    text = re.sub(
        r"(?i)(llama )3\.1", rf"\g<1>{version}", texts["llama-3.1-license-2024"]
    )
    [match] = identify(text).matches
    assert match.key == ""
    assert match.runner_up.startswith("llama")


def test_a_license_file_that_holds_another_license_after_the_first_names_both(
    texts: dict[str, str],
) -> None:
    text = texts["mit"] + "\n\n" + texts["llama-2-license-2023"]
    assert [m.key for m in identify(text).matches] == ["mit", "llama2"]
