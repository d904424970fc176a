"""Texts that nodes of a workflow are given, where ComfyUI keeps them."""

import json
from typing import Any

import pytest

from openvet.artifacts import Config
from openvet.check import Context
from openvet.checks.security.metadata_carries_code import MetadataCarriesCode
from openvet.finding import Severity
from openvet.readers.config import ConfigReader
from specimens.reading import read

PROGRAM = "import os; os.system('true')"


def judged(data: Any) -> list[Severity]:
    found = read(ConfigReader(), json.dumps(data).encode(), name="workflow.json")
    (config,) = (one for one in found if isinstance(one, Config))
    return [f.severity for f in MetadataCarriesCode().run(config, Context())]


@pytest.mark.parametrize(
    "data",
    [
        {"nodes": [{"type": "Any", "widgets_values": [1, PROGRAM]}], "links": []},
        {"nodes": [{"type": "Any", "widgets_values": {"code": PROGRAM}}]},
        {"1": {"class_type": "Any", "inputs": {"code": PROGRAM}}},
    ],
)
def test_a_program_given_to_a_node_fails(data: Any) -> None:
    assert judged(data) == [Severity.HIGH]


@pytest.mark.parametrize(
    "data",
    [
        {"nodes": [{"type": "KSampler", "widgets_values": [1, "fixed", 20]}]},
        {
            "1": {
                "class_type": "CLIPTextEncode",
                "inputs": {"text": "a system of lights"},
            }
        },
        {"1": {"class_type": "KSampler", "inputs": {"model": ["4", 0]}}},
        {"widgets_values": 3, "class_type": []},
    ],
)
def test_prompts_and_numbers_are_silent(data: Any) -> None:
    assert judged(data) == []
