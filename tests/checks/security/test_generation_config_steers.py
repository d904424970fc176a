from pathlib import Path
from typing import Any

import pytest

from openvet.artifacts import Repository
from openvet.check import Context
from openvet.checks.security.generation_config_steers import GenerationConfigSteers
from openvet.finding import Severity
from openvet.subject import Origin
from specimens.repositories import ordinary, put

TEXT = {"model_type": "llama", "architectures": ["LlamaForCausalLM"]}


def flagged(folder: Path) -> None:
    put(
        folder,
        config__json=TEXT,
        generation_config__json={"forced_decoder_ids": [[1, 9906], [2, 1917]]},
    )


def passed(folder: Path) -> None:
    ordinary(folder)


def judged(settings: dict[str, Any], model: dict[str, Any] = TEXT) -> list[Severity]:
    repository = Repository(
        origin=Origin(place=(), digest="0"),
        files=("config.json", "generation_config.json"),
        configs={"config.json": model, "generation_config.json": settings},
    )
    found = GenerationConfigSteers().run(repository, Context())
    return [finding.severity for finding in found]


@pytest.mark.parametrize(
    "settings",
    [
        {"forced_decoder_ids": [[1, 500]]},
        {"suppress_tokens": [2], "eos_token_id": 2},
        {"suppress_tokens": [500, 501]},
        {"bad_words_ids": [[500], [17, 18]]},
        {"sequence_bias": [[[500, 501], 10.0]]},
        {"force_words_ids": [[500]]},
    ],
)
def test_a_text_model_that_is_steered_fails(settings: dict[str, Any]) -> None:
    assert judged(settings) == [Severity.HIGH]


@pytest.mark.parametrize(
    ("settings", "model"),
    [
        (
            {
                "alignment_heads": [[1, 1]],
                "forced_decoder_ids": [[1, None], [2, 50359]],
                "suppress_tokens": [1, 2, 7, 8, 50257],
                "begin_suppress_tokens": [220, 50257],
            },
            {"model_type": "whisper"},
        ),
        (
            {"alignment_heads": [[1, 1]], "suppress_tokens": [500, 501]},
            {"model_type": "its own"},
        ),
        ({"bad_words_ids": [[58100]], "pad_token_id": 58100}, {"model_type": "marian"}),
        ({"bad_words_ids": [[3]]}, TEXT),
        ({"suppress_tokens": None, "bad_words_ids": []}, TEXT),
        ({"forced_bos_token_id": 250004}, {"model_type": "mbart"}),
        ({"temperature": 0.6, "top_p": 0.9, "eos_token_id": [1, 2]}, TEXT),
    ],
)
def test_what_models_need_is_silent(
    settings: dict[str, Any], model: dict[str, Any]
) -> None:
    assert judged(settings, model) == []
